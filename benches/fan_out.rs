//! Hot path 6: a campaign to everybody over the real wire, with a million members.
//!
//! `cargo bench --bench fan_out` on SQLite, `tests/postgres cargo bench --bench fan_out` on PostgreSQL;
//! `BILLFOLD_MEMBERS=20000` takes fewer. The demo's crowd is seeded, then the service, a process of its own, sends a
//! campaign to all of them: it pushes to Apple's stand-in over HTTP/2 and TLS, and each phone that is told asks what
//! changed and fetches its pass, as an iPhone does, while a till rings up orders. Phones, Apple and the till run here,
//! on the same processors. Google is left out: at its 20 requests a second a million cards are a matter of a day.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot measure stops with the reason"
)]

#[path = "../tests/house/database.rs"]
mod database;
#[expect(dead_code, reason = "the kill tests start it in more ways")]
#[path = "../tests/kill/installation.rs"]
mod installation;
#[path = "../tests/house/keys.rs"]
mod keys;
#[expect(dead_code, reason = "not every figure of a bench is told here")]
mod measure;
#[path = "measure/memory.rs"]
mod memory;
#[path = "fan_out/phones.rs"]
mod phones;
#[path = "fan_out/seed.rs"]
mod seed;
#[expect(dead_code, reason = "the kill tests end it in more ways")]
#[path = "../tests/kill/server.rs"]
mod server;
#[path = "fan_out/till.rs"]
mod till;
#[path = "measure/waits.rs"]
mod waits;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use billfold::simulator::apns::ApnsSimulator;
use billfold::store::{Store, StoreOptions};
use database::Database;
use installation::Installation;
use measure::{judge, processor_seconds, title};
use memory::resident_mib;
use phones::Phones;
use serde_json::{Value, json};
use till::Till;

const MEMBERS: u64 = 1_000_000;
/// Most memory that a campaign may take, in MiB.
const GROWTH_MAX_MIB: f64 = 100.0;
/// Most that a till may wait during a campaign, beside what it waits alone.
const WAIT_RATIO_MAX: f64 = 2.0;
/// How long a till is watched with nothing else going on.
const IDLE: Duration = Duration::from_secs(10);
/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(250);
/// Longest that it may come to nothing new.
const STUCK: Duration = Duration::from_mins(2);

fn main() -> ExitCode {
    // Cargo runs benches among the tests to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let members = std::env::var("BILLFOLD_MEMBERS").map_or(MEMBERS, |text| {
        text.parse().expect("BILLFOLD_MEMBERS is a number")
    });
    let database = if std::env::var_os("BILLFOLD_TEST_POSTGRES").is_some() {
        title(format!("PostgreSQL, {members} members"));
        Database::postgres()
    } else {
        title(format!("SQLite, {members} members"));
        Database::sqlite()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    if runtime.block_on(measure_all(database.url(), members)) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn measure_all(database_url: &str, members: u64) -> bool {
    let installation = Installation::new(database_url).await;
    let created = installation.run(&["keys", "create", "--role", "owner", "--json"]);
    let created: Value = serde_json::from_str(&created).expect("JSON");
    let key = created["secret"].as_str().expect("a key").to_owned();
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let api = Api {
        http: http.clone(),
        url: installation.url(),
        key: key.clone(),
    };
    let mut server = installation.start();
    server.until_ready(&http).await;
    let body = json!({ "name": "Café", "slug": "cafe", "currency": "EUR" });
    let program = api.post("/v1/programs", &body).await["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    server.stop().await;
    let store = Store::open_as_is(&StoreOptions::new(database_url)).expect("the books open");
    seed::fill(&store, &program, members).await;
    let holders = seed::list_holders(&store).await;
    title(format!("  {} cards on iPhones", holders.len()));
    let mut server = installation.start();
    let ready = server.until_ready(&http).await;
    title(format!("  the service is ready after {ready:.1?}"));
    let phones = Phones::new(installation.address(), installation::MASTER_KEY, holders);
    let till = Till::new(installation.address(), &key, seed::list_members(&store).await);
    let of = (&installation.apns, server.process().to_string());
    let is_held = watch((&api, &store), of, (&program, phones), till).await;
    server.stop().await;
    is_held
}

/// The service's API.
struct Api {
    http: reqwest::Client,
    url: String,
    key: String,
}

impl Api {
    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.url));
        let answer = request
            .bearer_auth(&self.key)
            .json(body)
            .send()
            .await
            .expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("JSON")
    }
}

/// A campaign goes to everybody while a till rings up orders; whether all limits were kept to.
async fn watch(
    (api, store): (&Api, &Store),
    (apns, process): (&Arc<ApnsSimulator>, String),
    (program, phones): (&str, Phones),
    till: Till,
) -> bool {
    let alone = till.ring_up();
    tokio::time::sleep(IDLE).await;
    let (alone, till) = alone.stop();
    let memory = resident_mib(&process);
    let before = processor_seconds(&process).unwrap_or(f64::NAN);
    let body = json!({ "program": program, "name": "All", "members": { "joined": { "at_least_days": 0 } },
        "arms": [{ "text": phones::MESSAGE }] });
    let campaign = api.post("/v1/campaigns", &body).await["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let listening = phones.listen(apns);
    let busy = till.ring_up();
    let began = Instant::now();
    api.post(
        &format!("/v1/campaigns/{campaign}/schedule"),
        &json!({ "now": true }),
    )
    .await;
    let (mut told_after, mut most, mut moved) = (None, memory, Instant::now());
    let mut last = (0, 0, 0);
    loop {
        tokio::time::sleep(LOOK).await;
        most = most.max(resident_mib(&process));
        let Some(run) = seed::read_run(store, &campaign).await else {
            continue;
        };
        let pushed = apns.counters().accepted;
        let now = (run.sent, pushed, phones.fetched());
        if run.ended_at.is_some() && told_after.is_none() {
            told_after = Some(began.elapsed());
        }
        if now != last {
            (last, moved) = (now, Instant::now());
        }
        if told_after.is_some() && phones.fetched() >= u64::try_from(run.sent).expect("a count") {
            break;
        }
        assert!(moved.elapsed() < STUCK, "stuck: told, pushed, fetched: {now:?}");
    }
    let took = began.elapsed();
    let (beside, _) = busy.stop();
    listening.abort();
    let processor = processor_seconds(&process).unwrap_or(f64::NAN) - before;
    let run = seed::read_run(store, &campaign).await.expect("a run");
    let sent = u32::try_from(run.sent).expect("a count");
    let pace = |duration: Duration| f64::from(sent) / duration.as_secs_f64();
    let told_after = told_after.unwrap_or(took);
    println!(
        "  {} looked at, {sent} told in {told_after:.1?}: {:.0} a second",
        run.looked_at,
        pace(told_after)
    );
    println!(
        "  {} pushes, the last phone shows it after {took:.1?}: {:.0} a second",
        last.1,
        pace(took)
    );
    println!(
        "  {:.0} us of the service's processor a member, orders with it",
        processor * 1e6 / f64::from(sent)
    );
    let (idle, busy) = (alone.percentile_99(), beside.percentile_99());
    println!("  an order: 99 of 100 within {busy:.1} ms beside it, alone {idle:.1}");
    let again = last.1.saturating_sub(u64::from(sent));
    let mut is_held = judge(
        "pushes that came again",
        f64::from(u32::try_from(again).expect("few")),
        again == 0,
        "none",
    );
    let growth = most - memory;
    is_held &= judge(
        "memory that it took, MiB",
        growth,
        growth <= GROWTH_MAX_MIB,
        "at most 100",
    );
    is_held &= judge(
        "an order beside it to one alone",
        busy / idle,
        busy / idle <= WAIT_RATIO_MAX,
        "at most 2",
    );
    is_held
}
