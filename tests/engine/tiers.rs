//! Facts about tiers, one test each.

use billfold::actions::GiftNote;
use billfold::actions::issue_gift_card::{NewGiftCard, issue_gift_card};
use billfold::actions::merge_members::merge_members;
use billfold::actions::simulate_order::simulate_order;
use billfold::actions::undo_merge::undo_merge;
use billfold::loyalty::gift::GiftValue;
use billfold::store::{Db, gift_accounts, orders};
use billfold::types::{Money, OrderId, ProgramId, Time};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop, euro, order, time};

const DAY_H: u64 = 24;

async fn program(shop: &Shop, tiers: Value) -> ProgramId {
    shop.program_with_policy("Europe/Berlin", &json!({ "tiers": tiers }))
        .await
}

async fn tier(shop: &Shop, program: &ProgramId, name: &str, threshold: i64, more: Value) -> String {
    let mut body = json!({ "name": name, "threshold": threshold });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    shop.write_term(program, "tier", &body).await
}

/// The tier and what counts.
async fn stands(shop: &Shop, held: &Held) -> (Option<String>, i64) {
    let card = shop.get(held).await;
    (card.tier_id, card.tier_progress)
}

/// What counts towards tiers, counted plainly: the points of orders that were paid since then.
async fn recount(shop: &Shop, ids: &[OrderId], since: Time) -> i64 {
    let ids = ids.to_vec();
    let read = move |db: &mut Db| {
        ids.iter()
            .map(|id| orders::get(db, id))
            .collect::<Result<Vec<_>, _>>()
    };
    let all = shop.read(read).await;
    let counted = all.iter().filter(|order| order.paid_at >= since);
    counted
        .map(|order| order.earned.get() - order.taken_back.get())
        .sum()
}

/// How many gift cards a member can spend.
async fn gifts(shop: &Shop, held: &Held) -> usize {
    let (member, now) = (held.member.clone(), shop.house.now());
    shop.read(move |db| gift_accounts::list_usable(db, &member, now))
        .await
        .len()
}

on_both_databases! {
    /// Shows SR-035: a member climbs at once, over several tiers, and earns more from the next order on.
    async fn a_member_climbs_at_once_and_earns_more_from_then_on(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({ "within": "ever" })).await;
        let silver = tier(&shop, &program, "Silver", 100, json!({})).await;
        let gold = tier(&shop, &program, "Gold", 500, json!({ "multiply": 150 })).await;
        let held = shop.card(&program).await;
        assert_eq!(stands(&shop, &held).await, (None, 0));
        assert_eq!(shop.buy(&held, 9_900).await.order.earned.get(), 99);
        assert_eq!(stands(&shop, &held).await, (None, 99));
        shop.buy(&held, 100).await;
        assert_eq!(stands(&shop, &held).await, (Some(silver), 100));
        assert_eq!(shop.buy(&held, 40_000).await.order.earned.get(), 400, "judged by the tier before it");
        assert_eq!(stands(&shop, &held).await, (Some(gold.clone()), 500));
        let (house, id) = (shop.house.clone(), program.clone());
        let new = order(&held, "asked", 1_000);
        let now = shop.house.now();
        let told = shop.house.store.read(move |db| simulate_order(db, &house, Some(&id), &new, now)).await;
        assert_eq!(told.expect("a simulation").total.get(), 15);
        let bought = shop.buy(&held, 1_000).await;
        assert_eq!(bought.order.earned.get(), 15);
        let extra = bought.entries.iter().find(|entry| entry.kind == "promotion").expect("an entry");
        assert_eq!((extra.points.get(), extra.term_id.as_deref()), (5, Some(gold.as_str())));
        // Spending takes nothing away.
        shop.adjust(&held, -300).await;
        assert_eq!(stands(&shop, &held).await, (Some(gold), 515));
        shop.check(&[held]).await;
    }

    /// Of a tier and a promotion that both multiply the larger counts alone.
    async fn a_tier_and_a_promotion_do_not_multiply_each_other(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({})).await;
        tier(&shop, &program, "Start", 0, json!({ "multiply": 150 })).await;
        let double = json!({ "name": "double", "then": { "multiply": 200 },
            "from": "2026-01-01T00:00:00Z", "until": "2028-01-01T00:00:00Z" });
        shop.write_term(&program, "promotion", &double).await;
        let held = shop.card(&program).await;
        assert_eq!(shop.buy(&held, 10_000).await.order.earned.get(), 200);
    }

    /// A tier that costs nothing is there from the enrolment on, and rules for it count.
    async fn a_tier_without_a_threshold_is_there_from_the_start(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({})).await;
        let start = tier(&shop, &program, "Start", 0, json!({})).await;
        let rule = json!({ "name": "for all", "when": "order", "if": [{ "tier": ["Start"] }],
            "then": { "points": 7, "per": "time" } });
        shop.write_term(&program, "rule", &rule).await;
        let held = shop.card(&program).await;
        assert_eq!(stands(&shop, &held).await, (Some(start), 0));
        assert_eq!(shop.get(&held).await.version, 1, "it is part of the card's first version");
        assert_eq!(shop.buy(&held, 100).await.order.earned.get(), 8);
    }

    /// A tier is kept for the days of grace and then lost by itself; phones are told.
    async fn the_calendar_takes_a_tier_after_the_grace(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({ "within": { "days": 30 }, "grace_days": 10 })).await;
        let silver = tier(&shop, &program, "Silver", 100, json!({})).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 12_000).await;
        let card = shop.get(&held).await;
        // Bought on 18 November in Berlin: counts through 17 December, and ten days of grace.
        assert_eq!(card.tier_until, Some(time("2026-12-27T23:00:00Z")));
        assert_eq!(card.due_at, card.tier_until);
        shop.set_clock("2026-12-20T10:00:00Z");
        shop.buy(&held, 1_000).await;
        assert_eq!(stands(&shop, &held).await, (Some(silver), 10), "in the grace");
        shop.set_clock("2026-12-27T22:59:59.999Z");
        assert!(!shop.settle(&held).await, "not a moment early");
        shop.set_clock("2026-12-27T23:00:00Z");
        let before = shop.get(&held).await;
        assert!(shop.settle(&held).await);
        let after = shop.get(&held).await;
        assert_eq!((after.tier_id, after.tier_until), (None, None));
        assert!(after.version > before.version, "phones show it");
        assert!(!shop.settle(&held).await, "once");
    }

    /// Who gives back what had carried the tier keeps it for the grace only.
    async fn a_refund_takes_what_it_had_carried(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({ "by": "spend", "within": "ever", "grace_days": 0 })).await;
        let silver = tier(&shop, &program, "Silver", 30_000, json!({})).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 12_000).await;
        shop.buy(&held, 12_000).await;
        assert_eq!(stands(&shop, &held).await, (None, 24_000));
        let last = shop.buy(&held, 6_000).await;
        assert_eq!(stands(&shop, &held).await, (Some(silver.clone()), 30_000));
        shop.try_refund(&last.order.id, None, Some(1)).await.expect("a refund");
        assert_eq!(stands(&shop, &held).await, (None, 29_999));
        shop.buy(&held, 1).await;
        assert_eq!(stands(&shop, &held).await, (Some(silver), 30_000));
    }

    /// Many orders on a day are one visit; a day whose orders were all given back is none.
    async fn visits_are_days_with_an_order(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({ "by": "visits", "within": "year" })).await;
        let regular = tier(&shop, &program, "Regular", 3, json!({})).await;
        let held = shop.card(&program).await;
        let first = shop.buy(&held, 300).await;
        let second = shop.buy(&held, 300).await;
        shop.wait_hours(DAY_H);
        shop.buy(&held, 300).await;
        assert_eq!(stands(&shop, &held).await, (None, 2));
        shop.refund(&first.order.id).await;
        assert_eq!(stands(&shop, &held).await, (None, 2), "the other order of the day is left");
        shop.refund(&second.order.id).await;
        assert_eq!(stands(&shop, &held).await, (None, 1));
        for _ in 0..2 {
            shop.wait_hours(DAY_H);
            shop.buy(&held, 300).await;
        }
        assert_eq!(stands(&shop, &held).await, (Some(regular), 3));
        // A late order counts for the day on which it was paid.
        let late = shop.buy_with(&held, 300, |new| new.paid_at = Some(time("2026-11-01T10:00:00Z"))).await;
        assert_eq!(stands(&shop, &held).await.1, 4);
        shop.refund(&late.order.id).await;
        assert_eq!(stands(&shop, &held).await.1, 3);
    }

    /// What signing up earned never counted, so that taking it back takes nothing from what counts.
    async fn a_welcome_that_is_taken_back_leaves_what_counts(database: Database) {
        let shop = Shop::open(database);
        let id = shop.program(|program| program.signup_bonus = 50).await;
        let silver = tier(&shop, &id, "Silver", 100, json!({})).await;
        let held = shop.card(&id).await;
        let welcome = shop.entries(&held).await;
        shop.reverse(&welcome[0].id).await;
        assert_eq!(stands(&shop, &held).await, (None, 0));
        shop.buy(&held, 10_000).await;
        assert_eq!(stands(&shop, &held).await, (Some(silver), 100));
    }

    /// Points of an event that became active later are taken back from the day of the event, not from a day of their own.
    async fn what_an_event_promised_is_taken_back_from_its_day(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({ "within": { "days": 10 }, "grace_days": 0 })).await;
        let silver = tier(&shop, &program, "Silver", 20, json!({})).await;
        let rule = json!({ "name": "a review", "when": { "event": "review" },
            "then": { "points": 30, "per": "time" }, "pending_days": 3 });
        shop.write_term(&program, "rule", &rule).await;
        let held = shop.card(&program).await;
        shop.event(&held, "review").await;
        assert_eq!(stands(&shop, &held).await, (Some(silver.clone()), 30));
        shop.wait_hours(4 * DAY_H);
        assert!(shop.settle(&held).await, "they become active");
        let active = shop.entries(&held).await;
        shop.reverse(&active[0].id).await;
        assert_eq!(stands(&shop, &held).await, (None, 0));
        // The day of the event counts no more, that of the reversal would still.
        shop.wait_hours(8 * DAY_H);
        shop.event(&held, "review").await;
        assert_eq!(stands(&shop, &held).await, (Some(silver), 30));
    }

    /// What counts is what a plain count over the orders gives, after orders, refunds and reversals in any order.
    async fn what_counts_is_what_a_plain_count_gives(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({ "within": { "days": 20 }, "grace_days": 0 })).await;
        tier(&shop, &program, "Silver", 40, json!({ "multiply": 130 })).await;
        tier(&shop, &program, "Gold", 150, json!({ "multiply": 200 })).await;
        let held = shop.card(&program).await;
        let seed: u64 = rand::rng().random_range(0..1_000_000);
        let mut chance = StdRng::seed_from_u64(seed);
        let (mut open, mut all) = (Vec::new(), Vec::new());
        let (mut tiers, mut last) = (0, None);
        for step in 0..120 {
            match chance.random_range(0..10) {
                0 | 1 => shop.wait_hours(chance.random_range(1..100)),
                2 | 3 if !open.is_empty() => {
                    let place = chance.random_range(0..open.len());
                    let (id, left): &mut (OrderId, i64) = &mut open[place];
                    if *left > 0 {
                        let part = chance.random_range(1..=*left);
                        shop.try_refund(id, None, Some(part)).await.expect("a refund");
                        *left -= part;
                    }
                }
                4 => {
                    let undone = shop.buy(&held, chance.random_range(100..3_000)).await;
                    all.push(undone.order.id);
                    if let Some(entry) = undone.entries.first() {
                        shop.reverse(&entry.id).await;
                    }
                }
                _ => {
                    let minor = chance.random_range(1..4_000);
                    let bought = shop.buy(&held, minor).await;
                    all.push(bought.order.id.clone());
                    open.push((bought.order.id, minor));
                }
            }
            shop.settle(&held).await;
            let card = shop.get(&held).await;
            if step % 10 == 9 {
                // Looks at the card anew: an order of nothing brings what the calendar changed.
                all.push(shop.buy(&held, 0).await.order.id);
                let card = shop.get(&held).await;
                let zone = crate::shop::zone("Europe/Berlin");
                let first = zone.local(shop.house.now()).day.plus_days(-19);
                let counted = recount(&shop, &all, zone.start_of(first)).await;
                assert_eq!(card.tier_progress, counted, "seed {seed} step {step}");
            }
            tiers += usize::from(card.tier_id != last);
            last = card.tier_id;
        }
        assert!(tiers >= 2, "nothing was tried: {tiers} changes, seed {seed}");
        shop.check(&[held]).await;
    }

    /// What joined members did counts together, their gift cards are the survivor's, and both go back when they part.
    async fn joined_members_stand_together_until_they_part(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, json!({ "within": "ever", "grace_days": 0 })).await;
        let silver = tier(&shop, &program, "Silver", 100, json!({})).await;
        let (one, other) = (shop.card(&program).await, shop.card(&program).await);
        shop.buy(&one, 6_000).await;
        shop.buy(&other, 7_000).await;
        shop.wait_hours(DAY_H);
        shop.buy(&other, 1_000).await;
        let new = NewGiftCard {
            program: Some(program.clone()),
            amount: Money::new(500, euro()).expect("money"),
            member: Some(other.member.clone()),
            expires_at: None,
            value: GiftValue::Paid,
            note: GiftNote::default(),
        };
        shop.act(move |tx, deed| issue_gift_card(tx, deed, &new)).await.expect("a gift card");
        let (into, from) = (one.member.clone(), other.member.clone());
        let joined = shop.act(move |tx, deed| merge_members(tx, deed, &into, &from, "one person")).await.expect("a merge");
        assert_eq!(stands(&shop, &one).await, (Some(silver.clone()), 140));
        assert_eq!((gifts(&shop, &one).await, gifts(&shop, &other).await), (1, 0));
        shop.buy(&one, 100).await;
        assert_eq!(stands(&shop, &one).await, (Some(silver), 141));
        let merge = joined.merge.id;
        shop.act(move |tx, deed| undo_merge(tx, deed, &merge)).await.expect("they part");
        assert_eq!(stands(&shop, &one).await, (None, 61));
        assert_eq!((gifts(&shop, &one).await, gifts(&shop, &other).await), (0, 1));
        // What was not moved is as it was: the next order shows it.
        shop.buy(&other, 100).await;
        assert_eq!(stands(&shop, &other).await.1, 81);
        shop.check(&[one, other]).await;
    }
}
