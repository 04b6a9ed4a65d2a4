//! A member is blocked, who then earns and redeems nothing, or let in again.

use serde_json::json;

use super::announce::announce_card;
use super::change_member::lock;
use super::joining::edit;
use super::reason::need_reason;
use super::{ActionError, Deed, MemberSheet};
use crate::store::Tx;
use crate::store::cards::{self, Card};
use crate::store::members::Member;
use crate::types::MemberId;

/// Blocks a member. Refunds and what else takes points away work all the same.
pub fn block_member(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    reason: &str,
) -> Result<MemberSheet, ActionError> {
    let reason = need_reason(reason)?;
    let member = lock(tx, deed, id, None)?;
    if member.blocked_at.is_some() && member.block_reason.as_deref() == Some(reason.as_str()) {
        return MemberSheet::read(tx, member);
    }
    let blocked = Member {
        blocked_at: member.blocked_at.or(Some(deed.now)),
        block_reason: Some(reason),
        ..member
    };
    set(tx, deed, blocked, "block_member")
}

/// Lets a blocked member earn and redeem again.
pub fn unblock_member(tx: &mut Tx<'_>, deed: &Deed, id: &MemberId) -> Result<MemberSheet, ActionError> {
    let member = lock(tx, deed, id, None)?;
    if member.blocked_at.is_none() {
        return MemberSheet::read(tx, member);
    }
    let free = Member {
        blocked_at: None,
        block_reason: None,
        ..member
    };
    set(tx, deed, free, "unblock_member")
}

fn set(tx: &mut Tx<'_>, deed: &Deed, member: Member, name: &str) -> Result<MemberSheet, ActionError> {
    let member = edit(tx, deed, member)?;
    for card in cards::list_by_member(tx, &member.id)? {
        // An order that holds the card is done first; one that waits for it sees the mark.
        let card = cards::lock(tx, &card.id)?;
        cards::set_blocked(tx, &card.id, member.blocked_at)?;
        let blocked_at = member.blocked_at;
        announce_card(tx, deed, &Card { blocked_at, ..card })?;
    }
    // The reason may name a person, and the books outlive the person's data.
    let detail = json!({ "version": member.version });
    deed.record(tx, Some(&member.program_id), name, member.id.as_str(), &detail)?;
    MemberSheet::read(tx, member)
}
