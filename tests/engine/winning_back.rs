//! Who is missed by their own rhythm, and who comes back: the message that asks, and the figure that counts.

use std::collections::BTreeSet;

use billfold::loyalty::insight::{Measure, Period};
use billfold::loyalty::segment::stage::{Stage, Visits};
use billfold::loyalty::tier::Activity;
use billfold::store::activity;
use billfold::types::{Day, ProgramId};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::automations::{on, run, says};
use crate::house::on_both_databases;
use crate::insight::{mean, measure, value};
use crate::listening::{listener, open};
use crate::shop::{Shop, time, zone};

/// Members of the random books, and the days on which they may buy.
const MEMBERS: usize = 80;
const DAYS: i64 = 400;
/// Days of the period that is counted.
const PERIOD: i64 = 60;

/// Members missed in the last thirty days, and those of them who came back.
async fn missed(shop: &Shop, program: &ProgramId) -> (i64, i64) {
    let counts = measure(shop, program, Period::Last(30)).await.counts;
    (counts.missed, counts.won_back)
}

/// What somebody bought on, up to before a day, as the stage asks for it.
fn visits(days: &BTreeSet<i64>, before: i64) -> Option<Visits> {
    let earlier: Vec<i64> = days.range(..before).copied().collect();
    Some(Visits {
        count: i64::try_from(earlier.len()).expect("few"),
        first: Day::from_number(*earlier.first()?),
        last: Day::from_number(*earlier.last()?),
    })
}

on_both_databases! {
    /// Shows SR-137 (every ten days: lapsed at thirty; every sixty: not; after offer and order won back).
    async fn who_lapsed_by_their_own_rhythm_is_asked_and_won_back(database: Database) {
        let shop = Shop::open(database);
        shop.set_clock("2026-09-01T08:00:00Z");
        let program = open(&shop, &json!({})).await;
        let (often, seldom) = (listener(&shop, &program).await, listener(&shop, &program).await);
        let body = json!({ "when": { "each_day": "09:00" }, "members": { "stage": ["lapsed"] },
            "again_after_days": 60, "gives": { "points": 50 } });
        on(&shop, &program, says("We miss you", body)).await;
        for (at, who) in [
            ("2026-09-13", &seldom), ("2026-11-12", &seldom), ("2027-01-01", &often), ("2027-01-11", &seldom),
            ("2027-01-11", &often), ("2027-01-21", &often),
        ] {
            shop.set_clock(&format!("{at}T10:00:00Z"));
            shop.buy(who, 1_000).await;
            assert_eq!(run(&shop).await, 0, "{at}");
        }
        let lapsed = json!({ "stage": ["lapsed"] });
        for (at, heard, wanted) in [
            // Twenty-nine days of silence.
            ("2027-02-19", 0, (0, 0)),
            // Thirty; whoever comes every sixty days has been away for forty.
            ("2027-02-20", 1, (1, 0)),
            ("2027-02-24", 0, (1, 0)),
        ] {
            shop.set_clock(&format!("{at}T09:00:00Z"));
            assert_eq!(run(&shop).await, heard, "{at}");
            assert_eq!(missed(&shop, &program).await, wanted, "{at}");
            assert_eq!(mean(&shop, &program, lapsed.clone()).await, wanted.0, "{at}");
        }
        assert_eq!(shop.points(&often).await.0, 3_000 / 100 + 50, "what was offered is on the card");
        shop.set_clock("2027-02-25T10:00:00Z");
        shop.buy(&often, 1_000).await;
        assert_eq!((missed(&shop, &program).await, mean(&shop, &program, lapsed).await), ((1, 1), 0));
        let insight = measure(&shop, &program, Period::Last(30)).await;
        assert_eq!(value(&insight, Measure::WinBackRate), Some(10_000));
        // A month later that is over, and nobody is missed anew.
        shop.set_clock("2027-03-28T10:00:00Z");
        shop.buy(&often, 1_000).await;
        assert_eq!(missed(&shop, &program).await, (0, 0));
    }

    /// The figure is what the stage of each member says by itself: on the morning of each visit, and when the period ends.
    async fn won_back_is_what_the_stage_of_each_member_says(database: Database) {
        let shop = Shop::open(database);
        shop.set_clock("2026-11-21T12:00:00Z");
        let program = shop.program(|_| ()).await;
        let held = shop.cards(&program, MEMBERS).await;
        let today = zone("UTC").local(time("2026-11-21T12:00:00Z")).day.number();
        let mut runner = TestRunner::deterministic();
        let strategy = prop::collection::btree_set(today - DAYS + 1..=today, 0..7);
        let bought: Vec<BTreeSet<i64>> = (0..MEMBERS)
            .map(|_| strategy.new_tree(&mut runner).expect("days").current())
            .collect();
        let rows: Vec<_> = held.iter().map(|one| one.card.clone()).zip(bought.clone()).collect();
        shop.write(move |tx| {
            for (card, days) in &rows {
                for day in days {
                    let done = Activity { points: 0, minor: 100, orders: 1 };
                    activity::add(tx, card, Day::from_number(*day), done)?;
                }
            }
            Ok(())
        })
        .await;

        let (mut gone, mut back) = (0, 0);
        for days in &bought {
            let stage = |before: i64, on: i64| Stage::of(visits(days, before), Day::from_number(on));
            let came = days.range(today - PERIOD + 1..).any(|day| stage(*day, *day) == Stage::Lapsed);
            back += i64::from(came);
            gone += i64::from(came || stage(today + 1, today) == Stage::Lapsed);
        }
        assert!(back >= 3 && gone - back >= 10, "{gone} missed, {back} back");
        let counts = measure(&shop, &program, Period::Last(PERIOD)).await.counts;
        assert_eq!((counts.missed, counts.won_back), (gone, back));
    }
}
