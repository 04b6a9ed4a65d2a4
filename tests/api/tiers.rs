//! Tiers by the API: written, refused where they clash, shown at the till and on the card.

use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Shop, read};
use billfold::types::Role;
use reqwest::Method;

async fn write(shop: &Shop, path: &str, mut body: Value) -> (u16, Value) {
    body["program"] = json!(shop.program);
    shop.post(path, &body).await
}

async fn change(shop: &Shop, path: &str, body: &Value) -> (u16, Value) {
    let sent = shop.request(Method::PATCH, path).json(body).send().await;
    read(sent.expect("an answer")).await
}

/// The pointers and codes of what was refused.
fn faults(body: &Value) -> Vec<(&str, &str)> {
    let list = body["errors"].as_array().expect("faults");
    let texts = list
        .iter()
        .map(|one| (one["pointer"].as_str(), one["code"].as_str()));
    texts
        .map(|(pointer, code)| (pointer.expect("a pointer"), code.expect("a code")))
        .collect()
}

on_both_databases! {
    /// Shows SR-013, SR-151 (perks of a tier): a program has no tiers until somebody writes one; then the till tells how
    /// far it is.
    async fn the_till_tells_the_tier_and_how_far_the_next_is(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code").to_owned();
        let at_till = format!("/v1/cards/{code}");
        assert_eq!(shop.get(&at_till).await.1["tier"], Value::Null);
        let (status, silver) = write(&shop, "/v1/tiers", json!({
            "name": "Silver", "threshold": 50, "perks": [{ "en": "A free topping", "ar": "إضافة مجانية" }],
            "shown_as": { "en": "Silver", "ar": "فضي" },
        })).await;
        assert_eq!(status, 201, "{silver}");
        assert!(silver["id"].as_str().expect("an id").starts_with("tir_"));
        let (status, gold) = write(&shop, "/v1/tiers", json!({ "name": "Gold", "threshold": 200, "multiply": 200 })).await;
        assert_eq!(status, 201, "{gold}");
        let (status, _) = shop.order(&code, "o-1", 6_000).await;
        assert_eq!(status, 201);
        let (_, card) = shop.get(&at_till).await;
        let tier = &card["tier"];
        assert_eq!(tier["reached"]["id"], silver["id"]);
        assert_eq!(tier["reached"]["perks"][0]["ar"], "إضافة مجانية");
        assert_eq!((&tier["progress"], &tier["next"]["name"], &tier["next"]["missing"]), (&json!(60), &json!("Gold"), &json!(140)));
        assert!(tier["until"].is_string(), "{tier}");
        shop.running.stop().await;
    }

    /// Two tiers that could not be told apart are refused, and what cannot be, with pointers; a cashier writes none.
    async fn tiers_that_clash_are_refused(database: Database) {
        let shop = Shop::open(database).await;
        let (_, silver) = write(&shop, "/v1/tiers", json!({ "name": "Silver", "threshold": 50 })).await;
        let (status, body) = write(&shop, "/v1/tiers", json!({ "name": "Silver", "threshold": 50 })).await;
        assert_eq!((status, faults(&body)), (422, vec![("/name", "named_twice"), ("/threshold", "contradiction")]));
        let (status, body) = write(&shop, "/v1/tiers", json!({ "name": "", "threshold": -1, "multiply": 100 })).await;
        assert_eq!(status, 422);
        assert_eq!(faults(&body), vec![("/name", "bad_text"), ("/threshold", "out_of_range"), ("/multiply", "out_of_range")]);
        let rule = json!({ "name": "for gold", "when": "order", "if": [{ "tier": ["Gold"] }],
            "then": { "points": 5, "per": "time" } });
        let (status, body) = write(&shop, "/v1/rules", rule.clone()).await;
        assert_eq!((status, faults(&body)), (422, vec![("/if/0/tier/0", "unknown_tier")]));
        let (status, gold) = write(&shop, "/v1/tiers", json!({ "name": "Gold", "threshold": 100 })).await;
        assert_eq!(status, 201, "{gold}");
        assert_eq!(write(&shop, "/v1/rules", rule).await.0, 201);
        let path = format!("/v1/tiers/{}", gold["id"].as_str().expect("an id"));
        let (status, body) = change(&shop, &path, &json!({ "threshold": 50 })).await;
        assert_eq!((status, faults(&body)), (422, vec![("/threshold", "contradiction")]));
        // Its own name and threshold are no clash, and a paused tier is in nobody's way.
        assert_eq!(change(&shop, &path, &json!({ "threshold": 100, "multiply": 150 })).await.0, 200);
        let other = format!("/v1/tiers/{}", silver["id"].as_str().expect("an id"));
        assert_eq!(change(&shop, &other, &json!({ "active": false })).await.0, 200);
        assert_eq!(change(&shop, &path, &json!({ "threshold": 50 })).await.0, 200);
        let (status, body) = change(&shop, &other, &json!({ "active": true })).await;
        assert_eq!((status, faults(&body)), (422, vec![("/threshold", "contradiction")]));
        let program = format!("/v1/programs/{}", shop.program);
        let (status, body) = change(&shop, &program, &json!({ "policy": { "tiers": { "within": { "days": 2_000 } } } })).await;
        assert_eq!((status, faults(&body)), (422, vec![("/policy/tiers", "out_of_range")]));
        let cashier = shop.key(Role::Cashier, Some(&shop.program)).await;
        let asked = shop.http.post(shop.url("/v1/tiers")).bearer_auth(cashier).json(&json!({ "name": "A", "threshold": 1 }));
        assert_eq!(asked.send().await.expect("an answer").status(), 403);
        shop.running.stop().await;
    }
}
