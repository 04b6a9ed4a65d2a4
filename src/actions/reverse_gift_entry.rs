//! A spending comes back to its gift card, in whole or in part; all that comes back is never more than it was.

use serde_json::json;

use super::gift_ledger::{
    GiftMoved, GiftMovement, GiftNote, check_amount, expire_if_over, find_known, fingerprint, lock, money,
    post, record,
};
use super::{ActionError, Code, Deed};
use crate::loyalty::gift::expiry_of_return;
use crate::store::Tx;
use crate::store::gift_accounts::{self, GiftAccount};
use crate::store::gift_entries::{self, GiftEntry, SPEND, SPEND_REVERSAL};
use crate::types::{GiftEntryId, Money};

/// Gives a spending back: so much of it, or all that is left. What comes back after the gift card has expired can be
/// spent for thirty days.
pub fn reverse_gift_entry(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &GiftEntryId,
    amount: Option<Money>,
    note: &GiftNote,
) -> Result<GiftMoved, ActionError> {
    let spending = gift_entries::get(tx, id)?;
    let account = lock(tx, &deed.caller, &spending.account_id)?;
    if let Some(amount) = amount {
        check_amount(amount, account.currency)?;
    }
    let said = fingerprint(&json!(["reverse", id, amount]));
    if let Some(known) = find_known(tx, &account.program_id, note, &said)? {
        return Ok(known);
    }
    if spending.kind != SPEND {
        let detail = "Only a spending can be given back to a gift card.";
        return Err(ActionError::with(Code::NotReversible, detail));
    }
    if account.voided_at.is_some() {
        return Err(ActionError::new(Code::GiftCardVoided));
    }
    let minor = check_left(tx, &account, &spending, amount)?;
    // What was on it when its time was over does not come to life with what comes back.
    let (account, _) = expire_if_over(tx, deed, account)?;
    let expires_at = expiry_of_return(account.expires_at, deed.now);
    let account = match expires_at {
        Some(expires_at) if account.expires_at != Some(expires_at) => {
            gift_accounts::set_expiry(tx, &account.id, expires_at)?
        }
        _ => account,
    };
    let mut movement = GiftMovement::new(SPEND_REVERSAL, minor, note, said);
    movement.order.clone_from(&spending.order_id);
    movement.reverses = Some(spending.id);
    let (account, entry) = post(tx, deed, &account, movement)?;
    record(tx, deed, "reverse_gift_entry", &entry)?;
    Ok(GiftMoved {
        account,
        entry,
        other: None,
        is_new: true,
    })
}

/// How much comes back now.
fn check_left(
    tx: &mut Tx<'_>,
    account: &GiftAccount,
    spending: &GiftEntry,
    amount: Option<Money>,
) -> Result<i64, ActionError> {
    let left = -spending.minor - gift_entries::sum_reversals(tx, &spending.id)?;
    if left <= 0 {
        return Err(ActionError::new(Code::AlreadyReversed));
    }
    match amount {
        None => Ok(left),
        Some(amount) if amount.minor <= left => Ok(amount.minor),
        Some(_) => {
            let detail = format!(
                "Only {} of the spending is left to give back.",
                money(account, left)
            );
            Err(ActionError::with(Code::NotRefundable, detail))
        }
    }
}
