//! Members blocked, noted on, joined and parted, and points that they give to each other, through the front door.

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, SOON, until};
use crate::erasure::columns_with;
use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

/// A shop with two members who are one person.
struct Pair {
    shop: Shop,
    into: Value,
    from: Value,
}

impl Pair {
    async fn open(database: Database) -> Self {
        let shop = Shop::open(database).await;
        let into = enrol(
            &shop,
            json!({
                "first_name": "Lina", "email": "lina@example.com", "external_id": "C-1",
                "attributes": { "milk": "oat", "size": 42 },
                "consents": [{ "purpose": "marketing", "granted": true }],
            }),
        )
        .await;
        let from = enrol(
            &shop,
            json!({
                "first_name": "Zenobia", "last_name": "Palmyra", "email": "zenobia@example.com",
                "phone": "+49301234567", "external_id": "Q-4711", "language": "ar",
                "attributes": { "milk": "soya", "street": "Palmyra 1" },
                "consents": [{ "purpose": "birthday", "granted": true }],
            }),
        )
        .await;
        Self { shop, into, from }
    }

    fn path(who: &Value) -> String {
        format!("/v1/members/{}", text(&who["member"]["id"]))
    }

    /// Posts JSON and expects a status.
    async fn post(&self, path: &str, body: Value, wanted: u16) -> Value {
        let (status, answer) = self.shop.post(path, &body).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        answer
    }

    /// Posts JSON; the code of the refusal.
    async fn refused(&self, path: &str, body: Value, wanted: u16) -> String {
        text(&self.post(path, body, wanted).await["code"])
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.shop.get(path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn merge(&self) -> Value {
        let body = json!({ "from": self.from["member"]["id"], "reason": "Zenobia came twice" });
        self.post(&format!("{}/merge", Self::path(&self.into)), body, 201)
            .await
    }

    async fn undo(&self, joined: &Value) -> Value {
        let path = format!("/v1/merges/{}/undo", text(&joined["merge"]["id"]));
        self.post(&path, Value::Null, 200).await
    }

    async fn scan(&self, who: &Value) -> Value {
        self.get(&format!("/v1/cards/{}", text(&who["card"]["code"])))
            .await
    }

    async fn buy(&self, who: &Value, id: &str, cents: i64) -> (u16, Value) {
        self.shop.order(&text(&who["card"]["code"]), id, cents).await
    }

    /// Gives so many points by hand.
    async fn give(&self, who: &Value, points: i64) {
        let body = json!({ "points": points, "reason": "a test" });
        self.post(&format!("{}/adjustments", Self::path(who)), body, 201)
            .await;
    }

    async fn erase(&self, who: &Value) -> u16 {
        let request = self.shop.request(Method::DELETE, &Self::path(who));
        request.send().await.expect("an answer").status().as_u16()
    }

    async fn set_policy(&self, policy: Value) {
        let path = format!("/v1/programs/{}", self.shop.program);
        let request = self
            .shop
            .request(Method::PATCH, &path)
            .json(&json!({ "policy": policy }));
        let (status, answer) = read(request.send().await.expect("an answer")).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn reward(&self, cost: i64) -> Value {
        let body = json!({ "program": self.shop.program, "name": "A cup", "gives": "product", "cost": cost });
        self.post("/v1/rewards", body, 201).await["id"].clone()
    }

    async fn close(self) {
        self.shop.running.stop().await;
    }
}

async fn enrol(shop: &Shop, body: Value) -> Value {
    let path = format!("/v1/programs/{}/members", shop.program);
    let (status, answer) = shop.post(&path, &body).await;
    assert_eq!(status, 201, "{answer}");
    answer
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// An answer without what is new each time: ids of what was made, instants, versions.
fn without_ids(mut joined: Value) -> Value {
    joined["merge"]["id"] = Value::Null;
    joined["merge"]["created_at"] = Value::Null;
    joined["undo_until"] = Value::Null;
    joined["member"]["updated_at"] = Value::Null;
    for entry in joined["entries"].as_array_mut().expect("entries") {
        for name in ["id", "counterpart", "created_at"] {
            entry[name] = Value::Null;
        }
    }
    joined
}

on_both_databases! {
    /// A blocked member earns, redeems and gives nothing, and nothing is half stored; what takes points away works.
    ///
    /// Shows SR-071 (holds).
    async fn a_blocked_member_earns_and_redeems_nothing(database: Database) {
        let pair = Pair::open(database).await;
        let member = Pair::path(&pair.into);
        let cup = pair.reward(5).await;
        pair.give(&pair.into, 100).await;
        let (_, bought) = pair.buy(&pair.into, "A", 1_000).await;
        let held = pair.post(&format!("{member}/redemptions"), json!({ "reward": cup }), 201).await;
        let other = pair.post(&format!("{member}/redemptions"), json!({ "reward": cup }), 201).await;
        let given = pair.post(&format!("{member}/adjustments"), json!({ "points": 7, "reason": "a gift" }), 201).await;
        assert_eq!(pair.refused(&format!("{member}/block"), json!({ "reason": " " }), 422).await, "invalid");
        let blocked = pair.post(&format!("{member}/block"), json!({ "reason": "shared the card" }), 200).await;
        let again = pair.post(&format!("{member}/block"), json!({ "reason": "shared the card" }), 200).await;
        assert_eq!(blocked, again);
        assert_eq!(blocked["member"]["block_reason"], "shared the card");
        let seen = pair.scan(&pair.into).await;
        assert!(seen["card"]["blocked_at"].is_string() && seen["member"]["blocked_at"].is_string(), "{seen}");

        let code = pair.into["card"]["code"].clone();
        let order = json!({ "external_id": "B", "card": code, "total": 500 });
        for (path, body) in [
            ("/v1/orders".to_owned(), order.clone()),
            ("/v1/orders/simulate".to_owned(), order.clone()),
            ("/v1/events".to_owned(), json!({ "type": "review", "external_id": "E", "card": code })),
            (format!("{member}/redemptions"), json!({ "reward": cup })),
            (format!("/v1/redemptions/{}/complete", text(&held["redemption"]["id"])), json!({})),
            (format!("{member}/adjustments"), json!({ "points": 5, "reason": "a gift" })),
        ] {
            assert_eq!(pair.refused(&path, body, 422).await, "member_blocked", "{path}");
        }
        // An order that was recorded before is answered again.
        assert_eq!(pair.buy(&pair.into, "A", 1_000).await.0, 200);
        let balance = pair.scan(&pair.into).await["card"]["balance"].as_i64().expect("a balance");
        assert_eq!(balance, 10 + 100 + 10 - 10 + 7);
        pair.post(&format!("/v1/orders/{}/refunds", text(&bought["order"]["id"])), json!({}), 201).await;
        pair.post(&format!("/v1/entries/{}/reversal", text(&given["entry"]["id"])), Value::Null, 201).await;
        pair.post(&format!("/v1/redemptions/{}/cancel", text(&other["redemption"]["id"])), Value::Null, 200).await;
        pair.post(&format!("{member}/adjustments"), json!({ "points": -5, "reason": "a test" }), 201).await;
        assert_eq!(pair.scan(&pair.into).await["card"]["balance"], balance - 10 - 7 + 5 - 5);

        for _ in 0..2 {
            let free = pair.post(&format!("{member}/unblock"), Value::Null, 200).await;
            assert_eq!((&free["member"]["blocked_at"], &free["member"]["block_reason"]), (&Value::Null, &Value::Null));
        }
        // Nothing of the refused order was stored: it is new now.
        assert_eq!(pair.post("/v1/orders", order, 201).await["order"]["earned"], 5);
        pair.close().await;
    }

    /// A note is for the staff, as long as the member is there.
    async fn a_note_is_kept_and_goes_with_the_person(database: Database) {
        let pair = Pair::open(database).await;
        let member = Pair::path(&pair.from);
        let patch = async |note: Value| {
            let request = pair.shop.request(Method::PATCH, &member).json(&json!({ "note": note }));
            read(request.send().await.expect("an answer")).await
        };
        let (status, noted) = patch(json!("Zenobia is allergic to nuts.\nAsk twice.")).await;
        assert_eq!((status, noted["member"]["note"].as_str()), (200, Some("Zenobia is allergic to nuts.\nAsk twice.")));
        let (status, refused) = patch(json!("x".repeat(2_001))).await;
        assert_eq!((status, refused["errors"][0]["pointer"].as_str()), (422, Some("/note")));
        assert_eq!(patch(json!("x".repeat(2_000))).await.0, 200);
        assert_eq!(patch(Value::Null).await.1["member"]["note"], "");
        patch(json!("Zenobia is allergic to nuts.")).await;
        let blocked = json!({ "reason": "Zenobia threw a cup" });
        pair.post(&format!("{member}/block"), blocked, 200).await;
        assert_eq!(pair.erase(&pair.from).await, 200);
        until("nothing of the person is left", async || columns_with(&pair.shop.database, "Zenobia").is_empty()).await;
        pair.close().await;
    }

    /// Points are given to others as the program allows it; both entries name each other.
    async fn points_are_given_as_the_program_allows(database: Database) {
        let pair = Pair::open(database).await;
        let path = format!("{}/transfers", Pair::path(&pair.into));
        let to = pair.from["member"]["id"].clone();
        let give = |points: i64| json!({ "to": to, "points": points, "reason": "for a cake" });
        assert_eq!(pair.refused(&path, give(5), 422).await, "transfers_off");
        pair.set_policy(json!({ "transfers": true, "transfer_max": 8 })).await;
        let done = pair.post(&path, give(5), 201).await;
        let (out, came) = (&done["entries"][0], &done["entries"][1]);
        assert_eq!((out["kind"].as_str(), out["points"].as_i64()), (Some("transfer_out"), Some(-5)));
        assert_eq!((came["kind"].as_str(), came["points"].as_i64()), (Some("transfer_in"), Some(5)));
        assert_eq!((&out["counterpart"], &came["counterpart"]), (&came["id"], &out["id"]));
        assert_eq!((&done["from"]["balance"], &done["to"]["balance"]), (&json!(5), &json!(15)));
        assert_eq!(pair.refused(&path, give(4), 422).await, "limit_reached");
        // By the code of the card, and the day's last three.
        let by_code = json!({ "to": pair.from["card"]["code"], "points": 3 });
        assert_eq!(pair.post(&path, by_code, 201).await["to"]["balance"], 18);
        pair.set_policy(json!({ "transfers": true })).await;
        assert_eq!(pair.refused(&path, give(3), 422).await, "insufficient_points");
        for (body, pointer) in [
            (json!({ "to": pair.into["member"]["id"], "points": 1 }), "/to"),
            (json!({ "to": pair.into["card"]["code"], "points": 1 }), "/to"),
            (json!({ "to": "mem_01kawb3v8ze1rtr6tq5hkyq7yx", "points": 1 }), "/to"),
            (json!({ "to": to, "points": 0 }), "/points"),
            (json!({ "to": to, "points": -5 }), "/points"),
            (json!({ "to": to, "points": 1_000_000_000_001_i64 }), "/points"),
            (json!({ "to": to, "points": 1, "reason": "x".repeat(501) }), "/reason"),
            (json!({ "to": to, "points": 1, "balance": 5 }), "/balance"),
        ] {
            let refused = pair.post(&path, body.clone(), 422).await;
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{body}: {refused}");
        }
        pair.post(&format!("{}/block", Pair::path(&pair.from)), json!({ "reason": "a test" }), 200).await;
        assert_eq!(pair.refused(&path, give(1), 422).await, "member_blocked");
        let back = json!({ "to": pair.into["member"]["id"], "points": 1 });
        assert_eq!(pair.refused(&format!("{}/transfers", Pair::path(&pair.from)), back, 422).await, "member_blocked");
        assert_eq!(pair.scan(&pair.into).await["card"]["balance"], 2);
        pair.close().await;
    }

    /// A preview says just what the merge then does, and writes nothing.
    async fn a_preview_says_what_a_merge_does_and_writes_nothing(database: Database) {
        let pair = Pair::open(database).await;
        let cup = pair.reward(5).await;
        pair.buy(&pair.from, "A", 2_000).await;
        pair.post(&format!("{}/redemptions", Pair::path(&pair.from)), json!({ "reward": cup }), 201).await;
        let before = (pair.get(&Pair::path(&pair.into)).await, pair.get(&Pair::path(&pair.from)).await);
        let body = json!({ "from": pair.from["member"]["id"], "reason": "Zenobia came twice" });
        let preview = pair.post(&format!("{}/merge/preview", Pair::path(&pair.into)), body, 200).await;
        let after = (pair.get(&Pair::path(&pair.into)).await, pair.get(&Pair::path(&pair.from)).await);
        assert_eq!(before, after);
        let joined = pair.merge().await;
        assert_eq!(without_ids(preview), without_ids(joined.clone()));
        assert_eq!(joined["before"], json!({ "balance": 10, "pending": 0, "orders": 0 }));
        assert_eq!(joined["joined"], json!({ "balance": 25, "pending": 0, "orders": 1 }));
        assert_eq!(joined["after"], json!({ "balance": 35, "pending": 0, "orders": 1 }));
        assert_eq!(joined["redemptions"].as_array().map(Vec::len), Some(1));
        assert_eq!(joined["cards"][0]["code"], pair.from["card"]["code"]);
        let clashes: Vec<_> = joined["clashes"].as_array().expect("clashes").iter().map(|one| text(&one["name"])).collect();
        assert_eq!(clashes, ["first_name", "language", "external_id", "attributes/milk"]);
        assert_eq!(joined["member"]["attributes"], json!({ "milk": "soya", "size": 42, "street": "Palmyra 1" }));
        assert_eq!(joined["member"]["email"], "lina@example.com", "their own comes first");
        assert_eq!(joined["member"]["phone"], "+49301234567");
        let kinds: Vec<_> = joined["entries"].as_array().expect("entries").iter()
            .map(|one| (text(&one["kind"]), one["points"].as_i64().expect("points"))).collect();
        assert_eq!(kinds, [("merge".to_owned(), -25), ("merge".to_owned(), 25)]);
        assert_eq!(joined["entries"][0]["counterpart"], joined["entries"][1]["id"]);
        pair.close().await;
    }

    /// After a merge both codes, both ids, links, orders and rewards lead to the survivor, and the whole ledger is
    /// theirs.
    ///
    /// Shows SR-132.
    async fn everything_that_names_the_joined_member_acts_on_the_survivor(database: Database) {
        let pair = Pair::open(database).await;
        let cup = pair.reward(5).await;
        let (_, bought) = pair.buy(&pair.from, "A", 2_000).await;
        let held = pair.post(&format!("{}/redemptions", Pair::path(&pair.from)), json!({ "reward": cup }), 201).await;
        pair.merge().await;
        let (one, other) = (pair.scan(&pair.into).await, pair.scan(&pair.from).await);
        assert_eq!(one, other);
        assert_eq!((&one["card"]["balance"], &one["member"]["id"]), (&json!(35), &pair.into["member"]["id"]));
        assert_eq!(one["redemptions"].as_array().map(Vec::len), Some(1));
        let joined = pair.get(&Pair::path(&pair.from)).await;
        assert_eq!(joined["member"]["merged_into"], pair.into["member"]["id"]);
        assert_eq!((&joined["cards"][0]["merged_into"], &joined["cards"][0]["balance"]), (&pair.into["card"]["id"], &json!(0)));
        let listed = pair.get("/v1/members").await;
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));

        // The same order again is the same order; another one earns for the survivor, whoever it names.
        let (status, again) = pair.buy(&pair.from, "A", 2_000).await;
        assert_eq!((status, &again["card"]["balance"]), (200, &json!(35)));
        assert_eq!(pair.buy(&pair.from, "A", 2_001).await.1["code"], "order_exists");
        let by_id = json!({ "external_id": "B", "member": pair.from["member"]["id"], "total": 300 });
        assert_eq!(pair.post("/v1/orders", by_id, 201).await["card"]["balance"], 38);
        let event = json!({ "type": "review", "external_id": "E", "card": pair.from["card"]["code"] });
        assert_eq!(pair.post("/v1/events", event, 201).await["card"]["id"], pair.into["card"]["id"]);
        // Enrolled again under what only the joined member was known by: the survivor.
        let path = format!("/v1/programs/{}/members", pair.shop.program);
        let known = pair.post(&path, json!({ "email": "zenobia@example.com" }), 200).await;
        assert_eq!(known["card"]["id"], pair.into["card"]["id"]);
        // The reward is the survivor's, for an order of the joined member too; the order's refund takes from them.
        let done = json!({ "order": bought["order"]["id"] });
        let settled = pair.post(&format!("/v1/redemptions/{}/complete", text(&held["redemption"]["id"])), done, 200).await;
        assert_eq!(settled["card"]["id"], pair.into["card"]["id"]);
        let refund = pair.post(&format!("/v1/orders/{}/refunds", text(&bought["order"]["id"])), json!({}), 201).await;
        assert_eq!((&refund["card"]["id"], &refund["card"]["balance"]), (&pair.into["card"]["id"], &json!(18)));
        // The page of the old card shows the survivor's.
        let page = |url: &Value| {
            let request = pair.shop.http.get(url.as_str().expect("a link"));
            async move { request.send().await.expect("an answer").text().await.expect("a page") }
        };
        let (own, old) = (page(&pair.into["card"]["url"]).await, page(&pair.from["card"]["url"]).await);
        let code = text(&pair.into["card"]["code"]);
        assert!(own.contains(&code[..4]) && old.contains(&code[..4]), "{old}");
        let ledger = pair.get(&format!("{}/entries", Pair::path(&pair.into))).await;
        let sum: i64 = ledger["data"].as_array().expect("entries").iter().map(|one| one["points"].as_i64().expect("points")).sum();
        assert_eq!((sum, ledger["data"].as_array().map(Vec::len)), (18, Some(8)));
        let rewards = pair.get(&format!("{}/redemptions", Pair::path(&pair.into))).await;
        assert_eq!(rewards["data"].as_array().map(Vec::len), Some(1));
        // A member for whom another stands is not edited.
        for (path, body) in [("block", json!({ "reason": "a test" })), ("merge", json!({ "from": pair.into["member"]["id"] }))] {
            let path = format!("{}/{path}", Pair::path(&pair.from));
            assert_eq!(pair.refused(&path, body, 409).await, "member_merged", "{path}");
        }
        pair.close().await;
    }

    /// The old pass is void and its phone is told, the survivor's shows the sum; parted, both are as before.
    async fn the_old_pass_is_void_until_members_are_parted(database: Database) {
        let pair = Pair::open(database).await;
        let (own, old) = (Caller::add(&pair.shop, &pair.into["card"]).await, Caller::add(&pair.shop, &pair.from["card"]).await);
        let mut pushes = pair.shop.apns.subscribe();
        assert_eq!(own.register("device-1", "a1").await, 201);
        assert_eq!(old.register("device-2", "b2").await, 201);
        let shows = async |phone: &Caller<'_>| {
            let (_, _, bytes) = phone.fetch(None).await;
            let file = billfold::apple::reader::PassFile::open(&bytes).expect("a package");
            file.pass_json().clone()
        };
        shows(&own).await;
        shows(&old).await;
        let mut told = async |wanted: [&str; 2]| {
            let mut tokens = std::collections::BTreeSet::new();
            while tokens.len() < 2 {
                let push = tokio::time::timeout(SOON, pushes.recv()).await.expect("in time").expect("a push");
                tokens.insert(push.token);
            }
            assert_eq!(tokens.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
        };
        let joined = pair.merge().await;
        told(["a1", "b2"]).await;
        let (now, void) = (shows(&own).await, shows(&old).await);
        assert_eq!((now["voided"].as_bool().unwrap_or_default(), void["voided"].as_bool()), (false, Some(true)));
        assert!(now.to_string().contains("20"), "{now}");
        let object = text(&pair.from["card"]["passes"]["google"]["object_id"]);
        until("the old object is void", async || {
            pair.shop.google.object(&object).is_some_and(|object| object["state"] == "INACTIVE")
        }).await;
        pair.undo(&joined).await;
        told(["a1", "b2"]).await;
        assert!(!shows(&old).await["voided"].as_bool().unwrap_or_default());
        until("the old object is good", async || {
            pair.shop.google.object(&object).is_some_and(|object| object["state"] == "ACTIVE")
        }).await;
        pair.close().await;
    }

    /// Parted members have what they had: identities, names, attributes, rewards, cards.
    async fn parted_members_are_who_they_were(database: Database) {
        let pair = Pair::open(database).await;
        let cup = pair.reward(5).await;
        let held = pair.post(&format!("{}/redemptions", Pair::path(&pair.from)), json!({ "reward": cup }), 201).await;
        let before = (pair.get(&Pair::path(&pair.into)).await, pair.get(&Pair::path(&pair.from)).await);
        let joined = pair.merge().await;
        let parted = pair.undo(&joined).await;
        assert_eq!((&parted["owed"], &parted["lost_identities"]), (&json!(0), &json!([])));
        assert_eq!((&parted["card"]["balance"], &parted["cards"][0]["balance"]), (&json!(10), &json!(5)));
        let strip = |mut sheet: Value| {
            sheet["member"]["version"] = Value::Null;
            sheet["member"]["updated_at"] = Value::Null;
            sheet["cards"][0]["version"] = Value::Null;
            sheet
        };
        let after = (pair.get(&Pair::path(&pair.into)).await, pair.get(&Pair::path(&pair.from)).await);
        assert_eq!((strip(after.0), strip(after.1)), (strip(before.0), strip(before.1)));
        let scanned = pair.scan(&pair.from).await;
        assert_eq!(scanned["redemptions"][0]["id"], held["redemption"]["id"]);
        assert_eq!(scanned["member"]["id"], pair.from["member"]["id"]);
        assert_eq!(pair.scan(&pair.into).await["redemptions"], json!([]));
        let again = pair.undo(&joined).await;
        assert_eq!((&again["merge"], &again["card"]["balance"]), (&parted["merge"], &json!(10)));
        // And joined again.
        assert_eq!(pair.merge().await["after"]["balance"], 15);
        pair.close().await;
    }

    /// A reward that was bought before a merge, cancelled while joined, is the other's points after parting.
    async fn a_reward_that_is_cancelled_together_is_paid_back_to_who_bought_it(database: Database) {
        let pair = Pair::open(database).await;
        let cup = pair.reward(5).await;
        let held = pair.post(&format!("{}/redemptions", Pair::path(&pair.from)), json!({ "reward": cup }), 201).await;
        let joined = pair.merge().await;
        let back = pair.post(&format!("/v1/redemptions/{}/cancel", text(&held["redemption"]["id"])), Value::Null, 200).await;
        assert_eq!(back["card"]["balance"], 20);
        let parted = pair.undo(&joined).await;
        assert_eq!((&parted["card"]["balance"], &parted["cards"][0]["balance"]), (&json!(10), &json!(10)));
        pair.close().await;
    }

    /// Who cannot be joined: the same member, one of another program, one who is blocked, erased or unknown.
    async fn who_cannot_be_joined_is_refused(database: Database) {
        let pair = Pair::open(database).await;
        let other = json!({ "name": "Other", "slug": "other", "currency": "EUR" });
        let program = text(&pair.post("/v1/programs", other, 201).await["id"]);
        let path = format!("/v1/programs/{program}/members");
        let stranger = pair.post(&path, json!({ "email": "lina@example.com" }), 201).await;
        let merge = format!("{}/merge", Pair::path(&pair.into));
        for (from, fault) in [
            (&pair.into["member"]["id"], "same_member"),
            (&stranger["member"]["id"], "other_program"),
            (&json!("mem_01kawb3v8ze1rtr6tq5hkyq7yx"), "unknown_member"),
            (&json!("nobody"), "unknown_member"),
        ] {
            for path in [merge.clone(), format!("{merge}/preview")] {
                let refused = pair.post(&path, json!({ "from": from }), 422).await;
                let found = &refused["errors"][0];
                assert_eq!((&found["pointer"], &found["code"]), (&json!("/from"), &json!(fault)), "{refused}");
            }
        }
        let from = json!({ "from": pair.from["member"]["id"] });
        let block = format!("{}/block", Pair::path(&pair.from));
        pair.post(&block, json!({ "reason": "a test" }), 200).await;
        assert_eq!(pair.refused(&merge, from.clone(), 422).await, "member_blocked");
        pair.post(&format!("{}/unblock", Pair::path(&pair.from)), Value::Null, 200).await;
        pair.post(&format!("/v1/cards/{}/void", text(&pair.into["card"]["code"])), Value::Null, 200).await;
        assert_eq!(pair.refused(&merge, from.clone(), 422).await, "card_voided");
        assert_eq!(pair.erase(&pair.from).await, 200);
        assert_eq!(pair.post(&merge, from, 422).await["errors"][0]["code"], "unknown_member");
        assert_eq!(pair.refused("/v1/merges/mrg_01kawb3v8ze1rtr6tq5hkyq7yx/undo", Value::Null, 404).await, "not_found");
        pair.close().await;
    }

    /// A joined card that is voided afterwards leads to nobody: whoever found it cannot use the survivor's.
    async fn a_joined_card_that_is_voided_leads_to_nobody(database: Database) {
        let pair = Pair::open(database).await;
        pair.merge().await;
        let voided = pair.post(&format!("/v1/cards/{}/void", text(&pair.from["card"]["code"])), Value::Null, 200).await;
        assert_eq!(voided["id"], pair.from["card"]["id"]);
        assert_eq!(pair.buy(&pair.from, "A", 500).await.1["code"], "card_voided");
        assert_eq!(pair.buy(&pair.into, "B", 500).await.1["card"]["balance"], 25);
        pair.close().await;
    }

    /// Erasing the survivor erases the joined member too; they cannot be parted any more.
    async fn erasing_the_survivor_erases_the_joined(database: Database) {
        let pair = Pair::open(database).await;
        let joined = pair.merge().await;
        assert_eq!(pair.erase(&pair.into).await, 200);
        until("nothing of the person is left", async || {
            ["Zenobia", "Palmyra", "zenobia@", "lina@", "Lina", "Q-4711", "+49301234567"]
                .iter()
                .all(|word| columns_with(&pair.shop.database, word).is_empty())
        }).await;
        let undo = format!("/v1/merges/{}/undo", text(&joined["merge"]["id"]));
        assert_eq!(pair.refused(&undo, Value::Null, 409).await, "merge_forgotten");
        for who in [&pair.into, &pair.from] {
            assert_eq!(pair.shop.get(&Pair::path(who)).await.0, 404);
            assert_eq!(pair.buy(who, "A", 500).await.1["code"], "card_voided");
        }
        pair.close().await;
    }

    /// Erasing the joined member takes from the survivor what came of them, and no more.
    async fn erasing_the_joined_leaves_the_survivor(database: Database) {
        let pair = Pair::open(database).await;
        let before = pair.get(&Pair::path(&pair.into)).await;
        let joined = pair.merge().await;
        assert_eq!(pair.erase(&pair.from).await, 200);
        until("nothing of the person is left", async || {
            ["Zenobia", "Palmyra", "zenobia@", "Q-4711", "+49301234567"]
                .iter()
                .all(|word| columns_with(&pair.shop.database, word).is_empty())
        }).await;
        let after = pair.get(&Pair::path(&pair.into)).await;
        for name in ["first_name", "email", "phone", "external_id", "attributes"] {
            assert_eq!(after["member"][name], before["member"][name], "{name}");
        }
        assert_eq!(after["cards"][0]["balance"], 20, "points are no person's data");
        let undo = format!("/v1/merges/{}/undo", text(&joined["merge"]["id"]));
        assert_eq!(pair.refused(&undo, Value::Null, 409).await, "merge_forgotten");
        assert_eq!(pair.shop.get(&Pair::path(&pair.from)).await.0, 404);
        pair.close().await;
    }
}
