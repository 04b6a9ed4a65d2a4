//! A reward that is a gift card becomes one when it is handed over.

use serde_json::json;

use super::gift_ledger::{GiftNote, REDEMPTION, fingerprint, record};
use super::issue_gift_card::{NewGiftCard, open_account};
use super::{ActionError, Deed};
use crate::loyalty::gift::GiftValue;
use crate::loyalty::reward::{Gift, Reward};
use crate::loyalty::rulebook::Rulebook;
use crate::store::Tx;
use crate::store::gift_accounts::GiftAccount;
use crate::store::programs::Program;
use crate::store::redemptions::Redemption;
use crate::types::Money;

/// Makes the gift card of a redemption that is being completed, if its reward is one. The redemption's card is locked,
/// and a redemption is completed once.
pub(super) fn become_gift_card(
    tx: &mut Tx<'_>,
    deed: &Deed,
    rulebook: &Rulebook,
    program: &Program,
    (redemption, reward): (&Redemption, &Reward),
) -> Result<Option<GiftAccount>, ActionError> {
    let Gift::GiftCard(terms) = &reward.gives else {
        return Ok(None);
    };
    if redemption.used_for.is_some() {
        // Given back with the order it could be handed over again, and the gift card would be there twice.
        let detail = "A gift card is not used for an order; hand it over by itself, then spend it.";
        return Err(ActionError::fault("/order", "not_for_orders", detail));
    }
    let zone = rulebook.zone;
    let today = zone.local(deed.now).day;
    let last_day = terms.valid_days.map(|days| today.plus_days(i64::from(days) + 1));
    let new = NewGiftCard {
        program: Some(program.id.clone()),
        value: GiftValue::Earned,
        amount: Money {
            minor: terms.amount,
            currency: program.currency,
        },
        member: Some(redemption.member_id.clone()),
        expires_at: last_day.map(|day| zone.start_of(day)),
        note: GiftNote {
            external_id: Some(redemption.id.to_string()),
            reason: redemption.code.clone(),
        },
    };
    let said = fingerprint(&json!(["redemption", redemption.id]));
    let moved = open_account(tx, deed, &program.id, &new, (REDEMPTION, said))?;
    record(tx, deed, "issue_gift_card", &moved.entry)?;
    Ok(Some(moved.account))
}
