//! `billfold migrate`.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use crate::house::on_both_databases;
use crate::shell::Shell;

#[test]
fn a_fresh_database_is_pending_then_migrated_then_left_alone() {
    let shell = Shell::new();
    shell
        .say("migrate --status")
        .ends_with(1)
        .prints(&["pending  0001_one_card", "Run `billfold migrate`"]);
    assert!(!shell.path("billfold.db").exists(), "asking makes no database");
    let ran = shell.say("migrate --json").succeeds().json();
    assert_eq!(ran["ran"][0], "0001");
    shell
        .say("migrate --status")
        .succeeds()
        .prints(&["applied  0001_one_card"]);
    let state = shell.say("migrate --status --json").succeeds().json();
    assert_eq!(state["pending"], serde_json::json!([]));
    shell.say("migrate").succeeds().prints(&["Nothing to do"]);
}

#[test]
fn the_database_of_a_newer_program_is_left_alone() {
    let shell = Shell::new();
    shell.say("migrate").succeeds();
    let mut conn =
        SqliteConnection::establish(&shell.path("billfold.db").to_string_lossy()).expect("a database");
    conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
        .expect("a row");
    shell
        .say("migrate --status")
        .ends_with(1)
        .prints(&["unknown  9999", "A newer Billfold"]);
    shell
        .say("migrate")
        .ends_with(3)
        .complains_of(&["newer Billfold (to 9999)"]);
    shell
        .say("keys list")
        .ends_with(3)
        .complains_of(&["newer Billfold"]);
    shell
        .say("doctor")
        .ends_with(1)
        .prints(&["FAULT  schema: a newer Billfold has migrated it (to 9999)"]);
}

#[test]
fn an_address_that_leads_nowhere_is_refused_or_fails() {
    let shell = Shell::new();
    shell
        .say("migrate --url mysql://x")
        .ends_with(2)
        .complains_of(&["sqlite:// or postgres://"]);
    shell
        .say("migrate --url sqlite:///nonexistent/folder/b.db")
        .ends_with(3)
        .complains_of(&["b.db"]);
    // Port 9 of this machine: nobody listens there.
    shell
        .say("migrate --url postgres://127.0.0.1:9/x")
        .ends_with(3)
        .complains_of(&["127.0.0.1"]);
}

on_both_databases! {
    /// The database of the tests is at this version, on both servers.
    async fn a_migrated_database_is_good_by_its_address(database: Database) {
        drop(database.open());
        let shell = Shell::new();
        let ran = shell.run(["migrate", "--status", "--url", database.url()]).succeeds();
        ran.prints(&["applied  0001_one_card"]);
    }
}
