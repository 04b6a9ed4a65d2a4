//! What a shop keeps of its own on a member: words with plain values.

use std::collections::BTreeMap;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text as SqlText;
use serde::{Deserialize, Serialize};

/// Attributes by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlText)]
#[serde(transparent)]
pub struct Attributes(pub(super) BTreeMap<String, Attribute>);

/// The value of an attribute. Fractions are absent: nothing here is computed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a text, a whole number, true or false")]
pub enum Attribute {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

/// What is to change of the attributes: those that are named, `None` takes one away.
pub type AttributeChanges = BTreeMap<String, Option<Attribute>>;

/// Why an attribute is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// The name is no word.
    #[error("An attribute's name has 1 to {NAME_MAX} lower-case letters, digits and underscores.")]
    Name,
    /// The text is too long, or holds control characters.
    #[error("An attribute's text has at most {TEXT_MAX} characters and no control characters.")]
    Text,
    /// There are too many.
    #[error("A member has at most {COUNT_MAX} attributes.")]
    TooMany,
}

const NAME_MAX: usize = 60;
const TEXT_MAX: usize = 500;
/// Most attributes of a member.
pub(super) const COUNT_MAX: usize = 50;

impl Attributes {
    /// Each name with its value as text; a flag is `true` or `false`.
    pub fn texts(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.iter().map(|(name, value)| {
            let text = match value {
                Attribute::Flag(flag) => flag.to_string(),
                Attribute::Number(number) => number.to_string(),
                Attribute::Text(text) => text.clone(),
            };
            (name.as_str(), text)
        })
    }

    /// These with some changed; each fault with the attribute's name.
    pub fn edited(&self, changes: &AttributeChanges) -> Result<Self, Vec<(String, AttributeError)>> {
        let mut faults = Vec::new();
        let mut after = self.clone();
        for (name, value) in changes {
            match value {
                None => _ = after.0.remove(name),
                Some(value) => match check(name, value) {
                    Ok(()) => _ = after.0.insert(name.clone(), value.clone()),
                    Err(error) => faults.push((name.clone(), error)),
                },
            }
        }
        if after.0.len() > COUNT_MAX
            && let Some(last) = changes.keys().next_back()
        {
            faults.push((last.clone(), AttributeError::TooMany));
        }
        if faults.is_empty() { Ok(after) } else { Err(faults) }
    }
}

fn check(name: &str, value: &Attribute) -> Result<(), AttributeError> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !(1..=NAME_MAX).contains(&name.len()) || !name.bytes().all(is_letter) {
        return Err(AttributeError::Name);
    }
    match value {
        Attribute::Text(text) if text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) => {
            Err(AttributeError::Text)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(json: &str) -> AttributeChanges {
        serde_json::from_str(json).expect("changes")
    }

    #[test]
    fn what_is_named_changes_and_null_takes_away() {
        let first = Attributes::default()
            .edited(&changes(r#"{"size": 42, "vip": true, "milk": "oat"}"#))
            .expect("sound");
        let then = first
            .edited(&changes(r#"{"milk": null, "size": 43}"#))
            .expect("sound");
        assert_eq!(
            serde_json::to_string(&then).expect("JSON"),
            r#"{"size":43,"vip":true}"#
        );
    }

    #[test]
    fn what_is_no_word_too_long_or_too_much_is_refused() {
        let refused = |changes: AttributeChanges| {
            let faults = Attributes::default().edited(&changes).expect_err("refused");
            faults.into_iter().next().expect("a fault").1
        };
        for name in ["", "Size", "a b", "ä", &"x".repeat(61)] {
            let one = BTreeMap::from([(name.to_owned(), Some(Attribute::Flag(true)))]);
            assert_eq!(refused(one), AttributeError::Name, "{name}");
        }
        for text in ["x".repeat(501), "a\nb".to_owned()] {
            let one = BTreeMap::from([("note".to_owned(), Some(Attribute::Text(text)))]);
            assert_eq!(refused(one), AttributeError::Text);
        }
        let many = (0..51).map(|number| (format!("a{number}"), Some(Attribute::Number(number))));
        assert_eq!(refused(many.collect()), AttributeError::TooMany);
        for json in [r#"{"a": 1.5}"#, r#"{"a": []}"#, r#"{"a": {}}"#] {
            assert!(serde_json::from_str::<AttributeChanges>(json).is_err(), "{json}");
        }
    }
}
