//! What the shop knows of a member: who they are, what leads to them, what they agreed to, whom they stand for.

use super::assess::rulebook;
use super::merge_members::undo_until;
use super::{ActionError, Code, Deed, MemberSheet};
use crate::store::cards::Card;
use crate::store::members::{self, Consent, Member};
use crate::store::merges::{self, Merge};
use crate::store::programs::Program;
use crate::store::{Db, cards};
use crate::types::{MemberId, Text, Time};

/// What the shop knows of a member.
#[derive(Debug, Clone)]
pub struct MemberFile {
    /// Identities, cards and what else is known.
    pub sheet: MemberSheet,
    /// The card that acts for all of theirs, if they have one.
    pub card: Option<Card>,
    /// The tier that it has reached.
    pub tier: Option<Text>,
    /// What they agreed to and declined, newest first.
    pub consents: Vec<Consent>,
    /// Who stands for them, if they were joined with somebody.
    pub survivor: Option<Member>,
    /// Who was joined with them and can be parted again, the last one first.
    pub joined: Vec<JoinedLine>,
}

/// Somebody who was joined with a member.
#[derive(Debug, Clone)]
pub struct JoinedLine {
    /// The merge.
    pub merge: Merge,
    /// Who it was; nothing of somebody who was erased.
    pub other: Option<Member>,
    /// Until when they can be parted.
    pub until: Time,
    /// Whether they can be parted now: in time, and nobody was joined since.
    pub can_part: bool,
}

/// The card that acts for all of a member's: the newest good one, else the newest.
pub fn main_card<'a>(cards: impl Iterator<Item = &'a Card> + Clone) -> Option<&'a Card> {
    let good = |card: &&Card| card.voided_at.is_none() && card.merged_into.is_none();
    cards.clone().filter(good).last().or_else(|| cards.last())
}

/// The member of an id in the caller's program; one who was erased is not there.
pub fn get_member(db: &mut Db, deed: &Deed, id: &MemberId) -> Result<Member, ActionError> {
    let member = members::get(db, id)?;
    deed.caller.check_sees(&member.program_id)?;
    if member.erased_at.is_some() {
        return Err(ActionError::new(Code::NotFound));
    }
    Ok(member)
}

/// Reads what the shop knows of a member.
pub fn look_up_member(
    db: &mut Db,
    deed: &Deed,
    program: &Program,
    id: &MemberId,
) -> Result<MemberFile, ActionError> {
    let member = get_member(db, deed, id)?;
    let rulebook = rulebook(db, &deed.house, program)?;
    let survivor = match &member.merged_into {
        Some(into) => Some(members::get(db, into)?),
        None => None,
    };
    let mut joined = Vec::new();
    let standing = merges::list_by_survivor(db, id)?;
    for merge in standing.into_iter().filter(|merge| merge.undone_at.is_none()) {
        let other = members::get(db, &merge.merged_id)?;
        let until = undo_until(&merge, rulebook.policy.undo_days());
        joined.push(JoinedLine {
            other: Some(other).filter(|other| other.erased_at.is_none()),
            can_part: joined.is_empty() && merge.blanked_at.is_none() && deed.now < until,
            until,
            merge,
        });
    }
    let sheet = MemberSheet::read(db, member)?;
    let card = main_card(sheet.cards.iter().map(|one| &one.card)).cloned();
    let reached = card.as_ref().and_then(|card| card.tier_id.as_deref());
    Ok(MemberFile {
        tier: rulebook.ladder.find(reached).map(|tier| tier.body.title()),
        card,
        consents: members::list_consents(db, id)?,
        survivor,
        joined,
        sheet,
    })
}

/// The card that acts for a member, or `NotFound`.
pub fn get_main_card(db: &mut Db, id: &MemberId) -> Result<Card, ActionError> {
    let held = cards::list_by_member(db, id)?;
    let card = main_card(held.iter()).cloned();
    card.ok_or_else(|| ActionError::new(Code::NotFound))
}
