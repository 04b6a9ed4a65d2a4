//! A card ends; phones show it as void, tills refuse it.

use serde_json::json;

use super::announce::announce_card;
use super::{ActionError, CardSheet, Deed};
use crate::store::Tx;
use crate::store::cards;
use crate::store::deliveries::{self, Lane};
use crate::types::CardId;

/// Voids a card. Its entries and balance stay.
pub fn void_card(tx: &mut Tx<'_>, deed: &Deed, id: &CardId) -> Result<CardSheet, ActionError> {
    let seen = cards::get(tx, id)?;
    deed.caller.check_sees(&seen.program_id)?;
    let card = cards::lock(tx, id)?;
    if card.voided_at.is_some() {
        return Ok(CardSheet::read(tx, card)?);
    }
    let card = cards::set_voided(tx, &card, Some(deed.now), deed.now)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    announce_card(tx, deed, &card)?;
    deed.record(tx, Some(&card.program_id), "void_card", id.as_str(), &json!({}))?;
    Ok(CardSheet::read(tx, card)?)
}
