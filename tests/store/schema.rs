//! The schema: the same on both databases, the same after a way down and up, never a newer one's.

use std::thread;

use billfold::store::{MigrationError, Store, StoreError};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection};

use crate::house::{Database, on_both_databases};

/// Runs statements past the store, as another program would.
fn run(database: &Database, sql: &str) {
    let ran = match database.url().strip_prefix("sqlite://") {
        Some(path) => SqliteConnection::establish(path).unwrap().batch_execute(sql),
        None => PgConnection::establish(database.url())
            .unwrap()
            .batch_execute(sql),
    };
    ran.expect("the statement runs");
}

/// Takes every migration back; gives their number.
fn revert_all(database: &Database) -> usize {
    Store::migrate(database.url()).expect("migrates");
    let mut number = 0;
    while !describe(database).is_empty() {
        Store::revert(database.url(), 1).expect("every migration can be taken back");
        number += 1;
    }
    number
}

fn describe(database: &Database) -> Vec<String> {
    Store::describe_schema(database.url()).expect("describes")
}

/// Column for column, key for key, index for index.
#[test]
fn both_databases_have_the_same_schema() {
    let (sqlite, postgres) = (Database::sqlite(), Database::postgres());
    Store::migrate(sqlite.url()).expect("migrates");
    let lines = describe(&sqlite);
    for telling in [
        "cards.balance bigint not null",
        "cards.id text not null pk1",
        "deliveries.wallet text not null pk2",
        "foreign key cards.member_id -> members.id",
        "index cards unique (code)",
        "index deliveries (wallet, lane, due_at)",
    ] {
        assert!(
            lines.iter().any(|line| line == telling),
            "no `{telling}` in {lines:#?}"
        );
    }
    assert_eq!(lines, describe(&postgres));
}

/// An index of ids in another order than that of the ids it meets is of no help, and says nothing.
#[test]
fn postgres_compares_ids_by_their_bytes() {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let postgres = Database::postgres();
    Store::migrate(postgres.url()).expect("migrates");
    let mut conn = PgConnection::establish(postgres.url()).expect("connects");
    let list = |conn: &mut PgConnection, only: &str| -> Vec<String> {
        let query = format!(
            "SELECT c.table_name || '.' || c.column_name AS name FROM information_schema.columns c \
             WHERE c.table_schema = 'public' AND c.data_type = 'text' AND c.column_name ~ '(^|_)id$|^merged_into$' \
             AND c.column_name NOT IN ('external_id', 'request_id') {only} ORDER BY 1"
        );
        let rows: Vec<Row> = diesel::sql_query(query).load(conn).expect("columns");
        rows.into_iter().map(|row| row.name).collect()
    };
    let none: [String; 0] = [];
    assert_eq!(list(&mut conn, "AND c.collation_name IS DISTINCT FROM 'C'"), none);
    assert!(list(&mut conn, "").len() > 100);
}

on_both_databases! {
    /// All the way down leaves nothing, and up again gives the very same.
    async fn down_and_up_is_the_same_schema(database: Database) {
        Store::migrate(database.url()).unwrap();
        let before = describe(&database);
        let number = revert_all(&database);
        let applied = Store::migrate(database.url()).unwrap();
        assert_eq!(applied.len(), number);
        assert_eq!(describe(&database), before);
        assert_eq!(Store::migrate(database.url()), Ok(Vec::new()), "nothing is left to do");
    }

    /// A schema that a newer program made is not touched, and the refusal says what to do.
    /// Shows SR-099 (a newer schema is refused).
    async fn an_older_program_refuses_a_newer_schema(database: Database) {
        Store::migrate(database.url()).unwrap();
        run(&database, "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
        let refused = Store::migrate(database.url()).unwrap_err();
        assert_eq!(refused, StoreError::Schema(MigrationError::Newer { newest: "9999".to_owned() }));
        assert_eq!(
            refused.to_string(),
            "the database has been migrated by a newer Billfold (to 9999), which this older one does not know; \
             install that version or later, or restore a backup from before it"
        );
        assert!(Store::open(&database.options()).is_err());
    }

    /// Instances that start at once on an empty database all come up; each migration is run once.
    async fn instances_that_start_at_once_all_come_up(database: Database) {
        let number = revert_all(&database);
        let url = database.url();
        let applied: Vec<_> = thread::scope(|scope| {
            let instances: Vec<_> = (0..6).map(|_| scope.spawn(move || Store::migrate(url))).collect();
            instances.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        let each = applied.iter().map(|one| one.as_ref().map(Vec::len));
        assert_eq!(each.sum::<Result<usize, _>>(), Ok(number), "{applied:?}");
    }

    /// A migration that fails changes nothing and says so.
    async fn a_failed_migration_changes_nothing(database: Database) {
        revert_all(&database);
        // One of the tables is in the way.
        run(&database, "CREATE TABLE audit (id TEXT)");
        let before = describe(&database);
        let failed = Store::migrate(database.url()).unwrap_err();
        assert!(failed.to_string().starts_with("the migration failed and nothing was changed: "), "{failed}");
        assert_eq!(describe(&database), before);
        run(&database, "DROP TABLE audit");
        Store::migrate(database.url()).expect("migrates when the way is free");
    }
}

/// An instance waits for another's migration as long as it takes, not as long as for a row.
#[test]
fn an_instance_waits_for_anothers_long_migration() {
    let database = Database::postgres();
    let (lock, mut holder) = (0x6269_6c6c, PgConnection::establish(database.url()).unwrap());
    holder
        .batch_execute(&format!("SELECT pg_advisory_lock({lock})"))
        .unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| Store::migrate(database.url()));
        // Longer than `lock_timeout`.
        holder.batch_execute("SELECT pg_sleep(5.5)").unwrap();
        assert!(!waiting.is_finished(), "it did not wait");
        holder
            .batch_execute(&format!("SELECT pg_advisory_unlock({lock})"))
            .unwrap();
        assert_eq!(waiting.join().expect("no panic"), Ok(Vec::new()));
    });
}
