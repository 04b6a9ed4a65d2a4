//! Orders, refunds, undo: what moves points.

use serde_json::json;

use crate::house::on_both_databases;
use crate::shop::Shop;

on_both_databases! {
    /// The contract's own example: enrol, then order.
    async fn an_order_earns_a_point_for_each_euro(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        assert_eq!((enrolled["card"]["balance"].as_i64(), enrolled["card"]["version"].as_i64()), (Some(10), Some(1)));
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let (status, body) = shop.order(code, "till-1-000042", 1_250).await;
        assert_eq!(status, 201, "{body}");
        assert_eq!(body["entries"][0]["points"], 12);
        assert_eq!(body["entries"][0]["kind"], "earn");
        assert_eq!((body["card"]["balance"].as_i64(), body["card"]["version"].as_i64()), (Some(22), Some(2)));
        // 50 cents are carried: with 50 more they make a point.
        let (_, body) = shop.order(code, "till-1-000043", 50).await;
        assert_eq!(body["card"]["balance"], 23);
        shop.running.stop().await;
    }

    /// A lost answer and a second try must not pay twice.
    async fn a_repeated_order_answers_the_same_and_earns_once(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let (first, body) = shop.order(code, "A", 1_000).await;
        let (again, same) = shop.order(code, "A", 1_000).await;
        assert_eq!((first, again), (201, 200));
        assert_eq!(body, same);
        let (status, clash) = shop.order(code, "A", 1_001).await;
        assert_eq!((status, clash["code"].as_str()), (409, Some("order_exists")));
        let send = || async {
            let request = shop.request(reqwest::Method::POST, "/v1/orders").header("Idempotency-Key", "\"k1\"");
            let response = request.json(&plain(code, "B", 500)).send().await.expect("an answer");
            let replayed = response.headers().contains_key("idempotency-replayed");
            (response.status().as_u16(), replayed, response.text().await.expect("a body"))
        };
        let (one, two) = (send().await, send().await);
        assert_eq!((one.0, one.1, two.0, two.1), (201, false, 201, true));
        assert_eq!(one.2, two.2);
        let other = shop.request(reqwest::Method::POST, "/v1/orders").header("Idempotency-Key", "k1");
        let other = other.json(&plain(code, "C", 1)).send().await.expect("an answer");
        assert_eq!(other.status(), 422);
        let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
        assert_eq!(card["card"]["balance"], 25);
        shop.running.stop().await;
    }

    /// Refunds take back pro rata, never more than was earned, and never twice.
    async fn refunds_take_back_what_was_earned_and_no_more(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let (_, order) = shop.order(code, "A", 1_000).await;
        let path = format!("/v1/orders/{}/refunds", order["order"]["id"].as_str().expect("an id"));
        let part = json!({ "external_id": "R1", "amount": { "amount": 333, "currency": "EUR" } });
        let (status, refund) = shop.post(&path, &part).await;
        assert_eq!((status, refund["entries"][0]["points"].as_i64()), (201, Some(-3)), "{refund}");
        let (status, _) = shop.post(&path, &part).await;
        assert_eq!(status, 200);
        let (status, refund) = shop.post(&path, &json!({})).await;
        assert_eq!((status, refund["card"]["balance"].as_i64()), (201, Some(10)), "{refund}");
        let (status, refund) = shop.post(&path, &json!({})).await;
        assert_eq!((status, refund["code"].as_str()), (422, Some("already_refunded")));
        shop.running.stop().await;
    }

    /// Undo works once, and an order that was undone is not taken back again by a refund.
    async fn an_undone_entry_is_undone_once(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let (_, order) = shop.order(code, "A", 1_000).await;
        let path = format!("/v1/entries/{}/reversal", order["entries"][0]["id"].as_str().expect("an id"));
        let (status, undone) = shop.post(&path, &json!({})).await;
        assert_eq!((status, undone["card"]["balance"].as_i64()), (201, Some(10)), "{undone}");
        let (status, undone) = shop.post(&path, &json!({})).await;
        assert_eq!((status, undone["code"].as_str()), (409, Some("already_reversed")));
        let path = format!("/v1/orders/{}/refunds", order["order"]["id"].as_str().expect("an id"));
        let (status, refund) = shop.post(&path, &json!({})).await;
        assert_eq!((status, refund["card"]["balance"].as_i64()), (201, Some(10)), "{refund}");
        shop.running.stop().await;
    }

    /// Doubled offline sync: a till that was cut off sends its queue of sales, loses the answers midway, and sends all
    /// of it again, from two windows at once; each sale counts once, and the till is told which were known.
    async fn a_queue_sent_again_after_lost_answers_counts_each_sale_once(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let (_, known) = shop.order(code, "before", 1_000).await;
        let refund = format!("/v1/orders/{}/refunds", known["order"]["id"].as_str().expect("an id"));
        let mut queue: Vec<_> = (0..QUEUED)
            .map(|number| {
                let mut sale = plain(code, &format!("offline-{number}"), 100 * (number + 1));
                sale["paid_at"] = json!("2026-11-18T10:00:00Z");
                ("/v1/orders".to_owned(), sale)
            })
            .collect();
        queue.insert(5, (refund, json!({ "external_id": "offline-return" })));
        let send = async |queue: &[(String, serde_json::Value)]| {
            let mut new = 0;
            for (path, body) in queue {
                let (status, answer) = shop.post(path, body).await;
                assert!(matches!(status, 200 | 201), "{path} {body}: {status} {answer}");
                new += usize::from(status == 201);
            }
            new
        };
        // The answers to these never arrived.
        let lost = send(&queue[..8]).await;
        assert_eq!(lost, 8);
        let (one, two) = futures_util::join!(send(&queue), send(&queue));
        assert_eq!(one + two, queue.len() - 8);
        assert_eq!(send(&queue).await, 0);
        let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
        // The welcome, and a point for each euro of the queue; what was returned is gone.
        assert_eq!(card["card"]["balance"], 10 + QUEUED * (QUEUED + 1) / 2);
        let member = enrolled["member"]["id"].as_str().expect("an id");
        let (_, entries) = shop.get(&format!("/v1/members/{member}/entries?limit=200")).await;
        let entries = entries["data"].as_array().expect("entries").len();
        // One for the welcome, the first order, its return, and each of the queue.
        assert_eq!(i64::try_from(entries).expect("few"), 3 + QUEUED);
        shop.running.stop().await;
    }
}

/// Sales that a till keeps while it is cut off.
const QUEUED: i64 = 20;

/// An order whose total is a plain number, in the program's currency.
fn plain(code: &str, external_id: &str, cents: i64) -> serde_json::Value {
    json!({ "external_id": external_id, "card": code, "total": cents })
}
