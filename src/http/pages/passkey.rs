//! What pages and browsers tell each other of passkeys: the options that a script passes on, and what it sends back.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::actions::challenge::CHALLENGE_MS;
use crate::actions::keep_passkey::MadePasskey;
use crate::actions::prove_self::Proof;
use crate::actions::shown_passkey::ShownPasskey;
use crate::actions::{ActionError, Code, House};
use crate::store::staff::Staff;
use crate::types::{Base64Url, Secret};
use crate::webauthn::{ALGORITHMS, RelyingParty};

/// Longest text of a passkey in a form, in bytes.
const TEXT_MAX: usize = 64 * 1024;

/// A passkey that was shown, as the script writes it: bytes in base64url.
#[derive(Deserialize)]
struct ShownText {
    id: String,
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: Option<String>,
}

/// A passkey that was made.
#[derive(Deserialize)]
struct MadeText {
    id: String,
    client_data: String,
    attestation: String,
}

fn wrong() -> ActionError {
    ActionError::new(Code::WrongPasskey)
}

fn bytes(text: &str) -> Result<Vec<u8>, ActionError> {
    Base64Url::decode(text).ok_or_else(wrong)
}

fn parse<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, ActionError> {
    if text.len() > TEXT_MAX {
        return Err(wrong());
    }
    serde_json::from_str(text).map_err(|_| wrong())
}

/// Whether browsers make passkeys for this installation's address.
pub(super) fn has_passkeys(house: &House) -> bool {
    RelyingParty::of(&house.public_url).is_some()
}

/// Reads a passkey that was shown.
pub(super) fn read_shown(text: &str) -> Result<ShownPasskey, ActionError> {
    let text: ShownText = parse(text)?;
    Ok(ShownPasskey {
        id: bytes(&text.id)?,
        client_data: bytes(&text.client_data)?,
        authenticator_data: bytes(&text.authenticator_data)?,
        signature: bytes(&text.signature)?,
        user_handle: text.user_handle.as_deref().map(bytes).transpose()?,
    })
}

/// Reads a passkey that was made.
pub(super) fn read_made(text: &str) -> Result<MadePasskey, ActionError> {
    let text: MadeText = parse(text)?;
    Ok(MadePasskey {
        id: bytes(&text.id)?,
        client_data: bytes(&text.client_data)?,
        attestation: bytes(&text.attestation)?,
    })
}

/// By what somebody proves who they are: the passkey if one was shown, else the password.
pub(super) fn read_proof(current: &str, passkey: &str) -> Result<Proof, ActionError> {
    if passkey.is_empty() {
        return Ok(Proof::Password(Secret::new(current)));
    }
    read_shown(passkey).map(|shown| Proof::Passkey(Box::new(shown)))
}

/// The options for showing a passkey (Web Authentication, section 5.5), one of these if any are named.
pub(super) fn get_options(house: &House, challenge: &str, credentials: &[String]) -> Value {
    let party = RelyingParty::of(&house.public_url);
    json!({
        "challenge": challenge,
        "rpId": party.as_ref().map(RelyingParty::id),
        "timeout": CHALLENGE_MS,
        "userVerification": "required",
        "allowCredentials": describe(credentials),
    })
}

/// The options for making a passkey (Web Authentication, section 5.4), none of those that there are.
pub(super) fn create_options(
    house: &House,
    challenge: &str,
    (staff, party_name): (&Staff, &str),
    credentials: &[String],
) -> Value {
    let party = RelyingParty::of(&house.public_url);
    let kinds = ALGORITHMS.map(|number| json!({ "type": "public-key", "alg": number }));
    json!({
        "challenge": challenge,
        "rp": { "id": party.as_ref().map(RelyingParty::id), "name": party_name },
        "user": {
            "id": Base64Url::encode(staff.id.as_str()),
            "name": staff.email.as_deref().unwrap_or(&staff.name),
            "displayName": staff.name,
        },
        "pubKeyCredParams": kinds,
        "timeout": CHALLENGE_MS,
        "attestation": "none",
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "excludeCredentials": describe(credentials),
    })
}

fn describe(credentials: &[String]) -> Vec<Value> {
    let one = |id: &String| json!({ "type": "public-key", "id": id });
    credentials.iter().map(one).collect()
}
