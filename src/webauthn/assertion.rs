//! A passkey that is shown (Web Authentication, section 7.2).

use super::authenticator::Said;
use super::client_data::{Ceremony, judge};
use super::public_key::PublicKey;
use super::{Refusal, RelyingParty};

/// What a browser sends when a credential is shown.
#[derive(Debug, Clone, Copy)]
pub struct Assertion<'a> {
    /// The credential's id.
    pub id: &'a [u8],
    /// The client data, as it was sent.
    pub client_data: &'a [u8],
    /// The authenticator's data.
    pub authenticator_data: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
    /// Whose it is, as the authenticator says. One that was told which credential is wanted may leave it out.
    pub user_handle: Option<&'a [u8]>,
}

/// A credential as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// Its id.
    pub id: &'k [u8],
    /// Its public key as a COSE key.
    pub public_key: &'k [u8],
    /// How often it had signed when it was shown last; 0 if it does not count.
    pub counter: u32,
    /// Whose it is.
    pub user_handle: &'k [u8],
    /// Whether it was known who signs in before it was shown.
    pub is_expected: bool,
}

/// Judges a credential that is shown as the answer to a challenge; gives how often it has signed by now.
pub fn verify_assertion(
    party: &RelyingParty,
    challenge: &[u8],
    known: Known<'_>,
    sent: Assertion<'_>,
) -> Result<u32, Refusal> {
    if sent.id != known.id {
        return Err(Refusal::CredentialId);
    }
    match sent.user_handle {
        Some(handle) if handle == known.user_handle => (),
        None if known.is_expected => (),
        _ => return Err(Refusal::UserHandle),
    }
    let client_hash = judge(party, Ceremony::Get, challenge, sent.client_data)?;
    let said = Said::judge(party, sent.authenticator_data)?;
    let key = PublicKey::read(known.public_key)?;
    key.judge(sent.authenticator_data, &client_hash, sent.signature)?;
    let counts = said.counter != 0 || known.counter != 0;
    if counts && said.counter <= known.counter {
        return Err(Refusal::Counter);
    }
    Ok(said.counter)
}
