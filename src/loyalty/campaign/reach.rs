//! Which members of a campaign hear it: consent, reach, the cap on messages, and chance.

use serde::{Deserialize, Serialize};

use super::Campaign;
use crate::loyalty::rule::Hours;
use crate::types::{MemberId, sha256_hex};

/// Most messages to a member within 24 hours, where a program says nothing.
pub const DAY_MAX: u8 = 1;
/// Most messages to a member within 7 days, where a program says nothing.
pub const WEEK_MAX: u8 = 3;
/// Milliseconds of the two.
pub const DAY_MS: i64 = 86_400_000;
/// The longer one.
pub const WEEK_MS: i64 = 7 * DAY_MS;
/// In so many parts chance is measured.
const PARTS: u64 = 10_000;

/// How often, and when, members may hear from a program beside what they do themselves. What follows a purchase is no
/// such message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessagePolicy {
    /// Most messages within 24 hours; 1, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a_day: Option<u8>,
    /// Most messages within 7 days; 3, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a_week: Option<u8>,
    /// When nobody is disturbed, as clocks show it where the program is; never, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Hours>,
}

impl MessagePolicy {
    /// Most messages within 24 hours.
    pub fn day_max(&self) -> i64 {
        i64::from(self.a_day.unwrap_or(DAY_MAX))
    }

    /// Most messages within 7 days.
    pub fn week_max(&self) -> i64 {
        i64::from(self.a_week.unwrap_or(WEEK_MAX))
    }

    /// Whether it says nothing of its own.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it says what cannot be: more in a day than in a week.
    pub fn is_sound(&self) -> bool {
        self.day_max() <= self.week_max()
    }
}

/// What decides whether a member hears a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// They agreed to the campaign's topic.
    pub has_agreed: bool,
    /// Their card is in a wallet.
    pub is_reachable: bool,
    /// Messages that they heard within 24 hours.
    pub day: i64,
    /// Messages that they heard within 7 days.
    pub week: i64,
}

/// What becomes of a member whom a campaign means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// They hear the arm of that number.
    Sent(usize),
    /// They would hear it, and were drawn to be the ones who do not.
    HeldOut,
    /// They heard enough.
    Capped,
    /// Their card is in no wallet.
    Unreachable,
    /// They did not agree.
    NoConsent,
}

/// What becomes of a member. Whoever is held out would have heard it, so that both groups are alike.
pub fn decide(
    campaign: &Campaign,
    (id, member): (&str, &MemberId),
    policy: &MessagePolicy,
    standing: Standing,
) -> Outcome {
    if !standing.has_agreed {
        Outcome::NoConsent
    } else if !standing.is_reachable {
        Outcome::Unreachable
    } else if standing.day >= policy.day_max() || standing.week >= policy.week_max() {
        Outcome::Capped
    } else if is_held_out(campaign, id, member) {
        Outcome::HeldOut
    } else {
        Outcome::Sent(arm(campaign, id, member))
    }
}

/// Whether a member is one of those who hear nothing: by chance, and always the same of a campaign.
pub fn is_held_out(campaign: &Campaign, id: &str, member: &MemberId) -> bool {
    chance(id, "hold_out", member) < u64::from(campaign.hold_out_percent) * (PARTS / 100)
}

/// Which arm a member hears: by chance and weight, and always the same of a campaign.
pub fn arm(campaign: &Campaign, id: &str, member: &MemberId) -> usize {
    let all: u64 = campaign.arms.iter().map(|arm| u64::from(arm.weight)).sum();
    let drawn = chance(id, "arm", member) * all;
    let mut upto = 0;
    campaign
        .arms
        .iter()
        .position(|arm| {
            upto += u64::from(arm.weight) * PARTS;
            drawn < upto
        })
        .unwrap_or_default()
}

/// A number below [`PARTS`], as good as drawn, the same each time.
fn chance(id: &str, what: &str, member: &MemberId) -> u64 {
    let digest = sha256_hex(format!("{id}/{what}/{member}").as_bytes());
    let first = digest
        .get(..15)
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    first.unwrap_or_default() % PARTS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::types::Time;

    fn campaign(hold_out: u8, weights: &[u8]) -> Campaign {
        let arms: Vec<_> = weights
            .iter()
            .map(|weight| json!({ "text": "Hello", "weight": weight }))
            .collect();
        let body = json!({ "name": "c", "members": { "joined": { "at_least_days": 0 } }, "arms": arms,
            "hold_out_percent": hold_out });
        serde_json::from_value(body).expect("a campaign")
    }

    const FREE: Standing = Standing {
        has_agreed: true,
        is_reachable: true,
        day: 0,
        week: 0,
    };

    #[test]
    fn what_forbids_a_message_is_asked_in_the_order_in_which_it_matters() {
        let policy = MessagePolicy {
            a_day: Some(2),
            a_week: Some(3),
            quiet: None,
        };
        let member = MemberId::new(Time::from_millis(0));
        let (nobody, all) = (campaign(100, &[1]), campaign(0, &[1]));
        let decide = |campaign: &Campaign, standing| decide(campaign, ("c", &member), &policy, standing);
        let no_consent = Standing {
            has_agreed: false,
            is_reachable: false,
            day: 9,
            week: 9,
        };
        assert_eq!(decide(&nobody, no_consent), Outcome::NoConsent);
        let unreachable = Standing {
            has_agreed: true,
            ..no_consent
        };
        assert_eq!(decide(&nobody, unreachable), Outcome::Unreachable);
        for (day, week, is_capped) in [(1, 2, false), (2, 2, true), (0, 3, true), (1, 1, false)] {
            let standing = Standing { day, week, ..FREE };
            let wanted = if is_capped {
                Outcome::Capped
            } else {
                Outcome::Sent(0)
            };
            assert_eq!(decide(&all, standing), wanted, "{day} {week}");
        }
        assert_eq!(decide(&nobody, FREE), Outcome::HeldOut);
    }

    #[test]
    fn chance_keeps_to_the_shares_and_says_the_same_twice() {
        let campaign = campaign(10, &[1, 3]);
        let mut counts = BTreeMap::new();
        let members: Vec<MemberId> = (0..20_000)
            .map(|at| MemberId::new(Time::from_millis(at)))
            .collect();
        for member in &members {
            let policy = MessagePolicy::default();
            let outcome = decide(&campaign, ("cmp_1", member), &policy, FREE);
            assert_eq!(decide(&campaign, ("cmp_1", member), &policy, FREE), outcome);
            *counts.entry(outcome).or_insert(0) += 1;
        }
        // Of 20,000: 2,000 are held out, 4,500 hear the first and 13,500 the second; five deviations are allowed.
        for (outcome, wanted, deviation) in [
            (Outcome::HeldOut, 2_000, 43),
            (Outcome::Sent(0), 4_500, 59),
            (Outcome::Sent(1), 13_500, 66),
        ] {
            let count: i64 = counts.get(&outcome).copied().unwrap_or_default();
            assert!((count - wanted).abs() < 5 * deviation, "{outcome:?}: {count}");
        }
        let other = members
            .iter()
            .filter(|member| is_held_out(&campaign, "cmp_2", member))
            .count();
        let both = members
            .iter()
            .filter(|member| {
                is_held_out(&campaign, "cmp_1", member) && is_held_out(&campaign, "cmp_2", member)
            })
            .count();
        // Whoever is held out of one campaign is not held out of all: 200 of 2,000.
        assert!(both * 5 < other, "{both} of {other}");
    }
}
