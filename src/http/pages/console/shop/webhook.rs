//! One endpoint: what it gets, what came of what was sent, its secret, its end.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::{Guarded, guarded, read_version};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::webhooks::{
    EndpointForm, EventChoice, Shown, choices, event_text, has_events_fault, outcome_shown, state_shown,
    url_judged, when,
};
use super::{Door, Typed, doors, is_done};
use crate::actions::change_webhook::{
    WebhookChange, change_webhook, get_webhook, remove_webhook, rotate_webhook, send_webhook_again,
    test_webhook,
};
use crate::actions::{ActionError, Code, EventType};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::webhook_deliveries::{self, DELIVERED, FAILED, WebhookDelivery};
use crate::store::webhook_endpoints::{ACTIVE, PAUSED, WebhookEndpoint};
use crate::types::{Secret, WebhookDeliveryId, WebhookEndpointId};

/// How many of the last events are shown.
const SHOWN: i64 = 50;

#[derive(Template)]
#[template(path = "pages/console/shop/webhook.html")]
struct WebhookPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    heading: String,
    state: Shown,
    is_active: bool,
    /// The secret, where it was just made.
    secret: Option<String>,
    said: Option<&'static str>,
    is_stale: bool,
    /// Whether it was stopped since a page offered to send something.
    is_stopped: bool,
    url: Typed,
    events: Vec<EventChoice>,
    events_fault: bool,
    version: i64,
    deliveries: Vec<DeliveryLine>,
    /// What is typed to mean the removal.
    host: String,
    remove_fault: bool,
    base: String,
    /// What the page's own addresses end with.
    tail: String,
    way_back: String,
}

struct DeliveryLine {
    id: String,
    name: String,
    text: &'static str,
    created: String,
    instant: String,
    outcome: Option<Shown>,
    state: Shown,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StateForm {
    token: String,
    version: String,
    state: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlainForm {
    token: String,
    /// The host of the address, typed to mean the removal.
    host: String,
}

guarded!(StateForm, PlainForm);

/// What is drawn beside what is stored.
#[derive(Default)]
struct Said<'e> {
    form: Option<EndpointForm>,
    error: Option<&'e ActionError>,
    secret: Option<String>,
    /// The text for what was done.
    done: Option<&'static str>,
    remove_fault: bool,
}

async fn read(desk: &Desk, id: &str) -> Result<WebhookEndpoint, ActionError> {
    let id: WebhookEndpointId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let (caller, program) = (desk.everywhere(), desk.program.id.clone());
    let read = desk.state.house.store.read(move |db| {
        let endpoint = get_webhook(db, &caller, &id)?;
        if endpoint.program_id.as_ref().is_some_and(|own| *own != program) {
            return Err(ActionError::new(Code::NotFound));
        }
        Ok(endpoint)
    });
    read.await
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let endpoint = read(&desk, &id).await?;
    let all = [
        ("saved", "hooks-saved"),
        ("active", "hooks-resumed"),
        ("paused", "hooks-was-paused"),
        ("tested", "hooks-tested"),
        ("again", "hooks-again"),
    ];
    let done = all
        .into_iter()
        .find(|(what, _)| is_done(&request, what))
        .map(|(_, text)| text);
    let page = draw(
        &desk,
        endpoint,
        Said {
            done,
            ..Said::default()
        },
    )
    .await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Shows an endpoint that was just made, with its secret.
pub(super) async fn show_made(
    desk: &Desk,
    endpoint: WebhookEndpoint,
    secret: &Secret,
) -> Result<HttpResponse, Problem> {
    let said = Said {
        secret: Some(secret.expose().to_owned()),
        ..Said::default()
    };
    Ok(respond(StatusCode::CREATED, &draw(desk, endpoint, said).await?)?)
}

/// Who sent a form about an endpoint, what it says, and the endpoint.
async fn take<F: Guarded>(
    state: &State,
    request: &HttpRequest,
    (id, body): (&str, &[u8]),
) -> Result<(Desk, F, WebhookEndpoint), ActionError> {
    let (desk, form): (Desk, F) = Desk::take(state, request, body).await?;
    let endpoint = read(&desk, id).await?;
    Ok((desk, form, endpoint))
}

fn lead_back(desk: &Desk, id: &WebhookEndpointId, done: &str) -> HttpResponse {
    lead_to(&desk.link(&format!("/console/webhooks/{id}?done={done}")))
}

/// Changes where the endpoint is and what it gets.
pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form, endpoint): (_, EndpointForm, _) = take(&state, &request, (&id, &body.0)).await?;
    let change = WebhookChange {
        url: Some(form.url.trim().to_owned()),
        types: Some(form.events()),
        state: None,
    };
    change_it(&desk, endpoint, (change, "saved"), form).await
}

/// Pauses the endpoint, or makes it active again.
pub(super) async fn set_state(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form, endpoint): (_, StateForm, _) = take(&state, &request, (&id, &body.0)).await?;
    let wanted = if form.state == PAUSED { PAUSED } else { ACTIVE };
    let change = WebhookChange {
        state: Some(wanted.to_owned()),
        ..WebhookChange::default()
    };
    let events: Vec<String> = serde_json::from_str(&endpoint.types).unwrap_or_default();
    let kept = EndpointForm {
        version: form.version,
        url: endpoint.url.clone(),
        ticked: events.into_iter().map(|name| (name, "yes".to_owned())).collect(),
        ..EndpointForm::default()
    };
    change_it(&desk, endpoint, (change, wanted), kept).await
}

async fn change_it(
    desk: &Desk,
    endpoint: WebhookEndpoint,
    (change, done): (WebhookChange, &str),
    form: EndpointForm,
) -> Result<HttpResponse, Problem> {
    let version = Some(read_version(&form.version)?);
    let id = endpoint.id.clone();
    let changing = desk.act_everywhere(move |tx, deed| change_webhook(tx, deed, (&id, version), &change));
    match changing.await {
        Ok(endpoint) => {
            // What waited for it goes now.
            desk.state.house.bell.ring();
            Ok(lead_back(desk, &endpoint.id, done))
        }
        Err(error) if matches!(error.code, Code::Invalid | Code::StaleEdit) => {
            let status = if error.code == Code::StaleEdit {
                StatusCode::CONFLICT
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            let said = Said {
                form: Some(form),
                error: Some(&error),
                ..Said::default()
            };
            Ok(respond(status, &draw(desk, endpoint, said).await?)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives the endpoint another secret, shown this once.
pub(super) async fn rotate(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, _, endpoint): (_, PlainForm, _) = take(&state, &request, (&id, &body.0)).await?;
    let id = endpoint.id;
    let turning = desk.act_everywhere(move |tx, deed| rotate_webhook(tx, deed, &id));
    let (endpoint, secret) = turning.await?;
    let said = Said {
        secret: Some(secret.expose().to_owned()),
        ..Said::default()
    };
    Ok(respond(StatusCode::OK, &draw(&desk, endpoint, said).await?)?)
}

/// Sends the endpoint a test.
pub(super) async fn test(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, _, endpoint): (_, PlainForm, _) = take(&state, &request, (&id, &body.0)).await?;
    let named = endpoint.id.clone();
    let testing = desk.act_everywhere(move |tx, deed| test_webhook(tx, deed, &named));
    end_send(&desk, endpoint, testing.await, "tested").await
}

/// Sends an event once more.
pub(super) async fn resend(
    state: Data<State>,
    request: HttpRequest,
    path: Path<(String, String)>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (id, delivery) = path.into_inner();
    let (desk, _, endpoint): (_, PlainForm, _) = take(&state, &request, (&id, &body.0)).await?;
    let delivery: WebhookDeliveryId = delivery.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let named = endpoint.id.clone();
    let sending = desk.act_everywhere(move |tx, deed| send_webhook_again(tx, deed, &named, &delivery));
    end_send(&desk, endpoint, sending.await, "again").await
}

/// Leads back to the endpoint, or says that it was stopped meanwhile.
async fn end_send(
    desk: &Desk,
    endpoint: WebhookEndpoint,
    sent: Result<WebhookDelivery, ActionError>,
    done: &str,
) -> Result<HttpResponse, Problem> {
    match sent {
        Ok(_) => {
            desk.state.house.bell.ring();
            Ok(lead_back(desk, &endpoint.id, done))
        }
        Err(error) if error.code == Code::Invalid => {
            let page = draw(
                desk,
                endpoint,
                Said {
                    error: Some(&error),
                    ..Said::default()
                },
            )
            .await?;
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes the endpoint away, if its host was typed.
pub(super) async fn remove(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form, endpoint): (_, PlainForm, _) = take(&state, &request, (&id, &body.0)).await?;
    if !form.host.trim().eq_ignore_ascii_case(&host_of(&endpoint)) {
        let said = Said {
            remove_fault: true,
            ..Said::default()
        };
        let page = draw(&desk, endpoint, said).await?;
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    }
    let id = endpoint.id;
    desk.act_everywhere(move |tx, deed| remove_webhook(tx, deed, &id))
        .await?;
    Ok(lead_to(&desk.link("/console/webhooks?done=removed")))
}

/// The host of an endpoint's address.
fn host_of(endpoint: &WebhookEndpoint) -> String {
    let behind = endpoint
        .url
        .split_once("://")
        .map_or(endpoint.url.as_str(), |(_, rest)| rest);
    behind.split(['/', '?']).next().unwrap_or_default().to_owned()
}

fn line(desk: &Desk, one: WebhookDelivery) -> DeliveryLine {
    let (look, text) = match one.state.as_str() {
        DELIVERED => ("good", "hooks-delivered"),
        FAILED => ("bad", "hooks-given-up"),
        _ => ("wait", "hooks-waits"),
    };
    let is_due = look == "wait";
    let state = Shown {
        look,
        text,
        status: String::new(),
    };
    DeliveryLine {
        text: EventType::find(&one.event_type).map_or("hooks-test-event", event_text),
        name: one.event_type,
        created: when(desk, one.created_at),
        instant: one.created_at.rfc3339_secs(),
        outcome: one
            .last_at
            .map(|_| outcome_shown(one.last_error.as_deref(), one.last_status)),
        state,
        next: (is_due && one.attempts > 0).then(|| when(desk, one.due_at)),
        id: one.id.to_string(),
    }
}

async fn draw(desk: &Desk, endpoint: WebhookEndpoint, said: Said<'_>) -> Result<WebhookPage, ActionError> {
    let id = endpoint.id.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| webhook_deliveries::list(db, &id, None, SHOWN));
    let deliveries: Vec<WebhookDelivery> = read.await?;
    let error = said.error;
    let stored: Vec<String> = serde_json::from_str(&endpoint.types).unwrap_or_default();
    let (url, events) = match &said.form {
        Some(form) => (form.url.clone(), form.events()),
        None => (endpoint.url.clone(), stored),
    };
    let has_fault = error.is_some() || said.remove_fault;
    let is_stopped = |error: &ActionError| error.faults.iter().any(|fault| fault.pointer == "/state");
    Ok(WebhookPage {
        frame: desk.console_frame(desk.title("shop-hooks", has_fault)),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/webhooks"),
        state: state_shown(&endpoint),
        is_active: endpoint.state == ACTIVE,
        secret: said.secret,
        said: said.done,
        is_stopped: error.is_some_and(is_stopped),
        is_stale: error.is_some_and(|error| error.code == Code::StaleEdit),
        url: url_judged(Typed::new(url), error),
        events: choices(&events),
        events_fault: has_events_fault(error),
        version: endpoint.version,
        deliveries: deliveries.into_iter().map(|one| line(desk, one)).collect(),
        host: host_of(&endpoint),
        remove_fault: said.remove_fault,
        base: format!("/console/webhooks/{}", endpoint.id),
        tail: format!("?lang={}", desk.locale.tag()),
        way_back: desk.link("/console/webhooks"),
        heading: endpoint.url,
    })
}
