//! What is counted of a program's books for a period; everything else follows from it.

use serde::{Deserialize, Serialize};

use crate::types::Text;

/// What was counted. Members are those who joined before the period ended, less those who were joined into another
/// member and those who were erased before it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Days of the period, 1 at least.
    pub days: i64,
    /// Members when the period ended.
    pub members: i64,
    /// Those of them who joined in it.
    pub joined: i64,
    /// Members with an order in it.
    pub participants: i64,
    /// Members with an order, a redemption or an event in it; a birthday is no event here.
    pub active: i64,
    /// People with an order in it, also those who were erased since.
    pub buyers: i64,
    /// Orders paid in it, less those that were given back in whole.
    pub orders: i64,
    /// What they came to, less what was given back.
    pub revenue_minor: i64,
    /// Days on which a member ordered: two orders of a member on one day are one visit.
    pub visits: i64,
    /// People with an order at any time up to its end.
    pub buyers_ever: i64,
    /// Those of them with two or more.
    pub repeaters: i64,
    /// People whose first order is in the period.
    pub first_buyers: i64,
    /// Those of them who ordered again by its end.
    pub second_buyers: i64,
    /// The median of the days between those two orders, in half days.
    pub second_half_days: Option<i64>,
    /// Members who had lapsed by their own rhythm and ordered again in the period, or had lapsed when it ended.
    #[serde(default)]
    pub missed: i64,
    /// Those of them who ordered again.
    #[serde(default)]
    pub won_back: i64,
    /// Who still ordered so many days after joining.
    pub kept: Vec<Kept>,
    /// The buyers who spent most, a tenth of them rounded up.
    pub top_buyers: i64,
    /// What those spent in the period.
    pub top_minor: i64,
    /// Friends who joined by an invitation in the period and were not refused.
    pub friends: i64,
    /// Points that moved.
    pub points: PointSums,
    /// Every reward that can be had or was used, the most wanted first.
    pub rewards: Vec<RewardUse>,
    /// Passes by wallet and month.
    pub passes: Vec<Passes>,
    /// Who joined in a month, and in which later months they ordered.
    pub cohorts: Vec<Cohort>,
    /// Buyers of the 365 days before the period ended, by recency, frequency and money.
    pub rfm: Vec<RfmCell>,
}

/// Who still ordered so many days after joining.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// How many days.
    pub days: i64,
    /// Members who joined at least so many days before the period's last one.
    pub members: i64,
    /// Those of them with an order so many days after joining, or later.
    pub kept: i64,
}

/// Points that moved in the period: issued - spent - expired - reversed + moved = net.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointSums {
    /// Entries that add and undo nothing: earned, given by promotions and by hand, brought along, become active.
    pub issued: i64,
    /// What rewards took, less what came back of them.
    pub spent: i64,
    /// What expired.
    pub expired: i64,
    /// What refunds and undone entries took back, and what was taken by hand.
    pub reversed: i64,
    /// What went from card to card: zero, but for a card whose other half lies outside the period.
    pub moved: i64,
    /// The sum of all entries.
    pub net: i64,
    /// The sum of all balances when the period began.
    pub held_before: i64,
    /// The sum of all balances when it ended.
    pub held: i64,
}

/// How a reward was used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardUse {
    /// The reward's id.
    pub id: String,
    /// What it is called; `None` of one that is there no more.
    pub name: Option<Text>,
    /// Redemptions that were issued in the period.
    pub issued: i64,
    /// Those of them that are completed by now.
    pub completed: i64,
    /// Redemptions that were completed in the period, whenever they were issued.
    pub fulfilled: i64,
    /// Points that the ledger took for it in the period, less what came back.
    pub points: i64,
}

/// Passes of a wallet and a month.
///
/// The books keep when a pass was made, which is when its card's page was first opened, and not when a phone took it. A
/// pass of an erased member of which Google is told once more counts as never taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passes {
    /// `apple` or `google`.
    pub wallet: String,
    /// The month in which they were made, such as `2026-11`; empty for all before the last twelve.
    pub month: String,
    /// Those that a phone took at some time.
    pub ever: i64,
    /// Those of them that a phone still has. One that Google says is removed counts as gone.
    pub kept: i64,
}

/// Who joined in a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// The month, such as `2026-11`.
    pub month: String,
    /// How many members joined in it.
    pub members: i64,
    /// How many of them ordered in that month, in the next one and so on, up to the period's last.
    pub ordered: Vec<i64>,
}

/// Buyers who stand alike in recency, frequency and money, each a fifth from 1 to 5: 1 + the whole part of
/// 5 x (those who stand strictly lower) / all. So those who are equal get the same, and it is the lower one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RfmCell {
    /// How late the last order was, 5 for the latest.
    pub recency: i64,
    /// How many orders, 5 for the most.
    pub frequency: i64,
    /// How much was spent, 5 for the most.
    pub money: i64,
    /// How many stand there.
    pub members: i64,
    /// What they spent together.
    pub minor: i64,
}
