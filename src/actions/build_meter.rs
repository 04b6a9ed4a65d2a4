//! How long a pass takes to be built, as measured: what campaigns are paced by, for each phone that is told comes back
//! for a pass that has to be signed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The part of the cores that passes of campaigns may keep busy; checkouts, scans and everything else have the rest.
const SHARE: f64 = 0.125;
/// What a build is taken to last before any was measured: an RSA signature of 2,048 bits and what belongs to it.
const EXPECTED: Duration = Duration::from_millis(1);
/// What a build counts for at most: one in which the machine was asleep says nothing of those to come.
const LONGEST: Duration = Duration::from_millis(100);
/// One build moves the mean by this part of its difference: the last few dozen builds decide.
const WEIGHT: f64 = 1.0 / 32.0;

/// Measures builds as they come. On a machine that has much to do they take longer, and campaigns go slower by
/// themselves.
#[derive(Debug)]
pub struct BuildMeter {
    cores: f64,
    /// The moving mean in seconds, as the bits of an `f64`.
    mean: AtomicU64,
}

impl Default for BuildMeter {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::of(u32::try_from(cores).unwrap_or(u32::MAX))
    }
}

impl BuildMeter {
    fn of(cores: u32) -> Self {
        Self {
            cores: f64::from(cores),
            mean: AtomicU64::new(EXPECTED.as_secs_f64().to_bits()),
        }
    }

    /// Notes how long a build took.
    pub(super) fn note(&self, took: Duration) {
        // Of two that end at the same instant one may be lost: a mean needs neither.
        let mean = f64::from_bits(self.mean.load(Ordering::Relaxed));
        let moved = mean + (took.min(LONGEST).as_secs_f64() - mean) * WEIGHT;
        self.mean.store(moved.to_bits(), Ordering::Relaxed);
    }

    /// How many members campaigns may tell a second: as many as there can be passes built in their share of the
    /// cores, at least one, and at most `most`.
    pub fn per_second(&self, most: u32) -> u32 {
        let mean = f64::from_bits(self.mean.load(Ordering::Relaxed)).max(f64::EPSILON);
        let affordable = Duration::from_secs_f64((mean / (SHARE * self.cores)).min(1.0));
        let affordable = Duration::from_secs(1).as_nanos() / affordable.as_nanos().max(1);
        u32::try_from(affordable)
            .unwrap_or(u32::MAX)
            .clamp(1, most.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn campaigns_go_at_the_pace_of_the_builds() {
        let meter = BuildMeter::of(2);
        assert_eq!(
            meter.per_second(1_000),
            250,
            "nothing measured: a millisecond each"
        );
        for _ in 0..500 {
            meter.note(Duration::from_millis(2));
        }
        assert_eq!(
            meter.per_second(1_000),
            125,
            "two milliseconds on an eighth of two cores"
        );
        for _ in 0..500 {
            meter.note(Duration::from_micros(100));
        }
        assert_eq!(meter.per_second(1_000), 1_000, "never more than is allowed");
        for _ in 0..500 {
            meter.note(Duration::from_secs(30));
        }
        assert_eq!(meter.per_second(1_000), 2, "never nothing, however slow");
    }

    #[test]
    fn one_slow_build_does_not_stop_a_campaign() {
        let meter = BuildMeter::of(8);
        meter.note(Duration::from_millis(33));
        assert_eq!(meter.per_second(10_000), 500);
        let meter = BuildMeter::of(8);
        meter.note(Duration::from_hours(1));
        assert!(meter.per_second(10_000) > 200, "{meter:?}");
    }
}
