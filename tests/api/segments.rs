//! Segments by the API: written, counted, listed, named by rules and campaigns.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Shop, read};

async fn write(shop: &Shop, name: &str, members: &Value) -> (u16, Value) {
    let body = json!({ "program": shop.program, "name": name, "members": members });
    shop.post("/v1/segments", &body).await
}

async fn enrol(shop: &Shop, city: &str, agrees: bool) -> Value {
    let body = json!({ "attributes": { "city": city },
        "consents": [{ "purpose": "marketing", "granted": agrees }] });
    let (status, enrolled) = shop
        .post(&format!("/v1/programs/{}/members", shop.program), &body)
        .await;
    assert_eq!(status, 201, "{enrolled}");
    enrolled
}

/// What an order of 10.00 earns.
async fn buy(shop: &Shop, member: &Value, external_id: &str) -> i64 {
    let card = member["card"]["code"].as_str().expect("a code");
    let (status, recorded) = shop.order(card, external_id, 1_000).await;
    assert_eq!(status, 201, "{recorded}");
    let entries = recorded["entries"].as_array().expect("entries").iter();
    entries.filter_map(|entry| entry["points"].as_i64()).sum()
}

fn in_city(city: &str) -> Value {
    json!({ "attribute": { "name": "city", "is": [city] } })
}

on_both_databases! {
    /// Shows SR-146, SR-085 (segments): what is saved means the same as what was counted, and its members are listed.
    async fn a_segment_is_counted_saved_and_listed(database: Database) {
        let shop = Shop::open(database).await;
        let lina = enrol(&shop, "Basra", true).await;
        let omar = enrol(&shop, "Basra", false).await;
        enrol(&shop, "Erbil", true).await;
        let asked = json!({ "program": shop.program, "members": in_city("Basra") });
        let (status, counted) = shop.post("/v1/segments/estimate", &asked).await;
        assert_eq!((status, &counted), (200, &json!({ "members": 2, "no_consent": 1, "unreachable": 1, "capped": 0,
            "apple": 0, "google": 0 })));

        let (status, written) = write(&shop, "Basra", &in_city("Basra")).await;
        assert_eq!((status, &written["version"]), (201, &json!(1)), "{written}");
        let id = written["id"].as_str().expect("an id");
        assert!(id.starts_with("seg_"), "{id}");
        let saved = json!({ "program": shop.program, "segment": id });
        assert_eq!(shop.post("/v1/segments/estimate", &saved).await.1, counted);

        let (status, first) = shop.get(&format!("/v1/segments/{id}/members?limit=1")).await;
        assert_eq!(status, 200, "{first}");
        let cursor = first["next_cursor"].as_str().expect("a second page");
        let (_, second) = shop.get(&format!("/v1/segments/{id}/members?limit=1&cursor={cursor}")).await;
        assert_eq!(second["next_cursor"], Value::Null);
        let mut listed = [first["data"][0]["id"].clone(), second["data"][0]["id"].clone()].map(|id| id.to_string());
        let mut known = [&lina, &omar].map(|one| one["member"]["id"].to_string());
        listed.sort();
        known.sort();
        assert_eq!(listed, known);
    }
}

on_both_databases! {
    async fn a_segment_that_cannot_be_counted_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        let (_, written) = write(&shop, "Basra", &in_city("Basra")).await;
        for (name, members, pointer, code) in [
            ("Basra", in_city("Basra"), "/name", "named_twice"),
            ("Gold", json!({ "tier": ["Gold"] }), "/members", "unknown_tier"),
            ("None", json!({ "all": [] }), "/members/all", "empty"),
            ("Odd", json!({ "moon": 1 }), "/members", "invalid_value"),
        ] {
            let (status, refused) = write(&shop, name, &members).await;
            let fault = &refused["errors"][0];
            assert_eq!((status, &fault["pointer"], &fault["code"]), (422, &json!(pointer), &json!(code)), "{refused}");
        }
        let path = format!("/v1/segments/{}", written["id"].as_str().expect("an id"));
        let stale = shop.request(Method::PATCH, &path).header("if-match", "\"7\"").json(&json!({ "name": "South" }));
        assert_eq!(read(stale.send().await.expect("an answer")).await.0, 412);
        let both = json!({ "program": shop.program, "members": in_city("Basra"), "segment": written["id"] });
        assert_eq!(shop.post("/v1/segments/estimate", &both).await.0, 422);
        let unknown = json!({ "program": shop.program, "segment": "seg_01jd0000000000000000000000" });
        let (status, refused) = shop.post("/v1/segments/estimate", &unknown).await;
        assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("unknown_segment")), "{refused}");
    }
}

on_both_databases! {
    async fn a_campaign_to_a_segment_that_was_taken_away_is_not_begun(database: Database) {
        let shop = Shop::open(database).await;
        let (_, segment) = write(&shop, "Basra", &in_city("Basra")).await;
        let campaign = json!({ "program": shop.program, "name": "Hello", "segment": segment["id"],
            "arms": [{ "text": "Hello" }] });
        let (status, made) = shop.post("/v1/campaigns", &campaign).await;
        assert_eq!(status, 201, "{made}");
        let path = format!("/v1/segments/{}", segment["id"].as_str().expect("an id"));
        assert_eq!(shop.request(Method::DELETE, &path).send().await.expect("an answer").status(), 204);
        let begin = format!("/v1/campaigns/{}/schedule", made["id"].as_str().expect("an id"));
        let (status, refused) = shop.post(&begin, &json!({ "now": true })).await;
        assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("unknown_segment")), "{refused}");
        assert_eq!(shop.post("/v1/campaigns", &campaign).await.0, 422);
        let (_, listed) = shop.get(&format!("/v1/segments?program={}", shop.program)).await;
        assert_eq!(listed["data"], json!([]));
    }
}

on_both_databases! {
    /// Shows SR-067 (by segment): a rule for the members of a segment pays them and nobody else, by the segment as it is when they buy.
    async fn a_rule_pays_the_members_of_its_segment(database: Database) {
        let shop = Shop::open(database).await;
        let lina = enrol(&shop, "Basra", true).await;
        let omar = enrol(&shop, "Erbil", true).await;
        let usual = buy(&shop, &omar, "1").await;
        let (_, segment) = write(&shop, "South", &in_city("Basra")).await;
        let rule = json!({ "program": shop.program, "name": "South counts more", "when": "order",
            "if": [{ "segment": ["South"] }], "then": { "points": 7, "per": "time" } });
        let (status, made) = shop.post("/v1/rules", &rule).await;
        assert_eq!(status, 201, "{made}");
        let unknown = json!({ "program": shop.program, "name": "North", "when": "order",
            "if": [{ "segment": ["North"] }], "then": { "points": 7, "per": "time" } });
        let (status, refused) = shop.post("/v1/rules", &unknown).await;
        assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("unknown_segment")), "{refused}");

        assert_eq!((buy(&shop, &lina, "2").await, buy(&shop, &omar, "3").await), (usual + 7, usual));
        let path = format!("/v1/segments/{}", segment["id"].as_str().expect("an id"));
        let moved = shop.request(Method::PATCH, &path).json(&json!({ "members": in_city("Erbil") }));
        assert_eq!(read(moved.send().await.expect("an answer")).await.0, 200);
        assert_eq!((buy(&shop, &lina, "4").await, buy(&shop, &omar, "5").await), (usual, usual + 7));
        let archived = shop.request(Method::DELETE, &path).send().await.expect("an answer");
        assert_eq!(archived.status(), 204);
        assert_eq!((buy(&shop, &lina, "6").await, buy(&shop, &omar, "7").await), (usual, usual));
    }
}

on_both_databases! {
    /// Shows SR-136 (only who agreed; SHA-256 of the trimmed address in lower case; role, reason and audit).
    async fn only_who_agreed_is_taken_along_and_the_books_say_why(database: Database) {
        let shop = Shop::open(database).await;
        for (name, email, agrees) in [("Lina", "  Lina@Example.com", true), ("Omar", "omar@example.com", false)] {
            let body = json!({ "first_name": name, "email": email, "attributes": { "city": "Basra" },
                "consents": [{ "purpose": "marketing", "granted": agrees }] });
            let (status, enrolled) = shop.post(&format!("/v1/programs/{}/members", shop.program), &body).await;
            assert_eq!(status, 201, "{enrolled}");
        }
        let (_, written) = write(&shop, "Basra", &in_city("Basra")).await;
        let path = format!("/v1/segments/{}/export", written["id"].as_str().expect("an id"));
        let export = async |asked: &Value| {
            let answer = shop.request(Method::POST, &path).json(asked).send().await.expect("an answer");
            (answer.status().as_u16(), answer.text().await.expect("a text"))
        };
        let (status, table) = export(&json!({ "reason": "A letter in May", "as": "contacts" })).await;
        assert_eq!(status, 200, "{table}");
        assert!(table.contains("Lina@Example.com") && !table.contains("omar"), "{table}");
        let (status, table) = export(&json!({ "reason": "Ads", "as": "hashed_emails" })).await;
        // `printf lina@example.com | sha256sum`
        let hash = "7440664a70a8af65857729eca8a636473994304b971a19aee68e4d6ba6209afe";
        assert_eq!((status, table.contains(hash), table.lines().count()), (200, true, 2), "{table}");
        let (status, refused) = export(&json!({ "reason": " ", "as": "contacts" })).await;
        assert_eq!(status, 422, "{refused}");
        let (status, refused) = export(&json!({ "reason": "Ads", "as": "everything" })).await;
        assert_eq!(status, 422, "{refused}");
        let (_, other) = shop.get(&format!("/v1/segments/{}/members", written["id"].as_str().expect("an id"))).await;
        assert_eq!(other["data"].as_array().map(Vec::len), Some(2));
    }
}
