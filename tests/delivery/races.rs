//! Changes, registrations and notices that cross each other: whoever comes last, no phone stays stale.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::{ActionError, Caller, Deed};
use billfold::simulator::apns::{Mode, Step};
use billfold::store::passes::INSTALLED;
use billfold::types::{Clock as _, Wallet};
use tokio::sync::Barrier;

use crate::counter::{Counter, register, token, until};
use crate::house::{Database, on_both_databases};
use crate::phone::Phone;

const SECOND: Duration = Duration::from_secs(1);
/// How often two things are made to meet, unless the environment names another number.
const ROUNDS: usize = 30;
/// The number of rounds by the environment, for long runs.
const ROUNDS_BY: &str = "BILLFOLD_ROUNDS";

fn rounds() -> usize {
    match std::env::var(ROUNDS_BY) {
        Ok(text) => text.parse().expect("a number of rounds"),
        Err(_) => ROUNDS,
    }
}

/// A change that commits after a later tag was handed out is still seen: two cards of one phone, the first
/// one's order still open while the second one's commits and the phone asks. Only where writers do not queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_commits_late_is_still_seen() {
    let counter = Counter::open(Database::postgres()).await;
    let all = counter.hand_out(2).await;
    let [early, late] = all.as_slice() else {
        panic!("two")
    };
    register(counter.house(), late, early.device.as_str(), &early.token).await;
    let mut phone = Phone::holding(&all);
    phone.refresh(&counter).await;
    let (began, has_begun) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (house, code) = (counter.house().clone(), early.code.clone());
    let open = tokio::spawn(async move {
        let deed = Deed::begin(&house, Caller::local("test", house.now()));
        let order = NewOrder {
            source: "test".to_owned(),
            external_id: "late".to_owned(),
            holder: Holder::Card(code),
            total_minor: 500,
            currency: None,
            paid_at: None,
            lines: Vec::new(),
            location: None,
            channel: None,
        };
        let write = house.store.write(move |tx| {
            record_order(tx, &deed, &order)?;
            began.send(()).expect("the test waits");
            released.recv().expect("the test releases");
            Ok::<_, ActionError>(())
        });
        write.await.expect("the late order");
        house.bell.ring();
    });
    tokio::task::spawn_blocking(move || has_begun.recv().expect("it begins"))
        .await
        .expect("it begins");
    counter.tick(SECOND);
    counter.order(late, 7).await;
    assert_eq!(phone.refresh(&counter).await, std::slice::from_ref(&late.serial));
    release.send(()).expect("the order waits");
    open.await.expect("the late order");
    assert_eq!(phone.refresh(&counter).await, std::slice::from_ref(&early.serial));
    assert_eq!((phone.balance(early), phone.balance(late)), (15, 17));
    assert_eq!(phone.list(&counter).await, [""; 0]);
    until("the notices", async || {
        counter.are_told(std::slice::from_ref(early)).await
    })
    .await;
    counter.close().await;
}

on_both_databases! {
    /// Two changes in one second, each fetched: the phone is told of both, and the date tells them apart.
    async fn two_changes_in_one_second_are_both_seen(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        let mut phone = Phone::holding(std::slice::from_ref(&held));
        phone.refresh(&counter).await;
        let mut dates = vec![phone.modified(&held).to_owned()];
        for (euros, balance) in [(5, 15), (6, 21), (7, 28)] {
            // The clock stands.
            counter.order(&held, euros).await;
            assert_eq!(phone.refresh(&counter).await, std::slice::from_ref(&held.serial));
            assert_eq!(phone.balance(&held), balance);
            dates.push(phone.modified(&held).to_owned());
        }
        dates.dedup();
        assert_eq!(dates.len(), 4);
        until("the notice", async || counter.is_told(&held).await).await;
        counter.close().await;
    }

    /// A phone registers with the pass that it just fetched while an order changes the card, many times: each
    /// time it is told, and shows the new balance.
    async fn a_registration_that_meets_an_order_is_told(database: Database) {
        let counter = Counter::open(database).await;
        for round in 0..rounds() {
            let held = counter.hand_out_one().await;
            let (device, push_token) = (format!("second-{round}"), token(&format!("second-{round}")));
            let mut phone = Phone::holding(std::slice::from_ref(&held));
            assert!(phone.fetch(&counter, &held.serial).await);
            let barrier = Arc::new(Barrier::new(2));
            let registers = async {
                barrier.wait().await;
                register(counter.house(), &held, &device, &push_token).await;
            };
            let orders = async {
                barrier.wait().await;
                counter.order(&held, 5).await;
            };
            tokio::join!(registers, orders);
            until("the push", async || counter.taken(&push_token) > 0 && counter.taken(&held.token) > 0).await;
            phone.refresh(&counter).await;
            assert_eq!(phone.balance(&held), 15, "round {round}");
        }
        counter.close().await;
    }

    /// A second phone registers while the first is being told of the same version: it is told too, without
    /// waiting for the look whether the first one fetched.
    async fn a_phone_that_registers_during_a_push_is_told(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        let second = token("second");
        counter.shop.apns.script(&held.token, [Step::Slow(Duration::from_millis(500))]);
        counter.order(&held, 5).await;
        until("the lease", async || crate::counter::leases(counter.house()).await == 1).await;
        register(counter.house(), &held, "second", &second).await;
        until("the first phone's notice", async || counter.is_told(&held).await).await;
        let mut phone = Phone::holding(std::slice::from_ref(&held));
        phone.refresh(&counter).await;
        until("the second phone's notice", async || counter.taken(&second) == 1).await;
        counter.close().await;
    }

    /// Two phones hold a card. One is told and fetches while the other cannot be reached: the other is told later.
    async fn a_fetch_of_one_phone_does_not_silence_the_other(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        let second = token("second");
        register(counter.house(), &held, "second", &second).await;
        counter.shop.apns.script(&second, vec![Step::refuse(503, "ServiceUnavailable"); 2]);
        counter.order(&held, 5).await;
        until("the first phone's notice", async || counter.is_told(&held).await).await;
        let mut phone = Phone::holding(std::slice::from_ref(&held));
        phone.refresh(&counter).await;
        until("the record of the fetch", async || counter.pass(&held, Wallet::Apple).await.fetched_version == 2).await;
        counter.advance_until("the second phone's notice", SECOND, 60 * SECOND, async || counter.taken(&second) == 1).await;
        counter.close().await;
    }

    /// A browser that opens the card's link while Apple is out of order is no phone: the phone is told later.
    async fn a_download_by_a_browser_does_not_silence_the_phone(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        let (_, sheet) = counter.shop.get(&format!("/v1/cards/{}", held.code)).await;
        let link = sheet["card"]["passes"]["apple"]["url"].as_str().expect("a link").to_owned();
        counter.shop.apns.script(&held.token, vec![Step::refuse(503, "ServiceUnavailable"); 2]);
        counter.order(&held, 5).await;
        until("the refusal", async || !counter.pushes(&held.token).is_empty()).await;
        let answer = counter.shop.http.get(link).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert!(!answer.bytes().await.expect("a pass").is_empty());
        // Longer than fetches wait to be recorded.
        tokio::time::sleep(Duration::from_millis(400)).await;
        counter.advance_until("the notice", SECOND, 60 * SECOND, async || counter.taken(&held.token) == 1).await;
        counter.close().await;
    }

    /// A browser has the newest pass; then a phone registers with an older one that it kept: it is told.
    async fn a_phone_that_registers_with_an_old_pass_is_told(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        let mut phone = Phone::holding(std::slice::from_ref(&held));
        phone.refresh(&counter).await;
        counter.order(&held, 5).await;
        until("the first phone's notice", async || counter.is_told(&held).await).await;
        phone.refresh(&counter).await;
        until("the record of the fetch", async || counter.pass(&held, Wallet::Apple).await.fetched_version == 2).await;
        let second = token("second");
        register(counter.house(), &held, "second", &second).await;
        until("its notice", async || counter.taken(&second) == 1).await;
        counter.close().await;
    }

    /// A phone that registers again with another push token is told by that token of what the old one was told.
    async fn a_phone_with_a_new_push_token_is_told_again(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(2).await;
        let [first, second] = all.as_slice() else { panic!("two") };
        register(counter.house(), second, first.device.as_str(), &first.token).await;
        for held in &all {
            counter.order(held, 5).await;
        }
        until("the notices", async || counter.is_told(first).await && counter.is_told(second).await).await;
        let fresh = token("fresh");
        counter.shop.apns.clear_journal();
        register(counter.house(), first, first.device.as_str(), &fresh).await;
        until("the notice", async || counter.taken(&fresh) > 0).await;
        until("the other card", async || {
            let registrations = counter.registrations(second).await;
            registrations.iter().all(|(one, _)| one.told_version == 2)
        }).await;
        // Once more with the same token: nothing is new.
        let told = counter.taken(&fresh);
        register(counter.house(), first, first.device.as_str(), &fresh).await;
        counter.advance(3 * SECOND, SECOND).await;
        assert_eq!(counter.taken(&fresh), told);
        assert_eq!(counter.taken(&first.token), 0, "the old token was pushed to");
        counter.close().await;
    }

    /// A dead phone is forgotten at the moment when another registers for the same pass: the pass stays alive.
    async fn forgetting_a_phone_does_not_bury_the_pass_of_another(database: Database) {
        let counter = Counter::open(database).await;
        for round in 0..30 {
            let held = counter.hand_out_one().await;
            let (device, fresh) = (format!("fresh-{round}"), token(&format!("fresh-{round}")));
            counter.shop.apns.script(&held.token, [Step::refuse(410, "Unregistered")]);
            let barrier = Arc::new(Barrier::new(2));
            let registers = async {
                barrier.wait().await;
                until("the push", async || !counter.pushes(&held.token).is_empty()).await;
                register(counter.house(), &held, &device, &fresh).await;
            };
            let orders = async {
                barrier.wait().await;
                counter.order(&held, 5).await;
            };
            tokio::join!(registers, orders);
            until("the forgetting", async || counter.registrations(&held).await.len() == 1).await;
            assert_eq!(counter.pass(&held, Wallet::Apple).await.state, INSTALLED, "round {round}");
            counter.order(&held, 6).await;
            until("the notice", async || {
                let registrations = counter.registrations(&held).await;
                registrations.iter().all(|(one, _)| one.told_version == 3)
            }).await;
        }
        counter.close().await;
    }

    /// A phone that registers again, with the same token, while Apple still calls that token gone, is kept.
    async fn a_phone_that_registers_while_it_is_called_gone_is_kept(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        counter.shop.apns.set_mode(Mode {
            every_push: Some(Step::SlowBody(billfold::simulator::apns::Refusal::new(410, "Unregistered"), Duration::from_millis(15))),
            ..Mode::default()
        });
        counter.order(&held, 5).await;
        until("the push", async || !counter.pushes(&held.token).is_empty()).await;
        counter.tick(SECOND);
        register(counter.house(), &held, held.device.as_str(), &held.token).await;
        counter.shop.apns.set_mode(Mode::default());
        counter.advance_until("the notice", SECOND, 300 * SECOND, async || counter.is_told(&held).await).await;
        assert!(counter.registrations(&held).await[0].1.registered_at < counter.clock.now().plus_ms(1));
        counter.close().await;
    }
}
