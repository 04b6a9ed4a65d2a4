//! The house as configured: the database, and the master key that belongs to it.

use std::sync::Arc;

use super::WiringError;
use crate::actions::{Bell, Fetches, House, HouseParts, Shelf, Wallets};
use crate::config::{Config, master_key};
use crate::http;
use crate::store::{Store, StoreError, StoreOptions, programs, settings};
use crate::telemetry::Metrics;
use crate::types::{Clock, MasterKey};

/// Under this name the database keeps by which master key its cards were made, as a derived text.
const KEY_CHECK: &str = "master_key_check";

/// Opens the database, its schema up to date. Blocks.
pub fn open_store(config: &Config) -> Result<Store, WiringError> {
    Ok(Store::open(&StoreOptions::new(config.database_url.expose()))?)
}

/// The master key of a database: the one that is given or kept; a new one only for a database without a
/// program. Refuses a key with which the database's cards were not made.
pub async fn master_key(config: &Config, store: &Store, clock: &dyn Clock) -> Result<MasterKey, WiringError> {
    let key = match master_key::find(config)? {
        Some(key) => key,
        None if has_programs(store).await? => {
            let file = master_key::file_of(config).unwrap_or_default();
            return Err(WiringError::MasterKeyLost {
                database: config.sqlite_file().unwrap_or_default().display().to_string(),
                file: file.display().to_string(),
            });
        }
        None => master_key::find_or_make(config)?,
    };
    let (check, now) = (key_check(&key), clock.now());
    let own = check.clone();
    let kept = store
        .write(move |tx| settings::lock(tx, KEY_CHECK, &own, now))
        .await;
    if kept? != check {
        return Err(WiringError::OtherMasterKey);
    }
    Ok(key)
}

/// Whether a key is the one of a database; true if no key was used with it yet.
pub async fn is_own_key(store: &Store, key: &MasterKey) -> Result<bool, StoreError> {
    let check = key_check(key);
    let kept = store.read(|db| settings::find(db, KEY_CHECK)).await?;
    Ok(kept.is_none_or(|(kept, _)| kept == check))
}

fn key_check(key: &MasterKey) -> String {
    key.derive_token("key-check", &[])
}

/// Whether a database holds a program, so that cards may have been issued from it.
pub async fn has_programs(store: &Store) -> Result<bool, StoreError> {
    let found = store.read(|db| programs::list(db, None, None, 1)).await?;
    Ok(!found.is_empty())
}

/// The house with these wallets over an open database; makes the master key if it is the first start.
pub async fn build(
    config: &Config,
    store: Store,
    wallets: Wallets,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
) -> Result<House, WiringError> {
    let master_key = master_key(config, &store, clock.as_ref()).await?;
    Ok(House::new(HouseParts {
        store,
        clock,
        master_key,
        public_url: config.public_url.clone(),
        wallets,
        shelf: Shelf::default(),
        bell: Bell::default(),
        fetches: Fetches::default(),
        metrics,
        draw_event: http::draw_event,
        private_webhooks: config.delivery.private_webhooks,
    }))
}
