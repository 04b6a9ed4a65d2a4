//! Phones that were told and do not fetch are told again, up to a limit; one push serves all that a phone holds.

use std::time::Duration;

use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::{ActionError, Caller, Deed};
use billfold::delivery::Options;

use crate::counter::{Counter, Held, pace, register, until};
use crate::house::on_both_databases;
use crate::phone::Phone;
use billfold::types::Wallet;

const MINUTE: Duration = Duration::from_mins(1);

/// Rings up an order on each of these cards in one transaction.
async fn order_all(counter: &Counter, all: &[Held]) {
    let (house, codes) = (counter.house().clone(), all.iter().map(|held| held.code.clone()));
    let codes: Vec<String> = codes.collect();
    let write = counter.house().store.write(move |tx| {
        for code in codes {
            let deed = Deed::begin(&house, Caller::local("test", house.now()));
            let order = NewOrder {
                source: "test".to_owned(),
                external_id: billfold::types::random_token(12),
                holder: Holder::Card(code),
                total_minor: 500,
                currency: None,
                paid_at: None,
                lines: Vec::new(),
                location: None,
                channel: None,
            };
            record_order(tx, &deed, &order)?;
        }
        Ok::<_, ActionError>(())
    });
    write.await.expect("the orders are recorded");
    counter.house().bell.ring();
}

on_both_databases! {
    /// Told again after 2, 4, 8 minutes and no more often than the limit; then the delivery is over.
    async fn a_phone_that_does_not_fetch_is_told_again_up_to_a_limit(database: Database) {
        let options = Options { refetch_max: 3, refetch_after: 2 * MINUTE, ..pace() };
        let counter = Counter::open_with(database, options, crate::counter::limits()).await;
        let held = counter.hand_out_one().await;
        counter.order(&held, 5).await;
        until("the notice", async || counter.is_told(&held).await).await;
        counter.advance_until("the end", MINUTE / 2, 120 * MINUTE, async || {
            counter.delivery(&held, Wallet::Apple).await.is_none()
        }).await;
        let pushes = counter.pushes(&held.token);
        let gaps: Vec<u64> = pushes.windows(2).map(|pair| pair[1].at.since(pair[0].at).as_secs()).collect();
        assert_eq!(gaps, [120, 240, 480]);
        counter.close().await;
    }

    /// A fetch ends the telling, at whichever time it comes.
    async fn a_phone_that_fetches_is_not_told_again(database: Database) {
        let options = Options { refetch_after: 2 * MINUTE, ..pace() };
        let counter = Counter::open_with(database, options, crate::counter::limits()).await;
        let held = counter.hand_out_one().await;
        let mut phone = Phone::holding(std::slice::from_ref(&held));
        counter.order(&held, 5).await;
        until("the notice", async || counter.is_told(&held).await).await;
        counter.advance_until("the second notice", MINUTE / 2, 10 * MINUTE, async || counter.taken(&held.token) == 2).await;
        phone.refresh(&counter).await;
        until("the end", async || counter.delivery(&held, Wallet::Apple).await.is_none()).await;
        counter.advance(120 * MINUTE, 10 * MINUTE).await;
        assert_eq!((counter.taken(&held.token), phone.balance(&held)), (2, 15));
        counter.close().await;
    }

    /// Several changed cards on one phone are one push, and all of them count as told.
    async fn one_push_tells_of_all_cards_of_a_phone(database: Database) {
        let counter = Counter::open(database).await;
        let all = counter.hand_out(4).await;
        let phone = &all[0];
        for held in &all[1..] {
            let old = counter.registrations(held).await.remove(0).0.device_id;
            let claim = crate::counter::claim(held);
            let deed = Deed::begin(counter.house(), Caller::local("phone", counter.house().now()));
            let gone = counter.house().store.write(move |tx| {
                billfold::actions::register_device::unregister_device(tx, &deed, &claim, &old)
            });
            gone.await.expect("the old phone is gone");
            register(counter.house(), held, phone.device.as_str(), &phone.token).await;
        }
        order_all(&counter, &all).await;
        until("the notices", async || {
            let mut told = true;
            for held in &all {
                told &= counter.registrations(held).await.iter().all(|(one, _)| one.told_version == 2);
            }
            told
        }).await;
        assert_eq!(counter.shop.apns.journal().len(), 1);
        let mut shown = Phone::holding(&all);
        let mut named = shown.refresh(&counter).await;
        named.sort();
        let mut serials: Vec<String> = all.iter().map(|held| held.serial.clone()).collect();
        serials.sort();
        assert_eq!(named, serials);
        counter.close().await;
    }

    /// One push token under two device ids is pushed to once, and both registrations count as told.
    async fn one_token_under_two_names_is_pushed_to_once(database: Database) {
        let counter = Counter::open(database).await;
        let held = counter.hand_out_one().await;
        register(counter.house(), &held, "the-same-phone", &held.token).await;
        counter.order(&held, 5).await;
        until("the notice", async || {
            let registrations = counter.registrations(&held).await;
            registrations.len() == 2 && registrations.iter().all(|(one, _)| one.told_version == 2)
        }).await;
        assert_eq!(counter.pushes(&held.token).len(), 1);
        counter.close().await;
    }
}
