//! Birthdays, kept once a year where the program is, and what signing up earns if it waits for the first order.

use billfold::actions::change_member::{Edit, MemberChange, change_member};
use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::erase_member::erase_member;
use billfold::delivery::Upkeep;
use billfold::types::ProgramId;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop};

/// Points for a birthday.
const GIFT: i64 = 25;
/// Instances that look at the calendar at once.
const INSTANCES: usize = 8;

/// A program in Berlin that gives for birthdays and for nothing else.
async fn open(shop: &Shop) -> ProgramId {
    let zone = crate::shop::zone("Europe/Berlin");
    let program = shop
        .program(|program| {
            program.time_zone = zone;
            program.earn_points = 0;
        })
        .await;
    let rule = json!({ "name": "Birthday", "when": { "event": "birthday" }, "then": { "points": GIFT, "per": "time" } });
    shop.write_term(&program, "rule", &rule).await;
    program
}

async fn born(shop: &Shop, program: &ProgramId, birth_date: &str) -> Held {
    let program = program.clone();
    let enrolment = Enrolment {
        birth_date: Some(birth_date.to_owned()),
        ..Enrolment::default()
    };
    let enrolled = shop
        .act(move |tx, deed| enrol(tx, deed, &program, &enrolment))
        .await;
    let enrolled = enrolled.expect("a member");
    Held {
        member: enrolled.member.id,
        card: enrolled.sheet.card.id,
    }
}

async fn change(shop: &Shop, held: &Held, birth_date: Edit<String>) {
    let id = held.member.clone();
    let change = MemberChange {
        birth_date,
        ..MemberChange::default()
    };
    shop.act(move |tx, deed| change_member(tx, deed, &id, None, &change))
        .await
        .expect("a changed member");
}

/// Looks at the calendar until nothing is due at an instant; gives the balance after it.
async fn look(shop: &Shop, at: &str, held: &Held) -> i64 {
    shop.set_clock(at);
    let upkeep = Upkeep::new(shop.house.clone());
    while upkeep.congratulate().await.expect("the calendar is read") {}
    shop.get(held).await.balance.get()
}

async fn program_that_waits(shop: &Shop, policy: &Value, more: &Value) -> ProgramId {
    let mut policy = policy.clone();
    policy["welcome_after_first_order"] = json!(true);
    let policy = policy.to_string();
    let program = shop
        .program(|program| {
            program.policy = policy;
            program.signup_bonus = 10;
        })
        .await;
    let mut rule =
        json!({ "name": "Welcome", "when": { "event": "sign_up" }, "then": { "points": 5, "per": "time" } });
    for (name, value) in more.as_object().expect("an object") {
        rule[name] = value.clone();
    }
    shop.write_term(&program, "rule", &rule).await;
    program
}

on_both_databases! {
    /// Shows SR-048, SR-058.
    async fn who_was_born_on_29_february_has_a_birthday_each_year(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let lina = born(&shop, &program, "2000-02-29").await;
        let omar = born(&shop, &program, "2000-02-28").await;
        for (at, both) in [
            ("2027-02-27T12:00:00Z", (0, 0)),
            // One minute before eight in the morning in Berlin.
            ("2027-02-28T06:59:00Z", (0, 0)),
            ("2027-02-28T07:00:00Z", (1, 1)),
            ("2027-02-28T20:00:00Z", (1, 1)),
            ("2027-03-01T12:00:00Z", (1, 1)),
            ("2028-02-28T12:00:00Z", (1, 2)),
            ("2028-02-29T06:59:00Z", (1, 2)),
            ("2028-02-29T07:00:00Z", (2, 2)),
            ("2028-03-01T12:00:00Z", (2, 2)),
            ("2029-02-28T12:00:00Z", (3, 3)),
        ] {
            let balances = (look(&shop, at, &lina).await, look(&shop, at, &omar).await);
            assert_eq!(balances, (both.0 * GIFT, both.1 * GIFT), "{at}");
        }
        let entries = shop.entries(&lina).await;
        assert!(entries.iter().all(|entry| entry.actor == "calendar" && entry.event_id.is_some()));
        shop.check(&[lina, omar]).await;
    }

    /// A changed birth date brings nothing more in that year, nor within twelve months, nor does one that was taken
    /// away and told again.
    ///
    /// Shows SR-048.
    async fn a_changed_birth_date_brings_no_second_birthday(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let lina = born(&shop, &program, "1990-11-20").await;
        assert_eq!(look(&shop, "2026-11-20T08:00:00Z", &lina).await, GIFT);
        for date in ["1990-11-21", "1990-12-31"] {
            change(&shop, &lina, Edit::Set(date.to_owned())).await;
            let day = format!("2026{}T08:00:00Z", &date[4..]);
            assert_eq!(look(&shop, &day, &lina).await, GIFT, "{date}");
        }
        change(&shop, &lina, Edit::Clear).await;
        change(&shop, &lina, Edit::Set("1990-01-05".to_owned())).await;
        assert_eq!(look(&shop, "2027-01-05T08:00:00Z", &lina).await, GIFT, "seven weeks after the last");
        assert_eq!(look(&shop, "2028-01-05T08:00:00Z", &lina).await, 2 * GIFT);
        shop.check(&[lina]).await;
    }

    /// Several instances that look at once, and again after a restart, pay each member once.
    ///
    /// Shows SR-058, SR-086.
    async fn a_birthday_is_paid_once_however_many_look(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let mut all = Vec::new();
        for _ in 0..20 {
            all.push(born(&shop, &program, "1990-11-20").await);
        }
        shop.set_clock("2026-11-20T08:00:00Z");
        for _ in 0..3 {
            join_all((0..INSTANCES).map(|_| async {
                let upkeep = Upkeep::new(shop.house.clone());
                while upkeep.congratulate().await.expect("the calendar is read") {}
            }))
            .await;
        }
        for held in &all {
            assert_eq!(shop.entries(held).await.len(), 1);
            assert_eq!(shop.get(held).await.balance.get(), GIFT);
        }
        shop.check(&all).await;
    }

    /// What a stopped service missed is made up for within two days; a birth date that is told only then is not.
    async fn a_missed_birthday_is_made_up_for_and_one_told_late_is_not(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let (lina, omar) = (born(&shop, &program, "1990-11-20").await, born(&shop, &program, "1990-11-19").await);
        shop.set_clock("2026-11-22T08:00:00Z");
        let late = born(&shop, &program, "1990-11-21").await;
        let today = born(&shop, &program, "1990-11-22").await;
        let at = "2026-11-22T08:00:00Z";
        assert_eq!(look(&shop, at, &lina).await, GIFT, "two days ago");
        assert_eq!(look(&shop, at, &omar).await, 0, "three days ago");
        assert_eq!(look(&shop, at, &late).await, 0, "told the day after");
        assert_eq!(look(&shop, at, &today).await, GIFT, "told on the day");
    }

    /// A program without a rule for it, a member who was erased, a card that is void: no birthday.
    async fn nobody_is_congratulated_where_there_is_nothing_to_give(database: Database) {
        let shop = Shop::open(database);
        let (with, without) = (open(&shop).await, shop.program(|_| ()).await);
        let elsewhere = born(&shop, &without, "1990-11-20").await;
        let erased = born(&shop, &with, "1990-11-20").await;
        let id = erased.member.clone();
        shop.act(move |tx, deed| erase_member(tx, deed, &id, None)).await.expect("erased");
        for held in [&elsewhere, &erased] {
            assert_eq!(look(&shop, "2026-11-20T08:00:00Z", held).await, 0);
            assert_eq!(shop.entries(held).await, []);
        }
    }

    /// What signing up earns is there, and can be spent once the member has paid for an order, not for one of nothing.
    async fn a_welcome_that_waits_comes_with_the_first_paid_order(database: Database) {
        let shop = Shop::open(database);
        let program = program_that_waits(&shop, &json!({}), &json!({})).await;
        let held = shop.card(&program).await;
        assert_eq!(shop.points(&held).await, (0, 15));
        let refused = shop.try_adjust(&held, -1).await.expect_err("nothing can be spent yet");
        assert_eq!(refused.code.name(), "insufficient_points");
        shop.buy(&held, 0).await;
        shop.wait_hours(24 * 400);
        shop.settle(&held).await;
        assert_eq!(shop.points(&held).await, (0, 15), "waiting alone brings nothing");
        shop.buy(&held, 100).await;
        assert_eq!(shop.points(&held).await, (16, 0));
        shop.buy(&held, 100).await;
        assert_eq!(shop.points(&held).await, (17, 0));
        shop.check(&[held]).await;
    }

    /// Points that waited live as long as if they were earned with the order.
    async fn a_welcome_that_waited_expires_from_the_order_on(database: Database) {
        let shop = Shop::open(database);
        let program = program_that_waits(&shop, &json!({ "expiry": { "days": 30 } }), &json!({})).await;
        let held = shop.card(&program).await;
        shop.wait_hours(24 * 20);
        shop.buy(&held, 100).await;
        shop.wait_hours(24 * 25);
        shop.settle(&held).await;
        assert_eq!(shop.points(&held).await, (16, 0));
        shop.wait_hours(24 * 7);
        assert!(shop.settle(&held).await);
        assert_eq!(shop.points(&held).await, (0, 0));
        shop.check(&[held]).await;
    }

    /// Sixty-four first orders at once bring the welcome once.
    ///
    /// Shows SR-086.
    async fn a_welcome_that_waits_comes_once_for_many_orders_at_once(database: Database) {
        let shop = Shop::open(database);
        let program = program_that_waits(&shop, &json!({}), &json!({})).await;
        let held = shop.card(&program).await;
        join_all((0..64).map(|_| shop.buy(&held, 100))).await;
        assert_eq!(shop.points(&held).await, (15 + 64, 0));
        shop.check(&[held]).await;
    }
}
