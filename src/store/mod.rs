//! The database: one file per noun; [`dialect`] alone knows which database runs.
//!
//! Two doors: [`Store::read`] takes a connection that cannot write, [`Store::write`] opens one transaction
//! and gives a [`Tx`], without which nothing can be changed. Both take a closure that runs on a thread of the
//! store's own, never on an async worker, so no transaction is ever open across an `await`.

pub mod activity;
pub mod audit;
pub mod automation_waits;
pub mod birthdays;
pub mod bought_days;
pub mod buckets;
pub mod campaign_sends;
pub mod campaigns;
pub mod card_messages;
pub mod cards;
pub mod challenges;
mod checkpoints;
pub mod crowds;
pub mod deliveries;
pub mod designs;
pub mod device_logs;
pub mod devices;
pub mod entries;
pub mod events;
pub mod expiry_notices;
pub mod gift_accounts;
pub mod gift_entries;
pub mod half_sessions;
pub mod idempotency;
pub mod imports;
pub mod insight;
pub mod insight_snapshots;
pub mod insight_uses;
pub mod keys;
pub mod liability;
pub mod locations;
pub mod member_lists;
pub mod members;
pub mod merges;
pub mod nonces;
pub mod orders;
pub mod passes;
pub mod passkeys;
pub mod programs;
pub mod receipts;
pub mod recovery_codes;
pub mod redemptions;
pub mod referrals;
pub mod replaced_codes;
mod rhythm;
pub mod rollout;
pub mod segments;
pub mod sessions;
pub mod settings;
pub mod spent_challenges;
pub mod staff;
pub mod standings;
pub mod static_lists;
pub mod surveys;
pub mod tallies;
pub mod terms;
pub mod tier_holders;
pub mod till_deeds;
pub mod tills;
pub mod watches;
pub mod webhook_deliveries;
pub mod webhook_endpoints;

mod database;
mod dialect;
mod error;
mod inspection;
mod migration;
mod pool;
mod schema;
mod statement;
mod writer;

use std::sync::Arc;
use std::time::Duration;

pub use database::{Db, Tx};
pub use error::StoreError;
pub use inspection::Inspection;
pub use migration::{Applied, MigrationError, SchemaState};
use pool::Pool;
use writer::{Turn, Writer};

/// Most rows that one list answers.
pub const LIST_MAX: i64 = 200;

/// How to open a database.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Connections for reading (SQLite) or for everything (PostgreSQL).
    pub connections: u32,
    /// Most transactions that share one commit on SQLite; 1 is a commit each.
    pub group_max: usize,
    /// How long a caller waits for its turn (a connection, a place in the queue, a lock that another holds) before
    /// it is told to come back later.
    pub patience: Duration,
}

impl StoreOptions {
    /// The defaults for an address: four readers on SQLite, sixteen connections on PostgreSQL.
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        let connections = if url.starts_with("postgres") { 16 } else { 4 };
        Self {
            url,
            connections,
            group_max: writer::GROUP_MAX,
            patience: dialect::PATIENCE,
        }
    }
}

/// The database.
#[derive(Clone)]
pub struct Store {
    pool: Arc<Pool>,
    writer: Option<Writer>,
}

impl Store {
    /// Opens the database and brings its schema up to date. Blocks; call it before the service starts.
    pub fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        migration::run(&options.url, options.patience)?;
        Self::open_as_is(options)
    }

    /// Opens the database without touching its schema.
    pub fn open_as_is(options: &StoreOptions) -> Result<Self, StoreError> {
        let pool = Arc::new(Pool::new(options)?);
        let writer = match dialect::sqlite_path(&options.url) {
            Some(path) => Some(Writer::start(&path, options)?),
            None => None,
        };
        Ok(Self { pool, writer })
    }

    /// Brings a database's schema up to date and says what it did. Blocks.
    pub fn migrate(url: &str) -> Result<Vec<Applied>, StoreError> {
        migration::run(url, dialect::PATIENCE)
    }

    /// Takes the newest migrations back, `steps` of them; for tests and for a way out. Blocks.
    pub fn revert(url: &str, steps: usize) -> Result<Vec<Applied>, StoreError> {
        migration::revert(url, steps)
    }

    /// What the schema consists of, one line a column or index, the same words on both databases. Blocks.
    pub fn describe_schema(url: &str) -> Result<Vec<String>, StoreError> {
        migration::describe(url)
    }

    /// Looks at a database without changing its schema or rows; `is_deep` reads all of a SQLite file. Blocks.
    pub fn inspect(url: &str, is_deep: bool) -> Result<Inspection, StoreError> {
        inspection::inspect(url, is_deep)
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.writer.is_none()
    }

    /// Runs a closure that reads. It may be handed a connection whose writes are refused.
    pub async fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.pool.read(job).await
    }

    /// Runs a closure in one transaction: an `Ok` is on the disk when this returns, an `Err` left nothing.
    ///
    /// On SQLite the closures of concurrent callers share one commit (a savepoint each), and each caller
    /// gets its own success or error, never before the commit.
    pub async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        if let Some(writer) = &self.writer {
            return writer.write(Turn::Now, job).await;
        }
        self.pool.write(job).await
    }

    /// The same for what nobody waits for at a counter, such as the next batch of a campaign: on SQLite it lets those
    /// who do go first. It has a commit of its own, so a batch is best small.
    pub async fn write_behind<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        if let Some(writer) = &self.writer {
            return writer.write(Turn::Behind, job).await;
        }
        self.pool.write(job).await
    }
}
