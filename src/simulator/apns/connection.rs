//! One connection of the stand-in push service.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{HeaderValue, Request, Response};
use openssl::nid::Nid;
use openssl::ssl::SslRef;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_openssl::SslStream;
use uuid::Uuid;

use super::request::{self, Head};
use super::script::{Refusal, Step};
use super::tap::{Orders, Tap};
use super::{Outcome, Shared};

/// The window that `h2` has anyway; naming it again is how a change of settings is sent.
const WINDOW: u32 = 65_535;
const HEAD_MAX: u32 = 16_384;

/// What answers to the pushes of one connection have in common.
struct Sender {
    shared: Arc<Shared>,
    number: u64,
    /// The pass type of the client's certificate.
    certificate_topic: Option<String>,
    under_way: AtomicU64,
}

/// Serves a connection to its end.
pub(super) async fn serve(stream: SslStream<TcpStream>, shared: &Arc<Shared>) {
    let number = shared.tally.connections.fetch_add(1, Ordering::Relaxed) + 1;
    shared.tally.open.fetch_add(1, Ordering::Relaxed);
    let sender = Arc::new(Sender {
        shared: shared.clone(),
        number,
        certificate_topic: topic_of_certificate(stream.ssl()),
        under_way: AtomicU64::new(0),
    });
    if let Err(error) = serve_streams(stream, &sender).await {
        tracing::debug!(%error, number, "a connection to the stand-in push service broke");
    }
    shared.tally.open.fetch_sub(1, Ordering::Relaxed);
}

async fn serve_streams(stream: SslStream<TcpStream>, sender: &Arc<Sender>) -> Result<(), h2::Error> {
    let shared = &sender.shared;
    let mut hang_up = shared.hang_up.subscribe();
    let mut max_streams = shared.max_streams.subscribe();
    let limit = *max_streams.borrow_and_update();
    let orders = Orders::default();
    let mut connection = h2::server::Builder::new()
        .max_concurrent_streams(limit)
        .max_header_list_size(HEAD_MAX)
        .handshake::<_, Bytes>(Tap::new(stream, orders.clone()))
        .await?;
    let mut answers = JoinSet::new();
    // Streams after a GOAWAY: kept unanswered, since dropping them would reset them.
    let mut untouched = Vec::new();
    let mut is_leaving = false;
    loop {
        let incoming = tokio::select! {
            incoming = connection.accept() => incoming,
            _ = hang_up.changed() => return Ok(()),
            _ = max_streams.changed() => {
                orders.max_streams(*max_streams.borrow_and_update());
                connection.set_initial_window_size(WINDOW)?;
                continue;
            }
        };
        let Some(incoming) = incoming else {
            return Ok(());
        };
        let (request, respond) = incoming?;
        let head = Head::read(request.uri().path(), request.headers());
        if is_leaving {
            shared.record(sender.number, &head, None, Outcome::Untouched);
            untouched.push((request, respond));
            continue;
        }
        let step = shared.next_step(&head.token);
        if step.is_of_connection() {
            shared.record(sender.number, &head, None, Outcome::Dropped(step.clone()));
        }
        match step {
            Step::CloseConnection => return Ok(()),
            Step::FreezeConnection => {
                // Ends when the stand-in hangs up or ends; the client's leaving goes unseen.
                let _ = hang_up.changed().await;
                return Ok(());
            }
            Step::GoAway => {
                is_leaving = true;
                orders.go_away(respond.stream_id().as_u32().saturating_sub(2));
                untouched.push((request, respond));
            }
            step => {
                sender.began();
                answers.spawn(answer(sender.clone(), head, request, respond, step));
            }
        }
    }
}

/// The pass type in a client certificate's UID.
fn topic_of_certificate(ssl: &SslRef) -> Option<String> {
    let certificate = ssl.peer_certificate()?;
    let entry = certificate.subject_name().entries_by_nid(Nid::USERID).next()?;
    Some(String::from_utf8_lossy(entry.data().as_slice()).into_owned())
}

async fn answer(
    sender: Arc<Sender>,
    head: Head,
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    step: Step,
) {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await;
    let fault = request::fault(&parts.method, parts.uri.path(), &parts.headers)
        .or_else(|| sender.credential_fault(&head))
        .or_else(|| request::payload_fault(body.as_deref()));
    let step = fault.map_or(step, Step::Refuse);
    let record = |outcome| {
        let topic = head.topic.as_deref().or(sender.certificate_topic.as_deref());
        sender.shared.record(sender.number, &head, topic, outcome);
    };
    let refused = |refusal: &Refusal| Outcome::Refused(refusal.status, refusal.reason.clone());
    // A client that has gone away needs no answer: errors of sending are of no interest.
    match step {
        Step::Slow(span) => {
            tokio::time::sleep(span).await;
            record(Outcome::Accepted);
            let _ = respond.send_response(accepted(&head), true);
        }
        Step::Refuse(refusal) => {
            record(refused(&refusal));
            let _ = refuse(&mut respond, &head, &refusal);
        }
        Step::SlowBody(refusal, pause) => {
            record(refused(&refusal));
            let _ = refuse_slowly(&mut respond, &head, &refusal, pause).await;
        }
        Step::Dead => {
            record(Outcome::Dropped(Step::Dead));
            // Until the client gives up or the connection ends.
            let _ = std::future::poll_fn(|cx| respond.poll_reset(cx)).await;
        }
        Step::Reset(code) => {
            record(Outcome::Dropped(Step::Reset(code)));
            respond.send_reset(Reason::from(code));
        }
        Step::RefusedStream => {
            record(Outcome::Dropped(Step::RefusedStream));
            respond.send_reset(Reason::REFUSED_STREAM);
        }
        Step::Accept | Step::GoAway | Step::CloseConnection | Step::FreezeConnection => {
            record(Outcome::Accepted);
            let _ = respond.send_response(accepted(&head), true);
        }
    }
    sender.under_way.fetch_sub(1, Ordering::Relaxed);
}

impl Sender {
    fn began(&self) {
        let under_way = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        let peak = &self.shared.tally.peak_streams;
        peak.fetch_max(under_way, Ordering::Relaxed);
    }

    /// What is wrong with who pushes what.
    fn credential_fault(&self, head: &Head) -> Option<Refusal> {
        let mut state = self.shared.state();
        let topic = head.topic.as_deref();
        let fault = match (&head.bearer, &self.certificate_topic) {
            (Some(token), _) => state.keys.fault(token, topic, self.shared.clock.now()),
            (None, None) => Some(Refusal::new(403, "MissingProviderToken")),
            (None, Some(own)) if topic.is_some_and(|topic| topic != own) => {
                Some(Refusal::new(400, "TopicDisallowed"))
            }
            (None, Some(_)) => None,
        };
        let topic = topic.or(self.certificate_topic.as_deref());
        let is_elsewhere = || {
            let installed = state.installed.get(&head.token);
            installed.is_some_and(|installed| Some(installed.as_str()) != topic)
        };
        fault.or_else(|| is_elsewhere().then(|| Refusal::new(400, "DeviceTokenNotForTopic")))
    }
}

/// The body; `None` if it is too large or breaks off.
async fn read_body(mut body: RecvStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(part) = body.data().await {
        let part = part.ok()?;
        if bytes.len() + part.len() > request::PAYLOAD_MAX {
            return None;
        }
        bytes.extend_from_slice(&part);
        // Fails only if more is released than was received.
        let _ = body.flow_control().release_capacity(part.len());
    }
    Some(bytes)
}

fn response(status: u16, head: &Head) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = status.try_into().unwrap_or_default();
    let id = head.apns_id.unwrap_or_else(Uuid::new_v4).to_string();
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("apns-id", id);
    }
    response
}

fn accepted(head: &Head) -> Response<()> {
    response(200, head)
}

fn refuse(respond: &mut SendResponse<Bytes>, head: &Head, refusal: &Refusal) -> Result<(), h2::Error> {
    let (response, body) = refused(head, refusal);
    let mut stream = respond.send_response(response, body.is_empty())?;
    if !body.is_empty() {
        stream.send_data(Bytes::from(body), true)?;
    }
    Ok(())
}

async fn refuse_slowly(
    respond: &mut SendResponse<Bytes>,
    head: &Head,
    refusal: &Refusal,
    pause: std::time::Duration,
) -> Result<(), h2::Error> {
    let (response, body) = refused(head, refusal);
    let mut stream = respond.send_response(response, false)?;
    for byte in body {
        tokio::time::sleep(pause).await;
        stream.send_data(Bytes::copy_from_slice(&[byte]), false)?;
    }
    stream.send_data(Bytes::new(), true)
}

fn refused(head: &Head, refusal: &Refusal) -> (Response<()>, Vec<u8>) {
    let mut response = response(refusal.status, head);
    let wait = refusal
        .retry_after
        .as_deref()
        .and_then(|wait| HeaderValue::from_str(wait).ok());
    if let Some(wait) = wait {
        response.headers_mut().insert("retry-after", wait);
    }
    if refusal.reason.is_empty() {
        return (response, Vec::new());
    }
    let mut body = serde_json::json!({ "reason": refusal.reason });
    if let (Some(at), Some(fields)) = (refusal.timestamp, body.as_object_mut()) {
        fields.insert("timestamp".to_owned(), at.millis().into());
    }
    (response, body.to_string().into_bytes())
}
