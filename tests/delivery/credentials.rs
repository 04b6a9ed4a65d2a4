//! A refused certificate or provider token: the queue is kept, one probe a minute, and all are told in the end.

use std::time::Duration;

use billfold::simulator::apns::{Mode, Step};
use billfold::types::Wallet;

use crate::counter::{Counter, until};
use crate::house::on_both_databases;
use crate::shop::PASS_TYPE;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

/// All reasons that Apple gives with 403 ("Handling notification responses from APNs").
const REASONS: [&str; 8] = [
    "BadCertificate",
    "BadCertificateEnvironment",
    "ExpiredProviderToken",
    "InvalidProviderToken",
    "MissingProviderToken",
    "UnrelatedKeyIdInToken",
    "BadEnvironmentKeyIdInToken",
    "Forbidden",
];

fn refusing(reason: &str) -> Mode {
    Mode {
        every_push: Some(Step::refuse(403, reason)),
        ..Mode::default()
    }
}

on_both_databases! {
    /// Each 403 opens the circuit and keeps the queue; once mended, all of it goes out within two minutes.
    async fn each_403_rests_keeps_the_queue_and_is_told_when_mended(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(8).await;
        let open = format!("billfold_circuit_open{{credential=\"{PASS_TYPE}\"}} 1");
        for reason in REASONS {
            counter.shop.apns.set_mode(refusing(reason));
            counter.shop.apns.clear_journal();
            for held in &all {
                counter.order(held, 1).await;
            }
            until("the circuit", async || counter.has_metric(&open)).await;
            until("the queue's rest", async || {
                let backlog = counter.read(billfold::store::deliveries::backlog).await;
                let leased = crate::counter::leases(counter.house()).await;
                backlog.due == 8 && leased == 0
            }).await;
            let first = counter.shop.apns.journal().len();
            assert!(first <= 8, "{first} pushes before it rested");
            counter.advance(3 * MINUTE, 10 * SECOND).await;
            let probes = counter.shop.apns.journal().len() - first;
            assert!((2..=3).contains(&probes), "{probes} probes in three minutes with {reason}");
            let delivery = counter.delivery(&all[0], Wallet::Apple).await.expect("the queue is kept");
            let error = delivery.last_error.expect("it says why");
            assert!(error.contains(reason), "{error}");
            assert_eq!(delivery.attempts, 0, "a rest is no failure of the delivery");
            counter.shop.apns.set_mode(Mode::default());
            let waited = counter.advance_until("everybody's notice", 5 * SECOND, 3 * MINUTE, async || {
                counter.are_told(&all).await
            }).await;
            assert!(waited <= 2 * MINUTE, "{waited:?} after {reason} was mended");
            assert!(!counter.has_metric(&open), "the circuit stays open");
            for held in &all {
                assert_eq!(counter.taken(&held.token), 1, "told more than once after {reason}");
            }
        }
        counter.close().await;
    }
}
