//! Connections that wait to be used: readers on SQLite, everything on PostgreSQL.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::r2d2;

use super::database::{Db, Tx};
use super::{StoreError, dialect};

/// How long a caller waits for a connection before it is told to come back later, for its turn included.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(5);

/// A pool of connections.
pub(super) struct Pool {
    inner: r2d2::Pool<Manager>,
    losses: Arc<AtomicU64>,
}

/// Opens connections, and tells dead ones from live ones without asking each time: only when a
/// connection was lost since this one was last known to live is it asked.
struct Manager {
    url: String,
    losses: Arc<AtomicU64>,
}

/// A connection, and how many losses had been seen when it was last known to live.
pub(super) struct Pooled {
    db: Db,
    losses_seen: u64,
    is_dead: bool,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = StoreError;

    fn connect(&self) -> Result<Pooled, StoreError> {
        let losses_seen = self.losses.load(Ordering::SeqCst);
        Ok(Pooled {
            db: dialect::open_reader(&self.url)?,
            losses_seen,
            is_dead: false,
        })
    }

    fn is_valid(&self, conn: &mut Pooled) -> Result<(), StoreError> {
        let losses = self.losses.load(Ordering::SeqCst);
        if losses != conn.losses_seen {
            dialect::execute(&mut conn.db, "SELECT 1")?;
            conn.losses_seen = losses;
        }
        Ok(())
    }

    /// A panic leaves its transaction open: whoever had the connection next would commit it.
    fn has_broken(&self, conn: &mut Pooled) -> bool {
        conn.is_dead || std::thread::panicking()
    }
}

impl Pool {
    pub(super) fn new(url: &str, connections: u32) -> Result<Self, StoreError> {
        // The first connection is opened here, so that a wrong address is told at the start.
        drop(dialect::open_reader(url)?);
        let losses = Arc::new(AtomicU64::new(0));
        let manager = Manager {
            url: url.to_owned(),
            losses: Arc::clone(&losses),
        };
        let inner = r2d2::Pool::builder()
            .max_size(connections.max(1))
            .min_idle(Some(1))
            .connection_timeout(WAIT_MAX)
            .test_on_check_out(true)
            .build_unchecked(manager);
        Ok(Self { inner, losses })
    }

    /// Runs a closure that reads, on a connection that is there by the deadline.
    pub(super) fn read<T, E, F>(&self, deadline: Instant, job: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: FnOnce(&mut Db) -> Result<T, E>,
    {
        let mut conn = self.get(deadline)?;
        let result = job(&mut conn.db);
        if result.is_err() {
            self.check(&mut conn);
        }
        result
    }

    /// Runs a closure in a transaction of its own (PostgreSQL), on a connection that is there by the deadline.
    pub(super) fn write<T, E, F>(&self, deadline: Instant, job: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
    {
        let mut conn = self.begin(deadline)?;
        let result = job(&mut Tx::over(&mut conn.db)).and_then(|value| {
            dialect::commit(&mut conn.db).map_err(StoreError::from)?;
            Ok(value)
        });
        if result.is_err()
            && let Err(fault) = dialect::execute(&mut conn.db, "ROLLBACK")
        {
            tracing::warn!(%fault, "a transaction could not be rolled back; its connection is dropped");
            self.lose(&mut conn);
        }
        result
    }

    /// A connection with an open transaction. One that died while it waited has been asked nothing yet, so
    /// another takes its place.
    fn begin(&self, deadline: Instant) -> Result<r2d2::PooledConnection<Manager>, StoreError> {
        let mut conn = self.get(deadline)?;
        if dialect::begin(&mut conn.db).is_ok() {
            return Ok(conn);
        }
        self.lose(&mut conn);
        drop(conn);
        let mut conn = self.get(deadline)?;
        dialect::begin(&mut conn.db).inspect_err(|_| self.lose(&mut conn))?;
        Ok(conn)
    }

    fn get(&self, deadline: Instant) -> Result<r2d2::PooledConnection<Manager>, StoreError> {
        let rest = deadline.saturating_duration_since(Instant::now());
        self.inner.get_timeout(rest).map_err(unavailable)
    }

    /// After a failure: is the connection still alive?
    fn check(&self, conn: &mut Pooled) {
        if dialect::execute(&mut conn.db, "SELECT 1").is_err() {
            self.lose(conn);
        }
    }

    /// Counts the connection as lost, so that it is dropped and the others are asked whether they live.
    fn lose(&self, conn: &mut Pooled) {
        conn.is_dead = true;
        self.losses.fetch_add(1, Ordering::SeqCst);
    }
}

fn unavailable(fault: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("no connection within {} s: {fault}", WAIT_MAX.as_secs()))
}
