//! Rewards: what members get for their points, or without them.

use serde::{Deserialize, Serialize};

use super::gift::GIFT_MINOR_MAX;
use super::rule::check::{DAYS_MAX, LIMITS_MAX, LIST_MAX, RuleFault};
use super::rule::{Lines, Period};
use crate::types::{Money, Points, Text, Time};

/// Longest name of a reward in each language, in characters.
const NAME_MAX: usize = 80;
/// Longest description of a reward in each language, in characters.
const DESCRIPTION_MAX: usize = 1_000;
/// Most of a reward that there can be.
const STOCK_MAX: i64 = 1_000_000_000;

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
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_nothing(points: &i64) -> bool {
    *points == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_off(flag: &bool) -> bool {
    !*flag
}

/// What the holder of a reward gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Gift {
    /// A thing that is handed over.
    Product,
    /// One of these articles for nothing.
    FreeItem(Lines),
    /// So many minor units off the order.
    AmountOff(i64),
    /// So many per cent off.
    PercentOff(PercentOff),
    /// Something to take part in.
    Experience,
    /// Money for others.
    Donation,
    /// Something before others have it.
    EarlyAccess,
    /// A gift card of the holder's own.
    GiftCard(GiftCardTerms),
}

/// What a gift card holds that a reward becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftCardTerms {
    /// How much, in minor units of the program's currency.
    pub amount: i64,
    /// Days for which it can be spent, to the end of the last of them; for ever if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u16>,
}

/// So many per cent off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PercentOff {
    /// 1 to 100.
    pub percent: i64,
    /// Off what.
    pub of: Scope,
}

/// What a percentage is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The whole order.
    Order,
    /// One item of it.
    Item,
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

/// Everything that is wrong with a reward; nothing if it is sound.
pub fn check_reward(reward: &Reward) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    let mut add = |pointer: &str, code: &'static str, detail: String| {
        faults.push(RuleFault {
            pointer: pointer.to_owned(),
            code,
            detail,
        });
    };
    let mut text = |pointer: &str, text: &Text, most: usize| {
        let is_sound = |one: &str| !one.trim().is_empty() && one.chars().count() <= most;
        if !is_sound(text.fallback()) || !text.translations().values().all(|one| is_sound(one)) {
            add(
                pointer,
                "bad_text",
                format!("give 1 to {most} characters in each language"),
            );
        }
    };
    text("/name", &reward.name, NAME_MAX);
    if let Some(description) = &reward.description {
        text("/description", description, DESCRIPTION_MAX);
    }
    let mut range = |pointer: &str, value: i64, least: i64, most: i64| {
        if !(least..=most).contains(&value) {
            add(
                pointer,
                "out_of_range",
                format!("give between {least} and {most}"),
            );
        }
    };
    range("/cost", reward.cost, 0, Points::MAX);
    if let Some(stock) = reward.stock {
        range("/stock", stock, 0, STOCK_MAX);
    }
    if let Some(days) = reward.valid_days {
        range("/valid_days", i64::from(days), 1, i64::from(DAYS_MAX));
    }
    match &reward.gives {
        Gift::AmountOff(minor) => range("/gives/amount_off", *minor, 1, Money::MAX_MINOR),
        Gift::PercentOff(off) => range("/gives/percent_off/percent", off.percent, 1, 100),
        Gift::FreeItem(of) => {
            let named = of.sku.len() + of.category.len();
            let most = i64::try_from(LIST_MAX).unwrap_or(i64::MAX);
            range(
                "/gives/free_item",
                i64::try_from(named).unwrap_or(i64::MAX),
                1,
                most,
            );
        }
        Gift::GiftCard(terms) => {
            range("/gives/gift_card/amount", terms.amount, 1, GIFT_MINOR_MAX);
            if let Some(days) = terms.valid_days {
                let most = i64::from(DAYS_MAX);
                range("/gives/gift_card/valid_days", i64::from(days), 1, most);
            }
        }
        Gift::Product | Gift::Experience | Gift::Donation | Gift::EarlyAccess => (),
    }
    for (place, limit) in reward.limits.iter().enumerate() {
        range(&format!("/limits/{place}/times"), limit.times, 1, STOCK_MAX);
        if let Period::Days(days) = limit.within {
            range(
                &format!("/limits/{place}/within/days"),
                i64::from(days),
                1,
                i64::from(DAYS_MAX),
            );
        }
    }
    if reward.limits.len() > LIMITS_MAX {
        add(
            "/limits",
            "too_many",
            format!("it has more than {LIMITS_MAX} limits"),
        );
    }
    if reward.automatic && reward.cost == 0 {
        let detail = "what costs nothing would be issued without end; give a cost, or let a rule give it";
        add("/automatic", "contradiction", detail.to_owned());
    }
    if let (Some(from), Some(until)) = (reward.from, reward.until)
        && until <= from
    {
        let detail = "it ends before it begins; give a time after `from`";
        add("/until", "never_applies", detail.to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn reward(text: Value) -> Reward {
        serde_json::from_value(text).expect("a reward")
    }

    #[test]
    fn a_reward_reads_back_as_it_was_written() {
        let text = json!({
            "name": { "en": "A coffee", "ar": "قهوة" },
            "gives": { "free_item": { "category": ["coffee"] } },
            "cost": 5, "stock": 100, "limits": [{ "times": 1, "within": "day" }], "valid_days": 30, "automatic": true
        });
        let read = reward(text.clone());
        assert_eq!(check_reward(&read), []);
        assert_eq!(serde_json::to_value(read).expect("JSON"), text);
    }

    #[test]
    fn each_fault_is_told_where_it_is() {
        for (change, pointer, code) in [
            (json!({ "name": " " }), "/name", "bad_text"),
            (json!({ "cost": -1 }), "/cost", "out_of_range"),
            (json!({ "stock": -1 }), "/stock", "out_of_range"),
            (json!({ "valid_days": 0 }), "/valid_days", "out_of_range"),
            (
                json!({ "gives": { "amount_off": 0 } }),
                "/gives/amount_off",
                "out_of_range",
            ),
            (
                json!({ "gives": { "percent_off": { "percent": 101, "of": "item" } } }),
                "/gives/percent_off/percent",
                "out_of_range",
            ),
            (
                json!({ "gives": { "free_item": {} } }),
                "/gives/free_item",
                "out_of_range",
            ),
            (
                json!({ "limits": [{ "times": 0, "within": "ever" }] }),
                "/limits/0/times",
                "out_of_range",
            ),
            (
                json!({ "gives": { "gift_card": { "amount": 0 } } }),
                "/gives/gift_card/amount",
                "out_of_range",
            ),
            (
                json!({ "gives": { "gift_card": { "amount": 500, "valid_days": 0 } } }),
                "/gives/gift_card/valid_days",
                "out_of_range",
            ),
            (json!({ "automatic": true }), "/automatic", "contradiction"),
            (
                json!({ "from": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z" }),
                "/until",
                "never_applies",
            ),
        ] {
            let mut text = json!({ "name": "A cup", "gives": "product" });
            let own = text.as_object_mut().expect("an object");
            own.extend(change.as_object().expect("an object").clone());
            let faults = check_reward(&reward(text));
            let found: Vec<_> = faults
                .iter()
                .map(|fault| (fault.pointer.as_str(), fault.code))
                .collect();
            assert_eq!(found, [(pointer, code)], "{change}");
        }
    }
}
