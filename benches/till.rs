//! What a till waits for: the rules of a busy program, and the card that was scanned.
//!
//! `cargo bench --bench till`. Thirty active rules, three promotions and five tiers are judged for an order, in this
//! process; then cards are looked up over HTTP by a service of its own process, among a hundred thousand members in a program
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

use billfold::loyalty::earning::BaseRule;
use billfold::loyalty::policy::Policy;
use billfold::loyalty::rule::evaluate::{Active, Standing, evaluate};
use billfold::loyalty::rule::facts::{Facts, Happening, Line, Member, Purchase};
use billfold::loyalty::rulebook::{ActiveTerms, Listed, Rulebook};
use billfold::loyalty::tier::{Activity, Place};
use billfold::types::{Day, Time, Zone};
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

/// Thirty rules, three promotions and five tiers for an order of five lines.
fn judge_orders() -> bool {
    let rulebook = rulebook();
    let active: Vec<Active<'_>> = rulebook
        .rules
        .iter()
        .map(|rule| Active {
            rule: &rule.body,
            standing: Standing::default(),
        })
        .collect();
    let promotions: Vec<_> = rulebook
        .promotions
        .iter()
        .map(|promotion| (&promotion.body, 0))
        .collect();
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
    // A year in which the member came every day.
    let today = zone.local(at).day;
    let days: Vec<(Day, Activity)> = (0..365)
        .map(|ago| {
            (
                today.plus_days(ago - 364),
                Activity {
                    points: 5,
                    minor: 500,
                    orders: 1,
                },
            )
        })
        .collect();
    let place = Place::default();
    let (mut figures, mut climbs) = (Vec::new(), Vec::new());
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
        let start = Instant::now();
        for _ in 0..JUDGEMENTS_A_ROUND {
            black_box(rulebook.ladder.climb(black_box(&place), &days, zone, at));
        }
        climbs.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(JUDGEMENTS_A_ROUND));
    }
    title("an order of five lines under 30 rules, 3 promotions and 5 tiers");
    say("judged in", &figures, "us");
    say("tier of 365 days found in", &climbs, "us");
    let middle = median(figures) + median(climbs);
    judge("us an order", middle, middle <= JUDGE_MAX_US, "at most 50")
}

/// The rules of a busy program.
fn rulebook() -> Rulebook {
    fn list<T: serde::de::DeserializeOwned>(bodies: Vec<serde_json::Value>) -> Vec<Listed<T>> {
        let each = |(number, body)| Listed {
            id: Some(format!("{number:026}")),
            version: 1,
            body: serde_json::from_value(body).expect("a term"),
        };
        (0..)
            .zip(bodies)
            .map(|(number, body): (usize, _)| each((number, body)))
            .collect()
    }
    let base = BaseRule {
        points: 0,
        per_minor: 100,
    };
    let zone: Zone = "Europe/Berlin".parse().expect("a zone");
    let policy: Policy = serde_json::from_str(r#"{"tiers":{"within":{"days":365}}}"#).expect("a policy");
    let terms = ActiveTerms {
        rules: list(shop::rules()),
        promotions: list(shop::promotions()),
        tiers: list(shop::tiers()),
        ..ActiveTerms::default()
    };
    Rulebook::new(base, 1, zone, policy, terms)
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
