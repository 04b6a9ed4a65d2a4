//! Refunds by lines: what goes back is what just these lines earned.

use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::Shop;

/// Two cups of tea for 6.00, a cake for 3.00 and a shipping line for 1.00.
fn basket(code: &str, external_id: &str) -> Value {
    json!({ "external_id": external_id, "card": code, "total": 1_000, "lines": [
        { "sku": "T", "category": "tea", "quantity": 2, "amount": 600 },
        { "sku": "C", "category": "cake", "quantity": 1, "amount": 300 },
        { "category": "shipping", "quantity": 1, "amount": 100 },
    ] })
}

async fn open(database: crate::house::Database) -> (Shop, String) {
    let shop = Shop::open(database).await;
    let policy = json!({ "policy": { "excluded_categories": ["shipping"] } });
    let path = format!("/v1/programs/{}", shop.program);
    let sent = shop.request(reqwest::Method::PATCH, &path).json(&policy).send();
    assert_eq!(sent.await.expect("an answer").status(), 200);
    for rule in [
        json!({ "name": "cups", "when": "order", "of": { "category": ["tea"] }, "then": { "points": 5, "per": "item" } }),
        json!({ "name": "cakes", "when": "order", "of": { "sku": ["C"] }, "then": { "points": 7, "per": { "spend": 100 } } }),
    ] {
        let mut rule = rule;
        rule["program"] = json!(shop.program);
        let (status, body) = shop.post("/v1/rules", &rule).await;
        assert_eq!(status, 201, "{body}");
    }
    let enrolled = shop.enrol("lina@example.com").await;
    let code = enrolled["card"]["code"].as_str().expect("a code").to_owned();
    (shop, code)
}

async fn buy(shop: &Shop, code: &str, external_id: &str) -> String {
    let (status, body) = shop.post("/v1/orders", &basket(code, external_id)).await;
    assert_eq!(status, 201, "{body}");
    // 9 for the money, 10 for two cups, 21 for the cake.
    assert_eq!(body["order"]["earned"], 40, "{body}");
    body["order"]["id"].as_str().expect("an id").to_owned()
}

async fn refund(shop: &Shop, order: &str, body: Value) -> (u16, Value) {
    shop.post(&format!("/v1/orders/{order}/refunds"), &body).await
}

/// The money and the points of a refund that must succeed.
async fn back(shop: &Shop, order: &str, body: Value) -> (i64, i64) {
    let (status, body) = refund(shop, order, body).await;
    assert_eq!(status, 201, "{body}");
    let number = |value: &Value| value.as_i64().expect("a number");
    (
        number(&body["refund"]["amount"]["amount"]),
        number(&body["refund"]["points"]),
    )
}

on_both_databases! {
    /// Each line takes back what it earned: pieces by pieces, money by money, what is excluded nothing; in the end the
    /// card is where it was.
    async fn lines_take_back_what_they_earned(database: Database) {
        let (shop, code) = open(database).await;
        let order = buy(&shop, &code, "o-1").await;
        assert_eq!(back(&shop, &order, json!({ "lines": [{ "line": 2, "quantity": 1 }] })).await, (100, 0), "shipping");
        assert_eq!(back(&shop, &order, json!({ "lines": [{ "line": 0, "quantity": 1 }] })).await, (300, 8), "a cup");
        assert_eq!(back(&shop, &order, json!({ "lines": [{ "line": 1, "quantity": 1 }] })).await, (300, 24), "the cake");
        let (status, body) = refund(&shop, &order, json!({ "external_id": "r", "lines": [{ "line": 0, "quantity": 1 }] })).await;
        assert_eq!((status, &body["refund"]["points"]), (201, &json!(8)), "{body}");
        assert_eq!(body["refund"]["lines"], json!([{ "line": 0, "quantity": 1, "amount": 300 }]));
        assert_eq!((&body["order"]["refunded"]["amount"], &body["order"]["taken_back"]), (&json!(1_000), &json!(40)));
        assert_eq!(body["card"]["balance"], 10, "only the welcome is left");
        let (status, again) = refund(&shop, &order, json!({ "external_id": "r", "lines": [{ "line": 0, "quantity": 1 }] })).await;
        assert_eq!((status, &again["refund"]), (200, &body["refund"]), "sent again");
        let (status, other) = refund(&shop, &order, json!({ "external_id": "r", "lines": [{ "line": 1, "quantity": 1 }] })).await;
        assert_eq!((status, &other["code"]), (409, &json!("refund_exists")));
        shop.running.stop().await;
    }

    /// Lines and amounts together never give back more than was paid, nor take more than was earned.
    async fn lines_and_amounts_together_take_back_no_more_than_was_earned(database: Database) {
        let (shop, code) = open(database).await;
        let order = buy(&shop, &code, "o-1").await;
        let (minor, first) = back(&shop, &order, json!({ "amount": { "amount": 500, "currency": "EUR" } })).await;
        // Halves are rounded towards taking less: 4 of 9, 10 of 21, 5 of 10.
        assert_eq!((minor, first), (500, 19));
        let (minor, second) = back(&shop, &order, json!({ "lines": [{ "line": 1, "quantity": 1 }] })).await;
        assert_eq!(minor, 300);
        let (status, body) = refund(&shop, &order, json!({ "lines": [{ "line": 0, "quantity": 1 }] })).await;
        assert_eq!((status, &body["code"]), (422, &json!("not_refundable")), "only 2.00 are left");
        let (minor, third) = back(&shop, &order, json!({ "lines": [{ "line": 0, "quantity": 1, "amount": 150 }] })).await;
        assert_eq!(minor, 150);
        let (minor, last) = back(&shop, &order, json!({})).await;
        assert_eq!((minor, first + second + third + last), (50, 40));
        let (status, body) = refund(&shop, &order, json!({ "lines": [{ "line": 2, "quantity": 1 }] })).await;
        assert_eq!((status, &body["code"]), (422, &json!("already_refunded")));
        assert_eq!(shop.get(&format!("/v1/cards/{code}")).await.1["card"]["balance"], 10);
        shop.running.stop().await;
    }

    /// What was not bought, was given back before, or is not said clearly is refused, with the place of the line.
    async fn what_cannot_go_back_is_refused_with_its_place(database: Database) {
        let (shop, code) = open(database).await;
        let order = buy(&shop, &code, "o-1").await;
        let euro = json!({ "amount": 100, "currency": "EUR" });
        for (body, code, pointer) in [
            (json!({ "amount": euro, "lines": [{ "line": 0, "quantity": 1 }] }), "invalid", "/lines"),
            (json!({ "lines": [] }), "invalid", "/lines"),
            (json!({ "lines": [{ "line": 0, "quantity": 1 }, { "line": 3, "quantity": 1 }] }), "invalid", "/lines/1"),
            (json!({ "lines": [{ "line": 0, "quantity": 0 }] }), "invalid", "/lines/0"),
            (json!({ "lines": [{ "line": 0, "quantity": -1 }] }), "invalid", "/lines/0"),
            (json!({ "lines": [{ "line": 0, "quantity": 3 }] }), "not_refundable", "/lines/0"),
            (json!({ "lines": [{ "line": 1, "quantity": 1 }, { "line": 1, "quantity": 1 }] }), "not_refundable", "/lines/1"),
            (json!({ "lines": [{ "line": 1, "quantity": 1, "amount": 301 }] }), "not_refundable", "/lines/0"),
        ] {
            let (status, answer) = refund(&shop, &order, body.clone()).await;
            assert_eq!((status, &answer["code"], &answer["errors"][0]["pointer"]), (422, &json!(code), &json!(pointer)), "{body}: {answer}");
        }
        let (_, shown) = shop.get(&format!("/v1/orders/{order}")).await;
        assert_eq!((&shown["refunded"]["amount"], &shown["taken_back"]), (&json!(0), &json!(0)), "nothing was kept");
        shop.running.stop().await;
    }
}
