//! Where and when a card is offered, and what a terminal reads from it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use uuid::Uuid;

use crate::apple::finding::Finding;
use crate::apple::limits::{LOCATIONS_MAX, NFC_MESSAGE_BYTES_MAX, RELEVANT_SPAN_MS_MAX};
use crate::loyalty::design::{Design, Location, Nfc, RelevantDate};

use super::codes;

pub(super) fn check(design: &Design, findings: &mut Vec<Finding>) {
    check_locations(&design.locations, findings);
    for (at, beacon) in design.beacons.iter().enumerate() {
        if !is_uuid(&beacon.proximity_uuid) {
            let message = "this is not a UUID; write 8-4-4-4-12 hex digits as the beacon's maker gives them";
            findings.push(Finding::new(
                codes::BEACON_UUID,
                format!("/beacons/{at}/proximity_uuid"),
                message,
            ));
        }
    }
    for (at, date) in design.relevant_dates.iter().enumerate() {
        check_date(&format!("/relevant_dates/{at}/end"), date, findings);
    }
    if let Some(nfc) = &design.nfc {
        check_nfc(nfc, findings);
    }
}

fn check_locations(locations: &[Location], findings: &mut Vec<Finding>) {
    if locations.len() > LOCATIONS_MAX {
        let message = format!(
            "there are {} places, but phones look at {LOCATIONS_MAX}; keep those with the most guests",
            locations.len()
        );
        findings.push(Finding::new(codes::LOCATIONS_MANY, "/locations", message));
    }
    for (at, place) in locations.iter().enumerate() {
        if !is_on_earth(place.latitude, place.longitude) {
            let message =
                "latitude goes from -90 to 90 and longitude from -180 to 180; perhaps the two are swapped";
            findings.push(Finding::new(
                codes::LOCATION_OUT_OF_RANGE,
                format!("/locations/{at}"),
                message,
            ));
        }
    }
}

/// Whether the degrees are of a place on earth.
pub(in crate::apple) fn is_on_earth(latitude: f64, longitude: f64) -> bool {
    (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)
}

/// Whether the text is a UUID in the form with hyphens, the only one that phones read.
pub(in crate::apple) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

fn check_date(pointer: &str, date: &RelevantDate, findings: &mut Vec<Finding>) {
    let Some(end) = date.end else {
        return;
    };
    let span = end.millis().saturating_sub(date.start.millis());
    if span < 0 {
        let message = "the end is before the start; swap them";
        findings.push(Finding::new(codes::RELEVANT_SPAN_BACKWARDS, pointer, message));
    } else if span > RELEVANT_SPAN_MS_MAX {
        let message = "the span is longer than the 24 hours that phones take; split it by day";
        findings.push(Finding::new(codes::RELEVANT_SPAN_LONG, pointer, message));
    }
}

fn check_nfc(nfc: &Nfc, findings: &mut Vec<Finding>) {
    if nfc.message.is_empty() {
        let message = "the terminal would read nothing; {code} is the card's own number";
        findings.push(Finding::new(codes::NFC_MESSAGE_EMPTY, "/nfc/message", message));
    }
    let fixed = fixed_len(&nfc.message);
    if fixed > NFC_MESSAGE_BYTES_MAX {
        let message = format!(
            "the message has {fixed} bytes besides its placeholders, but a terminal reads \
             {NFC_MESSAGE_BYTES_MAX} and the rest is cut; shorten it"
        );
        findings.push(Finding::new(codes::NFC_MESSAGE_LONG, "/nfc/message", message));
    }
    if !is_p256_key(&nfc.encryption_public_key) {
        let message = "this is not the Base64 text of a P-256 public key (SubjectPublicKeyInfo, DER); take the \
                       lines between the BEGIN and END marks of the terminal's key, without line breaks";
        findings.push(Finding::new(
            codes::NFC_KEY,
            "/nfc/encryption_public_key",
            message,
        ));
    }
}

/// Bytes of the message outside its placeholders.
fn fixed_len(message: &str) -> usize {
    let mut parts = message.split('{');
    let before = parts.next().map_or(0, str::len);
    before
        + parts
            .map(|part| {
                part.split_once('}')
                    .map_or(part.len() + 1, |(_, rest)| rest.len())
            })
            .sum::<usize>()
}

/// Whether the text is Base64 of the `SubjectPublicKeyInfo` of a P-256 key.
pub(in crate::apple) fn is_p256_key(text: &str) -> bool {
    STANDARD
        .decode(text)
        .ok()
        .and_then(|der| PKey::public_key_from_der(&der).ok())
        .and_then(|key| key.ec_key().ok())
        .is_some_and(|key| key.group().curve_name() == Some(Nid::X9_62_PRIME256V1))
}
