//! The words of the pages: messages of `templates/locales` in Fluent's syntax, read when the program starts.

use std::sync::LazyLock;

use fluent_bundle::bundle::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};

use super::locale::Locale;

type Bundle = FluentBundle<FluentResource, intl_memoizer::concurrent::IntlLangMemoizer>;

/// The files of one language: a file for each kind of user.
macro_rules! files {
    ($tag:literal) => {
        [include_str!(concat!(
            "../../../templates/locales/",
            $tag,
            "/till.ftl"
        ))]
    };
}

static BUNDLES: LazyLock<[Bundle; 5]> = LazyLock::new(|| Locale::ALL.map(read));

/// The files of a language.
fn files_of(locale: Locale) -> [&'static str; 1] {
    match locale {
        Locale::En => files!("en"),
        Locale::Ar => files!("ar"),
        Locale::Fa => files!("fa"),
        Locale::ZhHans => files!("zh-Hans"),
        Locale::ZhHant => files!("zh-Hant"),
    }
}

#[expect(
    clippy::expect_used,
    reason = "the files are part of the program, and a test reads every one of them"
)]
fn read(locale: Locale) -> Bundle {
    let tag = locale.tag().parse().expect("a language of ours has a tag");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // What is put in does not turn the sentence around it (UAX 9); where all lines run one way, nothing can.
    bundle.set_use_isolating(locale.is_rtl());
    bundle.set_formatter(Some(match locale {
        Locale::En => |value, _| write_number(value, Locale::En),
        Locale::Ar => |value, _| write_number(value, Locale::Ar),
        Locale::Fa => |value, _| write_number(value, Locale::Fa),
        Locale::ZhHans => |value, _| write_number(value, Locale::ZhHans),
        Locale::ZhHant => |value, _| write_number(value, Locale::ZhHant),
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
    let whole: i64 = number.as_string().parse().ok()?;
    Some(locale.language().write_number(whole))
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
        let place = Locale::ALL.iter().position(|locale| *locale == self);
        let bundle = place.and_then(|place| BUNDLES.get(place));
        let found = bundle.and_then(|bundle| Some((bundle, bundle.get_message(id)?.value()?)));
        let Some((bundle, pattern)) = found else {
            tracing::error!(id, language = self.tag(), "a text is missing");
            return id.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            arguments.set(*name, value.clone());
        }
        let mut faults = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&arguments), &mut faults);
        if !faults.is_empty() {
            note(id, self, &faults);
        }
        said.into_owned()
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
