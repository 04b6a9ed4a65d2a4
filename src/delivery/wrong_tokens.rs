//! Whose fault a push token is that Apple calls wrong: its own, or that of our certificate and address.
//!
//! A phone that is forgotten stays stale for good, so nobody is forgotten at once. A wrong token rests for a
//! minute; if other pushes of its pass type were taken about the same time, it was the token's own fault. If
//! none was, it is asked again later. Many in a row without a single good one are our fault, and clear all.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::types::{PushToken, Time};

/// So many different wrong tokens in a row are our fault.
const ROW_MAX: usize = 20;
/// How long a wrong token rests before it is judged; doubled each time that it cannot be.
pub(super) const REST: Duration = Duration::from_mins(1);
/// Pushes that were taken so long before a wrong token or so long after it speak against the token.
const BEFORE_MS: i64 = 600_000;
const AFTER_MS: i64 = 30_000;
/// Most suspects remembered; beyond, one is asked again instead of judged.
const SUSPECTS_MAX: usize = 10_000;

/// A push token and the pass type that it was pushed to for.
pub(super) type Address = (PushToken, String);

/// What is known against a token whose time to be judged has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Nothing: push to it.
    Innocent,
    /// It is wrong: forget the phones that registered with it until then.
    Wrong {
        /// The newest registration that was known when Apple called it wrong.
        since: Time,
    },
}

/// The wrong tokens that wait to be judged, and what speaks for and against them.
#[derive(Default)]
pub(super) struct WrongTokens(Mutex<HashMap<String, PassType>>);

#[derive(Default)]
struct PassType {
    /// Wrong tokens since the last good one, as many as matter.
    row: HashSet<PushToken>,
    /// The last instants at which pushes were taken, a few seconds apart, oldest first.
    taken: Vec<Time>,
    suspects: HashMap<PushToken, Suspect>,
}

struct Suspect {
    registered_at: Time,
    called_wrong_at: Time,
}

impl WrongTokens {
    /// A push was taken: its token is good.
    pub(super) fn note_good(&self, (token, pass_type): &Address, now: Time) {
        self.with(pass_type, |known| {
            known.row.clear();
            known.suspects.remove(token);
            known.note_taken(now);
        });
    }

    /// A token was called wrong; says whether by now there are so many in a row that it is our fault.
    pub(super) fn note_wrong(&self, (token, pass_type): &Address, registered_at: Time, now: Time) -> bool {
        self.with(pass_type, |known| {
            if known.row.len() < ROW_MAX {
                known.row.insert(token.clone());
            }
            if known.row.len() >= ROW_MAX {
                known.suspects.clear();
                return true;
            }
            if known.suspects.len() < SUSPECTS_MAX {
                let suspect = Suspect {
                    registered_at,
                    called_wrong_at: now,
                };
                known.suspects.insert(token.clone(), suspect);
            }
            false
        })
    }

    /// Judges a token that is to be pushed to.
    pub(super) fn judge(&self, (token, pass_type): &Address, now: Time) -> Judgement {
        self.with(pass_type, |known| {
            let Some(suspect) = known.suspects.get(token) else {
                return Judgement::Innocent;
            };
            let called = suspect.called_wrong_at;
            // Not before its time: a change of the card may bring it here early.
            let is_time = now >= called.plus_ms(AFTER_MS);
            let about = called.plus_ms(-BEFORE_MS)..=called.plus_ms(AFTER_MS);
            if !is_time || !known.taken.iter().any(|taken| about.contains(taken)) {
                return Judgement::Innocent;
            }
            let since = suspect.registered_at;
            known.suspects.remove(token);
            Judgement::Wrong { since }
        })
    }

    fn with<T>(&self, pass_type: &str, job: impl FnOnce(&mut PassType) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        job(all.entry(pass_type.to_owned()).or_default())
    }
}

impl PassType {
    /// Least time between two instants that are kept, and how long they are kept.
    const GRAIN: Duration = Duration::from_secs(5);
    const KEPT: Duration = Duration::from_hours(2);

    fn note_taken(&mut self, now: Time) {
        if self
            .taken
            .last()
            .is_some_and(|last| now.since(*last) < Self::GRAIN && *last <= now)
        {
            return;
        }
        self.taken
            .retain(|taken| *taken <= now && now.since(*taken) < Self::KEPT);
        self.taken.push(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_secs(10_000);

    fn address(number: u32) -> Address {
        let token = format!("{number:08x}").parse().expect("a token");
        (token, "pass.test".to_owned())
    }

    #[test]
    fn a_wrong_token_among_good_ones_is_wrong_after_a_minute() {
        let tokens = WrongTokens::default();
        tokens.note_good(&address(1), START);
        assert!(!tokens.note_wrong(&address(2), START.plus_ms(-5), START));
        assert_eq!(tokens.judge(&address(2), START), Judgement::Innocent);
        let later = START.plus(REST);
        let since = START.plus_ms(-5);
        assert_eq!(tokens.judge(&address(2), later), Judgement::Wrong { since });
        assert_eq!(tokens.judge(&address(1), later), Judgement::Innocent);
    }

    #[test]
    fn a_wrong_token_that_stands_alone_is_asked_again() {
        let tokens = WrongTokens::default();
        tokens.note_wrong(&address(2), START, START);
        // What is taken long after says nothing of then.
        let later = START.plus(REST);
        tokens.note_good(&address(1), later);
        assert_eq!(tokens.judge(&address(2), later), Judgement::Innocent);
        tokens.note_wrong(&address(2), START, later);
        assert_eq!(
            tokens.judge(&address(2), later.plus(REST)),
            Judgement::Wrong { since: START }
        );
    }

    #[test]
    fn many_in_a_row_are_our_fault_and_clear_all() {
        let tokens = WrongTokens::default();
        tokens.note_good(&address(0), START);
        for number in 1..20 {
            assert!(!tokens.note_wrong(&address(number), START, START), "{number}");
        }
        assert!(tokens.note_wrong(&address(99), START, START));
        for number in 1..20 {
            assert_eq!(
                tokens.judge(&address(number), START.plus(REST)),
                Judgement::Innocent
            );
        }
    }
}
