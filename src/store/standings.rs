//! Where members stand with rules: what they used of a limit, what all used of a budget, what is carried on.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::dialect::{json_rows, lock_rows};
use super::schema::{remainders, term_totals, term_uses};
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::loyalty::carry::Carried;
use crate::types::{CardId, MemberId};

/// The day under which everything that a member ever used of a term stands.
pub const ALWAYS: i64 = -1;

/// Most rules that a card carries something for, those that were taken away too.
const REMAINDERS_MAX: i64 = 10_000;

/// What a member used of a term on a day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = term_uses)]
pub struct TermUse {
    /// The term.
    pub term_id: String,
    /// Days since 1970-01-01 in the program's calendar, or [`ALWAYS`].
    pub day: i64,
    /// Times.
    pub times: i64,
    /// Points.
    pub points: i64,
}

/// What all members together used of a term.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = term_totals)]
pub struct TermTotal {
    /// The term.
    pub term_id: String,
    /// Times.
    pub times: i64,
    /// Points.
    pub points: i64,
}

/// What a member used of some terms from a day on, and always.
pub fn list_uses(
    db: &mut Db,
    member: &MemberId,
    terms: &[&str],
    from_day: i64,
) -> Result<Vec<TermUse>, StoreError> {
    Ok(term_uses::table
        .filter(term_uses::member_id.eq(member))
        .filter(term_uses::term_id.eq_any(terms.iter().copied()))
        .filter(term_uses::day.eq(ALWAYS).or(term_uses::day.ge(from_day)))
        .select(TermUse::as_select())
        .load(db)?)
}

/// Adds to what a member used of a term, on a day and always. The member's card is locked.
pub fn add_use(
    tx: &mut Tx<'_>,
    member: &MemberId,
    term: &str,
    day: i64,
    times: i64,
    points: i64,
) -> Result<(), StoreError> {
    for day in [ALWAYS, day] {
        Statement::new(
            "INSERT INTO term_uses (member_id, term_id, day, times, points) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (member_id, term_id, day) DO UPDATE \
             SET times = term_uses.times + excluded.times, points = term_uses.points + excluded.points",
        )
        .text(member.as_str())
        .text(term)
        .number(day)
        .number(times)
        .number(points)
        .execute(tx)?;
    }
    Ok(())
}

/// Adds what one member used of every term to what another did, after they were joined.
pub fn join_uses(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO term_uses (member_id, term_id, day, times, points) \
         SELECT CAST(? AS TEXT), o.term_id, o.day, o.times, o.points FROM term_uses o WHERE o.member_id = ? \
         ON CONFLICT (member_id, term_id, day) DO UPDATE \
         SET times = term_uses.times + excluded.times, points = term_uses.points + excluded.points",
    )
    .text(to.as_str())
    .text(from.as_str())
    .execute(tx)?;
    Ok(())
}

/// Takes from what a member used what another did who is parted from them again.
pub fn part_uses(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), StoreError> {
    let left = |column: &str| {
        format!(
            "{column} = coalesce((SELECT CASE WHEN term_uses.{column} > o.{column} \
             THEN term_uses.{column} - o.{column} ELSE 0 END FROM term_uses o \
             WHERE o.member_id = ? AND o.term_id = term_uses.term_id AND o.day = term_uses.day), {column})"
        )
    };
    Statement::new(format!(
        "UPDATE term_uses SET {}, {} WHERE member_id = ?",
        left("times"),
        left("points")
    ))
    .text(from.as_str())
    .text(from.as_str())
    .text(to.as_str())
    .execute(tx)?;
    Ok(())
}

/// What all used of some terms.
pub fn list_totals(db: &mut Db, terms: &[&str]) -> Result<Vec<TermTotal>, StoreError> {
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    Ok(term_totals::table
        .filter(term_totals::term_id.eq_any(terms.iter().copied()))
        .select(TermTotal::as_select())
        .load(db)?)
}

/// Locks what all used of some terms until the transaction ends, in the order of their ids, so that no two wait
/// for each other. Lock the card before it.
pub fn lock_totals(tx: &mut Tx<'_>, terms: &[&str]) -> Result<(), StoreError> {
    let mut sorted = terms.to_vec();
    sorted.sort_unstable();
    let rows = json!(sorted.iter().map(|term| [term]).collect::<Vec<_>>()).to_string();
    let insert = format!(
        "INSERT INTO term_totals (term_id, times, points) SELECT e.value ->> 0, 0, 0 FROM {} WHERE true \
         ON CONFLICT (term_id) DO NOTHING",
        json_rows(tx)
    );
    Statement::new(insert).text(&rows).execute(tx)?;
    let lock = format!(
        "SELECT term_id, times, points FROM term_totals WHERE term_id IN (SELECT e.value ->> 0 FROM {}) \
         ORDER BY term_id {}",
        json_rows(tx),
        lock_rows(tx)
    );
    Statement::new(lock).text(&rows).execute(tx)?;
    Ok(())
}

/// Adds to what all used of a locked term.
pub fn add_total(tx: &mut Tx<'_>, term: &str, times: i64, points: i64) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO term_totals (term_id, times, points) VALUES (?, ?, ?) ON CONFLICT (term_id) DO UPDATE \
         SET times = term_totals.times + excluded.times, points = term_totals.points + excluded.points",
    )
    .text(term)
    .number(times)
    .number(points)
    .execute(tx)?;
    Ok(())
}

/// What a card carries for rules that count money.
pub fn list_remainders(db: &mut Db, card: &CardId) -> Result<HashMap<String, Carried>, StoreError> {
    let rows: Vec<(String, i64, i64)> = remainders::table
        .filter(remainders::card_id.eq(card))
        .select((remainders::term_id, remainders::remainder, remainders::per_minor))
        .limit(REMAINDERS_MAX)
        .load(db)?;
    let carried = rows.into_iter().map(|(term, remainder, per_minor)| {
        let carried = Carried { remainder, per_minor };
        (term, carried)
    });
    Ok(carried.collect())
}

/// Sets what a locked card carries for a rule.
pub fn set_remainder(tx: &mut Tx<'_>, card: &CardId, term: &str, carried: Carried) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO remainders (card_id, term_id, remainder, per_minor) VALUES (?, ?, ?, ?) \
         ON CONFLICT (card_id, term_id) DO UPDATE \
         SET remainder = excluded.remainder, per_minor = excluded.per_minor",
    )
    .text(card.as_str())
    .text(term)
    .number(carried.remainder)
    .number(carried.per_minor)
    .execute(tx)?;
    Ok(())
}
