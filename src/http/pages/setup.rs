//! The first page of an installation: the owner makes their login, by a link that was printed when it started.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::assets::console_style_address;
use super::desk::plain_locale;
use super::forms::read_form;
use super::frame::{Frame, respond};
use super::leading::lead;
use super::locale::{Locale, Reader};
use super::visitors::Visitors;
use crate::actions::change_member::Edit;
use crate::actions::change_staff::{StaffChange, prepare_staff};
use crate::actions::set_up::{is_to_be_set_up, make_first_owner};
use crate::actions::sign_in::{Credentials, Entry, sign_in};
use crate::actions::{ActionError, Caller, Code, Deed};
use crate::http::body::{Body, Who};
use crate::http::session::Kept;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::types::{Role, Secret, constant_time_eq};

#[derive(Template)]
#[template(path = "pages/setup.html")]
struct SetupPage {
    frame: Frame,
    action: String,
    name: String,
    email: String,
    /// The ids of the texts for what is wrong.
    name_fault: Option<&'static str>,
    email_fault: Option<&'static str>,
    password_fault: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "pages/setup_over.html")]
struct OverPage {
    frame: Frame,
    sign_in: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SetupForm {
    name: String,
    email: String,
    password: String,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let locale = plain_locale(&request);
    if !is_open(&state, &token).await? {
        return Ok(over(locale)?);
    }
    let page = draw(locale, &token, SetupForm::default(), &[]);
    Ok(respond(StatusCode::OK, &page)?)
}

pub(super) async fn submit(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    who: Who,
    token: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.admit(&request, house)?;
    let locale = plain_locale(&request);
    if !is_open(&state, &token).await? {
        return Ok(over(locale)?);
    }
    let form: SetupForm = read_form(&body.0)?;
    let caller = Caller {
        actor: "setup".to_owned(),
        role: Some(Role::Owner),
        ..who.0
    };
    match make_owner(&state, caller.clone(), &form).await {
        Ok(()) => (),
        Err(error) if error.code == Code::SetUpOver => return Ok(over(locale)?),
        Err(error) if error.code == Code::Invalid => {
            let faults: Vec<&str> = error.faults.iter().map(|fault| fault.pointer.as_str()).collect();
            let page = draw(locale, &token, form, &faults);
            return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
        }
        Err(error) => return Err(error.into()),
    }
    let credentials = Credentials::Password(form.email, Secret::new(form.password));
    let Entry::Whole(signed_in) = sign_in(house, caller, credentials).await? else {
        return Err(ActionError::internal("a new owner has a second step").into());
    };
    let mut response = lead("/console/start", Reader::of(&request));
    let cookie = Kept::Session.keep(house, &signed_in.secret);
    response.add_cookie(&cookie).map_err(ActionError::internal)?;
    Ok(response)
}

async fn make_owner(state: &State, caller: Caller, form: &SetupForm) -> Result<(), ActionError> {
    let house = &state.house;
    let change = StaffChange {
        name: Some(form.name.clone()),
        email: Edit::Set(form.email.clone()),
        role: Some(Role::Owner),
        password: Edit::Set(Secret::new(form.password.clone())),
        ..StaffChange::default()
    };
    let prepared = prepare_staff(house, None, change).await?;
    let deed = Deed::begin(house, caller);
    let write = house
        .store
        .write(move |tx: &mut Tx<'_>| make_first_owner(tx, &deed, &prepared));
    write.await?;
    Ok(())
}

/// Whether a token is that of the first page, and nobody has used it yet. A wrong one is answered as no page.
async fn is_open(state: &State, token: &str) -> Result<bool, ActionError> {
    let own = state.house.set_up_token();
    if !constant_time_eq(own.as_bytes(), token.as_bytes()) {
        return Err(ActionError::new(Code::NotFound));
    }
    state.house.store.read(is_to_be_set_up).await
}

fn over(locale: Locale) -> Result<HttpResponse, ActionError> {
    let page = OverPage {
        frame: frame(locale, locale.word("setup-over")),
        sign_in: format!("/sign-in?next=/console&lang={}", locale.tag()),
    };
    respond(StatusCode::GONE, &page)
}

fn frame(locale: Locale, title: String) -> Frame {
    Frame {
        more_style: Some(console_style_address()),
        ..Frame::plain(locale, title)
    }
}

fn draw(locale: Locale, token: &str, form: SetupForm, faults: &[&str]) -> SetupPage {
    let fault = |pointer: &str, id: &'static str| faults.contains(&pointer).then_some(id);
    let title = locale.word("setup-title");
    SetupPage {
        frame: frame(locale, locale.title(&title, !faults.is_empty())),
        action: format!("/setup/{token}?lang={}", locale.tag()),
        name_fault: fault("/name", "setup-bad-name"),
        email_fault: fault("/email", "field-bad-email"),
        password_fault: fault("/password", "setup-bad-password"),
        name: form.name,
        email: form.email,
    }
}
