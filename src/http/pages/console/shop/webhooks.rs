//! Webhooks: the endpoints outside that are told of what happens in the program.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::{Door, Typed, doors, is_done};
use crate::actions::change_webhook::create_webhook;
use crate::actions::{ActionError, Code, EventType};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::webhook_endpoints::{self, ACTIVE, PAUSED, WebhookEndpoint};

/// Most endpoints that are listed.
const SHOWN: i64 = 100;

#[derive(Template)]
#[template(path = "pages/console/shop/webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    endpoints: Vec<EndpointLine>,
    is_removed: bool,
    is_full: bool,
    url: Typed,
    events: Vec<EventChoice>,
    events_fault: bool,
    action: String,
}

struct EndpointLine {
    url: String,
    address: String,
    state: Shown,
    is_everywhere: bool,
    last: Option<Shown>,
    last_when: String,
}

/// A word with the look that it has.
pub(super) struct Shown {
    pub(super) look: &'static str,
    pub(super) text: &'static str,
    /// The status that was answered.
    pub(super) status: String,
}

/// An event that can be listened to.
pub(super) struct EventChoice {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) is_chosen: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EndpointForm {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) url: String,
    /// The names of the events that are ticked.
    #[serde(flatten)]
    pub(super) ticked: BTreeMap<String, String>,
}

guarded!(EndpointForm);

impl EndpointForm {
    /// The names of the events that are ticked.
    pub(super) fn events(&self) -> Vec<String> {
        let is_ticked = |kind: &EventType| self.ticked.get(kind.name()).is_some_and(|value| value == "yes");
        let ticked = EventType::ALL.into_iter().filter(is_ticked);
        ticked.map(|kind| kind.name().to_owned()).collect()
    }
}

/// What an event is called on the page.
pub(super) const fn event_text(kind: EventType) -> &'static str {
    match kind {
        EventType::MemberEnrolled => "hooks-member-enrolled",
        EventType::MemberErased => "hooks-member-erased",
        EventType::CardChanged => "hooks-card-changed",
        EventType::TierChanged => "hooks-tier-changed",
        EventType::OrderRecorded => "hooks-order-recorded",
        EventType::OrderRefunded => "hooks-order-refunded",
        EventType::RewardIssued => "hooks-reward-issued",
        EventType::RewardCompleted => "hooks-reward-completed",
        EventType::MessageDue => "hooks-message-due",
        EventType::Test => "hooks-test-event",
    }
}

/// The events to choose from.
pub(super) fn choices(chosen: &[String]) -> Vec<EventChoice> {
    let choice = |kind: EventType| EventChoice {
        name: kind.name(),
        text: event_text(kind),
        is_chosen: chosen.iter().any(|name| name == kind.name()),
    };
    EventType::ALL.into_iter().map(choice).collect()
}

/// How an endpoint stands.
pub(super) fn state_shown(endpoint: &WebhookEndpoint) -> Shown {
    let (look, text) = match (endpoint.state.as_str(), endpoint.disabled_for.as_deref()) {
        (ACTIVE, _) => ("good", "hooks-active"),
        (PAUSED, _) => ("wait", "hooks-paused"),
        (_, Some("gone")) => ("bad", "hooks-gone"),
        _ => ("bad", "hooks-failing"),
    };
    Shown {
        look,
        text,
        status: String::new(),
    }
}

/// How a try ended.
pub(super) fn outcome_shown(error: Option<&str>, status: Option<i64>) -> Shown {
    let (look, text) = match error {
        None => ("good", "hooks-took"),
        Some("timeout") => ("bad", "hooks-timeout"),
        Some("redirect") => ("bad", "hooks-redirect"),
        Some("private_address") => ("bad", "hooks-private"),
        Some("status") => ("bad", "hooks-refused"),
        Some(_) => ("bad", "hooks-no-connection"),
    };
    Shown {
        look,
        text,
        status: status.map(|status| status.to_string()).unwrap_or_default(),
    }
}

/// The text for what is wrong with an address.
pub(super) fn url_judged(typed: Typed, error: Option<&ActionError>) -> Typed {
    let faults = error.map(|error| error.faults.as_slice()).unwrap_or_default();
    let code = faults
        .iter()
        .find(|fault| fault.pointer == "/url")
        .map(|fault| fault.code.as_str());
    let fault = code.map(|code| match code {
        "not_https" => "hooks-not-https",
        "private_address" => "hooks-not-open",
        "has_password" => "hooks-has-password",
        _ => "hooks-bad-url",
    });
    Typed { fault, ..typed }
}

/// Whether no event was ticked.
pub(super) fn has_events_fault(error: Option<&ActionError>) -> bool {
    error.is_some_and(|error| {
        error
            .faults
            .iter()
            .any(|fault| fault.pointer.starts_with("/events"))
    })
}

/// The instant of a try, in the reader's words.
pub(super) fn when(desk: &Desk, at: crate::types::Time) -> String {
    let minute = desk.program.time_zone.local(at).minute;
    format!("{} {}", desk.date(at), desk.locale.language().write_clock(minute))
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let form = EndpointForm::default();
    let mut page = draw(&desk, form, None).await?;
    page.is_removed = is_done(&request, "removed");
    Ok(respond(StatusCode::OK, &page)?)
}

/// Makes an endpoint of the program; its secret is on the answer and nowhere else.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, EndpointForm) = Desk::take(&state, &request, &body.0).await?;
    let program = Some(desk.program.id.clone());
    let (url, events) = (form.url.trim().to_owned(), form.events());
    let made = desk
        .act(move |tx, deed| create_webhook(tx, deed, program, (&url, &events)))
        .await;
    match made {
        Ok((endpoint, secret)) => super::webhook::show_made(&desk, endpoint, &secret).await,
        Err(error) if matches!(error.code, Code::Invalid | Code::LimitReached) => {
            let page = draw(&desk, form, Some(&error)).await?;
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn draw(
    desk: &Desk,
    form: EndpointForm,
    error: Option<&ActionError>,
) -> Result<WebhooksPage, ActionError> {
    let own = desk.signed_in.staff.program_id.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| webhook_endpoints::list(db, own.as_ref(), None, SHOWN));
    let all: Vec<WebhookEndpoint> = read.await?;
    let is_here = |one: &WebhookEndpoint| one.program_id.as_ref().is_none_or(|own| *own == desk.program.id);
    let line = |one: WebhookEndpoint| EndpointLine {
        state: state_shown(&one),
        last: one
            .last_at
            .map(|_| outcome_shown(one.last_error.as_deref(), one.last_status)),
        last_when: one.last_at.map(|at| when(desk, at)).unwrap_or_default(),
        address: desk.link(&format!("/console/webhooks/{}", one.id)),
        is_everywhere: one.program_id.is_none(),
        url: one.url,
    };
    Ok(WebhooksPage {
        frame: desk.console_frame(desk.title("shop-hooks", error.is_some())),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/webhooks"),
        endpoints: all.into_iter().filter(is_here).map(line).collect(),
        is_removed: false,
        is_full: error.is_some_and(|error| error.code == Code::LimitReached),
        events: choices(&form.events()),
        events_fault: has_events_fault(error),
        url: url_judged(Typed::new(form.url), error),
        action: desk.link("/console/webhooks"),
    })
}
