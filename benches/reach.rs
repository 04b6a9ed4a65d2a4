//! Hot path 5: segments counted, and a campaign brought to cards, with a million members.
//!
//! `cargo bench --bench reach` on SQLite, `tests/postgres cargo bench --bench reach` on PostgreSQL;
//! `BILLFOLD_MEMBERS=100000` takes fewer, `BILLFOLD_ONLY=counts` or `=campaign` a half. Each of 34 segments is foreseen, as an estimate of a
//! campaign is. Then a campaign goes to everybody while orders come in: how many hear it a second, how
//! much memory that takes, and what a till waits meanwhile beside what it waits when nothing else goes on.
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot measure stops with the reason"
)]

#[path = "reach/crowd.rs"]
mod crowd;
#[path = "../tests/house/database.rs"]
mod database;
mod measure;
#[path = "measure/memory.rs"]
mod memory;
#[path = "reach/shop.rs"]
mod shop;
#[path = "measure/waits.rs"]
mod waits;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use billfold::actions::run_campaign::Runner;
use billfold::loyalty::insight::RFM_DAYS;
use billfold::loyalty::segment::Criterion;
use billfold::store::campaigns;
use billfold::store::insight::{Span, find_fifths};
use billfold::store::segments::Scope;
use billfold::types::{Clock as _, ProgramId, SystemClock, Zone};
use database::Database;
use measure::{Meter, judge, median, say, title};
use memory::resident_mib;
use serde_json::{Value, json};
use shop::Shop;
use waits::Waits;

const MEMBERS: u64 = 1_000_000;
const ROUNDS: usize = 3;
/// Members of the list that segments ask for.
const LISTED: usize = 50_000;
/// Longest that a live count may take, in milliseconds.
const COUNT_MAX_MS: f64 = 1_000.0;
/// Most memory that a campaign may take, in MiB.
const GROWTH_MAX_MIB: f64 = 100.0;
/// Most that a till may wait during a campaign, beside what it waits alone.
const WAIT_RATIO_MAX: f64 = 2.0;
/// How long a till is watched with nothing else going on.
const IDLE: Duration = Duration::from_secs(10);
/// Longest that a campaign is watched; the rest is foretold from its pace.
const WATCHED: Duration = Duration::from_mins(2);

fn main() -> ExitCode {
    // Cargo runs benches among the tests to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let members = std::env::var("BILLFOLD_MEMBERS").map_or(MEMBERS, |text| {
        text.parse().expect("BILLFOLD_MEMBERS is a number")
    });
    let (kind, database) = if std::env::var_os("BILLFOLD_TEST_POSTGRES").is_some() {
        ("PostgreSQL", Database::postgres())
    } else {
        ("SQLite", Database::sqlite())
    };
    let store = database.open();
    let began = Instant::now();
    crowd::fill(database.url(), members);
    let took = began.elapsed().as_secs_f64();
    title(format!(
        "{kind}, {members} members with 8 days of purchases each, filled in {took:.0} s"
    ));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let is_held = runtime.block_on(async {
        let shop = Shop::new(store);
        let only = std::env::var("BILLFOLD_ONLY").unwrap_or_default();
        let counts = only == "campaign" || count_all(&shop).await;
        (only == "counts" || send_all(&shop, members).await) && counts
    });
    if is_held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Segments of every sort.
fn sorts() -> Vec<Value> {
    let stage = |name: &str| json!({ "stage": [name] });
    vec![
        json!({ "joined": { "at_least_days": 0 } }),
        json!({ "joined": { "at_most_days": 30 } }),
        json!({ "orders": { "at_least": 3 } }),
        json!({ "orders": { "at_least": 2, "within_days": 90 } }),
        json!({ "orders": { "at_most": 0, "within_days": 180 } }),
        json!({ "spend": { "at_least": 10_000 } }),
        json!({ "spend": { "at_least": 5_000, "within_days": 365 } }),
        json!({ "average_order": { "at_least": 1_500 } }),
        json!({ "visits": { "at_least": 5 } }),
        json!({ "first_order": { "at_most_days": 60 } }),
        json!({ "last_order": { "at_least_days": 60 } }),
        json!({ "last_order": { "at_least_days": 30, "at_most_days": 90 } }),
        json!({ "event": { "type": "viewed_sofa", "within_days": 7 } }),
        json!({ "event": { "type": "viewed_sofa", "at_least": 2 } }),
        json!({ "attribute": { "name": "milk", "is": ["oat"] } }),
        json!({ "tier": ["Gold"] }),
        json!({ "points": { "at_least": 500 } }),
        json!({ "birthday_within": 7 }),
        stage("new"),
        stage("loyal"),
        stage("at_risk"),
        stage("lapsed"),
        json!({ "invited": { "at_least": 1 } }),
        json!({ "was_invited": true }),
        json!({ "reach": ["apple"] }),
        json!({ "reach": ["none"] }),
        json!({ "fetched": { "at_least_days": 90 } }),
        json!({ "consent": { "purpose": "marketing", "granted": true } }),
        json!({ "bought": { "category": ["tea"], "within_days": 90 } }),
        json!({ "all": [{ "bought": { "category": ["coffee"], "at_least": 3 } },
            { "not": { "bought": { "category": ["cake"], "within_days": 365 } } }] }),
        json!({ "rfm": { "recency": { "at_least": 4 } } }),
        json!({ "rfm": { "recency": { "at_least": 4 }, "frequency": { "at_least": 4 }, "money": { "at_least": 4 } } }),
        json!({ "all": [{ "orders": { "at_least": 2, "within_days": 365 } }, { "not": { "stage": ["lapsed"] } },
            { "consent": { "purpose": "marketing", "granted": true } }, { "reach": ["apple", "google"] }] }),
        json!({ "any": [{ "birthday_within": 30 }, { "all": [{ "points": { "at_least": 300 } },
            { "last_order": { "at_least_days": 45 } }] }, { "event": { "type": "viewed_sofa", "within_days": 30 } }] }),
    ]
}

/// Each segment counted, with what would become of its members.
async fn count_all(shop: &Shop) -> bool {
    let began = Instant::now();
    let fifths = shop
        .read(|db, scope| {
            let from = scope.today.plus_days(1 - RFM_DAYS);
            let span = Span {
                program: scope.program.clone(),
                from,
                to: scope.today,
                start: scope.zone.start_of(from),
                end: scope.zone.start_of(scope.today.plus_days(1)),
            };
            find_fifths(db, &span, from)
        })
        .await
        .expect("somebody bought");
    say(
        "where the fifths lie, once an hour",
        &[began.elapsed().as_secs_f64()],
        "s",
    );
    let (list, took) = shop.fill_list(LISTED).await;
    say(
        "a list of 50,000 is filled, while others wait to write",
        &[took.as_secs_f64() * 1e3],
        "ms",
    );
    let mut slowest = (0.0, String::new());
    let (mut late, mut all) = (0_u32, 0_u32);
    let of_list = [json!({ "list": [list] }), json!({ "not": { "list": [list] } })];
    for sort in sorts().into_iter().chain(of_list) {
        let mut criterion: Criterion = serde_json::from_value(sort.clone()).expect("a criterion");
        criterion.each_rfm(&mut |rfm| rfm.fifths = Some(fifths.clone()));
        let mut counts = Vec::new();
        let mut members = 0;
        for _ in 0..ROUNDS {
            let began = Instant::now();
            members = shop.foresee(&criterion).await.members;
            counts.push(began.elapsed().as_secs_f64() * 1e3);
        }
        let text = sort.to_string();
        let shown: String = text.chars().take(60).collect();
        let middle = median(counts.clone());
        say(&format!("{shown} = {members}"), &counts, "ms");
        all += 1;
        late += u32::from(middle > COUNT_MAX_MS);
        if middle > slowest.0 {
            slowest = (middle, text);
        }
    }
    title(format!(
        "{late} of {all} take longer than a second; the slowest: {}",
        slowest.1
    ));
    judge(
        "slowest count, seconds",
        slowest.0 / 1e3,
        slowest.0 <= COUNT_MAX_MS,
        "at most 1",
    )
}

/// A campaign to everybody while orders come in.
async fn send_all(shop: &Shop, members: u64) -> bool {
    title("a campaign to everybody");
    let mut alone = Waits::default();
    let began = Instant::now();
    while began.elapsed() < IDLE {
        alone.note(shop.order().await);
    }
    let memory = resident_mib("self");
    let id = shop.begin_campaign().await;
    let meter = Meter::start("self");
    let (mut during, began) = (Waits::default(), Instant::now());
    let (mut sent, mut most) = (0_u64, memory);
    let mut runner = Runner::default();
    let mut is_over = false;
    let (mut next, till) = (Instant::now(), shop.clone());
    while began.elapsed() < WATCHED && !is_over {
        // Two dozen orders a second beside the campaign's batches, one for each pause of the till.
        let order = async {
            if next.elapsed() >= Duration::from_millis(40) {
                next = Instant::now();
                Some(till.order().await)
            } else {
                None
            }
        };
        let (stepped, waited) = tokio::join!(runner.step(shop.house()), order);
        let stepped = stepped.expect("a batch");
        sent += u64::try_from(stepped.sent).expect("a count");
        if let Some(waited) = waited {
            during.note(waited);
        }
        most = most.max(resident_mib("self"));
        is_over = !stepped.is_busy;
    }
    let seconds = began.elapsed().as_secs_f64();
    let rate = meter.rate(u32::try_from(sent).expect("a count"));
    // Three in five hear it: the others did not agree, or have it in no wallet.
    let all = f64::from(u32::try_from(members).expect("a count")) * 0.6 / rate.per_second;
    say("told", &[rate.per_second], "members a second");
    say(
        "processor, the orders' with it",
        &[rate.processor_us],
        "us a member",
    );
    title(format!(
        "  {sent} told in {seconds:.0} s{}",
        if is_over {
            ", all of them".to_owned()
        } else {
            format!("; all would take about {all:.0} s")
        }
    ));
    let run = shop.read_run(&id).await;
    let is_right = u64::try_from(run.sent).expect("a count") == sent;
    title(format!(
        "  its books: {} looked at, {} told, {} without consent, {} unreachable",
        run.looked_at, run.sent, run.no_consent, run.unreachable
    ));
    let (idle, busy) = (alone.percentile_99(), during.percentile_99());
    say("an order alone, 99 of 100 within", &[idle], "ms");
    say("an order beside it, 99 of 100 within", &[busy], "ms");
    let mut is_held = judge("what was told is what the books say", 1.0, is_right, "the same");
    is_held &= judge(
        "memory that it took, MiB",
        most - memory,
        most - memory <= GROWTH_MAX_MIB,
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

/// Whose members, today.
pub(crate) fn scope(program: &ProgramId) -> Scope<'_> {
    Scope {
        program,
        today: Zone::UTC.local(SystemClock.now()).day,
        zone: Zone::UTC,
    }
}

/// A run's books.
pub(crate) type Books = campaigns::Run;
