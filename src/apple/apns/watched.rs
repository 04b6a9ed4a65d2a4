//! The socket of a connection, watched, and what is learnt of the connection's fate.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use super::Reason;

/// OpenSSL's reason codes of received alerts begin here (`SSL_AD_REASON_OFFSET`).
const ALERT_OFFSET: i32 = 1_000;

/// What is known of a connection's life, shared by its driver, its socket and its pushes.
#[derive(Debug, Default)]
pub(super) struct Fate {
    is_leaving: AtomicBool,
    alert: AtomicU8,
    reads: AtomicU64,
    answers: AtomicU64,
    cause: Mutex<Option<String>>,
}

impl Fate {
    /// Takes no new pushes from now on; the first cause stands.
    pub(super) fn leave(&self, cause: impl FnOnce() -> String) {
        self.is_leaving.store(true, Ordering::Release);
        self.lock_cause().get_or_insert_with(cause);
    }

    /// Whether it takes no new pushes.
    pub(super) fn is_leaving(&self) -> bool {
        self.is_leaving.load(Ordering::Acquire)
    }

    /// Why it ended; `None` while it lives.
    pub(super) fn cause(&self) -> Option<String> {
        self.lock_cause().clone()
    }

    /// An answer came.
    pub(super) fn answered(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether an answer ever came.
    pub(super) fn has_answered(&self) -> bool {
        self.answers.load(Ordering::Relaxed) > 0
    }

    /// A number that changes whenever the peer has said something.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Why our certificate was refused, if it was.
    pub(super) fn certificate_refusal(&self) -> Option<Reason> {
        Reason::of_tls_alert(self.alert.load(Ordering::Acquire))
    }

    /// Keeps the alert that an error of TLS tells of.
    pub(super) fn note(&self, error: &openssl::ssl::Error) {
        let alert = error
            .ssl_error()
            .into_iter()
            .flat_map(openssl::error::ErrorStack::errors)
            .filter_map(|error| u8::try_from(error.reason_code() - ALERT_OFFSET).ok())
            .find(|alert| *alert > 0);
        if let Some(alert) = alert {
            self.alert.store(alert, Ordering::Release);
        }
    }

    fn lock_cause(&self) -> MutexGuard<'_, Option<String>> {
        self.cause.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The socket, watched for signs of life and for alerts about our certificate: in TLS 1.3 the
/// service judges it only after our side of the handshake is done, so the alert comes by a read.
pub(super) struct Watched {
    stream: SslStream<TcpStream>,
    fate: Arc<Fate>,
}

impl Watched {
    /// Watches a socket on behalf of its connection.
    pub(super) const fn new(stream: SslStream<TcpStream>, fate: Arc<Fate>) -> Self {
        Self { stream, fate }
    }

    fn note(&self, error: &std::io::Error) {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        if let Some(error) = inner {
            self.fate.note(error);
        }
    }

    /// After a failed write the alert that explains it may still lie unread.
    fn look_for_alert(&mut self, cx: &mut Context<'_>) {
        let mut space = [0_u8; 1_024];
        for _ in 0..8 {
            let mut buffer = ReadBuf::new(&mut space);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(Err(error)) => return self.note(&error),
                _ => return,
            }
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        match &polled {
            Poll::Ready(Ok(())) => {
                self.fate.reads.fetch_add(1, Ordering::Relaxed);
            }
            Poll::Ready(Err(error)) => self.note(error),
            Poll::Pending => {}
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if matches!(polled, Poll::Ready(Err(_))) {
            self.look_for_alert(cx);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
