//! The address at which phones ask for news of a pass.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;

use crate::apple::finding::Finding;

use super::codes;

/// What is wrong with a `webServiceURL`; `None` if phones take it.
///
/// It must be https. Plain http is taken only for this very machine, where the simulator's
/// phones and those in Apple's developer mode ask.
pub fn check_web_service_url(url: &str) -> Option<Finding> {
    let message = fault_of(url)?;
    Some(Finding::new(codes::WEB_SERVICE_URL, "/webServiceURL", message))
}

fn fault_of(url: &str) -> Option<String> {
    let Some((scheme, host, uri)) = parts(url) else {
        let shown: String = url.chars().take(80).collect();
        return Some(format!(
            "`{shown}` is not a web address; write it as https://cards.example.com/apple"
        ));
    };
    if scheme != "https" && !(scheme == "http" && is_this_machine(&host)) {
        return Some(format!(
            "phones ask over https only, not {scheme}; put the service behind TLS"
        ));
    }
    if uri.query().is_some() || url.contains('#') {
        return Some(
            "phones write their path behind the address, so it cannot end in a query; drop it".to_owned(),
        );
    }
    if uri.path().trim_end_matches('/').ends_with("/v1") {
        return Some("phones add /v1 themselves and would ask for /v1/v1; drop it".to_owned());
    }
    None
}

fn parts(url: &str) -> Option<(String, String, Uri)> {
    let uri: Uri = url.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let host = uri.host()?.to_ascii_lowercase();
    // A name, a password or a port beyond 65,535 would leave more than these two.
    let authority = uri.authority()?.as_str().to_ascii_lowercase();
    let plain = uri
        .port_u16()
        .map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    if authority != plain {
        return None;
    }
    (!host.is_empty()).then_some((scheme, host, uri))
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost"
        || bare
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
        || bare
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_on_this_machine_are_taken() {
        for url in [
            "https://cards.example.com/apple",
            "https://cards.example.com:8443/",
            "HTTPS://cards.example.com",
            "http://127.0.0.1:8080/apple",
            "http://127.9.9.9",
            "http://localhost:8080/apple",
            "http://[::1]:8080/apple",
        ] {
            assert_eq!(check_web_service_url(url), None, "{url}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for url in [
            "",
            "cards.example.com",
            "/apple",
            "http://cards.example.com/apple",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "ftp://cards.example.com/",
            "https:///apple",
            "https://cards.example.com:99999/apple",
            "https://user:secret@cards.example.com/apple",
            "https://cards.example.com/apple?x=1",
            "https://cards.example.com/apple#x",
            "https://cards.example.com/apple/v1",
            "https://cards.example.com/apple/v1/",
        ] {
            assert!(check_web_service_url(url).is_some(), "{url}");
        }
    }
}
