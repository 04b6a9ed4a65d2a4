//! Signatures and secrets of Standard Webhooks 1.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::types::{Secret, Time, hmac_sha256};

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A secret as receivers keep it: `whsec_` and the key in base 64 (24 to 64 bytes by the specification).
pub fn write_secret(key: &[u8]) -> Secret {
    Secret::new(format!("{PREFIX}{}", STANDARD.encode(key)))
}

/// The header `webhook-signature` of a message: for each secret `v1,` and the HMAC-SHA-256, in base 64, of id, second and
/// body with dots between them; with spaces between the signatures. A text that is no secret signs nothing.
pub fn sign(secrets: &[Secret], id: &str, at: Time, body: &str) -> String {
    let message = format!("{id}.{}.{body}", at.secs());
    let signed = secrets.iter().filter_map(|secret| {
        let key = STANDARD.decode(secret.expose().strip_prefix(PREFIX)?).ok()?;
        Some(format!(
            "v1,{}",
            STANDARD.encode(hmac_sha256(&key, message.as_bytes()))
        ))
    });
    signed.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification's own libraries are tried with.
    #[test]
    fn the_specifications_example_comes_out() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let at = Time::from_secs(1_614_265_330);
        let body = "{\"test\": 2432232314}";
        let signed = sign(
            std::slice::from_ref(&secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at,
            body,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = sign(
            &[secret, write_secret(&[7; 32])],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at,
            body,
        );
        assert!(both.starts_with(&format!("{signed} v1,")) && both.matches("v1,").count() == 2);
    }

    #[test]
    fn a_text_that_is_no_secret_signs_nothing() {
        let at = Time::from_secs(1);
        assert_eq!(
            sign(&[Secret::new("whsec_!"), Secret::new("x")], "a", at, "b"),
            ""
        );
    }
}
