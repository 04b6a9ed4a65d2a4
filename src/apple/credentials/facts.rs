//! What a certificate says of itself beyond what the `openssl` crate reads.

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::{X509NameRef, X509Ref};

use crate::apple::signature::der::{self, Elements};
use crate::types::Time;

/// `2.5.29.19`, basic constraints.
const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
/// `2.5.29.37`, extended key usage.
const EXTENDED_KEY_USAGE: &[u8] = b"\x55\x1d\x25";
/// `1.3.6.1.5.5.7.3.2`, client authentication: what the push service asks for.
const CLIENT_AUTHENTICATION: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x02";
/// `1.2.840.113635.100.4.14`, Apple's purpose for signing passes.
const PASS_SIGNING: &[u8] = b"\x2a\x86\x48\x86\xf7\x63\x64\x04\x0e";
/// `1.2.840.113635.100.6.1.16`, Apple's extension that names the pass type.
const PASS_TYPE: &[u8] = b"\x2a\x86\x48\x86\xf7\x63\x64\x06\x01\x10";
/// `1.2.840.113635.100.6.1.26`, Apple's extension of certificates that may use NFC.
const NFC: &[u8] = b"\x2a\x86\x48\x86\xf7\x63\x64\x06\x01\x1a";
/// `BOOLEAN TRUE`.
const TRUE: &[u8] = b"\x01\x01\xff";

/// A certificate's issuer and serial number, each as the DER element that stands in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct IssuerAndSerial {
    /// The issuer's name.
    pub(crate) issuer: Vec<u8>,
    /// The serial number.
    pub(crate) serial: Vec<u8>,
}

/// What was read from a certificate.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) issuer_and_serial: IssuerAndSerial,
    pub(super) is_authority: bool,
    pub(super) may_authenticate: bool,
    pub(super) may_sign_passes: bool,
    pub(super) may_use_nfc: bool,
    pub(super) pass_type: Option<String>,
}

impl Facts {
    /// Reads a certificate. What is not there is false or `None`.
    pub(super) fn of(certificate: &X509Ref) -> Result<Self, ErrorStack> {
        Ok(Self::of_der(&certificate.to_der()?).unwrap_or_default())
    }

    fn of_der(certificate: &[u8]) -> Option<Self> {
        let mut facts = Self::default();
        let mut elements = Elements::of(certificate)
            .within(der::SEQUENCE)?
            .within(der::SEQUENCE)?;
        elements.within(der::CONTEXT_0)?;
        let serial = elements.next()?;
        let _algorithm = elements.next()?;
        let issuer = elements.next()?;
        facts.issuer_and_serial = IssuerAndSerial {
            issuer: issuer.whole.to_vec(),
            serial: serial.whole.to_vec(),
        };
        let list = elements.find(|element| element.tag == der::CONTEXT_3);
        let extensions = list.and_then(|list| Elements::of(list.content).within(der::SEQUENCE));
        for extension in extensions.into_iter().flatten() {
            facts.take_extension(extension.content);
        }
        Some(facts)
    }

    fn take_extension(&mut self, extension: &[u8]) {
        let mut elements = Elements::of(extension);
        let (Some(name), Some(value)) = (elements.next(), elements.last()) else {
            return;
        };
        match name.content {
            BASIC_CONSTRAINTS => {
                let mut inner = Elements::of(value.content).within(der::SEQUENCE);
                let first = inner.as_mut().and_then(Iterator::next);
                self.is_authority = first.is_some_and(|flag| flag.whole == TRUE);
            }
            EXTENDED_KEY_USAGE => {
                for purpose in Elements::of(value.content)
                    .within(der::SEQUENCE)
                    .into_iter()
                    .flatten()
                {
                    self.may_authenticate |= purpose.content == CLIENT_AUTHENTICATION;
                    self.may_sign_passes |= purpose.content == PASS_SIGNING;
                }
            }
            PASS_TYPE => {
                let text = Elements::of(value.content).next();
                self.pass_type = text.map(|text| String::from_utf8_lossy(text.content).into_owned());
            }
            NFC => self.may_use_nfc = true,
            _ => {}
        }
    }
}

/// From when until when a certificate holds.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) not_before: Time,
    pub(super) not_after: Time,
}

impl Span {
    pub(super) fn of(certificate: &X509Ref) -> Result<Self, ErrorStack> {
        Ok(Self {
            not_before: time_of(certificate.not_before())?,
            not_after: time_of(certificate.not_after())?,
        })
    }
}

/// The first part of a name with this kind, as text; one that is empty or no text counts as absent.
pub(super) fn name_part(name: &X509NameRef, kind: Nid) -> Option<String> {
    let entry = name.entries_by_nid(kind).next()?;
    entry.data().to_string().ok().filter(|text| !text.is_empty())
}

/// A name as people know it: the common name, and the unit (Apple's generation) in brackets.
pub(super) fn name_text(name: &X509NameRef) -> String {
    let common = name_part(name, Nid::COMMONNAME).unwrap_or_else(|| "an authority without a name".to_owned());
    match name_part(name, Nid::ORGANIZATIONALUNITNAME) {
        Some(unit) => format!("{common} ({unit})"),
        None => common,
    }
}

/// An instant of a certificate.
fn time_of(time: &Asn1TimeRef) -> Result<Time, ErrorStack> {
    let span = Asn1Time::from_unix(0)?.diff(time)?;
    Ok(Time::from_secs(
        i64::from(span.days) * 86_400 + i64::from(span.secs),
    ))
}
