//! Facts about challenges, one test each.

use std::collections::BTreeSet;

use billfold::actions::look_up_card::look_up_card;
use billfold::actions::merge_members::merge_members;
use billfold::actions::simulate_order::simulate_order;
use billfold::actions::undo_merge::undo_merge;
use billfold::store::redemptions;
use billfold::types::{ProgramId, Time};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop, line, order, time};

/// Orders at once.
const WRITERS: usize = 64;
/// Rounds of the race, if `BILLFOLD_ROUNDS` does not say another number.
const ROUNDS: usize = 10;

/// A challenge of three orders in fourteen days for fifty points, with some fields other; its id.
async fn challenge(shop: &Shop, program: &ProgramId, more: Value) -> String {
    let mut body = json!({ "name": "Three visits", "when": "order", "goal": { "times": 3 },
        "within": { "days": 14 }, "then": { "points": 50 } });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    shop.write_term(program, "challenge", &body).await
}

/// What is done and how often it was won, of the oldest challenge.
async fn stands(shop: &Shop, held: &Held) -> (i64, i64) {
    let standing = standing(shop, held).await;
    (standing.0, standing.1)
}

async fn standing(shop: &Shop, held: &Held) -> (i64, i64, Option<Time>) {
    let (house, card) = (shop.house.clone(), shop.get(held).await);
    let now = shop.house.now();
    let found = shop
        .house
        .store
        .read(move |db| look_up_card(db, &house, card, now))
        .await;
    let all = found.expect("a card").challenges;
    let progress = all.first().expect("a challenge").progress;
    (progress.done, progress.wins, progress.until)
}

on_both_databases! {
    /// Shows SR-034: three visits in fourteen days, told as 1/3 and 2/3, bring the bonus; on the fifteenth day the first
    /// visit counts no more.
    async fn three_visits_in_fourteen_days_bring_the_bonus_and_day_fifteen_resets(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("Europe/Berlin", &json!({})).await;
        let id = challenge(&shop, &program, json!({})).await;
        let (held, late) = (shop.card(&program).await, shop.card(&program).await);
        assert_eq!(stands(&shop, &held).await, (0, 0));
        shop.buy(&held, 500).await;
        shop.buy(&late, 500).await;
        assert_eq!(stands(&shop, &held).await, (1, 0));
        shop.set_clock("2026-11-20T10:00:00Z");
        shop.buy(&held, 500).await;
        shop.buy(&late, 500).await;
        // The first visit was on 18 November and counts through 1 December.
        assert_eq!(standing(&shop, &held).await, (2, 0, Some(time("2026-12-01T23:00:00Z"))));
        assert_eq!(shop.get(&late).await.due_at, Some(time("2026-12-01T23:00:00Z")));
        shop.set_clock("2026-12-01T22:59:59Z");
        let last = shop.buy(&held, 500).await;
        assert_eq!(stands(&shop, &held).await, (3, 1));
        let given: Vec<_> = last.entries.iter().filter(|entry| entry.term_id.as_deref() == Some(id.as_str())).collect();
        assert_eq!(given.iter().map(|entry| (entry.kind.as_str(), entry.points.get())).collect::<Vec<_>>(), [("promotion", 50)]);
        assert!(given[0].explanation.as_deref().expect("why").contains("met"));
        assert_eq!(last.order.earned.get(), 5, "what a challenge gives is no part of it");
        assert_eq!(shop.points(&held).await, (65, 0));
        assert_eq!(stands(&shop, &late).await, (2, 0));
        shop.set_clock("2026-12-01T23:00:00Z");
        assert_eq!(stands(&shop, &late).await, (1, 0), "the fifteenth day");
        let before = shop.get(&late).await.version;
        assert!(shop.settle(&late).await);
        assert!(shop.get(&late).await.version > before, "phones show it");
        assert!(!shop.settle(&late).await, "once");
        shop.buy(&late, 500).await;
        assert_eq!(stands(&shop, &late).await, (2, 0));
        shop.set_clock("2027-01-20T10:00:00Z");
        assert_eq!(stands(&shop, &late).await, (0, 0));
        shop.check(&[held, late]).await;
    }

    /// Eleven pieces of a goal of five are two wins, and one piece counts on; other articles do not count.
    async fn what_a_win_does_not_use_up_counts_on(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        challenge(&shop, &program, json!({ "goal": { "items": 5 }, "of": { "category": ["cake"] }, "within": "ever", "wins": 3 })).await;
        let held = shop.card(&program).await;
        let bought = shop.buy_with(&held, 3_000, |new| new.lines = vec![line("cake", 11, 2_000), line("tea", 9, 1_000)]).await;
        assert_eq!(stands(&shop, &held).await, (1, 2));
        assert_eq!(shop.points(&held).await.0, 130);
        // Half of it goes back: six cakes (of eleven, rounded towards taking less: five) leave one win standing.
        shop.try_refund(&bought.order.id, None, Some(1_500)).await.expect("a refund");
        assert_eq!(stands(&shop, &held).await, (1, 1));
        assert_eq!(shop.points(&held).await.0, 15 + 50);
        shop.refund(&bought.order.id).await;
        assert_eq!(stands(&shop, &held).await, (0, 0));
        assert_eq!(shop.points(&held).await.0, 0);
        shop.check(&[held]).await;
    }

    /// A refund takes a win back that rests on it, once, even if its points were spent; a visit more makes up for it.
    async fn a_refund_takes_the_win_back_once(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.earn_points = 0).await;
        challenge(&shop, &program, json!({})).await;
        let held = shop.card(&program).await;
        let mut orders = Vec::new();
        for _ in 0..4 {
            orders.push(shop.buy(&held, 1_000).await.order.id);
        }
        assert_eq!((stands(&shop, &held).await, shop.points(&held).await.0), ((3, 1), 50));
        shop.try_refund(&orders[0], None, Some(900)).await.expect("a refund");
        assert_eq!(stands(&shop, &held).await, (3, 1), "part of a visit is still a visit");
        shop.refund(&orders[0]).await;
        assert_eq!((stands(&shop, &held).await, shop.points(&held).await.0), ((3, 1), 50), "the fourth stands in");
        shop.adjust(&held, -40).await;
        let refunded = shop.try_refund(&orders[1], Some("r-1"), None).await.expect("a refund");
        assert_eq!(refunded.refund.points.get(), 0);
        assert_eq!(refunded.entries.iter().map(|entry| entry.points.get()).collect::<Vec<_>>(), [-50]);
        assert_eq!((stands(&shop, &held).await, shop.points(&held).await.0), ((2, 0), -40));
        let again = shop.try_refund(&orders[1], Some("r-1"), None).await.expect("the same");
        assert!(!again.is_new);
        assert_eq!(again.entries, refunded.entries);
        shop.refund(&orders[2]).await;
        assert_eq!((stands(&shop, &held).await, shop.points(&held).await.0), ((1, 0), -40));
        for _ in 0..2 {
            shop.buy(&held, 1_000).await;
        }
        assert_eq!((stands(&shop, &held).await, shop.points(&held).await.0), ((3, 1), 10), "and is won again");
        shop.check(&[held]).await;
    }

    /// What was undone by hand is not taken again by a refund, and takes nothing from what the order itself earned.
    async fn an_undone_bonus_is_not_taken_again(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let id = challenge(&shop, &program, json!({ "goal": { "spend": 1_000 } })).await;
        let held = shop.card(&program).await;
        let bought = shop.buy(&held, 1_000).await;
        assert_eq!(shop.points(&held).await.0, 60);
        let given = bought.entries.iter().find(|entry| entry.term_id.as_deref() == Some(id.as_str())).expect("a bonus");
        shop.reverse(&given.id).await;
        assert_eq!(shop.points(&held).await.0, 10);
        shop.refund(&bought.order.id).await;
        assert_eq!(shop.points(&held).await.0, 0);
        shop.check(&[held]).await;
    }

    /// A reward that is sold out does not use the progress up; one that was won goes back with the win if it is unused.
    async fn a_reward_is_issued_once_a_win_and_goes_back_with_it(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.earn_points = 0).await;
        let cup = billfold::types::RewardId::new(shop.house.now());
        let reward = json!({ "name": "A cup", "gives": "product", "stock": 1 });
        let mut term = crate::shop::term(&program, "reward", shop.house.now(), &reward);
        term.id = cup.to_string();
        shop.write(move |tx| billfold::store::terms::insert(tx, &term, "test")).await;
        challenge(&shop, &program, json!({ "goal": { "times": 2 }, "then": { "reward": cup }, "wins": 2 })).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 100).await;
        let second = shop.buy(&held, 100).await;
        assert_eq!(second.issued.iter().map(|one| one.cost.get()).collect::<Vec<_>>(), [0]);
        assert_eq!(stands(&shop, &held).await, (0, 1));
        shop.buy(&held, 100).await;
        let fourth = shop.buy(&held, 100).await;
        assert_eq!((fourth.issued.len(), stands(&shop, &held).await), (0, (2, 1)), "sold out: what was done stays");
        for bought in [&fourth, &second] {
            shop.refund(&bought.order.id).await;
        }
        // Of three visits the third stands in for the second.
        assert_eq!(stands(&shop, &held).await, (0, 1));
        let card = held.card.clone();
        assert_eq!(shop.read(move |db| redemptions::list_issued(db, &card)).await.len(), 1);
        let third = shop.buy(&held, 100).await;
        shop.refund(&third.order.id).await;
        let first = shop.entries(&held).await;
        assert!(first.is_empty(), "a reward of a challenge costs nothing");
        shop.check(&[held]).await;
    }

    /// Events count as well; simulation says what an order would do and writes nothing.
    async fn simulation_tells_of_challenges_and_events_count(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        challenge(&shop, &program, json!({ "goal": { "times": 2 } })).await;
        challenge(&shop, &program, json!({ "name": "Reviews", "when": { "event": "review" }, "goal": { "times": 2 } })).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 1_000).await;
        for _ in 0..2 {
            let (house, id, new) = (shop.house.clone(), program.clone(), order(&held, "asked", 1_000));
            let now = shop.house.now();
            let told = shop.house.store.read(move |db| simulate_order(db, &house, Some(&id), &new, now)).await.expect("told");
            let all: Vec<_> = told.challenges.iter().map(|one| (one.before, one.after, one.wins, one.reason.is_some())).collect();
            // Both were written in one millisecond, so their order is a matter of chance.
            let all: BTreeSet<_> = all.into_iter().collect();
            assert_eq!(all, BTreeSet::from([(0, 0, 0, true), (1, 2, 1, false)]));
            assert_eq!(told.total.get(), 10);
        }
        assert_eq!(shop.event(&held, "review").await, 0);
        assert_eq!(shop.points(&held).await.0, 10);
        assert_eq!(shop.event(&held, "review").await, 0, "what a challenge gives is no part of it");
        assert_eq!(shop.points(&held).await.0, 60);
        shop.check(&[held]).await;
    }

    /// What two members did counts together once they are joined, and apart when they are parted; wins count for both.
    async fn joined_members_go_on_together(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.earn_points = 0).await;
        challenge(&shop, &program, json!({ "wins": 2 })).await;
        let (into, from) = (shop.card(&program).await, shop.card(&program).await);
        for _ in 0..4 {
            shop.buy(&from, 100).await;
        }
        shop.buy(&into, 100).await;
        assert_eq!((stands(&shop, &from).await, stands(&shop, &into).await), ((1, 1), (1, 0)));
        let (one, other) = (into.member.clone(), from.member.clone());
        let joined = shop.act(move |tx, deed| merge_members(tx, deed, &one, &other, "one person")).await.expect("joined");
        assert_eq!(stands(&shop, &into).await, (2, 1));
        let merge = joined.merge.id.clone();
        shop.act(move |tx, deed| undo_merge(tx, deed, &merge)).await.expect("parted");
        assert_eq!((stands(&shop, &from).await, stands(&shop, &into).await), ((1, 1), (1, 0)));
        let (one, other) = (into.member.clone(), from.member.clone());
        shop.act(move |tx, deed| merge_members(tx, deed, &one, &other, "one person")).await.expect("joined");
        shop.buy(&into, 100).await;
        assert_eq!((stands(&shop, &into).await, shop.points(&into).await.0), ((3, 2), 100), "the second and last win");
        shop.check(&[into, from]).await;
    }

    /// Of sixty-four orders at once that meet a challenge one wins it; all sixty-four given back at once leave nothing.
    async fn a_challenge_is_won_once_by_many_orders_at_once(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.earn_points = 0).await;
        challenge(&shop, &program, json!({})).await;
        let rounds = std::env::var("BILLFOLD_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("a number"));
        for _ in 0..rounds {
            let held = shop.card(&program).await;
            let bought = join_all((0..WRITERS).map(|_| shop.buy(&held, 100))).await;
            let winners = bought.iter().filter(|one| !one.entries.is_empty()).count();
            assert_eq!((winners, shop.points(&held).await.0, stands(&shop, &held).await), (1, 50, (3, 1)));
            let back = join_all(bought.iter().map(|one| shop.refund(&one.order.id))).await;
            let losers = back.iter().filter(|one| !one.entries.is_empty()).count();
            assert_eq!((losers, shop.points(&held).await.0, stands(&shop, &held).await), (1, 0, (0, 0)));
            shop.check(&[held]).await;
        }
    }
}
