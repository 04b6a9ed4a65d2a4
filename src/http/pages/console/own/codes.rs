//! Codes as the second step of one's own sign-in: turned on, turned off, and what replaces them once.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::assets::script_address;
use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, read_version};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::super::qr::QrCode;
use super::super::rail::{Rail, Room};
use super::page::{Own, Said, draw};
use super::{PLACE, proof_fault, prove, refuse};
use crate::actions::change_codes::{
    CODE_DIGITS, code_key, new_code_seed, renew_recovery_codes, turn_off_codes, turn_on_codes,
};
use crate::actions::keep_passkey::PASSKEYS_MAX;
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::passkeys;
use crate::types::{CODE_PERIOD_S, Secret, write_base_32};

/// Letters of a key between two spaces.
const GROUP: usize = 4;

#[derive(Template)]
#[template(path = "pages/console/own/codes.html")]
struct CodesPage {
    frame: Frame,
    rail: Rail,
    qr: Option<QrCode>,
    /// The key as text, for whoever cannot scan.
    key: String,
    seed: String,
    version: String,
    own: Own,
    code_fault: bool,
    proof_fault: Option<String>,
    way_back: String,
    script: String,
    tail: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TurnOnForm {
    token: String,
    version: String,
    seed: String,
    code: String,
    current: String,
    passkey: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProvenForm {
    token: String,
    version: String,
    current: String,
    passkey: String,
}

guarded!(TurnOnForm, ProvenForm);

/// Shows a new key; it is nothing yet.
pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    if desk.signed_in.staff.has_second_step() {
        return Ok(lead_to(&desk.link(PLACE)));
    }
    let form = TurnOnForm {
        version: desk.signed_in.staff.version.to_string(),
        seed: new_code_seed(),
        ..TurnOnForm::default()
    };
    let page = draw_key(&desk, form, None).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Turns codes on, once a right one was typed; shows the recovery codes.
pub(super) async fn turn_on(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TurnOnForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let turned = match prove(&desk, &form.current, &form.passkey).await {
        Ok(()) => {
            let id = desk.signed_in.staff.id.clone();
            let (seed, typed) = (form.seed.clone(), Secret::new(form.code.clone()));
            desk.act_everywhere(move |tx, deed| turn_on_codes(tx, deed, (&id, version), &seed, &typed))
                .await
        }
        Err(error) => Err(error),
    };
    match turned {
        Ok(made) => show_made(&desk, made).await,
        Err(error) if error.code == Code::StaleEdit => Ok(refuse(&desk, Said::of("codes"), error).await?),
        Err(error) if error.code == Code::Invalid || proof_fault(&desk, &error).is_some() => {
            let page = draw_key(&desk, form, Some(&error)).await?;
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Turns codes off.
pub(super) async fn turn_off(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, ProvenForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let turned = match prove(&desk, &form.current, &form.passkey).await {
        Ok(()) => {
            let id = desk.signed_in.staff.id.clone();
            let session = desk.signed_in.session.hash.clone();
            desk.act_everywhere(move |tx, deed| turn_off_codes(tx, deed, (&id, version), Some(&session)))
                .await
        }
        Err(error) => Err(error),
    };
    match turned {
        Ok(_) => Ok(lead_to(&desk.link("/console/me?done=codes-off"))),
        Err(error) => Ok(refuse(&desk, Said::of("off"), error).await?),
    }
}

/// Shows new recovery codes, in the place of those from before.
pub(super) async fn renew(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, ProvenForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let renewed = match prove(&desk, &form.current, &form.passkey).await {
        Ok(()) => {
            let id = desk.signed_in.staff.id.clone();
            desk.act_everywhere(move |tx, deed| renew_recovery_codes(tx, deed, (&id, version)))
                .await
        }
        Err(error) => Err(error),
    };
    match renewed {
        Ok(made) => show_made(&desk, made).await,
        Err(error) => Ok(refuse(&desk, Said::of("recovery"), error).await?),
    }
}

async fn show_made(desk: &Desk, made: Vec<Secret>) -> Result<HttpResponse, Problem> {
    let said = Said {
        made,
        done: Some("own-codes-on-done"),
        ..Said::default()
    };
    let page = draw(desk, said).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

async fn draw_key(
    desk: &Desk,
    form: TurnOnForm,
    error: Option<&ActionError>,
) -> Result<CodesPage, ActionError> {
    let staff = &desk.signed_in.staff;
    let id = staff.id.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| passkeys::list(db, &id, PASSKEYS_MAX));
    let has_passkeys = !read.await?.is_empty();
    let key = write_base_32(&code_key(&desk.state.house, &staff.id, &form.seed));
    let letters: Vec<char> = key.chars().collect();
    let groups = letters
        .chunks(GROUP)
        .map(|group| group.iter().collect::<String>());
    Ok(CodesPage {
        frame: desk.console_frame(desk.title("own-codes-on", error.is_some())),
        rail: desk.rail(Room::Own).await?,
        qr: QrCode::draw(&key_address(desk, &key)),
        key: groups.collect::<Vec<_>>().join(" "),
        seed: form.seed,
        version: form.version,
        own: Own {
            has_password: staff.password_hash.is_some(),
            has_passkeys,
        },
        code_fault: error.is_some_and(|error| error.code == Code::Invalid),
        proof_fault: error.and_then(|error| proof_fault(desk, error)),
        way_back: desk.link(PLACE),
        script: script_address("passkey.js"),
        tail: format!("?lang={}", desk.locale.tag()),
    })
}

/// The key as authenticators read it (Google Authenticator, "Key URI Format").
fn key_address(desk: &Desk, key: &str) -> String {
    let staff = &desk.signed_in.staff;
    let issuer = encode(desk.program.name.get(&desk.locale.language()));
    let account = encode(staff.email.as_deref().unwrap_or(&staff.name));
    format!(
        "otpauth://totp/{issuer}:{account}?secret={key}&issuer={issuer}&algorithm=SHA1&digits={CODE_DIGITS}\
         &period={CODE_PERIOD_S}"
    )
}

/// A text in an address. Authenticators do not read `+` as a space.
fn encode(text: &str) -> String {
    let written: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    written.replace('+', "%20")
}
