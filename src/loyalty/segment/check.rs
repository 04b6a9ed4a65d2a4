//! Whether a segment can mean anybody, and stays within what can be counted at once.

use super::rfm::{FIFTHS, Rfm};
use super::{Ago, Bounds, Criterion, Purchased, Segment};
use crate::loyalty::rule::check::{Faults, LIST_MAX, RuleFault, TEXT_MAX};
use crate::types::Money;

/// Deepest nesting of criteria, the outermost being 1.
pub const DEPTH_MAX: usize = 8;
/// Most criteria of a segment, those that hold others included.
pub const CRITERIA_MAX: usize = 50;
/// Longest time that a criterion looks back, in days.
pub const DAYS_MAX: u16 = 3_660;
/// Longest time that a birthday is looked for ahead, in days.
pub const BIRTHDAY_MAX: u16 = 365;
/// Most that is counted of orders, events, visits and friends.
const COUNT_MAX: i64 = 1_000_000;

/// Everything that is wrong with a segment; nothing if it is sound.
pub fn check_segment(segment: &Segment) -> Vec<RuleFault> {
    let mut faults = Faults::default();
    faults.text("/name", &segment.name);
    faults.criterion("/members", &segment.members, 1);
    if count(&segment.members) > CRITERIA_MAX {
        let detail = format!("it has more than {CRITERIA_MAX} criteria; say it by fewer");
        faults.add("/members", "too_many", detail);
    }
    faults.0
}

fn count(criterion: &Criterion) -> usize {
    1 + match criterion {
        Criterion::All(list) | Criterion::Any(list) => list.iter().map(count).sum(),
        Criterion::Not(one) => count(one),
        _ => 0,
    }
}

impl Faults {
    fn criterion(&mut self, pointer: &str, criterion: &Criterion, depth: usize) {
        if depth > DEPTH_MAX {
            let detail = format!("criteria are nested deeper than {DEPTH_MAX}; say it more plainly");
            return self.add(pointer, "too_deep", detail);
        }
        match criterion {
            Criterion::All(list) => self.group(&format!("{pointer}/all"), list, depth),
            Criterion::Any(list) => self.group(&format!("{pointer}/any"), list, depth),
            Criterion::Not(one) => self.criterion(&format!("{pointer}/not"), one, depth + 1),
            Criterion::Orders(amount) => {
                self.amount(&format!("{pointer}/orders"), amount.bounds(), 0..=COUNT_MAX);
                self.within(&format!("{pointer}/orders"), amount.within_days);
            }
            Criterion::Visits(amount) => {
                self.amount(&format!("{pointer}/visits"), amount.bounds(), 0..=COUNT_MAX);
                self.within(&format!("{pointer}/visits"), amount.within_days);
            }
            Criterion::Spend(amount) => {
                self.amount(&format!("{pointer}/spend"), amount.bounds(), 0..=Money::MAX_MINOR);
                self.within(&format!("{pointer}/spend"), amount.within_days);
            }
            Criterion::AverageOrder(amount) => {
                let place = format!("{pointer}/average_order");
                self.amount(&place, amount.bounds(), 0..=Money::MAX_MINOR);
                self.within(&place, amount.within_days);
            }
            Criterion::FirstOrder(ago) => self.ago(&format!("{pointer}/first_order"), *ago),
            Criterion::LastOrder(ago) => self.ago(&format!("{pointer}/last_order"), *ago),
            Criterion::Joined(ago) => self.ago(&format!("{pointer}/joined"), *ago),
            Criterion::Fetched(ago) => self.ago(&format!("{pointer}/fetched"), *ago),
            Criterion::Bought(purchased) => self.purchased(&format!("{pointer}/bought"), purchased),
            Criterion::Event(happened) => {
                let place = format!("{pointer}/event");
                self.event_type(&format!("{place}/type"), &happened.kind);
                self.amount(&place, happened.bounds(), 0..=COUNT_MAX);
                self.within(&place, happened.within_days);
            }
            Criterion::Attribute(attribute) => {
                self.text(&format!("{pointer}/attribute/name"), &attribute.name);
                self.names(&format!("{pointer}/attribute/is"), &attribute.is);
            }
            Criterion::Tier(tiers) => self.names(&format!("{pointer}/tier"), tiers),
            Criterion::List(lists) => self.names(&format!("{pointer}/list"), lists),
            Criterion::Points(bounds) => {
                self.amount(
                    &format!("{pointer}/points"),
                    *bounds,
                    -COUNT_MAX..=1_000_000_000_000,
                );
            }
            Criterion::BirthdayWithin(days) => {
                let detail = format!("give at most {BIRTHDAY_MAX} days");
                let place = format!("{pointer}/birthday_within");
                self.range(&place, i64::from(*days), 0..=i64::from(BIRTHDAY_MAX), detail);
            }
            Criterion::Stage(stages) => self.filled(&format!("{pointer}/stage"), stages.len()),
            Criterion::Rfm(rfm) => self.rfm(&format!("{pointer}/rfm"), rfm),
            Criterion::Reach(wallets) => self.filled(&format!("{pointer}/reach"), wallets.len()),
            Criterion::Invited(bounds) => {
                self.amount(&format!("{pointer}/invited"), *bounds, 0..=COUNT_MAX);
            }
            Criterion::WasInvited(_) => (),
            Criterion::Consent(said) => self.text(&format!("{pointer}/consent/purpose"), &said.purpose),
        }
    }

    fn purchased(&mut self, pointer: &str, purchased: &Purchased) {
        let named = purchased
            .names()
            .into_iter()
            .filter(|(_, names)| !names.is_empty());
        let named: Vec<_> = named.collect();
        for (kind, names) in &named {
            self.names(&format!("{pointer}/{}", kind.as_str()), names);
        }
        if named.is_empty() {
            let detail = "say what was bought: `sku`, `category`, `channel`, `location`, or several of them";
            self.add(pointer, "says_nothing", detail);
        }
        self.amount(pointer, purchased.bounds(), 0..=COUNT_MAX);
        self.within(pointer, purchased.within_days);
    }

    fn rfm(&mut self, pointer: &str, rfm: &Rfm) {
        let asked = [
            ("recency", rfm.recency),
            ("frequency", rfm.frequency),
            ("money", rfm.money),
        ];
        let asked = asked.into_iter().filter(|(_, bounds)| !bounds.are_open());
        let mut is_said = false;
        for (name, bounds) in asked {
            is_said = true;
            self.amount(&format!("{pointer}/{name}"), bounds, FIFTHS);
        }
        if !is_said {
            let detail = "say which fifths: `recency`, `frequency`, `money`, or several of them";
            self.add(pointer, "says_nothing", detail);
        }
    }

    fn group(&mut self, pointer: &str, list: &[Criterion], depth: usize) {
        self.filled(pointer, list.len());
        for (place, one) in list.iter().enumerate() {
            self.criterion(&format!("{pointer}/{place}"), one, depth + 1);
        }
    }

    fn filled(&mut self, pointer: &str, length: usize) {
        if length == 0 {
            self.add(
                pointer,
                "empty",
                "the list is empty; name something or leave it out",
            );
        } else if length > LIST_MAX {
            self.add(pointer, "too_many", format!("it names more than {LIST_MAX}"));
        }
    }

    fn names(&mut self, pointer: &str, list: &[String]) {
        self.filled(pointer, list.len());
        for (place, one) in list.iter().enumerate() {
            if one.chars().count() > TEXT_MAX {
                let detail = format!("it is longer than {TEXT_MAX} characters");
                self.add(format!("{pointer}/{place}"), "too_long", detail);
            }
        }
    }

    fn amount(&mut self, pointer: &str, bounds: Bounds, range: std::ops::RangeInclusive<i64>) {
        let detail = || format!("give a number between {} and {}", range.start(), range.end());
        for (name, bound) in [("at_least", bounds.at_least), ("at_most", bounds.at_most)] {
            if bound.is_some_and(|bound| !range.contains(&bound)) {
                self.add(format!("{pointer}/{name}"), "out_of_range", detail());
            }
        }
        match (bounds.at_least, bounds.at_most) {
            (None, None) => {
                let detail = "it holds of everybody; give `at_least`, `at_most` or both";
                self.add(pointer, "says_nothing", detail);
            }
            (Some(least), Some(most)) if least > most => {
                let detail = "`at_least` is more than `at_most`, so it could hold of nobody";
                self.add(format!("{pointer}/at_most"), "contradiction", detail);
            }
            _ => (),
        }
    }

    fn ago(&mut self, pointer: &str, ago: Ago) {
        let detail = format!("give at most {DAYS_MAX} days");
        for (name, days) in [
            ("at_least_days", ago.at_least_days),
            ("at_most_days", ago.at_most_days),
        ] {
            if days.is_some_and(|days| days > DAYS_MAX) {
                self.add(format!("{pointer}/{name}"), "out_of_range", detail.clone());
            }
        }
        match (ago.at_least_days, ago.at_most_days) {
            (None, None) => {
                let detail = "give `at_least_days`, `at_most_days` or both";
                self.add(pointer, "says_nothing", detail);
            }
            (Some(least), Some(most)) if least > most => {
                let detail = "`at_least_days` is more than `at_most_days`, so it could hold of nobody";
                self.add(format!("{pointer}/at_most_days"), "contradiction", detail);
            }
            _ => (),
        }
    }

    fn within(&mut self, pointer: &str, days: Option<u16>) {
        if days.is_some_and(|days| days == 0 || days > DAYS_MAX) {
            let detail = format!("give between 1 and {DAYS_MAX} days, or leave it out for ever");
            self.add(format!("{pointer}/within_days"), "out_of_range", detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn faults(members: &Value) -> Vec<(String, &'static str)> {
        let segment = serde_json::from_value(json!({ "name": "s", "members": members })).expect("a segment");
        let faults = check_segment(&segment).into_iter();
        faults.map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_segment_says_something_that_can_hold() {
        for sound in [
            json!({ "all": [{ "orders": { "at_least": 3, "within_days": 90 } }, { "not": { "stage": ["lapsed"] } }] }),
            json!({ "event": { "type": "viewed:sofa".replace(':', "."), "within_days": 7 } }),
            json!({ "reach": ["none"] }),
            json!({ "bought": { "category": ["toys"], "channel": ["web"] } }),
            json!({ "points": { "at_most": -1 } }),
            json!({ "rfm": { "recency": { "at_least": 4 }, "money": { "at_least": 5, "at_most": 5 } } }),
        ] {
            assert_eq!(faults(&sound), [], "{sound}");
        }
        for (wrong, pointer, code) in [
            (json!({ "all": [] }), "/members/all", "empty"),
            (
                json!({ "any": [{ "orders": {} }] }),
                "/members/any/0/orders",
                "says_nothing",
            ),
            (
                json!({ "not": { "spend": { "at_least": 2, "at_most": 1 } } }),
                "/members/not/spend/at_most",
                "contradiction",
            ),
            (
                json!({ "visits": { "at_least": 1, "within_days": 0 } }),
                "/members/visits/within_days",
                "out_of_range",
            ),
            (
                json!({ "last_order": { "at_least_days": 4_000 } }),
                "/members/last_order/at_least_days",
                "out_of_range",
            ),
            (
                json!({ "event": { "type": "Bought A Sofa" } }),
                "/members/event/type",
                "bad_event_type",
            ),
            (
                json!({ "birthday_within": 366 }),
                "/members/birthday_within",
                "out_of_range",
            ),
            (json!({ "tier": [] }), "/members/tier", "empty"),
            (json!({ "list": [] }), "/members/list", "empty"),
            (json!({ "rfm": {} }), "/members/rfm", "says_nothing"),
            (
                json!({ "rfm": { "frequency": { "at_least": 6 } } }),
                "/members/rfm/frequency/at_least",
                "out_of_range",
            ),
            (
                json!({ "bought": { "at_least": 2 } }),
                "/members/bought",
                "says_nothing",
            ),
            (
                json!({ "bought": { "category": ["toys"], "within_days": 4_000 } }),
                "/members/bought/within_days",
                "out_of_range",
            ),
        ] {
            assert_eq!(faults(&wrong), [(pointer.to_owned(), code)], "{wrong}");
        }
    }

    #[test]
    fn what_would_be_too_much_to_count_is_refused() {
        let one = json!({ "was_invited": true });
        let deep = (0..DEPTH_MAX).fold(one.clone(), |inner, _| json!({ "not": inner }));
        let pointer = format!("/members{}", "/not".repeat(DEPTH_MAX));
        assert_eq!(faults(&deep), [(pointer, "too_deep")]);
        let wide = json!({ "all": [{ "any": vec![one.clone(); 25] }, { "any": vec![one; 25] }] });
        assert_eq!(faults(&wide), [("/members".to_owned(), "too_many")]);
    }
}
