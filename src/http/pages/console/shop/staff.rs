//! Who works here, and the form by which somebody begins.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room, role_text};
use super::{Door, Typed, doors, is_done};
use crate::actions::change_member::Edit;
use crate::actions::change_staff::{StaffChange, create_staff, prepare_staff};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::staff::{self, Staff};
use crate::types::{Role, Secret};

/// Most people who are listed.
const PEOPLE_MAX: i64 = 500;

#[derive(Template)]
#[template(path = "pages/console/shop/staff.html")]
struct StaffPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    people: Vec<Person>,
    done: Option<&'static str>,
    name: Typed,
    email: Typed,
    location: Typed,
    password: Typed,
    pin: Typed,
    roles: Vec<RoleChoice>,
    role: Typed,
    /// Whether who begins may work for all programs.
    may_be_everywhere: bool,
    action: String,
}

/// Somebody who works here.
struct Person {
    name: String,
    role: &'static str,
    contact: String,
    location: String,
    has_pin: bool,
    is_everywhere: bool,
    /// Where they are changed, if whoever looks may do that.
    address: Option<String>,
}

/// A role that can be given.
pub(super) struct RoleChoice {
    pub(super) value: &'static str,
    pub(super) text: &'static str,
    pub(super) how: &'static str,
    pub(super) is_chosen: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StaffForm {
    token: String,
    name: String,
    email: String,
    role: String,
    location: String,
    password: String,
    pin: String,
    everywhere: String,
}

guarded!(StaffForm);

/// The roles that somebody may give, with one chosen.
pub(super) fn roles(desk: &Desk, chosen: Role) -> Vec<RoleChoice> {
    let all = [
        (Role::Cashier, "shop-role-cashier"),
        (Role::Marketer, "shop-role-marketer"),
        (Role::Manager, "shop-role-manager"),
        (Role::Auditor, "shop-role-auditor"),
        (Role::Owner, "shop-role-owner"),
    ];
    let is_owner = desk.signed_in.staff.role == Role::Owner;
    all.into_iter()
        .filter(|(role, _)| is_owner || *role != Role::Owner)
        .map(|(role, how)| RoleChoice {
            value: role.as_str(),
            text: role_text(role),
            how,
            is_chosen: role == chosen,
        })
        .collect()
}

/// An edit of a text that may be empty.
pub(super) fn filled(text: &str) -> Edit<String> {
    match text.trim() {
        "" => Edit::Clear,
        text => Edit::Set(text.to_owned()),
    }
}

/// An edit of a secret; an empty field changes nothing.
pub(super) fn secret(text: &str) -> Edit<Secret> {
    if text.is_empty() {
        return Edit::Keep;
    }
    Edit::Set(Secret::new(text))
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let done = ["added", "changed", "left"];
    let done = done.into_iter().find(|what| is_done(&request, what));
    let page = draw(&desk, StaffForm::default(), done, None).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Adds somebody.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, StaffForm) = Desk::take(&state, &request, &body.0).await?;
    let house = &state.house;
    let change = StaffChange {
        name: Some(form.name.clone()),
        email: filled(&form.email),
        role: form.role.parse().ok(),
        location: filled(&form.location),
        password: secret(&form.password),
        pin: secret(&form.pin),
        ..StaffChange::default()
    };
    let is_everywhere = form.everywhere == "yes" && desk.signed_in.staff.program_id.is_none();
    let program = (!is_everywhere).then(|| desk.program.id.clone());
    let added = match prepare_staff(house, None, change).await {
        Ok(prepared) => {
            desk.act_everywhere(move |tx, deed| create_staff(tx, deed, program, &prepared))
                .await
        }
        Err(error) => Err(error),
    };
    match added {
        Ok(_) => Ok(lead_to(&desk.link("/console/staff?done=added"))),
        Err(error) if error.code == Code::Invalid => {
            let page = draw(&desk, form, None, Some(&error)).await?;
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn draw(
    desk: &Desk,
    form: StaffForm,
    done: Option<&str>,
    error: Option<&ActionError>,
) -> Result<StaffPage, ActionError> {
    let own = desk.signed_in.staff.program_id.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| staff::list(db, own.as_ref(), None, PEOPLE_MAX));
    let mut people: Vec<Staff> = read.await?;
    people.retain(|one| {
        let is_here = one
            .program_id
            .as_ref()
            .is_none_or(|program| *program == desk.program.id);
        one.archived_at.is_none() && is_here
    });
    let is_owner = desk.signed_in.staff.role == Role::Owner;
    let person = |one: Staff| Person {
        address: (is_owner || one.role != Role::Owner)
            .then(|| desk.link(&format!("/console/staff/{}", one.id))),
        role: role_text(one.role),
        contact: one.email.unwrap_or_default(),
        location: one.location.unwrap_or_default(),
        has_pin: one.pin_hash.is_some(),
        is_everywhere: one.program_id.is_none(),
        name: one.name,
    };
    let taken = error.is_some_and(|error| error.faults.iter().any(|fault| fault.code == "email_taken"));
    let email_text = if taken {
        "shop-email-taken"
    } else {
        "shop-bad-email"
    };
    let weak = error.is_some_and(|error| error.faults.iter().any(|fault| fault.code == "weak_pin"));
    let pin_text = if weak { "shop-weak-pin" } else { "shop-bad-pin" };
    Ok(StaffPage {
        frame: desk.console_frame(desk.title("shop-staff", error.is_some())),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/staff"),
        people: people.into_iter().map(person).collect(),
        done: done.map(|what| match what {
            "added" => "shop-staff-added",
            "left" => "shop-staff-left",
            _ => "shop-staff-changed",
        }),
        roles: roles(desk, form.role.parse().unwrap_or(Role::Cashier)),
        role: Typed::default().judged(error, "/role", "shop-bad-role"),
        name: Typed::new(form.name).judged(error, "/name", "setup-bad-name"),
        email: Typed::new(form.email).judged(error, "/email", email_text),
        location: Typed::new(form.location).judged(error, "/location", "shop-bad-text"),
        // What is secret is typed again.
        password: Typed::default().judged(error, "/password", "setup-bad-password"),
        pin: Typed::default().judged(error, "/pin", pin_text),
        may_be_everywhere: desk.signed_in.staff.program_id.is_none() && is_owner,
        action: desk.link("/console/staff"),
    })
}
