//! A person is forgotten. The ledger keeps what was moved, and nothing leads from it to anybody.

use std::collections::BTreeMap;

use serde_json::json;

use super::announce::{Happened, announce, announce_card};
use super::joining::forget_taken;
use super::merge_members::{MergeDetail, redraw};
use super::surviving::list_joined;
use super::{ActionError, Code, Deed, MemberSheet};
use crate::store::birthdays;
use crate::store::cards::{self, Card};
use crate::store::deliveries::{self, Lane};
use crate::store::events;
use crate::store::gift_accounts;
use crate::store::members::{self, Member};
use crate::store::merges;
use crate::store::passes;
use crate::store::programs::{self, Program};
use crate::store::referrals;
use crate::store::surveys;
use crate::store::{Db, StoreError, Tx, idempotency, static_lists, webhook_deliveries};
use crate::types::{Attributes, MemberId, Provenances, Wallet};

/// Erases what is known of a member who is still at `version` (any, if `None`), and of all who were joined with
/// them, and voids their cards. From a survivor goes what came of a joined member who is erased.
pub fn erase_member(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    version: Option<i64>,
) -> Result<MemberSheet, ActionError> {
    let Person {
        old,
        joined,
        survivors,
    } = lock_person(tx, deed, id, version)?;
    let program = programs::get(tx, &old.program_id)?;
    let mut redrawn = Vec::new();
    for survivor in &survivors {
        forget_at(tx, deed, id, survivor)?;
        redrawn.push(survivor.id.clone());
    }
    let mut erased = Vec::new();
    for member in std::iter::once(old).chain(joined) {
        erased.push(forget(tx, deed, &program, member)?);
    }
    let mut all = Vec::new();
    for member in erased.iter().map(|one| &one.id).chain(&redrawn) {
        all.extend(cards::list_by_member(tx, member)?);
    }
    all.sort_by(|one, other| one.id.cmp(&other.id));
    let mut voided = Vec::new();
    for card in all {
        let card_id = card.id;
        let card = cards::lock(tx, &card_id)?;
        if redrawn.contains(&card.member_id) {
            redraw(tx, deed, &card)?;
        } else {
            void(tx, deed, &card)?;
            voided.push(card_id);
        }
    }
    deed.record(
        tx,
        Some(&program.id),
        "erase_member",
        id.as_str(),
        &json!({ "cards": voided }),
    )?;
    let mut first = None;
    for member in erased {
        let sheet = MemberSheet::read(tx, member)?;
        announce(tx, deed, &program.id, &Happened::MemberErased(&sheet))?;
        first.get_or_insert(sheet);
    }
    first.ok_or_else(|| ActionError::internal("nobody was erased"))
}

/// A member with all who were joined with them and all who stand for them, locked.
struct Person {
    old: Member,
    joined: Vec<Member>,
    /// The nearest first.
    survivors: Vec<Member>,
}

fn lock_person(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    version: Option<i64>,
) -> Result<Person, ActionError> {
    let (below, above) = find_person(tx, id)?;
    let mut wanted: Vec<&MemberId> = below.iter().chain(&above).collect();
    wanted.sort();
    let mut locked = BTreeMap::new();
    for one in wanted {
        locked.insert(one.clone(), members::lock(tx, one)?);
    }
    if find_person(tx, id)? != (below.clone(), above.clone()) {
        // Members were joined or parted while we waited.
        return Err(ActionError::new(Code::StaleEdit));
    }
    let mut take =
        |ids: Vec<MemberId>| -> Vec<Member> { ids.iter().filter_map(|one| locked.remove(one)).collect() };
    let survivors = take(above);
    let mut joined = take(below);
    if joined.is_empty() {
        return Err(ActionError::new(Code::NotFound));
    }
    let old = joined.remove(0);
    deed.caller.check_sees(&old.program_id)?;
    if old.erased_at.is_some() {
        return Err(ActionError::new(Code::NotFound));
    }
    if version.is_some_and(|wanted| wanted != old.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    joined.retain(|one| one.erased_at.is_none());
    Ok(Person {
        old,
        joined,
        survivors,
    })
}

/// The member with all who were joined with them, and all who stand for them, the nearest first.
fn find_person(db: &mut Db, id: &MemberId) -> Result<(Vec<MemberId>, Vec<MemberId>), StoreError> {
    let mut above = Vec::new();
    let mut member = members::get(db, id)?;
    while let Some(into) = member.merged_into {
        member = members::get(db, &into)?;
        above.push(into);
    }
    Ok((list_joined(db, id)?, above))
}

/// Takes from a survivor what came of the person, and from all merges on the way what they say of anybody.
fn forget_at(tx: &mut Tx<'_>, deed: &Deed, id: &MemberId, survivor: &Member) -> Result<(), ActionError> {
    let mut survivor = survivor.clone();
    for merge in merges::list_standing(tx, id)? {
        if merge.merged_id == *id && merge.blanked_at.is_none() {
            let detail: MergeDetail = serde_json::from_str(&merge.detail).map_err(ActionError::internal)?;
            survivor = forget_taken(tx, deed, &survivor, &detail.taken)?;
        }
    }
    idempotency::forget_answers(tx, survivor.id.as_str())?;
    for merge in merges::list_standing(tx, &survivor.id)? {
        // Of other joinings the survivor keeps what came by them, but can no longer be parted if they are on the way.
        if merge.merged_id == survivor.id {
            merges::blank_one(tx, &merge.id, deed.now)?;
        }
    }
    Ok(())
}

/// Blanks a member; the row stays, and so do amounts.
fn forget(tx: &mut Tx<'_>, deed: &Deed, program: &Program, old: Member) -> Result<Member, ActionError> {
    let id = old.id.clone();
    let version = old.version;
    let erased = Member {
        external_id: None,
        first_name: String::new(),
        last_name: String::new(),
        language: program.language.clone(),
        attributes: Attributes::default(),
        attribute_details: Provenances::default(),
        is_quiet: false,
        version: version + 1,
        updated_at: deed.now,
        erased_at: Some(deed.now),
        block_reason: None,
        note: String::new(),
        ..old
    };
    members::drop_identities(tx, &id)?;
    if !members::update(tx, &erased, version)? {
        return Err(ActionError::new(Code::StaleEdit));
    }
    idempotency::forget_answers(tx, id.as_str())?;
    events::forget_data(tx, &id)?;
    surveys::forget(tx, &id)?;
    merges::blank(tx, &id, deed.now)?;
    // What is left on a gift card was paid for and stays whoever's has its code; the row that it leads to is blank.
    gift_accounts::unlink_empty(tx, &id)?;
    birthdays::forget(tx, &id)?;
    referrals::drop_code(tx, &id)?;
    webhook_deliveries::forget(tx, &id)?;
    Ok(erased)
}

fn void(tx: &mut Tx<'_>, deed: &Deed, card: &Card) -> Result<(), ActionError> {
    // A card that was void before is made new too: the name leaves it.
    let voided_at = card.voided_at.unwrap_or(deed.now);
    let card = cards::set_voided(tx, card, Some(voided_at), deed.now)?;
    let card = cards::next_link_epoch(tx, &card)?;
    for pass in passes::list_by_card(tx, &card.id)? {
        if pass.wallet == Wallet::Google && pass.state == passes::REMOVED {
            // Google has the object even if nobody holds it, with the name on it.
            passes::set_state(tx, (&pass.id, Wallet::Google), passes::INSERTED)?;
        }
        // What Google shows has the name in it; what is remembered of an Apple pass may be guessed from its hash.
        passes::forget_shown(tx, &pass.id)?;
    }
    static_lists::forget(tx, &card.id)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    announce_card(tx, deed, &card)
}
