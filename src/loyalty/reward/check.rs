//! Whether a reward can be had and given as it says. What cannot is refused when it is written, with a pointer.

use super::{Download, Gift, GiftCardTerms, Occasion, Reward, is_download_url};
use crate::loyalty::gift::GIFT_MINOR_MAX;
use crate::loyalty::rule::check::{DAYS_MAX, Faults, LIMITS_MAX, LIST_MAX, RuleFault};
use crate::loyalty::rule::{Condition, Lines, Period};
use crate::types::{Money, Points, Text};

/// Longest name of a reward in each language, in characters.
const NAME_MAX: usize = 80;
/// Longest description of a reward in each language, in characters.
const DESCRIPTION_MAX: usize = 1_000;
/// Most of a reward that there can be.
const STOCK_MAX: i64 = 1_000_000_000;
/// Most hours for which the link to a download works: a year.
const LINK_HOURS_MAX: i64 = 8_760;
/// Most times that the link to a download opens.
const OPENS_MAX: i64 = 1_000;
/// The last place of a list.
const POSITION_MAX: i64 = 1_000_000;
/// Characters of a SHA-256 in hexadecimal.
const SHA256_LEN: usize = 64;

/// Everything that is wrong with a reward; nothing if it is sound.
pub fn check_reward(reward: &Reward) -> Vec<RuleFault> {
    let mut faults = Faults::default();
    faults.wording("/name", &reward.name, NAME_MAX);
    if let Some(description) = &reward.description {
        faults.wording("/description", description, DESCRIPTION_MAX);
    }
    faults.between("/cost", reward.cost, 0, Points::MAX);
    if let Some(stock) = reward.stock {
        faults.between("/stock", stock, 0, STOCK_MAX);
    }
    if let Some(days) = reward.valid_days {
        faults.between("/valid_days", i64::from(days), 1, i64::from(DAYS_MAX));
    }
    faults.gift(&reward.gives);
    faults.reward_limits(reward);
    faults.listing(reward);
    faults.eligibility(&reward.conditions);
    faults.reward_contradictions(reward);
    faults.0
}

/// What is asked of rewards alone.
impl Faults {
    fn between(&mut self, pointer: &str, value: i64, least: i64, most: i64) {
        let detail = format!("give between {least} and {most}");
        self.range(pointer, value, least..=most, detail);
    }

    fn wording(&mut self, pointer: &str, text: &Text, most: usize) {
        let is_sound = |one: &str| !one.trim().is_empty() && one.chars().count() <= most;
        if !is_sound(text.fallback()) || !text.translations().values().all(|one| is_sound(one)) {
            let detail = format!("give 1 to {most} characters in each language");
            self.add(pointer, "bad_text", detail);
        }
    }

    fn gift(&mut self, gives: &Gift) {
        match gives {
            Gift::AmountOff(minor) => self.between("/gives/amount_off", *minor, 1, Money::MAX_MINOR),
            Gift::PercentOff(off) => self.between("/gives/percent_off/percent", off.percent, 1, 100),
            Gift::FreeItem(of) => self.named("/gives/free_item", of, 1),
            Gift::Occasion(occasion) => self.occasion(occasion),
            Gift::Download(download) => self.download(download),
            Gift::GoodCause(cause) => self.wording("/gives/donation/to", &cause.to, NAME_MAX),
            Gift::EarlyAccessTo(to) => self.named("/gives/early_access/of", &to.of, 0),
            Gift::GiftCard(terms) => self.gift_card(terms),
            Gift::Product | Gift::Experience | Gift::Donation | Gift::EarlyAccess => (),
        }
    }

    fn named(&mut self, pointer: &str, of: &Lines, least: i64) {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.between(
            pointer,
            count(of.sku.len() + of.category.len()),
            least,
            count(LIST_MAX),
        );
    }

    fn occasion(&mut self, occasion: &Occasion) {
        self.between("/gives/experience/capacity", occasion.capacity, 1, STOCK_MAX);
        if occasion.until.is_some_and(|until| until <= occasion.at) {
            let detail = "it is over before it begins; give a time after `at`";
            self.add("/gives/experience/until", "contradiction", detail);
        }
        if let Some(place) = &occasion.place {
            self.wording("/gives/experience/place", place, DESCRIPTION_MAX);
        }
    }

    fn download(&mut self, download: &Download) {
        if !is_download_url(&download.url) {
            let detail =
                "give an `https` address of at most 2,000 characters without a name or password in it";
            self.add("/gives/download/url", "bad_url", detail);
        }
        if let Some(hours) = download.link_hours {
            let pointer = "/gives/download/link_hours";
            self.between(pointer, i64::from(hours), 1, LINK_HOURS_MAX);
        }
        if let Some(opens) = download.opens {
            self.between("/gives/download/opens", i64::from(opens), 1, OPENS_MAX);
        }
    }

    fn gift_card(&mut self, terms: &GiftCardTerms) {
        self.between("/gives/gift_card/amount", terms.amount, 1, GIFT_MINOR_MAX);
        if let Some(days) = terms.valid_days {
            let most = i64::from(DAYS_MAX);
            self.between("/gives/gift_card/valid_days", i64::from(days), 1, most);
        }
    }

    fn reward_limits(&mut self, reward: &Reward) {
        for (place, limit) in reward.limits.iter().enumerate() {
            self.between(&format!("/limits/{place}/times"), limit.times, 1, STOCK_MAX);
            if let Period::Days(days) = limit.within {
                let pointer = format!("/limits/{place}/within/days");
                self.between(&pointer, i64::from(days), 1, i64::from(DAYS_MAX));
            }
        }
        if reward.limits.len() > LIMITS_MAX {
            let detail = format!("it has more than {LIMITS_MAX} limits");
            self.add("/limits", "too_many", detail);
        }
    }

    /// How it stands in the list.
    fn listing(&mut self, reward: &Reward) {
        if let Some(picture) = &reward.picture {
            let is_plain = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            if picture.len() != SHA256_LEN || !picture.bytes().all(is_plain) {
                let detail = "name an image by its SHA-256: 64 of 0-9 and a-f";
                self.add("/picture", "bad_sha256", detail);
            }
        }
        if let Some(category) = &reward.category {
            self.text("/category", category);
        }
        if let Some(position) = reward.position {
            self.between("/position", position, 0, POSITION_MAX);
        }
    }

    /// For whom it is: what holds of a member or an hour, not of an order.
    fn eligibility(&mut self, conditions: &[Condition]) {
        for (place, condition) in conditions.iter().enumerate() {
            let is_of_member = matches!(
                condition,
                Condition::Tier(_)
                    | Condition::Segment(_)
                    | Condition::Attribute(_)
                    | Condition::MemberDays(_)
                    | Condition::Weekday(_)
                    | Condition::Hours(_)
            );
            if !is_of_member {
                let detail = "a reward is had apart from orders and events, so it could never be had; ask for a \
                              tier, an attribute, days of membership, a weekday or hours";
                self.add(format!("/if/{place}"), "never_applies", detail);
            }
        }
        // What is of an order was refused just now, and what is of an event with it.
        self.conditions(conditions, true);
    }

    fn reward_contradictions(&mut self, reward: &Reward) {
        if reward.automatic && reward.cost == 0 {
            let detail = "what costs nothing would be issued without end; give a cost, or let a rule give it";
            self.add("/automatic", "contradiction", detail);
        }
        self.span(reward.from, reward.until);
        let Some(occasion) = reward.occasion() else {
            return;
        };
        if reward.stock.is_some() {
            let detail = "the places of the date are its stock; leave one of the two out";
            self.add("/stock", "contradiction", detail);
        }
        if reward.from.is_some_and(|from| from >= occasion.at) {
            let detail = "it could be had only after it has begun; give a time before `at`";
            self.add("/from", "never_applies", detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const AT: &str = "2026-12-05T09:00:00Z";

    fn reward(text: Value) -> Reward {
        serde_json::from_value(text).expect("a reward")
    }

    #[test]
    fn a_reward_reads_back_as_it_was_written() {
        let text = json!({
            "name": { "en": "A coffee", "ar": "قهوة" },
            "gives": { "free_item": { "category": ["coffee"] } },
            "cost": 5, "stock": 100, "limits": [{ "times": 1, "within": "day" }], "valid_days": 30, "automatic": true,
            "if": [{ "tier": ["gold"] }, { "weekday": ["mon"] }], "picture": "0f".repeat(32), "category": "Drinks",
            "position": 3
        });
        let read = reward(text.clone());
        assert_eq!(check_reward(&read), []);
        assert_eq!(serde_json::to_value(read).expect("JSON"), text);
    }

    /// The places and codes of what is wrong with a cup of which something else is said.
    fn found(change: &Value) -> Vec<(String, &'static str)> {
        let mut text = json!({ "name": "A cup", "gives": "product" });
        let own = text.as_object_mut().expect("an object");
        own.extend(change.as_object().expect("an object").clone());
        let faults = check_reward(&reward(text)).into_iter();
        faults.map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn each_fault_is_told_where_it_is() {
        for (change, pointer, code) in [
            (json!({ "name": " " }), "/name", "bad_text"),
            (json!({ "cost": -1 }), "/cost", "out_of_range"),
            (json!({ "stock": -1 }), "/stock", "out_of_range"),
            (json!({ "valid_days": 0 }), "/valid_days", "out_of_range"),
            (
                json!({ "limits": [{ "times": 0, "within": "ever" }] }),
                "/limits/0/times",
                "out_of_range",
            ),
            (json!({ "automatic": true }), "/automatic", "contradiction"),
            (
                json!({ "gives": { "experience": { "at": AT, "capacity": 8 } }, "stock": 8 }),
                "/stock",
                "contradiction",
            ),
            (
                json!({ "gives": { "experience": { "at": AT, "capacity": 8 } }, "from": AT }),
                "/from",
                "never_applies",
            ),
            (
                json!({ "if": [{ "channel": ["app"] }] }),
                "/if/0",
                "never_applies",
            ),
            (
                json!({ "if": [{ "tier": ["gold"] }, { "tier": ["silver"] }] }),
                "/if/1",
                "contradiction",
            ),
            (json!({ "picture": "ab" }), "/picture", "bad_sha256"),
            (json!({ "category": " " }), "/category", "empty"),
            (json!({ "position": -1 }), "/position", "out_of_range"),
            (
                json!({ "from": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z" }),
                "/until",
                "never_applies",
            ),
        ] {
            assert_eq!(found(&change), [(pointer.to_owned(), code)], "{change}");
        }
    }

    #[test]
    fn each_fault_of_what_is_given_is_told_where_it_is() {
        for (change, pointer, code) in [
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
                json!({ "gives": { "gift_card": { "amount": 0 } } }),
                "/gives/gift_card/amount",
                "out_of_range",
            ),
            (
                json!({ "gives": { "gift_card": { "amount": 500, "valid_days": 0 } } }),
                "/gives/gift_card/valid_days",
                "out_of_range",
            ),
            (
                json!({ "gives": { "experience": { "at": AT, "capacity": 0 } } }),
                "/gives/experience/capacity",
                "out_of_range",
            ),
            (
                json!({ "gives": { "experience": { "at": AT, "until": AT, "capacity": 8 } } }),
                "/gives/experience/until",
                "contradiction",
            ),
            (
                json!({ "gives": { "download": { "url": "http://shop.example/" } } }),
                "/gives/download/url",
                "bad_url",
            ),
            (
                json!({ "gives": { "download": { "url": "https://shop.example/", "link_hours": 0 } } }),
                "/gives/download/link_hours",
                "out_of_range",
            ),
            (
                json!({ "gives": { "download": { "url": "https://shop.example/", "opens": 1_001 } } }),
                "/gives/download/opens",
                "out_of_range",
            ),
            (
                json!({ "gives": { "donation": { "to": " " } } }),
                "/gives/donation/to",
                "bad_text",
            ),
        ] {
            assert_eq!(found(&change), [(pointer.to_owned(), code)], "{change}");
        }
    }
}
