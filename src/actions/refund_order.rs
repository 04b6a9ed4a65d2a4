//! Money is given back for an order, in whole or in part; the points that it earned go back pro rata.

use std::collections::BTreeSet;

use serde_json::json;

use super::announce::{Happened, announce};
use super::assess::rulebook;
use super::count_challenges::uncount_challenges;
use super::ledger::{Cause, Ledger, Movement};
use super::own_card::watch_own_card;
use super::pay_referral::{Payment, lock_for_refund, take_back_referral};
use super::return_lines::{Back, marks_gone, marks_left, return_lines, settle};
use super::settle_redemption::{give_again, take_back_automatic, take_back_given};
use super::{ActionError, CardSheet, Code, Deed};
use crate::loyalty::carry::Carried;
use crate::loyalty::line_refund::{Refunding, Returned, Wanted};
use crate::loyalty::mark::Mark;
use crate::loyalty::refunding::{Counting, Share, Taking};
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::tier::Activity;
use crate::store::Tx;
use crate::store::cards::Card;
use crate::store::challenges;
use crate::store::entries::{self, Entry};
use crate::store::events::Event;
use crate::store::orders::{self, Order, Refund};
use crate::store::programs;
use crate::store::standings;
use crate::types::{Money, OrderId, Points, PointsError, RefundId};

/// What is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// The till's own id, unique within the order.
    pub external_id: Option<String>,
    /// How much; everything that is left, if `None`.
    pub amount: Option<Money>,
    /// The lines that go back, instead of an amount.
    pub lines: Vec<Wanted>,
    /// Why.
    pub reason: String,
}

/// A recorded refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunded {
    /// The refund.
    pub refund: Refund,
    /// The order after it.
    pub order: Order,
    /// What it moved.
    pub entries: Vec<Entry>,
    /// The card after it.
    pub sheet: CardSheet,
    /// Whether it was recorded now, not before.
    pub is_new: bool,
}

/// Records a refund. The balance may fall below zero if the points were spent already.
///
/// All refunds of an order together take back what one refund of their sum would: the rounding never adds up.
pub fn refund_order(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &OrderId,
    new: &NewRefund,
) -> Result<Refunded, ActionError> {
    let seen = orders::get(tx, id)?;
    deed.caller.check_sees(&seen.program_id)?;
    let (card, paid) = lock_for_refund(tx, &seen)?;
    let order = orders::lock(tx, id)?;
    if let Some(known) = find_known(tx, &order, new)? {
        return answer_again(tx, card, order, known, paid.and_then(|paid| paid.of_friend));
    }
    if order.total_minor == 0 && orders::has_refund(tx, id)? {
        return Err(ActionError::new(Code::AlreadyRefunded));
    }
    let asked = check_amount(&order, new)?;
    let back = return_lines(&order, &new.lines)?;
    let minor = back.as_ref().map_or(asked, |back| back.minor);
    let counted: Vec<Counting> = serde_json::from_str(&order.counted).map_err(ActionError::internal)?;
    let refunding = settle(&order, minor, back.as_ref())?;
    let takings = counted
        .iter()
        .filter(|one| !one.gives_rewards)
        .map(|one| Ok((one, refunding.of_counting(one)?)))
        .collect::<Result<Vec<_>, PointsError>>()
        .map_err(ActionError::internal)?;
    let points = check_points(tx, &order, &counted, &refunding, &takings)?;
    let refund = Refund {
        id: RefundId::new(deed.now),
        program_id: order.program_id.clone(),
        order_id: order.id.clone(),
        external_id: new.external_id.clone(),
        minor,
        points,
        created_at: deed.now,
        lines: back.as_ref().map_or(Ok(String::new()), Back::as_json)?,
    };
    if !orders::claim_refund(tx, &refund)? {
        return Err(ActionError::new(Code::RefundExists));
    }
    let (order, gone) = give_back(tx, &order, (minor, points), back.as_ref())?;
    let lines = back.as_ref().map(|back| &back.lines);
    let detail = json!({ "minor": minor, "points": points, "lines": lines });
    deed.record(
        tx,
        Some(&order.program_id),
        "refund_order",
        refund.id.as_str(),
        &detail,
    )?;
    let program = programs::get(tx, &order.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    watch_own_card(tx, deed, &rulebook.policy, (&card, "refund_order"))?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    let undone = Activity {
        points: -points.get(),
        minor: -minor,
        orders: -i64::from(order.refunded_minor >= order.total_minor),
    };
    ledger.note_done(order.paid_at, undone);
    ledger.note_bought(order.paid_at, gone, -1);
    carry_back(tx, &mut ledger, &card, &takings)?;
    if !points.is_zero() {
        ledger.take(tx, movement(&order, &refund, new))?;
        take_back_automatic(tx, &mut ledger, &card, &rulebook)?;
    }
    take_back_given(
        tx,
        &mut ledger,
        &rulebook,
        &card,
        &order.id,
        (&refunding, &counted),
    )?;
    let share = (share_of_money(&order, minor), &refund.id);
    uncount_challenges(tx, &mut ledger, &rulebook, order.id.as_str(), share)?;
    let mut payment = Payment::default();
    if order.refunded_minor >= order.total_minor {
        give_again(tx, &mut ledger, &rulebook, &order.id)?;
        if let Some(paid) = paid {
            payment = take_back_referral(tx, deed, &rulebook, &mut ledger, (&order, &refund), paid)?;
        }
    }
    let closed = payment.close(tx, ledger)?;
    let refunded = Refunded {
        entries: of_refund(closed.entries, &refund),
        refund,
        order,
        sheet: CardSheet::read(tx, closed.card)?,
        is_new: true,
    };
    tell(tx, deed, &rulebook, &refunded)?;
    Ok(refunded)
}

/// Writes down what was given back; gives the order after it, and what is said of it no more.
fn give_back(
    tx: &mut Tx<'_>,
    order: &Order,
    (minor, points): (i64, Points),
    back: Option<&Back>,
) -> Result<(Order, BTreeSet<Mark>), ActionError> {
    let marked = marks_left(order)?;
    if let Some(back) = back {
        orders::set_returned(tx, &order.id, &back.all_as_json()?)?;
    }
    let order = orders::add_refunded(tx, &order.id, minor, points)?;
    let gone = marks_gone(marked, &order)?;
    Ok((order, gone))
}

/// Tells those who listen.
fn tell(tx: &mut Tx<'_>, deed: &Deed, rulebook: &Rulebook, refunded: &Refunded) -> Result<(), ActionError> {
    if !rulebook.is_heard {
        return Ok(());
    }
    let program = &refunded.order.program_id;
    announce(tx, deed, program, &Happened::OrderRefunded(refunded))
}

/// How much of an order's money has gone back with so much of it, also where lines are given back.
fn share_of_money(order: &Order, minor: i64) -> Share {
    if order.total_minor == 0 {
        return Share::WHOLE;
    }
    let (before, after) = (order.refunded_minor - minor, order.refunded_minor);
    Share::by_amount(before, after, order.total_minor)
}

/// What was answered when the refund was recorded.
fn answer_again(
    tx: &mut Tx<'_>,
    card: Card,
    order: Order,
    refund: Refund,
    event: Option<Event>,
) -> Result<Refunded, ActionError> {
    let mut entries = entries::list_by_order(tx, &order.id)?;
    if let Some(event) = event {
        entries.extend(entries::list_by_event(tx, &event.id)?);
    }
    entries.extend(of_wins(tx, &refund)?);
    entries.sort_by(|one, other| one.id.cmp(&other.id));
    entries.dedup();
    Ok(Refunded {
        entries: of_refund(entries, &refund),
        refund,
        order,
        sheet: CardSheet::read(tx, card)?,
        is_new: false,
    })
}

/// The points that go back: rule by rule where money was counted, pro rata where not.
fn check_points(
    tx: &mut Tx<'_>,
    order: &Order,
    counted: &[Counting],
    refunding: &Refunding,
    takings: &[(&Counting, Taking)],
) -> Result<Points, ActionError> {
    let with_points: Vec<&Counting> = counted.iter().filter(|one| !one.gives_rewards).collect();
    let by_money: i64 = with_points.iter().map(|one| one.earned).sum();
    let of_money: i64 = takings.iter().map(|(_, taking)| taking.earned).sum();
    // What was undone by hand before is not taken again.
    let undoing: Vec<Entry> = if order.taken_back.is_zero() {
        Vec::new()
    } else {
        let entries = entries::list_by_order(tx, &order.id)?.into_iter();
        entries.filter(|entry| entry.reverses.is_some()).collect()
    };
    let undone: i64 = undoing.iter().map(|entry| -entry.points.get()).sum();
    let is_left = |term: &Option<String>| {
        with_points.iter().all(|one| one.term != *term) && undoing.iter().all(|entry| entry.term_id != *term)
    };
    let given = refunding.given().iter().filter(|given| is_left(&given.term));
    let parts = given.map(|given| (given.term.as_deref(), given.points));
    let otherwise = refunding.of_terms(order.earned.get() - by_money - undone, parts);
    let left = order
        .earned
        .minus(order.taken_back)
        .map_err(ActionError::internal)?;
    let points = Points::new(of_money + otherwise).map_err(ActionError::internal)?;
    Ok(points.min(left).max(Points::ZERO))
}

/// Takes money that was not yet worth a point out of what is carried.
fn carry_back(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    card: &Card,
    takings: &[(&Counting, Taking)],
) -> Result<(), ActionError> {
    for (counting, taking) in takings {
        carry_less(tx, ledger, card, counting, taking.remainder)?;
    }
    Ok(())
}

/// Takes so much out of what is carried for a rule that counts money.
pub(super) fn carry_less(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    card: &Card,
    counting: &Counting,
    less: i64,
) -> Result<(), ActionError> {
    let per_minor = counting.per_minor;
    let left = |had: Carried| Carried {
        remainder: had.in_steps(per_minor) - less,
        per_minor,
    };
    match &counting.term {
        None => ledger.carry(left(card.carried())),
        Some(id) => {
            let kept = standings::list_remainders(tx, &card.id)?;
            let had = kept.get(id).copied().unwrap_or_default();
            standings::set_remainder(tx, &card.id, id, left(had))?;
        }
    }
    Ok(())
}

fn movement(order: &Order, refund: &Refund, new: &NewRefund) -> Movement {
    Movement {
        kind: "refund",
        points: refund.points,
        cause: Cause {
            order: Some(order.id.clone()),
            refund: Some(refund.id.clone()),
            ..Cause::default()
        },
        reason: if new.reason.is_empty() {
            format!("Refund of order {}", order.external_id)
        } else {
            new.reason.clone()
        },
        explanation: None,
    }
}

/// The entries of what the wins were won with that a refund took back.
fn of_wins(tx: &mut Tx<'_>, refund: &Refund) -> Result<Vec<Entry>, ActionError> {
    let mut all = Vec::new();
    for win in challenges::list_wins_by_refund(tx, &refund.id)? {
        match (&win.order_id, &win.event_id) {
            (Some(order), _) => all.extend(entries::list_by_order(tx, order)?),
            (None, Some(event)) => all.extend(entries::list_by_event(tx, event)?),
            (None, None) => (),
        }
    }
    Ok(all)
}

fn of_refund(entries: Vec<Entry>, refund: &Refund) -> Vec<Entry> {
    let is_own = |entry: &Entry| entry.refund_id.as_ref() == Some(&refund.id);
    entries.into_iter().filter(is_own).collect()
}

fn find_known(tx: &mut Tx<'_>, order: &Order, new: &NewRefund) -> Result<Option<Refund>, ActionError> {
    let Some(external_id) = &new.external_id else {
        return Ok(None);
    };
    let Some(known) = orders::find_refund(tx, &order.id, external_id)? else {
        return Ok(None);
    };
    let is_other = new.amount.is_some_and(|amount| amount.minor != known.minor);
    if is_other || !is_same_lines(&known, &new.lines)? {
        return Err(ActionError::new(Code::RefundExists));
    }
    Ok(Some(known))
}

/// Whether a refund that was recorded gave back the lines that are asked for now.
fn is_same_lines(known: &Refund, wanted: &[Wanted]) -> Result<bool, ActionError> {
    if known.lines.is_empty() {
        return Ok(wanted.is_empty());
    }
    let lines: Vec<Returned> = serde_json::from_str(&known.lines).map_err(ActionError::internal)?;
    let is_same = |(line, want): (&Returned, &Wanted)| {
        let is_priced = want.amount.is_none_or(|amount| amount == line.amount);
        (line.line, line.quantity) == (want.line, want.quantity) && is_priced
    };
    Ok(lines.len() == wanted.len() && lines.iter().zip(wanted).all(is_same))
}

/// What is to be given back by amount.
fn check_amount(order: &Order, new: &NewRefund) -> Result<i64, ActionError> {
    let left = order.total_minor - order.refunded_minor;
    if left <= 0 && (order.total_minor > 0 || order.refunded_minor > 0) {
        return Err(ActionError::new(Code::AlreadyRefunded));
    }
    let Some(amount) = new.amount else { return Ok(left) };
    if amount.currency != order.currency {
        return Err(ActionError::with(
            Code::CurrencyMismatch,
            format!(
                "The order was paid in {}, the refund is in {}.",
                order.currency, amount.currency
            ),
        ));
    }
    if amount.minor <= 0 {
        return Err(ActionError::fault(
            "/amount/amount",
            "not_positive",
            "A refund gives back more than nothing.",
        ));
    }
    if amount.minor > left {
        let paid = Money {
            minor: left,
            currency: order.currency,
        };
        return Err(ActionError::with(
            Code::NotRefundable,
            format!("Only {paid} of the order is left to refund."),
        ));
    }
    Ok(amount.minor)
}
