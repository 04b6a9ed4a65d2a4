//! What must be true of a pass certificate, its key and its issuer.

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use openssl::ec::EcKeyRef;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::{X509, X509Ref, X509VerifyResult};

use super::Names;
use super::error::{CredentialError, FileKind};
use super::facts::{Facts, Span, name_part, name_text};
use super::file::Contents;
use crate::types::Time;

/// Fewest and most bits of an RSA key.
const RSA_BITS: RangeInclusive<u32> = 2048..=8192;

/// Refuses a file that holds no certificate of a signer.
pub(super) fn check_main(main: &Contents, file: &str) -> Result<(), CredentialError> {
    let found = if main.certificates.is_empty() {
        main.kind()
    } else if main
        .certificates
        .iter()
        .all(|certificate| is_authority(certificate))
    {
        FileKind::Authority
    } else {
        return Ok(());
    };
    Err(CredentialError::WrongKind {
        file: file.to_owned(),
        wanted: FileKind::Certificate,
        found,
    })
}

pub(super) fn is_authority(certificate: &X509Ref) -> bool {
    Facts::of(certificate).is_ok_and(|facts| facts.is_authority)
}

pub(super) fn names_issuer(certificate: &X509Ref, candidate: &X509Ref) -> bool {
    let order = certificate.issuer_name().try_cmp(candidate.subject_name());
    order.is_ok_and(Ordering::is_eq) && is_authority(candidate)
}

pub(super) fn wrong_issuer(certificate: &X509Ref, other: &X509Ref, names: &Names) -> CredentialError {
    CredentialError::WrongIssuer {
        file: names.certificate.clone(),
        issuer: name_text(certificate.issuer_name()),
        wwdr: names.wwdr.clone(),
        found: name_text(other.subject_name()),
    }
}

pub(super) fn check_wwdr_span(wwdr: &X509Ref, names: &Names, now: Time) -> Result<(), CredentialError> {
    let file = names.wwdr.clone();
    let span = match Span::of(wwdr) {
        Ok(span) => span,
        Err(source) => return Err(CredentialError::OpenSsl { file, source }),
    };
    if now.secs() > span.not_after.secs() {
        return Err(CredentialError::WwdrExpired {
            file,
            since: span.not_after,
        });
    }
    if now.secs() < span.not_before.secs() {
        return Err(CredentialError::WwdrNotYetValid {
            file,
            from: span.not_before,
        });
    }
    Ok(())
}

/// Refuses an issuer that did not sign the certificate or does not hold now.
pub(super) fn check_issuer(
    certificate: &X509,
    wwdr: &X509,
    names: &Names,
    now: Time,
) -> Result<(), CredentialError> {
    check_wwdr_span(wwdr, names, now)?;
    if !names_issuer(certificate, wwdr) {
        return Err(wrong_issuer(certificate, wwdr, names));
    }
    let signed = || -> Result<bool, ErrorStack> {
        let key = wwdr.public_key()?;
        Ok(wwdr.issued(certificate) == X509VerifyResult::OK && certificate.verify(&key)?)
    };
    match signed() {
        Ok(true) => Ok(()),
        Ok(false) => Err(CredentialError::BadIssuerSignature {
            file: names.certificate.clone(),
            wwdr: names.wwdr.clone(),
        }),
        Err(source) => Err(CredentialError::OpenSsl {
            file: names.certificate.clone(),
            source,
        }),
    }
}

/// The pass type and the team of a certificate that is for passes.
pub(super) fn check_purpose(
    certificate: &X509Ref,
    facts: &Facts,
    file: &str,
) -> Result<(String, String), CredentialError> {
    let lacks = |lacks| CredentialError::NotForPasses {
        file: file.to_owned(),
        name: name_part(certificate.subject_name(), Nid::COMMONNAME).unwrap_or_default(),
        lacks,
    };
    let subject = certificate.subject_name();
    let pass_type = name_part(subject, Nid::USERID).ok_or_else(|| lacks("the UID with the pass type"))?;
    let team =
        name_part(subject, Nid::ORGANIZATIONALUNITNAME).ok_or_else(|| lacks("the OU with the team"))?;
    if !facts.may_sign_passes {
        return Err(lacks(
            "Apple's purpose for signing passes, 1.2.840.113635.100.4.14",
        ));
    }
    if !facts.may_authenticate {
        return Err(lacks(
            "the purpose of client authentication, which the push service asks for",
        ));
    }
    match &facts.pass_type {
        None => Err(lacks(
            "Apple's extension with the pass type, 1.2.840.113635.100.6.1.16",
        )),
        Some(extension) if *extension != pass_type => Err(CredentialError::TwoPassTypes {
            file: file.to_owned(),
            uid: pass_type,
            extension: extension.clone(),
        }),
        Some(_) => Ok((pass_type, team)),
    }
}

/// Refuses keys that are too weak or of another kind.
pub(super) fn check_key(key: &PKey<Private>, file: &str) -> Result<(), CredentialError> {
    let curve = |key: &EcKeyRef<Private>| key.group().curve_name();
    let ec = key.ec_key().ok();
    let found = match (key.id(), ec.as_deref().and_then(curve)) {
        (Id::RSA, _) if RSA_BITS.contains(&key.bits()) => return Ok(()),
        (Id::EC, Some(Nid::X9_62_PRIME256V1)) => return Ok(()),
        (Id::RSA, _) => format!("RSA of {} bits", key.bits()),
        (Id::EC, Some(curve)) => format!("on the curve {}", curve.short_name().unwrap_or("of no name")),
        _ => "of another kind".to_owned(),
    };
    Err(CredentialError::UnsupportedKey {
        file: file.to_owned(),
        found,
    })
}
