//! Several instances on one database: every phone is told once, whoever does it.

use std::time::{Duration, Instant};

use billfold::actions::House;
use billfold::apple::apns::Limits;
use billfold::server::Running;
use billfold::store::devices;
use futures_util::StreamExt as _;
use tokio::runtime::Runtime;

use crate::counter::{Counter, leases, limits, order, pace, until};
use crate::house::on_both_databases;
use crate::shop::{Opening, instance};

/// Cards, each on a phone.
const CARDS: usize = 500;
/// Changes of them, unless the environment names another number.
const CHANGES: usize = 1_000;
/// The number of changes by the environment, for long runs.
const CHANGES_BY: &str = "BILLFOLD_CHANGES";

/// One more instance beside the counter's own.
pub(crate) async fn another(counter: &Counter) -> Running {
    another_with(counter, limits()).await
}

/// The same with other limits of its push client.
pub(crate) async fn another_with(counter: &Counter, push_limits: Limits) -> Running {
    let opening = Opening {
        clock: counter.clock.clone(),
        delivery: pace(),
        push_limits,
    };
    let shop = &counter.shop;
    let running = instance(
        &shop.database,
        &shop.authority,
        &shop.apns,
        &shop.google,
        opening,
        None,
    )
    .await;
    counter.add_instance(running.house.clone());
    running
}

/// An instance on a runtime of its own, which can be killed.
pub(crate) struct Doomed {
    pub(crate) house: House,
    runtime: Runtime,
    running: Running,
}

impl Doomed {
    /// Starts it.
    pub(crate) fn start(counter: &Counter) -> Self {
        let build = || {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            let runtime = builder.worker_threads(2).enable_all().build().expect("a runtime");
            let running = runtime.block_on(another(counter));
            (runtime, running)
        };
        let (runtime, running) =
            std::thread::scope(|scope| scope.spawn(build).join().expect("the instance starts"));
        Self {
            house: running.house.clone(),
            runtime,
            running,
        }
    }

    /// Ends it between two instants of its work, as SIGKILL does; gives how many leases were open then.
    pub(crate) async fn kill(self, counter: &Counter) -> i64 {
        self.runtime.shutdown_background();
        let open = leases(counter.house()).await;
        // Its handles are dropped only now: nothing of it runs any more.
        drop(self.running);
        open
    }
}

on_both_databases! {
    /// Thousands of changes over five hundred phones with two instances. In each round every card changes once and
    /// everybody is told before the next, so each push beyond one a change is a duplicate: under 0.1 percent.
    /// Shows SR-066 (no lost or double push).
    async fn two_instances_tell_everybody_once(database: Database) {
        // Nothing fails here, so that no push is repeated but by a fault of ours.
        let counter = Counter::open_with(database, pace(), Limits::default()).await;
        let changes: usize = match std::env::var(CHANGES_BY) {
            Ok(text) => text.parse().expect("a number of changes"),
            Err(_) => CHANGES,
        };
        let second = another_with(&counter, Limits::default()).await;
        let all = counter.hand_out_for_apple(CARDS).await;
        let houses = [counter.house().clone(), second.house.clone()];
        let start = Instant::now();
        for _ in 0..changes / CARDS {
            let orders = all.iter().enumerate().map(|(number, held)| order(&houses[number % 2], &held.code, 1));
            futures_util::stream::iter(orders).buffer_unordered(32).collect::<Vec<()>>().await;
            until("everybody's notice", async || {
                counter.tick(Duration::from_millis(5));
                let untold = counter.read(|db| devices::list_untold(db, 1)).await;
                untold.is_empty()
            }).await;
        }
        let took = start.elapsed();
        let pushes = counter.shop.apns.journal().len();
        let connections = counter.shop.apns.counters().connections;
        let done = changes / CARDS * CARDS;
        let duplicates = pushes - done;
        println!("{done} changes, {pushes} pushes, {duplicates} duplicates, {connections} connections, {took:.1?}");
        assert!(connections >= 2, "only one instance pushed");
        assert!(duplicates * 1_000 <= done, "{duplicates} duplicates in {done} changes");
        second.stop().await;
        counter.close().await;
    }

    /// One order is pushed once by however many instances see it.
    async fn an_order_is_pushed_once_by_three_instances(database: Database) {
        let counter = Counter::open(database).await;
        let (second, third) = (another(&counter).await, another(&counter).await);
        let all = counter.hand_out_for_apple(30).await;
        for held in &all {
            counter.order(held, 1).await;
            second.house.bell.ring();
            third.house.bell.ring();
        }
        until("everybody's notice", async || counter.are_told(&all).await).await;
        counter.advance(Duration::from_secs(20), Duration::from_secs(5)).await;
        assert_eq!(counter.shop.apns.journal().len(), 30);
        second.stop().await;
        third.stop().await;
        counter.close().await;
    }
}
