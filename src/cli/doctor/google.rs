//! Whether Google takes the service account's key and lets it use the issuer.

use std::sync::Arc;
use std::time::Duration;

use super::report::Report;
use crate::config::Google;
use crate::google::{GoogleError, GoogleWallet as _, IssuerId, ResourceId};
use crate::server::wiring::{self, WiringError};
use crate::types::Clock;

/// How long Google may take to give a token and to answer once.
const LIMIT: Duration = Duration::from_secs(20);
/// An object that does not exist: to be told so, one must be let in.
const NOBODY: &str = "billfold-doctor";

pub(super) async fn check(google: &Google, is_offline: bool, clock: Arc<dyn Clock>, report: &mut Report) {
    match wiring::google::load_account(google) {
        Ok(account) => report.ok(
            "google key",
            format!("{} for issuer {}", account.email(), google.issuer_id),
        ),
        Err(fault) => {
            report.fault_as_told("google key", fault);
            return;
        }
    }
    if is_offline {
        return;
    }
    let mend = format!(
        "Let this machine reach {} and the token address in the key file; if Google refuses, do what it says",
        google.api_url
    );
    match tokio::time::timeout(LIMIT, ask(google, clock)).await {
        Ok(Ok(())) => report.ok("google wallet", format!("{} answers", google.api_url)),
        Ok(Err(fault)) => report.fault("google wallet", fault, mend),
        Err(_) => report.fault(
            "google wallet",
            format!("no answer within {} s", LIMIT.as_secs()),
            mend,
        ),
    }
}

async fn ask(google: &Google, clock: Arc<dyn Clock>) -> Result<(), String> {
    let wired = || -> Result<_, WiringError> {
        let issuer: IssuerId = google.issuer_id.parse()?;
        Ok((
            wiring::google::client(google, None, clock)?,
            ResourceId::new(&issuer, NOBODY)?,
        ))
    };
    let (client, nobody) = wired().map_err(|fault| fault.to_string())?;
    match client.get_object(&nobody).await {
        Ok(_) | Err(GoogleError::NotFound { .. }) => Ok(()),
        Err(fault) => Err(fault.to_string()),
    }
}
