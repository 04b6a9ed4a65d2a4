//! The stand-in Google's front door: TLS, HTTP/1.1 and HTTP/2, routes, and faults on demand.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::answer::{Answer, Refusal, json_answer};
use super::faults::{Fault, Route};
use super::world::SeenRequest;
use super::{Event, Shared, api, lock, save_page, token};
use crate::simulator::listen::TlsListener;

/// What the listener offers by ALPN.
pub(super) const PROTOCOLS: &[&[u8]] = &[b"h2", b"http/1.1"];
/// Most connections at a time.
const CONNECTIONS_MAX: usize = 512;
/// Most bytes of a request's body.
const BODY_MAX: usize = 1_048_576;
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// The connection is to be broken, on purpose.
#[derive(Debug, thiserror::Error)]
#[error("broken on purpose")]
struct Broken;

/// Serves until it is dropped.
pub(super) async fn run(listener: TlsListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        // The semaphore is never closed.
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let stream = match listener.accept().await {
            Ok(stream) => stream,
            Err(error) => {
                tracing::debug!(%error, "a connection was not accepted");
                continue;
            }
        };
        let (listener, shared) = (listener.clone(), shared.clone());
        connections.spawn(async move {
            let _place = place;
            let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_LIMIT, listener.handshake(stream)).await
            else {
                return;
            };
            let service = service_fn(move |request| serve(shared.clone(), request));
            let served = Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
}

async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Answer, Broken> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(Refusal::new(413, "tooLarge", "The request is too large.").answer()),
    };
    let mut seen = SeenRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        status: 0,
    };
    let answer = served(&shared, &parts, &body).await;
    if let Ok(answer) = &answer {
        seen.status = answer.status().as_u16();
    }
    shared.tell_of(|| Event::Request(seen.clone()));
    lock(&shared.world).note(seen);
    let mut answer = answer?;
    if let Ok(date) = HeaderValue::from_str(&shared.clock.now().http_date()) {
        answer.headers_mut().insert(header::DATE, date);
    }
    Ok(answer)
}

async fn served(shared: &Arc<Shared>, parts: &http::request::Parts, body: &Bytes) -> Result<Answer, Broken> {
    let route = route_of(parts.uri.path());
    let fault = {
        let mut world = lock(&shared.world);
        match route {
            Some(Route::Token) => world.counts.token += 1,
            Some(Route::Api) => world.counts.api += 1,
            Some(Route::Keys) => world.counts.keys += 1,
            None => (),
        }
        route.and_then(|route| world.faults.next(route))
    };
    match fault {
        Some(Fault::Refuse(refusal)) => Ok(refusal.answer()),
        Some(Fault::Disconnect) => Err(Broken),
        Some(Fault::Slow(pause)) => {
            tokio::time::sleep(pause).await;
            Ok(dispatch(shared, parts, body).await)
        }
        Some(Fault::DoneButAnswer(refusal)) => {
            dispatch(shared, parts, body).await;
            Ok(refusal.answer())
        }
        Some(Fault::DoneButDisconnect) => {
            dispatch(shared, parts, body).await;
            Err(Broken)
        }
        None => Ok(dispatch(shared, parts, body).await),
    }
}

fn route_of(path: &str) -> Option<Route> {
    match path {
        "/token" => Some(Route::Token),
        "/gp/m/issuer/keys" => Some(Route::Keys),
        _ if path.starts_with(api::BASE) => Some(Route::Api),
        _ => None,
    }
}

async fn dispatch(shared: &Arc<Shared>, parts: &http::request::Parts, body: &Bytes) -> Answer {
    let path = parts.uri.path();
    match (&parts.method, path) {
        (&Method::POST, "/token") => token::grant(shared, body),
        (&Method::GET, "/gp/m/issuer/keys") => keys(shared),
        (&Method::POST, "/gp/v/remove") => save_page::answer_remove(shared, body),
        (&Method::GET, _) if path.starts_with("/gp/v/save/") => {
            save_page::open(shared, path.trim_start_matches("/gp/v/save/"))
        }
        _ if path.starts_with(api::BASE) => {
            let query = parts.uri.query().unwrap_or_default();
            api::answer(shared, &parts.method, path, query, &parts.headers, body).await
        }
        _ => Refusal::new(404, "notFound", "Not found.").answer(),
    }
}

fn keys(shared: &Shared) -> Answer {
    let published = lock(&shared.keys).published();
    match published {
        Ok(list) => {
            let mut answer = json_answer(200, &list);
            let age = HeaderValue::from_static("public, max-age=3600");
            answer.headers_mut().insert(header::CACHE_CONTROL, age);
            answer
        }
        Err(_) => Refusal::new(500, "internal", "The keys cannot be written.").answer(),
    }
}
