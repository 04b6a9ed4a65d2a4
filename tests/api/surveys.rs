//! Surveys by the API: written, opened, answered once, counted; and what becomes of an answer with its member.

use billfold::types::Role;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::erasure::columns_with;
use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

/// Browsers that send the same answers at once.
const AT_ONCE: usize = 64;

fn five(shop: &Shop) -> Value {
    json!({ "program": shop.program, "name": "Autumn", "title": { "en": "Your visit", "ar": "زيارتك" },
        "intro": "Two minutes.", "thanks": "Thank you!", "questions": [
        { "id": "drink", "text": "What do you drink?", "kind": "single", "required": true,
          "choices": [{ "id": "tea", "text": "Tea" }, { "id": "coffee", "text": { "en": "Coffee", "ar": "قهوة" } }] },
        { "id": "liked", "text": "What did you like?", "kind": "several",
          "choices": [{ "id": "cake", "text": "The cake" }, { "id": "music", "text": "The music" }] },
        { "id": "stars", "text": "How was it?", "kind": "scale_1_5", "required": true },
        { "id": "again", "text": "Would you tell a friend?", "kind": "scale_0_10" },
        { "id": "words", "text": "What else?", "kind": "text" },
    ]})
}

fn said() -> Value {
    json!({ "drink": "coffee", "liked": ["music"], "stars": 4, "again": 9, "words": "More of Zenobia" })
}

async fn patch(shop: &Shop, path: &str, version: Option<&str>, body: &Value) -> (u16, Value) {
    let mut request = shop.request(Method::PATCH, path).json(body);
    if let Some(version) = version {
        request = request.header("if-match", version);
    }
    read(request.send().await.expect("an answer")).await
}

/// A survey of five questions that is open; its path.
async fn open_survey(shop: &Shop) -> String {
    let (status, made) = shop.post("/v1/surveys", &five(shop)).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/v1/surveys/{}", made["id"].as_str().expect("an id"));
    let (status, open) = patch(shop, &path, Some("\"1\""), &json!({ "state": "open" })).await;
    assert_eq!((status, &open["state"]), (200, &json!("open")), "{open}");
    path
}

/// A rule that pays for each survey that is answered.
async fn pay(shop: &Shop, then: Value) {
    let rule = json!({ "program": shop.program, "name": "Survey", "when": { "event": "survey_answered" }, "then": then });
    let (status, rule) = shop.post("/v1/rules", &rule).await;
    assert_eq!(status, 201, "{rule}");
}

async fn answer(shop: &Shop, survey: &str, member: &Value, said: &Value) -> (u16, Value) {
    let body = json!({ "member": member, "language": "en", "answers": said });
    shop.post(&format!("{survey}/answers"), &body).await
}

async fn balance(shop: &Shop, enrolled: &Value) -> i64 {
    let code = enrolled["card"]["code"].as_str().expect("a code");
    let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
    card["card"]["balance"].as_i64().expect("a balance")
}

on_both_databases! {
    async fn a_survey_is_written_opened_and_closed(database: Database) {
        let shop = Shop::open(database).await;
        let (status, made) = shop.post("/v1/surveys", &five(&shop)).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!((&made["state"], &made["version"], made["questions"].as_array().map(Vec::len)),
                   (&json!("draft"), &json!(1), Some(5)), "{made}");
        assert!(made["url"].as_str().is_some_and(|url| url.ends_with(made["id"].as_str().expect("an id"))), "{made}");
        let path = format!("/v1/surveys/{}", made["id"].as_str().expect("an id"));
        let member = shop.enrol("lina@example.com").await["member"]["id"].clone();
        let (status, refused) = answer(&shop, &path, &member, &said()).await;
        assert_eq!((status, &refused["code"]), (422, &json!("survey_not_open")), "a draft");
        let change = json!({ "name": "Winter", "intro": null, "questions": [{ "id": "stars", "text": "Stars?", "kind": "scale_1_5" }] });
        let (status, changed) = patch(&shop, &path, Some("\"1\""), &change).await;
        assert_eq!((status, &changed["name"], &changed["intro"], &changed["version"]),
                   (200, &json!("Winter"), &Value::Null, &json!(2)), "{changed}");
        let (status, stale) = patch(&shop, &path, Some("\"1\""), &change).await;
        assert_eq!((status, &stale["code"]), (412, &json!("stale_edit")));
        assert_eq!(patch(&shop, &path, None, &json!({ "state": "open" })).await.0, 200);

        // Once opened, words can change and questions cannot.
        let reworded = json!({ "questions": [{ "id": "stars", "text": "How was it?", "kind": "scale_1_5", "required": true }] });
        assert_eq!(patch(&shop, &path, None, &reworded).await.0, 200);
        for change in [json!({ "questions": [{ "id": "stars", "text": "Stars?", "kind": "scale_0_10" }] }),
                       json!({ "questions": [{ "id": "other", "text": "Stars?", "kind": "scale_1_5" }] })] {
            let (status, refused) = patch(&shop, &path, None, &change).await;
            assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("questions_fixed")), "{refused}");
        }
        let (status, refused) = patch(&shop, &path, None, &json!({ "state": "draft" })).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/state")), "{refused}");

        assert_eq!(patch(&shop, &path, None, &json!({ "state": "closed" })).await.0, 200);
        let (status, refused) = answer(&shop, &path, &member, &json!({ "stars": 5 })).await;
        assert_eq!((status, &refused["code"]), (422, &json!("survey_not_open")), "closed");
        let (_, shown) = shop.get(&path).await;
        let (_, list) = shop.get("/v1/surveys?limit=1").await;
        assert_eq!(list["data"], json!([shown]), "{list}");
        shop.running.stop().await;
    }

    /// Shows SR-025, SR-115 (answered, points once), SR-126.
    async fn a_survey_is_answered_once_and_pays_once(database: Database) {
        let shop = Shop::open(database).await;
        pay(&shop, json!({ "points": 50, "per": "time" })).await;
        let survey = open_survey(&shop).await;
        let lina = shop.enrol("lina@example.com").await;
        let before = balance(&shop, &lina).await;
        let few = json!({ "drink": "tea", "stars": 5 });
        let all = (0..AT_ONCE).map(|_| answer(&shop, &survey, &lina["member"]["id"], &few));
        let all = join_all(all).await;
        let done: Vec<&Value> = all.iter().filter(|(status, _)| *status == 201).map(|(_, body)| body).collect();
        assert_eq!(done.len(), 1, "{all:?}");
        assert_eq!((&done[0]["recorded"]["event"]["earned"], &done[0]["recorded"]["event"]["type"]),
                   (&json!(50), &json!("survey_answered")), "{done:?}");
        for (status, refused) in all.iter().filter(|(status, _)| *status != 201) {
            assert_eq!((*status, &refused["code"]), (409, &json!("survey_answered")), "{refused}");
        }
        assert_eq!(balance(&shop, &lina).await, before + 50);
        // Another survey pays by itself; it is answered by card, and a repeat under the same key gets the same answer.
        let second = open_survey(&shop).await;
        let body = json!({ "card": lina["card"]["code"], "answers": said() });
        let send = async || {
            let request = shop.request(Method::POST, &format!("{second}/answers")).header("idempotency-key", "a-1");
            read(request.json(&body).send().await.expect("an answer")).await
        };
        let (first, again) = (send().await, send().await);
        assert_eq!((first.0, &first), (201, &again));
        assert_eq!(balance(&shop, &lina).await, before + 100);
        shop.running.stop().await;
    }

    /// A survey of five questions gives ten per cent off one item, or a small gift; once.
    /// Shows SR-116 (exactly: the survey, and both rewards).
    async fn five_questions_give_ten_per_cent_off_one_item_or_a_gift(database: Database) {
        let shop = Shop::open(database).await;
        let lina = shop.enrol("lina@example.com").await;
        for (name, gives) in [("Ten per cent off one item", json!({ "percent_off": { "percent": 10, "of": "item" } })),
                              ("A branded pin", json!("product"))] {
            let reward = json!({ "program": shop.program, "name": name, "gives": gives, "valid_days": 14 });
            let (status, reward) = shop.post("/v1/rewards", &reward).await;
            assert_eq!(status, 201, "{reward}");
            let survey = open_survey(&shop).await;
            let rule = json!({ "program": shop.program, "name": name, "when": { "event": "survey_answered" },
                "if": [{ "data": { "name": "survey", "is": [survey.rsplit('/').next()] } }],
                "then": { "reward": reward["id"], "per": "time" } });
            let (status, rule) = shop.post("/v1/rules", &rule).await;
            assert_eq!(status, 201, "{rule}");
            let (status, done) = answer(&shop, &survey, &lina["member"]["id"], &said()).await;
            assert_eq!(status, 201, "{done}");
            let given = &done["recorded"]["redemptions"];
            assert_eq!((given.as_array().map(Vec::len), &given[0]["reward"]), (Some(1), &reward["id"]), "{done}");
            assert_eq!(answer(&shop, &survey, &lina["member"]["id"], &said()).await.0, 409);
        }
        let code = lina["card"]["code"].as_str().expect("a code");
        let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
        assert_eq!(card["redemptions"].as_array().map(Vec::len), Some(2), "{card}");
        shop.running.stop().await;
    }

    async fn what_was_answered_is_listed_and_counted(database: Database) {
        let shop = Shop::open(database).await;
        let survey = open_survey(&shop).await;
        let mut given = Vec::new();
        for (who, said) in [("a", said()), ("b", json!({ "drink": "tea", "liked": ["cake", "music"], "stars": 5 })),
                            ("c", json!({ "drink": "tea", "stars": 4, "words": "" }))] {
            let member = shop.enrol(&format!("{who}@example.com")).await["member"]["id"].clone();
            let (status, done) = answer(&shop, &survey, &member, &said).await;
            assert_eq!(status, 201, "{done}");
            given.push(done["answer"].clone());
        }
        let (_, first) = shop.get(&format!("{survey}/answers?limit=2")).await;
        let cursor = first["next_cursor"].as_str().expect("a cursor");
        let (_, rest) = shop.get(&format!("{survey}/answers?limit=2&cursor={cursor}")).await;
        let listed: Vec<Value> = [&first, &rest].iter().flat_map(|page| page["data"].as_array().expect("rows").clone()).collect();
        assert_eq!(listed, given);
        let (_, summary) = shop.get(&format!("{survey}/summary")).await;
        let wanted = json!({ "answers": 3, "is_whole": true, "questions": [
            { "id": "drink", "answered": 3, "counts": { "tea": 2, "coffee": 1 }, "mean": null },
            { "id": "liked", "answered": 2, "counts": { "cake": 1, "music": 2 }, "mean": null },
            { "id": "stars", "answered": 3, "counts": { "1": 0, "2": 0, "3": 0, "4": 2, "5": 1 }, "mean": 4.33 },
            { "id": "again", "answered": 1, "counts": { "0": 0, "1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 0, "7": 0,
                "8": 0, "9": 1, "10": 0 }, "mean": 9.0 },
            { "id": "words", "answered": 1, "counts": {}, "mean": null },
        ]});
        assert_eq!(summary, wanted);
        shop.running.stop().await;
    }

    /// The answers go with the person; what they were paid stays in the books.
    async fn an_erased_member_leaves_no_answer(database: Database) {
        let shop = Shop::open(database).await;
        pay(&shop, json!({ "points": 50, "per": "time" })).await;
        let survey = open_survey(&shop).await;
        let lina = shop.enrol("lina@example.com").await;
        let body = json!({ "member": lina["member"]["id"], "answers": said() });
        let request = shop.request(Method::POST, &format!("{survey}/answers")).header("idempotency-key", "a-1");
        assert_eq!(read(request.json(&body).send().await.expect("an answer")).await.0, 201);
        assert_ne!(columns_with(&shop.database, "Zenobia"), [""; 0]);
        let id = lina["member"]["id"].as_str().expect("an id");
        let (_, export) = shop.get(&format!("/v1/members/{id}/export")).await;
        assert_eq!((&export["survey_answers"][0]["survey"], &export["survey_answers"][0]["answers"]),
                   (&json!("Autumn"), &said()), "{export}");
        let erase = shop.request(Method::DELETE, &format!("/v1/members/{id}"));
        assert_eq!(erase.send().await.expect("an answer").status(), 200);
        assert_eq!(columns_with(&shop.database, "Zenobia"), [""; 0]);
        let (_, list) = shop.get(&format!("{survey}/answers")).await;
        assert_eq!(list["data"], json!([]));
        assert_eq!(balance(&shop, &lina).await, 60, "the books keep what was paid");
        shop.running.stop().await;
    }

    /// Whoever was joined with one who has answered has answered too; parted again, they have not.
    async fn joined_members_answer_a_survey_once(database: Database) {
        let shop = Shop::open(database).await;
        pay(&shop, json!({ "points": 50, "per": "time" })).await;
        let survey = open_survey(&shop).await;
        let (lina, elina) = (shop.enrol("lina@example.com").await, shop.enrol("elina@example.com").await);
        assert_eq!(answer(&shop, &survey, &elina["member"]["id"], &said()).await.0, 201);
        let into = lina["member"]["id"].as_str().expect("an id");
        let merge = json!({ "from": elina["member"]["id"], "reason": "came twice" });
        let (status, merged) = shop.post(&format!("/v1/members/{into}/merge"), &merge).await;
        assert_eq!(status, 201, "{merged}");
        let after = balance(&shop, &lina).await;
        for member in [&lina, &elina] {
            let (status, refused) = answer(&shop, &survey, &member["member"]["id"], &said()).await;
            assert_eq!((status, &refused["code"]), (409, &json!("survey_answered")), "{refused}");
        }
        assert_eq!(balance(&shop, &lina).await, after);
        let (_, export) = shop.get(&format!("/v1/members/{into}/export")).await;
        assert_eq!(export["survey_answers"].as_array().map(Vec::len), Some(1), "{export}");
        let undo = format!("/v1/merges/{}/undo", merged["merge"]["id"].as_str().expect("an id"));
        let (status, parted) = shop.post(&undo, &Value::Null).await;
        assert!(matches!(status, 200 | 201), "{parted}");
        assert_eq!(answer(&shop, &survey, &lina["member"]["id"], &said()).await.0, 201);
        shop.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_survey_cannot_be_is_refused_with_where_and_why() {
    let shop = Shop::open(Database::sqlite()).await;
    let many = |count: usize| -> Vec<Value> {
        let each = 0..count;
        each.map(|number| json!({ "id": format!("q{number}"), "text": "Why?", "kind": "text" }))
            .collect()
    };
    let choices = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|number| json!({ "id": format!("c{number}"), "text": "So" }))
            .collect()
    };
    for (at, value, pointer, code) in [
        ("/name", json!(" "), "/name", "bad_text"),
        ("/name", json!("x".repeat(81)), "/name", "bad_text"),
        ("/title", json!(""), "/title", "bad_text"),
        (
            "/title",
            json!({ "en": "ok", "fa": "x".repeat(201) }),
            "/title",
            "bad_text",
        ),
        ("/intro", json!("x".repeat(601)), "/intro", "bad_text"),
        ("/thanks", json!("a\u{0}b"), "/thanks", "bad_text"),
        ("/questions", json!([]), "/questions", "bad_count"),
        ("/questions", json!(many(21)), "/questions", "bad_count"),
        ("/questions/0/id", json!("No way"), "/questions/0/id", "bad_id"),
        ("/questions/1/id", json!("drink"), "/questions/1/id", "id_taken"),
        ("/questions/2/text", json!(" "), "/questions/2/text", "bad_text"),
        (
            "/questions/0/choices",
            json!(choices(1)),
            "/questions/0/choices",
            "bad_count",
        ),
        (
            "/questions/0/choices",
            json!(choices(13)),
            "/questions/0/choices",
            "bad_count",
        ),
        (
            "/questions/0/choices/1/id",
            json!("tea"),
            "/questions/0/choices/1/id",
            "id_taken",
        ),
        (
            "/questions/0/choices/1/text",
            json!(""),
            "/questions/0/choices/1/text",
            "bad_text",
        ),
        (
            "/questions/0/kind",
            json!("text"),
            "/questions/0/choices",
            "no_choices",
        ),
    ] {
        let mut body = five(&shop);
        *body.pointer_mut(at).expect("a field") = value.clone();
        let (status, refused) = shop.post("/v1/surveys", &body).await;
        let fault = &refused["errors"][0];
        assert_eq!(
            (status, fault["pointer"].as_str(), fault["code"].as_str()),
            (422, Some(pointer), Some(code)),
            "{at} {value}: {refused}"
        );
    }
    let (_, list) = shop.get("/v1/surveys").await;
    assert_eq!(list["data"], json!([]));
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_answer_is_refused_beside_its_question() {
    let shop = Shop::open(Database::sqlite()).await;
    let survey = open_survey(&shop).await;
    let lina = shop.enrol("lina@example.com").await;
    let wrong =
        json!({ "drink": "milk", "liked": "cake", "again": 11, "words": "x".repeat(1_001), "mood": "good" });
    let (status, refused) = answer(&shop, &survey, &lina["member"]["id"], &wrong).await;
    let faults = refused["errors"].as_array().expect("faults").iter();
    let mut faults: Vec<(&str, &str)> = faults
        .map(|fault| {
            (
                fault["pointer"].as_str().expect("where"),
                fault["code"].as_str().expect("why"),
            )
        })
        .collect();
    faults.sort_unstable();
    let wanted = [
        ("/answers/again", "bad_answer"),
        ("/answers/drink", "bad_answer"),
        ("/answers/liked", "bad_answer"),
        ("/answers/mood", "unknown_question"),
        ("/answers/stars", "missing"),
        ("/answers/words", "bad_text"),
    ];
    assert_eq!((status, faults), (422, wanted.to_vec()), "{refused}");
    let (status, refused) = shop
        .post(&format!("{survey}/answers"), &json!({ "answers": said() }))
        .await;
    assert_eq!(
        (status, &refused["errors"][0]["code"]),
        (422, &json!("one_of")),
        "{refused}"
    );
    assert_eq!(
        answer(&shop, "/v1/surveys/srv_x", &lina["member"]["id"], &said())
            .await
            .0,
        404
    );
    assert_eq!(
        answer(&shop, &survey, &lina["member"]["id"], &said()).await.0,
        201,
        "what was refused is not kept"
    );
    shop.running.stop().await;
}

/// What members wrote is for those who may know the members.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_answers_surveys_and_reads_none() {
    let shop = Shop::open(Database::sqlite()).await;
    let survey = open_survey(&shop).await;
    let lina = shop.enrol("lina@example.com").await;
    let key = shop.key(Role::Cashier, Some(&shop.program)).await;
    let send = async |method: Method, path: String, body: Value| {
        let request = shop
            .http
            .request(method, shop.url(&path))
            .bearer_auth(&key)
            .json(&body);
        read(request.send().await.expect("an answer")).await.0
    };
    let body = json!({ "member": lina["member"]["id"], "answers": said() });
    assert_eq!(send(Method::POST, format!("{survey}/answers"), body).await, 201);
    assert_eq!(send(Method::GET, survey.clone(), Value::Null).await, 200);
    for path in ["/answers", "/summary"] {
        assert_eq!(
            send(Method::GET, format!("{survey}{path}"), Value::Null).await,
            403,
            "{path}"
        );
    }
    assert_eq!(
        send(Method::PATCH, survey.clone(), json!({ "state": "closed" })).await,
        403
    );
    shop.running.stop().await;
}
