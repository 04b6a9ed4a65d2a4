//! What is said of a design before any pass is made of it: one case for each code, and none for a sound one.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use billfold::apple::finding::Severity;
use billfold::apple::image::ImageFacts;
use billfold::apple::validator::codes::DESIGN_CODES;
use billfold::apple::validator::{Finding, check_design, check_web_service_url};
use billfold::loyalty::design::Design;
use serde::Deserialize;
use serde_json::{Value, json};

/// A design that has nothing wrong with it.
fn sound() -> Value {
    json!({
        "organization_name": {"en": "Aroma", "ar": "أروما"},
        "description": "Points card",
        "images": {
            "icon.png": "0", "icon@2x.png": "0", "icon@3x.png": "0",
            "artwork.png": "0", "artwork@2x.png": "0", "artwork@3x.png": "0",
            "google/logo.png": "0"
        },
        "fields": {
            "header": [{"key": "balance", "label": {"en": "Points", "ar": "نقاط"}, "value": "{balance}",
                        "change_message": {"en": "Now %@", "ar": "%@ الآن"}, "text_alignment": "right"}],
            "primary": [{"key": "name", "value": "{name}"}],
            "secondary": [{"key": "until", "label": "Until", "value": "{expires_at}", "date_style": "short"}],
            "back": [{"key": "web", "value": "Web", "attributed_value": "<a href=\"https://x.example\">x</a>",
                      "data_detectors": ["link"]}]
        },
        "locations": [{"latitude": 52.5, "longitude": 13.4}],
        "beacons": [{"proximity_uuid": "f7826da6-4fa2-4e98-8024-bc5b71e0893e"}],
        "relevant_dates": [{"start": "2026-12-24T00:00:00Z", "end": "2026-12-25T00:00:00Z"}],
        "nfc": {"message": "{code}",
                "encryption_public_key": "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACNUQMLTskMZ4bv3YbCdAetXdXFoA6EMdz4SgG7ohWboA="},
        "associated_store_identifiers": [1],
        "app_launch_url": "https://x.example",
        "poster": {"footer": [{"key": "since", "value": "2024"}],
                   "featured_actions": [{"identifier": "shop", "type": "shop", "url": "https://x.example"},
                                        {"identifier": "us", "type": "place", "place_identifier": "I1"}]}
    })
}

/// The second JSON laid over the first (RFC 7396).
fn lay_over(base: &mut Value, patch: &Value) {
    match patch {
        Value::Object(keys) if base.is_object() => {
            for (key, inner) in keys {
                if inner.is_null() {
                    base.as_object_mut().expect("an object").remove(key);
                } else {
                    lay_over(&mut base[key.as_str()], inner);
                }
            }
        }
        other => *base = other.clone(),
    }
}

/// What is found in the sound design with a patch laid over it; the images are as large as
/// Apple draws them, but for `images`.
fn found(patch: &Value, images: &BTreeMap<String, Option<ImageFacts>>) -> Vec<Finding> {
    let mut design = sound();
    lay_over(&mut design, patch);
    let design: Design = serde_json::from_value(design).expect("a design");
    let small = ImageFacts {
        bytes_len: 100,
        width: 10,
        height: 10,
        problem: None,
    };
    let mut facts: BTreeMap<_, _> = design
        .images
        .keys()
        .map(|file| (file.clone(), small.clone()))
        .collect();
    for (file, seen) in images {
        facts.remove(file);
        facts.extend(seen.clone().map(|seen| (file.clone(), seen)));
    }
    check_design(&design, &facts)
}

/// One fault: the patch that makes it, and what shall be found.
#[derive(Deserialize)]
struct Case {
    severity: Severity,
    code: String,
    pointer: String,
    patch: Value,
    #[serde(default)]
    images: BTreeMap<String, Option<ImageFacts>>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("golden/design_faults.json")).expect("a list of cases")
}

#[test]
fn a_sound_design_has_no_findings() {
    assert_eq!(found(&json!({}), &BTreeMap::new()), []);
}

#[test]
fn each_fault_is_found_alone_with_its_code_and_place() {
    for Case {
        severity,
        code,
        pointer,
        patch,
        images,
    } in cases()
    {
        let found = found(&patch, &images);
        let seen: Vec<_> = found
            .iter()
            .map(|finding| (finding.severity, finding.code.to_owned(), finding.pointer.clone()))
            .collect();
        assert_eq!(seen, [(severity, code, pointer)], "{patch}");
        let message = &found[0].message;
        assert!(message.len() > 30 && !message.ends_with('.'), "{message}");
    }
}

#[test]
fn every_code_has_a_case() {
    let cases = cases();
    let mut tried: BTreeSet<&str> = cases.iter().map(|case| case.code.as_str()).collect();
    let web = check_web_service_url("http://cards.example.com").expect("a finding");
    tried.insert(web.code);
    let listed: BTreeSet<&str> = DESIGN_CODES.iter().copied().collect();
    assert_eq!(tried, listed);
    assert_eq!(DESIGN_CODES.len(), listed.len(), "a code is listed twice");
}

#[test]
fn a_slip_of_the_pen_is_answered_with_what_was_meant() {
    let message = |patch: &Value| found(patch, &BTreeMap::new())[0].message.clone();
    assert!(message(&json!({"description": "{ballance}"})).contains("did you mean {balance}?"));
    assert!(message(&json!({"description": "{xyzzy}"})).contains("use one of balance, code"));
    assert!(
        message(&json!({"poster": {"featured_actions": [
        {"identifier": "a", "type": "Shop", "url": "https://x.example"}]}}))
        .contains("did you mean shop?")
    );
}

#[test]
fn a_finding_reads_as_one_line_and_serialises_with_four_keys() {
    let finding = &found(&json!({"description": ""}), &BTreeMap::new())[0];
    assert_eq!(
        serde_json::to_value(finding).expect("JSON"),
        json!({
            "severity": "error",
            "code": "text_empty",
            "pointer": "/description",
            "message": "the text is empty, but phones refuse a pass without it; say what the card is, \
                        for people who cannot see it"
        })
    );
    assert!(
        finding
            .to_string()
            .starts_with("error text_empty at /description: the text is empty")
    );
}
