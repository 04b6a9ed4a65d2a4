//! What cards say of a campaign now: one message a card, the newest.

use diesel::prelude::*;

use super::dialect::{json_rows, on_both};
use super::schema::card_messages;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{CampaignId, CardId, ProgramId, Time};

/// Google was not given it.
pub const NEW: &str = "new";
/// Google may have it: what it answered was not recorded.
pub const TRYING: &str = "trying";
/// Google has it.
pub const TOLD: &str = "told";

/// What a card says.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = card_messages)]
pub struct CardMessage {
    /// The card.
    pub card_id: CardId,
    /// The program.
    pub program_id: ProgramId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Its run; 0 of a test.
    pub run: i64,
    /// Which wording.
    pub arm: i64,
    /// Since when.
    pub put_at: Time,
    /// Until when.
    pub ends_at: Time,
    /// What is known of the message that Google's card has beside its fields: [`NEW`], [`TRYING`] or [`TOLD`].
    pub google_state: String,
}

/// What is put on cards.
#[derive(Debug, Clone, Copy)]
pub struct Saying<'a> {
    /// The program.
    pub program: &'a ProgramId,
    /// The campaign.
    pub campaign: &'a CampaignId,
    /// Its run; 0 of a test.
    pub run: i64,
    /// Since when.
    pub now: Time,
    /// Until when.
    pub ends_at: Time,
}

/// Puts a message on locked cards, each with its arm; what they said before is over.
pub fn put(tx: &mut Tx<'_>, saying: Saying<'_>, cards: &[(&CardId, i64)]) -> Result<(), StoreError> {
    let rows: Vec<_> = cards.iter().map(|(card, arm)| (card.as_str(), *arm)).collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("messages", fault))?;
    let source = json_rows(tx);
    Statement::new(format!(
        "INSERT INTO card_messages (program_id, campaign_id, run, put_at, ends_at, card_id, arm, google_state) \
         SELECT ?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), e.value ->> 0, \
         CAST(e.value ->> 1 AS BIGINT), 'new' FROM {source} WHERE TRUE \
         ON CONFLICT (card_id) DO UPDATE SET program_id = excluded.program_id, campaign_id = excluded.campaign_id, \
         run = excluded.run, arm = excluded.arm, put_at = excluded.put_at, ends_at = excluded.ends_at, \
         google_state = 'new'"
    ))
    .text(saying.program.as_str())
    .text(saying.campaign.as_str())
    .number(saying.run)
    .number(saying.now.millis())
    .number(saying.ends_at.millis())
    .text(&rows)
    .execute(tx)?;
    Ok(())
}

/// What a card says, if anything.
pub fn find(db: &mut Db, card: &CardId) -> Result<Option<CardMessage>, StoreError> {
    Ok(card_messages::table
        .find(card)
        .select(CardMessage::as_select())
        .get_result(db)
        .optional()?)
}

/// Cards whose message is over, at most `limit`, in the order of their ids.
pub fn list_over(db: &mut Db, now: Time, limit: i64) -> Result<Vec<CardId>, StoreError> {
    let mut found: Vec<CardId> = card_messages::table
        .filter(card_messages::ends_at.le(now))
        .order(card_messages::ends_at.asc())
        .limit(limit)
        .select(card_messages::card_id)
        .load(db)?;
    found.sort();
    Ok(found)
}

/// Takes messages that are over from locked cards; gives the cards that had one.
pub fn drop_over(tx: &mut Tx<'_>, cards: &[CardId], now: Time) -> Result<Vec<CardId>, StoreError> {
    let over = card_messages::table
        .filter(card_messages::card_id.eq_any(cards))
        .filter(card_messages::ends_at.le(now));
    let dropped = diesel::delete(over).returning(card_messages::card_id);
    Ok(on_both!(tx, conn => dropped.get_results(conn))?)
}

/// Takes the messages of a campaign's run from locked cards; gives the cards that had one.
pub fn drop_of(
    tx: &mut Tx<'_>,
    (campaign, run): (&CampaignId, i64),
    cards: &[CardId],
) -> Result<Vec<CardId>, StoreError> {
    let of = card_messages::table
        .filter(card_messages::card_id.eq_any(cards))
        .filter(card_messages::campaign_id.eq(campaign))
        .filter(card_messages::run.eq(run));
    let dropped = diesel::delete(of).returning(card_messages::card_id);
    Ok(on_both!(tx, conn => dropped.get_results(conn))?)
}

/// Records what is known of Google's message, of the one that was put on the card at `put_at`.
pub fn set_google_state(tx: &mut Tx<'_>, card: &CardId, put_at: Time, state: &str) -> Result<(), StoreError> {
    let meant = card_messages::table
        .filter(card_messages::card_id.eq(card))
        .filter(card_messages::put_at.eq(put_at));
    diesel::update(meant)
        .set(card_messages::google_state.eq(state))
        .execute(&mut **tx)?;
    Ok(())
}
