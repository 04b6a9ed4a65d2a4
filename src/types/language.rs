//! Languages, and texts that exist in several of them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text as SqlText;
use serde::{Deserialize, Deserializer, Serialize};

/// A BCP 47 tag such as `en`, `pt-BR` or `zh-Hans`, at most 35 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlText)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// The text is not a language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a language tag of BCP 47, such as en, ar or zh-Hans")]
pub struct LanguageError(String);

impl Language {
    /// English.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first part of the tag: `zh` of `zh-Hans`.
    pub fn base(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Whether the language is written from right to left.
    pub fn is_rtl(&self) -> bool {
        matches!(
            self.base(),
            "ar" | "fa" | "he" | "ur" | "ps" | "ckb" | "yi" | "dv" | "ug" | "sd"
        )
    }
}

impl FromStr for Language {
    type Err = LanguageError;
    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let mut parts = text.split('-');
        let first = parts.next().unwrap_or_default();
        let sound = text.len() <= 35
            && (2..=8).contains(&first.len())
            && first.bytes().all(|byte| byte.is_ascii_alphabetic())
            && parts.all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        if sound {
            return Ok(Self(text.to_owned()));
        }
        Err(LanguageError(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;
    fn try_from(text: String) -> Result<Self, LanguageError> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text with translations. In JSON a plain string, or `{"en": "Points", "ar": "نقاط"}` whose
/// first language in the order `en`, then alphabetical, is the one to fall back to.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlText)]
pub struct Text {
    fallback: String,
    translations: BTreeMap<Language, String>,
}

impl Text {
    /// A text without translations.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            fallback: text.into(),
            translations: BTreeMap::new(),
        }
    }

    /// A text with translations; falls back to English, else to the first by tag.
    /// `None` if there are none.
    pub fn translated(translations: BTreeMap<Language, String>) -> Option<Self> {
        let fallback = translations
            .get(&Language::english())
            .or_else(|| translations.values().next())?
            .clone();
        Some(Self {
            fallback,
            translations,
        })
    }

    /// What is shown where no translation fits.
    pub fn fallback(&self) -> &str {
        &self.fallback
    }

    /// The text in a language: that very tag, else the same base language, else the fallback.
    pub fn get(&self, language: &Language) -> &str {
        self.translations
            .get(language)
            .or_else(|| {
                self.translations
                    .iter()
                    .find(|(tag, _)| tag.base() == language.base())
                    .map(|(_, text)| text)
            })
            .unwrap_or(&self.fallback)
    }

    /// All translations by language; empty for a plain text.
    pub fn translations(&self) -> &BTreeMap<Language, String> {
        &self.translations
    }

    /// The same text with every wording passed through `change`.
    #[must_use]
    pub fn map(&self, mut change: impl FnMut(&str) -> String) -> Self {
        Self {
            fallback: change(&self.fallback),
            translations: self
                .translations
                .iter()
                .map(|(tag, text)| (tag.clone(), change(text)))
                .collect(),
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.translations.is_empty() {
            return serializer.serialize_str(&self.fallback);
        }
        self.translations.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a text, or an object of texts by language tag")]
        enum Either {
            Plain(String),
            Translated(BTreeMap<Language, String>),
        }
        match Either::deserialize(deserializer)? {
            Either::Plain(text) => Ok(Self::plain(text)),
            Either::Translated(map) => Self::translated(map)
                .ok_or_else(|| serde::de::Error::custom("a translated text needs at least one language")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_back_to_the_base_language_then_to_english() {
        let text: Text =
            serde_json::from_str(r#"{"en":"Points","pt-BR":"Pontos","ar":"نقاط"}"#).expect("a text");
        let get = |tag: &str| text.get(&tag.parse().expect("a tag")).to_owned();
        assert_eq!(get("ar"), "نقاط");
        assert_eq!(get("pt-PT"), "Pontos");
        assert_eq!(get("de"), "Points");
        assert!(serde_json::from_str::<Text>("{}").is_err());
        assert!(serde_json::from_str::<Text>(r#"{"not a tag":"x"}"#).is_err());
    }
}
