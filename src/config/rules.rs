//! What each setting must be, and which of them must go together.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use super::reading::{Reading, cut};
use super::sources::Files;
use super::{ApnsKey, Apple, Config, Delivery, Google, Log, address};
use crate::telemetry::LogFormat;
use crate::types::{MasterKey, Secret};

/// Characters of Apple's ids of teams and keys.
const APPLE_ID_CHARS: usize = 10;
/// Digits of the longest number that Google gives out as an issuer id (an int64).
const ISSUER_DIGITS_MAX: usize = 19;

/// Makes the configuration of its settings.
pub(super) fn read(reading: &Reading<'_>, files: &dyn Files) -> Config {
    let database_url = read_database_url(reading);
    Config {
        listen: reading.parsed(
            "listen",
            SocketAddr::from((Ipv4Addr::LOCALHOST, 8_080)),
            "an address and a port such as 127.0.0.1:8080",
        ),
        public_url: read_address(reading, "public_url", address::check_public_url),
        master_key: read_master_key(reading, &database_url),
        database_url,
        apple: read_apple(reading, files),
        google: read_google(reading),
        delivery: Delivery {
            workers: reading.number("delivery.workers", 1..=256),
            refetch_after: Duration::from_secs(reading.number("delivery.refetch_after_s", 5..=86_400).into()),
            refetch_max: reading.number("delivery.refetch_max", 0..=100),
            private_webhooks: read_webhooks(reading),
        },
        log: Log {
            format: read_log_format(reading),
            level: read_log_level(reading),
        },
    }
}

fn read_address(reading: &Reading<'_>, key: &str, check: fn(&str) -> Result<(), String>) -> String {
    let text = reading.text(key);
    if let Err(why) = check(text) {
        reading.refuse(key, why);
    }
    text.to_owned()
}

fn read_database_url(reading: &Reading<'_>) -> Secret {
    const KEY: &str = "database_url";
    let text = reading.text(KEY);
    let Some(file) = text.strip_prefix("sqlite://") else {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            reading.refuse(
                KEY,
                "must begin with sqlite:// or postgres://, such as sqlite://billfold.db",
            );
        }
        return Secret::new(text);
    };
    if file.is_empty() || file == ":memory:" {
        reading.refuse(KEY, "must name a file that stays, such as sqlite://billfold.db");
    }
    Secret::new(text)
}

fn read_master_key(reading: &Reading<'_>, database_url: &Secret) -> Option<Secret> {
    const KEY: &str = "master_key";
    let secret = reading.optional_secret(KEY);
    match &secret {
        Some(secret) if MasterKey::new(secret).is_none() => {
            let least = MasterKey::MIN_LEN;
            reading.refuse(
                KEY,
                format!("must have at least {least} characters. Make one with `openssl rand -base64 32`"),
            );
        }
        None if database_url.expose().starts_with("postgres") => reading.clash(
            "`master_key` must be given with PostgreSQL, the same for every instance. Make one with `openssl rand \
             -base64 32` and set BILLFOLD_MASTER_KEY, or BILLFOLD_MASTER_KEY_FILE with the path of a file",
        ),
        _ => (),
    }
    secret
}

/// Whether webhooks may go into private networks.
fn read_webhooks(reading: &Reading<'_>) -> bool {
    const KEY: &str = "delivery.webhooks";
    match reading.text(KEY) {
        "private" => return true,
        "open" => (),
        other => reading.refuse(KEY, format!("must be `open` or `private`, not `{}`", cut(other))),
    }
    false
}

fn read_log_format(reading: &Reading<'_>) -> LogFormat {
    const KEY: &str = "log.format";
    match reading.text(KEY) {
        "json" => return LogFormat::Json,
        "text" => (),
        other => reading.refuse(KEY, format!("must be `text` or `json`, not `{}`", cut(other))),
    }
    LogFormat::Text
}

fn read_log_level(reading: &Reading<'_>) -> String {
    const KEY: &str = "log.level";
    let text = reading.text(KEY);
    if text.is_empty() || EnvFilter::builder().parse(text).is_err() {
        reading.refuse(
            KEY,
            format!(
                "must be `error`, `warn`, `info`, `debug` or `trace`, also by module as in \
                 `info,billfold::delivery=debug`, not `{}`",
                cut(text)
            ),
        );
    }
    text.to_owned()
}

fn read_apple(reading: &Reading<'_>, files: &dyn Files) -> Option<Apple> {
    let apple = Apple {
        certificate: reading.path("apple.certificate"),
        private_key: read_private_key(reading, files),
        private_key_password: reading.optional_secret("apple.private_key_password"),
        wwdr: reading.path("apple.wwdr"),
        pass_type: read_pass_type(reading),
        team: read_apple_id(reading, "apple.team"),
        apns_url: read_address(reading, "apple.apns_url", address::check_push_url),
        apns_ca: reading.optional_path("apple.apns_ca"),
        apns_key: read_apns_key(reading),
    };
    let has_certificate = reading.is_given("apple.certificate")
        || (!reading.text("apple.certificate").is_empty() && files.exists(&apple.certificate));
    if has_certificate {
        return Some(apple);
    }
    let dependents = [
        "apple.private_key",
        "apple.private_key_password",
        "apple.pass_type",
        "apple.team",
        "apple.apns_key",
    ];
    if let Some(key) = dependents.into_iter().find(|key| reading.is_given(key)) {
        reading.clash(format!(
            "`{key}` is set, but there is no certificate to use it with. Set `apple.certificate` to the certificate's \
             file, or take `{key}` away if you do without Apple Wallet"
        ));
    }
    None
}

/// The key's file: the one that was set; else the usual one if it is there and the certificate's file
/// is of the kind that holds no key.
fn read_private_key(reading: &Reading<'_>, files: &dyn Files) -> Option<PathBuf> {
    const KEY: &str = "apple.private_key";
    let path = reading.optional_path(KEY)?;
    if reading.is_given(KEY) {
        return Some(path);
    }
    let certificate = reading.path("apple.certificate");
    let extension = certificate.extension().unwrap_or_default().to_ascii_lowercase();
    let holds_key = extension == "p12" || extension == "pfx";
    (!holds_key && files.exists(&path)).then_some(path)
}

fn read_pass_type(reading: &Reading<'_>) -> Option<String> {
    const KEY: &str = "apple.pass_type";
    let pass_type = reading.optional_text(KEY)?;
    if !pass_type.starts_with("pass.") {
        reading.refuse(KEY, "must begin with `pass.`, as in `pass.com.example.cafe`");
    }
    Some(pass_type)
}

fn read_apple_id(reading: &Reading<'_>, key: &str) -> Option<String> {
    let id = reading.optional_text(key)?;
    if id.len() != APPLE_ID_CHARS || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        reading.refuse(
            key,
            format!("must be {APPLE_ID_CHARS} letters and digits, not `{}`", cut(&id)),
        );
    }
    Some(id)
}

fn read_apns_key(reading: &Reading<'_>) -> Option<ApnsKey> {
    let file = reading.optional_path("apple.apns_key");
    let key_id = read_apple_id(reading, "apple.apns_key_id");
    let team = read_apple_id(reading, "apple.apns_team");
    match (file, key_id, team) {
        (Some(file), Some(key_id), Some(team)) => Some(ApnsKey { file, key_id, team }),
        (None, None, None) => None,
        (file, key_id, team) => {
            let state = |name, is_there| format!("`{name}` is {}", if is_there { "set" } else { "missing" });
            let states = [
                state("apple.apns_key", file.is_some()),
                state("apple.apns_key_id", key_id.is_some()),
                state("apple.apns_team", team.is_some()),
            ];
            reading.clash(format!(
                "a push key needs all of three settings: {}. Set all three, or none to push with the certificate",
                states.join(", ")
            ));
            None
        }
    }
}

fn read_google(reading: &Reading<'_>) -> Option<Google> {
    let issuer_id = reading.optional_text("google.issuer_id");
    let service = |key| {
        read_address(reading, key, address::check_service_url)
            .trim_end_matches('/')
            .to_owned()
    };
    let google = Google {
        issuer_id: issuer_id.clone().unwrap_or_default(),
        service_account: reading.path("google.service_account"),
        api_url: service("google.api_url"),
        save_url: service("google.save_url"),
        keys_url: service("google.keys_url"),
        ca: reading.optional_path("google.ca"),
        requests_per_second: reading.number("google.requests_per_second", 1..=10_000),
    };
    let Some(issuer_id) = issuer_id else {
        if reading.is_given("google.service_account") {
            reading.clash(
                "`google.service_account` is set, but `google.issuer_id` is not. Set it to the number at the top of the \
                 Google Pay & Wallet Console, or take `google.service_account` away if you do without Google Wallet",
            );
        }
        return None;
    };
    let is_number = !issuer_id.starts_with('0') && issuer_id.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || issuer_id.len() > ISSUER_DIGITS_MAX {
        reading.refuse(
            "google.issuer_id",
            format!(
                "must be the number at the top of the Google Pay & Wallet Console, not `{}`",
                cut(&issuer_id)
            ),
        );
    }
    if google.service_account.as_os_str().is_empty() {
        reading.clash(
            "`google.issuer_id` is set, but `google.service_account` is empty. Set it to the key file of the service \
             account",
        );
    }
    Some(google)
}
