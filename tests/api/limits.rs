//! What staff may undo, how many orders are too many, and how often a code may be guessed.

use billfold::store::audit;
use billfold::types::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Shop, read};

/// The most unknown codes that a test asks for before it gives up.
const TRIES_MAX: usize = 1_000;

async fn settle(shop: &Shop, policy: Value) -> (u16, Value) {
    let path = format!("/v1/programs/{}", shop.program);
    let sent = shop
        .request(Method::PATCH, &path)
        .json(&json!({ "policy": policy }));
    read(sent.send().await.expect("an answer")).await
}

async fn post_with(shop: &Shop, key: &str, path: &str, body: &Value) -> (u16, Value) {
    let sent = shop
        .http
        .request(Method::POST, shop.url(path))
        .bearer_auth(key)
        .json(body);
    read(sent.send().await.expect("an answer")).await
}

fn order(code: &str, external_id: &str, location: &str) -> Value {
    json!({ "external_id": external_id, "card": code, "total": 500, "location": location })
}

async fn card(shop: &Shop, email: &str) -> String {
    shop.enrol(email).await["card"]["code"]
        .as_str()
        .expect("a code")
        .to_owned()
}

fn reversal(recorded: &Value) -> String {
    format!(
        "/v1/entries/{}/reversal",
        recorded["entries"][0]["id"].as_str().expect("an id")
    )
}

on_both_databases! {
    /// A cashier undoes their own entry at once, nobody else's and none later; a manager always.
    async fn a_cashier_undoes_their_own_entry_for_a_while_and_a_manager_any(database: Database) {
        let shop = Shop::open(database).await;
        let code = card(&shop, "lina@example.com").await;
        let cashier = shop.key(Role::Cashier, Some(&shop.program)).await;
        let other = shop.key(Role::Cashier, Some(&shop.program)).await;
        let manager = shop.key(Role::Manager, Some(&shop.program)).await;
        let (_, first) = post_with(&shop, &cashier, "/v1/orders", &order(&code, "o-1", "a")).await;
        let (status, body) = post_with(&shop, &other, &reversal(&first), &Value::Null).await;
        assert_eq!((status, &body["code"]), (403, &json!("undo_not_own")));
        let (status, body) = post_with(&shop, &cashier, &reversal(&first), &Value::Null).await;
        assert_eq!((status, &body["card"]["balance"]), (201, &json!(10)), "{body}");
        assert_eq!(settle(&shop, json!({ "undo_minutes": 0 })).await.0, 200);
        let (_, second) = post_with(&shop, &cashier, "/v1/orders", &order(&code, "o-2", "a")).await;
        let (status, body) = post_with(&shop, &cashier, &reversal(&second), &Value::Null).await;
        assert_eq!((status, &body["code"]), (403, &json!("undo_too_late")));
        assert_eq!(post_with(&shop, &manager, &reversal(&second), &Value::Null).await.0, 201);
        shop.running.stop().await;
    }

    /// One order too many is refused with the reason and the time to wait; the same order again is no other one, and
    /// other members are not concerned.
    async fn one_order_too_many_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        let (code, other) = (card(&shop, "lina@example.com").await, card(&shop, "omar@example.com").await);
        let safeguard = json!({ "of": "member", "orders": 2, "minutes": 1_440, "then": "refuse" });
        let (status, body) = settle(&shop, json!({ "safeguards": [safeguard, safeguard, { "of": "pair", "orders": 0, "minutes": 1, "then": "flag" }] })).await;
        let pointers: Vec<_> = body["errors"].as_array().expect("faults").iter().map(|one| one["pointer"].clone()).collect();
        assert_eq!((status, pointers), (422, vec![json!("/policy/safeguards/1"), json!("/policy/safeguards/2")]));
        assert_eq!(settle(&shop, json!({ "safeguards": [safeguard] })).await.0, 200);
        for (id, wanted) in [("o-1", 201), ("o-1", 200), ("o-2", 201), ("o-2", 200)] {
            assert_eq!(shop.post("/v1/orders", &order(&code, id, "a")).await.0, wanted, "{id}");
        }
        let sent = shop.request(Method::POST, "/v1/orders").json(&order(&code, "o-3", "a")).send().await.expect("an answer");
        let wait = sent.headers().get("retry-after").expect("a time to wait").to_str().expect("text").parse::<u64>();
        assert!((86_000..=86_400).contains(&wait.expect("seconds")));
        let (status, body) = read(sent).await;
        assert_eq!((status, &body["code"]), (422, &json!("velocity_limit")));
        assert!(body["detail"].as_str().expect("a sentence").contains("`member`"), "{body}");
        assert_eq!(shop.post("/v1/orders", &order(&code, "o-2", "a")).await.0, 200, "known orders are answered");
        assert_eq!(shop.post("/v1/orders", &order(&other, "o-4", "a")).await.0, 201);
        assert_eq!(shop.get(&format!("/v1/cards/{code}")).await.1["card"]["balance"], 20, "nothing of the third is kept");
        shop.running.stop().await;
    }

    /// A sale that is split is flagged where it is split, stands, and is in the audit once.
    async fn a_split_sale_is_flagged_and_stands(database: Database) {
        let shop = Shop::open(database).await;
        let code = card(&shop, "lina@example.com").await;
        let safeguards = json!([
            { "of": "split", "orders": 1, "minutes": 10, "then": "flag" },
            { "of": "staff", "orders": 3, "minutes": 60, "then": "flag" },
        ]);
        assert_eq!(settle(&shop, json!({ "safeguards": safeguards })).await.0, 200);
        let mut flags = Vec::new();
        let mut last = Value::Null;
        for (id, location) in [("o-1", "a"), ("o-2", "b"), ("o-3", "a"), ("o-3", "a"), ("o-4", "b")] {
            let (status, body) = shop.post("/v1/orders", &order(&code, id, location)).await;
            assert!(status == 201 || status == 200, "{body}");
            flags.push(body["order"]["flags"].clone());
            last = body;
        }
        assert_eq!(flags, [json!([]), json!([]), json!(["split"]), json!(["split"]), json!(["split", "staff"])]);
        assert_eq!(last["card"]["balance"], 30, "all of them stand");
        let program = shop.program.parse().expect("an id");
        let deeds = shop.running.house.store.read(move |db| audit::list(db, &program, 100)).await.expect("the audit");
        let flagged: Vec<_> = deeds.iter().filter(|deed| deed.deed == "flag_order").collect();
        assert_eq!(flagged.len(), 2);
        assert_eq!(json!(flagged[0].subject), last["order"]["id"]);
        shop.running.stop().await;
    }

    /// A key that guesses codes has to wait; it may do what needs no code, and other keys may do everything.
    async fn a_key_that_guesses_codes_has_to_wait(database: Database) {
        let shop = Shop::open(database).await;
        let code = card(&shop, "lina@example.com").await;
        let cashier = shop.key(Role::Cashier, Some(&shop.program)).await;
        let get = async |path: &str| {
            let asked = shop.http.request(Method::GET, shop.url(path)).bearer_auth(&cashier);
            asked.send().await.expect("an answer")
        };
        let mut unknown = 0;
        let refused = loop {
            let answer = get("/v1/cards/AAAAAAAAAAAA").await;
            if answer.status() == 429 {
                break answer;
            }
            assert!(matches!(answer.status().as_u16(), 404 | 422), "{}", answer.status());
            unknown += 1;
            assert!(unknown < TRIES_MAX, "nobody stops it");
        };
        assert!(unknown >= 30, "only {unknown} were let through");
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(read(refused).await.1["code"], "too_many_guesses");
        assert_eq!(get("/v1/programs").await.status(), 200);
        assert_eq!(shop.get(&format!("/v1/cards/{code}")).await.0, 200);
        shop.running.stop().await;
    }
}
