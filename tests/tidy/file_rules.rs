//! The rules for files that must agree with each other, or must not hold something.

use std::collections::{BTreeMap, BTreeSet};

use crate::MACHINE_PATHS;
use crate::source::is_word_letter;

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
