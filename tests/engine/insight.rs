//! How a program goes: every figure against one that was worked out by hand, and against plain counts over the books.

use billfold::actions::ActionError;
use billfold::actions::count_fifths::renew_fifths;
use billfold::actions::erase_member::erase_member;
use billfold::actions::foresee::{Audience, foresee};
use billfold::actions::look_at_segment::read_criterion;
use billfold::actions::measure_program::{
    FRESH_MS, HORIZON_YEARS, Insight, MARGIN_PERCENT, Wish, count_wanted, look_beyond, measure_beyond,
    measure_program, renew_oldest,
};
use billfold::actions::merge_members::merge_members;
use billfold::actions::settle_redemption::{Settling, settle_redemption};
use billfold::loyalty::insight::{Cohort, Kept, Measure, Passes, Period, RfmCell, Warning};
use billfold::store::passes::{self, IN_DOUBT, INSTALLED, ISSUED, Pass, REMOVED};
use billfold::store::programs::{self, Program};
use billfold::store::referrals::{self, PENDING, Referral};
use billfold::store::{Db, insight_snapshots};
use billfold::types::{Day, PassId, ProgramId, ReferralId, Time, Wallet};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop};

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn days(from: &str, to: &str) -> Period {
    Period::between(day(from), day(to)).expect("a period")
}

fn wish(period: Period) -> Wish {
    Wish {
        period,
        margin_percent: MARGIN_PERCENT,
        horizon_years: HORIZON_YEARS,
    }
}

async fn program(shop: &Shop, id: &ProgramId) -> Program {
    let id = id.clone();
    shop.read(move |db| programs::get(db, &id)).await
}

pub(crate) async fn measure(shop: &Shop, id: &ProgramId, period: Period) -> Insight {
    let program = program(shop, id).await;
    let measured = measure_program(&shop.house.store, &program, wish(period), shop.house.now());
    measured.await.expect("it is counted")
}

pub(crate) fn value(insight: &Insight, measure: Measure) -> Option<i64> {
    let found = insight.figures.iter().find(|figure| figure.measure == measure);
    found.expect("every figure is there").value
}

/// One number by a plain query, past everything that Billfold counts with.
fn plain(db: &mut Db, query: String) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let rows: Vec<Row> = match db {
        Db::Sqlite(conn) => diesel::sql_query(query).load(conn),
        Db::Postgres(conn) => diesel::sql_query(query).load(conn),
    }
    .expect("the query runs");
    rows[0].number
}

/// How many a criterion means.
pub(crate) async fn mean(shop: &Shop, program: &ProgramId, criterion: Value) -> i64 {
    let (program, now) = (program.clone(), shop.house.now());
    let read = shop.house.store.read(move |db| {
        Ok::<_, ActionError>(Audience {
            criterion: read_criterion(db, &program, criterion)?,
            program,
            topic: "marketing".to_owned(),
        })
    });
    let audience = read.await.expect("a criterion");
    let counted = foresee(&shop.house.store, audience, now).await;
    counted.expect("they are counted").members
}

async fn renew(shop: &Shop) -> usize {
    let renewed = renew_fifths(&shop.house.store, shop.house.now());
    renewed.await.expect("they are counted")
}

async fn invite(shop: &Shop, program: &ProgramId, by: &Held, friend: &Held) {
    let now = shop.house.now();
    let referral = Referral {
        id: ReferralId::new(now),
        program_id: program.clone(),
        referrer_id: by.member.clone(),
        friend_id: friend.member.clone(),
        depth: 1,
        state: PENDING.to_owned(),
        reason: None,
        order_id: None,
        created_at: now,
        settled_at: None,
    };
    shop.write(move |tx| referrals::claim(tx, &referral)).await;
}

/// Twenty members of a café in Berlin, whose points are worth a cent each:
/// ten (a) who joined 365 days before 21 November 2026, six (b) 90 days, three (c) 30 days, one (d) in November.
async fn year(shop: &Shop) -> (ProgramId, [Vec<Held>; 4]) {
    let policy = json!({ "point_value_minor_thousandths": 1_000 });
    let program = shop.program_with_policy("Europe/Berlin", &policy).await;
    shop.set_clock("2025-11-21T10:00:00Z");
    let a = shop.cards(&program, 10).await;
    for held in &a[..5] {
        shop.buy(held, 4_000).await;
    }
    let coffee = json!({ "name": "Coffee", "cost": 15, "gives": "product" });
    let cake = json!({ "name": "Cake", "cost": 30, "gives": "product" });
    let coffee = shop.write_reward(&program, &coffee).await;
    let cake = shop.write_reward(&program, &cake).await;
    let tea = json!({ "name": "Tea", "cost": 5, "gives": "product" });
    shop.write_reward(&program, &tea).await;
    shop.set_clock("2026-03-10T10:00:00Z");
    shop.buy(&a[0], 4_000).await;
    shop.buy(&a[1], 4_000).await;
    shop.set_clock("2026-08-23T10:00:00Z");
    let b = shop.cards(&program, 6).await;
    for held in &b[..3] {
        shop.buy(held, 2_000).await;
    }
    shop.set_clock("2026-09-22T10:00:00Z");
    shop.buy(&b[0], 2_000).await;
    shop.set_clock("2026-10-22T10:00:00Z");
    let c = shop.cards(&program, 3).await;
    shop.buy(&c[0], 1_000).await;
    shop.buy(&c[0], 1_000).await;
    // Half past midnight in Berlin, on the day on which its clocks go back.
    shop.set_clock("2026-10-24T22:30:00Z");
    shop.buy(&a[0], 4_000).await;
    shop.set_clock("2026-11-01T10:00:00Z");
    shop.buy(&a[0], 4_000).await;
    shop.buy(&a[0], 6_000).await;
    shop.buy(&b[0], 2_000).await;
    shop.event(&a[2], "review").await;
    shop.set_clock("2026-11-05T10:00:00Z");
    let d = shop.cards(&program, 1).await;
    shop.adjust(&d[0], 7).await;
    shop.adjust(&d[0], -2).await;
    invite(shop, &program, &b[0], &d[0]).await;
    shop.set_clock("2026-11-10T10:00:00Z");
    let returned = shop.buy(&a[5], 10_000).await;
    shop.set_clock("2026-11-12T10:00:00Z");
    shop.refund(&returned.order.id).await;
    shop.try_issue(&b[1], &coffee).await.expect("a coffee");
    for settling in [Settling::Complete(None), Settling::Cancel] {
        let handed = shop.try_issue(&a[0], &cake).await.expect("a cake");
        let settled = shop.act(move |tx, deed| settle_redemption(tx, deed, &handed.redemption.id, &settling));
        settled.await.expect("it is settled");
    }
    shop.set_clock("2026-11-15T10:00:00Z");
    shop.buy(&c[1], 3_000).await;
    shop.set_clock("2026-11-20T10:00:00Z");
    shop.buy(&c[1], 3_000).await;
    let part = shop.buy(&c[2], 5_000).await;
    let refunded = shop.try_refund(&part.order.id, None, Some(1_000)).await;
    refunded.expect("a part is given back");
    shop.set_clock("2026-11-21T12:00:00Z");
    shop.buy(&a[1], 4_000).await;
    (program, [a, b, c, d])
}

fn cell((recency, frequency, money): (i64, i64, i64), members: i64, minor: i64) -> RfmCell {
    RfmCell {
        recency,
        frequency,
        money,
        members,
        minor,
    }
}

fn cohort(month: &str, members: i64, ordered: &[i64]) -> Cohort {
    Cohort {
        month: month.to_owned(),
        members,
        ordered: ordered.to_vec(),
    }
}

on_both_databases! {
    /// Shows SR-018 (20 members: 30, 90 and 365 days, and by month), SR-029 (rate and days), SR-056, SR-057 (redemptions
    /// and points a reward), SR-061 (numbers of the ledger), SR-076 (from the books), SR-077 (cost of points against profit),
    /// SR-078 (observed revenue), SR-092 (spend per visit), SR-105, SR-106 (the top tenth), SR-141 (friends per member).
    async fn every_figure_is_the_one_worked_out_by_hand(database: Database) {
        let shop = Shop::open(database);
        let (program, _) = year(&shop).await;
        let insight = measure(&shop, &program, Period::Last(30)).await;
        assert_eq!((insight.from, insight.to), (day("2026-10-23"), day("2026-11-21")));
        assert_eq!(insight.as_of, shop.house.now());
        // Eight orders of five people: 40 + (40 + 60) of a0, 20 of b0, 30 + 30 of c1, 50 - 10 of c2, 40 of a1.
        for (measure, wanted) in [
            (Measure::Members, Some(20)),
            (Measure::Joined, Some(1)),
            (Measure::Participation, Some(2_500)),
            // And who reviewed, and who had a coffee: 7 of 20.
            (Measure::ActiveRate, Some(3_500)),
            (Measure::Orders, Some(8)),
            (Measure::Revenue, Some(30_000)),
            (Measure::AverageOrder, Some(3_750)),
            (Measure::Visits, Some(7)),
            // 300.00 / 7 = 42.857...
            (Measure::SpendPerVisit, Some(4_286)),
            // a0, a1, b0, c0, c1 of the eleven who ever ordered; what was given back is no order.
            (Measure::RepeatRate, Some(4_545)),
            // c1 of c1 and c2, five days later.
            (Measure::SecondPurchaseRate, Some(5_000)),
            (Measure::DaysToSecond, Some(50)),
            // a2, a3, a4 bought once, a year ago.
            (Measure::WinBackRate, Some(0)),
            // a0, a1, b0 of 19; a0, a1 of 16; a1 of 10, on the day itself.
            (Measure::Retained30, Some(1_579)),
            (Measure::Retained90, Some(1_250)),
            (Measure::Retained365, Some(1_000)),
            (Measure::PassRetention, None),
            // 8 x 365 / (30 x 5) = 19.4666...
            (Measure::OrdersPerYear, Some(1_947)),
            // 300.00 x 365 / (30 x 5) = 730.00
            (Measure::ValuePerYear, Some(73_000)),
            (Measure::LifetimeValue, Some(365_000)),
            (Measure::ProfitPerYear, Some(14_600)),
            (Measure::LifetimeProfit, Some(73_000)),
            // 4.17 x 365 / 150 = 10.147
            (Measure::RewardCostPerYear, Some(1_015)),
            // One of five: a0 with 140.00 of 300.00.
            (Measure::TopTenthShare, Some(4_667)),
            (Measure::Issued, Some(3)),
            (Measure::Fulfilled, Some(1)),
            // 40 + 40 + 60 + 20 + 100 + 30 + 30 + 50 + 40 of orders and 7 by hand.
            (Measure::PointsIssued, Some(417)),
            (Measure::PointsSpent, Some(45)),
            (Measure::RedemptionRate, Some(1_079)),
            (Measure::PointsExpired, Some(0)),
            // 100 and 10 of refunds, 2 by hand.
            (Measure::PointsReversed, Some(112)),
            (Measure::PointsMoved, Some(0)),
            (Measure::PointsNet, Some(260)),
            // 380 from before the period.
            (Measure::PointsHeld, Some(640)),
            (Measure::Friends, Some(1)),
            (Measure::FriendsPerMember, Some(5)),
        ] {
            assert_eq!(value(&insight, measure), wanted, "{measure:?}");
        }
        let counts = &insight.counts;
        let kept = |days, kept, members| Kept { days, members, kept };
        assert_eq!((counts.missed, counts.won_back), (3, 0));
        assert_eq!(counts.kept, [kept(30, 3, 19), kept(90, 2, 16), kept(365, 1, 10)]);
        let rewards = counts.rewards.iter().map(|one| {
            let name = one.name.as_ref().expect("a name").fallback().to_owned();
            (name, one.issued, one.completed, one.fulfilled, one.points)
        });
        let wanted = [("Cake", 2, 1, 1, 30), ("Coffee", 1, 0, 0, 15), ("Tea", 0, 0, 0, 0)];
        assert_eq!(
            rewards.collect::<Vec<_>>(),
            wanted.map(|(name, issued, completed, fulfilled, points)| {
                (name.to_owned(), issued, completed, fulfilled, points)
            })
        );
        assert_eq!(counts.cohorts.len(), 12);
        assert_eq!(counts.cohorts[0], cohort("2025-12", 0, &[0; 12]));
        assert_eq!(counts.cohorts[8], cohort("2026-08", 6, &[3, 1, 0, 1]));
        assert_eq!(counts.cohorts[10], cohort("2026-10", 3, &[1, 2]));
        assert_eq!(counts.cohorts[11], cohort("2026-11", 1, &[0]));
        // Eight people in 365 days, which leave out the day on which the first ten joined.
        assert_eq!(
            counts.rfm,
            [
                cell((5, 2, 4), 1, 8_000),
                cell((4, 2, 3), 1, 6_000),
                cell((4, 1, 2), 1, 4_000),
                cell((2, 5, 5), 1, 18_000),
                cell((2, 4, 3), 1, 6_000),
                cell((2, 2, 1), 1, 2_000),
                cell((1, 1, 1), 2, 4_000),
            ]
        );
        assert_eq!(insight.warnings, [Warning::RedemptionLow, Warning::LiabilityGrowing]);
    }

    /// Shows SR-105: segments have the fifths that the table of figures has.
    async fn a_segment_of_fifths_holds_whom_the_table_shows_there(database: Database) {
        let shop = Shop::open(database);
        let nobody = shop.program_with_policy("Europe/Berlin", &json!({})).await;
        let (program, _) = year(&shop).await;
        let late = json!({ "rfm": { "recency": { "at_least": 4 } } });
        // Nobody knows yet where the fifths lie.
        assert_eq!(mean(&shop, &program, late.clone()).await, 0);
        assert_eq!(renew(&shop).await, 1);
        assert_eq!(mean(&shop, &program, late.clone()).await, 3);
        assert_eq!(mean(&shop, &program, json!({ "rfm": { "frequency": { "at_most": 1 } } })).await, 3);
        assert_eq!(mean(&shop, &program, json!({ "not": { "rfm": { "money": { "at_least": 1 } } } })).await, 12);
        assert_eq!(mean(&shop, &nobody, late.clone()).await, 0);
        for cell in measure(&shop, &program, Period::Last(30)).await.counts.rfm {
            let only = |fifth: i64| json!({ "at_least": fifth, "at_most": fifth });
            let there = json!({ "rfm": {
                "recency": only(cell.recency), "frequency": only(cell.frequency), "money": only(cell.money),
            } });
            assert_eq!(mean(&shop, &program, there).await, cell.members, "{cell:?}");
        }

        // For an hour they stay where they are, also if somebody buys.
        let new = shop.cards(&program, 1).await;
        shop.buy(&new[0], 100_000).await;
        let best = json!({ "rfm": { "money": { "at_least": 5 } } });
        assert_eq!((renew(&shop).await, mean(&shop, &program, best.clone()).await), (0, 2));
        shop.wait_hours(1);
        assert_eq!((renew(&shop).await, mean(&shop, &program, best).await), (1, 1));
        // The first order of a shop does not wait for the hour.
        let first = shop.cards(&nobody, 1).await;
        shop.buy(&first[0], 500).await;
        assert_eq!((renew(&shop).await, mean(&shop, &nobody, late).await), (1, 0));
        assert_eq!(mean(&shop, &nobody, json!({ "rfm": { "recency": { "at_most": 1 } } })).await, 1);
    }

    /// Other periods of the same books, each by hand.
    async fn a_period_counts_its_own_days_and_no_others(database: Database) {
        let shop = Shop::open(database);
        let (program, _) = year(&shop).await;
        // b0 after 30 days, c0 on the same day, c1 after five: the median is five. Three of six bought again.
        let year = measure(&shop, &program, Period::Last(365)).await;
        for (measure, wanted) in [
            (Measure::Members, 20),
            (Measure::Joined, 10),
            (Measure::SecondPurchaseRate, 5_000),
            (Measure::DaysToSecond, 50),
            (Measure::Orders, 16),
            (Measure::Revenue, 48_000),
        ] {
            assert_eq!(value(&year, measure), Some(wanted), "{measure:?}");
        }
        // The autumn of those who came back to it: two gaps, of 0 and of 5 days, have a median of two and a half.
        let autumn = measure(&shop, &program, days("2026-10-01", "2026-11-21")).await;
        assert_eq!(value(&autumn, Measure::DaysToSecond), Some(25));
        // One day in Berlin begins at 22:00 of the day before in UTC.
        let day = measure(&shop, &program, days("2026-10-25", "2026-10-25")).await;
        assert_eq!(value(&day, Measure::Orders), Some(1));
        assert_eq!(value(&day, Measure::Members), Some(19));
        // 380 until then, 40 on the day.
        assert_eq!(value(&day, Measure::PointsHeld), Some(420));
        let before = measure(&shop, &program, days("2025-01-01", "2025-12-31")).await;
        assert_eq!(value(&before, Measure::Members), Some(10));
        assert_eq!(value(&before, Measure::Orders), Some(5));
        assert_eq!(value(&before, Measure::PointsHeld), Some(200));
        let empty = measure(&shop, &program, days("2024-01-01", "2024-12-31")).await;
        assert_eq!(value(&empty, Measure::Members), Some(0));
        assert_eq!(value(&empty, Measure::Participation), None);
        assert_eq!(value(&empty, Measure::PointsHeld), Some(0));
        assert_eq!(empty.warnings, []);
    }

    /// Shows SR-056 (counted again from the plain tables), SR-061 (and from the ledger).
    async fn figures_are_what_a_plain_count_over_the_books_gives(database: Database) {
        let shop = Shop::open(database);
        let (program, _) = year(&shop).await;
        let insight = measure(&shop, &program, Period::Last(30)).await;
        let (start, end) = (
            crate::shop::time("2026-10-22T22:00:00Z").millis(),
            crate::shop::time("2026-11-21T23:00:00Z").millis(),
        );
        let of = format!("program_id = '{program}'");
        let kept = format!(
            "FROM orders WHERE {of} AND paid_at >= {start} AND paid_at < {end} AND refunded_minor < total_minor"
        );
        let within = format!("{of} AND created_at >= {start} AND created_at < {end}");
        for (measure, query) in [
            (Measure::Members, format!("SELECT count(*) AS number FROM members WHERE {of} AND created_at < {end}")),
            (Measure::Orders, format!("SELECT count(*) AS number {kept}")),
            (
                Measure::Revenue,
                format!("SELECT CAST(sum(total_minor - refunded_minor) AS BIGINT) AS number {kept}"),
            ),
            (
                Measure::Participation,
                format!("SELECT count(DISTINCT member_id) * 10000 / 20 AS number {kept}"),
            ),
            (
                Measure::PointsNet,
                format!("SELECT CAST(sum(points) AS BIGINT) AS number FROM entries WHERE {within}"),
            ),
            (
                Measure::PointsHeld,
                format!("SELECT CAST(sum(balance) AS BIGINT) AS number FROM cards WHERE {of}"),
            ),
            (
                Measure::PointsSpent,
                format!(
                    "SELECT CAST(-sum(points) AS BIGINT) AS number FROM entries WHERE {within} AND kind LIKE 'redeem%'"
                ),
            ),
            (
                Measure::Issued,
                format!("SELECT count(*) AS number FROM redemptions WHERE {of} AND issued_at >= {start}"),
            ),
        ] {
            let counted = shop.read(move |db| Ok(plain(db, query))).await;
            assert_eq!(value(&insight, measure), Some(counted), "{measure:?}");
        }
    }

    /// A hundred passes were taken and three removed: 97.0 % are kept; one that no phone ever had does not count.
    /// Shows SR-010 (by wallet and month).
    async fn of_a_hundred_passes_three_are_removed(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        shop.set_clock("2026-09-30T23:59:59Z");
        let cards = shop.cards(&program, 101).await;
        let states = |number: usize| match number {
            0 | 1 => REMOVED,
            // Google says that it is gone.
            60 => IN_DOUBT,
            100 => ISSUED,
            _ => INSTALLED,
        };
        for (number, held) in cards.iter().enumerate() {
            if number == 60 {
                shop.set_clock("2026-10-01T00:00:00Z");
            }
            let (now, wallet) = (shop.house.now(), if number < 60 { Wallet::Apple } else { Wallet::Google });
            let id = PassId::new(now);
            let pass = Pass {
                program_id: program.clone(),
                card_id: held.card.clone(),
                wallet,
                pass_type: "pass.example.shop".to_owned(),
                serial: id.to_string(),
                epoch: 0,
                state: states(number).to_owned(),
                told_version: 0,
                told_at: None,
                fetched_version: 0,
                fetched_at: None,
                shown: None,
                last_error: None,
                created_at: now,
                id,
            };
            shop.write(move |tx| passes::insert(tx, &pass)).await;
        }
        shop.set_clock("2026-11-21T12:00:00Z");
        let insight = measure(&shop, &program, Period::Last(30)).await;
        let found = insight.figures.iter().find(|figure| figure.measure == Measure::PassRetention);
        let found = found.expect("there");
        assert_eq!((found.part, found.of, found.value), (Some(97), Some(100), Some(9_700)));
        let month = |wallet: &str, month: &str, kept, ever| Passes {
            wallet: wallet.to_owned(),
            month: month.to_owned(),
            ever,
            kept,
        };
        assert_eq!(
            insight.counts.passes,
            [month("apple", "2026-09", 58, 60), month("google", "2026-10", 39, 40)]
        );
    }

    /// Six orders of 40.00 in a year by one member, through the till and out of the books.
    /// Shows SR-076 (40.00 x 6 a year, five years), SR-077 (48.00 of profit).
    async fn forty_six_times_a_year_comes_out_of_the_books(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        shop.set_clock("2025-11-22T10:00:00Z");
        let held = shop.card(&program).await;
        for month in ["2025-12", "2026-02", "2026-04", "2026-06", "2026-08", "2026-10"] {
            shop.set_clock(&format!("{month}-05T10:00:00Z"));
            shop.buy(&held, 4_000).await;
        }
        shop.set_clock("2026-11-21T10:00:00Z");
        let insight = measure(&shop, &program, Period::Last(365)).await;
        for (measure, wanted) in [
            (Measure::AverageOrder, 4_000),
            (Measure::OrdersPerYear, 600),
            (Measure::ValuePerYear, 24_000),
            (Measure::LifetimeValue, 120_000),
            (Measure::ProfitPerYear, 4_800),
        ] {
            assert_eq!(value(&insight, measure), Some(wanted), "{measure:?}");
        }
        assert_eq!(value(&insight, Measure::RewardCostPerYear), None, "nobody said what a point is worth");
    }

    /// Joined members are one person whose deeds are both theirs; whoever was erased was a member until then.
    async fn joined_and_erased_members_count_as_people_do(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        shop.set_clock("2026-11-01T10:00:00Z");
        let cards = shop.cards(&program, 3).await;
        for held in &cards {
            shop.buy(held, 1_000).await;
        }
        shop.event(&cards[1], "review").await;
        shop.set_clock("2026-11-03T10:00:00Z");
        let (into, from, gone) = (cards[0].member.clone(), cards[1].member.clone(), cards[2].member.clone());
        shop.act(move |tx, deed| merge_members(tx, deed, &into, &from, "a test")).await.expect("joined");
        shop.set_clock("2026-11-05T10:00:00Z");
        shop.act(move |tx, deed| erase_member(tx, deed, &gone, None)).await.expect("erased");
        let after = measure(&shop, &program, days("2026-11-01", "2026-11-30")).await;
        for (measure, wanted) in [
            (Measure::Members, 1),
            (Measure::Participation, 10_000),
            (Measure::ActiveRate, 10_000),
            (Measure::Orders, 3),
            (Measure::Revenue, 3_000),
            (Measure::Visits, 2),
            (Measure::PointsMoved, 0),
        ] {
            assert_eq!(value(&after, measure), Some(wanted), "{measure:?}");
        }
        let before = measure(&shop, &program, days("2026-11-01", "2026-11-04")).await;
        assert_eq!(value(&before, Measure::Members), Some(2), "one was erased only later");
        assert_eq!(value(&before, Measure::Participation), Some(10_000));
    }

    /// Whoever looks at a large program's period for the first time does not wait: upkeep counts it, once.
    async fn a_large_programs_first_figures_are_counted_by_upkeep(database: Database) {
        let shop = Shop::open(database);
        let id = shop.program(|_| ()).await;
        let cards = shop.cards(&id, 2).await;
        shop.buy(&cards[0], 1_000).await;
        let program = program(&shop, &id).await;
        let look = async |small: i64| {
            let asked = (shop.house.now(), small);
            let looked = look_beyond(&shop.house.store, &program, wish(Period::Last(30)), asked);
            let told = looked.await.expect("it is looked at");
            told.map(|insight| value(&insight, Measure::Orders))
        };
        let count = async || count_wanted(&shop.house.store, shop.house.now()).await.expect("it is counted");
        assert_eq!(look(2).await, Some(Some(1)), "a small one is counted at once");
        assert!(!count().await, "nobody waits");
        assert_eq!((look(1).await, look(1).await), (None, None));
        assert!(count().await);
        assert!(!count().await, "it is counted once");
        assert_eq!(look(1).await, Some(Some(1)));
        // A till does not come back: it waits, and is told.
        let (of, now) = (Period::Last(90), shop.house.now());
        let first = look_beyond(&shop.house.store, &program, wish(of), (now, 1)).await;
        assert_eq!(first.expect("it is looked at"), None);
        let told = measure_beyond(&shop.house.store, &program, wish(of), (now, 1)).await.expect("it is told");
        assert_eq!(value(&told, Measure::Orders), Some(1));
        assert!(!count().await, "it was counted");
    }

    /// Of a large program what was counted is kept, told with its time, and counted anew by upkeep after an hour, by one.
    async fn a_large_programs_counts_are_kept_for_an_hour(database: Database) {
        let shop = Shop::open(database);
        let id = shop.program(|_| ()).await;
        shop.set_clock("2026-11-21T10:00:00Z");
        let cards = shop.cards(&id, 2).await;
        shop.buy(&cards[0], 1_000).await;
        let program = program(&shop, &id).await;
        // Two cards are many here, two are few to whom it is small.
        let look = async |small: i64| {
            let measured = measure_beyond(
                &shop.house.store,
                &program,
                wish(Period::Last(30)),
                (shop.house.now(), small),
            );
            let insight = measured.await.expect("it is told");
            (value(&insight, Measure::Orders).expect("a number"), insight.as_of)
        };
        let renew = async || renew_oldest(&shop.house.store, shop.house.now()).await.expect("it is renewed");
        let begin: Time = shop.house.now();
        assert_eq!(look(2).await, (1, begin));
        assert!(!renew().await, "nothing is kept of a small program");
        assert_eq!(look(1).await, (1, begin));
        shop.wait_hours(1);
        shop.buy(&cards[0], 1_000).await;
        assert_eq!(look(1).await, (1, begin), "as it was counted");
        assert_eq!(look(2).await, (2, shop.house.now()), "a small one is counted at once");
        assert!(!renew().await, "it is an hour old and not older");
        shop.clock.advance(std::time::Duration::from_millis(1));
        // Somebody else has it.
        let (before, now) = (shop.house.now().plus_ms(-FRESH_MS), shop.house.now());
        let leased = shop
            .write(move |tx| {
                let old = insight_snapshots::find_old(tx, before, now)?.expect("it is old");
                let first = insight_snapshots::lease(tx, &old, now, now.plus_ms(60_000))?;
                Ok((first, insight_snapshots::lease(tx, &old, now, now.plus_ms(60_000))?))
            })
            .await;
        assert_eq!(leased, (true, false));
        assert!(!renew().await, "it is leased");
        shop.clock.advance(std::time::Duration::from_secs(61));
        assert!(renew().await);
        assert_eq!(look(1).await, (2, shop.house.now()));
        assert!(!renew().await);
        // Nobody looks for more than a week.
        shop.wait_hours(24 * 8);
        while renew().await {}
        let held = id.clone();
        let kept = shop.read(move |db| insight_snapshots::find(db, &held, "30d")).await;
        assert_eq!(kept, None);
    }
}
