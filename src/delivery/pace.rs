//! How fast the bulk lane goes.

use crate::types::Time;

/// A rate in whole deliveries, refilled by the clock.
#[derive(Debug)]
pub(super) struct Pace {
    left: i64,
    filled_at: Time,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            left: 0,
            filled_at: Time::from_millis(0),
        }
    }
}

impl Pace {
    /// How many there may be now, of so many a second.
    pub(super) fn room(&mut self, now: Time, per_second: u32) -> i64 {
        let per_second = i64::from(per_second);
        // A clock that was set back must not stop the lane until it has caught up.
        self.filled_at = self.filled_at.min(now);
        let passed = i64::try_from(now.since(self.filled_at).as_millis())
            .unwrap_or(i64::MAX)
            .min(1_000);
        let fill = passed * per_second / 1_000;
        if fill > 0 {
            self.left = (self.left + fill).min(per_second);
            self.filled_at = now;
        }
        self.left
    }

    /// Takes so many of them.
    pub(super) fn spend(&mut self, count: i64) {
        self.left -= count;
    }
}
