//! The house rules that no compiler holds: floors, walls, banned words, sizes, names, and files that must agree.
//!
//! Std only, so that it runs before anything is built, and no dependency can break it.
//! `tidy/snippets.rs` turns the rules on bad snippets: a rule that reports nothing there is itself broken.

use std::fs;
use std::io;

#[path = "tidy/file_rules.rs"]
mod file_rules;
#[path = "tidy/locale_rules.rs"]
mod locale_rules;
#[path = "tidy/locale_snippets.rs"]
mod locale_snippets;
#[path = "tidy/reading.rs"]
mod reading;
#[path = "tidy/snippets.rs"]
mod snippets;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/source_rules.rs"]
mod source_rules;

use reading::{files_below, name_of, read_languages, read_migrations, read_pages, read_sources, root};

/// The floors, from the ground up. A room uses lower floors only; rooms of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["types", "telemetry"],
    &["config", "loyalty"],
    &[
        "store", "apple", "google", "picture", "scanner", "sheet", "webauthn", "webhook",
    ],
    &["actions"],
    &["simulator", "http", "delivery"],
    &["wiring"],
    &["server"],
    &["cli", "main"],
];

/// Which rooms may name which outside crates; every other room goes through these.
const WALLS: &[(&[&str], &[&str])] = &[
    (&["diesel", "diesel_migrations"], &["store", "types"]),
    (&["actix_web", "utoipa_swagger_ui"], &["http", "server"]),
    (
        &["openssl"],
        &["apple", "google", "webauthn", "webhook", "types", "simulator"],
    ),
    (&["ciborium"], &["webauthn"]),
    (&["zip", "sha1"], &["apple"]),
    (
        &["hyper", "hyper_util", "reqwest", "h2", "tokio_openssl"],
        &["apple", "google", "delivery", "simulator"],
    ),
    (&["a2"], &["apple"]),
    (&["resvg"], &["picture"]),
    (&["rxing", "zune_jpeg"], &["scanner"]),
    (&["askama"], &["http", "simulator"]),
    (&["csv"], &["sheet"]),
];

/// Words of code that are banned, the files that may have them all the same, and why.
const BANNED: &[(&str, &[&str], &str)] = &[
    (
        "block_in_place",
        &[],
        "it panics in actix workers, which are current-thread runtimes; use store::Store",
    ),
    (
        "SystemTime::now",
        &["src/types/time.rs"],
        "take the time from types::Clock, so that tests can set it",
    ),
    (
        "reqwest::Client::new",
        &[],
        "it has no time-outs; build clients from the configuration",
    ),
    ("todo!", &[], "finish it, or leave it out"),
    ("unimplemented!", &[], "finish it, or leave it out"),
    ("dbg!", &[], "log through tracing"),
    ("#[ignore", &[], "a test that does not run holds nothing"),
    (
        "#[allow(",
        &[],
        "use #[expect(.., reason = \"..\")], which says so when it is no longer needed",
    ),
    (
        "#![allow(",
        &[],
        "use #![expect(.., reason = \"..\")], which says so when it is no longer needed",
    ),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "common", "helper", "helpers", "manager", "service", "misc",
];

/// Paths that exist on one machine only. Split, so that this file does not report itself.
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/")];

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 100;

/// The languages of the pages, and the plural forms of each (Unicode CLDR 44, cardinals).
const LANGUAGES: &[(&str, &[&str])] = &[
    ("ar", PLURAL_FORMS),
    ("en", &["one", "other"]),
    ("fa", &["one", "other"]),
    ("zh-Hans", &["other"]),
    ("zh-Hant", &["other"]),
];

/// Texts whose ids are put together while the program runs, and where.
const MADE_AT_RUN_TIME: &[(&str, &str)] = &[];

const DIALECTS: &[&str] = &["postgres", "sqlite"];

/// The plural forms that CLDR knows; each language has some of them.
const PLURAL_FORMS: &[&str] = &["zero", "one", "two", "few", "many", "other"];

/// Not ours to check: built, fetched, or a shop's own (the list of .gitignore).
const NOT_OURS: &[&str] = &[
    "target",
    ".git",
    "tests/browser/node_modules",
    "certs",
    "billfold.toml",
];

fn assert_none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} untidy:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_source_file_keeps_the_house_rules() -> io::Result<()> {
    let sources = read_sources()?;
    assert!(
        sources.iter().any(|source| source.path == "src/lib.rs"),
        "no sources found below {}",
        root().display()
    );
    let faults: Vec<String> = sources
        .iter()
        .flat_map(|source| source_rules::SOURCE_RULES.iter().flat_map(|rule| rule(source)))
        .collect();
    assert_none(&faults);
    Ok(())
}

#[test]
fn every_dependency_has_a_reason() -> io::Result<()> {
    assert_none(&file_rules::dependencies_without_reason(&fs::read_to_string(
        root().join("Cargo.toml"),
    )?));
    Ok(())
}

#[test]
fn both_databases_have_the_same_migrations() -> io::Result<()> {
    assert_none(&file_rules::unequal_migrations(&read_migrations()?));
    Ok(())
}

#[test]
fn every_text_is_there_in_every_language_and_is_asked_for() -> io::Result<()> {
    let languages = read_languages()?;
    assert_none(&locale_rules::unequal_texts(&languages));
    let english = languages.get("en").cloned().unwrap_or_default();
    assert_none(&locale_rules::unasked_texts(&english, &read_pages()?));
    Ok(())
}

#[test]
fn no_file_holds_a_machine_path_or_a_private_key() -> io::Result<()> {
    let mut faults = Vec::new();
    for path in files_below(root())? {
        if let Ok(text) = String::from_utf8(fs::read(&path)?) {
            faults.extend(file_rules::machine_paths_and_keys(&name_of(&path), &text));
        }
    }
    assert_none(&faults);
    Ok(())
}
