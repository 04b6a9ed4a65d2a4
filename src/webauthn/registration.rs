//! A new passkey (Web Authentication, section 7.1).

use super::authenticator::Said;
use super::cbor::Map;
use super::client_data::{Ceremony, judge};
use super::public_key::PublicKey;
use super::{Refusal, RelyingParty};

/// Longest attestation object, in bytes.
const LENGTH_MAX: usize = 16 * 1024;

/// What a browser sends of a new credential.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'r> {
    /// The credential's id, as the browser says it.
    pub id: &'r [u8],
    /// The client data, as it was sent.
    pub client_data: &'r [u8],
    /// The attestation object.
    pub attestation: &'r [u8],
}

/// A credential that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id, 1 to 1,023 bytes; whether somebody has it already is for the caller to see.
    pub id: Vec<u8>,
    /// Its public key as a COSE key.
    pub public_key: Vec<u8>,
    /// How often it signed; 0 if it does not count.
    pub counter: u32,
}

/// Judges what a browser sends of a new credential that answers a challenge.
pub fn verify_registration(
    party: &RelyingParty,
    challenge: &[u8],
    sent: Registration<'_>,
) -> Result<NewCredential, Refusal> {
    let client_hash = judge(party, Ceremony::Create, challenge, sent.client_data)?;
    if sent.attestation.len() > LENGTH_MAX {
        return Err(Refusal::Attestation);
    }
    let (object, behind) = Map::read(sent.attestation).ok_or(Refusal::Attestation)?;
    if !behind.is_empty() {
        return Err(Refusal::Attestation);
    }
    let data = object.bytes_of("authData").ok_or(Refusal::Attestation)?;
    let said = Said::judge(party, data)?;
    let made = said.credential.ok_or(Refusal::AuthenticatorData)?;
    if made.id != sent.id {
        return Err(Refusal::CredentialId);
    }
    let key = PublicKey::read(made.public_key)?;
    judge_statement(&object, &key, data, &client_hash)?;
    Ok(NewCredential {
        id: made.id.to_vec(),
        public_key: made.public_key.to_vec(),
        counter: said.counter,
    })
}

/// Judges the attestation statement. A browser that is asked for none blanks it (section 5.1.3), but for one that the
/// new key itself signed (section 8.2).
fn judge_statement(object: &Map, key: &PublicKey, data: &[u8], client_hash: &[u8]) -> Result<(), Refusal> {
    let form = object.text_of("fmt").ok_or(Refusal::Attestation)?;
    let statement = object.map_of("attStmt").ok_or(Refusal::Attestation)?;
    match form {
        "none" if statement.is_empty() => Ok(()),
        "none" => Err(Refusal::Attestation),
        "packed" if !statement.has("x5c") => {
            if statement.number_of("alg") != Some(key.algorithm()) {
                return Err(Refusal::Algorithm);
            }
            let signature = statement.bytes_of("sig").ok_or(Refusal::Attestation)?;
            key.judge(data, client_hash, signature)
        }
        _ => Err(Refusal::AttestationFormat),
    }
}
