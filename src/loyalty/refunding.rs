//! What goes back when an order is refunded.
//!
//! All refunds of an order together take back what one refund of their sum would, so the rounding never adds up.
//! Money that was not yet worth a point goes back too: a rule that counts money is left where it would be without
//! it. Otherwise whoever buys for 0.99 and returns it a hundred times would have 99 points for nothing.

use serde::{Deserialize, Serialize};

use crate::types::{Points, PointsError};

/// What a rule that counts money counted of an order, kept with the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// The rule; `None` for the program's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// Points, or rewards, for each step.
    pub each: i64,
    /// A step, in minor units.
    pub per_minor: i64,
    /// What was counted, in minor units.
    pub minor: i64,
    /// Points, or rewards, that it gave.
    pub earned: i64,
    /// Whether it gives rewards.
    #[serde(default, skip_serializing_if = "is_off")]
    pub gives_rewards: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_off(flag: &bool) -> bool {
    !*flag
}

/// How much of an order was given back before a refund, and is after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Minor units given back before.
    pub before: i64,
    /// Minor units given back with this refund.
    pub after: i64,
    /// Minor units that were paid.
    pub total: i64,
}

/// What a refund takes from a rule that counts money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taking {
    /// Points, or rewards.
    pub earned: i64,
    /// What the remainder loses; the remainder may fall below zero, which the next order makes up for.
    pub remainder: i64,
}

impl Share {
    /// All at once; also of an order of nothing, which may have earned for being an order.
    pub const WHOLE: Self = Self {
        before: 0,
        after: 1,
        total: 1,
    };

    /// The part of an amount that goes back with this refund: pro rata, halves rounded towards taking less, and
    /// never more than all of it in the end.
    pub fn of(self, amount: i64) -> i64 {
        self.part(amount, self.after) - self.part(amount, self.before)
    }

    fn part(self, amount: i64, refunded: i64) -> i64 {
        if self.total <= 0 || refunded >= self.total {
            return amount;
        }
        let share = i128::from(amount) * i128::from(refunded.max(0));
        let total = i128::from(self.total);
        let rounded = (2 * share + total - 1).div_euclid(2 * total);
        i64::try_from(rounded).unwrap_or(amount)
    }

    /// The money that goes back of a rule that counts it, times what it gives for each step.
    pub fn worth_of(self, counting: &Counting) -> i64 {
        self.of(counting.minor).saturating_mul(counting.each)
    }

    /// What goes back of a rule that counts money and gives points.
    pub fn of_counting(self, counting: &Counting) -> Result<Taking, PointsError> {
        let earned = self.of(counting.earned);
        let minor = self.of(counting.minor);
        let worth = i128::from(minor) * i128::from(counting.each);
        let covered = i128::from(earned) * i128::from(counting.per_minor);
        Ok(Taking {
            earned,
            remainder: i64::try_from(worth - covered).map_err(|_| PointsError)?,
        })
    }

    /// The points that go back of what was earned otherwise.
    pub fn of_points(self, earned: Points) -> Result<Points, PointsError> {
        Points::new(self.of(earned.get()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(before: i64, after: i64, total: i64) -> Share {
        Share { before, after, total }
    }

    #[test]
    fn a_partial_refund_takes_back_its_share_and_a_whole_one_everything() {
        let back = |refunded| share(0, refunded, 1_300).of(13);
        assert_eq!(
            (back(0), back(100), back(150), back(151), back(1_300), back(9_999)),
            (0, 1, 1, 2, 13, 13)
        );
        assert_eq!(share(0, 0, 0).of(5), 0, "nothing was given back before or after");
    }

    /// Found in other programs: small purchases that are returned leave a point behind.
    #[test]
    fn money_that_was_not_worth_a_point_goes_back_too() {
        let counting = Counting {
            term: None,
            each: 1,
            per_minor: 100,
            minor: 99,
            earned: 0,
            gives_rewards: false,
        };
        let taking = share(0, 99, 99).of_counting(&counting).expect("in range");
        assert_eq!(
            taking,
            Taking {
                earned: 0,
                remainder: 99
            }
        );
    }

    proptest! {
        /// In however many parts an order is given back, the rule ends where it would be without the order.
        #[test]
        fn a_whole_refund_in_parts_leaves_nothing(
            minor in 1_i64..100_000, each in 1_i64..50, per in 1_i64..5_000, before in 0_i64..5_000,
            cuts in prop::collection::vec(1_i64..100_000, 0..6),
        ) {
            let before = before % per;
            let worth = minor * each + before;
            let (earned, mut remainder) = (worth / per, worth % per);
            let counting = Counting { term: None, each, per_minor: per, minor, earned, gives_rewards: false };
            let mut taken = 0;
            let mut steps: Vec<i64> = cuts.into_iter().map(|cut| cut.min(minor)).collect();
            steps.push(minor);
            steps.sort_unstable();
            let mut done = 0;
            for after in steps {
                let taking = share(done, after, minor).of_counting(&counting).expect("in range");
                prop_assert!(taking.earned >= 0);
                taken += taking.earned;
                remainder -= taking.remainder;
                done = after;
            }
            prop_assert_eq!((taken, remainder), (earned, before));
        }
    }
}
