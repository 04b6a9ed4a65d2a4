//! Edits of a member: what changes, what stays, what phones hear of it.

use billfold::store::{StoreError, audit};
use billfold::types::ProgramId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, SOON, until};
use crate::house::on_both_databases;
use crate::shop::{PASS_TYPE, Shop, read};

/// Sends an edit of a member with the owner's key.
async fn patch(shop: &Shop, member: &str, body: &Value) -> (u16, Value) {
    let request = shop
        .request(Method::PATCH, &format!("/v1/members/{member}"))
        .json(body);
    read(request.send().await.expect("an answer")).await
}

/// The details of the edits in the books, newest first.
async fn edits(shop: &Shop) -> Vec<Value> {
    let program: ProgramId = shop.program.parse().expect("an id");
    let deeds = shop
        .running
        .house
        .store
        .read(move |db| audit::list(db, &program, 200));
    let deeds: Result<_, StoreError> = deeds.await;
    deeds
        .expect("the books")
        .into_iter()
        .filter(|deed| deed.deed == "change_member")
        .map(|deed| serde_json::from_str(&deed.detail).expect("JSON"))
        .collect()
}

on_both_databases! {
    /// What is named changes, null takes away, the rest stays; the books say what, not to what.
    async fn an_edit_changes_what_it_names_and_nothing_else(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let id = enrolled["member"]["id"].as_str().expect("an id");
        let (status, edited) = patch(&shop, id, &json!({
            "last_name": " Haddad ", "phone": "+49 30 123456", "external_id": "C-17", "language": "ar",
            "attributes": { "milk": "oat", "size": 42, "vip": true },
        })).await;
        assert_eq!(status, 200, "{edited}");
        let mut wanted = enrolled["member"].clone();
        for (name, value) in [
            ("last_name", json!("Haddad")), ("phone", json!("+4930123456")), ("external_id", json!("C-17")),
            ("language", json!("ar")), ("attributes", json!({ "milk": "oat", "size": 42, "vip": true })),
            ("version", json!(2)), ("updated_at", edited["member"]["updated_at"].clone()),
        ] {
            wanted[name] = value;
        }
        let news = ["identities", "attribute_details"];
        for name in news {
            wanted[name] = edited["member"][name].clone();
        }
        assert_eq!(edited["member"], wanted);

        let (_, edited) = patch(&shop, id, &json!({
            "email": "lina.haddad@example.com", "phone": null, "last_name": null, "attributes": { "milk": null, "size": 43 },
        })).await;
        for (name, value) in [
            ("email", json!("lina.haddad@example.com")), ("phone", Value::Null), ("last_name", json!("")),
            ("attributes", json!({ "size": 43, "vip": true })), ("version", json!(3)),
        ] {
            wanted[name] = value;
        }
        for name in news {
            wanted[name] = edited["member"][name].clone();
        }
        wanted["updated_at"] = edited["member"]["updated_at"].clone();
        assert_eq!(edited["member"], wanted);
        let (status, shown) = shop.get(&format!("/v1/members/{id}")).await;
        assert_eq!((status, &shown), (200, &edited));
        assert_eq!(edits(&shop).await.iter().map(|edit| edit["changed"].clone()).collect::<Vec<_>>(), [
            json!(["last_name", "attributes", "email", "phone"]),
            json!(["last_name", "language", "attributes", "phone", "external_id"]),
        ]);

        // The new address leads to the member, the old one to nobody.
        let path = format!("/v1/programs/{}/members", shop.program);
        let (status, again) = shop.post(&path, &json!({ "email": "LINA.HADDAD@example.com" })).await;
        assert_eq!((status, again["member"]["id"].as_str()), (200, Some(id)));
        let (status, _) = shop.post(&path, &json!({ "email": "lina@example.com" })).await;
        assert_eq!(status, 201);
        // An edit to what is there already is none.
        let (status, same) = patch(&shop, id, &json!({ "email": "lina.haddad@example.com", "language": "ar" })).await;
        assert_eq!((status, same["member"]["version"].as_i64()), (200, Some(3)));
        assert_eq!(edits(&shop).await.len(), 2);
        shop.running.stop().await;
    }

    /// Each fault has its pointer, and of an edit with one fault nothing is done.
    async fn a_bad_edit_is_refused_with_a_pointer_and_changes_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        shop.enrol("omar@example.com").await;
        let id = enrolled["member"]["id"].as_str().expect("an id");
        let (_, before) = shop.get(&format!("/v1/members/{id}")).await;
        for (body, status, code, pointer) in [
            (json!({ "email": "nobody" }), 422, "invalid", "/email"),
            (json!({ "email": "" }), 422, "invalid", "/email"),
            (json!({ "phone": "030 123456" }), 422, "invalid", "/phone"),
            (json!({ "external_id": "" }), 422, "invalid", "/external_id"),
            (json!({ "first_name": "x".repeat(201) }), 422, "invalid", "/first_name"),
            (json!({ "first_name": "Omar", "last_name": "a\u{0}b" }), 422, "invalid", "/last_name"),
            (json!({ "first_name": 5 }), 422, "invalid", "/first_name"),
            (json!({ "language": "not a tag" }), 422, "invalid", "/language"),
            (json!({ "attributes": { "Milk": "oat" } }), 422, "invalid", "/attributes/Milk"),
            (json!({ "attributes": { "milk": ["oat"] } }), 422, "invalid", "/attributes/milk"),
            (json!({ "attributes": { "milk": 0.5 } }), 422, "invalid", "/attributes/milk"),
            (json!({ "balance": 1_000 }), 422, "invalid", "/balance"),
            (json!({ "first_name": "Omar", "email": "omar@example.com" }), 409, "identity_conflict", "/email"),
        ] {
            let (found, problem) = patch(&shop, id, &body).await;
            assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{body}: {problem}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
        }
        let stale = shop.request(Method::PATCH, &format!("/v1/members/{id}")).header("If-Match", "\"7\"");
        let (status, problem) = read(stale.json(&json!({ "first_name": "Omar" })).send().await.expect("an answer")).await;
        assert_eq!((status, problem["code"].as_str()), (412, Some("stale_edit")));
        assert_eq!(patch(&shop, "mem_nobody", &json!({})).await.0, 404);
        assert_eq!(shop.get(&format!("/v1/members/{id}")).await.1, before);
        assert_eq!(edits(&shop).await.len(), 0);
        shop.running.stop().await;
    }

    /// A lost answer and a second try: the same answer, one edit, though the version has moved on.
    async fn a_repeated_edit_answers_the_same_and_is_done_once(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let path = format!("/v1/members/{}", enrolled["member"]["id"].as_str().expect("an id"));
        let send = |name: &'static str| {
            let request = shop.request(Method::PATCH, &path).header("Idempotency-Key", "k1").header("If-Match", "\"1\"");
            async move {
                let answer = request.json(&json!({ "first_name": name })).send().await.expect("an answer");
                let is_replay = answer.headers().contains_key("idempotency-replayed");
                (answer.status().as_u16(), is_replay, answer.text().await.expect("a body"))
            }
        };
        let (first, again) = (send("Lina M.").await, send("Lina M.").await);
        assert_eq!((first.0, first.1, again.0, again.1), (200, false, 200, true));
        assert_eq!(first.2, again.2);
        assert_eq!(send("Omar").await.0, 422);
        assert_eq!(edits(&shop).await.len(), 1);
        shop.running.stop().await;
    }

    /// A name that the card shows reaches the phone and Google; an attribute that it does not show reaches nobody.
    async fn an_edit_reaches_phones_if_the_card_shows_it(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let id = enrolled["member"]["id"].as_str().expect("an id");
        let object = enrolled["card"]["passes"]["google"]["object_id"].as_str().expect("an id");
        until("the object", async || shop.google.object(object).is_some()).await;
        let phone = Caller::add(&shop, &enrolled["card"]).await;
        let mut pushes = shop.apns.subscribe();
        assert_eq!(phone.register("device-1", "a1b2").await, 201);
        phone.fetch(None).await;

        let (_, edited) = patch(&shop, id, &json!({ "email": "l@example.com", "attributes": { "milk": "oat" } })).await;
        assert_eq!(edited["cards"][0]["version"], 1);
        let (_, edited) = patch(&shop, id, &json!({ "first_name": "Leila" })).await;
        assert_eq!(edited["cards"][0]["version"], 2);
        assert_eq!(edits(&shop).await.iter().map(|edit| edit["cards"].clone()).collect::<Vec<_>>(), [json!(1), json!(0)]);
        let push = tokio::time::timeout(SOON, pushes.recv()).await.expect("in time").expect("a push");
        assert_eq!((push.token.as_str(), push.topic.as_str()), ("a1b2", PASS_TYPE));
        let (_, _, bytes) = phone.fetch(None).await;
        let file = billfold::apple::reader::PassFile::open(&bytes).expect("a package");
        assert!(file.pass_json()["storeCard"].to_string().contains("Leila"), "{}", file.pass_json());
        until("the name at Google", async || {
            shop.google.object(object).is_some_and(|object| object["accountName"] == "Leila")
        }).await;
        shop.running.stop().await;
    }

    /// Attributes come with an enrolment too, and stay as they are if the person is known.
    async fn attributes_come_with_an_enrolment(database: Database) {
        let shop = Shop::open(database).await;
        let path = format!("/v1/programs/{}/members", shop.program);
        let enrol = |attributes: Value| json!({ "email": "lina@example.com", "attributes": attributes });
        let (status, enrolled) = shop.post(&path, &enrol(json!({ "milk": "oat" }))).await;
        assert_eq!((status, &enrolled["member"]["attributes"]), (201, &json!({ "milk": "oat" })));
        let (status, again) = shop.post(&path, &enrol(json!({ "milk": "soy" }))).await;
        assert_eq!((status, &again["member"]["attributes"]), (200, &json!({ "milk": "oat" })));
        let (status, problem) = shop.post(&path, &enrol(json!({ "a b": "soy" }))).await;
        assert_eq!((status, problem["errors"][0]["pointer"].as_str()), (422, Some("/attributes/a b")));
        shop.running.stop().await;
    }
}
