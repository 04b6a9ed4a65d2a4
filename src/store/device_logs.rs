//! What phones complained of, the last lines of each pass.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::schema::device_logs;
use super::{Db, StoreError, Tx};
use crate::types::{PassId, RequestId, Time};

/// Lines kept a pass; of lines that name no pass of ours as many in all.
pub const LINES_MAX: i64 = 50;

/// Adds a line and drops what is beyond [`LINES_MAX`].
pub fn add(tx: &mut Tx<'_>, pass: Option<&PassId>, line: &str, now: Time) -> Result<(), StoreError> {
    let row = (
        device_logs::id.eq(RequestId::new(now)),
        device_logs::pass_id.eq(pass),
        device_logs::line.eq(line),
        device_logs::created_at.eq(now),
    );
    diesel::insert_into(device_logs::table)
        .values(row)
        .execute(&mut **tx)?;
    sql_query(
        "DELETE FROM device_logs WHERE id IN (SELECT id FROM device_logs \
         WHERE pass_id IS NOT DISTINCT FROM $1 ORDER BY id DESC LIMIT 1000 OFFSET $2)",
    )
    .bind::<Nullable<Text>, _>(pass)
    .bind::<BigInt, _>(LINES_MAX)
    .execute(&mut **tx)?;
    Ok(())
}

/// A pass's lines, newest first.
pub fn list(db: &mut Db, pass: &PassId) -> Result<Vec<(Time, String)>, StoreError> {
    Ok(device_logs::table
        .filter(device_logs::pass_id.eq(pass.as_str()))
        .order(device_logs::id.desc())
        .limit(LINES_MAX)
        .select((device_logs::created_at, device_logs::line))
        .load(db)?)
}
