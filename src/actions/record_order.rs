//! A till records a purchase; the card earns.

use serde_json::json;

use super::announce::{Happened, announce};
use super::assess::{assess, credit, lock_budgets, rulebook};
use super::issue_reward::issue_automatic;
use super::known_identity::find_by_external_id;
use super::ledger::{Cause, Ledger};
use super::own_card::{OWN_CARD, is_own_card};
use super::pay_referral::{Payment, find_friends_event, lock_for_order, pay_referral};
use super::scanned::{find_meant, find_scanned};
use super::showing::watch_scanned;
use super::surviving::{check_good, find_shown, find_surviving, find_survivor, leads_to, list_own_buckets};
use super::watch_order::watch_order;
use super::{ActionError, CardSheet, Code, Deed, House, Promised};
use crate::loyalty::automation::Occurred;
use crate::loyalty::rule::facts::{Happening, Line, Purchase};
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::tier::Activity;
use crate::store::buckets;
use crate::store::cards::{self, Card};
use crate::store::entries::{self, Entry};
use crate::store::events::Event;
use crate::store::orders::{self, Order};
use crate::store::programs::{self, Program};
use crate::store::redemptions::{self, Redemption};
use crate::store::{Db, Tx};
use crate::types::{CardId, Currency, MemberId, Money, OrderId, Points, ProgramId, Time, sha256_hex};

/// Whose order it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The code that was scanned or typed.
    Card(String),
    /// The member's id.
    Member(MemberId),
    /// The member's external id.
    MemberExternal(String),
}

/// What a till says of a purchase.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrder {
    /// Where it comes from; the external id is unique within it.
    pub source: String,
    /// The till's own id.
    pub external_id: String,
    /// Whose.
    pub holder: Holder,
    /// Minor units.
    pub total_minor: i64,
    /// The currency; else the program's.
    pub currency: Option<Currency>,
    /// When it was paid; else now.
    pub paid_at: Option<Time>,
    /// What was bought, if the till says it.
    pub lines: Vec<Line>,
    /// Where.
    pub location: Option<String>,
    /// By which way.
    pub channel: Option<String>,
}

/// A recorded order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The order.
    pub order: Order,
    /// What it moved.
    pub entries: Vec<Entry>,
    /// What it promised for later.
    pub promised: Vec<Promised>,
    /// The rewards that it brought.
    pub issued: Vec<Redemption>,
    /// The card after it.
    pub sheet: CardSheet,
    /// Whether it was recorded now, not before.
    pub is_new: bool,
}

/// Records an order. The same order again answers the same and earns nothing more.
pub fn record_order(tx: &mut Tx<'_>, deed: &Deed, new: &NewOrder) -> Result<Recorded, ActionError> {
    let (found, refusal) = find_meant(tx, deed, &new.holder)?;
    let program = programs::get(tx, &found.program_id)?;
    let total = check_total(new, &program)?;
    let (card, invited) = lock_for_order(tx, &found, total.minor)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    lock_budgets(tx, &rulebook)?;
    let paid_at = new.paid_at.unwrap_or(deed.now);
    let purchase = purchase_of(&rulebook, new, total);
    let assessed = assess(tx, &rulebook, &card, Happening::Order(&purchase), paid_at)?;
    let mut order = Order {
        id: OrderId::new(deed.now),
        program_id: program.id,
        source: new.source.clone(),
        external_id: new.external_id.clone(),
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        fingerprint: fingerprint(new, &card.id, total),
        total_minor: total.minor,
        currency: total.currency,
        earned: assessed.evaluation.total,
        refunded_minor: 0,
        taken_back: Points::ZERO,
        detail: detail(new),
        paid_at,
        created_at: deed.now,
        counted: assessed.counted(&rulebook)?,
        basket: assessed.basket(&rulebook, &purchase)?,
        returned: String::new(),
        flags: String::new(),
    };
    if !orders::claim(tx, &order)? {
        return answer_again(tx, &order, |card| fingerprint(new, card, total));
    }
    refusal.map_or(Ok(()), Err)?;
    check_good(&card)?;
    let noticed = notice(tx, deed, &rulebook, &card, (new, paid_at))?;
    let place = new.location.as_deref();
    watch_order(tx, deed, &rulebook, &card, (&mut order, place, noticed))?;
    let said = json!({ "external_id": order.external_id, "earned": order.earned });
    deed.record(
        tx,
        Some(&order.program_id),
        "record_order",
        order.id.as_str(),
        &said,
    )?;
    let cause = Cause {
        order: Some(order.id.clone()),
        ..Cause::default()
    };
    let reason = format!("Order {}", order.external_id);
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    ledger.note_activity();
    let done = Activity {
        points: order.earned.get(),
        minor: order.total_minor,
        orders: 1,
    };
    ledger.note_done(order.paid_at, done);
    ledger.note_bought(order.paid_at, purchase.marks(), 1);
    if order.total_minor > 0 {
        ledger.release(tx)?;
    }
    credit(tx, &mut ledger, &rulebook, &card, &assessed, (&cause, &reason))?;
    ledger.count_order();
    ledger.note_occurred(|| Occurred::Order(purchase.lines.clone()));
    let payment = match invited {
        Some(invited) => pay_referral(tx, deed, &rulebook, &mut ledger, &order, invited)?,
        None => Payment::default(),
    };
    issue_automatic(tx, &mut ledger, &card, &rulebook, Some(&order.id))?;
    let event = payment.of_friend.clone();
    let closed = payment.close(tx, ledger)?;
    let recorded = Recorded {
        entries: of_order(closed.entries, &order.id, event.as_ref()),
        promised: closed.promised,
        issued: closed.handed,
        order,
        sheet: CardSheet::read(tx, closed.card)?,
        is_new: true,
    };
    if rulebook.is_heard {
        let program = &recorded.order.program_id;
        announce(tx, deed, program, &Happened::OrderRecorded(&recorded))?;
    }
    Ok(recorded)
}

/// What is to be seen of who serves whom, and of how the card was shown: refused, or noticed.
fn notice(
    tx: &mut Tx<'_>,
    deed: &Deed,
    rulebook: &Rulebook,
    card: &Card,
    (new, paid_at): (&NewOrder, Time),
) -> Result<Vec<&'static str>, ActionError> {
    let mut noticed = Vec::new();
    if is_own_card(tx, deed, &rulebook.policy, (card, "record_order"))? {
        noticed.push(OWN_CARD);
    }
    if let Holder::Card(scanned) = &new.holder {
        let freshness = rulebook.policy.freshness.as_ref();
        let paid = (new.total_minor, paid_at);
        noticed.extend(watch_scanned(tx, deed, freshness, (card, scanned), paid)?);
    }
    Ok(noticed)
}

/// What the order itself moved, and what its holder had for being invited; what had become due by then was moved
/// beside it.
fn of_order(entries: Vec<Entry>, order: &OrderId, event: Option<&Event>) -> Vec<Entry> {
    let is_own = |entry: &Entry| {
        let of_event = event.is_some_and(|event| entry.event_id.as_ref() == Some(&event.id));
        of_event || entry.order_id.as_ref() == Some(order)
    };
    entries.into_iter().filter(is_own).collect()
}

/// The order is known: the same one is answered again, another one is a clash.
fn answer_again(
    tx: &mut Tx<'_>,
    wanted: &Order,
    fingerprint_on: impl FnOnce(&CardId) -> String,
) -> Result<Recorded, ActionError> {
    let order = orders::find_by_external_id(tx, &wanted.program_id, &wanted.source, &wanted.external_id)?
        .ok_or_else(|| ActionError::internal("an order that clashes is not there"))?;
    // Where cards were joined since, what was said then is the same that is said now.
    let is_same = order.fingerprint == wanted.fingerprint
        || (leads_to(tx, &order.card_id, &wanted.card_id)?
            && order.fingerprint == fingerprint_on(&order.card_id));
    if !is_same {
        return Err(ActionError::new(Code::OrderExists));
    }
    tell_again(tx, order)
}

/// What was recorded before, with the card as it is now.
pub(super) fn tell_again(tx: &mut Tx<'_>, order: Order) -> Result<Recorded, ActionError> {
    let event = find_friends_event(tx, &order)?.map(|event| event.id);
    let mut entries = entries::list_by_order(tx, &order.id)?;
    let card = find_surviving(tx, &order.card_id)?;
    let mut filled = list_own_buckets(tx, &card.id, &order.id)?;
    let mut issued = redemptions::list_earned_by(tx, &order.id)?;
    if let Some(event) = event {
        entries.extend(entries::list_by_event(tx, &event)?);
        filled.extend(buckets::list_by_event(tx, &event)?);
        issued.extend(redemptions::list_by_event(tx, &event)?);
    }
    let is_earned = |entry: &Entry| matches!(entry.kind.as_str(), "earn" | "promotion");
    let entries = entries.into_iter().filter(is_earned).collect();
    let promised = filled
        .into_iter()
        .filter(|bucket| bucket.active_from > bucket.created_at)
        .map(|bucket| Promised {
            points: bucket.points,
            active_from: bucket.active_from,
        })
        .collect();
    Ok(Recorded {
        order,
        entries,
        promised,
        issued,
        sheet: CardSheet::read(tx, card)?,
        is_new: false,
    })
}

/// The card that a till means, or the one that acts for it; the newest good one of a member.
pub fn find_card(
    db: &mut Db,
    house: &House,
    program: Option<&ProgramId>,
    holder: &Holder,
) -> Result<Card, ActionError> {
    let sees = |card: &Card| program.is_none_or(|own| *own == card.program_id);
    let member = match holder {
        Holder::Card(text) => {
            let found = find_scanned(db, house, program, text)?;
            return Ok(find_shown(db, found)?);
        }
        Holder::Member(id) => Some(id.clone()),
        Holder::MemberExternal(external) => {
            let Some(program) = program else {
                let detail = "A key for all programs must name the member by id.";
                return Err(ActionError::fault("/member", "unknown_member", detail));
            };
            find_by_external_id(db, program, external)?
        }
    };
    let unknown = || ActionError::new(Code::UnknownMember);
    let cards = cards::list_by_member(db, &member.ok_or_else(unknown)?)?;
    let newest = cards
        .iter()
        .rfind(|card| card.voided_at.is_none() && card.merged_into.is_none())
        .or_else(|| cards.last())
        .cloned();
    let newest = newest.filter(sees).ok_or_else(unknown)?;
    if newest.merged_into.is_some() {
        let survivor = find_survivor(db, &newest.member_id)?;
        return find_card(db, house, program, &Holder::Member(survivor.id));
    }
    Ok(newest)
}

pub(super) fn check_total(new: &NewOrder, program: &Program) -> Result<Money, ActionError> {
    let currency = new.currency.unwrap_or(program.currency);
    if currency != program.currency {
        return Err(ActionError::with(
            Code::CurrencyMismatch,
            format!(
                "The program counts in {}, the order is in {currency}.",
                program.currency
            ),
        ));
    }
    if new.total_minor < 0 {
        let detail = "the order's total is negative; record a refund of the earlier order instead";
        return Err(ActionError::fault("/total/amount", "negative", detail));
    }
    Money::new(new.total_minor, currency)
        .map_err(|error| ActionError::fault("/total/amount", "out_of_range", error.to_string()))
}

/// The purchase as the rules see it.
pub(super) fn purchase_of(rulebook: &Rulebook, new: &NewOrder, total: Money) -> Purchase {
    let (channel, location) = (new.channel.clone(), new.location.clone());
    rulebook.purchase(total.minor, new.lines.clone(), channel, location)
}

/// Lines, location and channel as they are kept.
fn detail(new: &NewOrder) -> String {
    json!({ "lines": new.lines, "location": new.location, "channel": new.channel }).to_string()
}

fn fingerprint(new: &NewOrder, card: &CardId, total: Money) -> String {
    sha256_hex(
        json!([card, total, new.paid_at, detail(new)])
            .to_string()
            .as_bytes(),
    )
}
