//! A strict receiver on loopback: every request must be a POST of JSON whose signature holds under a secret it knows.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use billfold::actions::{Caller, Deed};
use billfold::delivery::{Options, Webhooks};
use billfold::types::{Clock as _, ManualClock, Time, hmac_sha256};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::house::Database;
use crate::shop::{Opening, Shop};

/// When the tests begin.
const BEGIN: Time = Time::from_secs(1_795_000_000);
/// Longest wait for what must come.
const LIMIT: Duration = Duration::from_secs(20);

/// How the receiver answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// With a status and nothing else.
    Status(u16),
    /// With a redirect to itself.
    Redirect,
    /// Not at all.
    Hang,
    /// With 200 and a body without end.
    Endless,
}

#[derive(Default)]
struct Kept {
    /// Answers of the next requests; 200 after those.
    answers: VecDeque<Answer>,
    /// What arrived: the body, and the secrets under which its signatures hold.
    got: Vec<(Value, Vec<String>)>,
    secrets: Vec<String>,
}

/// The receiver.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let receiver = Self {
            address: listener.local_addr().expect("an address"),
            kept: Arc::default(),
        };
        let own = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().serve(stream));
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub(crate) fn trust(&self, secret: &str) {
        self.kept
            .lock()
            .expect("no panic")
            .secrets
            .push(secret.to_owned());
    }

    pub(crate) fn answer(&self, answers: &[Answer]) {
        self.kept.lock().expect("no panic").answers.extend(answers);
    }

    pub(crate) fn bodies(&self) -> Vec<Value> {
        let kept = self.kept.lock().expect("no panic");
        kept.got.iter().map(|(body, _)| body.clone()).collect()
    }

    /// The names of the events that arrived, in the order of the alphabet.
    pub(crate) fn types(&self) -> Vec<String> {
        let names = self.bodies().into_iter();
        let mut names: Vec<String> = names
            .map(|body| body["type"].as_str().expect("a name").to_owned())
            .collect();
        names.sort();
        names
    }

    /// The secrets under which the last request's signatures hold.
    pub(crate) fn last_signed_by(&self) -> Vec<String> {
        let kept = self.kept.lock().expect("no panic");
        kept.got.last().expect("a request").1.clone()
    }

    async fn serve(self, mut stream: TcpStream) {
        while let Some((head, body)) = read_request(&mut stream).await {
            assert!(head.starts_with("POST /hooks HTTP/1.1\r\n"), "{head}");
            assert_eq!(header(&head, "content-type"), "application/json");
            let signature = header(&head, "webhook-signature");
            let (id, at) = (header(&head, "webhook-id"), header(&head, "webhook-timestamp"));
            let answer = {
                let mut kept = self.kept.lock().expect("no panic");
                let by = signers(&signature, &format!("{id}.{at}.{body}"), &kept.secrets);
                assert!(!by.is_empty(), "nobody signed {signature}");
                let event: Value = serde_json::from_str(&body).expect("JSON");
                assert_eq!(event["id"], id.as_str(), "the same at each try");
                kept.got.push((event, by));
                kept.answers.pop_front().unwrap_or(Answer::Status(200))
            };
            let text = match answer {
                Answer::Status(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nok"),
                Answer::Redirect => format!(
                    "HTTP/1.1 307 X\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
                    self.url()
                ),
                Answer::Hang => std::future::pending().await,
                Answer::Endless => "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".to_owned(),
            };
            if stream.write_all(text.as_bytes()).await.is_err() {
                return;
            }
            if answer != Answer::Endless {
                continue;
            }
            loop {
                let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
                if stream.write_all(chunk.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// The secrets under which a header's signatures hold, one for each signature.
fn signers(signature: &str, message: &str, secrets: &[String]) -> Vec<String> {
    let by = signature.split(' ').map(|part| {
        let mac = part.strip_prefix("v1,").expect("a signature");
        let is_own = |secret: &&String| {
            let key = secret.strip_prefix("whsec_").expect("a secret");
            let key = STANDARD.decode(key).expect("base 64");
            STANDARD.encode(hmac_sha256(&key, message.as_bytes())) == mac
        };
        secrets.iter().find(is_own).expect("a known secret").clone()
    });
    by.collect()
}

fn header(head: &str, name: &str) -> String {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let found = lines.find(|(own, _)| own.eq_ignore_ascii_case(name));
    found
        .unwrap_or_else(|| panic!("no {name} in {head}"))
        .1
        .to_owned()
}

async fn read_request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end + 2].to_vec()).expect("text");
            let length: usize = header(&head, "content-length").parse().expect("a length");
            while bytes.len() < end + 4 + length {
                stream.read_buf(&mut bytes).await.ok().filter(|read| *read > 0)?;
            }
            let body = String::from_utf8(bytes[end + 4..].to_vec()).expect("text");
            return Some((head, body));
        }
        stream.read_buf(&mut bytes).await.ok().filter(|read| *read > 0)?;
    }
}

/// A shop under a clock of the test's own, whose webhooks go out only when the test says so.
pub(crate) struct House {
    pub(crate) shop: Shop,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) receiver: Receiver,
    pub(crate) worker: Webhooks,
}

impl House {
    /// Opens it. The service's own worker is there too; it is told of nothing before the test's has looked.
    pub(crate) async fn open(database: Database) -> Self {
        let clock = Arc::new(ManualClock::new(BEGIN));
        let opening = Opening {
            clock: clock.clone(),
            delivery: options(),
            ..Opening::default()
        };
        let shop = Shop::open_with(database, opening).await;
        let worker = Webhooks::new(shop.running.house.clone(), options().webhook_limit).expect("a worker");
        Self {
            shop,
            clock,
            receiver: Receiver::start().await,
            worker,
        }
    }

    /// Makes an endpoint at the receiver; gives its id.
    pub(crate) async fn endpoint(&self, events: &[&str]) -> String {
        let body = json!({ "url": self.receiver.url(), "events": events, "program": self.shop.program });
        let (status, made) = self.shop.post("/v1/webhook-endpoints", &body).await;
        assert_eq!(status, 201, "{made}");
        self.receiver.trust(made["secret"].as_str().expect("a secret"));
        made["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn show(&self, id: &str) -> Value {
        let (status, body) = self.shop.get(&format!("/v1/webhook-endpoints/{id}")).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(crate) async fn deliveries(&self, id: &str) -> Vec<Value> {
        let path = format!("/v1/webhook-endpoints/{id}/deliveries?limit=200");
        let (status, body) = self.shop.get(&path).await;
        assert_eq!(status, 200, "{body}");
        body["data"].as_array().expect("a list").clone()
    }

    pub(crate) async fn test(&self, id: &str) {
        let (status, body) = self
            .shop
            .post(&format!("/v1/webhook-endpoints/{id}/test"), &json!({}))
            .await;
        assert_eq!(status, 201, "{body}");
    }

    /// Waits until a condition holds, and lets the worker look as long as it does not.
    pub(crate) async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let ended = tokio::time::timeout(LIMIT, async {
            while !holds().await {
                self.worker.step().await.expect("a step");
                tokio::task::yield_now().await;
            }
        });
        assert!(ended.await.is_ok(), "{what} has not come");
    }

    /// Waits until nothing of an endpoint is due now.
    pub(crate) async fn settle(&self, id: &str) {
        let what = format!("the end of what is due at {id}");
        self.until(&what, async || {
            let now = self.clock.now().to_string();
            let due = |one: &Value| one["next_at"].as_str().is_some_and(|at| at <= now.as_str());
            !self.deliveries(id).await.iter().any(due)
        })
        .await;
    }

    pub(crate) fn deed(&self) -> Deed {
        let house = &self.shop.running.house;
        Deed::begin(house, Caller::local("test", house.now()))
    }
}

/// How the tests' shops deliver.
pub(crate) fn options() -> Options {
    Options {
        webhook_limit: Duration::from_millis(400),
        private_webhooks: true,
        ..Options::default()
    }
}
