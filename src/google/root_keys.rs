//! Google's root keys for callbacks: fetched from a public address, kept, and never asked for
//! more than once a minute, however many bad signatures come in.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use openssl::ec::EcKey;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use reqwest::Url;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::callback::PROTOCOL;
use super::wire::{self, WireConfigError};
use crate::types::{Clock, Time};

/// Least time between two fetches, in milliseconds.
const FETCH_PAUSE_MS: i64 = 60_000;
/// How long keys are kept if the answer does not say, and at most.
const KEEP_USUAL: Duration = Duration::from_hours(1);
const KEEP_MAX: Duration = Duration::from_hours(24);
/// Most keys taken from one answer.
const KEYS_MAX: usize = 16;

/// A root key and its end.
#[derive(Debug, Clone)]
pub struct RootKey {
    /// The P-256 key.
    pub key: PKey<Public>,
    /// Not used from then on.
    pub expires_at: Time,
}

/// Why there are no root keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RootKeysError {
    /// The address gave no usable answer.
    #[error("Google's callback keys cannot be fetched: {0}")]
    Unavailable(String),
    /// The answer is not a list of keys.
    #[error("Google's callback keys cannot be read: {0}")]
    Malformed(String),
    /// Just asked; ask again within a minute.
    #[error("Google's callback keys were asked for less than a minute ago, without success")]
    TooSoon,
}

/// An answer with keys: its body and how long it may be kept.
#[derive(Debug, Clone)]
pub struct FetchedKeys {
    /// JSON of the form `{"keys": [{keyValue, protocolVersion, keyExpiration}]}`.
    pub body: Vec<u8>,
    /// The answer's own word on its age.
    pub max_age: Option<Duration>,
}

/// Where root keys come from.
pub trait RootKeySource: Send + Sync {
    /// Asks for the keys once.
    fn fetch(&self) -> BoxFuture<'_, Result<FetchedKeys, RootKeysError>>;
}

/// Google's address of the keys, by HTTP.
#[derive(Debug)]
pub struct HttpRootKeys {
    http: reqwest::Client,
    url: Url,
}

impl HttpRootKeys {
    /// Google's own address.
    pub const GOOGLE_URL: &'static str = "https://pay.google.com/gp/m/issuer/keys";

    /// Keys from an https address; `ca_pem` is trusted beside the system's roots.
    pub fn new(keys_url: &str, ca_pem: Option<&[u8]>) -> Result<Self, WireConfigError> {
        let url = wire::address("google.keys_url", keys_url)?;
        let http = wire::client(&url, ca_pem, wire::CALL_LIMIT)?;
        Ok(Self { http, url })
    }
}

impl RootKeySource for HttpRootKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<FetchedKeys, RootKeysError>> {
        Box::pin(async move {
            // The clock matters only for `Retry-After`, which nobody reads here.
            let answer = wire::call(self.http.get(self.url.clone()), Time::default())
                .await
                .map_err(|error| RootKeysError::Unavailable(error.to_string()))?;
            if !answer.is_success() {
                return Err(RootKeysError::Unavailable(format!("status {}", answer.status)));
            }
            Ok(FetchedKeys {
                body: answer.body,
                max_age: answer.max_age,
            })
        })
    }
}

/// The keys in use, shared by all verifiers of a process.
pub struct RootKeys {
    source: Box<dyn RootKeySource>,
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    keys: Vec<RootKey>,
    /// Not to be used without a new fetch from then on.
    stale_at: Time,
    asked_at: Option<Time>,
}

impl std::fmt::Debug for RootKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RootKeys")
    }
}

impl RootKeys {
    /// No keys yet; the first callback fetches them.
    pub fn new(source: impl RootKeySource + 'static, clock: Arc<dyn Clock>) -> Self {
        Self {
            source: Box::new(source),
            clock,
            kept: Mutex::new(Kept::default()),
        }
    }

    /// The keys to verify with, fetched if the kept ones are too old. Old keys that have not
    /// ended still serve while Google cannot be reached.
    pub async fn keys(&self) -> Result<Vec<RootKey>, RootKeysError> {
        let now = self.clock.now();
        let mut kept = self.kept.lock().await;
        if kept.stale_at > now {
            return Ok(kept.keys.clone());
        }
        match self.renew(&mut kept, now).await {
            Ok(()) => Ok(kept.keys.clone()),
            Err(error) if kept.keys.iter().any(|key| key.expires_at > now) => {
                if error != RootKeysError::TooSoon {
                    tracing::warn!(%error, "old callback keys are used");
                }
                Ok(kept.keys.clone())
            }
            Err(error) => Err(error),
        }
    }

    /// Newer keys than those that just failed, if it is time to ask; `None` if it is not.
    pub async fn newer_keys(&self) -> Option<Vec<RootKey>> {
        let now = self.clock.now();
        let mut kept = self.kept.lock().await;
        match self.renew(&mut kept, now).await {
            Ok(()) => Some(kept.keys.clone()),
            Err(RootKeysError::TooSoon) => None,
            Err(error) => {
                tracing::warn!(%error, "callback keys were not renewed");
                None
            }
        }
    }

    async fn renew(&self, kept: &mut Kept, now: Time) -> Result<(), RootKeysError> {
        let is_too_soon = |asked: Time| (0..FETCH_PAUSE_MS).contains(&(now.millis() - asked.millis()));
        if kept.asked_at.is_some_and(is_too_soon) {
            return Err(RootKeysError::TooSoon);
        }
        kept.asked_at = Some(now);
        let fetched = self.source.fetch().await?;
        let keys = read_keys(&fetched.body, now)?;
        let first_end = keys.iter().map(|key| key.expires_at).min().unwrap_or(now);
        let keep = fetched.max_age.unwrap_or(KEEP_USUAL).min(KEEP_MAX);
        kept.stale_at = now.plus(keep).min(first_end);
        kept.keys = keys;
        Ok(())
    }
}

#[derive(Deserialize)]
struct KeyList {
    keys: Vec<KeyEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyEntry {
    key_value: String,
    protocol_version: String,
    #[serde(default, with = "super::callback::millis")]
    key_expiration: Option<Time>,
}

/// The usable keys of an answer: of our protocol, with an end, and before it.
pub fn read_keys(body: &[u8], now: Time) -> Result<Vec<RootKey>, RootKeysError> {
    let list: KeyList =
        serde_json::from_slice(body).map_err(|error| RootKeysError::Malformed(error.to_string()))?;
    let usable = |entry: KeyEntry| {
        let expires_at = entry.key_expiration.filter(|end| *end > now)?;
        let key = p256_key(&entry.key_value)?;
        (entry.protocol_version == PROTOCOL).then_some(RootKey { key, expires_at })
    };
    Ok(list.keys.into_iter().filter_map(usable).take(KEYS_MAX).collect())
}

/// A P-256 public key from base64 of its `SubjectPublicKeyInfo`.
pub(super) fn p256_key(text: &str) -> Option<PKey<Public>> {
    let der = STANDARD.decode(text).ok()?;
    let key = EcKey::public_key_from_der(&der).ok()?;
    key.check_key().ok()?;
    if key.group().curve_name() != Some(Nid::X9_62_PRIME256V1) {
        return None;
    }
    PKey::from_ec_key(key).ok()
}
