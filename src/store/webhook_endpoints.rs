//! Addresses outside that are told of what happens.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::{programs, webhook_endpoints};
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{ProgramId, Time, WebhookEndpointId, random_token};

/// It is told.
pub const ACTIVE: &str = "active";
/// Somebody has stopped it for a while.
pub const PAUSED: &str = "paused";
/// It was stopped because it did not answer well.
pub const DISABLED: &str = "disabled";
/// It is gone; its rows are dropped in a while.
const REMOVED: &str = "removed";

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhook_endpoints, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// The one program whose events it gets; `None` is all.
    pub program_id: Option<ProgramId>,
    /// Where it is.
    pub url: String,
    /// The names of the events that it gets, as a JSON list.
    pub types: String,
    /// [`ACTIVE`], [`PAUSED`] or [`DISABLED`].
    pub state: String,
    /// Why it was disabled: `failing` or `gone`.
    pub disabled_for: Option<String>,
    /// Counts its signing secrets, from 1.
    pub rotation: i64,
    /// When it got the newest one.
    pub rotated_at: Option<Time>,
    /// The first failure after the last success.
    pub failing_since: Option<Time>,
    /// When something was last sent.
    pub last_at: Option<Time>,
    /// What it answered then, if it did.
    pub last_status: Option<i64>,
    /// What went wrong then.
    pub last_error: Option<String>,
    /// Counts edits, for `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
}

/// Stores an endpoint.
pub fn insert(tx: &mut Tx<'_>, endpoint: &WebhookEndpoint) -> Result<(), StoreError> {
    diesel::insert_into(webhook_endpoints::table)
        .values(endpoint.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The endpoint, or `NotFound`.
pub fn get(db: &mut Db, id: &WebhookEndpointId) -> Result<WebhookEndpoint, StoreError> {
    Ok(webhook_endpoints::table
        .filter(webhook_endpoints::id.eq(id))
        .filter(webhook_endpoints::state.ne(REMOVED))
        .select(WebhookEndpoint::as_select())
        .get_result(db)?)
}

/// The endpoint, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &WebhookEndpointId) -> Result<WebhookEndpoint, StoreError> {
    let found: WebhookEndpoint = locked!(
        tx,
        webhook_endpoints::table
            .find(id)
            .select(WebhookEndpoint::as_select()),
        get_result
    )?;
    if found.state == REMOVED {
        return Err(StoreError::NotFound);
    }
    Ok(found)
}

/// Stores a locked endpoint that was edited.
pub fn update(tx: &mut Tx<'_>, endpoint: &WebhookEndpoint) -> Result<(), StoreError> {
    let target = webhook_endpoints::table.find(&endpoint.id);
    on_both!(tx, conn => diesel::update(target).set(endpoint.clone()).execute(conn))?;
    Ok(())
}

/// Takes a locked endpoint away: it is found no more, and [`drop_removed`] drops its rows.
pub fn remove(tx: &mut Tx<'_>, id: &WebhookEndpointId) -> Result<(), StoreError> {
    diesel::update(webhook_endpoints::table.find(id))
        .set(webhook_endpoints::state.eq(REMOVED))
        .execute(&mut **tx)?;
    Ok(())
}

/// Endpoints in the order of their ids, after `after`; only those of a program if it is given.
pub fn list(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&WebhookEndpointId>,
    limit: i64,
) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let mut query = webhook_endpoints::table
        .filter(webhook_endpoints::state.ne(REMOVED))
        .select(WebhookEndpoint::as_select())
        .order(webhook_endpoints::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(webhook_endpoints::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(webhook_endpoints::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// How many endpoints there are of a program, or of all programs.
pub fn count(db: &mut Db, program: Option<&ProgramId>) -> Result<i64, StoreError> {
    let mut query = webhook_endpoints::table
        .filter(webhook_endpoints::state.ne(REMOVED))
        .count()
        .into_boxed();
    query = match program {
        Some(program) => query.filter(webhook_endpoints::program_id.eq(program)),
        None => query.filter(webhook_endpoints::program_id.is_null()),
    };
    Ok(query.get_result(db)?)
}

/// The active endpoints that get a program's events, with the names of those. Two looks into one index.
pub fn list_hearing(
    db: &mut Db,
    program: &ProgramId,
) -> Result<Vec<(WebhookEndpointId, String)>, StoreError> {
    let mut found: Vec<(WebhookEndpointId, String)> = webhook_endpoints::table
        .filter(webhook_endpoints::program_id.eq(program))
        .filter(webhook_endpoints::state.eq(ACTIVE))
        .select((webhook_endpoints::id, webhook_endpoints::types))
        .load(db)?;
    let of_all: Vec<(WebhookEndpointId, String)> = webhook_endpoints::table
        .filter(webhook_endpoints::program_id.is_null())
        .filter(webhook_endpoints::state.eq(ACTIVE))
        .select((webhook_endpoints::id, webhook_endpoints::types))
        .load(db)?;
    found.extend(of_all);
    Ok(found)
}

/// Makes everybody ask anew whether a program's events are heard; of all programs, if none is named.
pub fn touch_hearing(tx: &mut Tx<'_>, program: Option<&ProgramId>) -> Result<(), StoreError> {
    let text = random_token(9);
    let stamp = programs::rulebook.eq(&text);
    on_both!(tx, conn => match program {
        Some(program) => diesel::update(programs::table.find(program)).set(stamp).execute(conn),
        None => diesel::update(programs::table).set(stamp).execute(conn),
    })?;
    Ok(())
}

/// Drops up to so many deliveries of endpoints that were taken away, then those endpoints that have none left.
pub fn drop_removed(tx: &mut Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    let dropped = Statement::new(
        "DELETE FROM webhook_deliveries WHERE id IN (SELECT d.id FROM webhook_endpoints e \
         JOIN webhook_deliveries d ON d.endpoint_id = e.id WHERE e.state = 'removed' LIMIT ?)",
    )
    .number(limit)
    .execute(tx)?;
    Statement::new(
        "DELETE FROM webhook_endpoints WHERE state = 'removed' AND NOT EXISTS \
         (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = webhook_endpoints.id)",
    )
    .execute(tx)?;
    Ok(dropped)
}
