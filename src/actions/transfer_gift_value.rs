//! Value moves from one gift card to another of the same program, currency and sort of value.

use serde_json::json;

use super::gift_ledger::{
    GiftMoved, GiftMovement, GiftNote, check_amount, check_room, find_known, fingerprint, lock, post, record,
    refuse_unusable, too_little,
};
use super::{ActionError, Code, Deed};
use crate::store::Tx;
use crate::store::gift_accounts::GiftAccount;
use crate::store::gift_entries::{TRANSFER_IN, TRANSFER_OUT};
use crate::types::{GiftAccountId, Money};

/// Moves value between two gift cards. The same transfer again answers the same and moves nothing more.
pub fn transfer_gift_value(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (from, to): (&GiftAccountId, &GiftAccountId),
    amount: Money,
    note: &GiftNote,
) -> Result<GiftMoved, ActionError> {
    if from == to {
        let detail = "Name another gift card than the one that the value comes from.";
        return Err(ActionError::fault("/to", "same_gift_card", detail));
    }
    // The lower id first, in whichever direction: two transfers that meet do not wait for each other.
    let (source, target) = if from < to {
        let source = lock(tx, &deed.caller, from)?;
        (source, lock(tx, &deed.caller, to)?)
    } else {
        let target = lock(tx, &deed.caller, to)?;
        (lock(tx, &deed.caller, from)?, target)
    };
    check_amount(amount, source.currency)?;
    let said = fingerprint(&json!(["transfer", from, to, amount]));
    if let Some(known) = find_known(tx, &source.program_id, note, &said)? {
        return Ok(known);
    }
    check_pair(deed, &source, &target)?;
    if amount.minor > source.balance_minor {
        return Err(too_little(&source, amount.minor));
    }
    check_room(&target, amount.minor)?;
    let mut leaving = GiftMovement::new(TRANSFER_OUT, -amount.minor, note, said);
    leaving.counterpart = Some(to.clone());
    let (account, entry) = post(tx, deed, &source, leaving)?;
    // The caller's id names the transfer once, by the side that it leaves.
    let unnamed = GiftNote {
        external_id: None,
        ..note.clone()
    };
    let mut coming = GiftMovement::new(TRANSFER_IN, amount.minor, &unnamed, String::new());
    coming.counterpart = Some(from.clone());
    let (other, _) = post(tx, deed, &target, coming)?;
    record(tx, deed, "transfer_gift_value", &entry)?;
    Ok(GiftMoved {
        account,
        entry,
        other: Some(other),
        is_new: true,
    })
}

fn check_pair(deed: &Deed, source: &GiftAccount, target: &GiftAccount) -> Result<(), ActionError> {
    if source.program_id != target.program_id {
        let detail = "The gift card is of another program.";
        return Err(ActionError::fault("/to", "other_program", detail));
    }
    if source.currency != target.currency {
        let detail = format!(
            "One gift card holds {}, the other {}.",
            source.currency, target.currency
        );
        return Err(ActionError::with(Code::CurrencyMismatch, detail));
    }
    if source.value != target.value {
        return Err(ActionError::new(Code::ValueMismatch));
    }
    refuse_unusable(deed, source)?;
    refuse_unusable(deed, target)
}
