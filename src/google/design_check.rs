//! What Google Wallet would cut or refuse in a design, told before it is sent.
//!
//! Limits are those of the Google Wallet API reference, `LoyaltyClass` and `LoyaltyObject`.

use std::collections::BTreeSet;

use super::look::{
    LOCATIONS_MAX, Module, account_id_label, account_name_label, has_placeholder, modules, points_label,
    program_logos,
};
use super::rotating::can_rotate;
use crate::loyalty::design::{BarcodeFormat, Design};
use crate::types::Text;

/// One thing in a design that Google would not show as designed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignFinding {
    /// Where in the design's JSON, as an RFC 6901 pointer.
    pub pointer: String,
    /// A stable word for it.
    pub code: &'static str,
    /// A sentence for the designer.
    pub message: String,
    /// Whether Google refuses the whole card; else it only shows less.
    pub is_refused: bool,
}

/// Characters shown of each kind of text.
const NAME_SHOWN: usize = 20;
const ACCOUNT_LABEL_SHOWN: usize = 15;
const POINTS_LABEL_SHOWN: usize = 9;
const BALANCE_SHOWN: usize = 7;
const HEADER_SHOWN: usize = 35;
const BODY_SHOWN: usize = 500;
const LINK_SHOWN: usize = 20;
/// Texts shown of a class, and again of an object.
const MODULES_SHOWN: usize = 10;

/// Everything in a design that Google would cut or refuse; empty if it shows all of it.
pub fn check_design(design: &Design, program_name: &Text) -> Vec<DesignFinding> {
    let mut findings = Findings(Vec::new());
    check_names(&mut findings, design, program_name);
    check_points(&mut findings, design);
    check_modules(&mut findings, design);
    check_links(&mut findings, design);
    check_images(&mut findings, design);
    check_barcode(&mut findings, design);
    if design.locations.len() > LOCATIONS_MAX {
        let message = format!("Google takes {LOCATIONS_MAX} places; those after them are left out.");
        findings.cut("/locations", "google_too_many_locations", message);
    }
    if !is_color(&design.colors.background) {
        let message = "Google wants the background as #rrggbb.";
        findings.refused("/colors/background", "google_color", message.to_owned());
    }
    let is_country = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if design
        .google
        .country_code
        .as_deref()
        .is_some_and(|code| !is_country(code))
    {
        let message = "A country is two capital letters of ISO 3166, such as DE.";
        findings.refused("/google/country_code", "google_country", message.to_owned());
    }
    findings.0
}

struct Findings(Vec<DesignFinding>);

impl Findings {
    fn add(&mut self, pointer: &str, code: &'static str, message: String, is_refused: bool) {
        self.0.push(DesignFinding {
            pointer: pointer.to_owned(),
            code,
            message,
            is_refused,
        });
    }

    fn cut(&mut self, pointer: &str, code: &'static str, message: String) {
        self.add(pointer, code, message, false);
    }

    fn refused(&mut self, pointer: &str, code: &'static str, message: String) {
        self.add(pointer, code, message, true);
    }

    /// Tells of a text of which Google shows only the first `shown` characters.
    fn length(&mut self, pointer: &str, text: Option<&Text>, shown: usize) {
        let Some(text) = text else { return };
        let wordings =
            std::iter::once(text.fallback()).chain(text.translations().values().map(String::as_str));
        let Some(longest) = wordings.max_by_key(|wording| wording.chars().count()) else {
            return;
        };
        let len = longest.chars().count();
        if len > shown {
            let start: String = longest.chars().take(shown).collect();
            let message = format!(
                "Google shows about {shown} of the {len} characters, up to “{start}”. Shorten the text."
            );
            self.cut(pointer, "google_text_cut", message);
        }
    }
}

fn check_names(findings: &mut Findings, design: &Design, program_name: &Text) {
    let google = &design.google;
    match &google.issuer_name {
        Some(name) => findings.length("/google/issuer_name", Some(name), NAME_SHOWN),
        None => findings.length("/organization_name", Some(&design.organization_name), NAME_SHOWN),
    }
    let program = google.program_name.as_ref().unwrap_or(program_name);
    findings.length("/google/program_name", Some(program), NAME_SHOWN);
    for (pointer, label) in [
        ("/google/account_name_label", account_name_label(design)),
        ("/google/account_id_label", account_id_label(design)),
    ] {
        findings.length(pointer, label, ACCOUNT_LABEL_SHOWN);
    }
}

fn check_points(findings: &mut Findings, design: &Design) {
    let google = &design.google;
    findings.length("/google/points_label", points_label(design), POINTS_LABEL_SHOWN);
    findings.length(
        "/google/secondary_label",
        google.secondary_label.as_ref(),
        POINTS_LABEL_SHOWN,
    );
    // The length of a text with placeholders is known only for a card.
    let fixed = google
        .secondary_value
        .as_ref()
        .filter(|text| !has_placeholder(text));
    findings.length("/google/secondary_value", fixed, BALANCE_SHOWN);
}

fn check_modules(findings: &mut Findings, design: &Design) {
    let root = if design.google.text_modules.is_empty() {
        "/fields/back"
    } else {
        "/google/text_modules"
    };
    let (header, body) = if root == "/fields/back" {
        ("label", "value")
    } else {
        ("header", "body")
    };
    let mut ids = BTreeSet::new();
    let modules = modules(design);
    for (index, module) in modules.iter().enumerate() {
        findings.length(&format!("{root}/{index}/{header}"), module.header, HEADER_SHOWN);
        findings.length(&format!("{root}/{index}/{body}"), Some(module.body), BODY_SHOWN);
        if !ids.insert(module.id.as_str()) {
            let message = format!(
                "Two texts have the id `{}`; for Google dots become `_`.",
                module.id
            );
            findings.cut(&format!("{root}/{index}"), "google_text_id_twice", message);
        }
    }
    for (index, given) in design.google.text_modules.iter().enumerate() {
        if modules.get(index).is_some_and(|module| module.id != given.id) {
            let message = "Ids of texts have letters, digits, `_` and `-`; others become `_`.";
            findings.cut(
                &format!("{root}/{index}/id"),
                "google_text_id",
                message.to_owned(),
            );
        }
    }
    let is_own = |module: &&Module<'_>| has_placeholder(module.body);
    let own = modules.iter().filter(is_own).count();
    if own > MODULES_SHOWN || modules.len() - own > MODULES_SHOWN {
        let message = format!(
            "Google shows {MODULES_SHOWN} texts that are the same on all cards and {MODULES_SHOWN} that are not."
        );
        findings.cut(root, "google_too_many_texts", message);
    }
}

fn check_links(findings: &mut Findings, design: &Design) {
    let mut ids = BTreeSet::new();
    for (index, link) in design.google.links.iter().enumerate() {
        let pointer = format!("/google/links/{index}");
        findings.length(
            &format!("{pointer}/description"),
            Some(&link.description),
            LINK_SHOWN,
        );
        let is_known = ["https://", "http://", "tel:", "mailto:", "geo:"]
            .iter()
            .any(|scheme| link.uri.starts_with(scheme));
        if !is_known {
            let message = "Google takes links that begin with https:, http:, tel:, mailto: or geo:.";
            findings.refused(&format!("{pointer}/uri"), "google_link", message.to_owned());
        }
        if !ids.insert(link.id.as_str()) {
            let message = format!("Two links have the id `{}`.", link.id);
            findings.cut(&format!("{pointer}/id"), "google_link_id_twice", message);
        }
    }
}

fn check_images(findings: &mut Findings, design: &Design) {
    let google = &design.google;
    for (pointer, name) in [
        ("/google/program_logo", &google.program_logo),
        ("/google/wide_program_logo", &google.wide_program_logo),
        ("/google/hero", &google.hero),
    ] {
        if let Some(name) = name.as_ref().filter(|name| !design.images.contains_key(*name)) {
            let message = format!("There is no image `{name}`: upload it or name another.");
            findings.refused(pointer, "google_image_missing", message);
        }
    }
    let has_logo = program_logos(design)
        .iter()
        .any(|name| design.images.contains_key(*name));
    if !has_logo && google.program_logo.is_none() {
        let message = "Google needs a logo: upload `google/logo.png`, square, 660 pixels or more.";
        findings.refused("/images", "google_logo_missing", message.to_owned());
    }
}

fn check_barcode(findings: &mut Findings, design: &Design) {
    let barcode = &design.barcode;
    let is_drawn = barcode.formats.first().is_some_and(|first| can_rotate(*first));
    if design.google.rotating && !is_drawn {
        let message =
            "Google rotates QR and PDF417 codes only: put `qr` or `pdf417` first in `barcode.formats`.";
        findings.refused("/google/rotating", "google_rotating_format", message.to_owned());
    }
    let Some(format) = barcode.formats.first() else {
        return;
    };
    let digits = match format {
        BarcodeFormat::Ean13 => "12 or 13",
        BarcodeFormat::I2of5 => "14",
        _ => return,
    };
    let message = format!("Google draws this format only for {digits} digits.");
    findings.cut("/barcode/formats/0", "google_barcode_digits", message);
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
