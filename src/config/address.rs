//! What an address in the configuration must look like.

use std::net::IpAddr;

use http::Uri;

/// What is wrong with an address that customers and phones reach.
pub(super) fn check_public_url(text: &str) -> Result<(), String> {
    let uri = parse(text).ok_or_else(|| {
        format!(
            "must be an address such as https://cards.example.com, not `{}`",
            super::reading::cut(text)
        )
    })?;
    if text.ends_with('/') {
        return Err("must not end with a slash: paths are put behind it. Take the slash away".to_owned());
    }
    if uri.query().is_some() || text.contains('#') {
        return Err("must not hold a `?` or `#`: paths are put behind it".to_owned());
    }
    check_scheme(&uri, "phones take cards over https only")
}

/// What is wrong with the base address of an outside service.
pub(super) fn check_service_url(text: &str) -> Result<(), String> {
    let uri = parse(text)
        .ok_or_else(|| format!("must be an https address, not `{}`", super::reading::cut(text)))?;
    check_scheme(&uri, "what is sent there must stay secret")
}

/// What is wrong with the address of a push service.
pub(super) fn check_push_url(text: &str) -> Result<(), String> {
    let is_bare = |uri: &Uri| uri.path() == "/" && uri.query().is_none() && uri.scheme_str() == Some("https");
    match parse(text) {
        Some(uri) if is_bare(&uri) => Ok(()),
        _ => Err(format!(
            "must be of the form https://host or https://host:port, not `{}`; Apple's is https://api.push.apple.com",
            super::reading::cut(text)
        )),
    }
}

/// Whether an address leads to this machine only.
pub fn is_loopback_url(text: &str) -> bool {
    parse(text).is_some_and(|uri| is_loopback(&uri))
}

fn check_scheme(uri: &Uri, reason: &str) -> Result<(), String> {
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if is_loopback(uri) => Ok(()),
        Some("http") => Err(format!(
            "must begin with https:// ({reason}); http:// is for this machine only, such as http://127.0.0.1:8080"
        )),
        _ => Err("must begin with https://".to_owned()),
    }
}

fn parse(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    let is_sound =
        uri.scheme().is_some() && !authority.host().is_empty() && !authority.as_str().contains('@');
    is_sound.then_some(uri)
}

fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_https_or_of_this_machine() {
        for good in [
            "https://cards.example.com",
            "https://cards.example.com:8443/loyalty",
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:8080",
        ] {
            assert_eq!(check_public_url(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "cards.example.com",
            "https://",
            "https://cards.example.com/",
            "https://cards.example.com?x=1",
            "https://cards.example.com#x",
            "https://user:word@cards.example.com",
            "http://cards.example.com",
            "http://192.168.1.5:8080",
            "ftp://cards.example.com",
        ] {
            assert!(check_public_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_push_address_is_a_host_and_nothing_else() {
        assert_eq!(check_push_url("https://api.push.apple.com"), Ok(()));
        assert_eq!(check_push_url("https://127.0.0.1:2197"), Ok(()));
        for bad in [
            "http://127.0.0.1:2197",
            "https://api.push.apple.com/3/device",
            "api.push.apple.com",
            "",
        ] {
            assert!(check_push_url(bad).is_err(), "{bad}");
        }
    }
}
