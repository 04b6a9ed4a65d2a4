//! All that decides what an order or event earns in a program, as it holds at one moment.

use std::collections::BTreeSet;

use super::automation::Listener;
use super::challenge::Challenge;
use super::earning::BaseRule;
use super::place::Place;
use super::policy::Policy;
use super::reward::Reward;
use super::rule::facts::{Line, Purchase};
use super::rule::{Award, Condition, Extra, Lines, Promotion, Rule, Trigger, Unit};
use super::segment::Segment;
use super::tier::{Ladder, Tier};
use crate::types::{Time, Zone};

/// A rule or promotion with the id and version that entries name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its id; `None` for the program's own base rule.
    pub id: Option<String>,
    /// Its version.
    pub version: i64,
    /// What it says.
    pub body: T,
}

/// The rules of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulebook {
    /// Where days begin.
    pub zone: Zone,
    /// What is settled once.
    pub policy: Policy,
    /// The base rule first, if it earns anything, then the active rules by age.
    pub rules: Vec<Listed<Rule>>,
    /// What tiers multiply by, then the active promotions by age.
    pub promotions: Vec<Listed<Promotion>>,
    /// The active rewards by age.
    pub rewards: Vec<Listed<Reward>>,
    /// The active tiers.
    pub ladder: Ladder,
    /// The active challenges by age.
    pub challenges: Vec<Listed<Challenge>>,
    /// The active segments that conditions name.
    pub segments: Vec<Listed<Segment>>,
    /// The automations that are on and wait for something to happen.
    pub automations: Vec<Listed<Listener>>,
    /// Whether anybody outside is told of what happens in the program.
    pub is_heard: bool,
    /// Where phones offer the program's cards, by name.
    pub places: Vec<Place>,
}

/// The terms of a program that are active, each kind by age.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActiveTerms {
    /// What orders and events earn.
    pub rules: Vec<Listed<Rule>>,
    /// What is given on top for a time.
    pub promotions: Vec<Listed<Promotion>>,
    /// What members get for their points.
    pub rewards: Vec<Listed<Reward>>,
    /// What members reach.
    pub tiers: Vec<Listed<Tier>>,
    /// What members are to do within a time.
    pub challenges: Vec<Listed<Challenge>>,
}

impl Rulebook {
    /// Puts a program's rules together; `version` is that of the program, and so of its base rule.
    pub fn new(base: BaseRule, version: i64, zone: Zone, policy: Policy, terms: ActiveTerms) -> Self {
        let multiplying = terms.tiers.iter().filter_map(multiplied);
        let base = (base.points > 0).then(|| Listed {
            id: None,
            version,
            body: base_rule(base),
        });
        Self {
            zone,
            promotions: multiplying.chain(terms.promotions).collect(),
            rules: base.into_iter().chain(terms.rules).collect(),
            rewards: terms.rewards,
            challenges: terms.challenges,
            ladder: Ladder::new(policy.tiers, terms.tiers),
            policy,
            segments: Vec::new(),
            automations: Vec::new(),
            is_heard: false,
            places: Vec::new(),
        }
    }

    /// Whether a rule or promotion asks for something that the card does not know by itself.
    pub fn asks_for_member(&self) -> bool {
        let conditions = self.rules.iter().flat_map(|rule| &rule.body.conditions);
        let of_promotions = self.promotions.iter().flat_map(|one| &one.body.conditions);
        let of_challenges = self.challenges.iter().flat_map(|one| &one.body.conditions);
        conditions
            .chain(of_promotions)
            .chain(of_challenges)
            .any(asks_for_member)
    }

    /// Whether a reward is for some members only, by something that the card does not know by itself.
    pub fn rewards_ask_for_member(&self) -> bool {
        let conditions = self.rewards.iter().flat_map(|one| &one.body.conditions);
        conditions.into_iter().any(asks_for_member)
    }

    /// The segments that conditions name, by name or id.
    pub fn named_segments(&self) -> BTreeSet<&str> {
        let rules = self.rules.iter().map(|one| &one.body.conditions);
        let promotions = self.promotions.iter().map(|one| &one.body.conditions);
        let challenges = self.challenges.iter().map(|one| &one.body.conditions);
        let rewards = self.rewards.iter().map(|one| &one.body.conditions);
        let all = rules.chain(promotions).chain(challenges).chain(rewards).flatten();
        let named = all.filter_map(|condition| match condition {
            Condition::Segment(names) => Some(names),
            _ => None,
        });
        named.flatten().map(String::as_str).collect()
    }

    /// A purchase as the rules see it: lines of excluded categories earn nothing.
    pub fn purchase(
        &self,
        total_minor: i64,
        lines: Vec<Line>,
        channel: Option<String>,
        location: Option<String>,
    ) -> Purchase {
        let is_excluded = |line: &Line| {
            let category = line.category.as_deref();
            category.is_some_and(|own| self.policy.excluded_categories.iter().any(|one| one == own))
        };
        let lines = lines
            .into_iter()
            .map(|line| Line {
                is_excluded: is_excluded(&line),
                ..line
            })
            .collect();
        Purchase {
            total_minor,
            lines,
            channel,
            location,
        }
    }
}

const fn asks_for_member(condition: &Condition) -> bool {
    matches!(
        condition,
        Condition::Segment(_) | Condition::Attribute(_) | Condition::MemberDays(_)
    )
}

/// What a tier multiplies by, as a promotion for its members that never ends.
fn multiplied(tier: &Listed<Tier>) -> Option<Listed<Promotion>> {
    Some(Listed {
        id: tier.id.clone(),
        version: tier.version,
        body: Promotion {
            name: tier.body.name.clone(),
            conditions: vec![Condition::Tier(vec![tier.body.name.clone()])],
            then: Extra::Multiply(tier.body.multiply?),
            from: Time::from_millis(i64::MIN),
            until: Time::from_millis(i64::MAX),
            budget: None,
        },
    })
}

fn base_rule(base: BaseRule) -> Rule {
    Rule {
        name: String::new(),
        when: Trigger::Order,
        conditions: Vec::new(),
        of: Lines::default(),
        then: Award {
            points: base.points,
            reward: None,
            per: Unit::Spend(base.per_minor),
        },
        limits: Vec::new(),
        budget: None,
        from: None,
        until: None,
        group: None,
        pending_days: 0,
    }
}
