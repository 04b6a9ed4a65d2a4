//! Bytes as text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::{MessageDigest, hash};

/// Base 64 for addresses and headers: RFC 4648 section 5, without padding.
#[derive(Debug)]
pub struct Base64Url;

impl Base64Url {
    /// The bytes as text.
    pub fn encode(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The text as bytes; `None` if it is not such text.
    pub fn decode(text: &str) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(text).ok()
    }
}

/// The SHA-256 of the bytes as 64 lower-case hex digits.
#[expect(clippy::expect_used, reason = "SHA-256 is always in the bundled OpenSSL")]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(hash(MessageDigest::sha256(), bytes).expect("SHA-256 is built in"))
}
