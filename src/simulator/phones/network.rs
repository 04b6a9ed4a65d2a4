//! The way out of all phones of one process: loopback only, bounded in time, size and number.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use openssl::error::ErrorStack;
use openssl::x509::X509;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, Url};
use serde_json::Value;
use tokio::sync::{Semaphore, watch};

use crate::config::is_loopback_url;
use crate::types::{Clock, Secret, Time};

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Longest wait for one whole answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// Most bytes of an answer; a pass has less than a few hundred thousand.
const ANSWER_MAX: usize = 8 * 1024 * 1024;
/// Most requests of all phones that are under way at once.
const REQUESTS_MAX: usize = 256;
/// Most connections that are kept open for later.
const IDLE_MAX: usize = 64;

/// Why phones cannot reach anything.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The root certificate cannot be read.
    #[error("the phones' root certificate is not PEM text: {0}")]
    Root(#[from] ErrorStack),
    /// The client cannot be built.
    #[error("the phones have no HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// How often a phone tries again what did not come through, and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries in all; then the call is dropped.
    pub tries: u32,
    /// The pause before the second try; it doubles with each further one.
    pub first_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 5,
            first_pause: Duration::from_millis(500),
        }
    }
}

/// What all phones share. Cheap to clone.
#[derive(Clone)]
pub struct Network(Arc<Parts>);

struct Parts {
    http: reqwest::Client,
    roots: Vec<X509>,
    clock: Arc<dyn Clock>,
    turns: Semaphore,
    patience: Patience,
    changes: watch::Sender<u64>,
}

/// A request of a phone.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    /// The token of the pass that it is about.
    pub(super) token: Option<&'a Secret>,
    pub(super) if_modified_since: Option<&'a str>,
    pub(super) body: Option<Value>,
}

/// An answer, whole.
pub(in crate::simulator) struct Reply {
    pub(in crate::simulator) status: u16,
    pub(super) headers: HeaderMap,
    pub(in crate::simulator) body: Bytes,
}

impl Reply {
    /// The text of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type without its parameters.
    pub(super) fn media_type(&self) -> &str {
        let whole = self.header("content-type").unwrap_or_default();
        whole.split(';').next().unwrap_or_default().trim()
    }
}

impl Network {
    /// A network whose phones take passes that the root signed, and believe servers that it signed.
    pub fn new(root_pem: &str, clock: Arc<dyn Clock>) -> Result<Self, NetworkError> {
        Self::with_patience(root_pem, clock, Patience::default())
    }

    /// The same with more or less patience.
    pub fn with_patience(
        root_pem: &str,
        clock: Arc<dyn Clock>,
        patience: Patience,
    ) -> Result<Self, NetworkError> {
        let root = X509::from_pem(root_pem.as_bytes())?;
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_LIMIT)
            .timeout(ANSWER_LIMIT)
            .pool_max_idle_per_host(IDLE_MAX)
            .redirect(Policy::none())
            .no_proxy()
            .tls_certs_only([Certificate::from_pem(root_pem.as_bytes())?])
            .build()?;
        Ok(Self(Arc::new(Parts {
            http,
            roots: vec![root],
            clock,
            turns: Semaphore::new(REQUESTS_MAX),
            patience,
            changes: watch::Sender::new(0),
        })))
    }

    /// Hears of every change that a person could see on one of the phones.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// The status of an address; none if nobody answers.
    pub async fn status_of(&self, url: &str) -> Option<u16> {
        let request = self.0.http.get(url.parse::<Url>().ok()?);
        receive(request).await.ok().map(|reply| reply.status)
    }

    pub(in crate::simulator) fn changed(&self) {
        self.0.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(super) fn now(&self) -> Time {
        self.0.clock.now()
    }

    pub(super) fn roots(&self) -> &[X509] {
        &self.0.roots
    }

    pub(super) fn patience(&self) -> Patience {
        self.0.patience
    }

    pub(in crate::simulator) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// Sends one request, once. `Err` says why nothing whole came back.
    pub(super) async fn send(&self, ask: &Ask<'_>) -> Result<Reply, String> {
        if !is_loopback_url(ask.url.as_str()) {
            return Err("the address leads out of this machine".to_owned());
        }
        let Ok(_turn) = self.0.turns.acquire().await else {
            return Err("the network is gone".to_owned());
        };
        let mut request = self.0.http.request(ask.method.clone(), ask.url.clone());
        if let Some(token) = ask.token {
            request = request.header("authorization", format!("ApplePass {}", token.expose()));
        }
        if let Some(since) = ask.if_modified_since {
            request = request.header("if-modified-since", since);
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        receive(request).await
    }
}

/// Sends a request and reads its answer, up to the limit.
pub(in crate::simulator) async fn receive(request: reqwest::RequestBuilder) -> Result<Reply, String> {
    let cause = |error: reqwest::Error| error.without_url().to_string();
    let mut response = request.send().await.map_err(cause)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(cause)? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(format!("the answer has more than {ANSWER_MAX} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: body.into(),
    })
}
