//! A certificate authority of our own that issues what Apple and Google would: for `billfold certs demo`
//! and for tests. Nothing that it signs is trusted by a real phone.

use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::stack::Stack;
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Extension, X509Name, X509NameBuilder};

use crate::types::{Secret, Time};

/// Apple's purpose for pass certificates, an extended key usage.
const PASS_PURPOSE: &str = "1.2.840.113635.100.4.14";
/// The extension of a pass certificate that names its pass type.
const PASS_TYPE_EXTENSION: &str = "1.2.840.113635.100.6.1.16";
/// The extension that marks a certificate under Apple's developer programme.
const DEVELOPER_EXTENSION: &str = "1.2.840.113635.100.6.3.2";
const DAY_MS: i64 = 86_400_000;

/// A certificate and its private key.
#[derive(Clone)]
pub struct Issued {
    /// The certificate.
    pub certificate: X509,
    /// Its key.
    pub key: PKey<Private>,
}

impl Issued {
    /// The certificate as PEM text.
    pub fn certificate_pem(&self) -> Result<String, ErrorStack> {
        Ok(String::from_utf8_lossy(&self.certificate.to_pem()?).into_owned())
    }

    /// The key as PKCS#8 PEM text.
    pub fn key_pem(&self) -> Result<Secret, ErrorStack> {
        Ok(Secret::new(String::from_utf8_lossy(
            &self.key.private_key_to_pem_pkcs8()?,
        )))
    }

    /// Both, and the chain behind them, as a PKCS#12 file under a password.
    pub fn pkcs12(&self, password: &str, chain: &[&X509]) -> Result<Vec<u8>, ErrorStack> {
        let mut stack = Stack::new()?;
        for link in chain {
            stack.push((*link).clone())?;
        }
        Pkcs12::builder()
            .pkey(&self.key)
            .cert(&self.certificate)
            .ca(stack)
            .build2(password)?
            .to_der()
    }
}

/// Which kind of key a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA of 2,048 bits, what Apple's portal issues.
    Rsa2048,
    /// The curve P-256.
    P256,
}

/// What a pass certificate shall say. Tests bend single fields to see them refused.
#[derive(Debug, Clone)]
pub struct PassLeaf {
    /// The subject's UID; empty leaves it out.
    pub uid: String,
    /// The subject's OU; empty leaves it out.
    pub team: String,
    /// What Apple's extension says; `None` leaves the extension out.
    pub extension: Option<String>,
    /// Whether the extended key usages are there.
    pub has_purposes: bool,
    /// First instant of validity.
    pub not_before: Time,
    /// Last instant of validity.
    pub not_after: Time,
    /// The key.
    pub key: KeyKind,
}

impl PassLeaf {
    /// A sound certificate for a pass type, valid a year from yesterday.
    pub fn sound(pass_type: &str, team: &str, now: Time) -> Self {
        Self {
            uid: pass_type.to_owned(),
            team: team.to_owned(),
            extension: Some(pass_type.to_owned()),
            has_purposes: true,
            not_before: now.plus_ms(-DAY_MS),
            not_after: now.plus_ms(365 * DAY_MS),
            key: KeyKind::Rsa2048,
        }
    }
}

/// The authority: a root, and a stand-in for Apple's WWDR intermediate.
#[derive(Clone)]
pub struct Authority {
    root: Issued,
    wwdr: Issued,
    now: Time,
}

impl Authority {
    /// Makes new keys for a root and an intermediate valid ten years from `now`. Apple's are RSA; these are P-256,
    /// for an RSA key takes some hundred milliseconds to find, and passes are signed with neither.
    pub fn new(now: Time) -> Result<Self, ErrorStack> {
        Self::of_keys(new_key(KeyKind::P256)?, new_key(KeyKind::P256)?, now)
    }

    /// The same of keys that exist already.
    pub fn of_keys(root_key: PKey<Private>, wwdr_key: PKey<Private>, now: Time) -> Result<Self, ErrorStack> {
        let root_name = name(&[
            (Nid::COMMONNAME, "Billfold Demo Root"),
            (Nid::ORGANIZATIONNAME, "Billfold Demo"),
        ])?;
        let span = (now.plus_ms(-DAY_MS), now.plus_ms(3_650 * DAY_MS));
        let mut builder = builder(&root_name, &root_name, &root_key, span)?;
        builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
        builder.sign(&root_key, MessageDigest::sha256())?;
        let root = Issued {
            certificate: builder.build(),
            key: root_key,
        };

        let wwdr_name = name(&[
            (Nid::COMMONNAME, "Billfold Demo Worldwide Developer Relations"),
            (Nid::ORGANIZATIONALUNITNAME, "G4"),
            (Nid::ORGANIZATIONNAME, "Billfold Demo"),
        ])?;
        let mut builder = self::builder(&wwdr_name, root.certificate.subject_name(), &wwdr_key, span)?;
        builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
        builder.sign(&root.key, MessageDigest::sha256())?;
        let wwdr = Issued {
            certificate: builder.build(),
            key: wwdr_key,
        };
        Ok(Self { root, wwdr, now })
    }

    /// The root certificate.
    pub fn root(&self) -> &X509 {
        &self.root.certificate
    }

    /// The intermediate that stands in for WWDR G4.
    pub fn wwdr(&self) -> &X509 {
        &self.wwdr.certificate
    }

    /// A pass certificate, for signing passes and for TLS to the push service.
    pub fn pass_certificate(&self, leaf: &PassLeaf) -> Result<Issued, ErrorStack> {
        self.certify_pass_key(leaf, new_key(leaf.key)?)
    }

    /// A pass certificate for a key that exists already, of whatever kind and size.
    pub fn certify_pass_key(&self, leaf: &PassLeaf, key: PKey<Private>) -> Result<Issued, ErrorStack> {
        let subject = name(&[
            (Nid::USERID, &leaf.uid),
            (Nid::COMMONNAME, &format!("Pass Type ID: {}", leaf.uid)),
            (Nid::ORGANIZATIONALUNITNAME, &leaf.team),
            (Nid::ORGANIZATIONNAME, "Billfold Demo"),
        ])?;
        let issuer = self.wwdr.certificate.subject_name();
        let mut builder = builder(&subject, issuer, &key, (leaf.not_before, leaf.not_after))?;
        builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
        if leaf.has_purposes {
            builder.append_extension(
                ExtendedKeyUsage::new()
                    .client_auth()
                    .other(PASS_PURPOSE)
                    .build()?,
            )?;
        }
        if let Some(pass_type) = &leaf.extension {
            builder.append_extension(raw_extension(PASS_TYPE_EXTENSION, &der_utf8(pass_type))?)?;
        }
        builder.append_extension(raw_extension(DEVELOPER_EXTENSION, &[0x05, 0x00])?)?;
        builder.sign(&self.wwdr.key, MessageDigest::sha256())?;
        Ok(Issued {
            certificate: builder.build(),
            key,
        })
    }

    /// A server certificate for `localhost`, 127.0.0.1 and `::1`, signed by the root.
    pub fn server_certificate(&self) -> Result<Issued, ErrorStack> {
        let key = new_key(KeyKind::P256)?;
        let subject = name(&[(Nid::COMMONNAME, "localhost")])?;
        let issuer = self.root.certificate.subject_name();
        let span = (self.now.plus_ms(-DAY_MS), self.now.plus_ms(3_650 * DAY_MS));
        let mut builder = builder(&subject, issuer, &key, span)?;
        let names = SubjectAlternativeName::new()
            .dns("localhost")
            .ip("127.0.0.1")
            .ip("::1")
            .build(&builder.x509v3_context(Some(&self.root.certificate), None))?;
        builder.append_extension(names)?;
        builder.append_extension(ExtendedKeyUsage::new().server_auth().build()?)?;
        builder.sign(&self.root.key, MessageDigest::sha256())?;
        Ok(Issued {
            certificate: builder.build(),
            key,
        })
    }
}

/// A new private key.
pub fn new_key(kind: KeyKind) -> Result<PKey<Private>, ErrorStack> {
    match kind {
        KeyKind::Rsa2048 => PKey::from_rsa(Rsa::generate(2048)?),
        KeyKind::P256 => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
            PKey::from_ec_key(EcKey::generate(&group)?)
        }
    }
}

fn name(parts: &[(Nid, &str)]) -> Result<X509Name, ErrorStack> {
    let mut builder = X509NameBuilder::new()?;
    for (nid, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
        builder.append_entry_by_nid(*nid, text)?;
    }
    Ok(builder.build())
}

fn builder(
    subject: &openssl::x509::X509NameRef,
    issuer: &openssl::x509::X509NameRef,
    key: &PKey<Private>,
    (not_before, not_after): (Time, Time),
) -> Result<X509Builder, ErrorStack> {
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::MAYBE_ZERO, false)?;
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    let serial = serial.to_asn1_integer()?;
    builder.set_serial_number(&serial)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    let start = Asn1Time::from_unix(not_before.secs())?;
    builder.set_not_before(&start)?;
    let end = Asn1Time::from_unix(not_after.secs())?;
    builder.set_not_after(&end)?;
    Ok(builder)
}

fn raw_extension(oid: &str, der: &[u8]) -> Result<X509Extension, ErrorStack> {
    let oid = Asn1Object::from_str(oid)?;
    let value = Asn1OctetString::new_from_bytes(der)?;
    X509Extension::new_from_der(&oid, false, &value)
}

/// A short `UTF8String` in DER (texts under 128 bytes).
fn der_utf8(text: &str) -> Vec<u8> {
    let len = u8::try_from(text.len())
        .ok()
        .filter(|len| *len < 0x80)
        .unwrap_or(0x7f);
    let mut der = vec![0x0c, len];
    der.extend(text.bytes().take(usize::from(len)));
    der
}
