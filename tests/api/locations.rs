//! Locations by the API: made, changed, ended; and what the cards of the program know of them.

use billfold::types::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

fn main_street(shop: &Shop) -> Value {
    json!({ "program": shop.program, "code": "main-street", "name": "Main street", "address": "Main street 5",
            "position": { "latitude": 52.520_008, "longitude": 13.404_954 },
            "relevant_text": { "en": "Coffee?", "ar": "قهوة؟" } })
}

async fn send(shop: &Shop, method: Method, path: &str, version: Option<&str>, body: &Value) -> (u16, Value) {
    let mut request = shop.request(method, path).json(body);
    if let Some(version) = version {
        request = request.header("if-match", version);
    }
    read(request.send().await.expect("an answer")).await
}

/// What a member's pass says of places, and the version of their card.
async fn on_card(shop: &Shop, enrolled: &Value) -> (Value, i64) {
    let member = enrolled["member"]["id"].as_str().expect("an id");
    let path = format!("/v1/programs/{}/design/preview?member={member}", shop.program);
    let (status, preview) = shop.get(&path).await;
    assert_eq!(status, 200, "{preview}");
    let code = enrolled["card"]["code"].as_str().expect("a code");
    let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
    let places = json!([
        preview["apple"]["pass"]["locations"],
        preview["google"]["object"]["merchantLocations"]
    ]);
    (places, card["card"]["version"].as_i64().expect("a version"))
}

on_both_databases! {
    async fn a_location_is_made_changed_and_ended(database: Database) {
        let shop = Shop::open(database).await;
        let (status, made) = shop.post("/v1/locations", &main_street(&shop)).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!((&made["code"], &made["state"], &made["version"], &made["position"]["longitude"]),
                   (&json!("main-street"), &json!("active"), &json!(1), &json!(13.404_954)), "{made}");
        let (status, twin) = shop.post("/v1/locations", &main_street(&shop)).await;
        assert_eq!((status, &twin["errors"][0]["code"]), (422, &json!("code_taken")), "{twin}");
        let path = format!("/v1/locations/{}", made["id"].as_str().expect("an id"));
        let change = json!({ "name": "Market", "relevant_text": null });
        let (status, changed) = send(&shop, Method::PATCH, &path, Some("\"1\""), &change).await;
        assert_eq!((status, &changed["name"], &changed["relevant_text"], &changed["version"]),
                   (200, &json!("Market"), &Value::Null, &json!(2)), "{changed}");
        assert_eq!(send(&shop, Method::PATCH, &path, Some("\"1\""), &change).await.0, 412);
        let (status, ended) = send(&shop, Method::DELETE, &path, None, &Value::Null).await;
        assert_eq!((status, &ended["state"]), (200, &json!("ended")), "{ended}");
        let (_, list) = shop.get("/v1/locations").await;
        assert_eq!(list["data"], json!([ended]), "{list}");
        let (_, again) = send(&shop, Method::PATCH, &path, None, &json!({ "state": "active" })).await;
        assert_eq!(again["state"], "active", "{again}");
        shop.running.stop().await;
    }

    /// In the holder's own words; a card changes when the places do, and only then. Shows SR-121 (offered where the shop is).
    async fn cards_know_the_places_of_the_shop(database: Database) {
        let shop = Shop::open(database).await;
        let path = format!("/v1/programs/{}/members", shop.program);
        let (_, lina) = shop.post(&path, &json!({ "first_name": "Lina", "language": "ar" })).await;
        let (before, version) = on_card(&shop, &lina).await;
        assert_eq!(before, json!([null, null]));
        let (_, made) = shop.post("/v1/locations", &main_street(&shop)).await;
        let (known, after) = on_card(&shop, &lina).await;
        let place = json!({ "latitude": 52.520_008, "longitude": 13.404_954 });
        assert_eq!(known[0][0]["relevantText"], "قهوة؟", "{known}");
        assert_eq!((&known[0][0]["latitude"], &known[1]), (&place["latitude"], &json!([place])), "{known}");
        assert_eq!(after, version + 1);

        let path = format!("/v1/locations/{}", made["id"].as_str().expect("an id"));
        send(&shop, Method::PATCH, &path, None, &json!({ "address": "Main street 6" })).await;
        assert_eq!(on_card(&shop, &lina).await, (known, after), "nothing that a card shows");
        send(&shop, Method::DELETE, &path, None, &Value::Null).await;
        assert_eq!(on_card(&shop, &lina).await, (json!([null, null]), after + 1));
        shop.running.stop().await;
    }

    /// An order may name a place that is in no list, as before there was one.
    async fn an_order_may_name_any_place(database: Database) {
        let shop = Shop::open(database).await;
        shop.post("/v1/locations", &main_street(&shop)).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let order = json!({ "external_id": "o-1", "card": enrolled["card"]["code"], "location": "The old mill",
            "total": { "amount": 500, "currency": "EUR" } });
        let (status, recorded) = shop.post("/v1/orders", &order).await;
        assert_eq!(status, 201, "{recorded}");
        shop.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_location_cannot_be_is_refused_with_where_and_why() {
    let shop = Shop::open(Database::sqlite()).await;
    for (field, value, pointer, code) in [
        ("code", json!(" "), "/code", "bad_text"),
        ("code", json!("x".repeat(65)), "/code", "bad_text"),
        ("name", json!(""), "/name", "bad_text"),
        ("name", json!("a\nb"), "/name", "bad_text"),
        ("address", json!("x".repeat(201)), "/address", "bad_text"),
        (
            "position",
            json!({ "latitude": 90.1, "longitude": 0 }),
            "/position/latitude",
            "out_of_range",
        ),
        (
            "position",
            json!({ "latitude": 0, "longitude": -180.5 }),
            "/position/longitude",
            "out_of_range",
        ),
        (
            "relevant_text",
            json!({ "en": "ok", "fa": "x".repeat(101) }),
            "/relevant_text",
            "bad_text",
        ),
    ] {
        let mut body = main_street(&shop);
        body[field] = value.clone();
        let (status, refused) = shop.post("/v1/locations", &body).await;
        let fault = &refused["errors"][0];
        assert_eq!(
            (status, fault["pointer"].as_str(), fault["code"].as_str()),
            (422, Some(pointer), Some(code)),
            "{field} {value}: {refused}"
        );
    }
    let (_, list) = shop.get("/v1/locations").await;
    assert_eq!(list["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locations_of_another_program_are_not_found_and_only_those_who_lead_write() {
    let shop = Shop::open(Database::sqlite()).await;
    let (_, made) = shop.post("/v1/locations", &main_street(&shop)).await;
    let path = format!("/v1/locations/{}", made["id"].as_str().expect("an id"));
    let other = json!({ "name": "Other", "slug": "other", "currency": "EUR" });
    let (_, other) = shop.post("/v1/programs", &other).await;
    let ask = async |key: &str, method: Method, path: &str, body: &Value| {
        let request = shop
            .http
            .request(method, shop.url(path))
            .bearer_auth(key)
            .json(body);
        read(request.send().await.expect("an answer")).await
    };
    let foreign = shop.key(Role::Owner, other["id"].as_str()).await;
    assert_eq!(ask(&foreign, Method::GET, &path, &Value::Null).await.0, 404);
    assert_eq!(ask(&foreign, Method::DELETE, &path, &Value::Null).await.0, 404);
    let (_, list) = ask(&foreign, Method::GET, "/v1/locations", &Value::Null).await;
    assert_eq!(list["data"], json!([]));
    for (role, status) in [
        (Role::Manager, 200),
        (Role::Marketer, 403),
        (Role::Cashier, 403),
        (Role::Integration, 403),
        (Role::Auditor, 403),
    ] {
        let key = shop.key(role, Some(&shop.program)).await;
        assert_eq!(ask(&key, Method::GET, &path, &Value::Null).await.0, 200, "{role}");
        let body = json!({ "address": "elsewhere" });
        assert_eq!(ask(&key, Method::PATCH, &path, &body).await.0, status, "{role}");
    }
}
