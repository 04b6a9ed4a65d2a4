//! What the push client needs to be told: address, trust, credential, limits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::Authority;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::{Roots, TokenSource};
use crate::types::Secret;

/// Why the push client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The address is not of the form `https://host[:port]`.
    #[error("`{0}` is not an address of the form https://host[:port]; Apple's is https://api.push.apple.com")]
    Address(String),
    /// The certificate's PEM text cannot be read.
    #[error("the push certificate is not PEM text with at least one certificate")]
    Certificate,
    /// The key's PEM text cannot be read.
    #[error("the push certificate's private key is not PEM text, or its password is wrong")]
    Key,
    /// The key is not the certificate's.
    #[error("the private key does not belong to the push certificate; take both from the same export")]
    KeyMismatch,
    /// The roots' PEM text cannot be read.
    #[error("the push service's root certificates are not PEM text with at least one certificate")]
    Roots,
    /// The system's roots were not found.
    #[error("no root certificates found on this system; install ca-certificates or set SSL_CERT_FILE")]
    NoSystemRoots,
    /// A limit is zero.
    #[error("`{0}` must be more than zero")]
    Zero(&'static str),
    /// OpenSSL would not take them.
    #[error("TLS to the push service cannot be set up: {0}")]
    Tls(#[from] ErrorStack),
}

/// How we show who we are.
#[derive(Clone)]
pub enum Credential {
    /// The pass type's own certificate, the same that signs its passes.
    Certificate {
        /// The certificate.
        certificate: X509,
        /// Its key.
        key: PKey<Private>,
        /// Its issuers, nearest first; may be empty.
        chain: Vec<X509>,
    },
    /// A provider token of the pass type's team in every request.
    Token(Arc<dyn TokenSource>),
}

impl Credential {
    /// Reads a certificate (its issuers may follow it) and its key from PEM texts.
    pub fn from_pem(
        certificates: &str,
        key: &Secret,
        password: Option<&Secret>,
    ) -> Result<Self, SettingsError> {
        let mut all = X509::stack_from_pem(certificates.as_bytes())
            .map_err(|_| SettingsError::Certificate)?
            .into_iter();
        let certificate = all.next().ok_or(SettingsError::Certificate)?;
        let pem = key.expose().as_bytes();
        // An empty password is given where there is none: OpenSSL would ask at the terminal.
        let password = password.map_or("", Secret::expose).as_bytes();
        let key = PKey::private_key_from_pem_passphrase(pem, password).map_err(|_| SettingsError::Key)?;
        Ok(Self::Certificate {
            certificate,
            key,
            chain: all.collect(),
        })
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate { .. } => "Certificate(***)",
            Self::Token(_) => "Token(***)",
        })
    }
}

/// Times and numbers that bound the client.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections kept open.
    pub connections: usize,
    /// Most pushes under way; more wait, within their time-out.
    pub in_flight_max: usize,
    /// Longest time to open a connection, from name look-up to the service's first settings.
    pub connect_timeout: Duration,
    /// Longest time for one push, all waiting included.
    pub request_timeout: Duration,
    /// Longest time from an answer's head to the end of its body.
    pub body_timeout: Duration,
    /// Silence after which a PING is sent.
    pub ping_interval: Duration,
    /// Silence after a PING after which the connection is left.
    pub ping_timeout: Duration,
    /// Least time between attempts to connect once one has failed.
    pub connect_floor: Duration,
    /// Most time between such attempts.
    pub connect_ceiling: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1,
            in_flight_max: 2_000,
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(20),
            body_timeout: Duration::from_secs(5),
            ping_interval: Duration::from_secs(30),
            ping_timeout: Duration::from_secs(10),
            connect_floor: Duration::from_secs(1),
            connect_ceiling: Duration::from_secs(30),
        }
    }
}

/// All that the push client needs to be told.
#[derive(Debug, Clone)]
pub struct ApnsSettings {
    /// The service's address; Apple's is [`Self::APPLE`].
    pub base_url: String,
    /// Whose servers are believed to be the service.
    pub roots: Roots,
    /// How we show who we are.
    pub credential: Credential,
    /// Times and numbers.
    pub limits: Limits,
}

impl ApnsSettings {
    /// Apple's push service. Passes have no sandbox: this one also serves development.
    pub const APPLE: &'static str = "https://api.push.apple.com";

    /// Checks the limits and takes the address apart.
    pub(super) fn address(&self) -> Result<Address, SettingsError> {
        let limits = &self.limits;
        for (name, is_zero) in [
            ("connections", limits.connections == 0),
            ("in_flight_max", limits.in_flight_max == 0),
            ("connect_timeout", limits.connect_timeout.is_zero()),
            ("request_timeout", limits.request_timeout.is_zero()),
            ("ping_interval", limits.ping_interval.is_zero()),
        ] {
            if is_zero {
                return Err(SettingsError::Zero(name));
            }
        }
        Address::read(&self.base_url).ok_or_else(|| SettingsError::Address(self.base_url.clone()))
    }
}

/// The service's address, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// Host and port as they go into each request.
    pub(super) authority: Authority,
    /// The host alone, without an IPv6 address's brackets.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
}

impl Address {
    fn read(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let is_bare = uri.path() == "/" && uri.query().is_none();
        if uri.scheme_str() != Some("https") || !is_bare {
            return None;
        }
        let authority = uri.authority()?.clone();
        // A port that cannot be read would silently become the usual one.
        let has_bad_port = authority.port().is_none() && authority.as_str() != authority.host();
        if authority.as_str().contains('@') || authority.host().is_empty() || has_bad_port {
            return None;
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        Some(Self {
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(443),
            authority,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_a_host_and_nothing_else() {
        let address = Address::read(ApnsSettings::APPLE).expect("Apple's");
        assert_eq!((address.host.as_str(), address.port), ("api.push.apple.com", 443));
        let address = Address::read("https://[::1]:2197/").expect("an IPv6 address");
        assert_eq!((address.host.as_str(), address.port), ("::1", 2_197));
        for bad in [
            "",
            "http://api.push.apple.com",
            "api.push.apple.com",
            "https://",
            "https://host/path",
            "https://host/?q=1",
            "https://user:secret@host",
            "https://host:99999",
            "https://host:",
        ] {
            assert!(Address::read(bad).is_none(), "{bad}");
        }
    }
}
