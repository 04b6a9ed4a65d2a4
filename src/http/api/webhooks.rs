//! Endpoints outside that are told of what happens, and what was sent to them.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::{answer, respond};
use crate::actions::change_webhook::{
    WebhookChange, change_webhook, create_webhook, get_webhook, remove_webhook, rotate_webhook,
    send_webhook_again, test_webhook,
};
use crate::actions::{ActionError, Code, Deed, perform};
use crate::http::body::{Posted, Who, idempotency_key, if_match};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::webhook_deliveries::{self, WebhookDelivery};
use crate::store::webhook_endpoints::{self, WebhookEndpoint};
use crate::types::{ProgramId, Secret, Time, WebhookDeliveryId, WebhookEndpointId, WebhookEventId};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/webhook-endpoints", web::post().to(create))
        .route("/v1/webhook-endpoints", web::get().to(list))
        .route("/v1/webhook-endpoints/{id}", web::get().to(show))
        .route("/v1/webhook-endpoints/{id}", web::patch().to(change))
        .route("/v1/webhook-endpoints/{id}", web::delete().to(remove))
        .route("/v1/webhook-endpoints/{id}/rotate", web::post().to(rotate))
        .route("/v1/webhook-endpoints/{id}/test", web::post().to(test))
        .route(
            "/v1/webhook-endpoints/{id}/deliveries",
            web::get().to(list_deliveries),
        )
        .route(
            "/v1/webhook-endpoints/{id}/deliveries/{delivery}/resend",
            web::post().to(resend),
        );
}

/// A new endpoint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookEndpointInput {
    /// Where events are posted: https, on the open net.
    #[schema(example = "https://example.com/webhooks")]
    url: String,
    /// The events that it gets: `member.enrolled`, `member.erased`, `card.changed`, `tier.changed`, `order.recorded`,
    /// `order.refunded`, `reward.issued`, `reward.completed`.
    events: Vec<String>,
    /// The one program whose events it gets; those of all if left out.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
}

/// What is to change of an endpoint; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookEndpointPatch {
    /// Where events are posted.
    url: Option<String>,
    /// The events that it gets.
    events: Option<Vec<String>>,
    /// `paused`, or `active` again: it then begins without its past failures, and gets what still waits for it. What
    /// happens while it is not active is not kept for it.
    state: Option<String>,
}

/// An endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub(super) struct WebhookEndpointView {
    /// Its id.
    #[schema(value_type = String)]
    id: WebhookEndpointId,
    /// The one program whose events it gets.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// Where events are posted.
    url: String,
    /// The events that it gets.
    events: Vec<String>,
    /// `active`, `paused` or `disabled`.
    state: String,
    /// Why it was disabled: `failing` (nothing but failures for three days) or `gone` (it answered 410).
    disabled_for: Option<String>,
    /// The first failure after the last success.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Time>,
    /// When something was last sent.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<Time>,
    /// The status that was answered then.
    last_status: Option<i64>,
    /// What went wrong then: `status`, `redirect`, `timeout`, `no_connection` or `private_address`.
    last_error: Option<String>,
    /// What its webhooks are signed with, in the answer to its creation and to a rotation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Counts edits; send it as `If-Match`.
    version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was last edited.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl WebhookEndpointView {
    fn new(endpoint: WebhookEndpoint, secret: Option<&Secret>) -> Self {
        Self {
            events: serde_json::from_str(&endpoint.types).unwrap_or_default(),
            id: endpoint.id,
            program: endpoint.program_id,
            url: endpoint.url,
            state: endpoint.state,
            disabled_for: endpoint.disabled_for,
            failing_since: endpoint.failing_since,
            last_at: endpoint.last_at,
            last_status: endpoint.last_status,
            last_error: endpoint.last_error,
            secret: secret.map(|secret| secret.expose().to_owned()),
            version: endpoint.version,
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        }
    }
}

/// An event on its way to an endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(super) struct WebhookDeliveryView {
    /// Its id.
    #[schema(value_type = String)]
    id: WebhookDeliveryId,
    /// The event's id, the same at every endpoint and at every try.
    #[schema(value_type = String)]
    event: WebhookEventId,
    /// The event's name.
    #[serde(rename = "type")]
    kind: String,
    /// `due`, `delivered` or `failed`.
    state: String,
    /// How often it was sent.
    attempts: i64,
    /// When it is sent next; null when it is over.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Time>,
    /// When it was last sent.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<Time>,
    /// The status that was answered then.
    last_status: Option<i64>,
    /// What went wrong then.
    last_error: Option<String>,
    /// When the endpoint took it.
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Time>,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// What is sent.
    #[schema(value_type = Object)]
    body: serde_json::Value,
}

impl From<WebhookDelivery> for WebhookDeliveryView {
    fn from(delivery: WebhookDelivery) -> Self {
        Self {
            next_at: (delivery.state == webhook_deliveries::DUE).then_some(delivery.due_at),
            body: serde_json::from_str(&delivery.body).unwrap_or_default(),
            id: delivery.id,
            event: delivery.event_id,
            kind: delivery.event_type,
            state: delivery.state,
            attempts: delivery.attempts,
            last_at: delivery.last_at,
            last_status: delivery.last_status,
            last_error: delivery.last_error,
            delivered_at: delivery.delivered_at,
            created_at: delivery.created_at,
        }
    }
}

fn endpoint_id(id: &str) -> Result<WebhookEndpointId, ActionError> {
    id.parse().map_err(|_| ActionError::new(Code::NotFound))
}

/// Makes an endpoint. Without an idempotency key only: a kept answer would keep the secret.
#[utoipa::path(post, path = "/v1/webhook-endpoints", tag = "webhooks", operation_id = "create_webhook_endpoint",
    request_body = WebhookEndpointInput,
    responses((status = 201, description = "The endpoint with its secret, this once", body = WebhookEndpointView)))]
pub(super) async fn create(
    state: Data<State>,
    posted: Posted<WebhookEndpointInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { mut caller, value } = posted;
    caller.idempotency = None;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        create_webhook(tx, deed, value.program, (&value.url, &value.events))
    };
    let render = |(endpoint, secret): &(WebhookEndpoint, Secret)| {
        let view = WebhookEndpointView::new(endpoint.clone(), Some(secret));
        answer(StatusCode::CREATED, &view)
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists endpoints.
#[utoipa::path(get, path = "/v1/webhook-endpoints", tag = "webhooks", operation_id = "list_webhook_endpoints",
    params(Page), responses((status = 200, description = "Endpoints", body = List<WebhookEndpointView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<WebhookEndpointId>()?);
    let program = who.0.program;
    let read = state.house.store.read(move |db| {
        Ok::<_, ActionError>(webhook_endpoints::list(
            db,
            program.as_ref(),
            after.as_ref(),
            limit + 1,
        )?)
    });
    let list = List::of(
        read.await?,
        limit,
        |endpoint: &WebhookEndpoint| endpoint.id.as_str(),
        |endpoint| WebhookEndpointView::new(endpoint, None),
    );
    Ok(HttpResponse::Ok().json(list))
}

/// Shows an endpoint.
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}", tag = "webhooks", operation_id = "show_webhook_endpoint",
    params(("id" = String, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = WebhookEndpointView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = endpoint_id(&id)?;
    let read = state.house.store.read(move |db| get_webhook(db, &who.0, &id));
    Ok(HttpResponse::Ok().json(WebhookEndpointView::new(read.await?, None)))
}

/// Changes an endpoint, pauses it, or makes it active again.
#[utoipa::path(patch, path = "/v1/webhook-endpoints/{id}", tag = "webhooks", operation_id = "change_webhook_endpoint",
    request_body = WebhookEndpointPatch,
    params(("id" = String, Path, description = "The endpoint's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The endpoint", body = WebhookEndpointView)))]
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<WebhookEndpointPatch>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let id = endpoint_id(&id)?;
    let change = WebhookChange {
        url: value.url,
        types: value.events,
        state: value.state,
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| change_webhook(tx, deed, (&id, version), &change);
    let render = |endpoint: &WebhookEndpoint| {
        answer(StatusCode::OK, &WebhookEndpointView::new(endpoint.clone(), None))
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Takes an endpoint away, with all that waits for it.
#[utoipa::path(delete, path = "/v1/webhook-endpoints/{id}", tag = "webhooks", operation_id = "remove_webhook_endpoint",
    params(("id" = String, Path, description = "The endpoint's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The endpoint as it was", body = WebhookEndpointView)))]
pub(super) async fn remove(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id = endpoint_id(&id)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| remove_webhook(tx, deed, &id);
    let render = |endpoint: &WebhookEndpoint| {
        answer(StatusCode::OK, &WebhookEndpointView::new(endpoint.clone(), None))
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Gives an endpoint another secret. For a day what is sent carries the signatures of both. Without an idempotency key
/// only: a kept answer would keep the secret.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/rotate", tag = "webhooks",
    operation_id = "rotate_webhook_endpoint", params(("id" = String, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint with its secret, this once", body = WebhookEndpointView)))]
pub(super) async fn rotate(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = endpoint_id(&id)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| rotate_webhook(tx, deed, &id);
    let render = |(endpoint, secret): &(WebhookEndpoint, Secret)| {
        let view = WebhookEndpointView::new(endpoint.clone(), Some(secret));
        answer(StatusCode::OK, &view)
    };
    Ok(respond(perform(&state.house, who.0, deed, render).await?)?)
}

/// Sends an endpoint a `webhook.test`, whatever it listens to.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/test", tag = "webhooks",
    operation_id = "test_webhook_endpoint",
    params(("id" = String, Path, description = "The endpoint's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The event, still to be sent", body = WebhookDeliveryView)))]
pub(super) async fn test(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id = endpoint_id(&id)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| test_webhook(tx, deed, &id);
    let render = |one: &WebhookDelivery| answer(StatusCode::CREATED, &WebhookDeliveryView::from(one.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists what was sent to an endpoint in the last 30 days, the newest first.
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}/deliveries", tag = "webhooks",
    operation_id = "list_webhook_deliveries", params(("id" = String, Path, description = "The endpoint's id"), Page),
    responses((status = 200, description = "Events", body = List<WebhookDeliveryView>)))]
pub(super) async fn list_deliveries(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    page: Query<Page>,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = (page.limit()?, page.after::<WebhookDeliveryId>()?);
    let id = endpoint_id(&id)?;
    let read = state.house.store.read(move |db| {
        get_webhook(db, &who.0, &id)?;
        Ok::<_, ActionError>(webhook_deliveries::list(db, &id, before.as_ref(), limit + 1)?)
    });
    let list = List::of(
        read.await?,
        limit,
        |one: &WebhookDelivery| one.id.as_str(),
        WebhookDeliveryView::from,
    );
    Ok(HttpResponse::Ok().json(list))
}

/// Sends an event to an endpoint once more, whatever became of it.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/deliveries/{delivery}/resend", tag = "webhooks",
    operation_id = "resend_webhook_delivery",
    params(("id" = String, Path, description = "The endpoint's id"),
           ("delivery" = String, Path, description = "The delivery's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The event, to be sent again", body = WebhookDeliveryView)))]
pub(super) async fn resend(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let (id, delivery) = path.into_inner();
    let id = endpoint_id(&id)?;
    let delivery: WebhookDeliveryId = delivery.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| send_webhook_again(tx, deed, &id, &delivery);
    let render = |one: &WebhookDelivery| answer(StatusCode::OK, &WebhookDeliveryView::from(one.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
