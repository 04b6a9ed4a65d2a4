//! Rewards: what members get for their points, or without them.

pub mod check;
pub mod kinds;

use serde::{Deserialize, Serialize};

use super::rule::evaluate::holds;
use super::rule::facts::{Counted, Facts};
use super::rule::{Condition, Period};
use crate::types::{Text, Time, Zone};

pub use check::check_reward;
pub use kinds::{
    Download, EarlyAccessTo, Gift, GiftCardTerms, GoodCause, Occasion, PercentOff, Scope, is_download_url,
};

/// A reward of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// What it is called.
    pub name: Text,
    /// What it is, for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// What the holder gets.
    pub gives: Gift,
    /// Points that it costs; nothing for a benefit.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub cost: i64,
    /// How many there are for all members together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<i64>,
    /// How many of it a member may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<RewardLimit>,
    /// Days for which one that was issued can be used, to the end of the last of them; for ever if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u16>,
    /// The first instant at which it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// The first instant at which it can be had no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// Whether it is issued by itself as soon as the points suffice, as with stamps.
    #[serde(default, skip_serializing_if = "is_off")]
    pub automatic: bool,
    /// For whom it is, all of it; for everybody if left out.
    #[serde(default, rename = "if", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Its picture, by the SHA-256 of an image that is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Under which heading it is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Where it stands in the list, the lowest first; behind all others if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_nothing(points: &i64) -> bool {
    *points == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_off(flag: &bool) -> bool {
    !*flag
}

/// How many of a reward a member may have, in which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardLimit {
    /// How many.
    pub times: i64,
    /// In which time, in the program's calendar.
    pub within: Period,
}

impl Reward {
    /// What it takes the holder to, if that has a date.
    pub const fn occasion(&self) -> Option<&Occasion> {
        match &self.gives {
            Gift::Occasion(occasion) => Some(occasion),
            _ => None,
        }
    }

    /// How many there are for all members together: its stock, or the places of its date.
    pub fn most(&self) -> Option<i64> {
        self.stock.or(self.occasion().map(|occasion| occasion.capacity))
    }

    /// Under which name it is counted how many are taken. Each date has places of its own.
    pub fn counted_as(&self, id: &str) -> String {
        match (self.stock, self.occasion()) {
            (None, Some(occasion)) => format!("{id}@{}", occasion.at.millis()),
            _ => id.to_owned(),
        }
    }

    /// Whether it can be had at a moment by those for whom it is: its time, and the hours that it names.
    pub fn is_on_offer(&self, facts: &Facts<'_>) -> bool {
        let closes = self.occasion().map(|occasion| occasion.at);
        let is_in_time = self.from.is_none_or(|from| from <= facts.at)
            && self.until.is_none_or(|until| facts.at < until)
            && closes.is_none_or(|closes| facts.at < closes);
        is_in_time && self.hold(facts, is_of_time)
    }

    /// Whether it is for a member, whatever the hour.
    pub fn is_for(&self, facts: &Facts<'_>) -> bool {
        self.hold(facts, |condition| !is_of_time(condition))
    }

    fn hold(&self, facts: &Facts<'_>, is_meant: impl Fn(&Condition) -> bool) -> bool {
        let mut meant = self.conditions.iter().filter(|condition| is_meant(condition));
        meant.all(|condition| holds(condition, facts, Counted::default()))
    }

    /// The first instant at which one that is issued now can be used no more.
    pub fn ends(&self, zone: Zone, now: Time) -> Option<Time> {
        let last = |days: u16| zone.local(now).day.plus_days(i64::from(days) + 1);
        let by_days = self.valid_days.map(|days| zone.start_of(last(days)));
        let by_kind = match &self.gives {
            Gift::Occasion(occasion) => Some(occasion.ends(zone)),
            Gift::Download(download) => Some(now.plus_ms(download.link_ms())),
            _ => None,
        };
        [by_days, by_kind].into_iter().flatten().min()
    }

    /// What decides its place in a list: its position, then its name.
    pub fn place(&self) -> (i64, &str) {
        (self.position.unwrap_or(i64::MAX), self.name.fallback())
    }
}

const fn is_of_time(condition: &Condition) -> bool {
    matches!(condition, Condition::Weekday(_) | Condition::Hours(_))
}
