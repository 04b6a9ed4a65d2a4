//! The rules for texts: what `templates/locales` holds in Fluent's syntax, and what pages ask of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::source::{is_word_letter, literals_of};
use crate::{LANGUAGES, MADE_AT_RUN_TIME, PLURAL_FORMS};

/// The texts of one language, by the names of their files.
pub(crate) type Files = BTreeMap<String, String>;

/// One text: a message, or what it says under a name (`id.next`).
#[derive(Debug)]
struct Message {
    id: String,
    text: String,
}

/// Every language must have every text, with the same values put in, its own plural forms, and nothing empty.
pub(crate) fn unequal_texts(languages: &BTreeMap<String, Files>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut values: BTreeMap<&str, BTreeMap<(String, String), BTreeSet<String>>> = BTreeMap::new();
    for (language, _) in LANGUAGES {
        let own = values.entry(language).or_default();
        let Some(files) = languages.get(*language).filter(|files| !files.is_empty()) else {
            faults.push(format!("templates/locales/{language} has no file"));
            continue;
        };
        let mut ids = BTreeSet::new();
        for (file, text) in files {
            let place = format!("templates/locales/{language}/{file}.ftl");
            let report = |fault: String| format!("{place}: {fault}");
            let (messages, unread) = read_messages(text);
            faults.extend(unread.into_iter().map(report));
            for Message { id, text } in messages {
                faults.extend(faults_of(language, &id, &text).into_iter().map(report));
                if !ids.insert(id.clone()) {
                    faults.push(report(format!("`{id}` is there twice")));
                }
                own.insert((file.clone(), id), values_of(&text));
            }
        }
    }
    for language in languages.keys() {
        if !LANGUAGES.iter().any(|(known, _)| known == language) {
            faults.push(format!("templates/locales/{language}: no page is written in it"));
        }
    }
    faults.extend(differences(&values));
    faults
}

/// What one language has of the others' texts, or what its texts take in of what theirs do.
fn differences(values: &BTreeMap<&str, BTreeMap<(String, String), BTreeSet<String>>>) -> Vec<String> {
    let mut faults = Vec::new();
    let all: BTreeSet<_> = values.values().flat_map(BTreeMap::keys).collect();
    for text in all {
        let (file, id) = text;
        let most: BTreeSet<_> = values
            .values()
            .filter_map(|own| own.get(text))
            .flatten()
            .collect();
        for (language, own) in values {
            let report = |fault: String| format!("templates/locales/{language}/{file}.ftl: `{id}` {fault}");
            match own.get(text) {
                None => faults.push(report("is missing".to_owned())),
                Some(taken) => faults.extend(
                    most.iter()
                        .filter(|name| !taken.contains(**name))
                        .map(|name| report(format!("lacks `${name}`, which it takes in elsewhere"))),
                ),
            }
        }
    }
    faults
}

/// The messages of a file, and the lines that are none.
fn read_messages(file: &str) -> (Vec<Message>, Vec<String>) {
    let (mut messages, mut faults): (Vec<Message>, _) = (Vec::new(), Vec::new());
    for (index, line) in file.lines().enumerate() {
        // What stands in braces may begin anywhere, and their end too.
        let is_inside = line.starts_with([' ', '}', '[', '*']);
        let content = line.trim();
        if content.is_empty() || line.starts_with('#') {
            continue;
        }
        let named = content
            .split_once('=')
            .map(|(name, text)| (name.trim_end(), text.trim()));
        match named {
            Some((id, text)) if !is_inside && is_id(id) => messages.push(Message {
                id: id.to_owned(),
                text: text.to_owned(),
            }),
            Some((name, text)) if is_inside && name.strip_prefix('.').is_some_and(is_id) => {
                let above = messages.last().map(|above| above.id.as_str()).unwrap_or_default();
                let id = above.split('.').next().unwrap_or_default();
                messages.push(Message {
                    id: format!("{id}{name}"),
                    text: text.to_owned(),
                });
            }
            _ => match messages.last_mut().filter(|_| is_inside) {
                Some(above) => above.text = format!("{}\n{content}", above.text),
                None => faults.push(format!("line {} is no text: {content}", index + 1)),
            },
        }
    }
    (messages, faults)
}

fn is_id(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && !name.ends_with('-')
        && name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
}

/// A `{ .. }` that is open, and the wordings that it chooses among.
#[derive(Default)]
struct Open {
    keys: Vec<String>,
    /// Where the wording that stands last begins.
    wording: Option<usize>,
}

/// What is wrong with one text by itself.
fn faults_of(language: &str, id: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let is_blank = |from: usize, to: usize| text.get(from..to).unwrap_or_default().trim().is_empty();
    if text.trim().is_empty() {
        faults.push(format!("`{id}` is empty"));
    }
    for (at, sign) in text.char_indices() {
        let starts_line = text
            .get(..at)
            .unwrap_or_default()
            .trim_end_matches([' ', '*'])
            .ends_with('\n');
        match sign {
            '{' => open.push(Open::default()),
            '}' => match open.pop() {
                None => faults.push(format!("`{id}` closes a brace that is not open")),
                Some(closed) => {
                    if closed.wording.is_some_and(|from| is_blank(from, at)) {
                        faults.push(format!("`{id}` has a form that is empty"));
                    }
                    faults.extend(wrong_forms(language, id, &closed.keys));
                }
            },
            '[' if starts_line => {
                let Some(inner) = open.last_mut() else { continue };
                let before = text
                    .get(..at)
                    .unwrap_or_default()
                    .trim_end_matches([' ', '*'])
                    .len();
                if inner.wording.is_some_and(|from| is_blank(from, before)) {
                    faults.push(format!("`{id}` has a form that is empty"));
                }
                let rest = text.get(at + 1..).unwrap_or_default();
                let len = rest.find(']').unwrap_or(rest.len());
                inner
                    .keys
                    .push(rest.get(..len).unwrap_or_default().trim().to_owned());
                inner.wording = Some(at + 1 + len + 1);
            }
            _ => {}
        }
    }
    if !open.is_empty() {
        faults.push(format!("`{id}` leaves a brace open"));
    }
    faults
}

/// Where a text chooses by a count, it must have each form that the language counts in, and no other.
fn wrong_forms(language: &str, id: &str, keys: &[String]) -> Vec<String> {
    let counted: BTreeSet<&str> = keys
        .iter()
        .map(String::as_str)
        .filter(|key| !key.chars().all(|letter| letter.is_ascii_digit()))
        .collect();
    if counted.is_empty() || !counted.iter().all(|key| PLURAL_FORMS.contains(key)) {
        return Vec::new();
    }
    let forms = LANGUAGES.iter().find(|(known, _)| *known == language);
    let forms: BTreeSet<&str> = forms
        .map(|(_, forms)| *forms)
        .unwrap_or_default()
        .iter()
        .copied()
        .collect();
    let lacking = forms
        .difference(&counted)
        .map(|form| format!("`{id}` lacks the form [{form}]"));
    let needless = counted
        .difference(&forms)
        .map(|form| format!("`{id}` has the form [{form}], which the language does not count in"));
    lacking.chain(needless).collect()
}

/// The names of what is put in.
fn values_of(text: &str) -> BTreeSet<String> {
    let mut depth = 0_usize;
    let mut names = BTreeSet::new();
    for (at, sign) in text.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '$' if depth > 0 => {
                let rest = text.get(at + 1..).unwrap_or_default();
                let len = rest
                    .find(|letter: char| !is_word_letter(letter) && letter != '-')
                    .unwrap_or(rest.len());
                names.insert(rest.get(..len).unwrap_or_default().to_owned());
            }
            _ => {}
        }
    }
    names
}

/// What pages ask for and is not there, and what is there and no page asks for.
///
/// In Rust every literal counts that reads like an id of ours, since ids are handed on before they are asked
/// for; in templates what stands in `word("..")` and `say("..")`.
pub(crate) fn unasked_texts(english: &Files, pages: &BTreeMap<String, String>) -> Vec<String> {
    let messages = english.values().flat_map(|file| read_messages(file).0);
    let ids: BTreeSet<String> = messages
        .map(|message| message.id)
        .filter(|id| !id.contains('.'))
        .collect();
    let areas: BTreeSet<&str> = ids.iter().filter_map(|id| Some(id.split_once('-')?.0)).collect();
    let mut asked = BTreeSet::new();
    let mut faults = Vec::new();
    for (path, text) in pages {
        let is_rust = Path::new(path).extension().is_some_and(|ending| ending == "rs");
        let named: Vec<(String, bool)> = if is_rust {
            rust_ids(text)
        } else {
            let given = given(text).into_iter().map(|id| (id, false));
            called(text)
                .into_iter()
                .map(|id| (id, true))
                .chain(given)
                .collect()
        };
        for (id, is_called) in named {
            let is_of_ours = id.split_once('-').is_some_and(|(area, _)| areas.contains(area));
            if (is_called || is_id(&id) && is_of_ours) && !ids.contains(&id) {
                faults.push(format!("{path}: there is no text `{id}`"));
            }
            asked.insert(id);
        }
    }
    for (id, _) in MADE_AT_RUN_TIME {
        asked.insert((*id).to_owned());
    }
    for id in ids.difference(&asked) {
        faults.push(format!("templates/locales: no page asks for `{id}`"));
    }
    faults
}

/// The literals of a Rust file that could be ids, and whether each is asked for where it stands.
fn rust_ids(text: &str) -> Vec<(String, bool)> {
    let called: BTreeSet<String> = called(text).into_iter().collect();
    let literals = literals_of(text).into_iter().filter(|literal| is_id(literal));
    literals
        .map(|literal| {
            let is_called = called.contains(&literal);
            (literal, is_called)
        })
        .collect()
}

/// What a template gives to its macros, in which a text may be named.
fn given(text: &str) -> Vec<String> {
    let calls = text
        .split("{% call ")
        .skip(1)
        .filter_map(|rest| rest.split("%}").next());
    let quoted = calls.flat_map(|call| call.split('"').skip(1).step_by(2));
    quoted.filter(|text| is_id(text)).map(str::to_owned).collect()
}

/// The ids in calls that ask for a text.
fn called(text: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for call in ["word(", "say(", "word_and_next(", "around("] {
        for (at, _) in text.match_indices(call) {
            let rest = text.get(at + call.len()..).unwrap_or_default().trim_start();
            let id = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
            ids.extend(id.map(str::to_owned));
        }
    }
    ids
}
