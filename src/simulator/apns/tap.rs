//! A socket that can slip frames of our own between those that `h2` writes: `h2` offers neither
//! a GOAWAY that leaves streams untouched nor a change of the number of streams.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of a frame's head (RFC 9113 section 4.1).
const HEAD: usize = 9;
const GOAWAY: u8 = 7;
const SETTINGS: u8 = 4;
const MAX_CONCURRENT_STREAMS: u8 = 3;
const INITIAL_WINDOW_SIZE: u8 = 4;

/// Orders for a tapped socket; carried out when it is next written to or flushed.
#[derive(Debug, Clone, Default)]
pub(super) struct Orders(Arc<Mutex<Pending>>);

#[derive(Debug, Default)]
struct Pending {
    frame: Option<Vec<u8>>,
    max_streams: Option<u32>,
}

impl Orders {
    /// Sends a GOAWAY (`NO_ERROR`) that names the last stream that will be answered.
    pub(super) fn go_away(&self, last_stream: u32) {
        let debug = br#"{"reason":"Shutdown"}"#;
        let len = u8::try_from(8 + debug.len()).unwrap_or(8);
        let mut frame = vec![0, 0, len, GOAWAY, 0, 0, 0, 0, 0];
        frame.extend(last_stream.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(debug);
        self.lock().frame = Some(frame);
    }

    /// Turns the next change of the window size into a change of the number of streams.
    pub(super) fn max_streams(&self, streams: u32) {
        self.lock().max_streams = Some(streams);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The socket.
pub(super) struct Tap<S> {
    inner: S,
    orders: Orders,
    /// Ours, being written.
    ours: Vec<u8>,
    /// Bytes still to come of the frame that `h2` is in the middle of.
    rest: usize,
    /// A write of `h2`'s has begun in TLS, which wants to see the same bytes again.
    is_stalled: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Tap<S> {
    pub(super) fn new(inner: S, orders: Orders) -> Self {
        Self {
            inner,
            orders,
            ours: Vec::new(),
            rest: 0,
            is_stalled: false,
        }
    }

    /// Writes what is ours, if no frame of `h2`'s is under way.
    fn poll_ours(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.rest == 0 && !self.is_stalled && self.ours.is_empty() {
            self.ours
                .extend(self.orders.lock().frame.take().unwrap_or_default());
        }
        while !self.ours.is_empty() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(cx, &self.ours))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.ours.drain(..written);
        }
        Poll::Ready(Ok(()))
    }

    /// Learns from `written` bytes of `bytes` how much of a frame is still to come. The head of
    /// a frame is never split: `h2` encodes it whole.
    fn advance(&mut self, bytes: &[u8], written: usize) {
        let mut at = self.rest;
        while at < written {
            at += frame_len(bytes, at).unwrap_or(written - at);
        }
        self.rest = at - written;
    }

    /// `bytes` with the ordered change of settings, if they hold a frame that can carry it.
    fn altered(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let streams = self.orders.lock().max_streams?;
        let mut at = self.rest;
        while let Some(len) = frame_len(bytes, at) {
            let frame = bytes.get(at..at + len)?;
            if let [0, 0, 6, SETTINGS, 0, _, _, _, _, 0, INITIAL_WINDOW_SIZE, ..] = frame {
                let mut altered = bytes.to_vec();
                let value = altered.get_mut(at + HEAD..at + len)?;
                let setting = [&[0, MAX_CONCURRENT_STREAMS][..], &streams.to_be_bytes()].concat();
                value.copy_from_slice(&setting);
                self.orders.lock().max_streams = None;
                return Some(altered);
            }
            at += len;
        }
        None
    }
}

/// The length of the frame whose head is at an offset, the head included.
fn frame_len(bytes: &[u8], at: usize) -> Option<usize> {
    let head = bytes.get(at..at + HEAD)?;
    let [high, middle, low, ..] = head else {
        return None;
    };
    Some(HEAD + usize::from(*high) * 65_536 + usize::from(*middle) * 256 + usize::from(*low))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_ours(cx))?;
        let altered = self.altered(bytes);
        let sent = altered.as_deref().unwrap_or(bytes);
        let polled = Pin::new(&mut self.inner).poll_write(cx, sent);
        self.is_stalled = polled.is_pending();
        let written = ready!(polled)?;
        self.advance(bytes, written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_ours(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
