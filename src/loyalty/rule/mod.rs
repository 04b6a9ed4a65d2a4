//! Earning rules: when something happens, if these things hold, then so many points.
//!
//! The language is closed: what is not listed here cannot be said, so each rule can be checked when it is
//! written ([`check`]), run the same way everywhere ([`evaluate`]) and explained to a person. A rule is kept in
//! versions; an entry of the ledger names the version that earned it.

pub mod check;
pub mod evaluate;
pub mod facts;

use serde::{Deserialize, Serialize};

use crate::types::{Day, RewardId, Time, Weekday};

/// One earning rule, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What the staff call it.
    pub name: String,
    /// What sets it off.
    pub when: Trigger,
    /// What must hold, all of it.
    #[serde(default, rename = "if", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Which lines of an order it counts; all that the program does not exclude, where it says nothing.
    #[serde(default, skip_serializing_if = "Lines::is_everything")]
    pub of: Lines,
    /// What is earned.
    pub then: Award,
    /// How often and how much a member may earn by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// Points that all members together may earn by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<i64>,
    /// The first instant at which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// The first instant at which it counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// Of the rules of one group that apply, the one that earns most counts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Days until the points can be spent: as long as goods may be returned.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending_days: u16,
}

// Serde asks with a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(days: &u16) -> bool {
    *days == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_no_points(points: &i64) -> bool {
    *points == 0
}

/// What sets a rule off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A purchase.
    Order,
    /// Any other act, by its type: `sign_up`, `birthday`, `referral`, `referred`, `review`, `check_in`, or one of the program's own.
    Event(String),
}

/// Something that must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// The order came through one of these channels.
    Channel(Vec<String>),
    /// It was made at one of these places.
    Location(Vec<String>),
    /// It happened on one of these days, in the program's time zone.
    Weekday(Vec<Weekday>),
    /// It happened between these times of day, in the program's time zone.
    Hours(Hours),
    /// The lines that the rule counts come to at least so many minor units.
    Minimum(i64),
    /// It is the member's n-th order, the first being 1.
    OrderNumber(i64),
    /// The number of the member's order is a multiple of this.
    EveryOrder(i64),
    /// The member is on one of these tiers, by name or id.
    Tier(Vec<String>),
    /// The member is in one of these segments.
    Segment(Vec<String>),
    /// An attribute of the member is one of these.
    Attribute(Attribute),
    /// The member has been one for at least so many days.
    MemberDays(i64),
    /// A field of the event's `data` is one of these.
    Data(Attribute),
}

/// An attribute of a member or a field of an event, and what it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What it may be, one of these.
    pub is: Vec<String>,
}

/// A span of the day, in minutes from midnight; it may pass midnight (22:00 to 02:00).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "HoursText", into = "HoursText")]
pub struct Hours {
    /// The first minute.
    pub from: u16,
    /// The first minute after it.
    pub to: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursText {
    from: String,
    to: String,
}

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

impl TryFrom<HoursText> for Hours {
    type Error = String;
    fn try_from(text: HoursText) -> Result<Self, String> {
        let read = |text: &str| {
            let fault = || format!("`{text}` is not a time of day between 00:00 and 24:00");
            let (hours, minutes) = text.split_once(':').ok_or_else(fault)?;
            let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(hours) || !digits(minutes) {
                return Err(fault());
            }
            let hours: u16 = hours.parse().map_err(|_| fault())?;
            let minutes: u16 = minutes.parse().map_err(|_| fault())?;
            let all = hours * 60 + minutes;
            if minutes > 59 || all > DAY_MINUTES {
                return Err(fault());
            }
            Ok(all)
        };
        let (from, to) = (read(&text.from)?, read(&text.to)?);
        if from == to {
            return Err("`from` and `to` are the same, so no minute lies between them".to_owned());
        }
        Ok(Self { from, to })
    }
}

impl From<Hours> for HoursText {
    fn from(hours: Hours) -> Self {
        let text = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        Self {
            from: text(hours.from),
            to: text(hours.to),
        }
    }
}

impl Hours {
    /// Whether a minute of the day lies in the span.
    pub const fn hold(self, minute: u16) -> bool {
        if self.from < self.to {
            self.from <= minute && minute < self.to
        } else {
            self.from <= minute || minute < self.to
        }
    }
}

/// Which lines of an order a rule counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// Articles by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sku: Vec<String>,
    /// Categories; a line counts whose article or whose category is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<String>,
}

impl Lines {
    /// Whether no line is left out.
    pub const fn is_everything(&self) -> bool {
        self.sku.is_empty() && self.category.is_empty()
    }
}

/// What is earned: points or a reward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// So many points ..
    #[serde(default, skip_serializing_if = "is_no_points")]
    pub points: i64,
    /// .. or one of this reward, which then costs nothing ..
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<RewardId>,
    /// .. for each of these.
    pub per: Unit,
}

/// What points are given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The whole order or event, once.
    Time,
    /// One piece of what the rule counts.
    Item,
    /// So many minor units of money that is spent; what is left over counts for the next order.
    Spend(i64),
}

/// How often and how much, in which time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The most times, if they are limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<i64>,
    /// The most points, if they are limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// In which time.
    pub within: Period,
    /// Each value of this field of the event is counted by itself: `data.network` is once for each network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
}

/// What the name of an event's field begins with.
const FIELD_PREFIX: &str = "data.";
/// Longest name of an event's field.
const FIELD_MAX: usize = 40;

impl Limit {
    /// The field of an event whose values it counts apart; `None` if it counts all together, or names no field.
    pub fn field(&self) -> Option<&str> {
        let name = self.per.as_deref()?.strip_prefix(FIELD_PREFIX)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        (!name.is_empty() && name.len() <= FIELD_MAX && name.bytes().all(is_plain)).then_some(name)
    }
}

/// The time that a limit counts over, in the program's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A day of the calendar.
    Day,
    /// A week from Monday on.
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
    /// So many days back from now.
    Days(u16),
    /// Always.
    Ever,
}

impl Period {
    /// The first day that counts on a day; `None` if all before it do.
    pub fn first_day(self, today: Day) -> Option<Day> {
        match self {
            Self::Day => Some(today),
            Self::Week => Some(today.start_of_week()),
            Self::Month => Some(today.start_of_month()),
            Self::Year => Some(today.start_of_year()),
            Self::Days(days) => Some(today.plus_days(1 - i64::from(days))),
            Self::Ever => None,
        }
    }

    /// The first day on which what was done on a day counts no more; `None` if it always does.
    pub fn left_on(self, day: Day) -> Option<Day> {
        match self {
            Self::Day => Some(day.plus_days(1)),
            Self::Week => Some(day.start_of_week().plus_days(7)),
            Self::Month => Some(day.start_of_month().plus_months(1)),
            Self::Year => Some(day.start_of_year().plus_months(12)),
            Self::Days(days) => Some(day.plus_days(i64::from(days))),
            Self::Ever => None,
        }
    }
}

/// Extra points for a time, on top of what rules earn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// What the staff call it.
    pub name: String,
    /// What must hold, all of it.
    #[serde(default, rename = "if", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// What it does.
    pub then: Extra,
    /// The first instant at which it counts.
    pub from: Time,
    /// The first instant at which it counts no more.
    pub until: Time,
    /// Points that all members together may earn by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<i64>,
}

/// What a promotion does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extra {
    /// The points of the rules come to so many hundredths of themselves: 200 doubles them. Of several, the
    /// largest counts.
    Multiply(i64),
    /// So many points more, once an order. Several add up.
    Add(i64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        let text = serde_json::json!({
            "name": "Cake on Monday afternoons",
            "when": "order",
            "if": [
                { "weekday": ["mon"] },
                { "hours": { "from": "14:00", "to": "17:30" } },
                { "attribute": { "name": "city", "is": ["Lyon"] } }
            ],
            "of": { "category": ["cake"] },
            "then": { "points": 5, "per": "item" },
            "limits": [{ "times": 2, "within": "day" }, { "points": 100, "within": { "days": 30 } }],
            "budget": 10_000,
            "pending_days": 14
        });
        let rule: Rule = serde_json::from_value(text.clone()).expect("a rule");
        assert_eq!(serde_json::to_value(&rule).expect("JSON"), text);
    }

    #[test]
    fn hours_may_pass_midnight_and_end_with_the_day() {
        let hours = |from: &str, to: &str| {
            serde_json::from_value::<Hours>(serde_json::json!({ "from": from, "to": to }))
        };
        let late = hours("22:00", "02:00").expect("hours");
        assert!(late.hold(23 * 60) && late.hold(0) && late.hold(119));
        assert!(!late.hold(120) && !late.hold(12 * 60));
        let evening = hours("18:00", "24:00").expect("hours");
        assert!(evening.hold(DAY_MINUTES - 1) && !evening.hold(0));
        for (from, to) in [
            ("9:00", "10:00"),
            ("09:60", "10:00"),
            ("24:01", "10:00"),
            ("10:00", "10:00"),
            ("+1:00", "02:00"),
        ] {
            assert!(hours(from, to).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn what_is_not_in_the_language_is_refused() {
        for text in [
            r#"{"name":"a","when":"order","then":{"points":1,"per":"time"},"bonus":1}"#,
            r#"{"name":"a","when":"moon","then":{"points":1,"per":"time"}}"#,
            r#"{"name":"a","when":"order","then":{"points":1.5,"per":"time"}}"#,
            r#"{"name":"a","when":"order","if":[{"mood":["good"]}],"then":{"points":1,"per":"time"}}"#,
        ] {
            assert!(serde_json::from_str::<Rule>(text).is_err(), "{text}");
        }
    }
}
