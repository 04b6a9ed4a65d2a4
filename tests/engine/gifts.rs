//! Stored value: at once, in any order and over time, each unit is spent once and the sums agree.

use std::collections::{BTreeMap, BTreeSet};

use billfold::actions::issue_gift_card::{NewGiftCard, issue_gift_card};
use billfold::actions::issue_reward::{Handed, issue_reward};
use billfold::actions::measure_liability::measure_liability;
use billfold::actions::reverse_gift_entry::reverse_gift_entry;
use billfold::actions::settle_redemption::{Settling, settle_redemption};
use billfold::actions::spend_gift_card::{Spending, spend_gift_card};
use billfold::actions::top_up_gift_card::top_up_gift_card;
use billfold::actions::transfer_gift_value::transfer_gift_value;
use billfold::actions::void_card::void_card;
use billfold::actions::void_gift_card::void_gift_card;
use billfold::actions::{ActionError, Code, GiftMoved, GiftNote};
use billfold::delivery::Upkeep;
use billfold::loyalty::gift::{GIFT_MINOR_MAX, GiftValue};
use billfold::store::gift_accounts::{self, GiftAccount};
use billfold::store::gift_entries::{self, GiftEntry};
use billfold::store::{cards, programs, redemptions, terms};
use billfold::types::{
    GiftAccountId, GiftEntryId, Money, ProgramId, RedemptionId, RewardId, Time, random_token,
};
use futures_util::future::join_all;
use serde_json::json;

use crate::house::on_both_databases;
use crate::random::Random;
use crate::shop::{Held, Shop, euro, term, time};

/// Writers at once.
const WRITERS: usize = 64;
/// Rounds of each race, if `BILLFOLD_ROUNDS` does not say another number.
const ROUNDS: usize = 10;
/// Random sequences on each database, if `BILLFOLD_GIFT_SEQUENCES` does not say another number, and steps of each.
const SEQUENCES: usize = 20;
const STEPS: usize = 40;
const READ_MAX: i64 = 10_000;

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

fn rounds() -> usize {
    number("BILLFOLD_ROUNDS", ROUNDS)
}

fn euros(minor: i64) -> Money {
    Money {
        minor,
        currency: euro(),
    }
}

fn note(external_id: Option<&str>) -> GiftNote {
    GiftNote {
        external_id: external_id.map(str::to_owned),
        reason: String::new(),
    }
}

/// A new gift card of paid value, as it is asked for.
fn new(program: &ProgramId, minor: i64) -> NewGiftCard {
    NewGiftCard {
        program: Some(program.clone()),
        value: GiftValue::Paid,
        amount: euros(minor),
        member: None,
        expires_at: None,
        note: GiftNote::default(),
    }
}

async fn try_issue(shop: &Shop, new: NewGiftCard) -> Result<GiftMoved, ActionError> {
    shop.act(move |tx, deed| issue_gift_card(tx, deed, &new)).await
}

async fn issue(shop: &Shop, program: &ProgramId, minor: i64) -> GiftAccountId {
    let issued = try_issue(shop, new(program, minor)).await.expect("a gift card");
    assert!(issued.is_new);
    issued.account.id
}

async fn try_spend(
    shop: &Shop,
    id: &GiftAccountId,
    minor: i64,
    said: Option<&str>,
) -> Result<GiftMoved, ActionError> {
    let id = id.clone();
    let spending = Spending {
        amount: euros(minor),
        order: None,
        note: note(said),
    };
    shop.act(move |tx, deed| spend_gift_card(tx, deed, &id, &spending))
        .await
}

async fn try_top_up(shop: &Shop, id: &GiftAccountId, minor: i64) -> Result<GiftMoved, ActionError> {
    let id = id.clone();
    shop.act(move |tx, deed| top_up_gift_card(tx, deed, &id, euros(minor), &GiftNote::default()))
        .await
}

async fn try_transfer(
    shop: &Shop,
    from: &GiftAccountId,
    to: &GiftAccountId,
    minor: i64,
) -> Result<GiftMoved, ActionError> {
    let (from, to) = (from.clone(), to.clone());
    shop.act(move |tx, deed| transfer_gift_value(tx, deed, (&from, &to), euros(minor), &GiftNote::default()))
        .await
}

async fn try_reverse(
    shop: &Shop,
    entry: &GiftEntryId,
    minor: Option<i64>,
    said: Option<&str>,
) -> Result<GiftMoved, ActionError> {
    let (entry, note) = (entry.clone(), note(said));
    shop.act(move |tx, deed| reverse_gift_entry(tx, deed, &entry, minor.map(euros), &note))
        .await
}

async fn void(shop: &Shop, id: &GiftAccountId) -> GiftAccount {
    let id = id.clone();
    shop.act(move |tx, deed| void_gift_card(tx, deed, &id))
        .await
        .expect("it is void")
}

async fn get(shop: &Shop, id: &GiftAccountId) -> GiftAccount {
    let id = id.clone();
    shop.read(move |db| gift_accounts::get(db, &id)).await
}

async fn balance(shop: &Shop, id: &GiftAccountId) -> i64 {
    get(shop, id).await.balance_minor
}

async fn entries(shop: &Shop, id: &GiftAccountId) -> Vec<GiftEntry> {
    let id = id.clone();
    shop.read(move |db| gift_entries::list_by_account(db, &id, None, READ_MAX))
        .await
}

/// Every balance is the sum of its entries, counted in the database and once more here.
async fn check(shop: &Shop, ids: &[GiftAccountId]) {
    let wrong = shop.read(|db| gift_accounts::list_imbalances(db, READ_MAX)).await;
    assert_eq!(wrong, [], "balances that are not the sum of their entries");
    for id in ids {
        let sum: i64 = entries(shop, id).await.iter().map(|entry| entry.minor).sum();
        assert_eq!(balance(shop, id).await, sum, "{id}");
    }
}

/// How often each outcome came up: a word for what was done, the code for what was refused.
fn tally<T>(
    outcomes: &[Result<T, ActionError>],
    word: impl Fn(&T) -> &'static str,
) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for outcome in outcomes {
        let word = outcome.as_ref().map_or_else(|error| error.code.name(), &word);
        *counts.entry(word).or_default() += 1;
    }
    counts
}

fn newness(moved: &GiftMoved) -> &'static str {
    if moved.is_new { "new" } else { "again" }
}

fn code<T>(outcome: Result<T, ActionError>) -> Option<Code> {
    outcome.err().map(|error| error.code)
}

/// A reward that is a gift card, in a member's hands.
async fn issued_reward(
    shop: &Shop,
    program: &ProgramId,
    held: &Held,
    terms: serde_json::Value,
) -> RedemptionId {
    let reward = RewardId::new(shop.house.now());
    let body = json!({ "name": "Five euros", "gives": { "gift_card": terms } });
    let mut written = term(program, "reward", shop.house.now(), &body);
    written.id = reward.to_string();
    shop.write(move |tx| terms::insert(tx, &written, "test")).await;
    let member = held.member.clone();
    let issued = shop
        .act(move |tx, deed| issue_reward(tx, deed, &member, &reward))
        .await;
    issued.expect("a reward").redemption.id
}

async fn complete(shop: &Shop, redemption: &RedemptionId) -> Result<Handed, ActionError> {
    let id = redemption.clone();
    shop.act(move |tx, deed| settle_redemption(tx, deed, &id, &Settling::Complete(None)))
        .await
}

on_both_databases! {
    /// Sixty-four spend a gift card at once: exactly what it held is spent, whoever of them came first.
    ///
    /// Shows SR-041, SR-086.
    async fn sixty_four_writers_spend_exactly_what_a_gift_card_holds(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let mut ids = Vec::new();
        for _ in 0..rounds() {
            let id = issue(&shop, &program, 5_000).await;
            let outcomes = join_all((0..WRITERS).map(|_| try_spend(&shop, &id, 150, None))).await;
            assert_eq!(
                tally(&outcomes, |_| "spent"),
                [("insufficient_balance", WRITERS - 33), ("spent", 33)].into()
            );
            assert_eq!(balance(&shop, &id).await, 50);
            let whole = join_all((0..WRITERS).map(|_| try_spend(&shop, &id, 50, None))).await;
            assert_eq!(tally(&whole, |_| "spent"), [("insufficient_balance", WRITERS - 1), ("spent", 1)].into());
            assert_eq!(balance(&shop, &id).await, 0);
            ids.push(id);
        }
        check(&shop, &ids).await;
    }

    /// A spending that is sent sixty-four times at once is one, and an issue that is sent so makes one gift card.
    ///
    /// Shows SR-041, SR-086.
    async fn what_many_send_at_once_under_one_id_is_done_once(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        for round in 0..rounds() {
            let wanted = NewGiftCard { note: note(Some(&format!("sale-{round}"))), ..new(&program, 2_000) };
            let issued = join_all((0..WRITERS).map(|_| try_issue(&shop, wanted.clone()))).await;
            assert_eq!(tally(&issued, newness), [("again", WRITERS - 1), ("new", 1)].into());
            let ids: BTreeSet<_> = issued.iter().map(|one| &one.as_ref().expect("a gift card").account.id).collect();
            assert_eq!(ids.len(), 1, "one gift card for all");
            let id = ids.first().expect("one").to_owned().clone();
            let said = format!("till-{round}");
            let spent = join_all((0..WRITERS).map(|_| try_spend(&shop, &id, 700, Some(&said)))).await;
            assert_eq!(tally(&spent, newness), [("again", WRITERS - 1), ("new", 1)].into());
            assert_eq!(balance(&shop, &id).await, 1_300);
            // Another content under the same id.
            assert_eq!(code(try_spend(&shop, &id, 701, Some(&said)).await), Some(Code::GiftEntryExists));
            let another = issue(&shop, &program, 2_000).await;
            assert_eq!(code(try_spend(&shop, &another, 700, Some(&said)).await), Some(Code::GiftEntryExists));
            assert_eq!(balance(&shop, &another).await, 2_000);
            check(&shop, &[id, another]).await;
        }
    }

    /// One id for spendings of different gift cards at once: one is recorded, the others hear of the clash.
    async fn one_id_for_many_gift_cards_is_recorded_for_one(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let mut ids = Vec::new();
        for _ in 0..8 {
            ids.push(issue(&shop, &program, 1_000_000).await);
        }
        for round in 0..rounds() {
            let said = format!("one-{round}");
            let outcomes = join_all(ids.iter().map(|id| try_spend(&shop, id, 10, Some(&said)))).await;
            assert_eq!(tally(&outcomes, newness), [("gift_entry_exists", 7), ("new", 1)].into());
        }
        check(&shop, &ids).await;
    }

    /// Transfers in both directions at once neither wait for each other for ever nor lose anything.
    ///
    /// Shows SR-086.
    async fn transfers_in_both_directions_at_once_lose_nothing(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        for _ in 0..rounds() {
            let pair = [issue(&shop, &program, 10_000).await, issue(&shop, &program, 10_000).await];
            let transfers = (0..WRITERS).map(|number| {
                let (from, to) = (&pair[number % 2], &pair[(number + 1) % 2]);
                let minor = if number % 2 == 0 { 100 } else { 90 };
                try_transfer(&shop, from, to, minor)
            });
            let outcomes = join_all(transfers).await;
            assert_eq!(tally(&outcomes, newness), [("new", WRITERS)].into());
            assert_eq!(balance(&shop, &pair[0]).await, 10_000 - 32 * 10);
            assert_eq!(balance(&shop, &pair[1]).await, 10_000 + 32 * 10);
            check(&shop, &pair).await;
        }
    }

    /// A spending comes back once, however many ask; in parts never more than it was.
    ///
    /// Shows SR-086, SR-135 (the double refund).
    async fn a_spending_comes_back_once(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        for _ in 0..rounds() {
            let id = issue(&shop, &program, 5_000).await;
            let spent = try_spend(&shop, &id, 2_000, None).await.expect("spent").entry.id;
            let whole = join_all((0..WRITERS).map(|_| try_reverse(&shop, &spent, None, None))).await;
            assert_eq!(tally(&whole, newness), [("already_reversed", WRITERS - 1), ("new", 1)].into());
            assert_eq!(balance(&shop, &id).await, 5_000);

            let spent = try_spend(&shop, &id, 2_000, None).await.expect("spent").entry.id;
            let parts = join_all((0..WRITERS).map(|_| try_reverse(&shop, &spent, Some(300), None))).await;
            assert_eq!(tally(&parts, newness), [("new", 6), ("not_refundable", WRITERS - 6)].into());
            let rest = try_reverse(&shop, &spent, None, None).await.expect("the rest");
            assert_eq!((rest.entry.minor, rest.account.balance_minor), (200, 5_000));
            assert_eq!(code(try_reverse(&shop, &spent, Some(1), None).await), Some(Code::AlreadyReversed));
            check(&shop, &[id]).await;
        }
    }

    /// Voided while sixty-three spend it: what was spent before is spent, the rest is gone, and nothing after.
    async fn a_gift_card_that_is_voided_under_way_pays_nothing_after(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        for _ in 0..rounds() {
            let id = issue(&shop, &program, 100_000).await;
            let spends = join_all((0..WRITERS - 1).map(|_| try_spend(&shop, &id, 100, None)));
            let (spends, voided) = futures_util::join!(spends, void(&shop, &id));
            assert!(voided.voided_at.is_some());
            let counts = tally(&spends, |_| "spent");
            let spent = counts.get("spent").copied().unwrap_or_default();
            let refused = counts.get("gift_card_voided").copied().unwrap_or_default();
            assert_eq!(spent + refused, WRITERS - 1, "{counts:?}");
            let left = entries(&shop, &id).await.into_iter().find(|entry| entry.kind == "void").expect("a void");
            assert_eq!(-left.minor, 100_000 - 100 * i64::try_from(spent).expect("few"));
            assert_eq!(void(&shop, &id).await, get(&shop, &id).await, "to void it twice changes nothing");
            check(&shop, &[id]).await;
        }
    }

    /// A reward that is a gift card becomes one when it is handed over, however many hand it over at once.
    ///
    /// Shows SR-039, SR-086.
    async fn a_reward_becomes_one_gift_card(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        for _ in 0..rounds() {
            let redemption = issued_reward(&shop, &program, &held, json!({ "amount": 500 })).await;
            let outcomes = join_all((0..WRITERS).map(|_| complete(&shop, &redemption))).await;
            assert_eq!(tally(&outcomes, |_| "done"), [("done", 1), ("redemption_settled", WRITERS - 1)].into());
            let done = outcomes.into_iter().find_map(Result::ok).expect("one");
            let account = done.gift_card.expect("a gift card");
            assert_eq!(done.redemption.gift_account_id.as_ref(), Some(&account.id));
            assert_eq!((account.value.as_str(), account.balance_minor), ("earned", 500));
            assert_eq!(account.member_id.as_ref(), Some(&held.member));
        }
        let member = held.member.clone();
        let owned = shop.read(move |db| gift_accounts::list_by_member(db, &member, None, READ_MAX)).await;
        assert_eq!(owned.len(), rounds());
        check(&shop, &owned.into_iter().map(|account| account.id).collect::<Vec<_>>()).await;
    }

    /// The gift card holds what the reward promised when it was issued, in whatever way it was edited since.
    async fn a_gift_card_keeps_what_its_reward_promised(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        let redemption = issued_reward(&shop, &program, &held, json!({ "amount": 500, "valid_days": 10 })).await;
        let id = redemption.clone();
        let reward = shop.read(move |db| redemptions::get(db, &id)).await.reward_id;
        shop.edit_term(&reward, &json!({ "name": "Nothing", "gives": "product" })).await;
        let done = complete(&shop, &redemption).await.expect("it is handed over");
        let account = done.gift_card.expect("a gift card");
        assert_eq!(account.balance_minor, 500);
        // To the end of the tenth day after 2026-11-18.
        assert_eq!(account.expires_at.map(Time::rfc3339_secs), Some("2026-11-29T00:00:00Z".to_owned()));
    }

    /// What is left when its time is over is taken off by the calendar, once; a spending that comes back later can be
    /// used for thirty days, and what had expired stays gone.
    async fn a_gift_card_expires_and_gives_thirty_days_to_what_comes_back(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let expires_at = Some(time("2026-12-01T00:00:00Z"));
        let card = NewGiftCard { expires_at, ..new(&program, 3_000) };
        let id = try_issue(&shop, card).await.expect("a gift card").account.id;
        let other = issue(&shop, &program, 1_000).await;
        let spent = try_spend(&shop, &id, 1_000, None).await.expect("spent").entry.id;
        let late = try_spend(&shop, &id, 500, None).await.expect("spent").entry.id;
        shop.set_clock("2026-11-30T23:59:59Z");
        let upkeep = Upkeep::new(shop.house.clone());
        upkeep.step().await.expect("a step");
        assert_eq!(balance(&shop, &id).await, 1_500, "its last second");
        shop.set_clock("2026-12-01T00:00:00Z");
        assert_eq!(code(try_spend(&shop, &id, 1, None).await), Some(Code::GiftCardExpired));
        assert_eq!(code(try_top_up(&shop, &id, 1).await), Some(Code::GiftCardExpired));
        assert_eq!(code(try_transfer(&shop, &id, &other, 1).await), Some(Code::GiftCardExpired));
        assert_eq!(code(try_transfer(&shop, &other, &id, 1).await), Some(Code::GiftCardExpired));
        // Before the calendar has come by.
        let back = try_reverse(&shop, &spent, None, None).await.expect("it comes back");
        assert_eq!(back.account.balance_minor, 1_000);
        assert_eq!(back.account.expires_at, Some(time("2026-12-31T00:00:00Z")));
        assert!(!upkeep.step().await.expect("a step"), "nothing is left to do");
        shop.set_clock("2026-12-31T00:00:00Z");
        assert!(upkeep.step().await.expect("a step"));
        assert_eq!(balance(&shop, &id).await, 0);
        assert!(!upkeep.step().await.expect("a step"), "it expires once");
        // After it.
        let back = try_reverse(&shop, &late, Some(200), None).await.expect("it comes back");
        assert_eq!((back.account.balance_minor, back.account.expires_at), (200, Some(time("2027-01-30T00:00:00Z"))));
        let moved: Vec<_> = entries(&shop, &id).await.into_iter().map(|entry| (entry.kind, entry.minor)).collect();
        assert_eq!(moved.iter().filter(|(kind, _)| kind == "expire").map(|(_, minor)| minor).sum::<i64>(), -2_500);
        check(&shop, &[id, other]).await;
    }

    /// No more is on a gift card than it may hold, by whichever way it would come.
    async fn a_gift_card_holds_no_more_than_it_may(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let full = issue(&shop, &program, GIFT_MINOR_MAX).await;
        let other = issue(&shop, &program, 1).await;
        assert_eq!(code(try_top_up(&shop, &full, 1).await), Some(Code::LimitReached));
        assert_eq!(code(try_transfer(&shop, &other, &full, 1).await), Some(Code::LimitReached));
        assert_eq!(code(try_issue(&shop, new(&program, GIFT_MINOR_MAX + 1)).await), Some(Code::Invalid));
        check(&shop, &[full, other]).await;
    }

    /// In whatever order value moves, each gift card holds what a plain count says, and that is the sum of its entries.
    async fn random_movements_agree_with_a_plain_count(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        for seed in 0..u64::try_from(number("BILLFOLD_GIFT_SEQUENCES", SEQUENCES)).expect("a number") {
            walk(&shop, &program, seed).await;
        }
    }

    /// The liability is what a plain count over every card, bucket and gift card says.
    async fn the_liability_is_what_a_plain_count_says(database: Database) {
        let shop = Shop::open(database);
        let policy = json!({
            "expiry": { "months": 2 }, "expected_use_percent": 80, "point_value_minor_thousandths": 500,
        });
        let dated = shop.program_with_policy("Asia/Tehran", &policy).await;
        let other = shop.program(|_| ()).await;
        let delayed = json!({
            "name": "later", "when": "order", "then": { "points": 7, "per": "time" }, "pending_days": 14,
        });
        shop.write_term(&dated, "rule", &delayed).await;
        let mut random = Random::new(41);
        let cards = shop.cards(&dated, 12).await;
        let foreign = shop.card(&other).await;
        shop.adjust(&foreign, 1_000).await;
        issue(&shop, &other, 77_000).await;
        let mut gifts = Vec::new();
        for (place, held) in cards.iter().enumerate() {
            for _ in 0..3 {
                shop.wait_hours(24 * 11);
                let bought = shop.buy(held, random.between(100, 20_000)).await.order.id;
                if place % 4 == 0 {
                    let had = shop.get(held).await.balance.get();
                    if had > 0 {
                        shop.adjust(held, -had).await;
                    }
                    shop.refund(&bought).await;
                }
            }
            let mut card = new(&dated, random.between(1, 9_000));
            if place % 3 == 0 {
                card.value = GiftValue::Earned;
            }
            let id = try_issue(&shop, card).await.expect("a gift card").account.id;
            try_spend(&shop, &id, 1, None).await.expect("spent");
            if place == 5 {
                void(&shop, &id).await;
            }
            gifts.push(id);
        }
        let doomed = cards[1].card.clone();
        shop.act(move |tx, deed| void_card(tx, deed, &doomed)).await.expect("it is void");

        let now = shop.house.now();
        let program = dated.clone();
        let found = shop.house.store.read(move |db| {
            let program = programs::get(db, &program)?;
            measure_liability(db, &program, now)
        }).await.expect("a liability");
        let plain = count_plainly(&shop, &cards, &gifts).await;
        assert_eq!(
            (found.points.outstanding, found.points.owed, found.points.pending, found.points.on_voided_cards),
            (plain.outstanding, plain.owed, plain.pending, plain.on_voided)
        );
        assert!(plain.owed < 0 && plain.pending > 0 && plain.on_voided > 0, "the test shows each: {plain:?}");
        assert_eq!(found.by_month, plain.by_month);
        assert!(plain.by_month.len() >= 2, "{plain:?}");
        assert_eq!(found.undated, plain.outstanding - plain.by_month.values().sum::<i64>());
        assert_eq!((found.paid.0.minor, found.earned.0.minor), (plain.paid, plain.earned));
        assert_eq!(found.expected.map(|money| money.minor), Some(plain.outstanding * 80 * 500 / 100_000));
    }
}

/// What a plain count says.
#[derive(Debug, Default)]
struct Plain {
    outstanding: i64,
    owed: i64,
    pending: i64,
    on_voided: i64,
    by_month: BTreeMap<String, i64>,
    paid: i64,
    earned: i64,
}

/// Counts card by card and account by account.
async fn count_plainly(shop: &Shop, held: &[Held], gifts: &[GiftAccountId]) -> Plain {
    let mut plain = Plain::default();
    for one in held {
        let card = shop.get(one).await;
        let balance = card.balance.get();
        if card.voided_at.is_some() {
            plain.on_voided += balance.max(0);
            continue;
        }
        plain.outstanding += balance.max(0);
        plain.owed += balance.min(0);
        plain.pending += card.pending.get();
        for bucket in shop.buckets(one).await {
            let Some(expires_at) = bucket.expires_at.filter(|_| !bucket.is_pending) else {
                continue;
            };
            // Tehran has been three and a half hours ahead all year since 2022.
            let last = expires_at.plus_ms(-1 + 3 * 3_600_000 + 1_800_000);
            let month = last.rfc3339_secs()[..7].to_owned();
            *plain.by_month.entry(month).or_default() += bucket.remaining.get();
        }
    }
    let all = shop.read(|db| cards::list(db, None, READ_MAX)).await;
    assert!(all.len() > held.len(), "there are other programs' cards too");
    for id in gifts {
        let account = get(shop, id).await;
        match account.value.as_str() {
            "paid" => plain.paid += account.balance_minor,
            _ => plain.earned += account.balance_minor,
        }
    }
    plain
}

/// A gift card as a plain count sees it.
struct Counted {
    id: GiftAccountId,
    balance: i64,
    is_void: bool,
}

/// A random sequence of movements between three gift cards.
async fn walk(shop: &Shop, program: &ProgramId, seed: u64) {
    let mut random = Random::new(seed);
    let mut counted = Vec::new();
    for _ in 0..3 {
        let balance = random.between(1, 5_000);
        let id = issue(shop, program, balance).await;
        counted.push(Counted {
            id,
            balance,
            is_void: false,
        });
    }
    // The spendings: of which gift card, and how much of each may still come back.
    let mut spendings: Vec<(usize, GiftEntryId, i64)> = Vec::new();
    for step in 0..STEPS {
        let (place, minor) = (random.place(3), random.between(1, 2_500));
        let at = format!("seed {seed}, step {step}");
        let id = counted[place].id.clone();
        let is_good = !counted[place].is_void;
        match random.between(0, 100) {
            0..45 => {
                let said = random_token(9);
                let spent = try_spend(shop, &id, minor, Some(&said)).await;
                assert_eq!(spent.is_ok(), is_good && minor <= counted[place].balance, "{at}");
                if let Ok(spent) = spent {
                    counted[place].balance -= minor;
                    assert_eq!(spent.entry.balance_after, counted[place].balance, "{at}");
                    let again = try_spend(shop, &id, minor, Some(&said))
                        .await
                        .expect("the same again");
                    assert!(!again.is_new && again.entry == spent.entry, "{at}");
                    spendings.push((place, spent.entry.id, minor));
                }
            }
            45..60 => {
                let added = try_top_up(shop, &id, minor).await;
                assert_eq!(added.is_ok(), is_good, "{at}");
                counted[place].balance += if is_good { minor } else { 0 };
            }
            60..75 => {
                let other = (place + 1 + random.place(2)) % 3;
                let moved = try_transfer(shop, &id, &counted[other].id, minor).await;
                let is_fit = is_good && !counted[other].is_void && minor <= counted[place].balance;
                assert_eq!(moved.is_ok(), is_fit, "{at}");
                if is_fit {
                    counted[place].balance -= minor;
                    counted[other].balance += minor;
                }
            }
            75..98 if !spendings.is_empty() => {
                let which = random.place(spendings.len());
                let (of, entry, left) = spendings[which].clone();
                let wanted = random.is(50).then_some(minor);
                let back = try_reverse(shop, &entry, wanted, None).await;
                let is_fit = !counted[of].is_void && left > 0 && wanted.is_none_or(|minor| minor <= left);
                assert_eq!(back.is_ok(), is_fit, "{at}");
                if is_fit {
                    let minor = wanted.unwrap_or(left);
                    counted[of].balance += minor;
                    spendings[which].2 -= minor;
                }
            }
            98.. => {
                void(shop, &id).await;
                counted[place].balance = 0;
                counted[place].is_void = true;
            }
            _ => (),
        }
        for one in &counted {
            assert_eq!(balance(shop, &one.id).await, one.balance, "{at}");
        }
    }
    check(shop, &counted.into_iter().map(|one| one.id).collect::<Vec<_>>()).await;
}
