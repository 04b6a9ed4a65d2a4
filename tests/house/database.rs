//! A fresh database for one test or bench, gone when it ends.
#![expect(
    clippy::expect_used,
    reason = "a house that cannot be built fails its test, with the reason"
)]

use std::path::Path;
use std::time::Duration;

use billfold::store::{Store, StoreOptions};
use billfold::types::{random_token, sha256_hex};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, sql_query, sql_types};
use tempfile::TempDir;

/// Where the address of the server for tests stands: a database on it, with the right to make others.
const SERVER: &str = "BILLFOLD_TEST_POSTGRES";
/// A test beside many others waits longer for the database than a customer would.
const PATIENCE: Duration = Duration::from_mins(1);
/// The lock under which one test process makes the template; the number means nothing.
const TEMPLATE_LOCK: i64 = 0x7465_7374;

/// A database of one test's own; dropped with the value, also when the test fails.
pub(crate) struct Database {
    url: String,
    // One of the two, held for its Drop.
    _folder: Option<TempDir>,
    _on_server: Option<OnServer>,
}

/// A database on PostgreSQL that is removed at the end.
struct OnServer {
    server: String,
    name: String,
}

// A test file need not use everything that the house has.
const _: [fn() -> Database; 2] = [Database::sqlite, Database::postgres];
const _: fn(&Database) -> &str = Database::url;
const _: fn(&Database) -> Store = Database::open;

impl Database {
    /// A SQLite file that does not exist yet, in a folder of its own.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}", folder.path().join("billfold.db").display());
        Self {
            url,
            _folder: Some(folder),
            _on_server: None,
        }
    }

    /// A PostgreSQL database with this program's schema and no rows.
    pub(crate) fn postgres() -> Self {
        let server = std::env::var(SERVER).unwrap_or_else(|_| {
            panic!(
                "{SERVER} names no PostgreSQL for the tests: run them by `tests/run`, which starts one, \
                 or by `tests/postgres cargo test`"
            )
        });
        let mut conn = connect(&server);
        let template = find_or_make_template(&server, &mut conn);
        let name = format!("billfold_test_{}", random_name());
        run(
            &mut conn,
            &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""),
        );
        let url = sibling(&server, &name);
        Self {
            url,
            _folder: None,
            _on_server: Some(OnServer { server, name }),
        }
    }

    /// How a test opens it.
    pub(crate) fn options(&self) -> StoreOptions {
        StoreOptions {
            patience: PATIENCE,
            ..StoreOptions::new(self.url())
        }
    }

    /// Its address, for a configuration.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Opens it, its schema up to date.
    pub(crate) fn open(&self) -> Store {
        Store::open(&self.options()).expect("the test's database opens")
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        // Not `run`: a second panic while the test panics would hide the first.
        let dropped = PgConnection::establish(&self.server).map(|mut conn| {
            conn.batch_execute(&format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name))
        });
        assert!(
            matches!(dropped, Ok(Ok(()))) || std::thread::panicking(),
            "the test database {} could not be dropped",
            self.name
        );
    }
}

/// The name of a database with the schema of this program's migrations, made by whoever needs it first.
fn find_or_make_template(server: &str, conn: &mut PgConnection) -> String {
    let template = format!("billfold_template_{}", migrations_hash());
    if has_database(conn, &template) {
        return template;
    }
    run(conn, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"));
    if !has_database(conn, &template) {
        // Under its last name only when it is whole.
        let unready = format!("billfold_unready_{}", random_name());
        run(conn, &format!("CREATE DATABASE \"{unready}\""));
        Store::migrate(&sibling(server, &unready)).expect("a fresh database can be migrated");
        run(
            conn,
            &format!("ALTER DATABASE \"{unready}\" RENAME TO \"{template}\""),
        );
    }
    run(conn, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})"));
    template
}

/// Names the migrations by what they hold, so that an edited one gets a new template.
fn migrations_hash() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the migrations are there")
        .map(|entry| entry.expect("the migrations can be listed").path().join("up.sql"))
        .collect();
    files.sort();
    let texts = files
        .iter()
        .flat_map(|file| std::fs::read(file).expect("a migration can be read"));
    sha256_hex(&texts.collect::<Vec<u8>>()).chars().take(16).collect()
}

fn random_name() -> String {
    sha256_hex(random_token(16).as_bytes()).chars().take(16).collect()
}

/// The address of another database on the same server.
fn sibling(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').unwrap_or((server, ""));
    let host = match address.split_once("://") {
        Some((_, rest)) => rest.split('/').next().unwrap_or(rest),
        None => address,
    };
    let mark = if options.is_empty() { "" } else { "?" };
    format!("postgres://{host}/{name}{mark}{options}")
}

fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).expect("the PostgreSQL of the tests answers")
}

fn run(conn: &mut PgConnection, sql: &str) {
    conn.batch_execute(sql)
        .expect("the PostgreSQL of the tests does as it is told");
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = sql_types::BigInt)]
    number: i64,
}

fn has_database(conn: &mut PgConnection, name: &str) -> bool {
    sql_query("SELECT count(*) AS number FROM pg_database WHERE datname = $1")
        .bind::<sql_types::Text, _>(name)
        .get_result::<Found>(conn)
        .expect("the PostgreSQL of the tests lists its databases")
        .number
        > 0
}
