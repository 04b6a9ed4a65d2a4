//! Money that was counted and was not yet worth a point, carried to the next order.

/// What a card carries for a rule. A point is `per_minor` of it, so that it keeps its worth when the rule is edited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// Minor units times points; below zero after a refund of what had helped other orders to a point.
    pub remainder: i64,
    /// What a point is of it; 0 if nothing was carried yet.
    pub per_minor: i64,
}

impl Carried {
    /// The same part of a point where a point is `per_minor`.
    pub fn in_steps(self, per_minor: i64) -> i64 {
        if self.per_minor == 0 || self.per_minor == per_minor {
            return self.remainder;
        }
        let scaled = i128::from(self.remainder) * i128::from(per_minor) / i128::from(self.per_minor);
        i64::try_from(scaled).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_keeps_its_worth_when_a_point_costs_less() {
        let nearly = Carried {
            remainder: 999_999,
            per_minor: 1_000_000,
        };
        assert_eq!(nearly.in_steps(100), 99);
        assert_eq!(nearly.in_steps(1_000_000), 999_999);
        let owed = Carried {
            remainder: -50,
            per_minor: 100,
        };
        assert_eq!(owed.in_steps(1_000), -500);
        assert_eq!(Carried::default().in_steps(100), 0);
    }
}
