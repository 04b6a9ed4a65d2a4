//! A person at the shop gives or takes points by hand, with a reason.

use serde_json::json;

use super::record_order::{Holder, find_card};
use super::{ActionError, CardSheet, Code, Deed};
use crate::store::Tx;
use crate::store::cards;
use crate::store::deliveries::{self, Lane};
use crate::store::entries::{self, Entry};
use crate::types::{EntryId, MemberId, Points};

/// Longest reason, in characters.
const REASON_MAX: usize = 500;

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
    let points = check(points, reason)?;
    let found =
        find_card(tx, deed.caller.program.as_ref(), &Holder::Member(member.clone())).map_err(|error| {
            if error.code == Code::UnknownMember {
                ActionError::new(Code::NotFound)
            } else {
                error
            }
        })?;
    let card = cards::lock(tx, &found.id)?;
    if card.voided_at.is_some() {
        return Err(ActionError::new(Code::CardVoided));
    }
    let after = card
        .balance
        .plus(points)
        .map_err(|error| ActionError::with(Code::OutOfRange, error.to_string()))?;
    if after < Points::ZERO && points < Points::ZERO {
        let detail = format!(
            "The card has {} points, {} were to be taken.",
            card.balance,
            points.negated()
        );
        return Err(ActionError::with(Code::InsufficientPoints, detail));
    }
    let entry = Entry {
        id: EntryId::new(deed.now),
        program_id: card.program_id.clone(),
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        kind: "adjust".to_owned(),
        points,
        order_id: None,
        refund_id: None,
        reverses: None,
        reason: reason.trim().to_owned(),
        actor: deed.caller.actor.clone(),
        created_at: deed.now,
    };
    entries::insert(tx, &entry)?;
    let card = cards::add_points(tx, &card, points, card.remainder, deed.now)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    deed.record(
        tx,
        Some(&card.program_id),
        "adjust_points",
        entry.id.as_str(),
        &json!({ "points": points }),
    )?;
    Ok(Moved {
        entry,
        sheet: CardSheet::read(tx, card)?,
    })
}

fn check(points: i64, reason: &str) -> Result<Points, ActionError> {
    if points == 0 {
        return Err(ActionError::fault(
            "/points",
            "zero",
            "An adjustment moves at least one point.",
        ));
    }
    if reason.trim().is_empty() || reason.chars().count() > REASON_MAX {
        return Err(ActionError::fault(
            "/reason",
            "bad_reason",
            "Say why, in 1 to 500 characters.",
        ));
    }
    Points::new(points).map_err(|error| ActionError::fault("/points", "out_of_range", error.to_string()))
}
