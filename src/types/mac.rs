//! Authentication codes: what codes of one time and the signatures of webhooks are made of.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;

/// HMAC-SHA-1 (RFC 2104) of a message under a key that is not empty. Only for codes of one time (RFC 4226), which
/// ask for nothing of SHA-1 that is broken.
#[expect(
    clippy::expect_used,
    reason = "HMAC over memory fails only when memory is gone"
)]
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let key = PKey::hmac(key).expect("the key is taken");
    let mut signer = Signer::new(MessageDigest::sha1(), &key).expect("HMAC starts");
    signer.update(message).expect("HMAC takes bytes");
    let mut out = [0_u8; 20];
    signer.sign(&mut out).expect("HMAC ends");
    out
}

/// HMAC-SHA-256 (RFC 2104) of a message under a key that is not empty.
#[expect(
    clippy::expect_used,
    reason = "HMAC over memory fails only when memory is gone"
)]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let key = PKey::hmac(key).expect("the key is taken");
    let mut signer = Signer::new(MessageDigest::sha256(), &key).expect("HMAC starts");
    signer.update(message).expect("HMAC takes bytes");
    let mut out = [0_u8; 32];
    signer.sign(&mut out).expect("HMAC ends");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_case_of_rfc_4231_comes_out() {
        let mac = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(
            hex::encode(mac),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
