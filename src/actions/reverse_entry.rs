//! An entry is undone by another one, once.

use serde_json::json;

use super::adjust_points::Moved;
use super::{ActionError, CardSheet, Code, Deed};
use crate::store::cards;
use crate::store::deliveries::{self, Lane};
use crate::store::entries::{self, Entry};
use crate::store::orders;
use crate::store::{StoreError, Tx};
use crate::types::{EntryId, Points};

/// Undoes an earning or an adjustment. What an order earned counts as taken back with it, so that a later
/// refund does not take it twice.
pub fn reverse_entry(tx: &mut Tx<'_>, deed: &Deed, id: &EntryId) -> Result<Moved, ActionError> {
    let entry = entries::get(tx, id)?;
    deed.caller.check_sees(&entry.program_id)?;
    let card = cards::lock(tx, &entry.card_id)?;
    if entries::find_reversal(tx, id)?.is_some() {
        return Err(ActionError::new(Code::AlreadyReversed));
    }
    if entry.reverses.is_some() || !matches!(entry.kind.as_str(), "earn" | "promotion" | "adjust") {
        let detail = format!(
            "An entry of the kind `{}` that undoes another cannot be undone.",
            entry.kind
        );
        return Err(ActionError::with(Code::NotReversible, detail));
    }
    take_back_of_order(tx, &entry)?;
    let points = entry.points.negated();
    let after = card
        .balance
        .plus(points)
        .map_err(|error| ActionError::with(Code::OutOfRange, error.to_string()))?;
    if after < Points::ZERO && entry.order_id.is_none() && points < Points::ZERO {
        let detail = format!(
            "The card has {} points, {} were to be taken back.",
            card.balance, entry.points
        );
        return Err(ActionError::with(Code::InsufficientPoints, detail));
    }
    let reversal = Entry {
        id: EntryId::new(deed.now),
        points,
        kind: "adjust".to_owned(),
        reverses: Some(entry.id.clone()),
        refund_id: None,
        reason: format!("Reversal of {}", entry.id),
        actor: deed.caller.actor.clone(),
        created_at: deed.now,
        ..entry
    };
    entries::insert(tx, &reversal).map_err(|error| match error {
        StoreError::Duplicate(_) => ActionError::new(Code::AlreadyReversed),
        other => other.into(),
    })?;
    let card = cards::add_points(tx, &card, points, card.remainder, deed.now)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    deed.record(
        tx,
        Some(&card.program_id),
        "reverse_entry",
        id.as_str(),
        &json!({ "by": reversal.id }),
    )?;
    Ok(Moved {
        entry: reversal,
        sheet: CardSheet::read(tx, card)?,
    })
}

fn take_back_of_order(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), ActionError> {
    let Some(order) = &entry.order_id else {
        return Ok(());
    };
    let order = orders::lock(tx, order)?;
    if !order.taken_back.is_zero() {
        let detail = "Part of the order was refunded already; refund the rest of it instead.";
        return Err(ActionError::with(Code::NotReversible, detail));
    }
    orders::add_refunded(tx, &order.id, 0, entry.points)?;
    Ok(())
}
