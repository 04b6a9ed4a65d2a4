//! The answer of a check, for people and for programs.

use std::fmt;

use openssl::nid::Nid;
use openssl::x509::X509;
use serde::Serialize;

use crate::apple::finding::{Finding, Severity, plain};
use crate::apple::reader::PassFile;
use crate::types::Time;

use super::certificate::{name_part, time_of};
use super::chain::Trust;
use super::content_fields::style_of;
use super::signature::Signed;

/// What a check of a pass file found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether a phone would take the pass, trust apart: there are no errors.
    pub is_valid: bool,
    /// Everything found, errors and warnings, in the order of the checks.
    pub findings: Vec<Finding>,
    /// What the pass says it is.
    pub identity: Identity,
    /// The style, such as `storeCard`.
    pub style: Option<String>,
    /// Whose certificate signed it.
    pub signed_by: Option<Signer>,
    /// When it was signed.
    pub signing_time: Option<Time>,
    /// Who vouches for that certificate.
    pub trust: Trust,
    /// The languages that it is translated to.
    pub languages: Vec<String>,
    /// The files in it.
    pub entries: Vec<Entry>,
}

/// What a pass says it is; a part that is missing is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// `passTypeIdentifier`.
    pub pass_type: Option<String>,
    /// `teamIdentifier`.
    pub team: Option<String>,
    /// `serialNumber`.
    pub serial: Option<String>,
    /// `organizationName`.
    pub organization: Option<String>,
    /// `description`.
    pub description: Option<String>,
}

/// The certificate that signed a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// Its common name.
    pub common_name: Option<String>,
    /// The pass type that it is for.
    pub pass_type: Option<String>,
    /// The team that it was issued to.
    pub team: Option<String>,
    /// The common name of its issuer.
    pub issuer: Option<String>,
    /// First instant of its validity.
    pub valid_from: Option<Time>,
    /// Last instant of its validity.
    pub valid_until: Option<Time>,
}

/// A file of a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its name in the package.
    pub name: String,
    /// Its size, unpacked.
    pub bytes: usize,
}

impl Report {
    pub(super) fn new(pass: &PassFile, signed: Option<Signed>, findings: Vec<Finding>) -> Self {
        let entry = |(name, bytes): (&String, &bytes::Bytes)| Entry {
            name: name.clone(),
            bytes: bytes.len(),
        };
        let signing_time = signed.as_ref().and_then(|signed| signed.time);
        let trust = signed.as_ref().map_or(Trust::Unknown, |signed| signed.trust);
        Self {
            is_valid: !findings.iter().any(Finding::is_error),
            findings,
            identity: Identity {
                pass_type: pass.text("passTypeIdentifier"),
                team: pass.text("teamIdentifier"),
                serial: pass.text("serialNumber"),
                organization: pass.text("organizationName"),
                description: pass.text("description"),
            },
            style: style_of(pass.pass_json()).map(str::to_owned),
            signed_by: signed
                .and_then(|signed| signed.leaf)
                .map(|leaf| Signer::of(&leaf)),
            signing_time,
            trust,
            languages: pass.languages(),
            entries: pass.files().iter().map(entry).collect(),
        }
    }

    pub(super) fn unreadable(finding: Finding) -> Self {
        Self {
            is_valid: false,
            findings: vec![finding],
            identity: Identity::default(),
            style: None,
            signed_by: None,
            signing_time: None,
            trust: Trust::Unknown,
            languages: Vec::new(),
            entries: Vec::new(),
        }
    }

    fn of_severity(&self, severity: Severity) -> Vec<&Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .collect()
    }
}

impl Signer {
    fn of(leaf: &X509) -> Self {
        Self {
            common_name: name_part(leaf.subject_name(), Nid::COMMONNAME),
            pass_type: name_part(leaf.subject_name(), Nid::USERID),
            team: name_part(leaf.subject_name(), Nid::ORGANIZATIONALUNITNAME),
            issuer: name_part(leaf.issuer_name(), Nid::COMMONNAME),
            valid_from: time_of(leaf.not_before()),
            valid_until: time_of(leaf.not_after()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (errors, warnings) = (
            self.of_severity(Severity::Error),
            self.of_severity(Severity::Warning),
        );
        let verdict = if self.is_valid {
            "✔ valid"
        } else {
            "✘ not valid"
        };
        let (errors_count, warnings_count) = (count(errors.len(), "error"), count(warnings.len(), "warning"));
        writeln!(f, "{verdict}: {errors_count}, {warnings_count}")?;
        self.write_facts(f)?;
        for (heading, mark, list) in [("Errors", "✘", errors), ("Warnings", "!", warnings)] {
            if !list.is_empty() {
                writeln!(f, "\n{heading}")?;
            }
            for Finding {
                code,
                pointer,
                message,
                ..
            } in list
            {
                let place = if pointer.is_empty() {
                    String::new()
                } else {
                    format!(" at {pointer}")
                };
                writeln!(f, "  {mark} {code}{place}\n      {message}")?;
            }
        }
        Ok(())
    }
}

impl Report {
    fn write_facts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fact = |name: &str, value: Option<String>| match value {
            Some(value) => writeln!(f, "  {name:<13} {}", plain(&value)),
            None => Ok(()),
        };
        let Identity {
            pass_type,
            team,
            serial,
            organization,
            description,
        } = self.identity.clone();
        fact("organization", organization)?;
        fact("description", description)?;
        fact("style", self.style.clone())?;
        fact("pass type", pass_type)?;
        fact("team", team)?;
        fact("serial", serial)?;
        if let Some(signer) = &self.signed_by {
            fact("signed by", signer.common_name.clone())?;
            fact("issued by", signer.issuer.clone())?;
            fact("valid until", signer.valid_until.map(Time::rfc3339_secs))?;
            let trust = match self.trust {
                Trust::Apple => "Apple's chain, by its fingerprint",
                Trust::GivenRoot => "the given root",
                Trust::Unknown => "unknown root",
            };
            fact("trust", Some(trust.to_owned()))?;
        }
        fact("signed at", self.signing_time.map(Time::rfc3339_secs))?;
        fact(
            "languages",
            (!self.languages.is_empty()).then(|| self.languages.join(", ")),
        )?;
        let bytes: usize = self.entries.iter().map(|entry| entry.bytes).sum();
        let files = format!("{} with {bytes} bytes", self.entries.len());
        fact("files", (!self.entries.is_empty()).then_some(files))
    }
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
