//! The second step of a sign-in: the code; and the sign-in by a passkey, which is both steps at once.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::assets::script_address;
use super::desk::plain_locale;
use super::forms::read_form;
use super::frame::{Frame, respond};
use super::leading::lead_to;
use super::locale::Locale;
use super::passkey::{get_options, has_passkeys, read_shown};
use super::sign_in::{self, Wanted, place, place_of, say_fault};
use super::visitors::Visitors;
use crate::actions::challenge::{Purpose, make_challenge};
use crate::actions::keep_passkey::PASSKEYS_MAX;
use crate::actions::sign_in::SignedIn;
use crate::actions::sign_in_by_code::{find_half_way, sign_in_by_code};
use crate::actions::sign_in_by_passkey::sign_in_by_passkey;
use crate::actions::{ActionError, Code, House};
use crate::http::body::{Body, Who};
use crate::http::session::Kept;
use crate::http::{Problem, State};
use crate::store::passkeys;
use crate::store::staff::Staff;
use crate::types::Secret;

#[derive(Template)]
#[template(path = "pages/sign_in_code.html")]
struct CodePage {
    frame: Frame,
    next: &'static str,
    fault: Option<String>,
    /// The address of the script that shows passkeys, where there can be any.
    script: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    code: String,
    next: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PasskeyForm {
    passkey: String,
    next: String,
}

/// Asks for the code; a browser without a half sign-in begins anew.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let next = place(&wanted.next);
    if half_way(&state.house, &request).await?.is_none() {
        return Ok(lead_to(&format!("/sign-in?next={next}")));
    }
    let page = draw(&state.house, plain_locale(&request), next, None);
    Ok(respond(StatusCode::OK, &page)?)
}

/// Takes the code.
pub(super) async fn submit(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.admit(&request, house)?;
    let form: CodeForm = read_form(&body.0)?;
    let next = place(&form.next);
    let over = || lead_to(&format!("/sign-in?next={next}"));
    let Some(hash) = Kept::Half.hash(house, &request) else {
        return Ok(over());
    };
    match sign_in_by_code(house, who.0, &hash, Secret::new(form.code)).await {
        Ok(signed_in) => Ok(enter(house, &signed_in, next)?),
        Err(error) if error.code == Code::NoSession => Ok(over()),
        Err(error) => {
            let locale = plain_locale(&request);
            let fault = say_fault(locale, &error, "sign-in-code-wrong").ok_or(error)?;
            let page = draw(house, locale, next, Some(fault));
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
    }
}

/// What a script passes on to the browser to have a passkey shown. Whoever is half signed in is asked for one of theirs;
/// to all others this says nothing of who has any.
pub(super) async fn options(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let credentials = match half_way(house, &request).await? {
        Some((staff, _)) => {
            let read = house
                .store
                .read(move |db| passkeys::list(db, &staff.id, PASSKEYS_MAX));
            read.await?.into_iter().map(|one| one.credential).collect()
        }
        None => Vec::new(),
    };
    let challenge = make_challenge(house, &Purpose::SignIn);
    let options = get_options(house, &challenge, &credentials);
    Ok(HttpResponse::Ok().json(json!({ "get": options })))
}

/// Signs in whoever shows a passkey.
pub(super) async fn submit_passkey(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.admit(&request, house)?;
    let form: PasskeyForm = read_form(&body.0)?;
    let half = half_way(house, &request).await?;
    let signed_in = match read_shown(&form.passkey) {
        Ok(shown) => {
            let expected = half.as_ref().map(|(staff, hash)| (&staff.id, hash.as_str()));
            sign_in_by_passkey(house, who.0, expected, &shown).await
        }
        Err(error) => Err(error),
    };
    match signed_in {
        Ok(signed_in) => Ok(enter(house, &signed_in, place(&form.next))?),
        Err(error) => {
            let locale = plain_locale(&request);
            let fault = say_fault(locale, &error, "sign-in-passkey-wrong").ok_or(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            if half.is_some() {
                let page = draw(house, locale, place(&form.next), Some(fault));
                return Ok(respond(status, &page)?);
            }
            let page = sign_in::draw(house, locale, &form.next, String::new(), Some(fault));
            Ok(respond(status, &page)?)
        }
    }
}

/// Whose sign-in is half done in a browser, and the hash of what it keeps of that.
async fn half_way(house: &House, request: &HttpRequest) -> Result<Option<(Staff, String)>, ActionError> {
    let Some(hash) = Kept::Half.hash(house, request) else {
        return Ok(None);
    };
    let found = find_half_way(house, &hash).await?;
    Ok(found.map(|staff| (staff, hash)))
}

/// Leads whoever is signed in on, in a session of their own.
fn enter(house: &House, signed_in: &SignedIn, next: &'static str) -> Result<HttpResponse, ActionError> {
    let mut response = lead_to(place_of(next, signed_in.staff.role));
    for cookie in [
        Kept::Session.keep(house, &signed_in.secret),
        Kept::Half.forget(house),
    ] {
        response.add_cookie(&cookie).map_err(ActionError::internal)?;
    }
    Ok(response)
}

fn draw(house: &House, locale: Locale, next: &'static str, fault: Option<String>) -> CodePage {
    let mut title = locale.word("sign-in-code-title");
    if let Some(fault) = &fault {
        title = format!("{fault} – {title}");
    }
    CodePage {
        frame: Frame {
            kept: format!("next={next}&"),
            ..Frame::of_staff(locale, title)
        },
        next,
        fault,
        script: has_passkeys(house).then(|| script_address("passkey.js")),
    }
}
