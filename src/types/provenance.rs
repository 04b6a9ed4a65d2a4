//! Who set each attribute of a member and when, and which of two values is the newer one.

use std::collections::BTreeMap;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text as SqlText;
use serde::{Deserialize, Serialize};

use super::attributes::COUNT_MAX;
use super::{Attribute, AttributeChanges, Attributes, Time};

/// Who set a value, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// `key:` and a key's id, `customer`, `cli`, `import`.
    pub source: String,
    /// When.
    pub at: Time,
}

/// Where attributes come from, by name. Those that were set before this was kept have none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlText)]
#[serde(transparent)]
pub struct Provenances(BTreeMap<String, Provenance>);

/// Attributes with where they come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributed {
    /// The values.
    pub values: Attributes,
    /// Where they come from.
    pub details: Provenances,
}

/// What one took over of another's attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenAttributes {
    /// The values that were taken over.
    pub values: AttributeChanges,
    /// What had been in their place.
    pub displaced: Displaced,
}

/// Values with where they came from that made room for newer ones, by name.
pub type Displaced = BTreeMap<String, (Attribute, Option<Provenance>)>;

impl Provenances {
    /// Each name with where its value comes from.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Provenance)> {
        self.0.iter()
    }

    /// These after attributes changed by somebody at an instant; what did not change keeps its own.
    #[must_use]
    pub fn edited(&self, before: &Attributes, after: &Attributes, source: &str, at: Time) -> Self {
        let of = |name: &String, value: &Attribute| {
            if before.0.get(name) == Some(value) {
                self.0.get(name).cloned()
            } else {
                let source = source.to_owned();
                Some(Provenance { source, at })
            }
        };
        let each = after.0.iter();
        Self(
            each.filter_map(|(name, value)| Some((name.clone(), of(name, value)?)))
                .collect(),
        )
    }

    /// When a value was set; a time that is not known is before every other.
    fn at(&self, name: &str) -> Option<Time> {
        self.0.get(name).map(|one| one.at)
    }

    fn set(&mut self, name: &str, detail: Option<Provenance>) {
        match detail {
            Some(detail) => _ = self.0.insert(name.to_owned(), detail),
            None => _ = self.0.remove(name),
        }
    }
}

impl Attributed {
    /// These and another's: of two values of a name the newer one, as far as there is room; and what was taken over.
    pub fn joined(&self, other: &Self) -> (Self, TakenAttributes) {
        let mut after = self.clone();
        let mut taken = TakenAttributes::default();
        for (name, value) in &other.values.0 {
            let own = self.values.0.get(name);
            let is_wanted = match own {
                None => after.values.0.len() < COUNT_MAX,
                Some(own) => own != value && self.details.at(name) < other.details.at(name),
            };
            if !is_wanted {
                continue;
            }
            if let Some(own) = own {
                let detail = self.details.0.get(name).cloned();
                taken.displaced.insert(name.clone(), (own.clone(), detail));
            }
            after.values.0.insert(name.clone(), value.clone());
            after.details.set(name, other.details.0.get(name).cloned());
            taken.values.insert(name.clone(), Some(value.clone()));
        }
        (after, taken)
    }

    /// These without what was taken over and is still so; what had been in its place comes back.
    #[must_use]
    pub fn parted(&self, taken: &TakenAttributes) -> Self {
        let mut own = self.clone();
        for (name, value) in &taken.values {
            if own.values.0.get(name) != value.as_ref() {
                continue;
            }
            if let Some((value, detail)) = taken.displaced.get(name) {
                own.values.0.insert(name.clone(), value.clone());
                own.details.set(name, detail.clone());
            } else {
                own.values.0.remove(name);
                own.details.set(name, None);
            }
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attributes by name, each with its value and when it was set, if that is known.
    fn attributed(list: &[(&str, &str, Option<i64>)]) -> Attributed {
        let mut all = Attributed::default();
        for (name, value, at) in list {
            let value = Attribute::Text((*value).to_owned());
            all.values.0.insert((*name).to_owned(), value);
            let source = "key:key_1".to_owned();
            let at = at.map(Time::from_secs);
            all.details.set(name, at.map(|at| Provenance { source, at }));
        }
        all
    }

    #[test]
    fn what_did_not_change_keeps_its_source_and_time() {
        let before = attributed(&[
            ("milk", "oat", Some(1)),
            ("size", "42", Some(2)),
            ("old", "x", None),
        ]);
        let after = attributed(&[
            ("milk", "soya", None),
            ("size", "42", None),
            ("old", "x", None),
            ("new", "y", None),
        ]);
        let details = before
            .details
            .edited(&before.values, &after.values, "customer", Time::from_secs(9));
        let said: Vec<_> = details
            .iter()
            .map(|(name, one)| (name.as_str(), one.source.as_str(), one.at.secs()))
            .collect();
        assert_eq!(
            said,
            [
                ("milk", "customer", 9),
                ("new", "customer", 9),
                ("size", "key:key_1", 2)
            ]
        );
    }

    #[test]
    fn the_newer_value_stays_and_parting_brings_the_other_back() {
        let own = attributed(&[
            ("milk", "oat", Some(1)),
            ("size", "42", Some(5)),
            ("tea", "mint", None),
        ]);
        let other = attributed(&[
            ("milk", "soya", Some(2)),
            ("size", "43", Some(4)),
            ("tea", "green", None),
            ("street", "1", Some(3)),
        ]);
        let (joined, taken) = own.joined(&other);
        let wanted = attributed(&[
            ("milk", "soya", Some(2)),
            ("size", "42", Some(5)),
            ("tea", "mint", None),
            ("street", "1", Some(3)),
        ]);
        assert_eq!(joined, wanted);
        assert_eq!(joined.parted(&taken), own);
        let mut since = joined;
        let soya = Attribute::Text("almond".to_owned());
        since.values.0.insert("milk".to_owned(), soya.clone());
        assert_eq!(
            since.parted(&taken).values.0.get("milk"),
            Some(&soya),
            "what came since stays"
        );
    }

    #[test]
    fn there_is_never_more_than_there_is_room_for() {
        let names: Vec<String> = (0..COUNT_MAX).map(|number| format!("a{number}")).collect();
        let full: Vec<_> = names.iter().map(|name| (name.as_str(), "x", Some(1))).collect();
        let other = attributed(&[("a0", "newer", Some(2)), ("one_more", "y", Some(2))]);
        let (joined, taken) = attributed(&full).joined(&other);
        assert_eq!(joined.values.0.len(), COUNT_MAX);
        assert_eq!(taken.values.keys().collect::<Vec<_>>(), ["a0"]);
    }
}
