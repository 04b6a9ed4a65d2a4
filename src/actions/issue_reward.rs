//! A member gets a reward: its points are held, and a code is given that the till reads once.

use serde_json::json;

use super::assess::{rulebook, used};
use super::ledger::{Cause, Ledger, Movement};
use super::list_offers::read_holder;
use super::own_card::watch_own_card;
use super::record_order::{Holder, find_card};
use super::showing::{Showing, watch_shown};
use super::surviving::{check_good, lock_shown};
use super::{ActionError, CardCode, CardSheet, Code, Deed};
use crate::loyalty::reward::{Gift, Reward};
use crate::loyalty::rule::Limit;
use crate::loyalty::rule::facts::{Facts, Member};
use crate::loyalty::rulebook::{Listed, Rulebook};
use crate::store::cards::Card;
use crate::store::entries::Entry;
use crate::store::gift_accounts::GiftAccount;
use crate::store::redemptions::{self, ISSUED, Redemption};
use crate::store::standings::TermUse;
use crate::store::{Tx, programs, standings};
use crate::types::{Day, EventId, MemberId, OrderId, Points, RedemptionId, RewardId, Time};

/// Most rewards that one order or event issues by itself; the next one goes on.
const AUTOMATIC_MAX: u32 = 100;

/// A reward in a member's hands, or what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// The redemption.
    pub redemption: Redemption,
    /// The reward, in the version that was issued.
    pub reward: Reward,
    /// What it moved.
    pub entries: Vec<Entry>,
    /// The gift card that it became.
    pub gift_card: Option<GiftAccount>,
    /// The card after it.
    pub sheet: CardSheet,
}

/// Who wanted a reward.
pub(super) struct Origin<'a> {
    /// `member`, `automatic`, or a rule's id.
    pub(super) by: &'a str,
    /// The order that earned it.
    pub(super) order: Option<&'a OrderId>,
    /// The event that earned it.
    pub(super) event: Option<&'a EventId>,
}

/// Issues a reward to a member who wants it, without anything that shows their card.
pub fn issue_reward(
    tx: &mut Tx<'_>,
    deed: &Deed,
    member: &MemberId,
    reward: &RewardId,
) -> Result<Handed, ActionError> {
    issue_shown(tx, deed, (member, reward), &Showing::default())
}

/// Issues a reward to a member who wants it and whose card is shown.
pub fn issue_shown(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (member, reward): (&MemberId, &RewardId),
    showing: &Showing,
) -> Result<Handed, ActionError> {
    let holder = Holder::Member(member.clone());
    let found = find_card(tx, &deed.house, deed.caller.program.as_ref(), &holder)?;
    let card = lock_shown(tx, &found.id)?;
    check_good(&card)?;
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    let listed = rulebook
        .rewards
        .iter()
        .find(|listed| listed.id.as_deref() == Some(reward.as_str()))
        .ok_or_else(|| ActionError::new(Code::UnknownReward))?;
    let flag = watch_hand_over(tx, deed, &rulebook, (&card, &listed.body), showing)?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    ledger.note_activity();
    let origin = Origin {
        by: MEMBER,
        order: None,
        event: None,
    };
    let mut redemption = issue(tx, &mut ledger, &card, &rulebook, listed, &origin)?;
    if let Some(flag) = flag {
        flag_redemption(tx, deed, &mut redemption, flag)?;
    }
    let closed = ledger.close(tx)?;
    let said = json!({ "reward": reward, "cost": redemption.cost });
    deed.record(
        tx,
        Some(&program.id),
        "issue_reward",
        redemption.id.as_str(),
        &said,
    )?;
    let is_own = |entry: &Entry| Some(&entry.id) == redemption.entry_id.as_ref();
    Ok(Handed {
        entries: closed.entries.into_iter().filter(is_own).collect(),
        redemption,
        reward: listed.body.clone(),
        gift_card: None,
        sheet: CardSheet::read(tx, closed.card)?,
    })
}

/// Who serves whom, and how the card is shown; says what the redemption is flagged with.
fn watch_hand_over(
    tx: &mut Tx<'_>,
    deed: &Deed,
    rulebook: &Rulebook,
    (card, reward): (&Card, &Reward),
    showing: &Showing,
) -> Result<Option<&'static str>, ActionError> {
    let policy = &rulebook.policy;
    watch_own_card(tx, deed, policy, (card, "issue_reward"))?;
    let freshness = policy.freshness.as_ref();
    let asking = freshness.filter(|freshness| freshness.asks_reward(reward.cost, &reward.gives));
    watch_shown(tx, deed, asking, (card, "issue_reward"), showing)
}

/// Notes with a redemption what was noticed about it.
pub(super) fn flag_redemption(
    tx: &mut Tx<'_>,
    deed: &Deed,
    redemption: &mut Redemption,
    flag: &str,
) -> Result<(), ActionError> {
    redemption.flags = json!([flag]).to_string();
    redemptions::set_flags(tx, &redemption.id, &redemption.flags)?;
    deed.record(
        tx,
        Some(&redemption.program_id),
        "flag_redemption",
        redemption.id.as_str(),
        &json!({ "noticed": [flag] }),
    )?;
    Ok(())
}

/// Issues a reward to the holder of a card whose ledger is open.
pub(super) fn issue(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    card: &Card,
    rulebook: &Rulebook,
    listed: &Listed<Reward>,
    origin: &Origin<'_>,
) -> Result<Redemption, ActionError> {
    let now = ledger.now();
    let reward = &listed.body;
    let id = listed.id.as_deref().unwrap_or_default();
    check_offer(tx, card, rulebook, reward, now)?;
    let today = rulebook.zone.local(now).day;
    check_limits(tx, card, reward, id, today)?;
    if let Some(most) = reward.most() {
        let name = reward.counted_as(id);
        standings::lock_totals(tx, &[&name])?;
        let taken = standings::list_totals(tx, &[&name])?
            .first()
            .map_or(0, |total| total.times);
        if taken >= most {
            return Err(ActionError::new(Code::RewardSoldOut));
        }
        standings::add_total(tx, &name, 1, 0)?;
    }
    if !reward.limits.is_empty() {
        standings::add_use(tx, &card.member_id, id, today.number(), 1, 0)?;
    }
    // A benefit by a rule costs nothing, whatever the catalogue says.
    let cost = if origin.by == MEMBER || origin.by == AUTOMATIC {
        reward.cost
    } else {
        0
    };
    let cost = Points::new(cost).map_err(ActionError::internal)?;
    // Who owes points may still have what costs none: an order is not to fail for a gift.
    if !cost.is_zero() && ledger.balance() < cost {
        let detail = format!(
            "The card has {} points, the reward costs {cost}.",
            ledger.balance()
        );
        return Err(ActionError::with(Code::InsufficientPoints, detail));
    }
    let entry_id = if cost.is_zero() {
        None
    } else {
        let movement = Movement {
            kind: "redeem",
            points: cost,
            cause: Cause {
                term: Some((id.to_owned(), listed.version)),
                ..Cause::default()
            },
            reason: reward.name.fallback().to_owned(),
            explanation: None,
        };
        ledger.take(tx, movement)?;
        ledger.entries().last().map(|entry| entry.id.clone())
    };
    let redemption = Redemption {
        id: RedemptionId::new(now),
        program_id: card.program_id.clone(),
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        reward_id: id.to_owned(),
        reward_version: listed.version,
        code: CardCode::random().as_str().to_owned(),
        state: ISSUED.to_owned(),
        origin: origin.by.to_owned(),
        cost,
        entry_id,
        earned_by: origin.order.cloned(),
        used_for: None,
        issued_at: now,
        expires_at: reward.ends(rulebook.zone, now),
        settled_at: None,
        gift_account_id: None,
        event_id: origin.event.cloned(),
        flags: String::new(),
        opens_max: match &reward.gives {
            Gift::Download(download) => Some(download.opens_max()),
            _ => None,
        },
        opened: 0,
    };
    redemptions::insert(tx, &redemption)?;
    ledger.hand(&redemption);
    Ok(redemption)
}

/// The origin of rewards that a member asked for.
pub(super) const MEMBER: &str = "member";
/// The origin of rewards that are issued as soon as the points suffice.
pub(super) const AUTOMATIC: &str = "automatic";

/// Refuses what cannot be had now, or not by the holder of the card.
fn check_offer(
    tx: &mut Tx<'_>,
    card: &Card,
    rulebook: &Rulebook,
    reward: &Reward,
    now: Time,
) -> Result<(), ActionError> {
    let holder = if reward.conditions.is_empty() {
        Member::default()
    } else {
        read_holder(tx, rulebook, card, now)?
    };
    let facts = Facts::apart(&holder, now, rulebook.zone);
    if !reward.is_for(&facts) {
        return Err(ActionError::new(Code::NotEligible));
    }
    if !reward.is_on_offer(&facts) {
        return Err(ActionError::new(Code::RewardNotAvailable));
    }
    Ok(())
}

fn check_limits(
    tx: &mut Tx<'_>,
    card: &Card,
    reward: &Reward,
    id: &str,
    today: Day,
) -> Result<(), ActionError> {
    if reward.limits.is_empty() {
        return Ok(());
    }
    let first = first_day(reward, today).map_or(i64::MAX, Day::number);
    let uses = standings::list_uses(tx, &card.member_id, &[id], first)?;
    let Some(times) = limit_reached(reward, id, &uses, today) else {
        return Ok(());
    };
    let detail = format!("The member has had the reward {times} times, which is the most.");
    Err(ActionError::with(Code::LimitReached, detail))
}

/// The first day that a limit of a reward counts; `None` if none counts days.
pub(super) fn first_day(reward: &Reward, today: Day) -> Option<Day> {
    let limits = reward.limits.iter();
    limits.filter_map(|limit| limit.within.first_day(today)).min()
}

/// How many times a limit of a reward allows that is used up.
pub(super) fn limit_reached(reward: &Reward, id: &str, uses: &[TermUse], today: Day) -> Option<i64> {
    let reached = reward.limits.iter().find(|limit| {
        let of_uses = Limit {
            times: Some(limit.times),
            points: None,
            within: limit.within,
            per: None,
        };
        used(uses, Some(id), &of_uses, today).times >= limit.times
    });
    reached.map(|limit| limit.times)
}

/// Whether a reward cannot be had for a reason that is no fault of whoever earns.
pub(super) const fn is_unavailable(error: &ActionError) -> bool {
    matches!(
        error.code,
        Code::RewardSoldOut | Code::RewardNotAvailable | Code::NotEligible | Code::LimitReached
    )
}

/// Issues every automatic reward that the balance suffices for. One that is sold out, over or at its limit is passed by.
pub(super) fn issue_automatic(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    card: &Card,
    rulebook: &Rulebook,
    order: Option<&OrderId>,
) -> Result<(), ActionError> {
    let mut issued = 0;
    for listed in rulebook.rewards.iter().filter(|listed| listed.body.automatic) {
        let origin = Origin {
            by: AUTOMATIC,
            order,
            event: None,
        };
        while ledger.balance().get() >= listed.body.cost && issued < AUTOMATIC_MAX {
            match issue(tx, ledger, card, rulebook, listed, &origin) {
                Ok(_) => issued += 1,
                Err(error) if is_unavailable(&error) => break,
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
