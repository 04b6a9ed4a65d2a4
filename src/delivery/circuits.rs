//! Credentials that a wallet's service refuses rest, and are tried again once a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::telemetry::Metrics;
use crate::types::Time;

/// How long a refused credential rests before one more try.
const REST: Duration = Duration::from_mins(1);

/// Which credentials rest, and why.
pub(super) struct Circuits {
    open: Mutex<HashMap<String, Resting>>,
    metrics: Metrics,
}

#[derive(Clone)]
struct Resting {
    until: Time,
    why: String,
}

impl Circuits {
    pub(super) fn new(metrics: Metrics) -> Self {
        Self {
            open: Mutex::new(HashMap::new()),
            metrics,
        }
    }

    /// Asks to use a credential: until when it rests, and why; `None` if it may be used. The first to ask after
    /// the rest may try, the others rest on until it is known how that went.
    pub(super) fn ask(&self, credential: &str, now: Time) -> Option<(Time, String)> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let resting = open.get_mut(credential)?;
        if resting.until > now {
            return Some((resting.until, resting.why.clone()));
        }
        resting.until = now.plus(REST);
        None
    }

    /// Until when a credential rests, without asking to use it: now, if it does not.
    pub(super) fn rests_until(&self, credential: &str, now: Time) -> Time {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(credential).map_or(now, |resting| resting.until.max(now))
    }

    /// Lets a credential rest.
    pub(super) fn open(&self, credential: &str, now: Time, why: &str) {
        let resting = Resting {
            until: now.plus(REST),
            why: why.to_owned(),
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.insert(credential.to_owned(), resting).is_none() {
            tracing::error!(
                credential,
                why,
                "the wallet's service refuses the credential; its queue is kept"
            );
        }
        self.metrics.circuit(credential, true);
    }

    /// The credential works.
    pub(super) fn close(&self, credential: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.remove(credential).is_some() {
            tracing::info!(credential, "the wallet's service takes the credential again");
            self.metrics.circuit(credential, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_credential_is_tried_once_a_minute() {
        let circuits = Circuits::new(Metrics::default());
        let start = Time::from_secs(100);
        assert_eq!(circuits.ask("a", start), None);
        circuits.open("a", start, "BadCertificate");
        assert!(circuits.ask("a", start.plus(Duration::from_secs(59))).is_some());
        let later = start.plus(REST);
        assert_eq!(circuits.rests_until("a", later), later);
        assert_eq!(circuits.ask("a", later), None);
        assert_eq!(circuits.rests_until("a", later), later.plus(REST));
        assert!(circuits.ask("a", later).is_some());
        circuits.close("a");
        assert_eq!(circuits.ask("a", later), None);
    }
}
