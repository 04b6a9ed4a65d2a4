//! The link to a card's page is replaced; every earlier one stops working.

use serde_json::json;

use super::merge_members::redraw;
use super::{ActionError, CardSheet, Deed};
use crate::store::Tx;
use crate::store::cards;
use crate::types::CardId;

/// Takes every link to a card's page back; the sheet leads to the new one.
pub fn reissue_link(tx: &mut Tx<'_>, deed: &Deed, id: &CardId) -> Result<CardSheet, ActionError> {
    let seen = cards::get(tx, id)?;
    deed.caller.check_sees(&seen.program_id)?;
    let card = cards::lock(tx, id)?;
    // The back of the pass may name the link: it is made anew.
    let card = cards::next_link_epoch(tx, &card)?;
    let card = redraw(tx, deed, &card)?;
    deed.record(
        tx,
        Some(&card.program_id),
        "reissue_link",
        id.as_str(),
        &json!({ "epoch": card.link_epoch }),
    )?;
    Ok(CardSheet::read(tx, card)?)
}
