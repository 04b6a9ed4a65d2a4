//! The last two steps: which wallets are set up, and the first card on one's own phone.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::qr::QrCode;
use super::Step;
use crate::http::{Problem, State};

#[derive(Template)]
#[template(path = "pages/console/start/wallets.html")]
struct WalletsPage {
    frame: Frame,
    marks: Vec<bool>,
    step: String,
    /// The pass type and the team, if Apple is set up.
    apple: Option<(String, String)>,
    /// The issuer, if Google is set up.
    google: Option<String>,
    next: String,
}

#[derive(Template)]
#[template(path = "pages/console/start/card.html")]
struct CardPage {
    frame: Frame,
    marks: Vec<bool>,
    step: String,
    qr: Option<QrCode>,
    url: String,
    /// Whether no phone elsewhere can reach the address.
    is_local: bool,
    join: String,
    poster: String,
    console: String,
}

/// Says which wallets are set up, and what to do for the others.
pub(super) async fn show_wallets(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let wallets = &state.house.wallets;
    let page = WalletsPage {
        frame: desk.start_frame(desk.locale.word("start-wallets-title")),
        marks: Step::WALLETS.marks(),
        step: Step::WALLETS.words(desk.locale),
        apple: wallets
            .apple
            .first()
            .map(|issuer| (issuer.pass_type.clone(), issuer.team.clone())),
        google: wallets.google.as_ref().map(|google| google.issuer.to_string()),
        next: desk.link("/console/start/card"),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

/// Leads to the first card.
pub(super) async fn show_card(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let join = format!("/join/{}", desk.program.slug);
    let url = format!("{}{join}", state.house.public_url);
    let page = CardPage {
        frame: desk.start_frame(desk.locale.word("start-card-title")),
        marks: Step::CARD.marks(),
        step: Step::CARD.words(desk.locale),
        qr: QrCode::draw(&url),
        is_local: ["http://127.", "http://localhost", "http://[::1]"]
            .iter()
            .any(|own| url.starts_with(own)),
        url,
        poster: desk.link(&format!("{join}/poster")),
        join: desk.link(&join),
        console: desk.link("/console"),
    };
    Ok(respond(StatusCode::OK, &page)?)
}
