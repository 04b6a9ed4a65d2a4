//! Referrals: both benefits once, after the friend's first paid order, whoever orders, returns or cheats at once.

use std::collections::BTreeMap;

use billfold::actions::ActionError;
use billfold::actions::Profile;
use billfold::actions::enrol::{Enrolled, Enrolment, enrol};
use billfold::actions::record_order::Recorded;
use billfold::actions::void_card::void_card;
use billfold::store::devices::{self, Device, Registration};
use billfold::store::passes::{self, INSTALLED, Pass};
use billfold::store::referrals::{self, PAID, PENDING, REFUSED, Referral, TAKEN_BACK};
use billfold::store::{deliveries, members, redemptions};
use billfold::types::{Clock as _, PassId, ProgramId, ReferralId, RewardId, Wallet, random_token};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop, order};

/// Writers at once.
const WRITERS: usize = 64;
/// Rounds of each race, if `BILLFOLD_ROUNDS` does not say another number.
const ROUNDS: usize = 4;
/// What who invited gets, and what the friend gets.
const BOTH: (i64, i64) = (50, 20);

fn rounds() -> usize {
    std::env::var("BILLFOLD_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("a number"))
}

/// A rule for an event, with more said of it.
fn rule(event: &str, points: i64, more: &Value) -> Value {
    let mut body =
        json!({ "name": event, "when": { "event": event }, "then": { "points": points, "per": "time" } });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

/// A program that pays for referrals and for nothing else, with more said of both rules.
async fn open(shop: &Shop, policy: &Value, more: &Value) -> ProgramId {
    let policy = policy.to_string();
    let program = shop
        .program(|program| {
            program.policy = policy;
            program.earn_points = 0;
        })
        .await;
    for (event, points) in [("referral", BOTH.0), ("referred", BOTH.1)] {
        shop.write_term(&program, "rule", &rule(event, points, more))
            .await;
    }
    program
}

async fn profile(shop: &Shop, held: &Held) -> Profile {
    let id = held.member.clone();
    let read = shop.house.store.read(move |db| {
        let member = members::get(db, &id)?;
        Profile::read(db, &member)
    });
    read.await.expect("a profile")
}

async fn code(shop: &Shop, held: &Held) -> String {
    profile(shop, held).await.referral.expect("a code").code
}

async fn try_join(shop: &Shop, program: &ProgramId, enrolment: Enrolment) -> Result<Enrolled, ActionError> {
    let program = program.clone();
    shop.act(move |tx, deed| enrol(tx, deed, &program, &enrolment))
        .await
}

/// A new member who came by a code.
async fn join(shop: &Shop, program: &ProgramId, code: &str) -> Held {
    let enrolment = Enrolment {
        referral_code: Some(code.to_owned()),
        ..Enrolment::default()
    };
    let enrolled = try_join(shop, program, enrolment).await.expect("a member");
    Held {
        member: enrolled.member.id,
        card: enrolled.sheet.card.id,
    }
}

/// A member and a friend of theirs.
async fn pair(shop: &Shop, program: &ProgramId) -> (Held, Held) {
    let referrer = shop.card(program).await;
    let friend = join(shop, program, &code(shop, &referrer).await).await;
    (referrer, friend)
}

async fn referral(shop: &Shop, friend: &Held) -> Referral {
    let id = friend.member.clone();
    let found = shop.read(move |db| referrals::find_by_friend(db, &id)).await;
    found.expect("a referral")
}

/// State and reason of a friend's referral.
async fn state(shop: &Shop, friend: &Held) -> (String, Option<String>) {
    let referral = referral(shop, friend).await;
    (referral.state, referral.reason)
}

/// How many a member invited, and how many were paid for.
async fn counts(shop: &Shop, held: &Held) -> (i64, i64) {
    let sheet = profile(shop, held).await.referral.expect("a code");
    (sheet.invited, sheet.paid)
}

async fn balance(shop: &Shop, held: &Held) -> i64 {
    shop.get(held).await.balance.get()
}

/// Puts a card's pass on a phone.
async fn put_on_phone(shop: &Shop, held: &Held, phone: &str) {
    let card = shop.get(held).await;
    let id = PassId::new(card.created_at);
    let pass_type = "pass.example.shop".to_owned();
    let pass = Pass {
        program_id: card.program_id,
        card_id: card.id.clone(),
        wallet: Wallet::Apple,
        pass_type: pass_type.clone(),
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
        id: id.clone(),
    };
    let device = Device {
        device_id: phone.parse().expect("a phone"),
        pass_type: pass_type.clone(),
        push_token: "a1b2".parse().expect("a token"),
        registered_at: card.created_at,
    };
    let registration = Registration {
        device_id: device.device_id.clone(),
        pass_type,
        pass_id: id,
        card_id: card.id,
        told_version: 0,
        created_at: card.created_at,
    };
    shop.write(move |tx| {
        passes::insert(tx, &pass)?;
        devices::put(tx, &device)?;
        devices::register(tx, &registration)
    })
    .await;
}

/// The version of the card that its phones are to be told of.
async fn told(shop: &Shop, held: &Held) -> Option<i64> {
    let id = held.card.clone();
    let list = shop.read(move |db| deliveries::list_by_card(db, &id)).await;
    list.iter().map(|delivery| delivery.version).max()
}

fn moved(recorded: &Recorded) -> Vec<(String, i64)> {
    let entries = recorded.entries.iter();
    entries
        .map(|entry| (entry.kind.clone(), entry.points.get()))
        .collect()
}

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

on_both_databases! {
    /// Not before the first paid order, not for one of nothing, not at the second: once, and both phones hear of it.
    ///
    /// Shows SR-016, SR-124.
    async fn both_have_their_benefit_once_after_the_first_paid_order(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        let (referrer, friend) = pair(&shop, &program).await;
        put_on_phone(&shop, &referrer, "phone-1").await;
        put_on_phone(&shop, &friend, "phone-2").await;
        assert_eq!(counts(&shop, &referrer).await, (1, 0));
        assert_eq!(moved(&shop.buy(&friend, 0).await), []);
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (0, 0));
        assert_eq!(state(&shop, &friend).await, (PENDING.to_owned(), None));

        let first = order(&friend, "first", 1);
        let recorded = shop.try_order(first.clone()).await.expect("an order");
        assert_eq!(moved(&recorded), [("earn".to_owned(), 20)], "the friend's part and nobody else's");
        assert_eq!(recorded.sheet.card.balance.get(), 20);
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), BOTH);
        for held in [&referrer, &friend] {
            assert_eq!(told(&shop, held).await, Some(shop.get(held).await.version));
        }
        let settled = referral(&shop, &friend).await;
        assert_eq!((settled.state.as_str(), settled.order_id), (PAID, Some(recorded.order.id.clone())));
        assert_eq!(counts(&shop, &referrer).await, (1, 1));

        let again = shop.try_order(first).await.expect("the order again");
        assert_eq!((again.is_new, moved(&again)), (false, moved(&recorded)), "a repeat answers the same");
        assert_eq!(moved(&shop.buy(&friend, 5_000).await), []);
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), BOTH);
        shop.check(&[referrer, friend]).await;
    }

    /// An order below the program's least one leaves the referral as it is; one that reaches it pays.
    async fn an_order_below_the_minimum_pays_no_referral_yet(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "referral_minimum": 1_000 }), &json!({})).await;
        let (referrer, friend) = pair(&shop, &program).await;
        shop.buy(&friend, 999).await;
        assert_eq!(state(&shop, &friend).await.0, PENDING);
        shop.buy(&friend, 1_000).await;
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), BOTH);
        shop.check(&[referrer, friend]).await;
    }

    /// The order's own earning is as it would be without the referral, what it carries on too.
    async fn the_order_that_pays_a_referral_earns_and_carries_as_any(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        shop.write_term(&program, "rule", &rule("referred", 20, &json!({}))).await;
        let (referrer, friend) = pair(&shop, &program).await;
        assert_eq!(moved(&shop.buy(&friend, 150).await), [("earn".to_owned(), 1), ("earn".to_owned(), 20)]);
        assert_eq!(moved(&shop.buy(&friend, 50).await), [("earn".to_owned(), 1)], "the fifty of before count");
        assert_eq!((shop.get(&friend).await.orders, balance(&shop, &friend).await), (2, 22));
        assert_eq!(balance(&shop, &referrer).await, 0, "there is no rule for who invited");
        shop.check(&[referrer, friend]).await;
    }

    /// The whole refund takes both benefits back once, even where they were spent; a part takes nothing of them, and
    /// no later order pays again.
    ///
    /// Shows SR-016.
    async fn a_whole_refund_takes_both_benefits_back_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        let (referrer, friend) = pair(&shop, &program).await;
        let bought = shop.buy(&friend, 1_000).await.order.id;
        shop.adjust(&friend, -15).await;
        shop.try_refund(&bought, None, Some(400)).await.expect("a part");
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (50, 5));
        let refunded = shop.try_refund(&bought, Some("rest"), None).await.expect("the rest");
        let taken: Vec<i64> = refunded.entries.iter().map(|entry| entry.points.get()).collect();
        assert_eq!(taken, [-20], "the friend's part and nobody else's");
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (0, -15));
        assert_eq!(state(&shop, &friend).await, (TAKEN_BACK.to_owned(), None));
        assert_eq!(counts(&shop, &referrer).await, (1, 0));
        let again = shop.try_refund(&bought, Some("rest"), None).await.expect("the same refund");
        assert_eq!((again.is_new, again.entries), (false, refunded.entries));
        shop.buy(&friend, 5_000).await;
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (0, -15));
        shop.check(&[referrer, friend]).await;
    }

    /// Benefits that wait for the return period leave as they came: the balance is never touched.
    async fn pending_benefits_go_back_before_they_are_active(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "expiry": { "days": 30 } }), &json!({ "pending_days": 14 })).await;
        let (referrer, friend) = pair(&shop, &program).await;
        for held in [&referrer, &friend] {
            shop.adjust(held, 7).await;
        }
        let recorded = shop.buy(&friend, 1_000).await;
        assert_eq!(recorded.promised.iter().map(|one| one.points.get()).collect::<Vec<_>>(), [20]);
        assert_eq!(shop.points(&referrer).await, (7, 50));
        shop.refund(&recorded.order.id).await;
        assert_eq!((shop.points(&referrer).await, shop.points(&friend).await), ((7, 0), (7, 0)));
        shop.wait_hours(15 * 24);
        shop.settle(&referrer).await;
        assert_eq!(shop.points(&referrer).await, (7, 0), "nothing is left to become active");
        shop.check(&[referrer, friend]).await;
    }

    /// What expired of a benefit is gone already and not taken again.
    async fn an_expired_benefit_is_not_taken_again(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "expiry": { "days": 30 } }), &json!({})).await;
        let (referrer, friend) = pair(&shop, &program).await;
        let bought = shop.buy(&friend, 1_000).await.order.id;
        shop.wait_hours(40 * 24);
        for held in [&referrer, &friend] {
            assert!(shop.settle(held).await);
            shop.adjust(held, 100).await;
        }
        shop.refund(&bought).await;
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (100, 100));
        shop.check(&[referrer, friend]).await;
    }

    /// A benefit that was undone by hand is not taken again with the order.
    async fn a_benefit_undone_by_hand_is_not_taken_again(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        let (referrer, friend) = pair(&shop, &program).await;
        let bought = shop.buy(&friend, 1_000).await.order.id;
        let entry = shop.entries(&referrer).await[0].id.clone();
        shop.reverse(&entry).await;
        shop.refund(&bought).await;
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (0, 0));
        shop.check(&[referrer, friend]).await;
    }

    /// Rewards that the rules give go back unused; one that was used stays used.
    async fn an_unused_reward_for_a_referral_goes_back_with_the_order(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.earn_points = 0).await;
        let reward = json!({ "name": "A coffee", "gives": "product", "cost": 0 });
        let id = RewardId::new(shop.clock.now()).to_string();
        let mut term = crate::shop::term(&program, "reward", shop.clock.now(), &reward);
        term.id.clone_from(&id);
        shop.write(move |tx| billfold::store::terms::insert(tx, &term, "test")).await;
        for event in ["referral", "referred"] {
            let gives = json!({ "name": event, "when": { "event": event }, "then": { "reward": id, "per": "time" } });
            shop.write_term(&program, "rule", &gives).await;
        }
        let (referrer, friend) = pair(&shop, &program).await;
        let recorded = shop.buy(&friend, 1_000).await;
        assert_eq!(recorded.issued.len(), 1);
        let held = |held: &Held| {
            let card = held.card.clone();
            shop.read(move |db| Ok(redemptions::list_issued(db, &card)?.len()))
        };
        assert_eq!((held(&referrer).await, held(&friend).await), (1, 1));
        shop.refund(&recorded.order.id).await;
        assert_eq!((held(&referrer).await, held(&friend).await), (0, 0));
    }

    /// Who is a member already comes by nobody's code, least of all by their own; the enrolment itself goes on.
    ///
    /// Shows SR-017.
    async fn a_member_is_not_their_own_friend(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        let mut lina = Enrolment { email: Some("lina@example.com".to_owned()), ..Enrolment::default() };
        let enrolled = try_join(&shop, &program, lina.clone()).await.expect("a member");
        let held = Held { member: enrolled.member.id, card: enrolled.sheet.card.id };
        let other = shop.card(&program).await;
        lina.referral_code = Some(code(&shop, &other).await);
        let again = try_join(&shop, &program, lina.clone()).await.expect("the same member");
        assert_eq!((again.is_new, &again.member.id), (false, &held.member));
        assert_eq!(counts(&shop, &other).await, (0, 0), "who was a member before was not brought");
        lina.referral_code = Some(code(&shop, &held).await);
        let again = try_join(&shop, &program, lina).await.expect("the same member");
        assert_eq!((again.is_new, &again.member.id), (false, &held.member));
        assert_eq!(state(&shop, &held).await, (REFUSED.to_owned(), Some("same_member".to_owned())));
        let sheet = profile(&shop, &held).await.referral.expect("a code");
        assert_eq!((sheet.invited_by, sheet.depth, sheet.invited), (None, 0, 0));
        shop.buy(&held, 5_000).await;
        assert_eq!(balance(&shop, &held).await, 0);
    }

    /// A second card on the phone that invited is no friend.
    ///
    /// Shows SR-017.
    async fn a_friend_on_the_same_phone_is_refused(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        let (referrer, friend) = pair(&shop, &program).await;
        put_on_phone(&shop, &referrer, "phone-1").await;
        put_on_phone(&shop, &friend, "phone-1").await;
        assert!(shop.buy(&friend, 5_000).await.is_new, "the order itself stands");
        assert_eq!(state(&shop, &friend).await, (REFUSED.to_owned(), Some("same_device".to_owned())));
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (0, 0));
        assert_eq!(counts(&shop, &referrer).await, (0, 0));
        assert_eq!(profile(&shop, &friend).await.referral.expect("a code").invited_by, None);
        shop.buy(&friend, 5_000).await;
        assert_eq!(balance(&shop, &referrer).await, 0, "and stays refused");
    }

    /// Each friend has a code at once and may bring the next; the depth counts from who was not invited.
    ///
    /// Shows SR-017.
    async fn a_friend_has_a_code_at_once_and_the_depth_counts_on(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        let mut held = shop.card(&program).await;
        let mut before = None;
        for depth in 0..4 {
            let sheet = profile(&shop, &held).await.referral.expect("a code");
            assert_eq!((sheet.depth, &sheet.invited_by), (depth, &before));
            before = Some(held.member.clone());
            held = join(&shop, &program, &sheet.code.to_lowercase()).await;
        }
        let refused = try_join(&shop, &program, Enrolment {
            referral_code: Some("2222222".to_owned()),
            ..Enrolment::default()
        });
        let refused = refused.await.expect_err("nobody has that code");
        assert_eq!((refused.code.name(), refused.faults[0].pointer.as_str()), ("invalid", "/referral_code"));
    }

    /// Who invited and has no good card any more gets nothing, and the friend's order stands.
    async fn a_voided_card_gets_nothing_and_the_order_stands(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        let (referrer, friend) = pair(&shop, &program).await;
        let voided = referrer.card.clone();
        shop.act(move |tx, deed| void_card(tx, deed, &voided)).await.expect("void");
        let bought = shop.buy(&friend, 1_000).await;
        assert_eq!(moved(&bought), [("earn".to_owned(), 20)]);
        assert_eq!(balance(&shop, &referrer).await, 0);
        assert_eq!(state(&shop, &friend).await, (PAID.to_owned(), Some("referrer_gone".to_owned())));
        shop.refund(&bought.order.id).await;
        assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (0, 0));
    }

    /// Sixty-four friends of one member order at once: who invited has exactly sixty-four benefits; where ten are
    /// the most, exactly ten.
    ///
    /// Shows SR-016, SR-086.
    async fn many_friends_at_once_pay_once_each_and_within_the_limit(database: Database) {
        let shop = Shop::open(database);
        let without = open(&shop, &json!({}), &json!({})).await;
        let ten = shop.program(|program| program.earn_points = 0).await;
        let limited = rule("referral", BOTH.0, &json!({ "limits": [{ "times": 10, "within": "ever" }] }));
        shop.write_term(&ten, "rule", &limited).await;
        shop.write_term(&ten, "rule", &rule("referred", BOTH.1, &json!({}))).await;
        let all = i64::try_from(WRITERS).expect("few");
        for _ in 0..rounds() {
            for (program, most) in [(&without, all), (&ten, 10)] {
                let referrer = shop.card(program).await;
                let code = code(&shop, &referrer).await;
                let friends = join_all((0..WRITERS).map(|_| join(&shop, program, &code))).await;
                assert_eq!(counts(&shop, &referrer).await, (all, 0));
                join_all(friends.iter().map(|friend| shop.buy(friend, 100))).await;
                assert_eq!(balance(&shop, &referrer).await, most * BOTH.0);
                assert_eq!(shop.entries(&referrer).await.len(), usize::try_from(most).expect("few"));
                assert_eq!(counts(&shop, &referrer).await, (all, all));
                for friend in &friends {
                    assert_eq!(balance(&shop, friend).await, BOTH.1);
                }
            }
        }
        shop.check(&[]).await;
    }

    /// Sixty-four orders of one friend at once pay one referral; sixty-four refunds of the one that did take it back
    /// once.
    ///
    /// Shows SR-086.
    async fn a_referral_is_paid_and_taken_back_by_one_of_many_at_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        for _ in 0..rounds() {
            let (referrer, friend) = pair(&shop, &program).await;
            join_all((0..WRITERS).map(|_| shop.buy(&friend, 100))).await;
            assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), BOTH);
            let first = referral(&shop, &friend).await.order_id.expect("an order");
            let refunds = join_all((0..WRITERS).map(|_| shop.try_refund(&first, None, None))).await;
            assert_eq!(tally(refunds, |_| "new"), [("already_refunded", WRITERS - 1), ("new", 1)].into());
            assert_eq!((balance(&shop, &referrer).await, balance(&shop, &friend).await), (0, 0));
            assert_eq!(state(&shop, &friend).await.0, TAKEN_BACK);
            shop.check(&[referrer, friend]).await;
        }
    }

    /// Friends of one member join and order at once, and all of them draw on one stock: nobody waits in a ring.
    async fn enrolments_and_orders_at_once_never_wait_for_each_other(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        let gift = json!({ "name": "A gift", "gives": "product", "cost": 20, "automatic": true, "stock": 1_000_000 });
        let mut term = crate::shop::term(&program, "reward", shop.clock.now(), &gift);
        term.id = RewardId::new(shop.clock.now()).to_string();
        shop.write(move |tx| billfold::store::terms::insert(tx, &term, "test")).await;
        shop.write_term(&program, "rule", &rule("sign_up", 20, &json!({}))).await;
        let referrer = shop.card(&program).await;
        let code = code(&shop, &referrer).await;
        let mut friends = join_all((0..WRITERS / 2).map(|_| join(&shop, &program, &code))).await;
        for _ in 0..rounds() {
            let orders = join_all(friends.iter().map(|friend| shop.try_order(order(friend, &random_token(9), 100))));
            let joining = join_all((0..WRITERS / 2).map(|_| join(&shop, &program, &code)));
            let (ordered, joined) = futures_util::join!(orders, joining);
            assert_eq!(tally(ordered, |_| "new"), [("new", WRITERS / 2)].into());
            friends = joined;
        }
        let all = i64::try_from(WRITERS / 2 * rounds()).expect("few");
        assert_eq!(counts(&shop, &referrer).await, (all + i64::try_from(WRITERS / 2).expect("few"), all));
        shop.check(&[referrer]).await;
    }

    /// Two who are each other's friends order and return at once in both directions: all of it comes through, and
    /// nothing is paid twice.
    async fn orders_in_both_directions_never_wait_for_each_other(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({}), &json!({})).await;
        for _ in 0..rounds() {
            let (one, other) = (shop.card(&program).await, shop.card(&program).await);
            for (referrer, friend) in [(&one, &other), (&other, &one)] {
                let both = Referral {
                    id: ReferralId::new(shop.clock.now()),
                    program_id: program.clone(),
                    referrer_id: referrer.member.clone(),
                    friend_id: friend.member.clone(),
                    depth: 1,
                    state: PENDING.to_owned(),
                    reason: None,
                    order_id: None,
                    created_at: shop.clock.now(),
                    settled_at: None,
                };
                assert!(shop.write(move |tx| referrals::claim(tx, &both)).await);
            }
            let buyers = (0..WRITERS).map(|number| if number % 2 == 0 { &one } else { &other });
            let orders = buyers.map(|held| shop.try_order(order(held, &random_token(9), 100)));
            let outcomes = join_all(orders).await;
            assert_eq!(tally(outcomes, |_| "new"), [("new", WRITERS)].into());
            for held in [&one, &other] {
                assert_eq!(balance(&shop, held).await, BOTH.0 + BOTH.1);
            }
            let first = [referral(&shop, &one).await, referral(&shop, &other).await];
            let refunds = join_all(first.iter().map(|one| shop.try_refund(one.order_id.as_ref().expect("an order"), None, None)));
            assert_eq!(tally(refunds.await, |_| "new"), [("new", 2)].into());
            for held in [&one, &other] {
                assert_eq!(balance(&shop, held).await, 0);
            }
            shop.check(&[one, other]).await;
        }
    }
}
