//! Whether the pass certificate is in order, and Apple's push service takes it.

use std::sync::Arc;

use super::report::Report;
use crate::apple::apns::Limits;
use crate::apple::apns::{LocalTokens, TokenSource};
use crate::apple::credentials::PassCredentials;
use crate::config::Apple;
use crate::server::wiring::{self, WiringError};
use crate::types::Clock;

pub(super) async fn check(apple: &Apple, is_offline: bool, clock: &Arc<dyn Clock>, report: &mut Report) {
    let credentials = match wiring::apple::load_credentials(apple, clock.now()) {
        Ok(credentials) => credentials,
        Err(fault) => {
            report.fault_as_told("apple certificate", fault);
            return;
        }
    };
    tell_certificate(&credentials, clock, report);
    let tokens = match wiring::apple::push_key(apple) {
        Ok(key) => {
            key.map(|key| -> Arc<dyn TokenSource> { Arc::new(LocalTokens::new(key, Arc::clone(clock))) })
        }
        Err(fault) => {
            report.fault_as_told("apple push key", fault);
            return;
        }
    };
    if is_offline {
        return;
    }
    match probe(apple, &credentials, tokens, clock).await {
        Ok(text) => report.ok("apple push", text),
        Err(fault) => report.fault(
            "apple push",
            fault,
            format!(
                "Let this machine reach {} and look whether a proxy or firewall breaks TLS or HTTP/2",
                apple.apns_url
            ),
        ),
    }
}

fn tell_certificate(credentials: &PassCredentials, clock: &Arc<dyn Clock>, report: &mut Report) {
    let now = clock.now();
    let (pass_type, team) = (credentials.pass_type(), credentials.team());
    let (until, days) = (
        credentials.expires_at().rfc3339_secs(),
        credentials.days_left(now),
    );
    let text = format!("{pass_type} of team {team}, good until {until} ({days} days)");
    if credentials.warns(now) {
        report.warn(
            "apple certificate",
            text,
            "Renew it at Apple's developer site for the same Pass Type ID, and put the new files in the place of the old",
        );
    } else {
        report.ok("apple certificate", text);
    }
}

/// Opens a connection to the push service and says what it found. Bounded by the client's own limits.
async fn probe(
    apple: &Apple,
    credentials: &PassCredentials,
    tokens: Option<Arc<dyn TokenSource>>,
    clock: &Arc<dyn Clock>,
) -> Result<String, String> {
    let client = wiring::apple::push_client(apple, credentials, tokens, Limits::default(), Arc::clone(clock));
    let client = client.map_err(|fault: WiringError| fault.to_string())?;
    let facts = client.probe().await?;
    Ok(format!(
        "{} answers at {} ({}, {}, {} pushes at once)",
        facts.server, facts.peer, facts.version, facts.alpn, facts.stream_limit
    ))
}
