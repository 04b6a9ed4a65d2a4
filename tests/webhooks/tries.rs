//! Tries: again after failures, for three days, at most one holder at a time; and what ends them.

use std::collections::BTreeMap;
use std::time::Duration;

use billfold::delivery::{Upkeep, Webhooks};
use serde_json::Value;

use crate::house::on_both_databases;
use crate::receiver::{Answer, House, options};

const DAY: Duration = Duration::from_hours(24);

on_both_databases! {
    /// 500, then 200: tried again when its time has come and not before.
    async fn a_failure_is_tried_again(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["member.enrolled"]).await;
        house.receiver.answer(&[Answer::Status(500)]);
        house.test(&endpoint).await;
        house.settle(&endpoint).await;
        assert_eq!(house.receiver.bodies().len(), 1);
        let shown = house.show(&endpoint).await;
        assert_eq!((shown["last_status"].as_i64(), shown["last_error"].as_str()), (Some(500), Some("status")));
        assert!(shown["failing_since"].is_string(), "{shown}");
        house.worker.step().await.expect("a step");
        assert_eq!(house.receiver.bodies().len(), 1, "before its time");
        house.clock.advance(Duration::from_secs(10));
        house.settle(&endpoint).await;
        let one = &house.deliveries(&endpoint).await[0];
        assert_eq!((one["state"].as_str(), one["attempts"].as_i64()), (Some("delivered"), Some(2)));
        let bodies = house.receiver.bodies();
        assert_eq!((bodies.len(), bodies[0]["id"].clone()), (2, bodies[1]["id"].clone()));
        assert!(house.show(&endpoint).await["failing_since"].is_null());
        house.shop.running.stop().await;
    }

    /// One that hangs, redirects or never ends is left in time.
    async fn a_receiver_that_misbehaves_is_left_in_time(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["member.enrolled"]).await;
        for (answer, error, count) in [(Answer::Hang, Some("timeout"), 1), (Answer::Redirect, Some("redirect"), 2), (Answer::Endless, None, 3)] {
            house.receiver.answer(&[answer]);
            house.clock.advance(Duration::from_mins(1));
            if count == 1 {
                house.test(&endpoint).await;
            }
            house.settle(&endpoint).await;
            let one = &house.deliveries(&endpoint).await[0];
            assert_eq!((one["last_error"].as_str(), one["attempts"].as_i64()), (error, Some(count)), "{answer:?}");
            assert_eq!(house.receiver.bodies().len(), usize::try_from(count).expect("few"), "nothing follows a redirect");
        }
        assert_eq!(house.deliveries(&endpoint).await[0]["state"], "delivered", "its status came");
        house.shop.running.stop().await;
    }

    /// 410 stops the endpoint at once; made active again it gets what still waits.
    async fn an_endpoint_that_is_gone_is_stopped_at_once(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["member.enrolled"]).await;
        house.receiver.answer(&[Answer::Status(410)]);
        house.test(&endpoint).await;
        house.until("the stop", async || house.show(&endpoint).await["state"] == "disabled").await;
        assert_eq!(house.show(&endpoint).await["disabled_for"], "gone");
        house.shop.enrol("lina@example.com").await;
        assert_eq!(house.deliveries(&endpoint).await.len(), 1, "nothing is kept for one that is stopped");
        let path = format!("/v1/webhook-endpoints/{endpoint}");
        let active = house.shop.request(reqwest::Method::PATCH, &path).json(&serde_json::json!({ "state": "active" }));
        assert_eq!(active.send().await.expect("an answer").status(), 200);
        house.clock.advance(Duration::from_mins(1));
        house.settle(&endpoint).await;
        assert_eq!(house.deliveries(&endpoint).await[0]["state"], "delivered");
        house.shop.running.stop().await;
    }

    /// Three days of nothing but failures: the event is given up and the endpoint stopped, and the books say so.
    async fn three_days_of_failures_stop_an_endpoint(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["member.enrolled"]).await;
        house.receiver.answer(&[Answer::Status(500); 60]);
        house.test(&endpoint).await;
        let mut hours = 0;
        while house.show(&endpoint).await["state"] == "active" {
            house.settle(&endpoint).await;
            house.clock.advance(Duration::from_hours(1));
            hours += 1;
            assert!(hours <= 74, "it is still tried after {hours} hours");
        }
        assert!(hours >= 72, "stopped after {hours} hours");
        let shown = house.show(&endpoint).await;
        assert_eq!((shown["state"].as_str(), shown["disabled_for"].as_str()), (Some("disabled"), Some("failing")));
        let one = &house.deliveries(&endpoint).await[0];
        assert_eq!(one["state"], "failed");
        assert!((15..=25).contains(&one["attempts"].as_i64().expect("a number")), "{one}");
        let program = house.shop.program.parse().expect("an id");
        let read = house.shop.running.house.store.read(move |db| {
            billfold::store::audit::list_before(db, &program, None, Some("disable_webhook"), 10)
        });
        assert_eq!(read.await.expect("the books").len(), 1);
        house.shop.running.stop().await;
    }

    /// Several workers on one database: each event arrives once as long as nobody dies. (At least once is promised.)
    async fn several_workers_send_each_event_once(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["member.enrolled"]).await;
        let second = Webhooks::new(house.shop.running.house.clone(), options().webhook_limit).expect("a worker");
        for number in 0..60 {
            house.shop.enrol(&format!("m{number}@example.com")).await;
            let (one, other) = tokio::join!(house.worker.step(), second.step());
            one.expect("a step");
            other.expect("a step");
        }
        house.settle(&endpoint).await;
        house.until("the last", async || house.receiver.bodies().len() >= 60).await;
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for body in house.receiver.bodies() {
            *times.entry(body["id"].as_str().expect("an id").to_owned()).or_default() += 1;
        }
        assert_eq!(times.len(), 60);
        assert!(times.values().all(|count| *count == 1), "{times:?}");
        house.shop.running.stop().await;
    }

    /// What is older than 30 days is dropped, and so is what waited for an endpoint that was taken away.
    async fn old_webhooks_are_dropped(database: Database) {
        let house = House::open(database).await;
        let (endpoint, other) = (house.endpoint(&["member.enrolled"]).await, house.endpoint(&["member.enrolled"]).await);
        house.test(&endpoint).await;
        house.test(&other).await;
        house.settle(&endpoint).await;
        house.settle(&other).await;
        let upkeep = Upkeep::new(house.shop.running.house.clone());
        house.clock.advance(29 * DAY);
        upkeep.drop_expired().await.expect("dropped");
        assert_eq!(house.deliveries(&endpoint).await.len(), 1);
        let removed = house.shop.request(reqwest::Method::DELETE, &format!("/v1/webhook-endpoints/{other}"));
        assert_eq!(removed.send().await.expect("an answer").status(), 200);
        house.clock.advance(2 * DAY);
        upkeep.drop_expired().await.expect("dropped");
        assert!(house.deliveries(&endpoint).await.is_empty());
        let (status, _) = house.shop.get(&format!("/v1/webhook-endpoints/{other}/deliveries")).await;
        assert_eq!(status, 404);
        house.shop.running.stop().await;
    }

    /// Sent again by hand, whatever became of it.
    async fn a_delivery_is_sent_again_by_hand(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["member.enrolled"]).await;
        house.test(&endpoint).await;
        house.settle(&endpoint).await;
        let one: Value = house.deliveries(&endpoint).await[0].clone();
        let path = format!("/v1/webhook-endpoints/{endpoint}/deliveries/{}/resend", one["id"].as_str().expect("an id"));
        let (status, again) = house.shop.post(&path, &serde_json::json!({})).await;
        assert_eq!((status, again["state"].as_str()), (200, Some("due")), "{again}");
        house.settle(&endpoint).await;
        let bodies = house.receiver.bodies();
        assert_eq!(bodies.len(), 2);
        assert_eq!(bodies[0], bodies[1]);
        house.shop.running.stop().await;
    }
}
