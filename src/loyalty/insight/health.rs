//! What is worth a second look: figures beyond a bound, each with what to do.

use super::counts::Counts;
use super::figures::Figure;
use super::measure::Measure;

/// Below so many members nothing is said: one person more or less would change it.
pub const HEALTH_MEMBERS_MIN: i64 = 20;
/// Least participation, in hundredths of a percent.
pub const PARTICIPATION_MIN: i64 = 2_000;
/// Least share of the issued points that is spent, in hundredths of a percent.
pub const REDEMPTION_MIN: i64 = 2_000;
/// Least share of passes that stay on phones, in hundredths of a percent.
pub const PASS_RETENTION_MIN: i64 = 8_000;
/// Most by which the points that members hold may grow in a period, in hundredths of a percent of what they held when
/// it began.
pub const LIABILITY_GROWTH_MAX: i64 = 2_000;

/// Something worth a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Few members order.
    ParticipationLow,
    /// Few of the points are spent.
    RedemptionLow,
    /// Many passes are removed.
    PassRetentionLow,
    /// Members hold many more points than when the period began.
    LiabilityGrowing,
    /// A member's points are expected to cost more than the member's profit.
    RewardsCostMore,
}

impl Warning {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ParticipationLow => "participation_low",
            Self::RedemptionLow => "redemption_low",
            Self::PassRetentionLow => "pass_retention_low",
            Self::LiabilityGrowing => "liability_growing",
            Self::RewardsCostMore => "rewards_cost_more",
        }
    }

    /// What it means and what to do, in English.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::ParticipationLow => {
                "Fewer than one member in five ordered. Give those who stayed away a reason to come: a promotion, or a reward that is near."
            }
            Self::RedemptionLow => {
                "Less than a fifth of the points is spent. Add a reward that costs little, so that members see what points are for."
            }
            Self::PassRetentionLow => {
                "More than one pass in five was removed from its phone. Look at what the card shows and how often it tells of something."
            }
            Self::LiabilityGrowing => {
                "Members hold over a fifth more points than when the period began. Offer rewards for them, or settle when points expire."
            }
            Self::RewardsCostMore => {
                "The points that a member gets in a year are expected to cost more than the member's profit. Give fewer points, or make rewards dearer."
            }
        }
    }
}

/// What is worth a second look, the gravest first.
pub fn list_warnings(counts: &Counts, figures: &[Figure]) -> Vec<Warning> {
    if counts.members < HEALTH_MEMBERS_MIN {
        return Vec::new();
    }
    let value = |measure: Measure| {
        let found = figures.iter().find(|figure| figure.measure == measure);
        found.and_then(|figure| figure.value)
    };
    let is_below = |measure: Measure, least: i64| value(measure).is_some_and(|value| value < least);
    let points = &counts.points;
    let growth = i128::from(points.held) - i128::from(points.held_before);
    let growth_max = i128::from(points.held_before) * i128::from(LIABILITY_GROWTH_MAX) / 10_000;
    let costs_more = match (value(Measure::RewardCostPerYear), value(Measure::ProfitPerYear)) {
        (Some(cost), Some(profit)) => cost > profit,
        _ => false,
    };
    let all = [
        (Warning::RewardsCostMore, costs_more),
        (
            Warning::ParticipationLow,
            is_below(Measure::Participation, PARTICIPATION_MIN),
        ),
        (
            Warning::RedemptionLow,
            is_below(Measure::RedemptionRate, REDEMPTION_MIN),
        ),
        (
            Warning::PassRetentionLow,
            is_below(Measure::PassRetention, PASS_RETENTION_MIN),
        ),
        (
            Warning::LiabilityGrowing,
            points.held_before > 0 && growth > growth_max,
        ),
    ];
    let grave = all.into_iter().filter(|(_, is_so)| *is_so);
    grave.map(|(warning, _)| warning).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Passes, PointSums, Profit, figures};
    use super::*;

    /// Each bound is named only beyond it, and no small program hears of any.
    /// Shows SR-108 (thresholds raise warnings), SR-077 (rewards that cost more than the profit).
    #[test]
    fn each_bound_warns_beyond_it_and_not_at_it() {
        let sound = Counts {
            days: 365,
            members: 100,
            participants: 20,
            buyers: 20,
            orders: 20,
            revenue_minor: 20 * 24_000,
            points: PointSums {
                issued: 1_000,
                spent: 200,
                held_before: 1_000,
                held: 1_200,
                ..PointSums::default()
            },
            passes: vec![Passes {
                ever: 100,
                kept: 80,
                ..Passes::default()
            }],
            ..Counts::default()
        };
        // 48.00 of profit a year and member.
        let warned = |counts: &Counts, cost: i64| {
            let profit = Profit {
                margin_percent: 20,
                horizon_years: 5,
                reward_cost_minor: Some(cost),
            };
            list_warnings(counts, &figures(counts, profit))
        };
        assert_eq!(warned(&sound, 20 * 4_800), []);
        assert_eq!(warned(&sound, 20 * 4_801), [Warning::RewardsCostMore]);
        let mut few = sound.clone();
        few.participants = 19;
        assert_eq!(warned(&few, 0), [Warning::ParticipationLow]);
        let mut unspent = sound.clone();
        unspent.points.spent = 199;
        assert_eq!(warned(&unspent, 0), [Warning::RedemptionLow]);
        let mut removed = sound.clone();
        removed.passes[0].kept = 79;
        assert_eq!(warned(&removed, 0), [Warning::PassRetentionLow]);
        let mut growing = sound;
        growing.points.held = 1_201;
        assert_eq!(warned(&growing, 0), [Warning::LiabilityGrowing]);
        growing.members = HEALTH_MEMBERS_MIN - 1;
        growing.participants = 0;
        assert_eq!(warned(&growing, i64::MAX), []);
    }
}
