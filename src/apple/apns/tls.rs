//! TLS to the push service: whom we trust, and how we show who we are.

use std::env;
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::ssl::{SslConnector, SslConnectorBuilder, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::X509;

use super::settings::{Credential, SettingsError};

/// ALPN's list of the one protocol that the push service speaks.
const ALPN_H2: &[u8] = b"\x02h2";

/// Where systems keep their root certificates; OpenSSL from source does not know.
const SYSTEM_ROOTS: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/usr/local/etc/openssl@3/cert.pem",
    "/opt/homebrew/etc/openssl@3/cert.pem",
];

/// Whose servers are believed to be the push service.
#[derive(Debug, Clone)]
pub struct Roots {
    has_system: bool,
    extra: Vec<X509>,
}

impl Roots {
    /// The roots of the system: `SSL_CERT_FILE`, or the usual places.
    pub const fn system() -> Self {
        Self {
            has_system: true,
            extra: Vec::new(),
        }
    }

    /// These roots and no others: for a stand-in service.
    pub const fn only(roots: Vec<X509>) -> Self {
        Self {
            has_system: false,
            extra: roots,
        }
    }

    /// The system's roots and those of a PEM text besides.
    pub fn system_and_pem(pem: &str) -> Result<Self, SettingsError> {
        Ok(Self {
            has_system: true,
            extra: read_roots(pem)?,
        })
    }

    /// The roots of a PEM text and no others.
    pub fn only_pem(pem: &str) -> Result<Self, SettingsError> {
        Ok(Self::only(read_roots(pem)?))
    }
}

fn read_roots(pem: &str) -> Result<Vec<X509>, SettingsError> {
    let roots = X509::stack_from_pem(pem.as_bytes()).map_err(|_| SettingsError::Roots)?;
    if roots.is_empty() {
        return Err(SettingsError::Roots);
    }
    Ok(roots)
}

/// Makes what connections are shaken hands with: TLS 1.2 or later, the server's name verified,
/// HTTP/2 demanded, our certificate shown.
pub(super) fn connector(roots: &Roots, credential: &Credential) -> Result<SslConnector, SettingsError> {
    let mut builder = SslConnector::builder(SslMethod::tls_client())?;
    builder.set_verify(SslVerifyMode::PEER);
    builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    builder.set_alpn_protos(ALPN_H2)?;
    if roots.has_system {
        let file = system_roots().ok_or(SettingsError::NoSystemRoots)?;
        builder.set_ca_file(file)?;
    }
    for root in &roots.extra {
        builder.cert_store_mut().add_cert(root.clone())?;
    }
    if let Credential::Certificate {
        certificate,
        key,
        chain,
    } = credential
    {
        builder.set_certificate(certificate)?;
        builder.set_private_key(key)?;
        builder
            .check_private_key()
            .map_err(|_| SettingsError::KeyMismatch)?;
        add_chain(&mut builder, chain)?;
    }
    Ok(builder.build())
}

fn add_chain(builder: &mut SslConnectorBuilder, chain: &[X509]) -> Result<(), ErrorStack> {
    for link in chain {
        builder.add_extra_chain_cert(link.clone())?;
    }
    Ok(())
}

fn system_roots() -> Option<PathBuf> {
    let named = env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    named
        .into_iter()
        .chain(SYSTEM_ROOTS.iter().map(PathBuf::from))
        .find(|path| Path::is_file(path))
}
