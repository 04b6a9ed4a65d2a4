//! A gift card ends before its time, by a person or by the calendar: what is left on it is taken off.

use serde_json::json;

use super::gift_ledger::{expire_if_over, lock, take_all};
use super::{ActionError, Deed};
use crate::store::Tx;
use crate::store::gift_accounts::{self, GiftAccount};
use crate::store::gift_entries::VOID;
use crate::types::GiftAccountId;

/// Voids a gift card. To do it twice changes nothing.
pub fn void_gift_card(tx: &mut Tx<'_>, deed: &Deed, id: &GiftAccountId) -> Result<GiftAccount, ActionError> {
    let account = lock(tx, &deed.caller, id)?;
    if account.voided_at.is_some() {
        return Ok(account);
    }
    let left = account.balance_minor;
    take_all(tx, deed, account, VOID)?;
    let account = gift_accounts::set_voided(tx, id, deed.now)?;
    let program = Some(&account.program_id);
    deed.record(
        tx,
        program,
        "void_gift_card",
        id.as_str(),
        &json!({ "minor": left }),
    )?;
    Ok(account)
}

/// Takes off what is left on a gift card whose time is over; says whether there was anything.
pub fn expire_gift_card(tx: &mut Tx<'_>, deed: &Deed, id: &GiftAccountId) -> Result<bool, ActionError> {
    let account = gift_accounts::lock(tx, id)?;
    let (_, entry) = expire_if_over(tx, deed, account)?;
    Ok(entry.is_some())
}
