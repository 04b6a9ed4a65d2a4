//! Faults of the connection to Apple: everybody is told in the end, nothing is pushed without end.

use std::time::{Duration, Instant};

use billfold::apple::apns::Limits;
use billfold::delivery::Options;
use billfold::simulator::apns::{Faults, Mode, Step};

use crate::counter::{Counter, brisk_limits, pace, until};
use crate::house::on_both_databases;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

on_both_databases! {
    /// Each fault of a stream or connection, once or twice for one of three phones: all are told.
    async fn every_phone_is_told_whatever_the_connection_does(database: Database) {
        // The clock runs much faster than the time-outs of connections: no lease shall end because of that.
        let options = Options { lease: 60 * MINUTE, ..pace() };
        let counter = Counter::open_with(database, options, brisk_limits()).await;
        let all = counter.hand_out(3).await;
        let kinds = [
            (Step::GoAway, 2),
            (Step::Reset(2), 2),
            (Step::RefusedStream, 2),
            (Step::Slow(Duration::from_millis(300)), 1),
            (Step::Dead, 2),
            (Step::CloseConnection, 2),
            (Step::FreezeConnection, 2),
        ];
        let mut doubled = 0;
        for (step, times) in kinds {
            counter.shop.apns.clear_journal();
            counter.shop.apns.script(&all[0].token, vec![step.clone(); times]);
            for held in &all {
                counter.order(held, 1).await;
            }
            counter.advance_until(&format!("everybody's notice after {step:?}"), SECOND, 10 * MINUTE, async || {
                counter.are_told(&all).await
            }).await;
            for held in &all {
                let pushes = counter.pushes(&held.token).len();
                assert!(pushes <= 4, "{pushes} pushes after {step:?}: {:?}", counter.pushes(&held.token));
                doubled += counter.taken(&held.token) - 1;
            }
        }
        println!("pushes that were taken twice: {doubled} of 21");
        assert!(doubled <= 4, "{doubled} pushes were taken twice");
        counter.close().await;
    }

    /// Nobody answers at all: connections are attempted ever more seldom, and all are told when it is over.
    async fn an_unreachable_service_is_not_pressed(database: Database) {
        let counter = Counter::open_with(database, pace(), brisk_limits()).await;
        let all = counter.hand_out_for_apple(20).await;
        counter.shop.apns.set_mode(Mode { refuses_connections: true, ..Mode::default() });
        for held in &all {
            counter.order(held, 1).await;
        }
        until("an attempt", async || counter.shop.apns.counters().attempts > 0).await;
        // The client's own pace counts real time; the clock moves 40 minutes meanwhile.
        let start = Instant::now();
        counter.advance(40 * MINUTE, 40 * SECOND).await;
        let attempts = u128::from(counter.shop.apns.counters().attempts);
        let allowed = 20 + start.elapsed().as_millis() / 100;
        println!("{attempts} attempts to connect, {allowed} allowed");
        assert!(attempts <= allowed, "{attempts} attempts to connect, {allowed} allowed");
        counter.shop.apns.set_mode(Mode::default());
        counter.advance_until("everybody's notice", 10 * SECOND, 20 * MINUTE, async || counter.are_told(&all).await).await;
        counter.close().await;
    }

    /// Three faults in ten pushes, of all kinds: 300 phones are told with less than three pushes each.
    async fn three_faults_in_ten_pushes_lose_nobody(database: Database) {
        // On a busy machine the clock runs faster than the pushes: no lease and no sound connection shall end by that.
        let delivery = Options { lease: Duration::from_hours(1), ..pace() };
        let limits = Limits { request_timeout: 5 * SECOND, ..brisk_limits() };
        let counter = Counter::open_with(database, delivery, limits).await;
        let all = counter.hand_out_for_apple(300).await;
        counter.shop.apns.set_mode(Mode { faults: Some(Faults::of_all_kinds(0.3, 7)), ..Mode::default() });
        let house = counter.house().clone();
        futures_util::future::join_all(all.iter().map(|held| crate::counter::order(&house, &held.code, 1))).await;
        counter.advance_until("everybody's notice", SECOND, 20 * MINUTE, async || {
            counter.read(|db| billfold::store::devices::list_untold(db, 1)).await.is_empty()
        }).await;
        let pushes = counter.shop.apns.journal().len();
        println!("{pushes} pushes for 300 phones at 30 % faults");
        assert!(pushes < 900, "{pushes} pushes for 300 phones");
        counter.close().await;
    }
}
