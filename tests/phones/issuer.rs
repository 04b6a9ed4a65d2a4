//! A web service for passes that answers what a test tells it to, and remembers what it was asked.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use billfold::simulator::phones::{Network, Patience, Phone};
use billfold::types::{Clock, ManualClock};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::apple_package::{Files, HOUSE, PASS_TYPE, Signing, now, package, sound_pass};

/// The serial number of the sound pass.
pub(crate) const SERIAL: &str = "pss_01";
pub(crate) const MONDAY: &str = "Mon, 16 Nov 2026 08:00:00 GMT";
pub(crate) const TUESDAY: &str = "Tue, 17 Nov 2026 08:00:00 GMT";

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) since: Option<String>,
    pub(crate) body: Bytes,
}

/// An answer to give.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Said {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn list(tag: &str, serials: &[&str]) -> Self {
        Self {
            body: json!({ "lastUpdated": tag, "serialNumbers": serials })
                .to_string()
                .into_bytes(),
            ..Self::status(200).with("content-type", "application/json")
        }
    }

    pub(crate) fn pass(bytes: Vec<u8>, modified: &str) -> Self {
        Self {
            body: bytes,
            ..Self::status(200)
                .with("content-type", "application/vnd.apple.pkpass")
                .with("last-modified", modified)
        }
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

#[derive(Default)]
struct Script {
    /// What is answered next, by method and a part of the path.
    queues: HashMap<(&'static str, &'static str), VecDeque<Said>>,
    asked: Vec<Asked>,
}

/// A web service of its own port for one test. What no script speaks of is answered as Apple wants it.
pub(crate) struct Issuer {
    base: String,
    script: Arc<Mutex<Script>>,
    server: JoinHandle<()>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Parts of paths, the most telling first.
const PARTS: [&str; 4] = ["/registrations/", "/passes/", "/log", "/pass.pkpass"];

impl Issuer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = Arc::clone(&script);
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(Arc::clone(&shared), request));
                    // A connection that the test ends half way is no fault.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { base, script, server }
    }

    /// Says what the next calls of a method and path are answered.
    pub(crate) fn says(
        &self,
        method: &'static str,
        part: &'static str,
        answers: impl IntoIterator<Item = Said>,
    ) {
        assert!(PARTS.contains(&part), "{part} is none of {PARTS:?}");
        let mut script = self.script.lock().expect("a script");
        script.queues.entry((method, part)).or_default().extend(answers);
    }

    pub(crate) fn asked(&self, method: &str, part: &str) -> Vec<Asked> {
        let script = self.script.lock().expect("a script");
        let of = |asked: &&Asked| asked.method == method && asked.path.contains(part);
        script.asked.iter().filter(of).cloned().collect()
    }

    /// The lines that phones logged.
    pub(crate) fn log_lines(&self) -> Vec<String> {
        let bodies = self.asked("POST", "/log").into_iter();
        bodies
            .flat_map(|asked| {
                let body: Value = serde_json::from_slice(&asked.body).expect("JSON");
                let lines = body["logs"].as_array().expect("lines").clone();
                lines
                    .into_iter()
                    .map(|line| line.as_str().expect("a line").to_owned())
            })
            .collect()
    }

    pub(crate) fn link(&self) -> String {
        format!("{}/card/x/pass.pkpass", self.base)
    }

    /// A pass of this web service, changed in its JSON, signed soundly.
    pub(crate) fn pass(&self, change: impl FnOnce(&mut Value)) -> Vec<u8> {
        package(&Signing::sound(), self.json(change))
    }

    /// Puts the sound pass's JSON, changed, among the files.
    pub(crate) fn json(&self, change: impl FnOnce(&mut Value)) -> impl FnOnce(&mut Files) {
        let mut json = sound_pass();
        json["webServiceURL"] = format!("{}/apple", self.base).into();
        change(&mut json);
        move |files| {
            files.insert("pass.json".to_owned(), json.to_string().into_bytes());
        }
    }

    /// A pass with a balance.
    pub(crate) fn pass_of(&self, balance: i64) -> Vec<u8> {
        self.pass(|json| json["storeCard"]["headerFields"][0]["value"] = balance.into())
    }

    /// A phone that took the pass with the balance 240 and is registered for it.
    pub(crate) async fn phone_with_pass(&self) -> Phone {
        let phone = phone();
        self.says("GET", "/pass.pkpass", [Said::pass(self.pass_of(240), MONDAY)]);
        assert_eq!(phone.add(&self.link()).await.as_deref(), Ok(SERIAL));
        assert_eq!(phone.violations(), Vec::<String>::new());
        phone
    }

    /// A push after which the list names the serial and the pass is answered like this.
    pub(crate) async fn update(&self, phone: &Phone, tag: &str, said: Said) {
        self.says("GET", "/registrations/", [Said::list(tag, &[SERIAL])]);
        self.says("GET", "/passes/", [said]);
        phone.on_push(PASS_TYPE).await;
    }
}

/// A phone that reads English and loses patience after three tries, quickly.
pub(crate) fn phone() -> Phone {
    phone_reading("en")
}

pub(crate) fn phone_reading(language: &str) -> Phone {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(now()));
    let pem = HOUSE.authority.root().to_pem().expect("PEM");
    let patience = Patience {
        tries: 3,
        first_pause: Duration::from_millis(10),
    };
    let network = Network::with_patience(std::str::from_utf8(&pem).expect("text"), clock, patience);
    Phone::new(
        "Lina",
        language.parse().expect("a tag"),
        &network.expect("a network"),
    )
}

async fn answer(
    script: Arc<Mutex<Script>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().expect("text").to_owned())
    };
    let (authorization, since) = (header("authorization"), header("if-modified-since"));
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let query = request.uri().query().map(str::to_owned);
    let body = request.into_body().collect().await.expect("a body").to_bytes();
    let mut script = script.lock().expect("a script");
    script.asked.push(Asked {
        method: method.clone(),
        path: path.clone(),
        query,
        authorization,
        since,
        body,
    });
    let part = PARTS
        .iter()
        .find(|part| path.contains(**part))
        .copied()
        .unwrap_or_default();
    let scripted = script
        .queues
        .iter_mut()
        .find(|((of_method, of_part), _)| *of_method == method && *of_part == part)
        .and_then(|(_, queue)| queue.pop_front());
    let said = scripted.unwrap_or_else(|| match (method.as_str(), part) {
        ("POST", "/registrations/") => Said::status(201),
        ("GET", "/registrations/") => Said::status(204),
        ("DELETE", _) | ("POST", "/log") => Said::status(200),
        _ => Said::status(304),
    });
    let mut response = Response::builder().status(said.status);
    for (name, value) in said.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(said.body.into())).expect("an answer"))
}
