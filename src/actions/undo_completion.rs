//! A reward was handed over by mistake a moment ago, and goes back over the counter.

use serde_json::json;

use super::assess::rulebook;
use super::ledger::{Ledger, Return};
use super::settle_redemption::{lock, take_back};
use super::{ActionError, CardSheet, Code, Deed};
use crate::store::redemptions::{self, COMPLETED, ISSUED};
use crate::store::{Tx, programs};
use crate::types::RedemptionId;

/// What becomes of a reward that goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// It was never taken: points, stock and limits are as before.
    Whole,
    /// It is in the member's hands again.
    InHand,
}

/// Undoes that a reward was handed over. What became a gift card or was opened as a download is used, and stays.
pub fn undo_completion(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &RedemptionId,
    how: Undone,
) -> Result<CardSheet, ActionError> {
    let seen = redemptions::get(tx, id)?;
    deed.caller.check_sees(&seen.program_id)?;
    let (card, mut redemption) = lock(tx, &seen)?;
    if redemption.state != COMPLETED {
        let detail = format!("The redemption is {}, not completed.", redemption.state);
        return Err(ActionError::with(Code::RedemptionSettled, detail));
    }
    if redemption.gift_account_id.is_some() || redemption.opened > 0 {
        let detail = "The reward is in use already: it became a gift card, or its download was opened.";
        return Err(ActionError::with(Code::RedemptionSettled, detail));
    }
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card)?;
    match how {
        Undone::Whole => {
            redemption.settled_at = Some(deed.now);
            take_back(tx, &mut ledger, &mut redemption, &rulebook, Return::WithGrace)?;
        }
        Undone::InHand => {
            ISSUED.clone_into(&mut redemption.state);
            redemption.used_for = None;
            redemption.settled_at = None;
            redemptions::settle(tx, &redemption)?;
            ledger.note_change();
        }
    }
    let closed = ledger.close(tx)?;
    let detail = json!({ "state": redemption.state });
    deed.record(tx, Some(&program.id), "undo_completion", id.as_str(), &detail)?;
    Ok(CardSheet::read(tx, closed.card)?)
}
