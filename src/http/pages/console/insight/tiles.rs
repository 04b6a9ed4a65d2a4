//! The figures as tiles: what it is, its number, of how many, and how it is counted.

use super::super::super::desk::Desk;
use crate::actions::measure_program::Insight;
use crate::loyalty::insight::{Figure, Measure, Unit, permille};

/// Stands for a number that there is none of.
pub(super) const NONE: &str = "–";

/// Figures that belong together.
pub(super) struct Group {
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) tiles: Vec<Tile>,
}

/// A figure.
pub(super) struct Tile {
    /// Its name in the API and in the table.
    pub(super) key: &'static str,
    pub(super) name: String,
    pub(super) value: String,
    /// Of how many.
    pub(super) counted: Option<String>,
    pub(super) formula: String,
    /// The list behind it.
    pub(super) link: Option<String>,
}

const GROUPS: &[(&str, &str, &[Measure])] = &[
    (
        "people",
        "insight-people",
        &[
            Measure::Members,
            Measure::Joined,
            Measure::Participation,
            Measure::ActiveRate,
            Measure::Friends,
            Measure::FriendsPerMember,
        ],
    ),
    (
        "loyal",
        "insight-loyal",
        &[
            Measure::RepeatRate,
            Measure::SecondPurchaseRate,
            Measure::DaysToSecond,
            Measure::WinBackRate,
            Measure::Retained30,
            Measure::Retained90,
            Measure::Retained365,
        ],
    ),
    (
        "sales",
        "insight-sales",
        &[
            Measure::Orders,
            Measure::Revenue,
            Measure::AverageOrder,
            Measure::Visits,
            Measure::SpendPerVisit,
            Measure::TopTenthShare,
        ],
    ),
    (
        "worth",
        "insight-worth",
        &[
            Measure::OrdersPerYear,
            Measure::ValuePerYear,
            Measure::LifetimeValue,
            Measure::ProfitPerYear,
            Measure::LifetimeProfit,
            Measure::RewardCostPerYear,
        ],
    ),
    (
        "points",
        "insight-points",
        &[
            Measure::PointsIssued,
            Measure::PointsSpent,
            Measure::RedemptionRate,
            Measure::PointsExpired,
            Measure::PointsReversed,
            Measure::PointsMoved,
            Measure::PointsNet,
            Measure::PointsHeld,
            Measure::Issued,
            Measure::Fulfilled,
            Measure::PassRetention,
        ],
    ),
];

/// The message that names a figure, and says under `.next` how it is counted.
const fn message(measure: Measure) -> &'static str {
    match measure {
        Measure::Members => "insight-members",
        Measure::Joined => "insight-joined",
        Measure::Participation => "insight-participation",
        Measure::ActiveRate => "insight-active-rate",
        Measure::Orders => "insight-orders",
        Measure::Revenue => "insight-revenue",
        Measure::AverageOrder => "insight-average-order",
        Measure::Visits => "insight-visits",
        Measure::SpendPerVisit => "insight-spend-per-visit",
        Measure::RepeatRate => "insight-repeat-rate",
        Measure::SecondPurchaseRate => "insight-second-purchase-rate",
        Measure::DaysToSecond => "insight-days-to-second",
        Measure::WinBackRate => "insight-win-back-rate",
        Measure::Retained30 => "insight-retained-30",
        Measure::Retained90 => "insight-retained-90",
        Measure::Retained365 => "insight-retained-365",
        Measure::PassRetention => "insight-pass-retention",
        Measure::OrdersPerYear => "insight-orders-per-year",
        Measure::ValuePerYear => "insight-value-per-year",
        Measure::LifetimeValue => "insight-lifetime-value",
        Measure::ProfitPerYear => "insight-profit-per-year",
        Measure::LifetimeProfit => "insight-lifetime-profit",
        Measure::RewardCostPerYear => "insight-reward-cost",
        Measure::TopTenthShare => "insight-top-tenth",
        Measure::Issued => "insight-issued",
        Measure::Fulfilled => "insight-fulfilled",
        Measure::PointsIssued => "insight-points-issued",
        Measure::PointsSpent => "insight-points-spent",
        Measure::RedemptionRate => "insight-redemption-rate",
        Measure::PointsExpired => "insight-points-expired",
        Measure::PointsReversed => "insight-points-reversed",
        Measure::PointsMoved => "insight-points-moved",
        Measure::PointsNet => "insight-points-net",
        Measure::PointsHeld => "insight-points-held",
        Measure::Friends => "insight-friends",
        Measure::FriendsPerMember => "insight-friends-per-member",
    }
}

/// A number as its unit is written.
fn written(desk: &Desk, figure: &Figure) -> Option<String> {
    let language = desk.locale.language();
    let value = figure.value?;
    let parts = figure.part.zip(figure.of);
    match figure.measure.unit() {
        Unit::Count | Unit::Points => Some(language.write_number(value)),
        Unit::Money => Some(desk.money(value)),
        // From the counts, not from what was rounded.
        Unit::BasisPoints => parts.and_then(|(part, of)| Some(language.write_percent(permille(part, of)?))),
        Unit::Hundredths => Some(language.write_hundredths(value.unsigned_abs())),
        Unit::TenthDays => Some(language.write_tenths(value.unsigned_abs())),
    }
}

/// Both counts of a quotient: a share is one of the other, anything else one by the other.
fn divided(desk: &Desk, measure: Measure, (part, of): (i64, i64)) -> String {
    let number = |number: i64, is_money: bool| {
        if is_money {
            desk.money(number)
        } else {
            desk.locale.language().write_number(number)
        }
    };
    let (is_part_money, is_of_money) = match measure {
        Measure::TopTenthShare => (true, true),
        Measure::AverageOrder | Measure::SpendPerVisit => (true, false),
        _ => (false, false),
    };
    let (part, of) = (number(part, is_part_money), number(of, is_of_money));
    let text = match measure.unit() {
        Unit::BasisPoints => "insight-of",
        _ => "insight-over",
    };
    desk.locale.say(text, &[("part", part.into()), ("of", of.into())])
}

fn tile(desk: &Desk, insight: &Insight, figure: &Figure, is_to_today: bool) -> Tile {
    let measure = figure.measure;
    let (name, formula) = desk.locale.word_and_next(message(measure));
    Tile {
        key: measure.name(),
        name,
        value: written(desk, figure).unwrap_or_else(|| NONE.to_owned()),
        counted: figure
            .part
            .zip(figure.of)
            .map(|counts| divided(desk, measure, counts)),
        formula,
        link: match measure {
            Measure::Members => Some(desk.link("/console/members")),
            Measure::Joined if is_to_today => {
                Some(desk.link(&format!("/console/members?since={}", insight.from)))
            }
            _ => None,
        },
    }
}

/// All figures in their groups.
pub(super) fn groups(desk: &Desk, insight: &Insight) -> Vec<Group> {
    let today = desk.program.time_zone.local(insight.as_of).day;
    let tiles = |of: &[Measure]| {
        let found = of.iter().filter_map(|measure| {
            let figure = insight.figures.iter().find(|figure| figure.measure == *measure)?;
            Some(tile(desk, insight, figure, insight.to == today))
        });
        found.collect()
    };
    let group = |(id, heading, of): &(&'static str, &str, &[Measure])| Group {
        id,
        heading: desk.locale.word(heading),
        tiles: tiles(of),
    };
    GROUPS.iter().map(group).collect()
}
