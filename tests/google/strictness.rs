//! The stand-in refuses what Google refuses: a lenient one would prove nothing.

use billfold::google::{Attempt, GoogleError, GoogleWallet, MessageTarget, ServiceAccount};
use billfold::types::Clock;
use serde_json::{Value, json};

use crate::errors::message;
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

/// A caller with an HTTP client of its own.
struct Raw<'h> {
    house: &'h House,
    http: reqwest::Client,
    account: ServiceAccount,
}

impl<'h> Raw<'h> {
    fn new(house: &'h House) -> Self {
        let root = reqwest::Certificate::from_pem(&house.authority.root().to_pem().unwrap()).unwrap();
        let http = reqwest::Client::builder()
            .tls_certs_only([root])
            .no_proxy()
            .http1_only()
            .build()
            .unwrap();
        let key = house.google.service_account_json().unwrap();
        let account = ServiceAccount::from_json(key.as_bytes(), "key.json").unwrap();
        Self { house, http, account }
    }

    fn claims(&self) -> Value {
        let now = self.house.clock.now().secs();
        json!({
            "iss": self.account.email(),
            "scope": "https://www.googleapis.com/auth/wallet_object.issuer",
            "aud": self.account.token_url(),
            "iat": now,
            "exp": now + 3_600,
        })
    }

    async fn grant(&self, kind: &str, assertion: &str) -> (u16, Value) {
        let form = [("grant_type", kind), ("assertion", assertion)];
        let answer = self
            .http
            .post(self.account.token_url())
            .form(&form)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn call(&self, method: reqwest::Method, path: &str, body: &Value) -> (u16, Value) {
        let assertion = self.account.sign(&self.claims()).unwrap();
        let (_, granted) = self.grant(GRANT, &assertion).await;
        let url = format!("{}/walletobjects/v1/{path}", self.house.google.api_url());
        let request = self
            .http
            .request(method, url)
            .bearer_auth(granted["access_token"].as_str().unwrap());
        let answer = request.json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

#[tokio::test]
async fn bent_assertions_bring_no_token() {
    let house = House::new().await;
    let raw = Raw::new(&house);
    let bent = |name: &str, value: Value| {
        let mut claims = raw.claims();
        claims[name] = value;
        raw.account.sign(&claims).unwrap()
    };
    let now = house.clock.now().secs();
    let sound = raw.account.sign(&raw.claims()).unwrap();
    for (what, kind, assertion, code) in [
        (
            "another grant",
            "password",
            sound.clone(),
            "unsupported_grant_type",
        ),
        (
            "another account",
            GRANT,
            bent("iss", json!("x@y")),
            "invalid_grant",
        ),
        (
            "another audience",
            GRANT,
            bent("aud", json!("https://x")),
            "invalid_grant",
        ),
        (
            "another scope",
            GRANT,
            bent("scope", json!("email")),
            "invalid_scope",
        ),
        (
            "too long a life",
            GRANT,
            bent("exp", json!(now + 3_601)),
            "invalid_grant",
        ),
        ("ended", GRANT, bent("exp", json!(now)), "invalid_grant"),
        (
            "ahead of time",
            GRANT,
            bent("iat", json!(now + 301)),
            "invalid_grant",
        ),
        (
            "a changed signature",
            GRANT,
            sound.replace('.', ".A"),
            "invalid_grant",
        ),
    ] {
        let (status, body) = raw.grant(kind, &assertion).await;
        assert_eq!(
            (status, body["error"].as_str()),
            (400, Some(code)),
            "{what}: {body}"
        );
    }
    assert_eq!(raw.grant(GRANT, &sound).await.0, 200);
}

#[tokio::test]
async fn a_put_replaces_all_and_loses_the_messages() {
    let house = House::with_card().await;
    let id = house.id("card");
    let target = MessageTarget::Object(&id);
    house
        .client
        .add_message(target, &message(1).quiet(), Attempt::First)
        .await
        .unwrap();
    let raw = Raw::new(&house);
    let (status, _) = raw
        .call(
            reqwest::Method::PUT,
            &format!("loyaltyObject/{id}"),
            &house.card(11),
        )
        .await;
    assert_eq!(status, 200);
    assert!(house.stored().get("messages").is_none());
    let class_path = format!("loyaltyClass/{}", house.id("program"));
    for (change, status) in [
        (json!({ "programName": "X" }), 400),
        (json!({ "programName": "X", "reviewStatus": "APPROVED" }), 400),
        (json!({ "programName": "X", "reviewStatus": "DRAFT" }), 400),
        (json!({ "programName": "X", "reviewStatus": "underReview" }), 200),
    ] {
        let answer = raw.call(reqwest::Method::PATCH, &class_path, &change).await;
        assert_eq!(answer.0, status, "{change}: {}", answer.1);
    }
}

#[tokio::test]
async fn lists_come_in_pages() {
    let house = House::with_class().await;
    for name in ["a", "b", "c"] {
        house
            .client
            .insert_object(&house.card_named(name, 1))
            .await
            .unwrap();
    }
    let raw = Raw::new(&house);
    let path = format!("loyaltyObject?classId={}&maxResults=2", house.id("program"));
    let (_, first) = raw.call(reqwest::Method::GET, &path, &Value::Null).await;
    assert_eq!(first["resources"].as_array().unwrap().len(), 2);
    let token = first["pagination"]["nextPageToken"].as_str().unwrap();
    let (_, rest) = raw
        .call(
            reqwest::Method::GET,
            &format!("{path}&token={token}"),
            &Value::Null,
        )
        .await;
    assert_eq!(rest["resources"][0]["id"], house.id("c").as_str());
    assert_eq!(rest["pagination"]["nextPageToken"], Value::Null);
}

#[tokio::test]
async fn a_fat_link_creates_what_is_absent_and_changes_nothing_that_is_there() {
    let house = House::with_class().await;
    let raw = Raw::new(&house);
    let link = |balance: i64| {
        let claims = json!({
            "iss": raw.account.email(), "aud": "google", "typ": "savetowallet",
            "iat": house.clock.now().secs(), "origins": [],
            "payload": { "loyaltyObjects": [house.card(balance)] },
        });
        format!(
            "{}/{}",
            house.google.save_url(),
            raw.account.sign(&claims).unwrap()
        )
    };
    for balance in [10, 99] {
        house.google.open_link(&link(balance)).unwrap();
        assert_eq!(house.stored()["loyaltyPoints"]["balance"], json!({ "int": 10 }));
    }
}
