//! `billfold doctor`: well on a good set-up, and right about each that is broken.

use std::sync::Arc;

use billfold::simulator::apns::{ApnsSimulator, Options};
use billfold::simulator::authority::{Authority, KeyKind, PassLeaf};
use billfold::simulator::google::GoogleSimulator;
use billfold::types::{Clock as _, SystemClock};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use crate::house::Database;
use crate::shell::Shell;

fn sql(shell: &Shell, statements: &str) {
    let file = shell.path("billfold.db");
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("a database");
    let statements = format!("PRAGMA foreign_keys = OFF; {statements}");
    conn.batch_execute(&statements).expect("the statements are good");
}

/// A card with a balance of 10, on one phone that was told of its first version, and the entry for it.
const ONE_CARD: &str = "
    INSERT INTO cards (id, program_id, member_id, code, balance, remainder, version, last_modified, link_epoch, voided_at,
      created_at) VALUES ('crd_1', 'prg_1', 'mem_1', 'C1', 10, 0, 1, 0, 0, NULL, 0);
    INSERT INTO entries (id, program_id, member_id, card_id, kind, points, order_id, refund_id, reverses, reason, actor,
      created_at) VALUES ('ent_1', 'prg_1', 'mem_1', 'crd_1', 'earn', 10, NULL, NULL, NULL, '', 'test', 0);
    INSERT INTO passes (id, program_id, card_id, wallet, pass_type, serial, epoch, state, told_version, told_at,
      fetched_version, fetched_at, shown, last_error, created_at) VALUES ('pss_1', 'prg_1', 'crd_1', 'apple', 'pass.x', 's1', 0, 'installed', 1, 0, 1, 0, NULL, NULL, 0);
    INSERT INTO devices VALUES ('d1', 'pass.x', 'aa', 0);
    INSERT INTO registrations VALUES ('d1', 'pass.x', 'pss_1', 'crd_1', 1, 0);";

/// A set-up that works, apart from having no wallet services to ask.
fn good() -> Shell {
    let shell = Shell::of_demo();
    shell.say("keys create --role owner").succeeds();
    let id = |prefix: &str, n: u32| format!("{prefix}_{n:026}");
    let rows = ["crd", "prg", "mem", "ent", "pss"]
        .iter()
        .fold(ONE_CARD.to_owned(), |rows, prefix| {
            rows.replace(&format!("{prefix}_1"), &id(prefix, 1))
        });
    sql(&shell, &rows);
    shell
}

#[test]
fn a_good_set_up_has_no_faults() {
    let shell = good();
    let ran = shell.say("doctor --offline --deep").succeeds();
    ran.prints(&[
        "ok     configuration: reads well (billfold.toml)",
        "ok     database: SQLite",
        "journal WAL, synchronous FULL",
        "ok     schema: ",
        "ok     master_key: is the one of this database",
        "ok     deliveries: 0 due, 0 told",
        "ok     phones",
        "ok     ledger",
        "ok     files",
        "ok     apple certificate: pass.com.example.billfold of team DEMOTEAM01",
        "ok     google key: billfold@billfold-demo.iam.gserviceaccount.com for issuer 3388000000022195611",
        "0 faults, 1 warning",
    ]);
    let json = shell.say("doctor --offline --json").succeeds().json();
    assert_eq!(
        (&json["faults"], &json["warnings"]),
        (&0.into(), &1.into()),
        "{json}"
    );
    for finding in json["findings"].as_array().expect("a list") {
        assert_eq!(finding["mend"].is_null(), finding["mark"] == "ok", "{finding}");
    }
}

/// A way to break a good set-up, and what must be said of it.
struct Breakage {
    breaks: fn(&mut Shell),
    code: i32,
    says: &'static [&'static str],
}

const BREAKAGES: &[Breakage] = &[
    Breakage {
        breaks: |shell| shell.replace("billfold.toml", "[google]", "[goggle]"),
        code: 1,
        says: &[
            "FAULT  configuration: there is no setting `goggle.issuer_id`",
            "Did you mean `google.issuer_id`?",
        ],
    },
    Breakage {
        breaks: |shell| shell.write("billfold.toml", "= nonsense"),
        code: 1,
        says: &["FAULT  configuration: billfold.toml line 1 is not TOML"],
    },
    Breakage {
        breaks: |shell| shell.set("BILLFOLD_LISTEN", "0.0.0.0:8080"),
        code: 1,
        says: &[
            "FAULT  public_url",
            "its cards say http://127.0.0.1:8080",
            "-> Set `public_url`",
        ],
    },
    Breakage {
        breaks: |shell| shell.set("BILLFOLD_DATABASE_URL", "sqlite:///nonexistent/folder/b.db"),
        code: 0,
        says: &["warn   database: there is no /nonexistent/folder/b.db yet"],
    },
    Breakage {
        breaks: |shell| shell.write("billfold.db", "no database, but long enough to be looked at"),
        code: 1,
        says: &["FAULT  database", "-> Correct `database_url`"],
    },
    Breakage {
        breaks: |shell| {
            shell.set("BILLFOLD_DATABASE_URL", "postgres://127.0.0.1:9/billfold");
            shell.set("BILLFOLD_MASTER_KEY", "0123456789abcdef0123456789abcdef");
        },
        code: 1,
        says: &["FAULT  database", "127.0.0.1", "start the database"],
    },
    Breakage {
        breaks: |shell| shell.set("BILLFOLD_MASTER_KEY", "another key, which is long enough too"),
        code: 1,
        says: &["FAULT  master_key: is not the one"],
    },
    Breakage {
        breaks: |shell| sql(shell, "DELETE FROM __diesel_schema_migrations"),
        code: 1,
        says: &[
            "FAULT  schema: ",
            " migrations to be run: 0001_one_card",
            "-> Run `billfold migrate`",
        ],
    },
    Breakage {
        breaks: |shell| sql(shell, "UPDATE cards SET balance = 11"),
        code: 1,
        says: &[
            "FAULT  ledger: the balance of crd_00000000000000000000000001 is 11, but its entries sum up to 10",
        ],
    },
    Breakage {
        breaks: |shell| {
            let held =
                "SELECT 'gft_1', program_id, '1', 'paid', 'EUR', 500, NULL, NULL, NULL, 1, 0 FROM cards";
            sql(shell, &format!("INSERT INTO gift_accounts {held}"));
        },
        code: 1,
        says: &["FAULT  ledger: the gift card gft_1 holds 500, but its entries sum up to 0"],
    },
    Breakage {
        breaks: |shell| sql(shell, "UPDATE cards SET version = 2"),
        code: 1,
        says: &[
            "FAULT  phones: 1 phone not told",
            "-> Tell them again: billfold push --card C1",
        ],
    },
    Breakage {
        breaks: |shell| {
            let due = "INSERT INTO deliveries SELECT id, 'apple', program_id, 2, 0, 'due', 0, 0, 0, 0, NULL, 0, 0, NULL FROM cards";
            sql(shell, &format!("UPDATE cards SET version = 2; {due}"));
        },
        code: 0,
        says: &[
            "warn   deliveries: 1 wait, the oldest for ",
            "Is `billfold serve` running",
            "ok     phones",
        ],
    },
    Breakage {
        breaks: |shell| shell.write("google/service-account.json", "{}"),
        code: 1,
        says: &[
            "FAULT  google key: the Google key file google/service-account.json is not the JSON",
            "download the key again",
        ],
    },
    Breakage {
        breaks: |shell| {
            shell.write("push.p8", "nonsense");
            let keys =
                "[apple]\napns_key = \"push.p8\"\napns_key_id = \"ABCDE12345\"\napns_team = \"DEMOTEAM01\"\n";
            shell.replace("billfold.toml", "[apple]\n", keys);
        },
        code: 1,
        says: &["FAULT  apple push key: the push key push.p8 of `apple.apns_key` cannot be used"],
    },
    Breakage {
        breaks: |shell| shell.write("billfold.toml", "database_url = \"sqlite://billfold.db\""),
        code: 0,
        says: &[
            "warn   wallets: neither Apple nor Google Wallet is set up",
            "billfold certs demo",
        ],
    },
];

#[test]
fn each_broken_set_up_is_told_with_its_mend() {
    for Breakage { breaks, code, says } in BREAKAGES {
        let mut shell = good();
        breaks(&mut shell);
        let ran = shell.say("doctor --offline --deep");
        assert_eq!(ran.code, *code, "{says:?}\n{}{}", ran.out, ran.err);
        ran.prints(says);
    }
}

#[cfg(unix)]
#[test]
fn secrets_that_others_can_read_are_told_with_the_command_that_mends_it() {
    use crate::shell::set_mode;
    let shell = good();
    for file in ["apple/pass.key", "google/service-account.json"] {
        set_mode(&shell.path(file), 0o644);
        shell
            .say("doctor --offline")
            .succeeds()
            .prints(&["warn   files", &format!("-> chmod 600 {file}")]);
        set_mode(&shell.path(file), 0o600);
    }
    shell.replace(
        "billfold.toml",
        "[apple]\n",
        "[apple]\nprivate_key_password = \"x\"\n",
    );
    shell
        .say("doctor --offline")
        .succeeds()
        .prints(&["-> chmod 600 billfold.toml"]);
    set_mode(&shell.path("billfold.db.master-key"), 0o640);
    let ran = shell.say("doctor --offline").ends_with(1);
    ran.prints(&["FAULT  master_key", "chmod 600 ", "billfold.db.master-key"]);
    shell.say("keys list").ends_with(2).complains_of(&["chmod 600 "]);
}

#[test]
fn services_that_do_not_answer_are_faults_of_their_own() {
    // The demo's ports belong to the stand-ins; others may use them, so ports where nobody listens.
    let shell = good();
    shell.replace("billfold.toml", ":2197", ":9");
    shell.replace(
        "billfold.toml",
        "api_url = \"https://127.0.0.1:2198\"",
        "api_url = \"https://127.0.0.1:9\"",
    );
    let account = "google/service-account.json";
    shell.replace(account, ":2198/token", ":9/token");
    let ran = shell.say("doctor").ends_with(1);
    ran.prints(&[
        "FAULT  apple push",
        "-> Let this machine reach https://127.0.0.1:9",
        "FAULT  google wallet",
        "2 faults",
    ]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_wallets_services_are_asked_and_answer() {
    let clock = Arc::new(SystemClock);
    let authority = Authority::new(clock.now()).expect("an authority");
    let options = Options::of_authority(&authority, clock.clone()).expect("options");
    let apns = ApnsSimulator::start(options).await.expect("a push service");
    let google = GoogleSimulator::start(0, &authority, clock.clone())
        .await
        .expect("a Google");
    let shell = Shell::new();
    let leaf = PassLeaf {
        key: KeyKind::P256,
        ..PassLeaf::sound("pass.com.example.cafe", "A1B2C3D4E5", clock.now())
    };
    let issued = authority.pass_certificate(&leaf).expect("a certificate");
    shell.write("pass.pem", issued.certificate_pem().expect("PEM"));
    shell.write("pass.key", issued.key_pem().expect("PEM").expose());
    shell.write("wwdr.pem", authority.wwdr().to_pem().expect("PEM"));
    shell.write("root.pem", authority.root().to_pem().expect("PEM"));
    shell.write("account.json", google.service_account_json().expect("JSON"));
    let config = format!(
        "[apple]\ncertificate = \"pass.pem\"\nprivate_key = \"pass.key\"\nwwdr = \"wwdr.pem\"\napns_url = \"{}\"\n\
         apns_ca = \"root.pem\"\n[google]\nissuer_id = \"{}\"\nservice_account = \"account.json\"\napi_url = \"{}\"\n\
         ca = \"root.pem\"\n",
        apns.url(),
        google.issuer_id(),
        google.api_url()
    );
    shell.write("billfold.toml", config);
    let shell = Arc::new(shell);
    let doctor = || {
        let shell = Arc::clone(&shell);
        tokio::task::spawn_blocking(move || shell.say("doctor"))
    };
    let ran = doctor().await.expect("no panic").succeeds();
    ran.prints(&[
        "ok     apple push: localhost answers",
        "h2",
        "ok     google wallet: ",
    ]);
    google.set_console_user(false);
    let ran = doctor().await.expect("no panic").ends_with(1);
    ran.prints(&["FAULT  google wallet", "Invite its e-mail address as a user"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_is_examined_too() {
    let database = Database::postgres();
    let mut shell = Shell::new();
    shell.set("BILLFOLD_DATABASE_URL", database.url());
    shell.set("BILLFOLD_MASTER_KEY", "0123456789abcdef0123456789abcdef");
    shell.say("keys list").succeeds();
    let ran = shell.say("doctor --deep").ends_with(0);
    ran.prints(&[
        "database: PostgreSQL",
        "fsync",
        "ok     schema",
        "ok     master_key",
        "ok     ledger",
    ]);
}
