//! One HTTP/2 connection: opened, driven, watched, and asked to carry a push.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use h2::client::{Connection, SendRequest};
use h2::{Ping, PingPong, Reason as H2Reason, RecvStream};
use http::Request;
use openssl::ssl::{SslConnector, SslRef};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_openssl::SslStream;

use super::answer::{Answer, BODY_MAX};
use super::settings::{Address, Limits};
use super::watched::{Fate, Watched};
use super::{Reason, Verdict};
use crate::types::Clock;

/// What Apple wants in a push for a pass: an empty JSON dictionary.
const BODY: Bytes = Bytes::from_static(b"{}");
/// Largest head of an answer that is read.
const HEAD_MAX: u32 = 16_384;
/// Why a connection could not be opened.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum OpenError {
    /// Nobody answers there.
    #[error("{address} cannot be reached: {cause}; check the network and a firewall's rule for it")]
    Unreachable { address: String, cause: String },
    /// It took too long.
    #[error("{address} did not finish opening a connection within {} ms", .after.as_millis())]
    TooSlow { address: String, after: Duration },
    /// TLS came to nothing, but not for our certificate.
    #[error("TLS with {address} failed: {cause}; check the root certificates, or who answers there")]
    Tls { address: String, cause: String },
    /// The service refuses our certificate.
    #[error("{address} refuses our certificate ({reason}); check which it is and whether it has expired")]
    CertificateRefused { address: String, reason: Reason },
    /// It speaks TLS but not HTTP/2.
    #[error("{address} does not speak HTTP/2; something other than the push service answers there")]
    NotHttp2 { address: String },
    /// HTTP/2 came to nothing.
    #[error("{address} ended the connection at once: {cause}")]
    Ended { address: String, cause: String },
}

impl OpenError {
    /// What it means for a push that needed the connection.
    pub(super) fn verdict(&self, retry_after: Option<Duration>) -> Verdict {
        match self {
            Self::CertificateRefused { reason, .. } => Verdict::Refused {
                status: None,
                reason: reason.clone(),
            },
            _ => Verdict::Retry {
                status: None,
                reason: Reason::NOT_CONNECTED,
                retry_after,
            },
        }
    }
}

/// What the handshake agreed on, for `doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFacts {
    /// Who answered.
    pub peer: SocketAddr,
    /// The protocol, such as `TLSv1.3`.
    pub version: String,
    /// The cipher suite.
    pub cipher: String,
    /// The application protocol; always `h2`.
    pub alpn: String,
    /// The server certificate's common name.
    pub server: String,
    /// When the server certificate expires, as OpenSSL writes it.
    pub server_not_after: String,
    /// How many pushes the service takes at once.
    pub stream_limit: usize,
}

/// What a push lost its connection or stream to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Loss {
    /// The service went away before it took the push: send it again elsewhere.
    NotTaken,
    /// The service refused the stream untouched: send it again here.
    Refused,
    /// Nobody knows whether it was taken.
    Unknown(Reason),
    /// Our certificate was refused.
    Certificate(Reason),
}

/// An open connection.
pub(super) struct Live {
    send: SendRequest<Bytes>,
    fate: Arc<Fate>,
    opened: Instant,
    /// What the handshake agreed on.
    pub(super) facts: TlsFacts,
}

impl Live {
    /// Opens a connection and waits for the service's first settings, so that the very first
    /// burst keeps to the number of streams that it allows (`h2` would assume 100).
    pub(super) async fn open(
        tls: &SslConnector,
        address: &Address,
        limits: &Limits,
    ) -> Result<Self, OpenError> {
        timeout(limits.connect_timeout, Self::open_unbounded(tls, address, limits))
            .await
            .unwrap_or_else(|_| {
                Err(OpenError::TooSlow {
                    address: address.authority.to_string(),
                    after: limits.connect_timeout,
                })
            })
    }

    async fn open_unbounded(
        tls: &SslConnector,
        address: &Address,
        limits: &Limits,
    ) -> Result<Self, OpenError> {
        let name = || address.authority.to_string();
        let fate = Arc::new(Fate::default());
        let (peer, stream) = shake_hands(tls, address, &fate).await?;
        let mut facts = tls_facts(peer, stream.ssl());
        let ended = |fate: &Fate, cause: &h2::Error| match fate.certificate_refusal() {
            Some(reason) => OpenError::CertificateRefused {
                address: name(),
                reason,
            },
            None => OpenError::Ended {
                address: name(),
                cause: cause.to_string(),
            },
        };
        let (send, mut connection) = h2::client::Builder::new()
            .enable_push(false)
            .initial_max_send_streams(0)
            .max_header_list_size(HEAD_MAX)
            .handshake(Watched::new(stream, fate.clone()))
            .await
            .map_err(|cause| ended(&fate, &cause))?;
        facts.stream_limit = first_settings(&mut connection, &send)
            .await
            .map_err(|cause| ended(&fate, &cause))?;
        // Always there on its first taking, which this is.
        let ping = connection.ping_pong();
        tokio::spawn(drive(
            connection,
            ping,
            fate.clone(),
            limits.ping_interval,
            limits.ping_timeout,
        ));
        Ok(Self {
            send,
            fate,
            opened: Instant::now(),
            facts,
        })
    }

    /// Whether new pushes may use it.
    pub(super) fn is_usable(&self) -> bool {
        !self.fate.is_leaving()
    }

    /// How long it has been open.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Whether it ever carried an answer.
    pub(super) fn was_useful(&self) -> bool {
        self.fate.has_answered()
    }

    /// Why it ended; `None` while it lives.
    pub(super) fn cause(&self) -> Option<String> {
        self.fate.cause()
    }

    /// How many pushes the service takes at once, by its latest settings.
    pub(super) fn stream_limit(&self) -> usize {
        self.send.current_max_send_streams()
    }

    /// Carries one push there and its answer back.
    pub(super) async fn exchange(
        &self,
        request: Request<()>,
        body_timeout: Duration,
        clock: &dyn Clock,
    ) -> Result<Answer, Loss> {
        let mut send = self
            .send
            .clone()
            .ready()
            .await
            .map_err(|error| self.unsent(&error))?;
        let (response, mut body) = send
            .send_request(request, false)
            .map_err(|error| self.unsent(&error))?;
        // If the stream ended in between, the answer's error tells how.
        let _ = body.send_data(BODY, true);
        let response = response.await.map_err(|error| self.lost(&error))?;
        self.fate.answered();
        let (head, body) = response.into_parts();
        let mut answer = Answer::of_head(head.status.as_u16(), &head.headers, clock);
        if !body.is_end_stream() {
            Box::pin(read_fault(&mut answer, body, body_timeout)).await;
        }
        Ok(answer)
    }

    /// The connection took no new stream: the push was surely not sent.
    fn unsent(&self, error: &h2::Error) -> Loss {
        self.fate.leave(|| format!("the service left: {error}"));
        self.fate
            .certificate_refusal()
            .map_or(Loss::NotTaken, Loss::Certificate)
    }

    /// The stream ended without an answer. `h2` gives the peer's GOAWAY to exactly the streams
    /// above its last stream id, which by RFC 9113 section 6.8 the service has not touched.
    fn lost(&self, error: &h2::Error) -> Loss {
        if let Some(reason) = self.fate.certificate_refusal() {
            return Loss::Certificate(reason);
        }
        if error.is_go_away() && error.is_remote() {
            self.fate.leave(|| format!("the service is going away: {error}"));
            return Loss::NotTaken;
        }
        if error.is_reset() && error.is_remote() {
            if error.reason() == Some(H2Reason::REFUSED_STREAM) {
                return Loss::Refused;
            }
            return Loss::Unknown(Reason::STREAM_RESET);
        }
        Loss::Unknown(Reason::CONNECTION_LOST)
    }
}

async fn shake_hands(
    tls: &SslConnector,
    address: &Address,
    fate: &Fate,
) -> Result<(SocketAddr, SslStream<TcpStream>), OpenError> {
    let name = || address.authority.to_string();
    let unreachable = |cause: std::io::Error| OpenError::Unreachable {
        address: name(),
        cause: cause.to_string(),
    };
    let tls_failed = |cause: String| OpenError::Tls {
        address: name(),
        cause,
    };
    let tcp = TcpStream::connect((address.host.as_str(), address.port))
        .await
        .map_err(unreachable)?;
    // Without this, each push waits for the peer's delayed acknowledgement: 44 ms on loopback.
    tcp.set_nodelay(true).map_err(unreachable)?;
    let peer = tcp.peer_addr().map_err(unreachable)?;
    let ssl = tls
        .configure()
        .and_then(|configuration| configuration.into_ssl(&address.host))
        .map_err(|cause| tls_failed(cause.to_string()))?;
    let mut stream = SslStream::new(ssl, tcp).map_err(|cause| tls_failed(cause.to_string()))?;
    if let Err(cause) = Pin::new(&mut stream).connect().await {
        fate.note(&cause);
        return Err(match fate.certificate_refusal() {
            Some(reason) => OpenError::CertificateRefused {
                address: name(),
                reason,
            },
            None => tls_failed(format!("{cause} ({})", stream.ssl().verify_result())),
        });
    }
    if stream.ssl().selected_alpn_protocol() != Some(b"h2") {
        return Err(OpenError::NotHttp2 { address: name() });
    }
    Ok((peer, stream))
}

fn tls_facts(peer: SocketAddr, ssl: &SslRef) -> TlsFacts {
    let certificate = ssl.peer_certificate();
    let name = certificate.as_ref().and_then(|certificate| {
        let entry = certificate
            .subject_name()
            .entries_by_nid(openssl::nid::Nid::COMMONNAME)
            .next()?;
        Some(String::from_utf8_lossy(entry.data().as_slice()).into_owned())
    });
    TlsFacts {
        peer,
        version: ssl.version_str().to_owned(),
        cipher: ssl
            .current_cipher()
            .map_or("none", openssl::ssl::SslCipherRef::name)
            .to_owned(),
        alpn: String::from_utf8_lossy(ssl.selected_alpn_protocol().unwrap_or_default()).into_owned(),
        server: name.unwrap_or_default(),
        server_not_after: certificate
            .map(|certificate| certificate.not_after().to_string())
            .unwrap_or_default(),
        stream_limit: 0,
    }
}

/// Drives the connection until the service has said how many streams it allows.
async fn first_settings(
    connection: &mut Connection<Watched, Bytes>,
    send: &SendRequest<Bytes>,
) -> Result<usize, h2::Error> {
    std::future::poll_fn(|cx| {
        if let Poll::Ready(ended) = Pin::new(&mut *connection).poll(cx) {
            return Poll::Ready(Err(ended.err().unwrap_or_else(|| H2Reason::NO_ERROR.into())));
        }
        match send.current_max_send_streams() {
            0 => Poll::Pending,
            limit => Poll::Ready(Ok(limit)),
        }
    })
    .await
}

/// Moves the connection's bytes until it ends or falls silent.
async fn drive(
    connection: Connection<Watched, Bytes>,
    ping: Option<PingPong>,
    fate: Arc<Fate>,
    interval: Duration,
    patience: Duration,
) {
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = &mut connection => fate.leave(|| match ended {
            Ok(()) => "the service closed the connection".to_owned(),
            Err(error) => format!("the connection broke: {error}"),
        }),
        () = silence(ping, &fate, interval, patience) => {
            fate.leave(|| format!("no answer to a PING within {} ms", patience.as_millis()));
        }
    }
    tracing::debug!(cause = ?fate.cause(), "push connection ended");
}

/// Ends when the peer has fallen silent. Traffic is proof enough of life; without any, it is
/// asked by PING.
async fn silence(ping: Option<PingPong>, fate: &Fate, interval: Duration, patience: Duration) {
    let Some(mut ping) = ping else {
        return std::future::pending().await;
    };
    loop {
        let before = fate.reads();
        tokio::time::sleep(interval).await;
        if fate.reads() != before {
            continue;
        }
        match timeout(patience, ping.ping(Ping::opaque())).await {
            Ok(Ok(_)) => {}
            // The connection has ended, which its driver sees too.
            Ok(Err(_)) => return std::future::pending().await,
            Err(_) => return,
        }
    }
}

/// Reads the body. What goes wrong in it cannot take the status away.
async fn read_fault(answer: &mut Answer, mut body: RecvStream, patience: Duration) {
    match timeout(patience, read_body(&mut body)).await {
        Ok(Some(bytes)) => answer.read_body(&bytes),
        Ok(None) | Err(_) => answer.reason = Reason::ANSWER_CUT_SHORT,
    }
}

/// The body, if it ends well and within [`BODY_MAX`].
async fn read_body(body: &mut RecvStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(part) = body.data().await {
        // An error in the body cuts the answer short; its status is known.
        let part = part.ok()?;
        if bytes.len() + part.len() > BODY_MAX {
            return None;
        }
        // Fails only if more is released than was received.
        let _ = body.flow_control().release_capacity(part.len());
        bytes.extend_from_slice(&part);
    }
    Some(bytes)
}
