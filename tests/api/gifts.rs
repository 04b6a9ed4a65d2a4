//! Gift cards and what a program owes, through the front door: sold, spent, given back, refused, listed, counted.

use std::collections::BTreeSet;

use billfold::types::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

/// A shop that sells gift cards.
struct Seller {
    shop: Shop,
}

impl Seller {
    async fn open(database: Database) -> Self {
        Self {
            shop: Shop::open(database).await,
        }
    }

    /// Posts JSON and expects a status.
    async fn post(&self, path: &str, body: &Value, wanted: u16) -> Value {
        let (status, answer) = self.shop.post(path, body).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        answer
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.shop.get(path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Posts with another key; the status and the answer.
    async fn post_as(&self, key: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self
            .shop
            .http
            .post(self.shop.url(path))
            .bearer_auth(key)
            .json(body);
        read(request.send().await.expect("an answer")).await
    }

    /// A gift card of so many cents; the card as it is answered.
    async fn sell(&self, cents: i64, more: Value) -> Value {
        let mut body = json!({ "program": self.shop.program, "amount": euros(cents) });
        let fields = body.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        self.post("/v1/gift-cards", &body, 201).await["gift_card"].clone()
    }

    async fn try_spend(&self, id: &str, cents: i64, external_id: &str) -> (u16, Value) {
        let body = json!({ "amount": euros(cents), "external_id": external_id });
        self.shop.post(&format!("/v1/gift-cards/{id}/spend"), &body).await
    }

    async fn balance(&self, id: &str) -> Option<i64> {
        self.get(&format!("/v1/gift-cards/{id}")).await["balance"]["amount"].as_i64()
    }

    async fn close(self) {
        self.shop.running.stop().await;
    }
}

fn euros(cents: i64) -> Value {
    json!({ "amount": cents, "currency": "EUR" })
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn first_pointer(problem: &Value) -> Option<&str> {
    problem["errors"][0]["pointer"].as_str()
}

on_both_databases! {
    /// The article's own figures: a gift card of 50.00 pays 20, then 30, then not a cent.
    ///
    /// Shows SR-041, SR-081 (stored value end to end).
    async fn a_gift_card_of_50_pays_20_and_30_and_then_not_a_cent(database: Database) {
        let seller = Seller::open(database).await;
        let card = seller.sell(5_000, json!({ "external_id": "sale-1", "reason": "for a birthday" })).await;
        assert_eq!((card["value"].as_str(), card["state"].as_str()), (Some("paid"), Some("active")));
        let code = text(&card["code"]);
        assert_eq!(code.len(), 20, "{code}");
        assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        let id = text(&card["id"]);
        // By its id, by its code, however that is typed.
        let (status, spent) = seller.try_spend(&id, 2_000, "till-1").await;
        assert_eq!(status, 201, "{spent}");
        assert_eq!(
            json!([spent["entry"]["kind"], spent["entry"]["amount"]["amount"], spent["entry"]["balance_after"]["amount"]]),
            json!(["spend", -2_000, 3_000])
        );
        let typed = format!("{}-{}", &code[..10], &code[10..]);
        let (status, spent) = seller.try_spend(&typed, 3_000, "till-2").await;
        assert_eq!((status, spent["gift_card"]["balance"]["amount"].as_i64()), (201, Some(0)), "{spent}");
        let (status, refused) = seller.try_spend(&id, 1, "till-3").await;
        assert_eq!((status, refused["code"].as_str()), (422, Some("insufficient_balance")));
        let detail = text(&refused["detail"]);
        assert_eq!(detail, "The gift card holds 0.00 EUR, 0.01 EUR were to be taken.");
        let entries = seller.get(&format!("/v1/gift-cards/{id}/entries")).await;
        let minor = |entry: &Value| entry["amount"]["amount"].as_i64().expect("an amount");
        let sum: i64 = entries["data"].as_array().expect("entries").iter().map(minor).sum();
        assert_eq!((entries["data"].as_array().map(Vec::len), sum), (Some(3), 0));
        seller.close().await;
    }

    /// The same under the same id answers the same and moves nothing more; another content under it is a clash.
    async fn a_repeat_answers_the_same_and_another_content_clashes(database: Database) {
        let seller = Seller::open(database).await;
        let issue = json!({ "program": seller.shop.program, "amount": euros(1_000), "external_id": "sale-1" });
        let first = seller.post("/v1/gift-cards", &issue, 201).await;
        assert_eq!(seller.post("/v1/gift-cards", &issue, 200).await, first);
        let other = json!({ "program": seller.shop.program, "amount": euros(1_001), "external_id": "sale-1" });
        assert_eq!(seller.post("/v1/gift-cards", &other, 409).await["code"], "gift_entry_exists");
        let id = text(&first["gift_card"]["id"]);
        let to = text(&seller.sell(10, json!({})).await["id"]);
        let entry = |answer: &Value| text(&answer["entry"]["id"]);
        let (_, spent) = seller.try_spend(&id, 300, "till-1").await;
        let spending = entry(&spent);
        for (path, good, bad) in [
            (format!("/v1/gift-cards/{id}/spend"),
             json!({ "amount": euros(100), "external_id": "A" }), json!({ "amount": euros(101), "external_id": "A" })),
            (format!("/v1/gift-cards/{id}/top-up"),
             json!({ "amount": euros(100), "external_id": "B" }), json!({ "amount": euros(101), "external_id": "B" })),
            (format!("/v1/gift-cards/{id}/transfer"),
             json!({ "to": to, "amount": euros(100), "external_id": "C" }), json!({ "to": to, "amount": euros(1), "external_id": "C" })),
            (format!("/v1/gift-entries/{spending}/reversal"),
             json!({ "amount": euros(50), "external_id": "D" }), json!({ "external_id": "D" })),
        ] {
            let first = seller.post(&path, &good, 201).await;
            let again = seller.post(&path, &good, 200).await;
            assert_eq!(first["entry"], again["entry"], "{path}");
            assert_eq!(first["to"], again["to"], "{path}");
            assert_eq!(seller.post(&path, &bad, 409).await["code"], "gift_entry_exists", "{path}");
        }
        // An id that was used for one movement is used for all.
        assert_eq!(seller.try_spend(&id, 100, "B").await.0, 409);
        assert_eq!(seller.balance(&id).await, Some(1_000 - 300 - 100 + 100 - 100 + 50));
        assert_eq!(seller.balance(&to).await, Some(110));
        // An idempotency key says the same again, status and all.
        let request = || seller.shop.request(Method::POST, &format!("/v1/gift-cards/{id}/top-up"))
            .header("Idempotency-Key", "top-1").json(&json!({ "amount": euros(5) }));
        let first = read(request().send().await.expect("an answer")).await;
        assert_eq!(read(request().send().await.expect("an answer")).await, first);
        assert_eq!(seller.balance(&id).await, Some(655));
        seller.close().await;
    }

    /// Each way in which value cannot move is refused with its own code, and nothing is moved.
    async fn what_cannot_be_moved_is_refused_and_moves_nothing(database: Database) {
        let seller = Seller::open(database).await;
        let paid = text(&seller.sell(1_000, json!({})).await["id"]);
        let earned = text(&seller.sell(1_000, json!({ "value": "earned" })).await["id"]);
        let voided = text(&seller.sell(1_000, json!({})).await["id"]);
        seller.post(&format!("/v1/gift-cards/{voided}/void"), &Value::Null, 200).await;
        let program = json!({ "name": "Dollars", "currency": "USD" });
        let foreign = text(&seller.post("/v1/programs", &program, 201).await["id"]);
        let dollars = json!({ "program": foreign, "amount": { "amount": 1_000, "currency": "USD" } });
        let dollars = text(&seller.post("/v1/gift-cards", &dollars, 201).await["gift_card"]["id"]);
        let nobody = format!("gft_{}", "0".repeat(26));
        let spend = |amount: Value| json!({ "amount": amount, "external_id": "X" });
        let usd = json!({ "amount": 1, "currency": "USD" });
        let at = |id: &str, end: &str| format!("/v1/gift-cards/{id}/{end}");
        for (path, body, status, code, pointer) in [
            (at(&paid, "spend"), spend(euros(0)), 422, "invalid", Some("/amount/amount")),
            (at(&paid, "spend"), spend(euros(-1)), 422, "invalid", Some("/amount/amount")),
            (at(&paid, "spend"), spend(json!({ "amount": 0.5, "currency": "EUR" })), 422, "invalid", Some("/amount/amount")),
            (at(&paid, "spend"), spend(euros(1_000_000_000_001)), 422, "invalid", Some("/amount/amount")),
            (at(&paid, "spend"), spend(euros(i64::MAX)), 422, "invalid", Some("/amount/amount")),
            (at(&paid, "spend"), spend(json!({ "amount": 1, "currency": "XYZ" })), 422, "invalid", Some("/amount/currency")),
            (at(&paid, "spend"), spend(json!({ "amount": 1 })), 422, "invalid", Some("/amount/currency")),
            (at(&paid, "spend"), spend(usd.clone()), 422, "currency_mismatch", None),
            (at(&paid, "spend"), json!({ "amount": euros(1) }), 422, "invalid", Some("/external_id")),
            (at(&paid, "spend"), json!({ "amount": euros(1), "external_id": " " }), 422, "invalid", Some("/external_id")),
            (at(&paid, "spend"), json!({ "amount": euros(1), "external_id": "X", "balance": 5 }), 422, "invalid", Some("/balance")),
            (at(&paid, "spend"), json!({ "amount": euros(1), "external_id": "X", "order": "ord_1" }), 422, "invalid", Some("/order")),
            (at(&paid, "spend"), json!({ "amount": euros(1), "external_id": "X", "reason": "x".repeat(501) }), 422, "invalid", Some("/reason")),
            (at(&paid, "spend"), spend(euros(1_001)), 422, "insufficient_balance", None),
            (at(&voided, "spend"), spend(euros(1)), 422, "gift_card_voided", None),
            (at(&voided, "top-up"), json!({ "amount": euros(1) }), 422, "gift_card_voided", None),
            (at(&nobody, "spend"), spend(euros(1)), 404, "not_found", None),
            (at("40123456789012345674", "spend"), spend(euros(1)), 404, "not_found", None),
            (at(&paid, "top-up"), json!({ "amount": usd }), 422, "currency_mismatch", None),
            (at(&paid, "transfer"), json!({ "to": earned, "amount": euros(1) }), 422, "value_mismatch", None),
            (at(&earned, "transfer"), json!({ "to": paid, "amount": euros(1) }), 422, "value_mismatch", None),
            (at(&paid, "transfer"), json!({ "to": dollars, "amount": euros(1) }), 422, "invalid", Some("/to")),
            (at(&paid, "transfer"), json!({ "to": paid, "amount": euros(1) }), 422, "invalid", Some("/to")),
            (at(&paid, "transfer"), json!({ "to": nobody, "amount": euros(1) }), 422, "invalid", Some("/to")),
            (at(&paid, "transfer"), json!({ "to": voided, "amount": euros(1) }), 422, "gift_card_voided", None),
            (format!("/v1/gift-entries/gfe_{}/reversal", "0".repeat(26)), json!({}), 404, "not_found", None),
        ] {
            let (answered, problem) = seller.shop.post(&path, &body).await;
            assert_eq!((answered, problem["code"].as_str()), (status, Some(code)), "{path} {body}: {problem}");
            assert_eq!(first_pointer(&problem), pointer, "{path} {body}: {problem}");
        }
        for (id, cents) in [(&paid, 1_000), (&earned, 1_000), (&voided, 0), (&dollars, 1_000)] {
            assert_eq!(seller.balance(id).await, Some(cents));
        }
        seller.close().await;
    }

    /// A gift card that cannot be issued is refused with a pointer, and none is made.
    async fn a_bad_issue_is_refused(database: Database) {
        let seller = Seller::open(database).await;
        let enrolled = seller.shop.enrol("lina@example.com").await;
        let member = text(&enrolled["member"]["id"]);
        let program = seller.shop.program.clone();
        let nobody = format!("mem_{}", "0".repeat(26));
        for (body, code, pointer) in [
            (json!({ "amount": euros(100) }), "invalid", Some("/program")),
            (json!({ "program": format!("prg_{}", "0".repeat(26)), "amount": euros(100) }), "invalid", Some("/program")),
            (json!({ "program": program }), "invalid", Some("/amount")),
            (json!({ "program": program, "amount": euros(0) }), "invalid", Some("/amount/amount")),
            (json!({ "program": program, "amount": { "amount": 100, "currency": "USD" } }), "currency_mismatch", None),
            (json!({ "program": program, "amount": euros(100), "value": "found" }), "invalid", Some("/value")),
            (json!({ "program": program, "amount": euros(100), "expires_at": "2020-01-01T00:00:00Z" }), "invalid", Some("/expires_at")),
            (json!({ "program": program, "amount": euros(100), "expires_at": "2200-01-01T00:00:00Z" }), "invalid", Some("/expires_at")),
            (json!({ "program": program, "amount": euros(100), "member": nobody }), "unknown_member", None),
            (json!({ "program": program, "amount": euros(100), "code": "1" }), "invalid", Some("/code")),
        ] {
            let (status, problem) = seller.shop.post("/v1/gift-cards", &body).await;
            assert_eq!((status, problem["code"].as_str()), (422, Some(code)), "{body}: {problem}");
            assert_eq!(first_pointer(&problem), pointer, "{body}: {problem}");
        }
        let other = seller.post("/v1/programs", &json!({ "name": "Other", "currency": "EUR" }), 201).await;
        let strange = json!({ "program": other["id"], "amount": euros(100), "member": member });
        assert_eq!(seller.post("/v1/gift-cards", &strange, 422).await["code"], "unknown_member");
        assert_eq!(seller.get(&format!("/v1/members/{member}/gift-cards")).await["data"], json!([]));
        seller.close().await;
    }

    /// An order is paid in part with a gift card; with the order the spending comes back, in parts, never more than it was.
    async fn a_spending_for_an_order_comes_back_in_parts(database: Database) {
        let seller = Seller::open(database).await;
        let enrolled = seller.shop.enrol("lina@example.com").await;
        let (_, order) = seller.shop.order(enrolled["card"]["code"].as_str().expect("a code"), "A", 3_000).await;
        let id = text(&seller.sell(2_500, json!({})).await["id"]);
        let body = json!({ "amount": euros(2_000), "external_id": "A-gift", "order": order["order"]["id"] });
        let spent = seller.post(&format!("/v1/gift-cards/{id}/spend"), &body, 201).await;
        assert_eq!(spent["entry"]["order"], order["order"]["id"]);
        let path = format!("/v1/gift-entries/{}/reversal", text(&spent["entry"]["id"]));
        let back = seller.post(&path, &json!({ "amount": euros(1_500), "reason": "a cold coffee" }), 201).await;
        assert_eq!(
            json!([back["entry"]["kind"], back["entry"]["reverses"], back["entry"]["order"]]),
            json!(["spend_reversal", spent["entry"]["id"], order["order"]["id"]])
        );
        let more = seller.post(&path, &json!({ "amount": euros(501) }), 422).await;
        assert_eq!(more["code"], "not_refundable");
        assert_eq!(more["detail"], "Only 5.00 EUR of the spending is left to give back.");
        let rest = seller.post(&path, &json!({}), 201).await;
        assert_eq!(rest["gift_card"]["balance"], euros(2_500));
        assert_eq!(seller.post(&path, &json!({}), 409).await["code"], "already_reversed");
        // What is no spending cannot come back.
        let path = format!("/v1/gift-entries/{}/reversal", text(&rest["entry"]["id"]));
        assert_eq!(seller.post(&path, &json!({}), 409).await["code"], "not_reversible");
        seller.close().await;
    }

    /// A transfer joins two gift cards; a voided one answers what it is and takes nothing any more.
    async fn value_goes_from_one_gift_card_to_another(database: Database) {
        let seller = Seller::open(database).await;
        let from = text(&seller.sell(1_500, json!({})).await["id"]);
        let to = seller.sell(500, json!({})).await;
        let body = json!({ "to": to["code"], "amount": euros(1_500), "reason": "joined" });
        let moved = seller.post(&format!("/v1/gift-cards/{from}/transfer"), &body, 201).await;
        assert_eq!(
            json!([moved["gift_card"]["balance"]["amount"], moved["to"]["balance"]["amount"], moved["entry"]["kind"], moved["entry"]["counterpart"]]),
            json!([0, 2_000, "transfer_out", to["id"]])
        );
        let entries = seller.get(&format!("/v1/gift-cards/{}/entries", text(&to["id"]))).await;
        let came = entries["data"].as_array().expect("entries").iter().find(|entry| entry["kind"] == "transfer_in");
        assert_eq!(came.expect("an entry")["counterpart"], from.as_str());
        let voided = seller.post(&format!("/v1/gift-cards/{}/void", text(&to["id"])), &Value::Null, 200).await;
        assert_eq!((voided["state"].as_str(), voided["balance"]["amount"].as_i64()), (Some("voided"), Some(0)));
        let again = seller.post(&format!("/v1/gift-cards/{}/void", text(&to["id"])), &Value::Null, 200).await;
        assert_eq!(again, voided);
        seller.close().await;
    }

    /// The till sees a member's gift cards with their card: those that can be spent, and no codes.
    async fn the_till_sees_what_a_member_can_spend(database: Database) {
        let seller = Seller::open(database).await;
        let enrolled = seller.shop.enrol("lina@example.com").await;
        let (member, code) = (text(&enrolled["member"]["id"]), text(&enrolled["card"]["code"]));
        let mut sold = Vec::new();
        for cents in [100, 200, 300, 400] {
            sold.push(text(&seller.sell(cents, json!({ "member": member })).await["id"]));
        }
        assert_eq!(seller.try_spend(&sold[0], 100, "A").await.0, 201);
        seller.post(&format!("/v1/gift-cards/{}/void", sold[1]), &Value::Null, 200).await;
        let till = seller.get(&format!("/v1/cards/{code}")).await;
        let shown = till["gift_cards"].as_array().expect("a list");
        let ids: BTreeSet<_> = shown.iter().map(|one| text(&one["id"])).collect();
        assert_eq!(ids, [sold[2].clone(), sold[3].clone()].into());
        assert!(shown.iter().all(|one| one.get("code").is_none()), "{till}");
        // All of them, page by page.
        let (mut all, mut path) = (BTreeSet::new(), format!("/v1/members/{member}/gift-cards?limit=3"));
        for _ in 0..2 {
            let page = seller.get(&path).await;
            all.extend(page["data"].as_array().expect("a list").iter().map(|one| text(&one["id"])));
            if let Some(cursor) = page["next_cursor"].as_str() {
                path = format!("/v1/members/{member}/gift-cards?limit=3&cursor={cursor}");
            }
        }
        assert_eq!(all, sold.into_iter().collect());
        seller.close().await;
    }

    /// More gift cards than the till shows do not make its answer longer.
    async fn the_till_sees_twenty_gift_cards_at_most(database: Database) {
        let seller = Seller::open(database).await;
        let enrolled = seller.shop.enrol("lina@example.com").await;
        for _ in 0..23 {
            seller.sell(100, json!({ "member": enrolled["member"]["id"] })).await;
        }
        let till = seller.get(&format!("/v1/cards/{}", text(&enrolled["card"]["code"]))).await;
        assert_eq!(till["gift_cards"].as_array().map(Vec::len), Some(20));
        seller.close().await;
    }

    /// A reward that is a gift card becomes one when it is handed over, and the redemption names it from then on.
    ///
    /// Shows SR-039, SR-041 (a gift card as reward).
    async fn a_reward_becomes_a_gift_card(database: Database) {
        let seller = Seller::open(database).await;
        let enrolled = seller.shop.enrol("lina@example.com").await;
        let (member, code) = (text(&enrolled["member"]["id"]), text(&enrolled["card"]["code"]));
        let reward = json!({
            "program": seller.shop.program, "name": "Five euros", "cost": 10,
            "gives": { "gift_card": { "amount": 500, "valid_days": 365 } },
        });
        let reward = seller.post("/v1/rewards", &reward, 201).await;
        assert_eq!(reward["gives"], json!({ "gift_card": { "amount": 500, "valid_days": 365 } }));
        let wanted = json!({ "reward": reward["id"] });
        let issued = seller.post(&format!("/v1/members/{member}/redemptions"), &wanted, 201).await;
        assert_eq!((&issued["gift_card"], &issued["redemption"]["gift_card"]), (&Value::Null, &Value::Null));
        let path = format!("/v1/redemptions/{}", text(&issued["redemption"]["id"]));
        let (_, order) = seller.shop.order(&code, "A", 1_000).await;
        let for_order = json!({ "order": order["order"]["id"] });
        let refused = seller.post(&format!("{path}/complete"), &for_order, 422).await;
        assert_eq!(refused["errors"][0]["code"], "not_for_orders");
        let done = seller.post(&format!("{path}/complete"), &json!({}), 200).await;
        let card = &done["gift_card"];
        assert_eq!(
            json!([card["value"], card["balance"], card["member"], card["state"]]),
            json!(["earned", euros(500), member, "active"])
        );
        assert!(card["expires_at"].is_string(), "{card}");
        assert_eq!(done["redemption"]["gift_card"], card["id"]);
        assert_eq!(seller.get(&path).await["gift_card"], card["id"]);
        let till = seller.get(&format!("/v1/cards/{code}")).await;
        assert_eq!(till["gift_cards"][0]["id"], card["id"]);
        assert_eq!(seller.try_spend(&text(&card["code"]), 500, "spend-it").await.0, 201);
        assert_eq!(seller.post(&format!("{path}/complete"), &json!({}), 409).await["code"], "redemption_settled");
        seller.close().await;
    }

    /// Another program's gift card is not there, whether by its id or by its code, and an unknown code answers the same.
    async fn another_programs_gift_card_is_as_if_it_were_not_there(database: Database) {
        let seller = Seller::open(database).await;
        let card = seller.sell(1_000, json!({})).await;
        let other = seller.post("/v1/programs", &json!({ "name": "Other", "currency": "EUR" }), 201).await;
        let stranger = seller.shop.key(Role::Manager, other["id"].as_str()).await;
        let own = json!({ "amount": euros(100) });
        let (status, own) = seller.post_as(&stranger, "/v1/gift-cards", &own).await;
        assert_eq!(status, 201, "a key of one program need not name it: {own}");
        let (_, spent) = seller.try_spend(&text(&card["id"]), 100, "A").await;
        let mut details = BTreeSet::new();
        for id in [text(&card["id"]), text(&card["code"]), "40123456789012345674".to_owned(), "nonsense".to_owned()] {
            for (end, body) in [
                ("spend", json!({ "amount": euros(1), "external_id": "X" })),
                ("top-up", json!({ "amount": euros(1) })),
                ("void", json!({})),
                ("transfer", json!({ "amount": euros(1), "to": own["gift_card"]["id"] })),
            ] {
                let (status, problem) = seller.post_as(&stranger, &format!("/v1/gift-cards/{id}/{end}"), &body).await;
                assert_eq!(status, 404, "{id} {end}: {problem}");
                details.insert(text(&problem["detail"]));
            }
            let request = seller.shop.http.get(seller.shop.url(&format!("/v1/gift-cards/{id}"))).bearer_auth(&stranger);
            assert_eq!(read(request.send().await.expect("an answer")).await.0, 404, "{id}");
        }
        assert_eq!(details.len(), 1, "one answer for all: {details:?}");
        let path = format!("/v1/gift-entries/{}/reversal", text(&spent["entry"]["id"]));
        assert_eq!(seller.post_as(&stranger, &path, &json!({})).await.0, 404);
        let path = format!("/v1/gift-cards/{}/transfer", text(&own["gift_card"]["id"]));
        let (status, problem) = seller.post_as(&stranger, &path, &json!({ "amount": euros(1), "to": card["code"] })).await;
        assert_eq!((status, problem["errors"][0]["code"].as_str()), (422, Some("unknown_gift_card")));
        assert_eq!(seller.balance(&text(&card["id"])).await, Some(900));
        seller.close().await;
    }

    /// The counter sells and takes gift cards; value that nobody pays for is given by the owner or a manager.
    async fn value_that_nobody_pays_for_is_given_by_few(database: Database) {
        let seller = Seller::open(database).await;
        let earned = text(&seller.sell(1_000, json!({ "value": "earned" })).await["id"]);
        let paid = text(&seller.sell(1_000, json!({})).await["id"]);
        let program = seller.shop.program.clone();
        for (role, may_give) in [(Role::Cashier, false), (Role::Integration, false), (Role::Manager, true)] {
            let key = seller.shop.key(role, Some(&program)).await;
            for (path, body, wanted) in [
                ("/v1/gift-cards".to_owned(), json!({ "amount": euros(1) }), true),
                ("/v1/gift-cards".to_owned(), json!({ "amount": euros(1), "value": "earned" }), may_give),
                (format!("/v1/gift-cards/{paid}/top-up"), json!({ "amount": euros(1) }), true),
                (format!("/v1/gift-cards/{earned}/top-up"), json!({ "amount": euros(1) }), may_give),
            ] {
                let (status, answer) = seller.post_as(&key, &path, &body).await;
                let wanted = if wanted { 201 } else { 403 };
                assert_eq!(status, wanted, "{role} {path} {body}: {answer}");
            }
        }
        seller.close().await;
    }

    /// Who is erased loses the gift cards that are used up; what is left on another can still be spent by its code.
    async fn an_erased_members_gift_card_keeps_what_is_on_it(database: Database) {
        let seller = Seller::open(database).await;
        let enrolled = seller.shop.enrol("lina@example.com").await;
        let member = text(&enrolled["member"]["id"]);
        let used = text(&seller.sell(100, json!({ "member": member })).await["id"]);
        let left = seller.sell(200, json!({ "member": member })).await;
        assert_eq!(seller.try_spend(&used, 100, "A").await.0, 201);
        let erasure = seller.shop.request(Method::DELETE, &format!("/v1/members/{member}"));
        assert_eq!(erasure.send().await.expect("an answer").status(), 200);
        let shown = seller.get(&format!("/v1/gift-cards/{used}")).await;
        assert_eq!((&shown["member"], shown["balance"]["amount"].as_i64()), (&Value::Null, Some(0)));
        let shown = seller.get(&format!("/v1/gift-cards/{}", text(&left["id"]))).await;
        assert_eq!((&shown["member"], shown["balance"]["amount"].as_i64()), (&json!(member), Some(200)));
        assert_eq!(seller.try_spend(&text(&left["code"]), 200, "B").await.0, 201);
        assert_eq!(seller.shop.get(&format!("/v1/members/{member}/gift-cards")).await.0, 404);
        let sale = json!({ "program": seller.shop.program, "amount": euros(1), "member": member });
        assert_eq!(seller.post("/v1/gift-cards", &sale, 422).await["code"], "unknown_member");
        seller.close().await;
    }

    /// What the program owes: points with and without a date, stored value by where it comes from, and what it expects.
    async fn a_program_says_what_it_owes(database: Database) {
        let seller = Seller::open(database).await;
        let path = format!("/v1/programs/{}", seller.shop.program);
        let enrolled = seller.shop.enrol("lina@example.com").await;
        seller.shop.order(enrolled["card"]["code"].as_str().expect("a code"), "A", 9_000).await;
        seller.sell(5_000, json!({})).await;
        seller.sell(700, json!({ "value": "earned" })).await;
        let owed = seller.get(&format!("{path}/liability")).await;
        assert_eq!(owed["points"], json!({
            "outstanding": 100, "owed": 0, "pending": 0, "on_voided_cards": 0, "by_expiry_month": [], "no_date": 100,
        }));
        assert_eq!(owed["gift_cards"], json!({
            "paid": { "balance": euros(5_000), "cards": 1 }, "earned": { "balance": euros(700), "cards": 1 },
        }));
        assert_eq!((owed["expected_use_percent"].as_i64(), &owed["expected_value"]), (Some(100), &Value::Null));
        let set_policy = async |policy: Value| {
            let request = seller.shop.request(Method::PATCH, &path).json(&json!({ "policy": policy }));
            read(request.send().await.expect("an answer")).await
        };
        for policy in [
            json!({ "expected_use_percent": 101 }), json!({ "point_value_minor_thousandths": -1 }),
            json!({ "expected_use_percent": 50.5 }),
        ] {
            assert_eq!(set_policy(policy.clone()).await.0, 422, "{policy}");
        }
        let policy = json!({ "expected_use_percent": 75, "point_value_minor_thousandths": 5_000, "expiry": { "year_end": 0 } });
        let (status, program) = set_policy(policy).await;
        assert_eq!((status, program["policy"]["expected_use_percent"].as_i64()), (200, Some(75)), "{program}");
        seller.shop.order(enrolled["card"]["code"].as_str().expect("a code"), "B", 1_100).await;
        let owed = seller.get(&format!("{path}/liability")).await;
        assert_eq!(owed["expected_value"], euros(111 * 75 * 5_000 / 100_000));
        let months = owed["points"]["by_expiry_month"].as_array().expect("months");
        let month = text(&months[0]["month"]);
        assert!(months.len() == 1 && month.ends_with("-12"), "{owed}");
        assert_eq!((months[0]["points"].as_i64(), owed["points"]["no_date"].as_i64()), (Some(11), Some(100)));
        seller.close().await;
    }
}
