//! Losses: a database that goes away, or was never there.

use std::net::TcpListener;
use std::sync::mpsc;

use billfold::store::settings;
use billfold::store::{Store, StoreError, StoreOptions};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use futures_util::future::join_all;

use crate::house::{Database, on_both_databases};
use crate::shop::{NOW, Shop, wait_for};

/// Ends every other connection to the database, as an administrator or a restart does. Those that are opened
/// meanwhile are not waited for.
fn end_connections(url: &str) {
    let mut admin = PgConnection::establish(url).expect("connects");
    admin
        .batch_execute(
            "DO $$ DECLARE ended int[]; BEGIN
                SELECT array_agg(pid) INTO ended FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid();
                PERFORM pg_terminate_backend(pid) FROM unnest(ended) AS pid;
                WHILE EXISTS (SELECT FROM pg_stat_activity WHERE pid = ANY (ended)) LOOP
                    PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
                END LOOP;
            END $$",
        )
        .expect("they end");
}

async fn write(store: &Store) -> Result<(), StoreError> {
    store
        .write(|tx| settings::lock(tx, "a", "0", NOW).map(|_| ()))
        .await
}

async fn read(store: &Store) -> Result<(), StoreError> {
    store.read(|db| settings::find(db, "a").map(|_| ())).await
}

/// A transaction whose connection is lost under it is told so; whoever comes next gets a new connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loss_in_use_is_told_and_mended() {
    let database = Database::postgres();
    let shop = Shop::open(&database).await;
    let (go, gate) = mpsc::channel();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let store = shop.store.clone();
    let under_way = tokio::spawn(async move {
        store
            .write::<_, StoreError, _>(move |tx| {
                settings::lock(tx, "lost", "0", NOW)?;
                begun.send(()).expect("the test waits");
                wait_for(&gate);
                settings::set(tx, "lost", "1", NOW)
            })
            .await
    });
    begins.await.expect("it begins");
    end_connections(database.url());
    go.send(()).expect("it waits");
    let lost = under_way.await.expect("no panic");
    assert!(matches!(&lost, Err(fault) if fault.is_passing()), "{lost:?}");
    let all = join_all((0..64).map(|number| {
        let store = &shop.store;
        async move {
            if number % 2 == 0 {
                write(store).await
            } else {
                read(store).await
            }
        }
    }))
    .await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(shop.read(|db| settings::find(db, "lost")).await, None);
}

/// Connections that were lost while nobody used them cost no write, and at most one read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loss_in_idleness_costs_no_write() {
    let database = Database::postgres();
    let shop = Shop::open(&database).await;
    for first_is_write in [true, false] {
        // All the connections are open.
        assert!(
            join_all((0..64).map(|_| write(&shop.store)))
                .await
                .iter()
                .all(Result::is_ok)
        );
        end_connections(database.url());
        if first_is_write {
            assert_eq!(write(&shop.store).await, Ok(()));
        } else {
            let lost = read(&shop.store).await;
            assert!(lost.as_ref().err().is_none_or(StoreError::is_passing), "{lost:?}");
        }
        let all = join_all((0..64).map(|_| read(&shop.store))).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
    }
}

/// A commit of which nobody knows whether it happened is never told to have succeeded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_gets_no_answer_is_no_success() {
    let database = Database::postgres();
    let shop = Shop::open(&database).await;
    let url = database.url().to_owned();
    let answer: Result<(), StoreError> = shop
        .store
        .write(move |tx| {
            settings::lock(tx, "unsure", "0", NOW)?;
            end_connections(&url);
            Ok(())
        })
        .await;
    assert!(matches!(&answer, Err(fault) if fault.is_passing()), "{answer:?}");
    assert_eq!(write(&shop.store).await, Ok(()));
}

/// An address that no database can have says what one looks like; one where none is says why.
#[test]
fn a_wrong_address_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let below = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    std::fs::write(
        folder.path().join("text.db"),
        "not a database, but long enough to be read as one".repeat(99),
    )
    .unwrap();
    let free_port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for (url, passing, why) in [
        (
            "mysql://localhost/x".to_owned(),
            false,
            "must begin with sqlite:// or postgres://",
        ),
        (
            "billfold.db".to_owned(),
            false,
            "must begin with sqlite:// or postgres://",
        ),
        (below("missing/billfold.db"), true, "unable to open database"),
        (below("text.db"), false, "not a database"),
        (
            format!("postgres://nobody@127.0.0.1:{free_port}/x"),
            true,
            "onnection refused",
        ),
    ] {
        for opened in [
            Store::open(&StoreOptions::new(&url)),
            Store::open_as_is(&StoreOptions::new(&url)),
        ] {
            let Err(fault) = opened else {
                panic!("{url} opened")
            };
            assert_eq!(fault.is_passing(), passing, "{url}: {fault}");
            assert!(fault.to_string().contains(why), "{url}: {fault}");
        }
    }
}

/// A server that takes the call and never speaks is given up.
#[test]
fn a_silent_server_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    // Two seconds is the least that libpq knows.
    let url = format!("postgres://nobody@127.0.0.1:{port}/x?connect_timeout=2");
    let Err(fault) = Store::open(&StoreOptions::new(url)) else {
        panic!("it opened")
    };
    assert!(
        fault.is_passing() && fault.to_string().contains("timeout expired"),
        "{fault}"
    );
}

on_both_databases! {
    /// A store that is dropped and opened again has everything that it said Ok to.
    async fn what_was_ok_is_there_after_reopening(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        drop(shop.store);
        let store = database.open();
        let found: Result<_, StoreError> = store.read({
            let id = card.id.clone();
            move |db| billfold::store::cards::get(db, &id)
        }).await;
        assert_eq!(found, Ok(card));
    }
}
