//! Which redemptions and orders need a card that is shown now, and what shows it.

use serde::{Deserialize, Serialize};

use super::reward::Gift;
use super::safeguard::Reaction;
use crate::types::{Money, Points};

/// Longest time for which a fetch of the pass counts: a day.
pub const MINUTES_MAX: u16 = 1_440;
/// The same, where a program says nothing.
const MINUTES: u16 = 10;

/// What shows that a card is in its holder's hands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Its code changes by itself, and the one that was scanned is of now. Each counts for one redemption.
    RotatingCode,
    /// A phone fetched its newest version a short while ago.
    Fetched,
    /// Whoever stands at the till compared the name.
    Name,
}

impl Proof {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RotatingCode => "rotating_code",
            Self::Fetched => "fetched",
            Self::Name => "name",
        }
    }

    /// What to do to bring it, for whoever stands at the till.
    const fn advice(self) -> &'static str {
        match self {
            Self::RotatingCode => "scan the code that the phone shows now and send it",
            Self::Fetched => {
                "ask for `POST /v1/cards/{code}/refresh`, wait until the phone has it, and try again"
            }
            Self::Name => "compare the name and send `\"confirmed\": \"name\"`",
        }
    }
}

/// Which redemptions and orders need a card that is shown now, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freshness {
    /// Rewards that cost at least so many points; those of no cost are of 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// Rewards that are worth at least so many minor units, as far as they say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor: Option<i64>,
    /// Orders by a card's code of at least so many minor units; none, if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_minor: Option<i64>,
    /// What is taken as proof.
    pub accept: Vec<Proof>,
    /// For how many minutes a fetch counts; 10, if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u16>,
    /// What happens without proof.
    pub then: Reaction,
}

impl Freshness {
    /// Whether it asks for something, takes something, and its numbers lie within their limits.
    pub fn is_sound(&self) -> bool {
        let within = |number: Option<i64>, most: i64| number.is_none_or(|one| (0..=most).contains(&one));
        let asks = self.points.or(self.minor).or(self.order_minor).is_some();
        let mut seen = Vec::new();
        let is_new = |proof: &Proof| {
            let is_new = !seen.contains(proof);
            seen.push(*proof);
            is_new
        };
        asks && within(self.points, Points::MAX)
            && within(self.minor, Money::MAX_MINOR)
            && within(self.order_minor, Money::MAX_MINOR)
            && self
                .minutes
                .is_none_or(|minutes| (1..=MINUTES_MAX).contains(&minutes))
            && !self.accept.is_empty()
            && self.accept.iter().all(is_new)
    }

    /// Whether a reward of a cost and a gift needs proof.
    pub fn asks_reward(&self, cost: i64, gives: &Gift) -> bool {
        let is_dear = self.points.is_some_and(|least| cost >= least);
        let worth = worth(gives);
        is_dear
            || self
                .minor
                .is_some_and(|least| worth.is_some_and(|worth| worth >= least))
    }

    /// Whether an order of so many minor units needs proof.
    pub fn asks_order(&self, minor: i64) -> bool {
        self.order_minor.is_some_and(|least| minor >= least)
    }

    /// Whether it takes a proof.
    pub fn takes(&self, proof: Proof) -> bool {
        self.accept.contains(&proof)
    }

    /// For how long a fetch counts, in milliseconds.
    pub fn fetch_ms(&self) -> i64 {
        i64::from(self.minutes.unwrap_or(MINUTES)) * 60_000
    }

    /// What to do, in a sentence.
    pub fn advice(&self) -> String {
        let ways: Vec<&str> = self.accept.iter().map(|proof| proof.advice()).collect();
        format!("Nothing shows that the card is here now: {}.", ways.join("; or "))
    }
}

/// What a gift is worth in minor units, where it says so.
const fn worth(gives: &Gift) -> Option<i64> {
    match gives {
        Gift::AmountOff(minor) => Some(*minor),
        Gift::GiftCard(terms) => Some(terms.amount),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Freshness {
        serde_json::from_str(text).expect(text)
    }

    #[test]
    fn it_asks_from_its_limits_on() {
        let freshness = read(
            r#"{"points":100,"minor":500,"order_minor":1000,"accept":["rotating_code","name"],"then":"refuse"}"#,
        );
        assert!(freshness.is_sound());
        for (cost, gives, asks) in [
            (99, Gift::Product, false),
            (100, Gift::Product, true),
            (0, Gift::AmountOff(499), false),
            (0, Gift::AmountOff(500), true),
            (0, Gift::Donation, false),
        ] {
            assert_eq!(freshness.asks_reward(cost, &gives), asks, "{cost} {gives:?}");
        }
        assert_eq!(
            [999, 1_000].map(|minor| freshness.asks_order(minor)),
            [false, true]
        );
        assert!(freshness.takes(Proof::Name) && !freshness.takes(Proof::Fetched));
        assert_eq!(freshness.fetch_ms(), 600_000);
    }

    #[test]
    fn what_asks_or_takes_nothing_is_not_sound() {
        for text in [
            r#"{"accept":["name"],"then":"flag"}"#,
            r#"{"points":1,"accept":[],"then":"flag"}"#,
            r#"{"points":1,"accept":["name","name"],"then":"flag"}"#,
            r#"{"points":-1,"accept":["name"],"then":"flag"}"#,
            r#"{"points":1,"accept":["name"],"minutes":0,"then":"flag"}"#,
            r#"{"points":1,"accept":["name"],"minutes":1441,"then":"flag"}"#,
        ] {
            assert!(!read(text).is_sound(), "{text}");
        }
    }
}
