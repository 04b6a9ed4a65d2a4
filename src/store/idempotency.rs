//! Answers that were given once, kept to be given again.

use diesel::prelude::*;

use super::dialect::{self, on_both};
use super::schema::idempotency;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::Time;

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency, treat_none_as_default_value = false)]
pub struct Kept {
    /// Whose keys these are: the caller's program and route.
    pub scope: String,
    /// The key.
    pub key: String,
    /// A hash of the request.
    pub fingerprint: String,
    /// The status that was answered.
    pub status: i64,
    /// The body that was answered.
    pub body: String,
    /// Until when it is kept.
    pub expires_at: Time,
}

/// The answer kept under a key.
pub fn find(db: &mut Db, scope: &str, key: &str) -> Result<Option<Kept>, StoreError> {
    Ok(idempotency::table
        .find((scope, key))
        .select(Kept::as_select())
        .get_result(db)
        .optional()?)
}

/// Takes a key before the deed, with no answer yet; says whether nobody had it. On PostgreSQL this waits for
/// another transaction that is using the same key.
pub fn claim(tx: &mut Tx<'_>, kept: &Kept) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(idempotency::table)
        .values(kept)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// Keeps the answer of a deed under the key that it took.
pub fn set_answer(
    tx: &mut Tx<'_>,
    scope: &str,
    key: &str,
    status: i64,
    body: &str,
) -> Result<(), StoreError> {
    Statement::new("UPDATE idempotency SET status = ?, body = ? WHERE scope = ? AND key = ?")
        .number(status)
        .text(body)
        .text(scope)
        .text(key)
        .execute(tx)?;
    Ok(())
}

/// Forgets what was answered about a member, by their id. The keys stay taken, so that no repeat does it again.
pub fn forget_answers(tx: &mut Tx<'_>, member: &str) -> Result<(), StoreError> {
    // Only answers of these routes tell more of a member than the id.
    let named = format!("%{member}%");
    Statement::new(
        "UPDATE idempotency SET body = '' \
         WHERE (scope LIKE '%/members%' OR scope LIKE '%/surveys%') AND body LIKE ?",
    )
    .text(&named)
    .execute(tx)?;
    Ok(())
}

/// Drops a key whose time is over.
pub fn drop_key(tx: &mut Tx<'_>, scope: &str, key: &str) -> Result<(), StoreError> {
    diesel::delete(idempotency::table.find((scope, key))).execute(&mut **tx)?;
    Ok(())
}

/// Drops what is kept no longer, at most `limit` rows; gives their number.
pub fn drop_expired(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<usize, StoreError> {
    let skip = dialect::skip_locked(tx);
    Ok(Statement::new(format!(
        "DELETE FROM idempotency WHERE (scope, key) IN \
         (SELECT scope, key FROM idempotency WHERE expires_at <= ? ORDER BY expires_at LIMIT ? {skip})"
    ))
    .number(now.millis())
    .number(limit)
    .execute(tx)?)
}
