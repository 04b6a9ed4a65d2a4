//! Every answer of Apple's push service, and what becomes of the phone that it is about.

use std::time::Duration;

use billfold::simulator::apns::{Mode, Outcome, Refusal, Step};
use billfold::store::deliveries::{DUE, TOLD};
use billfold::store::passes::{INSTALLED, REMOVED};
use billfold::types::{Clock as _, Time, Wallet};

use crate::counter::{Counter, Held, until};
use crate::house::on_both_databases;
use crate::shop::PASS_TYPE;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

fn dated(status: u16, reason: &str, timestamp: Time) -> Step {
    Step::Refuse(Refusal {
        timestamp: Some(timestamp),
        ..Refusal::new(status, reason)
    })
}

fn resting(status: u16, reason: &str, seconds: &str) -> Step {
    Step::Refuse(Refusal {
        retry_after: Some(seconds.to_owned()),
        ..Refusal::new(status, reason)
    })
}

fn every_push(step: Step) -> Mode {
    Mode {
        every_push: Some(step),
        ..Mode::default()
    }
}

/// Tells every phone of a first change, so that pushes of this pass type are known to be taken.
async fn tell_all(counter: &Counter, all: &[Held]) {
    for held in all {
        counter.order(held, 1).await;
    }
    until("the first notices", async || counter.are_told(all).await).await;
    counter.shop.apns.clear_journal();
}

on_both_databases! {
    /// 200: the phone counts as told, and the delivery waits for it to fetch.
    async fn a_taken_push_is_recorded(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        counter.order(&held, 5).await;
        until("the notice", async || counter.is_told(&held).await).await;
        let pass = counter.pass(&held, Wallet::Apple).await;
        assert_eq!((pass.told_version, pass.told_at), (2, Some(counter.clock.now())));
        let delivery = counter.delivery(&held, Wallet::Apple).await.expect("it waits for the fetch");
        assert_eq!((delivery.state.as_str(), delivery.pushes), (TOLD, 1));
        assert_eq!(counter.pushes(&held.token).len(), 1);
        counter.close().await;
    }

    /// 410, and `ExpiredToken` also with 400: a phone is forgotten, unless it registered after Apple last knew it.
    async fn a_gone_phone_is_forgotten_unless_it_registered_since(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(5).await;
        let now = counter.clock.now();
        let [gone, expired, undated, newer, kept] = all.as_slice() else { panic!("five") };
        let script = |held: &Held, step| counter.shop.apns.script(&held.token, [step]);
        script(gone, dated(410, "Unregistered", now.plus_ms(1)));
        script(expired, dated(400, "ExpiredToken", now));
        script(undated, Step::refuse(410, "Unregistered"));
        script(newer, dated(410, "ExpiredToken", now));
        script(kept, dated(410, "Unregistered", now.plus_ms(-1)));
        for held in &all {
            counter.order(held, 5).await;
        }
        let lost = [gone, expired, undated, newer];
        until("the forgetting", async || {
            let mut left = 0;
            for held in lost {
                left += counter.registrations(held).await.len();
            }
            left == 0
        }).await;
        counter.advance_until("the kept phone's notice", SECOND, 10 * MINUTE, async || counter.is_told(kept).await).await;
        for held in lost {
            assert_eq!(counter.pass(held, Wallet::Apple).await.state, REMOVED);
            assert_eq!(counter.pushes(&held.token).len(), 1, "a dead token was pushed to again");
        }
        assert_eq!(counter.pass(kept, Wallet::Apple).await.state, INSTALLED);
        assert_eq!(counter.pushes(&kept.token).len(), 2);
        counter.close().await;
    }

    /// A token that is wrong among good ones is the token's fault: it is forgotten a minute later, after one push.
    async fn one_wrong_token_is_forgotten(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(6).await;
        tell_all(&counter, &all).await;
        let reasons = ["BadDeviceToken", "DeviceTokenNotForTopic", "MissingDeviceToken"];
        for (held, reason) in all.iter().zip(reasons) {
            counter.shop.apns.script(&held.token, [Step::refuse(400, reason)]);
        }
        for held in &all {
            counter.order(held, 5).await;
        }
        let (wrong, good) = all.split_at(3);
        counter.advance_until("the forgetting", 5 * SECOND, 2 * MINUTE, async || {
            let mut left = 0;
            for held in wrong {
                left += counter.registrations(held).await.len();
            }
            left == 0
        }).await;
        until("the others' notices", async || counter.are_told(good).await).await;
        counter.advance(HOUR, 10 * MINUTE).await;
        for held in wrong {
            assert_eq!(counter.pushes(&held.token).len(), 1);
            assert_eq!(counter.pass(held, Wallet::Apple).await.state, REMOVED);
        }
        assert!(counter.has_metric("billfold_delivery_outcomes_total{wallet=\"apple\",outcome=\"bad_token\"} 3"));
        counter.close().await;
    }

    /// Many wrong tokens at once are our certificate's fault: no phone is forgotten, the pass type rests, and all
    /// are told once it is mended, even if pushes were taken before.
    async fn many_wrong_tokens_forget_no_phone(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(60).await;
        tell_all(&counter, &all).await;
        counter.shop.apns.set_mode(every_push(Step::refuse(400, "BadDeviceToken")));
        let house = counter.house().clone();
        let codes: Vec<String> = all.iter().map(|held| held.code.clone()).collect();
        let orders = codes.iter().map(|code| crate::counter::order(&house, code, 5));
        futures_util::future::join_all(orders).await;
        until("the circuit", async || {
            counter.has_metric(&format!("billfold_circuit_open{{credential=\"{PASS_TYPE}\"}} 1"))
        }).await;
        // A settlement that a busy database turned away leaves its leases to run out by the clock.
        counter.advance_until("the rest", 10 * SECOND, MINUTE, async || {
            crate::counter::leases(counter.house()).await == 0
        }).await;
        let before = counter.shop.apns.journal().len();
        counter.advance(10 * MINUTE, 10 * SECOND).await;
        let probes = counter.shop.apns.journal().len() - before;
        assert!(probes <= 11, "{probes} probes in ten minutes");
        let mut kept = 0;
        for held in &all {
            kept += counter.registrations(held).await.len();
        }
        assert_eq!(kept, 60, "phones were forgotten");
        counter.shop.apns.set_mode(Mode::default());
        counter.advance_until("everybody's notice", SECOND, 4 * MINUTE, async || counter.are_told(&all).await).await;
        counter.close().await;
    }

    /// Where no push of a pass type was ever taken, a wrong token may be our fault, however few they are.
    async fn a_wrong_token_is_not_forgotten_before_any_push_was_taken(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(3).await;
        counter.shop.apns.set_mode(every_push(Step::refuse(400, "BadDeviceToken")));
        for held in &all {
            counter.order(held, 5).await;
        }
        until("a push to each", async || all.iter().all(|held| !counter.pushes(&held.token).is_empty())).await;
        counter.advance(HOUR, MINUTE).await;
        for held in &all {
            assert_eq!(counter.registrations(held).await.len(), 1);
            let pushes = counter.pushes(&held.token).len();
            assert!(pushes <= 8, "{pushes} pushes in an hour");
        }
        counter.shop.apns.set_mode(Mode::default());
        counter.advance_until("everybody's notice", MINUTE, 2 * HOUR, async || counter.are_told(&all).await).await;
        counter.close().await;
    }

    /// A push that is wrong by a defect or the configuration is sent once, and the diagnosis says why.
    async fn a_push_that_is_refused_as_wrong_is_not_repeated(database: Database) {
        let counter = Counter::open(database).await;
        let cases = [
            (400, "BadTopic"), (400, "MissingTopic"), (400, "TopicDisallowed"), (400, "InvalidPushType"),
            (400, "BadPriority"), (400, "BadExpirationDate"), (400, "BadMessageId"), (400, "BadCollapseId"),
            (400, "DuplicateHeaders"), (400, "PayloadEmpty"), (404, "BadPath"), (405, "MethodNotAllowed"),
            (413, "PayloadTooLarge"),
        ];
        let all = counter.hand_out(cases.len()).await;
        for (held, (status, reason)) in all.iter().zip(cases) {
            counter.shop.apns.script(&held.token, [Step::refuse(status, reason)]);
            counter.order(held, 5).await;
        }
        let errors = format!("billfold_delivery_outcomes_total{{wallet=\"apple\",outcome=\"misconfigured\"}} {}", cases.len());
        until("the alarm", async || counter.has_metric(&errors)).await;
        for (held, (status, reason)) in all.iter().zip(cases) {
            until("the diagnosis", async || {
                let found = counter.diagnosis(held, "apple").await;
                found["last_error"] == format!("Apple answered {status} {reason}")
            }).await;
        }
        counter.advance(HOUR, 10 * MINUTE).await;
        for held in &all {
            assert_eq!(counter.pushes(&held.token).len(), 1, "it was repeated: {:?}", counter.pushes(&held.token));
            assert_eq!(counter.registrations(held).await.len(), 1, "the phone was forgotten");
        }
        // The next change is told, and the diagnosis forgets the error.
        for held in &all {
            counter.order(held, 5).await;
        }
        until("the next notices", async || counter.are_told(&all).await).await;
        for held in &all {
            assert!(counter.diagnosis(held, "apple").await["last_error"].is_null());
        }
        counter.close().await;
    }

    /// What was refused as wrong is not lost: it is tried once more when the service starts anew, mended or not.
    async fn what_was_refused_as_wrong_is_tried_again_after_a_restart(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        counter.shop.apns.script(&held.token, [Step::refuse(400, "TopicDisallowed")]);
        counter.order(&held, 5).await;
        until("the refusal", async || counter.pushes(&held.token).len() == 1).await;
        until("its record", async || !counter.diagnosis(&held, "apple").await["last_error"].is_null()).await;
        let next = crate::instances::another(&counter).await;
        until("the notice", async || counter.is_told(&held).await).await;
        next.stop().await;
        counter.close().await;
    }

    /// 429 for one phone: later, no sooner than asked, and changes meanwhile are one push.
    async fn a_phone_that_gets_too_many_pushes_is_told_later(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(2).await;
        let [asked, unasked] = all.as_slice() else { panic!("two") };
        counter.shop.apns.script(&asked.token, [resting(429, "TooManyRequests", "30")]);
        counter.shop.apns.script(&unasked.token, vec![Step::refuse(429, "TooManyRequests"); 3]);
        for held in &all {
            counter.order(held, 5).await;
        }
        until("the refusals", async || all.iter().all(|held| counter.pushes(&held.token).len() == 1)).await;
        let waited = counter.advance_until("the unasked phone", SECOND, 5 * MINUTE, async || counter.is_told(unasked).await).await;
        assert!(waited >= 6 * SECOND, "three refusals were over in {waited:?}");
        counter.advance_until("the asked phone", SECOND, 5 * MINUTE, async || counter.is_told(asked).await).await;
        let pushes = counter.pushes(&asked.token);
        let waited = pushes[1].at.since(pushes[0].at);
        assert!(waited >= 30 * SECOND, "pushed after {waited:?}");
        assert_eq!((pushes.len(), counter.pushes(&unasked.token).len()), (2, 4));
        counter.close().await;
    }

    /// 429 for provider tokens: all pushes of the connection rest, then all are told.
    async fn too_many_provider_tokens_rest_and_then_everybody_is_told(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(4).await;
        counter.shop.apns.script(&all[0].token, [resting(429, "TooManyProviderTokenUpdates", "1")]);
        for held in &all {
            counter.order(held, 5).await;
        }
        counter.advance_until("everybody's notice", SECOND, 20 * MINUTE, async || counter.are_told(&all).await).await;
        assert_eq!(counter.pushes(&all[0].token).len(), 2);
        counter.close().await;
    }

    /// 5xx and `IdleTimeout`: again later, no sooner than asked, and seldom: at most eight times in an hour.
    async fn an_outage_is_waited_out(database: Database) {
        let counter = Counter::open(database).await;
        let cases = [
            Step::refuse(500, "InternalServerError"),
            Step::refuse(503, "ServiceUnavailable"),
            Step::refuse(503, "Shutdown"),
            resting(503, "ServiceUnavailable", "120"),
            Step::refuse(400, "IdleTimeout"),
            Step::refuse(502, ""),
        ];
        let all = counter.hand_out(cases.len()).await;
        for (held, step) in all.iter().zip(cases) {
            counter.shop.apns.script(&held.token, vec![step; 4]);
            counter.order(held, 5).await;
        }
        counter.advance_until("everybody's notice", 2 * SECOND, 15 * MINUTE, async || counter.are_told(&all).await).await;
        for held in &all {
            let pushes = counter.pushes(&held.token);
            assert_eq!(pushes.len(), 5);
            let accepted = pushes.iter().filter(|push| push.outcome == Outcome::Accepted).count();
            assert_eq!(accepted, 1, "it was told twice");
        }
        let asked = counter.pushes(&all[3].token);
        assert!(asked.windows(2).all(|pair| pair[1].at.since(pair[0].at) >= 2 * MINUTE), "{asked:?}");
        counter.close().await;
    }

    /// A service that is out of order for an hour is not pressed: at most 20 pushes to a phone, and none at all
    /// while the clock stands.
    async fn an_outage_of_an_hour_is_not_pressed(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        counter.shop.apns.set_mode(every_push(Step::refuse(503, "ServiceUnavailable")));
        counter.order(&held, 5).await;
        until("the first push", async || counter.pushes(&held.token).len() == 1).await;
        counter.advance(HOUR, 20 * SECOND).await;
        let pushes = counter.pushes(&held.token).len();
        assert!((10..=20).contains(&pushes), "{pushes} pushes in an hour");
        let delivery = counter.delivery(&held, Wallet::Apple).await.expect("it is kept");
        assert_eq!(delivery.state, DUE);
        assert!(delivery.last_error.is_some_and(|error| error.contains("ServiceUnavailable")));
        counter.shop.apns.set_mode(Mode::default());
        counter.advance_until("the notice", 5 * SECOND, 8 * MINUTE, async || counter.is_told(&held).await).await;
        counter.close().await;
    }
}
