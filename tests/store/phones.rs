//! Phones: registered, told, forgotten, and heard when they complain.

use billfold::store::cards::Card;
use billfold::store::device_logs::{self, LINES_MAX};
use billfold::store::devices::{self, Device, Registration};
use billfold::store::passes::{self, Pass, PassAt};
use billfold::store::{Store, StoreError};
use billfold::types::{DeviceId, PushToken};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types};
use futures_util::future::join_all;

use crate::house::{Database, on_both_databases};
use crate::shop::{NOW, PASS_TYPE, Shop, until, wait_for};

fn device(name: &str, token: &str, registered_s: i64) -> Device {
    Device {
        device_id: name.parse().unwrap(),
        pass_type: PASS_TYPE.to_owned(),
        push_token: token.parse().unwrap(),
        registered_at: NOW.plus_ms(registered_s * 1_000),
    }
}

fn registration(device: &Device, pass: &Pass) -> Registration {
    Registration {
        device_id: device.device_id.clone(),
        pass_type: device.pass_type.clone(),
        pass_id: pass.id.clone(),
        card_id: pass.card_id.clone(),
        told_version: 0,
        created_at: device.registered_at,
    }
}

/// Registers a phone for a pass, as the deed does.
async fn register(shop: &Shop, device: &Device, pass: &Pass) -> bool {
    let (device, row) = (device.clone(), registration(device, pass));
    shop.write(move |tx| {
        devices::put(tx, &device)?;
        devices::register(tx, &row)
    })
    .await
}

async fn versions(shop: &Shop, device: &Device) -> Vec<(String, i64)> {
    let id = device.device_id.clone();
    shop.read(move |db| devices::list_versions(db, &id, PASS_TYPE, 100))
        .await
}

async fn find(shop: &Shop, device: &Device) -> Option<Device> {
    let id = device.device_id.clone();
    shop.read(move |db| devices::find(db, &id, PASS_TYPE)).await
}

async fn unregister(shop: &Shop, device: &Device, pass: &Pass) -> bool {
    let (device, pass) = (device.device_id.clone(), pass.id.clone());
    shop.write(move |tx| devices::unregister(tx, &device, PASS_TYPE, &pass))
        .await
}

/// Cards with their passes.
async fn passes(shop: &Shop, number: usize) -> Vec<(Card, Pass)> {
    let cards = shop.cards(number).await;
    let mut both = Vec::new();
    for card in cards {
        let pass = shop.pass(&card).await;
        both.push((card, pass));
    }
    both
}

on_both_databases! {
    /// A phone sees the passes that it registered, at their versions, until it takes them back one by one.
    async fn a_phone_has_the_passes_that_it_registered(database: Database) {
        let shop = Shop::open(&database).await;
        let both = passes(&shop, 2).await;
        let (phone, other) = (device("phone", "aa", 0), device("other", "bb", 0));
        assert!(register(&shop, &phone, &both[0].1).await);
        assert!(!register(&shop, &phone, &both[0].1).await, "registered before");
        assert!(register(&shop, &phone, &both[1].1).await);
        assert!(register(&shop, &other, &both[1].1).await);
        let serials = both.iter().map(|(_, pass)| (pass.serial.clone(), 1));
        let mut expected: Vec<_> = serials.collect();
        expected.sort();
        let mut found = versions(&shop, &phone).await;
        found.sort();
        assert_eq!(found, expected);
        let changed = both[1].0.clone();
        shop.write(move |tx| billfold::store::cards::touch(tx, &changed, NOW)).await;
        assert_eq!(versions(&shop, &other).await, [(both[1].1.serial.clone(), 2)]);

        assert!(unregister(&shop, &phone, &both[0].1).await);
        assert!(!unregister(&shop, &phone, &both[0].1).await, "taken back before");
        assert_eq!(find(&shop, &phone).await, Some(phone.clone()), "it still has a pass");
        assert!(unregister(&shop, &phone, &both[1].1).await);
        assert_eq!(find(&shop, &phone).await, None, "it has none left");
        assert_eq!(versions(&shop, &other).await.len(), 1);
    }

    /// A phone's newest push token is the one that counts, for all its passes.
    async fn a_new_push_token_replaces_the_old(database: Database) {
        let shop = Shop::open(&database).await;
        let (card, pass) = passes(&shop, 1).await.remove(0);
        register(&shop, &device("phone", "aa", 0), &pass).await;
        let renewed = device("phone", "bb", 5);
        register(&shop, &renewed, &pass).await;
        assert_eq!(find(&shop, &renewed).await, Some(renewed.clone()));
        let targets = shop.read(move |db| devices::list_targets(db, &[card.id])).await;
        assert_eq!(targets.len(), 1);
        assert_eq!((&targets[0].push_token, targets[0].registered_at), (&renewed.push_token, renewed.registered_at));
    }

    /// A dead token takes its phones along, but not one that registered after Apple saw it die.
    async fn a_dead_token_spares_who_registered_since(database: Database) {
        let shop = Shop::open(&database).await;
        let three = passes(&shop, 3).await;
        let phones = [device("early", "aa", 0), device("late", "aa", 10), device("stranger", "bb", 0)];
        for (phone, (_, pass)) in phones.iter().zip(&three) {
            register(&shop, phone, pass).await;
        }
        let forget = |since: Option<i64>| {
            let since = since.map(|seconds| NOW.plus_ms(seconds * 1_000));
            let token: PushToken = "aa".parse().unwrap();
            shop.write(move |tx| devices::forget_token(tx, &token, PASS_TYPE, since))
        };
        assert_eq!(forget(Some(-1)).await, []);
        assert_eq!(forget(Some(9)).await, [three[0].1.id.clone()]);
        assert_eq!(find(&shop, &phones[0]).await, None);
        assert_eq!(versions(&shop, &phones[0]).await, []);
        assert_eq!(find(&shop, &phones[1]).await, Some(phones[1].clone()));
        assert_eq!(forget(None).await, [three[1].1.id.clone()]);
        assert_eq!(forget(None).await, []);
        assert_eq!(find(&shop, &phones[2]).await, Some(phones[2].clone()));
        assert_eq!(shop.read(devices::count).await, 1);
    }

    /// What phones were told and what they fetched only ever goes up, also within one batch.
    async fn told_and_fetched_only_go_up(database: Database) {
        let shop = Shop::open(&database).await;
        let (card, pass) = passes(&shop, 1).await.remove(0);
        let phone = device("phone", "aa", 0);
        register(&shop, &phone, &pass).await;
        for (batch, expected) in [([3, 4, 2], 4), ([1, 2, 3], 4), ([4, 5, 4], 5)] {
            let at = batch.map(|version| PassAt { id: pass.id.clone(), card_id: card.id.clone(), version });
            let told = batch.map(|version| {
                (phone.device_id.clone(), PASS_TYPE.to_owned(), pass.id.clone(), version)
            });
            shop.write(move |tx| {
                passes::record_told(tx, &at, NOW)?;
                passes::record_fetched(tx, &at, NOW)?;
                devices::record_told(tx, &told)
            }).await;
            let now = shop.pass(&card).await;
            assert_eq!((now.told_version, now.fetched_version), (expected, expected));
            let id = card.id.clone();
            let targets = shop.read(move |db| devices::list_targets(db, &[id])).await;
            assert_eq!(targets[0].registration.told_version, expected);
        }
    }

    /// The log of a pass keeps its newest lines, and so do the lines that name no pass; neither grows on.
    async fn logs_keep_the_newest_lines(database: Database) {
        let shop = Shop::open(&database).await;
        let two = passes(&shop, 2).await;
        let (noisy, quiet) = (two[0].1.id.clone(), two[1].1.id.clone());
        for number in 0..LINES_MAX + 10 {
            let (noisy, at) = (noisy.clone(), NOW.plus_ms(number));
            shop.write(move |tx| {
                device_logs::add(tx, Some(&noisy), &format!("line {number}"), at)?;
                device_logs::add(tx, None, &format!("stray {number}"), at)
            }).await;
        }
        let only = quiet.clone();
        shop.write(move |tx| device_logs::add(tx, Some(&only), "quiet", NOW)).await;
        let lines = shop.read(move |db| device_logs::list(db, &noisy)).await;
        let expected = (10..LINES_MAX + 10).rev().map(|number| (NOW.plus_ms(number), format!("line {number}")));
        assert_eq!(lines, expected.collect::<Vec<_>>());
        assert_eq!(shop.read(move |db| device_logs::list(db, &quiet)).await, [(NOW, "quiet".to_owned())]);
        let strays = shop.read(|db| {
            Ok(sql_query("SELECT count(*) AS number FROM device_logs WHERE pass_id IS NULL").get_result::<Count>(db)?)
        }).await;
        assert_eq!(strays.number, LINES_MAX);
    }

    /// Many phones registering and leaving at once end as they would one after the other.
    async fn phones_come_and_go_at_once(database: Database) {
        let shop = Shop::open(&database).await;
        let all = passes(&shop, 8).await;
        let phone = device("phone", "aa", 0);
        for (_, pass) in &all[..4] {
            register(&shop, &phone, pass).await;
        }
        join_all(all.iter().enumerate().map(|(number, (_, pass))| {
            let (shop, phone) = (&shop, &phone);
            async move {
                if number < 4 { unregister(shop, phone, pass).await } else { register(shop, phone, pass).await }
            }
        }))
        .await;
        let mut expected: Vec<_> = all[4..].iter().map(|(_, pass)| (pass.serial.clone(), 1)).collect();
        let mut found = versions(&shop, &phone).await;
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        assert_eq!(find(&shop, &phone).await, Some(phone.clone()));
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    number: i64,
}

/// Runs `first` in an open transaction; when it stands, `second`, which has to wait for it; then lets it go on.
async fn overlapped<T: Send + 'static>(
    shop: &Shop,
    database: &Database,
    first: impl FnOnce(&mut billfold::store::Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    second: impl FnOnce(&mut billfold::store::Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    let (go, gate) = std::sync::mpsc::channel();
    let (stand, stands) = tokio::sync::oneshot::channel();
    let store = shop.store.clone();
    let first = tokio::spawn(async move {
        store
            .write::<_, StoreError, _>(move |tx| {
                first(tx)?;
                stand.send(()).expect("the test waits");
                wait_for(&gate);
                Ok(())
            })
            .await
    });
    stands.await.expect("the first stands");
    let store = shop.store.clone();
    let second = tokio::spawn(async move { store.write(second).await });
    let observer = Store::open_as_is(&database.options()).unwrap();
    until("the second waits for the first", || async {
        let waiting: Result<Count, StoreError> = observer
            .read(|db| {
                let text = "SELECT count(*) AS number FROM pg_stat_activity \
                            WHERE datname = current_database() AND wait_event_type = 'Lock'";
                Ok(sql_query(text).get_result(db)?)
            })
            .await;
        waiting.expect("the observer reads").number == 1
    })
    .await;
    go.send(()).expect("the first waits");
    first.await.expect("no panic").expect("no fault");
    second.await.expect("no panic").expect("no fault")
}

/// A phone that brings a new token while its old one is being forgotten stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_registers_while_it_is_forgotten_stays() {
    let database = Database::postgres();
    let shop = Shop::open(&database).await;
    let (_, pass) = passes(&shop, 1).await.remove(0);
    let phone = device("phone", "aa", 0);
    register(&shop, &phone, &pass).await;
    let renewed = device("phone", "bb", 5);
    let put = renewed.clone();
    let lost = overlapped(
        &shop,
        &database,
        move |tx| devices::put(tx, &put),
        move |tx| devices::forget_token(tx, &phone.push_token, PASS_TYPE, None),
    )
    .await;
    assert_eq!(lost, []);
    assert_eq!(find(&shop, &renewed).await, Some(renewed.clone()));
    assert_eq!(versions(&shop, &renewed).await.len(), 1);
}

/// A phone that registers another pass while it takes its last one back stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_registers_while_it_leaves_stays() {
    let database = Database::postgres();
    let shop = Shop::open(&database).await;
    let two = passes(&shop, 2).await;
    let phone = device("phone", "aa", 0);
    register(&shop, &phone, &two[0].1).await;
    let (put, row) = (phone.clone(), registration(&phone, &two[1].1));
    let (leaver, left): (DeviceId, _) = (phone.device_id.clone(), two[0].1.id.clone());
    let gone = overlapped(
        &shop,
        &database,
        move |tx| {
            devices::put(tx, &put)?;
            devices::register(tx, &row).map(|_| ())
        },
        move |tx| devices::unregister(tx, &leaver, PASS_TYPE, &left),
    )
    .await;
    assert!(gone);
    assert_eq!(versions(&shop, &phone).await, [(two[1].1.serial.clone(), 1)]);
}
