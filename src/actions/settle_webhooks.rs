//! What came of events that were sent to an endpoint; one that does nothing but fail is stopped, and it is said.

use serde_json::json;

use super::{ActionError, Deed};
use crate::store::webhook_deliveries::{self, Ending, Settlement};
use crate::store::webhook_endpoints::{self, ACTIVE, DISABLED};
use crate::store::{StoreError, Tx};
use crate::types::WebhookEndpointId;

/// For how long an event is tried, and how long an endpoint may do nothing but fail: three days.
pub const TRIED_MS: i64 = 3 * 86_400_000;
/// The answer of an endpoint that wants no more.
const GONE: i64 = 410;

/// Settles what was sent to one endpoint.
pub fn settle_webhooks(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &WebhookEndpointId,
    settlements: &[Settlement],
) -> Result<(), ActionError> {
    let mut endpoint = match webhook_endpoints::lock(tx, id) {
        Ok(endpoint) => endpoint,
        // Taken away meanwhile, and what waited for it with it.
        Err(StoreError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let mut held = Vec::new();
    for one in settlements {
        if webhook_deliveries::settle(tx, one, deed.now)? {
            held.push(one);
        }
    }
    let tried = held.iter().filter(|one| one.ending != Ending::Untried);
    let Some(newest) = tried.clone().next_back() else {
        return Ok(());
    };
    endpoint.last_at = Some(deed.now);
    endpoint.last_status = newest.status;
    endpoint.last_error.clone_from(&newest.error);
    let was_active = endpoint.state == ACTIVE;
    if tried.clone().any(|one| one.ending == Ending::Delivered) {
        endpoint.failing_since = None;
    } else {
        let since = endpoint.failing_since.unwrap_or(deed.now);
        endpoint.failing_since = Some(since);
        if since.plus_ms(TRIED_MS) <= deed.now {
            endpoint.disabled_for = Some("failing".to_owned());
        }
    }
    if tried.clone().any(|one| one.status == Some(GONE)) {
        endpoint.disabled_for = Some("gone".to_owned());
    }
    let is_stopped = was_active && endpoint.disabled_for.is_some();
    if is_stopped {
        DISABLED.clone_into(&mut endpoint.state);
        endpoint.version += 1;
        endpoint.updated_at = deed.now;
    }
    webhook_endpoints::update(tx, &endpoint)?;
    if is_stopped {
        webhook_endpoints::touch_hearing(tx, endpoint.program_id.as_ref())?;
        let said = json!({ "for": endpoint.disabled_for, "since": endpoint.failing_since });
        let program = endpoint.program_id.as_ref();
        deed.record(tx, program, "disable_webhook", id.as_str(), &said)?;
    }
    Ok(())
}
