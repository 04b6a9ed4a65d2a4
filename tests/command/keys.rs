//! `billfold keys`.

use std::sync::Arc;

use billfold::actions::create_program::{NewProgram, create_program};
use billfold::actions::{Answer, Bell, Caller, Fetches, House, HouseParts, Shelf, Wallets, perform};
use billfold::loyalty::earning::BaseRule;
use billfold::store::Store;
use billfold::telemetry::Metrics;
use billfold::types::{Clock as _, MasterKey, Secret, SystemClock, Text};

use crate::house::{Database, on_both_databases};
use crate::shell::Shell;

const MASTER_KEY: &str = "0123456789abcdef0123456789abcdef";

/// A program in the database, made by the same deed that the API uses; its id.
pub(crate) async fn make_program(store: Store, slug: &str) -> String {
    let house = House::new(HouseParts {
        store,
        clock: Arc::new(SystemClock),
        master_key: MasterKey::new(&Secret::new(MASTER_KEY)).expect("a key"),
        public_url: "http://127.0.0.1:8080".to_owned(),
        wallets: Wallets::default(),
        shelf: Shelf::default(),
        bell: Bell::default(),
        fetches: Fetches::default(),
        metrics: Metrics::default(),
        draw_event: billfold::http::draw_event,
        private_webhooks: true,
    });
    let new = NewProgram {
        external_id: None,
        slug: Some(slug.to_owned()),
        name: Text::plain("Corner Cafe"),
        point_name: Text::plain("points"),
        language: "en".parse().expect("a tag"),
        currency: "EUR".parse().expect("a currency"),
        earning: BaseRule {
            points: 1,
            per_minor: 100,
        },
        signup_bonus: 10,
        time_zone: billfold::types::Zone::UTC,
        policy: billfold::loyalty::policy::Policy::default(),
        apple_pass_type: None,
    };
    let caller = Caller::local("test", SystemClock.now());
    let answer = perform(
        &house,
        caller,
        |tx, deed| create_program(tx, deed, new),
        |program| Answer {
            status: 201,
            body: program.id.to_string(),
            is_replay: false,
        },
    );
    answer.await.expect("a program").body
}

fn shell_of(database: &Database) -> Shell {
    let mut shell = Shell::new();
    shell.set("BILLFOLD_DATABASE_URL", database.url());
    shell.set("BILLFOLD_MASTER_KEY", MASTER_KEY);
    shell
}

on_both_databases! {
    /// The secret is shown at the making and never again.
    async fn a_key_is_made_shown_once_listed_and_taken_back(database: Database) {
        let shell = shell_of(&database);
        let made = shell.say("keys create --role owner --name back-office --json").succeeds().json();
        let (id, secret) = (made["id"].as_str().expect("an id"), made["secret"].as_str().expect("a secret"));
        assert!(id.starts_with("key_") && secret.starts_with("bfk_"), "{made}");
        assert_eq!((&made["role"], &made["name"], &made["program"]), (
            &"owner".into(), &"back-office".into(), &serde_json::Value::Null
        ));
        let listed = shell.say("keys list").succeeds();
        assert!(!listed.out.contains(secret));
        listed.prints(&[id, "owner", "all programs", "good", "back-office"]);
        let hash = billfold::types::sha256_hex(secret.as_bytes());
        let kept = database.open().read(move |db| billfold::store::keys::find_by_hash(db, &hash)).await;
        assert_eq!(kept.expect("no fault").map(|key| key.id.to_string()).as_deref(), Some(id));

        shell.run(["keys", "revoke", id]).succeeds();
        let list = shell.say("keys list --json").succeeds().json();
        assert!(list["data"][0]["revoked_at"].is_string(), "{list}");
        assert_eq!(list["data"][0]["secret"], serde_json::Value::Null);
    }

    /// A program is named by its slug or its id; one that is not there is said to be so.
    async fn a_key_belongs_to_the_program_that_is_named(database: Database) {
        let program = make_program(database.open(), "corner-cafe").await;
        let shell = shell_of(&database);
        for name in ["corner-cafe", &program] {
            let made = shell.run(["keys", "create", "--role", "cashier", "--json", "--program", name]);
            assert_eq!(made.succeeds().json()["program"], program.as_str());
        }
        shell.say("keys create --role owner").succeeds();
        let of_program = shell.say("keys list --program corner-cafe --json").succeeds().json();
        assert_eq!(of_program["data"].as_array().map(Vec::len), Some(2));
        shell.say("keys create --role cashier --program no-such").ends_with(1).complains_of(&["`no-such`", "slug"]);
        let gone = "prg_01k8ymh3n6e0rtqk2v9d4c5b7a";
        shell.run(["keys", "list", "--program", gone]).ends_with(1).complains_of(&[gone]);
        shell.say("keys revoke key_01k8ymh3n6e0rtqk2v9d4c5b7a").ends_with(1).complains_of(&["keys list"]);
    }

    /// Cards made with one master key cannot be updated with another.
    async fn another_master_key_is_refused(database: Database) {
        let mut shell = shell_of(&database);
        shell.say("keys list").succeeds().prints(&["There are no keys yet"]);
        shell.set("BILLFOLD_MASTER_KEY", "another key, which is long enough too");
        shell.say("keys list").ends_with(2).complains_of(&["not the one that this database's cards"]);
    }
}

/// Shows SR-073 (a start from nothing).
#[test]
fn the_first_key_makes_database_and_master_key() {
    let shell = Shell::new();
    shell
        .say("keys create --role owner")
        .succeeds()
        .prints(&["bfk_", "Keep it now"]);
    assert!(shell.path("billfold.db").exists());
    #[cfg(unix)]
    assert_eq!(
        crate::shell::mode_of(&shell.path("billfold.db.master-key")),
        0o600
    );
    // A second run uses the same key.
    shell.say("keys list").succeeds();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_master_key_is_not_made_anew_under_living_cards() {
    let shell = Shell::new();
    shell.say("migrate").succeeds();
    let options = billfold::store::StoreOptions::new(shell.database_url());
    make_program(Store::open(&options).expect("a store"), "corner-cafe").await;
    let ran = shell.say("keys list").ends_with(2);
    ran.complains_of(&["billfold.db.master-key is missing", "backup"]);
    assert!(!shell.path("billfold.db.master-key").exists());
    shell
        .say("doctor --offline")
        .ends_with(1)
        .prints(&["FAULT  master_key"]);
}
