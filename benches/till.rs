//! What a till waits for: the rules of a busy program, and the card that was scanned.
//!
//! `cargo bench --bench till`. Thirty active rules and three promotions are judged for an order, in this process;
//! then cards are looked up over HTTP by a service of its own process, among a hundred thousand members in a program
//! with as many rules and twenty rewards. What HTTP itself costs is measured beside, by a call that asks the database nothing.
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot measure stops with the reason"
)]

mod measure;
#[path = "till/shop.rs"]
mod shop;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use billfold::loyalty::rule::evaluate::{Active, Standing, evaluate};
use billfold::loyalty::rule::facts::{Facts, Happening, Line, Member, Purchase};
use billfold::loyalty::rule::{Promotion, Rule};
use billfold::types::{Time, Zone};
use measure::{Meter, judge, median, say, title};
use shop::Service;

const ROUNDS: usize = 5;
/// Most time to judge an order, in microseconds.
const JUDGE_MAX_US: f64 = 50.0;
const JUDGEMENTS_A_ROUND: u32 = 20_000;
/// Most time in which 99 of 100 cards are found, in microseconds.
const LOOK_UP_MAX_US: f64 = 5_000.0;
/// Tills at once.
const TILLS: usize = 4;
const LOOK_UPS_A_TILL: usize = 2_000;

fn main() -> ExitCode {
    // Cargo runs benches among the tests to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let is_held = judge_orders() & look_cards_up();
    if is_held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Thirty rules and three promotions for an order of five lines.
fn judge_orders() -> bool {
    let rules: Vec<Rule> = shop::rules()
        .into_iter()
        .map(|rule| serde_json::from_value(rule).expect("a rule"))
        .collect();
    let promotions: Vec<Promotion> = shop::promotions()
        .into_iter()
        .map(|promotion| serde_json::from_value(promotion).expect("a promotion"))
        .collect();
    let active: Vec<Active<'_>> = rules
        .iter()
        .map(|rule| Active {
            rule,
            standing: Standing::default(),
        })
        .collect();
    let promotions: Vec<_> = promotions.iter().map(|promotion| (promotion, 0)).collect();
    let zone: Zone = "Europe/Berlin".parse().expect("a zone");
    let at = Time::parse_rfc3339("2026-11-23T14:00:00Z").expect("a time");
    let line = |number: i64| Line {
        sku: Some(format!("sku-{number}")),
        category: Some(format!("category-{number}")),
        quantity: 2,
        amount_minor: Some(500),
        is_excluded: false,
    };
    let purchase = Purchase {
        total_minor: 2_500,
        lines: (0..5).map(line).collect(),
        channel: Some("till".to_owned()),
        location: Some("corner".to_owned()),
    };
    let member = Member {
        tier: Some("Gold".to_owned()),
        orders: 9,
        ..Member::default()
    };
    let mut figures = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..JUDGEMENTS_A_ROUND {
            let facts = Facts {
                happening: Happening::Order(black_box(&purchase)),
                at,
                local: zone.local(at),
                member: &member,
            };
            black_box(evaluate(&active, &promotions, &facts).expect("in range"));
        }
        figures.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(JUDGEMENTS_A_ROUND));
    }
    title("an order of five lines under 30 rules and 3 promotions");
    say("judged in", &figures, "us");
    let middle = median(figures);
    judge("us an order", middle, middle <= JUDGE_MAX_US, "at most 50")
}

/// Cards found over HTTP by several tills at once.
fn look_cards_up() -> bool {
    let service = Service::start();
    let (mut found, mut bare) = (Vec::new(), Vec::new());
    let (mut per_second, mut processor) = (Vec::new(), Vec::new());
    let calls = u32::try_from(TILLS * LOOK_UPS_A_TILL).expect("a small number");
    for round in 0..=ROUNDS {
        let meter = Meter::start(&service.process().to_string());
        let cards = percentile_99(ask(&service, Service::card_request));
        let rate = meter.rate(calls);
        let nothing = percentile_99(ask(&service, Service::health_request));
        if round > 0 {
            found.push(cards);
            bare.push(nothing);
            per_second.push(rate.per_second);
            processor.push(rate.processor_us);
        }
    }
    title(format!(
        "GET /v1/cards/{{code}} among {} members on SQLite, {TILLS} tills",
        shop::MEMBERS
    ));
    say("99 of 100 within", &found, "us");
    say("cards", &per_second, "a second");
    say("processor", &processor, "us a call");
    say("nothing but HTTP, 99 of 100 within", &bare, "us");
    let middle = median(found);
    judge("us, 99 of 100", middle, middle <= LOOK_UP_MAX_US, "at most 5,000")
}

fn ask(service: &Service, request: impl Fn(&Service) -> String + Sync) -> Vec<Duration> {
    let till = || {
        let mut stream = service.connect();
        let mut times = Vec::with_capacity(LOOK_UPS_A_TILL);
        for _ in 0..LOOK_UPS_A_TILL {
            let request = request(service);
            let start = Instant::now();
            let status = shop::ask(&mut stream, &request);
            times.push(start.elapsed());
            assert_eq!(status, 200);
        }
        times
    };
    std::thread::scope(|scope| {
        let tills: Vec<_> = (0..TILLS).map(|_| scope.spawn(till)).collect();
        tills
            .into_iter()
            .flat_map(|till| till.join().expect("no till fails"))
            .collect()
    })
}

/// The time under which 99 of 100 stay, in microseconds.
fn percentile_99(mut times: Vec<Duration>) -> f64 {
    times.sort();
    let found = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    found.as_secs_f64() * 1e6
}
