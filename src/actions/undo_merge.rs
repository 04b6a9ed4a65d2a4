//! Two members who were joined are parted again: what was moved goes back, what came since stays.

use serde_json::json;

use super::assess::rulebook;
use super::joining::part_person;
use super::ledger::{Ledger, Moved, Why};
use super::merge_members::{MergeDetail, undo_until};
use super::settle_redemption::take_back_automatic;
use super::surviving::find_surviving;
use super::{ActionError, CardSheet, Code, Deed};
use crate::store::cards::{self, Card};
use crate::store::entries::{self, Entry};
use crate::store::members::{self, Member};
use crate::store::merges::{self, Merge};
use crate::store::{Tx, activity, bought_days, challenges, gift_accounts, programs, redemptions};
use crate::types::{MergeId, Points};

/// Two members parted again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// The merge that was undone.
    pub merge: Merge,
    /// What was moved, on both sides.
    pub entries: Vec<Entry>,
    /// The survivor's card.
    pub sheet: CardSheet,
    /// The cards that act for themselves again.
    pub cards: Vec<CardSheet>,
    /// What the survivor's card owes now, for what was spent meanwhile.
    pub owed: Points,
    /// Kinds of identities that somebody else has by now, and that could not be given back.
    pub lost: Vec<String>,
}

/// Undoes a merge; the same one again changes nothing.
pub fn undo_merge(tx: &mut Tx<'_>, deed: &Deed, id: &MergeId) -> Result<Parted, ActionError> {
    let seen = merges::get(tx, id)?;
    deed.caller.check_sees(&seen.program_id)?;
    let (survivor, merged) = lock_members(tx, &seen)?;
    let merge = merges::lock(tx, id)?;
    if merge.blanked_at.is_some() {
        return Err(ActionError::new(Code::MergeForgotten));
    }
    let detail: MergeDetail = serde_json::from_str(&merge.detail).map_err(ActionError::internal)?;
    if merge.undone_at.is_some() {
        return answer_again(tx, merge, &detail);
    }
    let program = programs::get(tx, &merge.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    if deed.now >= undo_until(&merge, rulebook.policy.undo_days()) {
        return Err(ActionError::new(Code::MergeTooOld));
    }
    let newest = merges::list_standing(tx, &merge.survivor_id)?;
    if newest.first().is_none_or(|one| one.id != merge.id) {
        return Err(ActionError::new(Code::MergeNotLast));
    }
    let (target, sources) = lock_cards(tx, &merge, &detail)?;
    let words = (
        format!("Parted from {}", merge.merged_id),
        format!("Parted from {}", merge.survivor_id),
    );
    let why = Why {
        leaving: &words.0,
        coming: &words.1,
    };
    let mut ledger = Ledger::open(tx, deed, &rulebook, target)?;
    let (own_activity, joint_activity) = detail.active_at;
    let is_idle = ledger.active_at() == joint_activity;
    let mut returned = Vec::new();
    let mut entries = Vec::new();
    // The last one first, as each came upon those before it.
    for (moved, source) in detail.moved.iter().zip(&sources).rev() {
        let mut back = Ledger::open(tx, deed, &rulebook, source.clone())?;
        ledger.bring_back(tx, &mut back, moved, (merge.created_at, why))?;
        if !is_idle {
            back.set_active_at(ledger.active_at());
        }
        activity::part(tx, &source.id, &merge.card_id)?;
        bought_days::part(tx, &source.id, &merge.card_id)?;
        challenges::part(tx, &source.id, &merge.card_id)?;
        ledger.look_again();
        entries.extend(back.close(tx)?.entries);
        returned.push(cards::set_merged(tx, &source.id, None)?);
    }
    if is_idle {
        ledger.set_active_at(own_activity);
    }
    for (place, redemption) in &detail.redemptions {
        if let Some(source) = sources.get(*place) {
            redemptions::put_on(tx, redemption, (&source.id, &source.member_id))?;
        }
    }
    // What both together were given points for by itself is not the survivor's alone.
    let card = ledger.card();
    take_back_automatic(tx, &mut ledger, &card, &rulebook)?;
    let closed = ledger.close(tx)?;
    gift_accounts::give_back(tx, &detail.gifts, (&survivor.id, &merged.id))?;
    let lost = part_person(tx, deed, &survivor, merged, &detail.taken)?;
    merges::set_undone(tx, id, deed.now)?;
    let said = json!({ "into": merge.survivor_id, "from": merge.merged_id });
    deed.record(tx, Some(&program.id), "undo_merge", id.as_str(), &said)?;
    entries.extend(closed.entries);
    returned.reverse();
    parted(
        tx,
        Merge {
            undone_at: Some(deed.now),
            ..merge
        },
        (entries, lost),
        (closed.card, returned),
    )
}

fn parted(
    tx: &mut Tx<'_>,
    merge: Merge,
    (entries, lost): (Vec<Entry>, Vec<String>),
    (target, sources): (Card, Vec<Card>),
) -> Result<Parted, ActionError> {
    let mut cards = Vec::new();
    for card in sources {
        cards.push(CardSheet::read(tx, card)?);
    }
    Ok(Parted {
        merge,
        entries,
        owed: target.balance.min(Points::ZERO).absolute(),
        sheet: CardSheet::read(tx, target)?,
        cards,
        lost,
    })
}

/// The members were parted before: what was moved then, and the cards as they are.
fn answer_again(tx: &mut Tx<'_>, merge: Merge, detail: &MergeDetail) -> Result<Parted, ActionError> {
    let mut entries = Vec::new();
    let mut sources = Vec::new();
    for Moved { card, left, came, .. } in &detail.moved {
        for id in [left, came].into_iter().flatten() {
            entries.extend(entries::find_reversal(tx, id)?);
        }
        sources.push(cards::get(tx, card)?);
    }
    let target = find_surviving(tx, &merge.card_id)?;
    parted(tx, merge, (entries, Vec::new()), (target, sources))
}

/// Both members, locked in the order of their ids.
fn lock_members(tx: &mut Tx<'_>, merge: &Merge) -> Result<(Member, Member), ActionError> {
    let (survivor, merged) = (&merge.survivor_id, &merge.merged_id);
    if survivor < merged {
        let survivor = members::lock(tx, survivor)?;
        Ok((survivor, members::lock(tx, merged)?))
    } else {
        let merged = members::lock(tx, merged)?;
        Ok((members::lock(tx, survivor)?, merged))
    }
}

/// The joined cards and the one that acts for them, locked in the order in which whoever meant a joined one does:
/// that one first.
fn lock_cards(
    tx: &mut Tx<'_>,
    merge: &Merge,
    detail: &MergeDetail,
) -> Result<(Card, Vec<Card>), ActionError> {
    let mut sources = Vec::new();
    for moved in &detail.moved {
        sources.push(cards::lock(tx, &moved.card)?);
    }
    Ok((cards::lock(tx, &merge.card_id)?, sources))
}
