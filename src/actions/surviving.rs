//! The card that a deed acts on: where members were joined, the one that acts for all of theirs.

use super::{ActionError, Code};
use crate::store::buckets::{self, Bucket};
use crate::store::cards::{self, Card};
use crate::store::members::{self, Member};
use crate::store::{Db, StoreError, Tx};
use crate::types::{CardId, MemberId, OrderId};

/// Locks the card that acts for another now. Whoever waited for a card that was joined meanwhile goes on with
/// the one that survives.
pub(super) fn lock_surviving(tx: &mut Tx<'_>, id: &CardId) -> Result<Card, StoreError> {
    let card = cards::lock(tx, id)?;
    go_on_to_surviving(tx, card)
}

/// The same for a card that is locked already.
pub(super) fn go_on_to_surviving(tx: &mut Tx<'_>, mut card: Card) -> Result<Card, StoreError> {
    while let Some(into) = card.merged_into {
        card = cards::lock(tx, &into)?;
    }
    Ok(card)
}

/// The same for a card that somebody shows: one that was voided acts for nobody.
pub(super) fn lock_shown(tx: &mut Tx<'_>, id: &CardId) -> Result<Card, StoreError> {
    let card = cards::lock(tx, id)?;
    go_on_to_shown(tx, card)
}

/// The same for a card that is locked already.
pub(super) fn go_on_to_shown(tx: &mut Tx<'_>, mut card: Card) -> Result<Card, StoreError> {
    while card.voided_at.is_none()
        && let Some(into) = &card.merged_into
    {
        card = cards::lock(tx, into)?;
    }
    Ok(card)
}

/// The card that acts for one that somebody shows; one that was voided acts for nobody.
pub fn find_shown(db: &mut Db, mut card: Card) -> Result<Card, StoreError> {
    while card.voided_at.is_none()
        && let Some(into) = &card.merged_into
    {
        card = cards::get(db, into)?;
    }
    Ok(card)
}

/// The card that acts for another.
pub(super) fn find_surviving(db: &mut Db, id: &CardId) -> Result<Card, StoreError> {
    let mut card = cards::get(db, id)?;
    while let Some(into) = card.merged_into {
        card = cards::get(db, &into)?;
    }
    Ok(card)
}

/// Whether what is of a card is of `own` now: the same one, or joined with it.
pub(super) fn leads_to(db: &mut Db, id: &CardId, own: &CardId) -> Result<bool, StoreError> {
    Ok(id == own || find_surviving(db, id)?.id == *own)
}

/// The member who stands for another.
pub(super) fn find_survivor(db: &mut Db, id: &MemberId) -> Result<Member, StoreError> {
    let mut member = members::get(db, id)?;
    while let Some(into) = member.merged_into {
        member = members::get(db, &into)?;
    }
    Ok(member)
}

/// A member and all who were joined with them.
pub fn list_joined(db: &mut Db, member: &MemberId) -> Result<Vec<MemberId>, StoreError> {
    let mut all = vec![member.clone()];
    let mut next = 0;
    while let Some(one) = all.get(next) {
        let merged = members::list_merged(db, one)?;
        all.extend(merged);
        next += 1;
    }
    Ok(all)
}

/// The buckets that an order filled on a card, or on one that was joined with it.
pub(super) fn list_own_buckets(
    db: &mut Db,
    card: &CardId,
    order: &OrderId,
) -> Result<Vec<Bucket>, StoreError> {
    let mut own = Vec::new();
    for bucket in buckets::list_by_order(db, order)? {
        if leads_to(db, &bucket.card_id, card)? {
            own.push(bucket);
        }
    }
    Ok(own)
}

/// Refuses a card that may not earn or redeem: it was voided, or its holder is blocked.
pub(super) fn check_good(card: &Card) -> Result<(), ActionError> {
    if card.voided_at.is_some() {
        return Err(ActionError::new(Code::CardVoided));
    }
    if card.blocked_at.is_some() {
        return Err(ActionError::new(Code::MemberBlocked));
    }
    Ok(())
}
