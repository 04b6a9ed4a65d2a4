//! Something is paid with a gift card, in part or in whole; never more than it holds.

use serde_json::json;

use super::gift_ledger::{
    GiftMoved, GiftMovement, GiftNote, check_amount, find_known, fingerprint, lock, post, record,
    refuse_unusable, too_little,
};
use super::{ActionError, Deed};
use crate::store::gift_entries::SPEND;
use crate::store::{StoreError, Tx, orders};
use crate::types::{GiftAccountId, Money, OrderId, ProgramId};

/// What is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// How much.
    pub amount: Money,
    /// For which order, if the shop records it.
    pub order: Option<OrderId>,
    /// What else is said of it.
    pub note: GiftNote,
}

/// Takes value off a gift card. The same spending again answers the same and takes nothing more.
pub fn spend_gift_card(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &GiftAccountId,
    spending: &Spending,
) -> Result<GiftMoved, ActionError> {
    let account = lock(tx, &deed.caller, id)?;
    check_amount(spending.amount, account.currency)?;
    let said = fingerprint(&json!(["spend", id, spending.amount, spending.order]));
    if let Some(known) = find_known(tx, &account.program_id, &spending.note, &said)? {
        return Ok(known);
    }
    refuse_unusable(deed, &account)?;
    check_order(tx, &account.program_id, spending.order.as_ref())?;
    let minor = spending.amount.minor;
    if minor > account.balance_minor {
        return Err(too_little(&account, minor));
    }
    let mut movement = GiftMovement::new(SPEND, -minor, &spending.note, said);
    movement.order.clone_from(&spending.order);
    let (account, entry) = post(tx, deed, &account, movement)?;
    record(tx, deed, "spend_gift_card", &entry)?;
    Ok(GiftMoved {
        account,
        entry,
        other: None,
        is_new: true,
    })
}

fn check_order(tx: &mut Tx<'_>, program: &ProgramId, order: Option<&OrderId>) -> Result<(), ActionError> {
    let Some(order) = order else { return Ok(()) };
    match orders::get(tx, order) {
        Ok(found) if found.program_id == *program => Ok(()),
        Ok(_) | Err(StoreError::NotFound) => {
            let detail = "The program has no such order.";
            Err(ActionError::fault("/order", "unknown_order", detail))
        }
        Err(error) => Err(error.into()),
    }
}
