//! What rules are told: the order or event, and what is known of the member when it happens.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Lines;
use crate::loyalty::mark::{self, Mark};
use crate::types::{LocalTime, Time, Zone};

/// What is known of nothing.
static NOTHING: Value = Value::Null;

/// Something that happened to a member.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What happened.
    pub happening: Happening<'a>,
    /// When.
    pub at: Time,
    /// The same in the program's time zone.
    pub local: LocalTime,
    /// Who.
    pub member: &'a Member,
}

/// What happened.
#[derive(Debug, Clone, Copy)]
pub enum Happening<'a> {
    /// A purchase.
    Order(&'a Purchase),
    /// Another act.
    Event(Act<'a>),
}

/// An act other than a purchase.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// Its type.
    pub kind: &'a str,
    /// What else is known of it, a JSON object.
    pub data: &'a Value,
}

impl<'a> Act<'a> {
    /// An act of which nothing else is known.
    pub fn plain(kind: &'a str) -> Self {
        Self { kind, data: &NOTHING }
    }

    /// A field of what is known, as a text; `None` of what is no text, number, yes or no.
    pub fn field(&self, name: &str) -> Option<String> {
        match self.data.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl<'a> Facts<'a> {
    /// What is known of a member at a moment at which they do nothing.
    pub fn apart(member: &'a Member, at: Time, zone: Zone) -> Self {
        Self {
            happening: Happening::Event(Act::plain("")),
            at,
            local: zone.local(at),
            member,
        }
    }
}

/// A purchase.
#[derive(Debug, Clone, Default)]
pub struct Purchase {
    /// What it came to, in minor units of the program's currency.
    pub total_minor: i64,
    /// Its lines, if the till sent them; else the total counts as one line.
    pub lines: Vec<Line>,
    /// Through which channel.
    pub channel: Option<String>,
    /// At which place.
    pub location: Option<String>,
}

/// A line of a purchase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The article's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How many pieces.
    pub quantity: i64,
    /// What the line comes to, in minor units, reductions taken off; `None` if the till did not say.
    #[serde(rename = "amount", skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
    /// Whether the program counts such lines not at all: tax, shipping, tips, gift cards.
    #[serde(skip)]
    pub is_excluded: bool,
}

/// What is known of a member.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// How many orders came before this one.
    pub orders: i64,
    /// When they joined.
    pub joined_at: Time,
    /// The name of the tier that they are on.
    pub tier: Option<String>,
    /// Its id.
    pub tier_id: Option<String>,
    /// The segments that they are in.
    pub segments: BTreeSet<String>,
    /// What else is known.
    pub attributes: BTreeMap<String, String>,
}

/// What of a purchase a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Money, in minor units.
    pub minor: i64,
    /// Pieces.
    pub pieces: i64,
    /// Whether any line counts.
    pub is_any: bool,
}

impl Purchase {
    /// What is said of it in the member's days.
    pub fn marks(&self) -> BTreeSet<Mark> {
        let lines = self.lines.iter().map(|line| (line, line.quantity));
        mark::marks(lines, self.channel.as_deref(), self.location.as_deref())
    }

    /// What a rule counts of it; sums stay within the range of money, which callers check.
    pub fn count(&self, of: &Lines) -> Counted {
        if self.lines.is_empty() {
            // Without lines nothing is known of articles.
            return if of.is_everything() {
                Counted {
                    minor: self.total_minor,
                    pieces: 1,
                    is_any: true,
                }
            } else {
                Counted::default()
            };
        }
        let mut counted = Counted::default();
        let mut excluded = 0_i64;
        for line in &self.lines {
            let minor = line.amount_minor.unwrap_or_default();
            if line.is_excluded {
                excluded = excluded.saturating_add(minor);
            } else if line.is_of(of) {
                counted.minor = counted.minor.saturating_add(minor);
                counted.pieces = counted.pieces.saturating_add(line.quantity.max(0));
                counted.is_any = true;
            }
        }
        if of.is_everything() {
            // The total is what was paid, whatever the lines say; only what is excluded is taken off.
            counted.minor = self.total_minor.saturating_sub(excluded);
        }
        counted.minor = counted.minor.clamp(0, self.total_minor.max(0));
        counted
    }
}

impl Line {
    /// Whether it is one of those that a rule counts; what is excluded is not looked at.
    pub fn is_of(&self, of: &Lines) -> bool {
        let named = |list: &[String], name: Option<&String>| name.is_some_and(|name| list.contains(name));
        of.is_everything() || named(&of.sku, self.sku.as_ref()) || named(&of.category, self.category.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sku: &str, category: &str, quantity: i64, amount_minor: i64) -> Line {
        Line {
            sku: Some(sku.to_owned()),
            category: Some(category.to_owned()),
            quantity,
            amount_minor: Some(amount_minor),
            is_excluded: false,
        }
    }

    #[test]
    fn a_rule_counts_its_articles_and_categories_and_nothing_excluded() {
        let mut shipping = line("ship", "shipping", 1, 500);
        shipping.is_excluded = true;
        let purchase = Purchase {
            total_minor: 2_000,
            lines: vec![line("a", "cake", 2, 900), line("b", "tea", 1, 600), shipping],
            ..Purchase::default()
        };
        let count = |sku: &[&str], category: &[&str]| {
            let own = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
            let of = Lines {
                sku: own(sku),
                category: own(category),
            };
            let counted = purchase.count(&of);
            (counted.minor, counted.pieces)
        };
        assert_eq!(count(&[], &[]), (1_500, 3));
        assert_eq!(count(&["b"], &[]), (600, 1));
        assert_eq!(count(&["b"], &["cake"]), (1_500, 3));
        assert_eq!(count(&["ship"], &[]), (0, 0));
    }

    #[test]
    fn a_field_of_an_event_is_a_text_a_number_or_a_flag() {
        let data = serde_json::json!({ "network": "photos", "stars": 5, "first": true, "tags": ["a"], "none": null });
        let act = Act {
            kind: "review",
            data: &data,
        };
        let field = |name: &str| act.field(name);
        assert_eq!(field("network").as_deref(), Some("photos"));
        assert_eq!(field("stars").as_deref(), Some("5"));
        assert_eq!(field("first").as_deref(), Some("true"));
        for name in ["tags", "none", "absent"] {
            assert_eq!(field(name), None, "{name}");
        }
        assert_eq!(Act::plain("review").field("stars"), None);
    }

    #[test]
    fn lines_never_count_for_more_than_was_paid() {
        let purchase = Purchase {
            total_minor: 1_000,
            lines: vec![line("a", "cake", 1, 1_500)],
            ..Purchase::default()
        };
        assert_eq!(purchase.count(&Lines::default()).minor, 1_000);
    }

    #[test]
    fn without_lines_only_a_rule_for_everything_counts() {
        let purchase = Purchase {
            total_minor: 1_000,
            ..Purchase::default()
        };
        assert_eq!(purchase.count(&Lines::default()).minor, 1_000);
        let cake = Lines {
            category: vec!["cake".to_owned()],
            ..Lines::default()
        };
        assert!(!purchase.count(&cake).is_any);
    }
}
