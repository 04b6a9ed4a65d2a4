//! The words of the pages: messages of `templates/locales` in Fluent's syntax, a language read when somebody first reads it.

use std::sync::LazyLock;

use fluent_bundle::bundle::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};

use super::locale::Locale;
use crate::types::PluralForm;

type Bundle = FluentBundle<FluentResource, intl_memoizer::concurrent::IntlLangMemoizer>;

/// Stands for what is put in later; no text has it (Unicode, object replacement character).
const PLACE: &str = "\u{fffc}";

/// The files of one language: a file for each kind of user.
macro_rules! files {
    ($tag:literal) => {
        [
            include_str!(concat!("../../../templates/locales/", $tag, "/customer.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/till.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/console.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/members.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/insight.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/imports.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/designer.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/terms.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/shop.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/surveys.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/reach.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/automations.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/webhooks.ftl")),
            include_str!(concat!("../../../templates/locales/", $tag, "/signin.ftl")),
        ]
    };
}

/// Each language once somebody reads it, for a language is a megabyte or more.
static BUNDLES: [LazyLock<Bundle>; 5] = [
    LazyLock::new(|| read(Locale::En)),
    LazyLock::new(|| read(Locale::Ar)),
    LazyLock::new(|| read(Locale::Fa)),
    LazyLock::new(|| read(Locale::ZhHans)),
    LazyLock::new(|| read(Locale::ZhHant)),
];

#[cfg(debug_assertions)]
static PSEUDO: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = read(Locale::Pseudo);
    bundle.set_transform(Some(super::pseudo::disguise));
    bundle
});

/// The files of a language.
fn files_of(locale: Locale) -> [&'static str; 14] {
    match locale {
        Locale::Ar => files!("ar"),
        Locale::Fa => files!("fa"),
        Locale::ZhHans => files!("zh-Hans"),
        Locale::ZhHant => files!("zh-Hant"),
        _ => files!("en"),
    }
}

#[expect(
    clippy::expect_used,
    reason = "the files are part of the program, and a test reads every one of them"
)]
fn read(locale: Locale) -> Bundle {
    let tag = locale.language().as_str().parse();
    let tag = tag.expect("a language of ours has a tag");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // What is put in does not turn the sentence around it (UAX 9); where all lines run one way, nothing can.
    bundle.set_use_isolating(locale.is_rtl());
    bundle.set_formatter(Some(match locale {
        Locale::Ar => |value, _| write_number(value, Locale::Ar),
        Locale::Fa => |value, _| write_number(value, Locale::Fa),
        Locale::ZhHans => |value, _| write_number(value, Locale::ZhHans),
        Locale::ZhHant => |value, _| write_number(value, Locale::ZhHant),
        _ => |value, _| write_number(value, Locale::En),
    }));
    for file in files_of(locale) {
        let resource = FluentResource::try_new(file.to_owned()).map_err(|(_, faults)| faults);
        let resource = resource.expect("a file of templates/locales is not in Fluent's syntax");
        let added = bundle.add_resource(resource);
        added.expect("a message of templates/locales is there twice");
    }
    bundle
}

/// Whole numbers in the reader's digits; anything else as Fluent has it.
fn write_number(value: &FluentValue<'_>, locale: Locale) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let kept = number.options.currency.clone();
    let whole: i64 = kept.unwrap_or_else(|| number.as_string().into()).parse().ok()?;
    Some(locale.language().write_number(whole))
}

/// A value as the crate's plural rules must see it.
///
/// Those for Arabic leave out the remainder by 100 that CLDR's have (`intl_pluralrules` 7.0.2, seen 2026-11): 103
/// would be counted as 100. So a smaller number of the same form chooses the wording, and the one that is written
/// goes along in an option that nothing else of ours uses.
fn for_rules<'v>(value: &FluentValue<'v>, locale: Locale) -> FluentValue<'v> {
    let whole = match value {
        FluentValue::Number(number) if locale == Locale::Ar => number.as_string().parse::<i64>().ok(),
        _ => None,
    };
    let Some(whole) = whole.filter(|whole| whole.unsigned_abs() >= 100) else {
        return value.clone();
    };
    let mut number = FluentNumber::from(match PluralForm::of(&locale.language(), whole) {
        PluralForm::Few => 10,
        PluralForm::Many => 99,
        _ => 100,
    });
    number.options.currency = Some(whole.to_string());
    FluentValue::Number(number)
}

impl Locale {
    /// A message that takes nothing in.
    pub(super) fn word(self, id: &str) -> String {
        self.say(id, &[])
    }

    /// A message with what it takes in. Numbers choose its plural form and are written in the reader's digits.
    ///
    /// A message that is not there is named by its id; a test holds every id that is used against the files.
    pub(super) fn say(self, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        self.say_part(id, None, values)
    }

    /// A message and what it says under `.next`: what, and what can be done.
    pub(super) fn word_and_next(self, id: &str) -> (String, String) {
        (self.word(id), self.say_part(id, Some("next"), &[]))
    }

    /// A message around one value that a page marks up: what stands before it, and what behind.
    pub(super) fn around(self, id: &str, name: &str) -> (String, String) {
        let said = self.say(id, &[(name, PLACE.into())]);
        let (before, behind) = said.split_once(PLACE).unwrap_or((&said, ""));
        (before.to_owned(), behind.to_owned())
    }

    /// A message, or what it says under a name.
    fn say_part(self, id: &str, part: Option<&str>, values: &[(&str, FluentValue<'_>)]) -> String {
        let message = self
            .bundle()
            .and_then(|bundle| Some((bundle, bundle.get_message(id)?)));
        let found = message.as_ref().and_then(|(bundle, message)| {
            let pattern = match part {
                None => message.value()?,
                Some(name) => message.get_attribute(name)?.value(),
            };
            Some((bundle, pattern))
        });
        let Some((bundle, pattern)) = found else {
            tracing::error!(id, language = self.tag(), "a text is missing");
            return id.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            arguments.set(*name, for_rules(value, self));
        }
        let mut faults = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&arguments), &mut faults);
        if !faults.is_empty() {
            note(id, self, &faults);
        }
        said.into_owned()
    }

    fn bundle(self) -> Option<&'static Bundle> {
        let place = match self {
            Self::En => 0,
            Self::Ar => 1,
            Self::Fa => 2,
            Self::ZhHans => 3,
            Self::ZhHant => 4,
            #[cfg(debug_assertions)]
            Self::Pseudo => return Some(&PSEUDO),
        };
        BUNDLES.get(place).map(|bundle| &**bundle)
    }
}

fn note(id: &str, locale: Locale, faults: &[FluentError]) {
    tracing::error!(
        id,
        language = locale.tag(),
        ?faults,
        "a text lacks what it takes in"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages that count, and what they call the number.
    const COUNTING: [(&str, &str); 4] = [
        ("points", "count"),
        ("member-left", "count"),
        ("member-visits", "count"),
        ("fault-wait", "seconds"),
    ];

    /// What a message says of a count, without the number.
    fn wording(locale: Locale, (id, name): (&str, &str), count: i64) -> String {
        let mut said = locale.say(id, &[(name, count.into())]);
        said.retain(|letter| !letter.is_numeric() && !('\u{2066}'..='\u{2069}').contains(&letter));
        said
    }

    #[test]
    fn every_file_is_in_fluents_syntax() {
        for locale in Locale::ALL {
            for file in files_of(locale) {
                assert!(FluentResource::try_new(file.to_owned()).is_ok(), "{locale:?}");
            }
            assert!(locale.bundle().is_some(), "{locale:?}");
        }
    }

    #[test]
    fn each_language_counts_in_its_own_words() {
        for counting in COUNTING {
            // Arabic says one, two, a few and many in different words, whatever it counts.
            let arabic = [1, 2, 3].map(|count| wording(Locale::Ar, counting, count));
            let [one, two, few] = &arabic;
            assert!(one != two && two != few && one != few, "{arabic:?}");
            for locale in Locale::ALL {
                for count in 0..200_i64 {
                    let said = wording(locale, counting, count);
                    assert_ne!(said, "fault-wait", "{locale:?}");
                    // Two counts of one form say the same.
                    let form = |count| PluralForm::of(&locale.language(), count);
                    let same = (0..count).find(|before| form(*before) == form(count));
                    if let Some(before) = same {
                        assert_eq!(said, wording(locale, counting, before), "{locale:?} {count}");
                    }
                }
            }
        }
        for counting in [
            ("points", "count"),
            ("member-visits", "count"),
            ("fault-wait", "seconds"),
        ] {
            let said = |count| wording(Locale::En, counting, count);
            assert!(said(1) != said(2) && said(0) == said(2), "{}", said(1));
        }
    }

    #[test]
    fn a_value_is_not_looked_through_and_does_not_turn_the_sentence() {
        let values = [("program", "{ $money }".into()), ("money", "5".into())];
        assert_eq!(Locale::En.say("claim-paid", &values), "{ $money } · 5");
        let said = Locale::Ar.say("card-title", &[("program", "Aroma".into())]);
        assert_eq!(said, "بطاقة \u{2068}Aroma\u{2069}");
    }

    #[test]
    fn numbers_are_in_the_readers_digits() {
        let said = Locale::Fa.say("fault-wait", &[("seconds", 1_250.into())]);
        assert!(said.contains("۱٬۲۵۰"), "{said}");
        let said = Locale::Ar.say("fault-wait", &[("seconds", 1_103.into())]);
        assert!(said.contains("1,103") && said.contains("ثوانٍ"), "{said}");
    }

    #[test]
    fn what_can_be_done_stands_beside_what_happened() {
        for locale in Locale::ALL {
            let (title, next) = locale.word_and_next("fault-no-page");
            assert!(!title.contains("fault-") && !next.contains("fault-") && title != next);
        }
    }
}
