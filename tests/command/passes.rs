//! `billfold pass`.

use crate::shell::Shell;

const CAFE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/passes/cafe");

#[test]
fn a_built_sample_is_found_good() {
    let shell = Shell::of_demo();
    let design = format!("{CAFE}/design.json");
    let built = shell.run([
        "pass",
        "build",
        "--design",
        &design,
        "--language",
        "ar",
        "--out",
        "x.pkpass",
        "--json",
    ]);
    let built = built.succeeds().json();
    assert_eq!(built["file"], "x.pkpass");
    let report = shell
        .say("pass verify x.pkpass --trust root.pem --json")
        .succeeds()
        .json();
    assert_eq!(
        (&report["is_valid"], &report["trust"]),
        (&true.into(), &"given_root".into()),
        "{report}"
    );
    assert_eq!(report["identity"]["pass_type"], "pass.com.example.billfold");
    shell
        .say("pass verify x.pkpass")
        .succeeds()
        .prints(&["valid", "unknown root"]);
}

#[test]
fn a_pass_that_a_phone_would_refuse_ends_with_one() {
    let shell = Shell::of_demo();
    shell
        .run(["pass", "build", "--design", &format!("{CAFE}/design.json")])
        .succeeds();
    let mut bytes = std::fs::read(shell.path("sample.pkpass")).expect("a pass");
    let at = bytes
        .windows(10)
        .position(|window| window == b"SAMPLE0001")
        .expect("the serial");
    bytes[at] = b'X';
    shell.write("altered.pkpass", bytes);
    shell
        .say("pass verify altered.pkpass")
        .ends_with(1)
        .prints(&["not valid"]);
    shell.write("none.pkpass", "nonsense");
    let report = shell.say("pass verify none.pkpass --json").ends_with(1).json();
    assert_eq!(report["is_valid"], false);
}

#[test]
fn a_file_that_is_not_there_is_a_fault_of_usage() {
    let shell = Shell::new();
    shell
        .say("pass verify none.pkpass")
        .ends_with(2)
        .complains_of(&["none.pkpass cannot be read"]);
    shell.write("x.pkpass", "");
    shell
        .say("pass verify x.pkpass --trust none.pem")
        .ends_with(2)
        .complains_of(&["none.pem"]);
    shell.write("key.pem", "nonsense");
    shell
        .say("pass verify x.pkpass --trust key.pem")
        .ends_with(2)
        .complains_of(&["key.pem is neither"]);
}

#[test]
fn a_design_with_errors_makes_no_pass() {
    let shell = Shell::of_demo();
    // No icon: phones refuse such a pass.
    shell.write(
        "bare/design.json",
        r#"{"organization_name": "Cafe", "description": "Card"}"#,
    );
    shell
        .say("pass build --design bare/design.json")
        .ends_with(1)
        .prints(&["icon", "No pass was made"]);
    assert!(!shell.path("sample.pkpass").exists());
    let json = shell
        .say("pass build --design bare/design.json --json")
        .ends_with(1)
        .json();
    assert!(
        json["file"].is_null() && !json["findings"].as_array().expect("a list").is_empty(),
        "{json}"
    );

    shell.write(
        "bad.json",
        r#"{"organization_name": "Cafe", "description": "Card", "fields": {"header": [{"keys": 1}]}}"#,
    );
    let ran = shell.say("pass build --design bad.json").ends_with(1);
    ran.complains_of(&["bad.json is not a design", "fields.header[0]"]);
    shell
        .say("pass build --design none.json")
        .ends_with(2)
        .complains_of(&["none.json cannot be read"]);
}

#[test]
fn images_may_lie_elsewhere() {
    let shell = Shell::of_demo();
    shell.write(
        "design.json",
        std::fs::read(format!("{CAFE}/design.json")).expect("a design"),
    );
    shell
        .run(["pass", "build", "--design", "design.json", "--images", CAFE])
        .succeeds();
}

#[test]
fn a_sample_without_a_certificate_says_how_to_get_one() {
    let shell = Shell::new();
    let ran = shell
        .run(["pass", "build", "--design", &format!("{CAFE}/design.json")])
        .ends_with(2);
    ran.complains_of(&["`apple.certificate`", "billfold certs demo"]);
}
