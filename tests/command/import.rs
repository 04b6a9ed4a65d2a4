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

/// Rows of the long list; `BILLFOLD_ROWS=100000` makes it as long as a shop's that moves.
const ROWS_BY: &str = "BILLFOLD_ROWS";
const ROWS: usize = 2000;
/// One row in so many has no good address.
const BAD_EACH: usize = 500;

on_both_databases! {
    /// Whoever is wrong is told by the row; the same file again changes nothing. Prints how long each took.
    async fn a_long_list_is_imported_and_again_changes_nothing(database: Database) {
        let shell = shell_of(&database);
        make_program(database.open(), "corner-cafe").await;
        let rows = std::env::var(ROWS_BY).map_or(ROWS, |text| text.parse().expect("BILLFOLD_ROWS is a number"));
        let line = |row: usize| {
            let at = if row.is_multiple_of(BAD_EACH) { "" } else { "@shop.example" };
            format!("Ann{row},m{row}{at},+49151{row:08},X{row},3\n")
        };
        let list: String = (1..=rows).map(line).collect();
        shell.write("long.csv", format!("first_name,email,phone,external_id,points\n{list}"));
        let words = ["import", "long.csv", "--json"];
        let began = std::time::Instant::now();
        let done = shell.run(words).ends_with(1).json();
        let took = began.elapsed();
        let good = rows - rows / BAD_EACH;
        assert_eq!((&done["rows"], &done["added"], &done["points"]), (&json!(rows), &json!(good), &json!(3 * good)));
        let refused = done["refused"].as_array().expect("rows");
        let first = json!({ "row": BAD_EACH + 1, "why": "bad_email", "field": "email", "first": null });
        assert_eq!(refused.first(), Some(&first));
        let began = std::time::Instant::now();
        let again = shell.run(words).ends_with(1).json();
        let repeated = began.elapsed();
        assert_eq!((&again["repeated"], &again["import"]), (&json!(true), &done["import"]));
        println!("{rows} rows: {took:?}; again: {repeated:?}");
        // The same people from a file that differs in a byte are known, each of them.
        shell.write("long.csv", format!("{}\n", shell.read("long.csv")));
        let known = shell.run(words).ends_with(1).json();
        assert_eq!((&known["added"], &known["known"], &known["points"]), (&json!(0), &json!(good), &json!(0)));
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
