//! What Google calls at the shop's server: images, robots.txt and callbacks, over plain HTTP.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

#[derive(Default)]
struct Seen {
    paths: Vec<String>,
    callbacks: Vec<Vec<u8>>,
    robots: Option<String>,
}

/// A server of its own port for one test.
pub(crate) struct Receiver {
    base: String,
    seen: Arc<Mutex<Seen>>,
    server: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let shared = shared.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(shared.clone(), request));
                    // A connection that the test ends half way is no fault.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { base, seen, server }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn callbacks(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().callbacks.clone()
    }

    pub(crate) fn times_fetched(&self, path: &str) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.paths.iter().filter(|seen| *seen == path).count()
    }

    pub(crate) fn set_robots(&self, text: &str) {
        self.seen.lock().unwrap().robots = Some(text.to_owned());
    }
}

async fn answer(
    seen: Arc<Mutex<Seen>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let mut seen = seen.lock().unwrap();
    seen.paths.push(path.clone());
    let (status, body) = match path.as_str() {
        "/google/callback" => {
            seen.callbacks.push(body.to_vec());
            (200, Bytes::new())
        }
        "/robots.txt" => match &seen.robots {
            Some(text) => (200, Bytes::from(text.clone())),
            None => (404, Bytes::new()),
        },
        "/images/text.png" => (200, Bytes::from_static(b"not an image")),
        _ if path.starts_with("/images/") && path != "/images/missing.png" => {
            (200, Bytes::from_static(b"\x89PNG\r\n\x1a\nrest"))
        }
        _ => (404, Bytes::new()),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    Ok(response)
}
