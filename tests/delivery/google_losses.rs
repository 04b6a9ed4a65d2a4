//! Answers of Google that are lost, writers that come late: in the end Google shows the last version.

use std::time::Duration;

use billfold::actions::reverse_entry::reverse_entry;
use billfold::actions::{Caller, Deed};
use billfold::simulator::google::{ErrorForm, Fault, Refusal, Route};
use billfold::store::entries;

use crate::counter::{Counter, Held, until};
use crate::google_answers::{hand_out_saved, shown, until_quiet, until_shown};
use crate::house::on_both_databases;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

/// Undoes what a member earned by an order.
async fn undo(counter: &Counter, held: &Held) {
    let deed = Deed::begin(counter.house(), Caller::local("test", counter.house().now()));
    let member = held.member.clone();
    let all = counter
        .read(move |db| entries::list_by_member(db, &member, None, 10))
        .await;
    let earned = all
        .into_iter()
        .find(|entry| entry.order_id.is_some())
        .expect("an order's entry");
    let write = counter
        .house()
        .store
        .write(move |tx| reverse_entry(tx, &deed, &earned.id));
    write.await.expect("it is undone");
    counter.house().bell.ring();
}

on_both_databases! {
    /// A write is carried out and its answer lost, in each way: the end is the last version, with few calls.
    async fn a_lost_answer_ends_at_the_last_version(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 1).await;
        let unavailable = || Refusal::new(503, "UNAVAILABLE", "Gone.").in_form(ErrorForm::Status);
        let cases = [
            Fault::DoneButAnswer(unavailable()),
            Fault::DoneButDisconnect,
            Fault::Disconnect,
            Fault::Slow(Duration::from_millis(300)),
        ];
        let mut balance = 10;
        for fault in cases {
            counter.shop.google.fail_next(Route::Api, 2, &fault);
            let before = counter.shop.google.counts().api;
            counter.order(&all[0], 1).await;
            balance += 1;
            until_shown(&counter, &format!("the balance after {fault:?}"), &all, balance, 10 * MINUTE).await;
            let calls = counter.shop.google.counts().api - before;
            assert!(calls <= 4, "{calls} calls after {fault:?}");
        }
        counter.close().await;
    }

    /// A write is carried out, its answer lost, and the change undone before the next try: what Google was last
    /// known to show equals what it shall show, and yet it shows something else. It is written all the same.
    async fn a_change_undone_after_a_lost_answer_is_written(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 1).await;
        counter.shop.google.fail_next(Route::Api, 1, &Fault::DoneButDisconnect);
        counter.order(&all[0], 5).await;
        until("the lost answer", async || shown(&counter, &all[0]) == Some(15)).await;
        until("its settlement", async || crate::counter::leases(counter.house()).await == 0).await;
        undo(&counter, &all[0]).await;
        until_shown(&counter, "the balance", &all, 10, 10 * MINUTE).await;
        counter.close().await;
    }

    /// The same with an instance that is killed between the write and its record.
    async fn a_change_undone_after_a_kill_is_written(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 12).await;
        let doomed = crate::instances::Doomed::start(&counter);
        counter.shop.google.fail_next(Route::Api, 12, &Fault::Slow(Duration::from_millis(150)));
        for held in &all {
            crate::counter::order(&doomed.house, &held.code, 5).await;
        }
        until("half of the writes", async || all.iter().filter(|held| shown(&counter, held) == Some(15)).count() >= 3).await;
        doomed.kill(&counter).await;
        for held in &all {
            undo(&counter, held).await;
        }
        until_shown(&counter, "the balances", &all, 10, 10 * MINUTE).await;
        counter.close().await;
    }

    /// Inserts whose answers are lost are found by their 409 and changed to be the same.
    async fn a_lost_insert_is_found_again(database: Database) {
        let counter = Counter::open(database).await;
        // The class first, so that the faults meet the objects.
        let first = counter.hand_out(1).await;
        until_shown(&counter, "the class", &first, 10, MINUTE).await;
        counter.shop.google.fail_next(Route::Api, 5, &Fault::DoneButDisconnect);
        let all = counter.hand_out(5).await;
        for held in &all {
            counter.order(held, 5).await;
        }
        until_shown(&counter, "the balances", &all, 15, 10 * MINUTE).await;
        counter.close().await;
    }

    /// A writer that lost its lease while its write was on the way comes last at Google: the newest version is
    /// written once more.
    async fn a_late_writer_does_not_leave_an_old_balance(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 1).await;
        // The write of 15 takes two seconds; the lease is over at once by the clock, and 22 is written meanwhile.
        let before = counter.shop.google.counts().api;
        counter.shop.google.fail_next(Route::Api, 1, &Fault::Slow(2 * SECOND));
        counter.order(&all[0], 5).await;
        until("the late write", async || counter.shop.google.counts().api > before).await;
        counter.tick(31 * SECOND);
        counter.order(&all[0], 7).await;
        until("the newer write", async || shown(&counter, &all[0]) == Some(22)).await;
        until("the end of the late one", async || {
            let requests = counter.shop.google.requests();
            requests.iter().any(|seen| seen.body["loyaltyPoints"]["balance"]["int"] == 15)
        }).await;
        until_shown(&counter, "the last balance", &all, 22, 5 * MINUTE).await;
        counter.close().await;
    }

    /// Three faults in ten calls: a hundred objects with two changes each end at the last version.
    async fn many_faults_end_at_the_last_version(database: Database) {
        let counter = Counter::open(database).await;
        let all = hand_out_saved(&counter, 60).await;
        let before = counter.shop.google.counts().api;
        let faults = [
            Fault::Refuse(Refusal::new(503, "UNAVAILABLE", "Gone.").in_form(ErrorForm::Status)),
            Fault::DoneButDisconnect,
            Fault::Disconnect,
            Fault::Refuse(Refusal::new(500, "internal", "Broken.")),
        ];
        for fault in &faults {
            counter.shop.google.fail_next(Route::Api, 8, fault);
        }
        for _ in 0..2 {
            for held in &all {
                counter.order(held, 1).await;
            }
        }
        until_shown(&counter, "the balances", &all, 12, 20 * MINUTE).await;
        until_quiet(&counter, &all).await;
        let calls = counter.shop.google.counts().api - before;
        println!("{calls} calls for 120 changes of 60 objects with 32 faults");
        assert!(calls <= 200, "{calls} calls");
        counter.close().await;
    }
}
