//! What points are called: the shop's own word for them, or ours in the reader's language.

use super::locale::Locale;
use crate::types::{Language, PluralForm, Text};

/// Counts that between them take every plural form of the languages that pages are written in.
const EVERY_FORM: [i64; 6] = [0, 1, 2, 3, 11, MANY];
/// A count that takes CLDR's `other` in each of them.
const MANY: i64 = 100;

impl Locale {
    /// What so many points are called, without the number.
    pub(super) fn points_word(self, point_name: &Text, count: i64) -> String {
        // The name that programs have until the shop chooses one is ours to translate.
        if is_unnamed(point_name) {
            return self.own_points(count);
        }
        point_name.counted(&self.language(), count).to_owned()
    }

    /// So many points: the number and the word for them.
    pub(super) fn points(self, point_name: &Text, count: i64) -> String {
        let number = self.language().write_number(count);
        format!("{number}\u{a0}{}", self.points_word(point_name, count))
    }

    /// What points are called, with every form that the language has for them.
    pub(super) fn point_name(self, point_name: &Text) -> Text {
        if !is_unnamed(point_name) {
            return point_name.clone();
        }
        let language = self.language();
        let of_form = |count: i64| {
            let form = PluralForm::of(&language, count);
            let tag: Language = format!("{language}-x-{}", form.as_str()).parse().ok()?;
            Some((tag, self.own_points(count)))
        };
        let plain = (language.clone(), self.own_points(MANY));
        let forms = EVERY_FORM
            .into_iter()
            .filter_map(of_form)
            .chain([plain])
            .collect();
        Text::translated(forms).unwrap_or_else(|| point_name.clone())
    }

    /// Our own word for so many points.
    fn own_points(self, count: i64) -> String {
        self.say("points", &[("count", count.into())])
    }
}

/// Whether the shop has not named its points.
fn is_unnamed(point_name: &Text) -> bool {
    point_name.translations().is_empty() && point_name.fallback() == "points"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_counted_in_the_shops_own_word() {
        let plain = Text::plain("points");
        assert_eq!(Locale::En.points(&plain, 1), "1\u{a0}point");
        assert_eq!(Locale::En.points(&plain, 1_240), "1,240\u{a0}points");
        assert_eq!(Locale::Ar.points(&plain, 10), "10\u{a0}نقاط");
        let beans: Text = serde_json::from_str(r#"{"en":"beans","en-x-one":"bean"}"#).expect("a text");
        assert_eq!(Locale::En.points(&beans, 1), "1\u{a0}bean");
        assert_eq!(Locale::ZhHans.points(&beans, 2), "2\u{a0}beans");
    }

    #[test]
    fn our_own_word_has_every_form_that_the_language_counts_in() {
        let plain = Text::plain("points");
        for locale in Locale::ALL {
            let named = locale.point_name(&plain);
            for count in 0..200 {
                let wording = named.counted(&locale.language(), count);
                assert_eq!(wording, locale.points_word(&plain, count), "{locale:?} {count}");
            }
        }
    }
}
