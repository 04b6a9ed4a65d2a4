//! Challenges: what counted for a card day by day, what each order or event added, and what was won.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::{cards, challenge_days, challenge_deeds, challenge_wins};
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::loyalty::challenge::DayCount;
use crate::types::{CardId, Day, EntryId, EventId, OrderId, RedemptionId, RefundId, Time};

/// Most days of a card that are read.
const DAYS_MAX: i64 = 10_000;
/// Most wins of a card that are read.
const WINS_MAX: i64 = 10_000;

/// What an order or event added to a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = challenge_deeds)]
pub struct ChallengeDeed {
    /// The order or event.
    pub cause_id: String,
    /// The challenge.
    pub challenge_id: String,
    /// Days since 1970-01-01 in the program's calendar.
    pub day: i64,
    /// What it added.
    pub amount: i64,
    /// What of it was taken back.
    pub taken: i64,
}

/// A challenge that was won.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = challenge_wins, treat_none_as_default_value = false)]
pub struct Win {
    /// The card that won.
    pub card_id: CardId,
    /// The challenge.
    pub challenge_id: String,
    /// Counts the wins, those too that were taken back.
    pub number: i64,
    /// Days since 1970-01-01 in the program's calendar.
    pub day: i64,
    /// What it used up.
    pub used: i64,
    /// The order that it was won with.
    pub order_id: Option<OrderId>,
    /// The event that it was won with.
    pub event_id: Option<EventId>,
    /// The entry that gave the points.
    pub entry_id: Option<EntryId>,
    /// The reward that was issued.
    pub redemption_id: Option<RedemptionId>,
    /// The refund that took it back.
    pub refund_id: Option<RefundId>,
    /// When it was won.
    pub won_at: Time,
    /// When it was taken back.
    pub taken_back_at: Option<Time>,
}

/// Changes what counts for a locked card on a day by differences.
pub fn change_day(tx: &mut Tx<'_>, card: &CardId, challenge: &str, by: &DayCount) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO challenge_days (card_id, challenge_id, day, amount, used) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (card_id, challenge_id, day) DO UPDATE SET \
         amount = challenge_days.amount + excluded.amount, used = challenge_days.used + excluded.used",
    )
    .text(card.as_str())
    .text(challenge)
    .number(by.day.number())
    .number(by.amount)
    .number(by.used)
    .execute(tx)?;
    Ok(())
}

/// What counted for a card counts for another one too, day by day. Both are locked.
pub fn join(tx: &mut Tx<'_>, from: &CardId, to: &CardId) -> Result<(), StoreError> {
    copy(tx, from, to, "")
}

/// What counted for a card counts for another one no more.
pub fn part(tx: &mut Tx<'_>, from: &CardId, to: &CardId) -> Result<(), StoreError> {
    copy(tx, from, to, "-")
}

fn copy(tx: &mut Tx<'_>, from: &CardId, to: &CardId, sign: &str) -> Result<(), StoreError> {
    Statement::new(format!(
        "INSERT INTO challenge_days (card_id, challenge_id, day, amount, used) \
         SELECT ?, challenge_id, day, {sign}amount, {sign}used FROM challenge_days WHERE card_id = ? \
         ON CONFLICT (card_id, challenge_id, day) DO UPDATE SET \
         amount = challenge_days.amount + excluded.amount, used = challenge_days.used + excluded.used"
    ))
    .text(to.as_str())
    .text(from.as_str())
    .execute(tx)?;
    Ok(())
}

/// What counted for a card from a day on and is not used up, by challenge, oldest first.
pub fn list_open(
    db: &mut Db,
    card: &CardId,
    first: Option<Day>,
) -> Result<Vec<(String, DayCount)>, StoreError> {
    let rows: Vec<(String, i64, i64, i64)> = challenge_days::table
        .filter(challenge_days::card_id.eq(card))
        .filter(challenge_days::day.ge(first.map_or(i64::MIN, Day::number)))
        .filter(challenge_days::amount.gt(challenge_days::used))
        .order((challenge_days::challenge_id.asc(), challenge_days::day.asc()))
        .limit(DAYS_MAX)
        .select((
            challenge_days::challenge_id,
            challenge_days::day,
            challenge_days::amount,
            challenge_days::used,
        ))
        .load(db)?;
    let read = |(id, day, amount, used)| {
        let day = Day::from_number(day);
        (id, DayCount { day, amount, used })
    };
    Ok(rows.into_iter().map(read).collect())
}

/// All that counted for a card and a challenge.
pub fn list_days(db: &mut Db, card: &CardId, challenge: &str) -> Result<Vec<DayCount>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = challenge_days::table
        .filter(challenge_days::card_id.eq(card))
        .filter(challenge_days::challenge_id.eq(challenge))
        .order(challenge_days::day.desc())
        .limit(DAYS_MAX)
        .select((challenge_days::day, challenge_days::amount, challenge_days::used))
        .load(db)?;
    let read = |(day, amount, used)| DayCount {
        day: Day::from_number(day),
        amount,
        used,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Notes what an order or event added to a challenge.
pub fn insert_deed(
    tx: &mut Tx<'_>,
    cause: &str,
    challenge: &str,
    (day, amount): (Day, i64),
) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO challenge_deeds (cause_id, challenge_id, day, amount, taken) VALUES (?, ?, ?, ?, 0)",
    )
    .text(cause)
    .text(challenge)
    .number(day.number())
    .number(amount)
    .execute(tx)?;
    Ok(())
}

/// What an order or event added to challenges.
pub fn list_deeds(db: &mut Db, cause: &str) -> Result<Vec<ChallengeDeed>, StoreError> {
    Ok(challenge_deeds::table
        .filter(challenge_deeds::cause_id.eq(cause))
        .order(challenge_deeds::challenge_id.asc())
        .limit(super::LIST_MAX)
        .select(ChallengeDeed::as_select())
        .load(db)?)
}

/// Notes that so much more of it was taken back.
pub fn take_deed(tx: &mut Tx<'_>, deed: &ChallengeDeed, more: i64) -> Result<(), StoreError> {
    Statement::new("UPDATE challenge_deeds SET taken = taken + ? WHERE cause_id = ? AND challenge_id = ?")
        .number(more)
        .text(&deed.cause_id)
        .text(&deed.challenge_id)
        .execute(tx)?;
    Ok(())
}

/// Stores a win of a locked card.
pub fn insert_win(tx: &mut Tx<'_>, win: &Win) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(challenge_wins::table).values(win).execute(conn))?;
    Ok(())
}

/// The wins of a card and of those that were joined with it, newest first, those too that were taken back.
pub fn list_wins(db: &mut Db, card: &CardId) -> Result<Vec<Win>, StoreError> {
    let mut all = vec![card.clone()];
    let mut next = vec![card.clone()];
    while !next.is_empty() {
        next = cards::table
            .filter(cards::merged_into.is_not_null())
            .filter(cards::merged_into.eq_any(next.iter().map(CardId::as_str)))
            .select(cards::id)
            .load(db)?;
        all.extend(next.iter().cloned());
    }
    Ok(challenge_wins::table
        .filter(challenge_wins::card_id.eq_any(&all))
        .order((challenge_wins::won_at.desc(), challenge_wins::number.desc()))
        .limit(WINS_MAX)
        .select(Win::as_select())
        .load(db)?)
}

/// The win that an entry gave the points of.
pub fn find_win_by_entry(db: &mut Db, entry: &EntryId) -> Result<Option<Win>, StoreError> {
    Ok(challenge_wins::table
        .filter(challenge_wins::entry_id.eq(entry))
        .select(Win::as_select())
        .get_result(db)
        .optional()?)
}

/// The wins that a refund took back.
pub fn list_wins_by_refund(db: &mut Db, refund: &RefundId) -> Result<Vec<Win>, StoreError> {
    Ok(challenge_wins::table
        .filter(challenge_wins::refund_id.eq(refund))
        .order((challenge_wins::card_id.asc(), challenge_wins::number.asc()))
        .limit(super::LIST_MAX)
        .select(Win::as_select())
        .load(db)?)
}

/// A win is taken back.
pub fn set_taken_back(tx: &mut Tx<'_>, win: &Win, refund: &RefundId, now: Time) -> Result<(), StoreError> {
    Statement::new(
        "UPDATE challenge_wins SET taken_back_at = ?, refund_id = ? \
         WHERE card_id = ? AND challenge_id = ? AND number = ?",
    )
    .number(now.millis())
    .text(refund.as_str())
    .text(win.card_id.as_str())
    .text(&win.challenge_id)
    .number(win.number)
    .execute(tx)?;
    Ok(())
}
