//! Automations by the API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::until;
use crate::house::on_both_databases;
use crate::shop::{Shop, read};

async fn write(shop: &Shop) -> String {
    let body = json!({ "program": shop.program, "name": "Cart", "when": { "event": "cart" },
        "arms": [{ "text": "Still thinking?" }], "gives": { "points": 5 } });
    let (status, made) = shop.post("/v1/automations", &body).await;
    assert_eq!((status, &made["state"]), (201, &json!("draft")), "{made}");
    format!("/v1/automations/{}", made["id"].as_str().expect("an id"))
}

async fn patch(shop: &Shop, path: &str, version: &str, body: &Value) -> (u16, Value) {
    let request = shop.request(Method::PATCH, path).header("if-match", version);
    read(request.json(body).send().await.expect("an answer")).await
}

on_both_databases! {
    /// What is sent in is done by the service itself: the points come, and are given once a day.
    async fn what_happens_sets_it_off(database: Database) {
        let shop = Shop::open(database).await;
        let path = write(&shop).await;
        let (status, enrolled) =
            shop.post(&format!("/v1/programs/{}/members", shop.program), &json!({})).await;
        assert_eq!(status, 201, "{enrolled}");
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let raise = async |name: &str| {
            let event = json!({ "card": code, "external_id": name, "type": "cart" });
            let (status, recorded) = shop.post("/v1/events", &event).await;
            assert_eq!(status, 201, "{recorded}");
        };
        raise("before it is on").await;
        let (status, begun) = shop.post(&format!("{path}/start"), &Value::Null).await;
        assert_eq!((status, &begun["state"]), (200, &json!("on")), "{begun}");
        raise("1").await;
        let results = async || shop.get(&format!("{path}/results")).await.1;
        until("it is done", async || results().await["runs"][0]["looked_at"] == 1).await;
        raise("2").await;
        until("it is looked at again", async || results().await["runs"][0]["looked_at"] == 2).await;
        let run = results().await["runs"][0].clone();
        assert_eq!((&run["given"], &run["no_consent"], &run["sent"]), (&json!(1), &json!(1), &json!(0)), "{run}");
        let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
        let balance = card["card"]["balance"].as_i64().or_else(|| card["balance"].as_i64());
        let before = enrolled["card"]["balance"].as_i64().expect("a balance");
        assert_eq!(balance, Some(before + 5), "{card}");
        shop.running.stop().await;
    }

    async fn it_is_edited_switched_and_ended(database: Database) {
        let shop = Shop::open(database).await;
        let path = write(&shop).await;
        // An automation is no campaign.
        let as_campaign = path.replace("automations", "campaigns");
        assert_eq!(shop.get(&as_campaign).await.0, 404);
        assert_eq!(shop.get("/v1/campaigns").await.1["data"], json!([]));
        let (status, changed) = patch(&shop, &path, "\"1\"", &json!({ "name": "The cart" })).await;
        assert_eq!((status, &changed["version"]), (200, &json!(2)), "{changed}");
        let (status, stale) = patch(&shop, &path, "\"1\"", &json!({ "name": "Late" })).await;
        assert_eq!((status, &stale["code"]), (412, &json!("stale_edit")), "{stale}");
        for (change, pointer, code) in [
            (json!({ "arms": [{ "text": "{first_name}" }] }), "/arms/0/text", "no_fallback"),
            (json!({ "gives": { "reward": "rwd_00000000000000000000000001" } }), "/gives/reward", "unknown_reward"),
            (json!({ "segment": "seg_00000000000000000000000001" }), "/segment", "unknown_segment"),
            (json!({ "when": { "each_day": "25:00" } }), "/when/each_day", "invalid_value"),
            (json!({ "when": "reward_ready" }), "/again_after_days", "missing_field"),
        ] {
            let (status, wrong) = patch(&shop, &path, "\"2\"", &change).await;
            assert_eq!((status, &wrong["errors"][0]["code"]), (422, &json!(code)), "{wrong}");
            assert_eq!(wrong["errors"][0]["pointer"], pointer);
        }
        let end = async || read(shop.request(Method::DELETE, &path).send().await.expect("an answer")).await;
        for (deed, state) in [("pause", "draft"), ("start", "on"), ("start", "on"), ("pause", "off"), ("start", "on")] {
            let (status, body) = shop.post(&format!("{path}/{deed}"), &Value::Null).await;
            assert_eq!((status, &body["state"]), (200, &json!(state)), "{body}");
        }
        for _ in 0..2 {
            let (status, ended) = end().await;
            assert_eq!((status, &ended["state"]), (200, &json!("ended")), "{ended}");
        }
        let (status, over) = shop.post(&format!("{path}/start"), &Value::Null).await;
        assert_eq!((status, &over["code"]), (409, &json!("campaign_over")), "{over}");
        shop.running.stop().await;
    }
}
