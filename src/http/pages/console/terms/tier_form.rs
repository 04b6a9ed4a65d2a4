//! The form of a tier: what the API takes, and what a tier that is there says.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::amount::{parse, parse_number, plain};
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::edit::{Filled, TermForm};
use super::promotion_form::{read_factor, write_factor};
use super::rewards::NameField;
use super::rule_form::{FieldFault, is_short_name};
use super::tongues::{Shown, in_each, translated};
use crate::actions::{ActionError, TermKind};
use crate::loyalty::policy::Policy;
use crate::loyalty::rule::check::TEXT_MAX;
use crate::loyalty::tier::{Basis, PERK_MAX, PERKS_MAX, Tier, TierPolicy};
use crate::types::{Currency, Money, Text};

/// What was typed of a tier.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TierForm {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) shown: Shown,
    pub(super) threshold: String,
    pub(super) multiply: String,
    /// A perk a line; the lines of one number are one perk.
    pub(super) perks_en: String,
    pub(super) perks_ar: String,
    pub(super) perks_fa: String,
    pub(super) perks_zh_hans: String,
    pub(super) perks_zh_hant: String,
}

guarded!(TierForm);

impl TierForm {
    fn perk_texts(&self) -> [&str; 5] {
        [
            &self.perks_en,
            &self.perks_ar,
            &self.perks_fa,
            &self.perks_zh_hans,
            &self.perks_zh_hant,
        ]
    }

    /// Whether it names a perk; what is folded is open then.
    pub(super) fn has_perks(&self) -> bool {
        self.perk_texts().iter().any(|text| !text.is_empty())
    }

    /// The form with what a tier says; `None` if that is more than the form can say.
    fn say(tier: &Tier, by: Basis, currency: Currency) -> Option<Self> {
        let mut columns = <[Vec<String>; 5]>::default();
        for perk in &tier.perks {
            let texts = in_each(perk)?;
            if texts.iter().any(|text| text.contains(['\n', '\r'])) {
                return None;
            }
            for (column, text) in columns.iter_mut().zip(texts) {
                column.push(text);
            }
        }
        let lines = |texts: Vec<String>| texts.join("\n").trim_end().to_owned();
        let [en, ar, fa, simplified, traditional] = columns.map(lines);
        Some(Self {
            name: tier.name.clone(),
            shown: Shown::of(tier.shown_as.as_ref())?,
            threshold: match by {
                Basis::Spend => plain(tier.threshold, currency),
                Basis::Points | Basis::Visits => tier.threshold.to_string(),
            },
            multiply: tier.multiply.map(write_factor).unwrap_or_default(),
            perks_en: en,
            perks_ar: ar,
            perks_fa: fa,
            perks_zh_hans: simplified,
            perks_zh_hant: traditional,
            ..Self::default()
        })
    }

    /// The perks by their lines: those of one number in each language are one.
    fn perks(&self) -> Vec<Text> {
        let lines = self.perk_texts().map(|text| text.lines().collect::<Vec<_>>());
        let most = lines.iter().map(Vec::len).max().unwrap_or_default();
        (0..most)
            .filter_map(|number| {
                let own = |texts: &Vec<&'_ str>| texts.get(number).copied().unwrap_or_default().to_owned();
                let texts = lines.each_ref().map(own);
                translated(texts.each_ref().map(String::as_str))
            })
            .collect()
    }

    /// The tier as the API takes it, or what is wrong with the form.
    fn tier(&self, by: Basis, currency: Currency) -> Result<Value, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let name = self.name.trim();
        if !is_short_name(name) {
            faults.push(("name", "terms-bad-short-name"));
        }
        let shown = self.shown.read();
        if shown.as_ref().is_some_and(|text| is_long(text, TEXT_MAX)) {
            faults.push(("shown_en", "terms-bad-short-name"));
        }
        let threshold = match by {
            Basis::Spend => parse(&self.threshold, currency),
            Basis::Points | Basis::Visits => parse_number(&self.threshold),
        };
        let threshold = threshold.filter(|amount| (0..=Money::MAX_MINOR).contains(amount));
        if threshold.is_none() {
            faults.push(("threshold", "tier-bad-threshold"));
        }
        let multiply = match self.multiply.trim() {
            "" => Value::Null,
            text => {
                let factor = read_factor(text);
                if factor.is_none() {
                    faults.push(("multiply", "terms-bad-factor"));
                }
                json!(factor)
            }
        };
        let perks = self.perks();
        if perks.len() > PERKS_MAX || perks.iter().any(|perk| is_long(perk, PERK_MAX)) {
            faults.push(("perks_en", "tier-bad-perks"));
        }
        if faults.is_empty() {
            Ok(
                json!({ "name": name, "shown_as": shown, "threshold": threshold, "multiply": multiply, "perks": perks }),
            )
        } else {
            Err(faults)
        }
    }
}

fn is_long(text: &Text, most: usize) -> bool {
    text.translations().values().any(|one| one.chars().count() > most)
}

impl TermForm for TierForm {
    type Body = Tier;
    const KIND: TermKind = TermKind::Tier;
    const LIST: &'static str = "/console/tiers";

    fn version(&self) -> &str {
        &self.version
    }

    fn of(desk: &Desk, body: &Tier) -> Option<Self> {
        let by = desk.tier_policy().ok()?.by;
        Self::say(body, by, desk.program.currency)
    }

    fn read(&self, desk: &Desk) -> Result<Value, Vec<FieldFault>> {
        let policy = desk
            .tier_policy()
            .map_err(|_| vec![("threshold", "tier-bad-threshold")])?;
        self.tier(policy.by, desk.program.currency)
    }
}

/// A tier's form as a page draws it.
pub(super) struct TierFields {
    pub(super) filled: Filled<TierForm>,
    pub(super) shown: Vec<NameField>,
    pub(super) perks: Vec<NameField>,
    /// The text that names the threshold.
    pub(super) threshold: &'static str,
    /// The currency, where money is counted.
    pub(super) symbol: Option<String>,
}

impl TierFields {
    pub(super) fn new(desk: &Desk, filled: Filled<TierForm>) -> Result<Self, ActionError> {
        let by = desk.tier_policy()?.by;
        let names = [
            "perks_en",
            "perks_ar",
            "perks_fa",
            "perks_zh_hans",
            "perks_zh_hant",
        ];
        let shown = filled.form.shown.fields();
        let texts = shown.iter().zip(names).zip(filled.form.perk_texts());
        let perks = texts.map(|((shown, field), value)| NameField {
            field,
            locale: shown.locale,
            value: value.to_owned(),
        });
        Ok(Self {
            perks: perks.collect(),
            shown,
            threshold: match by {
                Basis::Points => "tier-threshold-points",
                Basis::Spend => "tier-threshold-spend",
                Basis::Visits => "tier-threshold-visits",
            },
            symbol: (by == Basis::Spend).then(|| desk.program.currency.to_string()),
            filled,
        })
    }
}

impl Desk {
    /// How the program's tiers are reached and kept.
    pub(super) fn tier_policy(&self) -> Result<TierPolicy, ActionError> {
        let policy: Policy = serde_json::from_str(&self.program.policy).map_err(ActionError::internal)?;
        Ok(policy.tiers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euro() -> Currency {
        "EUR".parse().expect("a currency")
    }

    #[test]
    fn the_perks_of_one_line_are_one_perk_in_several_languages() {
        let form = TierForm {
            name: "Gold".to_owned(),
            threshold: "200".to_owned(),
            multiply: "1.5".to_owned(),
            perks_en: "A free topping\r\n\r\nA seat".to_owned(),
            perks_ar: "إضافة مجانية\n\nمقعد".to_owned(),
            ..TierForm::default()
        };
        let read = form.tier(Basis::Points, euro()).expect("sound");
        assert_eq!(
            read,
            json!({ "name": "Gold", "shown_as": null, "threshold": 200, "multiply": 150, "perks": [
                { "en": "A free topping", "ar": "إضافة مجانية" }, { "en": "A seat", "ar": "مقعد" }] })
        );
    }

    #[test]
    fn a_tier_comes_back_unless_it_is_in_a_language_without_a_field() {
        let tier = |more: Value| {
            let mut body = json!({ "name": "Gold", "threshold": 12_550, "shown_as": { "en": "Gold", "ar": "ذهبي" },
                "perks": [{ "ar": "مقعد" }, { "en": "A seat" }] });
            for (name, value) in more.as_object().expect("fields") {
                body[name] = value.clone();
            }
            let tier: Tier = serde_json::from_value(body).expect("a tier");
            TierForm::say(&tier, Basis::Spend, euro())
        };
        let form = tier(json!({})).expect("it can");
        assert_eq!(
            (form.threshold.as_str(), form.perks_en.as_str()),
            ("125.50", "\nA seat")
        );
        assert_eq!(form.perks_ar, "مقعد");
        let again = form.tier(Basis::Spend, euro()).expect("sound");
        assert_eq!(again["perks"], json!([{ "ar": "مقعد" }, { "en": "A seat" }]));
        assert!(tier(json!({ "shown_as": { "de": "Gold" } })).is_none());
        assert!(tier(json!({ "perks": ["two\nlines"] })).is_none());
    }
}
