//! A person at the shop gives or takes points by hand, with a reason.

use serde_json::json;

use super::assess::rulebook;
use super::issue_reward::issue_automatic;
use super::ledger::{Cause, Ledger, Movement};
use super::own_card::watch_own_card;
use super::reason::need_reason;
use super::record_order::{Holder, find_card};
use super::surviving::{check_good, lock_shown};
use super::{ActionError, CardSheet, Code, Deed};
use crate::store::entries::Entry;
use crate::store::{Tx, programs};
use crate::types::{MemberId, Points};

/// A moved balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The entry.
    pub entry: Entry,
    /// The card after it.
    pub sheet: CardSheet,
}

/// Adds points to a member's card, or takes some; never more than there are.
pub fn adjust_points(
    tx: &mut Tx<'_>,
    deed: &Deed,
    member: &MemberId,
    points: i64,
    reason: &str,
) -> Result<Moved, ActionError> {
    let points = check(points)?;
    let reason = need_reason(reason)?;
    let holder = Holder::Member(member.clone());
    let found = find_card(tx, &deed.house, deed.caller.program.as_ref(), &holder).map_err(|error| {
        if error.code == Code::UnknownMember {
            ActionError::new(Code::NotFound)
        } else {
            error
        }
    })?;
    let card = lock_shown(tx, &found.id)?;
    if points > Points::ZERO {
        check_good(&card)?;
    } else if card.voided_at.is_some() {
        return Err(ActionError::new(Code::CardVoided));
    }
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    watch_own_card(tx, deed, &rulebook.policy, (&card, "adjust_points"))?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    let movement = Movement {
        kind: "adjust",
        points: points.absolute(),
        cause: Cause::default(),
        reason,
        explanation: None,
    };
    if points > Points::ZERO {
        ledger.add(tx, movement, 0)?;
        issue_automatic(tx, &mut ledger, &card, &rulebook, None)?;
    } else {
        if ledger.balance() < movement.points {
            let detail = format!(
                "The card has {} points, {} were to be taken.",
                ledger.balance(),
                movement.points
            );
            return Err(ActionError::with(Code::InsufficientPoints, detail));
        }
        ledger.take(tx, movement)?;
    }
    let closed = ledger.close(tx)?;
    let entry = closed
        .entries
        .iter()
        .rfind(|entry| entry.kind == "adjust")
        .cloned()
        .ok_or_else(|| ActionError::internal("an adjustment without an entry"))?;
    deed.record(
        tx,
        Some(&closed.card.program_id),
        "adjust_points",
        entry.id.as_str(),
        &json!({ "points": points }),
    )?;
    Ok(Moved {
        entry,
        sheet: CardSheet::read(tx, closed.card)?,
    })
}

fn check(points: i64) -> Result<Points, ActionError> {
    if points == 0 {
        return Err(ActionError::fault(
            "/points",
            "zero",
            "An adjustment moves at least one point.",
        ));
    }
    Points::new(points).map_err(|error| ActionError::fault("/points", "out_of_range", error.to_string()))
}
