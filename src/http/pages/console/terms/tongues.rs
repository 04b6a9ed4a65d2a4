//! A text in the languages of the pages, with a field for each.

use serde::Deserialize;

use super::super::super::locale::Locale;
use super::rewards::NameField;
use crate::types::Text;

/// What customers read, as it was typed in each language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(in crate::http::pages::console) struct Shown {
    #[serde(rename = "shown_en")]
    en: String,
    #[serde(rename = "shown_ar")]
    ar: String,
    #[serde(rename = "shown_fa")]
    fa: String,
    #[serde(rename = "shown_zh_hans")]
    simplified: String,
    #[serde(rename = "shown_zh_hant")]
    traditional: String,
}

impl Shown {
    fn texts(&self) -> [&str; 5] {
        [&self.en, &self.ar, &self.fa, &self.simplified, &self.traditional]
    }

    /// Whether anything was typed.
    pub(in crate::http::pages::console) fn is_given(&self) -> bool {
        self.texts().iter().any(|text| !text.is_empty())
    }

    /// The fields with a text; `None` if it is in a language that has no field.
    pub(in crate::http::pages::console) fn of(text: Option<&Text>) -> Option<Self> {
        let [en, ar, fa, simplified, traditional] = text.map_or_else(|| Some(Default::default()), in_each)?;
        Some(Self {
            en,
            ar,
            fa,
            simplified,
            traditional,
        })
    }

    /// The text; `None` if nothing was typed.
    pub(in crate::http::pages::console) fn read(&self) -> Option<Text> {
        translated(self.texts())
    }

    /// The fields as a page draws them.
    pub(in crate::http::pages::console) fn fields(&self) -> Vec<NameField> {
        let names = [
            "shown_en",
            "shown_ar",
            "shown_fa",
            "shown_zh_hans",
            "shown_zh_hant",
        ];
        let all = names.into_iter().zip(Locale::ALL).zip(self.texts());
        all.map(|((field, locale), value)| NameField {
            field,
            locale,
            value: value.to_owned(),
        })
        .collect()
    }
}

/// A text in each of our languages, empty where it is not translated; `None` if it is in another one too, which a
/// form would lose.
pub(super) fn in_each(text: &Text) -> Option<[String; 5]> {
    let all = text.translations();
    let is_ours = |tag: &str| Locale::ALL.iter().any(|locale| locale.language().as_str() == tag);
    if all.keys().any(|language| !is_ours(language.as_str())) {
        return None;
    }
    Some(Locale::ALL.map(|locale| match all.get(&locale.language()) {
        Some(own) => own.clone(),
        None if locale == Locale::En && all.is_empty() => text.fallback().to_owned(),
        None => String::new(),
    }))
}

/// A text of what was typed in each of our languages; `None` if that is nothing.
pub(super) fn translated(texts: [&str; 5]) -> Option<Text> {
    let pairs = Locale::ALL.into_iter().zip(texts);
    let typed = pairs.filter(|(_, text)| !text.trim().is_empty());
    Text::translated(
        typed
            .map(|(locale, text)| (locale.language(), text.trim().to_owned()))
            .collect(),
    )
}
