//! What the stand-in push service shall do instead of taking a push.

use std::collections::VecDeque;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::types::Time;

/// A refusal as Apple writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Goes into the body's `reason`; empty leaves the body out.
    pub reason: String,
    /// Goes into the body's `timestamp`.
    pub timestamp: Option<Time>,
    /// Goes into the header `Retry-After` as it is.
    pub retry_after: Option<String>,
}

impl Refusal {
    /// A status and its reason.
    pub fn new(status: u16, reason: &str) -> Self {
        Self {
            status,
            reason: reason.to_owned(),
            timestamp: None,
            retry_after: None,
        }
    }
}

/// What happens to one push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is taken, if it is sound.
    Accept,
    /// It is taken after a while.
    Slow(Duration),
    /// It is refused.
    Refuse(Refusal),
    /// It is refused, and the body comes one byte at a time with this pause before each.
    SlowBody(Refusal, Duration),
    /// It is never answered.
    Dead,
    /// The stream is reset with this HTTP/2 error code.
    Reset(u32),
    /// The stream is reset with `REFUSED_STREAM`, which promises that it was not touched.
    RefusedStream,
    /// GOAWAY with the stream before this one as the last: this push and all later ones on the
    /// connection stay untouched, earlier ones are still answered.
    GoAway,
    /// The connection is dropped, with all that is under way on it.
    CloseConnection,
    /// The connection stays open, but nothing is read from it or written to it again.
    FreezeConnection,
}

impl Step {
    /// A refusal with a status and a reason.
    pub fn refuse(status: u16, reason: &str) -> Self {
        Self::Refuse(Refusal::new(status, reason))
    }

    /// Whether it concerns the whole connection.
    pub(super) const fn is_of_connection(&self) -> bool {
        matches!(
            self,
            Self::GoAway | Self::CloseConnection | Self::FreezeConnection
        )
    }
}

/// Faults by chance, the same ones for the same seed and order of pushes.
#[derive(Debug)]
pub struct Faults {
    rate: f64,
    kinds: Vec<Step>,
    chance: StdRng,
}

impl Faults {
    /// Each push meets one of `kinds` with the probability `rate`.
    pub fn new(rate: f64, seed: u64, kinds: Vec<Step>) -> Self {
        Self {
            rate: rate.clamp(0.0, 1.0),
            kinds,
            chance: StdRng::seed_from_u64(seed),
        }
    }

    /// All the faults after which a push shall be sent again, those of whole connections seldom.
    pub fn of_all_kinds(rate: f64, seed: u64) -> Self {
        let of_one_push = [
            Step::refuse(500, "InternalServerError"),
            Step::refuse(503, "ServiceUnavailable"),
            Step::refuse(503, "Shutdown"),
            Step::refuse(429, "TooManyRequests"),
            Step::refuse(400, "IdleTimeout"),
            Step::Reset(2),
            Step::RefusedStream,
            Step::Slow(Duration::from_millis(20)),
        ];
        let mut kinds: Vec<_> = std::iter::repeat_n(of_one_push, 50).flatten().collect();
        // Each of these meets all pushes that are under way.
        kinds.extend(vec![Step::GoAway; 4]);
        kinds.push(Step::CloseConnection);
        Self::new(rate, seed, kinds)
    }

    pub(super) fn next(&mut self) -> Option<Step> {
        if self.kinds.is_empty() || !self.chance.random_bool(self.rate) {
            return None;
        }
        let which = self.chance.random_range(0..self.kinds.len());
        self.kinds.get(which).cloned()
    }
}

/// The steps that are still to come for one phone.
pub(super) type Script = VecDeque<Step>;
