//! Sixty-four writers at once: nothing is given or taken twice, and the sums agree.

use std::collections::{BTreeMap, BTreeSet};

use billfold::actions::ActionError;
use billfold::actions::refund_order::Refunded;
use billfold::types::RewardId;
use futures_util::future::join_all;
use serde_json::json;

use crate::house::on_both_databases;
use crate::shop::{Held, Shop, order};

/// Writers at once.
const WRITERS: usize = 64;
/// Rounds of each race, if `BILLFOLD_ROUNDS` does not say another number.
const ROUNDS: usize = 10;

fn rounds() -> usize {
    std::env::var("BILLFOLD_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("a number"))
}

/// How often each outcome came up: a word for what was done, the code for what was refused.
fn tally<T>(
    outcomes: Vec<Result<T, ActionError>>,
    word: impl Fn(&T) -> &'static str,
) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for outcome in outcomes {
        let word = outcome.map_or_else(|error| error.code.name(), |done| word(&done));
        *counts.entry(word).or_default() += 1;
    }
    counts
}

fn newness(is_new: bool) -> &'static str {
    if is_new { "new" } else { "again" }
}

/// A program whose points live thirty days, so that each earning fills a bucket; without a base rule if so said.
async fn open(shop: &Shop, earn_points: i64) -> billfold::types::ProgramId {
    let policy = json!({ "expiry": { "days": 30 } }).to_string();
    shop.program(|program| {
        program.policy = policy;
        program.earn_points = earn_points;
    })
    .await
}

async fn balance(shop: &Shop, held: &Held) -> i64 {
    shop.get(held).await.balance.get()
}

on_both_databases! {
    /// Of sixty-four who take the last hundred points one gets them.
    ///
    /// Shows SR-086.
    async fn the_last_points_are_taken_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, 1).await;
        let held = shop.card(&program).await;
        for _ in 0..rounds() {
            shop.adjust(&held, 100).await;
            let outcomes = join_all((0..WRITERS).map(|_| shop.try_adjust(&held, -100))).await;
            assert_eq!(
                tally(outcomes, |_| "taken"),
                [("insufficient_points", WRITERS - 1), ("taken", 1)].into()
            );
            assert_eq!(balance(&shop, &held).await, 0);
        }
        shop.check(&[held]).await;
    }

    /// An order that is sent sixty-four times at once is one order and earns once.
    ///
    /// Shows SR-086, SR-144.
    async fn an_order_sent_by_many_at_once_earns_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, 1).await;
        let held = shop.card(&program).await;
        for round in 1..=rounds() {
            let new = order(&held, &format!("order-{round}"), 4_000);
            let outcomes = join_all((0..WRITERS).map(|_| shop.try_order(new.clone()))).await;
            let of = |one: &Result<_, ActionError>| {
                let one: &billfold::actions::record_order::Recorded = one.as_ref().expect("an order");
                let entries = one.entries.iter().map(|entry| entry.id.to_string());
                (one.order.id.to_string(), entries.collect::<Vec<_>>())
            };
            assert_eq!(outcomes.iter().map(of).collect::<BTreeSet<_>>().len(), 1, "one answer for all");
            assert_eq!(
                tally(outcomes, |one| newness(one.is_new)),
                [("again", WRITERS - 1), ("new", 1)].into()
            );
            assert_eq!(shop.entries(&held).await.len(), round);
            assert_eq!(balance(&shop, &held).await, 40 * i64::try_from(round).expect("few"));
        }
        shop.check(&[held]).await;
    }

    /// A refund that is sent sixty-four times at once takes back once; without an id of its own the order is given
    /// back in whole once and the others are refused.
    ///
    /// Shows SR-086, SR-135 (the double refund).
    async fn a_refund_sent_by_many_at_once_takes_back_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, 1).await;
        let held = shop.card(&program).await;
        for _ in 0..rounds() {
            let first = shop.buy(&held, 4_000).await.order.id;
            let outcomes = join_all((0..WRITERS).map(|_| shop.try_refund(&first, Some("back"), Some(1_500)))).await;
            let is_new = |one: &Refunded| newness(one.is_new);
            assert_eq!(tally(outcomes, is_new), [("again", WRITERS - 1), ("new", 1)].into());
            assert_eq!(balance(&shop, &held).await, 25);
            let outcomes = join_all((0..WRITERS).map(|_| shop.try_refund(&first, None, None))).await;
            assert_eq!(tally(outcomes, is_new), [("already_refunded", WRITERS - 1), ("new", 1)].into());
            assert_eq!(balance(&shop, &held).await, 0);
        }
        shop.check(&[held]).await;
    }

    /// A budget of a hundred points that sixty-four cards want forty each of gives a hundred, not one more or less.
    ///
    /// Shows SR-086.
    async fn a_budget_is_given_to_its_last_point_and_no_further(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, 0).await;
        let cards = shop.cards(&program, WRITERS).await;
        for round in 1..=rounds() {
            let rule = json!({
                "name": "the first", "when": "order", "then": { "points": 40, "per": "time" }, "budget": 100
            });
            shop.write_term(&program, "rule", &rule).await;
            let orders = cards.iter().map(|held| shop.try_order(order(held, &format!("{}-{round}", held.card), 100)));
            let earned: Vec<i64> = join_all(orders)
                .await
                .into_iter()
                .map(|one| one.expect("an order").order.earned.get())
                .collect();
            let mut given: Vec<i64> = earned.iter().copied().filter(|points| *points > 0).collect();
            given.sort_unstable();
            assert_eq!(given, [20, 40, 40], "{earned:?}");
        }
        let mut total = 0;
        for held in &cards {
            total += balance(&shop, held).await;
        }
        assert_eq!(total, 100 * i64::try_from(rounds()).expect("few"));
        shop.check(&cards).await;
    }

    /// What is given once ever is given once to one who asks sixty-four times at once.
    ///
    /// Shows SR-019, SR-086.
    async fn what_is_given_once_ever_is_given_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, 0).await;
        let rule = json!({
            "name": "newsletter", "when": { "event": "newsletter_signup" },
            "then": { "points": 5, "per": "time" }, "limits": [{ "times": 1, "within": "ever" }]
        });
        shop.write_term(&program, "rule", &rule).await;
        let cards = shop.cards(&program, rounds()).await;
        for held in &cards {
            let names: Vec<String> = (0..WRITERS).map(|number| format!("{}-{number}", held.card)).collect();
            let events = names.iter().map(|name| shop.try_event(held, "newsletter_signup", name));
            let outcomes = join_all(events).await;
            let word = |earned| if earned == 5 { "five" } else { "nothing" };
            let is_given = |one: &billfold::actions::record_event::RecordedEvent| word(one.event.earned.get());
            assert_eq!(tally(outcomes, is_given), [("five", 1), ("nothing", WRITERS - 1)].into());
            assert_eq!(balance(&shop, held).await, 5);
        }
        shop.check(&cards).await;
    }

    /// Refunds and adjustments at once: each point is taken once, and only refunds pass zero.
    ///
    /// Shows SR-086.
    async fn refunds_and_adjustments_at_once_agree_in_the_sum(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, 1).await;
        let cards = shop.cards(&program, rounds()).await;
        for held in &cards {
            let bought = shop.buy(held, 10_000).await.order.id;
            let names: Vec<String> = (0..WRITERS / 2).map(|number| format!("back-{number}")).collect();
            let refunds = join_all(names.iter().map(|name| shop.try_refund(&bought, Some(name), Some(200))));
            let adjustments = join_all((0..WRITERS / 2).map(|_| shop.try_adjust(held, -3)));
            let (refunds, adjustments) = futures_util::join!(refunds, adjustments);
            let taken: i64 = refunds.iter().map(|one| one.as_ref().expect("a refund").refund.points.get()).sum();
            assert_eq!(taken, 64);
            let counts = tally(adjustments, |_| "taken");
            let times = counts.get("taken").copied().unwrap_or_default();
            let refused = counts.get("insufficient_points").copied().unwrap_or_default();
            assert_eq!(times + refused, WRITERS / 2, "{counts:?}");
            let times = i64::try_from(times).expect("few");
            assert!(times >= 12, "thirty-six points were left for adjustments: {times}");
            assert_eq!(balance(&shop, held).await, 100 - taken - 3 * times);
        }
        shop.check(&cards).await;
    }

    /// Of sixty-four members who want the last of a reward one gets it, and only that one pays for it.
    ///
    /// Shows SR-042 (the stock), SR-086.
    async fn the_last_of_a_reward_goes_to_one_of_many(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, 1).await;
        let cards = shop.cards(&program, WRITERS).await;
        for held in &cards {
            shop.adjust(held, 5 * i64::try_from(rounds()).expect("few")).await;
        }
        for _ in 0..rounds() {
            let reward = write_reward(&shop, &program, &json!({ "stock": 1, "cost": 5 })).await;
            let outcomes = join_all(cards.iter().map(|held| shop.try_issue(held, &reward))).await;
            let counts = tally(outcomes, |_| "issued");
            assert_eq!(counts, [("issued", 1), ("reward_sold_out", WRITERS - 1)].into());
        }
        let mut left = 0;
        for held in &cards {
            left += balance(&shop, held).await;
        }
        let rounds = i64::try_from(rounds()).expect("few");
        let all = 5 * rounds * i64::try_from(WRITERS).expect("few");
        assert_eq!(left, all - 5 * rounds);
        shop.check(&cards).await;
    }

    /// Half of sixty-four writers give the order back that half want to spend the points of: it is given back once, at
    /// most one reward is issued for the points, and whoever has it owes them.
    ///
    /// Shows SR-086, SR-135 (the double refund).
    async fn a_refund_and_a_reward_want_the_same_points(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, 1).await;
        let reward = write_reward(&shop, &program, &json!({ "cost": 100 })).await;
        let cards = shop.cards(&program, rounds()).await;
        for held in &cards {
            let bought = shop.buy(held, 10_000).await.order.id;
            let refunds = join_all((0..WRITERS / 2).map(|_| shop.try_refund(&bought, Some("back"), None)));
            let wishes = join_all((0..WRITERS / 2).map(|_| shop.try_issue(held, &reward)));
            // Who comes first is left to chance.
            let (refunds, wishes) = futures_util::join!(refunds, wishes);
            let counts = tally(refunds, |one| newness(one.is_new));
            assert_eq!(counts, [("again", WRITERS / 2 - 1), ("new", 1)].into());
            let counts = tally(wishes, |_| "issued");
            let issued = counts.get("issued").copied().unwrap_or_default();
            let refused = counts.get("insufficient_points").copied().unwrap_or_default();
            assert_eq!((issued <= 1, issued + refused), (true, WRITERS / 2), "{counts:?}");
            assert_eq!(balance(&shop, held).await, if issued == 1 { -100 } else { 0 });
        }
        shop.check(&cards).await;
    }
}

/// Writes a reward down that is handed over.
async fn write_reward(
    shop: &Shop,
    program: &billfold::types::ProgramId,
    terms: &serde_json::Value,
) -> RewardId {
    let mut body = json!({ "name": "a cup", "gives": "product" });
    let own = body.as_object_mut().expect("an object");
    own.extend(terms.as_object().expect("terms").clone());
    shop.write_reward(program, &body).await
}
