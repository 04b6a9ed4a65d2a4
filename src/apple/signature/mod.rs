//! The `signature` file of a pass: a detached CMS `SignedData` (RFC 5652) over its manifest.
//!
//! Only the RSA or ECDSA operation is left to OpenSSL. Everything around it is the same for every
//! pass of a certificate and is encoded once; per pass the digest, the time and the signature are
//! set in. OpenSSL's own `CMS_sign` takes 20 to 40 microseconds more per signature, a tenth of the
//! RSA operation (measured 2026-11). What is written is byte for byte what `CMS_sign` writes with
//! `DETACHED | BINARY | NOSMIMECAP`; a test holds it to that.

pub(crate) mod der;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::pkey::{Id, PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sha::Sha256;

use crate::apple::credentials::{IssuerAndSerial, PassCredentials};
use crate::types::Time;

/// Key contexts kept for reuse; more are made when more threads sign at once, then dropped.
const IDLE_CONTEXTS_MAX: usize = 64;

/// `1.2.840.113549.1.7.2`, `id-signedData`.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// `SEQUENCE { 1.2.840.113549.1.7.1 }`: `id-data`, without content since it is detached.
const DETACHED_DATA: &[u8] = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
/// `INTEGER 1`, the version of both structures when the signer is named by issuer and serial.
const VERSION_1: &[u8] = b"\x02\x01\x01";
/// `AlgorithmIdentifier` of SHA-256, parameters absent as RFC 5754 section 2 wants.
const SHA_256: &[u8] = b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
/// `AlgorithmIdentifier` of RSA with PKCS#1 v1.5, parameters NULL.
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
/// `AlgorithmIdentifier` of ECDSA with SHA-256.
const ECDSA_SHA_256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
/// The attribute `contentType` with the value `id-data`, whole.
const CONTENT_TYPE: &[u8] =
    b"\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03\x31\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
/// The object identifier of the attribute `signingTime`.
const SIGNING_TIME: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";
/// The attribute `messageDigest` up to the 32 bytes of its value.
const MESSAGE_DIGEST: &[u8] = b"\x30\x2f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31\x22\x04\x20";
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Why a manifest was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// A certificate has run out.
    #[error(
        "cannot sign: {certificate} ran out on {since}, and iOS refuses what is signed after that; \
         renew it at Apple's developer site (the passes that people hold stay valid)"
    )]
    Expired {
        /// Which certificate.
        certificate: String,
        /// The last instant of its validity.
        since: Time,
    },
    /// A certificate does not hold yet.
    #[error("cannot sign: {certificate} holds only from {from}; is this machine's clock right?")]
    NotYetValid {
        /// Which certificate.
        certificate: String,
        /// The first instant of its validity.
        from: Time,
    },
    /// OpenSSL would not use the key.
    #[error("OpenSSL could not use the private key of {certificate}")]
    Key {
        /// The certificate that the key belongs to.
        certificate: String,
        /// OpenSSL's reasons.
        source: ErrorStack,
    },
}

/// A certificate's validity, for the refusal to sign outside it.
#[derive(Debug)]
struct Span {
    certificate: String,
    not_before: Time,
    not_after: Time,
}

impl Span {
    fn check(&self, time: Time) -> Result<(), SignError> {
        let certificate = || self.certificate.clone();
        if time.secs() > self.not_after.secs() {
            return Err(SignError::Expired {
                certificate: certificate(),
                since: self.not_after,
            });
        }
        if time.secs() < self.not_before.secs() {
            return Err(SignError::NotYetValid {
                certificate: certificate(),
                from: self.not_before,
            });
        }
        Ok(())
    }
}

/// Signs manifests with one pass certificate. Cheap to clone; threads share it without waiting.
#[derive(Clone)]
pub struct PassSigner(Arc<Signing>);

struct Signing {
    key: PKey<Private>,
    is_rsa: bool,
    /// Longest signature in bytes.
    signature_max: usize,
    spans: [Span; 2],
    /// `certificates [0]` of `SignedData`, whole: the leaf and the intermediate.
    certificates: Vec<u8>,
    /// `SignerInfo` up to the signed attributes: version, issuer and serial, digest algorithm.
    signer: Vec<u8>,
    /// Contexts that are ready to sign; whoever signs takes one out and puts it back.
    idle: Mutex<Vec<PkeyCtx<Private>>>,
}

impl PassSigner {
    /// Prepares what every signature of these credentials has in common.
    pub fn new(credentials: &PassCredentials) -> Result<Self, SignError> {
        let fault = |source| SignError::Key {
            certificate: credentials.certificate_name(),
            source,
        };
        let key = credentials.private_key().to_owned();
        let mut certificates = [
            credentials.certificate().to_der().map_err(fault)?,
            credentials.wwdr().to_der().map_err(fault)?,
        ];
        // A DER SET OF stands in the order of its encodings.
        certificates.sort();
        let [first, second] = &certificates;
        let IssuerAndSerial { issuer, serial } = credentials.issuer_and_serial();
        let signing = Signing {
            is_rsa: key.id() == Id::RSA,
            signature_max: key.size(),
            key,
            spans: [
                Span {
                    certificate: credentials.certificate_name(),
                    not_before: credentials.not_before(),
                    not_after: credentials.not_after(),
                },
                Span {
                    certificate: credentials.wwdr_name(),
                    not_before: credentials.wwdr_not_before(),
                    not_after: credentials.wwdr_not_after(),
                },
            ],
            certificates: der::element(der::CONTEXT_0, &[first, second]),
            signer: [
                VERSION_1,
                &der::element(der::SEQUENCE, &[issuer, serial]),
                SHA_256,
            ]
            .concat(),
            idle: Mutex::new(Vec::new()),
        };
        let context = signing.new_context().map_err(fault)?;
        signing.put_back(context);
        Ok(Self(Arc::new(signing)))
    }

    /// The signatures of these manifests, in their order. `signing_time` (whole seconds) is the
    /// `signingTime` attribute, which iOS demands and holds against the certificate's validity.
    pub fn sign(&self, manifests: &[&[u8]], signing_time: Time) -> Result<Vec<Vec<u8>>, SignError> {
        let signing = &*self.0;
        for span in &signing.spans {
            span.check(signing_time)?;
        }
        let [leaf, _] = &signing.spans;
        signing
            .sign_all(manifests, &signing_time_attribute(signing_time))
            .map_err(|source| SignError::Key {
                certificate: leaf.certificate.clone(),
                source,
            })
    }
}

impl fmt::Debug for PassSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassSigner")
            .field("spans", &self.0.spans)
            .finish_non_exhaustive()
    }
}

impl Signing {
    fn sign_all(&self, manifests: &[&[u8]], time: &[u8]) -> Result<Vec<Vec<u8>>, ErrorStack> {
        let mut context = match self.take_idle() {
            Some(context) => context,
            None => self.new_context()?,
        };
        let mut room = vec![0; self.signature_max];
        let signatures = manifests
            .iter()
            .map(|manifest| self.sign_one(&mut context, &mut room, manifest, time))
            .collect::<Result<_, _>>()?;
        self.put_back(context);
        Ok(signatures)
    }

    fn sign_one(
        &self,
        context: &mut PkeyCtx<Private>,
        room: &mut [u8],
        manifest: &[u8],
        time: &[u8],
    ) -> Result<Vec<u8>, ErrorStack> {
        // The digest is over the attributes as a SET; in the structure the same bytes are tagged [0].
        let mut attributes = der::element(der::SET, &[CONTENT_TYPE, time, MESSAGE_DIGEST, &sha256(manifest)]);
        let len = context.sign(&sha256(&attributes), Some(room))?;
        if let Some(tag) = attributes.first_mut() {
            *tag = der::CONTEXT_0;
        }
        Ok(self.envelope(&attributes, room.get(..len).unwrap_or_default()))
    }

    /// The whole structure around one pass's attributes and signature.
    fn envelope(&self, attributes: &[u8], signature: &[u8]) -> Vec<u8> {
        let algorithm = if self.is_rsa { RSA } else { ECDSA_SHA_256 };
        let digests_len = der::element_len(SHA_256.len());
        let signer_len =
            self.signer.len() + attributes.len() + algorithm.len() + der::element_len(signature.len());
        let set_len = der::element_len(signer_len);
        let data_len = VERSION_1.len()
            + digests_len
            + DETACHED_DATA.len()
            + self.certificates.len()
            + der::element_len(set_len);
        let content_len = der::element_len(data_len);
        let outer_len = SIGNED_DATA.len() + der::element_len(content_len);

        let mut out = Vec::with_capacity(der::element_len(outer_len));
        der::put_header(&mut out, der::SEQUENCE, outer_len);
        out.extend_from_slice(SIGNED_DATA);
        der::put_header(&mut out, der::CONTEXT_0, content_len);
        der::put_header(&mut out, der::SEQUENCE, data_len);
        out.extend_from_slice(VERSION_1);
        der::put_header(&mut out, der::SET, SHA_256.len());
        out.extend_from_slice(SHA_256);
        out.extend_from_slice(DETACHED_DATA);
        out.extend_from_slice(&self.certificates);
        der::put_header(&mut out, der::SET, set_len);
        der::put_header(&mut out, der::SEQUENCE, signer_len);
        out.extend_from_slice(&self.signer);
        out.extend_from_slice(attributes);
        out.extend_from_slice(algorithm);
        der::put_header(&mut out, der::OCTET_STRING, signature.len());
        out.extend_from_slice(signature);
        out
    }

    fn new_context(&self) -> Result<PkeyCtx<Private>, ErrorStack> {
        let mut context = PkeyCtx::new(&self.key)?;
        context.sign_init()?;
        context.set_signature_md(Md::sha256())?;
        if self.is_rsa {
            context.set_rsa_padding(Padding::PKCS1)?;
        }
        Ok(context)
    }

    fn take_idle(&self) -> Option<PkeyCtx<Private>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put_back(&self, context: PkeyCtx<Private>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_CONTEXTS_MAX {
            idle.push(context);
        }
    }
}

/// The attribute `signingTime`: `UTCTime` until 2049, then `GeneralizedTime` (RFC 5652 section 11.3).
fn signing_time_attribute(time: Time) -> Vec<u8> {
    let digits: String = time.rfc3339_secs().chars().filter(char::is_ascii_digit).collect();
    let (tag, text) = match digits.get(2..) {
        Some(short) if ("1950".."2050").contains(&digits.get(..4).unwrap_or_default()) => (UTC_TIME, short),
        _ => (GENERALIZED_TIME, digits.as_str()),
    };
    let value = der::element(tag, &[text.as_bytes(), b"Z"]);
    der::element(der::SEQUENCE, &[SIGNING_TIME, &der::element(der::SET, &[&value])])
}

/// SHA-256 without OpenSSL's look-up of the algorithm, which costs more than so few bytes.
fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_written_in_two_digits_until_2049() {
        let text = |time: &str| {
            let attribute = signing_time_attribute(Time::parse_rfc3339(time).expect("a time"));
            let value = attribute.get(SIGNING_TIME.len() + 4..).unwrap_or_default();
            (value[0], String::from_utf8_lossy(&value[2..]).into_owned())
        };
        assert_eq!(
            text("2026-11-21T09:30:00.999Z"),
            (UTC_TIME, "261121093000Z".to_owned())
        );
        assert_eq!(
            text("2049-12-31T23:59:59Z"),
            (UTC_TIME, "491231235959Z".to_owned())
        );
        assert_eq!(
            text("2050-01-01T00:00:00Z"),
            (GENERALIZED_TIME, "20500101000000Z".to_owned())
        );
    }

    #[test]
    fn the_signed_attributes_stand_in_the_order_of_their_encodings() {
        for year in ["2026", "2055"] {
            let time = Time::parse_rfc3339(&format!("{year}-01-01T00:00:00Z")).expect("a time");
            let time = signing_time_attribute(time);
            let attributes = [CONTENT_TYPE, time.as_slice(), MESSAGE_DIGEST];
            assert!(attributes.is_sorted(), "{year}");
        }
    }
}
