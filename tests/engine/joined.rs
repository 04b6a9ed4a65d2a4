//! Members joined and parted, points given to others: under many writers, and by chance.

use billfold::actions::ActionError;
use billfold::actions::merge_members::{Joined, merge_members};
use billfold::actions::record_order::{Holder, Recorded};
use billfold::actions::transfer_points::{NewTransfer, Transferred, transfer_points};
use billfold::actions::undo_merge::{Parted, undo_merge};
use billfold::store::{members, redemptions};
use billfold::types::{MergeId, OrderId, ProgramId, Time, random_token};
use futures_util::future::join_all;
use serde_json::json;

use crate::house::on_both_databases;
use crate::random::Random;
use crate::shop::{Held, Shop, order};

/// Writers at once.
const WRITERS: usize = 64;
/// Rounds of each race, if `BILLFOLD_ROUNDS` does not say another number.
const ROUNDS: usize = 5;
/// Random ledgers that are joined and parted, for each round of a race.
const LEDGERS_A_ROUND: usize = 5;

fn rounds() -> usize {
    std::env::var("BILLFOLD_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("a number"))
}

/// A program whose points live thirty days and may be given to others; reviews promise points for later.
async fn open(shop: &Shop) -> ProgramId {
    let policy = json!({ "expiry": { "days": 30 }, "transfers": true });
    let program = shop.program_with_policy("UTC", &policy).await;
    let rule = json!({
        "name": "A review", "when": { "event": "review" }, "then": { "points": 7, "per": "time" }, "pending_days": 10
    });
    shop.write_term(&program, "rule", &rule).await;
    program
}

async fn try_merge(shop: &Shop, into: &Held, from: &Held) -> Result<Joined, ActionError> {
    let (into, from) = (into.member.clone(), from.member.clone());
    shop.act(move |tx, deed| merge_members(tx, deed, &into, &from, "a test"))
        .await
}

async fn merge(shop: &Shop, into: &Held, from: &Held) -> MergeId {
    try_merge(shop, into, from)
        .await
        .expect("they are joined")
        .merge
        .id
}

async fn try_undo(shop: &Shop, id: &MergeId) -> Result<Parted, ActionError> {
    let id = id.clone();
    shop.act(move |tx, deed| undo_merge(tx, deed, &id)).await
}

async fn try_transfer(shop: &Shop, from: &Held, to: &Held, points: i64) -> Result<Transferred, ActionError> {
    let member = from.member.clone();
    let new = NewTransfer {
        to: Holder::Member(to.member.clone()),
        points,
        reason: String::new(),
    };
    shop.act(move |tx, deed| transfer_points(tx, deed, &member, &new))
        .await
}

/// An order that names the card by its code.
async fn order_by_code(shop: &Shop, held: &Held, minor: i64) -> Result<Recorded, ActionError> {
    let mut new = order(held, &random_token(9), minor);
    new.holder = Holder::Card(shop.get(held).await.code);
    shop.try_order(new).await
}

fn code<T: std::fmt::Debug>(outcome: Result<T, ActionError>) -> &'static str {
    outcome.expect_err("it is refused").code.name()
}

/// What a card holds, with each date; what is carried, as money.
type Holding = (i64, i64, i64, i64, Vec<(String, i64, bool, String, String)>);

async fn holding(shop: &Shop, held: &Held) -> Holding {
    let card = shop.get(held).await;
    let mut dated: Vec<_> = shop
        .buckets(held)
        .await
        .into_iter()
        .map(|bucket| {
            let expires = bucket.expires_at.map(|at| at.to_string()).unwrap_or_default();
            let (points, from) = (bucket.remaining.get(), bucket.active_from.to_string());
            (bucket.id.to_string(), points, bucket.is_pending, from, expires)
        })
        .collect();
    dated.sort();
    (
        card.balance.get(),
        card.pending.get(),
        card.orders,
        card.remainder,
        dated,
    )
}

/// A few things that happen to a member, so that the card owes points or has some, of many dates.
async fn live(shop: &Shop, held: &Held, random: &mut Random) {
    let mut bought: Vec<OrderId> = Vec::new();
    for _ in 0..random.between(0, 7) {
        match random.between(0, 6) {
            0 | 1 => bought.push(shop.buy(held, random.between(1, 5_000)).await.order.id),
            2 => drop(shop.try_adjust(held, -random.between(1, 40)).await),
            3 => drop(shop.adjust(held, random.between(1, 40)).await),
            4 => drop(shop.event(held, "review").await),
            _ => {
                if let Some(order) = bought.pop() {
                    shop.refund(&order).await;
                }
            }
        }
        shop.wait_hours(u64::try_from(random.between(1, 60)).expect("hours"));
    }
    shop.settle(held).await;
}

on_both_databases! {
    /// Orders on both members' cards while the members are joined: each one's points are in the survivor's balance
    /// once.
    ///
    /// Shows SR-132 (earning in parallel with a merge).
    async fn earning_while_members_are_joined_is_never_lost(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        for _ in 0..rounds() {
            let pair = shop.cards(&program, 2).await;
            let (into, from) = (&pair[0], &pair[1]);
            shop.buy(from, 1_000).await;
            let orders = join_all((0..WRITERS).map(|number| order_by_code(&shop, one_of(&pair, number), 300)));
            let (orders, joined) = futures_util::join!(orders, try_merge(&shop, into, from));
            joined.expect("they are joined");
            let earned: i64 = orders
                .into_iter()
                .map(|one| one.expect("an order").order.earned.get())
                .sum();
            assert_eq!(earned, 3 * 64);
            assert_eq!(shop.points(into).await, (10 + earned, 0));
            assert_eq!(shop.points(from).await, (0, 0));
            assert_eq!(shop.get(into).await.orders, 65);
            shop.check(&pair).await;
        }
    }

    /// Orders, refunds and a review while members are joined and parted again: what there is in all is what was
    /// earned.
    async fn joining_and_parting_under_orders_keeps_every_point(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        for _ in 0..rounds() {
            let pair = shop.cards(&program, 2).await;
            let (into, from) = (&pair[0], &pair[1]);
            let (first, other) = (shop.buy(into, 2_000).await, shop.buy(from, 1_000).await);
            let back = async {
                let id = merge(&shop, into, from).await;
                // Who waits for a card that is parted at that moment may be told to come again.
                let mut parted = try_undo(&shop, &id).await;
                while let Err(error) = &parted {
                    assert_eq!(error.code.name(), "unavailable", "{error:?}");
                    parted = try_undo(&shop, &id).await;
                }
                parted.expect("they are parted")
            };
            let orders = join_all((0..WRITERS).map(|number| order_by_code(&shop, one_of(&pair, number), 300)));
            let refunds = join_all([&first, &other].map(|one| shop.try_refund(&one.order.id, None, Some(500))));
            let (_, orders, refunds) = futures_util::join!(back, orders, refunds);
            let earned: i64 = orders
                .into_iter()
                .map(|one| one.map_or_else(
                    |error| { assert_eq!(error.code.name(), "unavailable", "{error:?}"); 0 },
                    |one| one.order.earned.get(),
                ))
                .sum();
            let taken: i64 = refunds
                .into_iter()
                .map(|one| one.map_or_else(
                    |error| { assert_eq!(error.code.name(), "unavailable", "{error:?}"); 0 },
                    |one| one.refund.points.get(),
                ))
                .sum();
            let (of_into, of_from) = (shop.points(into).await.0, shop.points(from).await.0);
            assert_eq!(of_into + of_from, 30 + earned - taken);
            shop.check(&pair).await;
        }
    }

    /// Of sixty-four who join two members, in either direction, one does.
    async fn two_members_are_joined_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        for _ in 0..rounds() {
            let pair = shop.cards(&program, 2).await;
            for held in &pair {
                shop.buy(held, 1_000).await;
            }
            let outcomes = join_all((0..WRITERS).map(|number| {
                let (into, from) = (&pair[number % 2], &pair[1 - number % 2]);
                try_merge(&shop, into, from)
            }))
            .await;
            let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
            assert_eq!(done.len(), 1);
            assert!(refused.into_iter().all(|one| code(one) == "member_merged"));
            assert_eq!(shop.points(&pair[0]).await.0 + shop.points(&pair[1]).await.0, 20);
            shop.check(&pair).await;
        }
    }

    /// Sixty-four transfers in both directions at once end, and neither make points nor lose any.
    async fn transfers_both_ways_at_once_end_and_keep_the_sum(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        for _ in 0..rounds() {
            let pair = shop.cards(&program, 2).await;
            for held in &pair {
                shop.buy(held, 10_000).await;
            }
            let outcomes = join_all((0..WRITERS).map(|number| {
                let (from, to) = (&pair[number % 2], &pair[1 - number % 2]);
                try_transfer(&shop, from, to, 9)
            }))
            .await;
            for one in outcomes {
                if let Err(error) = one {
                    assert_eq!(error.code.name(), "insufficient_points", "{error:?}");
                }
            }
            assert_eq!(shop.points(&pair[0]).await.0 + shop.points(&pair[1]).await.0, 200);
            shop.check(&pair).await;
        }
    }

    /// Of sixty-four who give the last hundred points away, one does.
    async fn the_last_points_are_given_away_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let pair = shop.cards(&program, 2).await;
        for round in 1..=rounds() {
            shop.adjust(&pair[0], 100).await;
            let outcomes = join_all((0..WRITERS).map(|_| try_transfer(&shop, &pair[0], &pair[1], 100))).await;
            let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
            assert_eq!(done.len(), 1);
            assert!(refused.into_iter().all(|one| code(one) == "insufficient_points"));
            assert_eq!(shop.points(&pair[1]).await.0, 100 * i64::try_from(round).expect("few"));
        }
        shop.check(&pair).await;
    }

    /// Known of others: a merge that cannot be undone. Whatever both had, with every date, is theirs again.
    async fn merge_can_be_undone(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        for seed in (0_u64..).take(rounds() * LEDGERS_A_ROUND) {
            let mut random = Random::new(seed);
            let pair = shop.cards(&program, 2).await;
            for held in &pair {
                live(&shop, held, &mut random).await;
            }
            for held in &pair {
                shop.settle(held).await;
            }
            let before = (holding(&shop, &pair[0]).await, holding(&shop, &pair[1]).await);
            let id = merge(&shop, &pair[0], &pair[1]).await;
            let joined = holding(&shop, &pair[0]).await;
            assert_eq!(joined.0, before.0.0 + before.1.0, "seed {seed}");
            assert_eq!((joined.1, joined.2), (before.0.1 + before.1.1, before.0.2 + before.1.2), "seed {seed}");
            shop.check(&pair).await;
            let parted = try_undo(&shop, &id).await.expect("they are parted");
            assert_eq!(parted.owed.get(), (-before.0.0).max(0), "seed {seed}");
            let after = (holding(&shop, &pair[0]).await, holding(&shop, &pair[1]).await);
            assert_eq!(after, before, "seed {seed}");
            for held in &pair {
                let dates = shop.buckets(held).await;
                let dates = dates.iter().map(|one| if one.is_pending { Some(one.active_from) } else { one.expires_at });
                assert_eq!(shop.get(held).await.due_at, dates.flatten().min(), "seed {seed}");
            }
            shop.check(&pair).await;
            let again = try_undo(&shop, &id).await.expect("the same answer");
            assert_eq!(again.entries.len(), parted.entries.len(), "seed {seed}");
            assert_eq!((holding(&shop, &pair[0]).await, holding(&shop, &pair[1]).await), before, "seed {seed}");
            shop.wait_hours(1);
        }
    }

    /// Whatever happens while two members are joined, parting them neither makes points nor loses any, and no card
    /// holds more dated points than points.
    async fn parting_after_a_life_together_keeps_the_sum(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        for seed in (1_000_000_u64..).take(rounds() * LEDGERS_A_ROUND) {
            let mut random = Random::new(seed);
            let pair = shop.cards(&program, 2).await;
            let bought = [shop.buy(&pair[0], 3_000).await, shop.buy(&pair[1], 3_000).await];
            for held in &pair {
                live(&shop, held, &mut random).await;
            }
            let id = merge(&shop, &pair[0], &pair[1]).await;
            live(&shop, &pair[usize::from(random.is(50))], &mut random).await;
            let again = shop.try_refund(&bought[1].order.id, None, None).await.expect("a refund");
            live(&shop, &pair[0], &mut random).await;
            let all = shop.points(&pair[0]).await;
            let Ok(parted) = try_undo(&shop, &id).await else {
                panic!("they are parted: seed {seed}");
            };
            let (one, other) = (shop.points(&pair[0]).await, shop.points(&pair[1]).await);
            let settled: i64 = parted.entries.iter().filter(|entry| entry.kind != "merge").map(|entry| entry.points.get()).sum();
            assert_eq!(one.0 + other.0, all.0 + settled, "seed {seed}");
            shop.check(&pair).await;
            // Refunded while they were joined: not again.
            let twice = shop.try_refund(&again.order.id, None, None).await;
            assert_eq!(code(twice), "already_refunded", "seed {seed}");
            shop.wait_hours(1);
        }
    }

    /// A refund after a merge takes from the survivor, once; after the members were parted the other has paid it.
    ///
    /// Shows SR-135 (the double refund).
    async fn a_refund_after_a_merge_never_pays_twice(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let pair = shop.cards(&program, 2).await;
        shop.buy(&pair[0], 5_000).await;
        let bought = shop.buy(&pair[1], 2_000).await.order.id;
        let kept = shop.buy(&pair[1], 1_000).await.order.id;
        let id = merge(&shop, &pair[0], &pair[1]).await;
        assert_eq!(shop.points(&pair[0]).await.0, 80);
        shop.try_refund(&bought, Some("R"), None).await.expect("a refund");
        assert_eq!(shop.points(&pair[0]).await.0, 60);
        assert!(!shop.try_refund(&bought, Some("R"), None).await.expect("the same").is_new);
        assert_eq!(code(shop.try_refund(&bought, Some("S"), None).await), "already_refunded");
        try_undo(&shop, &id).await.expect("they are parted");
        assert_eq!((shop.points(&pair[0]).await.0, shop.points(&pair[1]).await.0), (50, 10));
        assert_eq!(code(shop.try_refund(&bought, None, None).await), "already_refunded");
        shop.refund(&kept).await;
        assert_eq!((shop.points(&pair[0]).await.0, shop.points(&pair[1]).await.0), (50, 0));
        shop.check(&pair).await;
    }

    /// Two half-full stamp cards make a full one, and who parts them takes its reward back.
    async fn two_half_full_stamp_cards_make_one_reward(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let coffee = json!({ "name": "a coffee", "gives": "product", "cost": 5, "automatic": true });
        shop.write_reward(&program, &coffee).await;
        let (into, from) = (shop.card(&program).await, shop.card(&program).await);
        shop.adjust(&into, 3).await;
        shop.adjust(&from, 8).await;
        assert_eq!(rewards(&shop, &from).await, ["issued"]);
        let id = merge(&shop, &into, &from).await;
        assert_eq!(rewards(&shop, &into).await, ["issued", "issued"]);
        assert_eq!(shop.points(&into).await, (1, 0));
        try_undo(&shop, &id).await.expect("they are parted");
        assert_eq!((shop.points(&into).await, shop.points(&from).await), ((3, 0), (3, 0)));
        assert_eq!(rewards(&shop, &into).await, ["cancelled"]);
        assert_eq!(rewards(&shop, &from).await, ["issued"]);
        shop.check(&[into, from]).await;
    }

    /// What the survivor spent of the other's points is owed when they are parted; what was earned since stays.
    async fn what_was_spent_together_is_owed_by_the_survivor(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let pair = shop.cards(&program, 2).await;
        shop.buy(&pair[1], 5_000).await;
        let before = holding(&shop, &pair[1]).await;
        let id = merge(&shop, &pair[0], &pair[1]).await;
        shop.adjust(&pair[0], -40).await;
        // By the joined member's name, and it is the survivor's.
        shop.buy(&pair[1], 1_500).await;
        let parted = try_undo(&shop, &id).await.expect("they are parted");
        assert_eq!(parted.owed.get(), 25);
        assert_eq!(shop.points(&pair[0]).await.0, -25);
        assert_eq!(holding(&shop, &pair[1]).await, before, "with the dates that they had");
        shop.check(&pair).await;
    }

    /// Dates survive a transfer and a merge: nothing lives longer because it was moved, and what expired while
    /// members were joined does not come back.
    async fn points_that_are_moved_keep_their_dates(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let cards = shop.cards(&program, 3).await;
        shop.buy(&cards[0], 3_000).await;
        shop.wait_hours(10 * 24);
        shop.buy(&cards[0], 3_000).await;
        let own = dates(&shop, &cards[0]).await;
        try_transfer(&shop, &cards[0], &cards[1], 40).await.expect("a transfer");
        assert_eq!(dates(&shop, &cards[1]).await, [(30, own[0].1), (10, own[1].1)], "what expires first goes first");
        assert_eq!(dates(&shop, &cards[0]).await, [(20, own[1].1)]);
        let id = merge(&shop, &cards[2], &cards[1]).await;
        assert_eq!(dates(&shop, &cards[2]).await, [(30, own[0].1), (10, own[1].1)]);
        // The older ones expire where they are.
        shop.wait_hours(21 * 24);
        shop.settle(&cards[2]).await;
        assert_eq!(shop.points(&cards[2]).await.0, 10);
        try_undo(&shop, &id).await.expect("they are parted");
        assert_eq!((shop.points(&cards[2]).await.0, dates(&shop, &cards[1]).await), (0, vec![(10, own[1].1)]));
        shop.check(&cards).await;
    }

    /// A transfer to one who owes points pays the debt with those that expire first.
    async fn a_transfer_pays_what_is_owed(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let pair = shop.cards(&program, 2).await;
        let bought = shop.buy(&pair[1], 1_500).await.order.id;
        shop.adjust(&pair[1], -15).await;
        shop.refund(&bought).await;
        shop.buy(&pair[0], 4_000).await;
        try_transfer(&shop, &pair[0], &pair[1], 40).await.expect("a transfer");
        assert_eq!(shop.points(&pair[1]).await.0, 25);
        assert_eq!(shop.buckets(&pair[1]).await[0].remaining.get(), 25);
        shop.check(&pair).await;
    }

    /// Promised points go along, become active where they are, and go back as what they are by then.
    async fn promised_points_go_along_and_back(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let pair = shop.cards(&program, 2).await;
        shop.event(&pair[1], "review").await;
        let id = merge(&shop, &pair[0], &pair[1]).await;
        assert_eq!(shop.points(&pair[0]).await, (0, 7));
        shop.wait_hours(11 * 24);
        assert!(shop.settle(&pair[0]).await);
        assert_eq!(shop.points(&pair[0]).await, (7, 0));
        try_undo(&shop, &id).await.expect("they are parted");
        assert_eq!((shop.points(&pair[0]).await, shop.points(&pair[1]).await), ((0, 0), (7, 0)));
        shop.check(&pair).await;
    }

    /// Money that was not yet worth a point adds up: 30 and 20 count as 50 of the next hundred.
    async fn what_both_carry_adds_up(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let pair = shop.cards(&program, 2).await;
        shop.buy(&pair[0], 30).await;
        shop.buy(&pair[1], 20).await;
        merge(&shop, &pair[0], &pair[1]).await;
        let bought = shop.buy(&pair[0], 50).await;
        assert_eq!(bought.order.earned.get(), 1);
        assert_eq!(shop.get(&pair[0]).await.orders, 3);
    }

    /// Joined again and again: the newest is undone first, and not after the program's days.
    async fn the_newest_merge_is_undone_first_and_in_time(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop).await;
        let cards = shop.cards(&program, 3).await;
        for held in &cards {
            shop.buy(held, 1_000).await;
        }
        let first = merge(&shop, &cards[1], &cards[0]).await;
        shop.wait_hours(24);
        let second = merge(&shop, &cards[2], &cards[1]).await;
        // The first card leads to the last by two steps.
        shop.buy(&cards[0], 500).await;
        assert_eq!(shop.points(&cards[2]).await.0, 35);
        assert_eq!(code(try_merge(&shop, &cards[1], &cards[0]).await), "member_merged");
        assert_eq!(code(try_undo(&shop, &first).await), "merge_not_last");
        try_undo(&shop, &second).await.expect("they are parted");
        assert_eq!((shop.points(&cards[2]).await.0, shop.points(&cards[1]).await.0), (15, 20));
        let member = cards[0].member.clone();
        let standing = shop.read(move |db| members::get(db, &member)).await;
        assert_eq!(standing.merged_into.as_ref(), Some(&cards[1].member));
        // On the thirtieth day it is over.
        shop.wait_hours(29 * 24);
        assert_eq!(code(try_undo(&shop, &first).await), "merge_too_old");
        shop.check(&cards).await;
    }
}

/// The states of the rewards on a card, sorted.
async fn rewards(shop: &Shop, held: &Held) -> Vec<String> {
    let id = held.card.clone();
    let all = shop
        .read(move |db| redemptions::list_by_cards(db, &[id], None, 100))
        .await;
    let mut states: Vec<String> = all.into_iter().map(|one| one.state).collect();
    states.sort();
    states
}

/// The points of a card with the dates on which they expire, the first before the others.
async fn dates(shop: &Shop, held: &Held) -> Vec<(i64, Option<Time>)> {
    let filled = shop.buckets(held).await.into_iter();
    filled.map(|one| (one.remaining.get(), one.expires_at)).collect()
}

/// The one and the other in turn.
fn one_of(pair: &[Held], number: usize) -> &Held {
    &pair[number % 2]
}
