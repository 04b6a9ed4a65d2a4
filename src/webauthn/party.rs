//! For whom passkeys are made: the service, by the address that people reach it at.

use std::net::{Ipv4Addr, Ipv6Addr};

use openssl::sha::sha256;

/// For whom passkeys are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origin: String,
}

impl RelyingParty {
    /// The relying party of a public address, without a path. Browsers make passkeys for names alone, over https or on
    /// `localhost` (Web Authentication, section 5.1.3; Secure Contexts, W3C); `None` for any other address.
    pub fn of(public_url: &str) -> Option<Self> {
        let (scheme, rest) = public_url.split_once("://")?;
        let authority = rest.split('/').next()?.to_ascii_lowercase();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority.as_str(), None),
        };
        let is_address = host.parse::<Ipv4Addr>().is_ok()
            || host.trim_matches(['[', ']']).parse::<Ipv6Addr>().is_ok()
            || host.contains(['[', ']', '@', ':']);
        let is_local = host == "localhost" || host.ends_with(".localhost");
        let is_secure = scheme == "https" || (scheme == "http" && is_local);
        if host.is_empty() || is_address || !is_secure {
            return None;
        }
        // A browser leaves the usual port out of an origin (RFC 6454, section 6.1).
        let usual = if scheme == "https" { "443" } else { "80" };
        let origin = match port.filter(|port| *port != usual) {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        Some(Self {
            id: host.to_owned(),
            origin,
        })
    }

    /// The name of the host.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Scheme, host and port of the pages.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// What authenticators sign for the name.
    pub(super) fn id_hash(&self) -> [u8; 32] {
        sha256(self.id.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_browsers_trust_has_passkeys() {
        for (url, wanted) in [
            (
                "https://cards.example",
                Some(("cards.example", "https://cards.example")),
            ),
            (
                "https://Cards.Example:8443",
                Some(("cards.example", "https://cards.example:8443")),
            ),
            (
                "https://cards.example:443",
                Some(("cards.example", "https://cards.example")),
            ),
            (
                "http://localhost:8080",
                Some(("localhost", "http://localhost:8080")),
            ),
            (
                "https://cards.example/shop",
                Some(("cards.example", "https://cards.example")),
            ),
            ("http://cards.example", None),
            ("http://127.0.0.1:8080", None),
            ("https://192.0.2.1", None),
            ("https://[2001:db8::1]:8443", None),
            ("https://", None),
            ("cards.example", None),
        ] {
            let party = RelyingParty::of(url);
            let found = party.as_ref().map(|party| (party.id(), party.origin()));
            assert_eq!(found, wanted, "{url}");
        }
    }
}
