//! How often connections may be attempted: at once after a good one, ever slower after bad ones.
//! Apple takes rapid connecting and disconnecting for an attack.

use std::time::Duration;

use rand::Rng as _;
use tokio::time::Instant;

/// Remembers how the last attempts went.
#[derive(Debug)]
pub(super) struct Pacing {
    floor: Duration,
    ceiling: Duration,
    /// Failed attempts and short-lived connections in a row.
    troubles: u32,
    attempted: Option<Instant>,
    not_before: Option<Instant>,
}

impl Pacing {
    /// Waits between `floor` and `ceiling` once something has failed.
    pub(super) fn new(floor: Duration, ceiling: Duration) -> Self {
        Self {
            floor,
            ceiling: ceiling.max(floor),
            troubles: 0,
            attempted: None,
            not_before: None,
        }
    }

    /// How long an attempt has to wait.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.not_before
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }

    /// An attempt begins; it counts as failed until it is known to be good.
    pub(super) fn attempt(&mut self, now: Instant) {
        self.troubles = self.troubles.saturating_add(1);
        self.attempted = Some(now);
        let doublings = self.troubles.saturating_sub(1).min(16);
        let span = self.floor.saturating_mul(1 << doublings).min(self.ceiling);
        // Jitter only lengthens: the floor is a promise.
        self.not_before = Some(now + span.mul_f64(rand::rng().random_range(1.0..1.25)));
    }

    /// The attempt gave a connection. If nothing went wrong before it, the next attempt may
    /// follow at once when it is needed; else the connection has to last first.
    pub(super) const fn opened(&mut self) {
        if self.troubles <= 1 {
            self.not_before = None;
        }
    }

    /// A connection ended after it lasted so long. A short one that carried answers is no sign
    /// of an outage: the pace falls back to one attempt for each floor.
    pub(super) fn ended(&mut self, lasted: Duration, was_useful: bool) {
        if lasted >= self.floor {
            self.troubles = 0;
            self.not_before = None;
        } else if was_useful && self.troubles > 1 {
            self.troubles = 1;
            self.not_before = self.attempted.map(|at| at + self.floor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOR: Duration = Duration::from_secs(1);
    const CEILING: Duration = Duration::from_secs(30);
    const SHORT: Duration = Duration::from_millis(5);

    #[test]
    fn failed_attempts_come_ever_slower_up_to_the_ceiling() {
        let mut pacing = Pacing::new(FLOOR, CEILING);
        let now = Instant::now();
        assert_eq!(pacing.wait(now), Duration::ZERO);
        for secs in [1, 2, 4, 8, 16, 30, 30, 30] {
            pacing.attempt(now);
            let wait = pacing.wait(now);
            let base = Duration::from_secs(secs);
            assert!(
                wait >= base && wait <= base.mul_f64(1.25),
                "{wait:?} for {base:?}"
            );
        }
    }

    #[test]
    fn the_first_lost_connection_is_replaced_at_once_and_later_short_ones_once_a_floor() {
        let mut pacing = Pacing::new(FLOOR, CEILING);
        let now = Instant::now();
        pacing.attempt(now);
        pacing.opened();
        pacing.ended(SHORT, true);
        assert_eq!(pacing.wait(now), Duration::ZERO);
        for _ in 0..5 {
            pacing.attempt(now);
            pacing.opened();
            pacing.ended(SHORT, true);
            assert_eq!(pacing.wait(now), FLOOR);
        }
        pacing.attempt(now);
        pacing.opened();
        pacing.ended(FLOOR, false);
        assert_eq!(pacing.wait(now), Duration::ZERO);
    }

    #[test]
    fn connections_that_never_answer_are_an_outage() {
        let mut pacing = Pacing::new(FLOOR, CEILING);
        let now = Instant::now();
        for _ in 0..6 {
            pacing.attempt(now);
            pacing.opened();
            pacing.ended(SHORT, false);
        }
        assert!(pacing.wait(now) >= CEILING);
    }
}
