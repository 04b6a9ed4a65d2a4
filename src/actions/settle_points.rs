//! What the calendar does to points: what was promised becomes active, what is over expires.

use serde_json::json;

use super::assess::rulebook;
use super::ledger::Ledger;
use super::{ActionError, Deed};
use crate::store::{Tx, cards, programs};
use crate::types::CardId;

/// Moves what has become due on a card by now; says whether anything was.
pub fn settle_points(tx: &mut Tx<'_>, deed: &Deed, id: &CardId) -> Result<bool, ActionError> {
    let card = cards::lock(tx, id)?;
    if card.due_at.is_none_or(|due| due > deed.now) {
        // Another deed on the card came first.
        return Ok(false);
    }
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    let closed = Ledger::open(tx, deed, &rulebook, card)?.close(tx)?;
    let moved: Vec<_> = closed
        .entries
        .iter()
        .map(|entry| (&entry.kind, entry.points))
        .collect();
    deed.record(
        tx,
        Some(&program.id),
        "settle_points",
        id.as_str(),
        &json!({ "moved": moved }),
    )?;
    Ok(true)
}
