//! SIGTERM under load.

use std::time::Duration;

use billfold::simulator::apns::{Mode, Step};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::books::Books;
use crate::cafe::{CARDS, Cafe};
use crate::house::on_both_databases;
use crate::installation::Installation;
use crate::kills::{kills, seed};
use crate::tills::Acknowledged;
use crate::wire::{Ended, Wire};

/// Tills that are busy at once; every other one takes a new connection for each order.
const TILLS: u64 = 8;
/// Longest that the server may take to stop on a busy machine; the figure is printed.
const STOP_MAX: Duration = Duration::from_secs(40);

/// A till that looks closely at how its requests end.
struct Till {
    number: u64,
    wire: Wire,
    codes: Vec<String>,
    chance: StdRng,
    orders: u64,
    /// The order that was not acknowledged yet.
    open: Option<Acknowledged>,
    acknowledged: Vec<Acknowledged>,
}

impl Till {
    fn new(cafe: &Cafe, seed: u64, number: u64) -> Self {
        Self {
            number,
            wire: Wire::new(cafe.installation.address(), &cafe.key, number.is_multiple_of(2)),
            codes: cafe.codes(),
            chance: StdRng::seed_from_u64(seed ^ number),
            orders: 0,
            open: None,
            acknowledged: Vec::new(),
        }
    }

    fn next_order(&mut self) -> Acknowledged {
        if let Some(open) = self.open.take() {
            return open;
        }
        self.orders += 1;
        Acknowledged {
            external_id: format!("till-{}-{:06}", self.number, self.orders),
            card: self.chance.random_range(0..CARDS),
            points: self.chance.random_range(1..=9),
        }
    }

    /// Records orders until nobody listens any more; the orders that got no answer on the way.
    async fn run(&mut self) -> Vec<String> {
        let mut unanswered = Vec::new();
        loop {
            let order = self.next_order();
            let body = order.body(&self.codes);
            match self.wire.post("/v1/orders", &body).await {
                Ended::Answered(200 | 201) => self.acknowledged.push(order),
                Ended::Refused => {
                    self.open = Some(order);
                    return unanswered;
                }
                Ended::Unanswered => {
                    unanswered.push(order.external_id.clone());
                    self.open = Some(order);
                }
                other => panic!("{} ended so: {other:?}", order.external_id),
            }
        }
    }
}

on_both_databases! {
    /// Every request gets its whole answer, or none and then nothing was done; the server ends well and soon.
    async fn a_server_told_to_stop_cuts_nobody_off(database: Database) {
        let seed = seed();
        println!("BILLFOLD_SEED={seed}");
        let mut chance = StdRng::seed_from_u64(seed);
        let (cafe, mut service) = Cafe::open(Installation::new(database.url()).await).await;
        let mut tills: Vec<Till> = (0..TILLS).map(|number| Till::new(&cafe, seed, number)).collect();
        let (mut waits, mut unanswered) = (Vec::new(), 0);
        let rounds = kills().div_ceil(2);
        for round in 0..rounds {
            // The last time Apple does not answer either.
            let every_push = (round + 1 == rounds).then_some(Step::Dead);
            cafe.installation.apns.set_mode(Mode { every_push, ..Mode::default() });
            let open_for = Duration::from_millis(chance.random_range(300..1_200));
            let stopping = async {
                tokio::time::sleep(open_for).await;
                service.stop().await
            };
            let (left, (status, took)) = tokio::join!(join_all(tills.iter_mut().map(Till::run)), stopping);
            assert_eq!(status.code(), Some(0), "{status:?} after {took:?}");
            assert!(took < STOP_MAX, "stopped after {took:?} only");
            waits.push(took);
            let books = Books::open(&cafe);
            let left = left.concat();
            unanswered += left.len();
            let still_open: Vec<String> = tills
                .iter()
                .filter_map(|till| Some(till.open.as_ref()?.external_id.clone()))
                .filter(|id| left.contains(id))
                .collect();
            assert_eq!(books.list_booked(&still_open).await, Vec::<String>::new(), "done, but not answered");
            assert_eq!(books.count_leased().await, 0, "leases were not given back");
            drop(books);
            cafe.installation.apns.set_mode(Mode::default());
            service = cafe.installation.start();
            service.until_ready(&cafe.http).await;
        }
        let acknowledged: Vec<Acknowledged> = tills.into_iter().flat_map(|till| till.acknowledged).collect();
        let books = Books::open(&cafe);
        books.hold_exactly(&acknowledged).await;
        let settled = books.settle().await;
        assert_eq!(cafe.list_breaches(), Vec::<String>::new(), "Apple's protocol");
        waits.sort();
        println!(
            "{rounds} stops: {} orders acknowledged, 0 lost, 0 cut; {unanswered} turned away; stopped after {:?} (p50), \
             {:?} (most); settled after {settled:?}",
            acknowledged.len(), waits[waits.len() / 2], waits[waits.len() - 1],
        );
    }
}
