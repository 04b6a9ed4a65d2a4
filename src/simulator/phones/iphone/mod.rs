//! An iPhone: takes passes, registers for them, wakes on a push, fetches what changed, says what it dislikes.

mod calls;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::{Method, Url};
use serde::Serialize;

use super::network::{Ask, Network, Reply};
use super::notice::Notice;
use super::pass::{HeldPass, Refused};
use crate::apple::package::PASS_CONTENT_TYPE;
use crate::types::{DeviceId, Language, PushToken, Time, random_token, sha256_hex};

/// Most notices, requests and lines that a phone remembers of each; the oldest go first.
const REMEMBERED_MAX: usize = 1_000;

/// Why a pass was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddError {
    /// The address is none.
    #[error("`{0}` is no address")]
    Address(String),
    /// Nothing came back.
    #[error("the pass could not be downloaded: {0}")]
    Unreachable(String),
    /// The server did not give a pass.
    #[error("the download was answered with status {0}")]
    Status(u16),
    /// A browser would not hand it to Wallet.
    #[error("the download is of type `{0}`, and Safari hands only {PASS_CONTENT_TYPE} to Wallet")]
    ContentType(String),
    /// The phone refuses it.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// A request that a phone sent, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// When the answer was there.
    pub at: Time,
    /// The method.
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The status; none if nothing whole came back.
    pub status: Option<u16>,
}

/// An iPhone. Cheap to clone; clones are the same phone.
#[derive(Clone)]
pub struct Phone(Arc<Inner>);

struct Inner {
    name: String,
    language: Language,
    device: DeviceId,
    push_token: PushToken,
    network: Network,
    /// One thing at a time, as on a phone.
    busy: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

/// Pass type and serial number.
type PassKey = (String, String);

#[derive(Default)]
struct State {
    passes: BTreeMap<PassKey, HeldPass>,
    /// Passes that were once here.
    former: HashSet<PassKey>,
    /// The last tag of each web service and pass type.
    tags: HashMap<(String, String), String>,
    notices: VecDeque<Notice>,
    notices_count: u64,
    journal: VecDeque<Exchange>,
    log_lines: VecDeque<String>,
    violations: VecDeque<String>,
    /// Topics of pushes that wait.
    pending: BTreeSet<String>,
    is_awake: bool,
}

fn push_bounded<T>(list: &mut VecDeque<T>, item: T) {
    if list.len() >= REMEMBERED_MAX {
        list.pop_front();
    }
    list.push_back(item);
}

impl Phone {
    /// A new phone with a push token and a device id of its own.
    pub fn new(name: &str, language: Language, network: &Network) -> Self {
        let hex = || sha256_hex(random_token(32).as_bytes());
        let device: String = hex().chars().take(32).collect();
        Self(Arc::new(Inner {
            name: name.to_owned(),
            language,
            device: fitting(&device),
            push_token: fitting(&hex()),
            network: network.clone(),
            busy: tokio::sync::Mutex::default(),
            state: Mutex::default(),
        }))
    }

    /// Whose it is.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The language that its owner reads.
    pub fn language(&self) -> &Language {
        &self.0.language
    }

    /// What Apple's push service calls it.
    pub fn push_token(&self) -> &PushToken {
        &self.0.push_token
    }

    /// What it calls itself.
    pub fn device_id(&self) -> &DeviceId {
        &self.0.device
    }

    /// Its passes.
    pub fn passes(&self) -> Vec<HeldPass> {
        self.state().passes.values().cloned().collect()
    }

    /// A pass by its serial number.
    pub fn pass(&self, serial: &str) -> Option<HeldPass> {
        let state = self.state();
        let found = state.passes.values().find(|pass| pass.serial == serial);
        found.cloned()
    }

    /// The lock screen, oldest first.
    pub fn notices(&self) -> Vec<Notice> {
        self.state().notices.iter().cloned().collect()
    }

    /// What it asked the web service, oldest first.
    pub fn journal(&self) -> Vec<Exchange> {
        self.state().journal.iter().cloned().collect()
    }

    /// What it wrote into the issuer's log, oldest first.
    pub fn log_lines(&self) -> Vec<String> {
        self.state().log_lines.iter().cloned().collect()
    }

    /// Where the web service broke the protocol, oldest first. Outages are none.
    pub fn violations(&self) -> Vec<String> {
        self.state().violations.iter().cloned().collect()
    }

    /// Opens a link to a pass, adds the pass and registers for its updates; gives its serial number.
    ///
    /// A pass whose registration fails stays on the phone, without updates.
    pub async fn add(&self, url: &str) -> Result<String, AddError> {
        let _busy = self.0.busy.lock().await;
        let url: Url = url.parse().map_err(|_| AddError::Address(url.to_owned()))?;
        let ask = Ask {
            method: Method::GET,
            url,
            token: None,
            if_modified_since: None,
            body: None,
        };
        let reply = self.ask(&ask).await.map_err(AddError::Unreachable)?;
        if reply.status != 200 {
            return Err(AddError::Status(reply.status));
        }
        if reply.media_type() != PASS_CONTENT_TYPE {
            return Err(AddError::ContentType(reply.media_type().to_owned()));
        }
        let mut pass = self.read(&reply).await?;
        let key = (pass.pass_type.clone(), pass.serial.clone());
        if let Some(held) = self.state().passes.get(&key) {
            pass.is_registered = held.is_registered;
            pass.version = held.version + 1;
        }
        let serial = pass.serial.clone();
        self.state().passes.insert(key, pass.clone());
        self.0.network.changed();
        self.register(&pass).await;
        Ok(serial)
    }

    /// Throws a pass away and tells the web service so. Whether the pass was there.
    pub async fn remove(&self, serial: &str) -> bool {
        let _busy = self.0.busy.lock().await;
        let Some(pass) = self.pass(serial) else {
            return false;
        };
        let key = (pass.pass_type.clone(), pass.serial.clone());
        {
            let mut state = self.state();
            state.passes.remove(&key);
            state.former.insert(key);
        }
        self.0.network.changed();
        if pass.is_registered {
            self.unregister(&pass).await;
        }
        true
    }

    /// Asks for a pass's headers only, as phones have been seen to (Apple developer forum, thread 765873).
    pub async fn peek(&self, serial: &str) -> Option<u16> {
        let _busy = self.0.busy.lock().await;
        let pass = self.pass(serial)?;
        let ask = self.ask_for_pass(&pass, Method::HEAD)?;
        let reply = self.ask(&ask).await.ok()?;
        if !reply.body.is_empty() {
            self.violation("HEAD was answered with a body".to_owned());
        }
        if !matches!(reply.status, 200 | 304) {
            self.violation(format!("HEAD of a pass was answered with {}", reply.status));
        }
        Some(reply.status)
    }

    /// Wakes the phone with a push; pushes that come while it is busy become one.
    pub fn wake(&self, topic: &str) {
        let is_asleep = {
            let mut state = self.state();
            state.pending.insert(topic.to_owned());
            !std::mem::replace(&mut state.is_awake, true)
        };
        if is_asleep {
            let phone = self.clone();
            tokio::spawn(async move {
                while let Some(topic) = phone.next_topic() {
                    phone.on_push(&topic).await;
                }
            });
        }
    }

    fn next_topic(&self) -> Option<String> {
        let mut state = self.state();
        let topic = state.pending.pop_first();
        state.is_awake = topic.is_some();
        topic
    }

    /// Does what a push of a topic makes a phone do, to the end.
    pub async fn on_push(&self, topic: &str) {
        let _busy = self.0.busy.lock().await;
        let services: BTreeSet<String> = self
            .passes()
            .into_iter()
            .filter(|pass| pass.pass_type == topic && pass.is_registered)
            .filter_map(|pass| pass.service)
            .collect();
        for service in services {
            self.refresh(topic, &service).await;
        }
    }

    /// Asks for news of all passes, as a phone does after it was restarted.
    pub async fn check_all(&self) {
        let topics: BTreeSet<String> = self.passes().into_iter().map(|pass| pass.pass_type).collect();
        for topic in topics {
            self.on_push(&topic).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No holder of this lock can panic half way through a change.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn violation(&self, what: String) {
        tracing::warn!(phone = %self.0.name, %what, "the web service broke the protocol");
        push_bounded(&mut self.state().violations, what);
    }

    /// Checks and reads a pass on a thread where that may take its time.
    async fn read(&self, reply: &Reply) -> Result<HeldPass, Refused> {
        let (network, language) = (self.0.network.clone(), self.0.language.clone());
        let body = reply.body.clone();
        let reading = tokio::task::spawn_blocking(move || {
            HeldPass::read(&body, network.roots(), network.now(), &language)
        });
        reading
            .await
            .unwrap_or_else(|fault| Err(Refused(vec![fault.to_string()])))
    }
}

#[expect(clippy::expect_used, reason = "hex digits of fixed length fit both alphabets")]
fn fitting<T: std::str::FromStr<Err: std::fmt::Debug>>(hex: &str) -> T {
    hex.parse().expect("hex digits are taken")
}
