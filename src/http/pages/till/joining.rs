//! The invitation that a till shows: whoever joins by it is opened there.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::{Value, json};

use super::super::assets::script_address;
use super::super::desk::Desk;
use super::super::frame::{Frame, respond};
use super::super::qr::QrCode;
use super::counter::Bar;
use crate::actions::ActionError;
use crate::http::{Problem, State};
use crate::store::{cards, till_deeds};
use crate::types::sha256_hex;

#[derive(Template)]
#[template(path = "pages/till/join.html")]
struct JoinPage {
    frame: Frame,
    bar: Bar,
    qr: Option<QrCode>,
    /// Where the script asks who joined.
    ask: String,
    /// Where a browser without one looks.
    look: String,
    home: String,
    script: String,
}

/// Shows the invitation.
pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let counter = Desk::of(&state, &request).await?;
    // An id of the request's own, without the signs that stand between the parts of the token.
    let nonce: String = sha256_hex(super::counter::new_form().as_bytes())
        .chars()
        .take(24)
        .collect();
    let house = &state.house;
    let desk = house.desk_token(&counter.signed_in.staff.id, &nonce);
    let url = format!("{}/join/{}?desk={desk}", house.public_url, counter.program.slug);
    let page = JoinPage {
        frame: counter.till_frame(counter.locale.word("till-new-member")),
        bar: counter.bar(),
        qr: QrCode::draw(&url),
        ask: counter.link(&format!("/till/joined/{nonce}")),
        look: counter.link("/till"),
        home: counter.link("/till"),
        script: script_address("till.js"),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

/// Who joined by an invitation: the address of their card, or nothing yet.
pub(super) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    nonce: Path<String>,
) -> Result<HttpResponse, Problem> {
    let counter = Desk::of(&state, &request).await?;
    let program = counter.program.id.clone();
    let read = state.house.store.read(move |db| {
        let found = till_deeds::find_by_form(db, &program, &nonce)?;
        let card = found.map(|row| Ok::<_, ActionError>((cards::get(db, &row.card_id)?, row)));
        card.transpose()
    });
    let url = read.await?.map_or(Value::Null, |(card, row)| {
        json!(counter.link(&format!("/till/card?code={}&done={}", card.code, row.id)))
    });
    Ok(HttpResponse::Ok().json(json!({ "url": url })))
}
