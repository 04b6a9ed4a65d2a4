//! Plural forms: which wording a language uses for a count.

use serde::{Deserialize, Serialize};

use super::{Language, Text};

/// The plural categories of CLDR; each language uses some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PluralForm {
    /// None at all, where a language has a form of its own for it.
    Zero,
    /// One.
    One,
    /// Two.
    Two,
    /// A few.
    Few,
    /// Many.
    Many,
    /// Everything else.
    Other,
}

impl PluralForm {
    /// The form for a whole number (Unicode CLDR 44, plural rules; cardinals).
    ///
    /// Languages that the pages are not written in count as English does.
    pub fn of(language: &Language, count: i64) -> Self {
        let count = count.unsigned_abs();
        match language.base() {
            "ar" => Self::of_arabic(count),
            "fa" if count <= 1 => Self::One,
            "zh" | "ja" | "ko" | "th" | "vi" | "id" | "ms" => Self::Other,
            _ if count == 1 => Self::One,
            _ => Self::Other,
        }
    }

    fn of_arabic(count: u64) -> Self {
        match (count, count % 100) {
            (0, _) => Self::Zero,
            (1, _) => Self::One,
            (2, _) => Self::Two,
            (_, 3..=10) => Self::Few,
            (_, 11..=99) => Self::Many,
            _ => Self::Other,
        }
    }

    /// CLDR's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

impl Text {
    /// The wording for a count: the translation under the language's tag with the plural form as its private
    /// part (`en-x-one`, `ar-x-few`; BCP 47, section 2.2.7), else the language's plain one.
    pub fn counted(&self, language: &Language, count: i64) -> &str {
        let form = PluralForm::of(language, count).as_str();
        let of_form = |tag: &Language| {
            tag.as_str().split_once("-x-").is_some_and(|(plain, private)| {
                private == form && (plain == language.as_str() || plain == language.base())
            })
        };
        self.translations()
            .iter()
            .find(|(tag, _)| of_form(tag))
            .map_or_else(|| self.get(language), |(_, wording)| wording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().expect("a tag")
    }

    /// What `Intl.PluralRules` of Chromium says, measured 2026-11.
    #[test]
    fn each_language_counts_in_its_own_forms() {
        for (tag, forms) in [
            ("en", "other one other other other other"),
            ("ar", "zero one two few many other"),
            ("fa", "one one other other other other"),
            ("zh-Hans", "other other other other other other"),
            ("zh-Hant", "other other other other other other"),
        ] {
            let found: Vec<_> = [0, 1, 2, 3, 11, 100]
                .map(|count| PluralForm::of(&language(tag), count).as_str())
                .into();
            assert_eq!(found.join(" "), forms, "{tag}");
        }
        assert_eq!(PluralForm::of(&language("ar"), 103), PluralForm::Few);
        assert_eq!(PluralForm::of(&language("ar"), 111), PluralForm::Many);
        assert_eq!(PluralForm::of(&language("ar"), 102), PluralForm::Other);
        assert_eq!(PluralForm::of(&language("en"), -1), PluralForm::One);
    }

    #[test]
    fn a_text_has_its_own_word_for_a_count_where_it_names_one() {
        let text: Text = serde_json::from_str(
            r#"{"en":"beans","en-x-one":"bean","ar":"حبة","ar-x-two":"حبتان","ar-x-few":"حبات","zh-Hans":"豆"}"#,
        )
        .expect("a text");
        for (tag, count, word) in [
            ("en", 1, "bean"),
            ("en", 2, "beans"),
            ("ar", 2, "حبتان"),
            ("ar", 7, "حبات"),
            ("ar", 11, "حبة"),
            ("zh-Hans", 1, "豆"),
            ("de", 1, "beans"),
        ] {
            assert_eq!(text.counted(&language(tag), count), word, "{tag} {count}");
        }
        assert_eq!(Text::plain("points").counted(&language("en"), 1), "points");
    }
}
