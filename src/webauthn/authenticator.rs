//! What an authenticator says of a ceremony (Web Authentication, section 6.1).

use super::cbor::Map;
use super::{Refusal, RelyingParty};
use crate::types::constant_time_eq;

/// Longest data of an authenticator, in bytes.
const LENGTH_MAX: usize = 8 * 1024;
/// Longest id of a credential, in bytes (section 7.1, step 17 of Level 3).
pub(super) const ID_MAX: usize = 1_023;

/// Somebody was there.
const USER_PRESENT: u8 = 0x01;
/// Somebody showed that they are its owner: by a finger, a face, a PIN.
const USER_VERIFIED: u8 = 0x04;
/// The credential may be backed up (Level 3).
const BACKUP_ELIGIBLE: u8 = 0x08;
/// It is backed up (Level 3).
const BACKED_UP: u8 = 0x10;
/// A new credential stands behind.
const HAS_CREDENTIAL: u8 = 0x40;
/// Extensions stand behind.
const HAS_EXTENSIONS: u8 = 0x80;

/// What an authenticator said, judged.
#[derive(Debug)]
pub(super) struct Said<'d> {
    /// How often it signed; 0 if it does not count.
    pub(super) counter: u32,
    /// A new credential.
    pub(super) credential: Option<Credential<'d>>,
}

/// A new credential.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credential<'d> {
    pub(super) id: &'d [u8],
    /// Its public key as a COSE key.
    pub(super) public_key: &'d [u8],
}

impl<'d> Said<'d> {
    /// Reads an authenticator's data and judges for whom it was made, and who was there.
    pub(super) fn judge(party: &RelyingParty, data: &'d [u8]) -> Result<Self, Refusal> {
        let form = || Refusal::AuthenticatorData;
        if data.len() > LENGTH_MAX {
            return Err(form());
        }
        let (hash, rest) = data.split_at_checked(32).ok_or_else(form)?;
        let (flags, rest) = rest.split_first().ok_or_else(form)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or_else(form)?;
        let has = |flag: u8| flags & flag != 0;
        if !constant_time_eq(hash, &party.id_hash()) {
            return Err(Refusal::RpId);
        }
        if !has(USER_PRESENT) {
            return Err(Refusal::UserPresence);
        }
        if !has(USER_VERIFIED) {
            return Err(Refusal::UserVerification);
        }
        if has(BACKED_UP) && !has(BACKUP_ELIGIBLE) {
            return Err(Refusal::Backup);
        }
        let (credential, rest) = if has(HAS_CREDENTIAL) {
            let (credential, rest) = read_credential(rest)?;
            (Some(credential), rest)
        } else {
            (None, rest)
        };
        let rest = if has(HAS_EXTENSIONS) {
            // None was asked for; what an authenticator says of its own accord is read over.
            Map::read(rest).ok_or_else(form)?.1
        } else {
            rest
        };
        if !rest.is_empty() {
            return Err(form());
        }
        Ok(Self {
            counter: u32::from_be_bytes(*counter),
            credential,
        })
    }
}

/// A new credential, and what stands behind it (section 6.5.1).
fn read_credential(data: &[u8]) -> Result<(Credential<'_>, &[u8]), Refusal> {
    let form = || Refusal::AuthenticatorData;
    // The make of the authenticator is not asked for.
    let (_, rest) = data.split_at_checked(16).ok_or_else(form)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(form)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if !(1..=ID_MAX).contains(&length) {
        return Err(Refusal::CredentialId);
    }
    let (id, rest) = rest.split_at_checked(length).ok_or_else(form)?;
    let (_, behind) = Map::read(rest).ok_or(Refusal::PublicKey)?;
    let public_key = rest.get(..rest.len() - behind.len()).ok_or_else(form)?;
    Ok((Credential { id, public_key }, behind))
}
