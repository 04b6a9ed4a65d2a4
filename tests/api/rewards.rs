//! Rewards: for points, by themselves, given by rules; used once, given back with what earned them.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

/// Writers at once where one thing is left.
const AT_ONCE: usize = 64;

/// A shop with a member.
struct Counter {
    shop: Shop,
    member: String,
    code: String,
}

impl Counter {
    /// A shop whose program earns so many points a euro, nothing for signing up.
    async fn open(database: Database, points: i64) -> Self {
        let mut shop = Shop::open(database).await;
        let program = json!({
            "name": "Stamps", "slug": "stamps", "currency": "EUR", "earning": { "points": points, "per_minor": 100 },
            "time_zone": "Europe/Berlin",
        });
        let (status, body) = shop.post("/v1/programs", &program).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().expect("an id").clone_into(&mut shop.program);
        let enrolled = shop.enrol("lina@example.com").await;
        Self {
            member: text(&enrolled["member"]["id"]),
            code: text(&enrolled["card"]["code"]),
            shop,
        }
    }

    /// Posts JSON and expects a status.
    async fn post(&self, path: &str, body: &Value, wanted: u16) -> Value {
        let (status, answer) = self.shop.post(path, body).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        answer
    }

    /// Writes a term of the program; gives its id.
    async fn write(&self, path: &str, mut body: Value) -> String {
        body["program"] = json!(self.shop.program);
        text(&self.post(path, &body, 201).await["id"])
    }

    async fn reward(&self, body: Value) -> String {
        self.write("/v1/rewards", body).await
    }

    /// An order of so many cents for so many coffees.
    async fn buy(&self, id: &str, total: i64, coffees: i64) -> Value {
        let order = json!({
            "external_id": id, "card": self.code, "total": total,
            "lines": [{ "category": "coffee", "quantity": coffees, "amount": total }],
        });
        self.post("/v1/orders", &order, 201).await
    }

    async fn refund(&self, order: &Value, cents: Option<i64>) -> Value {
        let path = format!("/v1/orders/{}/refunds", text(&order["order"]["id"]));
        let body = match cents {
            Some(cents) => json!({ "amount": { "amount": cents, "currency": "EUR" } }),
            None => json!({}),
        };
        self.post(&path, &body, 201).await
    }

    async fn give_points(&self, points: i64) {
        let path = format!("/v1/members/{}/adjustments", self.member);
        self.post(&path, &json!({ "points": points, "reason": "a test" }), 201)
            .await;
    }

    async fn want(&self, reward: &str) -> (u16, Value) {
        let path = format!("/v1/members/{}/redemptions", self.member);
        self.shop.post(&path, &json!({ "reward": reward })).await
    }

    /// What the till sees: the balance, and how many rewards the member holds.
    async fn sees(&self) -> (i64, usize) {
        let card = self.at_till().await;
        let held = card["redemptions"].as_array().expect("a list").len();
        (card["card"]["balance"].as_i64().expect("a balance"), held)
    }

    async fn at_till(&self) -> Value {
        let (status, card) = self.shop.get(&format!("/v1/cards/{}", self.code)).await;
        assert_eq!(status, 200, "{card}");
        card
    }

    async fn close(self) {
        self.shop.running.stop().await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn stamp() -> Value {
    json!({ "name": "A stamp for each coffee", "when": "order", "of": { "category": ["coffee"] },
            "then": { "points": 1, "per": "item" } })
}

fn sixth_free() -> Value {
    json!({ "name": "The sixth is free", "gives": { "free_item": { "category": ["coffee"] } }, "cost": 5,
            "automatic": true })
}

on_both_databases! {
    /// Five bought, the sixth free; eleven in one order bring two rewards and leave one stamp.
    /// Shows SR-080 (eleven at once).
    async fn eleven_stamps_at_once_are_two_rewards_and_one_stamp(database: Database) {
        let counter = Counter::open(database, 0).await;
        counter.write("/v1/rules", stamp()).await;
        counter.reward(sixth_free()).await;
        let bought = counter.buy("A", 3_300, 11).await;
        assert_eq!(bought["redemptions"].as_array().map(Vec::len), Some(2), "{bought}");
        assert_eq!(counter.sees().await, (1, 2));
        let again = counter.post("/v1/orders", &json!({
            "external_id": "A", "card": counter.code, "total": 3_300,
            "lines": [{ "category": "coffee", "quantity": 11, "amount": 3_300 }],
        }), 200).await;
        assert_eq!(again["redemptions"].as_array().map(Vec::len), Some(2), "a repeat brings nothing more");
        assert_eq!(counter.sees().await, (1, 2));
        counter.close().await;
    }

    /// Refund one of the five: the unused reward goes back, and with it the other four stamps.
    /// Shows SR-080 (the refund).
    async fn a_refund_of_a_stamp_takes_the_unused_reward_back(database: Database) {
        let counter = Counter::open(database, 0).await;
        counter.write("/v1/rules", stamp()).await;
        counter.reward(sixth_free()).await;
        let mut orders = Vec::new();
        for number in 0..5 {
            orders.push(counter.buy(&format!("{number}"), 300, 1).await);
        }
        assert_eq!(counter.sees().await, (0, 1));
        counter.refund(&orders[1], None).await;
        assert_eq!(counter.sees().await, (4, 0));
        // Bought again: the fifth stamp, and the reward.
        counter.buy("again", 300, 1).await;
        assert_eq!(counter.sees().await, (0, 1));
        counter.close().await;
    }

    /// Buy, take the free one, return what was bought: the reward is gone, so the stamps are owed.
    async fn a_used_reward_leaves_a_debt_that_later_stamps_pay(database: Database) {
        let counter = Counter::open(database, 0).await;
        counter.write("/v1/rules", stamp()).await;
        counter.reward(sixth_free()).await;
        let bought = counter.buy("A", 1_500, 5).await;
        let redemption = text(&bought["redemptions"][0]["id"]);
        counter.post(&format!("/v1/redemptions/{redemption}/complete"), &json!({}), 200).await;
        counter.refund(&bought, None).await;
        assert_eq!(counter.sees().await, (-5, 0));
        counter.buy("B", 1_500, 5).await;
        assert_eq!(counter.sees().await, (0, 0), "what is owed is paid first");
        counter.close().await;
    }

    /// A member who owes points still has what costs none, and the order that brings it is not refused.
    async fn who_owes_points_still_gets_what_costs_none(database: Database) {
        let counter = Counter::open(database, 1).await;
        let bought = counter.buy("A", 1_000, 1).await;
        let path = format!("/v1/members/{}/adjustments", counter.member);
        counter.post(&path, &json!({ "points": -10, "reason": "a test" }), 201).await;
        counter.refund(&bought, None).await;
        assert_eq!(counter.sees().await, (-10, 0));
        let gift = counter.reward(json!({ "name": "A biscuit", "gives": "product" })).await;
        counter.write("/v1/rules", json!({
            "name": "With every order", "when": "order", "then": { "reward": gift, "per": "time" },
        })).await;
        counter.buy("B", 100, 1).await;
        assert_eq!(counter.sees().await, (-9, 1));
        assert_eq!(counter.want(&gift).await.0, 201);
        counter.close().await;
    }

    /// Spend that crosses 300 in three orders gives one half-price voucher; a refund below takes it back if unused.
    /// Shows SR-117.
    async fn a_voucher_for_300_spent_goes_back_when_a_refund_falls_below(database: Database) {
        let counter = Counter::open(database, 0).await;
        let voucher = counter.reward(json!({
            "name": "Half price", "gives": { "percent_off": { "percent": 50, "of": "order" } }, "valid_days": 60,
        })).await;
        counter.write("/v1/rules", json!({
            "name": "300 spent", "when": "order", "then": { "reward": voucher, "per": { "spend": 30_000 } },
        })).await;
        counter.buy("A", 12_000, 1).await;
        counter.buy("B", 12_000, 1).await;
        assert_eq!(counter.sees().await, (0, 0));
        let third = counter.buy("C", 10_000, 1).await;
        assert_eq!(third["redemptions"].as_array().map(Vec::len), Some(1), "{third}");
        // 340 were spent. 30 back: still above.
        counter.refund(&third, Some(3_000)).await;
        assert_eq!(counter.sees().await, (0, 1));
        counter.refund(&third, Some(2_000)).await;
        assert_eq!(counter.sees().await, (0, 0));
        // 290 spent: ten more cross it again.
        counter.buy("D", 1_000, 1).await;
        assert_eq!(counter.sees().await, (0, 1));
        counter.close().await;
    }

    /// A survey of five questions gives ten per cent off one item, once.
    /// Shows SR-116 (the reward of it).
    async fn an_answered_survey_gives_ten_per_cent_off_one_item(database: Database) {
        let counter = Counter::open(database, 1).await;
        let off = counter.reward(json!({
            "name": "Ten per cent", "gives": { "percent_off": { "percent": 10, "of": "item" } }, "valid_days": 14,
        })).await;
        counter.write("/v1/rules", json!({
            "name": "Survey", "when": { "event": "survey_answered" }, "then": { "reward": off, "per": "time" },
            "limits": [{ "times": 1, "within": "ever" }],
        })).await;
        for id in ["survey-1", "survey-1-again"] {
            let event = json!({ "type": "survey_answered", "external_id": id, "card": counter.code,
                                "data": { "answers": [1, 2, 3, 4, 5] } });
            counter.post("/v1/events", &event, 201).await;
        }
        let card = counter.at_till().await;
        assert_eq!(card["redemptions"].as_array().map(Vec::len), Some(1), "{card}");
        assert_eq!(card["redemptions"][0]["reward"], off.as_str());
        assert!(card["redemptions"][0]["expires_at"].is_string());
        counter.close().await;
    }

    /// A reward is paid for when it is issued, handed over once, and its code is dead afterwards.
    /// Shows SR-033 (the code in the same answer, points taken once).
    async fn a_reward_is_paid_for_and_handed_over_once(database: Database) {
        let counter = Counter::open(database, 1).await;
        let cup = counter.reward(json!({ "name": "A cup", "gives": "product", "cost": 100 })).await;
        let (status, refused) = counter.want(&cup).await;
        assert_eq!((status, refused["code"].as_str()), (422, Some("insufficient_points")));
        counter.give_points(130).await;
        let till = counter.at_till().await;
        assert_eq!(till["rewards"][0]["id"], cup.as_str());
        let (status, issued) = counter.want(&cup).await;
        assert_eq!(status, 201, "{issued}");
        assert_eq!((issued["entries"][0]["kind"].as_str(), issued["entries"][0]["points"].as_i64()), (Some("redeem"), Some(-100)));
        assert_eq!(counter.sees().await, (30, 1));
        let till = counter.at_till().await;
        assert_eq!((till["next_reward"]["id"].as_str(), till["next_reward"]["missing"].as_i64()), (Some(cup.as_str()), Some(70)));
        let path = format!("/v1/redemptions/{}", text(&issued["redemption"]["id"]));
        let done = counter.post(&format!("{path}/complete"), &json!({}), 200).await;
        assert_eq!(done["redemption"]["state"], "completed");
        for (end, body) in [("complete", json!({})), ("cancel", Value::Null)] {
            let (status, again) = counter.shop.post(&format!("{path}/{end}"), &body).await;
            assert_eq!((status, again["code"].as_str()), (409, Some("redemption_settled")), "{end}");
        }
        let (_, shown) = counter.shop.get(&path).await;
        assert_eq!(shown["state"], "completed");
        assert_eq!(counter.sees().await, (30, 0));
        counter.close().await;
    }

    /// A cancelled reward gives its points, its place in the stock and the member's limit back.
    async fn a_cancelled_reward_is_as_if_it_had_not_been(database: Database) {
        let counter = Counter::open(database, 1).await;
        let cup = counter.reward(json!({
            "name": "A cup", "gives": "product", "cost": 100, "stock": 1, "limits": [{ "times": 1, "within": "ever" }],
        })).await;
        counter.give_points(200).await;
        let (_, issued) = counter.want(&cup).await;
        let (status, refused) = counter.want(&cup).await;
        assert_eq!((status, refused["code"].as_str()), (422, Some("limit_reached")));
        let path = format!("/v1/redemptions/{}/cancel", text(&issued["redemption"]["id"]));
        let back = counter.post(&path, &Value::Null, 200).await;
        assert_eq!((back["entries"][0]["kind"].as_str(), back["card"]["balance"].as_i64()), (Some("redeem_reversal"), Some(200)));
        assert_eq!(counter.want(&cup).await.0, 201);
        counter.close().await;
    }

    /// A reward that was used for an order is the member's again when the order is returned in whole.
    async fn a_returned_order_gives_the_reward_again_that_was_used_for_it(database: Database) {
        let counter = Counter::open(database, 0).await;
        let off = counter.reward(json!({ "name": "Five off", "gives": { "amount_off": 500 }, "cost": 10 })).await;
        counter.give_points(10).await;
        let (_, issued) = counter.want(&off).await;
        let bought = counter.buy("A", 1_500, 1).await;
        let path = format!("/v1/redemptions/{}/complete", text(&issued["redemption"]["id"]));
        let used = json!({ "order": bought["order"]["id"] });
        counter.post(&path, &used, 200).await;
        counter.refund(&bought, Some(500)).await;
        assert_eq!(counter.sees().await, (0, 0), "part of the order is still the member's");
        counter.refund(&bought, None).await;
        assert_eq!(counter.sees().await, (0, 1));
        counter.close().await;
    }

    /// One is left and sixty-four want it: one has it, the others hear that it is sold out and keep their points.
    /// Shows SR-037 (the stock), SR-042 (the stock).
    async fn the_last_of_a_reward_goes_to_one(database: Database) {
        let counter = Counter::open(database, 0).await;
        let cup = counter.reward(json!({ "name": "The last cup", "gives": "product", "cost": 10, "stock": 1 })).await;
        let mut members = Vec::new();
        for number in 0..8 {
            let enrolled = counter.shop.enrol(&format!("member-{number}@example.com")).await;
            let member = text(&enrolled["member"]["id"]);
            let path = format!("/v1/members/{member}/adjustments");
            counter.post(&path, &json!({ "points": 100, "reason": "a test" }), 201).await;
            members.push((member, text(&enrolled["card"]["code"])));
        }
        let answers = join_all((0..AT_ONCE).map(|number| {
            let (member, _) = &members[number % members.len()];
            let path = format!("/v1/members/{member}/redemptions");
            let (shop, body) = (&counter.shop, json!({ "reward": cup }));
            async move {
                let request = shop.request(Method::POST, &path).json(&body);
                read(request.send().await.expect("an answer")).await
            }
        })).await;
        let won = answers.iter().filter(|(status, _)| *status == 201).count();
        let sold_out = answers.iter().filter(|(_, body)| body["code"] == "reward_sold_out").count();
        assert_eq!((won, sold_out), (1, AT_ONCE - 1), "{answers:?}");
        let mut left = 0;
        for (_, code) in &members {
            let (_, card) = counter.shop.get(&format!("/v1/cards/{code}")).await;
            left += card["card"]["balance"].as_i64().expect("a balance");
        }
        assert_eq!(left, 790);
        counter.close().await;
    }

    /// What nobody can have is refused with its own code.
    /// Shows SR-042 (the limit), SR-036.
    async fn a_reward_that_cannot_be_had_says_why(database: Database) {
        let counter = Counter::open(database, 0).await;
        counter.give_points(100).await;
        let past = counter.reward(json!({
            "name": "Summer", "gives": "product", "until": "2020-09-01T00:00:00Z",
        })).await;
        let none = counter.reward(json!({ "name": "None", "gives": "product", "stock": 0 })).await;
        let unknown = format!("rwd_{}", "0".repeat(26));
        for (reward, code) in [
            (past.as_str(), "reward_not_available"), (none.as_str(), "reward_sold_out"),
            (unknown.as_str(), "unknown_reward"), ("a cup", "unknown_reward"),
        ] {
            let (status, refused) = counter.want(reward).await;
            assert_eq!((status, refused["code"].as_str()), (422, Some(code)), "{refused}");
        }
        assert_eq!(counter.sees().await, (100, 0));
        counter.close().await;
    }
}
