//! What a campaign did: those who heard it beside those who were held out.

/// In so many parts a share is stated: 10,000 is everybody.
pub const PARTS: i64 = 10_000;
/// Fewest members of either group with which a difference is stated; fewer say nothing.
pub const GROUP_MIN: i64 = 30;
/// Parts of a share while it is calculated.
const FINE: i64 = 1_000_000;
/// Standard deviations to either side in which the difference lies 95 times of 100, in hundredths.
const DEVIATIONS: i64 = 196;

/// Some members, and how many of them bought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Group {
    /// All of them.
    pub members: i64,
    /// Those who bought.
    pub buyers: i64,
}

/// By how much more of those who heard it bought, in parts of 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uplift {
    /// The share of those who heard it less the share of those who were held out, rounded towards zero.
    pub parts: i64,
    /// The least that it is, 95 times of 100.
    pub low: i64,
    /// The most that it is, 95 times of 100.
    pub high: i64,
}

impl Group {
    /// The share who bought, in parts of a million.
    fn share(self) -> i64 {
        self.buyers.clamp(0, self.members) * FINE / self.members.max(1)
    }

    /// How much the share would vary if others had been drawn: the square of the deviation, in parts of a million.
    fn variance(self) -> i64 {
        let share = self.share();
        share * (FINE - share) / self.members.max(1)
    }
}

/// What a campaign did. `None` where either group is too small to say. The interval is that of two shares with a normal
/// approximation: the difference, and 1.96 times the root of the sum of both variances to either side.
pub fn uplift(heard: Group, held_out: Group) -> Option<Uplift> {
    if heard.members < GROUP_MIN || held_out.members < GROUP_MIN {
        return None;
    }
    let difference = heard.share() - held_out.share();
    let deviation = (heard.variance() + held_out.variance()).isqrt();
    let margin = deviation * DEVIATIONS / 100;
    let parts = |fine: i64| fine * PARTS / FINE;
    Some(Uplift {
        parts: parts(difference),
        low: parts(difference - margin),
        high: parts(difference + margin),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn group(members: i64, buyers: i64) -> Group {
        Group { members, buyers }
    }

    /// By hand.
    #[test]
    fn the_difference_and_its_interval_are_those_of_the_textbook() {
        // 12 % of 1,000 against 8 % of 500: root(0.12 * 0.88 / 1000 + 0.08 * 0.92 / 500) = 0.015897, times 1.96 = 0.031158.
        let found = uplift(group(1_000, 120), group(500, 40));
        assert_eq!(
            found,
            Some(Uplift {
                parts: 400,
                low: 88,
                high: 711
            })
        );
        // As many of both: nothing is shown, and zero lies within.
        let even = uplift(group(200, 20), group(200, 20)).expect("large enough");
        assert!(even.parts == 0 && even.low < 0 && even.high > 0, "{even:?}");
    }

    #[test]
    fn small_groups_say_nothing_and_extremes_do_not_overflow() {
        assert_eq!(uplift(group(29, 29), group(1_000, 0)), None);
        assert_eq!(uplift(group(1_000, 0), group(0, 0)), None);
        let all = uplift(group(10_000_000, 10_000_000), group(1_000_000, 0));
        assert_eq!(
            all.map(|one| (one.parts, one.low, one.high)),
            Some((10_000, 10_000, 10_000))
        );
    }
}
