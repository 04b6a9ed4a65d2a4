//! A card is told to its phones again, because somebody asks for it.

use serde_json::json;

use super::{ActionError, Deed};
use crate::store::Tx;
use crate::store::cards::{self, Card};
use crate::store::deliveries::{self, Lane};

/// Makes a card new for whoever holds it, without changing what it says.
pub fn push_card(tx: &mut Tx<'_>, deed: &Deed, found: &Card) -> Result<Card, ActionError> {
    deed.caller.check_sees(&found.program_id)?;
    let card = cards::lock(tx, &found.id)?;
    let card = cards::touch(tx, &card, deed.now)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    deed.record(
        tx,
        Some(&card.program_id),
        "push_card",
        card.id.as_str(),
        &json!({ "version": card.version }),
    )?;
    Ok(card)
}
