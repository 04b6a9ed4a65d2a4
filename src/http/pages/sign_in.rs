//! Where whoever works here signs in with e-mail address and password, and where they leave.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::assets::script_address;
use super::forms::read_form;
use super::frame::{Frame, respond};
use super::leading::{lead_in, lead_to};
use super::locale::{Locale, Reader};
use super::passkey::has_passkeys;
use super::visitors::Visitors;
use crate::actions::sign_in::{Credentials, Entry, sign_in, sign_out};
use crate::actions::{ActionError, Code, Deed, House};
use crate::http::body::{Body, Who};
use crate::http::session::{Kept, SignedIn};
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::types::{Language, Role, Secret};

/// Where somebody may ask to be led who signs in.
const PLACES: [&str; 2] = ["/till", "/console"];

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignInPage {
    frame: Frame,
    next: &'static str,
    email: String,
    fault: Option<String>,
    /// The address of the script that shows passkeys, where there can be any.
    script: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    email: String,
    password: String,
    next: String,
}

/// Where the page leads afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    pub(super) next: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SignOutForm {
    token: String,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let locale = Reader::of(&request).locale(&Language::english());
    let page = draw(&state.house, locale, &wanted.next, String::new(), None);
    Ok(respond(StatusCode::OK, &page)?)
}

pub(super) async fn submit(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.admit(&request, house)?;
    let form: SignInForm = read_form(&body.0)?;
    let credentials = Credentials::Password(form.email.clone(), Secret::new(form.password));
    match sign_in(house, who.0, credentials).await {
        Ok(Entry::Half(secret)) => {
            let locale = Reader::of(&request).locale(&Language::english());
            let address = format!("/sign-in/code?next={}", place(&form.next));
            let mut response = lead_in(&address, locale);
            let cookie = Kept::Half.keep(house, &secret);
            response.add_cookie(&cookie).map_err(ActionError::internal)?;
            Ok(response)
        }
        Ok(Entry::Whole(signed_in)) => {
            let mut response = lead_to(place_of(place(&form.next), signed_in.staff.role));
            let cookie = Kept::Session.keep(house, &signed_in.secret);
            response.add_cookie(&cookie).map_err(ActionError::internal)?;
            Ok(response)
        }
        Err(error) => {
            let locale = Reader::of(&request).locale(&Language::english());
            let fault = say_fault(locale, &error, "sign-in-wrong").ok_or(error)?;
            let page = draw(house, locale, &form.next, form.email, Some(fault));
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
    }
}

/// Ends the session; a browser without one is led the same way.
pub(super) async fn leave(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    super::origin::check_same_site(&request, &house.public_url)?;
    let form: SignOutForm = read_form(&body.0)?;
    let mut response = lead_to("/till");
    if let Some(signed_in) = SignedIn::find(&state, &request).await? {
        signed_in.check_form(house, &form.token)?;
        let mut caller = signed_in.caller(&state);
        caller.request_id = who.0.request_id;
        let deed = Deed::begin(house, caller);
        let hash = signed_in.session.hash;
        let write = house
            .store
            .write(move |tx: &mut Tx<'_>| sign_out(tx, &deed, &hash));
        write.await?;
    }
    let cookie = Kept::Session.forget(house);
    response.add_cookie(&cookie).map_err(ActionError::internal)?;
    Ok(response)
}

/// What is said of a sign-in that did not go; `None` if it failed otherwise.
pub(super) fn say_fault(locale: Locale, error: &ActionError, wrong: &'static str) -> Option<String> {
    match error.code {
        Code::WrongPassword | Code::WrongCode | Code::WrongPasskey => Some(locale.word(wrong)),
        Code::SignInLocked => {
            let wait = error.retry_after.map_or(1, |wait| wait.as_secs().max(1));
            let minutes = i64::try_from(wait.div_ceil(60)).unwrap_or(i64::MAX);
            Some(locale.say("sign-in-locked", &[("minutes", minutes.into())]))
        }
        _ => None,
    }
}

/// The place that somebody asked for; empty if there is none such.
pub(super) fn place(wanted: &str) -> &'static str {
    let mut known = PLACES.iter();
    known.find(|place| **place == wanted).copied().unwrap_or_default()
}

/// Where somebody is led: to the place they asked for, else to where their role works.
pub(super) fn place_of(wanted: &'static str, role: Role) -> &'static str {
    match (wanted, role) {
        ("", Role::Cashier) => "/till",
        ("", _) => "/console",
        (wanted, _) => wanted,
    }
}

/// The page, with what was typed and what was wrong.
pub(super) fn draw(
    house: &House,
    locale: Locale,
    next: &str,
    email: String,
    fault: Option<String>,
) -> impl Template {
    let next = place(next);
    let mut title = locale.word("sign-in-title");
    if let Some(fault) = &fault {
        title = format!("{fault} – {title}");
    }
    SignInPage {
        frame: Frame {
            kept: format!("next={next}&"),
            ..Frame::of_staff(locale, title)
        },
        next,
        email,
        fault,
        script: has_passkeys(house).then(|| script_address("passkey.js")),
    }
}
