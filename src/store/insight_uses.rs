//! Counts over what members were given: rewards, passes, friends. As [`super::insight`], never for somebody who waits.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::insight::{Month, Span, step};
use super::passes::{IN_DOUBT, INSTALLED, REMOVED};
use super::referrals::REFUSED;
use super::statement::Statement;
use super::{Db, StoreError};
use crate::loyalty::insight::{Passes, RewardUse};
use crate::types::EntryId;

/// How rewards were used, by their ids; their names are left empty.
pub fn list_rewards(db: &mut Db, span: &Span) -> Result<Vec<RewardUse>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
        #[diesel(sql_type = BigInt)]
        issued: i64,
        #[diesel(sql_type = BigInt)]
        completed: i64,
        #[diesel(sql_type = BigInt)]
        fulfilled: i64,
    }
    let within = |when: &str| format!("{when} >= ? AND {when} < ?");
    let mut statement = Statement::new(format!(
        "SELECT reward_id AS id, count(CASE WHEN {} THEN 1 END) AS issued, \
         count(CASE WHEN state = 'completed' AND {} THEN 1 END) AS completed, \
         count(CASE WHEN state = 'completed' AND {} THEN 1 END) AS fulfilled \
         FROM redemptions WHERE program_id = ? GROUP BY reward_id ORDER BY reward_id",
        within("issued_at"),
        within("issued_at"),
        within("settled_at"),
    ));
    for _ in 0..3 {
        statement = statement.number(span.start.millis()).number(span.end.millis());
    }
    let rows: Vec<Row> = statement.text(span.program.as_str()).load(db)?;
    let used = |row: Row| RewardUse {
        id: row.id,
        issued: row.issued,
        completed: row.completed,
        fulfilled: row.fulfilled,
        ..RewardUse::default()
    };
    Ok(rows.into_iter().map(used).collect())
}

/// Points that the ledger took for each reward in the period, less what came back.
pub fn list_burnt(db: &mut Db, span: &Span) -> Result<Vec<(String, i64)>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Text>)]
        id: Option<String>,
        #[diesel(sql_type = BigInt)]
        points: i64,
    }
    let (first, after) = (EntryId::first_at(span.start), EntryId::first_at(span.end));
    let rows: Vec<Row> = Statement::new(
        "SELECT term_id AS id, CAST(-sum(points) AS BIGINT) AS points FROM entries WHERE id >= ? AND id < ? \
         AND program_id = ? AND kind IN ('redeem', 'redeem_reversal') GROUP BY term_id ORDER BY term_id",
    )
    .text(first.as_str())
    .text(after.as_str())
    .text(span.program.as_str())
    .load(db)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id.unwrap_or_default(), row.points))
        .collect())
}

/// Passes that a phone took at some time, by wallet and by the month in which they were made; before the first of the
/// months all together.
pub fn list_passes(db: &mut Db, span: &Span, months: &[Month]) -> Result<Vec<Passes>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        wallet: String,
        #[diesel(sql_type = BigInt)]
        month: i64,
        #[diesel(sql_type = BigInt)]
        ever: i64,
        #[diesel(sql_type = BigInt)]
        kept: i64,
    }
    let mut statement = Statement::new(format!(
        "SELECT wallet, {} AS month, count(*) AS ever, count(CASE WHEN state = '{INSTALLED}' THEN 1 END) AS kept \
         FROM passes WHERE program_id = ? AND state IN ('{INSTALLED}', '{IN_DOUBT}', '{REMOVED}') AND created_at < ? \
         GROUP BY 1, 2 ORDER BY 1, 2",
        step("created_at", months.len())
    ));
    for month in months {
        statement = statement.number(month.start.millis());
    }
    let rows: Vec<Row> = statement
        .text(span.program.as_str())
        .number(span.end.millis())
        .load(db)?;
    let name = |number: i64| {
        let month = usize::try_from(number).ok()?.checked_sub(1)?;
        months.get(month).map(|month| month.name.clone())
    };
    let passes = |row: Row| Passes {
        wallet: row.wallet,
        month: name(row.month).unwrap_or_default(),
        ever: row.ever,
        kept: row.kept,
    };
    Ok(rows.into_iter().map(passes).collect())
}

/// Friends who joined by an invitation in the period and were not refused.
pub fn count_friends(db: &mut Db, span: &Span) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        friends: i64,
    }
    let rows: Vec<Row> = Statement::new(format!(
        "SELECT count(*) AS friends FROM referrals WHERE program_id = ? AND created_at >= ? AND created_at < ? \
         AND state <> '{REFUSED}'"
    ))
    .text(span.program.as_str())
    .number(span.start.millis())
    .number(span.end.millis())
    .load(db)?;
    Ok(rows.first().map_or(0, |row| row.friends))
}
