//! A member claims a receipt, once: it becomes the order that it would have been had the card been shown; or the
//! sale was taken back, and nobody claims it.

use serde::Deserialize;
use serde_json::json;

use super::record_order::{Holder, NewOrder, Recorded, find_card, record_order, tell_again};
use super::surviving::leads_to;
use super::{ActionError, Caller, Code, Deed};
use crate::loyalty::rule::facts::Line;
use crate::store::receipts::{self, Receipt};
use crate::store::{Tx, orders};
use crate::types::{OrderId, ReceiptId};

/// A claimed receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The receipt.
    pub receipt: Receipt,
    /// The order that it became.
    pub recorded: Recorded,
}

/// Lines, location and channel, as they are kept.
#[derive(Deserialize)]
struct Detail {
    lines: Vec<Line>,
    location: Option<String>,
    channel: Option<String>,
}

/// Records the order of a receipt on the card of whoever claims it first. The same member again is answered the same.
pub fn claim_receipt(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &ReceiptId,
    holder: &Holder,
) -> Result<Claimed, ActionError> {
    // Before any card: of many who claim at once each waits here, with its card still free for others.
    let receipt = receipts::lock(tx, id)?;
    deed.caller.check_sees(&receipt.program_id)?;
    if receipt.voided_at.is_some() {
        return Err(ActionError::new(Code::ReceiptVoided));
    }
    if let Some(order) = &receipt.order_id {
        let recorded = answer_holder(tx, deed, (&receipt, order), holder)?;
        return Ok(Claimed { receipt, recorded });
    }
    if receipt.expires_at <= deed.now {
        let detail = format!(
            "The receipt could be claimed until {}; ask the shop.",
            receipt.expires_at.rfc3339_secs()
        );
        return Err(ActionError::with(Code::ClaimExpired, detail));
    }
    let new = order_of(&receipt, holder)?;
    let recorded = record_order(tx, &within(deed, &receipt), &new)?;
    if !recorded.is_new {
        // The till recorded the sale with a card after all, were it that of the very member.
        return Err(ActionError::new(Code::OrderExists));
    }
    let order = &recorded.order;
    let receipt = receipts::set_claimed(tx, id, (&order.member_id, &order.id), deed.now)?;
    deed.record(
        tx,
        Some(&receipt.program_id),
        "claim_receipt",
        id.as_str(),
        &json!({ "order": order.id }),
    )?;
    Ok(Claimed { receipt, recorded })
}

/// The receipt was claimed: whoever claimed it is answered again.
fn answer_holder(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (receipt, order): (&Receipt, &OrderId),
    holder: &Holder,
) -> Result<Recorded, ActionError> {
    let card = find_card(tx, &deed.house, Some(&receipt.program_id), holder)?;
    let order = orders::get(tx, order)?;
    if card.member_id == order.member_id || leads_to(tx, &order.card_id, &card.id)? {
        return tell_again(tx, order);
    }
    Err(ActionError::new(Code::AlreadyClaimed))
}

/// The deed as one of the receipt's program: whoever claims names a card or member of it.
fn within(deed: &Deed, receipt: &Receipt) -> Deed {
    Deed {
        house: deed.house.clone(),
        caller: Caller {
            program: Some(receipt.program_id.clone()),
            ..deed.caller.clone()
        },
        now: deed.now,
    }
}

fn order_of(receipt: &Receipt, holder: &Holder) -> Result<NewOrder, ActionError> {
    let detail: Detail = serde_json::from_str(&receipt.detail).map_err(ActionError::internal)?;
    Ok(NewOrder {
        source: receipt.source.clone(),
        external_id: receipt.external_id.clone(),
        holder: holder.clone(),
        total_minor: receipt.total_minor,
        currency: Some(receipt.currency),
        paid_at: Some(receipt.paid_at),
        lines: detail.lines,
        location: detail.location,
        channel: detail.channel,
    })
}

/// Notes that the sale of a receipt was taken back, before anybody claimed it. Again it changes nothing.
pub fn void_receipt(tx: &mut Tx<'_>, deed: &Deed, id: &ReceiptId) -> Result<Receipt, ActionError> {
    let receipt = receipts::lock(tx, id)?;
    deed.caller.check_sees(&receipt.program_id)?;
    if let Some(order) = &receipt.order_id {
        let detail = format!("The receipt was claimed; refund its order {order} instead.");
        return Err(ActionError::with(Code::AlreadyClaimed, detail));
    }
    if receipt.voided_at.is_some() {
        return Ok(receipt);
    }
    let receipt = receipts::set_voided(tx, id, deed.now)?;
    deed.record(
        tx,
        Some(&receipt.program_id),
        "void_receipt",
        id.as_str(),
        &json!({}),
    )?;
    Ok(receipt)
}
