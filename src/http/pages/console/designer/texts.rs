//! Texts in every language side by side: what stands in each, and what stands in where one is missing.

use std::collections::BTreeMap;

use super::super::parts::Form;
use crate::http::pages::locale::Locale;
use crate::store::programs::Program;
use crate::types::{Language, Text};

/// Most characters of one wording.
pub(super) const WORDING_MAX: usize = 2_000;

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wording {
    pub(super) locale: Locale,
    /// As it is written in that language; empty if it is not.
    pub(super) text: String,
    /// What its readers see instead.
    pub(super) stand_in: String,
}

/// The language in which a text stands that is the same in all of them.
pub(super) fn home(program: &Program) -> Locale {
    Locale::of_tag(program.language.as_str()).unwrap_or(Locale::En)
}

/// A text in every language of ours.
pub(super) fn wordings(text: Option<&Text>, home: Locale) -> Vec<Wording> {
    let wording = |locale: Locale| {
        let Some(text) = text else {
            return Wording {
                locale,
                text: String::new(),
                stand_in: String::new(),
            };
        };
        let own = text.translations().get(&locale.language());
        let is_home = text.translations().is_empty() && locale == home;
        let own = own
            .map(String::as_str)
            .or_else(|| is_home.then_some(text.fallback()));
        Wording {
            locale,
            text: own.unwrap_or_default().to_owned(),
            stand_in: text.get(&locale.language()).to_owned(),
        }
    };
    Locale::ALL.into_iter().map(wording).collect()
}

/// A text as a form has it; the text before if the form does not speak of it, `None` if nothing is left of it.
/// What stands in languages that the form does not show stays.
pub(super) fn read_text(form: &Form, name: &str, before: Option<&Text>) -> Option<Text> {
    let mut all: BTreeMap<Language, String> = BTreeMap::new();
    let mut is_asked = false;
    for locale in Locale::ALL {
        let Some(typed) = form.find(&format!("{name}.{}", locale.tag())) else {
            continue;
        };
        is_asked = true;
        let typed: String = typed.replace("\r\n", "\n").chars().take(WORDING_MAX).collect();
        if !typed.trim().is_empty() {
            all.insert(locale.language(), typed.trim_end().to_owned());
        }
    }
    if !is_asked {
        return before.cloned();
    }
    let is_ours = |language: &Language| Locale::ALL.iter().any(|locale| locale.tag() == language.as_str());
    if let Some(before) = before {
        let others = before
            .translations()
            .iter()
            .filter(|(language, _)| !is_ours(language));
        all.extend(others.map(|(language, wording)| (language.clone(), wording.clone())));
    }
    if all.len() == 1 {
        return all.into_values().next().map(Text::plain);
    }
    Text::translated(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Text {
        serde_json::from_str(json).expect("a text")
    }

    #[test]
    fn a_text_that_is_the_same_everywhere_stands_in_the_shops_language() {
        let all = wordings(Some(&text(r#""{balance}""#)), Locale::Ar);
        let own: Vec<_> = all.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(own, ["", "{balance}", "", "", ""]);
        assert!(all.iter().all(|one| one.stand_in == "{balance}"));
    }

    #[test]
    fn a_missing_wording_is_told_with_what_stands_in() {
        let all = wordings(Some(&text(r#"{"en":"Points","zh-Hans":"积分"}"#)), Locale::En);
        let said: Vec<_> = all
            .iter()
            .map(|one| (one.text.as_str(), one.stand_in.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("Points", "Points"),
                ("", "Points"),
                ("", "Points"),
                ("积分", "积分"),
                ("", "积分")
            ]
        );
    }
}
