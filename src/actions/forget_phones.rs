//! Phones whose push tokens are dead are forgotten; a pass that no phone holds any more counts as removed.

use super::ActionError;
use crate::store::{Tx, cards, devices, passes};
use crate::types::{PushToken, Time, Wallet};

/// A push token that Apple calls dead for a pass type, and since when: whoever registered later lives.
pub type DeadToken = (PushToken, String, Time);

/// Forgets the phones of dead tokens.
pub fn forget_phones(tx: &mut Tx<'_>, dead: &[DeadToken]) -> Result<(), ActionError> {
    let mut held = Vec::new();
    for (token, pass_type, _) in dead {
        held.extend(devices::list_cards_of_token(tx, token, pass_type)?);
    }
    held.sort();
    held.dedup();
    // The locks order this with a phone that registers for the same pass: either it is counted below, or it
    // comes after and makes the pass alive again.
    for card in &held {
        cards::lock(tx, card)?;
    }
    for (token, pass_type, since) in dead {
        for pass in devices::forget_token(tx, token, pass_type, Some(*since))? {
            if devices::count_by_pass(tx, &pass)? == 0 {
                passes::set_state(tx, (&pass, Wallet::Apple), passes::REMOVED)?;
            }
        }
    }
    Ok(())
}
