//! The page of requirements says of each row which tests show it; it is made from the rows and the tests' own words.
//!
//! A test shows a row if its documentation says `Shows SR-086.`; what stands in brackets after the id is the part of it.
//! `BILLFOLD_RENEW=1 cargo test --test requirements` writes the page anew.
#![expect(
    clippy::expect_used,
    reason = "a test that meets what it did not expect fails, with the place"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The rows: id, priority, what the software must do.
const ROWS: &str = "docs/requirements.tsv";
/// The page.
const PAGE: &str = "docs/requirements.md";

/// A test that shows a row, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shown {
    file: String,
    name: String,
    part: String,
}

fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, in the order of their names.
fn list_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            list_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rows that a documentation names, each with the part in brackets.
fn rows_of(documentation: &str) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let Some((_, told)) = documentation.split_once("Shows SR-") else {
        return rows;
    };
    // Of the sentence that says `Shows` only: ids follow each other, a comma or a bracket between.
    let mut rest = told;
    while let Some(number) = rest
        .get(..3)
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
    {
        rest = rest.get(3..).unwrap_or_default();
        let bracket = rest.strip_prefix(" (").and_then(|inner| inner.split_once(')'));
        let part = if let Some((part, after)) = bracket {
            rest = after;
            part
        } else {
            ""
        };
        rows.push((format!("SR-{number}"), part.to_owned()));
        match rest.strip_prefix(", SR-") {
            Some(next) => rest = next,
            None => break,
        }
    }
    rows
}

/// What the tests of a file show.
fn read_file(name: &str, text: &str, shown: &mut BTreeMap<String, Vec<Shown>>) {
    let mut documentation = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            documentation.push_str(words);
        } else if line.starts_with("#[") {
            // Stands between a test's words and its name.
        } else {
            let function = line.split_once("fn ").map(|(_, rest)| rest);
            if let Some((function, _)) = function.and_then(|rest| rest.split_once('(')) {
                for (row, part) in rows_of(&documentation) {
                    shown.entry(row).or_default().push(Shown {
                        file: name.to_owned(),
                        name: function.to_owned(),
                        part,
                    });
                }
            }
            documentation.clear();
        }
    }
}

fn make_page() -> String {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        list_files(&home().join(folder), &mut files);
    }
    let mut shown = BTreeMap::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("a text");
        let name = path.strip_prefix(home()).expect("a file of ours");
        read_file(&name.display().to_string(), &text, &mut shown);
    }
    let rows = fs::read_to_string(home().join(ROWS)).expect("the rows");
    let mut table = String::new();
    let (mut all, mut done) = (0, 0);
    for row in rows.lines().skip(1) {
        let mut cells = row.split('\t');
        let mut cell = || cells.next().expect("a cell").to_owned();
        let (id, priority, must) = (cell(), cell(), cell());
        let by = shown.remove(&id).unwrap_or_default();
        all += 1;
        done += usize::from(!by.is_empty());
        let tests: Vec<String> = by
            .iter()
            .map(|one| {
                let part = if one.part.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", one.part)
                };
                format!("`{}` in {}{part}", one.name, one.file)
            })
            .collect();
        let tests = if tests.is_empty() {
            "not yet".to_owned()
        } else {
            tests.join("<br>")
        };
        writeln!(table, "| {id} | {priority} | {must} | {tests} |").expect("a line");
    }
    assert!(shown.is_empty(), "tests show rows that there are not: {shown:?}");
    format!(
        "# Requirements and the tests that show them\n\n\
         Made by `BILLFOLD_RENEW=1 cargo test --test requirements` from [requirements.tsv](requirements.tsv) and the words of\n\
         the tests; do not edit it by hand. {done} of {all} rows have a test. A part in brackets says that the test shows that\n\
         much of the row.\n\n\
         | Row | Priority | What Billfold must do | Shown by |\n|---|---|---|---|\n{table}"
    )
}

#[test]
fn the_page_of_requirements_says_what_the_tests_show() {
    let page = make_page();
    let path = home().join(PAGE);
    if std::env::var_os("BILLFOLD_RENEW").is_some() {
        fs::write(&path, &page).expect("the page is written");
    }
    let kept = fs::read_to_string(&path).expect("the page");
    assert!(
        kept == page,
        "{PAGE} is not what the tests show; renew it by `BILLFOLD_RENEW=1 cargo test --test requirements`"
    );
}

#[test]
fn rows_are_read_from_a_tests_words() {
    let rows = |words: &str| rows_of(words);
    let row = |id: &str, part: &str| (id.to_owned(), part.to_owned());
    assert_eq!(rows("A fact. Shows SR-001."), [row("SR-001", "")]);
    assert_eq!(
        rows("Shows SR-001 (the half), SR-002: and more, as SR-003 does"),
        [row("SR-001", "the half"), row("SR-002", "")]
    );
    assert_eq!(rows("It is like SR-004."), []);
}
