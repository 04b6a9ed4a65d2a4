//! The rules for files that must agree with each other, or must not hold something.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{is_word_letter, literal_len};
use crate::{LANGUAGES, MACHINE_PATHS, PLURAL_FORMS};

/// Each dependency needs a reason: a comment above it or beside it, or above the unbroken run it stands in.
pub(crate) fn dependencies_without_reason(manifest: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut is_in_dependencies = false;
    let mut has_reason = false;
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            is_in_dependencies = header.ends_with("dependencies");
            let is_one_dependency = header.contains("dependencies.");
            if is_one_dependency && !has_reason {
                faults.push(format!(
                    "Cargo.toml:{}: say above [{header}] what it is for",
                    index + 1
                ));
            }
            has_reason = false;
        } else if line.is_empty() || line.starts_with("# ---") {
            has_reason = false;
        } else if line.starts_with('#') {
            has_reason = true;
        } else if is_in_dependencies && is_dependency(line) && !has_reason && !line.contains(" # ") {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            faults.push(format!(
                "Cargo.toml:{}: say above `{name}` what it is for",
                index + 1
            ));
        }
    }
    faults
}

/// Whether the line begins an entry, and does not continue the list of an earlier one.
fn is_dependency(line: &str) -> bool {
    line.starts_with(is_word_letter) && line.contains('=')
}

/// Every dialect must have the same folders, each named `NNNN_what` and with an `up.sql` that says something.
pub(crate) fn unequal_migrations(dialects: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let all: BTreeSet<&String> = dialects.values().flatten().collect();
    let mut faults = Vec::new();
    for folder in all {
        let is_numbered = folder.split_once('_').is_some_and(|(number, what)| {
            number.len() == 4 && number.parse::<u16>().is_ok() && !what.is_empty()
        });
        if !is_numbered {
            faults.push(format!("migrations: `{folder}` should be named NNNN_what"));
        }
        for (dialect, folders) in dialects {
            if !folders.contains(folder) {
                faults.push(format!(
                    "migrations/{dialect}: `{folder}` is missing, the other dialect has it"
                ));
            }
        }
    }
    faults
}

/// Every text must be there in every language. Plural forms count as one text, as languages differ in them.
pub(crate) fn missing_texts(languages: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut texts = BTreeMap::new();
    for (language, json) in languages {
        match keys_of(json) {
            Ok(keys) => {
                texts.insert(language, keys);
            }
            Err(fault) => faults.push(format!("templates/locales/{language}.json: {fault}")),
        }
    }
    let all: BTreeSet<String> = texts.values().flatten().cloned().collect();
    for language in LANGUAGES {
        if !languages.contains_key(*language) {
            faults.push(format!("templates/locales/{language}.json is missing"));
        }
    }
    for (language, keys) in texts {
        for key in all.difference(&keys) {
            faults.push(format!("templates/locales/{language}.json: `{key}` is missing"));
        }
    }
    faults
}

/// The dotted paths of every value in a JSON document, plural forms folded into one; a key given twice is a fault.
fn keys_of(json: &str) -> Result<BTreeSet<String>, String> {
    let mut keys = BTreeSet::new();
    let mut path: Vec<String> = Vec::new();
    let mut last_text = String::new();
    let mut seen = BTreeSet::new();
    let mut rest = json.trim_start();
    while let Some(sign) = rest.chars().next() {
        let mut taken = sign.len_utf8();
        match sign {
            '"' => {
                taken = literal_len(rest, None).unwrap_or(rest.len());
                rest.get(1..taken - 1)
                    .unwrap_or_default()
                    .clone_into(&mut last_text);
                if rest
                    .get(taken..)
                    .is_some_and(|tail| tail.trim_start().starts_with(':'))
                {
                    path.pop();
                    path.push(last_text.clone());
                    let whole = path.join(".");
                    if !seen.insert(whole.clone()) {
                        return Err(format!("`{whole}` is there twice"));
                    }
                } else if last_text.trim().is_empty() {
                    return Err(format!("`{}` is empty", path.join(".")));
                } else {
                    keys.insert(without_plural_form(&path));
                }
            }
            '{' => path.push(String::new()),
            '}' => {
                path.pop().ok_or("one `}` too many")?;
            }
            _ => {}
        }
        rest = rest.get(taken..).unwrap_or_default().trim_start();
    }
    if !path.is_empty() || last_text.is_empty() {
        return Err("is not a whole JSON object".to_owned());
    }
    Ok(keys)
}

fn without_plural_form(path: &[String]) -> String {
    match path.split_last() {
        Some((last, parents)) if PLURAL_FORMS.contains(&last.as_str()) && !parents.is_empty() => {
            parents.join(".")
        }
        _ => path.join("."),
    }
}

/// What must not be in any text file: a path of one machine, or a private key.
pub(crate) fn machine_paths_and_keys(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut follows_key_header = false;
    for (index, line) in text.lines().enumerate() {
        for machine_path in MACHINE_PATHS {
            if holds_path(line, machine_path) {
                faults.push(format!(
                    "{path}:{}: `{machine_path}` is a path of one machine",
                    index + 1
                ));
            }
        }
        let content = line.trim();
        if follows_key_header && content.len() >= 40 && !content.contains(' ') {
            faults.push(format!(
                "{path}:{index}: a private key does not belong here; make one when it is needed"
            ));
        }
        follows_key_header = content.contains("-----BEGIN ") && content.ends_with("PRIVATE KEY-----");
    }
    faults
}

/// Whether the line names the folder itself, and not a longer path or address that ends like it.
fn holds_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().last());
        !before.is_some_and(|letter| is_word_letter(letter) || matches!(letter, '.' | '-' | '}' | '/' | '*'))
    })
}
