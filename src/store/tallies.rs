//! What a count of members asks of each card, kept with the card by whoever changes what it comes from: what was
//! bought, the phones that hold it, whether it is in Google Wallet, whether its member agrees to marketing.
//!
//! So a segment of a million members is counted by reading their cards alone.

use diesel::QueryableByName;
use diesel::sql_types::Text;

use super::dialect::json_rows;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::loyalty::campaign::MARKETING;
use crate::types::{CardId, Day, MemberId, PassId};

/// The last thing that the member of a card said about a purpose; `?` is the purpose.
const AGREES: &str = "coalesce((SELECT k.granted FROM consents k WHERE k.member_id = cards.member_id \
                      AND k.purpose = ? ORDER BY k.at DESC LIMIT 1), FALSE)";
/// Whether a card is in Google Wallet.
const IN_GOOGLE: &str = "EXISTS (SELECT 1 FROM passes p WHERE p.card_id = cards.id AND p.wallet = 'google' \
                         AND p.state = 'installed')";

/// What one deed adds to a card's tally of purchases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bought {
    /// Orders.
    pub orders: i64,
    /// Money in minor units.
    pub minor: i64,
    /// Days that have become visits.
    pub visits: i64,
    /// The first of these.
    pub first_visit: Option<Day>,
    /// The last of these.
    pub last_visit: Option<Day>,
    /// The latest day that anything was done on.
    pub latest_day: Option<Day>,
    /// Whether a day is a visit no more: then the card's days are counted anew.
    pub is_recounted: bool,
}

impl Bought {
    /// What a day adds that had so many orders before.
    pub(super) fn of_day(day: Day, (before, orders): (i64, i64), minor: i64) -> Self {
        let (was_visit, is_visit) = (before > 0, before + orders > 0);
        let new = (is_visit && !was_visit).then_some(day);
        Self {
            orders,
            minor,
            visits: i64::from(new.is_some()),
            first_visit: new,
            last_visit: new,
            latest_day: Some(day),
            is_recounted: was_visit && !is_visit,
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let first = [self.first_visit, other.first_visit].into_iter().flatten().min();
        Self {
            orders: self.orders + other.orders,
            minor: self.minor + other.minor,
            visits: self.visits + other.visits,
            first_visit: first,
            last_visit: self.last_visit.max(other.last_visit),
            latest_day: self.latest_day.max(other.latest_day),
            is_recounted: self.is_recounted || other.is_recounted,
        }
    }
}

/// Counts what belongs to some locked cards anew, all of it.
pub fn recount(tx: &mut Tx<'_>, of: &[CardId]) -> Result<(), StoreError> {
    let rows: Vec<_> = of.iter().map(|card| [card.as_str()]).collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("cards", fault))?;
    Statement::new(format!(
        "UPDATE cards SET bought_orders = s.orders, bought_minor = s.minor, visits = s.visits, \
         first_visit = s.first_visit, last_visit = s.last_visit, latest_day = s.latest_day, \
         phones = (SELECT count(*) FROM registrations r WHERE r.card_id = cards.id), \
         in_google = {IN_GOOGLE}, agrees = {AGREES} \
         FROM (SELECT o.id, CAST(coalesce(sum(a.orders), 0) AS BIGINT) AS orders, \
         CAST(coalesce(sum(a.minor), 0) AS BIGINT) AS minor, \
         CAST(coalesce(sum(CASE WHEN a.orders > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS visits, \
         min(CASE WHEN a.orders > 0 THEN a.day END) AS first_visit, \
         max(CASE WHEN a.orders > 0 THEN a.day END) AS last_visit, max(a.day) AS latest_day \
         FROM (SELECT e.value ->> 0 AS id FROM {}) o LEFT JOIN activity_days a ON a.card_id = o.id GROUP BY o.id) s \
         WHERE s.id = cards.id",
        json_rows(tx)
    ))
    .text(MARKETING)
    .text(rows)
    .execute(tx)?;
    Ok(())
}

/// Cards whose tally is not what a count of their rows gives: for tests. Reads everything.
pub fn list_wrong(db: &mut Db, limit: i64) -> Result<Vec<CardId>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: CardId,
    }
    let rows: Vec<Row> = Statement::new(format!(
        "SELECT cards.id FROM cards LEFT JOIN (SELECT card_id, sum(orders) AS orders, sum(minor) AS minor, \
         sum(CASE WHEN orders > 0 THEN 1 ELSE 0 END) AS visits, min(CASE WHEN orders > 0 THEN day END) AS first_visit, \
         max(CASE WHEN orders > 0 THEN day END) AS last_visit, max(day) AS latest_day \
         FROM activity_days GROUP BY card_id) s ON s.card_id = cards.id \
         WHERE bought_orders <> coalesce(s.orders, 0) OR bought_minor <> coalesce(s.minor, 0) \
         OR cards.visits <> coalesce(s.visits, 0) OR cards.first_visit IS DISTINCT FROM s.first_visit \
         OR cards.last_visit IS DISTINCT FROM s.last_visit OR cards.latest_day IS DISTINCT FROM s.latest_day \
         OR phones <> (SELECT count(*) FROM registrations r WHERE r.card_id = cards.id) \
         OR in_google <> {IN_GOOGLE} OR agrees <> {AGREES} ORDER BY cards.id LIMIT ?"
    ))
    .text(MARKETING)
    .number(limit)
    .load(db)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// So many phones more hold a card, or fewer.
pub(super) fn add_phones(tx: &mut Tx<'_>, card: &CardId, phones: i64) -> Result<(), StoreError> {
    Statement::new("UPDATE cards SET phones = phones + ? WHERE id = ?")
        .number(phones)
        .text(card.as_str())
        .execute(tx)?;
    Ok(())
}

/// Looks anew whether the card of a pass is in Google Wallet.
pub(super) fn look_in_google(tx: &mut Tx<'_>, pass: &PassId) -> Result<(), StoreError> {
    Statement::new(format!(
        "UPDATE cards SET in_google = {IN_GOOGLE} WHERE id = (SELECT card_id FROM passes WHERE id = ?)"
    ))
    .text(pass.as_str())
    .execute(tx)?;
    Ok(())
}

/// Looks anew whether a member agrees, if that is what was spoken of.
pub(super) fn hear(tx: &mut Tx<'_>, member: &MemberId, purpose: &str) -> Result<(), StoreError> {
    if purpose == MARKETING {
        Statement::new(format!("UPDATE cards SET agrees = {AGREES} WHERE member_id = ?"))
            .text(MARKETING)
            .text(member.as_str())
            .execute(tx)?;
    }
    Ok(())
}

/// The same for a new card of a member who may have spoken before.
pub(super) fn hear_for(tx: &mut Tx<'_>, card: &CardId) -> Result<(), StoreError> {
    Statement::new(format!("UPDATE cards SET agrees = {AGREES} WHERE id = ?"))
        .text(MARKETING)
        .text(card.as_str())
        .execute(tx)?;
    Ok(())
}
