//! Two members are one person: one of them stands for both from then on, and nothing in the ledger is rewritten.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::announce::announce_card;
use super::assess::rulebook;
use super::issue_reward::issue_automatic;
use super::joining::{JoinedPerson, TakenOver, join_person};
use super::ledger::{Ledger, Moved, Why};
use super::reason::read_reason;
use super::{ActionError, CardSheet, Code, Deed, House, Profile};
use crate::loyalty::rulebook::Rulebook;
use crate::store::cards::{self, Card};
use crate::store::deliveries::{self, Lane};
use crate::store::entries::Entry;
use crate::store::members::{self, Identity, Member};
use crate::store::merges::{self, Merge};
use crate::store::{StoreError, Tx, activity, bought_days, challenges, gift_accounts, programs, redemptions};
use crate::types::{GiftAccountId, MemberId, MergeId, Points, RedemptionId, Time};

pub use super::joining::Clash;

const DAY_MS: i64 = 86_400_000;

/// What a member has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holdings {
    /// Points that can be spent; below zero if some are owed.
    pub balance: Points,
    /// Points that were promised.
    pub pending: Points,
    /// How many orders.
    pub orders: i64,
}

/// Two members joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The merge.
    pub merge: Merge,
    /// Who stands for both.
    pub survivor: Member,
    /// What the survivor had on the card that acts for all.
    pub before: Holdings,
    /// What the other had.
    pub joined: Holdings,
    /// What there is after it.
    pub after: Holdings,
    /// What leads to the survivor now; those that were taken over name from whom.
    pub identities: Vec<Identity>,
    /// What both had and only one can keep.
    pub clashes: Vec<Clash>,
    /// The other's cards, which act for nobody by themselves any more.
    pub cards: Vec<Card>,
    /// Rewards in the other's hands, which are in the survivor's now.
    pub redemptions: Vec<RedemptionId>,
    /// What was moved, on both sides.
    pub entries: Vec<Entry>,
    /// The card that acts for all.
    pub sheet: CardSheet,
    /// What else is known of the survivor.
    pub profile: Profile,
    /// Until when they can be parted again.
    pub undo_until: Time,
}

/// What it takes to part the members again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MergeDetail {
    pub(super) moved: Vec<Moved>,
    pub(super) redemptions: Vec<(usize, RedemptionId)>,
    /// Gift cards that were the other's.
    #[serde(default)]
    pub(super) gifts: Vec<GiftAccountId>,
    /// When the survivor last earned or spent, by themselves and together.
    pub(super) active_at: (Time, Time),
    pub(super) taken: TakenOver,
}

/// Joins `from` into `into`.
pub fn merge_members(
    tx: &mut Tx<'_>,
    deed: &Deed,
    into: &MemberId,
    from: &MemberId,
    reason: &str,
) -> Result<Joined, ActionError> {
    let reason = read_reason(reason)?;
    let (survivor, merged) = lock_members(tx, deed, into, from)?;
    let program = programs::get(tx, &survivor.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    let (target, sources) = lock_cards(tx, &survivor, &merged)?;
    let id = MergeId::new(deed.now);
    let words = (format!("Joined into {into}"), format!("Joined from {from}"));
    let why = Why {
        leaving: &words.0,
        coming: &words.1,
    };
    let mut ledger = Ledger::open(tx, deed, &rulebook, target.clone())?;
    let before = holdings(&ledger, target.orders);
    let own_activity = ledger.active_at();
    let mut moving = Moving::default();
    for source in sources {
        moving.add(tx, (deed, &rulebook), &mut ledger, (source, &target), why)?;
    }
    let active_at = (own_activity, ledger.active_at());
    let JoinedPerson {
        survivor,
        taken,
        clashes,
        ..
    } = join_person(tx, deed, &survivor, &merged)?;
    // What both had may suffice now, within what both have used.
    issue_automatic(tx, &mut ledger, &target, &rulebook, None)?;
    let closed = ledger.close(tx)?;
    let detail = MergeDetail {
        gifts: gift_accounts::move_all(tx, &merged.id, &survivor.id)?,
        moved: moving.moved,
        redemptions: moving.redemptions,
        active_at,
        taken,
    };
    let merge = Merge {
        id,
        program_id: program.id.clone(),
        survivor_id: survivor.id.clone(),
        merged_id: merged.id,
        card_id: target.id,
        reason,
        actor: deed.caller.actor.clone(),
        detail: serde_json::to_string(&detail).map_err(ActionError::internal)?,
        created_at: deed.now,
        undone_at: None,
        blanked_at: None,
    };
    merges::insert(tx, &merge)?;
    let said = json!({ "into": into, "from": from, "points": moving.balance });
    deed.record(tx, Some(&program.id), "merge_members", merge.id.as_str(), &said)?;
    let points = |number| Points::new(number).map_err(ActionError::internal);
    moving.entries.extend(closed.entries);
    Ok(Joined {
        before,
        joined: Holdings {
            balance: points(moving.balance)?,
            pending: points(moving.pending)?,
            orders: moving.orders,
        },
        after: Holdings {
            balance: closed.card.balance,
            pending: closed.card.pending,
            orders: closed.card.orders,
        },
        identities: members::list_identities(tx, &survivor.id)?,
        clashes,
        cards: moving.cards,
        redemptions: detail.redemptions.into_iter().map(|(_, one)| one).collect(),
        entries: moving.entries,
        sheet: CardSheet::read(tx, closed.card)?,
        profile: Profile::read(tx, &survivor)?,
        undo_until: undo_until(&merge, rulebook.policy.undo_days()),
        survivor,
        merge,
    })
}

/// What was moved of all cards together.
#[derive(Default)]
struct Moving {
    balance: i64,
    pending: i64,
    orders: i64,
    moved: Vec<Moved>,
    redemptions: Vec<(usize, RedemptionId)>,
    entries: Vec<Entry>,
    cards: Vec<Card>,
}

impl Moving {
    /// Moves what a card has to the one that acts for all.
    fn add<'a>(
        &mut self,
        tx: &mut Tx<'_>,
        (deed, rulebook): (&'a Deed, &'a Rulebook),
        ledger: &mut Ledger<'a>,
        (source, target): (Card, &Card),
        why: Why<'_>,
    ) -> Result<(), ActionError> {
        let place = self.cards.len();
        self.orders += source.orders;
        let mut leaving = Ledger::open(tx, deed, rulebook, source.clone())?;
        self.balance += leaving.balance().get();
        self.pending += leaving.pending().get();
        self.moved.push(leaving.hand_over(tx, ledger, why)?);
        let held = redemptions::move_issued(tx, &source.id, (&target.id, &target.member_id))?;
        self.redemptions.extend(held.into_iter().map(|one| (place, one)));
        self.entries.extend(leaving.close(tx)?.entries);
        activity::join(tx, &source.id, &target.id)?;
        bought_days::join(tx, &source.id, &target.id)?;
        challenges::join(tx, &source.id, &target.id)?;
        ledger.look_again();
        let card = cards::set_merged(tx, &source.id, Some(&target.id))?;
        self.cards.push(card);
        Ok(())
    }
}

fn holdings(ledger: &Ledger<'_>, orders: i64) -> Holdings {
    Holdings {
        balance: ledger.balance(),
        pending: ledger.pending(),
        orders,
    }
}

/// Until when members who were joined can be parted again.
pub(super) fn undo_until(merge: &Merge, days: u16) -> Time {
    merge.created_at.plus_ms(i64::from(days) * DAY_MS)
}

/// Both members, locked in the order of their ids, if they can be joined.
fn lock_members(
    tx: &mut Tx<'_>,
    deed: &Deed,
    into: &MemberId,
    from: &MemberId,
) -> Result<(Member, Member), ActionError> {
    if into == from {
        let detail = "A member cannot be joined with themselves.";
        return Err(ActionError::fault("/from", "same_member", detail));
    }
    let unknown = || ActionError::fault("/from", "unknown_member", "The program has no such member.");
    let lock_from = |tx: &mut Tx<'_>| {
        let found = members::lock(tx, from).map_err(|error| match error {
            StoreError::NotFound => unknown(),
            other => other.into(),
        })?;
        let is_seen = deed.caller.check_sees(&found.program_id).is_ok() && found.erased_at.is_none();
        if is_seen { Ok(found) } else { Err(unknown()) }
    };
    let (survivor, merged) = if into < from {
        let survivor = members::lock(tx, into)?;
        (survivor, lock_from(tx)?)
    } else {
        let merged = lock_from(tx)?;
        (members::lock(tx, into)?, merged)
    };
    deed.caller.check_sees(&survivor.program_id)?;
    if survivor.erased_at.is_some() {
        return Err(ActionError::new(Code::NotFound));
    }
    if survivor.program_id != merged.program_id {
        let detail = "The members are in different programs.";
        return Err(ActionError::fault("/from", "other_program", detail));
    }
    for member in [&survivor, &merged] {
        check_single(member)?;
        if member.blocked_at.is_some() {
            let detail = format!("The member {} is blocked; unblock them first.", member.id);
            return Err(ActionError::with(Code::MemberBlocked, detail));
        }
    }
    Ok((survivor, merged))
}

/// Refuses a member for whom another one stands.
pub(super) fn check_single(member: &Member) -> Result<(), ActionError> {
    match &member.merged_into {
        None => Ok(()),
        Some(survivor) => {
            let detail = format!(
                "The member {} was joined with {survivor}, who stands for both.",
                member.id
            );
            Err(ActionError::with(Code::MemberMerged, detail))
        }
    }
}

/// The survivor's newest good card and all of the other's, locked in the order of their ids.
fn lock_cards(tx: &mut Tx<'_>, survivor: &Member, merged: &Member) -> Result<(Card, Vec<Card>), ActionError> {
    let no_card = || {
        let detail = "The member has no good card that the points could go to.";
        ActionError::with(Code::CardVoided, detail)
    };
    let target = cards::list_by_member(tx, &survivor.id)?
        .into_iter()
        .rfind(|card| card.voided_at.is_none())
        .ok_or_else(no_card)?
        .id;
    let mut wanted: Vec<_> = cards::list_by_member(tx, &merged.id)?
        .into_iter()
        .map(|card| card.id)
        .collect();
    wanted.push(target.clone());
    wanted.sort();
    let mut found = None;
    let mut sources = Vec::new();
    for id in wanted {
        let card = cards::lock(tx, &id)?;
        if card.id == target {
            found = Some(card);
        } else {
            sources.push(card);
        }
    }
    match found {
        Some(card) if card.voided_at.is_none() => Ok((card, sources)),
        _ => Err(no_card()),
    }
}

/// What joining would come to; it is done and taken back, so that it says just what would happen.
pub async fn preview_merge(
    house: &House,
    deed: Deed,
    join: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<Joined, ActionError> + Send + 'static,
) -> Result<Joined, ActionError> {
    let ended = house.store.write(move |tx| match join(tx, &deed) {
        Ok(joined) => Err::<(), _>(Preview::Done(Box::new(joined))),
        Err(error) => Err(Preview::Refused(error)),
    });
    match ended.await {
        Err(Preview::Done(joined)) => Ok(*joined),
        Err(Preview::Refused(error)) => Err(error),
        Ok(()) => Err(ActionError::internal("a preview was stored")),
    }
}

/// How a preview ends: always so that nothing of it is stored.
enum Preview {
    Done(Box<Joined>),
    Refused(ActionError),
}

impl From<StoreError> for Preview {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// Lets the phones of a card be told that something of its holder changed.
pub(super) fn redraw(tx: &mut Tx<'_>, deed: &Deed, card: &Card) -> Result<Card, ActionError> {
    let card = cards::touch(tx, card, deed.now)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    announce_card(tx, deed, &card)?;
    Ok(card)
}
