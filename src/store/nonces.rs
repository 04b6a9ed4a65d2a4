//! Callbacks of Google that were taken already.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::google_nonces;
use super::{StoreError, Tx};
use crate::types::Time;

/// Takes a nonce; says whether it is new. Those whose time is over are dropped, a hundred at a time.
pub fn claim(tx: &mut Tx<'_>, nonce: &str, expires_at: Time, now: Time) -> Result<bool, StoreError> {
    let old: Vec<String> = google_nonces::table
        .filter(google_nonces::expires_at.lt(now))
        .limit(100)
        .select(google_nonces::nonce)
        .load(&mut **tx)?;
    diesel::delete(google_nonces::table.filter(google_nonces::nonce.eq_any(old))).execute(&mut **tx)?;
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
