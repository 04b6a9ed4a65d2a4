//! Campaigns by the API, over the real wire to phones of both kinds.

use std::sync::Arc;

use billfold::simulator::phones::{Network, Phone};
use billfold::types::SystemClock;
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::until;
use crate::house::on_both_databases;
use crate::shop::{PASS_TYPE, Shop, read};

fn hello(shop: &Shop) -> Value {
    json!({ "program": shop.program, "name": "Hello", "members": { "joined": { "at_least_days": 0 } },
        "arms": [{ "text": { "en": "Hi {first_name|friend}, {points} points wait.", "ar": "لديك {points} نقطة" } }] })
}

async fn write(shop: &Shop) -> String {
    let (status, made) = shop.post("/v1/campaigns", &hello(shop)).await;
    assert_eq!((status, &made["state"]), (201, &json!("draft")), "{made}");
    format!("/v1/campaigns/{}", made["id"].as_str().expect("an id"))
}

fn phone(shop: &Shop) -> Phone {
    let root = String::from_utf8(shop.authority.root().to_pem().expect("PEM")).expect("text");
    let network = Network::new(&root, Arc::new(SystemClock)).expect("a network");
    Phone::new("Lina's", "en".parse().expect("a tag"), &network)
}

/// Somebody who agrees to hear news.
async fn enrol(shop: &Shop) -> Value {
    let body = json!({ "consents": [{ "purpose": "marketing", "granted": true }] });
    let (status, enrolled) = shop
        .post(&format!("/v1/programs/{}/members", shop.program), &body)
        .await;
    assert_eq!(status, 201, "{enrolled}");
    enrolled
}

async fn patch(shop: &Shop, path: &str, version: &str, body: &Value) -> (u16, Value) {
    let request = shop.request(Method::PATCH, path).header("if-match", version);
    read(request.json(body).send().await.expect("an answer")).await
}

on_both_databases! {
    /// Shows SR-087 (a campaign from its draft to what it did), over the wire: Apple's phone says the text, Google's card
    /// has it as a message, both are counted, and cancelling takes it from both.
    async fn a_campaign_reaches_phones_of_both_kinds(database: Database) {
        let shop = Shop::open(database).await;
        let phone = phone(&shop);
        let lina = enrol(&shop).await;
        let omar = enrol(&shop).await;
        let url = lina["card"]["passes"]["apple"]["url"].as_str().expect("a link");
        let serial = phone.add(url).await.expect("a pass");
        let object = omar["card"]["passes"]["google"]["object_id"].as_str().expect("an object");
        until("the object", async || shop.google.object(object).is_some()).await;
        shop.google.save(object).expect("saved");
        let path = write(&shop).await;
        let estimate = async || shop.get(&format!("{path}/estimate")).await.1;
        until("both can be reached", async || estimate().await["google"] == 1 && estimate().await["apple"] == 1).await;
        assert_eq!(estimate().await["members"], 2);

        let (status, begun) = shop.post(&format!("{path}/schedule"), &json!({ "now": true })).await;
        assert_eq!((status, &begun["state"]), (200, &json!("scheduled")), "{begun}");
        let results = async || shop.get(&format!("{path}/results")).await.1;
        until("it is over", async || results().await["campaign"]["state"] == "done").await;
        phone.on_push(PASS_TYPE).await;
        let texts = || -> Vec<String> { phone.notices().into_iter().map(|notice| notice.text).collect() };
        until("the notice", async || texts().last().is_some_and(|text| text == "Hi friend, 10 points wait.")).await;
        let messages = || shop.google.object(object).expect("an object")["messages"].clone();
        until("the message at Google", async || messages()[0]["body"] == "Hi friend, 10 points wait.").await;
        assert_eq!(messages()[0]["messageType"], "TEXT_AND_NOTIFY");
        assert_eq!(messages().as_array().map(Vec::len), Some(1), "once");
        until("both are counted", async || {
            let found = results().await;
            let one = &found["reactions"][0];
            (&one["members"], &one["apple_fetched"], &one["google_given"]) == (&json!(2), &json!(1), &json!(1))
        }).await;
        let found = results().await;
        assert_eq!((&found["runs"][0]["sent"], &found["uplift"]), (&json!(2), &Value::Null), "{found}");

        let (status, ended) = shop.post(&format!("{path}/cancel"), &Value::Null).await;
        assert_eq!((status, &ended["state"]), (200, &json!("cancelled")), "{ended}");
        let says = || phone.pass(&serial).is_some_and(|held| format!("{held:?}").contains("points wait"));
        until("the text is gone", async || {
            phone.on_push(PASS_TYPE).await;
            !says()
        }).await;
        assert_eq!(phone.violations(), [""; 0]);
        shop.running.stop().await;
    }

    async fn a_draft_is_edited_and_what_was_begun_is_not(database: Database) {
        let shop = Shop::open(database).await;
        let path = write(&shop).await;
        let (status, changed) = patch(&shop, &path, "\"1\"", &json!({ "name": "Hello again", "hold_out_percent": 10 })).await;
        assert_eq!((status, &changed["version"], &changed["name"]), (200, &json!(2), &json!("Hello again")), "{changed}");
        let (status, stale) = patch(&shop, &path, "\"1\"", &json!({ "name": "Late" })).await;
        assert_eq!((status, &stale["code"]), (412, &json!("stale_edit")), "{stale}");
        let (status, wrong) = patch(&shop, &path, "\"2\"", &json!({ "arms": [{ "text": "{first_name}" }] })).await;
        assert_eq!((status, &wrong["errors"][0]["code"]), (422, &json!("no_fallback")), "{wrong}");
        assert_eq!(wrong["errors"][0]["pointer"], "/arms/0/text");
        let later = json!({ "schedule": { "at": "2999-12-31T09:00" } });
        assert_eq!(patch(&shop, &path, "\"2\"", &later).await.0, 200);
        let (status, planned) = shop.post(&format!("{path}/schedule"), &json!({})).await;
        assert_eq!((status, &planned["state"]), (200, &json!("scheduled")), "{planned}");
        let (status, refused) = patch(&shop, &path, "\"4\"", &json!({ "name": "Late" })).await;
        assert_eq!((status, &refused["code"]), (409, &json!("campaign_begun")), "{refused}");
        for (deed, state) in [("pause", "paused"), ("pause", "paused"), ("resume", "scheduled"), ("cancel", "cancelled")] {
            let (status, body) = shop.post(&format!("{path}/{deed}"), &Value::Null).await;
            assert_eq!((status, &body["state"]), (200, &json!(state)), "{body}");
        }
        let (status, over) = shop.post(&format!("{path}/resume"), &Value::Null).await;
        assert_eq!((status, &over["code"]), (409, &json!("campaign_over")), "{over}");
        let (status, unknown) = shop.post(&format!("{path}/test"), &json!({ "card": "0000000000000" })).await;
        assert_eq!((status, &unknown["code"]), (422, &json!("unknown_card")), "{unknown}");
        assert_eq!(shop.get(&format!("{path}/results?days=91")).await.0, 400);
        shop.running.stop().await;
    }
}
