//! What bad input gets: a clear answer that says what, why and what next; nothing is stored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use billfold::store::{StoreError, entries, members};
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{PASS_TYPE, Shop, read};

/// How many members and ledger entries there are.
async fn stored(shop: &Shop, member: &str) -> (usize, usize) {
    let member = member.parse().expect("a member's id");
    let counted = shop.running.house.store.read(move |db| {
        let people = members::list(db, None, None, 200)?.len();
        Ok::<_, StoreError>((people, entries::list_by_member(db, &member, None, 200)?.len()))
    });
    counted.await.expect("counted")
}

/// A change that breaks a design.
type Change = Box<dyn Fn(&mut Value)>;

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|fault| fault["pointer"].as_str())
        .collect()
}

on_both_databases! {
    /// A reason that cannot be kept is refused wherever one is given, and nothing is stored.
    async fn a_reason_that_cannot_be_kept_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        let (one, other) = (shop.enrol("one@example.com").await, shop.enrol("other@example.com").await);
        let id = one["member"]["id"].as_str().expect("an id");
        let member = format!("/v1/members/{id}");
        let other = &other["member"]["id"];
        let code = one["card"]["code"].as_str().expect("a code");
        let (_, order) = shop.order(code, "o-1", 500).await;
        let order = format!("/v1/orders/{}", order["order"]["id"].as_str().expect("an id"));
        let before = stored(&shop, id).await;
        for reason in ["a\0b".to_owned(), "x".repeat(501)] {
            for (path, mut body) in [
                (format!("{member}/adjustments"), json!({ "points": 1 })),
                (format!("{member}/block"), json!({})),
                (format!("{member}/transfers"), json!({ "to": other, "points": 1 })),
                (format!("{member}/merge"), json!({ "from": other })),
                (format!("{order}/refunds"), json!({})),
                ("/v1/gift-cards".to_owned(), json!({ "program": shop.program, "amount": { "amount": 1, "currency": "EUR" } })),
            ] {
                body["reason"] = json!(reason);
                let (status, problem) = shop.post(&path, &body).await;
                assert_eq!(status, 422, "{path}: {problem}");
                assert_eq!(pointers(&problem), ["/reason"], "{path}: {problem}");
            }
        }
        assert_eq!(stored(&shop, id).await, before);
        shop.running.stop().await;
    }

    /// Every bad order of the issue: 422 (or 400 for what is not JSON), and nothing stored.
    async fn a_bad_order_is_refused_and_leaves_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let member = enrolled["member"]["id"].as_str().expect("an id");
        let before = stored(&shop, member).await;
        let euros = |amount: Value| json!({ "external_id": "X", "card": code, "total": { "amount": amount, "currency": "EUR" } });
        let cases = [
            (json!({ "external_id": "X", "card": "0000000000000001", "total": 100 }), "bad_check_digit", ""),
            (json!({ "external_id": "X", "card": "nonsense", "total": 100 }), "unknown_card", ""),
            (euros(json!(-1)), "invalid", "/total/amount"),
            (euros(json!(12.5)), "invalid", "/total"),
            (euros(json!(1e18)), "invalid", "/total"),
            (euros(json!(9_000_000_000_000_000_000_i64)), "invalid", "/total/amount"),
            (json!({ "external_id": "X", "card": code, "total": { "amount": 1, "currency": "XYZ" } }), "invalid", "/total"),
            (json!({ "external_id": "X", "card": code, "total": { "amount": 1, "currency": "USD" } }), "currency_mismatch", ""),
            (json!({ "external_id": "X", "total": 100 }), "invalid", "/card"),
            (json!({ "external_id": "", "card": code, "total": 100 }), "invalid", "/external_id"),
            (json!({ "card": code, "total": 100 }), "invalid", "/external_id"),
            (json!({ "external_id": "X", "card": code, "total": 100, "balance": 1_000_000 }), "invalid", "/balance"),
            (json!({ "external_id": "X", "card": code, "total": 100, "paid_at": "yesterday" }), "invalid", "/paid_at"),
            (json!({ "external_id": "X", "member": "mem_nobody", "total": 100 }), "unknown_member", ""),
        ];
        for (body, wanted, pointer) in cases {
            let (status, problem) = shop.post("/v1/orders", &body).await;
            assert_eq!((status, problem["code"].as_str()), (422, Some(wanted)), "{body} -> {problem}");
            assert!(pointer.is_empty() || pointers(&problem).contains(&pointer), "{body} -> {problem}");
            assert!(problem["request_id"].as_str().is_some_and(|id| id.starts_with("req_")), "{problem}");
        }
        for body in ["", "{", "nope", "[1,2", "\u{0}"] {
            let request = shop.request(Method::POST, "/v1/orders").header("content-type", "application/json");
            let (status, problem) = read(request.body(body).send().await.expect("an answer")).await;
            assert_eq!((status, problem["code"].as_str()), (400, Some("malformed_body")), "{body}");
        }
        assert_eq!(stored(&shop, member).await, before);
        shop.running.stop().await;
    }

    /// What a phone may not send: 4xx, nothing stored.
    async fn a_bad_phone_is_refused_and_leaves_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let serial = enrolled["card"]["passes"]["apple"]["serial"].as_str().expect("a serial").to_owned();
        let token = shop.running.house.pass_token(PASS_TYPE, &serial, 0);
        let register = |device: String, body: String| {
            let path = format!("/apple/v1/devices/{device}/registrations/{PASS_TYPE}/{serial}");
            let request = shop.http.post(shop.url(&path)).header("Authorization", format!("ApplePass {token}"));
            async move { request.body(body).send().await.map(|answer| answer.status().as_u16()) }
        };
        let good = r#"{"pushToken":"a1b2"}"#.to_owned();
        for (device, body) in [
            ("device-1".to_owned(), r#"{"pushToken":"not hex"}"#.to_owned()),
            ("device-1".to_owned(), r#"{"pushToken":""}"#.to_owned()),
            ("device-1".to_owned(), format!(r#"{{"pushToken":"{}"}}"#, "a".repeat(201))),
            ("device-1".to_owned(), "not json".to_owned()),
            ("device-1".to_owned(), "{}".to_owned()),
            ("%2e%2e%2fx".to_owned(), good.clone()),
            ("a%00b".to_owned(), good.clone()),
            ("d".repeat(200), good.clone()),
        ] {
            let status = register(device.clone(), body.clone()).await.expect("an answer");
            assert!((400..500).contains(&status), "{device} {body} -> {status}");
        }
        // 64 KiB of address are cut off before anything is read of them.
        let long = register("d".repeat(65_536), good.clone()).await;
        assert!(long.map_or(true, |status| (400..500).contains(&status)));
        let untouched = shop.running.house.store.read(billfold::store::devices::count);
        assert_eq!(untouched.await.expect("counted"), 0);
        assert_eq!(register("device-1".to_owned(), good).await.expect("an answer"), 201);
        shop.running.stop().await;
    }

    /// A design's faults each have their pointer, and the program keeps its old look.
    async fn a_bad_design_is_refused_with_a_pointer_to_each_fault(database: Database) {
        let shop = Shop::open(database).await;
        let path = format!("/v1/programs/{}/design", shop.program);
        let (status, published) = shop.get(&path).await;
        assert_eq!(status, 200, "{published}");
        let put = |body: Value| {
            let request = shop.request(Method::PUT, &path).json(&body);
            async move { read(request.send().await.expect("an answer")).await }
        };
        let with = |change: &dyn Fn(&mut Value)| {
            let mut design = published["design"].clone();
            for hash in design["images"].as_object_mut().expect("images").values_mut() {
                *hash = json!({ "sha256": hash });
            }
            change(&mut design);
            design
        };
        // As it is, it is taken, as the next version.
        let (status, again) = put(with(&|_| ())).await;
        assert_eq!((status, again["number"].as_i64()), (200, Some(2)), "{again}");
        let broken = STANDARD.encode(b"\x89PNG\r\n\x1a\nnot really");
        let huge = STANDARD.encode(vec![0_u8; 30 * 1024 * 1024]);
        let wide = STANDARD.encode(png_header(20_000, 20_000));
        let cases: [(&str, Change); 7] = [
            (
                "/images",
                Box::new(|design| {
                    design["images"].as_object_mut().expect("images").retain(|name, _| !name.starts_with("icon"));
                }),
            ),
            ("/images/strip.png", Box::new(move |design| design["images"]["strip.png"] = json!({ "data": broken }))),
            ("/images/strip.png", Box::new(move |design| design["images"]["strip.png"] = json!({ "data": huge }))),
            ("/images/strip.png", Box::new(move |design| design["images"]["strip.png"] = json!({ "data": wide }))),
            ("/images/logo.png", Box::new(|design| design["images"]["logo.png"] = json!({ "sha256": "0".repeat(64) }))),
            ("/fields/back/0/key", Box::new(|design| design["fields"]["back"][0]["key"] = json!("balance"))),
            ("/colour", Box::new(|design| design["colour"] = json!("red"))),
        ];
        for (pointer, change) in cases {
            let (status, problem) = put(with(&*change)).await;
            assert_eq!(status, 422, "{pointer}: {problem}");
            assert!(pointers(&problem).iter().any(|found| found.starts_with(pointer)), "{pointer}: {problem}");
        }
        let (_, after) = shop.get(&path).await;
        assert_eq!(after["number"], 2);
        shop.running.stop().await;
    }
}

/// The head of a PNG of that size, with nothing behind it.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}
