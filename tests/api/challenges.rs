//! Challenges by the API: written, refused where they cannot be met, shown at the till.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Shop, read};
use billfold::types::{RewardId, Role};

async fn write(shop: &Shop, more: Value) -> (u16, Value) {
    let mut body = json!({ "program": shop.program, "name": "Three visits", "when": "order", "goal": { "times": 3 },
        "within": { "days": 14 }, "then": { "points": 50 } });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    shop.post("/v1/challenges", &body).await
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
    /// Shows SR-034: the till tells 1/3 and 2/3, the third visit brings the bonus with its reason.
    async fn the_till_tells_how_far_a_challenge_is(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code").to_owned();
        let at_till = format!("/v1/cards/{code}");
        assert_eq!(shop.get(&at_till).await.1["challenges"], json!([]));
        let (status, written) = write(&shop, json!({ "shown_as": { "en": "3 visits", "ar": "٣ زيارات" } })).await;
        assert_eq!(status, 201, "{written}");
        assert!(written["id"].as_str().expect("an id").starts_with("chl_"));
        for visit in 1..=3 {
            let asked = json!({ "external_id": "asked", "card": code, "total": 500 });
            let (_, told) = shop.post("/v1/orders/simulate", &asked).await;
            let told = &told["challenges"][0];
            assert_eq!((&told["before"], &told["after"], &told["points"]),
                (&json!(visit - 1), &json!(visit), &json!(if visit == 3 { 50 } else { 0 })), "{told}");
            let (status, order) = shop.order(&code, &format!("o-{visit}"), 500).await;
            assert_eq!(status, 201, "{order}");
            let (_, card) = shop.get(&at_till).await;
            let standing = &card["challenges"][0];
            assert_eq!(standing["id"], written["id"]);
            assert_eq!((&standing["done"], &standing["goal"], &standing["wins"]),
                (&json!(visit), &json!(3), &json!(visit / 3)), "{standing}");
            assert_eq!(standing["until"].is_string(), visit < 3, "{standing}");
            assert_eq!(card["card"]["balance"], json!(10 + visit * 5 + if visit == 3 { 50 } else { 0 }));
            let bonus = order["entries"].as_array().expect("entries").iter().find(|entry| entry["kind"] == "promotion");
            assert_eq!(bonus.map(|entry| entry["points"].clone()), (visit == 3).then(|| json!(50)));
        }
        shop.running.stop().await;
    }

    /// What can never be met or contradicts itself is refused with pointers; a cashier writes none.
    async fn challenges_that_cannot_be_met_are_refused(database: Database) {
        let shop = Shop::open(database).await;
        for (more, expected) in [
            (json!({ "goal": { "times": 0 } }), ("/goal/times", "out_of_range")),
            (json!({ "when": { "event": "review" }, "goal": { "items": 2 } }), ("/goal/items", "never_applies")),
            (json!({ "if": [{ "order_number": 5 }] }), ("/goal/times", "never_applies")),
            (json!({ "then": { "reward": RewardId::new(shop.running.house.now()) } }), ("/then/reward", "unknown_reward")),
            (json!({ "then": {} }), ("/then/points", "out_of_range")),
            (json!({ "if": [{ "tier": ["Gold"] }] }), ("/if/0/tier/0", "unknown_tier")),
            (json!({ "mood": "good" }), ("/mood", "unknown_field")),
        ] {
            let (status, body) = write(&shop, more.clone()).await;
            assert_eq!(status, 422, "{more}: {body}");
            assert_eq!(faults(&body), [expected], "{more}");
        }
        let (_, written) = write(&shop, json!({})).await;
        let path = format!("/v1/challenges/{}", written["id"].as_str().expect("an id"));
        let change = shop.request(Method::PATCH, &path).json(&json!({ "goal": { "spend": 5_000 }, "wins": 2 }));
        let (status, changed) = read(change.send().await.expect("an answer")).await;
        assert_eq!((status, &changed["goal"], &changed["wins"], &changed["version"]), (200, &json!({ "spend": 5_000 }), &json!(2), &json!(2)));
        let cashier = shop.key(Role::Cashier, Some(&shop.program)).await;
        let asked = shop.http.post(shop.url("/v1/challenges")).bearer_auth(cashier).json(&json!({ "name": "A" }));
        assert_eq!(asked.send().await.expect("an answer").status(), 403);
        shop.running.stop().await;
    }
}
