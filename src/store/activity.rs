//! What was done with cards, day by day: what tiers count.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::activity_days;
use super::statement::Statement;
use super::tallies::{self, Bought};
use super::{Db, StoreError, Tx};
use crate::loyalty::tier::Activity;
use crate::types::{CardId, Day};

/// Most days of a card that are read; those before count no more.
const DAYS_MAX: i64 = 10_000;

/// Adds to what was done with a locked card on a day. What that adds to the card's tally is for whoever changes the card.
pub fn add(tx: &mut Tx<'_>, card: &CardId, day: Day, done: Activity) -> Result<Bought, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        orders: i64,
    }
    let rows: Vec<Row> = Statement::new(
        "INSERT INTO activity_days (card_id, day, points, minor, orders) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (card_id, day) DO UPDATE SET points = activity_days.points + excluded.points, \
         minor = activity_days.minor + excluded.minor, orders = activity_days.orders + excluded.orders \
         RETURNING orders",
    )
    .text(card.as_str())
    .number(day.number())
    .number(done.points)
    .number(done.minor)
    .number(done.orders)
    .load(tx)?;
    let after = rows.first().ok_or(StoreError::NotFound)?.orders;
    let orders = (after - done.orders, done.orders);
    Ok(Bought::of_day(day, orders, done.minor))
}

/// What was done with a card counts for another one too, day by day. Both are locked.
pub fn join(tx: &mut Tx<'_>, from: &CardId, to: &CardId) -> Result<(), StoreError> {
    copy(tx, from, to, "")
}

/// What was done with a card counts for another one no more.
pub fn part(tx: &mut Tx<'_>, from: &CardId, to: &CardId) -> Result<(), StoreError> {
    copy(tx, from, to, "-")
}

fn copy(tx: &mut Tx<'_>, from: &CardId, to: &CardId, sign: &str) -> Result<(), StoreError> {
    Statement::new(format!(
        "INSERT INTO activity_days (card_id, day, points, minor, orders) \
         SELECT ?, day, {sign}points, {sign}minor, {sign}orders FROM activity_days WHERE card_id = ? \
         ON CONFLICT (card_id, day) DO UPDATE SET points = activity_days.points + excluded.points, \
         minor = activity_days.minor + excluded.minor, orders = activity_days.orders + excluded.orders"
    ))
    .text(to.as_str())
    .text(from.as_str())
    .execute(tx)?;
    tallies::recount(tx, std::slice::from_ref(to))
}

/// What was done with a card from a day on, or ever; oldest first.
pub fn list(db: &mut Db, card: &CardId, first: Option<Day>) -> Result<Vec<(Day, Activity)>, StoreError> {
    let mut newest: Vec<(i64, i64, i64, i64)> = activity_days::table
        .filter(activity_days::card_id.eq(card))
        .filter(activity_days::day.ge(first.map_or(i64::MIN, Day::number)))
        .order(activity_days::day.desc())
        .limit(DAYS_MAX)
        .select((
            activity_days::day,
            activity_days::points,
            activity_days::minor,
            activity_days::orders,
        ))
        .load(db)?;
    newest.reverse();
    let read = |(day, points, minor, orders)| {
        (
            Day::from_number(day),
            Activity {
                points,
                minor,
                orders,
            },
        )
    };
    Ok(newest.into_iter().map(read).collect())
}
