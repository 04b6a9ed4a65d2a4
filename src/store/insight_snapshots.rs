//! What was counted of a program's books, kept for those who look at it; counted anew by one instance at a time.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{ProgramId, Time};

/// What was counted of a program for a period.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Snapshot {
    /// The program.
    #[diesel(sql_type = Text)]
    pub program_id: ProgramId,
    /// The period, as it is written.
    #[diesel(sql_type = Text)]
    pub period: String,
    /// The counts, as JSON; empty while they are wanted and were never counted.
    #[diesel(sql_type = Text)]
    pub counts: String,
    /// When they were counted; the first instant there is while they never were.
    #[diesel(sql_type = BigInt)]
    pub as_of: Time,
    /// When somebody last wanted them.
    #[diesel(sql_type = BigInt)]
    pub asked_at: Time,
}

impl Snapshot {
    /// Whether there are counts: it may have been asked for and not be counted yet.
    pub fn is_counted(&self) -> bool {
        !self.counts.is_empty()
    }
}

const COLUMNS: &str = "program_id, period, counts, as_of, asked_at";

/// What was counted of a program for a period.
pub fn find(db: &mut Db, program: &ProgramId, period: &str) -> Result<Option<Snapshot>, StoreError> {
    let found: Vec<Snapshot> = Statement::new(format!(
        "SELECT {COLUMNS} FROM insight_snapshots WHERE program_id = ? AND period = ?"
    ))
    .text(program.as_str())
    .text(period)
    .load(db)?;
    Ok(found.into_iter().next())
}

/// Keeps what was counted, unless something later is kept; whoever leased it is done.
pub fn keep(tx: &mut Tx<'_>, snapshot: &Snapshot) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO insight_snapshots (program_id, period, counts, as_of, asked_at, lease_until) \
         VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (program_id, period) DO UPDATE SET counts = excluded.counts, \
         as_of = excluded.as_of, lease_until = 0 WHERE insight_snapshots.as_of <= excluded.as_of",
    )
    .text(snapshot.program_id.as_str())
    .text(&snapshot.period)
    .text(&snapshot.counts)
    .number(snapshot.as_of.millis())
    .number(snapshot.asked_at.millis())
    .execute(tx)?;
    Ok(())
}

/// Notes that somebody wants a period of which nothing is kept; it is the oldest there is.
pub fn want(tx: &mut Tx<'_>, program: &ProgramId, period: &str, now: Time) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO insight_snapshots (program_id, period, counts, as_of, asked_at, lease_until) \
         VALUES (?, ?, '', 0, ?, 0) ON CONFLICT (program_id, period) DO NOTHING",
    )
    .text(program.as_str())
    .text(period)
    .number(now.millis())
    .execute(tx)?;
    Ok(())
}

/// Notes that somebody wanted what is kept.
pub fn ask(tx: &mut Tx<'_>, program: &ProgramId, period: &str, now: Time) -> Result<(), StoreError> {
    Statement::new(
        "UPDATE insight_snapshots SET asked_at = ? WHERE program_id = ? AND period = ? AND asked_at < ?",
    )
    .number(now.millis())
    .text(program.as_str())
    .text(period)
    .number(now.millis())
    .execute(tx)?;
    Ok(())
}

/// The oldest that was counted before `before` and that nobody counts anew at `now`.
pub fn find_old(db: &mut Db, before: Time, now: Time) -> Result<Option<Snapshot>, StoreError> {
    let found: Vec<Snapshot> = Statement::new(format!(
        "SELECT {COLUMNS} FROM insight_snapshots WHERE as_of < ? AND lease_until <= ? ORDER BY as_of LIMIT 1"
    ))
    .number(before.millis())
    .number(now.millis())
    .load(db)?;
    Ok(found.into_iter().next())
}

/// Leases what was found old; says whether nobody else was faster.
pub fn lease(tx: &mut Tx<'_>, old: &Snapshot, now: Time, until: Time) -> Result<bool, StoreError> {
    let leased = Statement::new(
        "UPDATE insight_snapshots SET lease_until = ? WHERE program_id = ? AND period = ? AND as_of = ? \
         AND lease_until <= ?",
    )
    .number(until.millis())
    .text(old.program_id.as_str())
    .text(&old.period)
    .number(old.as_of.millis())
    .number(now.millis())
    .execute(tx)?;
    Ok(leased == 1)
}

/// Drops what nobody wanted since an instant; gives how many.
pub fn drop_unasked(tx: &mut Tx<'_>, since: Time) -> Result<usize, StoreError> {
    Ok(Statement::new("DELETE FROM insight_snapshots WHERE asked_at < ?")
        .number(since.millis())
        .execute(tx)?)
}

/// Drops one period of a program.
pub fn remove(tx: &mut Tx<'_>, program: &ProgramId, period: &str) -> Result<(), StoreError> {
    Statement::new("DELETE FROM insight_snapshots WHERE program_id = ? AND period = ?")
        .text(program.as_str())
        .text(period)
        .execute(tx)?;
    Ok(())
}
