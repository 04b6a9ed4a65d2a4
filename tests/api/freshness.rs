//! Cards that are shown now: codes that change, phones that have the newest, names; and staff's own cards.

use std::sync::Arc;
use std::time::Duration;

use billfold::loyalty::rotating_code::DIGITS;
use billfold::store::{audit, cards, passes};
use billfold::types::{CODE_PERIOD_S, Clock as _, ManualClock, Role, SystemClock, Time, code_at, period_at};
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, until};
use crate::house::{Database, on_both_databases};
use crate::shop::{Opening, Shop, read};

/// A shop whose time the test sets.
struct Counter {
    shop: Shop,
    clock: Arc<ManualClock>,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl Counter {
    async fn open(database: Database) -> Self {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let opening = Opening {
            clock: clock.clone(),
            ..Opening::default()
        };
        let shop = Shop::open_with(database, opening).await;
        Self { shop, clock }
    }

    fn wait_secs(&self, secs: i64) {
        let secs = u64::try_from(secs).expect("forward");
        self.clock.advance(Duration::from_secs(secs));
    }

    async fn settle(&self, policy: Value) -> (u16, Value) {
        let path = format!("/v1/programs/{}", self.shop.program);
        let sent = self.shop.request(Method::PATCH, &path);
        let sent = sent.json(&json!({ "policy": policy })).send();
        read(sent.await.expect("an answer")).await
    }

    /// Publishes the program's look with this of Google's and these formats.
    async fn publish(&self, rotating: bool, formats: Value) -> (u16, Value) {
        let path = format!("/v1/programs/{}/design", self.shop.program);
        let mut design = self.shop.get(&path).await.1["design"].clone();
        for hash in design["images"].as_object_mut().expect("images").values_mut() {
            *hash = json!({ "sha256": hash });
        }
        design["google"]["rotating"] = json!(rotating);
        design["barcode"]["formats"] = formats;
        let sent = self.shop.request(Method::PUT, &path).json(&design).send();
        read(sent.await.expect("an answer")).await
    }

    async fn reward(&self, cost: i64) -> String {
        let body = json!({ "program": self.shop.program, "name": "A cup", "gives": "product", "cost": cost });
        let (status, reward) = self.shop.post("/v1/rewards", &body).await;
        assert_eq!(status, 201, "{reward}");
        text(&reward["id"])
    }

    /// What Google has of a card, as soon as it has it.
    async fn object(&self, card: &Value) -> Value {
        let id = text(&card["passes"]["google"]["object_id"]);
        until("the object", async || self.shop.google.object(&id).is_some()).await;
        self.shop.google.object(&id).expect("there")
    }

    async fn audit(&self, deed: &str) -> usize {
        let program = self.shop.program.parse().expect("an id");
        let read = self
            .shop
            .running
            .house
            .store
            .read(move |db| audit::list(db, &program, 200));
        let deeds = read.await.expect("the audit");
        deeds.iter().filter(|row| row.deed == deed).count()
    }

    async fn post_with(&self, key: &str, path: &str, body: &Value) -> (u16, Value) {
        let sent = self.shop.http.request(Method::POST, self.shop.url(path));
        read(sent.bearer_auth(key).json(body).send().await.expect("an answer")).await
    }
}

/// What a phone shows at an instant, by what Google was given.
fn shown_at(object: &Value, at: Time) -> String {
    let rotating = &object["rotatingBarcode"];
    let key = text(&rotating["totpDetails"]["parameters"][0]["key"]);
    let key = hex::decode(key).expect("Base16");
    text(&rotating["valuePattern"])
        .replace("{totp_timestamp_seconds}", &at.secs().to_string())
        .replace("{totp_value_0}", &code_at(&key, period_at(at), DIGITS))
}

fn order(id: &str, card: &str) -> Value {
    json!({ "external_id": id, "card": card, "total": 500 })
}

on_both_databases! {
    /// A code that changes is taken for a period before and after its own, no made-up one ever; what is old earns only
    /// if it was paid then.
    /// Shows SR-071 (rotating codes).
    async fn a_picture_of_a_rotating_code_is_soon_worth_nothing(database: Database) {
        let counter = Counter::open(database).await;
        assert_eq!(counter.publish(true, json!(["qr"])).await.0, 200);
        let enrolled = counter.shop.enrol("lina@example.com").await;
        let object = counter.object(&enrolled["card"]).await;
        let code = text(&enrolled["card"]["code"]);
        let now = counter.clock.now();
        for (seconds, status, word) in [
            (0, 200, Value::Null),
            (-CODE_PERIOD_S, 200, Value::Null),
            (CODE_PERIOD_S, 200, Value::Null),
            (-3 * CODE_PERIOD_S, 422, json!("stale_code")),
            (-86_400, 422, json!("stale_code")),
        ] {
            let scanned = shown_at(&object, now.plus_ms(seconds * 1_000));
            let (answered, body) = counter.shop.get(&format!("/v1/cards/{scanned}")).await;
            assert_eq!((answered, &body["code"]), (status, &word), "{seconds}: {body}");
        }
        let scanned = shown_at(&object, now);
        let made_up = format!("{}00000000", &scanned[..scanned.len() - 8]);
        assert_eq!(counter.shop.get(&format!("/v1/cards/{made_up}")).await.0, 404);
        assert_eq!(counter.shop.post("/v1/orders", &order("o-0", &made_up)).await.1["code"], "unknown_card");

        assert_eq!(counter.shop.post("/v1/orders", &order("o-1", &scanned)).await.0, 201);
        counter.wait_secs(300);
        assert_eq!(counter.shop.post("/v1/orders", &order("o-1", &scanned)).await.0, 200, "a repeat is answered");
        let (status, body) = counter.shop.post("/v1/orders", &order("o-2", &scanned)).await;
        assert_eq!((status, &body["code"]), (422, &json!("stale_code")), "{body}");
        let mut late = order("o-2", &scanned);
        late["paid_at"] = json!(now.rfc3339_secs());
        assert_eq!(counter.shop.post("/v1/orders", &late).await.0, 201, "a till that was without a network");
        assert_eq!(counter.shop.post("/v1/orders", &order("o-3", &code)).await.0, 201, "a plain code earns always");
        let event = json!({ "type": "visit", "external_id": "e-1", "card": scanned });
        assert_eq!(counter.shop.post("/v1/events", &event).await.1["code"], "stale_code");
        counter.shop.running.stop().await;
    }

    /// One showing is one reward: the same code again is refused until it changes.
    async fn a_rotating_code_counts_for_one_redemption(database: Database) {
        let counter = Counter::open(database).await;
        assert_eq!(counter.publish(true, json!(["pdf417", "qr"])).await.0, 200);
        let enrolled = counter.shop.enrol("lina@example.com").await;
        let other = counter.shop.enrol("omar@example.com").await;
        let object = counter.object(&enrolled["card"]).await;
        assert_eq!(object["rotatingBarcode"]["type"], "PDF_417");
        let reward = counter.reward(1).await;
        let path = format!("/v1/members/{}/redemptions", text(&enrolled["member"]["id"]));
        let redeem = async |shown: &str| {
            let body = json!({ "reward": reward, "shown": shown });
            counter.shop.post(&path, &body).await
        };
        let scanned = shown_at(&object, counter.clock.now());
        assert_eq!(redeem(&scanned).await.0, 201);
        let (status, body) = redeem(&scanned).await;
        assert_eq!((status, &body["code"]), (422, &json!("stale_code")), "{body}");
        assert!(text(&body["detail"]).contains("wait half a minute"), "{body}");
        counter.wait_secs(CODE_PERIOD_S);
        assert_eq!(redeem(&scanned).await.0, 422, "also while it would still be of now");
        let next = shown_at(&object, counter.clock.now());
        assert_eq!(redeem(&next).await.0, 201);
        let theirs = counter.object(&other["card"]).await;
        let (status, body) = redeem(&shown_at(&theirs, counter.clock.now())).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/shown")), "{body}");
        counter.shop.running.stop().await;
    }

    /// The key of the code is with Google alone: not in our database, not in a drawing, not in a link.
    async fn the_key_of_a_rotating_code_is_kept_nowhere(database: Database) {
        let counter = Counter::open(database).await;
        let (status, body) = counter.publish(true, json!(["code128", "qr"])).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/google/rotating")), "{body}");
        assert_eq!(counter.publish(true, json!(["qr"])).await.0, 200);
        let enrolled = counter.shop.enrol("lina@example.com").await;
        let object = counter.object(&enrolled["card"]).await;
        let key = text(&object["rotatingBarcode"]["totpDetails"]["parameters"][0]["key"]);
        assert!(key.len() == 40 && object.get("barcode").is_none(), "{object}");
        let code = text(&enrolled["card"]["code"]);
        let wanted = code.clone();
        let kept = async || {
            let code = wanted.clone();
            let read = counter.shop.running.house.store.read(move |db| {
                let card = cards::find_by_code(db, &code)?.expect("there");
                passes::list_by_card(db, &card.id)
            });
            let passes = read.await.expect("passes");
            passes.into_iter().find_map(|pass| pass.shown)
        };
        until("what was shown", async || kept().await.is_some()).await;
        let kept = kept().await.expect("kept");
        assert!(kept.contains("rotatingBarcode") && !kept.contains(&key), "{kept}");
        let path = format!("/v1/programs/{}/design/preview?member={}", counter.shop.program, text(&enrolled["member"]["id"]));
        let (_, preview) = counter.shop.get(&path).await;
        assert!(preview.to_string().contains("rotatingBarcode") && !preview.to_string().contains(&key), "{preview}");

        // A changed card is a patch without the code; a look without it takes it away.
        assert_eq!(counter.shop.post("/v1/orders", &order("o-1", &code)).await.0, 201);
        let id = text(&object["id"]);
        let balance = || counter.shop.google.object(&id).expect("there")["loyaltyPoints"]["balance"]["int"].clone();
        until("the balance", async || balance() == 15).await;
        assert_eq!(counter.shop.google.object(&id).expect("there")["rotatingBarcode"], object["rotatingBarcode"]);
        assert_eq!(counter.publish(false, json!(["qr"])).await.0, 200);
        until("the plain code", async || counter.shop.google.object(&id).expect("there").get("barcode").is_some()).await;
        assert!(counter.shop.google.object(&id).expect("there").get("rotatingBarcode").is_none());
        counter.shop.running.stop().await;
    }

    /// A dear reward needs a phone that has fetched the newest just now, a code of now, or a name that was compared.
    /// Shows SR-071 (redemption above a limit asks).
    async fn a_dear_reward_needs_a_card_that_is_shown_now(database: Database) {
        let counter = Counter::open(database).await;
        for (policy, pointer) in [
            (json!({ "freshness": { "points": 5, "accept": [], "then": "refuse" } }), "/policy/freshness"),
            (json!({ "freshness": { "accept": ["name"], "then": "refuse" } }), "/policy/freshness"),
            (json!({ "freshness": { "points": 1, "accept": ["luck"], "then": "refuse" } }), "/policy/freshness/accept/0"),
            (json!({ "receipt_days": 0 }), "/policy/receipt_days"),
        ] {
            let (status, body) = counter.settle(policy).await;
            assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}");
        }
        let freshness = json!({ "points": 2, "accept": ["rotating_code", "fetched", "name"], "minutes": 10, "then": "refuse" });
        assert_eq!(counter.settle(json!({ "freshness": freshness })).await.0, 200);
        let enrolled = counter.shop.enrol("lina@example.com").await;
        let code = text(&enrolled["card"]["code"]);
        let (cheap, dear) = (counter.reward(1).await, counter.reward(2).await);
        let path = format!("/v1/members/{}/redemptions", text(&enrolled["member"]["id"]));
        let redeem = async |body: Value| counter.shop.post(&path, &body).await;
        assert_eq!(redeem(json!({ "reward": cheap })).await.0, 201);
        let (status, body) = redeem(json!({ "reward": dear, "shown": code })).await;
        assert_eq!((status, &body["code"]), (422, &json!("stale_code")), "{body}");
        for way in ["/refresh", "phone shows now", "\"confirmed\": \"name\""] {
            assert!(text(&body["detail"]).contains(way), "{way}: {body}");
        }
        assert_eq!(counter.audit("refuse_stale_code").await, 1, "it is known though nothing else is kept");

        let phone = Caller::add(&counter.shop, &enrolled["card"]).await;
        assert_eq!(phone.register("device-1", "a1b2").await, 201);
        assert_eq!(phone.fetch(None).await.0, 200);
        assert_eq!(redeem(json!({ "reward": dear })).await.0, 201);
        assert_eq!(redeem(json!({ "reward": dear })).await.0, 422, "the phone has not fetched what the reward changed");
        let (status, card) = counter.shop.post(&format!("/v1/cards/{code}/refresh"), &Value::Null).await;
        assert_eq!(status, 200, "{card}");
        assert_eq!(redeem(json!({ "reward": dear })).await.0, 422, "nor what was made new");
        assert_eq!(phone.fetch(None).await.0, 200);
        assert_eq!(redeem(json!({ "reward": dear })).await.0, 201);

        let (status, body) = redeem(json!({ "reward": dear, "confirmed": "name" })).await;
        assert_eq!((status, &body["redemption"]["flags"]), (201, &json!([])), "{body}");
        assert_eq!(counter.audit("confirm_name").await, 1);
        assert_eq!(redeem(json!({ "reward": dear, "confirmed": "face" })).await.0, 422);
        counter.shop.running.stop().await;
    }

    /// A fetch counts for its minutes; where names are not taken, none helps; what is only flagged stands.
    async fn a_fetch_counts_for_a_while_and_a_flag_stands(database: Database) {
        let counter = Counter::open(database).await;
        let freshness = |then: &str| json!({ "freshness": { "points": 1, "accept": ["fetched"], "minutes": 10, "then": then } });
        assert_eq!(counter.settle(freshness("refuse")).await.0, 200);
        let enrolled = counter.shop.enrol("lina@example.com").await;
        let reward = counter.reward(1).await;
        let path = format!("/v1/members/{}/redemptions", text(&enrolled["member"]["id"]));
        let phone = Caller::add(&counter.shop, &enrolled["card"]).await;
        assert_eq!(phone.register("device-1", "a1b2").await, 201);
        assert_eq!(phone.fetch(None).await.0, 200);
        let recorded = async || {
            let (_, diagnosis) = counter.shop.get(&format!("/v1/members/{}/diagnosis", text(&enrolled["member"]["id"]))).await;
            let passes = diagnosis["passes"].as_array().expect("passes").clone();
            passes.iter().any(|pass| pass["wallet"] == "apple" && pass["fetched_at"].is_string())
        };
        until("the fetch", recorded).await;
        counter.wait_secs(601);
        let (status, body) = counter.shop.post(&path, &json!({ "reward": reward, "confirmed": "name" })).await;
        assert_eq!((status, &body["code"]), (422, &json!("stale_code")), "{body}");
        assert_eq!(counter.settle(freshness("flag")).await.0, 200);
        let (status, body) = counter.shop.post(&path, &json!({ "reward": reward })).await;
        assert_eq!((status, &body["redemption"]["flags"]), (201, &json!(["stale_code"])), "{body}");
        let id = text(&body["redemption"]["id"]);
        assert_eq!(counter.shop.get(&format!("/v1/redemptions/{id}")).await.1["flags"], json!(["stale_code"]));
        assert_eq!(counter.audit("flag_redemption").await, 1);
        counter.shop.running.stop().await;
    }

    /// Large orders may need it too, and a reward that nobody asked for when it is handed over.
    async fn large_orders_and_given_rewards_can_need_it_too(database: Database) {
        let counter = Counter::open(database).await;
        let freshness = |then: &str| json!({ "freshness": { "points": 0, "order_minor": 500, "accept": ["name"], "then": then } });
        assert_eq!(counter.settle(freshness("refuse")).await.0, 200);
        let reward = json!({ "program": counter.shop.program, "name": "A cup", "gives": "product", "cost": 20, "automatic": true });
        assert_eq!(counter.shop.post("/v1/rewards", &reward).await.0, 201);
        let enrolled = counter.shop.enrol("lina@example.com").await;
        let code = text(&enrolled["card"]["code"]);
        assert_eq!(counter.shop.post("/v1/orders", &order("o-1", &code)).await.1["code"], "stale_code");
        let mut small = order("o-1", &code);
        small["total"] = json!(499);
        assert_eq!(counter.shop.post("/v1/orders", &small).await.0, 201);
        let online = json!({ "external_id": "o-2", "member": enrolled["member"]["id"], "total": 500 });
        assert_eq!(counter.shop.post("/v1/orders", &online).await.0, 201, "no card is shown for it");
        assert_eq!(counter.settle(freshness("flag")).await.0, 200);
        let (status, body) = counter.shop.post("/v1/orders", &order("o-3", &code)).await;
        assert_eq!((status, &body["order"]["flags"]), (201, &json!(["stale_code"])), "{body}");
        assert_eq!(counter.audit("flag_order").await, 1);
        let issued = &body["redemptions"][0];
        assert_eq!(issued["origin"], "automatic", "{body}");
        assert_eq!(counter.settle(freshness("refuse")).await.0, 200);
        let path = format!("/v1/redemptions/{}/complete", text(&issued["id"]));
        assert_eq!(counter.shop.post(&path, &json!({})).await.1["code"], "stale_code");
        assert_eq!(counter.shop.post(&path, &json!({ "confirmed": "name" })).await.0, 200);
        counter.shop.running.stop().await;
    }

    /// A key that names its member serves everybody but them, on whichever of their cards.
    /// Shows SR-071 (own card).
    async fn nobody_serves_their_own_card(database: Database) {
        let counter = Counter::open(database).await;
        let shop = &counter.shop;
        let (own, other) = (shop.enrol("staff@example.com").await, shop.enrol("lina@example.com").await);
        let (code, theirs) = (text(&own["card"]["code"]), text(&other["card"]["code"]));
        let member = text(&own["member"]["id"]);
        let new_key = json!({ "name": "till", "role": "manager", "program": shop.program, "member": "mem_00000000000000000000000000" });
        let (status, body) = shop.post("/v1/keys", &new_key).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/member")), "{body}");
        let new_key = json!({ "name": "till", "role": "manager", "program": shop.program, "member": member });
        let (status, made) = shop.post("/v1/keys", &new_key).await;
        assert_eq!((status, &made["member"]), (201, &json!(member)), "{made}");
        let key = text(&made["secret"]);
        let (_, bought) = shop.post("/v1/orders", &order("o-1", &code)).await;
        let reward = counter.reward(1).await;
        let refused = [
            ("/v1/orders".to_owned(), order("o-2", &code)),
            (format!("/v1/members/{member}/adjustments"), json!({ "points": 5, "reason": "a gift" })),
            (format!("/v1/members/{member}/redemptions"), json!({ "reward": reward })),
            (format!("/v1/orders/{}/refunds", text(&bought["order"]["id"])), json!({})),
            (format!("/v1/entries/{}/reversal", text(&bought["entries"][0]["id"])), Value::Null),
            ("/v1/events".to_owned(), json!({ "type": "visit", "external_id": "e-1", "card": code })),
        ];
        for (count, (path, body)) in refused.iter().enumerate() {
            let (status, answer) = counter.post_with(&key, path, body).await;
            assert_eq!((status, &answer["code"]), (403, &json!("own_card")), "{path}: {answer}");
            assert_eq!(counter.audit("refuse_own_card").await, count + 1, "{path}");
        }
        assert_eq!(counter.post_with(&key, "/v1/orders", &order("o-3", &theirs)).await.0, 201);

        let joined = json!({ "from": member, "reason": "one person" });
        let path = format!("/v1/members/{}/merge", text(&other["member"]["id"]));
        assert_eq!(shop.post(&path, &joined).await.0, 201);
        for card in [&code, &theirs] {
            assert_eq!(counter.post_with(&key, "/v1/orders", &order("o-4", card)).await.0, 403, "joined");
        }
        assert_eq!(counter.settle(json!({ "own_card": "flag" })).await.0, 200);
        let (status, body) = counter.post_with(&key, "/v1/orders", &order("o-4", &theirs)).await;
        assert_eq!((status, &body["order"]["flags"]), (201, &json!(["own_card"])), "{body}");
        assert_eq!(counter.audit("flag_order").await, 1);
        let gift = json!({ "points": 5, "reason": "a gift" });
        let path = format!("/v1/members/{}/adjustments", text(&other["member"]["id"]));
        assert_eq!(counter.post_with(&key, &path, &gift).await.0, 201);
        assert_eq!(counter.audit("flag_own_card").await, 1);

        assert_eq!(counter.settle(json!({})).await.0, 200);
        let path = format!("/v1/keys/{}", text(&made["id"]));
        let sent = shop.request(Method::PATCH, &path).json(&json!({ "member": null })).send();
        let (status, patched) = read(sent.await.expect("an answer")).await;
        assert_eq!((status, &patched["member"], &patched["name"]), (200, &Value::Null, &json!("till")), "{patched}");
        assert_eq!(counter.post_with(&key, "/v1/orders", &order("o-5", &theirs)).await.0, 201);
        let cashier = shop.key(Role::Cashier, Some(&shop.program)).await;
        assert_eq!(counter.post_with(&cashier, "/v1/orders", &order("o-6", &theirs)).await.0, 201, "keys name nobody at first");
        counter.shop.running.stop().await;
    }
}
