//! What certificates are in a file, good or not: for people who look for a fault, and for roots.

use std::path::Path;

use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::{X509, X509Ref};

use super::error::{CredentialError, FileKind};
use super::facts::{Facts, Span, name_part, name_text};
use super::file;
use crate::types::{Secret, Time};

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The pass type that it is for, if it is for passes.
    pub pass_type: Option<String>,
    /// The team that it was issued to, if it is for passes.
    pub team: Option<String>,
    /// First instant of its validity.
    pub not_before: Time,
    /// Last instant of its validity.
    pub not_after: Time,
}

/// The certificates in a file, whatever form it has. None is an error.
pub fn read_certificates(path: &Path, password: Option<&Secret>) -> Result<Vec<X509>, CredentialError> {
    let contents = file::read(path, password)?;
    if contents.certificates.is_empty() {
        return Err(CredentialError::WrongKind {
            file: path.display().to_string(),
            wanted: FileKind::Certificate,
            found: contents.kind(),
        });
    }
    Ok(contents.certificates)
}

/// What the certificates in a file say of themselves.
pub fn list_certificates(
    path: &Path,
    password: Option<&Secret>,
) -> Result<Vec<CertificateFacts>, CredentialError> {
    let describe = |certificate: &X509| {
        facts_of(certificate).map_err(|source| CredentialError::OpenSsl {
            file: path.display().to_string(),
            source,
        })
    };
    read_certificates(path, password)?.iter().map(describe).collect()
}

fn facts_of(certificate: &X509Ref) -> Result<CertificateFacts, ErrorStack> {
    let span = Span::of(certificate)?;
    let pass_type = Facts::of(certificate)?.pass_type;
    let team = name_part(certificate.subject_name(), Nid::ORGANIZATIONALUNITNAME);
    Ok(CertificateFacts {
        subject: name_text(certificate.subject_name()),
        issuer: name_text(certificate.issuer_name()),
        team: team.filter(|_| pass_type.is_some()),
        pass_type,
        not_before: span.not_before,
        not_after: span.not_after,
    })
}
