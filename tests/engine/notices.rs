//! Facts about the notice that members are given before their points expire, one test each.

use billfold::actions::change_program::{ProgramChange, change_program};
use billfold::actions::draw_card::read_card;
use billfold::actions::list_expiry_notices::{Told, list_expiry_notices};
use billfold::actions::publish_design::{first_design, publish_design};
use billfold::delivery::Upkeep;
use billfold::loyalty::face::Progress;
use billfold::types::ProgramId;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop};

/// Instances that look at the calendar at once.
const INSTANCES: usize = 8;

/// A program in Berlin, whose cards have a face.
async fn program(shop: &Shop, policy: &Value) -> ProgramId {
    let program = shop.program_with_policy("Europe/Berlin", policy).await;
    let id = program.clone();
    let published = shop.act(move |tx, deed| publish_design(tx, deed, &id, None, &first_design()?));
    published.await.expect("a design");
    program
}

/// What the calendar does until nothing is due at an instant.
async fn look(shop: &Shop, at: &str) {
    shop.set_clock(at);
    let upkeep = Upkeep::new(shop.house.clone());
    while upkeep.step().await.expect("the calendar is read") {}
}

/// What phones show of points that expire.
async fn shown(shop: &Shop, held: &Held) -> (String, String, String) {
    let (house, card) = (shop.house.clone(), shop.get(held).await);
    let drawn = shop.house.store.read(move |db| read_card(db, &house, card)).await;
    let Progress {
        expiring,
        expiring_points,
        expires_on,
        ..
    } = drawn.expect("a face").facts.progress;
    (expiring, expiring_points, expires_on)
}

async fn sentence(shop: &Shop, held: &Held) -> String {
    shown(shop, held).await.0
}

/// What the member was told: the points then, how many days ahead, what is left.
async fn told(shop: &Shop, held: &Held) -> Vec<(i64, i64, i64)> {
    let (house, member) = (shop.house.clone(), held.member.clone());
    let found = shop
        .house
        .store
        .read(move |db| list_expiry_notices(db, &house, &member))
        .await;
    let each = found.expect("a list").into_iter();
    each.map(|Told { notice, left }| (notice.points.get(), notice.days_ahead, left.get()))
        .collect()
}

async fn version(shop: &Shop, held: &Held) -> i64 {
    shop.get(held).await.version
}

on_both_databases! {
    /// Earned on 18 November, to be spent by 18 December: told thirty days and seven days ahead, each once; what is
    /// spent meanwhile is not told of, and with the points the notice goes.
    async fn points_that_expire_are_told_of_once_for_each_notice(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, &json!({ "expiry": { "days": 60 }, "expiry_notice_days": [7, 30] })).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 12_000).await;
        let first = version(&shop, &held).await;
        // To the end of 17 January 2027 in Berlin; notice on 18 December at eight in the morning.
        look(&shop, "2026-12-18T06:59:59Z").await;
        assert_eq!((version(&shop, &held).await, told(&shop, &held).await), (first, Vec::new()));
        assert_eq!(shown(&shop, &held).await, (String::new(), String::new(), String::new()));
        look(&shop, "2026-12-18T07:00:00Z").await;
        assert_eq!((version(&shop, &held).await, told(&shop, &held).await), (first + 1, vec![(120, 30, 120)]));
        let words = ("120 points expire on 17 Jan 2027", "120", "17 Jan 2027");
        assert_eq!(shown(&shop, &held).await, (words.0.to_owned(), words.1.to_owned(), words.2.to_owned()));
        look(&shop, "2026-12-18T20:00:00Z").await;
        look(&shop, "2026-12-30T12:00:00Z").await;
        assert_eq!(version(&shop, &held).await, first + 1, "nothing is told twice");
        shop.adjust(&held, -20).await;
        assert_eq!(sentence(&shop, &held).await, "100 points expire on 17 Jan 2027");
        look(&shop, "2027-01-10T07:00:00Z").await;
        assert_eq!((version(&shop, &held).await, told(&shop, &held).await), (first + 3, vec![(100, 7, 100), (120, 30, 100)]));
        look(&shop, "2027-01-17T23:00:00Z").await;
        assert_eq!((shop.points(&held).await, sentence(&shop, &held).await), ((0, 0), String::new()));
        assert_eq!(told(&shop, &held).await, [(100, 7, 0), (120, 30, 0)]);
        shop.check(&[held]).await;
    }

    /// Points that are spent before the day are not told of; those that an order brings late are told of at once on
    /// the card that it makes new, and not again.
    async fn what_is_not_there_any_more_is_not_told_of(database: Database) {
        let shop = Shop::open(database);
        let policy = json!({ "expiry": { "year_end": 0 }, "expiry_notice_days": [30] });
        let program = program(&shop, &policy).await;
        let (spent, late) = (shop.card(&program).await, shop.card(&program).await);
        shop.buy(&spent, 5_000).await;
        shop.adjust(&spent, -50).await;
        let before = version(&shop, &spent).await;
        look(&shop, "2026-12-10T12:00:00Z").await;
        assert_eq!((version(&shop, &spent).await, told(&shop, &spent).await), (before, Vec::new()));
        shop.buy(&late, 100).await;
        let before = version(&shop, &late).await;
        assert_eq!(sentence(&shop, &late).await, "1 points expires on 31 Dec 2026");
        look(&shop, "2026-12-11T12:00:00Z").await;
        assert_eq!(version(&shop, &late).await, before);
    }

    /// Eight instances look at one calendar at once, and orders come in between: each card is told once.
    async fn a_notice_is_given_once_by_however_many_instances(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, &json!({ "expiry": { "days": 40 }, "expiry_notice_days": [30] })).await;
        let cards = shop.cards(&program, 12).await;
        for held in &cards {
            shop.buy(held, 1_000).await;
        }
        let before = version(&shop, &cards[0]).await;
        shop.set_clock("2026-11-28T12:00:00Z");
        let instances = (0..INSTANCES).map(|_| {
            let upkeep = Upkeep::new(shop.house.clone());
            async move { while upkeep.step().await.expect("the calendar is read") {} }
        });
        let buying = join_all(cards.iter().take(4).map(|held| shop.buy(held, 100)));
        futures_util::future::join(join_all(instances), buying).await;
        for (place, held) in cards.iter().enumerate() {
            assert_eq!(told(&shop, held).await.len(), 1, "{place}");
        }
        assert_eq!(version(&shop, &cards[11]).await, before + 1);
        shop.check(&cards).await;
    }

    /// Where all points expire if nothing is done, doing something takes the notice back, and it is given anew later.
    async fn a_notice_of_inactivity_goes_when_something_is_done(database: Database) {
        let shop = Shop::open(database);
        let policy = json!({ "expiry": { "inactive_days": 60 }, "expiry_notice_days": [10] });
        let program = program(&shop, &policy).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 1_000).await;
        look(&shop, "2027-01-07T12:00:00Z").await;
        assert_eq!((told(&shop, &held).await, sentence(&shop, &held).await.as_str()), (vec![(10, 10, 10)], "10 points expire on 17 Jan 2027"));
        let before = version(&shop, &held).await;
        // Worth no point: nothing moves, but the holder was here.
        assert_eq!(shop.buy(&held, 10).await.order.earned.get(), 0);
        assert_eq!((version(&shop, &held).await, sentence(&shop, &held).await), (before + 1, String::new()));
        look(&shop, "2027-01-18T12:00:00Z").await;
        assert_eq!((shop.points(&held).await, told(&shop, &held).await.len()), ((10, 0), 1));
        look(&shop, "2027-02-26T12:00:00Z").await;
        assert_eq!(told(&shop, &held).await, [(10, 10, 10), (10, 10, 0)]);
        look(&shop, "2027-03-09T12:00:00Z").await;
        assert_eq!((shop.points(&held).await, sentence(&shop, &held).await), ((0, 0), String::new()));
        shop.check(&[held]).await;
    }

    /// A program that begins to give notice gives it to cards at rest too; one that does not writes none.
    async fn cards_at_rest_are_told_when_a_program_begins_to_give_notice(database: Database) {
        let shop = Shop::open(database);
        let program = program(&shop, &json!({ "expiry": { "days": 40 } })).await;
        let held = shop.card(&program).await;
        shop.buy(&held, 1_000).await;
        let before = version(&shop, &held).await;
        look(&shop, "2026-12-20T12:00:00Z").await;
        assert_eq!((version(&shop, &held).await, told(&shop, &held).await), (before, Vec::new()));
        let change = ProgramChange {
            policy: Some(serde_json::from_value(json!({ "expiry": { "days": 40 }, "expiry_notice_days": [10, 5] })).expect("a policy")),
            ..ProgramChange::default()
        };
        let id = program.clone();
        shop.act(move |tx, deed| change_program(tx, deed, &id, None, change)).await.expect("a changed program");
        look(&shop, "2026-12-20T12:00:01Z").await;
        assert_eq!((version(&shop, &held).await, told(&shop, &held).await), (before + 1, vec![(10, 10, 10)]));
        look(&shop, "2026-12-24T12:00:00Z").await;
        assert_eq!(told(&shop, &held).await, [(10, 5, 10), (10, 10, 10)]);
    }
}
