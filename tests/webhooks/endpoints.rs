//! Endpoints in the API: made, shown without their secret, changed, turned, taken away.

use std::time::Duration;

use billfold::delivery::Options;
use billfold::types::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::receiver::House;
use crate::shop::{Opening, Shop, read};

on_both_databases! {
    /// The secret is shown once; a new one stands beside the old one for a day.
    async fn a_secret_is_shown_once_and_turned(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["order.recorded"]).await;
        let shown = house.show(&endpoint).await;
        assert!(shown["secret"].is_null(), "{shown}");
        let (_, listed) = house.shop.get("/v1/webhook-endpoints").await;
        assert!(!listed.to_string().contains("whsec_"), "{listed}");

        let (status, turned) = house.shop.post(&format!("/v1/webhook-endpoints/{endpoint}/rotate"), &json!({})).await;
        assert_eq!(status, 200, "{turned}");
        let secret = turned["secret"].as_str().expect("a secret");
        house.receiver.trust(secret);
        house.test(&endpoint).await;
        house.settle(&endpoint).await;
        let by = house.receiver.last_signed_by();
        assert_eq!(by.len(), 2, "both sign for a day");
        assert_eq!(by[0], secret);
        house.clock.advance(Duration::from_hours(25));
        house.test(&endpoint).await;
        house.settle(&endpoint).await;
        assert_eq!(house.receiver.last_signed_by(), [secret.to_owned()]);
        house.shop.running.stop().await;
    }

    /// What an endpoint cannot be is told field by field, and a stale edit is refused.
    async fn what_an_endpoint_cannot_be_is_refused(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["order.recorded"]).await;
        let bad = json!({ "url": "nowhere", "events": ["order.recorded", "coffee.spilled"] });
        let (status, body) = house.shop.post("/v1/webhook-endpoints", &bad).await;
        let pointers: Vec<&Value> = body["errors"].as_array().expect("errors").iter().map(|one| &one["pointer"]).collect();
        assert_eq!((status, pointers), (422, vec![&json!("/url"), &json!("/events/1")]), "{body}");
        let patch = async |version: &str, change: Value| {
            let path = format!("/v1/webhook-endpoints/{endpoint}");
            let request = house.shop.request(Method::PATCH, &path).header("if-match", version).json(&change);
            read(request.send().await.expect("an answer")).await
        };
        assert_eq!(patch("\"1\"", json!({ "state": "disabled" })).await.0, 422);
        let (status, paused) = patch("\"1\"", json!({ "state": "paused" })).await;
        assert_eq!((status, paused["state"].as_str(), paused["version"].as_i64()), (200, Some("paused"), Some(2)));
        assert_eq!(patch("\"1\"", json!({ "state": "active" })).await.0, 412);
        let (status, body) = house.shop.post(&format!("/v1/webhook-endpoints/{endpoint}/test"), &json!({})).await;
        assert_eq!(status, 422, "{body}");
        let body = json!({ "url": house.receiver.url(), "events": ["order.recorded"], "program": house.shop.program });
        for _ in 1..16 {
            assert_eq!(house.shop.post("/v1/webhook-endpoints", &body).await.0, 201);
        }
        let (status, full) = house.shop.post("/v1/webhook-endpoints", &body).await;
        assert_eq!((status, full["code"].as_str()), (422, Some("limit_reached")));
        house.shop.running.stop().await;
    }
}

/// A key sees the endpoints of its program alone, and none but the owner's may have any.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_endpoint_is_not_found_and_no_other_role_may_ask() {
    let house = House::open(Database::sqlite()).await;
    let endpoint = house.endpoint(&["order.recorded"]).await;
    let other = json!({ "name": "Other", "slug": "other", "currency": "EUR" });
    let (_, other) = house.shop.post("/v1/programs", &other).await;
    let foreign = house.shop.key(Role::Owner, other["id"].as_str()).await;
    let path = format!("/v1/webhook-endpoints/{endpoint}");
    let ask = async |key: &str, method: Method, path: &str| {
        let request = house
            .shop
            .http
            .request(method, house.shop.url(path))
            .bearer_auth(key);
        read(request.send().await.expect("an answer")).await
    };
    assert_eq!(ask(&foreign, Method::GET, &path).await.0, 404);
    assert_eq!(ask(&foreign, Method::DELETE, &path).await.0, 404);
    assert_eq!(
        ask(&foreign, Method::GET, &format!("{path}/deliveries")).await.0,
        404
    );
    let (_, listed) = ask(&foreign, Method::GET, "/v1/webhook-endpoints").await;
    assert_eq!(listed["data"], json!([]));
    for role in [
        Role::Manager,
        Role::Marketer,
        Role::Cashier,
        Role::Integration,
        Role::Auditor,
    ] {
        let key = house.shop.key(role, None).await;
        assert_eq!(ask(&key, Method::GET, &path).await.0, 403, "{role}");
    }
    house.shop.running.stop().await;
}

/// Where private networks are not let through, none is reached: not by a number, nor by a name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_addresses_are_refused_by_default() {
    let opening = Opening {
        delivery: Options::default(),
        ..Opening::default()
    };
    let shop = Shop::open_with(Database::sqlite(), opening).await;
    for (url, code) in [
        ("http://example.com/", "not_https"),
        ("https://127.0.0.1/", "private_address"),
        ("https://[::1]:8443/", "private_address"),
        ("https://localhost/", "private_address"),
        ("https://192.168.0.1/", "private_address"),
        ("https://169.254.169.254/latest/meta-data", "private_address"),
        ("https://me:secret@example.com/", "has_password"),
    ] {
        let body = json!({ "url": url, "events": ["order.recorded"] });
        let (status, refused) = shop.post("/v1/webhook-endpoints", &body).await;
        assert_eq!(
            (status, refused["errors"][0]["code"].as_str()),
            (422, Some(code)),
            "{url}: {refused}"
        );
    }
    // Written so that nothing shows where it leads: it is judged where it is connected to.
    let body = json!({ "url": "https://2130706433/", "events": ["order.recorded"] });
    let (status, made) = shop.post("/v1/webhook-endpoints", &body).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().expect("an id");
    shop.post(&format!("/v1/webhook-endpoints/{id}/test"), &json!({}))
        .await;
    let until = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let (_, shown) = shop.get(&format!("/v1/webhook-endpoints/{id}")).await;
            if shown["last_error"] == "private_address" {
                return;
            }
            tokio::task::yield_now().await;
        }
    });
    until.await.expect("it is refused");
    shop.running.stop().await;
}
