//! The signature: CMS over the manifest, by a pass certificate, with the time of signing (RFC 5652).

use openssl::asn1::Asn1Object;
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::x509::X509;

use crate::apple::der::{
    CONTEXT_0, CONTEXT_0_PLAIN, Element, GENERALIZED_TIME, INTEGER, OBJECT_ID, OCTET_STRING, SEQUENCE, SET,
    UTC_TIME,
};
use crate::apple::finding::{Code, Finding};
use crate::apple::reader::PassFile;
use crate::types::Time;

use super::chain::{self, Trust};
use super::{certificate, codes};

const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const SHA1: &str = "1.3.14.3.2.26";
const SHA2: [&str; 3] = [
    "2.16.840.1.101.3.4.2.1",
    "2.16.840.1.101.3.4.2.2",
    "2.16.840.1.101.3.4.2.3",
];

/// What a signature says of itself.
pub(super) struct Signed {
    /// The certificate of the signer, if it is in the signature.
    pub(super) leaf: Option<X509>,
    /// When it was signed.
    pub(super) time: Option<Time>,
    /// Who vouches for the leaf.
    pub(super) trust: Trust,
}

/// Checks the signature against the manifest. Without `now`, certificates count as of the time of
/// signing and nothing is said of their age. `None` if there is no signature to speak of.
pub(super) fn check(
    pass: &PassFile,
    roots: &[X509],
    now: Option<Time>,
    findings: &mut Vec<Finding>,
) -> Option<Signed> {
    let mut found = |code, message: &str| findings.push(Finding::new(code, "signature", message));
    let Some(bytes) = pass.file("signature") else {
        found(
            codes::SIGNATURE_MISSING,
            "the archive has no signature, so phones refuse it; sign the manifest",
        );
        return None;
    };
    let Some((mut cms, parts)) = parse(bytes) else {
        found(
            codes::SIGNATURE_UNREADABLE,
            "it is not CMS SignedData in DER; sign with `openssl cms -sign -binary -outform DER` or the like",
        );
        return None;
    };
    let manifest = pass.file("manifest.json").map(AsRef::as_ref);
    check_form(&parts, manifest, &mut found);
    let leaf = parts
        .certificates
        .iter()
        .find(|certificate| parts.signer.is_of(certificate))
        .cloned();
    let Some(leaf) = leaf else {
        found(
            codes::SIGNER_CERTIFICATE_MISSING,
            "the certificate of the signer is not in the signature, so phones cannot check it; sign with the \
             certificate included",
        );
        return Some(Signed {
            leaf: None,
            time: parts.signing_time,
            trust: Trust::Unknown,
        });
    };
    // The chain is checked on its own below, so that each fault has its own words.
    let flags = CMSOptions::BINARY | CMSOptions::NO_SIGNER_CERT_VERIFY;
    if manifest.is_some() && cms.verify(None, None, manifest, None, flags).is_err() {
        found(
            codes::SIGNATURE_INVALID,
            "it does not fit the manifest: one of them was changed afterwards, or line ends were converted; \
             sign the exact bytes (CMS_BINARY)",
        );
    }
    let at = parts.signing_time.or(now);
    certificate::check(&leaf, pass, at, now, findings);
    let trust = chain::check(&leaf, &parts.certificates, roots, at, findings);
    if let (Some(now), Some(time)) = (now, parts.signing_time) {
        certificate::check_future(time, now, findings);
    }
    Some(Signed {
        leaf: Some(leaf),
        time: parts.signing_time,
        trust,
    })
}

fn check_form(parts: &Parts, manifest: Option<&[u8]>, found: &mut impl FnMut(Code, &str)) {
    if parts.signing_time.is_none() {
        found(
            codes::SIGNING_TIME_MISSING,
            "it does not say when it was made, and phones refuse that; sign with the signingTime attribute",
        );
    }
    match parts.digest {
        DigestKind::Sha2 => (),
        DigestKind::Sha1 => found(
            codes::SIGNATURE_SHA1,
            "it is made with SHA-1, which phones still take but new systems refuse; sign with SHA-256",
        ),
        DigestKind::Other => found(
            codes::SIGNATURE_DIGEST,
            "it is made with a digest other than SHA-1 or SHA-2; sign with SHA-256",
        ),
    }
    if let Some(content) = &parts.content {
        found(
            codes::SIGNATURE_ATTACHED,
            "it carries a copy of the manifest, where Apple's own has none; sign detached",
        );
        if manifest.is_some_and(|manifest| content != manifest) {
            found(
                codes::SIGNATURE_INVALID,
                "the copy of the manifest in it is not the manifest of the package; sign again",
            );
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DigestKind {
    Sha1,
    Sha2,
    Other,
}

/// What names the signer's certificate.
enum SignerName {
    IssuerAndSerial { issuer: Vec<u8>, serial: Vec<u8> },
    KeyId(Vec<u8>),
}

impl SignerName {
    fn is_of(&self, certificate: &X509) -> bool {
        match self {
            Self::KeyId(id) => certificate
                .subject_key_id()
                .is_some_and(|own| own.as_slice() == id),
            Self::IssuerAndSerial { issuer, serial } => {
                let own_issuer = certificate.issuer_name().to_der();
                let own_serial = certificate.serial_number().to_bn().map(|number| number.to_vec());
                own_issuer.is_ok_and(|own| own == *issuer) && own_serial.is_ok_and(|own| own == *serial)
            }
        }
    }
}

struct Parts {
    certificates: Vec<X509>,
    content: Option<Vec<u8>>,
    signer: SignerName,
    digest: DigestKind,
    signing_time: Option<Time>,
}

/// The signature for OpenSSL to check, and what OpenSSL's binding does not tell of it.
fn parse(bytes: &[u8]) -> Option<(CmsContentInfo, Parts)> {
    let cms = CmsContentInfo::from_der(bytes).ok()?;
    // Written out again because some signers use lengths that only BER allows.
    let der = cms.to_der().ok()?;
    let parts = Parts::read(&der)?;
    Some((cms, parts))
}

impl Parts {
    fn read(der: &[u8]) -> Option<Self> {
        let signed_data = Element::first(der)?.child(CONTEXT_0)?.child(SEQUENCE)?;
        let content = signed_data
            .child(SEQUENCE)?
            .child(CONTEXT_0)
            .and_then(|content| content.child(OCTET_STRING))
            .map(|content| content.body.to_vec());
        let certificates = signed_data.child(CONTEXT_0).map_or_else(Vec::new, |set| {
            set.children()
                .filter_map(|element| X509::from_der(element.whole).ok())
                .collect()
        });
        // The digest algorithms come first as a set, the signers last.
        let signer = signed_data
            .children()
            .filter(|element| element.tag == SET)
            .last()?
            .child(SEQUENCE)?;
        let mut rest = signer.children().skip(1);
        let name = read_name(rest.next()?)?;
        let digest = read_digest(rest.next()?)?;
        let signing_time = rest
            .next()
            .filter(|element| element.tag == CONTEXT_0)
            .and_then(read_time);
        Some(Self {
            certificates,
            content,
            signer: name,
            digest,
            signing_time,
        })
    }
}

fn read_name(name: Element<'_>) -> Option<SignerName> {
    if name.tag == CONTEXT_0_PLAIN {
        return Some(SignerName::KeyId(name.body.to_vec()));
    }
    let serial = name.child(INTEGER)?.body;
    let leading_zeros = serial.iter().take_while(|byte| **byte == 0).count();
    Some(SignerName::IssuerAndSerial {
        issuer: name.child(SEQUENCE)?.whole.to_vec(),
        serial: serial.get(leading_zeros..)?.to_vec(),
    })
}

fn read_digest(algorithm: Element<'_>) -> Option<DigestKind> {
    let oid = algorithm.child(OBJECT_ID)?.body;
    Some(if is_oid(oid, SHA1) {
        DigestKind::Sha1
    } else if SHA2.iter().any(|text| is_oid(oid, text)) {
        DigestKind::Sha2
    } else {
        DigestKind::Other
    })
}

fn read_time(attributes: Element<'_>) -> Option<Time> {
    let attribute = attributes.children().find(|attribute| {
        attribute
            .child(OBJECT_ID)
            .is_some_and(|id| is_oid(id.body, SIGNING_TIME))
    })?;
    let value = attribute.child(SET)?.children().next()?;
    let text = std::str::from_utf8(value.body).ok()?;
    match value.tag {
        // Two digits of the year, 1950 to 2049 (RFC 5652, section 11.3).
        UTC_TIME => {
            let century = if text.get(..2)?.parse::<u8>().ok()? < 50 {
                "20"
            } else {
                "19"
            };
            parse_time(&format!("{century}{text}"))
        }
        GENERALIZED_TIME => parse_time(text),
        _ => None,
    }
}

/// Reads `YYYYMMDDHHMMSSZ`.
fn parse_time(text: &str) -> Option<Time> {
    if text.len() != 15 || !text.is_ascii() {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    let (hour, minute, second) = (part(8, 10), part(10, 12), part(12, 15));
    Time::parse_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}")).ok()
}

/// Whether the octets are those of the object id in dotted form.
pub(super) fn is_oid(octets: &[u8], dotted: &str) -> bool {
    Asn1Object::from_str(dotted).is_ok_and(|oid| oid.as_slice() == octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_signing_are_read() {
        let time = |text| parse_time(text).map(Time::rfc3339_secs);
        assert_eq!(time("20261121093000Z").as_deref(), Some("2026-11-21T09:30:00Z"));
        for text in [
            "",
            "20261121093000",
            "20261321093000Z",
            "2026112109300éZ",
            "20261121093000+",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
