//! Whether a rule can do what it says. A rule that can never apply, that contradicts itself or that passes a
//! limit is refused when it is written, with a pointer to the place.

use std::collections::BTreeSet;

use super::{Condition, Extra, Limit, Lines, Period, Promotion, Rule, Trigger, Unit};
use crate::types::{Money, Time};

/// Most characters of a name, an article, a channel or a value.
pub const TEXT_MAX: usize = 80;
/// Most conditions of a rule, and most values of a condition.
pub const LIST_MAX: usize = 50;
/// Most limits of a rule.
pub const LIMITS_MAX: usize = 5;
/// Most points that one rule gives for one thing.
pub const POINTS_MAX: i64 = 1_000_000;
/// Most points of a budget.
pub const BUDGET_MAX: i64 = 1_000_000_000_000;
/// Longest time that points stay pending, and longest rolling limit, in days.
pub const DAYS_MAX: u16 = 730;
/// Most that a promotion multiplies by, in hundredths.
pub const MULTIPLY_MAX: i64 = 10_000;

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFault {
    /// A JSON pointer (RFC 6901) into the rule.
    pub pointer: String,
    /// A stable code.
    pub code: &'static str,
    /// What, why, what next.
    pub detail: String,
}

/// Everything that is wrong with an earning rule; nothing if it is sound.
pub fn check_rule(rule: &Rule) -> Vec<RuleFault> {
    let mut faults = Faults::default();
    faults.text("/name", &rule.name);
    let is_order = rule.when == Trigger::Order;
    if let Trigger::Event(kind) = &rule.when {
        faults.event_type("/when/event", kind);
    }
    faults.conditions(&rule.conditions, is_order);
    faults.lines(&rule.of, is_order);
    faults.award(rule, is_order);
    faults.limits(&rule.limits, is_order);
    faults.budget(rule.budget);
    faults.span(rule.from, rule.until);
    if let Some(group) = &rule.group {
        faults.text("/group", group);
    }
    if rule.pending_days > DAYS_MAX {
        let detail = format!("points may stay pending for at most {DAYS_MAX} days");
        faults.add("/pending_days", "out_of_range", detail);
    }
    faults.0
}

/// Everything that is wrong with a promotion; nothing if it is sound.
pub fn check_promotion(promotion: &Promotion) -> Vec<RuleFault> {
    let mut faults = Faults::default();
    faults.text("/name", &promotion.name);
    faults.conditions(&promotion.conditions, true);
    match promotion.then {
        Extra::Multiply(hundredths) => {
            let detail = format!("give hundredths between 101 (1.01 times) and {MULTIPLY_MAX}; 200 doubles");
            faults.range("/then/multiply", hundredths, 101..=MULTIPLY_MAX, detail);
        }
        Extra::Add(points) => {
            let detail = format!("give between 1 and {POINTS_MAX} points");
            faults.range("/then/add", points, 1..=POINTS_MAX, detail);
        }
    }
    faults.budget(promotion.budget);
    faults.span(Some(promotion.from), Some(promotion.until));
    faults.0
}

#[derive(Default)]
pub(in crate::loyalty) struct Faults(pub(in crate::loyalty) Vec<RuleFault>);

impl Faults {
    pub(in crate::loyalty) fn add(
        &mut self,
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) {
        self.0.push(RuleFault {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        });
    }

    pub(in crate::loyalty) fn range(
        &mut self,
        pointer: &str,
        value: i64,
        range: std::ops::RangeInclusive<i64>,
        detail: String,
    ) {
        if !range.contains(&value) {
            self.add(pointer, "out_of_range", detail);
        }
    }

    pub(in crate::loyalty) fn text(&mut self, pointer: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(pointer, "empty", "it is empty; give it a text");
        } else if text.chars().count() > TEXT_MAX {
            self.add(
                pointer,
                "too_long",
                format!("it is longer than {TEXT_MAX} characters"),
            );
        }
    }

    pub(in crate::loyalty) fn event_type(&mut self, pointer: &str, kind: &str) {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte);
        if kind.is_empty() || kind.len() > TEXT_MAX || !kind.bytes().all(is_plain) {
            let detail = format!("name an event with a-z, 0-9, `_`, `.` and `-`, at most {TEXT_MAX} of them");
            self.add(pointer, "bad_event_type", detail);
        }
    }

    fn list<T: Ord>(&mut self, pointer: &str, list: &[T], text: impl Fn(&T) -> Option<&str>) {
        if list.is_empty() {
            self.add(
                pointer,
                "never_applies",
                "the list is empty, so the rule could never apply; name something or leave it out",
            );
        }
        if list.len() > LIST_MAX {
            self.add(pointer, "too_many", format!("it names more than {LIST_MAX}"));
        }
        for (place, one) in list.iter().enumerate() {
            if let Some(text) = text(one) {
                self.text(&format!("{pointer}/{place}"), text);
            }
        }
        if list.iter().collect::<BTreeSet<_>>().len() != list.len() {
            self.add(pointer, "named_twice", "it names something twice; once is enough");
        }
    }

    fn texts(&mut self, pointer: &str, list: &[String]) {
        self.list(pointer, list, |text| Some(text.as_str()));
    }

    pub(in crate::loyalty) fn conditions(&mut self, conditions: &[Condition], is_order: bool) {
        if conditions.len() > LIST_MAX {
            self.add(
                "/if",
                "too_many",
                format!("it has more than {LIST_MAX} conditions"),
            );
        }
        for (place, condition) in conditions.iter().enumerate() {
            self.condition(&format!("/if/{place}"), condition, is_order);
        }
        self.contradictions(conditions);
    }

    fn condition(&mut self, pointer: &str, condition: &Condition, is_order: bool) {
        let needs_order = |faults: &mut Self, name: &str| {
            if !is_order {
                let detail =
                    format!("an event has no {name}, so the rule could never apply; set it off by `order`");
                faults.add(pointer, "never_applies", detail);
            }
        };
        match condition {
            Condition::Channel(list) => {
                needs_order(self, "channel");
                self.texts(&format!("{pointer}/channel"), list);
            }
            Condition::Location(list) => {
                needs_order(self, "location");
                self.texts(&format!("{pointer}/location"), list);
            }
            Condition::Weekday(days) => {
                let numbers: Vec<u8> = days.iter().map(|&day| number(day)).collect();
                self.list(&format!("{pointer}/weekday"), &numbers, |_| None);
            }
            // Reading it checked it.
            Condition::Hours(_) => (),
            Condition::Minimum(minor) => {
                needs_order(self, "amount");
                let detail = "give an amount in minor units between 1 and the largest that an order may have";
                self.range(
                    &format!("{pointer}/minimum"),
                    *minor,
                    1..=Money::MAX_MINOR,
                    detail.to_owned(),
                );
            }
            Condition::OrderNumber(number) => {
                needs_order(self, "number of order");
                let detail = "give a number between 1, the first order, and 1,000,000".to_owned();
                self.range(&format!("{pointer}/order_number"), *number, 1..=1_000_000, detail);
            }
            Condition::EveryOrder(number) => {
                needs_order(self, "number of order");
                let detail =
                    "give a number between 2 and 1,000,000; without the condition every order counts";
                self.range(
                    &format!("{pointer}/every_order"),
                    *number,
                    2..=1_000_000,
                    detail.to_owned(),
                );
            }
            Condition::Tier(list) => self.texts(&format!("{pointer}/tier"), list),
            Condition::Segment(list) => self.texts(&format!("{pointer}/segment"), list),
            Condition::Attribute(attribute) => {
                self.text(&format!("{pointer}/attribute/name"), &attribute.name);
                self.texts(&format!("{pointer}/attribute/is"), &attribute.is);
            }
            Condition::MemberDays(days) => {
                let detail = "give a number of days between 1 and 36,500".to_owned();
                self.range(&format!("{pointer}/member_days"), *days, 1..=36_500, detail);
            }
            Condition::Data(field) => {
                if is_order {
                    let detail = "an order has no `data`, so it could never apply; set it off by an event";
                    self.add(pointer, "never_applies", detail);
                }
                self.text(&format!("{pointer}/data/name"), &field.name);
                self.texts(&format!("{pointer}/data/is"), &field.is);
            }
        }
    }

    /// Conditions that cannot hold together.
    fn contradictions(&mut self, conditions: &[Condition]) {
        for (place, later) in conditions.iter().enumerate() {
            for earlier in conditions.iter().take(place) {
                if excludes(earlier, later) {
                    let detail =
                        "it and an earlier condition can never both hold, so the rule could never apply";
                    self.add(format!("/if/{place}"), "contradiction", detail);
                }
            }
        }
    }

    pub(in crate::loyalty) fn lines(&mut self, of: &Lines, is_order: bool) {
        if of.is_everything() {
            return;
        }
        if !is_order {
            self.add(
                "/of",
                "never_applies",
                "an event has no lines; leave `of` out or set the rule off by `order`",
            );
        }
        self.lines_at("/of", of);
    }

    /// The names of articles and categories.
    pub(in crate::loyalty) fn lines_at(&mut self, pointer: &str, of: &Lines) {
        for (name, list) in [("sku", &of.sku), ("category", &of.category)] {
            if !list.is_empty() {
                self.texts(&format!("{pointer}/{name}"), list);
            }
        }
    }

    fn award(&mut self, rule: &Rule, is_order: bool) {
        if rule.then.reward.is_some() {
            self.reward(rule);
        } else {
            let detail = format!("give between 1 and {POINTS_MAX} points; only adjustments take points away");
            self.range("/then/points", rule.then.points, 1..=POINTS_MAX, detail);
        }
        match rule.then.per {
            Unit::Item | Unit::Spend(_) if !is_order => {
                let detail = "nothing is bought with an event; give the points per `time`";
                self.add("/then/per", "never_applies", detail);
            }
            Unit::Time | Unit::Item => (),
            Unit::Spend(minor) => {
                let detail = "give an amount in minor units between 1 and 1,000,000,000".to_owned();
                self.range("/then/per/spend", minor, 1..=1_000_000_000, detail);
            }
        }
    }

    /// What goes with points does not go with a reward.
    fn reward(&mut self, rule: &Rule) {
        let with_points = [
            ("/then/points", rule.then.points != 0),
            ("/budget", rule.budget.is_some()),
            ("/group", rule.group.is_some()),
            ("/pending_days", rule.pending_days != 0),
        ];
        for (pointer, is_there) in with_points {
            if is_there {
                let detail = "it is about points, and the rule gives a reward; leave one of the two out";
                self.add(pointer, "contradiction", detail);
            }
        }
        for (place, limit) in rule.limits.iter().enumerate() {
            if limit.points.is_some() {
                let detail = "the rule gives no points; limit the `times`";
                self.add(format!("/limits/{place}/points"), "contradiction", detail);
            }
        }
    }

    fn limits(&mut self, limits: &[Limit], is_order: bool) {
        if limits.len() > LIMITS_MAX {
            self.add(
                "/limits",
                "too_many",
                format!("it has more than {LIMITS_MAX} limits"),
            );
        }
        for (place, limit) in limits.iter().enumerate() {
            let pointer = format!("/limits/{place}");
            if limit.times.is_none() && limit.points.is_none() {
                self.add(&pointer, "empty", "it limits nothing; give `times` or `points`");
            }
            for (name, value) in [("times", limit.times), ("points", limit.points)] {
                if let Some(value) = value {
                    let detail = format!(
                        "give a number between 1 and {BUDGET_MAX}; with 0 the rule could never apply"
                    );
                    self.range(&format!("{pointer}/{name}"), value, 1..=BUDGET_MAX, detail);
                }
            }
            if let Period::Days(days) = limit.within {
                let detail = format!("give between 1 and {DAYS_MAX} days, or `ever`");
                self.range(
                    &format!("{pointer}/within/days"),
                    i64::from(days),
                    1..=i64::from(DAYS_MAX),
                    detail,
                );
            }
            self.field(&format!("{pointer}/per"), limit, is_order);
        }
    }

    /// The field whose values a limit counts apart.
    fn field(&mut self, pointer: &str, limit: &Limit, is_order: bool) {
        if limit.per.is_none() {
            return;
        }
        if limit.field().is_none() {
            let detail = "write `data.` and the field's name: 1 to 40 of a-z, A-Z, 0-9, `_` and `-`";
            self.add(pointer, "bad_field", detail);
        }
        if is_order {
            let detail = "an order has no `data`; leave `per` out or set the rule off by an event";
            self.add(pointer, "never_applies", detail);
        }
    }

    fn budget(&mut self, budget: Option<i64>) {
        if let Some(budget) = budget {
            let detail = format!("give between 1 and {BUDGET_MAX} points; with 0 the rule could never apply");
            self.range("/budget", budget, 1..=BUDGET_MAX, detail);
        }
    }

    pub(in crate::loyalty) fn span(&mut self, from: Option<Time>, until: Option<Time>) {
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            self.add(
                "/until",
                "never_applies",
                "it ends before it begins; give a time after `from`",
            );
        }
    }
}

fn number(day: crate::types::Weekday) -> u8 {
    use crate::types::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    match day {
        Mon => 0,
        Tue => 1,
        Wed => 2,
        Thu => 3,
        Fri => 4,
        Sat => 5,
        Sun => 6,
    }
}

fn excludes(one: &Condition, other: &Condition) -> bool {
    let disjoint = |left: &[String], right: &[String]| !left.iter().any(|text| right.contains(text));
    match (one, other) {
        (Condition::Channel(left), Condition::Channel(right))
        | (Condition::Location(left), Condition::Location(right))
        | (Condition::Tier(left), Condition::Tier(right)) => disjoint(left, right),
        (Condition::Weekday(left), Condition::Weekday(right)) => !left.iter().any(|day| right.contains(day)),
        (Condition::Attribute(left), Condition::Attribute(right))
        | (Condition::Data(left), Condition::Data(right)) => {
            left.name == right.name && disjoint(&left.is, &right.is)
        }
        (Condition::OrderNumber(left), Condition::OrderNumber(right)) => left != right,
        (Condition::OrderNumber(number), Condition::EveryOrder(every))
        | (Condition::EveryOrder(every), Condition::OrderNumber(number)) => number % (*every).max(1) != 0,
        (Condition::Hours(left), Condition::Hours(right)) => {
            !(0..super::DAY_MINUTES).any(|minute| left.hold(minute) && right.hold(minute))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn faults(part: &Value) -> Vec<(String, &'static str)> {
        let mut text = json!({ "name": "r", "when": "order", "then": { "points": 1, "per": "time" } });
        let object = text.as_object_mut().expect("an object");
        for (key, value) in part.as_object().expect("an object") {
            object.insert(key.clone(), value.clone());
        }
        let rule: Rule = serde_json::from_value(text).expect("a rule");
        check_rule(&rule)
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect()
    }

    #[test]
    fn each_fault_is_named_at_its_place() {
        let long = "x".repeat(TEXT_MAX + 1);
        for (part, pointer, code) in [
            (json!({ "name": " " }), "/name", "empty"),
            (json!({ "name": long }), "/name", "too_long"),
            (
                json!({ "when": { "event": "Birth Day" } }),
                "/when/event",
                "bad_event_type",
            ),
            (json!({ "if": [{ "tier": [] }] }), "/if/0/tier", "never_applies"),
            (
                json!({ "if": [{ "weekday": ["mon", "mon"] }] }),
                "/if/0/weekday",
                "named_twice",
            ),
            (
                json!({ "if": [{ "minimum": 0 }] }),
                "/if/0/minimum",
                "out_of_range",
            ),
            (
                json!({ "if": [{ "every_order": 1 }] }),
                "/if/0/every_order",
                "out_of_range",
            ),
            (
                json!({ "then": { "points": 0, "per": "time" } }),
                "/then/points",
                "out_of_range",
            ),
            (
                json!({ "then": { "points": -5, "per": "time" } }),
                "/then/points",
                "out_of_range",
            ),
            (
                json!({ "then": { "points": 1, "per": { "spend": 0 } } }),
                "/then/per/spend",
                "out_of_range",
            ),
            (json!({ "limits": [{ "within": "day" }] }), "/limits/0", "empty"),
            (
                json!({ "limits": [{ "times": 0, "within": "day" }] }),
                "/limits/0/times",
                "out_of_range",
            ),
            (
                json!({ "limits": [{ "times": 1, "within": { "days": 0 } }] }),
                "/limits/0/within/days",
                "out_of_range",
            ),
            (json!({ "budget": 0 }), "/budget", "out_of_range"),
            (
                json!({ "from": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00Z" }),
                "/until",
                "never_applies",
            ),
            (json!({ "pending_days": 731 }), "/pending_days", "out_of_range"),
        ] {
            assert_eq!(faults(&part), [(pointer.to_owned(), code)], "{part}");
        }
    }

    #[test]
    fn what_an_event_cannot_have_is_refused() {
        let event = |part: Value| {
            let mut part = part;
            part["when"] = json!({ "event": "review" });
            faults(&part)
        };
        let never = |pointer: &str| vec![(pointer.to_owned(), "never_applies")];
        assert_eq!(event(json!({ "if": [{ "channel": ["web"] }] })), never("/if/0"));
        assert_eq!(event(json!({ "of": { "sku": ["a"] } })), never("/of"));
        assert_eq!(
            event(json!({ "then": { "points": 1, "per": "item" } })),
            never("/then/per")
        );
        assert_eq!(event(json!({ "if": [{ "tier": ["gold"] }] })), []);
    }

    #[test]
    fn what_an_order_cannot_have_is_refused() {
        let never = |pointer: &str| vec![(pointer.to_owned(), "never_applies")];
        let five_stars = json!([{ "data": { "name": "stars", "is": ["5"] } }]);
        let each = json!([{ "times": 1, "within": "ever", "per": "data.network" }]);
        assert_eq!(faults(&json!({ "if": five_stars })), never("/if/0"));
        assert_eq!(faults(&json!({ "limits": each })), never("/limits/0/per"));
        let when = json!({ "event": "review" });
        assert_eq!(
            faults(&json!({ "when": when, "if": five_stars, "limits": each })),
            []
        );
        for per in ["network", "data.", "data.a b", "event.network"] {
            let limits = json!([{ "times": 1, "within": "ever", "per": per }]);
            let found = faults(&json!({ "when": when, "limits": limits }));
            assert_eq!(found, [("/limits/0/per".to_owned(), "bad_field")], "{per}");
        }
    }

    #[test]
    fn conditions_that_exclude_each_other_are_a_contradiction() {
        for pair in [
            json!([{ "tier": ["gold"] }, { "tier": ["silver"] }]),
            json!([{ "weekday": ["mon"] }, { "weekday": ["tue", "wed"] }]),
            json!([{ "order_number": 1 }, { "every_order": 5 }]),
            json!([{ "hours": { "from": "22:00", "to": "02:00" } }, { "hours": { "from": "02:00", "to": "22:00" } }]),
            json!([{ "attribute": { "name": "a", "is": ["1"] } }, { "attribute": { "name": "a", "is": ["2"] } }]),
        ] {
            let found = faults(&json!({ "if": pair }));
            assert_eq!(found, [("/if/1".to_owned(), "contradiction")], "{pair}");
        }
        assert_eq!(
            faults(&json!({ "if": [{ "order_number": 10 }, { "every_order": 5 }] })),
            []
        );
    }

    #[test]
    fn a_promotion_multiplies_by_more_than_one_and_ends_after_it_begins() {
        let promotion = |then: Value, until: &str| {
            let text = json!({ "name": "p", "then": then, "from": "2026-11-01T00:00:00Z", "until": until });
            let promotion: Promotion = serde_json::from_value(text).expect("a promotion");
            let faults = check_promotion(&promotion).into_iter();
            faults.map(|fault| fault.pointer).collect::<Vec<_>>()
        };
        let later = "2026-12-01T00:00:00Z";
        assert_eq!(promotion(json!({ "multiply": 200 }), later), Vec::<String>::new());
        assert_eq!(promotion(json!({ "multiply": 100 }), later), ["/then/multiply"]);
        assert_eq!(promotion(json!({ "add": 0 }), later), ["/then/add"]);
        assert_eq!(promotion(json!({ "add": 5 }), "2026-10-01T00:00:00Z"), ["/until"]);
    }
}
