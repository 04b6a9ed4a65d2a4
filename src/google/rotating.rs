//! The barcode that changes every half minute, as Google's `RotatingBarcode`.
//!
//! Its key makes every value that the card will ever show. So it stands in no drawing, no link and no database: it
//! is put in just before an object is sent, and the object is inserted by the API before any link names it (Google
//! Wallet, "Rotating barcodes").

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::localized::put;
use crate::loyalty::design::BarcodeFormat;
use crate::loyalty::face::CardFace;
use crate::loyalty::rotating_code::{DIGITS, pattern};
use crate::types::CODE_PERIOD_S;

/// What stands in a drawing instead of the key.
pub const HIDDEN_KEY: &str = "known-to-google-alone";
/// Where the key stands in an object.
const KEY: &str = "/rotatingBarcode/totpDetails/parameters/0/key";

/// Whether Google rotates codes of a format.
pub(super) const fn can_rotate(format: BarcodeFormat) -> bool {
    matches!(format, BarcodeFormat::Qr | BarcodeFormat::Pdf417)
}

/// The rotating barcode of a card, without its key; `None` if the design has none.
pub(super) fn rotating_barcode(face: &CardFace<'_>) -> Option<Value> {
    let format = face.design.barcode.formats.first()?;
    let kind = match format {
        BarcodeFormat::Qr => "QR_CODE",
        BarcodeFormat::Pdf417 => "PDF_417",
        _ => return None,
    };
    if !face.design.google.rotating {
        return None;
    }
    let code = face.facts.code.as_str();
    let mut rotating = Map::new();
    put(&mut rotating, "type", kind);
    put(&mut rotating, "valuePattern", pattern(code));
    put(
        &mut rotating,
        "totpDetails",
        json!({
            "algorithm": "TOTP_SHA1",
            // int64 is a text in Google's JSON.
            "periodMillis": (CODE_PERIOD_S * 1_000).to_string(),
            "parameters": [{ "key": HIDDEN_KEY, "valueLength": DIGITS }],
        }),
    );
    put(
        &mut rotating,
        "alternateText",
        face.barcode_alt_text.as_deref().unwrap_or(code),
    );
    Some(Value::Object(rotating))
}

/// The object with this in the place of its key; as it is, if its code does not rotate.
pub fn with_key<'o>(object: &'o Value, key: &str) -> Cow<'o, Value> {
    if object.pointer(KEY).is_none() {
        return Cow::Borrowed(object);
    }
    let mut keyed = object.clone();
    if let Some(place) = keyed.pointer_mut(KEY) {
        *place = Value::from(key);
    }
    Cow::Owned(keyed)
}
