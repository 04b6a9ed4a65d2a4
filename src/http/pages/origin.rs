//! Whether a form was sent from our own pages.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderName, ORIGIN};

use crate::actions::{ActionError, Code};

/// Refuses a form that a page of another site sent.
///
/// Browsers say where a form stands in `Sec-Fetch-Site` (Fetch Metadata Request Headers, W3C), older ones in
/// `Origin` alone. A request with neither is no browser's, and nobody's browser can be made to send one.
pub(in crate::http) fn check_same_site(request: &HttpRequest, public_url: &str) -> Result<(), ActionError> {
    let header = |name: HeaderName| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap_or_default())
    };
    let is_ours = match (header(HeaderName::from_static("sec-fetch-site")), header(ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin == public_url || is_of_host(origin, header(HOST)),
        (None, None) => true,
    };
    if is_ours {
        Ok(())
    } else {
        Err(ActionError::new(Code::CrossSite))
    }
}

/// Whether an origin is the host that the request was sent to.
fn is_of_host(origin: &str, host: Option<&str>) -> bool {
    let origin_host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    origin_host.is_some() && origin_host == host
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_forms_of_our_own_pages_are_taken() {
        let sent = |headers: &[(&'static str, &'static str)]| {
            let mut request = TestRequest::post().insert_header(("host", "cards.example"));
            for header in headers {
                request = request.append_header(*header);
            }
            check_same_site(&request.to_http_request(), "https://public.example").is_ok()
        };
        for (headers, is_taken) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://cards.example"),
                ],
                false,
            ),
            (&[("origin", "https://cards.example")], true),
            (&[("origin", "https://public.example")], true),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "https://cards.example.evil.example")], false),
            (&[("origin", "cards.example")], false),
            (&[("origin", "null")], false),
            (&[], true),
        ] {
            assert_eq!(sent(headers), is_taken, "{headers:?}");
        }
    }
}
