//! Challenges that passkeys answer: made and signed here, kept nowhere until they are answered.

use super::{ActionError, Deed, House};
use crate::store::{Tx, spent_challenges};
use crate::types::{Base64Url, Time, constant_time_eq, random_token};
use crate::webauthn::challenge_of;

/// How long a challenge may be answered: as long as somebody may look for their key.
pub const CHALLENGE_MS: i64 = 5 * 60_000;
/// Random bytes of a challenge.
const NONCE_BYTES: usize = 18;
/// Characters of them in base64url.
const NONCE_LEN: usize = 24;
/// Longest challenge, in bytes.
const LENGTH_MAX: usize = 200;

/// What a passkey is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To confirm a change in a session, named by its hash.
    Confirm(String),
    /// To make a new one in a session.
    Register(String),
}

/// A challenge of ours that was answered in time.
pub(super) struct Answered {
    /// What was to be signed.
    pub(super) bytes: Vec<u8>,
    until: Time,
}

impl Purpose {
    fn parts(&self) -> [&str; 2] {
        match self {
            Self::SignIn => ["sign-in", ""],
            Self::Confirm(session) => ["confirm", session],
            Self::Register(session) => ["register", session],
        }
    }

    fn sign(&self, house: &House, named: &str) -> String {
        let [purpose, session] = self.parts();
        let parts = [purpose, session, named];
        house.master_key.derive_token("passkey-challenge", &parts)
    }
}

/// A new challenge, in base64url.
pub fn make_challenge(house: &House, purpose: &Purpose) -> String {
    let until = house.now().plus_ms(CHALLENGE_MS);
    let named = format!("{}.{}", random_token(NONCE_BYTES), until.millis());
    let signed = format!("{named}.{}", purpose.sign(house, &named));
    Base64Url::encode(signed)
}

/// The challenge that a browser's client data answers, if it is ours, of this purpose, and in time.
pub(super) fn read_challenge(house: &House, purpose: &Purpose, client_data: &[u8]) -> Option<Answered> {
    let bytes = challenge_of(client_data).filter(|bytes| bytes.len() <= LENGTH_MAX)?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let (named, signature) = text.rsplit_once('.')?;
    if !constant_time_eq(purpose.sign(house, named).as_bytes(), signature.as_bytes()) {
        return None;
    }
    let (nonce, until) = named.split_once('.')?;
    let until = Time::from_millis(until.parse().ok()?);
    let is_sound = nonce.len() == NONCE_LEN && until > house.now();
    is_sound.then_some(Answered { bytes, until })
}

/// Spends a challenge; says whether nobody had answered it before.
pub(super) fn spend(tx: &mut Tx<'_>, deed: &Deed, answered: &Answered) -> Result<bool, ActionError> {
    let text = Base64Url::encode(&answered.bytes);
    Ok(spent_challenges::spend(tx, &text, answered.until, deed.now)?)
}
