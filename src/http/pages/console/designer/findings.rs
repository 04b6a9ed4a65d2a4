//! What the checks of both wallets say of a look, in the reader's words: where, and what to do.

use super::draft::Place;
use crate::actions::Fault;
use crate::actions::preview_draft::DraftPreview;
use crate::http::pages::locale::Locale;

/// One thing that is wrong, or will not be shown as meant.
pub(super) struct Finding {
    pub(super) place: String,
    pub(super) sentence: String,
    /// Whether the sentence is the check's own, which is in English.
    pub(super) is_english: bool,
    pub(super) keeps_from_publishing: bool,
}

/// The findings of a preview, those that keep it from being published first.
pub(super) fn read_findings(locale: Locale, preview: &DraftPreview) -> Vec<Finding> {
    let faults = preview.faults.iter().map(|fault| (fault, true));
    let warnings = preview.warnings.iter().map(|fault| (fault, false));
    faults
        .chain(warnings)
        .map(|(fault, keeps_from_publishing)| {
            let (sentence, is_english) = sentence(locale, fault);
            Finding {
                place: place_of(locale, &fault.pointer),
                sentence,
                is_english,
                keeps_from_publishing,
            }
        })
        .collect()
}

/// A finding as a sentence, and whether that is in English only.
pub(super) fn sentence(locale: Locale, fault: &Fault) -> (String, bool) {
    match text_of(&fault.code) {
        Some(id) => (locale.word(id), false),
        None => (fault.detail.clone(), true),
    }
}

/// The text for a code; the rarer ones have only the check's own sentence.
fn text_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "text_empty" => "designer-finding-empty",
        "field_value_empty" => "designer-finding-value-empty",
        "translations_clash" => "designer-finding-clash",
        "placeholder_unknown" => "designer-finding-placeholder",
        "placeholder_unfilled" => "designer-finding-unfilled",
        "color_unreadable" | "google_color" => "designer-finding-color",
        "contrast_low" => "designer-finding-contrast",
        "image_icon_missing" => "designer-finding-icon",
        "image_scale_missing" => "designer-finding-scale",
        "image_box_exceeded" => "designer-finding-box",
        "header_crowded" | "primary_crowded" | "lower_rows_crowded" => "designer-finding-crowded",
        "change_message_without_value" => "designer-finding-notice",
        "barcode_not_on_watch" => "designer-finding-watch",
        "google_text_cut" => "designer-finding-cut",
        "google_logo_missing" | "google_image_missing" => "designer-finding-google-logo",
        "google_barcode_digits" => "designer-finding-digits",
        "google_rotating_format" => "designer-finding-rotating",
        "stamps_covered" => "designer-finding-stamps",
        _ => return None,
    })
}

/// Where a finding is, by its pointer into the design.
fn place_of(locale: Locale, pointer: &str) -> String {
    let mut steps = pointer.split('/').skip(1);
    let (first, second, third) = (steps.next().unwrap_or_default(), steps.next(), steps.next());
    match (first, second) {
        ("fields", Some(group)) => {
            let place = Place::ALL.into_iter().find(|place| place.name() == group);
            let name = place.map_or_else(String::new, |place| locale.word(place.text()));
            match third.and_then(|number| number.parse::<i64>().ok()) {
                Some(number) => format!("{name} {}", locale.language().write_number(number + 1)),
                None => name,
            }
        }
        ("organization_name", _) => locale.word("designer-organization"),
        ("description", _) => locale.word("designer-description"),
        ("logo_text", _) => locale.word("designer-logo-text"),
        ("colors", Some("background")) => locale.word("designer-background"),
        ("colors", Some("foreground")) => locale.word("designer-foreground"),
        ("colors", Some("label")) => locale.word("designer-label-color"),
        ("colors", _) => locale.word("designer-colors"),
        ("images", _) => locale.word("designer-images"),
        ("barcode", _) => locale.word("designer-code"),
        ("stamps", _) => locale.word("designer-stamps"),
        ("google", Some("points_label")) => locale.word("designer-points-label"),
        ("google", Some("issuer_name")) => locale.word("designer-issuer-name"),
        ("google", Some("program_name")) => locale.word("designer-program-name"),
        ("google", _) => locale.word("designer-google"),
        _ => locale.word("designer-elsewhere"),
    }
}
