//! The certificate and key that passes are signed with, read from files and checked.
//!
//! The checks are those that iOS makes, so that a fault shows when Billfold starts and not on a
//! customer's phone: Apple's extension and the subject must name the pass type, the subject's unit
//! is the team, and the intermediate must be the one that issued the certificate.

mod check;
mod error;
mod facts;
mod file;
pub mod inventory;

use std::fmt;
use std::path::{Path, PathBuf};

use openssl::pkey::{PKey, PKeyRef, Private};
use openssl::x509::{X509, X509Ref};

pub use error::{CredentialError, FileKind, WWDR_G4_ADDRESS};
pub(crate) use facts::IssuerAndSerial;

use crate::types::{Secret, Time};
use check::{
    check_issuer, check_key, check_main, check_purpose, check_wwdr_span, is_authority, names_issuer,
    wrong_issuer,
};
use facts::{Facts, Span};
use file::Contents;

/// Days before the end of a certificate from which on its owner is warned.
pub const WARNING_DAYS: i64 = 90;
const DAY_SECS: i64 = 86_400;

/// Where the certificate and key are.
#[derive(Debug, Clone)]
pub struct CredentialFiles {
    /// The certificate: PEM, DER or PKCS#12; may hold the key and the intermediate too.
    pub certificate: PathBuf,
    /// The private key, if the certificate's file does not hold it.
    pub private_key: Option<PathBuf>,
    /// What the key or the PKCS#12 file is encrypted with.
    pub password: Option<Secret>,
    /// Apple's intermediate (WWDR G4), PEM or DER; need not exist if the certificate's file holds it.
    pub wwdr: PathBuf,
}

/// A pass certificate with its key and its issuer, checked.
#[derive(Clone)]
pub struct PassCredentials {
    certificate: X509,
    key: PKey<Private>,
    wwdr: X509,
    names: Names,
    facts: Facts,
    pass_type: String,
    team: String,
    span: Span,
    wwdr_span: Span,
}

/// Where things came from, for errors.
#[derive(Clone)]
struct Names {
    certificate: String,
    key: String,
    wwdr: String,
}

impl PassCredentials {
    /// Reads and checks the files.
    pub fn load(files: &CredentialFiles, now: Time) -> Result<Self, CredentialError> {
        let password = files.password.as_ref();
        let main = file::read(&files.certificate, password)?;
        let mut names = Names {
            certificate: files.certificate.display().to_string(),
            key: files.certificate.display().to_string(),
            wwdr: files.wwdr.display().to_string(),
        };
        check_main(&main, &names.certificate)?;
        let key = match &files.private_key {
            Some(path) => {
                names.key = path.display().to_string();
                let contents = file::read(path, password)?;
                first_key(&contents).ok_or_else(|| CredentialError::WrongKind {
                    file: names.key.clone(),
                    wanted: FileKind::PrivateKey,
                    found: contents.kind(),
                })?
            }
            None => first_key(&main).ok_or_else(|| CredentialError::NoPrivateKey {
                file: names.certificate.clone(),
            })?,
        };
        let (certificate, chain) = split(main.certificates, &key, &names)?;
        let wwdr = find_wwdr(&certificate, chain, &files.wwdr, &mut names, now)?;
        Self::check(certificate, key, wwdr, names, now)
    }

    /// Checks a certificate, its key and its issuer that are in memory.
    pub fn from_parts(
        certificate: X509,
        key: PKey<Private>,
        wwdr: X509,
        now: Time,
    ) -> Result<Self, CredentialError> {
        let names = Names {
            certificate: "the given certificate".to_owned(),
            key: "the given key".to_owned(),
            wwdr: "the given WWDR certificate".to_owned(),
        };
        let (certificate, _) = split(vec![certificate], &key, &names)?;
        Self::check(certificate, key, wwdr, names, now)
    }

    fn check(
        certificate: X509,
        key: PKey<Private>,
        wwdr: X509,
        names: Names,
        now: Time,
    ) -> Result<Self, CredentialError> {
        let file = || names.certificate.clone();
        let openssl = |source| CredentialError::OpenSsl { file: file(), source };
        check_key(&key, &names.key)?;
        check_issuer(&certificate, &wwdr, &names, now)?;
        let facts = Facts::of(&certificate).map_err(openssl)?;
        let (pass_type, team) = check_purpose(&certificate, &facts, &file())?;
        let span = Span::of(&certificate).map_err(openssl)?;
        if now.secs() > span.not_after.secs() {
            return Err(CredentialError::Expired {
                file: file(),
                since: span.not_after,
            });
        }
        if now.secs() < span.not_before.secs() {
            return Err(CredentialError::NotYetValid {
                file: file(),
                from: span.not_before,
            });
        }
        let wwdr_span = Span::of(&wwdr).map_err(openssl)?;
        Ok(Self {
            certificate,
            key,
            wwdr,
            names,
            facts,
            pass_type,
            team,
            span,
            wwdr_span,
        })
    }

    /// Refuses a program that names another pass type or team than the certificate.
    pub fn check_for(&self, pass_type: &str, team: &str) -> Result<(), CredentialError> {
        let file = || self.names.certificate.clone();
        if self.pass_type != pass_type {
            return Err(CredentialError::OtherPassType {
                file: file(),
                found: self.pass_type.clone(),
                wanted: pass_type.to_owned(),
            });
        }
        if self.team != team {
            return Err(CredentialError::OtherTeam {
                file: file(),
                found: self.team.clone(),
                wanted: team.to_owned(),
            });
        }
        Ok(())
    }

    /// The pass type (`passTypeIdentifier`): the subject's UID.
    pub fn pass_type(&self) -> &str {
        &self.pass_type
    }

    /// The team (`teamIdentifier`): the subject's unit.
    pub fn team(&self) -> &str {
        &self.team
    }

    /// Whether Apple entitled the certificate to passes for contactless terminals.
    pub fn may_use_nfc(&self) -> bool {
        self.facts.may_use_nfc
    }

    /// The first instant at which the certificate holds.
    pub fn not_before(&self) -> Time {
        self.span.not_before
    }

    /// The last instant at which the certificate holds.
    pub fn not_after(&self) -> Time {
        self.span.not_after
    }

    /// The last instant at which both the certificate and its issuer's hold.
    pub fn expires_at(&self) -> Time {
        self.span.not_after.min(self.wwdr_span.not_after)
    }

    /// Whole days from `now` until [`Self::expires_at`]; negative once that has passed.
    pub fn days_left(&self, now: Time) -> i64 {
        (self.expires_at().secs() - now.secs()).div_euclid(DAY_SECS)
    }

    /// Whether the end is so near (90 days, [`WARNING_DAYS`]) that the owner must hear of it.
    pub fn warns(&self, now: Time) -> bool {
        self.days_left(now) <= WARNING_DAYS
    }

    /// The certificate.
    pub fn certificate(&self) -> &X509Ref {
        &self.certificate
    }

    /// Its private key, also for TLS to the push service.
    pub fn private_key(&self) -> &PKeyRef<Private> {
        &self.key
    }

    /// The intermediate that issued the certificate.
    pub fn wwdr(&self) -> &X509Ref {
        &self.wwdr
    }

    pub(crate) fn issuer_and_serial(&self) -> &IssuerAndSerial {
        &self.facts.issuer_and_serial
    }

    pub(crate) fn certificate_name(&self) -> String {
        format!(
            "the certificate for `{}` ({})",
            self.pass_type, self.names.certificate
        )
    }

    pub(crate) fn wwdr_name(&self) -> String {
        format!("the WWDR certificate ({})", self.names.wwdr)
    }

    pub(crate) fn wwdr_not_before(&self) -> Time {
        self.wwdr_span.not_before
    }

    pub(crate) fn wwdr_not_after(&self) -> Time {
        self.wwdr_span.not_after
    }
}

impl fmt::Debug for PassCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassCredentials")
            .field("pass_type", &self.pass_type)
            .field("team", &self.team)
            .field("not_after", &self.span.not_after)
            .finish_non_exhaustive()
    }
}

fn first_key(contents: &Contents) -> Option<PKey<Private>> {
    contents.keys.first().cloned()
}

/// The certificate's issuer, from the WWDR file or, if there is no such file, from the chain that
/// came with the certificate.
fn find_wwdr(
    certificate: &X509Ref,
    chain: Vec<X509>,
    path: &Path,
    names: &mut Names,
    now: Time,
) -> Result<X509, CredentialError> {
    let issuer_in = |candidates: Vec<X509>| {
        let (mut issuers, others): (Vec<X509>, Vec<X509>) = candidates
            .into_iter()
            .partition(|candidate| names_issuer(certificate, candidate));
        // Apple renews an intermediate under the same name: the one that lives longest is meant.
        issuers.sort_by_key(|issuer| Span::of(issuer).map(|span| span.not_after).unwrap_or_default());
        issuers.pop().ok_or(others)
    };
    if path.try_exists().is_ok_and(|exists| !exists) {
        let issuer = issuer_in(chain).map_err(|_| CredentialError::WwdrMissing {
            file: names.wwdr.clone(),
        })?;
        names.wwdr.clone_from(&names.certificate);
        return Ok(issuer);
    }
    let contents = file::read(path, None)?;
    let found = contents.kind();
    let others = match issuer_in(contents.certificates) {
        Ok(issuer) => return Ok(issuer),
        Err(others) => others,
    };
    let Some(other) = others.into_iter().find(|other| is_authority(other)) else {
        return Err(CredentialError::WrongKind {
            file: names.wwdr.clone(),
            wanted: FileKind::Authority,
            found,
        });
    };
    check_wwdr_span(&other, names, now)?;
    Err(wrong_issuer(certificate, &other, names))
}

/// The certificate that the key belongs to, and the others.
fn split(
    certificates: Vec<X509>,
    key: &PKey<Private>,
    names: &Names,
) -> Result<(X509, Vec<X509>), CredentialError> {
    let is_pair = |certificate: &X509| certificate.public_key().is_ok_and(|public| public.public_eq(key));
    let (mut own, others): (Vec<X509>, Vec<X509>) = certificates.into_iter().partition(is_pair);
    let certificate = own.pop().ok_or_else(|| CredentialError::KeyMismatch {
        file: names.certificate.clone(),
        key: names.key.clone(),
    })?;
    if is_authority(&certificate) {
        return Err(CredentialError::WrongKind {
            file: names.certificate.clone(),
            wanted: FileKind::Certificate,
            found: FileKind::Authority,
        });
    }
    Ok((certificate, others))
}
