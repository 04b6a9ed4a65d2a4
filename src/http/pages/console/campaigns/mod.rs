//! Campaigns in the console: written, looked at as a member reads them, begun, watched, and what they did.

mod calendar;
mod edit;
mod form;
mod list;
mod one;
mod results;

use actix_web::{HttpRequest, web};

pub(super) use edit::{choose_reward, list_segments};
pub(super) use form::{TextField, in_each, text_fault, text_fields, translated};
pub(super) use one::who;
pub(super) use results::{ReactionLine, line as reaction_line, uplift_words};

use super::super::desk::Desk;
use crate::actions::change_campaign::get_campaign;
use crate::actions::{ActionError, Code};
use crate::http::router::Router;
use crate::store::campaigns::{AWAITING_APPROVAL, CANCELLED, Campaign, DONE, PAUSED, SCHEDULED, SENDING};
use crate::types::{CampaignId, Role};

/// Adds the routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/campaigns", web::get().to(list::show))
        .route("/console/campaigns", web::post().to(edit::create))
        .route("/console/campaigns/new", web::get().to(edit::begin))
        .route("/console/campaigns/calendar", web::get().to(calendar::show))
        .route("/console/campaigns/{id}", web::get().to(one::show))
        .route("/console/campaigns/{id}/edit", web::get().to(edit::show))
        .route("/console/campaigns/{id}/edit", web::post().to(edit::save))
        .route("/console/campaigns/{id}/test", web::post().to(one::test))
        .route("/console/campaigns/{id}/state", web::post().to(one::turn));
}

/// Whether somebody may write campaigns.
fn may_write(desk: &Desk) -> bool {
    matches!(
        desk.signed_in.staff.role,
        Role::Owner | Role::Manager | Role::Marketer
    )
}

/// The campaign that an address names, or `NotFound`.
async fn find(desk: &Desk, id: &str) -> Result<Campaign, ActionError> {
    let id: CampaignId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let (house, caller) = (&desk.state.house, desk.caller.clone());
    house.store.read(move |db| get_campaign(db, &caller, &id)).await
}

/// The look and the text for the state of a campaign.
fn chip(state: &str) -> (&'static str, &'static str) {
    match state {
        AWAITING_APPROVAL => ("wait", "campaign-awaiting"),
        SCHEDULED => ("wait", "campaign-scheduled"),
        SENDING => ("wait", "campaign-sending"),
        PAUSED => ("wait", "campaign-paused"),
        DONE => ("good", "campaign-done"),
        CANCELLED => ("", "campaign-cancelled"),
        _ => ("", "campaign-draft"),
    }
}

/// The text for what was done last, as the address says.
fn done(request: &HttpRequest) -> Option<&'static str> {
    let mut pairs = request.query_string().split('&');
    match pairs.find_map(|pair| pair.strip_prefix("done="))? {
        "saved" => Some("campaign-saved"),
        "tested" => Some("campaign-tested"),
        "asked" => Some("campaign-was-asked"),
        "approved" => Some("campaign-was-approved"),
        "refused" => Some("campaign-was-refused"),
        "begun" => Some("campaign-begun"),
        "paused" => Some("campaign-was-paused"),
        "resumed" => Some("campaign-was-resumed"),
        "cancelled" => Some("campaign-was-cancelled"),
        _ => None,
    }
}

impl Desk {
    /// Day and time of an instant where the shop is, in the reader's words.
    fn clock(&self, at: crate::types::Time) -> String {
        let minute = self.program.time_zone.local(at).minute;
        format!("{} {}", self.date(at), self.locale.language().write_clock(minute))
    }
}
