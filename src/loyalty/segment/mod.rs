//! Segments: members who are meant by what they did and what is known of them.
//!
//! The language is closed, as that of rules is: what is not listed here cannot be said, so a segment can be checked
//! when it is written ([`check`]), judged for one member ([`judge`]) and counted for all. It is said in days of the
//! program's calendar: "within 30 days" is today and the 29 days before.

pub mod check;
pub mod judge;
pub mod rfm;
pub mod stage;

use serde::{Deserialize, Serialize};

use super::mark::Kind;
use super::rule::Attribute;
use rfm::Rfm;
use stage::Stage;

/// A saved choice of members, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// What the staff call it, and rules and campaigns name it by.
    pub name: String,
    /// Who is in it.
    pub members: Criterion,
}

/// Something that holds of a member or does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Criterion {
    /// All of these.
    All(Vec<Self>),
    /// At least one of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// So many orders, those that were returned whole left out.
    Orders(Amount),
    /// So much money spent, in minor units, refunds taken off.
    Spend(Amount),
    /// So much money an order on average, in minor units; of nobody without an order.
    AverageOrder(Amount),
    /// Orders on so many days.
    Visits(Amount),
    /// The first order was so long ago; of nobody without an order.
    FirstOrder(Ago),
    /// The last order was so long ago; of nobody without an order.
    LastOrder(Ago),
    /// They joined so long ago.
    Joined(Ago),
    /// Something was bought so often.
    Bought(Purchased),
    /// Events of a type came so often.
    Event(Happened),
    /// An attribute is one of these.
    Attribute(Attribute),
    /// They are on one of these tiers, by name or id.
    Tier(Vec<String>),
    /// They are on one of these lists, by name or id.
    List(Vec<String>),
    /// So many points can be spent.
    Points(Bounds),
    /// Their birthday is today or in so many days at most.
    BirthdayWithin(u16),
    /// Where they stand by their own rhythm of buying: one of these.
    Stage(Vec<Stage>),
    /// Where they stand among all who bought: fifths of recency, frequency and money; of nobody without an order within
    /// 365 days.
    Rfm(Rfm),
    /// So many friends came by their link and paid.
    Invited(Bounds),
    /// Whether they came by the link of a friend.
    WasInvited(bool),
    /// Their card is in one of these wallets.
    Reach(Vec<Reach>),
    /// A phone last fetched their card so long ago; of nobody whose card none has.
    Fetched(Ago),
    /// What they last said to a purpose; who was never asked said no.
    Consent(Said),
}

impl Criterion {
    /// Goes through what it asks, wherever in it that is: everything but `all`, `any` and `not`.
    fn each(&mut self, visit: &mut impl FnMut(&mut Self)) {
        match self {
            Self::All(list) | Self::Any(list) => {
                for one in list {
                    one.each(visit);
                }
            }
            Self::Not(one) => one.each(visit),
            leaf => visit(leaf),
        }
    }

    /// Goes through the tiers that it names.
    pub fn each_tier(&mut self, visit: &mut impl FnMut(&mut String)) {
        self.each(&mut |one| {
            if let Self::Tier(tiers) = one {
                tiers.iter_mut().for_each(&mut *visit);
            }
        });
    }

    /// Goes through the lists that it names.
    pub fn each_list(&mut self, visit: &mut impl FnMut(&mut String)) {
        self.each(&mut |one| {
            if let Self::List(lists) = one {
                lists.iter_mut().for_each(&mut *visit);
            }
        });
    }

    /// Goes through what it asks of fifths.
    pub fn each_rfm(&mut self, visit: &mut impl FnMut(&mut Rfm)) {
        self.each(&mut |one| {
            if let Self::Rfm(rfm) = one {
                visit(rfm);
            }
        });
    }
}

/// From so much to so much, both included; one of the two may be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// So much or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// So much or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
}

impl Bounds {
    /// Once or more, if neither bound is given.
    const fn once_or(at_least: Option<i64>, at_most: Option<i64>) -> Self {
        match (at_least, at_most) {
            (None, None) => Self {
                at_least: Some(1),
                at_most: None,
            },
            (at_least, at_most) => Self { at_least, at_most },
        }
    }
}

/// So much within a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// So much or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// So much or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    /// Within so many days; ever, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u16>,
}

impl Amount {
    /// How much.
    pub const fn bounds(self) -> Bounds {
        Bounds {
            at_least: self.at_least,
            at_most: self.at_most,
        }
    }
}

/// So many days ago, both bounds included; one of the two may be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ago {
    /// So many days or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least_days: Option<u16>,
    /// So many days or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most_days: Option<u16>,
}

impl Criterion {
    /// What holds of everybody.
    pub const fn everybody() -> Self {
        Self::Joined(Ago {
            at_least_days: Some(0),
            at_most_days: None,
        })
    }
}

impl Ago {
    /// How many days.
    pub fn bounds(self) -> Bounds {
        Bounds {
            at_least: self.at_least_days.map(i64::from),
            at_most: self.at_most_days.map(i64::from),
        }
    }
}

/// Events of a type, so often within a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happened {
    /// The type, as rules name it.
    #[serde(rename = "type")]
    pub kind: String,
    /// So often or more; once, if neither bound is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// So often or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    /// Within so many days; ever, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u16>,
}

impl Happened {
    /// How often.
    pub const fn bounds(&self) -> Bounds {
        Bounds::once_or(self.at_least, self.at_most)
    }
}

/// Orders that had one of some articles or categories, or were made in one of some ways or places, so often within a
/// time. An order counts once for each name that it has; one that was given back does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purchased {
    /// Articles by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sku: Vec<String>,
    /// Categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<String>,
    /// Channels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<String>,
    /// Locations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub location: Vec<String>,
    /// So often or more; once, if neither bound is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// So often or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    /// Within so many days; ever, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u16>,
}

impl Purchased {
    /// How often.
    pub const fn bounds(&self) -> Bounds {
        Bounds::once_or(self.at_least, self.at_most)
    }

    /// The names, by what they are names of.
    pub fn names(&self) -> [(Kind, &[String]); 4] {
        [
            (Kind::Sku, &self.sku),
            (Kind::Category, &self.category),
            (Kind::Channel, &self.channel),
            (Kind::Location, &self.location),
        ]
    }
}

/// In which wallet a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// In Apple Wallet, of at least one phone.
    Apple,
    /// In Google Wallet.
    Google,
    /// In neither.
    None,
}

/// What was said to a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The purpose, such as `marketing`.
    pub purpose: String,
    /// Yes or no.
    pub granted: bool,
}
