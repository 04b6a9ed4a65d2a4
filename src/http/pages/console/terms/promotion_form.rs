//! The form of a promotion: what the API takes, and what a promotion that is there says.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::amount::{parse, parse_number, plain};
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::edit::TermForm;
use super::rule_form::{FieldFault, is_short_name, read_day};
use crate::actions::TermKind;
use crate::loyalty::earning::BaseRule;
use crate::loyalty::rule::{Extra, Promotion};
use crate::types::{Currency, Zone};

/// What was typed of a promotion.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PromotionForm {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) name: String,
    /// `multiply` or `add`.
    pub(super) kind: String,
    pub(super) amount: String,
    pub(super) from: String,
    pub(super) until: String,
}

guarded!(PromotionForm);

impl PromotionForm {
    /// The form with what a promotion says; `None` if that is more than the form can say.
    fn say(promotion: &Promotion, zone: Zone) -> Option<Self> {
        let (kind, amount) = match promotion.then {
            Extra::Multiply(hundredths) => ("multiply", write_factor(hundredths)),
            Extra::Add(points) => ("add", points.to_string()),
        };
        let form = Self {
            name: promotion.name.clone(),
            kind: kind.to_owned(),
            amount,
            from: zone.local(promotion.from).day.to_string(),
            until: zone.local(promotion.until.plus_ms(-1)).day.to_string(),
            ..Self::default()
        };
        // What it would be read as is what the promotion says, or it says more.
        let again: Promotion = serde_json::from_value(form.promotion(zone).ok()?).ok()?;
        (again == *promotion).then_some(form)
    }

    /// The promotion as the API takes it, or what is wrong with the form.
    fn promotion(&self, zone: Zone) -> Result<Value, Vec<FieldFault>> {
        let mut faults = Vec::new();
        if !is_short_name(&self.name) {
            faults.push(("promotion-name", "terms-bad-short-name"));
        }
        let amount = match self.kind.as_str() {
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
        let kind = if self.kind == "add" { "add" } else { "multiply" };
        Ok(json!({ "name": self.name.trim(), "then": { kind: amount },
            "from": zone.start_of(from).rfc3339_secs(),
            "until": zone.start_of(until.plus_days(1)).rfc3339_secs() }))
    }
}

impl TermForm for PromotionForm {
    type Body = Promotion;
    const KIND: TermKind = TermKind::Promotion;
    const LIST: &'static str = "/console/rules";

    fn version(&self) -> &str {
        &self.version
    }

    fn of(desk: &Desk, body: &Promotion) -> Option<Self> {
        Self::say(body, desk.program.time_zone)
    }

    fn read(&self, desk: &Desk) -> Result<Value, Vec<FieldFault>> {
        self.promotion(desk.program.time_zone)
    }
}

/// A currency whose amounts have two decimals, as factors have.
fn factor_currency() -> Option<Currency> {
    "EUR".parse().ok()
}

/// A factor above one, in hundredths, as it can be typed again.
pub(super) fn write_factor(hundredths: i64) -> String {
    factor_currency().map_or_else(String::new, |euro| plain(hundredths, euro))
}

/// A factor above one, in hundredths.
pub(super) fn read_factor(text: &str) -> Option<i64> {
    parse(text, factor_currency()?).filter(|hundredths| (101..=10_000).contains(hundredths))
}

#[cfg(test)]
mod tests {
    use super::*;

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
