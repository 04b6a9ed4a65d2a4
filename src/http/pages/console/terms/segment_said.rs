//! The form of a segment that is there already: each of its criteria is a field, where the form has one for it.

use super::super::super::amount::plain;
use super::segment_form::{COMMAS, REACHES, STAGES, SegmentForm};
use crate::loyalty::segment::{Criterion, Purchased, Segment};
use crate::types::Currency;

impl SegmentForm {
    /// The form with what a segment says; `None` if that is more than the form can say.
    pub(super) fn say(segment: &Segment, currency: Currency) -> Option<Self> {
        let mut form = Self {
            name: segment.name.clone(),
            ..Self::default()
        };
        match &segment.members {
            Criterion::All(list) => {
                for one in list {
                    form.fill(one, currency)?;
                }
            }
            one => form.fill(one, currency)?,
        }
        Some(form)
    }

    fn fill(&mut self, criterion: &Criterion, currency: Currency) -> Option<()> {
        let text = |number: Option<i64>| number.map(|number| number.to_string());
        let days = |days: Option<u16>| days.map(|days| days.to_string());
        match criterion {
            Criterion::Stage(stages) => {
                for stage in stages {
                    let (name, _) = STAGES.iter().find(|(_, known)| known == stage)?;
                    self.set(name, "on")?;
                }
                Some(())
            }
            Criterion::Orders(amount) => self.set_each([
                ("orders_least", text(amount.at_least)),
                ("orders_most", text(amount.at_most)),
                ("orders_days", days(amount.within_days)),
            ]),
            Criterion::Spend(amount) if amount.at_most.is_none() => self.set_each([
                ("spend_least", amount.at_least.map(|minor| plain(minor, currency))),
                ("spend_days", days(amount.within_days)),
                ("", None),
            ]),
            Criterion::LastOrder(ago) => self.set_each([
                ("away_least", days(ago.at_least_days)),
                ("away_most", days(ago.at_most_days)),
                ("", None),
            ]),
            Criterion::Joined(ago) => self.set_each([
                ("joined_least", days(ago.at_least_days)),
                ("joined_most", days(ago.at_most_days)),
                ("", None),
            ]),
            Criterion::Points(bounds) => self.set_each([
                ("points_least", text(bounds.at_least)),
                ("points_most", text(bounds.at_most)),
                ("", None),
            ]),
            Criterion::Rfm(rfm)
                if [rfm.recency, rfm.frequency, rfm.money]
                    .iter()
                    .all(|bounds| bounds.at_most.is_none()) =>
            {
                self.set_each([
                    ("rfm_recency", text(rfm.recency.at_least)),
                    ("rfm_frequency", text(rfm.frequency.at_least)),
                    ("rfm_money", text(rfm.money.at_least)),
                ])
            }
            Criterion::BirthdayWithin(days) => self.set("birthday", days.to_string()),
            Criterion::Invited(bounds) if bounds.at_most.is_none() => {
                self.set("invited_least", bounds.at_least?.to_string())
            }
            Criterion::Attribute(attribute) => {
                self.set("attribute", attribute.name.as_str())?;
                self.set("attribute_is", listed(&attribute.is)?)
            }
            Criterion::Bought(bought) if bought.channel.is_empty() && bought.location.is_empty() => {
                self.fill_bought(bought)
            }
            Criterion::Not(one) => match one.as_ref() {
                Criterion::Bought(bought) => self.fill_lacks(bought),
                _ => None,
            },
            Criterion::Event(happened)
                if happened.at_most.is_none() && happened.at_least.is_none_or(|least| least == 1) =>
            {
                self.set_each([
                    ("event", Some(happened.kind.clone())),
                    ("event_days", days(happened.within_days)),
                    ("", None),
                ])
            }
            Criterion::Tier(tiers) => match tiers.as_slice() {
                [one] => self.set("tier", one.as_str()),
                _ => None,
            },
            Criterion::List(lists) => match lists.as_slice() {
                [one] => self.set("list", one.as_str()),
                _ => None,
            },
            Criterion::Reach(wallets) => match wallets.as_slice() {
                [one] => {
                    let (name, _) = REACHES.iter().find(|(_, known)| known == one)?;
                    self.set("reach", *name)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn fill_bought(&mut self, bought: &Purchased) -> Option<()> {
        if bought.at_most.is_some() {
            return None;
        }
        for (field, names) in [("sku", &bought.sku), ("category", &bought.category)] {
            if !names.is_empty() {
                self.set(field, listed(names)?)?;
            }
        }
        self.set_each([
            ("bought_least", bought.at_least.map(|number| number.to_string())),
            ("bought_days", bought.within_days.map(|days| days.to_string())),
            ("", None),
        ])
    }

    fn fill_lacks(&mut self, bought: &Purchased) -> Option<()> {
        let plain = Purchased {
            category: bought.category.clone(),
            within_days: bought.within_days,
            ..Purchased::default()
        };
        if *bought != plain {
            return None;
        }
        self.set_each([
            ("lacks", Some(listed(&bought.category)?)),
            ("lacks_days", bought.within_days.map(|days| days.to_string())),
            ("", None),
        ])
    }

    /// Sets a field that is still empty; `None` if it is not.
    fn set(&mut self, name: &str, value: impl Into<String>) -> Option<()> {
        let old = self.values.insert(name.to_owned(), value.into());
        old.is_none().then_some(())
    }

    fn set_each(&mut self, values: [(&str, Option<String>); 3]) -> Option<()> {
        for (name, value) in values {
            if let Some(value) = value {
                self.set(name, value)?;
            }
        }
        Some(())
    }
}

/// A list as it would be typed; `None` if one of its names has a comma.
fn listed(names: &[String]) -> Option<String> {
    let is_plain = !names.iter().any(|name| name.contains(COMMAS));
    is_plain.then(|| names.join(", "))
}
