//! Cards for which an automation was set off, and waits.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::dialect::{json_rows, on_both};
use super::schema::automation_waits;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{CampaignId, CardId, Time};

/// A card that waits, and the one that acts for it: another, where members were joined meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Waiting {
    /// The card that waits.
    #[diesel(sql_type = Text)]
    pub card: CardId,
    /// The card that acts for it.
    #[diesel(sql_type = Text)]
    pub acting: CardId,
}

/// An automation waits for a locked card until an instant. If it does already, it waits anew.
pub fn put(tx: &mut Tx<'_>, automation: &str, card: &CardId, due_at: Time) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO automation_waits (automation_id, card_id, due_at) VALUES (?, ?, ?) \
         ON CONFLICT (automation_id, card_id) DO UPDATE SET due_at = excluded.due_at",
    )
    .text(automation)
    .text(card.as_str())
    .number(due_at.millis())
    .execute(tx)?;
    Ok(())
}

/// Automations wait for a locked card no more.
pub fn call_off(tx: &mut Tx<'_>, automations: &[&str], card: &CardId) -> Result<(), StoreError> {
    let called_off = automation_waits::table
        .filter(automation_waits::card_id.eq(card))
        .filter(automation_waits::automation_id.eq_any(automations));
    on_both!(tx, conn => diesel::delete(called_off).execute(conn))?;
    Ok(())
}

/// The automation that has been due for longest.
pub fn find_due(db: &mut Db, now: Time) -> Result<Option<CampaignId>, StoreError> {
    Ok(automation_waits::table
        .filter(automation_waits::due_at.le(now))
        .select(automation_waits::automation_id)
        .order(automation_waits::due_at.asc())
        .limit(1)
        .get_result(db)
        .optional()?)
}

/// The cards for which an automation is due, those that waited longest first.
pub fn list_due(
    db: &mut Db,
    automation: &CampaignId,
    now: Time,
    limit: i64,
) -> Result<Vec<Waiting>, StoreError> {
    Ok(Statement::new(
        "SELECT w.card_id AS card, coalesce(c.merged_into, w.card_id) AS acting FROM automation_waits w \
         LEFT JOIN cards c ON c.id = w.card_id WHERE w.automation_id = ? AND w.due_at <= ? ORDER BY w.due_at LIMIT ?",
    )
    .text(automation.as_str())
    .number(now.millis())
    .number(limit)
    .load(db)?)
}

/// Takes those of the cards that are still due; gives which. The cards that act for them are locked.
pub fn take(
    tx: &mut Tx<'_>,
    automation: &CampaignId,
    cards: &[CardId],
    now: Time,
) -> Result<Vec<CardId>, StoreError> {
    let due = automation_waits::table
        .filter(automation_waits::automation_id.eq(automation))
        .filter(automation_waits::card_id.eq_any(cards))
        .filter(automation_waits::due_at.le(now));
    let taken = diesel::delete(due).returning(automation_waits::card_id);
    Ok(on_both!(tx, conn => taken.get_results(conn))?)
}

/// Lets what is due wait until later.
pub fn put_off(tx: &mut Tx<'_>, automation: &CampaignId, now: Time, until: Time) -> Result<(), StoreError> {
    let due = automation_waits::table
        .filter(automation_waits::automation_id.eq(automation))
        .filter(automation_waits::due_at.le(now));
    on_both!(tx, conn => diesel::update(due).set(automation_waits::due_at.eq(until)).execute(conn))?;
    Ok(())
}

/// How many cards an automation waits for, at most `limit`.
pub fn count(db: &mut Db, automation: &CampaignId, limit: i64) -> Result<i64, StoreError> {
    let some = automation_waits::table
        .filter(automation_waits::automation_id.eq(automation))
        .limit(limit)
        .select(automation_waits::card_id);
    let cards: Vec<CardId> = some.load(db)?;
    Ok(i64::try_from(cards.len()).unwrap_or(i64::MAX))
}

/// Those of the members whom an automation reached, or held out, since an instant.
pub fn list_reached(
    db: &mut Db,
    automation: &CampaignId,
    cards: &[CardId],
    since: Time,
) -> Result<Vec<CardId>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        card: CardId,
    }
    let rows: Vec<_> = cards.iter().map(|card| [card.as_str()]).collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("cards", fault))?;
    let source = json_rows(db);
    let found: Vec<Row> = Statement::new(format!(
        "SELECT c.id AS card FROM cards c WHERE c.id IN (SELECT e.value ->> 0 FROM {source}) \
         AND EXISTS (SELECT 1 FROM campaign_sends s WHERE s.member_id = c.member_id AND s.sent_at > ? \
         AND s.campaign_id = ?)"
    ))
    .text(&rows)
    .number(since.millis())
    .text(automation.as_str())
    .load(db)?;
    Ok(found.into_iter().map(|row| row.card).collect())
}
