//! Deliveries: marked with the change, leased to one, settled by whoever holds the lease.

use std::collections::BTreeSet;
use std::time::Duration;

use billfold::store::cards::Card;
use billfold::store::deliveries::{self, DUE, Delivery, Ending, Lane, Settlement, TOLD};
use billfold::store::passes::{self, INSERTED, ISSUED, PassAt, REMOVED};
use billfold::store::{Store, StoreError};
use billfold::types::{CardId, Time, Wallet};
use futures_util::future::join_all;

use crate::house::{Database, on_both_databases};
use crate::shop::{NOW, Shop, add, pass, until};

/// How long the tests lease.
const LEASE: Duration = Duration::from_secs(30);

/// Changes cards and marks them, as every deed does.
async fn change(shop: &Shop, cards: &[Card], lane: Lane, now: Time) -> Vec<Card> {
    let cards = cards.to_vec();
    shop.write(move |tx| {
        let mut changed = Vec::new();
        for card in &cards {
            let card = add(tx, &card.id, 1)?;
            deliveries::mark(tx, &card.id, card.version, lane, now)?;
            changed.push(card);
        }
        Ok(changed)
    })
    .await
}

async fn claim(shop: &Shop, owner: &'static str, lane: Lane, limit: i64, now: Time) -> Vec<Delivery> {
    let mut claimed = shop
        .write(move |tx| deliveries::claim(tx, owner, (Wallet::Apple, lane), limit, now, now.plus(LEASE)))
        .await;
    claimed.sort_by(|left, right| left.card_id.cmp(&right.card_id));
    claimed
}

async fn settle(shop: &Shop, of: &Delivery, ending: Ending, now: Time) {
    let settlement = Settlement {
        card_id: of.card_id.clone(),
        wallet: of.wallet,
        fence: of.fence,
        changed_at: of.changed_at,
        ending,
    };
    shop.write(move |tx| deliveries::settle(tx, &[settlement], now))
        .await;
}

async fn list(shop: &Shop, card: &Card) -> Vec<Delivery> {
    let id = card.id.clone();
    shop.read(move |db| deliveries::list_by_card(db, &id)).await
}

/// The only delivery of a card.
async fn only(shop: &Shop, card: &Card) -> Delivery {
    let mut found = list(shop, card).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn ids(deliveries: &[Delivery]) -> Vec<CardId> {
    deliveries
        .iter()
        .map(|delivery| delivery.card_id.clone())
        .collect()
}

fn after(seconds: i64) -> Time {
    NOW.plus_ms(seconds * 1_000)
}

/// Leases what is due and says that it was told, in another order than it was leased.
async fn claim_and_settle(store: &Store) -> Result<(), StoreError> {
    let mut leased = store
        .write(|tx| deliveries::claim(tx, "a", (Wallet::Apple, Lane::Bulk), 200, NOW, NOW.plus(LEASE)))
        .await?;
    leased.reverse();
    let settlements: Vec<Settlement> = leased
        .into_iter()
        .map(|of| Settlement {
            card_id: of.card_id,
            wallet: of.wallet,
            fence: of.fence,
            changed_at: of.changed_at,
            ending: Ending::Told { look_again: NOW },
        })
        .collect();
    store
        .write(move |tx| deliveries::settle(tx, &settlements, NOW))
        .await
}

on_both_databases! {
    /// Many changes of a card are one delivery: the newest version, the nearer lane, the earlier time.
    async fn many_changes_are_one_delivery(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        change(&shop, std::slice::from_ref(&card), Lane::Bulk, after(5)).await;
        change(&shop, std::slice::from_ref(&card), Lane::Instant, after(9)).await;
        let marked = change(&shop, std::slice::from_ref(&card), Lane::Bulk, after(12)).await.remove(0);
        let expected = Delivery {
            card_id: card.id.clone(),
            wallet: Wallet::Apple,
            program_id: shop.program.clone(),
            version: marked.version,
            lane: Lane::Instant.number(),
            state: DUE.to_owned(),
            due_at: after(5),
            changed_at: after(12),
            attempts: 0,
            pushes: 0,
            fence: after(5).millis(),
            last_error: None,
        };
        assert_eq!(list(&shop, &card).await, [expected]);
    }

    /// Apple is told of passes that a phone holds, Google of objects that nobody removed.
    async fn only_wallets_that_hold_the_card_are_told(database: Database) {
        let shop = Shop::open(&database).await;
        let states = [INSERTED, ISSUED, REMOVED, "installed"];
        let mut told = BTreeSet::new();
        for (apple, google) in states.iter().flat_map(|apple| states.map(|google| (*apple, google))) {
            let card = shop.card().await;
            let held = shop.pass(&card).await;
            let object = passes::Pass { state: google.to_owned(), ..pass(&card, Wallet::Google) };
            shop.write(move |tx| {
                passes::set_state(tx, (&held.id, Wallet::Apple), apple)?;
                passes::insert(tx, &object)
            }).await;
            change(&shop, std::slice::from_ref(&card), Lane::Instant, NOW).await;
            for delivery in list(&shop, &card).await {
                let state = if delivery.wallet == Wallet::Apple { apple } else { google };
                told.insert((delivery.wallet, state));
            }
        }
        let expected = [
            (Wallet::Apple, "installed"),
            (Wallet::Google, INSERTED),
            (Wallet::Google, "installed"),
            (Wallet::Google, ISSUED),
        ];
        assert_eq!(told, BTreeSet::from(expected));
    }

    /// Eight claimers at once lease two hundred rows: each row once, none left.
    async fn each_row_is_leased_once(database: Database) {
        let shop = Shop::open(&database).await;
        let cards = shop.cards(200).await;
        change(&shop, &cards, Lane::Instant, NOW).await;
        let owners = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let claimed = join_all(owners.map(|owner| {
            let shop = &shop;
            async move {
                let mut mine = Vec::new();
                loop {
                    let more = claim(shop, owner, Lane::Instant, 7, NOW).await;
                    if more.is_empty() {
                        return mine;
                    }
                    mine.extend(ids(&more));
                }
            }
        }))
        .await;
        let mut all: Vec<CardId> = claimed.into_iter().flatten().collect();
        all.sort();
        assert_eq!(all, cards.into_iter().map(|card| card.id).collect::<Vec<_>>());
    }

    /// A claimer takes only its lane, only what is due, the longest due first.
    async fn lanes_and_times_are_kept_apart(database: Database) {
        let shop = Shop::open(&database).await;
        let cards = shop.cards(4).await;
        change(&shop, &cards[0..1], Lane::Bulk, after(0)).await;
        change(&shop, &cards[1..2], Lane::Instant, after(2)).await;
        change(&shop, &cards[2..3], Lane::Instant, after(1)).await;
        change(&shop, &cards[3..4], Lane::Instant, after(60)).await;
        let id = |number: usize| cards[number].id.clone();
        assert_eq!(ids(&claim(&shop, "a", Lane::Instant, 1, after(3)).await), [id(2)]);
        assert_eq!(ids(&claim(&shop, "a", Lane::Instant, 9, after(3)).await), [id(1)]);
        assert_eq!(ids(&claim(&shop, "a", Lane::Bulk, 9, after(3)).await), [id(0)]);
        assert_eq!(ids(&claim(&shop, "a", Lane::Instant, 9, after(59)).await), [id(1), id(2)]);
    }

    /// A lease that ran out goes to the next claimer, and the earlier holder settles nothing any more.
    async fn an_expired_lease_goes_to_the_next(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        change(&shop, std::slice::from_ref(&card), Lane::Instant, NOW).await;
        let early = claim(&shop, "early", Lane::Instant, 9, NOW).await.remove(0);
        assert_eq!(claim(&shop, "late", Lane::Instant, 9, after(29)).await, []);
        let late = claim(&shop, "late", Lane::Instant, 9, after(30)).await.remove(0);
        assert_eq!(late.fence, early.fence + 1);
        let before = only(&shop, &card).await;
        for ending in [
            Ending::Done,
            Ending::Told { look_again: after(90) },
            Ending::Retry { at: after(90), error: "early".to_owned() },
            Ending::Paused { until: after(90), error: "early".to_owned() },
        ] {
            settle(&shop, &early, ending, after(31)).await;
            assert_eq!(only(&shop, &card).await, before);
        }
        assert_eq!(claim(&shop, "third", Lane::Instant, 9, after(31)).await, []);
        settle(&shop, &late, Ending::Done, after(31)).await;
        assert_eq!(list(&shop, &card).await, []);
    }

    /// A card that changed while its delivery was out stays due, whatever the sender says of the old version.
    async fn what_changed_meanwhile_stays_due(database: Database) {
        let shop = Shop::open(&database).await;
        for ending in [Ending::Done, Ending::Told { look_again: after(900) }] {
            let card = shop.card().await;
            change(&shop, std::slice::from_ref(&card), Lane::Instant, NOW).await;
            let leased = claim(&shop, "a", Lane::Instant, 9, NOW).await.remove(0);
            let changed = change(&shop, std::slice::from_ref(&card), Lane::Instant, after(1)).await.remove(0);
            settle(&shop, &leased, ending, after(2)).await;
            let left = only(&shop, &card).await;
            assert_eq!((left.version, left.state.as_str(), left.due_at), (changed.version, DUE, after(2)));
            let again = claim(&shop, "b", Lane::Instant, 9, after(2)).await.remove(0);
            assert_eq!(again.version, changed.version);
            settle(&shop, &again, Ending::Done, after(2)).await;
            assert_eq!(list(&shop, &card).await, []);
        }
    }

    /// A told delivery waits for a fetch: one of that version or a newer ends it, an older one does not.
    async fn a_fetch_ends_what_was_told(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        let pass = shop.pass(&card).await;
        let other = shop.card().await;
        let both = change(&shop, &[card.clone(), other.clone()], Lane::Instant, NOW).await;
        for leased in claim(&shop, "a", Lane::Instant, 9, NOW).await {
            settle(&shop, &leased, Ending::Told { look_again: after(90) }, NOW).await;
        }
        let told = only(&shop, &card).await;
        assert_eq!((told.state.as_str(), told.pushes, told.due_at), (TOLD, 1, after(90)));
        assert_eq!(claim(&shop, "a", Lane::Instant, 9, after(89)).await, []);
        let fetch = |version: i64| {
            let at = PassAt { id: pass.id.clone(), card_id: card.id.clone(), version };
            shop.write(move |tx| passes::record_fetched(tx, &[at], after(3)))
        };
        fetch(both[0].version - 1).await;
        assert_eq!(list(&shop, &card).await.len(), 1);
        fetch(both[0].version).await;
        assert_eq!(list(&shop, &card).await, []);
        assert_eq!(list(&shop, &other).await.len(), 1, "another card's delivery went with it");
        let pass = shop.pass(&card).await;
        assert_eq!((pass.fetched_version, pass.fetched_at), (both[0].version, Some(after(3))));
    }

    /// A fetch does not end what is not told yet: the phone may have fetched before the notice is sent.
    async fn a_fetch_leaves_what_is_still_due(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        let pass = shop.pass(&card).await;
        let changed = change(&shop, std::slice::from_ref(&card), Lane::Instant, NOW).await.remove(0);
        let at = PassAt { id: pass.id, card_id: card.id.clone(), version: changed.version };
        shop.write(move |tx| passes::record_fetched(tx, &[at], NOW)).await;
        assert_eq!(only(&shop, &card).await.state, DUE);
    }

    /// A failure counts and waits; a pause waits without counting; success forgets the failures.
    async fn failures_count_and_pauses_do_not(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        change(&shop, std::slice::from_ref(&card), Lane::Instant, NOW).await;
        let mut now = NOW;
        let endings = [
            (Ending::Retry { at: after(10), error: "busy".to_owned() }, 1, "busy", after(10)),
            (Ending::Retry { at: after(30), error: "busy".to_owned() }, 2, "busy", after(30)),
            (Ending::Paused { until: after(60), error: "no key".to_owned() }, 2, "no key", after(60)),
        ];
        for (ending, attempts, error, due_at) in endings {
            let leased = claim(&shop, "a", Lane::Instant, 9, now).await.remove(0);
            settle(&shop, &leased, ending, now).await;
            let left = only(&shop, &card).await;
            let found = (left.state.as_str(), left.attempts, left.last_error.as_deref(), left.due_at);
            assert_eq!(found, (DUE, attempts, Some(error), due_at));
            assert_eq!(claim(&shop, "a", Lane::Instant, 9, due_at.plus_ms(-1)).await, []);
            now = due_at;
        }
        let leased = claim(&shop, "a", Lane::Instant, 9, now).await.remove(0);
        settle(&shop, &leased, Ending::Told { look_again: after(90) }, now).await;
        let left = only(&shop, &card).await;
        assert_eq!((left.state.as_str(), left.attempts, left.last_error), (TOLD, 0, None));
    }

    /// An instance that stops gives its leases back at once, and only its own.
    async fn a_stopping_instance_gives_its_leases_back(database: Database) {
        let shop = Shop::open(&database).await;
        let cards = shop.cards(2).await;
        change(&shop, &cards, Lane::Instant, NOW).await;
        let first = ids(&claim(&shop, "stops", Lane::Instant, 1, NOW).await);
        claim(&shop, "stays", Lane::Instant, 1, NOW).await;
        shop.write(|tx| deliveries::release(tx, "stops")).await;
        assert_eq!(ids(&claim(&shop, "next", Lane::Instant, 9, NOW).await), first);
    }

    /// What waits is counted by state, and the next time to look is that of the earliest that nobody has.
    async fn the_backlog_says_what_waits(database: Database) {
        let shop = Shop::open(&database).await;
        assert_eq!(shop.read(deliveries::backlog).await, deliveries::Backlog::default());
        assert_eq!(shop.read(|db| deliveries::next_due(db, Wallet::Apple)).await, None);
        let cards = shop.cards(3).await;
        for (card, lane, seconds) in
            [(&cards[0], Lane::Instant, 1), (&cards[1], Lane::Bulk, 4), (&cards[2], Lane::Instant, 7)]
        {
            change(&shop, std::slice::from_ref(card), lane, after(seconds)).await;
        }
        assert_eq!(shop.read(|db| deliveries::next_due(db, Wallet::Apple)).await, Some(after(1)));
        let leased = claim(&shop, "a", Lane::Instant, 9, after(1)).await.remove(0);
        assert_eq!(shop.read(|db| deliveries::next_due(db, Wallet::Apple)).await, Some(after(4)), "what is leased is not due");
        settle(&shop, &leased, Ending::Told { look_again: after(2) }, after(1)).await;
        assert_eq!(shop.read(|db| deliveries::next_due(db, Wallet::Apple)).await, Some(after(2)));
        let backlog = deliveries::Backlog { due: 2, told: 1, oldest_changed_at: Some(after(4)) };
        assert_eq!(shop.read(deliveries::backlog).await, backlog);
    }

    /// A new look makes every card of its program new, in slices, and touches no other program.
    async fn a_new_look_marks_the_whole_program(database: Database) {
        let shop = Shop::open(&database).await;
        let cards = shop.cards(5).await;
        let mut after_card = String::new();
        let mut touched = Vec::new();
        loop {
            let (program, from) = (shop.program.clone(), after_card.clone());
            let slice = shop
                .write(move |tx| deliveries::mark_program(tx, &program, &from, 2, after(5)))
                .await;
            let Some(last) = slice.last() else { break };
            assert!(slice.len() <= 2);
            after_card = last.to_string();
            touched.extend(slice);
        }
        assert_eq!(touched, cards.iter().map(|card| card.id.clone()).collect::<Vec<_>>());
        for card in &cards {
            let now = shop.get(&card.id).await;
            assert_eq!((now.version, now.last_modified), (card.version + 1, after(5)));
            let delivery = only(&shop, card).await;
            assert_eq!((delivery.version, delivery.lane), (now.version, Lane::Bulk.number()));
        }
    }

    /// Everything that touches many deliveries at once does so in one order: no two of them wait for each
    /// other. Eight tasks mark, claim, settle and record over the same cards.
    async fn nobody_waits_in_a_ring(database: Database) {
        let shop = Shop::open(&database).await;
        let store = Store::open_as_is(&database.options()).unwrap();
        let cards = shop.cards(60).await;
        let passes = join_all(cards.iter().map(|card| shop.pass(card))).await;
        let mut fetched: Vec<PassAt> = passes
            .iter()
            .map(|pass| PassAt { id: pass.id.clone(), card_id: pass.card_id.clone(), version: 1 })
            .collect();
        let results = join_all((0..8_usize).map(|task| {
            let (store, program) = (store.clone(), shop.program.clone());
            // Each task names the same rows in an order of its own.
            fetched.rotate_left(7 * task);
            let fetched = fetched.clone();
            async move {
                let mut results = Vec::new();
                for round in 0..20_i64 {
                    let (program, mut fetched) = (program.clone(), fetched.clone());
                    for at in &mut fetched {
                        at.version = round;
                    }
                    let result: Result<(), StoreError> = match task % 4 {
                        0 => store
                            .write(move |tx| deliveries::mark_program(tx, &program, "", 200, NOW).map(|_| ()))
                            .await,
                        1 => store.write(move |tx| passes::record_fetched(tx, &fetched, NOW)).await,
                        2 => store.write(move |tx| passes::record_told(tx, &fetched, NOW)).await,
                        _ => claim_and_settle(&store).await,
                    };
                    results.push(result);
                }
                results
            }
        }))
        .await;
        let faults: Vec<_> = results.into_iter().flatten().filter_map(Result::err).collect();
        assert_eq!(faults, []);
    }
}

/// A claimer passes by rows that another claimer's open transaction has, and takes the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claimer_does_not_wait_for_another() {
    let database = Database::postgres();
    let shop = Shop::open(&database).await;
    let cards = shop.cards(2).await;
    change(&shop, &cards, Lane::Instant, NOW).await;
    let (go, gate) = std::sync::mpsc::channel();
    let store = shop.store.clone();
    let slow = tokio::spawn(async move {
        store
            .write::<_, StoreError, _>(move |tx| {
                let lane = (Wallet::Apple, Lane::Instant);
                // The probe below may have both rows for an instant; they are passed by then.
                let claimed = loop {
                    let claimed = deliveries::claim(tx, "slow", lane, 1, NOW, NOW.plus(LEASE))?;
                    if !claimed.is_empty() {
                        break claimed;
                    }
                };
                crate::shop::wait_for(&gate);
                Ok(claimed)
            })
            .await
    });
    // The slow one has a row when only one is left to be had.
    until("the slow claimer has its row", || async {
        let found: Result<Vec<Delivery>, StoreError> = shop
            .store
            .write(|tx| {
                let found = deliveries::claim(tx, "probe", (Wallet::Apple, Lane::Instant), 9, NOW, NOW)?;
                Ok(found)
            })
            .await;
        found.expect("nobody waits").len() == 1
    })
    .await;
    let quick = claim(&shop, "quick", Lane::Instant, 9, NOW).await;
    go.send(()).expect("the slow one waits");
    let slow = slow.await.expect("no panic").expect("no fault");
    let mut both = ids(&quick);
    both.extend(ids(&slow));
    both.sort();
    assert_eq!(both, cards.into_iter().map(|card| card.id).collect::<Vec<_>>());
}
