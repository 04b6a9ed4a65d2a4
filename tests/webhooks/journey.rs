//! What a customer's journey tells, and what it does not.

use std::time::{Duration, Instant};

use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::{ActionError, Code, EventType};
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::receiver::House;

fn all() -> Vec<&'static str> {
    EventType::ALL.map(EventType::name).to_vec()
}

on_both_databases! {
    /// Exactly the events of a journey, each with what the API answered.
    /// Shows SR-064 (outgoing webhooks), SR-069 (outgoing webhooks), SR-074 (webhooks).
    async fn a_journey_is_told_event_by_event(database: Database) {
        let house = House::open(database).await;
        let reward = json!({ "name": "Coffee", "cost": 5, "gives": "product" });
        let reward = house.shop.post("/v1/rewards", &with_program(&house, reward)).await;
        assert_eq!(reward.0, 201, "{}", reward.1);
        let endpoint = house.endpoint(&all()).await;

        let enrolled = house.shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let (status, recorded) = house.shop.order(code, "o-1", 1_250).await;
        assert_eq!(status, 201, "{recorded}");
        // The same again is no other order.
        assert_eq!(house.shop.order(code, "o-1", 1_250).await.0, 200);
        let member = enrolled["member"]["id"].as_str().expect("an id");
        let path = format!("/v1/members/{member}/redemptions");
        let (status, issued) = house.shop.post(&path, &json!({ "reward": reward.1["id"] })).await;
        assert_eq!(status, 201, "{issued}");
        let redemption = issued["redemption"]["id"].as_str().expect("an id");
        let (status, completed) = house.shop.post(&format!("/v1/redemptions/{redemption}/complete"), &json!({})).await;
        assert_eq!(status, 200, "{completed}");
        let order = recorded["order"]["id"].as_str().expect("an id");
        let (status, refunded) = house.shop.post(&format!("/v1/orders/{order}/refunds"), &json!({})).await;
        assert_eq!(status, 201, "{refunded}");
        house.settle(&endpoint).await;

        let expected = [
            "card.changed", "card.changed", "card.changed", "card.changed", "member.enrolled", "order.recorded",
            "order.refunded", "reward.completed", "reward.issued",
        ];
        assert_eq!(house.receiver.types(), expected);
        let bodies = house.receiver.bodies();
        let one = |name: &str| -> Value {
            bodies.iter().find(|body| body["type"] == name).expect("told").clone()
        };
        for body in &bodies {
            assert_eq!(body["program"], house.shop.program.as_str());
            assert!(body["id"].as_str().expect("an id").starts_with("wev_"));
            assert!(body["created_at"].is_string());
        }
        assert_eq!(one("member.enrolled")["data"], enrolled);
        assert_eq!(one("order.recorded")["data"], recorded);
        assert_eq!(one("order.refunded")["data"], refunded);
        assert_eq!(one("reward.issued")["data"]["redemption"], issued["redemption"]);
        assert_eq!(one("reward.completed")["data"]["redemption"], completed["redemption"]);
        assert_eq!(one("reward.completed")["data"]["card"], completed["card"]);
        house.shop.running.stop().await;
    }

    /// Whoever is erased is told of, and nothing that told of them before is kept.
    async fn an_erased_member_leaves_nothing_on_the_way(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&["member.enrolled", "member.erased"]).await;
        let enrolled = house.shop.enrol("lina@example.com").await;
        house.settle(&endpoint).await;
        let member = enrolled["member"]["id"].as_str().expect("an id");
        let request = house.shop.request(reqwest::Method::DELETE, &format!("/v1/members/{member}"));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        house.settle(&endpoint).await;
        let kept = house.deliveries(&endpoint).await;
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert_eq!(kept[0]["type"], "member.erased");
        let text = kept[0]["body"].to_string();
        assert!(!text.contains("Lina") && !text.contains("lina@example.com"), "{text}");
        house.shop.running.stop().await;
    }

    /// A deed that is undone is not told of.
    async fn a_transaction_that_fails_leaves_no_delivery(database: Database) {
        let house = House::open(database).await;
        let endpoint = house.endpoint(&all()).await;
        let (deed, program) = (house.deed(), house.shop.program.parse().expect("an id"));
        let failed: Result<(), ActionError> = house.shop.running.house.store.write(move |tx| {
            let enrolment = Enrolment { email: Some("lina@example.com".to_owned()), ..Enrolment::default() };
            enrol(tx, &deed, &program, &enrolment)?;
            Err(ActionError::new(Code::Internal))
        }).await;
        assert!(failed.is_err());
        assert!(house.deliveries(&endpoint).await.is_empty());
        house.shop.running.stop().await;
    }

    /// An endpoint hears what it listens to, of its program; a paused one hears nothing.
    async fn an_endpoint_hears_what_it_listens_to(database: Database) {
        let house = House::open(database).await;
        let few = house.endpoint(&["order.recorded"]).await;
        let other = json!({ "name": "Other", "slug": "other", "currency": "EUR" });
        let (_, other) = house.shop.post("/v1/programs", &other).await;
        let body = json!({ "url": house.receiver.url(), "events": all(), "program": other["id"] });
        let (status, foreign) = house.shop.post("/v1/webhook-endpoints", &body).await;
        assert_eq!(status, 201, "{foreign}");
        let body = json!({ "url": house.receiver.url(), "events": ["member.enrolled"] });
        let (_, everywhere) = house.shop.post("/v1/webhook-endpoints", &body).await;
        let paused = house.endpoint(&all()).await;
        let path = format!("/v1/webhook-endpoints/{paused}");
        let request = house.shop.request(reqwest::Method::PATCH, &path).json(&json!({ "state": "paused" }));
        assert_eq!(request.send().await.expect("an answer").status(), 200);

        let enrolled = house.shop.enrol("lina@example.com").await;
        house.shop.order(enrolled["card"]["code"].as_str().expect("a code"), "o-1", 500).await;
        let count = async |id: &Value| house.deliveries(id.as_str().expect("an id")).await.len();
        assert_eq!(count(&json!(few)).await, 1);
        assert_eq!(count(&foreign["id"]).await, 0);
        assert_eq!(count(&everywhere["id"]).await, 1);
        assert_eq!(count(&json!(paused)).await, 0);
        house.shop.running.stop().await;
    }

    /// An automation's message for somebody whose card is in no wallet goes to the program's own mail service, in their
    /// language; who did not agree is not named.
    async fn a_message_that_no_card_can_show_is_told(database: Database) {
        let house = House::open(database).await;
        let automation = json!({ "name": "Cart", "when": { "event": "cart" }, "webhook": "unreachable",
            "arms": [{ "text": { "en": "Still thinking, {first_name|friend}?", "ar": "هل ما زلت تفكر يا {first_name|صديقنا}؟" } }] });
        let (status, written) = house.shop.post("/v1/automations", &with_program(&house, automation)).await;
        assert_eq!(status, 201, "{written}");
        let path = format!("/v1/automations/{}/start", written["id"].as_str().expect("an id"));
        assert_eq!(house.shop.post(&path, &Value::Null).await.0, 200);
        let endpoint = house.endpoint(&["message.due"]).await;
        let mut members = Vec::new();
        for (name, granted) in [("Lina", true), ("Omar", false)] {
            let body = json!({ "first_name": name, "language": "ar",
                "consents": [{ "purpose": "marketing", "granted": granted }] });
            let (status, enrolled) =
                house.shop.post(&format!("/v1/programs/{}/members", house.shop.program), &body).await;
            assert_eq!(status, 201, "{enrolled}");
            let event = json!({ "card": enrolled["card"]["code"], "external_id": name, "type": "cart" });
            let (status, recorded) = house.shop.post("/v1/events", &event).await;
            assert_eq!(status, 201, "{recorded}");
            members.push(enrolled);
        }
        let results = format!("/v1/automations/{}/results", written["id"].as_str().expect("an id"));
        until_looked_at(&house, &results, 2).await;
        house.settle(&endpoint).await;
        let bodies = house.receiver.bodies();
        let [told] = bodies.as_slice() else { panic!("one is told: {bodies:?}") };
        let data = &told["data"];
        assert_eq!(data["text"], "هل ما زلت تفكر يا Lina؟");
        assert_eq!((&data["language"], &data["is_on_card"]), (&json!("ar"), &json!(false)));
        assert_eq!(data["card"]["code"], members[0]["card"]["code"]);
        assert_eq!(data["automation"], json!({ "id": written["id"], "name": "Cart" }));
        let run = house.shop.get(&results).await.1["runs"][0].clone();
        assert_eq!((&run["sent"], &run["unreachable"], &run["no_consent"]), (&json!(0), &json!(1), &json!(1)));
    }
}

/// Until an automation has looked at so many members.
async fn until_looked_at(house: &House, results: &str, count: i64) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while house.shop.get(results).await.1["runs"][0]["looked_at"] != count {
        assert!(Instant::now() < deadline, "{count} members are looked at");
        tokio::task::yield_now().await;
    }
}

fn with_program(house: &House, mut body: Value) -> Value {
    body["program"] = json!(house.shop.program);
    body
}
