//! HTTP to Google: a client with limits on time, size and place, and answers as plain data.

use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, DATE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, RequestBuilder, Url};

use crate::types::Time;

/// Most bytes taken of an answer. A loyalty object has about 3 kB.
pub(super) const BODY_MAX: usize = 1_048_576;
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// The whole of a call, from the first byte sent to the last received.
pub(super) const CALL_LIMIT: Duration = Duration::from_secs(15);
const IDLE_LIMIT: Duration = Duration::from_mins(1);

/// Why a client for Google cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireConfigError {
    /// Not an https address (or an http address of this machine).
    #[error("`{url}` of the setting `{setting}` is not an https address; http is for this machine only")]
    Address {
        /// The setting.
        setting: &'static str,
        /// What stands there.
        url: String,
    },
    /// The extra root certificates cannot be read.
    #[error("the setting `google.ca` does not hold certificates in PEM ({cause})")]
    Authority {
        /// What is wrong.
        cause: String,
    },
    /// The client cannot be built.
    #[error("no HTTP client can be built ({cause})")]
    Client {
        /// What is wrong.
        cause: String,
    },
}

/// A call that brought no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Nobody was reached, or the connection broke: the call may have been carried out.
    #[error("no answer came ({cause})")]
    Broken {
        /// What the network said, without the address.
        cause: String,
    },
    /// The answer is longer than [`BODY_MAX`].
    #[error("the answer has more than 1 MiB")]
    TooLarge,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// How long the sender asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// The sender's clock.
    pub(super) date: Option<Time>,
    /// How long the answer may be kept.
    pub(super) max_age: Option<Duration>,
}

impl Answer {
    pub(super) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// A client for one base address that follows no redirects, keeps no cookies and trusts the
/// given roots beside the system's, on this machine alone. A proxy of the environment is used, but not to this machine.
pub(super) fn client(
    base: &Url,
    extra_roots: Option<&[u8]>,
    call_limit: Duration,
) -> Result<reqwest::Client, WireConfigError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_LIMIT)
        .timeout(call_limit)
        .pool_idle_timeout(IDLE_LIMIT)
        .redirect(Policy::none())
        .tcp_nodelay(true)
        .user_agent(concat!("billfold/", env!("CARGO_PKG_VERSION")));
    if is_local(base) {
        builder = builder.no_proxy();
    }
    if let Some(pem) = extra_roots {
        let roots = Certificate::from_pem_bundle(pem)
            .map_err(|error| WireConfigError::Authority { cause: chain(&error) })?;
        if roots.is_empty() {
            return Err(WireConfigError::Authority {
                cause: "there is none".to_owned(),
            });
        }
        builder = if is_local(base) {
            builder.tls_certs_only(roots)
        } else {
            builder.tls_certs_merge(roots)
        };
    }
    builder
        .build()
        .map_err(|error| WireConfigError::Client { cause: chain(&error) })
}

/// Reads a base address: https anywhere, http on this machine only.
pub(super) fn address(setting: &'static str, text: &str) -> Result<Url, WireConfigError> {
    let fault = || WireConfigError::Address {
        setting,
        url: text.chars().take(200).collect(),
    };
    let url = Url::parse(text).map_err(|_| fault())?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_local(&url) => Ok(url),
        _ => Err(fault()),
    }
}

fn is_local(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// Sends a request and reads the answer to its end, of whatever status.
pub(super) async fn call(request: RequestBuilder, now: Time) -> Result<Answer, WireError> {
    let broken = |error: reqwest::Error| WireError::Broken {
        cause: chain(&error.without_url()),
    };
    let mut response = request.send().await.map_err(broken)?;
    let mut answer = Answer {
        status: response.status().as_u16(),
        body: Vec::new(),
        retry_after: retry_after(response.headers(), now),
        date: header(response.headers(), DATE.as_str()).and_then(Time::parse_http_date),
        max_age: max_age(response.headers()),
    };
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if answer.body.len() + chunk.len() > BODY_MAX {
            return Err(WireError::TooLarge);
        }
        answer.body.extend_from_slice(&chunk);
    }
    Ok(answer)
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3).
fn retry_after(headers: &HeaderMap, now: Time) -> Option<Duration> {
    let text = header(headers, RETRY_AFTER.as_str())?.trim();
    match text.parse::<u64>() {
        Ok(secs) => Some(Duration::from_secs(secs)),
        Err(_) => Time::parse_http_date(text).map(|time| time.since(now)),
    }
}

/// `max-age` of `Cache-Control` (RFC 9111 section 5.2.2.1); nothing at `no-store` or `no-cache`.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let directives = || {
        header(headers, CACHE_CONTROL.as_str())
            .into_iter()
            .flat_map(|text| text.split(','))
    };
    if directives().any(|part| matches!(part.trim(), "no-store" | "no-cache")) {
        return Some(Duration::ZERO);
    }
    directives()
        .find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok())
        .map(Duration::from_secs)
}

/// An error and what lies behind it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leads_only_to_this_machine() {
        for good in [
            "https://walletobjects.googleapis.com",
            "http://127.0.0.1:80/x",
            "http://localhost",
            "http://[::1]:9",
        ] {
            assert!(address("google.api_url", good).is_ok(), "{good}");
        }
        for bad in [
            "http://walletobjects.googleapis.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "",
            "localhost:80",
        ] {
            assert!(address("google.api_url", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn waits_and_ages_are_read_in_every_form() {
        let now = Time::parse_rfc3339("2026-11-21T09:30:00Z").expect("a time");
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "120".parse().expect("a header"));
        headers.insert(
            CACHE_CONTROL,
            "public, max-age=300, must-revalidate".parse().expect("a header"),
        );
        assert_eq!(retry_after(&headers, now), Some(Duration::from_mins(2)));
        assert_eq!(max_age(&headers), Some(Duration::from_mins(5)));
        headers.insert(
            RETRY_AFTER,
            now.plus_ms(7_000).http_date().parse().expect("a header"),
        );
        headers.insert(CACHE_CONTROL, "no-store".parse().expect("a header"));
        assert_eq!(retry_after(&headers, now), Some(Duration::from_secs(7)));
        assert_eq!(max_age(&headers), Some(Duration::ZERO));
    }
}
