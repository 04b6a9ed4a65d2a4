//! Who bought what: segments of articles and categories, and what is sent by them.

use billfold::actions::change_automation::{create_automation, start_automation};
use billfold::actions::change_campaign::{Start, create_campaign, schedule_campaign};
use billfold::actions::change_member::{MemberChange, change_member};
use billfold::actions::merge_members::merge_members;
use billfold::actions::record_order::Recorded;
use billfold::actions::refund_order::{NewRefund, refund_order};
use billfold::actions::run_automations::step_automations;
use billfold::actions::run_campaign::Runner;
use billfold::actions::undo_merge::undo_merge;
use billfold::loyalty::line_refund::Wanted;
use billfold::loyalty::segment::Criterion;
use billfold::store::segments::{Scope, has_member};
use billfold::store::{Db, StoreError, redemptions};
use billfold::types::{OrderId, ProgramId};
use diesel::connection::SimpleConnection as _;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types};
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::listening::{fields, listener, message, open, say};
use crate::shop::{Held, Shop, line, zone};

/// A purchase of a piece of each category.
async fn buy(shop: &Shop, held: &Held, categories: &[&str]) -> Recorded {
    let lines = categories.iter().map(|category| line(category, 1, 500)).collect();
    shop.buy_with(held, 500 * i64::try_from(categories.len()).expect("few"), |new| {
        new.lines = lines;
        new.channel = Some("web".to_owned());
    })
    .await
}

async fn is_in(shop: &Shop, program: &ProgramId, held: &Held, criterion: Value) -> bool {
    let criterion: Criterion = serde_json::from_value(criterion).expect("a criterion");
    let (program, card, now) = (program.clone(), held.card.clone(), shop.house.now());
    shop.read(move |db| {
        let zone = zone("Europe/Berlin");
        let scope = Scope {
            program: &program,
            today: zone.local(now).day,
            zone,
        };
        has_member(db, scope, &criterion, &card)
    })
    .await
}

fn bought(category: &str, at_least: i64) -> Value {
    json!({ "bought": { "category": [category], "at_least": at_least, "within_days": 365 } })
}

async fn give_back_line(shop: &Shop, order: &OrderId, line: usize) {
    let id = order.clone();
    let new = NewRefund {
        external_id: None,
        amount: None,
        lines: vec![Wanted {
            line,
            quantity: 1,
            amount: None,
        }],
        reason: String::new(),
    };
    shop.act(move |tx, deed| refund_order(tx, deed, &id, &new))
        .await
        .expect("a refund");
}

/// Does what is due of automations and campaigns; gives how many messages were put on cards.
async fn run(shop: &Shop) -> usize {
    let mut runner = Runner::default();
    let mut sent = 0;
    loop {
        let automated = step_automations(&shop.house).await.expect("a step");
        let stepped = runner.step(&shop.house).await.expect("a step");
        sent += automated.sent + stepped.sent;
        if !automated.is_busy && !stepped.is_busy {
            return sent;
        }
    }
}

async fn switch_on(shop: &Shop, program: &ProgramId, body: Value) {
    let program = program.clone();
    let made = shop.act(move |tx, deed| create_automation(tx, deed, &program, fields(body)));
    let id = made.await.expect("an automation").id;
    shop.act(move |tx, deed| start_automation(tx, deed, (&id, None)))
        .await
        .expect("it is on");
}

async fn schedule(shop: &Shop, program: &ProgramId, body: Value) {
    let program = program.clone();
    let made = shop.act(move |tx, deed| create_campaign(tx, deed, &program, fields(body)));
    let id = made.await.expect("a campaign").id;
    shop.act(move |tx, deed| schedule_campaign(tx, deed, (&id, None), Start::AsWritten))
        .await
        .expect("it is scheduled");
}

async fn rewards(shop: &Shop, held: &Held) -> usize {
    let card = held.card.clone();
    shop.read(move |db| redemptions::list_issued(db, &card))
        .await
        .len()
}

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Marked {
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::BigInt)]
    day: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    orders: i64,
}

/// What is kept of all orders, but for what was given back whole.
fn marked(db: &mut Db) -> Result<Vec<Marked>, StoreError> {
    let query = sql_query(
        "SELECT kind, name, day, orders FROM bought_days WHERE orders <> 0 ORDER BY kind, name, day",
    );
    Ok(match db {
        Db::Sqlite(conn) => query.load(conn),
        Db::Postgres(conn) => query.load(conn),
    }?)
}

/// Forgets what is kept, and lets the migration read the orders.
fn reread(db: &mut Db) -> Result<(), StoreError> {
    let up = match db {
        Db::Sqlite(_) => include_str!("../../migrations/sqlite/0032_bought_days/up.sql"),
        Db::Postgres(_) => include_str!("../../migrations/postgres/0032_bought_days/up.sql"),
    };
    let begin = up.find("INSERT INTO").expect("it reads the orders");
    let sql = format!("DELETE FROM bought_days; {}", &up[begin..]);
    match db {
        Db::Sqlite(conn) => conn.batch_execute(&sql),
        Db::Postgres(conn) => conn.batch_execute(&sql),
    }?;
    Ok(())
}

on_both_databases! {
    /// Shows SR-119.
    async fn one_toy_may_be_a_gift_and_three_are_not(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let (aunt, parent) = (shop.card(&program).await, shop.card(&program).await);
        // Two toys at once are one purchase.
        buy(&shop, &aunt, &["toys", "toys", "books"]).await;
        for _ in 0..3 {
            buy(&shop, &parent, &["toys"]).await;
        }
        for (held, least, is_meant) in [(&aunt, 1, true), (&aunt, 3, false), (&aunt, 2, false), (&parent, 3, true), (&parent, 4, false)] {
            assert_eq!(is_in(&shop, &program, held, bought("toys", least)).await, is_meant, "{least}");
        }
        let by_web = json!({ "bought": { "channel": ["web"], "at_least": 3 } });
        assert!(is_in(&shop, &program, &parent, by_web.clone()).await);
        assert!(!is_in(&shop, &program, &aunt, by_web).await);
        // The evidence grows old.
        shop.wait_hours(24 * 366);
        assert!(!is_in(&shop, &program, &parent, bought("toys", 1)).await);
        assert!(is_in(&shop, &program, &parent, json!({ "bought": { "category": ["toys"] } })).await);
    }

    async fn what_is_given_back_was_not_bought(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let held = shop.card(&program).await;
        let order = buy(&shop, &held, &["toys", "toys", "books"]).await.order.id;
        let is = async |category: &str| is_in(&shop, &program, &held, bought(category, 1)).await;
        give_back_line(&shop, &order, 0).await;
        assert!(is("toys").await && is("books").await, "a toy is left");
        give_back_line(&shop, &order, 1).await;
        assert!(!is("toys").await && is("books").await);
        give_back_line(&shop, &order, 2).await;
        assert!(!is("books").await);
        // By amount: part of the money leaves what was bought, all of it does not.
        let order = buy(&shop, &held, &["toys"]).await.order.id;
        shop.try_refund(&order, None, Some(100)).await.expect("a refund");
        assert!(is("toys").await);
        shop.refund(&order).await;
        assert!(!is("toys").await);
        assert!(!is_in(&shop, &program, &held, json!({ "bought": { "channel": ["web"] } })).await);
        shop.check(&[held]).await;
    }

    async fn what_joined_members_bought_counts_for_the_one_who_is_left(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let (one, other) = (shop.card(&program).await, shop.card(&program).await);
        buy(&shop, &one, &["toys"]).await;
        buy(&shop, &other, &["toys", "books"]).await;
        let (into, from) = (one.member.clone(), other.member.clone());
        let merge = shop.act(move |tx, deed| merge_members(tx, deed, &into, &from, "a test")).await;
        let merge = merge.expect("they are joined").merge.id;
        assert!(is_in(&shop, &program, &one, bought("toys", 2)).await);
        assert!(is_in(&shop, &program, &one, bought("books", 1)).await);
        shop.act(move |tx, deed| undo_merge(tx, deed, &merge)).await.expect("they are parted");
        for (held, category, is_meant) in [(&one, "toys", true), (&one, "books", false), (&other, "books", true)] {
            assert_eq!(is_in(&shop, &program, held, bought(category, 1)).await, is_meant, "{category}");
        }
        assert!(!is_in(&shop, &program, &one, bought("toys", 2)).await);
    }

    /// Shows SR-028 (bought A and not B: the offer is assigned in one run), SR-128.
    async fn who_bought_jeans_and_no_tops_is_offered_tops(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let reward = shop.write_reward(&program, &json!({ "name": "A top", "cost": 500, "gives": "product" })).await;
        switch_on(&shop, &program, json!({ "name": "Tops", "arms": [{ "text": "A top goes with it" }],
            "when": { "order": { "of": { "category": ["jeans"] } } }, "gives": { "reward": reward },
            "members": { "not": { "bought": { "category": ["tops"] } } } })).await;
        let (jeans, both, tea) = (listener(&shop, &program).await, listener(&shop, &program).await, listener(&shop, &program).await);
        buy(&shop, &both, &["tops"]).await;
        for (held, categories) in [(&jeans, ["jeans"]), (&both, ["jeans"]), (&tea, ["tea"])] {
            buy(&shop, held, &categories).await;
        }
        assert_eq!(run(&shop).await, 1);
        assert_eq!(message(&shop, &jeans).await, "A top goes with it");
        for (held, count) in [(&jeans, 1), (&both, 0), (&tea, 0)] {
            assert_eq!(rewards(&shop, held).await, count);
        }
    }

    /// Shows SR-127.
    async fn who_lacks_a_category_and_is_known_to_want_it_hears_of_it(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let (mother, buyer, nobody) = (listener(&shop, &program).await, listener(&shop, &program).await, listener(&shop, &program).await);
        for held in [&mother, &buyer] {
            let member = held.member.clone();
            let change = MemberChange {
                attributes: serde_json::from_value(json!({ "children": true })).expect("attributes"),
                ..MemberChange::default()
            };
            shop.act(move |tx, deed| change_member(tx, deed, &member, None, &change)).await.expect("a change");
        }
        buy(&shop, &mother, &["dresses"]).await;
        buy(&shop, &buyer, &["dresses", "children"]).await;
        buy(&shop, &nobody, &["dresses"]).await;
        schedule(&shop, &program, json!({ "name": "Onesies", "arms": [{ "text": "A onesie for free" }],
            "schedule": { "at": "2026-11-19T09:00" },
            "members": { "all": [{ "attribute": { "name": "children", "is": ["true"] } },
                { "not": { "bought": { "category": ["children"] } } }] } })).await;
        shop.set_clock("2026-11-19T08:00:00Z");
        assert_eq!(run(&shop).await, 1);
        assert_eq!(message(&shop, &mother).await, "A onesie for free");
    }

    async fn orders_of_before_the_migration_are_read_as_new_ones_are(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("UTC", &json!({})).await;
        let held = shop.card(&program).await;
        let order = buy(&shop, &held, &["toys", "toys", "books"]).await.order.id;
        give_back_line(&shop, &order, 0).await;
        give_back_line(&shop, &order, 2).await;
        let gone = buy(&shop, &held, &["tea"]).await.order.id;
        shop.refund(&gone).await;
        buy(&shop, &held, &["toys", "tops"]).await;
        shop.buy_with(&held, 0, |new| new.location = Some("Lyon".to_owned())).await;
        shop.buy(&held, 700).await;
        let noted = shop.read(marked).await;
        assert_eq!(noted.len(), 4, "toys, tops, web, Lyon: {noted:?}");
        let read_again = shop.write(|tx| {
            reread(tx)?;
            marked(tx)
        });
        assert_eq!(read_again.await, noted);
    }

    /// Shows SR-134.
    async fn who_bought_it_after_it_was_planned_is_left_out(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let (early, late) = (listener(&shop, &program).await, listener(&shop, &program).await);
        schedule(&shop, &program, json!({ "name": "Sofas", "arms": [{ "text": "A coupon for sofas" }],
            "schedule": { "at": "2026-11-19T09:00" },
            "members": { "not": { "bought": { "category": ["sofas"], "within_days": 30 } } } })).await;
        shop.set_clock("2026-11-19T07:59:00Z");
        buy(&shop, &early, &["sofas"]).await;
        assert_eq!(run(&shop).await, 0, "it is planned in a minute");
        shop.set_clock("2026-11-19T08:00:00Z");
        assert_eq!(run(&shop).await, 1);
        assert_eq!(message(&shop, &late).await, "A coupon for sofas");
        assert_eq!(message(&shop, &early).await, "");
    }

    /// Shows SR-027.
    async fn who_looked_at_a_sofa_is_meant_for_seven_days(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let held = shop.card(&program).await;
        say(&shop, &held, true).await;
        shop.event(&held, "viewed.sofa").await;
        let viewed = || json!({ "all": [{ "event": { "type": "viewed.sofa", "within_days": 7 } },
            { "not": { "bought": { "category": ["sofas"] } } }] });
        assert!(is_in(&shop, &program, &held, viewed()).await);
        shop.wait_hours(24 * 6);
        assert!(is_in(&shop, &program, &held, viewed()).await, "the seventh day");
        shop.wait_hours(24);
        assert!(!is_in(&shop, &program, &held, viewed()).await, "the eighth");
        shop.event(&held, "viewed.sofa").await;
        buy(&shop, &held, &["sofas"]).await;
        assert!(!is_in(&shop, &program, &held, viewed()).await, "it was bought");
    }
}
