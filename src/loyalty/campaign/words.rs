//! The words of a campaign with a card's values filled in: never a brace, never a gap.

use crate::loyalty::face::{CardFacts, lookup};

/// What a message may name: the name in the text, and the card's value that it stands for.
pub const NAMES: [(&str, &str); 12] = [
    ("first_name", "first_name"),
    ("last_name", "last_name"),
    ("points", "balance"),
    ("point_name", "point_name"),
    ("program", "program"),
    ("tier", "tier"),
    ("next_tier", "next_tier"),
    ("tier_missing", "tier_missing"),
    ("reward", "next_reward"),
    ("reward_missing", "reward_missing"),
    ("expiring_points", "expiring_points"),
    ("expires_on", "expires_on"),
];

/// Those of them that every card has.
const ALWAYS: [&str; 3] = ["points", "point_name", "program"];

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'t> {
    Plain(&'t str),
    /// A name, and what stands there where the card has none.
    Named(&'t str, Option<&'t str>),
    /// A brace that opens or closes nothing.
    Stray,
}

/// What is wrong with the braces of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordFault {
    /// A brace has no partner.
    Stray,
    /// There is no such name.
    Unknown(String),
    /// Not every card has it, and nothing says what stands there then.
    NoFallback(String),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(at);
        found.push(Part::Plain(before));
        let inner = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        match inner {
            Some((named, tail)) if !named.contains('{') => {
                let (name, fallback) = match named.split_once('|') {
                    Some((name, fallback)) => (name, Some(fallback)),
                    None => (named, None),
                };
                found.push(Part::Named(name.trim(), fallback));
                rest = tail;
            }
            _ => {
                found.push(Part::Stray);
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    found.push(Part::Plain(rest));
    found
}

/// What is wrong with the braces of a text, in order.
pub fn check_words(text: &str) -> Vec<WordFault> {
    let fault = |part: Part<'_>| match part {
        Part::Plain(_) => None,
        Part::Stray => Some(WordFault::Stray),
        Part::Named(name, fallback) => {
            if !NAMES.iter().any(|(known, _)| *known == name) {
                return Some(WordFault::Unknown(name.to_owned()));
            }
            let is_said = ALWAYS.contains(&name) || fallback.is_some_and(|word| !word.trim().is_empty());
            (!is_said).then(|| WordFault::NoFallback(name.to_owned()))
        }
    };
    parts(text).into_iter().filter_map(fault).collect()
}

/// The text with a card's values, in the holder's language. What [`check_words`] finds fault with is left out.
pub fn fill_words(text: &str, facts: &CardFacts) -> String {
    parts(text)
        .into_iter()
        .map(|part| match part {
            Part::Plain(text) => text.to_owned(),
            Part::Stray => String::new(),
            Part::Named(name, fallback) => {
                let value = value(name, facts).filter(|value| !value.trim().is_empty());
                value.unwrap_or_else(|| fallback.unwrap_or_default().trim().to_owned())
            }
        })
        .collect()
}

fn value(name: &str, facts: &CardFacts) -> Option<String> {
    let (_, meant) = NAMES.iter().find(|(known, _)| *known == name)?;
    if *meant == "balance" {
        return Some(facts.language.write_number(facts.balance.get()));
    }
    lookup(meant, facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loyalty::face::Progress;
    use crate::types::{Points, Text};

    fn facts(first_name: &str) -> CardFacts {
        CardFacts {
            code: "7KD2".to_owned(),
            balance: Points::new(1_240).expect("in range"),
            first_name: first_name.to_owned(),
            last_name: String::new(),
            language: "fa".parse().expect("a tag"),
            program_name: Text::plain("Aroma"),
            point_name: Text::plain("points"),
            tier: String::new(),
            message: String::new(),
            expires_at: None,
            is_voided: false,
            is_quiet: false,
            progress: Progress::default(),
        }
    }

    /// Shows SR-020 (texts with the member's own values, never an empty brace).
    #[test]
    fn a_name_that_a_card_lacks_is_said_otherwise() {
        let text = "Hi {first_name|friend}: {points} {point_name}. {tier|All tiers}!";
        assert_eq!(check_words(text), []);
        assert_eq!(
            fill_words(text, &facts("Lina")),
            "Hi Lina: ۱٬۲۴۰ points. All tiers!"
        );
        assert_eq!(
            fill_words(text, &facts(" ")),
            "Hi friend: ۱٬۲۴۰ points. All tiers!"
        );
    }

    #[test]
    fn what_would_leave_a_brace_or_a_gap_is_refused() {
        for (text, wanted) in [
            ("{first_name}", WordFault::NoFallback("first_name".to_owned())),
            ("{first_name| }", WordFault::NoFallback("first_name".to_owned())),
            ("{shoe_size|big}", WordFault::Unknown("shoe_size".to_owned())),
            ("{}", WordFault::Unknown(String::new())),
            ("now } then", WordFault::Stray),
            ("now { then", WordFault::Stray),
        ] {
            assert_eq!(check_words(text), [wanted], "{text}");
        }
        assert_eq!(check_words("{{points}"), [WordFault::Stray]);
        for text in ["{{points}", "a } b { c", "{x}", "{first_name}"] {
            let filled = fill_words(text, &facts(""));
            assert!(!filled.contains(['{', '}']), "{text}: {filled}");
        }
    }

    #[test]
    fn every_name_stands_for_a_value_of_the_card() {
        for (name, _) in NAMES {
            assert!(value(name, &facts("Lina")).is_some(), "{name}");
        }
    }
}
