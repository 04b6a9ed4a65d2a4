//! How many requests may go to Google in a second.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

/// Lets requests through at a rate; shared by everything that calls Google with one project.
pub trait RatePermits: Send + Sync {
    /// Waits until `count` requests may be sent.
    fn take(&self, count: u32) -> BoxFuture<'_, ()>;
}

/// Permits within one process: a bucket that holds half a second's worth.
///
/// Google counts arrivals, and requests that wait in the network arrive together; the half
/// second left out is the room for that.
#[derive(Debug)]
pub struct LocalPermits {
    interval: Duration,
    burst: Duration,
    /// When the bucket would be full again if nobody took from it.
    full_at: Mutex<Instant>,
}

impl LocalPermits {
    /// At most so many requests in any second; at least one.
    pub fn per_second(rate: u32) -> Self {
        let interval = Duration::from_secs(1) / rate.max(1);
        Self {
            interval,
            burst: interval * (rate / 2).saturating_sub(1),
            full_at: Mutex::new(Instant::now()),
        }
    }

    /// Books `count` permits and says when the last of them may be used.
    fn book(&self, count: u32) -> Instant {
        let now = Instant::now();
        // A panic cannot leave an instant half written.
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let start = (*full_at).max(now);
        *full_at = start + self.interval * count;
        let last = start + self.interval * count.saturating_sub(1);
        last.checked_sub(self.burst).unwrap_or(now)
    }
}

impl RatePermits for LocalPermits {
    fn take(&self, count: u32) -> BoxFuture<'_, ()> {
        Box::pin(async move { tokio::time::sleep_until(self.book(count)).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_its_share() {
        let permits = LocalPermits::per_second(20);
        let before = Instant::now();
        let times: Vec<Instant> = (0..100).map(|_| permits.book(1)).collect();
        let after = Instant::now();
        let at_once = |count: &usize| times.get(count - 1).is_some_and(|last| *last <= after);
        assert!(at_once(&10), "ten may go at once");
        let eleventh = times.get(10).map(|time| time.saturating_duration_since(before));
        assert!(eleventh >= Some(Duration::from_millis(50)), "{eleventh:?}");
        for window in times.windows(30) {
            let [first, .., last] = window else {
                panic!("30 of them")
            };
            assert!(
                last.saturating_duration_since((*first).max(before)) >= Duration::from_millis(900),
                "{first:?} {last:?}"
            );
        }
    }

    #[test]
    fn a_rate_of_nothing_still_lets_one_through() {
        let permits = LocalPermits::per_second(0);
        assert!(permits.book(1) <= Instant::now());
    }
}
