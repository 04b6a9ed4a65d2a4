//! The rules for Rust files: each takes a file and lists what is wrong with it.

use crate::source::{Source, is_word_letter, words_of};
use crate::{BANNED, EMPTY_NAMES, FILE_LINES_MAX, FLOORS, FUNCTION_LINES_MAX, WALLS};

pub(crate) type SourceRule = fn(&Source) -> Vec<String>;

pub(crate) const SOURCE_RULES: &[SourceRule] = &[
    keeps_to_its_floor,
    stays_inside_the_walls,
    has_no_banned_word,
    begins_with_its_duty,
    is_short_enough,
    has_short_functions,
    has_telling_names,
];

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

fn keeps_to_its_floor(source: &Source) -> Vec<String> {
    let Some(room) = source.room().filter(|room| *room != "lib") else {
        return Vec::new();
    };
    let Some(own_floor) = floor_of(room) else {
        return vec![format!(
            "{}: `{room}` stands on no floor: give it one in tests/tidy.rs, or move the file",
            source.path
        )];
    };
    let mut faults = Vec::new();
    for (at, used) in rooms_named(source).filter(|(_, used)| *used != room) {
        if used == "{" || used == "*" {
            faults.push(source.report(
                at,
                "write one `use crate::room::..` a line, so that each can be seen",
            ));
        } else if floor_of(used).is_none() {
            faults.push(source.report(at, &format!("`crate::{used}` stands on no floor")));
        } else if floor_of(used) >= Some(own_floor) {
            faults.push(source.report(
                at,
                &format!("`{room}` may not use `{used}`, which is not on a lower floor"),
            ));
        }
    }
    faults.extend(ways_out_through_super(source));
    faults
}

/// What follows each `crate::`, and where.
fn rooms_named(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    (0..source.words.len())
        .filter(|at| source.word(*at) == "crate" && source.word(*at + 1) == "::")
        .map(|at| (at, source.word(at + 2)))
}

/// Chains of `super::` that climb out of the room, where the floors would not see them.
fn ways_out_through_super(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let mut depth = source.depth();
    // For each open brace, whether it opened a module.
    let mut braces = Vec::new();
    let mut climbed = 0;
    for at in 0..source.words.len() {
        match source.word(at) {
            "{" => {
                let opens_module = at >= 2 && source.word(at - 2) == "mod";
                depth += usize::from(opens_module);
                braces.push(opens_module);
            }
            "}" => depth -= usize::from(braces.pop().unwrap_or(false)),
            "super" => {
                climbed += 1;
                if climbed == depth {
                    faults.push(source.report(at, "name another room by `crate::`, not by `super::`"));
                }
            }
            "::" => {}
            _ => climbed = 0,
        }
    }
    faults
}

fn stays_inside_the_walls(source: &Source) -> Vec<String> {
    let Some(room) = source.room() else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    for (crates, rooms) in WALLS.iter().filter(|(_, rooms)| !rooms.contains(&room)) {
        for name in *crates {
            if let Some(at) = (0..source.words.len()).find(|at| names_crate(source, *at, name)) {
                let who = rooms.join(", ");
                faults.push(source.report(at, &format!("`{name}` is for {who} only; go through them")));
            }
        }
    }
    faults
}

/// Whether the word at `at` is the outside crate and not a module, field or method of that name.
fn names_crate(source: &Source, at: usize, name: &str) -> bool {
    if source.word(at) != name {
        return false;
    }
    let before = at.checked_sub(1).map_or("", |before| source.word(before));
    let is_leading_colons =
        before == "::" && !at.checked_sub(2).is_some_and(|at| is_path_part(source.word(at)));
    let is_path = source.word(at + 1) == "::" && (before != "::" || is_leading_colons) && before != ".";
    let is_whole = matches!(before, "use" | "crate") && matches!(source.word(at + 1), ";" | "as");
    is_path || is_whole
}

fn is_path_part(word: &str) -> bool {
    word == ">"
        || (word.starts_with(is_word_letter)
            && !matches!(word, "use" | "in" | "as" | "return" | "mut" | "dyn"))
}

fn has_no_banned_word(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for (banned, excepted, why) in BANNED {
        if excepted.contains(&source.path.as_str()) {
            continue;
        }
        let sought = words_of(banned);
        for at in (0..source.words.len()).filter(|at| source.has_at(*at, &sought)) {
            faults.push(source.report(at, &format!("`{banned}` is banned: {why}")));
        }
    }
    faults
}

fn begins_with_its_duty(source: &Source) -> Vec<String> {
    let duty = source
        .text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("//!"));
    if duty.is_some_and(|duty| !duty.trim().is_empty()) {
        return Vec::new();
    }
    vec![format!(
        "{}:1: begin with a `//!` line that says the file's duty",
        source.path
    )]
}

fn is_short_enough(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if source.path.starts_with("tests/") || lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    vec![format!(
        "{}: {lines} lines, over {FILE_LINES_MAX}: split it by duty",
        source.path
    )]
}

fn has_short_functions(source: &Source) -> Vec<String> {
    if source.path.starts_with("tests/") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for at in (0..source.words.len()).filter(|at| source.word(*at) == "fn") {
        let Some(end) = end_of_function(source, at) else {
            continue;
        };
        let lines = source.line(end) + 1 - source.line(at);
        if lines > FUNCTION_LINES_MAX {
            let name = source.word(at + 1);
            faults.push(source.report(
                at,
                &format!("`{name}` has {lines} lines, over {FUNCTION_LINES_MAX}: split it"),
            ));
        }
    }
    faults
}

/// Where the function that begins at `at` closes its body; none for one without a body, or a type like `fn(u8)`.
fn end_of_function(source: &Source, at: usize) -> Option<usize> {
    if !source.word(at + 1).starts_with(is_word_letter) {
        return None;
    }
    // For each open bracket, whether it opened the body.
    let mut open = Vec::new();
    for at in at + 2..source.words.len() {
        match source.word(at) {
            "(" | "[" => open.push(false),
            "{" => open.push(open.is_empty()),
            ";" if open.is_empty() => return None,
            ")" | "]" | "}" if open.pop() == Some(true) => return Some(at),
            _ => {}
        }
    }
    None
}

fn has_telling_names(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for part in source.path.trim_end_matches(".rs").split('/') {
        if EMPTY_NAMES.contains(&part) {
            faults.push(format!(
                "{}: `{part}` says nothing; name the file after its duty",
                source.path
            ));
        }
    }
    for at in (0..source.words.len()).filter(|at| source.word(*at) == "mod") {
        let name = source.word(at + 1);
        if EMPTY_NAMES.contains(&name) {
            faults.push(source.report(
                at,
                &format!("module `{name}` says nothing; name it after its duty"),
            ));
        }
    }
    faults
}
