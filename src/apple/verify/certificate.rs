//! The signer's certificate: made by Apple for this pass type and team, and valid at the time.

use openssl::asn1::{Asn1Object, Asn1Time, Asn1TimeRef};
use openssl::nid::Nid;
use openssl::x509::{X509, X509NameRef};

use crate::apple::der::{Element, OBJECT_ID, extension};
use crate::apple::finding::Finding;
use crate::apple::limits::CERTIFICATE_REMINDER_DAYS;
use crate::apple::reader::PassFile;
use crate::types::Time;

use super::codes;
use super::signature::is_oid;

/// Apple's extension of a pass certificate that names its pass type.
const PASS_TYPE_EXTENSION: &str = "1.2.840.113635.100.6.1.16";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
/// Apple's purpose of a pass certificate.
const PASS_PURPOSE: &str = "1.2.840.113635.100.4.14";
const DAY_MS: i64 = 86_400_000;
/// How far a signer's clock may be ahead.
const CLOCK_SLACK_MS: i64 = 5 * 60_000;

/// Checks the leaf against the pass, at the time of signing, and now if a `now` is given.
pub(super) fn check(
    leaf: &X509,
    pass: &PassFile,
    at: Option<Time>,
    now: Option<Time>,
    findings: &mut Vec<Finding>,
) {
    if pass.pass_json().is_object() {
        check_names(leaf, pass, findings);
    }
    check_purpose(leaf, findings);
    if let Some(at) = at {
        check_validity("the signer's certificate", leaf, at, findings);
    }
    if let Some(now) = now {
        check_age(leaf, now, findings);
    }
}

/// A name of a certificate's subject.
pub(super) fn name_part(name: &X509NameRef, nid: Nid) -> Option<String> {
    let entry = name.entries_by_nid(nid).next()?;
    entry.data().to_string().ok()
}

fn check_names(leaf: &X509, pass: &PassFile, findings: &mut Vec<Finding>) {
    let of_pass = |key| pass.text(key).unwrap_or_default();
    let of_leaf = |nid| name_part(leaf.subject_name(), nid).unwrap_or_default();
    let mut differ = |code, what: &str, certificate: &str, pass: &str| {
        if certificate != pass {
            let message = format!(
                "{what} is `{certificate}`, but pass.json says `{pass}`, so phones refuse the pass; sign with the \
                 certificate of that pass type or correct pass.json"
            );
            findings.push(Finding::new(code, "signature", message));
        }
    };
    let pass_type = of_pass("passTypeIdentifier");
    let what = "the pass type (UID) of the signer's certificate";
    differ(
        codes::CERTIFICATE_PASS_TYPE,
        what,
        &of_leaf(Nid::USERID),
        &pass_type,
    );
    let team = of_leaf(Nid::ORGANIZATIONALUNITNAME);
    let what = "the team (OU) of the signer's certificate";
    differ(codes::CERTIFICATE_TEAM, what, &team, &of_pass("teamIdentifier"));
    let extension = pass_type_extension(leaf).unwrap_or_default();
    let what = "the pass type in the extension 1.2.840.113635.100.6.1.16 of the signer's certificate";
    differ(codes::CERTIFICATE_EXTENSION, what, &extension, &pass_type);
}

fn pass_type_extension(leaf: &X509) -> Option<String> {
    let value = extension_of(leaf, PASS_TYPE_EXTENSION)?;
    let text = Element::first(&value)?;
    String::from_utf8(text.body.to_vec()).ok()
}

fn extension_of(certificate: &X509, oid: &str) -> Option<Vec<u8>> {
    let der = certificate.to_der().ok()?;
    let oid = Asn1Object::from_str(oid).ok()?;
    extension(&der, oid.as_slice()).map(<[u8]>::to_vec)
}

fn check_purpose(leaf: &X509, findings: &mut Vec<Finding>) {
    let has_purpose = extension_of(leaf, EXTENDED_KEY_USAGE).is_some_and(|usage| {
        Element::first(&usage).is_some_and(|list| {
            list.children()
                .any(|purpose| purpose.tag == OBJECT_ID && is_oid(purpose.body, PASS_PURPOSE))
        })
    });
    if !has_purpose {
        let message = "the signer's certificate is not marked for passes (1.2.840.113635.100.4.14); take one that \
                       Apple issued for a Pass Type ID";
        findings.push(Finding::new(codes::CERTIFICATE_PURPOSE, "signature", message));
    }
}

/// Checks that a certificate was valid at a time.
pub(super) fn check_validity(what: &str, certificate: &X509, at: Time, findings: &mut Vec<Finding>) {
    let from = time_of(certificate.not_before());
    let until = time_of(certificate.not_after());
    if from.is_none_or(|from| at < from) || until.is_none_or(|until| at > until) {
        let shown = |time: Option<Time>| time.map_or_else(|| "?".to_owned(), Time::rfc3339_secs);
        let message = format!(
            "{what} is valid from {} until {}, but the pass was signed at {}, and phones refuse that; sign with a \
             valid one",
            shown(from),
            shown(until),
            at.rfc3339_secs()
        );
        findings.push(Finding::new(
            codes::CERTIFICATE_NOT_VALID_THEN,
            "signature",
            message,
        ));
    }
}

/// An expired certificate does not hurt passes that are out, but nothing can be signed or pushed.
fn check_age(leaf: &X509, now: Time, findings: &mut Vec<Finding>) {
    let Some(until) = time_of(leaf.not_after()) else {
        return;
    };
    let shown = until.rfc3339_secs();
    if now > until {
        let message = format!(
            "the signer's certificate ended at {shown}: phones keep the pass, but it can be neither renewed nor \
             pushed; get a new certificate for the same pass type"
        );
        findings.push(Finding::new(codes::CERTIFICATE_EXPIRED, "signature", message));
    } else if now.plus_ms(CERTIFICATE_REMINDER_DAYS * DAY_MS) > until {
        let message =
            format!("the signer's certificate ends at {shown}; get a new one for the same pass type");
        findings.push(Finding::new(
            codes::CERTIFICATE_EXPIRES_SOON,
            "signature",
            message,
        ));
    }
}

/// Checks that the pass was not signed later than now.
pub(super) fn check_future(time: Time, now: Time, findings: &mut Vec<Finding>) {
    if time > now.plus_ms(CLOCK_SLACK_MS) {
        let message = format!(
            "it was made at {}, which is yet to come; set the signer's clock right",
            time.rfc3339_secs()
        );
        findings.push(Finding::new(codes::SIGNED_IN_FUTURE, "signature", message));
    }
}

/// The instant; `None` if the certificate's text is no time.
pub(super) fn time_of(time: &Asn1TimeRef) -> Option<Time> {
    let span = Asn1Time::from_unix(0).ok()?.diff(time).ok()?;
    let secs = i64::from(span.days)
        .checked_mul(86_400)?
        .checked_add(i64::from(span.secs))?;
    Some(Time::from_secs(secs))
}
