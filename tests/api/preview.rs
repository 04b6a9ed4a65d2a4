//! A look on a card, as both wallets are given it.

use billfold::apple::reader::PassFile;
use billfold::google::ResourceId;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

use crate::caller::SOON;
use crate::house::on_both_databases;
use crate::shop::{PASS_TYPE, Shop};

/// An object as the stand-in for Google was given it, without what Google adds.
async fn object_at_google(shop: &Shop, id: &str) -> Value {
    let started = Instant::now();
    loop {
        let write = shop
            .google
            .requests()
            .into_iter()
            .find(|seen| seen.body["id"] == id && seen.status == 200);
        if let Some(write) = write {
            return write.body;
        }
        assert!(started.elapsed() < SOON, "{id} did not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

on_both_databases! {
    /// What the preview shows of a member is what the phone and Google are given, but for the phone's token.
    /// Shows SR-006.
    async fn a_members_preview_is_the_card_that_the_wallets_are_given(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let member = enrolled["member"]["id"].as_str().expect("an id");
        let path = format!("/v1/programs/{}/design/preview?member={member}", shop.program);
        let (status, preview) = shop.get(&path).await;
        assert_eq!(status, 200, "{preview}");
        assert_eq!((preview["member"].as_str(), preview["number"].as_i64()), (Some(member), Some(1)));

        let url = enrolled["card"]["passes"]["apple"]["url"].as_str().expect("a link");
        let bytes = shop.http.get(url).send().await.expect("an answer").bytes().await.expect("a pass");
        let mut given = PassFile::open(&bytes).expect("a package").pass_json().clone();
        let token = given["authenticationToken"].take();
        let mut shown = preview["apple"]["pass"].clone();
        assert_ne!(shown["authenticationToken"].take(), token);
        assert_eq!(shown, given);

        let object = enrolled["card"]["passes"]["google"]["object_id"].as_str().expect("an id");
        assert_eq!(preview["google"]["object"], object_at_google(&shop, object).await);
        let class = preview["google"]["class"]["id"].as_str().expect("an id").to_owned();
        assert_eq!(preview["google"]["class"], object_at_google(&shop, &class).await);
        class.parse::<ResourceId>().expect("an id of Google's form");
        shop.running.stop().await;
    }

    /// Without a member the card is a sample's, in the program's language or the one that is asked for.
    async fn the_sample_is_drawn_in_the_language_that_is_asked_for(database: Database) {
        let shop = Shop::open(database).await;
        let path = format!("/v1/programs/{}/design/preview", shop.program);
        let (status, plain) = shop.get(&path).await;
        assert_eq!((status, &plain["member"]), (200, &Value::Null), "{plain}");
        assert_eq!(plain["apple"]["pass"]["passTypeIdentifier"], PASS_TYPE);
        assert_eq!(plain["apple"]["pass"]["storeCard"]["headerFields"][0]["value"], 240);
        assert_eq!(plain["google"]["object"]["loyaltyPoints"]["balance"]["int"], 240);

        // A greeting with a name in it is written in the holder's language; a label that no phone shows whole is told.
        let (_, published) = shop.get(&format!("/v1/programs/{}/design", shop.program)).await;
        let mut design = published["design"].clone();
        for hash in design["images"].as_object_mut().expect("images").values_mut() {
            *hash = json!({ "sha256": hash });
        }
        design["fields"]["back"] = json!([{ "key": "hello", "label": "Hello",
            "value": { "en": "Hi {first_name}", "ar": "مرحبا {first_name}" } }]);
        design["google"]["points_label"] = json!("Points that you have");
        let put = shop.request(reqwest::Method::PUT, &format!("/v1/programs/{}/design", shop.program));
        let (status, body) = crate::shop::read(put.json(&design).send().await.expect("an answer")).await;
        assert_eq!(status, 200, "{body}");
        for (query, wanted) in [("", "Hi Lina"), ("?language=ar", "مرحبا Lina")] {
            let (_, preview) = shop.get(&format!("{path}{query}")).await;
            assert_eq!(preview["apple"]["pass"]["storeCard"]["backFields"][0]["value"], wanted);
            assert_eq!(preview["warnings"], body["warnings"]);
            let pointers: Vec<_> = preview["warnings"].as_array().expect("warnings").iter().map(|one| &one["pointer"]).collect();
            assert!(pointers.contains(&&json!("/google/points_label")), "{preview}");
        }
        shop.running.stop().await;
    }

    /// Somebody of another program is nobody here, and a parameter that is none is said to be so.
    async fn a_preview_of_nobody_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        let (_, other) = shop.post("/v1/programs", &json!({ "name": "Other", "currency": "EUR" })).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let member = enrolled["member"]["id"].as_str().expect("an id");
        let other = other["id"].as_str().expect("an id");
        for (path, status) in [
            (format!("/v1/programs/{other}/design/preview?member={member}"), 404),
            (format!("/v1/programs/{}/design/preview?member=mem_x", shop.program), 404),
            (format!("/v1/programs/{}/design/preview?member=external:x", shop.program), 404),
            ("/v1/programs/prg_x/design/preview".to_owned(), 404),
            (format!("/v1/programs/{}/design/preview?language=!", shop.program), 400),
            (format!("/v1/programs/{}/design/preview?who=me", shop.program), 400),
        ] {
            let (found, problem) = shop.get(&path).await;
            assert_eq!(found, status, "{path}: {problem}");
        }
        shop.running.stop().await;
    }
}
