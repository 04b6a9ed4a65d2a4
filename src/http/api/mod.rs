//! The JSON API of the contract: each file parses, calls a deed and prints.

mod automations;
pub mod blocks;
pub mod campaign_days;
pub mod campaigns;
pub mod cards;
mod event_data;
pub mod events;
pub mod expiry_notices;
pub mod exports;
pub mod gift_cards;
pub mod gift_moves;
mod health;
pub mod identities;
pub mod images;
mod insight;
pub mod keys;
pub mod ledger_views;
mod liability;
pub mod lists;
pub mod locations;
pub mod member_changes;
pub mod members;
pub mod merges;
pub mod offers;
pub mod openapi;
pub mod orders;
pub mod preview;
pub mod programs;
pub mod reach_views;
mod receipts;
pub mod redemptions;
pub mod referrals;
mod reward_shapes;
mod segments;
mod shapes;
pub mod simulations;
pub mod staff;
mod static_lists;
pub mod surveys;
mod term_shapes;
pub mod terms;
pub mod tills;
pub mod transfers;
mod views;
pub mod webhooks;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use serde::Serialize;

use crate::actions::{ActionError, Answer};
use crate::http::router::Router;

pub(super) use event_data::draw_event;
pub(super) use exports::ExportView;
pub(super) use views::save_url;

/// Adds the API's routes.
pub(super) fn configure(router: &mut Router) {
    health::configure(router);
    programs::configure(router);
    preview::configure(router);
    members::configure(router);
    member_changes::configure(router);
    exports::configure(router);
    identities::configure(router);
    blocks::configure(router);
    merges::configure(router);
    transfers::configure(router);
    segments::configure(router);
    static_lists::configure(router);
    campaigns::configure(router);
    campaign_days::configure(router);
    automations::configure(router);
    cards::configure(router);
    simulations::configure(router);
    orders::configure(router);
    events::configure(router);
    receipts::configure(router);
    redemptions::configure(router);
    offers::configure(router);
    images::configure(router);
    expiry_notices::configure(router);
    gift_cards::configure(router);
    gift_moves::configure(router);
    insight::configure(router);
    liability::configure(router);
    referrals::configure(router);
    terms::configure(router);
    locations::configure(router);
    staff::configure(router);
    surveys::configure(router);
    tills::configure(router);
    keys::configure(router);
    webhooks::configure(router);
    openapi::configure(router);
}

/// The answer of a deed as it is kept for repeats.
fn answer(status: StatusCode, view: &impl Serialize) -> Answer {
    let body = serde_json::to_string(view).unwrap_or_default();
    Answer {
        status: status.as_u16(),
        body,
        is_replay: false,
    }
}

/// The answer of a deed on its way out.
fn respond(answer: Answer) -> Result<HttpResponse, ActionError> {
    let status = StatusCode::from_u16(answer.status).map_err(ActionError::internal)?;
    let mut response = HttpResponse::build(status);
    response.content_type("application/json");
    if answer.is_replay {
        response.insert_header(("idempotency-replayed", HeaderValue::from_static("true")));
    }
    Ok(response.body(answer.body))
}
