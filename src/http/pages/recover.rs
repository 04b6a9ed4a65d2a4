//! Somebody who joined before asks for their card on another phone: a code for the counter, and then the card.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::assets::script_address;
use super::frame::{Frame, respond};
use super::leading::lead;
use super::locale::Reader;
use super::member_reward::frame;
use super::qr::QrCode;
use crate::actions::recover_card::{Recovery, find_recovered};
use crate::actions::{ActionError, Code, House};
use crate::http::{Problem, State};
use crate::store::programs::Program;
use crate::store::{cards, programs};

#[derive(Template)]
#[template(path = "pages/recover.html")]
struct RecoverPage {
    frame: Frame,
    title: String,
    /// The code that somebody at the counter scans; `None` when its time is over.
    qr: Option<QrCode>,
    /// Where the script asks whether the card is open.
    ask: String,
    join: String,
    script: String,
}

/// A question with what has become of it.
struct Found {
    recovery: Recovery,
    program: Program,
    /// The token of the card's page, once it was answered.
    opened: Option<String>,
}

async fn find(house: &House, token: &str) -> Result<Found, ActionError> {
    let recovery = house.read_recovery(token);
    let recovery = recovery.ok_or_else(|| ActionError::new(Code::NotFound))?;
    let here = house.clone();
    let read = house.store.read(move |db| {
        let card = cards::get(db, &recovery.card)?;
        // The link lasts no longer than the code: whoever finds it later finds nothing.
        let opened = if recovery.is_open(here.now()) {
            find_recovered(db, &here, &recovery)?
        } else {
            None
        };
        Ok::<_, ActionError>(Found {
            program: programs::get(db, &card.program_id)?,
            opened,
            recovery,
        })
    });
    read.await
}

/// Shows the code, or leads to the card when somebody has opened it.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let found = find(house, &token).await?;
    let reader = Reader::of(&request);
    if let Some(card) = &found.opened {
        return Ok(lead(&format!("/card/{card}"), reader));
    }
    let locale = reader.locale(&found.program.language);
    let is_open = found.recovery.is_open(house.now());
    let title = locale.word(if is_open { "recover-title" } else { "recover-over" });
    let address = format!("{}/recover/{token}", house.public_url);
    let page = RecoverPage {
        join: format!("/join/{}?lang={}", found.program.slug, locale.tag()),
        frame: frame(house, &found.program, locale, title.clone()).await?,
        title,
        qr: is_open.then(|| QrCode::draw(&address)).flatten(),
        ask: format!("/recover/{token}/answer"),
        script: script_address("recover.js"),
    };
    let status = if is_open { StatusCode::OK } else { StatusCode::GONE };
    Ok(respond(status, &page)?)
}

/// Where the card is, once somebody has opened it; nothing yet.
pub(super) async fn answer(state: Data<State>, token: Path<String>) -> Result<HttpResponse, Problem> {
    let found = find(&state.house, &token).await?;
    let url = found.opened.map(|_| format!("/recover/{token}"));
    Ok(HttpResponse::Ok().json(json!({ "url": url })))
}
