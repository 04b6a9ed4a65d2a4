//! The configuration: what can be set, where it was set, and whether it fits together.
//!
//! Flags beat the environment, which beats `billfold.toml`, which beats the compiled-in default file.
//! That file, `default.toml`, is the list of what can be set.

mod address;
mod fault;
mod layers;
pub mod master_key;
mod reading;
mod rules;
mod sources;
mod suggestion;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use address::is_loopback_url;
pub use fault::{ConfigError, ConfigFault};
pub use layers::{DEFAULTS, FILE_VARIABLE, Origin, Setting, Settings, USUAL_FILE, variable_of};
pub use sources::{Disk, Files, Flag, Sources};

use crate::telemetry::LogFormat;
use crate::types::Secret;
use reading::Reading;

/// All that can be set, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The address that customers, phones and Google use, without a slash at its end.
    pub public_url: String,
    /// `sqlite://..` or `postgres://..`; may hold a password.
    pub database_url: Secret,
    /// The installation's secret, if it is given rather than made; at least 32 characters.
    pub master_key: Option<Secret>,
    /// Apple Wallet, if it is set up.
    pub apple: Option<Apple>,
    /// Google Wallet, if it is set up.
    pub google: Option<Google>,
    /// How changes reach phones.
    pub delivery: Delivery,
    /// What is logged, and how.
    pub log: Log,
}

/// How cards get into Apple Wallet.
#[derive(Debug, Clone)]
pub struct Apple {
    /// The certificate's file.
    pub certificate: PathBuf,
    /// The key's file, if the certificate's does not hold it.
    pub private_key: Option<PathBuf>,
    /// What opens the key or the PKCS#12 file.
    pub private_key_password: Option<Secret>,
    /// Apple's intermediate certificate.
    pub wwdr: PathBuf,
    /// The pass type that the certificate must be for.
    pub pass_type: Option<String>,
    /// The team that the certificate must belong to.
    pub team: Option<String>,
    /// The push service.
    pub apns_url: String,
    /// Root certificates that alone are trusted there; `None` is the system's.
    pub apns_ca: Option<PathBuf>,
    /// A push key to use instead of the certificate.
    pub apns_key: Option<ApnsKey>,
}

/// A push key of Apple's developer site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApnsKey {
    /// The `.p8` file.
    pub file: PathBuf,
    /// Its id.
    pub key_id: String,
    /// Its team.
    pub team: String,
}

/// How cards get into Google Wallet.
#[derive(Debug, Clone)]
pub struct Google {
    /// The issuer's number.
    pub issuer_id: String,
    /// The service account's key file.
    pub service_account: PathBuf,
    /// Where the API answers.
    pub api_url: String,
    /// What save links begin with.
    pub save_url: String,
    /// Where the keys of callbacks are.
    pub keys_url: String,
    /// Root certificates trusted beside the system's.
    pub ca: Option<PathBuf>,
    /// Requests a second over all instances.
    pub requests_per_second: u32,
}

/// How changes reach phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// How many passes are built or sent at once.
    pub workers: u32,
    /// How long a phone has to fetch after a push, before it is told again.
    pub refetch_after: Duration,
    /// How often a phone is told again, at most.
    pub refetch_max: u32,
    /// Whether webhooks may go to private networks, to this machine, and over plain http.
    pub private_webhooks: bool,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// Which levels, by module; a filter that `tracing-subscriber` reads.
    pub level: String,
}

/// A configuration, and where each setting of it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The settings that it was made of.
    pub settings: Settings,
}

impl Config {
    /// Reads and checks a configuration. All faults are told at once.
    pub fn load(sources: &Sources<'_>) -> Result<Loaded, ConfigError> {
        let mut faults = Vec::new();
        let settings = Settings::merge(sources, &mut faults);
        let reading = Reading::new(&settings, faults);
        let config = rules::read(&reading, sources.files);
        let (faults, unread) = reading.finish();
        debug_assert!(unread.is_empty(), "nobody reads {unread:?}");
        if faults.is_empty() {
            return Ok(Loaded { config, settings });
        }
        Err(ConfigError { faults })
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        !self.database_url.expose().starts_with("sqlite://")
    }

    /// The database's file, if it is SQLite.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.database_url
            .expose()
            .strip_prefix("sqlite://")
            .map(PathBuf::from)
    }
}
