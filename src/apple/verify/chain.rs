//! Who vouches for a pass certificate: Apple, a root that the caller trusts, or nobody we know.

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{X509, X509StoreContext, X509StoreContextRef, X509VerifyResult};
use serde::Serialize;

use crate::apple::finding::Finding;
use crate::types::Time;

use super::certificate::{check_validity, name_part};
use super::codes;

/// SHA-256 of Apple Root CA, 2006 to 2035 (Apple PKI, apple.com/certificateauthority).
const APPLE_ROOT: &str = "b0b1730ecbc7ff4505142c49f1295e6eda6bcaed7e2c68c5be91b5a11001f024";
/// SHA-256 of the intermediates that Apple signs pass certificates with: WWDR G4, 2020 to 2030,
/// and G1, which ended on 2023-02-07 (the same page).
const APPLE_INTERMEDIATES: [&str; 2] = [
    "ea4757885538dd8cb59ff4556f676087d83c85e70902c122e42c0808b5bce14c",
    "ce057691d730f89ca25e916f7335f4c8a15713dcd273a658c024023f8eb809c2",
];

/// Who vouches for the certificate that signed a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Apple: the chain ends in its root or in an intermediate known by its fingerprint.
    Apple,
    /// A root that the caller named.
    GivenRoot,
    /// Nobody that is known.
    Unknown,
}

/// Finds who vouches for the leaf, and says what is wrong on the way.
pub(super) fn check(
    leaf: &X509,
    embedded: &[X509],
    roots: &[X509],
    at: Option<Time>,
    findings: &mut Vec<Finding>,
) -> Trust {
    let Some(issuer) = issuer_of(leaf, embedded).or_else(|| issuer_of(leaf, roots)) else {
        let wanted = name_part(leaf.issuer_name(), Nid::ORGANIZATIONALUNITNAME).unwrap_or_default();
        let message = format!(
            "the intermediate certificate that signed the signer's (Apple's WWDR, OU `{wanted}`) is not in the \
             signature, so phones cannot follow the chain; add it, for new certificates WWDR G4"
        );
        findings.push(Finding::new(codes::WWDR_MISSING, "signature", message));
        return Trust::Unknown;
    };
    if let Some(at) = at {
        check_validity("the intermediate certificate", issuer, at, findings);
    }
    let trust = if ends_in_given_root(leaf, embedded, roots) {
        Trust::GivenRoot
    } else if is_apples(issuer, embedded) {
        Trust::Apple
    } else {
        Trust::Unknown
    };
    if trust == Trust::Unknown {
        let name = name_part(issuer.issuer_name(), Nid::COMMONNAME).unwrap_or_default();
        let message = format!(
            "the chain ends in `{name}`, which is neither Apple's root nor one given; phones take Apple's only"
        );
        findings.push(Finding::new(codes::CHAIN_UNKNOWN, "signature", message));
    }
    trust
}

/// The certificate among these that truly signed the other.
fn issuer_of<'a>(certificate: &X509, candidates: &'a [X509]) -> Option<&'a X509> {
    candidates.iter().find(|candidate| {
        candidate.issued(certificate) == X509VerifyResult::OK
            && candidate
                .public_key()
                .is_ok_and(|key| certificate.verify(&key).unwrap_or(false))
    })
}

/// Whether the intermediate is one of Apple's, or signed by Apple's root beside it.
fn is_apples(issuer: &X509, embedded: &[X509]) -> bool {
    let above = issuer_of(issuer, embedded).and_then(fingerprint);
    fingerprint(issuer).is_some_and(|own| APPLE_INTERMEDIATES.contains(&own.as_str()))
        || above.as_deref() == Some(APPLE_ROOT)
}

fn fingerprint(certificate: &X509) -> Option<String> {
    let digest = certificate.digest(MessageDigest::sha256()).ok()?;
    Some(hex::encode(digest))
}

/// Whether OpenSSL finds a way from the leaf to one of the roots. Times are checked elsewhere.
fn ends_in_given_root(leaf: &X509, embedded: &[X509], roots: &[X509]) -> bool {
    let is_sound = || {
        let mut store = X509StoreBuilder::new()?;
        store.set_flags(X509VerifyFlags::NO_CHECK_TIME | X509VerifyFlags::PARTIAL_CHAIN)?;
        for root in roots {
            store.add_cert(root.clone())?;
        }
        let mut chain = Stack::new()?;
        for certificate in embedded {
            chain.push(certificate.clone())?;
        }
        X509StoreContext::new()?.init(&store.build(), leaf, &chain, X509StoreContextRef::verify_cert)
    };
    !roots.is_empty() && is_sound().unwrap_or(false)
}
