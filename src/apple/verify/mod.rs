//! What a phone would say of a pass file: refused for which reasons, or taken.

mod certificate;
mod chain;
pub mod codes;
mod content;
mod content_fields;
mod manifest;
mod report;
mod signature;
mod walk;

use openssl::x509::X509;

use crate::apple::finding::Finding;
use crate::apple::reader::PassFile;
use crate::types::Time;

pub use chain::Trust;
pub use report::{Entry, Identity, Report, Signer};

/// Checks a pass file of any style by all the rules that iOS is known to apply.
///
/// `trust` holds roots besides Apple's that are taken as good, such as the demo authority's.
/// Never fails and never panics: what cannot be read is a finding.
pub fn verify(bytes: &[u8], now: Time, trust: Option<&[X509]>) -> Report {
    let pass = match PassFile::open(bytes) {
        Ok(pass) => pass,
        Err(error) => {
            let finding = Finding::new(codes::NOT_A_PASS, "", error.to_string());
            return Report::unreadable(finding);
        }
    };
    let mut findings = pass.findings().to_vec();
    manifest::check(&pass, &mut findings);
    let signed = signature::check(&pass, trust.unwrap_or_default(), Some(now), &mut findings);
    content::check(&pass, &mut findings);
    Report::new(&pass, signed, findings)
}

impl PassFile {
    /// Checks what a phone checks before it looks at the contents.
    ///
    /// The package must be whole and signed by the right certificate under one of the roots, all
    /// of them valid at the time of signing. The findings are those for which a phone refuses it.
    pub fn check_integrity(&self, roots: &[X509]) -> Result<(), Vec<Finding>> {
        let mut findings = self.findings().to_vec();
        manifest::check(self, &mut findings);
        let signed = signature::check(self, roots, None, &mut findings);
        findings.retain(|finding| finding.is_error() || finding.code == codes::CHAIN_UNKNOWN.name());
        if findings.is_empty() && signed.is_some() {
            return Ok(());
        }
        Err(findings)
    }
}
