//! Campaigns: a message to the members of a segment, when it is due, to as many of them as may have it.

pub mod check;
pub mod reach;
pub mod schedule;
pub mod uplift;
pub mod words;

use serde::{Deserialize, Serialize};

use super::segment::Criterion;
use crate::types::{RewardId, SegmentId, Text, Time, Zone};
use schedule::{Schedule, UntilDay};

/// The purpose that members must have agreed to, where a campaign names none.
pub const MARKETING: &str = "marketing";
/// Days that a message stays on the cards, where a campaign says nothing.
pub const SHOWN_DAYS: u16 = 7;

/// A campaign, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// What the staff call it.
    pub name: String,
    /// What it is about: members must have agreed to the purpose of that name.
    #[serde(default = "marketing")]
    pub topic: String,
    /// Who is meant, said here; the other way is `segment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Criterion>,
    /// Who is meant, by a saved segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<SegmentId>,
    /// What is said. With several, each member hears one of them, always the same.
    pub arms: Vec<Arm>,
    /// How many of a hundred members hear nothing, so that what it did can be seen; drawn by chance, always the same.
    #[serde(default)]
    pub hold_out_percent: u8,
    /// What those are given who hear it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives: Option<Given>,
    /// Days that the message stays on the cards.
    #[serde(default = "shown_days")]
    pub shown_days: u16,
    /// The last day on which it stays on them, however many of these days are left: that of an event, or of an offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_until: Option<UntilDay>,
    /// When it is sent; by hand, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
}

fn marketing() -> String {
    MARKETING.to_owned()
}

const fn shown_days() -> u16 {
    SHOWN_DAYS
}

/// What a campaign or an automation gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// So many points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// One of this reward, which then costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<RewardId>,
}

impl Campaign {
    /// When a message that is put on a card at an instant is over.
    pub fn ends_at(&self, zone: Zone, now: Time) -> Time {
        let ends = now.plus_ms(i64::from(self.shown_days) * reach::DAY_MS);
        self.shown_until
            .map_or(ends, |last| ends.min(zone.start_of(last.0.plus_days(1))))
    }
}

/// One of the wordings of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// What the card shows; `{first_name|friend}` and the like are filled in, the word after the bar where the member
    /// has none.
    pub text: Text,
    /// How many of the members hear it, beside the weights of the others.
    #[serde(default = "one")]
    pub weight: u8,
}

const fn one() -> u8 {
    1
}
