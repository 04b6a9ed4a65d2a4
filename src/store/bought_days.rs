//! What was bought with cards, day by day: how many orders had an article or a category, came by a channel or from a
//! location.

use super::dialect::json_rows;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::loyalty::mark::Mark;
use crate::types::{CardId, Day};

/// So many orders of a card on a day of which something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoughtDay {
    /// The card.
    pub card: CardId,
    /// What is said of them.
    pub mark: Mark,
    /// The day.
    pub day: Day,
    /// How many; below 0 where orders were given back.
    pub orders: i64,
}

/// Adds to what was bought with locked cards; of the same card, mark and day there is one row at most.
pub fn add(tx: &mut Tx<'_>, days: &[BoughtDay]) -> Result<(), StoreError> {
    if days.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = days
        .iter()
        .map(|one| {
            let BoughtDay {
                card,
                mark,
                day,
                orders,
            } = one;
            (
                card.as_str(),
                mark.kind.as_str(),
                mark.name.as_str(),
                day.number(),
                orders,
            )
        })
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("bought_days", fault))?;
    Statement::new(format!(
        "INSERT INTO bought_days (card_id, kind, name, day, orders) \
         SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2, CAST(e.value ->> 3 AS BIGINT), \
         CAST(e.value ->> 4 AS BIGINT) FROM {} WHERE TRUE \
         ON CONFLICT (card_id, kind, name, day) DO UPDATE SET orders = bought_days.orders + excluded.orders",
        json_rows(tx)
    ))
    .text(rows)
    .execute(tx)?;
    Ok(())
}

/// What was bought with a card counts for another one too, day by day. Both are locked.
pub fn join(tx: &mut Tx<'_>, from: &CardId, to: &CardId) -> Result<(), StoreError> {
    copy(tx, from, to, "")
}

/// What was bought with a card counts for another one no more.
pub fn part(tx: &mut Tx<'_>, from: &CardId, to: &CardId) -> Result<(), StoreError> {
    copy(tx, from, to, "-")
}

fn copy(tx: &mut Tx<'_>, from: &CardId, to: &CardId, sign: &str) -> Result<(), StoreError> {
    Statement::new(format!(
        "INSERT INTO bought_days (card_id, kind, name, day, orders) \
         SELECT ?, kind, name, day, {sign}orders FROM bought_days WHERE card_id = ? \
         ON CONFLICT (card_id, kind, name, day) DO UPDATE SET orders = bought_days.orders + excluded.orders"
    ))
    .text(to.as_str())
    .text(from.as_str())
    .execute(tx)?;
    Ok(())
}
