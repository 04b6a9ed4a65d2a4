//! Facts about what rewards give and for whom they are, one test each.

use std::time::Duration;

use billfold::actions::change_member::{MemberChange, change_member};
use billfold::actions::draw_card::read_card;
use billfold::actions::issue_reward::{Handed, issue_reward};
use billfold::actions::list_offers::{Offer, list_offers};
use billfold::actions::open_download::open_download;
use billfold::actions::publish_design::{first_design, publish_design};
use billfold::actions::settle_redemption::{Settling, expire_redemption, settle_redemption};
use billfold::store::{redemptions, terms};
use billfold::types::{ProgramId, RedemptionId, RewardId, Text};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop};

/// Writers at once.
const WRITERS: usize = 64;

async fn reward(shop: &Shop, program: &ProgramId, body: Value) -> RewardId {
    let reward = RewardId::new(shop.house.now());
    let (id, owner, now) = (reward.to_string(), program.clone(), shop.house.now());
    shop.write(move |tx| {
        let mut term = crate::shop::term(&owner, "reward", now, &body);
        term.id = id;
        terms::insert(tx, &term, "test")
    })
    .await;
    reward
}

async fn try_issue(shop: &Shop, held: &Held, reward: &RewardId) -> Result<Handed, &'static str> {
    let (member, reward) = (held.member.clone(), reward.clone());
    let handed = shop
        .act(move |tx, deed| issue_reward(tx, deed, &member, &reward))
        .await;
    handed.map_err(|error| error.code.name())
}

async fn issue(shop: &Shop, held: &Held, reward: &RewardId) -> RedemptionId {
    try_issue(shop, held, reward)
        .await
        .expect("a reward")
        .redemption
        .id
}

async fn settle(shop: &Shop, id: &RedemptionId, settling: Settling) -> Result<Handed, &'static str> {
    let id = id.clone();
    let settled = shop
        .act(move |tx, deed| settle_redemption(tx, deed, &id, &settling))
        .await;
    settled.map_err(|error| error.code.name())
}

async fn open(shop: &Shop, id: &RedemptionId) -> Result<String, &'static str> {
    let id = id.clone();
    let opened = shop.act(move |tx, deed| open_download(tx, deed, &id)).await;
    opened.map_err(|error| error.code.name())
}

async fn expire(shop: &Shop, id: &RedemptionId) -> bool {
    let id = id.clone();
    let ended = shop.act(move |tx, deed| expire_redemption(tx, deed, &id)).await;
    ended.expect("it ends")
}

async fn state(shop: &Shop, id: &RedemptionId) -> String {
    let id = id.clone();
    shop.read(move |db| redemptions::get(db, &id)).await.state
}

async fn offers(shop: &Shop, held: &Held) -> Vec<Offer> {
    let (house, card, now) = (shop.house.clone(), shop.get(held).await, shop.house.now());
    let found = shop
        .house
        .store
        .read(move |db| list_offers(db, &house, &card, now))
        .await;
    found.expect("a list")
}

/// Whether a member sees a reward.
async fn sees(shop: &Shop, held: &Held, reward: &RewardId) -> bool {
    let all = offers(shop, held).await;
    all.iter()
        .any(|offer| offer.listed.id.as_deref() == Some(reward.as_str()))
}

async fn set_attribute(shop: &Shop, held: &Held, name: &str, value: &str) {
    let id = held.member.clone();
    let change = MemberChange {
        attributes: [(
            name.to_owned(),
            Some(serde_json::from_value(json!(value)).expect("a value")),
        )]
        .into(),
        ..MemberChange::default()
    };
    let changed = shop.act(move |tx, deed| change_member(tx, deed, &id, None, &change));
    changed.await.expect("a changed member");
}

fn yoga(at: &str, more: &Value) -> Value {
    let mut occasion = json!({ "at": at, "capacity": 8, "place": "Upstairs" });
    for (name, value) in more.as_object().expect("an object") {
        occasion[name] = value.clone();
    }
    json!({ "name": "Yoga", "gives": { "experience": occasion }, "cost": 10 })
}

async fn member_with(shop: &Shop, program: &ProgramId, points: i64) -> Held {
    let held = shop.card(program).await;
    shop.adjust(&held, points).await;
    held
}

on_both_databases! {
    /// Shows SR-036: it appears with the second at which it begins, and with the one at which it ends it is gone.
    async fn a_reward_is_there_from_its_first_second_to_its_last(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = member_with(&shop, &program, 100).await;
        let body = json!({ "name": "Autumn", "gives": "product", "cost": 1,
            "from": "2026-12-01T08:00:00Z", "until": "2026-12-02T08:00:00Z" });
        let reward = reward(&shop, &program, body).await;
        for (at, is_there) in [
            ("2026-12-01T07:59:59Z", false),
            ("2026-12-01T08:00:00Z", true),
            ("2026-12-02T07:59:59Z", true),
            ("2026-12-02T08:00:00Z", false),
        ] {
            shop.set_clock(at);
            assert_eq!(sees(&shop, &held, &reward).await, is_there, "{at}");
            let had = try_issue(&shop, &held, &reward).await.map(|_| ());
            let wanted = if is_there { Ok(()) } else { Err("reward_not_available") };
            assert_eq!(had, wanted, "{at}");
        }
    }

    /// Two hundred want one of a hundred at once.
    /// Shows SR-037 (the stock).
    async fn two_hundred_at_once_share_a_stock_of_a_hundred(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let cup = reward(&shop, &program, json!({ "name": "A cup", "gives": "product", "cost": 1, "stock": 100 })).await;
        let mut cards = Vec::new();
        for _ in 0..20 {
            cards.push(member_with(&shop, &program, 100).await);
        }
        let outcomes = join_all((0..200).map(|number| try_issue(&shop, &cards[number % cards.len()], &cup))).await;
        let had = outcomes.iter().filter(|one| one.is_ok()).count();
        let sold_out = outcomes.iter().filter(|one| matches!(one, Err("reward_sold_out"))).count();
        assert_eq!((had, sold_out), (100, 100));
        assert!(offers(&shop, &cards[0]).await.iter().all(|offer| offer.left == Some(0) && !offer.is_usable()));
        shop.check(&cards).await;
    }

    /// Eight can take part: of many at once eight have a place, and one that is given back is had by another.
    /// Shows SR-129 (the ninth of eight is refused), SR-103.
    async fn the_ninth_of_eight_places_is_refused(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let yoga = reward(&shop, &program, yoga("2026-12-05T09:00:00Z", &json!({}))).await;
        let mut cards = Vec::new();
        for _ in 0..WRITERS / 4 {
            cards.push(member_with(&shop, &program, 20).await);
        }
        let outcomes = join_all(cards.iter().map(|held| try_issue(&shop, held, &yoga))).await;
        let places: Vec<_> = outcomes.iter().filter_map(|one| one.as_ref().ok()).collect();
        assert_eq!(places.len(), 8);
        assert_eq!(outcomes.iter().filter(|one| matches!(one, Err("reward_sold_out"))).count(), cards.len() - 8);
        let late = cards.iter().zip(&outcomes).find(|(_, outcome)| outcome.is_err()).expect("one without").0;
        let given_back = places[0].redemption.id.clone();
        settle(&shop, &given_back, Settling::Cancel).await.expect("a place is given back");
        issue(&shop, late, &yoga).await;
        shop.check(&cards).await;
    }

    /// Until it begins a place can be had and given back. Afterwards neither, and nobody who stayed away has the
    /// points back.
    async fn a_place_can_be_given_back_until_it_begins(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let yoga = reward(&shop, &program, yoga("2026-12-05T09:00:00Z", &json!({ "until": "2026-12-05T11:00:00Z" }))).await;
        let (first, second) = (member_with(&shop, &program, 20).await, member_with(&shop, &program, 20).await);
        shop.set_clock("2026-12-05T08:59:59Z");
        let (kept, given_back) = (issue(&shop, &first, &yoga).await, issue(&shop, &second, &yoga).await);
        let used = issue(&shop, &second, &yoga).await;
        settle(&shop, &given_back, Settling::Cancel).await.expect("in time");
        assert_eq!(shop.points(&second).await, (10, 0));
        shop.set_clock("2026-12-05T09:00:00Z");
        assert_eq!(settle(&shop, &kept, Settling::Cancel).await, Err("redemption_begun"));
        assert_eq!(try_issue(&shop, &second, &yoga).await, Err("reward_not_available"));
        settle(&shop, &used, Settling::Complete(None)).await.expect("who comes takes part");
        assert!(!expire(&shop, &kept).await, "it is not over");
        shop.set_clock("2026-12-05T11:00:00Z");
        assert_eq!(settle(&shop, &kept, Settling::Complete(None)).await, Err("redemption_expired"));
        assert!(expire(&shop, &kept).await && !expire(&shop, &used).await);
        assert_eq!((state(&shop, &kept).await, state(&shop, &used).await), ("expired".to_owned(), "completed".to_owned()));
        assert_eq!((shop.points(&first).await, shop.points(&second).await), ((10, 0), (10, 0)));
        shop.check(&[first, second]).await;
    }

    /// Another date has places of its own, and what was issued for the first holds as it was promised.
    async fn each_date_has_places_of_its_own(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let one = json!({ "capacity": 1 });
        let yoga_id = reward(&shop, &program, yoga("2026-12-05T09:00:00Z", &one)).await;
        let held = member_with(&shop, &program, 100).await;
        let first = issue(&shop, &held, &yoga_id).await;
        assert_eq!(try_issue(&shop, &held, &yoga_id).await, Err("reward_sold_out"));
        shop.edit_term(yoga_id.as_str(), &yoga("2026-12-12T09:00:00Z", &one)).await;
        issue(&shop, &held, &yoga_id).await;
        assert_eq!(try_issue(&shop, &held, &yoga_id).await, Err("reward_sold_out"));
        settle(&shop, &first, Settling::Cancel).await.expect("the first is given back");
        assert_eq!(try_issue(&shop, &held, &yoga_id).await, Err("reward_sold_out"), "that was a place of the first date");
        shop.set_clock("2026-12-05T09:00:00Z");
        assert_eq!(offers(&shop, &held).await[0].left, Some(0));
        shop.check(&[held]).await;
    }

    /// What was written before rewards had dates reads as it did.
    async fn an_experience_without_a_date_is_had_and_used(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = member_with(&shop, &program, 100).await;
        for gives in ["experience", "donation", "early_access"] {
            let old = reward(&shop, &program, json!({ "name": gives, "gives": gives, "cost": 5 })).await;
            let handed = try_issue(&shop, &held, &old).await.expect(gives);
            assert_eq!(handed.redemption.expires_at, None);
            assert_eq!(serde_json::to_value(&handed.reward.gives).expect("JSON"), json!(gives));
            settle(&shop, &handed.redemption.id, Settling::Complete(None)).await.expect(gives);
        }
        assert_eq!(shop.points(&held).await, (85, 0));
    }

    /// Three rewards at one cost: each can be chosen, and the points are taken once.
    /// Shows SR-043.
    async fn of_three_rewards_at_one_cost_any_one_is_had(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let mut choice = Vec::new();
        for name in ["A cup", "A cake", "A tour"] {
            choice.push(reward(&shop, &program, json!({ "name": name, "gives": "product", "cost": 50 })).await);
        }
        for chosen in &choice {
            let held = member_with(&shop, &program, 70).await;
            assert_eq!(offers(&shop, &held).await.iter().filter(|offer| offer.is_usable()).count(), 3);
            let handed = try_issue(&shop, &held, chosen).await.expect("the chosen one");
            assert_eq!((handed.entries.len(), handed.redemption.cost.get()), (1, 50));
            assert_eq!(shop.points(&held).await, (20, 0));
            assert!(offers(&shop, &held).await.iter().all(|offer| offer.missing == 30));
            for other in &choice {
                assert_eq!(try_issue(&shop, &held, other).await, Err("insufficient_points"));
            }
        }
    }

    /// Whom a reward is not for does not see it and is refused; when it comes to be for them, they have it.
    /// Shows SR-039 (a member outside neither sees nor can redeem), SR-067 (who may have a reward).
    async fn a_reward_is_seen_and_had_by_those_alone_whom_it_is_for(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("Europe/Berlin", &json!({ "tiers": { "within": "ever" } })).await;
        let gold = shop.write_term(&program, "tier", &json!({ "name": "Gold", "threshold": 100 })).await;
        let held = member_with(&shop, &program, 1_000).await;
        // Wednesday, 11:26 in Berlin.
        shop.set_clock("2026-11-18T10:26:40Z");
        let cases = [
            ("tier by name", json!({ "tier": ["Gold"] }), "not_eligible"),
            ("tier by id", json!({ "tier": [gold] }), "not_eligible"),
            ("attribute", json!({ "attribute": { "name": "city", "is": ["Lyon"] } }), "not_eligible"),
            ("days", json!({ "member_days": 30 }), "not_eligible"),
            ("weekday", json!({ "weekday": ["fri"] }), "reward_not_available"),
            ("hours", json!({ "hours": { "from": "14:00", "to": "17:00" } }), "reward_not_available"),
        ];
        let mut written = Vec::new();
        for (what, condition, code) in &cases {
            let body = json!({ "name": what, "gives": "product", "if": [condition], "cost": 1 });
            let id = reward(&shop, &program, body).await;
            assert!(!sees(&shop, &held, &id).await, "{what}");
            assert_eq!(try_issue(&shop, &held, &id).await, Err(*code), "{what}");
            written.push((what, id));
        }
        shop.buy(&held, 20_000).await;
        set_attribute(&shop, &held, "city", "Lyon").await;
        // Friday, 15:00 in Berlin, a month later.
        shop.set_clock("2026-12-25T14:00:00Z");
        for (what, id) in &written {
            assert!(sees(&shop, &held, id).await, "{what}");
            issue(&shop, &held, id).await;
        }
        set_attribute(&shop, &held, "city", "Nice").await;
        let (_, of_city) = &written[2];
        assert_eq!(try_issue(&shop, &held, of_city).await, Err("not_eligible"), "it is asked again each time");
    }

    /// A rule that gives a reward for others earns its points all the same; the reward is passed by.
    async fn a_rule_gives_nobody_what_is_not_for_them(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let condition = json!({ "attribute": { "name": "city", "is": ["Lyon"] } });
        let cup = reward(&shop, &program, json!({ "name": "A cup", "gives": "product", "if": [condition] })).await;
        shop.write_term(&program, "rule", &json!({ "name": "With each order", "when": "order", "then": { "reward": cup, "per": "time" } })).await;
        let held = shop.card(&program).await;
        let bought = shop.buy(&held, 1_000).await;
        assert_eq!((bought.order.earned.get(), bought.issued.len()), (10, 0));
        set_attribute(&shop, &held, "city", "Lyon").await;
        assert_eq!(shop.buy(&held, 1_000).await.issued.len(), 1);
    }

    /// By position, then by name; what has no position comes last.
    async fn the_catalogue_is_in_the_order_that_its_writers_gave(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        for (name, position) in [("Zebra", None), ("Mango", Some(2)), ("Apple", None), ("Banana", Some(2)), ("Yak", Some(1))] {
            let body = json!({ "name": name, "gives": "product", "position": position });
            reward(&shop, &program, body).await;
        }
        let held = shop.card(&program).await;
        let names: Vec<_> = offers(&shop, &held).await.into_iter().map(|offer| offer.listed.body.name).collect();
        let names: Vec<_> = names.iter().map(Text::fallback).collect();
        assert_eq!(names, ["Yak", "Banana", "Mango", "Apple", "Zebra"]);
    }

    /// The first time hands it over; after the last, or after its hours, it opens no more.
    /// Shows SR-129 (the download expires).
    async fn a_download_opens_as_often_and_as_long_as_it_says(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let url = "https://shop.example/book.pdf";
        let book = json!({ "name": "E-book", "gives": { "download": { "url": url, "opens": 2, "link_hours": 24 } }, "cost": 10 });
        let book = reward(&shop, &program, book).await;
        let held = member_with(&shop, &program, 100).await;
        let often = issue(&shop, &held, &book).await;
        assert_eq!(open(&shop, &often).await.as_deref(), Ok(url));
        assert_eq!(state(&shop, &often).await, "completed");
        assert_eq!(settle(&shop, &often, Settling::Cancel).await, Err("redemption_settled"));
        assert_eq!(open(&shop, &often).await.as_deref(), Ok(url));
        assert_eq!(open(&shop, &often).await, Err("download_over"));
        let (long, unopened, returned) = (issue(&shop, &held, &book).await, issue(&shop, &held, &book).await, issue(&shop, &held, &book).await);
        settle(&shop, &returned, Settling::Cancel).await.expect("nobody opened it");
        assert_eq!(open(&shop, &returned).await, Err("download_over"));
        shop.clock.advance(Duration::from_secs(24 * 3_600 - 1));
        assert_eq!(open(&shop, &long).await.as_deref(), Ok(url));
        shop.clock.advance(Duration::from_secs(1));
        assert_eq!(open(&shop, &long).await, Err("download_over"));
        assert_eq!(open(&shop, &unopened).await, Err("download_over"));
        assert!(expire(&shop, &unopened).await && !expire(&shop, &long).await);
        assert_eq!(shop.points(&held).await, (80, 0), "what nobody opened costs nothing");
        shop.check(&[held]).await;
    }

    /// Many open a download at once: it opens as often as it may, and the card changes once.
    async fn a_download_that_many_open_at_once_opens_as_often_as_it_may(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let book = json!({ "name": "E-book", "gives": { "download": { "url": "https://shop.example/" } } });
        let book = reward(&shop, &program, book).await;
        let held = shop.card(&program).await;
        let redemption = issue(&shop, &held, &book).await;
        let before = shop.get(&held).await.version;
        let outcomes = join_all((0..WRITERS).map(|_| open(&shop, &redemption))).await;
        assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 5);
        assert_eq!(outcomes.iter().filter(|one| matches!(one, Err("download_over"))).count(), WRITERS - 5);
        assert_eq!(shop.get(&held).await.version, before + 1);
    }

    /// A card says which reward is next and how many points are missing, in whole numbers, and names none that is for
    /// others.
    /// Shows SR-044 (the nearest reward and its distance).
    async fn a_card_says_how_far_the_next_reward_is(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let id = program.clone();
        let published = shop.act(move |tx, deed| publish_design(tx, deed, &id, None, &first_design()?));
        published.await.expect("a design");
        reward(&shop, &program, json!({ "name": "A cake", "gives": "product", "cost": 50 })).await;
        reward(&shop, &program, json!({ "name": "A tour", "gives": "product", "cost": 80 })).await;
        let city = json!({ "attribute": { "name": "city", "is": ["Lyon"] } });
        reward(&shop, &program, json!({ "name": "A boat", "gives": "product", "cost": 20, "if": [city] })).await;
        let held = shop.card(&program).await;
        for (minor, next, missing) in [(1_250, "A cake", "38"), (3_750, "A tour", "30"), (3_000, "", "")] {
            shop.buy(&held, minor).await;
            let (house, card) = (shop.house.clone(), shop.get(&held).await);
            let drawn = shop.house.store.read(move |db| read_card(db, &house, card)).await;
            let progress = drawn.expect("a face").facts.progress;
            assert_eq!((progress.next_reward.as_str(), progress.reward_missing.as_str()), (next, missing));
        }
    }
}
