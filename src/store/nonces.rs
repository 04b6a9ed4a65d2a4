//! Callbacks of Google that were taken already.

use diesel::prelude::*;

use super::dialect::{self, on_both};
use super::schema::google_nonces;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::types::Time;

/// Takes a nonce; says whether it is new. Those whose time is over are dropped, a hundred at a time.
pub fn claim(tx: &mut Tx<'_>, nonce: &str, expires_at: Time, now: Time) -> Result<bool, StoreError> {
    let skip = dialect::skip_locked(tx);
    Statement::new(format!(
        "DELETE FROM google_nonces WHERE nonce IN \
         (SELECT nonce FROM google_nonces WHERE expires_at < ? LIMIT 100 {skip})"
    ))
    .number(now.millis())
    .execute(tx)?;
    let row = (
        google_nonces::nonce.eq(nonce),
        google_nonces::expires_at.eq(expires_at),
    );
    let inserted = on_both!(tx, conn => diesel::insert_into(google_nonces::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}
