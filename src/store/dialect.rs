//! The one file that knows which database runs: addresses, opening, transactions, row locks, conflicts.

use std::path::PathBuf;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, QueryResult, SqliteConnection};

use super::statement::Statement;
use super::{Db, StoreError};

/// Runs the same statement on whichever connection it is. For the three kinds of statement that the
/// enum cannot carry (conflicts, many rows at once, row locks), and for hot paths: the enum builds each text anew.
macro_rules! on_both {
    ($db:expr, $conn:ident => $statement:expr) => {
        match {
            let db: &mut $crate::store::Db = &mut *$db;
            db
        } {
            $crate::store::Db::Sqlite($conn) => $statement,
            $crate::store::Db::Postgres($conn) => $statement,
        }
    };
}
pub(super) use on_both;

/// Runs a query that PostgreSQL needs a row lock for. SQLite has one writer and needs none. No lock forbids
/// others to refer to the row: two orders of one card both refer to it before either locks it, and would wait
/// for each other.
macro_rules! locked {
    ($db:expr, $query:expr, $load:ident $(:: < $row:ty >)?) => {
        match {
            let db: &mut $crate::store::Db = &mut *$db;
            db
        } {
            $crate::store::Db::Sqlite(conn) => $query.$load$(::<$row>)?(conn),
            $crate::store::Db::Postgres(conn) => $query.for_no_key_update().$load$(::<$row>)?(conn),
        }
    };
}
pub(super) use locked;

/// How long callers wait for their turn unless told otherwise.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Pages in SQLite's log after which they go to the file with the next commit: 64 MiB, if none went there beside the
/// commits. With SQLite's own 1,000 a busy counter spent a tenth of the writer's time on it.
const CHECKPOINT_PAGES: u32 = 16_000;
/// Pages that each connection to SQLite keeps at hand, in KiB.
pub(super) const CACHE_KIB: u32 = 32 * 1_024;
/// How long a statement may run on PostgreSQL, in milliseconds.
const STATEMENT_MAX_MS: u32 = 30_000;
/// What libpq is told unless the address says otherwise: to notice within a minute that a server is gone from the
/// network.
const CONNECTION_LIMITS: [(&str, &str); 5] = [
    ("tcp_user_timeout", "30000"),
    ("keepalives_idle", "20"),
    ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
    ("application_name", "billfold"),
];

/// The file of a `sqlite://` address; `None` for PostgreSQL.
pub(super) fn sqlite_path(url: &str) -> Option<PathBuf> {
    url.strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))
        .map(PathBuf::from)
}

/// Opens a connection that may write. Nothing of ours is worth compiling: PostgreSQL took three times as long to count
/// a segment of 200,000 members when it did. It gives a silent server or a lock that another holds up after `patience`.
pub(super) fn open(url: &str, patience: Duration) -> Result<Db, StoreError> {
    let patience_ms = patience.as_millis();
    if let Some(path) = sqlite_path(url) {
        let text = path.to_string_lossy().into_owned();
        let mut conn = SqliteConnection::establish(&text)
            .map_err(|fault| StoreError::Unavailable(format!("unable to open database {text}: {fault}")))?;
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout = {patience_ms}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON; PRAGMA cache_size = -{CACHE_KIB}; PRAGMA mmap_size = 268435456; \
             PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864; \
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};"
        ))?;
        return Ok(Db::Sqlite(conn));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let mut conn = PgConnection::establish(&with_limits(url, patience))
            .map_err(|fault| StoreError::Unavailable(fault.to_string()))?;
        conn.batch_execute(&format!(
            "SET lock_timeout = {patience_ms}; SET statement_timeout = {STATEMENT_MAX_MS}; \
             SET idle_in_transaction_session_timeout = {STATEMENT_MAX_MS}; SET client_min_messages = warning; \
             SET jit = off;"
        ))?;
        return Ok(Db::Postgres(conn));
    }
    Err(StoreError::Broken(
        "the database address must begin with sqlite:// or postgres://, such as sqlite://billfold.db"
            .to_owned(),
    ))
}

/// The address of a PostgreSQL with what it does not say itself.
fn with_limits(url: &str, patience: Duration) -> String {
    let mut full = url.to_owned();
    let connect_s = patience.as_secs().to_string();
    for (name, value) in [("connect_timeout", connect_s.as_str())]
        .into_iter()
        .chain(CONNECTION_LIMITS)
    {
        let query = full.split_once('?').map(|(_, query)| query);
        let says = |query: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        if !query.is_some_and(says) {
            let mark = if query.is_some() { '&' } else { '?' };
            full = format!("{full}{mark}{name}={value}");
        }
    }
    full
}

/// What one step of a read may keep in PostgreSQL's memory, in MiB, before it goes to its disk: the members of a segment
/// of a million take some 100, and its hashes may take twice this.
const SORTED_MAX_MIB: u32 = 64;

/// Opens a connection for reading; on SQLite its writes are refused.
pub(super) fn open_reader(url: &str, patience: Duration) -> Result<Db, StoreError> {
    let mut db = open(url, patience)?;
    match &mut db {
        Db::Sqlite(conn) => conn.batch_execute("PRAGMA query_only = ON;")?,
        Db::Postgres(conn) => conn.batch_execute(&format!("SET work_mem = '{SORTED_MAX_MIB}MB';"))?,
    }
    Ok(db)
}

/// Starts a transaction that may write: on SQLite one that takes the write lock at once, since a
/// reader that turns writer fails without waiting when another has written meanwhile.
pub(super) fn begin(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(conn) => conn.batch_execute("BEGIN IMMEDIATE"),
        Db::Postgres(conn) => conn.batch_execute("BEGIN"),
    }
}

/// Ends a transaction so that it is kept. PostgreSQL gives a transaction up when one of its statements fails,
/// and answers its COMMIT with success all the same, but refuses the statement before it.
pub(super) fn commit(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(conn) => conn.batch_execute("COMMIT"),
        Db::Postgres(conn) => conn.batch_execute("SELECT 1; COMMIT"),
    }
}

/// Starts a transaction whose statements all read what was there when the first of them began.
pub(super) fn begin_steady_read(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(conn) => conn.batch_execute("BEGIN"),
        Db::Postgres(conn) => conn.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
    }
}

/// Starts a transaction that reads a part of a large table from one end to the other. PostgreSQL is told that its pages
/// are at hand, so that it walks along an index that has all that is asked; and to do it alone, for the other parts have
/// readers of their own, and each of its helpers would make the sets of a statement anew (seen with 15).
pub(super) fn begin_scan(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(conn) => conn.batch_execute("BEGIN"),
        Db::Postgres(conn) => conn.batch_execute(
            "BEGIN READ ONLY; SET LOCAL random_page_cost = 1.1; SET LOCAL max_parallel_workers_per_gather = 0",
        ),
    }
}

/// Ends a transaction that only read, also one whose statement failed.
pub(super) fn end_read(db: &mut Db) -> QueryResult<()> {
    execute(db, "ROLLBACK")
}

/// Begins what can be undone by itself within a transaction (SQLite).
pub(super) fn begin_part(db: &mut Db) -> QueryResult<()> {
    Statement::new("SAVEPOINT part").execute(db).map(|_| ())
}

/// Ends what [`begin_part`] began: as a part of the transaction.
pub(super) fn keep_part(db: &mut Db) -> QueryResult<()> {
    Statement::new("RELEASE part").execute(db).map(|_| ())
}

/// Ends what [`begin_part`] began: as if it had not been.
pub(super) fn undo_part(db: &mut Db) -> QueryResult<()> {
    execute(db, "ROLLBACK TO part; RELEASE part")
}

/// Runs a statement without a result on either database.
pub(super) fn execute(db: &mut Db, sql: &str) -> QueryResult<()> {
    on_both!(db, conn => conn.batch_execute(sql))
}

/// A table function over a JSON array of arrays, the next value of a [`Statement`]:
/// its rows are `e.value`, its fields `e.value ->> 0` and so on. Many rows travel in one statement this way.
pub(super) fn json_rows(db: &Db) -> &'static str {
    match db {
        Db::Sqlite(_) => "json_each(?) AS e",
        Db::Postgres(_) => "json_array_elements(?::json) AS e(value)",
    }
}

/// Locks the rows that a query names, in the query's order. Two transactions that change many of the same rows
/// each take them in one order first, or else they may wait for each other. SQLite has one writer.
pub(super) fn lock_in_order(db: &mut Db, query: &str, rows: &str) -> QueryResult<()> {
    if let Db::Postgres(_) = db {
        let text = format!("SELECT 1 FROM {query} FOR NO KEY UPDATE");
        Statement::new(text).text(rows).execute(db)?;
    }
    Ok(())
}

/// A column in lower case as far as A to Z go, compared byte by byte: the same on both databases, and what
/// the indexes of names are made of.
pub(super) fn plain_lower(db: &Db, column: &str) -> String {
    match db {
        Db::Sqlite(_) => format!("lower({column})"),
        Db::Postgres(_) => format!("lower({column} COLLATE \"C\")"),
    }
}

/// What follows a query whose rows this transaction alone shall have, passing by those that others have.
pub(super) fn skip_locked(db: &Db) -> &'static str {
    match db {
        Db::Sqlite(_) => "",
        Db::Postgres(_) => "FOR NO KEY UPDATE SKIP LOCKED",
    }
}

/// What follows a query whose rows this transaction shall have, waiting for others that have them.
pub(super) fn lock_rows(db: &Db) -> &'static str {
    match db {
        Db::Sqlite(_) => "",
        Db::Postgres(_) => "FOR NO KEY UPDATE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_own_limits() {
        let limits = "tcp_user_timeout=30000&keepalives_idle=20&keepalives_interval=10&keepalives_count=3";
        assert_eq!(
            with_limits("postgres://user@host/db", PATIENCE),
            format!("postgres://user@host/db?connect_timeout=5&{limits}&application_name=billfold")
        );
        assert_eq!(
            with_limits(
                "postgres:///db?host=/run/pg&application_name=mine&connect_timeout=9",
                PATIENCE
            ),
            format!("postgres:///db?host=/run/pg&application_name=mine&connect_timeout=9&{limits}")
        );
    }
}
