//! Every answer of Google Wallet, and what becomes of the object that it is about.

use std::time::Duration;

use billfold::simulator::google::{ErrorForm, Fault, Push, Refusal, Route, SeenRequest};
use billfold::store::passes::INSTALLED;
use billfold::types::Wallet;

use crate::counter::{Counter, Held, until};
use crate::house::on_both_databases;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// The balance that Google shows.
pub(crate) fn shown(counter: &Counter, held: &Held) -> Option<i64> {
    counter.shop.google.object(&held.object)?["loyaltyPoints"]["balance"]["int"].as_i64()
}

/// Hands out cards whose objects Google has, each saved by somebody.
pub(crate) async fn hand_out_saved(counter: &Counter, count: usize) -> Vec<Held> {
    let all = counter.hand_out(count).await;
    until("the objects", async || {
        all.iter().all(|held| shown(counter, held) == Some(10))
    })
    .await;
    for held in &all {
        counter.shop.google.save(&held.object).expect("it is saved");
    }
    // Google tells of it by a call back, which marks the card once more.
    for held in &all {
        until("the call back", async || {
            counter.pass(held, Wallet::Google).await.state == INSTALLED
        })
        .await;
    }
    until_quiet(counter, &all).await;
    all
}

/// Waits until no delivery to Google is left.
pub(crate) async fn until_quiet(counter: &Counter, all: &[Held]) {
    until("the end of the deliveries", async || is_quiet(counter, all).await).await;
}

async fn is_quiet(counter: &Counter, all: &[Held]) -> bool {
    for held in all {
        if counter.delivery(held, Wallet::Google).await.is_some() {
            return false;
        }
    }
    true
}

/// Moves the clock until Google shows these balances and nothing is left to do.
pub(crate) async fn until_shown(
    counter: &Counter,
    what: &str,
    all: &[Held],
    balance: i64,
    most: Duration,
) -> Duration {
    counter
        .advance_until(what, SECOND, most, async || {
            all.iter().all(|held| shown(counter, held) == Some(balance)) && is_quiet(counter, all).await
        })
        .await
}

fn refuse(status: u16, reason: &str, form: ErrorForm) -> Fault {
    Fault::Refuse(Refusal::new(status, reason, "The test wants it so.").in_form(form))
}

fn patches_of(requests: &[SeenRequest], object: &str) -> Vec<SeenRequest> {
    let path = format!("/walletobjects/v1/loyaltyObject/{object}");
    let patches = requests
        .iter()
        .filter(|one| one.method == "PATCH" && one.path == path);
    patches.cloned().collect()
}

on_both_databases! {
    /// A changed balance is one PATCH of what changed, with a notice asked for: at most 1.2 calls a changed object.
    async fn a_change_is_one_patch_of_what_changed(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 50).await;
        let (calls, seen) = (counter.shop.google.counts().api, counter.shop.google.requests().len());
        let house = counter.house().clone();
        futures_util::future::join_all(all.iter().map(|held| crate::counter::order(&house, &held.code, 5))).await;
        until_shown(&counter, "the balances", &all, 15, MINUTE).await;
        let calls = counter.shop.google.counts().api - calls;
        println!("{calls} calls for {} changed objects", all.len());
        assert!(calls <= 60, "{calls} calls for 50 objects");
        for held in &all {
            let patches = patches_of(&counter.shop.google.requests()[seen..], &held.object);
            let body = patches.last().expect("a patch").body.as_object().expect("an object").clone();
            let fields: Vec<&str> = body.keys().map(String::as_str).collect();
            // The texts are those of the back, which lists the last movements.
            assert_eq!(fields, ["loyaltyPoints", "notifyPreference", "textModulesData"]);
        }
        let told = counter.shop.google.journal().iter().filter(|entry| entry.push == Push::Sent).count();
        assert_eq!(told, 50, "phones were not told");
        counter.close().await;
    }

    /// The first twenty cards of a program bring its class once, not twenty times.
    async fn the_class_is_written_once(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(40).await;
        until_shown(&counter, "the objects", &all, 10, MINUTE).await;
        let requests = counter.shop.google.requests();
        let of_class = requests.iter().filter(|one| one.path.contains("loyaltyClass")).count();
        assert!(of_class <= 2, "{of_class} calls for the class");
        counter.close().await;
    }

    /// 401: the token is renewed once and the call repeated at once.
    async fn a_refused_token_is_renewed_once(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 10).await;
        let before = counter.shop.google.counts().token;
        counter.shop.google.revoke_tokens();
        let house = counter.house().clone();
        futures_util::future::join_all(all.iter().map(|held| crate::counter::order(&house, &held.code, 5))).await;
        // At once: the clock stands.
        until("the balances", async || all.iter().all(|held| shown(&counter, held) == Some(15))).await;
        until_quiet(&counter, &all).await;
        assert_eq!(counter.shop.google.counts().token - before, 1);
        counter.close().await;
    }

    /// 403 of the set-up: the issuer rests with its queue, one probe a minute, and all is written once it is mended.
    async fn a_refused_account_rests_and_keeps_the_queue(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 30).await;
        counter.shop.google.set_console_user(false);
        for held in &all {
            counter.order(held, 5).await;
        }
        let open = format!("billfold_circuit_open{{credential=\"{}\"}}", counter.shop.google.issuer_id());
        until("the circuit", async || counter.has_metric(&format!("{open} 1"))).await;
        until("the rest", async || crate::counter::leases(counter.house()).await == 0).await;
        let first = counter.shop.google.counts().api;
        counter.advance(10 * MINUTE, 10 * SECOND).await;
        let probes = counter.shop.google.counts().api - first;
        assert!((8..=11).contains(&probes), "{probes} probes in ten minutes");
        let delivery = counter.delivery(&all[0], Wallet::Google).await.expect("the queue is kept");
        assert!(delivery.last_error.is_some_and(|error| error.contains("Console")));
        counter.shop.google.set_console_user(true);
        let waited = until_shown(&counter, "the balances", &all, 15, 5 * MINUTE).await;
        // A minute to the probe, and one for those that rested on until it was answered.
        assert!(waited <= 2 * MINUTE + 5 * SECOND, "{waited:?} after it was mended");
        assert!(counter.has_metric(&format!("{open} 0")));
        counter.close().await;
    }

    /// 403 and 429 for the rate, 5xx, pages of text and words that we do not know: again later, to the end.
    async fn every_passing_refusal_ends_at_the_last_version(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 1).await;
        let cases = [
            (403, "rateLimitExceeded", ErrorForm::Reasons),
            (403, "userRateLimitExceeded", ErrorForm::Reasons),
            (403, "somethingNew", ErrorForm::Reasons),
            (429, "RESOURCE_EXHAUSTED", ErrorForm::Status),
            (500, "internal", ErrorForm::Reasons),
            (503, "UNAVAILABLE", ErrorForm::Status),
            (502, "", ErrorForm::Text),
            (409, "conflict", ErrorForm::Reasons),
            (412, "conditionNotMet", ErrorForm::Reasons),
            (408, "timeout", ErrorForm::Text),
            (404, "objectNotFound", ErrorForm::Reasons),
        ];
        let mut balance = 10;
        for (status, reason, form) in cases {
            let fault = refuse(status, reason, form);
            counter.shop.google.fail_next(Route::Api, 2, &fault);
            let before = counter.shop.google.counts().api;
            counter.order(&all[0], 1).await;
            balance += 1;
            until_shown(&counter, &format!("the balance after {status} {reason}"), &all, balance, 10 * MINUTE).await;
            let calls = counter.shop.google.counts().api - before;
            assert!((3..=6).contains(&calls), "{calls} calls with {status} {reason}");
        }
        counter.close().await;
    }

    /// Retry-After is kept to, and changes meanwhile are one write.
    async fn googles_wait_is_kept_to(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 1).await;
        let refusal = Refusal::new(429, "RESOURCE_EXHAUSTED", "Slow down.").retry_after(Duration::from_secs(90));
        counter.shop.google.fail_next(Route::Api, 1, &Fault::Refuse(refusal));
        let before = counter.shop.google.counts().api;
        counter.order(&all[0], 5).await;
        let waited = until_shown(&counter, "the balance", &all, 15, 10 * MINUTE).await;
        assert!(waited >= 90 * SECOND, "written after {waited:?}");
        assert_eq!(counter.shop.google.counts().api - before, 2);
        counter.close().await;
    }

    /// 400: the object rests an hour at a time, and the diagnosis says why; the next change is tried at once.
    async fn an_invalid_object_rests_and_is_explained(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 1).await;
        counter.shop.google.fail_next(Route::Api, 1, &refuse(400, "invalidResource", ErrorForm::Reasons));
        let before = counter.shop.google.counts().api;
        counter.order(&all[0], 5).await;
        until("the diagnosis", async || {
            let found = counter.diagnosis(&all[0], "google").await;
            found["last_error"].as_str().is_some_and(|error| error.contains("invalidResource"))
        }).await;
        counter.advance(50 * MINUTE, 10 * MINUTE).await;
        assert_eq!(counter.shop.google.counts().api - before, 1, "it was pressed");
        counter.order(&all[0], 5).await;
        until("the balance", async || shown(&counter, &all[0]) == Some(20)).await;
        until_quiet(&counter, &all).await;
        assert!(counter.diagnosis(&all[0], "google").await["last_error"].is_null());
        counter.close().await;
    }

    /// The fourth change of a day goes through without a notice, also where Google refuses it with one.
    async fn changes_beyond_the_days_notices_go_through_quietly(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 1).await;
        counter.shop.google.set_field_quota_refused(true);
        for round in 1..=6 {
            counter.order(&all[0], 1).await;
            until_shown(&counter, "the balance", &all, 10 + round, MINUTE).await;
        }
        let journal = counter.shop.google.journal();
        assert_eq!(journal.iter().filter(|entry| entry.push == Push::Sent).count(), 3);
        counter.close().await;
    }

    /// The token endpoint is down, or refuses the key: nothing is pressed, and all is written when it is back.
    async fn a_token_endpoint_that_is_down_is_waited_for(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 10).await;
        let mut balance = 10;
        for (status, reason) in [(503, "backend"), (400, "invalid_grant"), (401, "invalid_client")] {
            counter.shop.google.revoke_tokens();
            counter.shop.google.fail_next(Route::Token, 4, &refuse(status, reason, ErrorForm::Text));
            let before = counter.shop.google.counts().token;
            for held in &all {
                counter.order(held, 1).await;
            }
            balance += 1;
            until_shown(&counter, &format!("the balances after {reason}"), &all, balance, 30 * MINUTE).await;
            let asked = counter.shop.google.counts().token - before;
            assert!(asked <= 6, "the token endpoint was asked {asked} times with {reason}");
        }
        counter.close().await;
    }

    /// Out of order for an hour: at most 25 calls for an object, none while the clock stands.
    async fn an_outage_of_an_hour_is_not_pressed(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 1).await;
        counter.shop.google.fail_next(Route::Api, 1_000, &refuse(503, "UNAVAILABLE", ErrorForm::Status));
        let before = counter.shop.google.counts().api;
        counter.order(&all[0], 5).await;
        until("the first call", async || counter.shop.google.counts().api > before).await;
        counter.advance(HOUR, 20 * SECOND).await;
        let calls = counter.shop.google.counts().api - before;
        assert!((10..=25).contains(&calls), "{calls} calls in an hour");
        counter.shop.running.stop().await;
    }
}
