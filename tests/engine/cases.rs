//! Facts about points, one test each.

use billfold::actions::ActionError;
use billfold::actions::change_program::{ProgramChange, change_program};
use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::simulate_order::simulate_order;
use billfold::store::passes::{self, INSTALLED, Pass};
use billfold::store::{Store, deliveries};
use billfold::types::{Currency, PassId, ProgramId, Wallet};
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop, line, order, time};

const DAY_H: u64 = 24;

fn moved(list: &[(&str, i64)]) -> Vec<(String, i64)> {
    list.iter()
        .map(|(kind, points)| ((*kind).to_owned(), *points))
        .collect()
}

/// A program without a base rule.
async fn bare(shop: &Shop) -> ProgramId {
    shop.program(|program| program.earn_points = 0).await
}

/// A rule for each order, with more said of it.
fn rule(points: i64, per: &Value, more: &Value) -> Value {
    let mut body = json!({ "name": "a rule", "when": "order", "then": { "points": points, "per": per } });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

fn promotion(then: &Value) -> Value {
    json!({ "name": "a promotion", "then": then, "from": "2026-01-01T00:00:00Z", "until": "2028-01-01T00:00:00Z" })
}

async fn set_policy(shop: &Shop, program: &ProgramId, policy: Value) {
    let id = program.clone();
    let policy = serde_json::from_value(policy).expect("a policy");
    let change = ProgramChange {
        policy: Some(policy),
        ..ProgramChange::default()
    };
    shop.act(move |tx, deed| change_program(tx, deed, &id, None, change))
        .await
        .expect("a changed program");
}

/// An Apple pass of the card that somebody holds, so that there is a phone to tell.
async fn hold_pass(shop: &Shop, held: &Held) {
    let card = shop.get(held).await;
    let id = PassId::new(card.created_at);
    let pass = Pass {
        program_id: card.program_id,
        card_id: card.id,
        wallet: Wallet::Apple,
        pass_type: "pass.example.shop".to_owned(),
        serial: id.to_string(),
        epoch: 0,
        state: INSTALLED.to_owned(),
        told_version: 0,
        told_at: None,
        fetched_version: 0,
        fetched_at: None,
        shown: None,
        last_error: None,
        created_at: card.created_at,
        id,
    };
    shop.write(move |tx| passes::insert(tx, &pass)).await;
}

/// The version of the card that its phones are to be told of.
async fn told(store: &Store, held: &Held) -> Option<i64> {
    let id = held.card.clone();
    let list = store
        .read::<_, ActionError, _>(move |db| Ok(deliveries::list_by_card(db, &id)?))
        .await;
    list.expect("deliveries")
        .iter()
        .map(|delivery| delivery.version)
        .max()
}

on_both_databases! {
    /// Shows SR-090.
    async fn forty_points_earned_six_times_are_240(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        for _ in 0..6 {
            assert_eq!(shop.buy(&held, 4_000).await.order.earned.get(), 40);
        }
        assert_eq!(shop.points(&held).await, (240, 0));
        shop.check(&[held]).await;
    }

    /// Points wait until goods can no longer be returned; then they are there, and the phones are to be told.
    async fn pending_points_become_spendable_when_the_return_period_ends(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("Europe/Berlin", &json!({})).await;
        shop.write_term(&program, "rule", &rule(1, &json!({ "spend": 100 }), &json!({ "pending_days": 14 }))).await;
        let held = shop.card(&program).await;
        hold_pass(&shop, &held).await;
        let bought = shop.buy(&held, 4_000).await;
        assert_eq!(bought.promised.first().map(|one| one.active_from), Some(time("2026-12-01T23:00:00Z")));
        assert_eq!(shop.points(&held).await, (40, 40), "the base rule's are there at once");
        let refused = shop.try_adjust(&held, -41).await.expect_err("pending points cannot be spent");
        assert_eq!(refused.code.name(), "insufficient_points");
        shop.set_clock("2026-12-01T22:59:59.999Z");
        assert!(!shop.settle(&held).await, "not a moment early");
        let before = told(&shop.house.store, &held).await;
        shop.set_clock("2026-12-01T23:00:00Z");
        assert!(shop.settle(&held).await);
        assert_eq!(shop.points(&held).await, (80, 0));
        assert_eq!(shop.movements(&held).await, moved(&[("activate", 40), ("earn", 40)]));
        let card = shop.get(&held).await;
        assert_eq!(told(&shop.house.store, &held).await, Some(card.version));
        assert!(before < Some(card.version));
        shop.adjust(&held, -80).await;
        shop.check(&[held]).await;
    }

    /// What is returned in time never becomes active, in whole and in part.
    async fn pending_points_of_a_refunded_order_never_become_active(database: Database) {
        let shop = Shop::open(database);
        let program = bare(&shop).await;
        shop.write_term(&program, "rule", &rule(1, &json!({ "spend": 100 }), &json!({ "pending_days": 14 }))).await;
        let held = shop.card(&program).await;
        let whole = shop.buy(&held, 4_000).await.order.id;
        let part = shop.buy(&held, 1_000).await.order.id;
        shop.refund(&whole).await;
        shop.try_refund(&part, None, Some(300)).await.expect("a refund");
        assert_eq!(shop.points(&held).await, (0, 7));
        shop.wait_hours(20 * DAY_H);
        assert!(shop.settle(&held).await);
        assert_eq!(shop.movements(&held).await, moved(&[("activate", 7)]));
        shop.check(&[held]).await;
    }

    async fn points_expire_at_the_end_of_their_last_day_where_the_program_is(database: Database) {
        let shop = Shop::open(database);
        let policy = json!({ "expiry": { "days": 30 } });
        for (zone, last, first) in [
            ("Europe/Berlin", "2026-12-18T22:59:59.999Z", "2026-12-18T23:00:00Z"),
            ("Asia/Tehran", "2026-12-18T20:29:59.999Z", "2026-12-18T20:30:00Z"),
        ] {
            shop.set_clock("2026-11-18T12:00:00Z");
            let program = shop.program_with_policy(zone, &policy).await;
            let held = shop.card(&program).await;
            shop.buy(&held, 4_000).await;
            shop.set_clock(last);
            assert!(!shop.settle(&held).await, "{zone}");
            shop.adjust(&held, -1).await;
            shop.set_clock(first);
            assert!(shop.settle(&held).await, "{zone}");
            assert_eq!(shop.movements(&held).await, moved(&[("adjust", -1), ("earn", 40), ("expire", -39)]), "{zone}");
            assert_eq!(shop.get(&held).await.due_at, None, "{zone}");
            shop.check(&[held]).await;
        }
    }

    /// Not what was earned first but what expires first; points without a date come last.
    async fn what_expires_first_is_spent_first(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 1_000).await;
        set_policy(&shop, &program, json!({ "expiry": { "months": 3 } })).await;
        let late = shop.buy(&held, 2_000).await.order.id;
        set_policy(&shop, &program, json!({ "expiry": { "days": 5 } })).await;
        let soon = shop.buy(&held, 3_000).await.order.id;
        let left = async || {
            let buckets = shop.buckets(&held).await;
            [&soon, &late].map(|id| {
                let own = buckets.iter().filter(|bucket| bucket.order_id.as_ref() == Some(id));
                own.map(|bucket| bucket.remaining.get()).sum::<i64>()
            })
        };
        assert_eq!(left().await, [30, 20]);
        shop.adjust(&held, -29).await;
        assert_eq!(left().await, [1, 20]);
        shop.adjust(&held, -2).await;
        assert_eq!(left().await, [0, 19]);
        shop.adjust(&held, -20).await;
        assert_eq!(left().await, [0, 0]);
        assert_eq!(shop.points(&held).await, (9, 0));
        shop.check(&[held]).await;
    }

    async fn all_points_of_a_card_that_nobody_uses_expire(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("UTC", &json!({ "expiry": { "inactive_days": 30 } })).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 1_000).await;
        shop.wait_hours(20 * DAY_H);
        shop.buy(&held, 2_000).await;
        shop.wait_hours(30 * DAY_H);
        shop.settle(&held).await;
        assert_eq!(shop.points(&held).await, (30, 0), "the thirtieth day is not over");
        shop.wait_hours(DAY_H);
        assert!(shop.settle(&held).await);
        assert_eq!(shop.movements(&held).await, moved(&[("earn", 10), ("earn", 20), ("expire", -30)]));
        shop.check(&[held]).await;
    }

    /// A program that turns from dates to inactivity: what has a date expires on it, spending takes it first, and
    /// nothing of it is left in the books when all is gone.
    async fn points_with_a_date_keep_it_when_a_program_turns_to_inactivity(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("UTC", &json!({ "expiry": { "days": 30 } })).await;
        let cards = shop.cards(&program, 3).await;
        let [dated, spent, idle] = [&cards[0], &cards[1], &cards[2]];
        for held in &cards {
            shop.buy(held, 4_000).await;
        }
        set_policy(&shop, &program, json!({ "expiry": { "inactive_days": 90 } })).await;
        shop.wait_hours(DAY_H);
        shop.buy(dated, 1_000).await;
        shop.adjust(spent, 5).await;
        shop.adjust(spent, -25).await;
        shop.check(&cards).await;
        shop.wait_hours(30 * DAY_H);
        assert!(shop.settle(dated).await, "the date of the first forty");
        assert_eq!(shop.points(dated).await, (10, 0));
        assert!(shop.settle(spent).await);
        assert_eq!(shop.points(spent).await, (5, 0), "what was added later has no date");
        shop.wait_hours(90 * DAY_H);
        assert!(shop.settle(idle).await);
        shop.check(&cards).await;
        assert_eq!(shop.points(idle).await, (0, 0));
    }

    async fn a_refund_of_spent_points_leaves_a_debt_that_later_earning_pays_first(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("UTC", &json!({ "expiry": { "days": 30 } })).await;
        let held = shop.card(&program).await;
        let bought = shop.buy(&held, 4_000).await.order.id;
        shop.adjust(&held, -40).await;
        shop.refund(&bought).await;
        assert_eq!(shop.points(&held).await, (-40, 0));
        let refused = shop.try_adjust(&held, -1).await.expect_err("there is nothing to take");
        assert_eq!(refused.code.name(), "insufficient_points");
        shop.buy(&held, 6_000).await;
        assert_eq!(shop.points(&held).await, (20, 0));
        shop.wait_hours(31 * DAY_H);
        assert!(shop.settle(&held).await);
        assert_eq!(
            shop.movements(&held).await,
            moved(&[("adjust", -40), ("earn", 40), ("earn", 60), ("expire", -20), ("refund", -40)]),
            "only what did not pay the debt can expire"
        );
        shop.check(&[held]).await;
    }

    /// Earned, expired, returned: the points are gone once, not twice.
    async fn points_that_expired_are_not_taken_again_with_their_order(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("UTC", &json!({ "expiry": { "days": 30 } })).await;
        let held = shop.card(&program).await;
        let order = shop.buy(&held, 1_000).await.order.id;
        shop.adjust(&held, -4).await;
        shop.wait_hours(31 * DAY_H);
        shop.settle(&held).await;
        shop.try_refund(&order, None, Some(500)).await.expect("a refund");
        assert_eq!(shop.points(&held).await, (0, 0), "five of the ten, and six had expired");
        shop.refund(&order).await;
        assert_eq!(shop.points(&held).await, (-4, 0), "only what was spent is owed");
        shop.check(&[held]).await;
    }

    /// A free order that earned for being an order can be returned, once.
    async fn an_order_of_nothing_is_returned_once(database: Database) {
        let shop = Shop::open(database);
        let program = bare(&shop).await;
        shop.write_term(&program, "rule", &rule(5, &json!("time"), &json!({}))).await;
        let held = shop.card(&program).await;
        let order = shop.buy(&held, 0).await.order.id;
        assert_eq!(shop.points(&held).await, (5, 0));
        shop.refund(&order).await;
        assert_eq!(shop.points(&held).await, (0, 0));
        let again = shop.try_refund(&order, None, None).await.expect_err("a second refund");
        assert_eq!(again.code.name(), "already_refunded");
        shop.check(&[held]).await;
    }

    /// Points that wait longer than a card may be idle can still be spent when they become active.
    async fn waiting_for_points_is_not_idling(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("UTC", &json!({ "expiry": { "inactive_days": 10 } })).await;
        shop.write_term(&program, "rule", &rule(60, &json!("time"), &json!({ "pending_days": 14 }))).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 0).await;
        shop.wait_hours(15 * DAY_H);
        shop.settle(&held).await;
        assert_eq!(shop.points(&held).await, (60, 0));
        shop.wait_hours(12 * DAY_H);
        shop.settle(&held).await;
        assert_eq!(shop.points(&held).await, (0, 0));
        shop.check(&[held]).await;
    }

    /// An edit from one point per 10,000.00 to one per 1.00 does not turn what is carried into points.
    async fn what_is_carried_keeps_its_worth_when_a_rule_is_edited(database: Database) {
        let shop = Shop::open(database);
        let program = bare(&shop).await;
        let own = |per: i64| rule(1, &json!({ "spend": per }), &json!({}));
        let id = shop.write_term(&program, "rule", &own(1_000_000)).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 990_000).await;
        shop.edit_term(&id, &own(100)).await;
        shop.buy(&held, 1).await;
        assert_eq!(shop.points(&held).await, (1, 0), "99 hundredths were carried, and one came");
        shop.check(&[held]).await;
    }

    async fn small_purchases_that_are_returned_leave_no_point_and_no_remainder(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        let mut orders = Vec::new();
        for _ in 0..99 {
            orders.push(shop.buy(&held, 99).await.order.id);
        }
        let card = shop.get(&held).await;
        assert_eq!((card.balance.get(), card.remainder), (98, 1), "98.01 were spent");
        for id in &orders {
            shop.refund(id).await;
        }
        let card = shop.get(&held).await;
        assert_eq!((card.balance.get(), card.remainder), (0, 0));
        shop.check(&[held]).await;
    }

    /// The nearest whole point, a half for the customer; all refunds together as one, and none twice.
    ///
    /// Shows SR-135.
    async fn a_third_of_an_order_takes_back_a_third_of_its_points(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        let bought = shop.buy_with(&held, 10_000, |new| new.channel = Some("web".to_owned())).await.order.id;
        let back = async |minor| {
            let refunded = shop.try_refund(&bought, None, minor).await;
            refunded.map(|one| one.refund.points.get()).map_err(|error| error.code.name())
        };
        assert_eq!(back(Some(3_333)).await, Ok(33));
        assert_eq!(back(Some(17)).await, Ok(0), "33.50 in all, and a half stays with the customer");
        assert_eq!(back(Some(1)).await, Ok(1));
        assert_eq!(back(Some(6_650)).await, Err("not_refundable"));
        assert_eq!(back(None).await, Ok(66));
        assert_eq!(back(None).await, Err("already_refunded"));
        assert_eq!(shop.points(&held).await, (0, 0));
        shop.check(&[held]).await;
    }

    async fn which_points_a_refund_takes_first_is_not_left_to_chance(database: Database) {
        let shop = Shop::open(database);
        let program = bare(&shop).await;
        set_policy(&shop, &program, json!({ "expiry": { "days": 30 } })).await;
        let first = shop.write_term(&program, "rule", &rule(10, &json!("time"), &json!({}))).await;
        shop.wait_hours(1);
        shop.write_term(&program, "rule", &rule(10, &json!("time"), &json!({}))).await;
        for _ in 0..12 {
            let held = shop.card(&program).await;
            let bought = shop.buy(&held, 1_000).await.order.id;
            shop.try_refund(&bought, None, Some(300)).await.expect("a refund");
            let left = |bucket: &billfold::store::buckets::Bucket| {
                (bucket.term_id.as_ref() == Some(&first), bucket.remaining.get())
            };
            let mut left: Vec<_> = shop.buckets(&held).await.iter().map(left).collect();
            left.sort_unstable();
            assert_eq!(left, [(false, 10), (true, 4)]);
        }
    }

    async fn points_that_come_back_after_their_end_last_thirty_days_more(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("UTC", &json!({ "expiry": { "days": 30 } })).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 4_000).await;
        let taken = shop.adjust(&held, -40).await.entry.id;
        shop.wait_hours(60 * DAY_H);
        shop.reverse(&taken).await;
        shop.wait_hours(30 * DAY_H - 1);
        assert!(!shop.settle(&held).await);
        assert_eq!(shop.points(&held).await, (40, 0));
        shop.wait_hours(1);
        assert!(shop.settle(&held).await);
        assert_eq!(shop.points(&held).await, (0, 0));
        shop.check(&[held]).await;
    }

    async fn thirty_and_twenty_count_as_fifty(database: Database) {
        let shop = Shop::open(database);
        let program = bare(&shop).await;
        shop.write_term(&program, "rule", &rule(1, &json!({ "spend": 5_000 }), &json!({}))).await;
        let held = shop.card(&program).await;
        assert_eq!(shop.buy(&held, 3_000).await.order.earned.get(), 0);
        assert_eq!(shop.buy(&held, 2_000).await.order.earned.get(), 1);
        assert_eq!(shop.buy(&held, 4_999).await.order.earned.get(), 0);
        assert_eq!(shop.buy(&held, 1).await.order.earned.get(), 1);
        assert_eq!(shop.points(&held).await, (2, 0));
    }

    /// Midnight is that of Tehran, at half past eight in the evening in UTC.
    ///
    /// Shows SR-125 (the points of it: a second check-in of a day earns nothing).
    async fn a_check_in_counts_once_a_day_of_the_program(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("Asia/Tehran", &json!({})).await;
        let limited = json!({ "when": { "event": "check_in" }, "limits": [{ "times": 1, "within": "day" }] });
        shop.write_term(&program, "rule", &rule(2, &json!("time"), &limited)).await;
        let held = shop.card(&program).await;
        let mut earned = Vec::new();
        for at in ["2026-11-18T20:29:00Z", "2026-11-18T20:29:59Z", "2026-11-18T20:30:00Z", "2026-11-19T20:29:59Z"] {
            shop.set_clock(at);
            earned.push(shop.event(&held, "check_in").await);
        }
        assert_eq!(earned, [2, 0, 2, 0]);
        assert_eq!(shop.points(&held).await, (4, 0));
    }

    /// Shows SR-047.
    async fn an_event_pays_once_for_each_of_its_ids(database: Database) {
        let shop = Shop::open(database);
        let program = bare(&shop).await;
        shop.write_term(&program, "rule", &rule(3, &json!("time"), &json!({ "when": { "event": "review.posted" } }))).await;
        let held = shop.card(&program).await;
        for (id, balance) in [("a", 3), ("a", 3), ("b", 6), ("a", 6)] {
            shop.try_event(&held, "review.posted", id).await.expect("an event");
            assert_eq!(shop.points(&held).await, (balance, 0), "{id}");
        }
    }

    /// Shows SR-055 (old entries keep their rule's version).
    async fn an_edited_rule_leaves_past_entries_as_they_are(database: Database) {
        let shop = Shop::open(database);
        let program = bare(&shop).await;
        let id = shop.write_term(&program, "rule", &rule(1, &json!({ "spend": 100 }), &json!({}))).await;
        let held = shop.card(&program).await;
        let first = shop.buy(&held, 1_000).await.order.id;
        let before = shop.entries(&held).await;
        shop.edit_term(&id, &rule(3, &json!({ "spend": 100 }), &json!({}))).await;
        assert_eq!(shop.entries(&held).await, before);
        let second = shop.buy(&held, 1_000).await;
        assert_eq!(second.order.earned.get(), 30);
        let versions = |entries: &[billfold::store::entries::Entry]| -> Vec<Option<i64>> {
            entries.iter().map(|entry| entry.term_version).collect()
        };
        assert_eq!((versions(&before), versions(&second.entries)), (vec![Some(1)], vec![Some(2)]));
        assert_eq!(shop.refund(&first).await.refund.points.get(), 10, "what it earned then goes back");
    }

    async fn the_larger_of_two_promotions_counts_and_what_is_added_comes_on_top(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        for (then, earned) in [
            (json!({ "multiply": 200 }), 20),
            (json!({ "multiply": 300 }), 30),
            (json!({ "multiply": 150 }), 30),
            (json!({ "add": 5 }), 35),
        ] {
            shop.write_term(&program, "promotion", &promotion(&then)).await;
            assert_eq!(shop.buy(&held, 1_000).await.order.earned.get(), earned, "{then}");
            shop.wait_hours(1);
        }
        let newest: i64 = shop.entries(&held).await.iter().map(|entry| entry.points.get()).sum();
        assert_eq!(newest, 115);
    }

    async fn of_a_group_the_best_counts_alone(database: Database) {
        let shop = Shop::open(database);
        let program = bare(&shop).await;
        let grouped = json!({ "group": "visit" });
        shop.write_term(&program, "rule", &rule(7, &json!("time"), &grouped)).await;
        shop.write_term(&program, "rule", &rule(3, &json!("item"), &grouped)).await;
        shop.write_term(&program, "rule", &rule(1, &json!("time"), &json!({}))).await;
        let held = shop.card(&program).await;
        for (pieces, earned) in [(1, 8), (2, 8), (3, 10)] {
            let bought = shop.buy_with(&held, 1_000, |new| new.lines = vec![line("tea", pieces, 1_000)]).await;
            assert_eq!(bought.order.earned.get(), earned, "{pieces} pieces");
        }
    }

    /// Shows SR-046.
    async fn rules_for_money_visits_items_and_events_add_up(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        shop.write_term(&program, "rule", &rule(2, &json!("time"), &json!({}))).await;
        shop.write_term(&program, "rule", &rule(3, &json!("item"), &json!({ "of": { "category": ["cake"] } }))).await;
        shop.write_term(&program, "rule", &rule(4, &json!("time"), &json!({ "when": { "event": "review" } }))).await;
        let held = shop.card(&program).await;
        let lines = vec![line("cake", 2, 800), line("tea", 1, 200)];
        assert_eq!(shop.buy_with(&held, 1_000, |new| new.lines = lines).await.order.earned.get(), 10 + 2 + 6);
        assert_eq!(shop.event(&held, "review").await, 4);
        assert_eq!(shop.points(&held).await, (22, 0));
    }

    /// Shows SR-049.
    async fn orders_through_the_app_earn_more(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        shop.write_term(&program, "rule", &rule(5, &json!("time"), &json!({ "if": [{ "channel": ["app"] }] }))).await;
        let held = shop.card(&program).await;
        for (channel, earned) in [(Some("app"), 15), (Some("pos"), 10), (None, 10)] {
            let bought = shop.buy_with(&held, 1_000, |new| new.channel = channel.map(str::to_owned)).await;
            assert_eq!(bought.order.earned.get(), earned, "{channel:?}");
        }
    }

    /// From 14:00 to 17:00 on a Tuesday in Berlin, an hour ahead of UTC in winter; what is foreseen is what is earned.
    ///
    /// Shows SR-050, SR-065 (nothing is written, and what is foreseen is earned).
    async fn a_happy_hour_begins_and_ends_by_the_programs_own_clock(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("Europe/Berlin", &json!({})).await;
        let mut body = promotion(&json!({ "multiply": 200 }));
        body["if"] = json!([{ "weekday": ["tue"] }, { "hours": { "from": "14:00", "to": "17:00" } }]);
        shop.write_term(&program, "promotion", &body).await;
        let held = shop.card(&program).await;
        for (at, earned) in [
            ("2026-11-24T12:59:59Z", 10),
            ("2026-11-24T13:00:00Z", 20),
            ("2026-11-24T15:59:59Z", 20),
            ("2026-11-24T16:00:00Z", 10),
            ("2026-11-25T14:00:00Z", 10),
        ] {
            shop.set_clock(at);
            let (new, house, now) = (order(&held, at, 1_000), shop.house.clone(), time(at));
            let before = (shop.get(&held).await, shop.entries(&held).await);
            let foreseen = shop.house.store.read(move |db| simulate_order(db, &house, None, &new, now)).await;
            assert_eq!((shop.get(&held).await, shop.entries(&held).await), before);
            assert_eq!(foreseen.expect("an answer").total.get(), earned, "{at}");
            assert_eq!(shop.buy(&held, 1_000).await.order.earned.get(), earned, "{at}");
        }
    }

    async fn excluded_categories_earn_nothing(database: Database) {
        let shop = Shop::open(database);
        let policy = json!({ "excluded_categories": ["shipping", "gift_card"] });
        let program = shop.program_with_policy("UTC", &policy).await;
        let held = shop.card(&program).await;
        let lines = vec![line("tea", 1, 1_000), line("shipping", 1, 500), line("gift_card", 1, 5_000)];
        assert_eq!(shop.buy_with(&held, 6_500, |new| new.lines = lines).await.order.earned.get(), 10);
        let lines = vec![line("gift_card", 1, 5_000)];
        assert_eq!(shop.buy_with(&held, 5_000, |new| new.lines = lines).await.order.earned.get(), 0);
    }

    /// Yen have no decimals, euros two, Kuwaiti dinars three.
    /// Shows SR-090.
    async fn every_currency_earns_by_its_whole_units(database: Database) {
        let shop = Shop::open(database);
        for (code, twelve_and_a_bit, rest) in [("JPY", 12, 0), ("EUR", 1_299, 99), ("KWD", 12_999, 999)] {
            let currency: Currency = code.parse().expect("a currency");
            let program = shop.program(|program| {
                program.currency = currency;
                program.earn_per_minor = currency.minor_per_unit();
            }).await;
            let held = shop.card(&program).await;
            assert_eq!(shop.buy(&held, twelve_and_a_bit).await.order.earned.get(), 12, "{code}");
            assert_eq!(shop.get(&held).await.remainder, rest, "{code}");
        }
    }

    /// Shows SR-122.
    async fn the_bonus_for_signing_up_is_given_once_to_a_person(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.signup_bonus = 10).await;
        let mut cards = Vec::new();
        for email in ["lina@example.com", "LINA@example.com"] {
            let enrolment = Enrolment { email: Some(email.to_owned()), ..Enrolment::default() };
            let id = program.clone();
            let enrolled = shop.act(move |tx, deed| enrol(tx, deed, &id, &enrolment)).await.expect("a card");
            assert_eq!(enrolled.sheet.card.balance.get(), 10);
            cards.push(enrolled.sheet.card.id);
        }
        assert_eq!(cards[0], cards[1]);
    }
}
