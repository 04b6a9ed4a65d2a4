//! Events on their way to endpoints outside: written with the deed that they tell of, sent in their own time.

use diesel::prelude::*;

use super::dialect;
use super::schema::webhook_deliveries;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{MemberId, ProgramId, Time, WebhookDeliveryId, WebhookEndpointId, WebhookEventId};

/// It is to be sent.
pub const DUE: &str = "due";
/// The endpoint took it.
pub const DELIVERED: &str = "delivered";
/// It was given up.
pub const FAILED: &str = "failed";

/// Far longer than any lease lasts, in milliseconds.
const LEASE_MAX_MS: i64 = 3_600_000;

/// An event on its way to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
pub struct WebhookDelivery {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// Where it goes.
    pub endpoint_id: WebhookEndpointId,
    /// The program in which it happened; none of a test.
    pub program_id: Option<ProgramId>,
    /// Whom it tells of.
    pub member_id: Option<MemberId>,
    /// The event, the same at every endpoint.
    pub event_id: WebhookEventId,
    /// The event's name.
    pub event_type: String,
    /// What is sent, as JSON.
    pub body: String,
    /// [`DUE`], [`DELIVERED`] or [`FAILED`].
    pub state: String,
    /// When it happened.
    pub created_at: Time,
    /// When it is to be sent.
    pub due_at: Time,
    /// When the last try is made; known from the first failure on.
    pub give_up_at: Option<Time>,
    /// How often it was sent.
    pub attempts: i64,
    /// Who sends it now.
    pub lease_owner: Option<String>,
    /// Until when they may; 0 is nobody.
    pub lease_until: Time,
    /// Which lease this is; a holder of an earlier one cannot settle.
    pub fence: i64,
    /// When it was last sent.
    pub last_at: Option<Time>,
    /// What was answered then, if anything.
    pub last_status: Option<i64>,
    /// What went wrong then.
    pub last_error: Option<String>,
    /// When the endpoint took it.
    pub delivered_at: Option<Time>,
}

/// Stores a delivery.
pub fn insert(tx: &mut Tx<'_>, delivery: &WebhookDelivery) -> Result<(), StoreError> {
    diesel::insert_into(webhook_deliveries::table)
        .values(delivery.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// An endpoint's delivery, or `NotFound`.
pub fn get(
    db: &mut Db,
    endpoint: &WebhookEndpointId,
    id: &WebhookDeliveryId,
) -> Result<WebhookDelivery, StoreError> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::id.eq(id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .select(WebhookDelivery::as_select())
        .get_result(db)?)
}

/// An endpoint's deliveries, the newest first, those before `before`.
pub fn list(
    db: &mut Db,
    endpoint: &WebhookEndpointId,
    before: Option<&WebhookDeliveryId>,
    limit: i64,
) -> Result<Vec<WebhookDelivery>, StoreError> {
    let mut query = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .select(WebhookDelivery::as_select())
        .order(webhook_deliveries::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(webhook_deliveries::id.lt(before));
    }
    Ok(query.load(db)?)
}

/// Makes a delivery due now as if it had never been sent; what is being sent at this moment is then sent again.
pub fn send_again(tx: &mut Tx<'_>, id: &WebhookDeliveryId, now: Time) -> Result<(), StoreError> {
    Statement::new(
        "UPDATE webhook_deliveries SET state = 'due', due_at = ?, give_up_at = NULL, attempts = 0, \
         lease_owner = NULL, lease_until = 0, fence = fence + 1, delivered_at = NULL WHERE id = ?",
    )
    .number(now.millis())
    .text(id.as_str())
    .execute(tx)?;
    Ok(())
}

/// Active endpoints that have something due which nobody sends, at most `limit`. One look into the index for each
/// active endpoint, however much waits for it.
pub fn list_waiting(db: &mut Db, now: Time, limit: i64) -> Result<Vec<WebhookEndpointId>, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Text)]
        id: WebhookEndpointId,
    }
    let found: Vec<Found> = Statement::new(
        "SELECT e.id FROM webhook_endpoints e WHERE e.state = 'active' AND EXISTS (SELECT 1 FROM webhook_deliveries d \
         WHERE d.endpoint_id = e.id AND d.state = 'due' AND d.due_at <= ? AND (d.lease_until <= ? OR d.lease_until > ?)) \
         ORDER BY e.id LIMIT ?",
    )
    .number(now.millis())
    .number(now.millis())
    .number(now.plus_ms(LEASE_MAX_MS).millis())
    .number(limit)
    .load(db)?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// Leases up to `limit` deliveries of an endpoint that are due, the longest due first. A lease that ends later than
/// any could was made by a clock that has been set back since, and counts as over.
pub fn claim(
    tx: &mut Tx<'_>,
    owner: &str,
    endpoint: &WebhookEndpointId,
    limit: i64,
    (now, lease_until): (Time, Time),
) -> Result<Vec<WebhookDelivery>, StoreError> {
    let skip = dialect::skip_locked(tx);
    Ok(Statement::new(format!(
        "WITH picked AS MATERIALIZED (SELECT id FROM webhook_deliveries \
         WHERE endpoint_id = ? AND state = 'due' AND due_at <= ? AND (lease_until <= ? OR lease_until > ?) \
         ORDER BY due_at, id LIMIT ? {skip}) \
         UPDATE webhook_deliveries SET lease_owner = ?, lease_until = ?, fence = fence + 1 \
         WHERE id IN (SELECT id FROM picked) RETURNING *"
    ))
    .text(endpoint.as_str())
    .number(now.millis())
    .number(now.millis())
    .number(now.plus_ms(LEASE_MAX_MS).millis())
    .number(limit)
    .text(owner)
    .number(lease_until.millis())
    .load(tx)?)
}

/// How a leased delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The endpoint took it.
    Delivered,
    /// It failed; it is tried again then, and for the last time at the second instant.
    Retry(Time, Time),
    /// It failed and is given up.
    Failed,
    /// It was not tried and stays due.
    Untried,
}

/// A leased delivery and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The delivery.
    pub id: WebhookDeliveryId,
    /// The lease.
    pub fence: i64,
    /// How it ended.
    pub ending: Ending,
    /// What was answered.
    pub status: Option<i64>,
    /// What went wrong.
    pub error: Option<String>,
}

/// Settles a leased delivery; says whether its lease still stood.
pub fn settle(tx: &mut Tx<'_>, one: &Settlement, now: Time) -> Result<bool, StoreError> {
    use webhook_deliveries as w;
    let target = w::table
        .filter(w::id.eq(&one.id))
        .filter(w::fence.eq(one.fence))
        .filter(w::state.eq(DUE));
    let given_back = (w::lease_owner.eq(None::<String>), w::lease_until.eq(0));
    if one.ending == Ending::Untried {
        let changed = diesel::update(target).set(given_back).execute(&mut **tx)?;
        return Ok(changed == 1);
    }
    let (state, due_at, give_up_at) = match one.ending {
        Ending::Retry(at, until) => (DUE, Some(at), Some(until)),
        Ending::Failed => (FAILED, None, None),
        Ending::Delivered | Ending::Untried => (DELIVERED, None, None),
    };
    let changed = diesel::update(target)
        .set((
            given_back,
            w::state.eq(state),
            due_at.map(|at| w::due_at.eq(at.millis())),
            give_up_at.map(|at| w::give_up_at.eq(at.millis())),
            w::attempts.eq(w::attempts + 1),
            w::last_at.eq(now.millis()),
            w::last_status.eq(one.status),
            w::last_error.eq(&one.error),
            (state == DELIVERED).then(|| w::delivered_at.eq(now.millis())),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Gives back every lease of an instance that stops.
pub fn release(tx: &mut Tx<'_>, owner: &str) -> Result<(), StoreError> {
    Statement::new("UPDATE webhook_deliveries SET lease_owner = NULL, lease_until = 0 WHERE lease_owner = ?")
        .text(owner)
        .execute(tx)?;
    Ok(())
}

/// Ends every lease, whoever has it; for a database that one instance alone uses, when that instance starts.
pub fn release_all(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    Ok(Statement::new(
        "UPDATE webhook_deliveries SET lease_owner = NULL, lease_until = 0 WHERE lease_owner IS NOT NULL",
    )
    .execute(tx)?)
}

/// Drops what is told of a member who is erased.
pub fn forget(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), StoreError> {
    diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::member_id.eq(member)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Drops up to so many deliveries of before an instant, whatever became of them.
pub fn drop_old(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<usize, StoreError> {
    Ok(Statement::new(
        "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE id < ? ORDER BY id LIMIT ?)",
    )
    .text(WebhookDeliveryId::first_at(before).as_str())
    .number(limit)
    .execute(tx)?)
}
