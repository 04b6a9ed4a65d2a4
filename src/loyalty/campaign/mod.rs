//! Campaigns: a message to the members of a segment, when it is due, to as many of them as may have it.

pub mod check;
pub mod reach;
pub mod schedule;
pub mod uplift;
pub mod words;

use serde::{Deserialize, Serialize};

use super::segment::Criterion;
use crate::types::{SegmentId, Text};
use schedule::Schedule;

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
    /// Days that the message stays on the cards.
    #[serde(default = "shown_days")]
    pub shown_days: u16,
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
