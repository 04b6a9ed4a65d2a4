//! The rewards that are for a member at a moment, and which of them can be had at once.

use super::assess::{member_facts, rulebook};
use super::in_segments::find_own;
use super::issue_reward::{first_day, limit_reached};
use super::{ActionError, House};
use crate::loyalty::reward::Reward;
use crate::loyalty::rule::facts::{Facts, Member};
use crate::loyalty::rulebook::{Listed, Rulebook};
use crate::store::cards::Card;
use crate::store::{Db, members, programs, standings};
use crate::types::{Day, Points, Time};

/// A reward that is for a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The reward.
    pub listed: Listed<Reward>,
    /// Points that the card lacks for it.
    pub missing: i64,
    /// How many there are left for all members; `None` if they are not counted.
    pub left: Option<i64>,
    /// Whether the member has had as many as they may for now.
    pub is_at_limit: bool,
}

impl Offer {
    /// Whether it can be had at once.
    pub fn is_usable(&self) -> bool {
        let is_there = self.left.is_none_or(|left| left > 0);
        self.missing == 0 && is_there && !self.is_at_limit && !self.listed.body.automatic
    }
}

/// What the conditions of rewards are told of a card's holder.
pub(super) fn read_holder(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &Card,
    now: Time,
) -> Result<Member, ActionError> {
    let asked = rulebook.rewards_ask_for_member();
    let known = asked.then(|| members::get(db, &card.member_id)).transpose()?;
    Ok(Member {
        segments: find_own(db, rulebook, card, now)?,
        ..member_facts(rulebook, card, known.as_ref())
    })
}

/// Lists the rewards that are for a card's holder now, by their place in the catalogue.
pub fn list_offers(db: &mut Db, house: &House, card: &Card, now: Time) -> Result<Vec<Offer>, ActionError> {
    let program = programs::get(db, &card.program_id)?;
    let rulebook = rulebook(db, house, &program)?;
    let holder = read_holder(db, &rulebook, card, now)?;
    let facts = Facts::apart(&holder, now, rulebook.zone);
    let mut open: Vec<&Listed<Reward>> = rulebook
        .rewards
        .iter()
        .filter(|listed| listed.body.is_for(&facts) && listed.body.is_on_offer(&facts))
        .collect();
    open.sort_by(|one, other| one.body.place().cmp(&other.body.place()));
    weigh(db, card, facts.local.day, &open)
}

/// Says of each reward what stands between it and the member.
fn weigh(db: &mut Db, card: &Card, today: Day, open: &[&Listed<Reward>]) -> Result<Vec<Offer>, ActionError> {
    let counted: Vec<String> = open
        .iter()
        .filter(|listed| listed.body.most().is_some())
        .map(|listed| listed.body.counted_as(id_of(listed)))
        .collect();
    let counted: Vec<&str> = counted.iter().map(String::as_str).collect();
    let taken = standings::list_totals(db, &counted)?;
    let limited: Vec<&Listed<Reward>> = open
        .iter()
        .copied()
        .filter(|listed| !listed.body.limits.is_empty())
        .collect();
    let uses = if limited.is_empty() {
        Vec::new()
    } else {
        let ids: Vec<&str> = limited.iter().map(|listed| id_of(listed)).collect();
        let first = limited
            .iter()
            .filter_map(|listed| first_day(&listed.body, today))
            .min();
        standings::list_uses(db, &card.member_id, &ids, first.map_or(i64::MAX, Day::number))?
    };
    let offer = |listed: &&Listed<Reward>| {
        let (reward, id) = (&listed.body, id_of(listed));
        let name = reward.counted_as(id);
        let had = taken.iter().find(|total| total.term_id == name);
        Offer {
            missing: missing(reward, card.balance),
            left: reward
                .most()
                .map(|most| (most - had.map_or(0, |total| total.times)).max(0)),
            is_at_limit: limit_reached(reward, id, &uses, today).is_some(),
            listed: (*listed).clone(),
        }
    };
    Ok(open.iter().map(offer).collect())
}

/// The reward that costs least of those that a balance does not suffice for and that are for the member, whatever the
/// time: what a card shows does not change by itself.
pub(super) fn next_reward<'r>(
    rulebook: &'r Rulebook,
    balance: Points,
    facts: &Facts<'_>,
) -> Option<&'r Listed<Reward>> {
    let rewards = rulebook.rewards.iter();
    let beyond = rewards.filter(|listed| missing(&listed.body, balance) > 0 && listed.body.is_for(facts));
    beyond.min_by_key(|listed| listed.body.cost)
}

/// Points that a balance lacks for a reward. Who owes points may still have what costs none.
fn missing(reward: &Reward, balance: Points) -> i64 {
    if reward.cost == 0 {
        0
    } else {
        (reward.cost - balance.get()).max(0)
    }
}

fn id_of(listed: &Listed<Reward>) -> &str {
    listed.id.as_deref().unwrap_or_default()
}
