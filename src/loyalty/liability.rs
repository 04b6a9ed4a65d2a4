//! What points that members hold are worth to the shop that owes them.

use crate::loyalty::policy::Policy;

/// What points are expected to cost, in minor units, rounded down once: those that will be used, at what one is worth.
/// `None` if the policy does not say what a point is worth, or if it is more than an amount can be.
pub fn expected_minor(points: i64, policy: &Policy) -> Option<i64> {
    let thousandths = i128::from(policy.point_value_minor_thousandths?);
    let used = i128::from(points) * i128::from(policy.expected_use());
    i64::try_from((used * thousandths).div_euclid(100_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_worth_what_the_policy_says() {
        for (points, percent, thousandths, minor) in [
            (1_000, None, Some(1_000), Some(1_000)),
            (1_000, Some(80), Some(1_000), Some(800)),
            (1_000, Some(0), Some(1_000), Some(0)),
            (333, Some(50), Some(100), Some(16)),
            (1_000, None, None, None),
            (i64::MAX, None, Some(1_000_000), None),
        ] {
            let policy = Policy {
                expected_use_percent: percent,
                point_value_minor_thousandths: thousandths,
                ..Policy::default()
            };
            assert_eq!(expected_minor(points, &policy), minor, "{points} {policy:?}");
        }
    }
}
