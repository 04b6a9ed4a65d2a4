//! The rule that every program has: so many points per unit of money.

/// The base rule of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseRule {
    /// Points for each `per_minor` of money spent; the rest is carried to the next order.
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

impl BaseRule {
    /// Most points and most money that a rule may name.
    pub const MAX: i64 = 1_000_000;

    /// What comes back of each amount spent, in hundredths of a per cent, if a point is worth so many thousandths of
    /// the minor unit; rounded down. `None` beyond every sensible range.
    pub fn return_basis_points(self, point_value_thousandths: i64) -> Option<i64> {
        let worth = i128::from(self.points) * i128::from(point_value_thousandths) * 10;
        i64::try_from(worth / i128::from(self.per_minor.max(1))).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows SR-109 (the rate is points times their value by what was spent).
    #[test]
    fn what_comes_back_is_the_worth_of_the_points_by_what_was_spent() {
        for (points, per_minor, value, basis_points) in [
            // A point a euro: of a cent, of five cents, of half a cent.
            (1, 100, 1_000, 100),
            (1, 100, 5_000, 500),
            (1, 100, 500, 50),
            (10, 100, 1_000, 1_000),
            // A point for three euros, of a cent: a third of a per cent.
            (1, 300, 1_000, 33),
            (0, 100, 1_000, 0),
        ] {
            let rule = BaseRule { points, per_minor };
            let found = rule.return_basis_points(value);
            assert_eq!(found, Some(basis_points), "{points} {per_minor} {value}");
        }
    }
}
