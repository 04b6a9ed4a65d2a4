//! The API and the document that describes it: every operation answers as it says.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use billfold::types::sha256_hex;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::documented::{Call, Document};
use crate::house::on_both_databases;
use crate::reaching::{approve_campaign, mean_members, name_members, run_automation, send_campaign};
use crate::shop::{Shop, read};

const PICTURE: &[u8] = include_bytes!("../../templates/passes/cafe/logo@2x.png");

/// The operations of the document that a service serves, as places in it.
async fn operations(shop: &Shop) -> BTreeSet<String> {
    let (_, document) = shop.get("/v1/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths");
    let each = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(move |method| format!("#/paths/{}/{method}", path.replace('/', "~1")))
    });
    each.collect()
}

/// A term of each kind with all that it may say, and where such are written.
fn whole_terms() -> [(&'static str, Value); 6] {
    let rule = json!({
        "name": "Everything", "when": "order", "of": { "sku": ["1"], "category": ["cake"] },
        "if": [
            { "channel": ["till"] }, { "location": ["corner"] }, { "weekday": ["mon", "sun"] },
            { "hours": { "from": "22:00", "to": "02:00" } }, { "minimum": 100 }, { "every_order": 5 },
            { "order_number": 10 }, { "attribute": { "name": "milk", "is": ["oat"] } }, { "member_days": 30 },
        ],
        "then": { "points": 5, "per": { "spend": 100 } },
        "limits": [{ "times": 2, "within": "day" }, { "points": 100, "within": { "days": 30 } }],
        "budget": 10_000, "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "group": "one",
        "pending_days": 14,
    });
    let promotion = json!({
        "name": "Everything", "then": { "add": 5 }, "if": [{ "channel": ["till"] }], "budget": 10_000,
        "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z",
    });
    let reward = json!({
        "name": { "en": "A coffee", "ar": "قهوة" }, "description": "Of any size", "cost": 5, "stock": 10,
        "gives": { "free_item": { "category": ["coffee"], "sku": ["17"] } }, "limits": [{ "times": 5, "within": "day" }],
        "valid_days": 30, "from": "2026-01-01T00:00:00Z", "until": "2036-01-01T00:00:00Z",
        "if": [{ "attribute": { "name": "milk", "is": ["oat"] } }, { "hours": { "from": "08:00", "to": "18:00" } }],
        "picture": sha256_hex(PICTURE), "category": "Drinks", "position": 3,
    });
    let social = json!({
        "name": "Linked", "when": { "event": "social.linked" }, "then": { "points": 5, "per": "time" },
        "if": [{ "data": { "name": "network", "is": ["photos"] } }],
        "limits": [{ "times": 1, "within": "ever", "per": "data.network" }],
    });
    let tier = json!({
        "name": "Gold", "shown_as": { "en": "Gold", "fa": "طلایی" }, "threshold": 500, "multiply": 150,
        "perks": ["A free topping", { "en": "Early access", "ar": "وصول مبكر" }],
    });
    let challenge = json!({
        "name": "Everything", "shown_as": { "en": "Five cakes", "ar": "خمس كعكات" }, "when": "order",
        "if": [{ "channel": ["till"] }], "of": { "category": ["cake"] }, "goal": { "items": 5 }, "within": { "days": 14 },
        "then": { "points": 50 }, "wins": 3, "from": "2026-01-01T00:00:00Z", "until": "2036-01-01T00:00:00Z",
    });
    [
        ("/v1/challenges", challenge),
        ("/v1/rules", rule),
        ("/v1/rules", social),
        ("/v1/promotions", promotion),
        ("/v1/rewards", reward),
        ("/v1/tiers", tier),
    ]
}

/// Rewards of each sort, issued and settled in each way.
async fn hand_rewards_over(shop: &Shop, member: &str, code: &str, order: &Value) {
    let post = async |path: &str, body: Value, wanted: u16| {
        let (status, answer) = shop.post(path, &body).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        answer
    };
    post("/v1/images", json!({ "data": STANDARD.encode(PICTURE) }), 201).await;
    for gives in [
        json!("product"),
        json!({ "amount_off": 100 }),
        json!({ "percent_off": { "percent": 10, "of": "item" } }),
        json!({ "gift_card": { "amount": 500, "valid_days": 30 } }),
        json!({ "experience": { "at": "2036-01-01T09:00:00Z", "until": "2036-01-01T11:00:00Z", "capacity": 8, "place": "Upstairs" } }),
        json!({ "download": { "url": "https://files.example/book.pdf", "link_hours": 24, "opens": 3 } }),
        json!({ "donation": { "to": { "en": "The lifeboat", "ar": "قارب النجاة" } } }),
        json!({ "early_access": { "of": { "sku": ["autumn"] }, "from": "2036-01-01T00:00:00Z" } }),
    ] {
        let reward = json!({ "program": shop.program, "name": "A cup", "gives": gives });
        let reward = post("/v1/rewards", reward, 201).await;
        let wanted = json!({ "reward": reward["id"], "shown": code, "confirmed": "name" });
        let issued = post(&format!("{member}/redemptions"), wanted, 201).await;
        let id = issued["redemption"]["id"].as_str().expect("an id");
        for path in [
            format!("/v1/redemptions/{id}"),
            format!("/v1/cards/{code}"),
            format!("{member}/rewards"),
        ] {
            assert_eq!(shop.get(&path).await.0, 200, "{path}");
        }
        if gives == "product" {
            post(&format!("/v1/redemptions/{id}/cancel"), Value::Null, 200).await;
        } else if gives.get("gift_card").is_some() {
            post(&format!("/v1/redemptions/{id}/complete"), json!({}), 200).await;
        } else {
            post(
                &format!("/v1/redemptions/{id}/complete"),
                json!({ "order": order, "shown": code, "confirmed": "name" }),
                200,
            )
            .await;
        }
    }
}

/// Gift cards in each way: issued, shown, spent, given back, topped up, joined, voided.
async fn use_gift_cards(shop: &Shop, member: &str, order: &Value) {
    let send = async |method: Method, path: &str, body: Option<Value>, wanted: u16| {
        let mut request = shop.request(method, path);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let (status, answer) = read(request.send().await.expect("an answer")).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        answer
    };
    let euros = |cents: i64| json!({ "amount": cents, "currency": "EUR" });
    let id = member.trim_start_matches("/v1/members/");
    let whole = json!({
        "program": shop.program, "amount": euros(5_000), "member": id, "expires_at": "2036-01-01T00:00:00Z",
        "external_id": "gift-1", "value": "paid", "reason": "for a friend",
    });
    let first = send(Method::POST, "/v1/gift-cards", Some(whole), 201).await;
    let plain = json!({ "program": shop.program, "amount": euros(100) });
    let second = send(Method::POST, "/v1/gift-cards", Some(plain), 201).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let card = format!("/v1/gift-cards/{}", text(&first["gift_card"]["id"]));
    let payment = json!({ "amount": euros(700), "external_id": "gift-2", "order": order, "reason": "paid" });
    let spent = send(Method::POST, &format!("{card}/spend"), Some(payment), 201).await;
    let back = format!("/v1/gift-entries/{}/reversal", text(&spent["entry"]["id"]));
    let some = json!({ "amount": euros(200), "external_id": "gift-3", "reason": "cold" });
    send(Method::POST, &back, Some(some), 201).await;
    send(Method::POST, &back, Some(json!({})), 201).await;
    let more = json!({ "amount": euros(100), "external_id": "gift-4", "reason": "more" });
    send(Method::POST, &format!("{card}/top-up"), Some(more), 201).await;
    let other = &second["gift_card"]["code"];
    let moved = json!({ "to": other, "amount": euros(100), "external_id": "gift-5", "reason": "joined" });
    send(Method::POST, &format!("{card}/transfer"), Some(moved), 201).await;
    for path in [
        card.clone(),
        format!("{card}/entries"),
        format!("{member}/gift-cards"),
        // With all of it in: each shape of the export is held against the document.
        format!("{member}/export"),
    ] {
        send(Method::GET, &path, None, 200).await;
    }
    send(
        Method::GET,
        &format!("/v1/programs/{}/liability", shop.program),
        None,
        200,
    )
    .await;
    send(Method::POST, &format!("{card}/void"), None, 200).await;
}

/// Receipts in each way: recorded, shown, claimed, taken back.
async fn claim_receipts(shop: &Shop, code: &str) {
    let post = async |path: &str, body: Value, wanted: u16| {
        let (status, answer) = shop.post(path, &body).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        answer
    };
    let first = json!({
        "program": shop.program, "external_id": "sale-1", "total": { "amount": 700, "currency": "EUR" },
        "currency": "EUR", "lines": [{ "sku": "1", "category": "cake", "quantity": 1, "amount": 700 }],
        "location": "corner", "channel": "till", "paid_at": "2026-11-21T10:00:00Z",
    });
    let second = json!({ "program": shop.program, "external_id": "sale-2", "total": 700 });
    let (first, second) = (
        post("/v1/receipts", first, 201).await,
        post("/v1/receipts", second, 201).await,
    );
    let path = |receipt: &Value| format!("/v1/receipts/{}", receipt["id"].as_str().expect("an id"));
    assert_eq!(shop.get(&path(&first)).await.0, 200);
    let claim = format!("{}/claim", path(&first));
    post(&claim, json!({ "card": code }), 201).await;
    post(&format!("{}/void", path(&second)), Value::Null, 200).await;
    post(&format!("/v1/cards/{code}/refresh"), Value::Null, 200).await;
}

/// An endpoint in each way: made, shown, changed, tried, turned, taken away.
async fn use_webhooks(shop: &Shop) {
    let body =
        json!({ "url": "http://127.0.0.1:9/hooks", "events": ["member.enrolled"], "program": shop.program });
    let (status, made) = shop.post("/v1/webhook-endpoints", &body).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/v1/webhook-endpoints/{}", made["id"].as_str().expect("an id"));
    let (status, sent) = shop.post(&format!("{path}/test"), &json!({})).await;
    assert_eq!(status, 201, "{sent}");
    let again = format!("{path}/deliveries/{}/resend", sent["id"].as_str().expect("an id"));
    for path in [again, format!("{path}/rotate")] {
        let (status, answer) = shop.post(&path, &json!({})).await;
        assert_eq!(status, 200, "{path}: {answer}");
    }
    for path in [
        "/v1/webhook-endpoints".to_owned(),
        path.clone(),
        format!("{path}/deliveries"),
    ] {
        assert_eq!(shop.get(&path).await.0, 200, "{path}");
    }
    let change = json!({ "state": "paused", "events": ["order.recorded", "tier.changed"] });
    for (method, body) in [(Method::PATCH, change), (Method::DELETE, Value::Null)] {
        let answer = shop.request(method, &path).json(&body).send().await;
        assert_eq!(answer.expect("an answer").status(), 200, "{path}");
    }
}

/// Endpoints; a key made, changed and taken back; who works here, and where.
async fn use_keys(shop: &Shop, member: &Value) {
    use_webhooks(shop).await;
    let till = json!({ "name": "till", "role": "cashier", "program": shop.program, "member": member });
    let (status, key) = shop.post("/v1/keys", &till).await;
    assert_eq!(status, 201, "{key}");
    let path = format!("/v1/keys/{}", key["id"].as_str().expect("an id"));
    let change = json!({ "name": "till 2", "member": null });
    for request in [
        shop.request(Method::PATCH, &path).json(&change),
        shop.request(Method::DELETE, &path),
    ] {
        assert_eq!(read(request.send().await.expect("an answer")).await.0, 200);
    }
    hire_and_let_go(shop).await;
}

/// Somebody hired, changed and let go; a till made and taken back.
async fn hire_and_let_go(shop: &Shop) {
    let ask = async |method: Method, path: &str, body: Value| {
        read(
            shop.request(method, path)
                .json(&body)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    };
    let sam = json!({ "name": "Sam", "role": "cashier", "program": shop.program, "email": "sam@cafe.example",
                      "password": "a long word with spaces", "pin": "4711", "location": "Main street" });
    let (status, staff) = shop.post("/v1/staff", &sam).await;
    assert_eq!(status, 201, "{staff}");
    let path = format!("/v1/staff/{}", staff["id"].as_str().expect("an id"));
    for path in ["/v1/staff", path.as_str(), "/v1/tills"] {
        assert_eq!(shop.get(path).await.0, 200, "{path}");
    }
    let (status, _) = ask(Method::PATCH, &path, json!({ "role": "manager", "pin": null })).await;
    assert_eq!(status, 200);
    assert_eq!(ask(Method::DELETE, &path, Value::Null).await.0, 200);
    let place = json!({ "program": shop.program, "code": "mill", "name": "The mill",
        "position": { "latitude": 52.5, "longitude": 13.4 }, "relevant_text": { "en": "Coffee?" } });
    let (status, place) = shop.post("/v1/locations", &place).await;
    assert_eq!(status, 201, "{place}");
    let path = format!("/v1/locations/{}", place["id"].as_str().expect("an id"));
    for path in ["/v1/locations", path.as_str()] {
        assert_eq!(shop.get(path).await.0, 200, "{path}");
    }
    let change = json!({ "position": null });
    for (method, body) in [(Method::PATCH, change), (Method::DELETE, Value::Null)] {
        assert_eq!(ask(method, &path, body).await.0, 200);
    }
    let till = json!({ "program": shop.program, "name": "Counter 1" });
    let (status, till) = shop.post("/v1/tills", &till).await;
    assert_eq!(status, 201, "{till}");
    let path = format!("/v1/tills/{}", till["id"].as_str().expect("an id"));
    assert_eq!(ask(Method::DELETE, &path, Value::Null).await.0, 200);
}

/// A member blocked and let in, joined with another and parted, who gives points away.
async fn join_and_part(shop: &Shop, member: &str) {
    let post = async |path: &str, body: Value, wanted: u16| {
        let (status, answer) = shop.post(path, &body).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        answer
    };
    let other = shop.enrol("other@example.com").await;
    let reason = json!({ "reason": "a test" });
    post(&format!("{member}/block"), reason, 200).await;
    post(&format!("{member}/unblock"), Value::Null, 200).await;
    let policy = json!({ "policy": {
        "transfers": true, "transfer_max": 100, "merge_undo_days": 10, "own_card": "flag", "receipt_days": 30,
        "freshness": { "points": 100, "minor": 500, "order_minor": 5_000, "accept": ["rotating_code", "fetched", "name"], "minutes": 5, "then": "flag" },
    } });
    let path = format!("/v1/programs/{}", shop.program);
    let patched = shop.request(Method::PATCH, &path).json(&policy).send().await;
    assert_eq!(read(patched.expect("an answer")).await.0, 200);
    let gift = json!({ "to": other["member"]["id"], "points": 5, "reason": "a gift" });
    post(&format!("{member}/transfers"), gift, 201).await;
    let from = json!({ "from": other["member"]["id"], "reason": "one person" });
    post(&format!("{member}/merge/preview"), from.clone(), 200).await;
    let joined = post(&format!("{member}/merge"), from, 201).await;
    let merge = joined["merge"]["id"].as_str().expect("an id");
    post(&format!("/v1/merges/{merge}/undo"), Value::Null, 200).await;
}

/// A survey to a member and a campaign on their card, and how the program goes.
async fn ask_and_tell(shop: &Shop, member: &Value, code: &str) {
    let insight = format!("/v1/programs/{}/insight", shop.program);
    assert_eq!(
        shop.get(&format!("{insight}?days=7&margin=25&horizon=3")).await.0,
        200
    );
    let table = shop.request(Method::GET, &format!("{insight}.csv"));
    let table = table.send().await.expect("an answer");
    assert_eq!(table.status(), 200);
    ask_and_answer(shop, member).await;
    mean_members(shop).await;
    name_members(shop, "C-17").await;
    send_campaign(shop, code).await;
    approve_campaign(shop).await;
    run_automation(shop, code).await;
}

/// A survey written, opened, answered and counted.
async fn ask_and_answer(shop: &Shop, member: &Value) {
    let choices =
        json!([{ "id": "tea", "text": { "en": "Tea", "ar": "شاي" } }, { "id": "cake", "text": "Cake" }]);
    let survey = json!({ "program": shop.program, "name": "Autumn", "title": { "en": "Your visit", "ar": "زيارتك" },
        "intro": "Two minutes.", "thanks": "Thank you!", "questions": [
        { "id": "drink", "text": "What do you drink?", "kind": "single", "required": true, "choices": choices },
        { "id": "liked", "text": "What did you like?", "kind": "several", "choices": choices },
        { "id": "stars", "text": "How was it?", "kind": "scale_1_5" },
        { "id": "again", "text": "Would you tell a friend?", "kind": "scale_0_10" },
        { "id": "words", "text": "What else?", "kind": "text" },
    ] });
    let (status, written) = shop.post("/v1/surveys", &survey).await;
    assert_eq!(status, 201, "{written}");
    let path = format!("/v1/surveys/{}", written["id"].as_str().expect("an id"));
    let opened = shop
        .request(Method::PATCH, &path)
        .json(&json!({ "state": "open" }));
    assert_eq!(read(opened.send().await.expect("an answer")).await.0, 200);
    let said = json!({ "member": member, "language": "ar", "answers": {
        "drink": "tea", "liked": ["cake"], "stars": 4, "again": 9, "words": "More of it" } });
    let (status, answered) = shop.post(&format!("{path}/answers"), &said).await;
    assert_eq!(status, 201, "{answered}");
    for path in [
        "/v1/surveys".to_owned(),
        path.clone(),
        format!("{path}/answers"),
        format!("{path}/summary"),
    ] {
        assert_eq!(shop.get(&path).await.0, 200, "{path}");
    }
}

/// A card that gets another link, then another code, and is voided.
async fn end_card(shop: &Shop, code: &str) {
    let mut code = code.to_owned();
    for deed in ["link", "replace", "void"] {
        let (status, card) = shop.post(&format!("/v1/cards/{code}/{deed}"), &Value::Null).await;
        assert_eq!(status, 200, "{deed}: {card}");
        card["code"].as_str().expect("a code").clone_into(&mut code);
    }
}

/// A plastic card's number given to a member and taken away.
async fn add_and_take_identities(shop: &Shop, member: &str) {
    let plastic = json!({ "type": "card_number", "value": "0017-1234" });
    assert_eq!(shop.post(&format!("{member}/identities"), &plastic).await.0, 201);
    let taken = shop.request(
        Method::DELETE,
        &format!("{member}/identities/card_number:00171234"),
    );
    assert_eq!(read(taken.send().await.expect("an answer")).await.0, 200);
}

on_both_databases! {
    /// Each operation once, with all that it takes; the client holds every answer against the document.
    /// Shows SR-063 (every operation of the API answers as its document says).
    async fn every_operation_answers_as_the_document_says(database: Database) {
        let shop = Shop::open(database).await;
        let send = async |method: Method, path: &str, body: Option<Value>, wanted: u16| {
            let mut request = shop.request(method.clone(), path);
            if let Some(body) = &body {
                request = request.json(body);
            }
            let (status, answer) = read(request.send().await.expect("an answer")).await;
            assert_eq!(status, wanted, "{method} {path}: {answer}");
            answer
        };
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let program = format!("/v1/programs/{}", shop.program);
        send(Method::POST, "/v1/programs", Some(json!({
            "name": { "en": "Book club", "ar": "نادي الكتاب" }, "point_name": "stars", "language": "ar", "currency": "USD",
            "slug": "books", "external_id": "P-2", "earning": { "points": 2, "per_minor": 100 }, "signup_bonus": 5,
        })), 201).await;
        for path in ["/v1/programs", program.as_str(), "/v1/members", "/v1/keys"] {
            send(Method::GET, path, None, 200).await;
        }
        let names = json!({ "name": "Café Aroma", "point_name": { "en": "beans" } });
        send(Method::PATCH, &program, Some(names), 200).await;
        let published = send(Method::GET, &format!("{program}/design"), None, 200).await;
        let mut design = published["design"].clone();
        for hash in design["images"].as_object_mut().expect("images").values_mut() {
            *hash = json!({ "sha256": hash });
        }
        send(Method::PUT, &format!("{program}/design"), Some(design), 200).await;
        send(Method::GET, &format!("{program}/design/preview"), None, 200).await;

        let enrolled = send(Method::POST, &format!("{program}/members"), Some(json!({
            "first_name": "Lina", "last_name": "Haddad", "email": "lina@example.com", "phone": "+4930123456",
            "external_id": "C-17", "card_number": "9001-17", "language": "ar", "attributes": { "milk": "oat", "size": 42, "vip": true },
            "consents": [{ "purpose": "marketing", "granted": true }], "referral_code": null, "birth_date": "1990-02-28",
        })), 201).await;
        let member = format!("/v1/members/{}", text(&enrolled["member"]["id"]));
        let code = text(&enrolled["card"]["code"]);
        let change = json!({ "last_name": null, "birth_date": "2000-02-29", "attributes": { "milk": null, "size": 43 } });
        send(Method::PATCH, &member, Some(change), 200).await;
        add_and_take_identities(&shop, &member).await;
        let preview = format!("{program}/design/preview?member=external:C-17&language=fa");
        send(Method::GET, &preview, None, 200).await;
        for path in [member.clone(), format!("{member}/entries"), format!("{member}/referrals?state=paid"), format!("{member}/diagnosis"), format!("{member}/expiry-notices"), format!("/v1/cards/{code}")] {
            send(Method::GET, &path, None, 200).await;
        }
        let moved = send(Method::POST, &format!("{member}/adjustments"), Some(json!({ "points": 5, "reason": "a gift" })), 201).await;
        send(Method::POST, &format!("/v1/entries/{}/reversal", text(&moved["entry"]["id"])), None, 201).await;
        let order = send(Method::POST, "/v1/orders", Some(json!({
            "external_id": "till-1-000042", "card": code, "total": { "amount": 1_250, "currency": "EUR" }, "currency": "EUR",
            "lines": [{ "sku": "1", "category": "cake", "quantity": 1, "amount": 1_250 }, { "quantity": 2 }],
            "location": "corner", "channel": "till", "paid_at": "2026-11-21T10:00:00Z",
        })), 201).await;
        let plain = json!({ "external_id": "till-1-000043", "member": enrolled["member"]["id"], "total": 300 });
        send(Method::POST, "/v1/orders/simulate", Some(plain.clone()), 200).await;
        send(Method::POST, "/v1/orders", Some(plain), 201).await;
        let event = json!({ "type": "review", "external_id": "review-1", "card": code, "data": { "stars": 5 } });
        send(Method::POST, "/v1/events", Some(event), 201).await;
        let path = format!("/v1/orders/{}", text(&order["order"]["id"]));
        send(Method::GET, &path, None, 200).await;
        let refund = json!({ "external_id": "R-1", "amount": { "amount": 250, "currency": "EUR" }, "reason": "cold" });
        send(Method::POST, &format!("{path}/refunds"), Some(refund), 201).await;
        hand_rewards_over(&shop, &member, &code, &order["order"]["id"]).await;
        send(Method::GET, &format!("{member}/redemptions"), None, 200).await;
        use_gift_cards(&shop, &member, &order["order"]["id"]).await;
        join_and_part(&shop, &member).await;
        claim_receipts(&shop, &code).await;
        ask_and_tell(&shop, &enrolled["member"]["id"], &code).await;
        end_card(&shop, &code).await;
        use_keys(&shop, &enrolled["member"]["id"]).await;
        send(Method::DELETE, &member, None, 200).await;
        for (path, term) in whole_terms() {
            let mut whole = term.clone();
            whole["program"] = json!(shop.program);
            let written = send(Method::POST, path, Some(whole), 201).await;
            send(Method::GET, &format!("{path}?program={}", shop.program), None, 200).await;
            let path = format!("{path}/{}", text(&written["id"]));
            send(Method::GET, &path, None, 200).await;
            let mut edit = json!({ "name": "Another", "active": false });
            if term["until"].is_string() {
                edit["until"] = json!("2030-01-01T00:00:00Z");
            }
            send(Method::PATCH, &path, Some(edit), 200).await;
            send(Method::PATCH, &path, Some(term), 200).await;
            send(Method::GET, &format!("{path}/versions"), None, 200).await;
            send(Method::DELETE, &path, None, 204).await;
        }
        let (answered, written) = (shop.http.answered(), operations(&shop).await);
        let unanswered: Vec<_> = written.symmetric_difference(&answered).collect();
        assert!(unanswered.is_empty(), "nobody asked these, or the document lacks them: {unanswered:?}");
        shop.running.stop().await;
    }
}

/// The check that all tests of the API rest on sees each kind of breach.
#[test]
fn a_breach_of_the_document_is_seen() {
    let document = Document::new(json!({
        "paths": { "/v1/things/{id}": { "get": { "responses": {
            "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
            "204": {},
        } } } },
        "components": { "schemas": {
            "Thing": { "type": "object", "required": ["id"], "properties": {
                "id": { "type": "string" }, "at": { "type": "string", "format": "date-time" } } },
            "Problem": { "type": "object", "required": ["code"], "properties": { "code": { "type": "string" } } },
        } },
    }));
    let holds = |path: &str, status: u16, media_type: &str, body: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(media_type).expect("a type"));
        let call = Call {
            method: &Method::GET,
            path,
            status,
        };
        catch_unwind(AssertUnwindSafe(|| {
            document.check_answer(&call, &headers, body.as_bytes());
        }))
        .is_ok()
    };
    let json = "application/json; charset=utf-8";
    for (path, status, media_type, body) in [
        ("/v1/things/1", 200, json, r#"{"id":"1"}"#),
        (
            "/v1/things/1",
            200,
            json,
            r#"{"id":"1","at":"2026-11-21T10:00:00Z"}"#,
        ),
        ("/v1/things/1", 204, "", ""),
        (
            "/v1/nothing",
            404,
            "application/problem+json",
            r#"{"code":"no_route"}"#,
        ),
    ] {
        assert!(holds(path, status, media_type, body), "{path} {status} {body}");
    }
    for (path, status, media_type, body) in [
        ("/v1/things/1", 201, json, r#"{"id":"1"}"#),
        ("/v1/things/1", 200, "text/html", r#"{"id":"1"}"#),
        ("/v1/things/1", 200, json, "{}"),
        ("/v1/things/1", 200, json, r#"{"id":1}"#),
        ("/v1/things/1", 200, json, r#"{"id":"1","more":1}"#),
        ("/v1/things/1", 200, json, r#"{"id":"1","at":"yesterday"}"#),
        ("/v1/things/1", 200, json, "nope"),
        ("/v1/things/1", 204, json, "{}"),
        ("/v1/nothing", 200, json, r#"{"code":"x"}"#),
        ("/v1/nothing", 404, json, "{}"),
    ] {
        assert!(!holds(path, status, media_type, body), "{path} {status} {body}");
    }
}
