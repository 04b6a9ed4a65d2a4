//! Hot path 1, an order that changes a balance, against what the disk and the database alone can do.
//!
//! `tests/postgres cargo bench --bench orders`. SQLite at synchronous FULL: 64 callers who share commits against
//! 64 who each commit. PostgreSQL: 64 callers against `pgbench` with the same statements on the same data.
//! Rounds alternate, so that a busy machine is as hard on both; the verdict is on the ratio.
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot measure stops with the reason"
)]

#[path = "../tests/house/database.rs"]
mod database;
mod measure;
#[path = "orders/pgbench.rs"]
mod pgbench;
#[path = "orders/shop.rs"]
mod shop;

use std::os::unix::fs::FileExt as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use billfold::store::{Store, StoreOptions};
use database::Database;
use measure::{Meter, Rate, judge, median, say, title};
use shop::{CARDS, Numbers};

const CALLERS: u32 = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(3);

/// Shared commits are to be at least so many times as fast as a commit each.
const GROUP_RATIO_MIN: f64 = 4.0;
/// Our part of what pgbench reaches.
const PGBENCH_RATIO_MIN: f64 = 0.75;

fn main() -> ExitCode {
    // Cargo runs benches among the tests to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let numbers = Numbers::default();
    title(format!(
        "An order: eight statements in one transaction; {CALLERS} callers, {CARDS} cards, {ROUNDS} rounds of {} s each",
        ROUND.as_secs()
    ));
    let sqlite = runtime.block_on(measure_sqlite(&numbers));
    let postgres = runtime.block_on(measure_postgres(&numbers));
    if sqlite && postgres {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn measure_sqlite(numbers: &Numbers) -> bool {
    let database = Database::sqlite();
    shop::fill(&database.open()).await;
    let (mut syncs, mut grouped, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        syncs.push(syncs_per_second());
        for (group_max, rates) in [(64, &mut grouped), (1, &mut alone)] {
            let options = StoreOptions {
                group_max,
                ..StoreOptions::new(database.url())
            };
            let store = Store::open_as_is(&options).expect("the database opens");
            rates.push(orders_per_second(&store, numbers).await);
        }
    }
    title("SQLite, synchronous FULL");
    say("this disk, 4 KiB and fdatasync", &syncs, "a second");
    tell("orders that share commits", &grouped);
    tell("orders with a commit each", &alone);
    let ratio = ratio_of(&grouped, &alone);
    judge(
        "shared commits to a commit each",
        ratio,
        ratio >= GROUP_RATIO_MIN,
        "at least 4",
    )
}

async fn measure_postgres(numbers: &Numbers) -> bool {
    let database = Database::postgres();
    let store = database.open();
    shop::fill(&store).await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(orders_per_second(&store, numbers).await);
        // Few threads are its best on an idle machine, many on a busy one: it gets the better of the two.
        let best = [2, 16].map(|threads| pgbench::run(database.url(), ROUND, threads, numbers));
        theirs.push(best.into_iter().fold(0.0, f64::max));
    }
    title("PostgreSQL, fsync and synchronous_commit on");
    tell("orders through the store, 16 connections", &ours);
    say("pgbench, prepared, 16 clients", &theirs, "a second");
    let ratios = ours.iter().zip(&theirs);
    let ratio = median(ratios.map(|(our, their)| our.per_second / their).collect());
    judge(
        "the store to pgbench",
        ratio,
        ratio >= PGBENCH_RATIO_MIN,
        "at least 0.75",
    )
}

/// Orders of many callers for one round.
async fn orders_per_second(store: &Store, numbers: &Numbers) -> Rate {
    let meter = Meter::start("self");
    let end = Instant::now() + ROUND;
    let callers = (0..CALLERS).map(|_| {
        let (store, numbers) = (store.clone(), numbers.clone());
        tokio::spawn(async move {
            let mut done = 0_u32;
            while Instant::now() < end {
                let order = shop::NewOrder::next(&numbers);
                store
                    .write(move |tx| shop::record(tx, &order))
                    .await
                    .expect("the order is recorded");
                done += 1;
            }
            done
        })
    });
    let mut done = 0;
    for caller in callers.collect::<Vec<_>>() {
        done += caller.await.expect("no caller fails");
    }
    meter.rate(done)
}

fn tell(what: &str, rates: &[Rate]) {
    let speeds: Vec<f64> = rates.iter().map(|rate| rate.per_second).collect();
    let costs: Vec<f64> = rates.iter().map(|rate| rate.processor_us).collect();
    say(what, &speeds, "a second");
    say("  processor time of our process", &costs, "us each");
}

/// The middle of the ratios of rounds that stood side by side.
fn ratio_of(left: &[Rate], right: &[Rate]) -> f64 {
    let ratios = left.iter().zip(right);
    median(
        ratios
            .map(|(left, right)| left.per_second / right.per_second)
            .collect(),
    )
}

/// How often a second this disk takes 4 KiB for certain, written over and over as a log is.
fn syncs_per_second() -> f64 {
    let file = tempfile::tempfile().expect("a temporary file");
    let page = [7_u8; 4096];
    file.set_len(65_536).expect("grows");
    file.sync_all().expect("syncs");
    let start = Instant::now();
    let mut times = 0_u32;
    while start.elapsed() < Duration::from_millis(500) {
        file.write_all_at(&page, u64::from(times % 16) * 4096)
            .expect("writes");
        file.sync_data().expect("syncs");
        times += 1;
    }
    f64::from(times) / start.elapsed().as_secs_f64()
}
