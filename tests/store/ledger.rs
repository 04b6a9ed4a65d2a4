//! The ledger: a balance is the sum of its entries, whoever adds at the same time.

use billfold::loyalty::carry::Carried;
use billfold::store::audit::Deed;
use billfold::store::deliveries::{self, Lane};
use billfold::store::idempotency::{self, Kept};
use billfold::store::orders::Order;
use billfold::store::{StoreError, StoreOptions, audit, cards, entries, orders, passes};
use billfold::types::{CardId, OrderId, Points, RequestId};
use diesel::RunQueryDsl as _;
use futures_util::future::join_all;

use crate::house::on_both_databases;
use crate::shop::{NOW, PASS_TYPE, Shop, add, entry, points_of, tally, with_points};

/// Adders at the same time.
const ADDERS: i64 = 32;

fn order(card: &cards::Card, external_id: &str) -> Order {
    Order {
        id: OrderId::new(NOW),
        program_id: card.program_id.clone(),
        source: "till".to_owned(),
        external_id: external_id.to_owned(),
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        fingerprint: String::new(),
        total_minor: 1_250,
        currency: "EUR".parse().unwrap(),
        earned: points_of(12),
        refunded_minor: 0,
        taken_back: Points::ZERO,
        detail: "{}".to_owned(),
        paid_at: NOW,
        created_at: NOW,
        counted: "[]".to_owned(),
        basket: String::new(),
        returned: String::new(),
        flags: String::new(),
    }
}

fn kept(key: &str) -> Kept {
    Kept {
        scope: "test".to_owned(),
        key: key.to_owned(),
        fingerprint: String::new(),
        status: 0,
        body: String::new(),
        expires_at: NOW,
    }
}

fn deed(order: &Order) -> Deed {
    Deed {
        id: RequestId::new(NOW),
        program_id: Some(order.program_id.clone()),
        actor: "test".to_owned(),
        deed: "record_order".to_owned(),
        subject: order.id.to_string(),
        detail: "{}".to_owned(),
        request_id: RequestId::new(NOW).to_string(),
        created_at: NOW,
    }
}

on_both_databases! {
    /// Thirty-two adders at once on two cards: nothing is lost, each change has a version and a second of its own.
    async fn a_balance_is_the_sum_of_its_entries(database: Database) {
        let shop = Shop::open(&database).await;
        let two = shop.cards(2).await;
        join_all((0..ADDERS).map(|adder| {
            let (shop, id) = (&shop, two[usize::try_from(adder % 2).unwrap()].id.clone());
            async move {
                for round in 0..4 {
                    let id = id.clone();
                    shop.write(move |tx| add(tx, &id, adder * 10 - round)).await;
                }
            }
        }))
        .await;
        assert_eq!(shop.read(|db| entries::list_imbalances(db, 9)).await, []);
        for (number, card) in (0..).zip(&two) {
            let adders = (0..ADDERS).filter(|adder| adder % 2 == number);
            let expected: i64 = adders.map(|adder| 4 * adder * 10 - 6).sum();
            let now = shop.get(&card.id).await;
            let changes = ADDERS / 2 * 4;
            assert_eq!(now.balance, points_of(expected));
            assert_eq!(now.version, card.version + changes);
            assert_eq!(now.last_modified, card.last_modified.plus_ms(1_000 * changes));
        }
    }

    /// A balance that strays from its entries is found, with both figures.
    async fn a_balance_without_an_entry_is_found(database: Database) {
        let shop = Shop::open(&database).await;
        let three = shop.cards(3).await;
        let changed = three.clone();
        shop.write(move |tx| {
            add(tx, &changed[0].id, 7)?;
            cards::change(tx, &changed[1], &with_points(&changed[1], 5), true, NOW)?;
            entries::insert(tx, &entry(&changed[2], 3))
        }).await;
        let mut expected = vec![
            (three[1].id.clone(), points_of(5), points_of(0)),
            (three[2].id.clone(), points_of(0), points_of(3)),
        ];
        expected.sort();
        assert_eq!(shop.read(|db| entries::list_imbalances(db, 9)).await, expected);
        assert_eq!(shop.read(|db| entries::list_imbalances(db, 1)).await, expected[..1]);
    }

    /// The card that is given back after a change is the card as it is stored.
    async fn a_changed_card_is_given_back_as_it_is(database: Database) {
        let shop = Shop::open(&database).await;
        let id = shop.card().await.id;
        let changed = {
            let id = id.clone();
            shop.write(move |tx| {
                let card = cards::lock(tx, &id)?;
                let carried = Carried { remainder: 50, per_minor: 100 };
                let change = cards::CardChange { carried, ..with_points(&card, 12) };
                cards::change(tx, &card, &change, true, NOW.plus_ms(60_000))
            }).await
        };
        assert_eq!((changed.balance, changed.remainder, changed.version), (points_of(12), 50, 2));
        assert_eq!(changed.last_modified, NOW.plus_ms(60_000));
        assert_eq!(shop.get(&id).await, changed);
        let touched = shop.write(move |tx| {
            let card = cards::lock(tx, &changed.id)?;
            cards::touch(tx, &card, NOW)
        }).await;
        assert_eq!((touched.balance, touched.version), (points_of(12), 3));
        assert_eq!(touched.last_modified, NOW.plus_ms(61_000), "a clock set back does not set the card back");
    }

    /// Of many who record the same order at once one does, and the others see it stored.
    async fn an_order_is_recorded_once(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        let claims = join_all((0..ADDERS).map(|_| {
            let order = order(&card, "42");
            shop.write(move |tx| {
                let won = orders::claim(tx, &order)?;
                let stored = orders::find_by_external_id(tx, &order.program_id, "till", "42")?;
                let stored = stored.expect("whoever lost sees the winner's order");
                assert_eq!(won, stored.id == order.id);
                Ok(won)
            })
        }))
        .await;
        assert_eq!(tally(claims), [(false, 31), (true, 1)].into());
    }

    /// Orders of one card at once, each stored before its card is locked, do not wait for each other in a ring.
    async fn orders_of_one_card_queue_up(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        join_all((0..ADDERS).map(|number| {
            let order = order(&card, &number.to_string());
            shop.write(move |tx| {
                assert!(orders::claim(tx, &order)?);
                add(tx, &order.card_id, 1)
            })
        }))
        .await;
        assert_eq!(shop.get(&card.id).await.balance, points_of(ADDERS));
    }

    /// An entry is undone at most once, however many try.
    async fn an_entry_is_undone_once(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        let earned = entry(&card, 5);
        let (first, id) = (earned.clone(), earned.id.clone());
        shop.write(move |tx| entries::insert(tx, &first)).await;
        let undone = join_all((0..8).map(|_| {
            let undo = entries::Entry { reverses: Some(id.clone()), ..entry(&card, -5) };
            shop.store.write(move |tx| entries::insert(tx, &undo))
        }))
        .await;
        let refused = undone.iter().filter(|one| matches!(one, Err(StoreError::Duplicate(_)))).count();
        assert_eq!((refused, undone.iter().filter(|one| one.is_ok()).count()), (7, 1), "{undone:?}");
        let reversal = shop.read(move |db| entries::find_reversal(db, &id)).await;
        assert_eq!(reversal.map(|entry| entry.points), Some(points_of(-5)));
    }

    /// An entry comes back as it was stored, its empty fields empty.
    async fn an_entry_comes_back_as_it_was(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        let bare = entry(&card, 1);
        let full = entries::Entry { order_id: Some(OrderId::new(NOW)), reverses: Some(bare.id.clone()), ..entry(&card, 2) };
        let both = [bare.clone(), full.clone()];
        shop.write(move |tx| both.iter().try_for_each(|entry| entries::insert(tx, entry))).await;
        for entry in [bare, full] {
            let id = entry.id.clone();
            assert_eq!(shop.read(move |db| entries::get(db, &id)).await, entry);
        }
    }

    /// What is not there is said not to be there.
    async fn a_missing_card_is_not_found(database: Database) {
        let shop = Shop::open(&database).await;
        let id = CardId::new(NOW);
        let (read, locked) = (id.clone(), id);
        let read: Result<_, StoreError> = shop.store.read(move |db| cards::get(db, &read)).await;
        let locked: Result<_, StoreError> = shop.store.write(move |tx| cards::lock(tx, &locked)).await;
        assert_eq!((read, locked), (Err(StoreError::NotFound), Err(StoreError::NotFound)));
    }
}

#[derive(Debug, diesel::QueryableByName)]
struct Prepared {
    #[diesel(sql_type = diesel::sql_types::Text)]
    statement: String,
}

/// Whatever runs for every order is planned once a connection, not once an order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_statements_of_an_order_are_prepared_once() {
    let database = crate::house::Database::postgres();
    let one = StoreOptions {
        connections: 1,
        ..database.options()
    };
    let shop = Shop::open_with(&one).await;
    let card = shop.card().await;
    for number in 0..3 {
        let order = order(&card, &number.to_string());
        shop.write(move |tx| {
            let kept = kept(&order.external_id);
            assert!(idempotency::claim(tx, &kept)?);
            assert!(orders::claim(tx, &order)?);
            let card = add(tx, &order.card_id, 1)?;
            deliveries::mark(tx, &card.id, card.version, Lane::Instant, NOW)?;
            audit::insert(tx, &deed(&order))?;
            idempotency::set_answer(tx, &kept.scope, &kept.key, 201, "{}")
        })
        .await;
    }
    let serial = shop.pass(&card).await.serial;
    for _ in 0..3 {
        let serial = serial.clone();
        shop.read(move |db| passes::find_with_card(db, PASS_TYPE, &serial))
            .await;
    }
    let found = shop
        .read(|db| {
            let text = "SELECT statement FROM pg_prepared_statements";
            Ok(diesel::sql_query(text).load::<Prepared>(db)?)
        })
        .await;
    for part in [
        "INSERT INTO \"idempotency\"",
        "INSERT INTO \"orders\"",
        "SELECT \"cards\"",
        "FROM (\"passes\" INNER JOIN \"cards\"",
        "INSERT INTO \"entries\"",
        "UPDATE cards SET balance",
        "INSERT INTO deliveries",
        "INSERT INTO \"audit\"",
        "UPDATE idempotency",
    ] {
        let times = found.iter().filter(|one| one.statement.contains(part)).count();
        assert_eq!(times, 1, "{part} in {found:#?}");
    }
}
