//! kill -9 under load, at any moment.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::books::Books;
use crate::cafe::Cafe;
use crate::house::on_both_databases;
use crate::installation::Installation;
use crate::tills::Tills;

/// Kills of a run that nobody asked to be longer.
const KILLS: usize = 6;
/// How soon everybody is told on SQLite, where nobody waits for a dead server's leases of 30 seconds.
const SETTLED_MAX: Duration = Duration::from_secs(25);
/// How soon a server that was killed takes requests again, in a debug build on a busy machine; the figure is printed.
const READY_MAX: Duration = Duration::from_secs(20);

/// How many times the server dies.
pub(crate) fn kills() -> usize {
    match std::env::var("BILLFOLD_KILLS") {
        Ok(text) => text.parse().expect("BILLFOLD_KILLS is a number"),
        Err(_) => KILLS,
    }
}

/// What chance is made of; printed, so that a run can be repeated.
pub(crate) fn seed() -> u64 {
    match std::env::var("BILLFOLD_SEED") {
        Ok(text) => text.parse().expect("BILLFOLD_SEED is a number"),
        Err(_) => rand::rng().random_range(0..1_000_000),
    }
}

fn millis(chance: &mut StdRng, most: u64) -> Duration {
    Duration::from_millis(chance.random_range(0..most))
}

on_both_databases! {
    /// Nothing acknowledged is lost or doubled, and every phone ends on its last balance.
    async fn a_server_killed_at_any_moment_loses_nothing(database: Database) {
        let seed = seed();
        println!("BILLFOLD_SEED={seed}");
        let mut chance = StdRng::seed_from_u64(seed);
        let (cafe, mut service) = Cafe::open(Installation::new(database.url()).await).await;
        let tills = Tills::open(&cafe, seed);
        let mut waits = Vec::new();
        for _ in 0..kills() {
            tokio::time::sleep(millis(&mut chance, 1_500)).await;
            service.kill();
            service = cafe.installation.start();
            // Now and then it dies again before it has begun.
            if chance.random_ratio(1, 5) {
                tokio::time::sleep(millis(&mut chance, 150)).await;
                service.kill();
                service = cafe.installation.start();
            }
            waits.push(service.until_ready(&cafe.http).await);
        }
        let journal = tills.close().await;
        let books = Books::open(&cafe);
        books.hold_exactly(&journal.orders).await;
        let settled = books.settle().await;
        assert_eq!(cafe.list_breaches(), Vec::<String>::new());
        waits.sort();
        let (median, most) = (waits[waits.len() / 2], waits[waits.len() - 1]);
        println!(
            "{} kills: {} orders acknowledged, 0 lost, 0 doubled; {} tries without an answer, of which {} had been \
             recorded; {} put off; ready after {median:?} (p50), {most:?} (most); settled after {settled:?}; {} pushes",
            waits.len(), journal.orders.len(), journal.unanswered, journal.recorded_before, journal.put_off,
            cafe.installation.apns.counters().accepted,
        );
        assert!(most < READY_MAX, "ready after {most:?} only");
        let is_alone = database.url().starts_with("sqlite:");
        assert!(!is_alone || settled < SETTLED_MAX, "settled after {settled:?} only");
    }
}
