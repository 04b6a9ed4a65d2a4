//! Designs and faces as Google's JSON.

use billfold::google::design_check::check_design;
use billfold::google::{ClassIdentity, ObjectIdentity, ResourceId, look};
use billfold::loyalty::design::{BarcodeFormat, Design};
use billfold::loyalty::face::{CardFace, CardFacts};
use billfold::types::{Points, Text, Time};
use serde_json::{Value, json};

use crate::design::{facts, rich_design};

fn id(suffix: &str) -> ResourceId {
    format!("3388000000022195611.{suffix}").parse().unwrap()
}

fn now() -> Time {
    Time::parse_rfc3339("2026-11-21T09:30:00Z").unwrap()
}

fn object(design: &Design, facts: &CardFacts) -> Value {
    let (object_id, class_id) = (id("crd_1"), id("prg_1"));
    let identity = ObjectIdentity {
        object_id: &object_id,
        class_id: &class_id,
    };
    look::object_json(&CardFace::draw(design, facts), &identity, now())
}

fn class(design: &Design) -> Value {
    let class_id = id("prg_1");
    let identity = ClassIdentity {
        class_id: &class_id,
        callback_url: Some("https://shop.example/google/callback"),
    };
    let image_url = |name: &str| {
        let hash = design.images.get(name)?;
        Some(format!(
            "https://shop.example/images/{}-{}",
            hash.get(..4)?,
            name.replace('/', "-")
        ))
    };
    look::class_json(design, &Text::plain("Aroma Club"), &identity, &image_url)
}

/// Compares with a golden file; `BILLFOLD_BLESS=1` writes it anew.
fn assert_golden(name: &str, value: &Value) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = serde_json::to_string_pretty(value).unwrap() + "\n";
    if std::env::var_os("BILLFOLD_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn a_rich_design_in_two_languages_is_drawn_as_in_the_golden_files() {
    let design = rich_design();
    assert_golden("google.class.json", &class(&design));
    assert_golden("google.object.json", &object(&design, &facts()));
}

#[test]
fn a_balance_beyond_int32_is_written_as_text() {
    for (balance, expected) in [
        (0, json!({ "int": 0 })),
        (-5, json!({ "int": -5 })),
        (2_147_483_647, json!({ "int": 2_147_483_647 })),
        (2_147_483_648, json!({ "string": "2147483648" })),
    ] {
        let facts = CardFacts {
            balance: Points::new(balance).unwrap(),
            ..facts()
        };
        assert_eq!(
            object(&rich_design(), &facts)["loyaltyPoints"]["balance"],
            expected
        );
    }
}

#[test]
fn the_state_follows_voiding_and_the_end() {
    let state = |facts: &CardFacts| object(&rich_design(), facts)["state"].clone();
    assert_eq!(state(&facts()), "ACTIVE");
    let voided = CardFacts {
        is_voided: true,
        is_quiet: false,
        progress: billfold::loyalty::face::Progress::default(),
        ..facts()
    };
    assert_eq!(state(&voided), "INACTIVE");
    let ended = CardFacts {
        expires_at: Some(now()),
        ..facts()
    };
    assert_eq!(state(&ended), "EXPIRED");
}

#[test]
fn every_barcode_format_has_googles_name_and_only_qr_an_encoding() {
    for (format, name) in [
        (BarcodeFormat::Qr, "QR_CODE"),
        (BarcodeFormat::Pdf417, "PDF_417"),
        (BarcodeFormat::Aztec, "AZTEC"),
        (BarcodeFormat::Code128, "CODE_128"),
        (BarcodeFormat::Ean13, "EAN_13"),
        (BarcodeFormat::Code39, "CODE_39"),
        (BarcodeFormat::Codabar, "CODABAR"),
        (BarcodeFormat::I2of5, "ITF_14"),
    ] {
        let mut design = rich_design();
        design.barcode.formats = vec![format];
        let code = object(&design, &facts())["barcode"].clone();
        assert_eq!(code["type"], name);
        assert_eq!(code.get("renderEncoding").is_some(), format == BarcodeFormat::Qr);
    }
}

#[test]
fn a_nameless_card_has_no_account_name_and_an_empty_design_still_a_whole_object() {
    let design: Design =
        serde_json::from_value(json!({ "organization_name": "A", "description": "B" })).unwrap();
    let facts = CardFacts {
        first_name: String::new(),
        last_name: String::new(),
        tier: String::new(),
        ..facts()
    };
    let object = object(&design, &facts);
    assert!(object.get("accountName").is_none());
    assert!(object.get("secondaryLoyaltyPoints").is_none());
    assert!(object.get("textModulesData").is_none());
    assert_eq!(object["loyaltyPoints"]["label"], "points");
}

#[test]
fn the_eleventh_place_is_left_out_and_told() {
    let mut design = rich_design();
    design.locations = vec![design.locations[0].clone(); 11];
    assert_eq!(class(&design)["merchantLocations"].as_array().unwrap().len(), 10);
    let findings = check_design(&design, &Text::plain("Aroma Club"));
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].code, "google_too_many_locations");
    assert!(!findings[0].is_refused);
}

#[test]
fn a_sound_design_has_no_findings_and_each_fault_has_one() {
    let codes = |design: &Design, name: &str| -> Vec<(String, &'static str)> {
        check_design(design, &Text::plain(name))
            .into_iter()
            .map(|finding| (finding.pointer, finding.code))
            .collect()
    };
    assert_eq!(codes(&rich_design(), "Aroma Club"), vec![]);
    let bend = |change: &dyn Fn(&mut Design)| {
        let mut design = rich_design();
        change(&mut design);
        codes(&design, "Aroma Club")
    };
    let one = |pointer: &str, code: &'static str| vec![(pointer.to_owned(), code)];
    let long = Text::plain("x".repeat(21));
    assert_eq!(
        codes(&rich_design(), &"x".repeat(21)),
        one("/google/program_name", "google_text_cut")
    );
    assert_eq!(
        bend(&|design| design.organization_name = long.clone()),
        one("/organization_name", "google_text_cut")
    );
    assert_eq!(
        bend(&|design| design.google.points_label = Some("ten chars!".into())),
        one("/google/points_label", "google_text_cut")
    );
    assert_eq!(
        bend(&|design| design.google.secondary_value = Some("Platinum".into())),
        one("/google/secondary_value", "google_text_cut")
    );
    assert_eq!(
        bend(&|design| design.google.links[0].uri = "javascript:alert(1)".to_owned()),
        one("/google/links/0/uri", "google_link")
    );
    assert_eq!(
        bend(&|design| design.google.hero = Some("none.png".to_owned())),
        one("/google/hero", "google_image_missing")
    );
    assert_eq!(
        bend(&|design| {
            design.images.remove("icon.png");
            design.images.remove("google/logo.png");
        }),
        one("/images", "google_logo_missing")
    );
    assert_eq!(
        bend(&|design| design.colors.background = "red".to_owned()),
        one("/colors/background", "google_color")
    );
    assert_eq!(
        bend(&|design| design.google.country_code = Some("de".to_owned())),
        one("/google/country_code", "google_country")
    );
    assert_eq!(
        bend(&|design| design.fields.back[1].key = "shop_terms".to_owned()),
        one("/fields/back/1", "google_text_id_twice")
    );
    assert_eq!(
        bend(&|design| design.barcode.formats = vec![BarcodeFormat::Ean13]),
        one("/barcode/formats/0", "google_barcode_digits")
    );
}
