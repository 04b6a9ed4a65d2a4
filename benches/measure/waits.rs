//! How long a till waits.

use std::time::Duration;

/// Waits of a till.
#[derive(Default)]
pub(crate) struct Waits(Vec<Duration>);

impl Waits {
    pub(crate) fn note(&mut self, wait: Duration) {
        self.0.push(wait);
    }

    /// Of a hundred, 99 waited no longer, in milliseconds.
    pub(crate) fn percentile_99(&self) -> f64 {
        let mut all = self.0.clone();
        all.sort();
        let place = all.len() * 99 / 100;
        all.get(place).map_or(f64::NAN, Duration::as_secs_f64) * 1e3
    }
}
