//! How far a look has come: counted over the passes that somebody holds.

use std::time::Duration;

use billfold::store::deliveries::{self, Delivery, Ending, Lane, Settlement};
use billfold::store::passes;
use billfold::store::rollout::{self, Holders, Rollout};
use billfold::types::Wallet;

use crate::house::on_both_databases;
use crate::shop::{NOW, Shop, pass};

const LEASE: Duration = Duration::from_secs(30);

async fn count(shop: &Shop, cursor: Option<&str>, max: i64) -> Rollout {
    let (program, cursor) = (shop.program.clone(), cursor.map(str::to_owned));
    shop.read(move |db| rollout::count(db, &program, cursor.as_deref(), max))
        .await
}

fn settlement(of: &Delivery, ending: Ending) -> Settlement {
    Settlement {
        card_id: of.card_id.clone(),
        wallet: of.wallet,
        fence: of.fence,
        changed_at: of.changed_at,
        ending,
    }
}

on_both_databases! {
    /// Each pass is counted once, by what is left to do for it.
    async fn every_held_pass_is_counted_once(database: Database) {
        let shop = Shop::open(&database).await;
        assert_eq!(count(&shop, None, 100).await, Rollout::default());
        let cards = shop.cards(5).await;
        let first = cards[0].clone();
        shop.write(move |tx| passes::insert(tx, &pass(&first, Wallet::Google))).await;
        let holders = shop.program.clone();
        let holders = shop.read(move |db| rollout::count_holders(db, &holders, 100)).await;
        assert_eq!(holders, Holders { cards: 5, apple: 0, google: 1 });
        assert_eq!(count(&shop, None, 100).await.done(), 6);

        // Two are marked, the others have yet to be.
        let (program, cursor) = (shop.program.clone(), cards[1].id.to_string());
        let marked = shop
            .write(move |tx| deliveries::mark_program(tx, &program, "", 2, NOW))
            .await;
        assert_eq!(marked.len(), 2);
        let begun = count(&shop, Some(&cursor), 100).await;
        assert_eq!((begun.held, begun.waiting, begun.done()), (6, 6, 0));
        assert!(!begun.is_over());
        // Without a cursor all of them are.
        let half = count(&shop, None, 100).await;
        assert_eq!((half.held, half.waiting, half.done()), (6, 3, 3));
        // Of the first card alone.
        assert_eq!(count(&shop, None, 1).await, Rollout { held: 2, waiting: 2, ..Rollout::default() });

        let leased = shop
            .write(|tx| deliveries::claim(tx, "a", (Wallet::Apple, Lane::Bulk), 10, NOW, NOW.plus(LEASE)))
            .await;
        assert_eq!(leased.len(), 2);
        let endings = [
            Ending::Told { look_again: NOW.plus(LEASE) },
            Ending::Retry { at: NOW.plus(LEASE), error: "timeout".to_owned() },
        ];
        let list: Vec<Settlement> = leased.iter().zip(endings).map(|(one, ending)| settlement(one, ending)).collect();
        shop.write(move |tx| deliveries::settle(tx, &list, NOW)).await;
        let now = count(&shop, None, 100).await;
        assert_eq!(now, Rollout { held: 6, waiting: 1, told: 1, failing: 1, refused: 0 });
        assert_eq!(now.done(), 3);
    }
}
