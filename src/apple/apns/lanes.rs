//! The connections that are kept open: one attempt serves all who wait, at the pace allowed.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError, RwLock};
use std::time::Duration;

use openssl::ssl::SslConnector;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep};

use super::connection::{Live, OpenError, TlsFacts};
use super::pacing::Pacing;
use super::settings::{Address, Limits};
use super::{Health, Reason, Verdict};

/// All the connections of one client.
pub(super) struct Lanes {
    tls: SslConnector,
    address: Address,
    limits: Limits,
    all: Vec<Arc<Lane>>,
    next: AtomicUsize,
    opened: AtomicU64,
    failed: AtomicU64,
    last_error: StdMutex<Option<String>>,
}

/// A place for one connection.
struct Lane {
    live: RwLock<Option<Arc<Live>>>,
    failures: AtomicU64,
    /// Held while a connection is being opened.
    opening: Arc<Mutex<Opening>>,
}

struct Opening {
    pacing: Pacing,
    last_failure: Option<OpenError>,
}

impl Lanes {
    pub(super) fn new(tls: SslConnector, address: Address, limits: Limits) -> Arc<Self> {
        // Lanes do not know each other; together they keep to the floor.
        let floor = limits
            .connect_floor
            .saturating_mul(u32::try_from(limits.connections).unwrap_or(u32::MAX));
        let lane = |_| Arc::new(Lane::new(floor, limits.connect_ceiling));
        Arc::new(Self {
            tls,
            address,
            all: (0..limits.connections).map(lane).collect(),
            limits,
            next: AtomicUsize::new(0),
            opened: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            last_error: StdMutex::new(None),
        })
    }

    /// Opens a connection beside the others, says what it found and closes it.
    pub(super) async fn probe(&self) -> Result<TlsFacts, OpenError> {
        let live = Live::open(&self.tls, &self.address, &self.limits).await?;
        Ok(live.facts.clone())
    }

    /// An open connection: the one there is, or a new one. The verdict is for the push that
    /// could not have one.
    pub(super) async fn connection(self: &Arc<Self>) -> Result<Arc<Live>, Verdict> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(lane) = self.all.get(turn % self.all.len().max(1)) else {
            return Err(Verdict::retry(Reason::NOT_CONNECTED));
        };
        match lane.usable() {
            Some(live) => Ok(live),
            // In a box, as all that is rare: the future of a push is moved more than once.
            None => Box::pin(self.opened(lane)).await,
        }
    }

    async fn opened(self: &Arc<Self>, lane: &Arc<Lane>) -> Result<Arc<Live>, Verdict> {
        let failures = lane.failures.load(Ordering::Acquire);
        let opening = lane.opening.clone().lock_owned().await;
        if let Some(live) = lane.usable() {
            return Ok(live);
        }
        if lane.failures.load(Ordering::Acquire) != failures {
            return Err(opening.verdict());
        }
        // A task of its own: a caller who gives up takes nothing from the others who wait.
        let opened = tokio::spawn(self.clone().open(lane.clone(), opening)).await;
        opened.unwrap_or_else(|_| Err(Verdict::retry(Reason::NOT_CONNECTED)))
    }

    /// Opens a connection in a lane, no sooner than its pace allows.
    async fn open(
        self: Arc<Self>,
        lane: Arc<Lane>,
        mut opening: OwnedMutexGuard<Opening>,
    ) -> Result<Arc<Live>, Verdict> {
        if let Some(old) = lane.put(None) {
            opening.pacing.ended(old.age(), old.was_useful());
            self.note(old.cause().unwrap_or_default());
        }
        let wait = opening.pacing.wait(Instant::now());
        if wait > self.limits.connect_floor.saturating_mul(2) {
            return Err(opening.verdict());
        }
        sleep(wait).await;
        opening.pacing.attempt(Instant::now());
        match Live::open(&self.tls, &self.address, &self.limits).await {
            Ok(live) => {
                opening.pacing.opened();
                opening.last_failure = None;
                self.opened.fetch_add(1, Ordering::Relaxed);
                let live = Arc::new(live);
                lane.put(Some(live.clone()));
                let streams = live.facts.stream_limit;
                tracing::info!(address = %self.address.authority, streams, "push connection open");
                Ok(live)
            }
            Err(error) => {
                tracing::warn!(%error, "push connection could not be opened");
                self.failed.fetch_add(1, Ordering::Relaxed);
                self.note(error.to_string());
                opening.last_failure = Some(error);
                lane.failures.fetch_add(1, Ordering::Release);
                Err(opening.verdict())
            }
        }
    }

    /// Keeps an error for people to see.
    pub(super) fn note(&self, error: String) {
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// What the connections know of the client's health.
    pub(super) fn health(&self) -> Health {
        let live: Vec<_> = self.all.iter().filter_map(|lane| lane.usable()).collect();
        Health {
            is_connected: !live.is_empty(),
            stream_limit: live.first().map(|live| live.stream_limit()),
            opened: self.opened.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            last_error: self
                .last_error
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            ..Health::default()
        }
    }
}

impl Lane {
    fn new(floor: Duration, ceiling: Duration) -> Self {
        Self {
            live: RwLock::new(None),
            failures: AtomicU64::new(0),
            opening: Arc::new(Mutex::new(Opening {
                pacing: Pacing::new(floor, ceiling),
                last_failure: None,
            })),
        }
    }

    fn usable(&self) -> Option<Arc<Live>> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.as_ref().filter(|live| live.is_usable()).cloned()
    }

    /// Puts a connection or none in, and gives what was there.
    fn put(&self, live: Option<Arc<Live>>) -> Option<Arc<Live>> {
        let mut place = self.live.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, live)
    }
}

impl Opening {
    /// What pushes are told that could not have a connection.
    fn verdict(&self) -> Verdict {
        let wait = Some(self.pacing.wait(Instant::now())).filter(|wait| !wait.is_zero());
        match &self.last_failure {
            Some(error) => error.verdict(wait),
            None => Verdict::Retry {
                status: None,
                reason: Reason::NOT_CONNECTED,
                retry_after: wait,
            },
        }
    }
}
