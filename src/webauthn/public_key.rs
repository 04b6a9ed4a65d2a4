//! Public keys of credentials (COSE, RFC 9053 and 8230) and what they sign.

use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;
use openssl::sign::Verifier;

use super::Refusal;
use super::cbor::Map;

/// ECDSA over P-256 with SHA-256.
const ES256: i64 = -7;
/// `EdDSA` over Ed25519.
const EDDSA: i64 = -8;
/// RSASSA-PKCS1-v1_5 with SHA-256: of authenticators in older Windows machines.
const RS256: i64 = -257;
/// The algorithms that are asked for, by their COSE numbers, the best first.
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

/// Labels of a COSE key (RFC 9052, section 7.1; RFC 9053, section 7; RFC 8230, section 4).
const KEY_TYPE: i64 = 1;
const ALGORITHM: i64 = 3;
const CURVE: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const MODULUS: i64 = -1;
const EXPONENT: i64 = -2;
/// Bytes of a coordinate of P-256, and of a key of Ed25519.
const POINT: usize = 32;
/// Bytes of a modulus: 2,048 to 4,096 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=512;
/// Most bytes of a public exponent.
const EXPONENT_MAX: usize = 8;

/// The public key of a credential.
pub(super) struct PublicKey {
    key: PKey<Public>,
    algorithm: i64,
}

impl PublicKey {
    /// Reads a COSE key, which must be the whole of the bytes.
    pub(super) fn read(cose: &[u8]) -> Result<Self, Refusal> {
        let (map, behind) = Map::read(cose).ok_or(Refusal::PublicKey)?;
        if !behind.is_empty() {
            return Err(Refusal::PublicKey);
        }
        let algorithm = map.number(ALGORITHM).ok_or(Refusal::PublicKey)?;
        let key = match (algorithm, map.number(KEY_TYPE), map.number(CURVE)) {
            (ES256, Some(2), Some(1)) => read_p256(&map),
            (EDDSA, Some(1), Some(6)) => read_ed25519(&map),
            (RS256, Some(3), None) => read_rsa(&map),
            (ES256 | EDDSA | RS256, ..) => None,
            _ => return Err(Refusal::Algorithm),
        };
        let key = key.ok_or(Refusal::PublicKey)?;
        Ok(Self { key, algorithm })
    }

    /// Its algorithm, by its COSE number.
    pub(super) const fn algorithm(&self) -> i64 {
        self.algorithm
    }

    /// Judges a signature over what an authenticator said and the hash of what the browser said.
    pub(super) fn judge(&self, said: &[u8], client_hash: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let signed = [said, client_hash].concat();
        match self.verify(&signed, signature) {
            Ok(true) => Ok(()),
            // A signature of another form is an error of OpenSSL's, and as wrong.
            Ok(false) | Err(_) => Err(Refusal::Signature),
        }
    }

    fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
        let mut verifier = if self.algorithm == EDDSA {
            Verifier::new_without_digest(&self.key)?
        } else {
            Verifier::new(MessageDigest::sha256(), &self.key)?
        };
        verifier.verify_oneshot(signature, signed)
    }
}

fn read_p256(map: &Map) -> Option<PKey<Public>> {
    let coordinate = |label| map.bytes(label).filter(|bytes| bytes.len() == POINT);
    let x = BigNum::from_slice(coordinate(X)?).ok()?;
    let y = BigNum::from_slice(coordinate(Y)?).ok()?;
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok()?;
    // Also says whether the point is on the curve.
    let key = EcKey::from_public_key_affine_coordinates(&group, &x, &y).ok()?;
    PKey::from_ec_key(key).ok()
}

fn read_ed25519(map: &Map) -> Option<PKey<Public>> {
    let bytes = map.bytes(X).filter(|bytes| bytes.len() == POINT)?;
    PKey::public_key_from_raw_bytes(bytes, Id::ED25519).ok()
}

fn read_rsa(map: &Map) -> Option<PKey<Public>> {
    let modulus = map
        .bytes(MODULUS)
        .filter(|bytes| MODULUS_BYTES.contains(&bytes.len()))?;
    let exponent = map.bytes(EXPONENT).filter(|bytes| bytes.len() <= EXPONENT_MAX)?;
    let (modulus, exponent) = (
        BigNum::from_slice(modulus).ok()?,
        BigNum::from_slice(exponent).ok()?,
    );
    // An exponent of 1 would let anybody sign.
    if exponent.num_bits() < 2 || !exponent.is_bit_set(0) {
        return None;
    }
    let key = Rsa::from_public_components(modulus, exponent).ok()?;
    PKey::from_rsa(key).ok()
}
