//! A new look reaches every card once, also when the service dies half way and when two instances do it.

use std::time::Duration;

use billfold::actions::publish_design::{CARDS_A_STEP, CURSOR_PREFIX, first_design, publish_design};
use billfold::actions::{ActionError, Caller, Deed, House};
use billfold::apple::apns::Limits;
use billfold::delivery::{Options, Upkeep};
use billfold::store::{cards, devices, settings};
use billfold::types::ProgramId;

use crate::counter::{Counter, Held, check_rest, pace, until};
use crate::house::on_both_databases;
use crate::shop::{Opening, instance};

/// Cards of the program: three steps.
const CARDS: usize = 1_100;

async fn publish(house: &House, program: &str) {
    let (house, program): (House, ProgramId) = (house.clone(), program.parse().expect("a program"));
    let here = house.clone();
    let write = house.store.write(move |tx| {
        let deed = Deed::begin(&here, Caller::local("test", here.now()));
        publish_design(tx, &deed, &program, None, &first_design()?)?;
        Ok::<_, ActionError>(())
    });
    write.await.expect("the design is published");
    house.bell.ring();
}

/// How many of the cards are at a version.
async fn count_at(house: &House, all: &[Held], version: i64) -> usize {
    let ids: Vec<_> = all.iter().map(|held| held.card.clone()).collect();
    let read = house.store.read(move |db| {
        let mut count = 0;
        for id in &ids {
            count += usize::from(cards::get(db, id)?.version == version);
        }
        Ok::<_, billfold::store::StoreError>(count)
    });
    read.await.expect("the cards can be read")
}

async fn is_over(house: &House) -> bool {
    let left = house
        .store
        .read(|db| settings::find_prefixed(db, CURSOR_PREFIX))
        .await;
    left.expect("the settings can be read").is_none()
}

async fn are_all_told(house: &House) -> bool {
    let untold = house.store.read(|db| devices::list_untold(db, 1)).await;
    untold.expect("the registrations can be read").is_empty()
}

on_both_databases! {
    /// A crash after the second of three steps: the next start goes on where it ended, each card
    /// changes once and each phone is told once.
    async fn a_new_look_survives_a_crash_half_way(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out_for_apple(CARDS).await;
        let Counter { shop, clock, .. } = counter;
        let house = shop.running.house.clone();
        shop.running.stop().await;
        publish(&house, &shop.program).await;
        Upkeep::new(house.clone()).step().await.expect("a step");
        let half = usize::try_from(2 * CARDS_A_STEP).expect("a number");
        assert_eq!(count_at(&house, &all, 2).await, half, "the crash is not between steps");
        // The clock runs faster than the pushes: no lease shall end because of that.
        let delivery = Options {
            lease: Duration::from_hours(1),
            ..pace()
        };
        let opening = Opening { clock: clock.clone(), delivery, push_limits: Limits::default() };
        let next = instance(&shop.database, &shop.authority, &shop.apns, &shop.google, opening, None).await;
        until("the end of the steps", async || is_over(&next.house).await).await;
        assert_eq!(count_at(&next.house, &all, 2).await, CARDS);
        // The bulk lane's pace follows the clock.
        until("everybody's notice", async || {
            clock.advance(Duration::from_millis(100));
            next.house.bell.ring();
            are_all_told(&next.house).await
        }).await;
        assert_eq!(shop.apns.journal().len(), CARDS);
        check_rest(&next.house).await;
        next.stop().await;
    }

    /// Two instances put the same look on: each card still changes once.
    async fn two_instances_put_a_look_on_once(database: Database) {
        let counter = Counter::open(database).await;
        let second = crate::instances::another(&counter).await;
        let all = counter.hand_out_for_apple(CARDS).await;
        for round in 2..4 {
            publish(counter.house(), &counter.shop.program).await;
            until("the end of the steps", async || is_over(counter.house()).await).await;
            // A step that was begun before the end may still be under way: time for several of both instances.
            tokio::time::sleep(Duration::from_millis(800)).await;
            until("the end of the steps", async || is_over(counter.house()).await).await;
            assert_eq!(count_at(counter.house(), &all, round).await, CARDS, "cards changed more than once");
        }
        counter.advance_until("everybody's notice", Duration::from_secs(1), Duration::from_mins(20), async || {
            are_all_told(counter.house()).await
        }).await;
        second.stop().await;
        counter.close().await;
    }
}
