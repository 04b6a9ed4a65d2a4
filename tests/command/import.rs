//! `billfold import`.

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

const LIST: &str = "Vorname;E-mail;Telefon;Stempel;Anmerkung\r\n\
    Lina;lina@example.com;030 123456;7;=1+1\r\n\
    Omar;no mail;;3;\"=HYPERLINK(\"\"http://x\"\")\"\r\n\
    لينا;leila@example.com;;٣;\r\n";

on_both_databases! {
    /// The whole way: judged, done, done again without a change.
    async fn a_list_is_judged_and_imported_once(database: Database) {
        let shell = shell_of(&database);
        make_program(database.open(), "corner-cafe").await;
        shell.write("members.csv", LIST);
        let words = ["import", "members.csv", "--country", "49", "--json"];
        let judged = shell.run(words.into_iter().chain(["--dry-run"])).ends_with(1).json();
        assert_eq!(judged, json!({
            "import": null, "dry_run": true, "repeated": false, "rows": 3, "added": 2, "known": 0, "points": 10,
            "value_minor": null,
            "refused": [{ "row": 3, "why": "bad_email", "field": "email", "first": null }],
        }));
        let done = shell.run(words).ends_with(1).json();
        assert_eq!((&done["added"], &done["points"], &done["dry_run"]), (&json!(2), &json!(10), &json!(false)));
        let again = shell.run(words).ends_with(1).json();
        assert_eq!(again["import"], done["import"]);
        assert_eq!((&again["repeated"], &again["added"]), (&Value::Bool(true), &json!(2)));
        // Another list about the same people makes nobody twice.
        shell.write("more.csv", "Telefon\n+49 30 123456\n");
        let known = shell.run(["import", "more.csv", "--json"]).succeeds().json();
        assert_eq!((&known["added"], &known["known"]), (&json!(0), &json!(1)));
    }
}

#[tokio::test]
async fn what_is_refused_is_told_and_written_without_formulas() {
    let database = Database::sqlite();
    let shell = shell_of(&database);
    make_program(database.open(), "corner-cafe").await;
    shell.write("members.csv", LIST);
    let ran = shell
        .say("import members.csv --program corner-cafe --refused refused.csv")
        .ends_with(1);
    ran.prints(&[
        "Imported: 1 new members, 0 known, 3 points, 2 rows refused.",
        "row 2: the phone number needs its country's code",
        "row 3: the e-mail address must look like name@example.com",
    ]);
    let refused = shell.read("refused.csv");
    assert!(
        refused.contains("\"Omar\",\"no mail\"") && refused.contains("\"'=HYPERLINK("),
        "{refused}"
    );
    // Mended by other words for its columns, it is brought again.
    let again = shell
        .say("import refused.csv --map Telefon=- --map Vorname=last_name --json")
        .ends_with(1)
        .json();
    assert_eq!((&again["added"], &again["points"]), (&json!(1), &json!(7)));
}

#[tokio::test]
async fn what_is_no_list_or_no_program_is_told() {
    let database = Database::sqlite();
    let shell = shell_of(&database);
    shell.write("members.csv", LIST);
    shell.write("book.csv", b"PK\x03\x04rest");
    shell.write("names.csv", "Name\nLina\n");
    shell
        .say("import members.csv")
        .ends_with(1)
        .complains_of(&["no program yet"]);
    make_program(database.open(), "corner-cafe").await;
    for (line, said) in [
        ("import nowhere.csv", "cannot be read"),
        ("import book.csv", "save it as CSV"),
        ("import names.csv", "nobody could be found again"),
        ("import members.csv --program nowhere", "no program `nowhere`"),
        (
            "import members.csv --map Nowhere=email",
            "there is no column `Nowhere`",
        ),
        ("import members.csv --country x", "calling code"),
    ] {
        shell.say(line).ends_with(1).complains_of(&[said]);
    }
    shell
        .say("import members.csv --map E-mail=post")
        .ends_with(2)
        .complains_of(&["there is no field `post`"]);
    make_program(database.open(), "other-cafe").await;
    shell
        .say("import members.csv")
        .ends_with(1)
        .complains_of(&["several programs"]);
}
