//! The fields of a design: their keys, their formats, and how many of them are drawn.

use std::collections::BTreeMap;

use crate::apple::date::parse_pass_date;
use crate::apple::finding::{Code, Finding};
use crate::apple::groups::{Group, design_fields};
use crate::apple::limits::{HEADER_FIELDS_MAX, LOWER_FIELDS_MAX, PRIMARY_FIELDS_MAX};
use crate::loyalty::design::{Design, Field, Fields};
use crate::types::Text;

use super::codes;

pub(super) fn check(design: &Design, findings: &mut Vec<Finding>) {
    check_keys(design, findings);
    check_crowds(&design.fields, findings);
    for (group, at, field) in design_fields(design) {
        let pointer = group.pointer(at);
        check_formats(&pointer, field, findings);
        check_place(&pointer, group, field, findings);
        check_texts(&pointer, field, findings);
    }
}

fn check_keys(design: &Design, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (group, at, field) in design_fields(design) {
        let here = format!("{}/key", group.pointer(at));
        if field.key.trim().is_empty() {
            let message = "the key is empty, and phones refuse a field without one; give it a short name";
            findings.push(Finding::new(codes::FIELD_KEY_EMPTY, here, message));
        } else if let Some(earlier) = seen.get(field.key.as_str()) {
            let message = format!(
                "the key `{}` is also at {earlier}, and phones refuse a pass with two fields of one key; \
                 rename one",
                field.key
            );
            findings.push(Finding::new(codes::FIELD_KEY_TWICE, here, message));
        } else {
            seen.insert(&field.key, here);
        }
    }
}

/// Store cards leave out what is too much, without a word (Apple: `PassFields`).
fn check_crowds(fields: &Fields, findings: &mut Vec<Finding>) {
    let lower = fields.secondary.len() + fields.auxiliary.len();
    let crowds = [
        (
            codes::HEADER_CROWDED,
            "/fields/header",
            "header",
            fields.header.len(),
            HEADER_FIELDS_MAX,
        ),
        (
            codes::PRIMARY_CROWDED,
            "/fields/primary",
            "primary",
            fields.primary.len(),
            PRIMARY_FIELDS_MAX,
        ),
        (
            codes::LOWER_ROWS_CROWDED,
            "/fields/auxiliary",
            "secondary and auxiliary",
            lower,
            LOWER_FIELDS_MAX,
        ),
    ];
    for (code, pointer, name, count, most) in crowds {
        if count > most {
            let message = format!(
                "there are {count} {name} fields, but a store card draws {most}; move the rest to the back"
            );
            findings.push(Finding::new(code, pointer, message));
        }
    }
}

fn check_formats(pointer: &str, field: &Field, findings: &mut Vec<Finding>) {
    let value = field.value.fallback();
    let is_number = value == "{balance}";
    let is_date = value == "{expires_at}" || parse_pass_date(value).is_some();
    let mut found = |is_found: bool, code: Code, key: &str, message: &str| {
        if is_found {
            findings.push(Finding::new(code, format!("{pointer}/{key}"), message));
        }
    };
    found(
        field.currency_code.is_some() && !is_number,
        codes::CURRENCY_ON_TEXT,
        "currency_code",
        "a currency needs a number, and phones refuse it on a text; make the value {balance} alone, or \
         drop the currency",
    );
    found(
        field.number_style.is_some() && !is_number,
        codes::NUMBER_STYLE_ON_TEXT,
        "number_style",
        "a number style needs a number; make the value {balance} alone, or drop the style",
    );
    found(
        field.number_style.is_some() && field.currency_code.is_some(),
        codes::CURRENCY_AND_NUMBER_STYLE,
        "number_style",
        "a currency and a number style together contradict each other; keep one of them",
    );
    let has_date_style = field.date_style.is_some()
        || field.time_style.is_some()
        || field.is_relative
        || field.ignores_time_zone;
    found(
        has_date_style && !is_date,
        codes::DATE_STYLE_ON_TEXT,
        "value",
        "a date style needs a date, and phones refuse it on any other text; make the value {expires_at} alone \
         or a date such as 2026-12-24T18:00Z, or drop the style",
    );
}

fn check_place(pointer: &str, group: Group, field: &Field, findings: &mut Vec<Finding>) {
    if field.text_alignment.is_some() && matches!(group, Group::Primary | Group::Back) {
        let message = "phones do not align primary and back fields; drop the alignment";
        findings.push(Finding::new(
            codes::ALIGNMENT_IGNORED,
            format!("{pointer}/text_alignment"),
            message,
        ));
    }
    if field.data_detectors.is_some() && group != Group::Back {
        let message = "phones make links on the back only; drop the detectors or move the field there";
        findings.push(Finding::new(
            codes::DETECTORS_IGNORED,
            format!("{pointer}/data_detectors"),
            message,
        ));
    }
    if field.row.is_some() {
        let message = "rows are for event tickets, a store card does not heed them; drop the row";
        findings.push(Finding::new(
            codes::ROW_IGNORED,
            format!("{pointer}/row"),
            message,
        ));
    }
}

fn check_texts(pointer: &str, field: &Field, findings: &mut Vec<Finding>) {
    if field.value.fallback().trim().is_empty() {
        let message = "the value is empty on every card; write something or drop the field";
        findings.push(Finding::new(
            codes::FIELD_VALUE_EMPTY,
            format!("{pointer}/value"),
            message,
        ));
    }
    let shows_value = |text: &Text| all_wordings(text, |wording| wording.contains("%@"));
    if field
        .change_message
        .as_ref()
        .is_some_and(|text| !shows_value(text))
    {
        let message = "the notice lacks %@ in some language, so it does not say the new value; put %@ where \
                       the value belongs";
        let pointer = format!("{pointer}/change_message");
        findings.push(Finding::new(
            codes::CHANGE_MESSAGE_WITHOUT_VALUE,
            pointer,
            message,
        ));
    }
    if field
        .attributed_value
        .as_ref()
        .is_some_and(|text| !all_wordings(text, has_only_links))
    {
        let message = "phones know no markup but <a href=\"...\">...</a>; take other tags out";
        findings.push(Finding::new(
            codes::ATTRIBUTED_TAG,
            format!("{pointer}/attributed_value"),
            message,
        ));
    }
}

fn all_wordings(text: &Text, is_sound: impl Fn(&str) -> bool) -> bool {
    is_sound(text.fallback()) && text.translations().values().all(|wording| is_sound(wording))
}

fn has_only_links(markup: &str) -> bool {
    markup.split('<').skip(1).all(|tag| {
        let tag = tag.to_ascii_lowercase();
        tag.starts_with("/a>") || tag.starts_with("a href=")
    })
}
