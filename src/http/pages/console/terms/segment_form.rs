//! The form of a segment: each field is a criterion, and whoever is in it fits all that are filled in.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::amount::{parse, parse_number};
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::edit::TermForm;
use super::rule_form::{FieldFault, is_short_name};
use crate::actions::TermKind;
use crate::loyalty::rule::Attribute;
use crate::loyalty::segment::check::{BIRTHDAY_MAX, DAYS_MAX};
use crate::loyalty::segment::rfm::{FIFTHS, Rfm};
use crate::loyalty::segment::stage::Stage;
use crate::loyalty::segment::{Ago, Amount, Bounds, Criterion, Happened, Purchased, Reach, Segment};
use crate::types::{Currency, Money};

/// Most of what is counted.
const COUNT_MAX: i64 = 1_000_000;
/// Most points.
const POINTS_MAX: i64 = 1_000_000_000_000;

/// What was typed of a segment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SegmentForm {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) name: String,
    /// `count`, if it is only to be counted.
    pub(super) turn: String,
    #[serde(flatten)]
    pub(super) values: BTreeMap<String, String>,
}

guarded!(SegmentForm);

/// Of what a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Count,
    Money,
    Points,
    Days,
    BirthdayDays,
    Fifth,
    Words,
}

impl Kind {
    fn most(self) -> i64 {
        match self {
            Self::Count => COUNT_MAX,
            Self::Money => Money::MAX_MINOR,
            Self::Points => POINTS_MAX,
            Self::Days => i64::from(DAYS_MAX),
            Self::BirthdayDays => i64::from(BIRTHDAY_MAX),
            Self::Fifth => *FIFTHS.end(),
            Self::Words => 0,
        }
    }
}

/// A field: its name, the text of its label, of what it is.
pub(super) type FieldKind = (&'static str, &'static str, Kind);

/// The fields, in groups with a heading each.
pub(super) const GROUPS: [(&str, &[FieldKind]); 5] = [
    (
        "segment-bought",
        &[
            ("orders_least", "segment-orders-least", Kind::Count),
            ("orders_most", "segment-orders-most", Kind::Count),
            ("orders_days", "segment-orders-days", Kind::Days),
            ("spend_least", "segment-spend-least", Kind::Money),
            ("spend_days", "segment-spend-days", Kind::Days),
            ("away_least", "segment-away-least", Kind::Days),
            ("away_most", "segment-away-most", Kind::Days),
        ],
    ),
    (
        "segment-basket",
        &[
            ("category", "segment-category", Kind::Words),
            ("sku", "segment-sku", Kind::Words),
            ("bought_least", "segment-bought-least", Kind::Count),
            ("bought_days", "segment-bought-days", Kind::Days),
            ("lacks", "segment-lacks", Kind::Words),
            ("lacks_days", "segment-lacks-days", Kind::Days),
        ],
    ),
    (
        "segment-rfm",
        &[
            ("rfm_recency", "segment-rfm-recency", Kind::Fifth),
            ("rfm_frequency", "segment-rfm-frequency", Kind::Fifth),
            ("rfm_money", "segment-rfm-money", Kind::Fifth),
        ],
    ),
    (
        "segment-stands",
        &[
            ("points_least", "segment-points-least", Kind::Points),
            ("points_most", "segment-points-most", Kind::Points),
            ("joined_least", "segment-joined-least", Kind::Days),
            ("joined_most", "segment-joined-most", Kind::Days),
            ("birthday", "segment-birthday-days", Kind::BirthdayDays),
            ("invited_least", "segment-invited-least", Kind::Count),
        ],
    ),
    (
        "segment-known",
        &[
            ("attribute", "segment-attribute", Kind::Words),
            ("attribute_is", "segment-attribute-is", Kind::Words),
            ("event", "segment-event", Kind::Words),
            ("event_days", "segment-event-days", Kind::Days),
        ],
    ),
];

/// A ready-made segment: its name in the address, the text of its name, and the fields that say it.
type Ready = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// The ready-made ones.
pub(super) const READY: [Ready; 7] = [
    ("new", "ready-new", &[("joined_most", "30")]),
    ("once", "ready-once", &[("stage_once", "on")]),
    ("loyal", "ready-loyal", &[("stage_loyal", "on")]),
    ("at-risk", "ready-at-risk", &[("stage_at_risk", "on")]),
    ("lapsed", "ready-lapsed", &[("stage_lapsed", "on")]),
    ("birthday", "ready-birthday", &[("birthday", "7")]),
    (
        "best",
        "ready-best",
        &[("rfm_recency", "4"), ("rfm_frequency", "4"), ("rfm_money", "4")],
    ),
];

pub(super) const STAGES: [(&str, Stage); 6] = [
    ("stage_new", Stage::New),
    ("stage_once", Stage::Once),
    ("stage_repeat", Stage::Repeat),
    ("stage_loyal", Stage::Loyal),
    ("stage_at_risk", Stage::AtRisk),
    ("stage_lapsed", Stage::Lapsed),
];

pub(super) const REACHES: [(&str, Reach); 3] = [
    ("apple", Reach::Apple),
    ("google", Reach::Google),
    ("none", Reach::None),
];

impl SegmentForm {
    /// The form of a ready-made segment, empty if there is none of that name, of those on a list, if one is given.
    pub(super) fn ready(desk: &Desk, (name, list): (Option<&str>, Option<&str>)) -> Self {
        let found = READY.iter().find(|(known, ..)| Some(*known) == name);
        let mut form = Self::default();
        if let Some((_, title, fields)) = found {
            form.name = desk.locale.word(title);
            for (field, value) in *fields {
                form.values.insert((*field).to_owned(), (*value).to_owned());
            }
        }
        if let Some(list) = list {
            form.values.insert("list".to_owned(), list.to_owned());
        }
        form
    }

    pub(super) fn value(&self, name: &str) -> &str {
        self.values.get(name).map(|text| text.trim()).unwrap_or_default()
    }

    /// The numbers that were typed, money in minor units; what is none is a fault.
    fn numbers(&self, currency: Currency) -> Result<BTreeMap<&'static str, i64>, Vec<FieldFault>> {
        let mut found = BTreeMap::new();
        let mut faults = Vec::new();
        for (name, _, kind) in GROUPS.iter().flat_map(|(_, fields)| *fields) {
            let text = self.value(name);
            if text.is_empty() || *kind == Kind::Words {
                continue;
            }
            let read = match kind {
                Kind::Money => parse(text, currency),
                _ => parse_number(text),
            };
            let least = i64::from(name.ends_with("_days") || *kind == Kind::Fifth);
            match read.filter(|number| (least..=kind.most()).contains(number)) {
                Some(number) => {
                    found.insert(*name, number);
                }
                None => faults.push((*name, fault_text(*kind))),
            }
        }
        for (least, most) in [
            ("orders_least", "orders_most"),
            ("points_least", "points_most"),
            ("joined_least", "joined_most"),
            ("away_least", "away_most"),
        ] {
            if let (Some(low), Some(high)) = (found.get(least), found.get(most))
                && low > high
            {
                faults.push((most, "segment-bad-order"));
            }
        }
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }

    /// Who is meant.
    fn criterion(&self, currency: Currency) -> Result<Criterion, Vec<FieldFault>> {
        let numbers = self.numbers(currency)?;
        let number = |name: &str| numbers.get(name).copied();
        let days = |name: &str| number(name).and_then(|days| u16::try_from(days).ok());
        let mut all = Vec::new();
        let stages: Vec<Stage> = STAGES
            .into_iter()
            .filter(|(name, _)| !self.value(name).is_empty())
            .map(|(_, stage)| stage)
            .collect();
        if !stages.is_empty() {
            all.push(Criterion::Stage(stages));
        }
        if let Some(amount) = amount(number("orders_least"), number("orders_most"), days("orders_days")) {
            all.push(Criterion::Orders(amount));
        }
        if let Some(amount) = amount(number("spend_least"), None, days("spend_days")) {
            all.push(Criterion::Spend(amount));
        }
        if let Some(ago) = ago(days("away_least"), days("away_most")) {
            all.push(Criterion::LastOrder(ago));
        }
        if let Some(ago) = ago(days("joined_least"), days("joined_most")) {
            all.push(Criterion::Joined(ago));
        }
        let points = Bounds {
            at_least: number("points_least"),
            at_most: number("points_most"),
        };
        if points != Bounds::default() {
            all.push(Criterion::Points(points));
        }
        let fifth = |name| Bounds {
            at_least: number(name),
            at_most: None,
        };
        let rfm = Rfm {
            recency: fifth("rfm_recency"),
            frequency: fifth("rfm_frequency"),
            money: fifth("rfm_money"),
            fifths: None,
        };
        if rfm != Rfm::default() {
            all.push(Criterion::Rfm(rfm));
        }
        all.extend(days("birthday").map(Criterion::BirthdayWithin));
        all.extend(number("invited_least").map(|least| {
            Criterion::Invited(Bounds {
                at_least: Some(least),
                at_most: None,
            })
        }));
        all.extend(self.purchased(number("bought_least"), days("bought_days"), days("lacks_days"))?);
        all.extend(self.known(days("event_days"))?);
        match (all.len(), all.pop()) {
            (1, Some(only)) => Ok(only),
            (_, Some(last)) => {
                all.push(last);
                Ok(Criterion::All(all))
            }
            (_, None) => Err(vec![("orders_least", "segment-says-nothing")]),
        }
    }

    /// What they bought, and of what they bought nothing.
    fn purchased(
        &self,
        at_least: Option<i64>,
        within_days: Option<u16>,
        lacks_days: Option<u16>,
    ) -> Result<Vec<Criterion>, Vec<FieldFault>> {
        let mut all = Vec::new();
        let bought = Purchased {
            sku: list(self.value("sku")),
            category: list(self.value("category")),
            at_least,
            within_days,
            ..Purchased::default()
        };
        if !bought.sku.is_empty() || !bought.category.is_empty() {
            all.push(Criterion::Bought(bought));
        } else if at_least.is_some() || within_days.is_some() {
            return Err(vec![("category", "segment-bad-bought")]);
        }
        let lacks = Purchased {
            category: list(self.value("lacks")),
            within_days: lacks_days,
            ..Purchased::default()
        };
        if !lacks.category.is_empty() {
            all.push(Criterion::Not(Box::new(Criterion::Bought(lacks))));
        } else if lacks_days.is_some() {
            return Err(vec![("lacks", "segment-bad-bought")]);
        }
        Ok(all)
    }

    /// What is known of them: attribute, event, tier, list, wallet.
    fn known(&self, event_days: Option<u16>) -> Result<Vec<Criterion>, Vec<FieldFault>> {
        let mut all = Vec::new();
        let (name, is) = (self.value("attribute"), list(self.value("attribute_is")));
        match (name.is_empty(), is.is_empty()) {
            (true, true) => (),
            (false, false) => all.push(Criterion::Attribute(Attribute {
                name: name.to_owned(),
                is,
            })),
            (true, false) => return Err(vec![("attribute", "segment-bad-attribute")]),
            (false, true) => return Err(vec![("attribute_is", "segment-bad-attribute")]),
        }
        let event = self.value("event");
        if !event.is_empty() {
            all.push(Criterion::Event(Happened {
                kind: event.to_owned(),
                at_least: None,
                at_most: None,
                within_days: event_days,
            }));
        } else if event_days.is_some() {
            return Err(vec![("event", "segment-bad-event")]);
        }
        let tier = self.value("tier");
        if !tier.is_empty() {
            all.push(Criterion::Tier(vec![tier.to_owned()]));
        }
        let list = self.value("list");
        if !list.is_empty() {
            all.push(Criterion::List(vec![list.to_owned()]));
        }
        let reach = REACHES.iter().find(|(name, _)| *name == self.value("reach"));
        all.extend(reach.map(|(_, reach)| Criterion::Reach(vec![*reach])));
        Ok(all)
    }
}

/// Between the names of a list, as people type it.
pub(super) const COMMAS: [char; 3] = [',', '،', '，'];

/// The names of a list.
fn list(typed: &str) -> Vec<String> {
    let names = typed.split(COMMAS).map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// So much within a time; a time alone asks for once.
fn amount(at_least: Option<i64>, at_most: Option<i64>, within_days: Option<u16>) -> Option<Amount> {
    let at_least = match (at_least, at_most, within_days) {
        (None, None, None) => return None,
        (None, None, Some(_)) => Some(1),
        _ => at_least,
    };
    Some(Amount {
        at_least,
        at_most,
        within_days,
    })
}

fn ago(at_least_days: Option<u16>, at_most_days: Option<u16>) -> Option<Ago> {
    let ago = Ago {
        at_least_days,
        at_most_days,
    };
    (ago != Ago::default()).then_some(ago)
}

const fn fault_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Money => "segment-bad-money",
        Kind::Days => "segment-bad-days",
        Kind::BirthdayDays => "segment-bad-birthday",
        Kind::Fifth => "segment-bad-fifth",
        Kind::Count | Kind::Points | Kind::Words => "segment-bad-number",
    }
}

impl TermForm for SegmentForm {
    type Body = Segment;
    const KIND: TermKind = TermKind::Segment;
    const LIST: &'static str = "/console/segments";

    fn version(&self) -> &str {
        &self.version
    }

    fn of(desk: &Desk, body: &Segment) -> Option<Self> {
        Self::say(body, desk.program.currency)
    }

    fn read(&self, desk: &Desk) -> Result<Value, Vec<FieldFault>> {
        let criterion = self.criterion(desk.program.currency);
        let name = self.name.trim();
        match criterion {
            Ok(members) if is_short_name(name) => Ok(json!({ "name": name, "members": members })),
            Ok(_) => Err(vec![("name", "terms-bad-short-name")]),
            Err(mut faults) => {
                if !is_short_name(name) {
                    faults.push(("name", "terms-bad-short-name"));
                }
                Err(faults)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euro() -> Currency {
        "EUR".parse().expect("a currency")
    }

    fn form(fields: &[(&str, &str)]) -> SegmentForm {
        let own = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        SegmentForm {
            name: "Those".to_owned(),
            values: own.collect(),
            ..SegmentForm::default()
        }
    }

    #[test]
    fn what_a_form_says_comes_back_into_the_form() {
        for fields in [
            vec![
                ("stage_at_risk", "on"),
                ("stage_lapsed", "on"),
                ("points_least", "100"),
            ],
            vec![
                ("orders_least", "3"),
                ("orders_days", "90"),
                ("spend_least", "12.50"),
            ],
            vec![
                ("away_least", "30"),
                ("away_most", "60"),
                ("joined_most", "7"),
                ("reach", "apple"),
            ],
            vec![
                ("attribute", "milk"),
                ("attribute_is", "oat, soy"),
                ("event", "viewed.sofa"),
                ("event_days", "7"),
            ],
            vec![("birthday", "7"), ("invited_least", "1"), ("tier", "Gold")],
            vec![
                ("category", "jeans, shirts"),
                ("sku", "4711"),
                ("bought_least", "3"),
                ("bought_days", "90"),
                ("lacks", "tops"),
                ("lacks_days", "30"),
            ],
            vec![("category", "jeans")],
        ] {
            let form = form(&fields);
            let members = form.criterion(euro()).expect("sound");
            let segment = Segment {
                name: "Those".to_owned(),
                members,
            };
            let again = SegmentForm::say(&segment, euro()).expect("it can");
            assert_eq!(again.values, form.values);
        }
    }

    #[test]
    fn a_time_alone_asks_for_once_and_nothing_at_all_is_refused() {
        let once = form(&[("orders_days", "30")]).criterion(euro()).expect("sound");
        assert_eq!(
            once,
            Criterion::Orders(Amount {
                at_least: Some(1),
                at_most: None,
                within_days: Some(30)
            })
        );
        for (fields, field, text) in [
            (vec![], "orders_least", "segment-says-nothing"),
            (
                vec![("orders_least", "many")],
                "orders_least",
                "segment-bad-number",
            ),
            (vec![("orders_days", "0")], "orders_days", "segment-bad-days"),
            (vec![("birthday", "366")], "birthday", "segment-bad-birthday"),
            (
                vec![("points_least", "9"), ("points_most", "3")],
                "points_most",
                "segment-bad-order",
            ),
            (
                vec![("attribute", "milk")],
                "attribute_is",
                "segment-bad-attribute",
            ),
            (vec![("event_days", "3")], "event", "segment-bad-event"),
            (vec![("bought_days", "3")], "category", "segment-bad-bought"),
            (vec![("lacks_days", "3")], "lacks", "segment-bad-bought"),
        ] {
            assert_eq!(
                form(&fields).criterion(euro()).expect_err("refused"),
                [(field, text)],
                "{fields:?}"
            );
        }
    }

    #[test]
    fn what_the_form_cannot_say_is_left_to_the_api() {
        for members in [
            json!({ "any": [{ "orders": { "at_least": 1 } }, { "stage": ["new"] }] }),
            json!({ "not": { "stage": ["new"] } }),
            json!({ "all": [{ "orders": { "at_least": 1 } }, { "orders": { "at_most": 9, "within_days": 9 } }, { "orders": { "at_least": 2 } }] }),
            json!({ "tier": ["Gold", "Silver"] }),
            json!({ "bought": { "category": ["nuts, raisins"] } }),
            json!({ "bought": { "category": ["tea"], "channel": ["web"] } }),
            json!({ "not": { "bought": { "category": ["tea"], "at_least": 2 } } }),
        ] {
            let segment =
                serde_json::from_value(json!({ "name": "s", "members": members })).expect("a segment");
            assert!(SegmentForm::say(&segment, euro()).is_none(), "{members}");
        }
    }
}
