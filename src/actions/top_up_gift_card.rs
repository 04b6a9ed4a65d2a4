//! More value is put on a gift card.

use serde_json::json;

use super::gift_ledger::{
    GiftMoved, GiftMovement, GiftNote, check_amount, check_may_give, check_room, find_known, fingerprint,
    lock, post, record, refuse_unusable,
};
use super::{ActionError, Deed};
use crate::store::Tx;
use crate::store::gift_entries::TOP_UP;
use crate::types::{GiftAccountId, Money};

/// Adds value of the kind that the gift card holds. The same again answers the same and adds nothing more.
pub fn top_up_gift_card(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &GiftAccountId,
    amount: Money,
    note: &GiftNote,
) -> Result<GiftMoved, ActionError> {
    let account = lock(tx, &deed.caller, id)?;
    check_may_give(deed, &account.value)?;
    check_amount(amount, account.currency)?;
    let said = fingerprint(&json!(["top_up", id, amount]));
    if let Some(known) = find_known(tx, &account.program_id, note, &said)? {
        return Ok(known);
    }
    refuse_unusable(deed, &account)?;
    check_room(&account, amount.minor)?;
    let movement = GiftMovement::new(TOP_UP, amount.minor, note, said);
    let (account, entry) = post(tx, deed, &account, movement)?;
    record(tx, deed, "top_up_gift_card", &entry)?;
    Ok(GiftMoved {
        account,
        entry,
        other: None,
        is_new: true,
    })
}
