//! `billfold serve`: the service as configured.

use std::collections::HashMap;
use std::sync::Arc;

use super::wiring::{WiringError, apple, google, house};
use super::{Running, StartError, run};
use crate::actions::Wallets;
use crate::apple::apns::{Limits, PushService, TokenSource};
use crate::config::Config;
use crate::delivery::Options;
use crate::delivery::shared::{SharedPermits, SharedTokens};
use crate::google::RatePermits;
use crate::http;
use crate::store::{Store, StoreError, deliveries, webhook_deliveries};
use crate::telemetry::Metrics;
use crate::types::Clock;

/// Starts the service as configured, on a listener that is bound already.
pub async fn serve(
    config: &Config,
    listener: std::net::TcpListener,
    clock: Arc<dyn Clock>,
) -> Result<Running, StartError> {
    let whole = config.clone();
    let opening = tokio::task::spawn_blocking(move || house::open_store(&whole));
    let store = opening
        .await
        .map_err(|fault| StartError::Broken(fault.to_string()))??;
    take_over(&store).await?;
    let metrics = Metrics::default();
    let mut wallets = Wallets::default();
    let mut pushers = HashMap::new();
    if let Some(settings) = &config.apple {
        let (issuer, pusher) = set_up_apple(settings, &store, &clock, &metrics)?;
        pushers.insert(issuer.pass_type.clone(), pusher);
        wallets.apple.push(issuer);
    }
    if let Some(settings) = &config.google {
        let permits = SharedPermits::new(store.clone(), Arc::clone(&clock), settings.requests_per_second);
        let permits: Arc<dyn RatePermits> = Arc::new(permits);
        wallets.google = Some(google::issuer(settings, Some(permits), &clock)?);
    }
    let house = house::build(config, store, wallets, metrics, clock).await?;
    let delivery = Options {
        batches_max: usize::try_from(config.delivery.workers).unwrap_or(1),
        refetch_after: config.delivery.refetch_after,
        refetch_max: i64::from(config.delivery.refetch_max),
        private_webhooks: config.delivery.private_webhooks,
        ..Options::default()
    };
    run(
        house,
        pushers,
        listener,
        &delivery,
        &http::Limits::default(),
        |_| (),
    )
}

/// A SQLite file has one instance: what is leased there was leased by one that died, and need not wait for the
/// leases to run out. On PostgreSQL the holder may be alive.
async fn take_over(store: &Store) -> Result<(), StoreError> {
    if store.is_postgres() {
        return Ok(());
    }
    store.write(webhook_deliveries::release_all).await?;
    let count = store.write(deliveries::release_all).await?;
    if count > 0 {
        tracing::info!(
            count,
            "deliveries that were under way when the service died go on"
        );
    }
    Ok(())
}

/// The signer and the push client of the configured pass type. With a push key the provider token is shared
/// by all instances through the database.
fn set_up_apple(
    settings: &crate::config::Apple,
    store: &Store,
    clock: &Arc<dyn Clock>,
    metrics: &Metrics,
) -> Result<(crate::actions::AppleIssuer, Arc<dyn PushService>), WiringError> {
    let credentials = apple::load_credentials(settings, clock.now())?;
    if credentials.warns(clock.now()) {
        let days = credentials.days_left(clock.now());
        tracing::warn!(
            pass_type = credentials.pass_type(),
            days,
            "the pass certificate ends soon; renew it"
        );
    }
    metrics.certificate(credentials.pass_type(), credentials.expires_at().secs());
    let team = settings
        .apns_key
        .as_ref()
        .map(|key| key.team.clone())
        .unwrap_or_default();
    let tokens = apple::push_key(settings)?.map(|key| -> Arc<dyn TokenSource> {
        Arc::new(SharedTokens::new(store.clone(), Arc::clone(clock), key, &team))
    });
    let client = apple::push_client(
        settings,
        &credentials,
        tokens,
        Limits::default(),
        Arc::clone(clock),
    )?;
    Ok((apple::issuer(&credentials)?, Arc::new(client)))
}
