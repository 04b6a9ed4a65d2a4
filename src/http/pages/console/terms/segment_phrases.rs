//! Segments as sentences.

use super::super::super::desk::Desk;
use super::segments::Named;
use crate::loyalty::mark::Kind;
use crate::loyalty::segment::rfm::Rfm;
use crate::loyalty::segment::stage::Stage;
use crate::loyalty::segment::{Ago, Amount, Bounds, Criterion, Purchased, Reach};

/// The text of a stage.
pub(super) const fn stage_text(stage: Stage) -> &'static str {
    match stage {
        Stage::New => "stage-new",
        Stage::Once => "stage-once",
        Stage::Repeat => "stage-repeat",
        Stage::Loyal => "stage-loyal",
        Stage::AtRisk => "stage-at-risk",
        Stage::Lapsed => "stage-lapsed",
    }
}

/// The text of a wallet.
pub(super) const fn reach_text(reach: Reach) -> &'static str {
    match reach {
        Reach::Apple => "reach-apple",
        Reach::Google => "reach-google",
        Reach::None => "reach-none",
    }
}

/// The text of orders that had or came by something.
const fn bought_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Sku => "segment-bought-sku",
        Kind::Category => "segment-bought-category",
        Kind::Channel => "segment-bought-channel",
        Kind::Location => "segment-bought-location",
    }
}

impl Desk {
    /// Who is meant, in words.
    pub(in crate::http::pages::console) fn who(&self, criterion: &Criterion, of: &Named) -> String {
        match criterion {
            Criterion::All(list) => self.joined(list, "segment-and", of),
            Criterion::Any(list) => self.joined(list, "segment-or", of),
            Criterion::Not(one) => self.told("segment-not", "what", self.inner(one, of)),
            Criterion::Orders(amount) => self.counted("segment-orders", *amount, Self::count),
            Criterion::Visits(amount) => self.counted("segment-visits", *amount, Self::count),
            Criterion::Spend(amount) => self.counted("segment-spend", *amount, Self::money),
            Criterion::AverageOrder(amount) => self.counted("segment-average", *amount, Self::money),
            Criterion::FirstOrder(ago) => self.since("segment-first-order", *ago),
            Criterion::LastOrder(ago) => self.since("segment-last-order", *ago),
            Criterion::Joined(ago) => self.since("segment-joined", *ago),
            Criterion::Fetched(ago) => self.since("segment-fetched", *ago),
            Criterion::Bought(purchased) => self.purchased(purchased),
            Criterion::Event(happened) => {
                let amount = Amount {
                    at_least: happened.bounds().at_least,
                    at_most: happened.bounds().at_most,
                    within_days: happened.within_days,
                };
                self.line(&self.event(&happened.kind), &self.amount(amount, Self::count))
            }
            Criterion::Attribute(attribute) => {
                let values = [
                    ("name", attribute.name.as_str().into()),
                    ("values", self.names(&attribute.is).into()),
                ];
                self.locale.say("terms-if-attribute", &values)
            }
            Criterion::Tier(list) => self.told("terms-if-tier", "names", self.known(list, &of.tiers)),
            Criterion::List(list) => self.told("segment-on-list", "names", self.known(list, &of.lists)),
            Criterion::Points(bounds) => {
                let amount = self.bounded(*bounds, Self::count);
                self.line(&self.locale.word("segment-points"), &amount)
            }
            Criterion::BirthdayWithin(0) => self.locale.word("auto-who-birthday"),
            Criterion::BirthdayWithin(days) => self
                .locale
                .say("segment-birthday", &[("days", i64::from(*days).into())]),
            Criterion::Stage(stages) => {
                let names: Vec<String> = stages
                    .iter()
                    .map(|one| self.locale.word(stage_text(*one)))
                    .collect();
                self.line(&self.locale.word("segment-stage"), &self.names(&names))
            }
            Criterion::Rfm(rfm) => self.rfm(rfm),
            Criterion::Invited(bounds) => {
                let amount = self.bounded(*bounds, Self::count);
                self.line(&self.locale.word("segment-invited"), &amount)
            }
            Criterion::WasInvited(was) => self.locale.word(if *was {
                "segment-was-invited"
            } else {
                "segment-was-not-invited"
            }),
            Criterion::Reach(wallets) => {
                let names: Vec<String> = wallets
                    .iter()
                    .map(|one| self.locale.word(reach_text(*one)))
                    .collect();
                self.line(&self.locale.word("segment-reach"), &self.names(&names))
            }
            Criterion::Consent(said) => {
                let id = if said.granted {
                    "segment-agreed"
                } else {
                    "segment-not-agreed"
                };
                self.told(id, "purpose", said.purpose.clone())
            }
        }
    }

    fn rfm(&self, rfm: &Rfm) -> String {
        let asked = [
            ("segment-rfm-recent", rfm.recency),
            ("segment-rfm-frequent", rfm.frequency),
            ("segment-rfm-spent", rfm.money),
        ];
        let asked = asked.into_iter().filter(|(_, bounds)| !bounds.are_open());
        let said = asked
            .map(|(what, bounds)| self.line(&self.locale.word(what), &self.bounded(bounds, Self::count)));
        let said: Vec<String> = said.collect();
        said.join(&self.locale.word("terms-comma"))
    }

    fn purchased(&self, purchased: &Purchased) -> String {
        let named = purchased
            .names()
            .into_iter()
            .filter(|(_, names)| !names.is_empty());
        let named = named.map(|(kind, names)| self.told(bought_text(kind), "names", self.names(names)));
        let named: Vec<String> = named.collect();
        let Bounds { at_least, at_most } = purchased.bounds();
        let amount = Amount {
            at_least,
            at_most,
            within_days: purchased.within_days,
        };
        self.line(
            &named.join(&self.locale.word("segment-or")),
            &self.amount(amount, Self::count),
        )
    }

    fn joined(&self, list: &[Criterion], between: &str, of: &Named) -> String {
        let parts: Vec<String> = list.iter().map(|one| self.inner(one, of)).collect();
        parts.join(&self.locale.word(between))
    }

    /// A part of a sentence; one that has parts itself stands between brackets.
    fn inner(&self, criterion: &Criterion, of: &Named) -> String {
        let said = self.who(criterion, of);
        match criterion {
            Criterion::All(list) | Criterion::Any(list) if list.len() > 1 => format!("({said})"),
            _ => said,
        }
    }

    fn told(&self, id: &str, name: &str, value: String) -> String {
        self.locale.say(id, &[(name, value.into())])
    }

    fn line(&self, what: &str, amount: &str) -> String {
        let values = [("what", what.into()), ("amount", amount.into())];
        self.locale.say("segment-line", &values)
    }

    /// What is named by ids or names, by its names.
    fn known(&self, list: &[String], known: &[(String, String)]) -> String {
        let name = |one: &String| {
            let known = known.iter().find(|(id, _)| id == one);
            known.map_or_else(|| one.clone(), |(_, name)| name.clone())
        };
        let names: Vec<String> = list.iter().map(name).collect();
        self.names(&names)
    }

    fn names(&self, names: &[String]) -> String {
        names.join(&self.locale.word("terms-comma"))
    }

    fn count(&self, number: i64) -> String {
        self.locale.language().write_number(number)
    }

    fn counted(&self, what: &str, amount: Amount, write: fn(&Self, i64) -> String) -> String {
        self.line(&self.locale.word(what), &self.amount(amount, write))
    }

    fn amount(&self, amount: Amount, write: fn(&Self, i64) -> String) -> String {
        let bounds = self.bounded(amount.bounds(), write);
        match amount.within_days {
            None => bounds,
            Some(days) => {
                let within = self
                    .locale
                    .say("challenge-in-days", &[("days", i64::from(days).into())]);
                format!("{bounds} {within}")
            }
        }
    }

    fn bounded(&self, bounds: Bounds, write: fn(&Self, i64) -> String) -> String {
        let (least, most) = (bounds.at_least, bounds.at_most);
        let id = match (least, most) {
            (_, None) => "segment-least",
            (None, Some(_)) => "segment-most",
            (Some(_), Some(_)) => "segment-between",
        };
        let write = |number: Option<i64>| write(self, number.unwrap_or_default());
        let values = [("least", write(least).into()), ("most", write(most).into())];
        self.locale.say(id, &values)
    }

    fn since(&self, what: &str, ago: Ago) -> String {
        let id = match (ago.at_least_days, ago.at_most_days) {
            (_, None) => "segment-ago-least",
            (None, Some(_)) => "segment-ago-most",
            (Some(_), Some(_)) => "segment-ago-between",
        };
        let days = |days: Option<u16>| i64::from(days.unwrap_or_default());
        let values = [
            ("least", days(ago.at_least_days).into()),
            ("most", days(ago.at_most_days).into()),
        ];
        self.line(&self.locale.word(what), &self.locale.say(id, &values))
    }
}
