//! Bringing a database's schema to this program's, or saying why that cannot be.

use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use diesel_migrations::{EmbeddedMigrations, HarnessWithOutput, MigrationHarness, embed_migrations};

use super::dialect::{self, PATIENCE};
use super::{Db, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// PostgreSQL's advisory lock under which one instance migrates at a time; the number means nothing.
const MIGRATION_LOCK: i64 = 0x6269_6c6c;

/// A migration that was run or taken back, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied(pub String);

/// Why a schema is not, and will not be, this program's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    /// A newer program has been here.
    #[error(
        "the database has been migrated by a newer Billfold (to {newest}), which this older one does not know; \
         install that version or later, or restore a backup from before it"
    )]
    Newer {
        /// The newest migration found there.
        newest: String,
    },
    /// A migration failed and was rolled back.
    #[error("the migration failed and nothing was changed: {0}")]
    Failed(String),
}

fn failed(fault: impl std::fmt::Display) -> StoreError {
    MigrationError::Failed(fault.to_string()).into()
}

/// Runs what is pending; instances that start at once wait for each other.
pub(super) fn run(url: &str, patience: Duration) -> Result<Vec<Applied>, StoreError> {
    match dialect::open(url, patience)? {
        Db::Sqlite(mut conn) => conn.immediate_transaction(|conn| {
            refuse_newer::<diesel::sqlite::Sqlite, SqliteConnection>(conn, &SQLITE)?;
            run_pending::<diesel::sqlite::Sqlite, _>(conn, SQLITE)
        }),
        Db::Postgres(mut conn) => {
            lock(&mut conn, patience)?;
            refuse_newer::<diesel::pg::Pg, PgConnection>(&mut conn, &POSTGRES)?;
            run_pending::<diesel::pg::Pg, _>(&mut conn, POSTGRES)
        }
    }
}

/// Takes the newest migrations back.
pub(super) fn revert(url: &str, steps: usize) -> Result<Vec<Applied>, StoreError> {
    match dialect::open(url, PATIENCE)? {
        Db::Sqlite(mut conn) => conn.immediate_transaction(|conn| {
            let last = |_| conn.revert_last_migration(SQLITE);
            (0..steps).map(last).map(reverted).collect()
        }),
        Db::Postgres(mut conn) => {
            lock(&mut conn, PATIENCE)?;
            let last = |_| conn.revert_last_migration(POSTGRES);
            (0..steps).map(last).map(reverted).collect()
        }
    }
}

fn reverted(last: diesel::migration::Result<MigrationVersion<'_>>) -> Result<Applied, StoreError> {
    last.map(|version| applied(&version)).map_err(failed)
}

/// Waits until no other instance migrates, which may take as long as a migration, and holds that off until
/// the connection is closed. A migration itself may run for long, but not wait for long.
fn lock(conn: &mut PgConnection, patience: Duration) -> Result<(), StoreError> {
    conn.batch_execute(&format!(
        "SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock({MIGRATION_LOCK}); \
         SET lock_timeout = {}",
        patience.as_millis()
    ))?;
    Ok(())
}

fn applied(version: &MigrationVersion<'_>) -> Applied {
    Applied(version.to_string())
}

fn run_pending<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> Result<Vec<Applied>, StoreError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB> + 'static,
{
    let mut quiet = HarnessWithOutput::new(conn, std::io::sink());
    let versions = quiet.run_pending_migrations(source).map_err(failed)?;
    Ok(versions.iter().map(applied).collect())
}

fn refuse_newer<DB, C>(conn: &mut C, source: &EmbeddedMigrations) -> Result<(), StoreError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let known: Vec<Box<dyn Migration<DB>>> = MigrationSource::<DB>::migrations(source).map_err(failed)?;
    let known: Vec<String> = known
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let found = conn.applied_migrations().map_err(failed)?;
    match found
        .iter()
        .map(ToString::to_string)
        .filter(|version| !known.contains(version))
        .max()
    {
        Some(newest) => Err(MigrationError::Newer { newest }.into()),
        None => Ok(()),
    }
}

/// Where a database's schema stands against this program's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaState {
    /// Migrations that were run, by name.
    pub applied: Vec<String>,
    /// Migrations that are still to be run.
    pub pending: Vec<String>,
    /// Versions of migrations that only a newer program knows.
    pub unknown: Vec<String>,
}

/// Where the schema of an open database stands.
pub(super) fn state(db: &mut Db) -> Result<SchemaState, StoreError> {
    match db {
        Db::Sqlite(conn) => state_of::<diesel::sqlite::Sqlite, SqliteConnection>(conn, &SQLITE),
        Db::Postgres(conn) => state_of::<diesel::pg::Pg, PgConnection>(conn, &POSTGRES),
    }
}

/// Where the schema of a database that does not exist stands.
pub(super) fn state_of_none() -> Result<SchemaState, StoreError> {
    let known: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().map_err(failed)?;
    Ok(SchemaState {
        pending: known
            .iter()
            .map(|migration| migration.name().to_string())
            .collect(),
        ..SchemaState::default()
    })
}

fn state_of<DB, C>(conn: &mut C, source: &EmbeddedMigrations) -> Result<SchemaState, StoreError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let known: Vec<Box<dyn Migration<DB>>> = MigrationSource::<DB>::migrations(source).map_err(failed)?;
    let found = conn.applied_migrations().map_err(failed)?;
    let mut unknown: Vec<String> = found.iter().map(ToString::to_string).collect();
    let mut state = SchemaState::default();
    for migration in &known {
        let version = migration.name().version();
        unknown.retain(|other| *other != version.to_string());
        let list = if found.contains(&version) {
            &mut state.applied
        } else {
            &mut state.pending
        };
        list.push(migration.name().to_string());
    }
    state.unknown = unknown;
    Ok(state)
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Columns, keys and indexes in the same words on both databases: what the schema tests compare.
const DESCRIBE_SQLITE: &str = "
    SELECT m.name || '.' || c.name || ' ' || lower(c.type) || CASE WHEN c.\"notnull\" = 1 THEN ' not null' ELSE '' END
           || CASE WHEN c.pk > 0 THEN ' pk' || c.pk ELSE '' END AS line
      FROM sqlite_master m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'
    UNION ALL
    SELECT 'index ' || m.name || CASE WHEN i.\"unique\" = 1 THEN ' unique' ELSE '' END || ' (' ||
           (SELECT group_concat(x.name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) x) || ')'
      FROM sqlite_master m JOIN pragma_index_list(m.name) i
     WHERE m.type = 'table' AND i.origin <> 'pk' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'
    UNION ALL
    SELECT 'foreign key ' || m.name || '.' || f.\"from\" || ' -> ' || f.\"table\" || '.' || f.\"to\"
      FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
    ORDER BY 1";
const DESCRIBE_POSTGRES: &str = "
    SELECT c.table_name || '.' || c.column_name || ' ' ||
           CASE c.data_type WHEN 'bytea' THEN 'blob' ELSE c.data_type END ||
           CASE WHEN c.is_nullable = 'NO' THEN ' not null' ELSE '' END ||
           coalesce((SELECT ' pk' || k.ordinal_position FROM information_schema.table_constraints t
                       JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name)
                      WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = c.table_schema
                        AND t.table_name = c.table_name AND k.column_name = c.column_name), '') AS line
      FROM information_schema.columns c
     WHERE c.table_schema = current_schema() AND c.table_name NOT LIKE '\\_\\_%'
    UNION ALL
    SELECT 'index ' || t.relname || CASE WHEN i.indisunique THEN ' unique' ELSE '' END || ' (' ||
           (SELECT string_agg(a.attname::text, ', ' ORDER BY k.n)
              FROM unnest(i.indkey::int[]) WITH ORDINALITY k(attnum, n)
              JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) || ')'
      FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace
     WHERE s.nspname = current_schema() AND NOT i.indisprimary AND t.relname NOT LIKE '\\_\\_%'
    UNION ALL
    SELECT 'foreign key ' || t.relname || '.' || a.attname || ' -> ' || f.relname || '.' || b.attname
      FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
      JOIN pg_namespace s ON s.oid = t.relnamespace
      CROSS JOIN LATERAL unnest(k.conkey, k.confkey) u(x, y)
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = u.x
      JOIN pg_attribute b ON b.attrelid = f.oid AND b.attnum = u.y
     WHERE k.contype = 'f' AND s.nspname = current_schema()
    ORDER BY 1";

/// One line a column, index or foreign key.
pub(super) fn describe(url: &str) -> Result<Vec<String>, StoreError> {
    let lines: Vec<Line> = match dialect::open(url, PATIENCE)? {
        Db::Sqlite(mut conn) => sql_query(DESCRIBE_SQLITE).load(&mut conn)?,
        Db::Postgres(mut conn) => sql_query(DESCRIBE_POSTGRES).load(&mut conn)?,
    };
    let mut lines: Vec<String> = lines.into_iter().map(|row| row.line).collect();
    lines.sort();
    Ok(lines)
}
