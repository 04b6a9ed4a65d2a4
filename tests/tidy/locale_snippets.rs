//! The rules for texts turned on bad texts, each of which must be reported, and on good ones, which must not.

use std::collections::BTreeMap;

use crate::LANGUAGES;
use crate::locale_rules::{Files, unasked_texts, unequal_texts};

const ENGLISH: &str = "# A heading.\nscan-it = Scan { $what }\n    .next = Then pay.\nscan-left =\n    { $count ->\n        [one] one\n       *[other] { $count }\n    }\n";

fn files(text: &str) -> Files {
    [("till".to_owned(), text.to_owned())].into()
}

/// What is reported of a Persian file beside good ones of the other languages.
fn found(persian: &str) -> String {
    let forms = |language: &str| {
        let known = LANGUAGES.iter().find(|(known, _)| *known == language);
        let forms = known.map(|(_, forms)| *forms).unwrap_or_default();
        let mut lines = String::new();
        for form in forms.iter().filter(|form| **form != "other") {
            lines.extend(["        [", *form, "] x\n"]);
        }
        ENGLISH.replace("        [one] one\n", &lines)
    };
    let mut languages: BTreeMap<String, Files> = LANGUAGES
        .iter()
        .map(|(language, _)| ((*language).to_owned(), files(&forms(language))))
        .collect();
    languages.insert("fa".to_owned(), files(persian));
    unequal_texts(&languages).join("\n")
}

#[test]
fn texts_that_differ_between_languages_are_reported() {
    assert_eq!(found(ENGLISH), "");
    let other_way = ENGLISH
        .replace("=\n    { $count ->", "= { $count ->")
        .replace("    }\n", "}\n");
    assert_ne!(other_way, ENGLISH);
    assert_eq!(found(&other_way), "");
    for (good, bad, words) in [
        ("Scan { $what }", "Scan", "`scan-it` lacks `$what`"),
        (
            "Scan { $what }",
            "Scan { $what } { $more }",
            "en/till.ftl: `scan-it` lacks `$more`",
        ),
        (
            "    .next = Then pay.\n",
            "",
            "fa/till.ftl: `scan-it.next` is missing",
        ),
        ("scan-it =", "scan-that =", "fa/till.ftl: `scan-it` is missing"),
        ("scan-it =", "scan-that =", "en/till.ftl: `scan-that` is missing"),
        ("Scan { $what }", "", "`scan-it` is empty"),
        ("Then pay.", "", "`scan-it.next` is empty"),
        ("[one] one", "[one]", "`scan-left` has a form that is empty"),
        (
            "[other] { $count }",
            "[other]",
            "`scan-left` has a form that is empty",
        ),
        ("        [one] one\n", "", "`scan-left` lacks the form [one]"),
        ("[one] one", "[two] two", "`scan-left` has the form [two]"),
        ("Scan { $what }", "Scan { $what", "leaves a brace open"),
        (
            "Scan { $what }",
            "Scan { $what }}",
            "closes a brace that is not open",
        ),
        ("# A heading.", "A heading.", "line 1 is no text"),
        ("scan-left =", "scan-it =", "`scan-it` is there twice"),
    ] {
        let persian = ENGLISH.replace(good, bad);
        assert_ne!(persian, ENGLISH, "{good}");
        let reported = found(&persian);
        assert!(
            reported.contains(words),
            "{persian}\nreported: {reported}\nexpected: {words}"
        );
    }
    let none = unequal_texts(&BTreeMap::new()).join("\n");
    assert!(none.contains("locales/ar has no file"), "{none}");
    let more = unequal_texts(&[("de".to_owned(), files(ENGLISH))].into()).join("\n");
    assert!(more.contains("locales/de: no page"), "{more}");
}

#[test]
fn texts_that_no_page_asks_for_and_ids_of_no_text_are_reported() {
    let found = |path: &str, page: &str| {
        let pages = [(path.to_owned(), page.to_owned())].into();
        unasked_texts(&files(ENGLISH), &pages).join("\n")
    };
    let both = "locale.say(\n    \"scan-left\", &[]); Some(\"scan-it\")";
    assert_eq!(found("src/http/pages/till.rs", both), "");
    let both = "{{ frame.word(\"scan-it\") }}{{ t.say(\"scan-left\", 3) }}";
    assert_eq!(found("templates/pages/till.html", both), "");
    for (path, page, words) in [
        (
            "src/http/pages/till.rs",
            "Some(\"scan-it\")",
            "no page asks for `scan-left`",
        ),
        (
            "src/http/pages/till.rs",
            "Some(\"scan-them\")",
            "there is no text `scan-them`",
        ),
        (
            "src/http/pages/till.rs",
            "locale.word(\"pay\")",
            "there is no text `pay`",
        ),
        (
            "src/http/pages/till.rs",
            "// Some(\"scan-it\")",
            "no page asks for `scan-it`",
        ),
        (
            "templates/pages/till.html",
            "<p class=\"scan-it\">",
            "no page asks for `scan-it`",
        ),
        (
            "templates/pages/till.html",
            "{{ t.word(\"pay-now\") }}",
            "there is no text `pay-now`",
        ),
    ] {
        let reported = found(path, page);
        assert!(
            reported.contains(words),
            "{page}\nreported: {reported}\nexpected: {words}"
        );
    }
    let other = found("src/http/pages/till.rs", "(\"content-type\", \"scan\")");
    assert!(!other.contains("there is no text"), "{other}");
}
