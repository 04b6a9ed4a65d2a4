//! What a member sees of their own card on its page: where they stand, what they can have, what was moved.

use super::assess::rulebook;
use super::list_expiry_notices::list_endings;
use super::look_up_card::{TillSheet, look_up_card};
use super::pay_referral::{REFERRAL, REFERRED};
use super::promise::read_promise;
use super::redeem_ahead::get_own;
use super::surviving::list_joined;
use super::{ActionError, ChallengeStanding, House};
use crate::loyalty::expiring::{Expiring, Notices};
use crate::loyalty::freshness::Freshness;
use crate::loyalty::reward::Reward;
use crate::loyalty::rule::Trigger;
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::tier::Basis;
use crate::store::Db;
use crate::store::cards::Card;
use crate::store::entries::{self, Entry};
use crate::store::programs::{self, Program};
use crate::store::redemptions::Redemption;
use crate::types::{RedemptionId, Text, Time};

/// Movements that are listed.
const ENTRIES_MAX: i64 = 20;
/// Days ahead for which points that expire are told of, where the program tells of them later or never.
const AHEAD_DAYS: u16 = 30;

/// What a member sees of their card.
#[derive(Debug, Clone)]
pub struct MemberPage {
    /// The program.
    pub program: Program,
    /// What the till sees of the card, too.
    pub till: TillSheet,
    /// Whether the rewards that can be had are handed over at the till alone, in the order of `till.usable`.
    pub at_till: Vec<bool>,
    /// What the rewards in the member's hands promised, in the order of `till.issued`.
    pub promised: Vec<Reward>,
    /// The rewards that challenges give, in the order of `till.challenges`; `None` of those that give points.
    pub prizes: Vec<Option<Text>>,
    /// Points that expire soon, the next day first.
    pub expiring: Vec<Expiring>,
    /// What counts towards tiers.
    pub basis: Basis,
    /// What was last moved, newest first, with the reward that it was for.
    pub moved: Vec<(Entry, Option<Text>)>,
    /// What inviting brings, if it brings anything.
    pub invitation: Option<Invitation>,
}

/// What a member tells a friend, and what both have of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where the friend joins.
    pub url: String,
    /// What the friend has.
    pub friend: Benefit,
    /// What the member has.
    pub own: Benefit,
}

/// What somebody has of an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Benefit {
    /// Points.
    pub points: i64,
    /// Rewards.
    pub rewards: Vec<Text>,
}

impl Benefit {
    /// Whether it is none.
    pub const fn is_none(&self) -> bool {
        self.points == 0 && self.rewards.is_empty()
    }
}

/// Reads what a member sees of a card.
pub fn show_member(db: &mut Db, house: &House, card: Card, now: Time) -> Result<MemberPage, ActionError> {
    let program = programs::get(db, &card.program_id)?;
    let rulebook = rulebook(db, house, &program)?;
    let expiring = list_expiring(db, &rulebook, &card, now)?;
    let till = look_up_card(db, house, card, now)?;
    let asks = |reward: &Reward| asks_for_card(rulebook.policy.freshness.as_ref(), reward);
    let at_till = till.usable.iter().map(|offer| asks(&offer.listed.body)).collect();
    let mut promised = Vec::new();
    for redemption in &till.issued {
        promised.push(read_promise(db, &rulebook, redemption)?);
    }
    let prize =
        |one: &ChallengeStanding| find_name(&rulebook, one.challenge.body.then.reward.as_ref()?.as_str());
    let prizes = till.challenges.iter().map(prize).collect();
    let all = list_joined(db, &till.member.id)?;
    let moved = entries::list_by_members(db, &all, None, ENTRIES_MAX)?;
    let moved = moved.into_iter().map(|entry| {
        let name = entry.term_id.as_deref().and_then(|id| find_name(&rulebook, id));
        (entry, name)
    });
    Ok(MemberPage {
        at_till,
        promised,
        prizes,
        expiring,
        basis: rulebook.ladder.policy().by,
        moved: moved.collect(),
        invitation: invitation(house, &rulebook, &till, now),
        till,
        program,
    })
}

/// Reads a redemption that is on a card or on one that was joined with it, and what it promised.
pub fn show_redemption(
    db: &mut Db,
    house: &House,
    card: &Card,
    id: &RedemptionId,
) -> Result<(Program, Redemption, Reward), ActionError> {
    let redemption = get_own(db, card, id)?;
    let program = programs::get(db, &card.program_id)?;
    let rulebook = rulebook(db, house, &program)?;
    let reward = read_promise(db, &rulebook, &redemption)?;
    Ok((program, redemption, reward))
}

/// Whether a reward is handed over only to a card that is shown.
pub(super) fn asks_for_card(freshness: Option<&Freshness>, reward: &Reward) -> bool {
    freshness.is_some_and(|freshness| freshness.asks_reward(reward.cost, &reward.gives))
}

fn list_expiring(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &Card,
    now: Time,
) -> Result<Vec<Expiring>, ActionError> {
    let told = rulebook.policy.expiry_notice_days.iter().copied().max();
    let notices = Notices {
        days: &[told.unwrap_or_default().max(AHEAD_DAYS)],
        zone: rulebook.zone,
    };
    Ok(notices.list(list_endings(db, rulebook, card)?, now))
}

/// What a reward is called, if it is on the list still.
pub(super) fn find_name(rulebook: &Rulebook, id: &str) -> Option<Text> {
    let mut rewards = rulebook.rewards.iter();
    let known = rewards.find(|reward| reward.id.as_deref() == Some(id))?;
    Some(known.body.name.clone())
}

fn invitation(house: &House, rulebook: &Rulebook, till: &TillSheet, now: Time) -> Option<Invitation> {
    let known = till.profile.referral.as_ref()?;
    let (friend, own) = (benefit(rulebook, REFERRED, now), benefit(rulebook, REFERRAL, now));
    let brings = !friend.is_none() || !own.is_none();
    let is_good = till.member.blocked_at.is_none() && till.sheet.card.voided_at.is_none();
    (brings && is_good).then(|| Invitation {
        url: house.invitation_url(&known.slug, &known.code),
        friend,
        own,
    })
}

/// What the rules of an event give that are on.
fn benefit(rulebook: &Rulebook, event: &str, now: Time) -> Benefit {
    let mut all = Benefit::default();
    for rule in rulebook.rules.iter().map(|listed| &listed.body) {
        let is_on = rule.from.is_none_or(|from| from <= now) && rule.until.is_none_or(|until| now < until);
        if !is_on || !matches!(&rule.when, Trigger::Event(kind) if kind == event) {
            continue;
        }
        all.points += rule.then.points;
        let reward = rule.then.reward.as_ref();
        all.rewards
            .extend(reward.and_then(|id| find_name(rulebook, id.as_str())));
    }
    all
}
