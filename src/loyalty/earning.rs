//! What an order earns: so many points per unit of money, the rest carried to the next order.

use crate::types::{Money, Points, PointsError};

/// Why an order earns nothing and is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EarningError {
    /// The total is below zero.
    #[error("the order's total is negative; record a refund of the earlier order instead")]
    NegativeTotal,
    /// The points would not fit.
    #[error(transparent)]
    Points(#[from] PointsError),
}

/// The base rule of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseRule {
    /// Points for each `per_minor` of money spent.
    pub points: i64,
    /// So many minor units of the program's currency (100 is one euro).
    pub per_minor: i64,
}

impl Default for BaseRule {
    fn default() -> Self {
        Self {
            points: 1,
            per_minor: 100,
        }
    }
}

/// What an order earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned {
    /// The points.
    pub points: Points,
    /// What is left for the next order, in point-minor units: always less than `per_minor`.
    pub remainder: i64,
}

impl BaseRule {
    /// Most points and most money that a rule may name.
    pub const MAX: i64 = 1_000_000;

    /// What a total earns on top of the remainder that earlier orders left.
    ///
    /// The remainder counts money times points, so that nothing is ever rounded away:
    /// at 3 points per 100, two orders of 50 earn 1 and then 2.
    pub fn earn(&self, total: Money, remainder: i64) -> Result<Earned, EarningError> {
        if total.minor < 0 {
            return Err(EarningError::NegativeTotal);
        }
        let per = i128::from(self.per_minor.clamp(1, Self::MAX));
        let worth = i128::from(total.minor) * i128::from(self.points) + i128::from(remainder);
        let points = i64::try_from(worth.div_euclid(per)).map_err(|_| PointsError)?;
        let rest = i64::try_from(worth.rem_euclid(per)).map_err(|_| PointsError)?;
        Ok(Earned {
            points: Points::new(points)?,
            remainder: rest,
        })
    }

    /// The points to take back when `refunded` of `total` is given back and the order had earned `earned`:
    /// pro rata, halves rounded towards taking less, and never more than was earned.
    pub fn take_back(earned: Points, refunded_minor: i64, total_minor: i64) -> Result<Points, PointsError> {
        if total_minor <= 0 || refunded_minor >= total_minor {
            return Ok(earned);
        }
        let share = i128::from(earned.get()) * i128::from(refunded_minor.max(0));
        let total = i128::from(total_minor);
        let rounded = (2 * share + total - 1).div_euclid(2 * total);
        Points::new(i64::try_from(rounded).map_err(|_| PointsError)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().expect("a code")).expect("in range")
    }

    #[test]
    fn the_remainder_is_carried_so_that_split_orders_earn_the_same() {
        let rule = BaseRule {
            points: 3,
            per_minor: 100,
        };
        let first = rule.earn(euros(50), 0).expect("earns");
        let second = rule.earn(euros(50), first.remainder).expect("earns");
        assert_eq!(
            (first.points.get(), second.points.get(), second.remainder),
            (1, 2, 0)
        );
        assert_eq!(rule.earn(euros(100), 0).expect("earns").points.get(), 3);
    }

    #[test]
    fn a_negative_total_and_an_overflow_are_refused() {
        let rule = BaseRule {
            points: BaseRule::MAX,
            per_minor: 1,
        };
        assert_eq!(rule.earn(euros(-1), 0), Err(EarningError::NegativeTotal));
        assert_eq!(
            rule.earn(euros(Money::MAX_MINOR), 0),
            Err(EarningError::Points(PointsError))
        );
    }

    #[test]
    fn a_partial_refund_takes_back_its_share_and_a_whole_one_everything() {
        let earned = Points::new(13).expect("in range");
        let back = |refunded| {
            BaseRule::take_back(earned, refunded, 1_300)
                .expect("in range")
                .get()
        };
        assert_eq!(
            (back(0), back(100), back(150), back(151), back(1_300), back(9_999)),
            (0, 1, 1, 2, 13, 13)
        );
    }
}
