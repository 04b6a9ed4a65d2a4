//! The configuration: which source counts, what is refused and in which words, where a value came from.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use billfold::config::master_key::{self, MasterKeyError};
use billfold::config::{
    Config, ConfigError, DEFAULTS, Files, Flag, Loaded, Origin, Sources, is_loopback_url, variable_of,
};
use billfold::telemetry::LogFormat;
use billfold::types::Secret;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A machine whose files and variables are those of the test and no others.
#[derive(Default, Clone)]
struct Machine {
    files: BTreeMap<PathBuf, String>,
    environment: BTreeMap<String, String>,
    flags: Vec<Flag>,
    file: Option<PathBuf>,
}

impl Files for Machine {
    fn read(&self, path: &Path) -> io::Result<String> {
        let found = self.files.get(path).cloned();
        found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))
    }

    fn exists(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }
}

impl Machine {
    fn with_file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(PathBuf::from(path), text.to_owned());
        self
    }

    /// A machine with a `billfold.toml` in the working folder.
    fn of_toml(text: &str) -> Self {
        Self::default().with_file("billfold.toml", text)
    }

    fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn with_flag(mut self, name: &str, key: &str, value: &str) -> Self {
        self.flags.push(Flag {
            name: name.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
        });
        self
    }

    fn load(&self) -> Result<Loaded, ConfigError> {
        Config::load(&Sources {
            flags: self.flags.clone(),
            file: self.file.clone(),
            environment: self.environment.clone(),
            files: self,
        })
    }

    fn config(&self) -> Config {
        self.load().expect("a sound configuration").config
    }

    fn refusal(&self) -> String {
        self.load().expect_err("a refusal").to_string()
    }
}

fn shown(loaded: &Loaded, key: &str) -> (String, String) {
    let setting = loaded.settings.find(key).expect("a setting");
    (setting.shown(), setting.origin.to_string())
}

#[test]
fn nothing_at_all_is_a_sound_configuration_without_wallets() {
    let config = Machine::default().config();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
    assert_eq!(config.database_url.expose(), "sqlite://billfold.db");
    assert!(config.apple.is_none() && config.google.is_none() && config.master_key.is_none());
    assert_eq!(config.delivery.refetch_after, Duration::from_mins(2));
    assert_eq!(config.delivery.refetch_max, 5);
    assert!(!config.delivery.private_webhooks);
    assert_eq!(config.log.format, LogFormat::Text);
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let mut machine = Machine::default();
    let mut seen = vec![shown(&machine.load().expect("sound"), "listen")];
    machine = machine.with_file("billfold.toml", "\n\nlisten = \"127.0.0.1:1\"\n");
    seen.push(shown(&machine.load().expect("sound"), "listen"));
    machine = machine.with_variable("BILLFOLD_LISTEN", "127.0.0.1:2");
    seen.push(shown(&machine.load().expect("sound"), "listen"));
    machine = machine.with_flag("--listen", "listen", "127.0.0.1:3");
    seen.push(shown(&machine.load().expect("sound"), "listen"));
    let expected = [
        ("127.0.0.1:8080", "default"),
        ("127.0.0.1:1", "billfold.toml line 3"),
        ("127.0.0.1:2", "BILLFOLD_LISTEN"),
        ("127.0.0.1:3", "--listen"),
    ];
    let expected = expected.map(|(value, origin)| (value.to_owned(), origin.to_owned()));
    assert_eq!(seen, expected);
}

#[test]
fn the_file_of_the_flag_beats_that_of_the_variable_which_beats_the_usual_one() {
    let mut machine = Machine::of_toml("listen = \"127.0.0.1:1\"")
        .with_file("/etc/two.toml", "listen = \"127.0.0.1:2\"")
        .with_file("/etc/three.toml", "listen = \"127.0.0.1:3\"");
    assert_eq!(machine.config().listen.port(), 1);
    machine = machine.with_variable("BILLFOLD_CONFIG", "/etc/two.toml");
    assert_eq!(machine.config().listen.port(), 2);
    machine.file = Some(PathBuf::from("/etc/three.toml"));
    assert_eq!(machine.config().listen.port(), 3);
    machine.file = Some(PathBuf::from("/etc/four.toml"));
    let refusal = machine.refusal();
    assert!(
        refusal.contains("/etc/four.toml") && refusal.contains("--config"),
        "{refusal}"
    );
}

/// The keys that the default file sets, read independently of the program.
fn default_keys() -> Vec<String> {
    let table: toml::Table = DEFAULTS.parse().expect("TOML");
    let mut keys = Vec::new();
    for (name, value) in &table {
        match value.as_table() {
            Some(section) => keys.extend(section.keys().map(|key| format!("{name}.{key}"))),
            None => keys.push(name.clone()),
        }
    }
    keys
}

#[test]
fn every_setting_of_the_default_file_is_read_shown_and_explained() {
    let loaded = Machine::default().load().expect("sound");
    let shown: BTreeSet<&str> = loaded
        .settings
        .iter()
        .map(|setting| setting.key.as_str())
        .collect();
    let keys = default_keys();
    assert_eq!(shown, keys.iter().map(String::as_str).collect());
    let mut is_explained = false;
    for line in DEFAULTS.lines() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(is_explained, "{line}");
        }
        is_explained = line.starts_with("# ");
    }
}

#[test]
fn every_field_of_the_configuration_follows_a_setting() {
    // Each setting is changed alone; the configuration must come out different (or refused for its value).
    let base = Machine::default()
        .with_file("c", "")
        .with_file("k", "")
        .with_variable("BILLFOLD_APPLE__CERTIFICATE", "c")
        .with_variable("BILLFOLD_GOOGLE__ISSUER_ID", "3388000000000000000");
    let before = print(&base.config());
    for key in default_keys() {
        let value = match key.as_str() {
            "listen" => "127.0.0.1:99",
            "public_url" | "apple.apns_url" | "google.api_url" | "google.save_url" | "google.keys_url" => {
                "https://x.example"
            }
            "database_url" => "sqlite://other.db",
            "master_key" => KEY,
            "apple.pass_type" => "pass.x",
            "apple.team" => "ABCDE12345",
            "google.issuer_id"
            | "google.requests_per_second"
            | "delivery.workers"
            | "delivery.refetch_max" => "7",
            "delivery.refetch_after_s" => "77",
            "delivery.webhooks" => "private",
            "log.format" => "json",
            "log.level" => "debug",
            // One of three, so it is refused alone.
            "apple.apns_key" | "apple.apns_key_id" | "apple.apns_team" => {
                let refusal = base
                    .clone()
                    .with_variable(&variable_of(&key), "ABCDE12345")
                    .refusal();
                assert!(refusal.contains(&format!("`{key}` is set")), "{refusal}");
                continue;
            }
            _ => "other",
        };
        let after = print(&base.clone().with_variable(&variable_of(&key), value).config());
        assert_ne!(before, after, "`{key}` changes nothing");
    }
}

/// Everything of a configuration, its secrets too.
fn print(config: &Config) -> String {
    let reveal = |secret: Option<&Secret>| secret.map(|secret| secret.expose().to_owned());
    let password = config
        .apple
        .as_ref()
        .and_then(|apple| apple.private_key_password.as_ref());
    format!(
        "{config:?} {:?} {:?} {:?}",
        reveal(Some(&config.database_url)),
        reveal(config.master_key.as_ref()),
        reveal(password)
    )
}

#[test]
fn the_example_file_is_a_sound_configuration() {
    let loaded = Machine::of_toml(include_str!("../certs.example/billfold.toml"))
        .load()
        .expect("sound");
    assert!(loaded.config.apple.is_some() && loaded.config.google.is_some());
    // It says of itself that every line without a mark shows the default.
    let defaults = Machine::default().load().expect("sound");
    let marked = [
        "public_url",
        "apple.certificate",
        "apple.private_key",
        "apple.wwdr",
        "google.issuer_id",
        "google.service_account",
    ];
    for setting in loaded
        .settings
        .iter()
        .filter(|setting| setting.origin != Origin::Default)
    {
        let default = defaults.settings.find(&setting.key).expect("a setting").shown();
        assert!(
            marked.contains(&setting.key.as_str()) || setting.shown().trim_end_matches('/') == default,
            "{}",
            setting.key
        );
    }
}

#[test]
fn what_is_unknown_is_refused_with_a_suggestion() {
    let cases: &[(Machine, &[&str])] = &[
        (
            Machine::of_toml("lissten = \"127.0.0.1:1\""),
            &["`lissten`", "billfold.toml line 1", "Did you mean `listen`?"],
        ),
        (
            Machine::of_toml("# the wallet\n[apple]\nwdr = \"x\""),
            &["`apple.wdr`", "line 3", "`apple.wwdr`"],
        ),
        (
            Machine::of_toml("wwdr = \"x\""),
            &["`wwdr`", "Did you mean `apple.wwdr`?"],
        ),
        (
            Machine::of_toml("[colour]\nred = 1"),
            &["`colour.red`", "billfold config show"],
        ),
        (
            Machine::default().with_variable("BILLFOLD_LISTENS", "x"),
            &["BILLFOLD_LISTENS", "Did you mean `BILLFOLD_LISTEN`?"],
        ),
        (
            Machine::default().with_variable("BILLFOLD_APPLE_WWDR", "x"),
            &["Did you mean `BILLFOLD_APPLE__WWDR`?"],
        ),
        (
            Machine::default().with_variable("BILLFOLD_APPLE__WWDR_FILE", "x"),
            &["BILLFOLD_APPLE__WWDR_FILE sets nothing"],
        ),
        (
            Machine::default().with_flag("--set", "google.issuer", "1"),
            &["`google.issuer` (--set)", "Did you mean `google.issuer_id`?"],
        ),
    ];
    for (machine, parts) in cases {
        let refusal = machine.refusal();
        for part in *parts {
            assert!(refusal.contains(part), "`{part}` is missing in: {refusal}");
        }
    }
}

#[test]
fn variables_of_tests_and_of_others_set_nothing() {
    let machine = Machine::default()
        .with_variable("BILLFOLD_TEST_POSTGRES", "postgres://x")
        .with_variable("PATH", "/bin")
        .with_variable("BILLFOLD_CONFIG", "");
    assert!(machine.load().is_ok());
}

#[test]
fn each_bad_value_is_refused_with_its_name_its_origin_and_the_mend() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "BILLFOLD_LISTEN",
            "8080",
            "an address and a port such as 127.0.0.1:8080",
        ),
        ("BILLFOLD_PUBLIC_URL", "https://x.example/", "Take the slash away"),
        (
            "BILLFOLD_PUBLIC_URL",
            "http://x.example",
            "must begin with https://",
        ),
        (
            "BILLFOLD_PUBLIC_URL",
            "cards",
            "such as https://cards.example.com",
        ),
        ("BILLFOLD_DATABASE_URL", "mysql://x", "sqlite:// or postgres://"),
        ("BILLFOLD_DATABASE_URL", "sqlite://:memory:", "a file that stays"),
        ("BILLFOLD_MASTER_KEY", "short", "openssl rand -base64 32"),
        (
            "BILLFOLD_APPLE__APNS_URL",
            "http://127.0.0.1:2197",
            "https://api.push.apple.com",
        ),
        (
            "BILLFOLD_GOOGLE__API_URL",
            "http://x.example",
            "must begin with https://",
        ),
        (
            "BILLFOLD_GOOGLE__ISSUER_ID",
            "issuer",
            "Google Pay & Wallet Console",
        ),
        ("BILLFOLD_GOOGLE__REQUESTS_PER_SECOND", "0", "from 1 to"),
        ("BILLFOLD_GOOGLE__REQUESTS_PER_SECOND", "many", "a whole number"),
        ("BILLFOLD_DELIVERY__WORKERS", "-1", "from 1 to 256"),
        ("BILLFOLD_LOG__FORMAT", "xml", "`text` or `json`"),
        (
            "BILLFOLD_LOG__LEVEL",
            "loud=extremely=so",
            "info,billfold::delivery=debug",
        ),
    ];
    for (variable, value, mend) in cases {
        let refusal = Machine::default().with_variable(variable, value).refusal();
        let key = variable
            .trim_start_matches("BILLFOLD_")
            .to_ascii_lowercase()
            .replace("__", ".");
        for part in [format!("`{key}` ({variable})").as_str(), mend] {
            assert!(refusal.contains(part), "`{part}` is missing in: {refusal}");
        }
    }
    let apple = [
        (
            "BILLFOLD_APPLE__PASS_TYPE",
            "com.example",
            "must begin with `pass.`",
        ),
        ("BILLFOLD_APPLE__TEAM", "short", "10 letters and digits"),
    ];
    for (variable, value, mend) in apple {
        let machine = Machine::default().with_variable("BILLFOLD_APPLE__CERTIFICATE", "c");
        let refusal = machine.with_variable(variable, value).refusal();
        assert!(refusal.contains(mend), "{refusal}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_in_the_file_is_refused_with_its_line() {
    for (text, parts) in [
        (
            "[google]\nrequests_per_second = \"20\"",
            ["line 2", "without quotes"],
        ),
        ("listen = true", ["line 1", "a text in quotes"]),
        ("[apple]\nwwdr = [\"a\"]", ["line 2", "a text in quotes"]),
        (
            "listen = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"",
            ["line 2", "not TOML"],
        ),
        ("listen: 8080", ["line 1", "not TOML"]),
    ] {
        let refusal = Machine::of_toml(text).refusal();
        for part in parts {
            assert!(refusal.contains(part), "`{part}` is missing in: {refusal}");
        }
    }
    // An issuer is a number to whoever copies it.
    let config = Machine::of_toml("[google]\nissuer_id = 3388000000000000000").config();
    assert_eq!(
        config.google.map(|google| google.issuer_id).as_deref(),
        Some("3388000000000000000")
    );
}

#[test]
fn settings_that_do_not_go_together_are_refused_by_name() {
    let postgres = Machine::default().with_variable("BILLFOLD_DATABASE_URL", "postgres://db/billfold");
    assert!(postgres.refusal().contains("BILLFOLD_MASTER_KEY_FILE"));
    assert!(
        postgres
            .with_variable("BILLFOLD_MASTER_KEY", KEY)
            .config()
            .is_postgres()
    );

    let refusal = Machine::of_toml("[google]\nservice_account = \"x.json\"").refusal();
    assert!(refusal.contains("`google.issuer_id` is not"), "{refusal}");
    let refusal = Machine::of_toml("[apple]\nprivate_key = \"pass.key\"").refusal();
    assert!(refusal.contains("Set `apple.certificate`"), "{refusal}");

    let half = "[apple]\ncertificate = \"c\"\napns_key = \"k.p8\"\napns_key_id = \"ABCDE12345\"";
    let refusal = Machine::of_toml(half).refusal();
    assert!(refusal.contains("`apple.apns_team` is missing"), "{refusal}");
    let whole = Machine::of_toml(&format!("{half}\napns_team = \"TEAM123456\"")).config();
    let key = whole.apple.and_then(|apple| apple.apns_key).expect("a push key");
    assert_eq!(
        (key.key_id.as_str(), key.team.as_str()),
        ("ABCDE12345", "TEAM123456")
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let machine = Machine::of_toml("lisen = \"x\"\npublic_url = \"x\"").with_variable("BILLFOLD_X", "y");
    assert_eq!(machine.load().expect_err("faults").faults.len(), 3);
}

#[test]
fn apple_is_set_up_when_its_certificate_is_named_or_lies_in_the_usual_place() {
    assert!(Machine::default().config().apple.is_none());
    let usual = Machine::default()
        .with_file("certs/apple/pass.cer", "")
        .with_file("certs/apple/pass.key", "");
    let apple = usual.config().apple.expect("set up");
    assert_eq!(
        apple.private_key.as_deref(),
        Some(Path::new("certs/apple/pass.key"))
    );
    // A PKCS#12 file holds its key; the usual key beside it is not meant.
    let apple = usual
        .with_variable("BILLFOLD_APPLE__CERTIFICATE", "pass.p12")
        .config()
        .apple
        .expect("set up");
    assert_eq!(apple.private_key, None);
    let off = Machine::default()
        .with_file("certs/apple/pass.cer", "")
        .with_variable("BILLFOLD_APPLE__CERTIFICATE", "");
    assert!(off.config().apple.is_none());
}

#[test]
fn a_relative_path_starts_at_the_folder_of_the_file_that_names_it() {
    let mut machine = Machine::default().with_file(
        "/etc/billfold/billfold.toml",
        "database_url = \"sqlite://data/b.db\"\n[apple]\ncertificate = \"pass.cer\"\nwwdr = \"/srv/wwdr.cer\"",
    );
    machine.file = Some(PathBuf::from("/etc/billfold/billfold.toml"));
    let config = machine.config();
    assert_eq!(
        config.sqlite_file().as_deref(),
        Some(Path::new("/etc/billfold/data/b.db"))
    );
    let apple = config.apple.expect("set up");
    assert_eq!(apple.certificate, Path::new("/etc/billfold/pass.cer"));
    assert_eq!(apple.wwdr, Path::new("/srv/wwdr.cer"));
    let config = machine
        .with_variable("BILLFOLD_APPLE__CERTIFICATE", "here.cer")
        .config();
    assert_eq!(config.apple.expect("set up").certificate, Path::new("here.cer"));
}

#[test]
fn a_secret_comes_from_the_file_that_a_variable_names() {
    let machine = Machine::default()
        .with_file("/run/secrets/key", &format!("{KEY}\n"))
        .with_variable("BILLFOLD_MASTER_KEY_FILE", "/run/secrets/key");
    let loaded = machine.load().expect("sound");
    assert_eq!(loaded.config.master_key.as_ref().map(Secret::expose), Some(KEY));
    assert_eq!(
        loaded
            .settings
            .find("master_key")
            .map(|setting| setting.origin.clone()),
        Some(Origin::SecretFile {
            name: "BILLFOLD_MASTER_KEY_FILE".to_owned(),
            file: PathBuf::from("/run/secrets/key"),
        })
    );
    let refusal = machine
        .clone()
        .with_variable("BILLFOLD_MASTER_KEY", KEY)
        .refusal();
    assert!(refusal.contains("Unset one of them"), "{refusal}");
    let refusal = Machine::default()
        .with_variable("BILLFOLD_DATABASE_URL_FILE", "/run/none")
        .refusal();
    assert!(
        refusal.contains("/run/none") && refusal.contains("BILLFOLD_DATABASE_URL_FILE"),
        "{refusal}"
    );
}

#[test]
fn a_secret_is_neither_taken_from_a_flag_nor_shown() {
    let refusal = Machine::default().with_flag("--set", "master_key", KEY).refusal();
    assert!(
        refusal.contains("BILLFOLD_MASTER_KEY_FILE") && !refusal.contains(KEY),
        "{refusal}"
    );
    let loaded = Machine::default()
        .with_variable("BILLFOLD_MASTER_KEY", KEY)
        .with_variable(
            "BILLFOLD_DATABASE_URL",
            "postgres://me:hunter2@db/b?sslpassword=hunter3&sslmode=require",
        )
        .with_variable("BILLFOLD_APPLE__CERTIFICATE", "c")
        .with_variable("BILLFOLD_APPLE__PRIVATE_KEY_PASSWORD", "hunter4")
        .load()
        .expect("sound");
    let shown: Vec<String> = loaded
        .settings
        .iter()
        .map(billfold::config::Setting::shown)
        .collect();
    let everything = format!("{shown:?} {loaded:?}");
    for secret in [KEY, "hunter2", "hunter3", "hunter4"] {
        assert!(!everything.contains(secret), "{everything}");
    }
    assert!(
        shown.contains(&"postgres://me:***@db/b?sslpassword=***&sslmode=require".to_owned()),
        "{shown:?}"
    );
}

fn config_in(folder: &Path) -> Config {
    Machine::default()
        .with_variable(
            "BILLFOLD_DATABASE_URL",
            &format!("sqlite://{}", folder.join("b.db").display()),
        )
        .config()
}

#[test]
fn a_master_key_is_made_once_and_for_its_owner_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_in(folder.path());
    assert!(master_key::find(&config).expect("no fault").is_none());
    // Many at once: all must get the same key.
    let tokens: BTreeSet<String> = std::thread::scope(|scope| {
        let make = || {
            master_key::find_or_make(&config)
                .expect("a key")
                .derive_token("test", &[])
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert_eq!(tokens.len(), 1);
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["b.db.master-key"]);
    let kept = master_key::find(&config).expect("no fault").expect("kept");
    assert!(tokens.contains(&kept.derive_token("test", &[])));
}

#[cfg(unix)]
#[test]
fn a_master_key_that_others_can_read_is_refused_with_the_mend() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_in(folder.path());
    master_key::find_or_make(&config).expect("a key");
    let file = folder.path().join("b.db.master-key");
    for mode in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let fault = master_key::find(&config).expect_err("refused");
        assert!(matches!(fault, MasterKeyError::Exposed { .. }), "{mode:o}");
        assert!(
            fault
                .to_string()
                .contains(&format!("chmod 600 {}", file.display())),
            "{fault}"
        );
    }
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    std::fs::write(&file, "short").expect("a file");
    assert!(matches!(
        master_key::find(&config),
        Err(MasterKeyError::TooShort { .. })
    ));
}

#[test]
fn only_addresses_of_this_machine_are_loopback() {
    for (address, expected) in [
        ("http://127.0.0.1:8080", true),
        ("http://127.9.9.9", true),
        ("https://localhost", true),
        ("http://[::1]:1", true),
        ("https://cards.example.com", false),
        ("https://localhost.example.com", false),
        ("nonsense", false),
    ] {
        assert_eq!(is_loopback_url(address), expected, "{address}");
    }
}
