//! What the browser says of a ceremony (Web Authentication, section 5.8.1).

use openssl::sha::sha256;
use serde::Deserialize;

use super::{Refusal, RelyingParty};
use crate::types::{Base64Url, constant_time_eq};

/// Longest client data, in bytes.
const LENGTH_MAX: usize = 4 * 1024;

/// Which ceremony it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    token_binding: Option<TokenBinding>,
}

#[derive(Deserialize)]
struct TokenBinding {
    status: String,
}

/// The challenge that client data answers, as bytes. Whether it is ours is for the caller to see.
pub fn challenge_of(json: &[u8]) -> Option<Vec<u8>> {
    let data: ClientData = serde_json::from_slice(json.get(..LENGTH_MAX).unwrap_or(json)).ok()?;
    Base64Url::decode(&data.challenge)
}

/// Judges the client data of a ceremony, and gives its hash, which is what was signed.
pub(super) fn judge(
    party: &RelyingParty,
    ceremony: Ceremony,
    challenge: &[u8],
    json: &[u8],
) -> Result<[u8; 32], Refusal> {
    if json.len() > LENGTH_MAX {
        return Err(Refusal::ClientData);
    }
    let data: ClientData = serde_json::from_slice(json).map_err(|_| Refusal::ClientData)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if data.kind != kind {
        return Err(Refusal::Type);
    }
    let answered = Base64Url::decode(&data.challenge).ok_or(Refusal::Challenge)?;
    if challenge.is_empty() || !constant_time_eq(&answered, challenge) {
        return Err(Refusal::Challenge);
    }
    if data.origin != party.origin() {
        return Err(Refusal::Origin);
    }
    if data.cross_origin {
        return Err(Refusal::CrossOrigin);
    }
    // "supported" says that the browser could, "present" that it did.
    if data
        .token_binding
        .is_some_and(|binding| binding.status != "supported")
    {
        return Err(Refusal::TokenBinding);
    }
    Ok(sha256(json))
}
