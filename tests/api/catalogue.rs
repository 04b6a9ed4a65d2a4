//! The catalogue by the API: what each kind gives, for whom it is, its pictures, downloads and what is refused.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use billfold::types::{Clock as _, ManualClock, SystemClock, sha256_hex};
use reqwest::Method;
use reqwest::header::{ACCEPT, LOCATION};
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Opening, Shop, read};

const PICTURE: &[u8] = include_bytes!("../../templates/passes/cafe/logo@2x.png");
const SECRET_URL: &str = "https://files.example/secret-shelf/book.pdf";

async fn post(shop: &Shop, path: &str, body: &Value, wanted: u16) -> Value {
    let (status, answer) = shop.post(path, body).await;
    assert_eq!(status, wanted, "{path}: {answer}");
    answer
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A member with so many points: their path and their card's code.
async fn member(shop: &Shop, points: i64) -> (String, String) {
    let enrolled = shop.enrol("lina@example.com").await;
    let path = format!("/v1/members/{}", text(&enrolled["member"]["id"]));
    let gift = json!({ "points": points, "reason": "a test" });
    post(shop, &format!("{path}/adjustments"), &gift, 201).await;
    (path, text(&enrolled["card"]["code"]))
}

async fn reward(shop: &Shop, mut body: Value) -> String {
    body["program"] = json!(shop.program);
    text(&post(shop, "/v1/rewards", &body, 201).await["id"])
}

async fn issue(shop: &Shop, member: &str, reward: &str) -> Value {
    post(
        shop,
        &format!("{member}/redemptions"),
        &json!({ "reward": reward }),
        201,
    )
    .await
}

/// Opens a link as a browser does, without going where it leads: the status and where that is.
async fn open(url: &str, accept: &str) -> (u16, Option<String>, String) {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let answer = client
        .get(url)
        .header(ACCEPT, accept)
        .send()
        .await
        .expect("an answer");
    let to = answer
        .headers()
        .get(LOCATION)
        .map(|to| to.to_str().expect("text").to_owned());
    (answer.status().as_u16(), to, answer.text().await.expect("a body"))
}

/// The pointers and codes of what was refused.
fn faults(body: &Value) -> Vec<(String, String)> {
    let list = body["errors"].as_array().expect("faults").iter();
    list.map(|one| (text(&one["pointer"]), text(&one["code"])))
        .collect()
}

on_both_databases! {
    /// Each kind is had for points, and the answer holds what the till or the holder needs to have it.
    /// Shows SR-012 (an amount off comes in minor units), SR-039 (each kind with its own proof), SR-082, SR-083 (kinds),
    /// SR-103, SR-150.
    async fn each_kind_of_reward_is_had_with_its_own_proof(database: Database) {
        let shop = Shop::open(database).await;
        let (member, _) = member(&shop, 1_000).await;
        for gives in [
            json!("product"),
            json!({ "free_item": { "category": ["coffee"] } }),
            json!({ "amount_off": 500 }),
            json!({ "percent_off": { "percent": 10, "of": "item" } }),
            json!({ "experience": { "at": "2036-12-05T09:00:00.000Z", "capacity": 8, "place": "Upstairs" } }),
            json!({ "donation": { "to": "The lifeboat" } }),
            json!({ "early_access": { "of": { "sku": ["autumn"] }, "from": "2036-01-01T00:00:00.000Z" } }),
            json!({ "gift_card": { "amount": 700 } }),
            json!({ "download": { "url": SECRET_URL } }),
        ] {
            let id = reward(&shop, json!({ "name": "One", "gives": gives, "cost": 10 })).await;
            let issued = issue(&shop, &member, &id).await;
            let redemption = &issued["redemption"];
            assert_eq!((&redemption["state"], &redemption["cost"]), (&json!("issued"), &json!(10)), "{gives}");
            let is_download = gives.get("download").is_some();
            let shown = if is_download { json!({ "download": {} }) } else { gives.clone() };
            assert_eq!(issued["reward"], json!({ "name": "One", "gives": shown }));
            assert_eq!(redemption["download"].is_object(), is_download, "{gives}");
            let path = format!("/v1/redemptions/{}/complete", text(&redemption["id"]));
            let done = post(&shop, &path, &json!({}), 200).await;
            assert_eq!(done["redemption"]["state"], "completed", "{gives}");
            let is_gift_card = gives.get("gift_card").is_some();
            assert_eq!(done["gift_card"]["balance"]["amount"].as_i64(), is_gift_card.then_some(700), "{gives}");
        }
        shop.running.stop().await;
    }

    /// The list is in the order that its writers gave, with headings and pictures; the till has of it what can be had
    /// at once, and neither shows what is for others.
    /// Shows SR-001 (exactly the rewards that can be had), SR-045 (headings, pictures, order).
    async fn the_catalogue_shows_a_member_what_is_for_them_in_its_order(database: Database) {
        let shop = Shop::open(database).await;
        let (member, code) = member(&shop, 90).await;
        let upload = json!({ "data": STANDARD.encode(PICTURE) });
        let picture = post(&shop, "/v1/images", &upload, 201).await;
        assert_eq!(picture["sha256"], json!(sha256_hex(PICTURE)));
        let path = format!("/images/{}.png", text(&picture["sha256"]));
        assert!(text(&picture["url"]).ends_with(&path));
        assert_eq!(open(&shop.url(&path), "image/png").await.0, 200);
        let cup = reward(&shop, json!({
            "name": "A cup", "gives": "product", "cost": 100, "position": 1, "category": "Things", "picture": picture["sha256"],
        })).await;
        let cake = reward(&shop, json!({ "name": "A cake", "gives": "product", "cost": 50, "category": "Food", "stock": 3 })).await;
        let bun = reward(&shop, json!({ "name": "A bun", "gives": "product", "cost": 50, "position": 2 })).await;
        let gone = reward(&shop, json!({ "name": "A tart", "gives": "product", "cost": 50, "stock": 0 })).await;
        let city = json!({ "attribute": { "name": "city", "is": ["Lyon"] } });
        let local = reward(&shop, json!({ "name": "A tour", "gives": "experience", "if": [city] })).await;
        let ids = |list: &Value| -> Vec<String> { list.as_array().expect("a list").iter().map(|one| text(&one["id"])).collect() };
        let (_, listed) = shop.get(&format!("{member}/rewards")).await;
        assert_eq!(ids(&listed["data"]), [&cup, &bun, &cake, &gone].map(Clone::clone));
        let first = &listed["data"][0];
        assert_eq!((&first["category"], &first["missing"], &first["usable"]), (&json!("Things"), &json!(0), &json!(true)));
        assert_eq!(first["picture_url"], picture["url"]);
        assert_eq!((&listed["data"][2]["left"], &listed["data"][3]["left"], &listed["data"][3]["usable"]), (&json!(3), &json!(0), &json!(false)));
        let (_, till) = shop.get(&format!("/v1/cards/{code}")).await;
        assert_eq!(ids(&till["rewards"]), [&cup, &bun, &cake].map(Clone::clone));
        let wanted = json!({ "reward": local });
        let refused = post(&shop, &format!("{member}/redemptions"), &wanted, 422).await;
        assert_eq!(refused["code"], "not_eligible");
        let sent = shop.request(Method::PATCH, &member).json(&json!({ "attributes": { "city": "Lyon" } })).send().await;
        assert_eq!(read(sent.expect("an answer")).await.0, 200);
        let (_, till) = shop.get(&format!("/v1/cards/{code}")).await;
        assert_eq!(ids(&till["rewards"]), [&cup, &bun, &cake, &local].map(Clone::clone));
        issue(&shop, &member, &local).await;
        shop.running.stop().await;
    }

    /// The link leads to the shop's file, hands the reward over with the first time, and is over after the last. Nobody
    /// is shown where the file lies, and no other link works.
    /// Shows SR-129 (a signed link).
    async fn a_download_is_had_by_its_link_alone(database: Database) {
        let shop = Shop::open(database).await;
        let (member, code) = member(&shop, 100).await;
        let book = json!({ "name": "E-book", "gives": { "download": { "url": SECRET_URL, "opens": 2 } }, "cost": 10 });
        let book = reward(&shop, book).await;
        let issued = issue(&shop, &member, &book).await;
        let link = &issued["redemption"]["download"];
        assert_eq!(link["opens_left"], 2);
        assert!(link["until"].is_string(), "{link}");
        for path in [format!("/v1/cards/{code}"), format!("{member}/rewards"), format!("{member}/redemptions")] {
            let (_, shown) = shop.get(&path).await;
            assert!(!shown.to_string().contains("secret-shelf"), "{path}: {shown}");
        }
        assert!(!issued.to_string().contains("secret-shelf"), "{issued}");
        let (_, token) = link["url"].as_str().and_then(|url| url.split_once("/download/")).expect("a link");
        let url = shop.url(&format!("/download/{token}"));
        let (id, mac) = token.split_once('-').expect("an id and a code");
        let other = issue(&shop, &member, &book).await;
        let other = text(&other["redemption"]["id"]);
        for wrong in [format!("{id}-{}", mac.chars().rev().collect::<String>()), format!("{other}-{mac}"), id.to_owned(), "x".to_owned()] {
            let (status, to, _) = open(&shop.url(&format!("/download/{wrong}")), "*/*").await;
            assert_eq!((status, to), (404, None), "{wrong}");
        }
        for _ in 0..2 {
            let (status, to, _) = open(&url, "text/html").await;
            assert_eq!((status, to.as_deref()), (303, Some(SECRET_URL)));
        }
        let (_, shown) = shop.get(&format!("/v1/redemptions/{id}")).await;
        assert_eq!((&shown["state"], &shown["download"]), (&json!("completed"), &Value::Null));
        let (status, to, page) = open(&url, "text/html").await;
        assert_eq!((status, to), (410, None));
        assert!(page.contains("This link is over") && !page.contains("secret-shelf"), "{page}");
        let (status, _, problem) = open(&url, "application/json").await;
        assert!(status == 410 && problem.contains("download_over"), "{problem}");
        shop.running.stop().await;
    }

    /// What can never be had, or not as it says, is refused when it is written, with the place of each fault.
    async fn rewards_that_cannot_be_are_refused_when_they_are_written(database: Database) {
        let shop = Shop::open(database).await;
        let at = "2036-12-05T09:00:00Z";
        for (more, pointer, code) in [
            (json!({ "gives": "download" }), "/gives", "invalid_value"),
            (json!({ "gives": { "experience": { "at": at } } }), "/gives/experience/capacity", "required"),
            (json!({ "gives": { "experience": { "at": at, "capacity": 0 } } }), "/gives/experience/capacity", "out_of_range"),
            (json!({ "gives": { "experience": { "at": at, "capacity": 8 } }, "stock": 8 }), "/stock", "contradiction"),
            (json!({ "gives": { "download": { "url": "http://files.example/" } } }), "/gives/download/url", "bad_url"),
            (json!({ "gives": { "donation": { "to": "" } } }), "/gives/donation/to", "bad_text"),
            (json!({ "if": [{ "segment": ["regulars"] }] }), "/if/0/segment/0", "unknown_segment"),
            (json!({ "if": [{ "tier": ["Gold"] }] }), "/if/0/tier/0", "unknown_tier"),
            (json!({ "if": [{ "channel": ["app"] }] }), "/if/0", "never_applies"),
            (json!({ "if": [{ "mood": ["good"] }] }), "/if/0", "invalid_value"),
            (json!({ "picture": "0".repeat(64) }), "/picture", "unknown_image"),
            (json!({ "picture": "cup.png" }), "/picture", "bad_sha256"),
            (json!({ "position": -1 }), "/position", "out_of_range"),
        ] {
            let mut body = json!({ "program": shop.program, "name": "A cup", "gives": "product" });
            let own = body.as_object_mut().expect("an object");
            own.extend(more.as_object().expect("an object").clone());
            let (status, refused) = shop.post("/v1/rewards", &body).await;
            assert_eq!(status, 422, "{more}: {refused}");
            let found = faults(&refused);
            assert!(found.contains(&(pointer.to_owned(), code.to_owned())), "{more}: {found:?}");
        }
        for (data, code) in [("no base 64", "bad_base64"), ("aGVsbG8=", "bad_image")] {
            let refused = post(&shop, "/v1/images", &json!({ "data": data }), 422).await;
            assert_eq!(faults(&refused), [("/data".to_owned(), code.to_owned())]);
        }
        shop.running.stop().await;
    }

    /// A condition on what nobody can know, and a count by what nothing has, are refused.
    async fn rules_for_events_that_cannot_be_are_refused_when_they_are_written(database: Database) {
        let shop = Shop::open(database).await;
        let each = json!([{ "times": 1, "within": "ever", "per": "data.network" }]);
        for (when, more, pointer, code) in [
            (json!("order"), json!({ "limits": each }), "/limits/0/per", "never_applies"),
            (json!("order"), json!({ "if": [{ "data": { "name": "stars", "is": ["5"] } }] }), "/if/0", "never_applies"),
            (json!({ "event": "social.linked" }), json!({ "limits": [{ "times": 1, "within": "ever", "per": "network" }] }), "/limits/0/per", "bad_field"),
            (json!({ "event": "review" }), json!({ "if": [{ "data": { "name": "stars", "is": ["5"] } }, { "data": { "name": "stars", "is": ["4"] } }] }), "/if/1", "contradiction"),
        ] {
            let mut body = json!({ "program": shop.program, "name": "r", "when": when, "then": { "points": 1, "per": "time" } });
            body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            let refused = post(&shop, "/v1/rules", &body, 422).await;
            assert_eq!(faults(&refused), [(pointer.to_owned(), code.to_owned())], "{more}");
        }
        shop.running.stop().await;
    }

    /// Shows SR-109: what comes back of each amount spent is shown as soon as a point has a value.
    async fn a_program_shows_what_its_members_get_back(database: Database) {
        let shop = Shop::open(database).await;
        let path = format!("/v1/programs/{}", shop.program);
        assert_eq!(shop.get(&path).await.1["return_basis_points"], Value::Null);
        for (change, basis_points) in [
            (json!({ "policy": { "point_value_minor_thousandths": 5_000 } }), 500),
            (json!({ "earning": { "points": 1, "per_minor": 500 } }), 100),
        ] {
            let sent = shop.request(Method::PATCH, &path).json(&change).send().await;
            let (status, program) = read(sent.expect("an answer")).await;
            assert_eq!((status, &program["return_basis_points"]), (200, &json!(basis_points)), "{change}");
        }
        shop.running.stop().await;
    }

    /// A member is told once before points expire, and the list says what is left of them; what could never be given is
    /// refused.
    async fn a_member_is_told_before_points_expire(database: Database) {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let opening = Opening { clock: clock.clone(), ..Opening::default() };
        let shop = Shop::open_with(database, opening).await;
        let path = format!("/v1/programs/{}", shop.program);
        let write = async |policy: Value| {
            let sent = shop.request(Method::PATCH, &path).json(&json!({ "policy": policy })).send().await;
            read(sent.expect("an answer")).await
        };
        for (policy, code) in [
            (json!({ "expiry_notice_days": [7] }), "never_applies"),
            (json!({ "expiry": { "days": 30 }, "expiry_notice_days": [7, 7] }), "out_of_range"),
            (json!({ "expiry": { "days": 30 }, "expiry_notice_days": [0] }), "out_of_range"),
            (json!({ "expiry": { "days": 30 }, "expiry_notice_days": [1, 2, 3, 4] }), "out_of_range"),
        ] {
            let (status, refused) = write(policy.clone()).await;
            assert_eq!(status, 422, "{policy}");
            assert_eq!(faults(&refused), [("/policy/expiry_notice_days".to_owned(), code.to_owned())], "{policy}");
        }
        let (status, program) = write(json!({ "expiry": { "days": 30 }, "expiry_notice_days": [7] })).await;
        assert_eq!((status, &program["policy"]["expiry_notice_days"]), (200, &json!([7])));
        let (member, _) = member(&shop, 100).await;
        let notices = format!("{member}/expiry-notices");
        assert_eq!(shop.get(&notices).await.1, json!({ "data": [], "next_cursor": null }));
        clock.advance(Duration::from_hours(25 * 24));
        let mut told = Value::Null;
        for _ in 0..600 {
            told = shop.get(&notices).await.1;
            if told["data"].as_array().is_some_and(|list| !list.is_empty()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let notice = &told["data"][0];
        // Ten for signing up are of the same day.
        assert_eq!((&notice["points"], &notice["days_ahead"], &notice["left"]), (&json!(110), &json!(7), &json!(110)));
        post(&shop, &format!("{member}/adjustments"), &json!({ "points": -40, "reason": "a test" }), 201).await;
        let (_, told) = shop.get(&notices).await;
        assert_eq!((told["data"].as_array().map(Vec::len), &told["data"][0]["left"]), (Some(1), &json!(70)));
        shop.running.stop().await;
    }
}
