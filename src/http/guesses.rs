//! How many unknown codes a key may ask for: a bucket of tries each, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::actions::{ActionError, Code};
use crate::types::Time;

/// Unknown codes that a key may ask for at once, and in a minute.
pub(super) const GUESSES_MAX: i64 = 30;
/// How long until a key may ask for one more, in milliseconds.
const REFILL_MS: i64 = 60_000 / GUESSES_MAX;
/// Most keys that are remembered.
const KEYS_MAX: usize = 10_000;

/// The tries that every key has left. Each instance of the service counts for itself.
#[derive(Debug, Default)]
pub(in crate::http) struct Guesses(Mutex<HashMap<String, Time>>);

impl Guesses {
    /// Refuses a key that asked for too many unknown codes just now.
    pub(in crate::http) fn check(&self, actor: &str, now: Time) -> Result<(), ActionError> {
        let full_at = self.full_at();
        let Some(full_at) = full_at.get(actor) else {
            return Ok(());
        };
        let latest = now.plus_ms((GUESSES_MAX - 1) * REFILL_MS);
        if *full_at <= latest {
            return Ok(());
        }
        Err(ActionError {
            retry_after: Some(full_at.since(latest).max(Duration::from_secs(1))),
            ..ActionError::new(Code::TooManyGuesses)
        })
    }

    /// Notes that a key asked for an unknown code.
    pub(in crate::http) fn note(&self, actor: &str, now: Time) {
        let mut full_at = self.full_at();
        if full_at.len() >= KEYS_MAX && !full_at.contains_key(actor) {
            make_room(&mut full_at, now);
        }
        let had = full_at.get(actor).copied().unwrap_or(now).max(now);
        let most = now.plus_ms(GUESSES_MAX * REFILL_MS);
        full_at.insert(actor.to_owned(), had.plus_ms(REFILL_MS).min(most));
    }

    /// When the tries of each key would be whole again.
    fn full_at(&self) -> std::sync::MutexGuard<'_, HashMap<String, Time>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the keys that have all their tries; if there are none, one that is any.
fn make_room(full_at: &mut HashMap<String, Time>, now: Time) {
    full_at.retain(|_, at| *at > now);
    if full_at.len() >= KEYS_MAX
        && let Some(any) = full_at.keys().next().cloned()
    {
        full_at.remove(&any);
    }
}

/// Whether a code, or what a person is searched by, can be guessed at an address.
pub(super) fn takes_guesses(pattern: &str, path: &str) -> bool {
    takes_codes(pattern) || (pattern == "/v1/members/{id}" && is_search(path))
}

/// Whether a path names a member by something that leads to a person; by an id or the caller's own id is no guess.
fn is_search(path: &str) -> bool {
    let named = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    (named.contains(':') || named.contains("%3a")) && !named.starts_with("external")
}

fn takes_codes(pattern: &str) -> bool {
    let codes = [
        "/v1/cards/",
        "/v1/gift-cards",
        "/v1/redemptions/",
        "/v1/events",
        "/v1/receipts",
    ];
    matches!(
        pattern,
        "/v1/orders"
            | "/v1/orders/simulate"
            | "/till/card"
            | "/till/preview"
            | "/till/orders"
            | "/v1/members/{id}/redemptions"
    ) || codes.iter().any(|one| pattern.starts_with(one))
}

/// Whether a failure says that a code is unknown.
pub(in crate::http) const fn is_unknown(code: Code) -> bool {
    matches!(code, Code::UnknownCard | Code::NotFound | Code::BadCheckDigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_asked_for_too_many_unknown_codes_waits_and_no_other() {
        let guesses = Guesses::default();
        let now = Time::from_secs(1_000);
        for _ in 0..GUESSES_MAX {
            guesses.check("key:1", now).expect("a try is left");
            guesses.note("key:1", now);
        }
        let refused = guesses.check("key:1", now).expect_err("none is left");
        assert_eq!(refused.retry_after, Some(Duration::from_secs(2)));
        guesses.check("key:2", now).expect("another key has its own");
        let later = now.plus_ms(REFILL_MS);
        guesses.check("key:1", later).expect("one more after a while");
        guesses.note("key:1", later);
        assert!(guesses.check("key:1", later).is_err());
    }

    #[test]
    fn no_more_keys_are_remembered_than_the_limit() {
        let guesses = Guesses::default();
        let now = Time::from_secs(1_000);
        for number in 0..KEYS_MAX + 10 {
            guesses.note(&format!("key:{number}"), now);
        }
        assert_eq!(guesses.full_at().len(), KEYS_MAX);
    }
}
