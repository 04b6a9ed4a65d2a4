//! The top level of a foreign `pass.json`, of any style, and the files that it speaks of.

use serde_json::Value as Json;

use crate::apple::color::Rgb;
use crate::apple::finding::Finding;
use crate::apple::image::{ImageName, inspect_png};
use crate::apple::limits::{
    FEATURED_ACTIONS_MAX, LOCATIONS_MAX, NFC_MESSAGE_BYTES_MAX, RELEVANT_SPAN_MS_MAX, TOKEN_CHARS_MIN,
};
use crate::apple::reader::{PassFile, codes as reader_codes, read_strings};
use crate::apple::validator::codes as design_codes;
use crate::apple::validator::{ACTION_KINDS, check_web_service_url, is_on_earth, is_p256_key, is_uuid};

use super::walk::Walk;
use super::{codes, content_fields};

const REQUIRED: [&str; 5] = [
    "passTypeIdentifier",
    "serialNumber",
    "teamIdentifier",
    "organizationName",
    "description",
];
const COLORS: [&str; 5] = [
    "backgroundColor",
    "foregroundColor",
    "labelColor",
    "stripColor",
    "footerBackgroundColor",
];
const FLAGS: [&str; 5] = [
    "voided",
    "sharingProhibited",
    "suppressStripShine",
    "suppressHeaderDarkening",
    "useAutomaticColors",
];

pub(super) fn check(pass: &PassFile, findings: &mut Vec<Finding>) {
    check_files(pass, findings);
    let object = match pass.pass_json() {
        Json::Object(object) => object,
        // What is missing or unreadable was told when the file was opened.
        Json::Null => return,
        _ => {
            let message = "it is not a JSON object; write { } around it";
            findings.push(Finding::new(
                reader_codes::PASS_JSON_UNREADABLE,
                "pass.json",
                message,
            ));
            return;
        }
    };
    let mut walk = Walk::new(object, String::new(), findings);
    check_required(&mut walk);
    check_web_service(&mut walk);
    check_look(&mut walk);
    check_when(&mut walk);
    check_where(&mut walk);
    check_terminal(&mut walk);
    check_app(&mut walk);
    content_fields::check(&mut walk);
}

fn check_files(pass: &PassFile, findings: &mut Vec<Finding>) {
    let is_icon = |name: &&String| ImageName::parse(name).is_some_and(|name| name.role == "icon");
    if pass.files().keys().find(is_icon).is_none() {
        let message = "there is no icon.png, and phones refuse a pass without one; add it";
        findings.push(Finding::new(
            design_codes::IMAGE_ICON_MISSING,
            "icon.png",
            message,
        ));
    }
    for (name, bytes) in pass.files() {
        if ImageName::parse(name).is_some()
            && let Some(problem) = inspect_png(bytes).problem
        {
            let message = format!("the image cannot be drawn ({problem}); save it as PNG again");
            findings.push(Finding::new(codes::IMAGE_UNDRAWABLE, name, message));
        }
        if name.ends_with(".lproj/pass.strings") && read_strings(bytes).is_none() {
            let message =
                "it is not made of lines such as \"key\" = \"value\"; so nothing of it is shown; mend it";
            findings.push(Finding::new(codes::STRINGS_UNREADABLE, name, message));
        }
    }
}

fn check_required(walk: &mut Walk<'_>) {
    for key in REQUIRED {
        match walk.text(key) {
            Some(text) if text.trim().is_empty() => {
                walk.found(
                    codes::KEY_EMPTY,
                    key,
                    "it is empty, and phones refuse the pass; fill it in",
                );
            }
            Some(_) => (),
            None => walk.found(
                codes::KEY_MISSING,
                key,
                "it is missing, and phones refuse the pass; add it",
            ),
        }
    }
    if walk
        .number("formatVersion")
        .is_none_or(|version| (version - 1.0).abs() > f64::EPSILON)
    {
        walk.found(
            codes::FORMAT_VERSION,
            "formatVersion",
            "it is not 1, the only version there is; write 1",
        );
    }
}

fn check_web_service(walk: &mut Walk<'_>) {
    let (url, token) = (walk.text("webServiceURL"), walk.text("authenticationToken"));
    match (url, token) {
        (Some(url), Some(token)) => {
            walk.findings.extend(check_web_service_url(&url));
            if token.chars().count() < TOKEN_CHARS_MIN {
                let message =
                    "it has fewer than 16 characters, and phones refuse the pass; make a longer one";
                walk.found(codes::TOKEN_SHORT, "authenticationToken", message);
            }
        }
        (Some(_), None) => {
            let message =
                "an address for news needs an authenticationToken beside it; add one or drop the address";
            walk.found(codes::URL_WITHOUT_TOKEN, "webServiceURL", message);
        }
        (None, Some(_)) => {
            let message = "a token needs a webServiceURL beside it; add it or drop the token";
            walk.found(codes::TOKEN_WITHOUT_URL, "authenticationToken", message);
        }
        (None, None) => (),
    }
}

fn check_look(walk: &mut Walk<'_>) {
    for key in COLORS {
        if walk.text(key).is_some_and(|text| Rgb::parse(&text).is_none()) {
            let message = "phones do not read this colour and take their own; write it as rgb(31,58,52)";
            walk.found(codes::COLOR_IGNORED, key, message);
        }
    }
    for key in FLAGS {
        walk.flag(key);
    }
    let has_grouping_style = ["eventTicket", "boardingPass"]
        .iter()
        .any(|style| walk.object.contains_key(*style));
    if walk.object.contains_key("groupingIdentifier") && !has_grouping_style {
        let message = "phones group event tickets and boarding passes only; drop it";
        walk.found(codes::GROUPING_IGNORED, "groupingIdentifier", message);
    }
}

fn check_when(walk: &mut Walk<'_>) {
    walk.date("expirationDate");
    walk.date("relevantDate");
    walk.each("relevantDates", |entry| {
        entry.date("date");
        entry.date("relevantDate");
        let (Some(start), Some(end)) = (entry.date("startDate"), entry.date("endDate")) else {
            return;
        };
        let span = end.millis().saturating_sub(start.millis());
        if span < 0 {
            let message = "the end is before the start; swap them";
            entry.found(design_codes::RELEVANT_SPAN_BACKWARDS, "endDate", message);
        } else if span > RELEVANT_SPAN_MS_MAX {
            let message = "the span is longer than the 24 hours that phones take; split it by day";
            entry.found(design_codes::RELEVANT_SPAN_LONG, "endDate", message);
        }
    });
}

fn check_where(walk: &mut Walk<'_>) {
    let count = walk.each("locations", |place| {
        let place_at = (place.number("latitude"), place.number("longitude"));
        if !matches!(place_at, (Some(north), Some(east)) if is_on_earth(north, east)) {
            let message =
                "a place needs a latitude from -90 to 90 and a longitude from -180 to 180; correct them";
            place.found(design_codes::LOCATION_OUT_OF_RANGE, "latitude", message);
        }
    });
    if count > LOCATIONS_MAX {
        let message = format!("there are {count} places, but phones look at {LOCATIONS_MAX}; drop the rest");
        walk.found(design_codes::LOCATIONS_MANY, "locations", message);
    }
    if walk
        .object
        .get("maxDistance")
        .is_some_and(|distance| !distance.is_number())
    {
        let message = "phones silently drop a distance that is not a number; take the quotes off";
        walk.found(codes::MAX_DISTANCE_TEXT, "maxDistance", message);
    }
    walk.each("beacons", |beacon| {
        if !beacon.text("proximityUUID").is_some_and(|uuid| is_uuid(&uuid)) {
            let message = "a beacon needs a UUID of 8-4-4-4-12 hex digits; correct it";
            beacon.found(design_codes::BEACON_UUID, "proximityUUID", message);
        }
    });
}

fn check_terminal(walk: &mut Walk<'_>) {
    walk.inside("nfc", |nfc| {
        let message = nfc.text("message").unwrap_or_default();
        if message.is_empty() {
            nfc.found(
                design_codes::NFC_MESSAGE_EMPTY,
                "message",
                "a terminal would read nothing; fill it in",
            );
        } else if message.len() > NFC_MESSAGE_BYTES_MAX {
            let text = "a terminal reads 64 bytes and the rest is cut; shorten it";
            nfc.found(design_codes::NFC_MESSAGE_LONG, "message", text);
        }
        let key = nfc.text("encryptionPublicKey").unwrap_or_default();
        if !is_p256_key(&key) {
            let text = "it is not the Base64 text of a P-256 public key; take the terminal's key";
            nfc.found(design_codes::NFC_KEY, "encryptionPublicKey", text);
        }
    });
}

fn check_app(walk: &mut Walk<'_>) {
    let has_store = walk
        .object
        .get("associatedStoreIdentifiers")
        .and_then(Json::as_array)
        .is_some_and(|list| !list.is_empty());
    if walk.object.contains_key("appLaunchURL") && !has_store {
        let message = "phones refuse it without associatedStoreIdentifiers; add the app's number or drop it";
        walk.found(design_codes::APP_LAUNCH_WITHOUT_STORE, "appLaunchURL", message);
    }
    let count = walk.each("featuredActions", |action| {
        let kind = action.text("type").unwrap_or_default();
        if !ACTION_KINDS.contains(&kind.as_str()) {
            let message = "this is not a button that Apple knows; membershipBenefits and shop are";
            action.found(design_codes::ACTION_KIND_UNKNOWN, "type", message);
        }
        let target = if kind == "place" { "placeIdentifier" } else { "url" };
        if action.text(target).is_none_or(|text| text.trim().is_empty()) {
            action.found(
                design_codes::ACTION_TARGET_MISSING,
                target,
                "the button leads nowhere; fill it in",
            );
        }
    });
    if count > FEATURED_ACTIONS_MAX {
        let message =
            format!("there are {count} buttons, but a pass has {FEATURED_ACTIONS_MAX}; drop the rest");
        walk.found(design_codes::ACTIONS_MANY, "featuredActions", message);
    }
}
