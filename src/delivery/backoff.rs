//! When to try again: later each time, never all at once, never sooner than asked.

use std::time::Duration;

use crate::types::Time;

/// The first wait.
const FIRST_MS: u64 = 1_000;
/// The longest wait of our own choosing: five minutes.
const LONGEST_MS: u64 = 300_000;
/// The longest wait that a service may ask for: an hour.
const ASKED_MAX: Duration = Duration::from_hours(1);

/// The instant of the next try after so many failures in a row.
pub(super) fn next_try(now: Time, failures: i64, asked: Option<Duration>, rng: &mut impl rand::Rng) -> Time {
    let doublings = u32::try_from(failures.clamp(0, 16)).unwrap_or(16);
    let full = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
    // Between the whole wait and half as much again: never below the floor, never in step with others.
    let own = Duration::from_millis(full + rng.random_range(0..=full / 2));
    let asked = asked.map_or(Duration::ZERO, |wait| {
        wait.min(ASKED_MAX) + Duration::from_millis(rng.random_range(0..=FIRST_MS))
    });
    now.plus(own.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn waits_double_to_five_minutes_and_obey_what_was_asked() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let now = Time::from_secs(1_000);
        let mut wait = |failures, asked| next_try(now, failures, asked, &mut rng).since(now).as_secs_f64();
        for (failures, low, high) in [(0, 1.0, 1.5), (1, 2.0, 3.0), (3, 8.0, 12.0), (20, 300.0, 450.0)] {
            let seconds = wait(failures, None);
            assert!(
                (low..=high).contains(&seconds),
                "{failures} failures: {seconds} s"
            );
        }
        assert!((60.0..=61.0).contains(&wait(0, Some(Duration::from_mins(1)))));
        assert!((3_600.0..=3_601.0).contains(&wait(0, Some(Duration::from_secs(9_999_999)))));
    }
}
