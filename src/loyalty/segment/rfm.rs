//! Recency, frequency and money of a member among all who bought, each as a fifth from 1 to 5.
//!
//! Buyers are those with an order within 365 days. A fifth is 1 + the whole part of 5 x (those who stand strictly
//! lower) / all, as the program's figures have it ([`RfmCell`](crate::loyalty::insight::RfmCell)). Where the fifths lie
//! is counted of all buyers now and then; in which one somebody stands is asked of what they have bought by now.

use serde::{Deserialize, Serialize};

use super::Bounds;

/// The lowest and the highest fifth.
pub const FIFTHS: std::ops::RangeInclusive<i64> = 1..=5;

/// In which fifths a member stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rfm {
    /// How late the last order was, 5 for the latest.
    #[serde(default, skip_serializing_if = "Bounds::are_open")]
    pub recency: Bounds,
    /// How many orders, 5 for the most.
    #[serde(default, skip_serializing_if = "Bounds::are_open")]
    pub frequency: Bounds,
    /// How much was spent, 5 for the most.
    #[serde(default, skip_serializing_if = "Bounds::are_open")]
    pub money: Bounds,
    /// Where the program's fifths lie; until that is known it holds of nobody.
    #[serde(skip)]
    pub fifths: Option<Fifths>,
}

/// What somebody bought within 365 days; there is none of who bought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measures {
    /// The number of the last day with an order.
    pub recency: i64,
    /// Orders.
    pub frequency: i64,
    /// Minor units.
    pub money: i64,
}

/// Where the fifths of a program lie.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fifths {
    /// By the number of the last day with an order.
    pub recency: Steps,
    /// By orders.
    pub frequency: Steps,
    /// By minor units.
    pub money: Steps,
}

/// The least that stands in the second fifth or higher, in the third, the fourth, the fifth; `None` where nobody does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps([Option<i64>; 4]);

impl Bounds {
    /// Whether nothing is asked.
    pub fn are_open(&self) -> bool {
        *self == Self::default()
    }
}

impl Steps {
    /// The steps of buyers, by the fifths in which somebody stands with the least of each.
    pub fn of(least: &[(i64, i64)]) -> Self {
        let mut step = 1;
        Self([(); 4].map(|()| {
            step += 1;
            let higher = least.iter().filter(|(fifth, _)| *fifth >= step);
            higher.map(|(_, number)| *number).min()
        }))
    }

    /// The least that stands in a fifth or higher: of the first, whatever there is.
    fn least(self, fifth: i64) -> Limit {
        let Some(place) = usize::try_from(fifth - 2).ok() else {
            return Limit::Any;
        };
        let step = self.0.get(place).copied().flatten();
        step.map_or(Limit::Nothing, Limit::From)
    }

    /// From what number on a fifth within bounds begins, and before which one it ends.
    pub fn range(self, bounds: Bounds) -> (Limit, Limit) {
        let least = bounds.at_least.map_or(Limit::Any, |fifth| self.least(fifth));
        let end = bounds
            .at_most
            .map_or(Limit::Nothing, |fifth| self.least(fifth.saturating_add(1)));
        (least, end)
    }

    fn hold(self, bounds: Bounds, number: i64) -> bool {
        let (least, end) = self.range(bounds);
        least.is_reached(number) && !end.is_reached(number)
    }
}

/// What numbers reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Every number does.
    Any,
    /// This one does and each greater.
    From(i64),
    /// None does.
    Nothing,
}

impl Limit {
    fn is_reached(self, number: i64) -> bool {
        match self {
            Self::Any => true,
            Self::From(least) => number >= least,
            Self::Nothing => false,
        }
    }
}

impl Rfm {
    /// Whether it holds of who bought so much.
    pub fn holds(&self, measures: Measures) -> bool {
        self.fifths.as_ref().is_some_and(|fifths| {
            fifths.recency.hold(self.recency, measures.recency)
                && fifths.frequency.hold(self.frequency, measures.frequency)
                && fifths.money.hold(self.money, measures.money)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(at_least: Option<i64>, at_most: Option<i64>) -> Bounds {
        Bounds { at_least, at_most }
    }

    #[test]
    fn a_number_stands_in_the_fifth_whose_least_it_reaches() {
        // Nobody stands in the third.
        let steps = Steps::of(&[(1, 10), (2, 20), (4, 40), (5, 50)]);
        for (number, fifth) in [
            (-3, 1),
            (10, 1),
            (19, 1),
            (20, 2),
            (39, 2),
            (40, 4),
            (49, 4),
            (50, 5),
            (99, 5),
        ] {
            for one in FIFTHS {
                let is_in = steps.hold(bounds(Some(one), Some(one)), number);
                assert_eq!(is_in, one == fifth, "{number} in {one}");
                assert_eq!(steps.hold(bounds(Some(one), None), number), fifth >= one);
                assert_eq!(steps.hold(bounds(None, Some(one)), number), fifth <= one);
            }
        }
    }

    #[test]
    fn in_a_fifth_that_nobody_reaches_there_is_nobody() {
        let steps = Steps::of(&[(1, 10)]);
        assert!(!steps.hold(bounds(Some(2), None), 99));
        assert!(steps.hold(bounds(None, Some(1)), 99));
        let wanted = Rfm {
            recency: bounds(Some(1), None),
            ..Rfm::default()
        };
        let bought = Measures {
            recency: 1,
            frequency: 1,
            money: 1,
        };
        assert!(!wanted.holds(bought), "of what was never counted");
    }
}
