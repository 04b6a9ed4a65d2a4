//! A private key and the signing request for Apple's Pass Type ID certificate.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::{X509NameBuilder, X509Req};

use crate::types::Secret;

/// Bits of the key: what Apple's page takes for a Pass Type ID.
const KEY_BITS: u32 = 2_048;

/// A new key and the request that names its owner.
pub struct SigningRequest {
    /// The private key, PKCS#8 as PEM.
    pub key: Secret,
    /// The request, PKCS#10 as PEM (RFC 2986), signed with SHA-256.
    pub request: String,
}

impl SigningRequest {
    /// Makes a key for somebody with a name of at most 64 characters (RFC 5280, `ub-common-name`), and perhaps an e-mail
    /// address. Apple writes a subject of its own into the certificate; the name tells requests apart.
    ///
    /// # Errors
    /// Of OpenSSL, for a name or an address that is too long.
    pub fn new(name: &str, email: Option<&str>) -> Result<Self, ErrorStack> {
        let key = PKey::from_rsa(Rsa::generate(KEY_BITS)?)?;
        let mut subject = X509NameBuilder::new()?;
        subject.append_entry_by_nid(Nid::COMMONNAME, name)?;
        if let Some(email) = email {
            subject.append_entry_by_nid(Nid::PKCS9_EMAILADDRESS, email)?;
        }
        let mut builder = X509Req::builder()?;
        builder.set_version(0)?;
        builder.set_subject_name(&subject.build())?;
        builder.set_pubkey(&key)?;
        builder.sign(&key, MessageDigest::sha256())?;
        let text = |pem: Vec<u8>| String::from_utf8_lossy(&pem).into_owned();
        Ok(Self {
            key: Secret::new(text(key.private_key_to_pem_pkcs8()?)),
            request: text(builder.build().to_pem()?),
        })
    }
}
