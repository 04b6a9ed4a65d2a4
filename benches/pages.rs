//! What people wait for: the demo's start, the memory that it takes, and each page as long as its server works on it.
//!
//! `cargo bench --bench pages`. The real binary in a process of its own, asked over one kept connection; a request that
//! asks the database nothing is measured beside, so that what HTTP costs there is told apart.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench that cannot measure stops with the reason"
)]

#[path = "../tests/house/demo.rs"]
mod demo;
mod measure;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use demo::Demo;
use measure::{Meter, judge, median, say, title};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::{Value, json};

/// Starts of which the middle one counts.
const STARTS: usize = 5;
/// Longest start until it listens, in milliseconds.
const START_MAX_MS: f64 = 500.0;
/// How long to wait before it is asked again whether it listens.
const LOOK_AGAIN: Duration = Duration::from_millis(2);
/// How long the service is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(15);
/// Most memory that it may keep, in MiB.
const RESIDENT_MAX_MIB: f64 = 60.0;
/// Requests of each page after the ones that warm it up.
const REQUESTS: usize = 200;
const WARM_UP: usize = 10;
/// Customers who join: fewer than one visitor may be taken for in a minute.
const JOINING: usize = 20;
/// Longest that 95 of 100 requests of a page may take, in milliseconds.
const PAGE_MAX_MS: f64 = 20.0;
/// The same of a customer's enrolment.
const JOIN_MAX_MS: f64 = 50.0;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if runtime.block_on(run()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn run() -> bool {
    title("the demo");
    let mut listening = Vec::new();
    for _ in 0..STARTS {
        listening.push(time_listening().await);
    }
    say("from the command to listening", &listening, "ms");
    let mut is_kept = judge(
        "its share of the limit",
        median(listening.clone()) / START_MAX_MS,
        median(listening) <= START_MAX_MS,
        "500 ms",
    );
    let mut starts = Vec::new();
    let mut demo = None;
    for _ in 0..STARTS {
        drop(demo.take());
        let start = Instant::now();
        demo = Some(Demo::open(None).await);
        starts.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let demo = demo.expect("one is left");
    say("from the command to everything there", &starts, "ms");
    tokio::time::sleep(IDLE).await;
    let mib = weigh(&demo, "memory while nobody asks");
    is_kept &= judge(
        "its share of the limit",
        mib / RESIDENT_MAX_MIB,
        mib <= RESIDENT_MAX_MIB,
        "60 MiB",
    );
    is_kept &= time_pages(&demo).await;
    tokio::time::sleep(IDLE).await;
    weigh(&demo, "memory after all of it");
    is_kept
}

/// Starts a demo; gives the milliseconds until it answers that it is well.
async fn time_listening() -> f64 {
    let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|one| one.local_addr());
    let address = free.expect("a free port").to_string();
    let temporary = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_billfold"));
    let command = command.args(["demo", "--json", "--listen", &address]);
    let command = command.env("TMPDIR", temporary.path()).stdout(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().expect("the binary starts");
    while !is_well(&address) {
        tokio::time::sleep(LOOK_AGAIN).await;
        assert!(start.elapsed() < demo::SOON, "it listens in time");
    }
    let took = start.elapsed().as_secs_f64() * 1e3;
    child.kill().expect("it is ended");
    child.wait().expect("it ended");
    took
}

fn is_well(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    let answered = stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.read_to_string(&mut answer));
    answered.is_ok() && answer.starts_with("HTTP/1.1 200")
}

/// Reads how much memory the service keeps, in MiB.
fn weigh(demo: &Demo, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", demo.child.id()));
    let status = status.expect("Linux tells it in /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    let mib = kib.expect("a figure") / 1_024.0;
    say(what, &[mib], "MiB");
    mib
}

/// Somebody at a browser.
struct Reader<'d> {
    demo: &'d Demo,
    client: Client,
    cookie: String,
}

impl Reader<'_> {
    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(self.demo.url(path)).header("accept", "text/html");
        let request = request.header("cookie", &self.cookie);
        request.send().await.expect("an answer")
    }

    async fn follow(&self, path: &str) -> String {
        let response = self.get(path).await;
        let location = response.headers()["location"].to_str().expect("text");
        location.to_owned()
    }

    /// How long a request took, in milliseconds: 95 of 100 were faster.
    async fn time(&self, path: &str) -> f64 {
        let mut times = Vec::new();
        for at in 0..WARM_UP + REQUESTS {
            let start = Instant::now();
            let response = self.get(path).await;
            let status = response.status();
            let body = response.bytes().await.expect("a whole answer");
            let took = start.elapsed().as_secs_f64() * 1e3;
            assert!(status == StatusCode::OK && !body.is_empty(), "{path}: {status}");
            if at >= WARM_UP {
                times.push(took);
            }
        }
        slow(times)
    }
}

fn slow(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() * 95 / 100]
}

/// Signs the owner in; gives what the browser keeps.
async fn sign_in(reader: &Reader<'_>) -> String {
    let owner = &reader.demo.ready["staff"][0];
    let fields = [
        ("email", word(&owner["email"])),
        ("password", word(&owner["password"])),
    ];
    let request = reader.client.post(reader.demo.url("/sign-in")).form(&fields);
    let answer = request.send().await.expect("an answer");
    let kept = answer.headers()["set-cookie"].to_str().expect("text");
    kept.split(';').next().expect("a pair").to_owned()
}

fn word(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The pages that are timed, by what they are called.
async fn pages(reader: &Reader<'_>) -> Vec<(&'static str, String)> {
    let enrolled = enrol(reader, "Lina").await;
    let (code, member) = (word(&enrolled["card"]["code"]), word(&enrolled["member"]["id"]));
    let card = word(&enrolled["card"]["url"]);
    let card = card.replace(&word(&reader.demo.ready["url"]), "");
    let own = reader.follow(&format!("{card}/member")).await;
    let survey = ask(reader).await;
    let answers = format!("{own}/survey/{survey}");
    let results = format!("/console/surveys/{survey}/results");
    let tried = format!("/console/rules/try?card={code}&amount=12.50");
    vec![
        ("joining", "/join/cafe-aroma".to_owned()),
        ("the card", card),
        ("the member's page", own.clone()),
        ("the member's settings", format!("{own}/settings")),
        ("a survey", answers),
        ("the poster", "/join/cafe-aroma/poster".to_owned()),
        ("the till", "/till".to_owned()),
        ("a scanned card", format!("/till/card?code={code}")),
        ("a name at the till", "/till/card?code=am".to_owned()),
        ("today", "/console".to_owned()),
        ("members", "/console/members".to_owned()),
        ("members by name", "/console/members?q=am".to_owned()),
        ("a member", format!("/console/members/{member}")),
        ("a member's phones", format!("/console/members/{member}/phones")),
        ("the designer", "/console/card".to_owned()),
        ("rules", "/console/rules".to_owned()),
        ("an order tried", tried),
        ("past orders tried", "/console/rules/try?past=yes".to_owned()),
        ("tiers", "/console/tiers".to_owned()),
        ("challenges", "/console/challenges".to_owned()),
        ("rewards", "/console/rewards".to_owned()),
        ("surveys", "/console/surveys".to_owned()),
        ("a survey's results", results),
        ("the code of the day", "/console/check-in".to_owned()),
        ("locations", "/console/locations".to_owned()),
        ("imports", "/console/import".to_owned()),
        ("settings", "/console/settings".to_owned()),
        ("staff", "/console/staff".to_owned()),
        ("one's own codes", "/console/me/codes".to_owned()),
        ("tills", "/console/tills".to_owned()),
        ("keys", "/console/keys".to_owned()),
        ("webhooks", "/console/webhooks".to_owned()),
        ("the audit log", "/console/books".to_owned()),
    ]
}

async fn time_pages(demo: &Demo) -> bool {
    let mut reader = Reader {
        demo,
        client: Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .build()
            .expect("a client"),
        cookie: String::new(),
    };
    let pages = pages(&reader).await;
    reader.cookie = sign_in(&reader).await;

    title("pages, 95 of 100 requests");
    let process = demo.child.id().to_string();
    let bare = reader.time("/healthz").await;
    say("nothing but HTTP", &[bare], "ms");
    let mut slowest = ("", 0.0);
    for (name, path) in &pages {
        let meter = Meter::start(&process);
        let took = reader.time(path).await;
        let requests = u32::try_from(WARM_UP + REQUESTS).expect("few");
        let rate = meter.rate(requests);
        let (processor_ms, per_second) = (rate.processor_us / 1e3, rate.per_second);
        say(
            name,
            &[took],
            &format!("ms ({processor_ms:.1} of a core, {per_second:.0}/s)"),
        );
        if took > slowest.1 {
            slowest = (name, took);
        }
    }
    let is_kept = judge(
        &format!("the slowest, {}: its share", slowest.0),
        slowest.1 / PAGE_MAX_MS,
        slowest.1 <= PAGE_MAX_MS,
        "20 ms",
    );
    is_kept & join(&reader).await
}

/// Customers join, one after the other.
async fn join(reader: &Reader<'_>) -> bool {
    let mut times = Vec::new();
    for at in 0..JOINING {
        let start = Instant::now();
        let fields = [("first_name", format!("Guest {at}"))];
        let request = reader
            .client
            .post(reader.demo.url("/join/cafe-aroma"))
            .form(&fields);
        let status = request.send().await.expect("an answer").status();
        times.push(start.elapsed().as_secs_f64() * 1e3);
        assert_eq!(status, StatusCode::SEE_OTHER, "somebody joins");
    }
    let joined = slow(times);
    say("a customer joins", &[joined], "ms");
    judge(
        "its share of the limit",
        joined / JOIN_MAX_MS,
        joined <= JOIN_MAX_MS,
        "50 ms",
    )
}

async fn enrol(reader: &Reader<'_>, name: &str) -> Value {
    let demo = reader.demo;
    let path = format!("/v1/programs/{}/members", demo.program());
    let request = reader
        .client
        .post(demo.url(&path))
        .bearer_auth(demo.key("cashier"));
    let sent = request.json(&json!({ "first_name": name })).send().await;
    sent.expect("an answer").json().await.expect("JSON")
}

/// A survey that is open; its id.
async fn ask(reader: &Reader<'_>) -> String {
    let demo = reader.demo;
    let question = json!({ "id": "stars", "text": "How was it?", "kind": "scale_1_5", "required": true });
    let survey = json!({ "program": demo.program(), "name": "Autumn", "title": "Your visit", "questions": [question] });
    let (client, key) = (&reader.client, demo.key("owner"));
    let made = client
        .post(demo.url("/v1/surveys"))
        .bearer_auth(&key)
        .json(&survey);
    let made: Value = made.send().await.expect("an answer").json().await.expect("JSON");
    let id = word(&made["id"]);
    let open = client.patch(demo.url(&format!("/v1/surveys/{id}")));
    let open = open.bearer_auth(&key).header("if-match", "\"1\"");
    let opened = open.json(&json!({ "state": "open" })).send().await;
    assert_eq!(
        opened.expect("an answer").status(),
        StatusCode::OK,
        "a survey is opened"
    );
    id
}
