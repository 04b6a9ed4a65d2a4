//! PostgreSQL goes away and comes back.

use std::time::{Duration, Instant};

use crate::books::Books;
use crate::cafe::Cafe;
use crate::installation::Installation;
use crate::kills::seed;
use crate::postgres::Postgres;
use crate::tills::Tills;

/// How long it is away.
const AWAY: Duration = Duration::from_secs(4);
/// How soon the server goes on once it is back; the figure is printed.
const BACK_MAX: Duration = Duration::from_secs(30);
/// Longest wait for an answer meanwhile: the five seconds that a connection is waited for, and a busy machine.
const ANSWER_MAX: Duration = Duration::from_secs(25);

/// Orders are put off meanwhile, in time; all goes on by itself afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_restarts_costs_patience_and_no_order() {
    let seed = seed();
    println!("BILLFOLD_SEED={seed}");
    let mut postgres = Postgres::start();
    let (cafe, service) = Cafe::open(Installation::new(postgres.url()).await).await;
    let tills = Tills::open(&cafe, seed);
    let mut waits = Vec::new();
    for way in ["INT", "QUIT"] {
        tills.until_acknowledged(20).await;
        postgres.stop(way).await;
        let gone = Instant::now();
        tills.until_put_off(1).await;
        let asked = Instant::now();
        assert_eq!(cafe.status_of("/healthz").await, 200);
        assert_eq!(cafe.status_of("/readyz").await, 503);
        assert!(asked.elapsed() < ANSWER_MAX, "/readyz took {:?}", asked.elapsed());
        tokio::time::sleep(AWAY.saturating_sub(gone.elapsed())).await;
        postgres.start_again().await;
        waits.push(tills.until_acknowledged(1).await);
        assert!(waits.iter().all(|wait| *wait < BACK_MAX), "{waits:?}");
    }
    let journal = tills.close().await;
    assert_eq!(journal.unanswered, 0);
    assert!(
        journal.slowest < ANSWER_MAX,
        "an answer took {:?}",
        journal.slowest
    );
    let books = Books::open(&cafe);
    books.hold_exactly(&journal.orders).await;
    let settled = books.settle().await;
    assert_eq!(cafe.list_breaches(), Vec::<String>::new());
    println!(
        "2 restarts of PostgreSQL: {} orders acknowledged, 0 lost, 0 doubled; {} put off, of which {} had been \
         recorded; slowest answer {:?}; on again after {waits:?}; settled after {settled:?}",
        journal.orders.len(),
        journal.put_off,
        journal.recorded_before,
        journal.slowest,
    );
    drop(books);
    drop(service);
}
