//! Leases: whoever loses one cannot settle, what a dead instance held is taken over, a stop gives all back.

use std::time::{Duration, Instant};

use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::{ActionError, Caller, Deed};
use billfold::apple::apns::Limits;
use billfold::simulator::apns::Step;
use billfold::store::deliveries::{self, Delivery, Ending, Lane, Settlement, TOLD};
use billfold::types::{Time, Wallet};

use crate::counter::{Counter, Held, leases, until};
use crate::house::on_both_databases;
use crate::phone::Phone;

const SECOND: Duration = Duration::from_secs(1);
const LEASE: Duration = Duration::from_secs(30);

/// Rings up orders and leases their deliveries in the same transaction, as an instance would that dies at once.
async fn order_and_vanish(counter: &Counter, all: &[Held]) -> Vec<Delivery> {
    let (house, all) = (counter.house().clone(), all.to_vec());
    let write = counter.house().store.write(move |tx| {
        let now = house.now();
        for held in &all {
            let deed = Deed::begin(&house, Caller::local("test", now));
            let order = NewOrder {
                source: "test".to_owned(),
                external_id: billfold::types::random_token(12),
                holder: Holder::Card(held.code.clone()),
                total_minor: 500,
                currency: None,
                paid_at: None,
                lines: Vec::new(),
                location: None,
                channel: None,
            };
            record_order(tx, &deed, &order)?;
        }
        let lane = (Wallet::Apple, Lane::Instant);
        Ok::<_, ActionError>(deliveries::claim(
            tx,
            "a ghost",
            lane,
            1_000,
            now,
            now.plus(LEASE),
        )?)
    });
    write.await.expect("the orders are recorded")
}

async fn settle(counter: &Counter, of: &Delivery, ending: Ending, now: Time) {
    let settlement = Settlement {
        card_id: of.card_id.clone(),
        wallet: of.wallet,
        fence: of.fence,
        changed_at: of.changed_at,
        ending,
    };
    let write = counter
        .house()
        .store
        .write(move |tx| deliveries::settle(tx, &[settlement], now));
    write.await.expect("the settlement is heard");
}

on_both_databases! {
    /// An instance that leased fifty deliveries dies: another tells everybody once the lease is over.
    async fn what_a_dead_instance_leased_is_taken_over(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out_for_apple(50).await;
        let leased = order_and_vanish(&counter, &all).await;
        assert_eq!(leased.len(), 50);
        counter.advance(LEASE.saturating_sub(SECOND), 10 * SECOND).await;
        assert_eq!(counter.shop.apns.journal().len(), 0, "a lease was not respected");
        let waited = counter.advance_until("everybody's notice", SECOND, 60 * SECOND, async || counter.are_told(&all).await).await;
        println!("taken over {:?} after the lease began", LEASE.saturating_sub(SECOND) + waited);
        assert_eq!(counter.shop.apns.journal().len(), 50, "somebody was told twice");
        counter.close().await;
    }

    /// The holder of a lost lease comes back and settles: nothing changes, whatever it says, not even for a
    /// delivery of the same card that began later.
    async fn a_stale_holder_cannot_settle(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        let stale = order_and_vanish(&counter, std::slice::from_ref(&held)).await.remove(0);
        counter.advance_until("the notice", LEASE / 2, 60 * SECOND, async || counter.is_told(&held).await).await;
        until("the settlement", async || leases(counter.house()).await == 0).await;
        let before = counter.delivery(&held, Wallet::Apple).await.expect("it waits for the fetch");
        assert_eq!(before.state, TOLD);
        let now = counter.house().now();
        let endings = [
            Ending::Done,
            Ending::Told { look_again: now },
            Ending::Retry { at: now, error: "stale".to_owned() },
            Ending::Paused { until: now, error: "stale".to_owned() },
        ];
        for ending in endings.clone() {
            settle(&counter, &stale, ending, now).await;
            assert_eq!(counter.delivery(&held, Wallet::Apple).await.as_ref(), Some(&before));
        }
        let mut phone = Phone::holding(std::slice::from_ref(&held));
        phone.refresh(&counter).await;
        until("the end", async || counter.delivery(&held, Wallet::Apple).await.is_none()).await;
        // A new delivery of the same card, leased by somebody else.
        counter.tick(SECOND);
        let later = order_and_vanish(&counter, std::slice::from_ref(&held)).await.remove(0);
        for ending in endings {
            settle(&counter, &stale, ending, counter.house().now()).await;
        }
        counter.advance(5 * SECOND, SECOND).await;
        let left = counter.delivery(&held, Wallet::Apple).await;
        assert_eq!(left.as_ref(), Some(&later), "a stale holder took another's lease away");
        assert_ne!(later.fence, stale.fence);
        settle(&counter, &later, Ending::Retry { at: counter.house().now(), error: "alive".to_owned() }, counter.house().now()).await;
        counter.advance_until("the notice", SECOND, 60 * SECOND, async || counter.is_told(&held).await).await;
        counter.close().await;
    }

    /// Told to stop while pushes hang: it ends long before they do and gives every lease back, for others to go on.
    async fn a_stop_gives_leases_back_though_pushes_hang(database: Database) {
        let counter = Counter::open(database).await;
        let limits = Limits { request_timeout: 90 * SECOND, ..Limits::default() };
        let hung = crate::instances::another_with(&counter, limits).await;
        let all = counter.hand_out_for_apple(40).await;
        for held in &all {
            counter.shop.apns.script(&held.token, [Step::Dead]);
            counter.order(held, 1).await;
        }
        until("the leases", async || counter.shop.apns.journal().len() >= 40).await;
        let start = Instant::now();
        hung.stop().await;
        let took = start.elapsed();
        println!("the stop took {took:?}");
        assert!(took < 30 * SECOND, "the stop waited for the pushes: {took:?}");
        counter.advance_until("everybody's notice", SECOND, 60 * SECOND, async || counter.are_told(&all).await).await;
        counter.close().await;
    }

    /// An instance is killed in the middle of its work: what it left is told by the other, nobody is forgotten.
    async fn what_a_killed_instance_left_is_told_by_the_other(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out_for_apple(100).await;
        let mut killed_with = 0;
        for _ in 0..3 {
            let doomed = crate::instances::Doomed::start(&counter);
            for held in all.iter().step_by(2) {
                counter.shop.apns.script(&held.token, [Step::Slow(Duration::from_millis(60))]);
            }
            let house = counter.house().clone();
            let other = doomed.house.clone();
            let orders = all.iter().enumerate().map(|(number, held)| {
                // Half of the bells ring here, half there.
                crate::counter::order(if number % 2 == 0 { &house } else { &other }, &held.code, 1)
            });
            let orders = futures_util::future::join_all(orders);
            let kill = async {
                until("pushes", async || counter.shop.apns.journal().len() >= 30).await;
                killed_with += doomed.kill(&counter).await;
            };
            tokio::join!(orders, kill);
            counter.advance_until("everybody's notice", SECOND, 120 * SECOND, async || counter.are_told(&all).await).await;
            counter.shop.apns.clear_journal();
        }
        println!("leases that were open at the kills: {killed_with}");
        counter.close().await;
    }
}
