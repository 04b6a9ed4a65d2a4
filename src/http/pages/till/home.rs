//! The till's first screen: the scanner, the field for what is typed, the last deeds; before that, who is there.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::assets::script_address;
use super::super::desk::Desk;
use super::super::forms::read_form;
use super::super::frame::{Frame, respond};
use super::super::leading::lead_to;
use super::super::locale::Reader;
use super::super::sign_in::say_fault;
use super::super::visitors::Visitors;
use super::counter::Bar;
use super::words::{DeedLine, Told};
use crate::actions::at_till::undo_ms;
use crate::actions::sign_in::{Credentials, Entry, sign_in};
use crate::actions::{ActionError, Code};
use crate::http::body::{Body, Who};
use crate::http::session::{Kept, SignedIn, find_till};
use crate::http::{Problem, State, gate};
use crate::store::programs::{self, Program};
use crate::store::staff::{self, Staff};
use crate::store::till_deeds;
use crate::store::tills::Till;
use crate::types::{Role, Secret, StaffId};

/// Deeds that are listed.
const DEEDS_MAX: i64 = 8;
/// Most people who are listed beside a PIN pad.
const STAFF_MAX: i64 = 100;

#[derive(Template)]
#[template(path = "pages/till/home.html")]
struct HomePage {
    frame: Frame,
    bar: Bar,
    /// What was typed and led nowhere, and why.
    typed: String,
    fault: Option<String>,
    deeds: Vec<DeedLine>,
    join: String,
    script: String,
}

#[derive(Template)]
#[template(path = "pages/till/pin.html")]
struct PinPage {
    frame: Frame,
    place: String,
    people: Vec<Person>,
    fault: Option<String>,
}

/// Somebody who can sign in with a PIN.
struct Person {
    id: StaffId,
    name: String,
    is_chosen: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PinForm {
    staff: String,
    pin: String,
}

/// Shows the scanner to whoever is signed in, the PIN pad of a till, or where to sign in.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
) -> Result<HttpResponse, Problem> {
    if let Some(signed_in) = SignedIn::find(&state, &request).await? {
        let is_cashier = matches!(signed_in.staff.role, Role::Owner | Role::Manager | Role::Cashier);
        if !is_cashier {
            return Err(ActionError::new(Code::WrongRole).into());
        }
        let mut caller = signed_in.caller(&state);
        caller.request_id = who.0.request_id;
        let counter = Desk::new(&state, &request, signed_in, caller).await?;
        return draw_home(&counter, StatusCode::OK, String::new(), None).await;
    }
    let Some(till) = find_till(&state.house, &request).await? else {
        return Ok(lead_to("/sign-in?next=/till"));
    };
    let page = draw_pin(&state, &request, till, None, "").await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Signs somebody in with a PIN, at a till.
pub(super) async fn sign_in_by_pin(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.admit(&request, house)?;
    let form: PinForm = read_form(&body.0)?;
    let Some(till) = find_till(house, &request).await? else {
        return Ok(lead_to("/sign-in?next=/till"));
    };
    let caller = gate::caller(&request)?;
    let signed_in = match form.staff.parse::<StaffId>() {
        Ok(id) => {
            sign_in(
                house,
                caller,
                Credentials::Pin(id, Secret::new(form.pin), till.clone()),
            )
            .await
        }
        Err(_) => Err(ActionError::new(Code::WrongPassword)),
    };
    match signed_in {
        Ok(Entry::Half(_)) => Err(ActionError::internal("a PIN is asked for a second step").into()),
        Ok(Entry::Whole(signed_in)) => {
            let mut response = lead_to("/till");
            let cookie = Kept::Session.keep(house, &signed_in.secret);
            response.add_cookie(&cookie).map_err(ActionError::internal)?;
            Ok(response)
        }
        Err(error) => {
            let locale = Reader::of(&request).locale(&find_program(&state, &till).await?.language);
            let fault = say_fault(locale, &error, "till-pin-wrong").ok_or(error)?;
            let page = draw_pin(&state, &request, till, Some(fault), &form.staff).await?;
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
    }
}

/// Draws the scanner, with what was typed and led nowhere.
pub(super) async fn draw_home(
    counter: &Desk,
    status: StatusCode,
    typed: String,
    fault: Option<String>,
) -> Result<HttpResponse, Problem> {
    let (told, undo_ms) = read_last(counter).await?;
    let is_cashier = counter.signed_in.staff.role == Role::Cashier;
    let now = counter.state.house.now();
    let line = |one: &Told| one.line(counter, Some(undo_ms).filter(|_| is_cashier), now);
    let mut title = counter.locale.word("till-title");
    if let Some(fault) = &fault {
        title = format!("{fault} – {title}");
    }
    let page = HomePage {
        frame: counter.till_frame(title),
        bar: counter.bar(),
        typed,
        fault,
        deeds: told.iter().map(line).collect(),
        join: counter.link("/till/join"),
        script: script_address("till.js"),
    };
    Ok(respond(status, &page)?)
}

async fn read_last(counter: &Desk) -> Result<(Vec<Told>, i64), ActionError> {
    let (id, deed) = (counter.signed_in.staff.id.clone(), counter.deed());
    let program = counter.program.id.clone();
    let read = counter.state.house.store.read(move |db| {
        let rows = till_deeds::list_last(db, &id, DEEDS_MAX)?;
        let rows = rows.into_iter().filter(|row| row.program_id == program);
        let told = rows
            .map(|row| Told::read(db, row))
            .collect::<Result<Vec<_>, _>>()?;
        Ok::<_, ActionError>((told, undo_ms(db, &deed, &program)?))
    });
    read.await
}

async fn find_program(state: &State, till: &Till) -> Result<Program, ActionError> {
    let id = till.program_id.clone();
    let read = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(programs::get(db, &id)?));
    read.await
}

async fn draw_pin(
    state: &State,
    request: &HttpRequest,
    till: Till,
    fault: Option<String>,
    chosen: &str,
) -> Result<PinPage, ActionError> {
    let program = find_program(state, &till).await?;
    let locale = Reader::of(request).locale(&program.language);
    let id = program.id.clone();
    let read = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(staff::list_at_till(db, &id, STAFF_MAX)?));
    let people: Vec<Staff> = read.await?;
    let is_only = people.len() == 1;
    let person = |one: Staff| Person {
        is_chosen: is_only || one.id.as_str() == chosen,
        id: one.id,
        name: one.name,
    };
    let mut title = locale.word("till-who");
    if let Some(fault) = &fault {
        title = format!("{fault} – {title}");
    }
    Ok(PinPage {
        frame: Frame {
            is_private: true,
            ..Frame::of_till(locale, title, &program)
        },
        place: till.name,
        people: people.into_iter().map(person).collect(),
        fault,
    })
}
