//! A card was lost: it gets another code, and what was on it stays.

use serde_json::json;

use super::announce::announce_card;
use super::{ActionError, CardCode, CardSheet, Code, Deed};
use crate::store::Tx;
use crate::store::cards::{self, Card};
use crate::store::deliveries::{self, Lane};
use crate::store::replaced_codes::{self, ReplacedCode};

/// Gives a card that is still of the code that was seen another one. The old code is refused from then on, every link
/// to the card's page is taken back, and passes show the new code with their next update.
pub fn replace_card(tx: &mut Tx<'_>, deed: &Deed, seen: &Card) -> Result<CardSheet, ActionError> {
    deed.caller.check_sees(&seen.program_id)?;
    let card = cards::lock(tx, &seen.id)?;
    if card.code != seen.code {
        return Err(ActionError::new(Code::CardReplaced));
    }
    if card.voided_at.is_some() {
        return Err(ActionError::new(Code::CardVoided));
    }
    let old = ReplacedCode {
        code: card.code.clone(),
        card_id: card.id.clone(),
        program_id: card.program_id.clone(),
        replaced_at: deed.now,
    };
    replaced_codes::insert(tx, &old)?;
    cards::set_code(tx, &card.id, CardCode::random().as_str())?;
    cards::next_link_epoch(tx, &card)?;
    let card = cards::touch(tx, &card, deed.now)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    announce_card(tx, deed, &card)?;
    let said = json!({ "version": card.version });
    deed.record(
        tx,
        Some(&card.program_id),
        "replace_card",
        card.id.as_str(),
        &said,
    )?;
    Ok(CardSheet::read(tx, card)?)
}
