//! Endpoints outside are made, changed, tried and taken away by those who lead the shop.

use serde_json::json;

use super::announce::{EventType, Happened, Letter};
use super::webhook_address::check_address;
use super::{ActionError, Caller, Code, Deed, Fault};
use crate::store::webhook_deliveries::{self, WebhookDelivery};
use crate::store::webhook_endpoints::{self, ACTIVE, PAUSED, WebhookEndpoint};
use crate::store::{Db, Tx};
use crate::types::{ProgramId, Secret, WebhookDeliveryId, WebhookEndpointId};

/// Most endpoints of a program, and most that get the events of all programs.
pub const ENDPOINTS_MAX: i64 = 16;

/// What is to change of an endpoint; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChange {
    /// Where it is.
    pub url: Option<String>,
    /// The names of the events that it gets.
    pub types: Option<Vec<String>>,
    /// `active` or `paused`.
    pub state: Option<String>,
}

/// Makes an endpoint. Its signing secret is given here and never again.
pub fn create_webhook(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: Option<ProgramId>,
    (url, types): (&str, &[String]),
) -> Result<(WebhookEndpoint, Secret), ActionError> {
    let program = deed.caller.choose_program(tx, program)?;
    let types = check(deed, Some(url), Some(types))?;
    // Whoever counts holds the programs' rows from here on, so that no two see the same room.
    webhook_endpoints::touch_hearing(tx, program.as_ref())?;
    if webhook_endpoints::count(tx, program.as_ref())? >= ENDPOINTS_MAX {
        let detail =
            format!("There are {ENDPOINTS_MAX} endpoints, as many as there may be; remove one first.");
        return Err(ActionError::with(Code::LimitReached, detail));
    }
    let endpoint = WebhookEndpoint {
        id: WebhookEndpointId::new(deed.now),
        program_id: program,
        url: url.to_owned(),
        types: types.unwrap_or_default(),
        state: ACTIVE.to_owned(),
        disabled_for: None,
        rotation: 1,
        rotated_at: None,
        failing_since: None,
        last_at: None,
        last_status: None,
        last_error: None,
        version: 1,
        created_at: deed.now,
        updated_at: deed.now,
    };
    webhook_endpoints::insert(tx, &endpoint)?;
    record(tx, deed, "create_webhook", &endpoint)?;
    let secret = deed.house.webhook_secret(&endpoint.id, endpoint.rotation);
    Ok((endpoint, secret))
}

/// Changes an endpoint that is still at `version` (any, if `None`). One that is active again begins without its past
/// failures, and gets what still waits for it.
pub fn change_webhook(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&WebhookEndpointId, Option<i64>),
    change: &WebhookChange,
) -> Result<WebhookEndpoint, ActionError> {
    let mut endpoint = lock_own(tx, deed, id, version)?;
    let types = check(deed, change.url.as_deref(), change.types.as_deref())?;
    if let Some(url) = &change.url {
        endpoint.url.clone_from(url);
    }
    if let Some(types) = types {
        endpoint.types = types;
    }
    match change.state.as_deref() {
        None => (),
        Some(ACTIVE) => {
            ACTIVE.clone_into(&mut endpoint.state);
            endpoint.disabled_for = None;
            endpoint.failing_since = None;
        }
        Some(PAUSED) => {
            PAUSED.clone_into(&mut endpoint.state);
            endpoint.disabled_for = None;
        }
        Some(_) => {
            let detail = "An endpoint is made `active` or `paused`.";
            return Err(ActionError::fault("/state", "unknown_state", detail));
        }
    }
    store(tx, deed, &mut endpoint)?;
    webhook_endpoints::touch_hearing(tx, endpoint.program_id.as_ref())?;
    record(tx, deed, "change_webhook", &endpoint)?;
    Ok(endpoint)
}

/// Gives an endpoint another signing secret, which is given here and never again. For a day what is sent carries the
/// signatures of both.
pub fn rotate_webhook(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &WebhookEndpointId,
) -> Result<(WebhookEndpoint, Secret), ActionError> {
    let mut endpoint = lock_own(tx, deed, id, None)?;
    endpoint.rotation += 1;
    endpoint.rotated_at = Some(deed.now);
    store(tx, deed, &mut endpoint)?;
    record(tx, deed, "rotate_webhook", &endpoint)?;
    let secret = deed.house.webhook_secret(&endpoint.id, endpoint.rotation);
    Ok((endpoint, secret))
}

/// Takes an endpoint away, with all that waits for it.
pub fn remove_webhook(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &WebhookEndpointId,
) -> Result<WebhookEndpoint, ActionError> {
    let endpoint = lock_own(tx, deed, id, None)?;
    webhook_endpoints::remove(tx, id)?;
    webhook_endpoints::touch_hearing(tx, endpoint.program_id.as_ref())?;
    record(tx, deed, "remove_webhook", &endpoint)?;
    Ok(endpoint)
}

/// Sends an endpoint an event that says nothing but that it is a test.
pub fn test_webhook(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &WebhookEndpointId,
) -> Result<WebhookDelivery, ActionError> {
    let endpoint = lock_own(tx, deed, id, None)?;
    check_active(&endpoint)?;
    Letter::write(deed, endpoint.program_id.as_ref(), &Happened::Test).post(tx, id, deed.now)
}

/// Sends an event to an endpoint once more, whatever became of it.
pub fn send_webhook_again(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &WebhookEndpointId,
    delivery: &WebhookDeliveryId,
) -> Result<WebhookDelivery, ActionError> {
    let endpoint = lock_own(tx, deed, id, None)?;
    check_active(&endpoint)?;
    webhook_deliveries::get(tx, id, delivery)?;
    webhook_deliveries::send_again(tx, delivery, deed.now)?;
    Ok(webhook_deliveries::get(tx, id, delivery)?)
}

/// An endpoint that a caller may see, or `NotFound`.
pub fn get_webhook(
    db: &mut Db,
    caller: &Caller,
    id: &WebhookEndpointId,
) -> Result<WebhookEndpoint, ActionError> {
    let endpoint = webhook_endpoints::get(db, id)?;
    check_sees(caller, &endpoint)?;
    Ok(endpoint)
}

fn check_sees(caller: &Caller, endpoint: &WebhookEndpoint) -> Result<(), ActionError> {
    if caller.program.is_some() && caller.program != endpoint.program_id {
        return Err(ActionError::new(Code::NotFound));
    }
    Ok(())
}

fn check_active(endpoint: &WebhookEndpoint) -> Result<(), ActionError> {
    if endpoint.state == ACTIVE {
        return Ok(());
    }
    let detail = "The endpoint is stopped, so nothing is sent to it; make it active first.";
    Err(ActionError::fault("/state", "not_active", detail))
}

fn lock_own(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &WebhookEndpointId,
    version: Option<i64>,
) -> Result<WebhookEndpoint, ActionError> {
    let endpoint = webhook_endpoints::lock(tx, id)?;
    check_sees(&deed.caller, &endpoint)?;
    if version.is_some_and(|wanted| wanted != endpoint.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    Ok(endpoint)
}

fn store(tx: &mut Tx<'_>, deed: &Deed, endpoint: &mut WebhookEndpoint) -> Result<(), ActionError> {
    endpoint.version += 1;
    endpoint.updated_at = deed.now;
    Ok(webhook_endpoints::update(tx, endpoint)?)
}

/// Refuses what an endpoint cannot be; gives the names of its events as they are stored, each once.
fn check(deed: &Deed, url: Option<&str>, types: Option<&[String]>) -> Result<Option<String>, ActionError> {
    let mut faults = Vec::new();
    if let Some(url) = url
        && let Err((code, detail)) = check_address(url, deed.house.private_webhooks)
    {
        faults.push(Fault::new("/url", code, detail));
    }
    let Some(types) = types else {
        return if faults.is_empty() {
            Ok(None)
        } else {
            Err(ActionError::invalid(faults))
        };
    };
    for (place, name) in types.iter().enumerate() {
        if EventType::find(name).is_none() {
            let known = EventType::ALL.map(EventType::name).join(", ");
            let detail = format!("There are: {known}.");
            faults.push(Fault::new(format!("/events/{place}"), "unknown_event", detail));
        }
    }
    if types.is_empty() {
        let detail = "Name at least one event that the endpoint gets.";
        faults.push(Fault::new("/events", "missing", detail));
    }
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    let is_wanted = |kind: &EventType| types.iter().any(|name| name == kind.name());
    let names: Vec<&str> = EventType::ALL
        .into_iter()
        .filter(is_wanted)
        .map(EventType::name)
        .collect();
    serde_json::to_string(&names)
        .map(Some)
        .map_err(ActionError::internal)
}

/// The address may hold what is nobody's business, and the books outlive it: they name its host.
fn record(tx: &mut Tx<'_>, deed: &Deed, what: &str, endpoint: &WebhookEndpoint) -> Result<(), ActionError> {
    let host = endpoint.url.parse::<http::Uri>().ok();
    let host = host.as_ref().and_then(http::Uri::host);
    let said = json!({ "host": host, "state": endpoint.state, "version": endpoint.version });
    Ok(deed.record(
        tx,
        endpoint.program_id.as_ref(),
        what,
        endpoint.id.as_str(),
        &said,
    )?)
}
