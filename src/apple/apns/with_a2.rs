//! The crate `a2` behind the same seam, for comparison: built only with the feature `apns-a2`.
//!
//! What `a2` 0.10 does not offer is missing here too. Its two hosts (Apple's) and its roots
//! (Mozilla's, compiled in) are fixed, so it reaches no stand-in; it signs provider tokens itself
//! and shares them with nobody; it tells no `Retry-After`; a reason newer than it is lost and
//! only the status decides; and it does not tell whether a push that met a GOAWAY or a
//! `REFUSED_STREAM` was taken, so all such pushes are retried by delivery.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use a2::request::payload::PayloadLike;
use a2::{Client, ClientConfig, Endpoint, NotificationOptions, Priority, PushType};
use futures_util::future::BoxFuture;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::answer::Answer;
use super::{Credential, Health, Push, PushService, Reason, Verdict};
use crate::types::{Secret, Time};

/// Most pushes under way; `a2` itself queues without bound.
const IN_FLIGHT_MAX: usize = 2_000;

/// Why `a2` cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum A2SetUpError {
    /// The credential is a shared provider token.
    #[error("a2 signs its provider tokens itself; give it the push key with `A2Service::with_key`")]
    SharedToken,
    /// The certificate or key cannot be written as the PEM that it reads.
    #[error("the certificate or its key cannot be handed to a2: {0}")]
    Pem(#[from] openssl::error::ErrorStack),
    /// It refused.
    #[error("a2 refuses the credential: {0}")]
    Refused(#[from] a2::Error),
}

/// Pushes through `a2`, to Apple's production host.
pub struct A2Service {
    client: Client,
    places: Semaphore,
    last_error: Mutex<Option<String>>,
}

/// A body of `{}`, with the options that `a2` puts into headers.
#[derive(Debug, Serialize)]
struct Empty<'a> {
    #[serde(skip)]
    token: &'a str,
    #[serde(skip)]
    options: NotificationOptions<'a>,
}

impl PayloadLike for Empty<'_> {
    fn get_device_token(&self) -> &str {
        self.token
    }

    fn get_options(&self) -> &NotificationOptions<'_> {
        &self.options
    }
}

impl A2Service {
    /// Pushes with a pass type's certificate.
    pub fn new(credential: &Credential) -> Result<Self, A2SetUpError> {
        let Credential::Certificate {
            certificate,
            key,
            chain,
        } = credential
        else {
            return Err(A2SetUpError::SharedToken);
        };
        let mut certificates = certificate.to_pem()?;
        for link in chain {
            certificates.extend(link.to_pem()?);
        }
        let key = key.private_key_to_pem_pkcs8()?;
        let client = Client::certificate_parts(&certificates, &key, config())?;
        Ok(Self::of(client))
    }

    /// Pushes with a team's push key (the PEM text of a .p8 file).
    pub fn with_key(key: &Secret, key_id: &str, team_id: &str) -> Result<Self, A2SetUpError> {
        let client = Client::token(key.expose().as_bytes(), key_id, team_id, config())?;
        Ok(Self::of(client))
    }

    fn of(client: Client) -> Self {
        Self {
            client,
            places: Semaphore::new(IN_FLIGHT_MAX),
            last_error: Mutex::new(None),
        }
    }

    async fn push_once(&self, push: &Push) -> Verdict {
        let Ok(_place) = self.places.acquire().await else {
            return Verdict::retry(Reason::NOT_CONNECTED);
        };
        let id = push.id.hyphenated().to_string();
        let options = NotificationOptions {
            apns_id: Some(&id),
            apns_push_type: Some(PushType::Background),
            apns_expiration: Some(push.expires.map_or(0, unix_secs)),
            apns_priority: Some(Priority::Normal),
            apns_topic: Some(&push.topic),
            apns_collapse_id: None,
        };
        let payload = Empty {
            token: push.token.as_str(),
            options,
        };
        match self.client.send(payload).await {
            Ok(response) | Err(a2::Error::ResponseError(response)) => answer(response).verdict(push.id),
            Err(error) => {
                *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                without_answer(&error)
            }
        }
    }
}

fn config() -> ClientConfig {
    ClientConfig::new(Endpoint::Production)
}

fn unix_secs(time: Time) -> u64 {
    u64::try_from(time.secs()).unwrap_or(0)
}

fn answer(response: a2::Response) -> Answer {
    let fault = response.error;
    Answer {
        status: response.code,
        apns_id: response.apns_id.and_then(|id| id.parse().ok()),
        retry_after: None,
        // The variants carry Apple's own words.
        reason: fault.as_ref().map_or(Reason::NONE_GIVEN, |fault| {
            Reason::new(&format!("{:?}", fault.reason))
        }),
        timestamp: fault
            .and_then(|fault| i64::try_from(fault.timestamp?).ok())
            .map(Time::from_millis),
    }
}

fn without_answer(error: &a2::Error) -> Verdict {
    let misconfigured = |reason| Verdict::Misconfigured { status: 400, reason };
    match error {
        a2::Error::RequestTimeout(_) => Verdict::retry(Reason::REQUEST_TIMEOUT),
        a2::Error::SignerError(_) => Verdict::Refused {
            status: None,
            reason: Reason::BAD_PROVIDER_KEY,
        },
        a2::Error::BuildRequestError(_) => misconfigured(Reason::BAD_TOPIC),
        a2::Error::InvalidOptions(_) | a2::Error::SerializeError(_) => misconfigured(Reason::NONE_GIVEN),
        _ => Verdict::retry(Reason::CONNECTION_LOST),
    }
}

impl PushService for A2Service {
    fn push<'a>(&'a self, push: &'a Push) -> BoxFuture<'a, Verdict> {
        Box::pin(self.push_once(push))
    }

    /// `a2` tells nothing of its connections: only pushes under way and the last error are known.
    fn describe(&self) -> Health {
        Health {
            in_flight: IN_FLIGHT_MAX.saturating_sub(self.places.available_permits()),
            last_error: self
                .last_error
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            ..Health::default()
        }
    }
}

impl fmt::Debug for A2Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("A2Service").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_an_empty_dictionary() {
        let payload = Empty {
            token: "ab",
            options: NotificationOptions::default(),
        };
        assert_eq!(payload.to_json_string().expect("JSON"), "{}");
    }

    #[test]
    fn an_answer_of_a2_gives_the_same_verdict_as_ours() {
        let gone = a2::Response {
            error: Some(a2::ErrorBody {
                reason: a2::ErrorReason::Unregistered,
                timestamp: Some(1_700_000_000_123),
            }),
            apns_id: None,
            code: 410,
        };
        let since = Some(Time::from_millis(1_700_000_000_123));
        assert_eq!(answer(gone).verdict(uuid::Uuid::nil()), Verdict::Gone { since });
        // A reason that a2 does not know takes the whole body with it; the status still decides.
        let unknown = a2::Response {
            error: None,
            apns_id: None,
            code: 410,
        };
        assert_eq!(answer(unknown).verdict(uuid::Uuid::nil()).as_str(), "gone");
    }
}
