//! A member gives points to another; those that have a date keep it.

use serde_json::json;

use super::assess::{rulebook, used};
use super::issue_reward::issue_automatic;
use super::ledger::{Cause, Ledger, Movement, close_both};
use super::own_card::watch_own_card;
use super::reason::read_reason;
use super::record_order::{Holder, find_card};
use super::surviving::{check_good, lock_shown};
use super::{ActionError, CardSheet, Code, Deed};
use crate::loyalty::rule::{Limit, Period};
use crate::loyalty::rulebook::Rulebook;
use crate::store::cards::Card;
use crate::store::entries::Entry;
use crate::store::{Tx, programs, standings};
use crate::types::{Day, EntryId, MemberId, Points};

/// Under what the points that a member gave away a day are counted, beside what was used of rules.
const COUNTED_AS: &str = "transfer";

/// What is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransfer {
    /// To whom.
    pub to: Holder,
    /// How many points.
    pub points: i64,
    /// Why.
    pub reason: String,
}

/// Points that went from one card to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// The entry on the giver's card.
    pub out: Entry,
    /// The entry on the other card.
    pub came: Entry,
    /// The giver's card after it.
    pub from: CardSheet,
    /// The other card after it.
    pub to: CardSheet,
}

/// Moves active points from a member's card to another card of the program.
pub fn transfer_points(
    tx: &mut Tx<'_>,
    deed: &Deed,
    from: &MemberId,
    new: &NewTransfer,
) -> Result<Transferred, ActionError> {
    let points = check(new)?;
    let reason = read_reason(&new.reason)?;
    let (giver, taker) = lock_both(tx, deed, from, &new.to)?;
    let program = programs::get(tx, &giver.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    if !rulebook.policy.transfers {
        return Err(ActionError::new(Code::TransfersOff));
    }
    for card in [&giver, &taker] {
        watch_own_card(tx, deed, &rulebook.policy, (card, "transfer_points"))?;
    }
    check_good(&giver)?;
    check_good(&taker)?;
    let today = rulebook.zone.local(deed.now).day;
    count(tx, &rulebook, &giver, points, today)?;
    let mut leaving = Ledger::open(tx, deed, &rulebook, giver.clone())?;
    if leaving.balance() < points {
        let detail = format!(
            "The card has {} points, {points} were to be given.",
            leaving.balance()
        );
        return Err(ActionError::with(Code::InsufficientPoints, detail));
    }
    let mut coming = Ledger::open(tx, deed, &rulebook, taker.clone())?;
    let (out, came) = (EntryId::new(deed.now), EntryId::new(deed.now));
    let movement = |kind, own: &EntryId, other: &EntryId, default: String| Movement {
        kind,
        points,
        cause: Cause {
            pair: Some((own.clone(), other.clone())),
            ..Cause::default()
        },
        reason: if reason.is_empty() {
            default
        } else {
            reason.clone()
        },
        explanation: None,
    };
    leaving.note_activity();
    let sent = movement("transfer_out", &out, &came, "Given to another card".to_owned());
    let dated = leaving.send(tx, sent)?;
    let received = movement("transfer_in", &came, &out, "From another card".to_owned());
    coming.receive(tx, received, &dated)?;
    issue_automatic(tx, &mut coming, &taker, &rulebook, None)?;
    let (left, arrived) = close_both(tx, leaving, coming)?;
    let said = json!({ "points": points, "to": taker.id });
    deed.record(tx, Some(&program.id), "transfer_points", out.as_str(), &said)?;
    Ok(Transferred {
        out: own_entry(left.entries, &out)?,
        came: own_entry(arrived.entries, &came)?,
        from: CardSheet::read(tx, left.card)?,
        to: CardSheet::read(tx, arrived.card)?,
    })
}

fn own_entry(entries: Vec<Entry>, id: &EntryId) -> Result<Entry, ActionError> {
    let own = entries.into_iter().find(|entry| entry.id == *id);
    own.ok_or_else(|| ActionError::internal("a transfer without its entry"))
}

fn check(new: &NewTransfer) -> Result<Points, ActionError> {
    if new.points <= 0 {
        let detail = "A transfer moves at least one point.";
        return Err(ActionError::fault("/points", "not_positive", detail));
    }
    Points::new(new.points).map_err(|error| ActionError::fault("/points", "out_of_range", error.to_string()))
}

/// The giver's card and the other one, locked in the order of their ids.
fn lock_both(
    tx: &mut Tx<'_>,
    deed: &Deed,
    from: &MemberId,
    to: &Holder,
) -> Result<(Card, Card), ActionError> {
    let program = deed.caller.program.as_ref();
    let giver = find_card(tx, &deed.house, program, &Holder::Member(from.clone()))?;
    let taker = find_card(tx, &deed.house, Some(&giver.program_id), to).map_err(|error| {
        let detail = "The program has no such member or card.";
        match error.code {
            Code::UnknownCard | Code::UnknownMember => ActionError::fault("/to", "unknown_member", detail),
            _ => error,
        }
    })?;
    let (giver, taker) = if giver.id < taker.id {
        let giver = lock_shown(tx, &giver.id)?;
        (giver, lock_shown(tx, &taker.id)?)
    } else {
        let taker = lock_shown(tx, &taker.id)?;
        (lock_shown(tx, &giver.id)?, taker)
    };
    if giver.id == taker.id || giver.member_id == taker.member_id {
        let detail = "Points cannot be given to oneself.";
        return Err(ActionError::fault("/to", "same_member", detail));
    }
    Ok((giver, taker))
}

/// Counts what the giver gives away today, up to the most that the program allows.
fn count(
    tx: &mut Tx<'_>,
    rulebook: &Rulebook,
    giver: &Card,
    points: Points,
    today: Day,
) -> Result<(), ActionError> {
    if let Some(most) = rulebook.policy.transfer_max {
        let within = Period::Day;
        let limit = Limit {
            times: None,
            points: Some(most),
            within,
            per: None,
        };
        let first = within.first_day(today).map_or(i64::MAX, Day::number);
        let uses = standings::list_uses(tx, &giver.member_id, &[COUNTED_AS], first)?;
        let so_far = used(&uses, Some(COUNTED_AS), &limit, today).points;
        if so_far.saturating_add(points.get()) > most {
            let detail = format!("The member has given {so_far} points today and may give {most} a day.");
            return Err(ActionError::with(Code::LimitReached, detail));
        }
    }
    standings::add_use(tx, &giver.member_id, COUNTED_AS, today.number(), 1, points.get())?;
    Ok(())
}
