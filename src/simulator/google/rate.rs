//! Google's rate limit.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket of one second's requests, in real time: pacing cannot be tested by a clock that stands.
#[derive(Debug)]
pub(super) struct Rate {
    interval: Duration,
    room: Duration,
    full_at: Instant,
}

impl Rate {
    pub(super) fn per_second(rate: u32) -> Self {
        let interval = Duration::from_secs(1) / rate.max(1);
        Self {
            interval,
            room: interval * rate.saturating_sub(1),
            full_at: Instant::now(),
        }
    }

    pub(super) fn take(&mut self) -> bool {
        let now = Instant::now();
        if self.full_at.saturating_duration_since(now) > self.room {
            return false;
        }
        self.full_at = self.full_at.max(now) + self.interval;
        true
    }
}
