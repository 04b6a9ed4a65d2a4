//! Automations in the console: begun with a ready one, switched on and off, and what they did.

mod edit;
mod form;
mod list;
mod one;
mod phrases;
mod ready;

use actix_web::{HttpRequest, web};

use super::super::desk::Desk;
use crate::actions::change_automation::{get_automation, is_on};
use crate::actions::{ActionError, Code};
use crate::http::router::Router;
use crate::store::campaigns::{CANCELLED, Campaign, DRAFT};
use crate::types::{CampaignId, Role};

/// Adds the routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/automations", web::get().to(list::show))
        .route("/console/automations", web::post().to(edit::create))
        .route("/console/automations/new", web::get().to(edit::begin))
        .route("/console/automations/{id}", web::get().to(one::show))
        .route("/console/automations/{id}/edit", web::get().to(edit::show))
        .route("/console/automations/{id}/edit", web::post().to(edit::save))
        .route("/console/automations/{id}/test", web::post().to(one::test))
        .route("/console/automations/{id}/state", web::post().to(one::turn));
}

/// Whether somebody may write automations.
fn may_write(desk: &Desk) -> bool {
    matches!(
        desk.signed_in.staff.role,
        Role::Owner | Role::Manager | Role::Marketer
    )
}

/// The automation that an address names, or `NotFound`.
async fn find(desk: &Desk, id: &str) -> Result<Campaign, ActionError> {
    let id: CampaignId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let (house, caller) = (&desk.state.house, desk.caller.clone());
    house.store.read(move |db| get_automation(db, &caller, &id)).await
}

/// The look and the text for the state of an automation.
fn chip(automation: &Campaign) -> (&'static str, &'static str) {
    match automation.state.as_str() {
        DRAFT => ("", "campaign-draft"),
        CANCELLED => ("", "campaign-cancelled"),
        _ if is_on(automation) => ("good", "auto-on"),
        _ => ("wait", "auto-off"),
    }
}

/// The text for what was done last, as the address says.
fn done(request: &HttpRequest) -> Option<&'static str> {
    let mut pairs = request.query_string().split('&');
    match pairs.find_map(|pair| pair.strip_prefix("done="))? {
        "saved" => Some("auto-saved"),
        "tested" => Some("campaign-tested"),
        "started" => Some("auto-started"),
        "paused" => Some("auto-paused"),
        "ended" => Some("campaign-was-cancelled"),
        _ => None,
    }
}
