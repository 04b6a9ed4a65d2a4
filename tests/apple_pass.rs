//! What a pass says: `pass.json` and its translations, compared whole with files under `tests/golden`.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use billfold::apple::pass::{PassIdentity, package_files, pass_json, pass_strings};
use billfold::loyalty::design::Design;
use billfold::loyalty::face::{CardFace, CardFacts};
use billfold::types::{Points, Secret, Text, Time};
use bytes::Bytes;
use serde_json::{Value, json};

const RICH_DESIGN: &str = include_str!("golden/rich.design.json");

fn rich_design() -> Design {
    serde_json::from_str(RICH_DESIGN).expect("a design")
}

fn poster_design() -> Design {
    let mut design: Value = serde_json::from_str(RICH_DESIGN).expect("JSON");
    design["poster"] = json!({
        "footer": [{"key": "since", "label": "Since", "value": "2024"}],
        "featured_actions": [
            {"identifier": "offers", "type": "viewOffersRewards", "url": "https://example.com/offers"},
            {"identifier": "shop", "type": "place", "place_identifier": "I1234567890"},
            {"identifier": "third", "type": "shop", "url": "https://example.com/shop"}
        ]
    });
    serde_json::from_value(design).expect("a design")
}

fn facts(language: &str) -> CardFacts {
    CardFacts {
        code: "4006381333931".to_owned(),
        balance: Points::new(240).expect("in range"),
        first_name: "Lina".to_owned(),
        last_name: "Haddad".to_owned(),
        language: language.parse().expect("a tag"),
        program_name: serde_json::from_str(r#"{"en":"Aroma Club","ar":"نادي أروما"}"#).expect("a text"),
        point_name: Text::plain("points"),
        tier: "Gold".to_owned(),
        message: "Double points today".to_owned(),
        expires_at: Some(Time::parse_rfc3339("2027-06-30T21:59:59Z").expect("a time")),
        is_voided: true,
        is_quiet: false,
        progress: billfold::loyalty::face::Progress::default(),
    }
}

fn written(design: &Design, facts: &CardFacts) -> String {
    let token = Secret::new("0123456789abcdef0123456789abcdef");
    let identity = PassIdentity {
        pass_type: "pass.com.example.card",
        team: "A1B2C3D4E5",
        serial: "pss_01",
        authentication_token: &token,
        web_service_url: "https://cards.example.com/apple",
    };
    String::from_utf8(pass_json(&CardFace::draw(design, facts), &identity)).expect("UTF-8")
}

fn parsed(design: &Design, facts: &CardFacts) -> Value {
    serde_json::from_str(&written(design, facts)).expect("JSON")
}

/// The golden file without the white space that makes it readable.
fn minified(json: &str) -> String {
    let (mut in_text, mut is_escaped) = (false, false);
    json.chars()
        .filter(|letter| {
            if *letter == '"' && !is_escaped {
                in_text = !in_text;
            }
            is_escaped = *letter == '\\' && !is_escaped;
            in_text || !letter.is_whitespace()
        })
        .collect()
}

#[test]
fn a_rich_store_card_is_written_as_in_the_golden_file() {
    let golden = minified(include_str!("golden/storecard.pass.json"));
    assert_eq!(written(&rich_design(), &facts("ar")), golden);
}

#[test]
fn the_poster_look_stands_beside_the_store_card_as_in_the_golden_file() {
    let golden = minified(include_str!("golden/poster.pass.json"));
    assert_eq!(written(&poster_design(), &facts("en")), golden);
}

#[test]
fn the_translations_are_written_as_in_the_golden_files() {
    let files = pass_strings(&rich_design());
    let expected: BTreeMap<String, Vec<u8>> = [
        (
            "ar.lproj/pass.strings",
            include_bytes!("golden/ar.pass.strings").as_slice(),
        ),
        (
            "en.lproj/pass.strings",
            include_bytes!("golden/en.pass.strings").as_slice(),
        ),
    ]
    .into_iter()
    .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
    .collect();
    let readable = |files: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
        files
            .iter()
            .map(|(name, bytes)| format!("{name}\n{}", String::from_utf8_lossy(bytes)))
            .collect()
    };
    assert_eq!(readable(&files), readable(&expected));
    assert_eq!(files, expected);
}

/// The names of every key at every depth.
fn keys_of(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                keys.insert(key.clone());
                keys_of(inner, keys);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| keys_of(inner, keys)),
        _ => (),
    }
}

/// Shows SR-007 (Apple's part).
#[test]
fn every_key_that_we_claim_is_written_at_least_once() {
    let mut keys = BTreeSet::new();
    keys_of(&parsed(&poster_design(), &facts("en")), &mut keys);
    let claimed = "formatVersion passTypeIdentifier serialNumber teamIdentifier organizationName description \
        storeCard posterGeneric webServiceURL authenticationToken barcodes barcode backgroundColor \
        foregroundColor labelColor footerBackgroundColor logoText expirationDate voided relevantDate \
        relevantDates date startDate endDate locations latitude longitude altitude relevantText maxDistance \
        beacons proximityUUID major minor nfc message encryptionPublicKey requiresAuthentication \
        sharingProhibited associatedStoreIdentifiers appLaunchURL userInfo semantics featuredActions \
        identifier type url placeIdentifier format messageEncoding altText headerFields primaryFields \
        secondaryFields auxiliaryFields backFields footerFields key label value attributedValue \
        changeMessage textAlignment dataDetectorTypes dateStyle timeStyle isRelative ignoresTimeZone \
        numberStyle currencyCode row";
    let missing: Vec<_> = claimed
        .split_whitespace()
        .filter(|key| !keys.contains(*key))
        .collect();
    assert!(missing.is_empty(), "never written: {missing:?}");
}

#[test]
fn the_pass_is_strict_json_for_another_reader() {
    let script = "import json,sys\n\
        def once(pairs):\n    keys=[k for k,_ in pairs]\n    assert len(keys)==len(set(keys)),keys\n    return dict(pairs)\n\
        def never(name):\n    raise ValueError(name)\n\
        d=json.loads(sys.stdin.buffer.read().decode('utf-8'),object_pairs_hook=once,parse_constant=never)\n\
        assert d['formatVersion']==1 and isinstance(d['maxDistance'],int)\n\
        print(d['storeCard']['headerFields'][0]['value'])";
    let Ok(mut python) = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
    else {
        // A machine without Python has serde_json's strict reader in every other test.
        return;
    };
    let json = written(&poster_design(), &facts("ar"));
    python
        .stdin
        .take()
        .expect("a pipe")
        .write_all(json.as_bytes())
        .expect("written");
    let output = python.wait_with_output().expect("it ends");
    assert!(output.status.success());
    assert_eq!(output.stdout, b"240\n");
}

#[test]
fn the_same_face_gives_the_same_bytes_and_another_balance_changes_only_numbers() {
    let design = rich_design();
    let one = written(&design, &facts("en"));
    assert_eq!(one, written(&design, &facts("en")));
    let mut richer = facts("en");
    richer.balance = Points::new(250).expect("in range");
    assert_eq!(one.replace(":240", ":250"), written(&design, &richer));
}

#[test]
fn a_field_is_left_out_where_the_card_has_nothing_for_it() {
    let mut design = rich_design();
    design.expires_at = None;
    let mut facts = facts("en");
    facts.expires_at = None;
    let pass = parsed(&design, &facts);
    let fields = pass["storeCard"]["auxiliaryFields"].as_array().expect("fields");
    assert!(fields.iter().all(|field| field["key"] != "until"), "{fields:?}");
    assert_eq!(pass.get("expirationDate"), None);
}

#[test]
fn a_barcode_that_cannot_hold_the_code_is_left_off_for_the_next() {
    let mut facts = facts("en");
    facts.code = "7KD2".to_owned();
    let pass = parsed(&rich_design(), &facts);
    let formats: Vec<_> = pass["barcodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|code| &code["format"])
        .collect();
    assert_eq!(formats, ["PKBarcodeFormatQR", "PKBarcodeFormatCode128"]);
}

#[test]
fn a_card_without_extras_has_no_empty_keys() {
    let design: Design = serde_json::from_value(json!({"organization_name": "Aroma", "description": "Card"}))
        .expect("a design");
    let facts = CardFacts {
        is_voided: false,
        is_quiet: false,
        progress: billfold::loyalty::face::Progress::default(),
        expires_at: None,
        ..facts("en")
    };
    assert_eq!(
        parsed(&design, &facts),
        json!({
            "formatVersion": 1,
            "passTypeIdentifier": "pass.com.example.card",
            "teamIdentifier": "A1B2C3D4E5",
            "serialNumber": "pss_01",
            "organizationName": "Aroma",
            "description": "Card",
            "webServiceURL": "https://cards.example.com/apple",
            "authenticationToken": "0123456789abcdef0123456789abcdef",
            "backgroundColor": "rgb(31,58,52)",
            "foregroundColor": "rgb(255,255,255)",
            "labelColor": "rgb(207,227,218)",
            "storeCard": {},
            "barcodes": [{"format": "PKBarcodeFormatQR", "message": "4006381333931",
                          "messageEncoding": "iso-8859-1", "altText": "4006381333931"}],
            "barcode": {"format": "PKBarcodeFormatQR", "message": "4006381333931",
                        "messageEncoding": "iso-8859-1", "altText": "4006381333931"}
        })
    );
}

#[test]
fn every_fixed_text_of_the_pass_is_a_key_of_every_language() {
    let design = rich_design();
    let files = package_files(&design, |_| Some(Bytes::new())).expect("all images");
    let pass = parsed(&design, &facts("ar"));
    let fields = pass["storeCard"].as_object().expect("groups").values();
    for label in fields
        .flat_map(|group| group.as_array().expect("a list"))
        .map(|field| &field["label"])
    {
        for language in ["en", "ar"] {
            let table =
                String::from_utf8_lossy(&files[&format!("{language}.lproj/pass.strings")]).into_owned();
            assert!(table.contains(&format!("{label} = ")), "{label} in {language}");
        }
    }
}
