//! Names are looked up here, and lead nowhere but to the open net: what is connected to is what was judged.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::actions::webhook_address::is_public;

/// The address is not on the open net.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not on the open net")]
pub(super) struct NotOpen;

/// Looks names up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lookup {
    /// Whether private networks and this machine are let through.
    pub(super) private: bool,
}

impl Lookup {
    /// Whether a request may go to an address whose host is a number, for which nothing is looked up.
    pub(super) fn lets_through(self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        self.private || bare.parse().map_or(true, is_public)
    }

    fn judge(self, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, NotOpen> {
        let is_open = |ip: IpAddr| self.private || is_public(ip);
        let open: Vec<SocketAddr> = found.filter(|address| is_open(address.ip())).collect();
        if open.is_empty() { Err(NotOpen) } else { Ok(open) }
    }
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open = lookup.judge(found)?;
            let addresses: Addrs = Box::new(open.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_inside_leads_nowhere() {
        let closed = Lookup { private: false };
        let inside: Vec<SocketAddr> = vec![
            "127.0.0.1:0".parse().expect("an address"),
            "[::1]:0".parse().expect("one"),
        ];
        assert_eq!(closed.judge(inside.clone().into_iter()), Err(NotOpen));
        let mixed = inside.iter().copied().chain(["1.1.1.1:0".parse().expect("one")]);
        assert_eq!(closed.judge(mixed).expect("one is open").len(), 1);
        assert_eq!(
            Lookup { private: true }
                .judge(inside.into_iter())
                .expect("all")
                .len(),
            2
        );
    }

    #[test]
    fn a_number_is_judged_however_it_is_written() {
        let closed = Lookup { private: false };
        for url in [
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://[::ffff:10.0.0.1]/",
        ] {
            assert!(!closed.lets_through(&Url::parse(url).expect(url)), "{url}");
        }
        assert!(closed.lets_through(&Url::parse("https://example.com/").expect("a URL")));
        assert!(closed.lets_through(&Url::parse("https://1.1.1.1/").expect("a URL")));
    }
}
