//! Reading and verifying a compact JWT of a registered service account.

use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Public};
use openssl::sign::Verifier;
use serde_json::Value;

use crate::types::Base64Url;

/// The claims of a token that the key signed by RS256; else what is wrong with it.
pub(super) fn verified_claims(token: &str, key: &PKey<Public>) -> Result<Value, &'static str> {
    let (signed, signature) = token.rsplit_once('.').ok_or("it has not three parts")?;
    let (header, claims) = signed.split_once('.').ok_or("it has not three parts")?;
    let header = json_part(header).ok_or("its header is not JSON in base64url")?;
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err("its algorithm is not RS256");
    }
    let signature = Base64Url::decode(signature).ok_or("its signature is not base64url")?;
    let is_signed = Verifier::new(MessageDigest::sha256(), key)
        .and_then(|mut verifier| verifier.verify_oneshot(&signature, signed.as_bytes()))
        .unwrap_or(false);
    if !is_signed {
        return Err("its signature does not fit the registered key");
    }
    json_part(claims).ok_or("its claims are not JSON in base64url")
}

fn json_part(part: &str) -> Option<Value> {
    serde_json::from_slice(&Base64Url::decode(part)?).ok()
}
