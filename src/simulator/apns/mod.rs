//! A stand-in for Apple's push service: HTTP/2 over TLS with client certificates, strict about
//! what it takes, answering in Apple's form, and able to fail in every way that the real one can.

mod bearer;
mod connection;
mod request;
mod script;
mod tap;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openssl::pkey::{PKey, Public};
use openssl::x509::X509;
use tokio::sync::{broadcast, watch};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

use super::authority::{Authority, Issued};
use super::listen::TlsListener;
use crate::types::{Clock, PushToken, Time};

use bearer::Keys;
use script::Script;
pub use script::{Faults, Refusal, Step};

/// Most pushes kept in the journal; the oldest go first.
const JOURNAL_MAX: usize = 500_000;
/// How far a listener may fall behind.
const LISTENERS_LAG_MAX: usize = 4_096;

/// How a stand-in is set up.
#[derive(Clone)]
pub struct Options {
    /// Where it listens on loopback; 0 picks a free port.
    pub port: u16,
    /// Its certificate.
    pub identity: Issued,
    /// Who signed the client certificates that it takes.
    pub client_authorities: Vec<X509>,
    /// How many pushes it takes at once on each connection.
    pub max_streams: u32,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
}

impl Options {
    /// What an authority's clients meet, on a free port, with Apple's usual number of streams.
    pub fn of_authority(authority: &Authority, clock: Arc<dyn Clock>) -> io::Result<Self> {
        Ok(Self {
            port: 0,
            identity: authority.server_certificate()?,
            client_authorities: vec![authority.root().clone(), authority.wwdr().clone()],
            max_streams: 1_000,
            clock,
        })
    }
}

/// What the service as a whole does.
#[derive(Debug, Default)]
pub struct Mode {
    /// Done to every push that no script speaks of.
    pub every_push: Option<Step>,
    /// Connections are dropped before TLS.
    pub refuses_connections: bool,
    /// Faults by chance for pushes that no script speaks of.
    pub faults: Option<Faults>,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Accepted,
    /// It was refused with a status and a reason.
    Refused(u16, String),
    /// Its stream or connection was ended in this way, and it was not taken.
    Dropped(Step),
    /// It came after a GOAWAY and stayed untouched.
    Untouched,
}

/// A push as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it was decided.
    pub at: Time,
    /// The connection's number, from 1.
    pub connection: u64,
    /// The phone.
    pub token: String,
    /// The topic header.
    pub topic: Option<String>,
    /// The `apns-id` header.
    pub apns_id: Option<Uuid>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A push that was taken: what a phone hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The phone.
    pub token: String,
    /// The pass type.
    pub topic: String,
}

/// Numbers since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// TCP connections taken in, refused ones included.
    pub attempts: u64,
    /// Connections that got as far as HTTP/2.
    pub connections: u64,
    /// Handshakes that failed.
    pub failed_handshakes: u64,
    /// Connections open now.
    pub open: u64,
    /// Pushes that were taken.
    pub accepted: u64,
    /// Most pushes that were under way at once on one connection.
    pub peak_streams: u64,
}

#[derive(Default)]
struct Tally {
    attempts: AtomicU64,
    connections: AtomicU64,
    failed_handshakes: AtomicU64,
    open: AtomicU64,
    accepted: AtomicU64,
    peak_streams: AtomicU64,
}

#[derive(Default)]
struct State {
    mode: Mode,
    scripts: HashMap<String, Script>,
    installed: HashMap<String, String>,
    keys: Keys,
    journal: VecDeque<Entry>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    tally: Tally,
    delivered: broadcast::Sender<Delivered>,
    decided: broadcast::Sender<Entry>,
    /// Counts up when all open connections shall end.
    hang_up: watch::Sender<u64>,
    max_streams: watch::Sender<u32>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens to the next push to a phone.
    fn next_step(&self, token: &str) -> Step {
        let mut state = self.state();
        if let Some(script) = state.scripts.get_mut(token) {
            match script.pop_front() {
                Some(step) => return step,
                None => _ = state.scripts.remove(token),
            }
        }
        if let Some(step) = &state.mode.every_push {
            return step.clone();
        }
        let fault = state.mode.faults.as_mut().and_then(Faults::next);
        fault.unwrap_or(Step::Accept)
    }

    fn record(&self, connection: u64, head: &request::Head, topic: Option<&str>, outcome: Outcome) {
        let is_accepted = outcome == Outcome::Accepted;
        let entry = Entry {
            at: self.clock.now(),
            connection,
            token: head.token.clone(),
            topic: head.topic.clone(),
            apns_id: head.apns_id,
            outcome,
        };
        if self.decided.receiver_count() > 0 {
            // Whoever listened may have gone this moment.
            let _ = self.decided.send(entry.clone());
        }
        {
            let mut state = self.state();
            if state.journal.len() == JOURNAL_MAX {
                state.journal.pop_front();
            }
            state.journal.push_back(entry);
        }
        if is_accepted {
            self.tally.accepted.fetch_add(1, Ordering::Relaxed);
            // Nobody may be listening.
            let _ = self.delivered.send(Delivered {
                token: head.token.clone(),
                topic: topic.unwrap_or_default().to_owned(),
            });
        }
    }
}

/// A running stand-in; it ends when dropped.
pub struct ApnsSimulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    listening: JoinHandle<()>,
}

impl ApnsSimulator {
    /// Starts listening.
    pub async fn start(options: Options) -> io::Result<Self> {
        let authorities: Vec<&X509> = options.client_authorities.iter().collect();
        let listener = TlsListener::bind(options.port, &options.identity, &[b"h2"], &authorities).await?;
        let address = listener.address()?;
        let shared = Arc::new(Shared {
            clock: options.clock,
            state: Mutex::default(),
            tally: Tally::default(),
            delivered: broadcast::channel(LISTENERS_LAG_MAX).0,
            decided: broadcast::channel(LISTENERS_LAG_MAX).0,
            hang_up: watch::channel(0).0,
            max_streams: watch::channel(options.max_streams).0,
        });
        let listening = tokio::spawn(listen(listener, shared.clone()));
        Ok(Self {
            shared,
            address,
            listening,
        })
    }

    /// Its base address, for a push client's settings.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds steps for the next pushes to a phone; after them it is like any other.
    pub fn script(&self, token: &PushToken, steps: impl IntoIterator<Item = Step>) {
        let mut state = self.shared.state();
        let script = state.scripts.entry(token.as_str().to_owned()).or_default();
        script.extend(steps);
    }

    /// Sets what the service as a whole does.
    pub fn set_mode(&self, mode: Mode) {
        self.shared.state().mode = mode;
    }

    /// Says which topic a phone's token is for; pushes to it for others are refused.
    pub fn install(&self, token: &PushToken, topic: &str) {
        let mut state = self.shared.state();
        state
            .installed
            .insert(token.as_str().to_owned(), topic.to_owned());
    }

    /// Makes a push key known: provider tokens that it signed for the team may push to the topics.
    pub fn add_key(&self, key_id: &str, team: &str, key: PKey<Public>, topics: &[&str]) {
        self.shared.state().keys.add(key_id, team, key, topics);
    }

    /// How many different provider tokens of a team were good so far.
    pub fn provider_tokens(&self, team: &str) -> usize {
        self.shared.state().keys.tokens_of(team)
    }

    /// Changes how many pushes it takes at once, on open connections too.
    pub fn set_max_streams(&self, streams: u32) {
        self.shared.max_streams.send_replace(streams);
    }

    /// Drops all open connections.
    pub fn hang_up(&self) {
        self.shared.hang_up.send_modify(|count| *count += 1);
    }

    /// All pushes so far, oldest first.
    pub fn journal(&self) -> Vec<Entry> {
        self.shared.state().journal.iter().cloned().collect()
    }

    /// Empties the journal.
    pub fn clear_journal(&self) {
        self.shared.state().journal.clear();
    }

    /// Hears of every push that is taken from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Delivered> {
        self.shared.delivered.subscribe()
    }

    /// Hears of every push from now on, whatever became of it.
    pub fn watch(&self) -> broadcast::Receiver<Entry> {
        self.shared.decided.subscribe()
    }

    /// Numbers since the start.
    pub fn counters(&self) -> Counters {
        let tally = &self.shared.tally;
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Counters {
            attempts: read(&tally.attempts),
            connections: read(&tally.connections),
            failed_handshakes: read(&tally.failed_handshakes),
            open: read(&tally.open),
            accepted: read(&tally.accepted),
            peak_streams: read(&tally.peak_streams),
        }
    }
}

impl Drop for ApnsSimulator {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Takes connections in for ever; aborted with the stand-in, and all connections with it.
async fn listen(listener: TlsListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let tcp = tokio::select! {
            tcp = listener.accept() => tcp,
            Some(_) = connections.join_next() => continue,
        };
        let tcp = match tcp {
            Ok(tcp) => tcp,
            Err(error) => {
                tracing::warn!(%error, "the stand-in push service cannot take a connection in");
                tokio::task::yield_now().await;
                continue;
            }
        };
        shared.tally.attempts.fetch_add(1, Ordering::Relaxed);
        if shared.state().mode.refuses_connections {
            continue;
        }
        let (listener, shared) = (listener.clone(), shared.clone());
        connections.spawn(async move {
            match listener.handshake(tcp).await {
                Ok(stream) => connection::serve(stream, &shared).await,
                Err(error) => {
                    tracing::debug!(%error, "the stand-in push service refused a handshake");
                    shared.tally.failed_handshakes.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
}
