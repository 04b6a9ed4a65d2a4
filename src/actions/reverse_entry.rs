//! An entry is undone by another one, once.

use serde_json::json;

use super::adjust_points::Moved;
use super::assess::rulebook;
use super::ledger::{Cause, Ledger, Movement, Return};
use super::own_card::watch_own_card;
use super::refund_order::carry_less;
use super::settle_redemption::take_back_automatic;
use super::surviving::lock_surviving;
use super::{ActionError, CardSheet, Code, Deed};
use crate::loyalty::policy::Policy;
use crate::loyalty::refunding::{Counting, OfLines, Share};
use crate::loyalty::tier::Activity;
use crate::store::cards::Card;
use crate::store::challenges;
use crate::store::entries::{self, Entry};
use crate::store::events;
use crate::store::orders;
use crate::store::{Tx, programs};
use crate::types::{EntryId, OrderId, Points, Role, Time};

/// Undoes an earning or an adjustment. What an order earned counts as taken back with it, so that a later
/// refund does not take it twice.
pub fn reverse_entry(tx: &mut Tx<'_>, deed: &Deed, id: &EntryId) -> Result<Moved, ActionError> {
    let entry = entries::get(tx, id)?;
    deed.caller.check_sees(&entry.program_id)?;
    let card = lock_surviving(tx, &entry.card_id)?;
    if entries::find_reversal(tx, id)?.is_some() {
        return Err(ActionError::new(Code::AlreadyReversed));
    }
    if entry.reverses.is_some()
        || !matches!(entry.kind.as_str(), "earn" | "promotion" | "activate" | "adjust")
    {
        let detail = format!(
            "An entry of the kind `{}` that undoes another cannot be undone.",
            entry.kind
        );
        return Err(ActionError::with(Code::NotReversible, detail));
    }
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    check_may_undo(deed, &entry, &rulebook.policy)?;
    watch_own_card(tx, deed, &rulebook.policy, (&card, "reverse_entry"))?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    // What a challenge gave is no part of what its order or event earned.
    let won = challenges::find_win_by_entry(tx, id)?;
    if won.as_ref().is_some_and(|win| win.taken_back_at.is_some()) {
        return Err(ActionError::new(Code::AlreadyReversed));
    }
    let done_at = match (&entry.order_id, &entry.event_id) {
        _ if won.is_some() => None,
        (Some(order), _) => Some(take_back_of_order(tx, &mut ledger, &entry, order, &card)?),
        // Points that were pending count for the day of their event, not for that of their activation.
        (None, Some(event)) => Some(events::get(tx, event)?.created_at),
        // Adjustments and the welcome never counted towards tiers.
        (None, None) => None,
    };
    let movement = Movement {
        kind: "adjust",
        points: entry.points.absolute(),
        cause: Cause {
            order: entry.order_id.clone().filter(|_| done_at.is_some()),
            event: entry.event_id.clone().filter(|_| done_at.is_some()),
            refund: None,
            reverses: Some(entry.id.clone()),
            term: entry.term_id.clone().zip(entry.term_version),
            pair: None,
        },
        reason: format!("Reversal of {}", entry.id),
        explanation: None,
    };
    if entry.points < Points::ZERO {
        ledger.give_back(tx, movement, &entry.id, Return::WithGrace)?;
    } else {
        if entry.order_id.is_none() && ledger.balance() < entry.points {
            let detail = format!(
                "The card has {} points, {} were to be taken back.",
                ledger.balance(),
                entry.points
            );
            return Err(ActionError::with(Code::InsufficientPoints, detail));
        }
        ledger.take(tx, movement)?;
        take_back_automatic(tx, &mut ledger, &card, &rulebook)?;
        if let Some(done_at) = done_at {
            let undone = Activity {
                points: -entry.points.get(),
                ..Activity::default()
            };
            ledger.note_done(done_at, undone);
        }
    }
    let closed = ledger.close(tx)?;
    let reversal = closed
        .entries
        .iter()
        .find(|moved| moved.reverses.as_ref() == Some(id))
        .cloned()
        .ok_or_else(|| ActionError::internal("a reversal without an entry"))?;
    deed.record(
        tx,
        Some(&closed.card.program_id),
        "reverse_entry",
        id.as_str(),
        &json!({ "by": reversal.id }),
    )?;
    Ok(Moved {
        entry: reversal,
        sheet: CardSheet::read(tx, closed.card)?,
    })
}

/// A cashier undoes what they did themselves just now; everything else is for a manager.
fn check_may_undo(deed: &Deed, entry: &Entry, policy: &Policy) -> Result<(), ActionError> {
    if deed.caller.role != Some(Role::Cashier) {
        return Ok(());
    }
    if entry.actor != deed.caller.actor {
        return Err(ActionError::new(Code::UndoNotOwn));
    }
    if deed.now >= entry.created_at.plus_ms(policy.undo_ms()) {
        return Err(ActionError::new(Code::UndoTooLate));
    }
    Ok(())
}

/// Notes with the order that this much of it was taken back; says when it was paid.
fn take_back_of_order(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    entry: &Entry,
    order: &OrderId,
    card: &Card,
) -> Result<Time, ActionError> {
    let order = orders::lock(tx, order)?;
    if order.refunded_minor > 0 || !order.returned.is_empty() {
        let detail = "Part of the order was refunded already; refund the rest of it instead.";
        return Err(ActionError::with(Code::NotReversible, detail));
    }
    orders::add_refunded(tx, &order.id, 0, entry.points)?;
    let mut counted: Vec<Counting> = serde_json::from_str(&order.counted).map_err(ActionError::internal)?;
    let is_own = |one: &Counting| one.term == entry.term_id && one.earned == entry.points.get();
    let Some(place) = counted.iter().position(is_own) else {
        return Ok(order.paid_at);
    };
    // Undone as a whole: money that was not yet worth a point goes back with it.
    let own = counted.remove(place);
    let left = serde_json::to_string(&counted).map_err(ActionError::internal)?;
    orders::set_counted(tx, &order.id, &left)?;
    let taking = Share::WHOLE.of_counting(&own, OfLines::default());
    let taking = taking.map_err(ActionError::internal)?;
    carry_less(tx, ledger, card, &own, taking.remainder)?;
    Ok(order.paid_at)
}
