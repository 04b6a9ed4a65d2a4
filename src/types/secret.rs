//! Secrets: never printed, wiped, compared in constant time, derived from one key.

use std::fmt;

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use rand::RngCore as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq as _;

use super::Base64Url;

/// A text that does not print and is wiped when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl Secret {
    /// Takes a text into keeping.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself; use it where it is needed and nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Readies OpenSSL for as long as the process lives. Called first of all: whoever uses it first decides whether it is
/// taken down at the exit, under threads that may still be at work, and libpq would have it so.
pub fn ready_openssl() {
    openssl::init();
}

/// Whether two byte strings are equal, in a time that does not tell where they differ.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// A new unguessable text of so many random bytes, as base64url.
pub fn random_token(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    rand::rng().fill_bytes(&mut buffer);
    Base64Url::encode(buffer)
}

/// The installation's one secret; every derived secret comes from it by HMAC-SHA256.
#[derive(Clone)]
pub struct MasterKey(PKey<openssl::pkey::Private>);

impl MasterKey {
    /// Fewest bytes of text taken as a master key.
    pub const MIN_LEN: usize = 32;

    /// Takes a text of at least [`Self::MIN_LEN`] bytes; `None` if it is shorter.
    pub fn new(text: &Secret) -> Option<Self> {
        let text = text.expose().trim();
        if text.len() < Self::MIN_LEN {
            return None;
        }
        PKey::hmac(text.as_bytes()).ok().map(Self)
    }

    /// The 32-byte secret for a purpose and its parts. Each part is framed by its length, so
    /// that no two lists of parts give the same bytes.
    #[expect(
        clippy::expect_used,
        reason = "HMAC over memory fails only when memory is gone"
    )]
    pub fn derive(&self, purpose: &str, parts: &[&str]) -> [u8; 32] {
        let mut signer = Signer::new(MessageDigest::sha256(), &self.0).expect("HMAC starts");
        for part in std::iter::once(&purpose).chain(parts) {
            let len = u64::try_from(part.len()).unwrap_or(u64::MAX);
            signer.update(&len.to_be_bytes()).expect("HMAC takes bytes");
            signer.update(part.as_bytes()).expect("HMAC takes bytes");
        }
        let mut out = [0_u8; 32];
        signer.sign(&mut out).expect("HMAC ends");
        out
    }

    /// The derived secret as base64url text of 43 characters.
    pub fn derive_token(&self, purpose: &str, parts: &[&str]) -> String {
        Base64Url::encode(self.derive(purpose, parts))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> MasterKey {
        MasterKey::new(&Secret::new(text)).expect("long enough")
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
        assert_eq!(format!("{:?}", key(&"k".repeat(32))), "MasterKey(***)");
    }

    #[test]
    fn derived_secrets_depend_on_key_purpose_and_every_part() {
        let one = key(&"a".repeat(32));
        let other = key(&"b".repeat(32));
        let base = one.derive_token("pass", &["type", "serial"]);
        assert_eq!(base.len(), 43);
        assert_eq!(base, one.derive_token("pass", &["type", "serial"]));
        for different in [
            other.derive_token("pass", &["type", "serial"]),
            one.derive_token("link", &["type", "serial"]),
            one.derive_token("pass", &["typ", "eserial"]),
            one.derive_token("pass", &["typeserial"]),
        ] {
            assert_ne!(base, different);
        }
    }

    #[test]
    fn a_short_master_key_is_refused() {
        assert!(MasterKey::new(&Secret::new("short")).is_none());
    }
}
