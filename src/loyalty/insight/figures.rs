//! The figures that follow from what was counted. All arithmetic is in whole numbers and rounds once, half up.

use super::counts::Counts;
use super::measure::{Measure, Unit};

/// Days of a year, as every formula has it.
const YEAR_DAYS: i128 = 365;
/// A hundred percent.
const PERCENT: i128 = 100;

/// What a program's people say of their profit, which no book of ours keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profit {
    /// How much of a sale is profit, in percent, 0 to 100.
    pub margin_percent: i64,
    /// For how many years a member is looked at, 1 to 50.
    pub horizon_years: i64,
    /// What the points that were issued in the period are expected to cost, if anybody said what one is worth.
    pub reward_cost_minor: Option<i64>,
}

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Which.
    pub measure: Measure,
    /// What is divided; `None` where it is no quotient of two counts.
    pub part: Option<i64>,
    /// By what.
    pub of: Option<i64>,
    /// In the measure's unit; `None` where there is nothing to divide by.
    pub value: Option<i64>,
}

/// A quotient rounded half up; `None` if there is nothing to divide by, or it is more than a number can be.
///
/// ```
/// # use billfold::loyalty::insight::round_half_up;
/// assert_eq!(round_half_up(97 * 1_000, 100), Some(970));
/// assert_eq!(round_half_up(5, 2), Some(3));
/// assert_eq!(round_half_up(1, 0), None);
/// ```
pub fn round_half_up(part: i128, of: i128) -> Option<i64> {
    if of <= 0 {
        return None;
    }
    i64::try_from((2 * part + of).div_euclid(2 * of)).ok()
}

/// A share in tenths of a percent: 97 of 100 are 970.
pub fn permille(part: i64, of: i64) -> Option<i64> {
    round_half_up(i128::from(part) * 1_000, of.into())
}

fn count(measure: Measure, value: i64) -> Figure {
    Figure {
        measure,
        part: None,
        of: None,
        value: Some(value),
    }
}

fn quotient(measure: Measure, part: i64, of: i64) -> Figure {
    let scaled = i128::from(part) * i128::from(measure.unit().scale());
    Figure {
        measure,
        part: Some(part),
        of: Some(of),
        value: round_half_up(scaled, of.into()),
    }
}

fn computed(measure: Measure, value: Option<i64>) -> Figure {
    Figure {
        measure,
        part: None,
        of: None,
        value,
    }
}

/// Of `minor` in the period, what a buyer brings in a year, times `by` / `per`.
fn a_year(counts: &Counts, minor: i64, (by, per): (i64, i128)) -> Option<i64> {
    let buyer_days = i128::from(counts.days) * i128::from(counts.buyers);
    round_half_up(i128::from(minor) * YEAR_DAYS * i128::from(by), buyer_days * per)
}

/// Who was still there after so many days.
fn retained(measure: Measure, counts: &Counts, days: i64) -> Figure {
    let found = counts.kept.iter().find(|kept| kept.days == days);
    let (kept, members) = found.map_or((0, 0), |one| (one.kept, one.members));
    quotient(measure, kept, members)
}

/// Passes over all wallets and months: still there, and taken at some time.
fn passes(counts: &Counts) -> (i64, i64) {
    let sum = |of: fn(&super::Passes) -> i64| counts.passes.iter().map(of).sum();
    (sum(|one| one.kept), sum(|one| one.ever))
}

/// What a buyer is worth.
fn worth(measure: Measure, counts: &Counts, profit: Profit) -> Figure {
    let (years, margin) = (profit.horizon_years, profit.margin_percent);
    let revenue = counts.revenue_minor;
    let value = match measure {
        Measure::OrdersPerYear => {
            let year = i128::from(counts.orders) * YEAR_DAYS * i128::from(Unit::Hundredths.scale());
            round_half_up(year, i128::from(counts.days) * i128::from(counts.buyers))
        }
        Measure::ValuePerYear => a_year(counts, revenue, (1, 1)),
        Measure::LifetimeValue => a_year(counts, revenue, (years, 1)),
        Measure::ProfitPerYear => a_year(counts, revenue, (margin, PERCENT)),
        Measure::LifetimeProfit => a_year(counts, revenue, (years * margin, PERCENT)),
        _ => profit
            .reward_cost_minor
            .and_then(|cost| a_year(counts, cost, (1, 1))),
    };
    computed(measure, value)
}

fn figure(measure: Measure, counts: &Counts, profit: Profit) -> Figure {
    let one = |value| count(measure, value);
    let per = |part, of| quotient(measure, part, of);
    let points = &counts.points;
    let rewards = |of: fn(&super::RewardUse) -> i64| counts.rewards.iter().map(of).sum();
    match measure {
        Measure::Members => one(counts.members),
        Measure::Joined => one(counts.joined),
        Measure::Participation => per(counts.participants, counts.members),
        Measure::ActiveRate => per(counts.active, counts.members),
        Measure::Orders => one(counts.orders),
        Measure::Revenue => one(counts.revenue_minor),
        Measure::AverageOrder => per(counts.revenue_minor, counts.orders),
        Measure::Visits => one(counts.visits),
        Measure::SpendPerVisit => per(counts.revenue_minor, counts.visits),
        Measure::RepeatRate => per(counts.repeaters, counts.buyers_ever),
        Measure::SecondPurchaseRate => per(counts.second_buyers, counts.first_buyers),
        Measure::DaysToSecond => computed(measure, counts.second_half_days.map(|half| half * 5)),
        Measure::WinBackRate => per(counts.won_back, counts.missed),
        Measure::Retained30 => retained(measure, counts, 30),
        Measure::Retained90 => retained(measure, counts, 90),
        Measure::Retained365 => retained(measure, counts, 365),
        Measure::PassRetention => {
            let (kept, ever) = passes(counts);
            per(kept, ever)
        }
        Measure::OrdersPerYear
        | Measure::ValuePerYear
        | Measure::LifetimeValue
        | Measure::ProfitPerYear
        | Measure::LifetimeProfit
        | Measure::RewardCostPerYear => worth(measure, counts, profit),
        Measure::TopTenthShare => per(counts.top_minor, counts.revenue_minor),
        Measure::Issued => one(rewards(|reward| reward.issued)),
        Measure::Fulfilled => one(rewards(|reward| reward.fulfilled)),
        Measure::PointsIssued => one(points.issued),
        Measure::PointsSpent => one(points.spent),
        Measure::RedemptionRate => per(points.spent, points.issued),
        Measure::PointsExpired => one(points.expired),
        Measure::PointsReversed => one(points.reversed),
        Measure::PointsMoved => one(points.moved),
        Measure::PointsNet => one(points.net),
        Measure::PointsHeld => one(points.held),
        Measure::Friends => one(counts.friends),
        Measure::FriendsPerMember => per(counts.friends, counts.members),
    }
}

/// Every figure, in the order of [`Measure::ALL`].
pub fn figures(counts: &Counts, profit: Profit) -> Vec<Figure> {
    let each = Measure::ALL.iter();
    each.map(|measure| figure(*measure, counts, profit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(counts: &Counts, profit: Profit, measure: Measure) -> Option<i64> {
        figure(measure, counts, profit).value
    }

    const PROFIT: Profit = Profit {
        margin_percent: 20,
        horizon_years: 5,
        reward_cost_minor: None,
    };

    /// 40.00 six times a year are 240.00 a year, 1,200.00 in five, of which 20 % are 48.00 a year.
    /// Shows SR-076 (exactly), SR-077 (the profit of a year).
    #[test]
    fn forty_six_times_a_year_is_two_hundred_and_forty() {
        // Ten people in ninety days: 6 x 90 / 365 orders each would be no whole number; so a year, and a quarter of 73.
        for (days, buyers, orders) in [(365, 1, 6), (365, 10, 60), (73, 5, 6)] {
            let counts = Counts {
                days,
                buyers,
                orders,
                revenue_minor: orders * 4_000,
                ..Counts::default()
            };
            for (measure, wanted) in [
                (Measure::AverageOrder, 4_000),
                (Measure::OrdersPerYear, 600),
                (Measure::ValuePerYear, 24_000),
                (Measure::LifetimeValue, 120_000),
                (Measure::ProfitPerYear, 4_800),
                (Measure::LifetimeProfit, 24_000),
            ] {
                assert_eq!(
                    value(&counts, PROFIT, measure),
                    Some(wanted),
                    "{measure:?} {days}"
                );
            }
        }
    }

    #[test]
    fn a_year_is_rounded_once_and_the_years_are_not_rounded_years() {
        let counts = Counts {
            days: 365,
            buyers: 3,
            orders: 1,
            revenue_minor: 1_000,
            ..Counts::default()
        };
        // 333.33 a year; five of them are 1,666.67 and not 5 x 333.
        assert_eq!(value(&counts, PROFIT, Measure::ValuePerYear), Some(333));
        assert_eq!(value(&counts, PROFIT, Measure::LifetimeValue), Some(1_667));
    }

    #[test]
    fn nothing_is_divided_by_nothing() {
        for figure in figures(&Counts::default(), PROFIT) {
            let is_quotient = figure.of.is_some();
            assert!(!is_quotient || figure.value.is_none(), "{figure:?}");
        }
    }

    /// Shows SR-010 (97 of 100 are 97.0 %).
    #[test]
    fn shares_are_rounded_half_up() {
        for (part, of, wanted) in [
            (97, 100, Some(970)),
            (1, 3, Some(333)),
            (2, 3, Some(667)),
            (1, 2_000, Some(1)),
            (0, 5, Some(0)),
            (5, 0, None),
        ] {
            assert_eq!(permille(part, of), wanted, "{part} of {of}");
        }
        assert_eq!(round_half_up(-5, 2), Some(-2));
        assert_eq!(round_half_up(i128::from(i64::MAX) * 2, 1), None);
    }

    #[test]
    fn every_figure_has_a_name_of_its_own_and_a_formula() {
        let mut names: Vec<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Measure::ALL.len());
        assert!(
            Measure::ALL
                .iter()
                .all(|measure| measure.formula().ends_with('.'))
        );
    }
}
