//! What an iPhone sees, call by call.

use billfold::types::Time;
use reqwest::Method;
use serde_json::json;

use crate::caller::{Caller, SOON, until};
use crate::house::on_both_databases;
use crate::shop::{PASS_TYPE, Shop};

on_both_databases! {
    /// Every call of Apple's web service with its exact code.
    async fn each_call_of_apples_service_answers_its_own_code(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let phone = Caller::add(&shop, &enrolled["card"]).await;
        assert_eq!(phone.register("device-1", "a1b2").await, 201);
        assert_eq!(phone.register("device-1", "a1b2").await, 200);
        let (status, list) = phone.list("device-1", None).await;
        assert_eq!((status, list["serialNumbers"][0].as_str()), (200, Some(phone.serial.as_str())));
        let tag = list["lastUpdated"].as_str().expect("a tag").to_owned();
        assert_eq!(phone.list("device-1", Some(&tag)).await.0, 204);
        assert_eq!(phone.list("nobody", None).await.0, 204);
        assert_eq!(phone.list("device-1", Some("1700000000")).await.0, 200);
        let (status, modified, bytes) = phone.fetch(None).await;
        assert_eq!(status, 200);
        assert!(bytes.starts_with(b"PK"));
        let modified = modified.expect("Last-Modified");
        assert!(Time::parse_http_date(&modified).is_some());
        assert_eq!(phone.fetch(Some(&modified)).await.0, 304);
        let head = phone.call(Method::HEAD, &format!("passes/{PASS_TYPE}/{}", phone.serial)).send().await.expect("an answer");
        assert_eq!(head.status(), 200);
        assert_eq!(head.headers()["content-length"].to_str().ok(), Some(bytes.len().to_string().as_str()));
        let log = shop.http.post(shop.url("/apple/v1/log")).json(&json!({ "logs": [format!("Get pass task (pass type {PASS_TYPE}, serial number {}, if-modified-since (); with web service url x) encountered error: bad", phone.serial)] }));
        assert_eq!(log.send().await.expect("an answer").status(), 200);
        let member = enrolled["member"]["id"].as_str().expect("an id");
        let (_, diagnosis) = shop.get(&format!("/v1/members/{member}/diagnosis")).await;
        let apple = diagnosis["passes"].as_array().expect("passes").iter().find(|pass| pass["wallet"] == "apple").expect("Apple's").clone();
        assert!(apple["log"][0]["line"].as_str().expect("a line").contains("encountered error: bad"), "{apple}");
        let stranger = Caller { shop: &shop, serial: phone.serial.clone(), token: "x".repeat(43) };
        assert_eq!(stranger.register("device-2", "a1b2").await, 401);
        assert_eq!(stranger.fetch(None).await.0, 401);
        let unknown = Caller { shop: &shop, serial: "pss_unknown".to_owned(), token: phone.token.clone() };
        assert_eq!(unknown.fetch(None).await.0, 401);
        let gone = phone.call(Method::DELETE, &format!("devices/device-1/registrations/{PASS_TYPE}/{}", phone.serial));
        assert_eq!(gone.send().await.expect("an answer").status(), 200);
        assert_eq!(phone.list("device-1", None).await.0, 204);
        shop.running.stop().await;
    }

    /// Enrol, add, order: the push comes, the list names the pass, the new pass shows the new balance.
    async fn a_changed_balance_reaches_the_phone(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let phone = Caller::add(&shop, &enrolled["card"]).await;
        let mut pushes = shop.apns.subscribe();
        assert_eq!(phone.register("device-1", "a1b2").await, 201);
        let (_, list) = phone.list("device-1", None).await;
        let tag = list["lastUpdated"].as_str().expect("a tag").to_owned();
        let (_, modified, _) = phone.fetch(None).await;
        shop.order(code, "A", 4_000).await;
        let push = tokio::time::timeout(SOON, pushes.recv()).await.expect("in time").expect("a push");
        assert_eq!(push.topic, PASS_TYPE);
        let (status, list) = phone.list("device-1", Some(&tag)).await;
        assert_eq!((status, list["serialNumbers"][0].as_str()), (200, Some(phone.serial.as_str())));
        let (status, _, bytes) = phone.fetch(modified.as_deref()).await;
        assert_eq!(status, 200);
        let file = billfold::apple::reader::PassFile::open(&bytes).expect("a package");
        assert_eq!(file.pass_json()["storeCard"]["headerFields"][0]["value"], 50);
        // Nothing waits any more once the phone has fetched.
        until("the fetch is recorded", async || {
            let (_, diagnosis) = shop.get(&format!("/v1/members/{}/diagnosis", enrolled["member"]["id"].as_str().expect("an id"))).await;
            let passes = diagnosis["passes"].as_array().expect("passes");
            passes.iter().any(|pass| pass["wallet"] == "apple" && pass["fetched_version"] == 2 && pass["delivery"].is_null())
        }).await;
        shop.running.stop().await;
    }

    /// A phone that has just fetched the only version there is needs no push when it registers.
    async fn a_phone_that_just_added_its_card_is_not_told_of_it(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let phone = Caller::add(&shop, &enrolled["card"]).await;
        assert_eq!(phone.register("device-1", "a1b2").await, 201);
        let path = format!("/v1/members/{}/diagnosis", enrolled["member"]["id"].as_str().expect("an id"));
        let (_, diagnosis) = shop.get(&path).await;
        let passes = diagnosis["passes"].as_array().expect("passes");
        let apple = passes.iter().find(|pass| pass["wallet"] == "apple").expect("a pass");
        assert_eq!(apple["delivery"], serde_json::Value::Null);
        assert_eq!(shop.apns.journal().len(), 0);
        shop.running.stop().await;
    }

    /// Google: the object is inserted by itself, saved, called back, patched with a notice.
    async fn a_changed_balance_reaches_google(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let object = enrolled["card"]["passes"]["google"]["object_id"].as_str().expect("an id").to_owned();
        let save_url = enrolled["card"]["passes"]["google"]["save_url"].as_str().expect("a link").to_owned();
        until("the object", async || shop.google.object(&object).is_some()).await;
                let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let redirect = http.get(&save_url).send().await.expect("an answer");
        assert_eq!(redirect.status(), 303);
        let link = redirect.headers()["location"].to_str().expect("a link").to_owned();
        assert!(link.len() < 1_800, "{link}");
        shop.google.open_link(&link).expect("the link opens");
        until("the callback", async || {
            let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
            card["card"]["passes"]["google"]["installed"] == true
        }).await;
        shop.order(code, "A", 4_000).await;
        until("the balance at Google", async || {
            shop.google.object(&object).is_some_and(|object| object["loyaltyPoints"]["balance"]["int"] == 50)
        }).await;
        shop.running.stop().await;
    }
}
