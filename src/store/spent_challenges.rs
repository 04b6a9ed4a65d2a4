//! Challenges that a passkey has answered, until their time is over.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::spent_challenges;
use super::{StoreError, Tx};
use crate::types::Time;

/// Spends a challenge; says whether it was not spent before. Those whose time is over are dropped.
pub fn spend(tx: &mut Tx<'_>, challenge: &str, expires_at: Time, now: Time) -> Result<bool, StoreError> {
    let over = spent_challenges::table.filter(spent_challenges::expires_at.le(now));
    diesel::delete(over).execute(&mut **tx)?;
    let row = (
        spent_challenges::challenge.eq(challenge),
        spent_challenges::expires_at.eq(expires_at),
    );
    let inserted = on_both!(tx, conn => diesel::insert_into(spent_challenges::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}
