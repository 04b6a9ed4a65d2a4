//! The crowd that `--members` seeds: books that hold, cards that work, the same for the same seed.

use std::collections::BTreeSet;
use std::process::Command;

use billfold::server::demo::{CrowdOptions, DemoOptions, MEMBERS_MAX, RunningDemo, demo};
use billfold::store::{Db, StoreError, cards, devices, entries, tallies};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types};
use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::process::Demo;

const MEMBERS: u64 = 300;
/// The café's own.
const REGULARS: i64 = 25;

async fn open(database: &Database, members: u64, seed: u64) -> RunningDemo {
    let options = DemoOptions {
        database_url: Some(database.url().to_owned()),
        people: Vec::new(),
        crowd: CrowdOptions {
            members,
            seed,
            ..CrowdOptions::default()
        },
        ..DemoOptions::default()
    };
    demo(options).await.expect("a demo")
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = sql_types::BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    value: String,
}

async fn number(demo: &RunningDemo, sql: &'static str) -> i64 {
    let read = demo.running.house.store.read(move |db| {
        Ok::<_, StoreError>(match db {
            Db::Sqlite(conn) => sql_query(sql).get_result::<Number>(conn),
            Db::Postgres(conn) => sql_query(sql).get_result::<Number>(conn),
        }?)
    });
    read.await.expect("a number").value
}

async fn lines(demo: &RunningDemo, sql: &'static str) -> BTreeSet<String> {
    let read = demo.running.house.store.read(move |db| {
        Ok::<_, StoreError>(match db {
            Db::Sqlite(conn) => sql_query(sql).load::<Line>(conn),
            Db::Postgres(conn) => sql_query(sql).load::<Line>(conn),
        }?)
    });
    let read = read.await.expect("lines");
    read.into_iter().map(|line| line.value).collect()
}

/// Sends a request as the owner; the status and the answer.
async fn ask(demo: &RunningDemo, path: &str, body: Option<&Value>) -> (u16, Value) {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let address = format!("{}{path}", demo.url);
    let request = body.map_or_else(|| http.get(&address), |body| http.post(&address).json(body));
    let request = request.bearer_auth(demo.keys.owner.expose());
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

/// Days on which what is noted differs from the orders of the day.
const WRONG_DAYS: &str = "SELECT count(*) AS value FROM (SELECT card_id, CAST(sum(points) AS BIGINT) AS points, \
    CAST(sum(minor) AS BIGINT) AS minor, CAST(sum(orders) AS BIGINT) AS orders FROM activity_days GROUP BY card_id) a \
    JOIN (SELECT card_id, CAST(sum(earned) AS BIGINT) AS points, CAST(sum(total_minor) AS BIGINT) AS minor, \
    count(*) AS orders FROM orders GROUP BY card_id) o ON o.card_id = a.card_id \
    WHERE a.points <> o.points OR a.minor <> o.minor OR a.orders <> o.orders";
const WRONG_CARDS: &str = "SELECT count(*) AS value FROM cards c WHERE c.orders <> \
    (SELECT count(*) FROM orders o WHERE o.card_id = c.id)";
const WRONG_ORDERS: &str = "SELECT count(*) AS value FROM orders o WHERE o.earned <> \
    (SELECT coalesce(sum(e.points), 0) FROM entries e WHERE e.order_id = o.id)";
const AGREED: &str = "SELECT count(*) AS value FROM consents s WHERE s.purpose = 'marketing' AND s.granted \
    AND NOT EXISTS (SELECT 1 FROM consents l WHERE l.member_id = s.member_id AND l.purpose = s.purpose AND l.at > s.at)";
const ON_IPHONES: &str = "SELECT count(DISTINCT r.card_id) AS value FROM registrations r \
    JOIN cards c ON c.id = r.card_id JOIN consents s ON s.member_id = c.member_id \
    WHERE s.purpose = 'marketing' AND s.granted AND NOT EXISTS (SELECT 1 FROM consents l \
    WHERE l.member_id = s.member_id AND l.purpose = s.purpose AND l.at > s.at)";
const HELD_CODES: &str = "SELECT c.code AS value FROM registrations r JOIN cards c ON c.id = r.card_id";

on_both_databases! {
    /// Balances, days and orders agree, as `doctor --deep` checks the ledger and the phones; a seeded card is found, is
    /// bought on, its pass and its page open; a campaign counts whom it would reach.
    async fn a_seeded_crowd_is_in_the_books_and_its_cards_work(database: Database) {
        let demo = open(&database, MEMBERS, 7).await;
        let (program, store) = (demo.programs[0].0.clone(), demo.running.house.store.clone());
        let all = store.read(move |db| cards::count(db, &program)).await.expect("a count");
        assert_eq!(all, 300 + REGULARS);
        let imbalances = store.read(|db| entries::list_imbalances(db, 10)).await.expect("a ledger");
        assert_eq!(imbalances, []);
        let wrong = store.read(|db| tallies::list_wrong(db, 10)).await.expect("tallies");
        assert_eq!(wrong, []);
        let untold = store.read(|db| devices::list_untold(db, 10)).await.expect("phones");
        assert_eq!(untold, []);
        assert_eq!(number(&demo, WRONG_DAYS).await, 0);
        assert_eq!(number(&demo, WRONG_CARDS).await, 0);
        assert_eq!(number(&demo, WRONG_ORDERS).await, 0);
        assert!(number(&demo, "SELECT count(*) AS value FROM orders WHERE external_id LIKE 'crowd-%'").await > 300);
        assert!(number(&demo, "SELECT count(*) AS value FROM birthdays").await > 80);

        let codes = lines(&demo, HELD_CODES).await;
        assert!((80..160).contains(&codes.len()), "{}", codes.len());
        let code = codes.first().expect("a code");
        let (status, found) = ask(&demo, &format!("/v1/cards/{code}"), None).await;
        assert_eq!(status, 200, "{found}");
        let before = found["card"]["balance"].as_i64().expect("a balance");
        let order = json!({ "external_id": "till-1", "card": code, "total": { "amount": 5_000, "currency": "EUR" } });
        let (status, bought) = ask(&demo, "/v1/orders", Some(&order)).await;
        assert_eq!(status, 201, "{bought}");
        let after = bought["card"]["balance"].as_i64().expect("a balance");
        assert!((50..=51).contains(&(after - before)), "{before} {after}");
        let pass = found["card"]["passes"]["apple"]["url"].as_str().expect("a link");
        let pass = reqwest::Client::builder().no_proxy().build().expect("a client").get(pass).send().await;
        let pass = pass.expect("an answer");
        assert_eq!(pass.status(), 200);
        assert_eq!(pass.headers()["content-type"], "application/vnd.apple.pkpass");

        let campaign = json!({ "program": demo.programs[0].0, "name": "All", "members": { "joined": { "at_least_days": 0 } },
            "arms": [{ "text": "Hello" }] });
        let (status, made) = ask(&demo, "/v1/campaigns", Some(&campaign)).await;
        assert_eq!(status, 201, "{made}");
        let path = format!("/v1/campaigns/{}/estimate", made["id"].as_str().expect("an id"));
        let (_, estimate) = ask(&demo, &path, None).await;
        let agreed = number(&demo, AGREED).await;
        assert_eq!(estimate["no_consent"], json!(all - agreed), "{estimate}");
        assert_eq!(estimate["apple"], json!(number(&demo, ON_IPHONES).await), "{estimate}");
        demo.stop().await;
        assert_eq!(store.read(|db| entries::list_imbalances(db, 10)).await.expect("a ledger"), []);
    }

    /// Those who come later are others, and a third demo on the same database counts on.
    async fn another_crowd_comes_beside_the_first(database: Database) {
        for members in [120, 80] {
            open(&database, members, 1).await.stop().await;
        }
        let demo = open(&database, 0, 1).await;
        let guests = "SELECT value FROM identities WHERE value LIKE 'guest%'";
        let guests = lines(&demo, guests).await;
        assert_eq!(guests.len(), 200);
        assert!(guests.contains("guest0000001@example.com") && guests.contains("guest0000200@example.com"));
        demo.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_makes_the_same_crowd_and_another_seed_another() {
    const WHO: &str = "SELECT c.code || ' ' || m.first_name || ' ' || m.last_name || ' ' || m.language || ' ' || i.value \
        || ' ' || coalesce((SELECT group_concat(o.total_minor) FROM orders o WHERE o.card_id = c.id), '-') AS value \
        FROM members m JOIN cards c ON c.member_id = m.id JOIN identities i ON i.member_id = m.id \
        WHERE i.value LIKE 'guest%'";
    let mut crowds = Vec::new();
    for seed in [3, 3, 4] {
        let database = Database::sqlite();
        let demo = open(&database, 200, seed).await;
        crowds.push(lines(&demo, WHO).await);
        demo.stop().await;
    }
    assert_eq!(crowds[0].len(), 200);
    assert_eq!(crowds[0], crowds[1]);
    assert_ne!(crowds[0], crowds[2]);
    let same: Vec<&String> = crowds[0].intersection(&crowds[2]).collect();
    assert!(same.is_empty(), "{same:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_binary_says_how_many_it_seeded_and_refuses_too_many() {
    let temporary = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_billfold"));
    command
        .args(["demo", "--json", "--listen", "127.0.0.1:0", "--members", "50"])
        .env("TMPDIR", temporary.path());
    let demo = Demo::start(command, temporary).await;
    assert_eq!(demo.ready["members"], 50);
    assert!(
        demo.ready["seconds"]
            .as_f64()
            .is_some_and(|seconds| seconds > 0.0),
        "{}",
        demo.ready
    );

    let refused = Command::new(env!("CARGO_BIN_EXE_billfold"))
        .args(["demo", "--members", &(MEMBERS_MAX + 1).to_string()])
        .output()
        .expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.stdout.is_empty());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("2000001 is not in 0..=2000000"), "{said}");
}
