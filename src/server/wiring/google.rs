//! Google Wallet as configured: the service account, the client, the check of callbacks.

use std::sync::Arc;

use super::{WiringError, read_optional};
use crate::actions::GoogleIssuer;
use crate::config::Google;
use crate::google::{
    CallbackVerifier, GoogleClient, GoogleConfig, HttpRootKeys, IssuerId, RatePermits, RootKeys,
    ServiceAccount,
};
use crate::types::Clock;

/// The service account of the key file.
pub fn load_account(google: &Google) -> Result<ServiceAccount, WiringError> {
    Ok(ServiceAccount::load(&google.service_account)?)
}

/// The REST client. Without `permits` this process alone keeps to the configured rate.
pub fn client(
    google: &Google,
    permits: Option<Arc<dyn RatePermits>>,
    clock: Arc<dyn Clock>,
) -> Result<GoogleClient, WiringError> {
    let config = GoogleConfig {
        api_url: google.api_url.clone(),
        save_url: google.save_url.clone(),
        ca_pem: read_optional("google.ca", google.ca.as_ref())?,
        requests_per_second: google.requests_per_second,
        ..GoogleConfig::default()
    };
    let account = Arc::new(load_account(google)?);
    Ok(GoogleClient::new(&config, account, clock, permits)?)
}

/// The way to Google Wallet: the issuer, the client, and the check of callbacks.
pub fn issuer(
    google: &Google,
    permits: Option<Arc<dyn RatePermits>>,
    clock: &Arc<dyn Clock>,
) -> Result<GoogleIssuer, WiringError> {
    let issuer: IssuerId = google.issuer_id.parse()?;
    let ca = read_optional("google.ca", google.ca.as_ref())?;
    let source = HttpRootKeys::new(&google.keys_url, ca.as_deref())?;
    let keys = Arc::new(RootKeys::new(source, Arc::clone(clock)));
    Ok(GoogleIssuer {
        client: Arc::new(client(google, permits, Arc::clone(clock))?),
        verifier: CallbackVerifier::new(vec![issuer.clone()], keys, Arc::clone(clock)),
        issuer,
    })
}
