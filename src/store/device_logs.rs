//! What phones complained of, the last lines of each pass.

use diesel::prelude::*;

use super::schema::device_logs;
use super::statement::Statement;
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
    // Two texts, since PostgreSQL looks into no index for an equality that includes NULL.
    let beyond = match pass {
        Some(pass) => Statement::new(
            "DELETE FROM device_logs WHERE id IN \
             (SELECT id FROM device_logs WHERE pass_id = ? ORDER BY id DESC LIMIT 1000 OFFSET ?)",
        )
        .text(pass.as_str()),
        None => Statement::new(
            "DELETE FROM device_logs WHERE id IN \
             (SELECT id FROM device_logs WHERE pass_id IS NULL ORDER BY id DESC LIMIT 1000 OFFSET ?)",
        ),
    };
    beyond.number(LINES_MAX).execute(tx)?;
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
