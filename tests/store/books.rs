//! The books: answers kept under keys, values that instances share, nonces of Google.

use billfold::store::idempotency::{self, Kept};
use billfold::store::{nonces, settings};
use futures_util::future::join_all;

use crate::house::on_both_databases;
use crate::shop::{NOW, Shop, tally};

fn kept(key: &str, expires_s: i64) -> Kept {
    Kept {
        scope: "prg POST /v1/orders".to_owned(),
        key: key.to_owned(),
        fingerprint: "a hash".to_owned(),
        status: 0,
        body: String::new(),
        expires_at: NOW.plus_ms(expires_s * 1_000),
    }
}

on_both_databases! {
    /// Of many requests under one key at once one runs; the others find its answer, whole.
    async fn one_request_a_key_runs(database: Database) {
        let shop = Shop::open(&database).await;
        let outcomes = join_all((0..32).map(|number| {
            let kept = kept("one", 60);
            shop.write(move |tx| {
                if idempotency::claim(tx, &kept)? {
                    idempotency::set_answer(tx, &kept.scope, &kept.key, 201, &number.to_string())?;
                    return Ok((true, number.to_string()));
                }
                let found = idempotency::find(tx, &kept.scope, &kept.key)?.expect("the winner's row");
                assert_eq!((found.status, found.fingerprint.as_str()), (201, "a hash"));
                Ok((false, found.body))
            })
        }))
        .await;
        let winner = outcomes.iter().find(|(won, _)| *won).expect("a winner").1.clone();
        assert_eq!(tally(outcomes), [((false, winner.clone()), 31), ((true, winner), 1)].into());
    }

    /// A deed that fails frees its key for the next try.
    async fn a_failed_deed_frees_its_key(database: Database) {
        let shop = Shop::open(&database).await;
        let first = kept("again", 60);
        let failed = shop.store.write(move |tx| {
            assert!(idempotency::claim(tx, &first)?);
            Err::<(), _>(billfold::store::StoreError::NotFound)
        }).await;
        assert!(failed.is_err());
        assert!(shop.write(|tx| idempotency::claim(tx, &kept("again", 60))).await);
    }

    /// What is over is dropped, oldest first, so many at a time; the rest stays.
    async fn answers_are_dropped_when_their_time_is_over(database: Database) {
        let shop = Shop::open(&database).await;
        shop.write(|tx| {
            for (key, expires_s) in [("old", -9), ("older", -10), ("now", 0), ("fresh", 1)] {
                idempotency::claim(tx, &kept(key, expires_s))?;
            }
            Ok(())
        }).await;
        let left = || async {
            let mut left = Vec::new();
            for key in ["older", "old", "now", "fresh"] {
                let scope = kept(key, 0).scope;
                if shop.read(move |db| idempotency::find(db, &scope, key)).await.is_some() {
                    left.push(key);
                }
            }
            left
        };
        assert_eq!(shop.write(|tx| idempotency::drop_expired(tx, NOW, 1)).await, 1);
        assert_eq!(left().await, ["old", "now", "fresh"]);
        assert_eq!(shop.write(|tx| idempotency::drop_expired(tx, NOW, 9)).await, 2);
        assert_eq!(left().await, ["fresh"]);
        assert_eq!(shop.write(|tx| idempotency::drop_expired(tx, NOW, 9)).await, 0);
    }

    /// Whoever locks a value is alone with it: thirty-two increments at once, from no value at all.
    async fn a_locked_value_has_one_holder(database: Database) {
        let shop = Shop::open(&database).await;
        let seen = join_all((0..32).map(|_| {
            shop.write(|tx| {
                let before: i64 = settings::lock(tx, "counter", "0", NOW)?.parse().expect("a number");
                settings::set(tx, "counter", &(before + 1).to_string(), NOW)?;
                Ok(before)
            })
        }))
        .await;
        assert_eq!(tally(seen), (0..32).map(|number| (number, 1)).collect());
        assert_eq!(shop.read(|db| settings::find(db, "counter")).await, Some(("32".to_owned(), 32)));
        assert_eq!(shop.read(|db| settings::find(db, "another")).await, None);
    }

    /// A nonce is taken once while it lives; those whose time is over make room.
    async fn a_nonce_is_taken_once(database: Database) {
        let shop = Shop::open(&database).await;
        let takes = join_all((0..16).map(|_| {
            shop.write(|tx| nonces::claim(tx, "a nonce", NOW.plus_ms(1_000), NOW))
        }))
        .await;
        assert_eq!(tally(takes), [(false, 15), (true, 1)].into());
        // Enough old ones for several callers to clear at once.
        shop.write(|tx| {
            for number in 0..90 {
                nonces::claim(tx, &format!("old {number}"), NOW, NOW)?;
            }
            Ok(())
        }).await;
        let later = NOW.plus_ms(1_001);
        let takes = join_all((0..16).map(|_| {
            shop.write(move |tx| nonces::claim(tx, "a nonce", later.plus_ms(1_000), later))
        }))
        .await;
        assert_eq!(tally(takes), [(false, 15), (true, 1)].into(), "its time is over");
    }
}
