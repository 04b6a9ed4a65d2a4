//! The forms of a new rule and of a new promotion, as what the API takes.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::amount::{parse, parse_number};
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::phrases::DAYS;
use crate::loyalty::earning::BaseRule;
use crate::types::{Currency, Day};

/// What was typed of a rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleForm {
    pub(super) token: String,
    pub(super) name: String,
    /// `order`, or the type of an event.
    pub(super) when: String,
    pub(super) minimum: String,
    pub(super) category: String,
    pub(super) mon: String,
    pub(super) tue: String,
    pub(super) wed: String,
    pub(super) thu: String,
    pub(super) fri: String,
    pub(super) sat: String,
    pub(super) sun: String,
    pub(super) from_hour: String,
    pub(super) to_hour: String,
    pub(super) number: String,
    pub(super) points: String,
    /// `time`, `item` or `spend`.
    pub(super) per: String,
    pub(super) money: String,
    pub(super) times: String,
    pub(super) within: String,
}

/// What was typed of a promotion.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PromotionForm {
    pub(super) token: String,
    pub(super) name: String,
    /// `multiply` or `add`.
    pub(super) kind: String,
    pub(super) amount: String,
    pub(super) from: String,
    pub(super) until: String,
}

guarded!(RuleForm, PromotionForm);

/// A field and the text for what is wrong with it.
pub(super) type FieldFault = (&'static str, &'static str);

/// The periods that can be chosen.
pub(super) const PERIODS: [(&str, &str); 5] = [
    ("day", "terms-in-day"),
    ("week", "terms-in-week"),
    ("month", "terms-in-month"),
    ("year", "terms-in-year"),
    ("ever", "terms-in-ever"),
];

/// The day of an ISO date, as a date field sends it.
pub(super) fn read_day(text: &str) -> Option<Day> {
    let mut parts = text.trim().split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Day::from_date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

impl RuleForm {
    pub(super) fn is_chosen(&self, day: &str) -> bool {
        let value = match day {
            "mon" => &self.mon,
            "tue" => &self.tue,
            "wed" => &self.wed,
            "thu" => &self.thu,
            "fri" => &self.fri,
            "sat" => &self.sat,
            _ => &self.sun,
        };
        value == "yes"
    }

    /// The rule as the API takes it, or what is wrong with the form.
    pub(super) fn read(&self, currency: Currency) -> Result<Value, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let mut conditions = Vec::new();
        let in_range = |number: &i64| (1..=BaseRule::MAX).contains(number);
        if self.name.trim().is_empty() {
            faults.push(("name", "terms-bad-name"));
        }
        if !self.minimum.trim().is_empty() {
            match parse(&self.minimum, currency).filter(|minor| *minor > 0) {
                Some(minor) => conditions.push(json!({ "minimum": minor })),
                None => faults.push(("minimum", "start-bad-basket")),
            }
        }
        let days: Vec<&str> = DAYS
            .iter()
            .map(|(_, name, _)| *name)
            .filter(|name| self.is_chosen(name))
            .collect();
        if !days.is_empty() {
            conditions.push(json!({ "weekday": days }));
        }
        let hours = (self.from_hour.trim(), self.to_hour.trim());
        match hours {
            ("", "") => (),
            (from, to) if is_clock(from) && is_clock(to) && from != to => {
                conditions.push(json!({ "hours": { "from": from, "to": to } }));
            }
            _ => faults.push(("hours", "terms-bad-hours")),
        }
        if !self.number.trim().is_empty() {
            match parse_number(&self.number).filter(in_range) {
                Some(number) => conditions.push(json!({ "order_number": number })),
                None => faults.push(("number", "start-bad-number")),
            }
        }
        let points = parse_number(&self.points).filter(in_range);
        if points.is_none() {
            faults.push(("points", "terms-bad-points"));
        }
        let per = match self.per.as_str() {
            "item" => json!("item"),
            "spend" => {
                let minor = parse(&self.money, currency).filter(in_range);
                if minor.is_none() {
                    faults.push(("money", "start-bad-basket"));
                }
                json!({ "spend": minor })
            }
            _ => json!("time"),
        };
        let mut limits = Vec::new();
        if !self.times.trim().is_empty() {
            match parse_number(&self.times).filter(in_range) {
                Some(times) => {
                    let within = PERIODS.iter().find(|(name, _)| *name == self.within);
                    limits.push(json!({ "times": times, "within": within.map_or("day", |(name, _)| *name) }));
                }
                None => faults.push(("times", "start-bad-number")),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let when = match self.when.as_str() {
            "" | "order" => json!("order"),
            event => json!({ "event": event }),
        };
        let mut rule = json!({ "name": self.name.trim(), "when": when, "if": conditions,
            "then": { "points": points, "per": per }, "limits": limits });
        let category: Vec<&str> = self
            .category
            .split([',', '،', '，'])
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        if let (Some(fields), false) = (rule.as_object_mut(), category.is_empty()) {
            fields.insert("of".to_owned(), json!({ "category": category }));
        }
        Ok(rule)
    }
}

/// Whether a text is a time of day as a time field sends it.
fn is_clock(text: &str) -> bool {
    let Some((hours, minutes)) = text.split_once(':') else {
        return false;
    };
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
    number(hours).is_some_and(|hours| hours < 24) && number(minutes).is_some_and(|minutes| minutes < 60)
}

impl PromotionForm {
    /// The promotion as the API takes it, or what is wrong with the form.
    pub(super) fn read(&self, desk: &Desk) -> Result<Value, Vec<FieldFault>> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(("promotion-name", "terms-bad-name"));
        }
        let amount = match self.kind.as_str() {
            // Factors have two decimals at most, as money of a euro's kind has.
            "add" => parse_number(&self.amount).filter(|points| (1..=BaseRule::MAX).contains(points)),
            _ => read_factor(&self.amount),
        };
        if amount.is_none() {
            let text = if self.kind == "add" {
                "terms-bad-points"
            } else {
                "terms-bad-factor"
            };
            faults.push(("amount", text));
        }
        let (from, until) = (read_day(&self.from), read_day(&self.until));
        let (Some(from), Some(until), Some(amount), true) = (from, until, amount, faults.is_empty()) else {
            if from.is_none() {
                faults.push(("from", "terms-bad-date"));
            }
            if until.is_none() {
                faults.push(("until", "terms-bad-date"));
            }
            return Err(faults);
        };
        if until < from {
            return Err(vec![("until", "terms-bad-span")]);
        }
        let zone = desk.program.time_zone;
        let kind = if self.kind == "add" { "add" } else { "multiply" };
        Ok(json!({ "name": self.name.trim(), "then": { kind: amount },
            "from": zone.start_of(from).rfc3339_secs(),
            "until": zone.start_of(until.plus_days(1)).rfc3339_secs() }))
    }
}

/// A factor above one, in hundredths.
fn read_factor(text: &str) -> Option<i64> {
    let euro = "EUR".parse().ok()?;
    parse(text, euro).filter(|hundredths| (101..=10_000).contains(hundredths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_the_rule_that_it_says() {
        let form = RuleForm {
            name: " Early birds ".to_owned(),
            when: "order".to_owned(),
            minimum: "5".to_owned(),
            category: "coffee، tea".to_owned(),
            mon: "yes".to_owned(),
            fri: "yes".to_owned(),
            from_hour: "07:00".to_owned(),
            to_hour: "09:30".to_owned(),
            points: "۱۰".to_owned(),
            per: "spend".to_owned(),
            money: "2,50".to_owned(),
            times: "1".to_owned(),
            within: "day".to_owned(),
            ..RuleForm::default()
        };
        let read = form.read("EUR".parse().expect("a currency")).expect("sound");
        assert_eq!(
            read,
            json!({ "name": "Early birds", "when": "order", "of": { "category": ["coffee", "tea"] },
                "if": [{ "minimum": 500 }, { "weekday": ["mon", "fri"] }, { "hours": { "from": "07:00", "to": "09:30" } }],
                "then": { "points": 10, "per": { "spend": 250 } }, "limits": [{ "times": 1, "within": "day" }] })
        );
    }

    #[test]
    fn each_fault_is_told_at_its_field() {
        let form = RuleForm {
            minimum: "x".to_owned(),
            from_hour: "25:00".to_owned(),
            to_hour: "09:00".to_owned(),
            number: "0".to_owned(),
            points: "many".to_owned(),
            per: "spend".to_owned(),
            times: "-1".to_owned(),
            ..RuleForm::default()
        };
        let faults = form
            .read("EUR".parse().expect("a currency"))
            .expect_err("all wrong");
        let fields: Vec<&str> = faults.iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            ["name", "minimum", "hours", "number", "points", "money", "times"]
        );
    }

    #[test]
    fn a_factor_is_above_one() {
        for (text, hundredths) in [
            ("2", Some(200)),
            ("1.5", Some(150)),
            ("1,25", Some(125)),
            ("۱٫۵", Some(150)),
            ("1", None),
            ("0.5", None),
            ("101", None),
            ("x", None),
        ] {
            assert_eq!(read_factor(text), hundredths, "{text}");
        }
    }
}
