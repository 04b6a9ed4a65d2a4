//! The form of a rule: what the API takes, and what a rule that is there says.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::amount::{parse, parse_number, plain};
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::shop::list_active;
use super::edit::{Filled, TermForm};
use super::phrases::{DAYS, EVENTS};
use crate::actions::{ActionError, TermKind};
use crate::loyalty::earning::BaseRule;
use crate::loyalty::rule::check::TEXT_MAX;
use crate::loyalty::rule::{Condition, Period, Rule, Trigger, Unit};
use crate::types::{Currency, Day, Weekday};

/// What was typed of a rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleForm {
    pub(super) token: String,
    pub(super) version: String,
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
    /// The code of a location.
    pub(super) location: String,
    pub(super) points: String,
    /// `time`, `item` or `spend`.
    pub(super) per: String,
    pub(super) money: String,
    pub(super) times: String,
    pub(super) within: String,
}

guarded!(RuleForm);

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

    /// Whether it names a condition; what is folded is open then.
    pub(super) fn has_conditions(&self) -> bool {
        let texts = [
            &self.minimum,
            &self.category,
            &self.from_hour,
            &self.to_hour,
            &self.number,
            &self.location,
        ];
        texts.iter().any(|text| !text.is_empty()) || DAYS.iter().any(|(_, day, _)| self.is_chosen(day))
    }

    /// The form with what a rule says; `None` if that is more than the form can say.
    fn say(rule: &Rule, currency: Currency) -> Option<Self> {
        let mut form = Self {
            name: rule.name.clone(),
            when: match &rule.when {
                Trigger::Order => "order".to_owned(),
                Trigger::Event(kind) => kind.clone(),
            },
            category: rule.of.category.join(", "),
            points: rule.then.points.to_string(),
            ..Self::default()
        };
        match rule.then.per {
            Unit::Time => "time".clone_into(&mut form.per),
            Unit::Item => "item".clone_into(&mut form.per),
            Unit::Spend(minor) => {
                "spend".clone_into(&mut form.per);
                form.money = plain(minor, currency);
            }
        }
        for condition in &rule.conditions {
            form.say_condition(condition, currency)?;
        }
        match rule.limits.as_slice() {
            [] => (),
            [limit] => {
                form.times = limit.times?.to_string();
                period_name(limit.within)?.clone_into(&mut form.within);
            }
            _ => return None,
        }
        // What it would be read as is what the rule says, or it says more.
        let again = serde_json::from_value::<Rule>(form.rule(currency).ok()?).ok()?;
        let is_same = has_same_conditions(&again.conditions, &rule.conditions)
            && Rule {
                conditions: Vec::new(),
                ..again
            } == Rule {
                conditions: Vec::new(),
                ..rule.clone()
            };
        is_same.then_some(form)
    }

    fn say_condition(&mut self, condition: &Condition, currency: Currency) -> Option<()> {
        match condition {
            Condition::Minimum(minor) => self.minimum = plain(*minor, currency),
            Condition::OrderNumber(number) => self.number = number.to_string(),
            Condition::Location(codes) => match codes.as_slice() {
                [code] => self.location.clone_from(code),
                _ => return None,
            },
            Condition::Hours(hours) => {
                let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
                self.from_hour = clock(hours.from);
                self.to_hour = clock(hours.to);
            }
            Condition::Weekday(days) => {
                for day in days {
                    "yes".clone_into(match day {
                        Weekday::Mon => &mut self.mon,
                        Weekday::Tue => &mut self.tue,
                        Weekday::Wed => &mut self.wed,
                        Weekday::Thu => &mut self.thu,
                        Weekday::Fri => &mut self.fri,
                        Weekday::Sat => &mut self.sat,
                        Weekday::Sun => &mut self.sun,
                    });
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// The rule as the API takes it, or what is wrong with the form.
    fn rule(&self, currency: Currency) -> Result<Value, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let mut conditions = Vec::new();
        let in_range = |number: &i64| (1..=BaseRule::MAX).contains(number);
        if !is_short_name(&self.name) {
            faults.push(("name", "terms-bad-short-name"));
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
        if !self.location.is_empty() {
            conditions.push(json!({ "location": [self.location] }));
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
        let category = split_list(&self.category);
        if let (Some(fields), false) = (rule.as_object_mut(), category.is_empty()) {
            fields.insert("of".to_owned(), json!({ "category": category }));
        }
        Ok(rule)
    }
}

/// Whether a text can be the name of a rule.
pub(super) fn is_short_name(text: &str) -> bool {
    (1..=TEXT_MAX).contains(&text.trim().chars().count())
}

/// The names of a list with commas between, as any of our languages writes them.
pub(super) fn split_list(text: &str) -> Vec<&str> {
    let names = text.split([',', '،', '，']).map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}

/// Whether two lists hold the same conditions; neither their order nor that of days matters.
fn has_same_conditions(one: &[Condition], other: &[Condition]) -> bool {
    let is_same = |a: &Condition, b: &Condition| match (a, b) {
        (Condition::Weekday(a), Condition::Weekday(b)) => {
            a.len() == b.len() && a.iter().all(|day| b.contains(day))
        }
        (a, b) => a == b,
    };
    let is_in = |a: &Condition| other.iter().any(|b| is_same(a, b));
    one.len() == other.len() && one.iter().all(is_in)
}

/// The name of a period that can be chosen.
pub(super) const fn period_name(period: Period) -> Option<&'static str> {
    match period {
        Period::Day => Some("day"),
        Period::Week => Some("week"),
        Period::Month => Some("month"),
        Period::Year => Some("year"),
        Period::Ever => Some("ever"),
        Period::Days(_) => None,
    }
}

impl TermForm for RuleForm {
    type Body = Rule;
    const KIND: TermKind = TermKind::Rule;
    const LIST: &'static str = "/console/rules";

    fn version(&self) -> &str {
        &self.version
    }

    fn of(desk: &Desk, body: &Rule) -> Option<Self> {
        Self::say(body, desk.program.currency)
    }

    fn read(&self, desk: &Desk) -> Result<Value, Vec<FieldFault>> {
        let mut rule = self.rule(desk.program.currency)?;
        if let Some(fields) = rule.as_object_mut() {
            fields.entry("of").or_insert(Value::Null);
        }
        Ok(rule)
    }
}

/// A rule's form as a page draws it.
pub(super) struct RuleFields {
    pub(super) filled: Filled<RuleForm>,
    pub(super) events: Vec<(String, String, bool)>,
    pub(super) days: Vec<(&'static str, &'static str, bool)>,
    pub(super) periods: Vec<(&'static str, &'static str, bool)>,
    /// Code, name, and whether it is chosen.
    pub(super) locations: Vec<(String, String, bool)>,
    pub(super) symbol: String,
}

impl RuleFields {
    pub(super) async fn read(desk: &Desk, filled: Filled<RuleForm>) -> Result<Self, ActionError> {
        let form = &filled.form;
        Ok(Self {
            locations: locations(desk, &form.location).await?,
            events: desk.events(&form.when),
            days: DAYS
                .iter()
                .map(|(_, name, text)| (*name, *text, form.is_chosen(name)))
                .collect(),
            periods: periods(&form.within),
            symbol: desk.program.currency.to_string(),
            filled,
        })
    }
}

/// The locations that can be chosen. One that orders name and the list does not is among them where it is what was chosen.
pub(super) async fn locations(desk: &Desk, chosen: &str) -> Result<Vec<(String, String, bool)>, ActionError> {
    let mut known = list_active(desk).await?;
    if !chosen.is_empty() && known.iter().all(|(code, _)| code != chosen) {
        known.push((chosen.to_owned(), chosen.to_owned()));
    }
    let mark = |(code, name): (String, String)| {
        let is_chosen = code == chosen;
        (code, name, is_chosen)
    };
    Ok(known.into_iter().map(mark).collect())
}

/// The periods that can be chosen, and whether each is.
pub(super) fn periods(chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
    let all = PERIODS.iter();
    all.map(|(name, text)| (*name, *text, chosen == *name)).collect()
}

impl Desk {
    /// The events that can be chosen; one of the program's own is among them where it is what was chosen.
    pub(super) fn events(&self, chosen: &str) -> Vec<(String, String, bool)> {
        let is_known =
            chosen.is_empty() || chosen == "order" || EVENTS.iter().any(|(name, _)| *name == chosen);
        let own = (!is_known).then_some(chosen);
        let names = EVENTS.iter().map(|(name, _)| *name).chain(own);
        names
            .map(|name| (name.to_owned(), self.event(name), name == chosen))
            .collect()
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
        let read = form.rule("EUR".parse().expect("a currency")).expect("sound");
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
            .rule("EUR".parse().expect("a currency"))
            .expect_err("all wrong");
        let fields: Vec<&str> = faults.iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            ["name", "minimum", "hours", "number", "points", "money", "times"]
        );
    }

    #[test]
    fn a_rule_that_the_form_can_say_comes_back_and_one_that_says_more_does_not() {
        let currency = "EUR".parse().expect("a currency");
        let whole = json!({ "name": "Early birds", "when": { "event": "review" }, "of": { "category": [] },
            "if": [{ "hours": { "from": "07:00", "to": "09:30" } }, { "weekday": ["fri", "mon"] }],
            "then": { "points": 10, "per": "time" }, "limits": [{ "times": 1, "within": "day" }] });
        let say = |more: Value| {
            let mut body = whole.clone();
            for (name, value) in more.as_object().expect("fields") {
                body[name] = value.clone();
            }
            let rule: Rule = serde_json::from_value(body).expect("a rule");
            RuleForm::say(&rule, currency)
        };
        let form = say(json!({})).expect("it can");
        assert_eq!(
            (
                form.when.as_str(),
                form.mon.as_str(),
                form.fri.as_str(),
                form.from_hour.as_str()
            ),
            ("review", "yes", "yes", "07:00")
        );
        for more in [
            json!({ "budget": 5_000 }),
            json!({ "group": "mornings" }),
            json!({ "pending_days": 14 }),
            json!({ "from": "2026-11-01T00:00:00Z" }),
            json!({ "of": { "sku": ["A-1"] } }),
            json!({ "of": { "category": ["coffee, black"] } }),
            json!({ "if": [{ "tier": ["Gold"] }] }),
            json!({ "if": [{ "location": ["north", "south"] }] }),
            json!({ "if": [{ "weekday": ["mon"] }, { "weekday": ["tue"] }] }),
            json!({ "if": [{ "hours": { "from": "18:00", "to": "24:00" } }] }),
            json!({ "limits": [{ "points": 50, "within": "day" }] }),
            json!({ "limits": [{ "times": 1, "within": { "days": 3 } }] }),
            json!({ "limits": [{ "times": 1, "within": "day", "per": "data.network" }] }),
        ] {
            assert!(say(more.clone()).is_none(), "{more}");
        }
    }
}
