//! What a database is and how it is set, for `doctor` and `migrate --status`.

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

use super::migration::{self, SchemaState};
use super::{Db, StoreError, dialect};
use crate::types::Time;

/// Most faults of a SQLite file that are told.
const FAULTS_MAX: u32 = 10;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Whether there is a database; a SQLite file may not have been made yet.
    pub exists: bool,
    /// `SQLite 3.50` or `PostgreSQL 17.2`.
    pub server: String,
    /// Where the schema stands.
    pub schema: SchemaState,
    /// Whether a commit is on the disk when it is answered, and how: `WAL, synchronous FULL`.
    pub durability: String,
    /// Whether that is as it should be.
    pub is_durable: bool,
    /// The server's clock; `None` for SQLite, which has ours.
    pub clock: Option<Time>,
    /// Faults in the structure of a SQLite file, if all of it was read.
    pub faults: Vec<String>,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Looks at a database. A SQLite file that is not there is not made.
pub(super) fn inspect(url: &str, is_deep: bool) -> Result<Inspection, StoreError> {
    if let Some(path) = dialect::sqlite_path(url) {
        if path.try_exists().is_ok_and(|exists| !exists) {
            return Ok(Inspection {
                exists: false,
                server: "SQLite".to_owned(),
                schema: migration::state_of_none()?,
                durability: String::new(),
                is_durable: true,
                clock: None,
                faults: Vec::new(),
            });
        }
        // The journal's mode is a property of the file: asked before ours would set it.
        let mode = journal_mode(&path.to_string_lossy())?;
        return inspect_open(&mut dialect::open(url, dialect::PATIENCE)?, &mode, is_deep);
    }
    inspect_open(&mut dialect::open(url, dialect::PATIENCE)?, "", is_deep)
}

fn inspect_open(db: &mut Db, journal_mode: &str, is_deep: bool) -> Result<Inspection, StoreError> {
    let schema = migration::state(db)?;
    match db {
        Db::Sqlite(conn) => of_sqlite(conn, schema, journal_mode, is_deep),
        Db::Postgres(conn) => of_postgres(conn, schema),
    }
}

fn journal_mode(file: &str) -> Result<String, StoreError> {
    let mut conn = SqliteConnection::establish(file)
        .map_err(|fault| StoreError::Unavailable(format!("unable to open database {file}: {fault}")))?;
    conn.batch_execute("PRAGMA busy_timeout = 5000;")?;
    sqlite_text(&mut conn, "SELECT journal_mode AS value FROM pragma_journal_mode")
}

fn of_sqlite(
    conn: &mut SqliteConnection,
    schema: SchemaState,
    journal_mode: &str,
    is_deep: bool,
) -> Result<Inspection, StoreError> {
    let version = sqlite_text(conn, "SELECT sqlite_version() AS value")?;
    let level = sqlite_text(
        conn,
        "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous",
    )?;
    let level = match level.as_str() {
        "0" => "OFF",
        "1" => "NORMAL",
        "2" => "FULL",
        _ => "EXTRA",
    };
    let faults = if is_deep { list_faults(conn)? } else { Vec::new() };
    // A file that no migration has touched is empty, and its mode not yet set.
    let is_durable = journal_mode == "wal" || schema.applied.is_empty();
    Ok(Inspection {
        exists: true,
        server: format!("SQLite {version}"),
        schema,
        durability: format!("journal {}, synchronous {level}", journal_mode.to_uppercase()),
        is_durable: is_durable && matches!(level, "FULL" | "EXTRA"),
        clock: None,
        faults,
    })
}

fn list_faults(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Value> = sql_query(format!(
        "SELECT CAST(integrity_check AS TEXT) AS value FROM pragma_integrity_check LIMIT {FAULTS_MAX}"
    ))
    .load(conn)?;
    let lines = rows.into_iter().map(|row| row.value);
    Ok(lines.filter(|line| line != "ok").collect())
}

fn of_postgres(conn: &mut PgConnection, schema: SchemaState) -> Result<Inspection, StoreError> {
    let version = postgres_text(conn, "SELECT current_setting('server_version') AS value")?;
    let commit = postgres_text(conn, "SELECT current_setting('synchronous_commit') AS value")?;
    let fsync = postgres_text(conn, "SELECT current_setting('fsync') AS value")?;
    let clock: Number =
        sql_query("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS value")
            .get_result(conn)?;
    Ok(Inspection {
        exists: true,
        server: format!("PostgreSQL {version}"),
        schema,
        durability: format!("fsync {fsync}, synchronous_commit {commit}"),
        is_durable: fsync == "on" && commit != "off",
        clock: Some(Time::from_millis(clock.value)),
        faults: Vec::new(),
    })
}

fn sqlite_text(conn: &mut SqliteConnection, sql: &str) -> Result<String, StoreError> {
    Ok(sql_query(sql).get_result::<Value>(conn)?.value)
}

fn postgres_text(conn: &mut PgConnection, sql: &str) -> Result<String, StoreError> {
    Ok(sql_query(sql).get_result::<Value>(conn)?.value)
}
