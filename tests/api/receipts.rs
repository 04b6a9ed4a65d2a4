//! Receipts: sales without a card, claimed once by one member.

use std::sync::Arc;
use std::time::Duration;

use billfold::types::{Clock as _, ManualClock, Role, SystemClock};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::shop::{Opening, Shop, read};

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn open(database: Database) -> (Shop, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let opening = Opening {
        clock: clock.clone(),
        ..Opening::default()
    };
    (Shop::open_with(database, opening).await, clock)
}

fn sale(shop: &Shop, id: &str) -> Value {
    json!({
        "program": shop.program, "external_id": id, "total": { "amount": 1_250, "currency": "EUR" },
        "lines": [{ "sku": "1", "category": "cake", "quantity": 1, "amount": 1_250 }], "location": "corner",
        "channel": "till",
    })
}

async fn receipt(shop: &Shop, id: &str) -> Value {
    let (status, receipt) = shop.post("/v1/receipts", &sale(shop, id)).await;
    assert_eq!(status, 201, "{receipt}");
    receipt
}

fn claim(receipt: &Value) -> String {
    format!("/v1/receipts/{}/claim", text(&receipt["id"]))
}

on_both_databases! {
    /// The till records the sale, a member claims it once; everybody else is told that it is gone.
    /// Shows SR-091 (a receipt gives a claim link, which credits once).
    async fn a_receipt_is_claimed_once(database: Database) {
        let (shop, clock) = open(database).await;
        let recorded = receipt(&shop, "sale-1").await;
        assert_eq!((&recorded["would_earn"], &recorded["state"]), (&json!(12), &json!("open")));
        let token = text(&recorded["claim_url"]).rsplit('/').next().expect("a token").to_owned();
        assert!(token.len() > 50 && token.starts_with(&text(&recorded["id"])), "{token}");
        let (status, again) = shop.post("/v1/receipts", &sale(&shop, "sale-1")).await;
        assert_eq!((status, &again), (200, &recorded));
        let mut other_sale = sale(&shop, "sale-1");
        other_sale["total"]["amount"] = json!(1_251);
        let (status, body) = shop.post("/v1/receipts", &other_sale).await;
        assert_eq!((status, &body["code"]), (409, &json!("receipt_exists")), "{body}");

        clock.advance(Duration::from_hours(1));
        let (lina, omar) = (shop.enrol("lina@example.com").await, shop.enrol("omar@example.com").await);
        let by_token = format!("/v1/receipts/{token}/claim");
        let (status, claimed) = shop.post(&by_token, &json!({ "card": lina["card"]["code"] })).await;
        assert_eq!(status, 201, "{claimed}");
        assert_eq!(claimed["recorded"]["card"]["balance"], 22);
        assert_eq!(claimed["recorded"]["order"]["external_id"], "sale-1");
        assert_eq!(claimed["recorded"]["order"]["paid_at"], recorded["paid_at"], "by the rules of then");
        assert_eq!(claimed["recorded"]["order"]["detail"]["location"], "corner");
        assert_eq!((&claimed["receipt"]["state"], &claimed["receipt"]["member"]), (&json!("claimed"), &lina["member"]["id"]));
        let (status, same) = shop.post(&claim(&recorded), &json!({ "member": lina["member"]["id"] })).await;
        assert_eq!((status, &same["recorded"]["card"]["balance"]), (200, &json!(22)), "{same}");
        let (status, body) = shop.post(&claim(&recorded), &json!({ "card": omar["card"]["code"] })).await;
        assert_eq!((status, &body["code"]), (409, &json!("already_claimed")), "{body}");
        let (_, shown) = shop.get(&format!("/v1/receipts/{token}")).await;
        assert_eq!(shown["order"], claimed["recorded"]["order"]["id"]);
        let void = format!("/v1/receipts/{}/void", text(&recorded["id"]));
        let (status, body) = shop.post(&void, &Value::Null).await;
        assert_eq!((status, &body["code"]), (409, &json!("already_claimed")), "{body}");
        let refund = format!("/v1/orders/{}/refunds", text(&shown["order"]));
        assert_eq!(shop.post(&refund, &json!({})).await.1["card"]["balance"], 10);
        shop.running.stop().await;
    }

    /// What is too late, was taken back or was sold with a card after all is nobody's to claim; nor may whoever is
    /// blocked.
    async fn a_receipt_that_does_not_count_is_not_claimed(database: Database) {
        let (shop, clock) = open(database).await;
        let lina = shop.enrol("lina@example.com").await;
        let by_card = json!({ "card": lina["card"]["code"] });
        let refused = async |receipt: &Value, wanted: (u16, &str)| {
            let (status, body) = shop.post(&claim(receipt), &by_card).await;
            assert_eq!((status, &body["code"]), (wanted.0, &json!(wanted.1)), "{body}");
        };
        let voided = receipt(&shop, "sale-1").await;
        for _ in 0..2 {
            let (status, body) = shop.post(&format!("/v1/receipts/{}/void", text(&voided["id"])), &Value::Null).await;
            assert_eq!((status, &body["state"]), (200, &json!("voided")), "{body}");
        }
        refused(&voided, (422, "receipt_voided")).await;
        let sold = receipt(&shop, "sale-2").await;
        let mut same = sale(&shop, "sale-2");
        same.as_object_mut().expect("an object").remove("program");
        same["card"] = lina["card"]["code"].clone();
        same["paid_at"] = sold["paid_at"].clone();
        assert_eq!(shop.post("/v1/orders", &same).await.0, 201);
        refused(&sold, (409, "order_exists")).await;
        assert_eq!(shop.get(&format!("/v1/receipts/{}", text(&sold["id"]))).await.1["state"], "open");
        let (status, body) = shop.post("/v1/receipts", &sale(&shop, "sale-2")).await;
        assert_eq!((status, &body["id"]), (200, &sold["id"]), "{body}");
        let (status, _) = shop.order(&text(&lina["card"]["code"]), "sale-3", 500).await;
        assert_eq!(status, 201);
        assert_eq!(shop.post("/v1/receipts", &sale(&shop, "sale-3")).await.1["code"], "order_exists");

        let blocked = receipt(&shop, "sale-4").await;
        let member = format!("/v1/members/{}", text(&lina["member"]["id"]));
        assert_eq!(shop.post(&format!("{member}/block"), &json!({ "reason": "a test" })).await.0, 200);
        refused(&blocked, (422, "member_blocked")).await;
        assert_eq!(shop.post(&format!("{member}/unblock"), &Value::Null).await.0, 200);
        assert_eq!(shop.post(&claim(&blocked), &by_card).await.0, 201, "the refusal left it open");
        let (status, body) = shop.post(&claim(&blocked), &json!({ "card": "ABC" })).await;
        assert_eq!((status, &body["code"]), (422, &json!("unknown_card")), "{body}");

        let late = receipt(&shop, "sale-5").await;
        clock.advance(Duration::from_hours(15 * 24));
        refused(&late, (422, "claim_expired")).await;
        assert_eq!(shop.get(&format!("/v1/receipts/{}", text(&late["id"]))).await.1["state"], "expired");
        shop.running.stop().await;
    }

    /// A receipt is its program's: another program's key does not see it, and no card of another program gets it. A
    /// token of which one letter is another opens nothing.
    async fn a_receipt_is_of_one_program_and_its_token_cannot_be_guessed(database: Database) {
        let (mut shop, _) = open(database).await;
        let recorded = receipt(&shop, "sale-1").await;
        let token = text(&recorded["claim_url"]).rsplit('/').next().expect("a token").to_owned();
        for place in [40, token.len() - 1] {
            let mut bent = token.clone();
            let letter = if &token[place..=place] == "A" { "B" } else { "A" };
            bent.replace_range(place..=place, letter);
            assert_eq!(shop.get(&format!("/v1/receipts/{bent}")).await.0, 404, "{bent}");
        }
        let (_, other) = shop.post("/v1/programs", &json!({ "name": "Other", "currency": "EUR" })).await;
        let stranger = shop.key(Role::Manager, other["id"].as_str()).await;
        let ask = shop.http.request(Method::GET, shop.url(&format!("/v1/receipts/{token}")));
        assert_eq!(read(ask.bearer_auth(&stranger).send().await.expect("an answer")).await.0, 404);
        let mut unnamed = sale(&shop, "sale-2");
        unnamed.as_object_mut().expect("an object").remove("program");
        let (status, body) = shop.post("/v1/receipts", &unnamed).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/program")), "{body}");
        other["id"].as_str().expect("an id").clone_into(&mut shop.program);
        let elsewhere = shop.enrol("lina@example.com").await;
        let (status, body) = shop.post(&claim(&recorded), &json!({ "card": elsewhere["card"]["code"] })).await;
        assert_eq!((status, &body["code"]), (422, &json!("unknown_card")), "{body}");
        shop.running.stop().await;
    }

    /// Of many who claim a receipt at once, over the network, one has it.
    async fn of_many_who_claim_at_once_one_has_it(database: Database) {
        let (shop, _) = open(database).await;
        let mut codes = Vec::new();
        for number in 0..16 {
            codes.push(shop.enrol(&format!("m{number}@example.com")).await["card"]["code"].clone());
        }
        let recorded = receipt(&shop, "sale-1").await;
        let path = claim(&recorded);
        let outcomes = join_all(codes.iter().map(|code| {
            let body = json!({ "card": code });
            let path = &path;
            let shop = &shop;
            async move { shop.post(path, &body).await.0 }
        }))
        .await;
        let count = |wanted: u16| outcomes.iter().filter(|status| **status == wanted).count();
        assert_eq!((count(201), count(409)), (1, 15), "{outcomes:?}");
        shop.running.stop().await;
    }
}
