//! Apple Wallet as configured: the certificate that signs passes, and the way to the push service.

use std::sync::Arc;

use super::{WiringError, read_file, read_optional};
use crate::actions::AppleIssuer;
use crate::apple::apns::{
    ApnsClient, ApnsSettings, Credential, Limits, ProviderKey, Roots, SettingsError, TokenSource,
};
use crate::apple::credentials::{CredentialError, CredentialFiles, PassCredentials};
use crate::apple::signature::PassSigner;
use crate::config::Apple;
use crate::types::{Clock, Secret, Time};

/// The certificate and key, checked, also against what the configuration expects of them.
pub fn load_credentials(apple: &Apple, now: Time) -> Result<PassCredentials, WiringError> {
    let files = CredentialFiles {
        certificate: apple.certificate.clone(),
        private_key: apple.private_key.clone(),
        password: apple.private_key_password.clone(),
        wwdr: apple.wwdr.clone(),
    };
    let credentials = PassCredentials::load(&files, now).map_err(|error| name_setting(apple, error))?;
    let pass_type = apple.pass_type.as_deref().unwrap_or(credentials.pass_type());
    let team = apple.team.as_deref().unwrap_or(credentials.team());
    credentials.check_for(pass_type, team)?;
    Ok(credentials)
}

/// Names the setting whose file cannot be read; other faults name their file and its mend themselves.
fn name_setting(apple: &Apple, error: CredentialError) -> WiringError {
    match error {
        CredentialError::Unreadable { file, source } => {
            let is = |path: &std::path::Path| path.display().to_string() == file;
            let key = if is(&apple.certificate) {
                "apple.certificate"
            } else if is(&apple.wwdr) {
                "apple.wwdr"
            } else {
                "apple.private_key"
            };
            WiringError::Unreadable {
                key,
                file,
                cause: source.to_string(),
            }
        }
        other => other.into(),
    }
}

/// What signs the passes of the certificate's pass type.
pub fn issuer(credentials: &PassCredentials) -> Result<AppleIssuer, WiringError> {
    Ok(AppleIssuer {
        pass_type: credentials.pass_type().to_owned(),
        team: credentials.team().to_owned(),
        signer: PassSigner::new(credentials)?,
    })
}

/// The push key, if one is configured.
pub fn push_key(apple: &Apple) -> Result<Option<ProviderKey>, WiringError> {
    let Some(key) = &apple.apns_key else {
        return Ok(None);
    };
    let pem = Secret::new(String::from_utf8_lossy(&read_file("apple.apns_key", &key.file)?));
    ProviderKey::from_pem(&pem, &key.key_id, &key.team)
        .map(Some)
        .map_err(|cause| WiringError::PushKey {
            file: key.file.display().to_string(),
            cause,
        })
}

/// The push client. It shows the pass certificate, or with `tokens` those of the push key.
pub fn push_client(
    apple: &Apple,
    credentials: &PassCredentials,
    tokens: Option<Arc<dyn TokenSource>>,
    limits: Limits,
    clock: Arc<dyn Clock>,
) -> Result<ApnsClient, WiringError> {
    let roots = match read_optional("apple.apns_ca", apple.apns_ca.as_ref())? {
        Some(pem) => {
            Roots::only_pem(&String::from_utf8_lossy(&pem)).map_err(|fault| name_roots(apple, fault))?
        }
        None => Roots::system(),
    };
    let credential = tokens.map_or_else(
        || Credential::Certificate {
            certificate: credentials.certificate().to_owned(),
            key: credentials.private_key().to_owned(),
            chain: vec![credentials.wwdr().to_owned()],
        },
        Credential::Token,
    );
    let settings = ApnsSettings {
        base_url: apple.apns_url.clone(),
        roots,
        credential,
        limits,
    };
    Ok(ApnsClient::new(settings, clock)?)
}

fn name_roots(apple: &Apple, fault: SettingsError) -> WiringError {
    match (&apple.apns_ca, fault) {
        (Some(file), SettingsError::Roots) => WiringError::Unreadable {
            key: "apple.apns_ca",
            file: file.display().to_string(),
            cause: "it is not PEM text with at least one certificate".to_owned(),
        },
        (_, other) => other.into(),
    }
}
