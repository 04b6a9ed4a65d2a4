//! `billfold campaign`.

use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::keys::make_program;
use crate::shell::Shell;

const MASTER_KEY: &str = "0123456789abcdef0123456789abcdef";

fn shell_of(database: &Database) -> Shell {
    let mut shell = Shell::new();
    shell.set("BILLFOLD_DATABASE_URL", database.url());
    shell.set("BILLFOLD_MASTER_KEY", MASTER_KEY);
    shell
}

fn spring(text: &str) -> String {
    json!({ "name": "Spring", "members": { "joined": { "at_least_days": 0 } }, "arms": [{ "text": text }],
        "schedule": { "at": "2999-03-20T09:00" } })
    .to_string()
}

on_both_databases! {
    /// A draft is kept, counted, planned, held up and ended; what cannot be done is said.
    async fn a_campaign_is_kept_counted_and_looked_at(database: Database) {
        let shell = shell_of(&database);
        make_program(database.open(), "corner-cafe").await;
        shell.write("members.csv", "E-mail,Vorname\nlina@example.com,Lina\nomar@example.com,Omar\n");
        shell.run(["import", "members.csv"]).succeeds();
        shell.write("spring.json", spring("Hi {first_name|friend}"));
        let made = shell.run(["campaign", "create", "spring.json", "--program", "corner-cafe", "--json"]);
        let made = made.succeeds().json();
        assert_eq!((&made["state"], &made["name"]), (&json!("draft"), &json!("Spring")));
        let id = made["id"].as_str().expect("an id");

        let counted = shell.run(["campaign", "estimate", id, "--json"]).succeeds().json();
        assert_eq!(counted, json!({ "members": 2, "no_consent": 2, "unreachable": 0, "capped": 0, "held_out": 0,
            "apple": 0, "google": 0 }));
        shell.run(["campaign", "pause", id]).ends_with(1);
        let planned = shell.run(["campaign", "start", id, "--planned", "--json"]).succeeds().json();
        assert_eq!((&planned["state"], &planned["next_at"]), (&json!("scheduled"), &json!("2999-03-20T09:00:00.000Z")));
        shell.run(["campaign", "start", id]).ends_with(1);
        shell.run(["campaign", "pause", id]).succeeds().prints(&["paused", "Spring"]);
        shell.run(["campaign", "resume", id]).succeeds().prints(&["scheduled", "Spring"]);
        shell.run(["campaign", "test", id, "--card", "nonsense"]).ends_with(1);
        let over = shell.run(["campaign", "watch", id, "--json"]).succeeds().json();
        assert_eq!((&over["campaign"]["state"], &over["run"]), (&json!("scheduled"), &Value::Null));
        shell.run(["campaign", "results", id, "--days", "7"]).succeeds().prints(&["Spring", "who"]);
        let ended = shell.run(["campaign", "cancel", id, "--json"]).succeeds().json();
        assert_eq!(ended["state"], "cancelled");
    }
}

on_both_databases! {
    async fn what_cannot_be_sent_is_refused_with_the_place(database: Database) {
        let shell = shell_of(&database);
        make_program(database.open(), "corner-cafe").await;
        shell.write("bad.json", spring("Hi {first_name}"));
        shell.run(["campaign", "create", "bad.json"]).ends_with(1).complains_of(&["/arms/0/text", "first_name"]);
        shell.write("none.json", "[]");
        shell.run(["campaign", "create", "none.json"]).ends_with(1).complains_of(&["none.json", "JSON object"]);
        shell.run(["campaign", "create", "missing.json"]).ends_with(1).complains_of(&["missing.json"]);
        shell.run(["campaign", "create", "bad.json", "--program", "nowhere"]).ends_with(1).complains_of(&["nowhere"]);
        shell.run(["campaign", "pause", "cmp_01jd0000000000000000000000"]).ends_with(1);
        shell.run(["campaign", "pause", "nonsense"]).ends_with(2);
    }
}
