//! Passwords and PINs: which are taken, how they are kept, whether one is right.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use super::{ActionError, House};
use crate::types::{Secret, StaffId, fold};

/// Fewest characters of a password (NIST SP 800-63B-4 asks for 8 beside another factor, 15 alone; ours is guarded by a
/// lock).
const PASSWORD_MIN: usize = 10;
/// Most characters of a password.
const PASSWORD_MAX: usize = 200;
/// Fewest digits of a PIN.
const PIN_MIN: usize = 4;
/// Most digits of a PIN.
const PIN_MAX: usize = 8;
/// Most that are hashed at once: each takes 19 MiB and tens of milliseconds.
const AT_ONCE: usize = 2;

static HASHING: Semaphore = Semaphore::const_new(AT_ONCE);

/// What no password has as its hash: whoever is unknown is answered after the same work.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let hash = Argon2::default().hash_password(b"nobody");
    hash.map(|hash| hash.to_string()).unwrap_or_default()
});

/// What somebody signs in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Factor {
    /// A password.
    Password,
    /// The digits for a till.
    Pin,
}

impl Factor {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Password => "staff-password",
            Self::Pin => "staff-pin",
        }
    }

    /// What is hashed of a text: bound to its purpose, to whom it is for and to the master key, so that a stolen database
    /// alone cannot even be guessed at.
    fn bound(self, house: &House, id: &StaffId, text: &Secret) -> [u8; 32] {
        let text = match self {
            Self::Password => text.expose().to_owned(),
            // Any digits are taken that a keyboard has.
            Self::Pin => fold(text.expose()).into_owned(),
        };
        house.master_key.derive(self.purpose(), &[id.as_str(), &text])
    }
}

/// Says what is wrong with a password, if anything is.
pub(super) fn check_password(text: &Secret) -> Result<(), ActionError> {
    let length = text.expose().chars().count();
    if (PASSWORD_MIN..=PASSWORD_MAX).contains(&length) {
        return Ok(());
    }
    let detail = format!("A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters.");
    Err(ActionError::fault("/password", "bad_length", detail))
}

/// Says what is wrong with a PIN, if anything is.
pub(super) fn check_pin(text: &Secret) -> Result<(), ActionError> {
    let folded = fold(text.expose());
    let is_digits = folded.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits || !(PIN_MIN..=PIN_MAX).contains(&folded.len()) {
        let detail = format!("A PIN has {PIN_MIN} to {PIN_MAX} digits.");
        return Err(ActionError::fault("/pin", "bad_pin", detail));
    }
    let mut pairs = folded.as_bytes().windows(2).map(|pair| match pair {
        [one, other] => i16::from(*other) - i16::from(*one),
        _ => 0,
    });
    let first = pairs.next().unwrap_or_default();
    if first.abs() <= 1 && pairs.all(|step| step == first) {
        let detail = "The PIN is too easy to guess: one digit over and over, or digits in a row.";
        return Err(ActionError::fault("/pin", "weak_pin", detail));
    }
    Ok(())
}

/// The hash of a text for somebody, as a PHC string.
pub(super) async fn hash(
    house: &House,
    factor: Factor,
    id: &StaffId,
    text: &Secret,
) -> Result<String, ActionError> {
    let bound = factor.bound(house, id, text);
    slowly(move || {
        let hash = Argon2::default().hash_password(&bound);
        hash.map(|hash| hash.to_string()).map_err(ActionError::internal)
    })
    .await?
}

/// Whether a text is what somebody's hash was made of. Takes as long without a hash.
pub(super) async fn verify(
    house: &House,
    factor: Factor,
    known: Option<(&StaffId, &str)>,
    text: &Secret,
) -> Result<bool, ActionError> {
    let (bound, hash) = match known {
        Some((id, hash)) => (Some(factor.bound(house, id, text)), hash.to_owned()),
        None => (None, NOBODY.clone()),
    };
    slowly(move || {
        let said = bound.unwrap_or_default();
        let is_right = Argon2::default().verify_password(&said, hash.as_str()).is_ok();
        is_right && bound.is_some()
    })
    .await
}

async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ActionError> {
    let turn = HASHING.acquire().await.map_err(ActionError::internal)?;
    let done = tokio::task::spawn_blocking(work).await;
    drop(turn);
    done.map_err(ActionError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_of_digits_that_are_not_in_a_row() {
        for (pin, code) in [
            ("4711", None),
            ("۴۷۱۱", None),
            ("80808080", None),
            ("123", Some("bad_pin")),
            ("123456789", Some("bad_pin")),
            ("47a1", Some("bad_pin")),
            ("1234", Some("weak_pin")),
            ("8765", Some("weak_pin")),
            ("0000", Some("weak_pin")),
        ] {
            let fault = check_pin(&Secret::new(pin)).err();
            let said = fault.and_then(|error| error.faults.into_iter().next());
            assert_eq!(said.map(|fault| fault.code).as_deref(), code, "{pin}");
        }
    }
}
