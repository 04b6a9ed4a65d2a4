//! Erasure: what goes, what stays, and who hears of it.

use billfold::store::{Store, StoreError, audit, cards, entries};
use billfold::types::{MemberId, ProgramId};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, SqliteConnection, sql_query};
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, SOON, until};
use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

/// What only this person's rows say.
const PERSONAL: [&str; 5] = [
    "Zenobia",
    "Palmyra",
    "zenobia@example.com",
    "+49301234567",
    "Q-4711",
];

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// The text columns, of all tables, in which a word stands.
pub(crate) fn columns_with(database: &Database, word: &str) -> Vec<String> {
    let columns: Vec<String> = Store::describe_schema(database.url())
        .expect("a schema")
        .into_iter()
        .filter_map(|line| line.split_once(" text").map(|(column, _)| column.to_owned()))
        .filter(|column| !column.contains(' '))
        .collect();
    assert!(columns.len() > 50, "{columns:?}");
    let question = |column: &String| {
        let (table, name) = column.split_once('.').expect("a table");
        format!("SELECT count(*) AS number FROM \"{table}\" WHERE \"{name}\" LIKE '%{word}%'")
    };
    let questions = columns.iter().map(question);
    // One connection for all of them.
    let found: QueryResult<Vec<Found>> = if let Some(path) = database.url().strip_prefix("sqlite://") {
        let mut conn = SqliteConnection::establish(path).expect("a connection");
        questions
            .map(|sql| sql_query(sql).get_result(&mut conn))
            .collect()
    } else {
        let mut conn = PgConnection::establish(database.url()).expect("a connection");
        questions
            .map(|sql| sql_query(sql).get_result(&mut conn))
            .collect()
    };
    let found = found.expect("counted");
    let holding = columns
        .into_iter()
        .zip(found)
        .filter(|(_, found)| found.number > 0);
    holding.map(|(column, _)| column).collect()
}

async fn erase(shop: &Shop, member: &str) -> (u16, Value) {
    let request = shop.request(Method::DELETE, &format!("/v1/members/{member}"));
    read(request.send().await.expect("an answer")).await
}

/// Enrols the person with everything that can be said of them, under an idempotency key.
async fn enrol(shop: &Shop) -> (u16, Value) {
    let path = format!("/v1/programs/{}/members", shop.program);
    let request = shop.request(Method::POST, &path).header("Idempotency-Key", "join-1").json(&json!({
        "first_name": "Zenobia", "last_name": "Palmyra", "email": "zenobia@example.com", "phone": "+49301234567",
        "external_id": "Q-4711", "language": "ar", "attributes": { "note": "Zenobia likes oat milk" },
        "consents": [{ "purpose": "marketing", "granted": true }],
    }));
    read(request.send().await.expect("an answer")).await
}

on_both_databases! {
    /// Nothing of the person is left in the database, at Google or in the pass; what was moved is.
    /// Shows SR-068 (ledger sums stay).
    async fn an_erased_person_leaves_amounts_and_no_trace(database: Database) {
        let shop = Shop::open(database).await;
        let (status, enrolled) = enrol(&shop).await;
        assert_eq!(status, 201, "{enrolled}");
        let id = enrolled["member"]["id"].as_str().expect("an id");
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let object = enrolled["card"]["passes"]["google"]["object_id"].as_str().expect("an id");
        let (_, order) = shop.order(code, "A", 1_250).await;
        let said = json!({ "type": "survey_answered", "external_id": "E-1", "card": code, "data": { "1": "I am Zenobia" } });
        assert_eq!(shop.post("/v1/events", &said).await.0, 201);
        let phone = Caller::add(&shop, &enrolled["card"]).await;
        let mut pushes = shop.apns.subscribe();
        assert_eq!(phone.register("device-1", "a1b2").await, 201);
        until("the name at Google", async || {
            shop.google.object(object).is_some_and(|object| object["accountName"] == "Zenobia Palmyra")
        }).await;
        for word in PERSONAL {
            assert_ne!(columns_with(&shop.database, word), [""; 0], "{word}");
        }
        phone.fetch(None).await;

        let (status, erased) = erase(&shop, id).await;
        assert_eq!(status, 200, "{erased}");
        let member = &erased["member"];
        assert_eq!(
            json!([member["id"], member["first_name"], member["last_name"], member["email"], member["phone"],
                member["external_id"], member["language"], member["attributes"]]),
            json!([id, "", "", null, null, null, "en", {}])
        );
        assert!(member["erased_at"].is_string() && erased["cards"][0]["voided_at"].is_string(), "{erased}");

        // The phone is told, and what it fetches is void and nobody's; so is the object at Google.
        let push = tokio::time::timeout(SOON, pushes.recv()).await.expect("in time").expect("a push");
        assert_eq!(push.token, "a1b2");
        let (_, _, bytes) = phone.fetch(None).await;
        let file = billfold::apple::reader::PassFile::open(&bytes).expect("a package");
        assert_eq!(file.pass_json()["voided"], true);
        assert!(!file.pass_json().to_string().contains("Zenobia"), "{}", file.pass_json());
        until("the erasure at Google", async || {
            shop.google.object(object).is_some_and(|object| object["state"] == "INACTIVE" && object["accountName"].is_null())
        }).await;
        until("the database has nothing of the person", async || {
            PERSONAL.iter().all(|word| columns_with(&shop.database, word).is_empty())
        }).await;

        // The ledger and the order keep their amounts.
        let (_, kept) = shop.get(&format!("/v1/orders/{}", order["order"]["id"].as_str().expect("an id"))).await;
        assert_eq!((kept["total"]["amount"].as_i64(), kept["earned"].as_i64()), (Some(1_250), Some(12)));
        let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
        assert_eq!((card["card"]["balance"].as_i64(), card["member"]["first_name"].as_str()), (Some(22), Some("")));
        let (member, program): (MemberId, ProgramId) = (id.parse().expect("an id"), shop.program.parse().expect("an id"));
        let books = shop.running.house.store.read(move |db| {
            let ledger = entries::list_by_member(db, &member, None, 10)?;
            let card = cards::list_by_member(db, &member)?.remove(0);
            let deeds = audit::list(db, &program, 10)?;
            Ok::<_, StoreError>((ledger, card.balance, deeds))
        });
        let (ledger, balance, deeds) = books.await.expect("the books");
        assert_eq!(ledger.iter().map(|entry| entry.points.get()).sum::<i64>(), balance.get());
        assert_eq!((ledger.len(), deeds[0].deed.as_str(), deeds[0].subject.as_str()), (2, "erase_member", id));
        shop.running.stop().await;
    }

    /// Who was erased is not there: not for a second erasure, not for a repeat of the enrolment, not in lists.
    async fn who_was_erased_is_not_there_any_more(database: Database) {
        let shop = Shop::open(database).await;
        let (_, enrolled) = enrol(&shop).await;
        let id = enrolled["member"]["id"].as_str().expect("an id");
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let page = enrolled["card"]["url"].as_str().expect("a link");
        let stale = shop.request(Method::DELETE, &format!("/v1/members/{id}")).header("If-Match", "\"9\"");
        assert_eq!(stale.send().await.expect("an answer").status(), 412);
        assert_eq!(shop.http.get(page).send().await.expect("an answer").status(), 200);
        let send = || async {
            let request = shop.request(Method::DELETE, &format!("/v1/members/{id}")).header("Idempotency-Key", "gone-1");
            let answer = request.send().await.expect("an answer");
            (answer.headers().contains_key("idempotency-replayed"), read(answer).await)
        };
        let (first, again) = (send().await, send().await);
        assert_eq!((first.0, again.0), (false, true));
        assert_eq!((first.1.0, &first.1), (200, &again.1));
        assert_eq!(erase(&shop, id).await.0, 404);
        for path in ["", "/entries", "/diagnosis"] {
            assert_eq!(shop.get(&format!("/v1/members/{id}{path}")).await.0, 404, "{path}");
        }
        let (status, problem) = shop.post(&format!("/v1/members/{id}/adjustments"), &json!({ "points": 5, "reason": "x" })).await;
        assert_eq!(status, 404, "{problem}");
        let (status, problem) = shop.order(code, "A", 100).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("card_voided")));
        assert_eq!(shop.http.get(page).send().await.expect("an answer").status(), 404);
        assert_eq!(shop.get("/v1/members").await.1["data"], json!([]));
        // A repeat of the enrolment brings neither the answer nor the person back.
        assert_eq!(enrol(&shop).await.0, 404);
        // Somebody who joins under the same address is somebody new.
        let anew = shop.enrol("zenobia@example.com").await;
        assert_ne!(anew["member"]["id"], id);
        shop.running.stop().await;
    }

    /// A card that was thrown away at Google is still Google's: the name leaves it too.
    async fn a_name_leaves_an_object_that_nobody_holds(database: Database) {
        let shop = Shop::open(database).await;
        let (_, enrolled) = enrol(&shop).await;
        let id = enrolled["member"]["id"].as_str().expect("an id");
        let object = enrolled["card"]["passes"]["google"]["object_id"].as_str().expect("an id");
        let state = async |wanted: &str| {
            let (_, diagnosis) = shop.get(&format!("/v1/members/{id}/diagnosis")).await;
            let passes = diagnosis["passes"].as_array().expect("passes");
            passes.iter().any(|pass| pass["wallet"] == "google" && pass["state"] == wanted && pass["delivery"].is_null())
        };
        until("the object", async || state("inserted").await).await;
        shop.google.save(object).expect("saved");
        until("the save", async || state("installed").await).await;
        shop.google.remove(object).expect("removed");
        until("the removal", async || state("removed").await).await;
        assert_eq!(erase(&shop, id).await.0, 200);
        until("the erasure at Google", async || {
            shop.google.object(object).is_some_and(|object| object["accountName"].is_null())
        }).await;
        shop.running.stop().await;
    }
}
