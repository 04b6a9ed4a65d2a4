//! Where a customer stands, by their own rhythm of buying.
//!
//! The rhythm is the mean distance of the days on which they bought. Who is silent for more than twice as long is at
//! risk, for three times as long has lapsed: a customer of every week is missed after a fortnight, one of every quarter
//! is not.

use serde::{Deserialize, Serialize};

use crate::types::Day;

/// The shortest rhythm, in days: several visits in one week are not a promise to come every other day.
pub const RHYTHM_MIN: i64 = 7;
/// The rhythm of a customer who bought on one day only, in days.
pub const RHYTHM_UNKNOWN: i64 = 45;
/// Silent for more than so many rhythms is at risk.
pub const AT_RISK: i64 = 2;
/// Silent for so many rhythms has lapsed.
pub const LAPSED: i64 = 3;
/// Days with an order from which a customer is a loyal one.
pub const LOYAL_VISITS: i64 = 10;

/// Where a customer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Bought nothing yet.
    New,
    /// Bought on one day.
    Once,
    /// Bought on several days.
    Repeat,
    /// Bought on many days.
    Loyal,
    /// Bought, and has been silent for longer than usual.
    AtRisk,
    /// Bought, and has been silent for so long that they are not expected any more.
    Lapsed,
}

/// The days on which somebody bought, as far as the stage asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visits {
    /// How many there are.
    pub count: i64,
    /// The first.
    pub first: Day,
    /// The last.
    pub last: Day,
}

impl Stage {
    /// Every one, in the order in which customers go through them.
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Once,
        Self::Repeat,
        Self::Loyal,
        Self::AtRisk,
        Self::Lapsed,
    ];

    /// Where somebody stands today; `visits` is `None` of who bought nothing.
    pub fn of(visits: Option<Visits>, today: Day) -> Self {
        let Some(Visits { count, first, last }) = visits.filter(|visits| visits.count > 0) else {
            return Self::New;
        };
        let silent = today.number() - last.number();
        // Both sides times the number of distances, so that nothing is divided.
        let gaps = (count - 1).max(1);
        let rhythm = if count == 1 {
            RHYTHM_UNKNOWN
        } else {
            (last.number() - first.number()).max(RHYTHM_MIN * gaps)
        };
        if silent * gaps >= LAPSED * rhythm {
            Self::Lapsed
        } else if silent * gaps > AT_RISK * rhythm {
            Self::AtRisk
        } else if count == 1 {
            Self::Once
        } else if count >= LOYAL_VISITS {
            Self::Loyal
        } else {
            Self::Repeat
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(count: i64, first: i64, last: i64, today: i64) -> Stage {
        let day = |number| Day::from_number(20_000 + number);
        let visits = Visits {
            count,
            first: day(first),
            last: day(last),
        };
        Stage::of(Some(visits), day(today))
    }

    /// Shows SR-153 (the stages; by hand).
    #[test]
    fn a_weekly_customer_is_missed_after_a_fortnight_and_a_quarterly_one_is_not() {
        assert_eq!(Stage::of(None, Day::from_number(20_000)), Stage::New);
        // Five Mondays: a rhythm of seven days.
        for (silent, wanted) in [
            (0, Stage::Repeat),
            (14, Stage::Repeat),
            (15, Stage::AtRisk),
            (20, Stage::AtRisk),
            (21, Stage::Lapsed),
        ] {
            assert_eq!(stage(5, 0, 28, 28 + silent), wanted, "{silent}");
        }
        // Every ninety days.
        assert_eq!(stage(5, 0, 360, 360 + 180), Stage::Repeat);
        assert_eq!(stage(5, 0, 360, 360 + 181), Stage::AtRisk);
        assert_eq!(stage(5, 0, 360, 360 + 269), Stage::AtRisk);
        assert_eq!(stage(5, 0, 360, 360 + 270), Stage::Lapsed);
        // Three days in a row are taken for a rhythm of a week.
        assert_eq!(stage(3, 0, 2, 2 + 14), Stage::Repeat);
        assert_eq!(stage(3, 0, 2, 2 + 15), Stage::AtRisk);
        assert_eq!(stage(1, 0, 0, 90), Stage::Once);
        assert_eq!(stage(1, 0, 0, 91), Stage::AtRisk);
        assert_eq!(stage(1, 0, 0, 134), Stage::AtRisk);
        assert_eq!(stage(1, 0, 0, 135), Stage::Lapsed);
        assert_eq!(stage(10, 0, 70, 80), Stage::Loyal);
        assert_eq!(stage(9, 0, 70, 80), Stage::Repeat);
    }
}
