//! The style of a foreign pass: its fields and barcodes.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::apple::barcode::misfit;
use crate::apple::date::parse_pass_date;
use crate::apple::validator::codes as design_codes;
use crate::loyalty::design::BarcodeFormat;

use super::codes;
use super::walk::Walk;

/// Styles of which a pass has one.
const STYLES: [&str; 5] = ["boardingPass", "coupon", "eventTicket", "generic", "storeCard"];
/// The style of iOS 27 that stands beside another.
const POSTER: &str = "posterGeneric";
const GROUPS: [&str; 7] = [
    "headerFields",
    "primaryFields",
    "secondaryFields",
    "auxiliaryFields",
    "backFields",
    "additionalInfoFields",
    "footerFields",
];

/// The pass's style; the first, if it has several.
pub(super) fn style_of(pass: &Json) -> Option<&'static str> {
    let mut styles = STYLES.iter().chain([&POSTER]);
    styles.find(|style| pass.get(**style).is_some()).copied()
}

pub(super) fn check(walk: &mut Walk<'_>) {
    let count = STYLES
        .iter()
        .filter(|style| walk.object.contains_key(**style))
        .count();
    if count == 0 && !walk.object.contains_key(POSTER) {
        let message = "there is no style, and phones refuse the pass; a loyalty card is a storeCard";
        walk.found(codes::STYLE_MISSING, "", message);
    }
    if count > 1 {
        let message =
            "there are several styles and a phone takes one of them; keep one, besides posterGeneric";
        walk.found(codes::STYLES_MANY, "", message);
    }
    for style in STYLES.iter().chain([&POSTER]) {
        walk.inside(style, check_style);
    }
    check_barcodes(walk);
}

fn check_style(style: &mut Walk<'_>) {
    let mut keys = BTreeSet::new();
    for group in GROUPS {
        style.each(group, |field| check_field(field, &mut keys));
    }
}

fn check_field(field: &mut Walk<'_>, keys: &mut BTreeSet<String>) {
    let key = field.text("key").unwrap_or_default();
    if key.is_empty() {
        let message = "a field needs a key, and phones refuse the pass; give it a short name";
        field.found(design_codes::FIELD_KEY_EMPTY, "key", message);
    } else if !keys.insert(key) {
        let message = "another field has this key, and phones refuse the pass; rename one";
        field.found(design_codes::FIELD_KEY_TWICE, "key", message);
    }
    match field.object.get("value") {
        Some(Json::String(text)) => check_text(field, text),
        Some(Json::Number(_)) => check_number(field),
        _ => field.found(
            codes::FIELD_VALUE_MISSING,
            "value",
            "a field needs a text or a number here; add it",
        ),
    }
    if field
        .text("changeMessage")
        .is_some_and(|text| !text.contains("%@"))
    {
        let message = "the notice lacks %@, so it does not say the new value; put %@ where it belongs";
        field.found(
            design_codes::CHANGE_MESSAGE_WITHOUT_VALUE,
            "changeMessage",
            message,
        );
    }
}

fn check_text(field: &mut Walk<'_>, text: &str) {
    if field.object.contains_key("currencyCode") {
        let message =
            "a currency needs a number, and phones refuse it on a text; take the quotes off the value";
        field.found(design_codes::CURRENCY_ON_TEXT, "currencyCode", message);
    }
    if field.object.contains_key("numberStyle") {
        let message = "a number style needs a number; take the quotes off the value";
        field.found(design_codes::NUMBER_STYLE_ON_TEXT, "numberStyle", message);
    }
    let has_style = |key: &str| {
        field
            .object
            .get(key)
            .and_then(Json::as_str)
            .is_some_and(|style| style != "PKDateStyleNone")
    };
    if (has_style("dateStyle") || has_style("timeStyle")) && parse_pass_date(text).is_none() {
        let message = "the field has a date style, but its value is not a date that phones read, and they refuse \
                       the pass; write it as 2026-11-21T18:00:00Z";
        field.found(codes::DATE_UNPARSABLE, "value", message);
    }
}

fn check_number(field: &mut Walk<'_>) {
    if field.object.contains_key("currencyCode") && field.object.contains_key("numberStyle") {
        let message = "a currency and a number style together contradict each other; keep one";
        field.found(design_codes::CURRENCY_AND_NUMBER_STYLE, "numberStyle", message);
    }
}

fn check_barcodes(walk: &mut Walk<'_>) {
    let (mut has_classic, mut has_any) = (false, false);
    let mut visit = |barcode: &mut Walk<'_>| {
        has_any = true;
        has_classic |= check_barcode(barcode);
    };
    walk.each("barcodes", &mut visit);
    walk.inside("barcode", &mut visit);
    if has_any && !has_classic {
        let message = "phones before iOS 27 draw none of these formats; add PKBarcodeFormatQR behind them";
        walk.found(design_codes::BARCODE_WITHOUT_FALLBACK, "barcodes", message);
    }
}

/// Checks a barcode and tells whether every phone draws its format.
fn check_barcode(barcode: &mut Walk<'_>) -> bool {
    for key in ["message", "messageEncoding"] {
        if barcode.text(key).is_none_or(|text| text.is_empty()) {
            barcode.found(
                codes::BARCODE_INCOMPLETE,
                key,
                "a barcode needs this, and phones refuse it without; add it",
            );
        }
    }
    let name = barcode.text("format").unwrap_or_default();
    let Some(format) = format_of(&name) else {
        let message = "phones do not know this format and draw nothing; PKBarcodeFormatQR is known by all";
        barcode.found(codes::BARCODE_FORMAT_UNKNOWN, "format", message);
        return false;
    };
    let message = barcode.text("message").unwrap_or_default();
    if let Some(why) = misfit(format, &message) {
        barcode.found(
            design_codes::BARCODE_MESSAGE_UNFIT,
            "message",
            format!("{why}; change the message or the format"),
        );
    }
    format.is_classic()
}

fn format_of(name: &str) -> Option<BarcodeFormat> {
    Some(match name.strip_prefix("PKBarcodeFormat")? {
        "QR" => BarcodeFormat::Qr,
        "PDF417" => BarcodeFormat::Pdf417,
        "Aztec" => BarcodeFormat::Aztec,
        "Code128" => BarcodeFormat::Code128,
        "EAN13" => BarcodeFormat::Ean13,
        "Code39" => BarcodeFormat::Code39,
        "Codabar" => BarcodeFormat::Codabar,
        "I2of5" => BarcodeFormat::I2of5,
        _ => return None,
    })
}
