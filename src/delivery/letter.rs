//! One event sent to one endpoint: signed, with limits on time and on what is read of the answer.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use super::open_net::{Lookup, NotOpen};
use crate::types::{Secret, Time};
use crate::webhook::sign;

/// Most bytes read of an answer; what it says is not looked at, so that a connection can be used again.
const ANSWER_MAX: usize = 16 * 1024;
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const IDLE_LIMIT: Duration = Duration::from_mins(1);

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    /// What was answered.
    pub(super) status: Option<i64>,
    /// Why it failed: `status`, `redirect`, `timeout`, `no_connection`, `private_address`; none if it did not.
    pub(super) error: Option<&'static str>,
}

impl Tried {
    const fn failed(error: &'static str) -> Self {
        Self {
            status: None,
            error: Some(error),
        }
    }
}

/// A client that follows no redirects, keeps no cookies, uses no proxy (which would look names up itself) and goes
/// where `lookup` lets it.
pub(super) fn client(lookup: Lookup, limit: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .connect_timeout(CONNECT_LIMIT.min(limit))
        .timeout(limit)
        .pool_idle_timeout(IDLE_LIMIT)
        .redirect(Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .dns_resolver(std::sync::Arc::new(lookup))
        .user_agent(concat!("billfold/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// What is sent of an event, beside its body.
pub(super) struct Envelope<'a> {
    /// The event's id: the same at each try.
    pub(super) id: &'a str,
    pub(super) at: Time,
    /// What it is signed with.
    pub(super) secrets: &'a [Secret],
}

/// Sends a body to an address.
pub(super) async fn send(
    client: &Client,
    lookup: Lookup,
    url: &str,
    envelope: &Envelope<'_>,
    body: String,
) -> Tried {
    let Ok(url) = Url::parse(url) else {
        return Tried::failed("no_connection");
    };
    if !lookup.lets_through(&url) || (url.scheme() != "https" && !lookup.private) {
        return Tried::failed("private_address");
    }
    let request = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", envelope.id)
        .header("webhook-timestamp", envelope.at.secs())
        .header(
            "webhook-signature",
            sign(envelope.secrets, envelope.id, envelope.at, &body),
        )
        .body(body);
    match request.send().await {
        Ok(response) => judge(response).await,
        Err(error) if error.is_timeout() => Tried::failed("timeout"),
        Err(error) if is_not_open(&error) => Tried::failed("private_address"),
        Err(_) => Tried::failed("no_connection"),
    }
}

async fn judge(mut response: Response) -> Tried {
    let status = response.status();
    let mut read = 0;
    while read <= ANSWER_MAX {
        match response.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            // The status is what counts; it was there before the rest of the answer broke off.
            Ok(None) | Err(_) => break,
        }
    }
    let error = if status.is_success() {
        None
    } else if status.is_redirection() {
        Some("redirect")
    } else {
        Some("status")
    };
    Tried {
        status: Some(i64::from(status.as_u16())),
        error,
    }
}

fn is_not_open(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(one) = cause {
        if one.is::<NotOpen>() {
            return true;
        }
        cause = one.source();
    }
    false
}
