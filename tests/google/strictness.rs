//! The stand-in refuses what Google refuses: a lenient one would prove nothing.

use billfold::google::{GoogleError, GoogleWallet};
use serde_json::{Value, json};

use crate::house::House;

/// A card with one thing bent.
fn bent(house: &House, bend: impl FnOnce(&mut Value)) -> Value {
    let mut card = house.card_named("bent", 10);
    bend(&mut card);
    card
}

#[tokio::test]
async fn bent_objects_are_refused() {
    let house = House::with_class().await;
    let places = vec![json!({ "latitude": 1.0, "longitude": 2.0 }); 11];
    let cases: Vec<(&str, Value)> = vec![
        (
            "unknown member",
            bent(&house, |card| card["colour"] = json!("red")),
        ),
        (
            "unknown inner member",
            bent(&house, |card| card["barcode"]["size"] = json!(1)),
        ),
        ("unknown word", bent(&house, |card| card["state"] = json!("LOST"))),
        (
            "text for a number",
            bent(&house, |card| {
                card["loyaltyPoints"]["balance"]["int"] = json!("ten");
            }),
        ),
        (
            "beyond int32",
            bent(&house, |card| {
                card["loyaltyPoints"]["balance"]["int"] = json!(2_147_483_648_i64);
            }),
        ),
        (
            "two kinds of balance",
            bent(&house, |card| {
                card["loyaltyPoints"]["balance"]["string"] = json!("10");
            }),
        ),
        ("no state", bent(&house, |card| card["state"] = Value::Null)),
        (
            "a dot in a text's id",
            bent(&house, |card| card["textModulesData"][0]["id"] = json!("a.b")),
        ),
        (
            "an eleventh place",
            bent(&house, |card| card["merchantLocations"] = json!(places)),
        ),
        (
            "encoding without QR",
            bent(&house, |card| card["barcode"]["type"] = json!("AZTEC")),
        ),
        (
            "a class for reading",
            bent(&house, |card| card["classReference"] = json!({})),
        ),
        (
            "a date without sense",
            bent(&house, |card| {
                card["validTimeInterval"]["end"]["date"] = json!("soon");
            }),
        ),
    ];
    for (what, card) in cases {
        let error = house.client.insert_object(&card).await.expect_err(what);
        assert!(matches!(error, GoogleError::Invalid { .. }), "{what}: {error}");
    }
    assert!(house.google.object_ids().is_empty());
    let foreign = bent(&house, |card| card["id"] = json!("3388000000000000001.card"));
    let error = house.client.insert_object(&foreign).await.unwrap_err();
    assert!(matches!(error, GoogleError::PermissionDenied { .. }), "{error}");
}

#[tokio::test]
async fn bent_classes_and_dead_images_are_refused() {
    let house = House::new().await;
    let bent = |bend: &dyn Fn(&mut Value)| {
        let mut class = house.class();
        bend(&mut class);
        class
    };
    let missing = house.receiver.url("/images/missing.png");
    let text = house.receiver.url("/images/text.png");
    for (what, class) in [
        ("no logo", bent(&|class| class["programLogo"] = Value::Null)),
        ("no issuer name", bent(&|class| class["issuerName"] = json!(""))),
        (
            "a colour without sense",
            bent(&|class| class["hexBackgroundColor"] = json!("red")),
        ),
        (
            "a callback in the open",
            bent(&|class| class["callbackOptions"]["url"] = json!("http://shop.example/")),
        ),
        (
            "a dead image",
            bent(&|class| class["programLogo"]["sourceUri"]["uri"] = json!(missing)),
        ),
        (
            "an image that is none",
            bent(&|class| class["heroImage"]["sourceUri"]["uri"] = json!(text)),
        ),
    ] {
        let error = house.client.upsert_class(&class).await.expect_err(what);
        assert!(matches!(error, GoogleError::Invalid { .. }), "{what}: {error}");
    }
    house.client.upsert_class(&house.class()).await.unwrap();
    house.client.upsert_class(&house.class()).await.unwrap();
    assert_eq!(house.receiver.times_fetched("/images/google-logo.png"), 1);
}
