//! Where webhooks may go: an https address on the open net. Who types an address must not reach through us what only
//! we can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;

/// Most characters of an address.
pub const URL_MAX: usize = 500;

/// What is wrong with an address: a code for programs, a sentence for people.
pub type AddressFault = (&'static str, &'static str);

/// Looks at an address as it is typed; names are looked up when something is sent, and what they lead to is judged by
/// [`is_public`] then. `private` also lets plain http and private networks pass.
pub fn check_address(text: &str, private: bool) -> Result<(), AddressFault> {
    if text.chars().count() > URL_MAX {
        return Err(("too_long", "An address has at most 500 characters."));
    }
    let bad = (
        "bad_url",
        "It must be a whole address such as https://example.com/webhooks.",
    );
    if text.contains('#') {
        return Err(bad);
    }
    let uri: Uri = text.parse().map_err(|_| bad)?;
    let authority = uri.authority().ok_or(bad)?;
    if authority.as_str().contains('@') {
        let detail = "An address holds no name or password; what is sent is signed instead.";
        return Err(("has_password", detail));
    }
    match uri.scheme_str() {
        Some("https") => (),
        Some("http") if private => (),
        Some("http") => {
            let detail = "It must begin with https://, so that nobody on the way reads about your members.";
            return Err(("not_https", detail));
        }
        _ => return Err(bad),
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(bad);
    }
    let is_own = host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");
    let is_hidden = host.parse().is_ok_and(|ip| !is_public(ip));
    if !private && (is_own || is_hidden) {
        let detail = "It leads into a private network or to this machine; webhooks go to the open net only.";
        return Err(("private_address", detail));
    }
    Ok(())
}

/// Whether an IP address is on the open net (the special ones are those of RFC 6890 and its registries).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    let is_special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || first == 0
        || first >= 240
        // Shared by a provider's customers.
        || (first == 100 && second & 0b1100_0000 == 64)
        || (first, second, third) == (192, 0, 0)
        // Relays of 6to4, and test nets between devices.
        || (first, second, third) == (192, 88, 99)
        || (first == 198 && second & 0b1111_1110 == 18);
    !is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let [first, second, third, ..] = ip.segments();
    if (first, second) == (0x64, 0xff9b) {
        // A translator's address ends with the one that it leads to.
        let [.., a, b, c, d] = ip.octets();
        return third == 0 && is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Only what is given out to the open net, without tunnels (Teredo, 6to4), protocols' own and documentation.
    let is_global = first & 0xe000 == 0x2000;
    let is_special =
        first == 0x2002 || (first == 0x2001 && (second < 0x200 || second == 0xdb8)) || first == 0x3fff;
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_special_networks_are_not_the_open_net() {
        for ip in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "0.0.0.0",
            "0.1.2.3",
            "255.255.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.255.255",
            "203.0.113.9",
            "::",
            "::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(ip.parse().expect("an address")), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(ip.parse().expect("an address")), "{ip}");
        }
    }

    #[test]
    fn an_address_is_judged_as_it_is_typed() {
        let code = |text: &str, private| check_address(text, private).err().map(|(code, _)| code);
        for (text, open, private) in [
            ("https://example.com/hooks?a=b", None, None),
            ("https://example.com:8443/", None, None),
            ("http://example.com/", Some("not_https"), None),
            ("https://localhost/", Some("private_address"), None),
            ("https://a.localhost/", Some("private_address"), None),
            ("https://127.0.0.1:9/", Some("private_address"), None),
            ("https://[::1]/", Some("private_address"), None),
            ("https://169.254.169.254/latest", Some("private_address"), None),
            (
                "https://u:p@example.com/",
                Some("has_password"),
                Some("has_password"),
            ),
            ("https://example.com/#x", Some("bad_url"), Some("bad_url")),
            ("ftp://example.com/", Some("bad_url"), Some("bad_url")),
            ("/hooks", Some("bad_url"), Some("bad_url")),
            ("example.com", Some("bad_url"), Some("bad_url")),
            ("", Some("bad_url"), Some("bad_url")),
        ] {
            assert_eq!(code(text, false), open, "{text}");
            assert_eq!(
                code(text, true),
                private,
                "{text} where private networks are let through"
            );
        }
        let long = format!("https://example.com/{}", "a".repeat(URL_MAX));
        assert_eq!(code(&long, true), Some("too_long"));
    }
}
