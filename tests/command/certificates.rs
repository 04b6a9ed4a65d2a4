//! `billfold certs`, and the sentences about certificates that cannot be used.

use billfold::simulator::authority::{Authority, KeyKind, PassLeaf, new_key};
use billfold::types::{Clock as _, SystemClock, Time};

use crate::shell::Shell;

const DAY_MS: i64 = 86_400_000;

#[test]
fn demo_certificates_are_complete_and_good() {
    let shell = Shell::new();
    let made = shell.say("certs demo --json").succeeds().json();
    assert_eq!(made["config"], "certs/demo/billfold.toml");
    let show = "--config certs/demo/billfold.toml certs show";
    shell.say(show).succeeds().prints(&[
        "apple.certificate  certs/demo/apple/pass.pem",
        "pass type  pass.com.example.billfold",
        "team       DEMOTEAM01",
        " days left)",
        "billfold@billfold-demo.iam.gserviceaccount.com",
    ]);
    let json = shell.say(&format!("{show} --json")).succeeds().json();
    let settings: Vec<_> = json["certificates"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["setting"])
        .collect();
    assert_eq!(
        settings,
        ["apple.certificate", "apple.wwdr", "apple.apns_ca", "google.ca"]
    );
    assert_eq!(json["certificates"][0]["warnings"], serde_json::json!([]));
    #[cfg(unix)]
    for key in [
        "apple/pass.key",
        "server/server.key",
        "google/service-account.json",
        "google/callback-root.key",
    ] {
        assert_eq!(
            crate::shell::mode_of(&shell.path("certs/demo").join(key)),
            0o600,
            "{key}"
        );
    }
}

#[test]
fn a_request_names_the_shop_and_is_signed_by_a_key_that_stays() {
    let shell = Shell::new();
    let line = [
        "certs",
        "request",
        "--name",
        "Corner Café",
        "--email",
        "owner@cafe.example",
    ];
    shell.run(line).succeeds().prints(&[
        "certs/apple/pass.key  (yours alone; keep a copy)",
        "certs/apple/pass.csr",
        "certs/apple/pass.cer",
    ]);
    #[cfg(unix)]
    assert_eq!(crate::shell::mode_of(&shell.path("certs/apple/pass.key")), 0o600);
    let read = std::process::Command::new("openssl")
        .args([
            "req",
            "-verify",
            "-noout",
            "-subject",
            "-utf8",
            "-nameopt",
            "multiline,utf8,-esc_msb",
            "-in",
        ])
        .arg(shell.path("certs/apple/pass.csr"))
        .output()
        .expect("openssl runs");
    let said = String::from_utf8_lossy(&read.stdout).into_owned() + &String::from_utf8_lossy(&read.stderr);
    for word in ["verify OK", "Corner Café", "owner@cafe.example"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let before = shell.read("certs/apple/pass.key");
    shell
        .run(line)
        .ends_with(2)
        .complains_of(&["pass.key is there already", "Name another folder"]);
    assert_eq!(shell.read("certs/apple/pass.key"), before);
    let json = shell
        .run(["certs", "request", "elsewhere", "--name", "X", "--json"])
        .succeeds()
        .json();
    assert_eq!(json["request"], "elsewhere/pass.csr");
    let long = "x".repeat(65);
    shell
        .run(["certs", "request", "other", "--name", &long])
        .ends_with(2)
        .complains_of(&["1 to 64 characters"]);
    assert!(!shell.path("other").exists());
}

#[test]
fn demo_certificates_are_not_written_over_unasked() {
    let shell = Shell::new();
    shell.say("certs demo --out here").succeeds();
    let before = shell.read("here/apple/pass.key");
    shell
        .say("certs demo --out here")
        .ends_with(2)
        .complains_of(&["here/root.pem is there already", "--force"]);
    assert_eq!(shell.read("here/apple/pass.key"), before);
    shell
        .say("certs demo --out here --force --pass-type pass.com.example.other")
        .succeeds();
    assert_ne!(shell.read("here/apple/pass.key"), before);
    shell
        .say("--config here/billfold.toml certs show")
        .succeeds()
        .prints(&["pass.com.example.other"]);
}

#[test]
fn without_certificates_nothing_is_wrong_but_said() {
    Shell::new()
        .say("certs show")
        .succeeds()
        .prints(&["No wallet is set up", "billfold certs demo"]);
}

/// A way to break a sound set-up, and what must be said of it.
struct Breakage {
    name: &'static str,
    breaks: fn(&Shell, &Authority, Time),
    says: &'static [&'static str],
}

fn put_leaf(shell: &Shell, authority: &Authority, leaf: &PassLeaf) {
    let issued = authority.pass_certificate(leaf).expect("a certificate");
    shell.write("apple/pass.pem", issued.certificate_pem().expect("PEM"));
    shell.write("apple/pass.key", issued.key_pem().expect("PEM").expose());
}

fn sound(now: Time) -> PassLeaf {
    PassLeaf {
        key: KeyKind::P256,
        ..PassLeaf::sound("pass.com.example.cafe", "A1B2C3D4E5", now)
    }
}

fn in_apple(shell: &Shell, line: &str) {
    shell.replace("billfold.toml", "[apple]\n", &format!("[apple]\n{line}\n"));
}

const BREAKAGES: &[Breakage] = &[
    Breakage {
        name: "expired",
        breaks: |shell, authority, now| {
            let leaf = PassLeaf {
                not_before: now.plus_ms(-400 * DAY_MS),
                not_after: now.plus_ms(-DAY_MS),
                ..sound(now)
            };
            put_leaf(shell, authority, &leaf);
        },
        says: &["apple/pass.pem ran out on", "Renew it"],
    },
    Breakage {
        name: "another pass type than expected",
        breaks: |shell, _, _| in_apple(shell, "pass_type = \"pass.com.example.other\""),
        says: &[
            "apple/pass.pem",
            "`pass.com.example.cafe`",
            "`pass.com.example.other`",
            "Configure the certificate",
        ],
    },
    Breakage {
        name: "another team than expected",
        breaks: |shell, _, _| in_apple(shell, "team = \"ZZZZZZZZZZ\""),
        says: &["apple/pass.pem", "`A1B2C3D4E5`", "`ZZZZZZZZZZ`"],
    },
    Breakage {
        name: "a wrong password",
        breaks: |shell, authority, now| {
            let issued = authority.pass_certificate(&sound(now)).expect("a certificate");
            shell.write(
                "apple/pass.p12",
                issued.pkcs12("right", &[authority.wwdr()]).expect("PKCS#12"),
            );
            shell.replace(
                "billfold.toml",
                "certificate = \"apple/pass.pem\"\nprivate_key = \"apple/pass.key\"",
                "certificate = \"apple/pass.p12\"\nprivate_key_password = \"wrong\"",
            );
        },
        says: &[
            "the password does not open",
            "apple/pass.p12",
            "`apple.private_key_password`",
        ],
    },
    Breakage {
        name: "a key of another certificate",
        breaks: |shell, _, _| {
            let key = new_key(KeyKind::P256)
                .expect("a key")
                .private_key_to_pem_pkcs8()
                .expect("PEM");
            shell.write("apple/pass.key", key);
        },
        says: &["apple/pass.key does not belong to", "apple/pass.pem"],
    },
    Breakage {
        name: "no certificate where one is named",
        breaks: |shell, _, _| std::fs::remove_file(shell.path("apple/pass.pem")).expect("a file"),
        says: &[
            "`apple.certificate` names",
            "apple/pass.pem",
            "cannot be read",
            "Correct the path",
        ],
    },
    Breakage {
        name: "no key where one is named",
        breaks: |shell, _, _| std::fs::remove_file(shell.path("apple/pass.key")).expect("a file"),
        says: &["`apple.private_key` names", "apple/pass.key", "cannot be read"],
    },
    Breakage {
        name: "no intermediate",
        breaks: |shell, _, _| std::fs::remove_file(shell.path("apple/wwdr.pem")).expect("a file"),
        says: &[
            "there is no WWDR certificate at",
            "apple/wwdr.pem",
            "https://www.apple.com/certificateauthority/",
        ],
    },
    Breakage {
        name: "an intermediate of somebody else",
        breaks: |shell, _, now| {
            let other = Authority::new(now).expect("an authority");
            shell.write("apple/wwdr.pem", other.wwdr().to_pem().expect("PEM"));
        },
        says: &["apple/wwdr.pem", "download both again"],
    },
    Breakage {
        name: "something that is no certificate",
        breaks: |shell, _, _| shell.write("apple/pass.pem", "nonsense"),
        says: &["apple/pass.pem is neither PEM, DER nor PKCS#12"],
    },
    Breakage {
        name: "a certificate for something else",
        breaks: |shell, authority, now| {
            let leaf = PassLeaf {
                has_purposes: false,
                ..sound(now)
            };
            put_leaf(shell, authority, &leaf);
        },
        says: &["apple/pass.pem is not for passes", "Pass Type IDs"],
    },
];

#[test]
fn each_fault_of_a_certificate_is_a_sentence_with_file_and_mend_and_ends_with_two() {
    let now = SystemClock.now();
    let authority = Authority::new(now).expect("an authority");
    let design = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/passes/cafe/design.json");
    let toml = "[apple]\ncertificate = \"apple/pass.pem\"\nprivate_key = \"apple/pass.key\"\nwwdr = \"apple/wwdr.pem\"\n";
    for breakage in BREAKAGES {
        let shell = Shell::new();
        shell.write("billfold.toml", toml);
        shell.write("apple/wwdr.pem", authority.wwdr().to_pem().expect("PEM"));
        put_leaf(&shell, &authority, &sound(now));
        shell.say("certs show").succeeds();
        (breakage.breaks)(&shell, &authority, now);
        for arguments in [
            vec!["pass", "build", "--design", design],
            vec!["certs", "show"],
            vec!["serve", "--listen", "127.0.0.1:0"],
        ] {
            let ran = shell.run(&arguments);
            assert_eq!(
                ran.code, 2,
                "{}: {arguments:?}\n{}{}",
                breakage.name, ran.out, ran.err
            );
            ran.complains_of(breakage.says);
        }
        let ran = shell.say("doctor --offline");
        assert_eq!(ran.code, 1, "{}\n{}", breakage.name, ran.out);
        ran.prints(&["FAULT  apple certificate"]).prints(breakage.says);
    }
}

#[test]
fn a_certificate_that_runs_out_soon_is_warned_of() {
    let now = SystemClock.now();
    let authority = Authority::new(now).expect("an authority");
    let shell = Shell::of_demo();
    shell.write("apple/wwdr.pem", authority.wwdr().to_pem().expect("PEM"));
    let leaf = PassLeaf {
        not_after: now.plus_ms(20 * DAY_MS + DAY_MS / 2),
        ..sound(now)
    };
    put_leaf(&shell, &authority, &leaf);
    shell
        .say("certs show")
        .succeeds()
        .prints(&["warning    it runs out in 20 days"]);
    shell
        .say("doctor --offline")
        .succeeds()
        .prints(&["warn   apple certificate", "(20 days)", "Renew it"]);
}
