//! Threads that each own a connection: readers on SQLite, everything on PostgreSQL.
//!
//! Closures wait in one queue. A thread that ends one takes the next without falling asleep, so under load a
//! read wakes no thread of the store; threads and connections are made only when work waits and nobody is idle.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::database::{Db, Tx};
use super::{StoreError, StoreOptions, dialect};

/// Most closures that wait.
const QUEUE_MAX: usize = 4_096;
/// How long a thread rests between two tries to reach a database that is away.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// The way to the threads. They end when the last `Pool` is dropped.
pub(super) struct Pool(Arc<Shared>);

struct Shared {
    url: String,
    threads_max: usize,
    /// How long a caller waits for its turn and its connection together.
    patience: Duration,
    state: Mutex<State>,
    work: Condvar,
    closing: Condvar,
    /// Connections that were lost. Whoever sees a new loss asks its own connection whether it lives.
    losses: AtomicU64,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    threads: usize,
    idle: usize,
    is_closed: bool,
}

/// A closure that waits for a thread.
struct Job {
    ticket: Arc<Ticket>,
    run: Run,
}
/// Given the thread's connection, or the reason why there is none, it answers its caller.
type Run = Box<dyn FnOnce(Result<&mut Seat<'_>, StoreError>) + Send>;

/// Who decides about a job: the thread that begins it, or the caller that waited long enough.
struct Ticket {
    deadline: Instant,
    is_taken: AtomicBool,
}

impl Ticket {
    /// True for the first who asks.
    fn take(&self) -> bool {
        !self.is_taken.swap(true, Ordering::SeqCst)
    }
}

impl Pool {
    /// Opens the first connection, so that a wrong address is told at the start.
    pub(super) fn new(options: &StoreOptions) -> Result<Self, StoreError> {
        drop(dialect::open_reader(&options.url, options.patience)?);
        Ok(Self(Arc::new(Shared {
            url: options.url.clone(),
            threads_max: usize::try_from(options.connections.max(1)).unwrap_or(usize::MAX),
            patience: options.patience,
            state: Mutex::default(),
            work: Condvar::new(),
            closing: Condvar::new(),
            losses: AtomicU64::new(0),
        })))
    }

    /// Runs a closure that reads.
    pub(super) async fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.on_thread(|seat, _| seat.read(job)).await
    }

    /// Runs a closure in a transaction of its own (PostgreSQL).
    pub(super) async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.on_thread(|seat, deadline| seat.write(deadline, job)).await
    }

    async fn on_thread<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Seat<'_>, Instant) -> Result<T, E> + Send + 'static,
    {
        let (reply, mut result) = oneshot::channel();
        let deadline = Instant::now() + self.0.patience;
        let ticket = Arc::new(Ticket {
            deadline,
            is_taken: AtomicBool::new(false),
        });
        self.0.submit(Job {
            ticket: Arc::clone(&ticket),
            run: Box::new(move |seat| {
                let outcome = seat.map_err(E::from).and_then(|seat| job(seat, deadline));
                // A caller that went away while it waited needs no answer.
                let _ = reply.send(outcome);
            }),
        })?;
        let ended = match tokio::time::timeout_at(deadline.into(), &mut result).await {
            Ok(ended) => ended,
            Err(_) if ticket.take() => {
                return Err(self.0.waited_too_long("all connections are in use").into());
            }
            Err(_) => result.await,
        };
        ended.unwrap_or_else(|_| Err(StoreError::Broken("the database's thread ended".to_owned()).into()))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.work.notify_all();
        self.0.closing.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job in the queue and sees to it that a thread takes it.
    fn submit(self: &Arc<Self>, job: Job) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.queue.len() >= QUEUE_MAX {
            return Err(StoreError::Unavailable(
                "too many wait for a connection".to_owned(),
            ));
        }
        if state.idle < state.queue.len() + 1 && state.threads < self.threads_max {
            let shared = Arc::clone(self);
            let started = std::thread::Builder::new()
                .name("billfold-store".to_owned())
                .spawn(move || shared.work());
            match started {
                Ok(_) => state.threads += 1,
                // The others will come to it.
                Err(fault) if state.threads > 0 => tracing::warn!(%fault, "no more threads for the database"),
                Err(fault) => {
                    return Err(StoreError::Unavailable(format!("the database's thread: {fault}")));
                }
            }
        }
        state.queue.push_back(job);
        let is_somebody_idle = state.idle > 0;
        drop(state);
        if is_somebody_idle {
            self.work.notify_one();
        }
        Ok(())
    }

    /// What a thread does: one job after the other, on its own connection, until the pool is dropped.
    fn work(&self) {
        let mut seat = Seat {
            shared: self,
            db: None,
            losses_seen: 0,
        };
        while let Some(job) = self.next() {
            if !job.ticket.take() {
                continue;
            }
            match seat.reach(job.ticket.deadline) {
                Ok(()) => (job.run)(Ok(&mut seat)),
                Err(fault) => (job.run)(Err(fault)),
            }
        }
    }

    /// A pause between two tries, cut short when the pool is dropped.
    fn rest(&self) {
        let state = self.state();
        let rested = self
            .closing
            .wait_timeout_while(state, RETRY_PAUSE, |state| !state.is_closed);
        drop(rested);
    }

    fn waited_too_long(&self, fault: &str) -> StoreError {
        StoreError::Unavailable(format!(
            "no connection within {} s: {fault}",
            self.patience.as_secs()
        ))
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if let Some(job) = state.queue.pop_front() {
                return Some(job);
            }
            if state.is_closed {
                return None;
            }
            state.idle += 1;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

/// A thread's place: its connection, and how many losses had been seen when that was last known to live.
struct Seat<'a> {
    shared: &'a Shared,
    db: Option<Db>,
    losses_seen: u64,
}

impl Seat<'_> {
    /// Sees to it that there is a connection, and that it lives if any was lost meanwhile; tries until the
    /// deadline.
    fn reach(&mut self, deadline: Instant) -> Result<(), StoreError> {
        let losses = self.shared.losses.load(Ordering::SeqCst);
        if losses != self.losses_seen && !self.is_alive() {
            self.db = None;
        }
        self.losses_seen = losses;
        while self.db.is_none() {
            match dialect::open_reader(&self.shared.url, self.shared.patience) {
                Ok(db) => self.db = Some(db),
                Err(fault) if Instant::now() + RETRY_PAUSE > deadline => {
                    return Err(self.shared.waited_too_long(&fault.to_string()));
                }
                Err(_) => self.shared.rest(),
            }
        }
        Ok(())
    }

    /// The connection, which [`Self::reach`] saw to.
    fn db(&mut self) -> Result<&mut Db, StoreError> {
        self.db
            .as_mut()
            .ok_or_else(|| StoreError::Broken("a thread of the database has no connection".to_owned()))
    }

    fn is_alive(&mut self) -> bool {
        self.db
            .as_mut()
            .is_some_and(|db| dialect::execute(db, "SELECT 1").is_ok())
    }

    /// Drops the connection and counts it as lost, so that the others are asked whether they live.
    fn lose(&mut self) {
        self.db = None;
        self.shared.losses.fetch_add(1, Ordering::SeqCst);
    }

    fn read<T, E, F>(&mut self, job: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: FnOnce(&mut Db) -> Result<T, E>,
    {
        let result = self.guard(job);
        if result.is_err() && self.db.is_some() && !self.is_alive() {
            self.lose();
        }
        result
    }

    fn write<T, E, F>(&mut self, deadline: Instant, job: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
    {
        self.begin(deadline)?;
        let result = self.guard(|db| {
            let value = job(&mut Tx::over(db))?;
            dialect::commit(db).map_err(StoreError::from)?;
            Ok(value)
        });
        if result.is_err()
            && let Some(db) = &mut self.db
            && let Err(fault) = dialect::execute(db, "ROLLBACK")
        {
            tracing::warn!(%fault, "a transaction could not be rolled back; its connection is dropped");
            self.lose();
        }
        result
    }

    /// Opens a transaction. A connection that died while it waited has been asked nothing yet, so another takes
    /// its place.
    fn begin(&mut self, deadline: Instant) -> Result<(), StoreError> {
        if dialect::begin(self.db()?).is_err() {
            self.lose();
            self.reach(deadline)?;
            dialect::begin(self.db()?).inspect_err(|_| self.lose())?;
        }
        Ok(())
    }

    /// Runs a closure that may panic. A panic leaves its transaction open, and whoever came next would commit
    /// it: the connection is dropped.
    fn guard<T, E, F>(&mut self, job: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: FnOnce(&mut Db) -> Result<T, E>,
    {
        let db = self.db()?;
        catch_unwind(AssertUnwindSafe(|| job(db))).unwrap_or_else(|panic| {
            self.db = None;
            Err(StoreError::panicked(&*panic).into())
        })
    }
}
