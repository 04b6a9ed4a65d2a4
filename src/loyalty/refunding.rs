//! What goes back when an order is refunded.
//!
//! All refunds of an order together take back what one refund of their sum would, so the rounding never adds up.
//! Money that was not yet worth a point goes back too: a rule that counts money is left where it would be without
//! it. Otherwise whoever buys for 0.99 and returns it a hundred times would have 99 points for nothing.

use serde::{Deserialize, Serialize};

use crate::types::PointsError;

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
    /// Before.
    pub before: Gone,
    /// With this refund.
    pub after: Gone,
}

/// What was given back of an order by amount, of what was not given back by lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// Minor units given back by amount.
    pub amount: i64,
    /// Minor units that were paid for what was not given back by lines.
    pub rest: i64,
}

/// How much of what a rule counted was given back by lines, in money or pieces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfLines {
    /// Before a refund.
    pub before: i64,
    /// With it.
    pub after: i64,
    /// All that it counted.
    pub all: i64,
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
    pub const WHOLE: Self = Self::by_amount(0, 1, 1);

    /// Whether nothing is left with it.
    pub const fn is_whole(self) -> bool {
        self.after.amount >= self.after.rest
    }

    /// A refund by amount of an order of which no lines were given back.
    pub const fn by_amount(before: i64, after: i64, total: i64) -> Self {
        Self {
            before: Gone {
                amount: before,
                rest: total,
            },
            after: Gone {
                amount: after,
                rest: total,
            },
        }
    }

    /// The part of an amount that goes back with this refund: pro rata, halves rounded towards taking less, and
    /// never more than all of it in the end.
    pub fn of(self, amount: i64) -> i64 {
        self.of_both(amount, 0, 0)
    }

    /// The same of what a rule gave for certain lines.
    pub fn of_lines(self, amount: i64, lines: OfLines) -> i64 {
        let by_lines = |gone| part(amount, gone, lines.all);
        self.of_both(amount, by_lines(lines.before), by_lines(lines.after))
    }

    /// The same where so much of the amount was given back by lines before this refund and with it.
    pub fn of_both(self, amount: i64, before: i64, after: i64) -> i64 {
        self.after.of(amount, after) - self.before.of(amount, before)
    }

    /// The money that goes back of a rule that counts it, times what it gives for each step.
    pub fn worth_of(self, counting: &Counting, lines: OfLines) -> i64 {
        self.of_lines(counting.minor, lines).saturating_mul(counting.each)
    }

    /// What goes back of a rule that counts money and gives points.
    pub fn of_counting(self, counting: &Counting, lines: OfLines) -> Result<Taking, PointsError> {
        let earned = self.of_lines(counting.earned, lines);
        let minor = self.of_lines(counting.minor, lines);
        let worth = i128::from(minor) * i128::from(counting.each);
        let covered = i128::from(earned) * i128::from(counting.per_minor);
        Ok(Taking {
            earned,
            remainder: i64::try_from(worth - covered).map_err(|_| PointsError)?,
        })
    }
}

impl Gone {
    /// How much of an amount is gone, of which so much went by lines.
    fn of(self, amount: i64, by_lines: i64) -> i64 {
        if self.amount >= self.rest {
            return amount;
        }
        by_lines + part(amount - by_lines, self.amount, self.rest)
    }
}

/// The part of an amount that falls on so much of a whole; halves are rounded down.
pub(super) fn part(amount: i64, gone: i64, whole: i64) -> i64 {
    if gone <= 0 {
        return 0;
    }
    if gone >= whole {
        return amount;
    }
    let share = i128::from(amount) * i128::from(gone);
    let whole = i128::from(whole);
    let rounded = (2 * share + whole - 1).div_euclid(2 * whole);
    i64::try_from(rounded).unwrap_or(amount)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(before: i64, after: i64, total: i64) -> Share {
        Share::by_amount(before, after, total)
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
        let taking = share(0, 99, 99)
            .of_counting(&counting, OfLines::default())
            .expect("in range");
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
                let taking = share(done, after, minor).of_counting(&counting, OfLines::default()).expect("in range");
                prop_assert!(taking.earned >= 0);
                taken += taking.earned;
                remainder -= taking.remainder;
                done = after;
            }
            prop_assert_eq!((taken, remainder), (earned, before));
        }
    }
}
