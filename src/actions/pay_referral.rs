//! A friend's first paid order pays a referral, and its whole refund takes both benefits back.
//!
//! Both benefits are ordinary rules: the friend's are set off by the event `referred`, those of who invited by
//! `referral`. Both are raised within the order's transaction, under ids made from the referral's, so that nothing
//! is paid twice whatever is repeated.

use serde_json::json;

use super::count_challenges::uncount_challenges;
use super::issue_reward::issue_automatic;
use super::ledger::{Cause, Closed, Ledger, Movement, close_both};
use super::raise_event::{Occurrence, raise};
use super::settle_redemption::{take_back_automatic, take_back_of_event};
use super::surviving::{
    check_good, find_survivor, go_on_to_shown, go_on_to_surviving, lock_shown, lock_surviving,
};
use super::{ActionError, Deed};
use crate::loyalty::refunding::Share;
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::tier::Activity;
use crate::store::cards::{self, Card};
use crate::store::entries;
use crate::store::events::{self, Event};
use crate::store::orders::{Order, Refund};
use crate::store::referrals::{self, PAID, PENDING, REFUSED, Referral, TAKEN_BACK};
use crate::store::{Db, StoreError, Tx, devices};
use crate::types::{CardId, MemberId, Points, ReferralId};

/// The event of the friend who came.
pub const REFERRED: &str = "referred";
/// The event of the member who invited.
pub const REFERRAL: &str = "referral";
/// The part of the program that raises both.
const SOURCE: &str = "referral";
/// What the friend's entries say.
const INVITED: &str = "Invited by a friend";
/// What the entries of who invited say.
const BROUGHT: &str = "A friend's first order";
/// What the entries say that take both back.
const RETURNED: &str = "A referral's first order was returned";

/// Why a referral is none: both are the same member.
pub(super) const SAME_MEMBER: &str = "same_member";
/// Why a referral is none: both hold the same card.
const SAME_CARD: &str = "same_card";
/// Why a referral is none: a phone holds the passes of both.
const SAME_DEVICE: &str = "same_device";
/// Why only the friend was paid: who invited has no good card any more.
const REFERRER_GONE: &str = "referrer_gone";

/// A referral that an order may pay, and the locked card of who invited.
pub(super) struct Invited {
    referral: Referral,
    referrer: Option<Card>,
}

/// A referral that an order has paid, with what was raised for it and the locked card of who invited.
pub(super) struct Paid {
    referral: Referral,
    /// What was raised for the friend.
    pub(super) of_friend: Option<Event>,
    of_referrer: Option<(Event, Card)>,
}

/// Locks the card that buys and, if its holder was invited and has not bought yet, that of who invited them.
pub(super) fn lock_for_order(
    tx: &mut Tx<'_>,
    found: &Card,
    total_minor: i64,
) -> Result<(Card, Option<Invited>), ActionError> {
    let pending = if total_minor > 0 {
        referrals::find_by_friend(tx, &found.member_id)?.filter(|referral| referral.state == PENDING)
    } else {
        None
    };
    let Some(pending) = pending else {
        return Ok((lock_shown(tx, &found.id)?, None));
    };
    let theirs = find_good_card(tx, &pending.referrer_id)?;
    let (card, referrer) = lock_pair(tx, &found.id, theirs.as_ref())?;
    let card = go_on_to_shown(tx, card)?;
    let referrer = referrer.map(|card| go_on_to_surviving(tx, card)).transpose()?;
    // Another order may have paid it while this one waited for the cards.
    let referral = referrals::lock(tx, &pending.id)?;
    let invited = Invited { referral, referrer };
    let is_pending = invited.referral.state == PENDING;
    Ok((card, is_pending.then_some(invited)))
}

/// Locks the card of an order and, if the order paid a referral, that of who invited.
pub(super) fn lock_for_refund(tx: &mut Tx<'_>, order: &Order) -> Result<(Card, Option<Paid>), ActionError> {
    let Some(seen) = find_paid_by(tx, order)? else {
        return Ok((lock_surviving(tx, &order.card_id)?, None));
    };
    let of_friend = find_event(tx, &seen, REFERRED)?;
    let theirs = find_event(tx, &seen, REFERRAL)?;
    let other = theirs.as_ref().map(|event| &event.card_id);
    let (card, referrer) = lock_pair(tx, &order.card_id, other)?;
    let card = go_on_to_surviving(tx, card)?;
    let referrer = referrer.map(|card| go_on_to_surviving(tx, card)).transpose()?;
    let paid = Paid {
        referral: referrals::lock(tx, &seen.id)?,
        of_friend,
        of_referrer: theirs.zip(referrer),
    };
    Ok((card, Some(paid)))
}

/// The referral that an order paid, taken back or not.
fn find_paid_by(db: &mut Db, order: &Order) -> Result<Option<Referral>, StoreError> {
    let found = referrals::find_by_friend(db, &order.member_id)?;
    Ok(found.filter(|one| one.order_id.as_ref() == Some(&order.id) && one.state != REFUSED))
}

/// The event that an order's referral raised for the friend.
pub(super) fn find_friends_event(db: &mut Db, order: &Order) -> Result<Option<Event>, StoreError> {
    match find_paid_by(db, order)? {
        Some(referral) => find_event(db, &referral, REFERRED),
        None => Ok(None),
    }
}

fn find_event(db: &mut Db, referral: &Referral, kind: &str) -> Result<Option<Event>, StoreError> {
    events::find_by_external_id(db, &referral.program_id, SOURCE, &name(&referral.id, kind))
}

/// The id under which an event of a referral is raised.
fn name(referral: &ReferralId, kind: &str) -> String {
    format!("{referral}:{kind}")
}

/// The newest good card of a member, or of the one who stands for them.
pub(super) fn find_good_card(db: &mut Db, member: &MemberId) -> Result<Option<CardId>, StoreError> {
    let survivor = find_survivor(db, member)?;
    let cards = cards::list_by_member(db, &survivor.id)?;
    let newest = cards
        .into_iter()
        .rfind(|card| card.voided_at.is_none() && card.merged_into.is_none());
    Ok(newest.map(|card| card.id))
}

/// Locks one card or two, the lower id first.
fn lock_pair(
    tx: &mut Tx<'_>,
    own: &CardId,
    other: Option<&CardId>,
) -> Result<(Card, Option<Card>), StoreError> {
    match other {
        Some(other) if other < own => {
            let other = cards::lock(tx, other)?;
            Ok((cards::lock(tx, own)?, Some(other)))
        }
        Some(other) if other > own => {
            let own = cards::lock(tx, own)?;
            Ok((own, Some(cards::lock(tx, other)?)))
        }
        Some(_) => {
            let own = cards::lock(tx, own)?;
            Ok((own.clone(), Some(own)))
        }
        None => Ok((cards::lock(tx, own)?, None)),
    }
}

/// What paying a referral left open.
#[derive(Default)]
pub(super) struct Payment<'a> {
    /// What was raised for the friend.
    pub(super) of_friend: Option<Event>,
    /// The ledger of who invited, to be closed with the friend's.
    referrers: Option<Ledger<'a>>,
    /// Whose friends are counted anew: how many more came, and how many more were paid for.
    counted: Option<(MemberId, i64, i64)>,
}

impl Payment<'_> {
    /// Closes the ledgers of both, and counts. That comes last: an enrolment too takes the count after budgets and
    /// stocks.
    pub(super) fn close(self, tx: &mut Tx<'_>, own: Ledger<'_>) -> Result<Closed, ActionError> {
        let closed = match self.referrers {
            Some(referrers) => close_both(tx, own, referrers)?.0,
            None => own.close(tx)?,
        };
        if let Some((referrer, invited, paid)) = self.counted {
            referrals::count(tx, &referrer, invited, paid)?;
        }
        Ok(closed)
    }
}

/// Pays a referral with the friend's order, or refuses it. Budgets are locked, the friend's ledger is open and has
/// the order on it.
pub(super) fn pay_referral<'a>(
    tx: &mut Tx<'_>,
    deed: &'a Deed,
    rulebook: &'a Rulebook,
    ledger: &mut Ledger<'_>,
    order: &Order,
    invited: Invited,
) -> Result<Payment<'a>, ActionError> {
    if order.total_minor < rulebook.policy.referral_minimum {
        return Ok(Payment::default());
    }
    let Invited { referral, referrer } = invited;
    if let Some(reason) = find_refusal(tx, &referral, &ledger.card(), referrer.as_ref())? {
        settle(tx, deed, &referral, (REFUSED, Some(reason)), order)?;
        return Ok(Payment {
            counted: Some((referral.referrer_id, -1, 0)),
            ..Payment::default()
        });
    }
    let of_friend = raise(
        tx,
        deed,
        ledger,
        rulebook,
        &occurrence(&referral, REFERRED, order),
    )?;
    // Voided while this waited for the lock, if it was not before.
    let good = referrer.filter(|card| check_good(card).is_ok());
    let reason = good.is_none().then_some(REFERRER_GONE);
    let mut referrers = None;
    if let Some(card) = good {
        let mut theirs = Ledger::open(tx, deed, rulebook, card.clone())?;
        raise(
            tx,
            deed,
            &mut theirs,
            rulebook,
            &occurrence(&referral, REFERRAL, order),
        )?;
        issue_automatic(tx, &mut theirs, &card, rulebook, None)?;
        referrers = Some(theirs);
    }
    settle(tx, deed, &referral, (PAID, reason), order)?;
    Ok(Payment {
        of_friend,
        referrers,
        counted: Some((referral.referrer_id, 0, 1)),
    })
}

fn occurrence<'a>(referral: &Referral, kind: &'a str, order: &Order) -> Occurrence<'a> {
    Occurrence {
        kind,
        source: SOURCE,
        external_id: name(&referral.id, kind),
        at: order.paid_at,
        data: json!({ "referral": referral.id }),
        reason: if kind == REFERRED { INVITED } else { BROUGHT },
    }
}

/// Why a referral is none, as it shows when it is to be paid.
fn find_refusal(
    db: &mut Db,
    referral: &Referral,
    friend: &Card,
    referrer: Option<&Card>,
) -> Result<Option<&'static str>, StoreError> {
    if referral.referrer_id == friend.member_id {
        return Ok(Some(SAME_MEMBER));
    }
    if referrer.is_some_and(|card| card.id == friend.id || card.member_id == friend.member_id) {
        return Ok(Some(SAME_CARD));
    }
    let shares = devices::share_phone(db, &referral.referrer_id, &friend.member_id)?;
    Ok(shares.then_some(SAME_DEVICE))
}

fn settle(
    tx: &mut Tx<'_>,
    deed: &Deed,
    referral: &Referral,
    (state, reason): (&str, Option<&str>),
    order: &Order,
) -> Result<(), ActionError> {
    let settled = Referral {
        state: state.to_owned(),
        reason: reason.map(str::to_owned),
        order_id: Some(order.id.clone()),
        settled_at: Some(deed.now),
        ..referral.clone()
    };
    referrals::settle(tx, &settled)?;
    let name = match state {
        PAID => "pay_referral",
        REFUSED => "refuse_referral",
        _ => "take_back_referral",
    };
    let detail = json!({ "order": order.id, "reason": reason });
    Ok(deed.record(tx, Some(&order.program_id), name, referral.id.as_str(), &detail)?)
}

/// Takes both benefits back, once, after the friend's first paid order was given back in whole; what is left open is
/// to be closed with the friend's ledger.
pub(super) fn take_back_referral<'a>(
    tx: &mut Tx<'_>,
    deed: &'a Deed,
    rulebook: &'a Rulebook,
    ledger: &mut Ledger<'_>,
    (order, refund): (&Order, &Refund),
    paid: Paid,
) -> Result<Payment<'a>, ActionError> {
    if paid.referral.state != PAID {
        return Ok(Payment::default());
    }
    if let Some(event) = &paid.of_friend {
        take_back(tx, ledger, rulebook, event, refund)?;
    }
    let mut referrers = None;
    if let Some((event, card)) = paid.of_referrer {
        if card.id == *ledger.card_id() {
            // Both were joined since: there is one card for both.
            take_back(tx, ledger, rulebook, &event, refund)?;
        } else {
            let mut theirs = Ledger::open(tx, deed, rulebook, card)?;
            take_back(tx, &mut theirs, rulebook, &event, refund)?;
            referrers = Some(theirs);
        }
    }
    settle(
        tx,
        deed,
        &paid.referral,
        (TAKEN_BACK, paid.referral.reason.as_deref()),
        order,
    )?;
    Ok(Payment {
        of_friend: paid.of_friend,
        referrers,
        counted: Some((paid.referral.referrer_id, 0, -1)),
    })
}

/// Takes back what an event gave: its points, whatever became of them, and its rewards as far as they are unused.
fn take_back(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    event: &Event,
    refund: &Refund,
) -> Result<(), ActionError> {
    // What was undone by hand before is not taken again.
    let moved = entries::list_by_event(tx, &event.id)?;
    let undone: i64 = moved
        .iter()
        .filter(|entry| entry.reverses.is_some())
        .map(|entry| -entry.points.get())
        .sum();
    let points = Points::new((event.earned.get() - undone).max(0)).map_err(ActionError::internal)?;
    if !points.is_zero() {
        let movement = Movement {
            kind: "refund",
            points,
            cause: Cause {
                event: Some(event.id.clone()),
                refund: Some(refund.id.clone()),
                ..Cause::default()
            },
            reason: RETURNED.to_owned(),
            explanation: None,
        };
        ledger.take(tx, movement)?;
        let undone = Activity {
            points: -points.get(),
            ..Activity::default()
        };
        ledger.note_done(event.created_at, undone);
        let card = ledger.card();
        take_back_automatic(tx, ledger, &card, rulebook)?;
    }
    take_back_of_event(tx, ledger, rulebook, &event.id)?;
    let whole = (Share::WHOLE, &refund.id);
    uncount_challenges(tx, ledger, rulebook, event.id.as_str(), whole)
}
