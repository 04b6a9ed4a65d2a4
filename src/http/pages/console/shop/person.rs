//! Somebody who works here: what they may do, what they sign in by, and the end of it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, read_version};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::staff::{RoleChoice, filled, roles, secret};
use super::{Door, Typed, doors};
use crate::actions::change_codes::turn_off_codes;
use crate::actions::change_member::Edit;
use crate::actions::change_staff::{StaffChange, archive_staff, change_staff, check_in_reach, prepare_staff};
use crate::actions::keep_passkey::{PASSKEYS_MAX, remove_passkeys};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::passkeys;
use crate::store::staff::{self, Staff};
use crate::types::{Role, StaffId};

#[derive(Template)]
#[template(path = "pages/console/shop/person.html")]
struct PersonPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    heading: String,
    name: Typed,
    email: Typed,
    location: Typed,
    password: Typed,
    pin: Typed,
    has_password: bool,
    has_pin: bool,
    roles: Vec<RoleChoice>,
    role: Typed,
    version: i64,
    /// Whether somebody changed them meanwhile.
    is_stale: bool,
    /// Whether it is whoever looks.
    is_self: bool,
    leave_fault: bool,
    /// Since when a code is asked of them after their password.
    codes_since: Option<String>,
    /// Where that is ended; for owners alone.
    codes_off: Option<String>,
    /// What they called their passkeys.
    passkeys: Vec<String>,
    /// Where those are taken away; for owners alone.
    passkeys_off: Option<String>,
    action: String,
    leave: String,
    way_back: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct PersonForm {
    token: String,
    version: String,
    name: String,
    email: String,
    role: String,
    location: String,
    password: String,
    pin: String,
    no_pin: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LeaveForm {
    token: String,
    /// The name, typed to mean it.
    name: String,
}

/// The end of a way to sign in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CodesForm {
    token: String,
    version: String,
}

guarded!(PersonForm, LeaveForm, CodesForm);

/// What is drawn beside what is stored.
#[derive(Default)]
struct Said<'e> {
    form: Option<PersonForm>,
    error: Option<&'e ActionError>,
    leave_fault: bool,
}

async fn read(desk: &Desk, id: &str) -> Result<Staff, ActionError> {
    let id: StaffId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let caller = desk.everywhere();
    let program = desk.program.id.clone();
    let read = desk.state.house.store.read(move |db| {
        let row = staff::get(db, &id)?;
        check_in_reach(&caller, &row)?;
        let is_here = row.program_id.as_ref().is_none_or(|own| *own == program);
        if row.archived_at.is_some() || !is_here {
            return Err(ActionError::new(Code::NotFound));
        }
        Ok(row)
    });
    read.await
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let row = read(&desk, &id).await?;
    let page = draw(&desk, row, Said::default()).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, PersonForm) = Desk::take(&state, &request, &body.0).await?;
    let house = &state.house;
    let row = read(&desk, &id).await?;
    let change = StaffChange {
        name: Some(form.name.clone()),
        email: filled(&form.email),
        role: form.role.parse().ok(),
        location: filled(&form.location),
        password: secret(&form.password),
        pin: if form.no_pin == "yes" {
            Edit::Clear
        } else {
            secret(&form.pin)
        },
        ..StaffChange::default()
    };
    let version = Some(read_version(&form.version)?);
    let own = desk.signed_in.session.hash.clone();
    let prepared = if change.role.is_some() {
        prepare_staff(house, Some(row.id.clone()), change).await
    } else {
        let detail = "Say what they may do: owner, manager, marketer, cashier or auditor.";
        Err(ActionError::fault("/role", "missing", detail))
    };
    let saved = match prepared {
        Ok(prepared) => {
            desk.act_everywhere(move |tx, deed| change_staff(tx, deed, version, &prepared, Some(&own)))
                .await
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(_) => Ok(lead_to(&desk.link("/console/staff?done=changed"))),
        Err(error) if matches!(error.code, Code::Invalid | Code::StaleEdit) => {
            let said = Said {
                form: Some(form),
                error: Some(&error),
                leave_fault: false,
            };
            let status = if error.code == Code::StaleEdit {
                StatusCode::CONFLICT
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            let page = draw(&desk, row, said).await?;
            Ok(respond(status, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Lets somebody go, if their name was typed.
pub(super) async fn leave(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, LeaveForm) = Desk::take(&state, &request, &body.0).await?;
    let row = read(&desk, &id).await?;
    let is_self = row.id == desk.signed_in.staff.id;
    if is_self || form.name.trim() != row.name.trim() {
        let said = Said {
            leave_fault: true,
            ..Said::default()
        };
        let page = draw(&desk, row, said).await?;
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    }
    let id = row.id;
    desk.act_everywhere(move |tx, deed| archive_staff(tx, deed, &id))
        .await?;
    Ok(lead_to(&desk.link("/console/staff?done=left")))
}

/// Turns somebody's second step off, who lost what makes the codes.
pub(super) async fn turn_codes_off(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, CodesForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let row = read(&desk, &id).await?;
    if row.id == desk.signed_in.staff.id {
        // One's own is turned off where one shows who one is.
        return Ok(lead_to(&desk.link("/console/me")));
    }
    let id = row.id.clone();
    let turned = desk
        .act_everywhere(move |tx, deed| turn_off_codes(tx, deed, (&id, version), None))
        .await;
    tell(&desk, row, turned.map(|_| ())).await
}

/// Takes the passkeys of somebody away, who lost what holds them.
pub(super) async fn take_passkeys_away(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, CodesForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let row = read(&desk, &id).await?;
    if row.id == desk.signed_in.staff.id {
        // One's own are taken away where one shows who one is.
        return Ok(lead_to(&desk.link("/console/me")));
    }
    let id = row.id.clone();
    let removed = desk
        .act_everywhere(move |tx, deed| remove_passkeys(tx, deed, (&id, version)))
        .await;
    tell(&desk, row, removed).await
}

/// What is answered once a way to sign in was ended, or was not.
async fn tell(desk: &Desk, row: Staff, done: Result<(), ActionError>) -> Result<HttpResponse, Problem> {
    match done {
        Ok(()) => Ok(lead_to(&desk.link("/console/staff?done=changed"))),
        Err(error) if error.code == Code::StaleEdit => {
            let said = Said {
                error: Some(&error),
                ..Said::default()
            };
            let page = draw(desk, row, said).await?;
            Ok(respond(StatusCode::CONFLICT, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn draw(desk: &Desk, row: Staff, said: Said<'_>) -> Result<PersonPage, ActionError> {
    let address = format!("/console/staff/{}", row.id);
    let error = said.error;
    let form = said.form.unwrap_or_else(|| PersonForm {
        name: row.name.clone(),
        email: row.email.clone().unwrap_or_default(),
        location: row.location.clone().unwrap_or_default(),
        role: row.role.to_string(),
        ..PersonForm::default()
    });
    let has_code =
        |code: &str| error.is_some_and(|error| error.faults.iter().any(|fault| fault.code == code));
    let email_text = if has_code("email_taken") {
        "shop-email-taken"
    } else {
        "shop-bad-email"
    };
    let pin_text = if has_code("weak_pin") {
        "shop-weak-pin"
    } else {
        "shop-bad-pin"
    };
    let has_fault = error.is_some() || said.leave_fault;
    let is_self = row.id == desk.signed_in.staff.id;
    let id = row.id.clone();
    let store = &desk.state.house.store;
    let kept = store.read(move |db| passkeys::list(db, &id, PASSKEYS_MAX));
    let may_turn_off = !is_self && desk.signed_in.staff.role == Role::Owner;
    Ok(PersonPage {
        frame: desk.console_frame(if has_fault {
            desk.title("shop-staff", true)
        } else {
            row.name.clone()
        }),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/staff"),
        heading: row.name,
        roles: roles(desk, form.role.parse().unwrap_or(row.role)),
        role: Typed::default().judged(error, "/role", "shop-bad-role"),
        name: Typed::new(form.name).judged(error, "/name", "setup-bad-name"),
        email: Typed::new(form.email).judged(error, "/email", email_text),
        location: Typed::new(form.location).judged(error, "/location", "shop-bad-text"),
        password: Typed::default().judged(error, "/password", "setup-bad-password"),
        pin: Typed::default().judged(error, "/pin", pin_text),
        has_password: row.password_hash.is_some(),
        has_pin: row.pin_hash.is_some(),
        version: row.version,
        is_stale: error.is_some_and(|error| error.code == Code::StaleEdit),
        is_self,
        codes_since: row
            .code_since
            .map(|at| desk.locale.say("own-since", &[("date", desk.date(at).into())])),
        passkeys: kept.await?.into_iter().map(|one| one.name).collect(),
        passkeys_off: may_turn_off.then(|| desk.link(&format!("{address}/passkeys/remove"))),
        codes_off: may_turn_off.then(|| desk.link(&format!("{address}/codes/off"))),
        leave_fault: said.leave_fault,
        action: desk.link(&address),
        leave: desk.link(&format!("{address}/leave")),
        way_back: desk.link("/console/staff"),
    })
}
