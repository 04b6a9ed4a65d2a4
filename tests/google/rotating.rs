//! The code that changes: its shape at Google, and what Google refuses of it.

use billfold::google::design_check::check_design;
use billfold::google::patch::object_patch;
use billfold::google::rotating::{HIDDEN_KEY, with_key};
use billfold::google::{Done, GoogleError, GoogleWallet, ObjectIdentity, look};
use billfold::loyalty::design::BarcodeFormat;
use billfold::loyalty::face::CardFace;
use billfold::types::{Clock as _, Text};
use serde_json::{Value, json};

use crate::design::{facts, rich_design};
use crate::house::House;

/// The RFC 6238 secret, as Google's own example has it.
const KEY: &str = "3132333435363738393031323334353637383930";

/// A card whose code changes, as it is drawn: without its key.
fn card(house: &House, format: BarcodeFormat) -> Value {
    let mut design = rich_design();
    design.google.rotating = true;
    design.barcode.formats = vec![format];
    let (object_id, class_id) = (house.id("rotating"), house.id("program"));
    let identity = ObjectIdentity {
        object_id: &object_id,
        class_id: &class_id,
    };
    let facts = facts();
    look::object_json(&CardFace::draw(&design, &facts), &identity, house.clock.now())
}

#[tokio::test]
async fn a_rotating_code_has_googles_shape_and_no_plain_one_beside_it() {
    let house = House::with_class().await;
    let drawn = card(&house, BarcodeFormat::Qr);
    assert_eq!(
        drawn["rotatingBarcode"],
        json!({
            "type": "QR_CODE",
            "valuePattern": "7KD2-94QF-{totp_timestamp_seconds}-{totp_value_0}",
            "totpDetails": {
                "algorithm": "TOTP_SHA1", "periodMillis": "30000",
                "parameters": [{ "key": HIDDEN_KEY, "valueLength": 8 }],
            },
            "alternateText": "7KD2-94QF",
        })
    );
    assert_eq!(drawn.get("barcode"), None);
    let error = house.client.insert_object(&drawn).await;
    assert!(
        matches!(error, Err(GoogleError::Invalid { .. })),
        "the key is not in it yet: {error:?}"
    );
    let sent = with_key(&drawn, KEY);
    assert_eq!(house.client.insert_object(&sent).await, Ok(Done::Inserted));
    let stored = house.google.object(house.id("rotating").as_str()).unwrap();
    assert_eq!(stored["rotatingBarcode"], sent["rotatingBarcode"]);
    // The link names the object and tells nothing of it.
    let link = house.client.save_link(&house.id("rotating")).unwrap();
    let claims = link.rsplit('/').next().unwrap().split('.').nth(1).unwrap();
    let claims = billfold::types::Base64Url::decode(claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(
        claims["payload"],
        json!({ "loyaltyObjects": [{ "id": house.id("rotating").as_str() }] })
    );
}

#[tokio::test]
async fn only_qr_and_pdf417_rotate() {
    let house = House::with_class().await;
    for (format, kind) in [
        (BarcodeFormat::Qr, Some("QR_CODE")),
        (BarcodeFormat::Pdf417, Some("PDF_417")),
        (BarcodeFormat::Aztec, None),
        (BarcodeFormat::Code128, None),
    ] {
        let drawn = card(&house, format);
        assert_eq!(drawn["rotatingBarcode"]["type"].as_str(), kind);
        assert_eq!(drawn.get("barcode").is_none(), kind.is_some());
        let mut design = rich_design();
        design.google.rotating = true;
        design.barcode.formats = vec![format];
        let findings = check_design(&design, &Text::plain("Aroma Club"));
        let refused = findings
            .iter()
            .any(|one| one.pointer == "/google/rotating" && one.is_refused);
        assert_eq!(refused, kind.is_none(), "{findings:?}");
    }
    let plain = house.card(10);
    assert_eq!(*with_key(&plain, KEY), plain, "a plain code has no key");
}

#[tokio::test]
async fn a_code_that_stops_or_begins_to_rotate_replaces_the_other() {
    let house = House::with_class().await;
    let rotating = with_key(&card(&house, BarcodeFormat::Qr), KEY).into_owned();
    let mut plain = house.card_named("rotating", 240);
    plain["id"] = rotating["id"].clone();
    house.client.insert_object(&rotating).await.unwrap();
    for (old, new) in [(&rotating, &plain), (&plain, &rotating)] {
        let change = object_patch(Some(old), new).unwrap();
        house
            .client
            .patch_object(&house.id("rotating"), &change, new)
            .await
            .unwrap();
        let stored = house.google.object(house.id("rotating").as_str()).unwrap();
        for name in ["barcode", "rotatingBarcode"] {
            assert_eq!(stored.get(name), new.get(name), "{name}");
        }
    }
    let mut richer = rotating.clone();
    richer["loyaltyPoints"]["balance"] = json!({ "int": 7 });
    let change = object_patch(Some(&rotating), &richer).unwrap();
    assert!(change.get("rotatingBarcode").is_none(), "{change}");
}

#[tokio::test]
async fn bent_rotating_codes_are_refused() {
    let house = House::with_class().await;
    let sound = with_key(&card(&house, BarcodeFormat::Qr), KEY).into_owned();
    let details = "/rotatingBarcode/totpDetails";
    for (pointer, value) in [
        ("/rotatingBarcode/type".to_owned(), json!("AZTEC")),
        ("/rotatingBarcode/valuePattern".to_owned(), json!("7KD2")),
        (
            "/rotatingBarcode/valuePattern".to_owned(),
            json!("7KD2-{totp_value_1}"),
        ),
        (
            "/rotatingBarcode/valuePattern".to_owned(),
            json!("7KD2-{code}-{totp_value_0}"),
        ),
        (
            "/rotatingBarcode/valuePattern".to_owned(),
            json!("7KD2-{totp_value_0"),
        ),
        (details.to_owned(), Value::Null),
        (format!("{details}/algorithm"), json!("TOTP_SHA256")),
        (
            format!("{details}/algorithm"),
            json!("TOTP_ALGORITHM_UNSPECIFIED"),
        ),
        (format!("{details}/periodMillis"), json!("0")),
        (format!("{details}/parameters"), json!([])),
        (format!("{details}/parameters/0/key"), json!("GEZDGNBVGY3TQOJQ")),
        (format!("{details}/parameters/0/key"), json!("")),
        (format!("{details}/parameters/0/valueLength"), json!(0)),
    ] {
        let mut bent = sound.clone();
        *bent.pointer_mut(&pointer).expect("there") = value;
        let error = house.client.insert_object(&bent).await.expect_err(&pointer);
        assert!(matches!(error, GoogleError::Invalid { .. }), "{pointer}: {error}");
    }
    assert!(house.google.object_ids().is_empty());
}
