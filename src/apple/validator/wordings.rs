//! Texts of a design: empty ones, placeholders, translations that clash.

use std::collections::BTreeMap;

use crate::apple::finding::{Finding, pointer_step};
use crate::apple::groups::design_fields;
use crate::apple::pass::fixed_texts;
use crate::loyalty::design::Design;
use crate::loyalty::face::PLACEHOLDERS;
use crate::types::{Language, Text};

use super::codes;

pub(super) fn check(design: &Design, findings: &mut Vec<Finding>) {
    check_required(design, findings);
    for (pointer, text, filling) in texts(design) {
        for (pointer, wording) in wordings(&pointer, text) {
            check_wording(&pointer, wording, filling, findings);
        }
        check_translations(&pointer, text, findings);
    }
    let plain = [
        ("/barcode/message", Some(design.barcode.message.as_str())),
        ("/barcode/alt_text", design.barcode.alt_text.as_deref()),
        (
            "/nfc/message",
            design.nfc.as_ref().map(|nfc| nfc.message.as_str()),
        ),
    ];
    for (pointer, wording) in plain {
        check_wording(pointer, wording.unwrap_or_default(), Filling::PerCard, findings);
    }
    check_clashes(design, findings);
}

/// Whether placeholders in a text are filled in for each card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filling {
    PerCard,
    Never,
}

/// Every text of the design with its pointer.
fn texts<'d>(design: &'d Design) -> Vec<(String, &'d Text, Filling)> {
    let mut texts = vec![
        (
            "/organization_name".to_owned(),
            &design.organization_name,
            Filling::PerCard,
        ),
        ("/description".to_owned(), &design.description, Filling::PerCard),
    ];
    let mut add = |pointer: String, text: Option<&'d Text>, filling| {
        texts.extend(text.map(|text| (pointer, text, filling)));
    };
    add(
        "/logo_text".to_owned(),
        design.logo_text.as_ref(),
        Filling::PerCard,
    );
    for (group, at, field) in design_fields(design) {
        let pointer = group.pointer(at);
        add(format!("{pointer}/label"), field.label.as_ref(), Filling::Never);
        add(format!("{pointer}/value"), Some(&field.value), Filling::PerCard);
        add(
            format!("{pointer}/change_message"),
            field.change_message.as_ref(),
            Filling::Never,
        );
        add(
            format!("{pointer}/attributed_value"),
            field.attributed_value.as_ref(),
            Filling::PerCard,
        );
    }
    for (at, place) in design.locations.iter().enumerate() {
        add(
            format!("/locations/{at}/relevant_text"),
            place.relevant_text.as_ref(),
            Filling::Never,
        );
    }
    for (at, beacon) in design.beacons.iter().enumerate() {
        add(
            format!("/beacons/{at}/relevant_text"),
            beacon.relevant_text.as_ref(),
            Filling::Never,
        );
    }
    let google = &design.google;
    for (key, text) in [
        ("issuer_name", &google.issuer_name),
        ("program_name", &google.program_name),
        ("account_name_label", &google.account_name_label),
        ("account_id_label", &google.account_id_label),
        ("points_label", &google.points_label),
        ("secondary_label", &google.secondary_label),
        ("secondary_value", &google.secondary_value),
    ] {
        add(format!("/google/{key}"), text.as_ref(), Filling::PerCard);
    }
    for (at, module) in google.text_modules.iter().enumerate() {
        let pointer = format!("/google/text_modules/{at}");
        add(
            format!("{pointer}/header"),
            Some(&module.header),
            Filling::PerCard,
        );
        add(format!("{pointer}/body"), Some(&module.body), Filling::PerCard);
    }
    texts
}

/// Each wording of a text with its own pointer.
fn wordings<'a>(pointer: &str, text: &'a Text) -> Vec<(String, &'a str)> {
    if text.translations().is_empty() {
        return vec![(pointer.to_owned(), text.fallback())];
    }
    let wording = |(language, wording): (&Language, &'a String)| {
        (
            format!("{pointer}/{}", pointer_step(language.as_str())),
            wording.as_str(),
        )
    };
    text.translations().iter().map(wording).collect()
}

fn check_required(design: &Design, findings: &mut Vec<Finding>) {
    let required = [
        (
            "/organization_name",
            &design.organization_name,
            "who issues the card",
        ),
        (
            "/description",
            &design.description,
            "what the card is, for people who cannot see it",
        ),
    ];
    for (pointer, text, what) in required {
        if text.fallback().trim().is_empty() {
            let message = format!("the text is empty, but phones refuse a pass without it; say {what}");
            findings.push(Finding::new(codes::TEXT_EMPTY, pointer, message));
        }
    }
}

fn check_translations(pointer: &str, text: &Text, findings: &mut Vec<Finding>) {
    if text.fallback().trim().is_empty() {
        return;
    }
    for (language, wording) in text.translations() {
        if wording.trim().is_empty() {
            let pointer = format!("{pointer}/{}", pointer_step(language.as_str()));
            let message =
                format!("the wording in {language} is empty; translate it or leave the language out");
            findings.push(Finding::new(codes::TRANSLATION_EMPTY, pointer, message));
        }
    }
}

fn check_wording(pointer: &str, wording: &str, filling: Filling, findings: &mut Vec<Finding>) {
    for name in placeholders(wording) {
        if !PLACEHOLDERS.contains(&name) {
            let hint = closest(name, &PLACEHOLDERS).map_or_else(
                || format!("use one of {}", PLACEHOLDERS.join(", ")),
                |near| format!("did you mean {{{near}}}?"),
            );
            let message = format!("{{{name}}} is not a placeholder and would be shown as it is; {hint}");
            findings.push(Finding::new(codes::PLACEHOLDER_UNKNOWN, pointer, message));
        } else if filling == Filling::Never {
            let message = format!(
                "{{{name}}} is not filled in here and would be shown as it is; move it into a field's value"
            );
            findings.push(Finding::new(codes::PLACEHOLDER_UNFILLED, pointer, message));
        }
    }
}

/// What stands between braces and looks like a name.
fn placeholders(wording: &str) -> impl Iterator<Item = &str> {
    wording.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        let is_name = (1..=32).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        is_name.then_some(name)
    })
}

/// The candidate that a slip of the pen may have meant: at most two letters away.
pub(in crate::apple) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let folded = |text: &str| text.to_ascii_lowercase().replace('-', "_");
    let word = folded(word);
    candidates
        .iter()
        .map(|candidate| (distance(&word, &folded(candidate)), *candidate))
        .filter(|(distance, candidate)| *distance <= 2 && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut corner = above;
        let mut left = above + 1;
        for (cell, wanted) in row.iter_mut().skip(1).zip(other.chars()) {
            let next = (left + 1)
                .min(*cell + 1)
                .min(corner + usize::from(letter != wanted));
            corner = *cell;
            *cell = next;
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// One wording is the key of its translations, so it cannot have two.
fn check_clashes(design: &Design, findings: &mut Vec<Finding>) {
    let mut first: BTreeMap<(&str, &Language), (String, &str)> = BTreeMap::new();
    for (pointer, text) in fixed_texts(design) {
        for (language, wording) in text.translations() {
            match first.get(&(text.fallback(), language)) {
                None => {
                    first.insert((text.fallback(), language), (pointer.clone(), wording));
                }
                Some((earlier, other)) if other != wording => {
                    let message = format!(
                        "`{}` is translated to {language} as `{wording}` here and as `{other}` at {earlier}; \
                         phones keep one translation for a wording and take the first, so make them the same \
                         or change the wording",
                        text.fallback()
                    );
                    findings.push(Finding::new(codes::TRANSLATIONS_CLASH, pointer.clone(), message));
                }
                Some(_) => (),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_the_word_that_was_meant() {
        for (word, meant) in [
            ("ballance", Some("balance")),
            ("Balance", Some("balance")),
            ("firstname", Some("first_name")),
            ("first-name", Some("first_name")),
            ("teir", Some("tier")),
            ("zzzzzz", None),
            ("x", None),
        ] {
            assert_eq!(closest(word, &PLACEHOLDERS), meant, "{word}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
