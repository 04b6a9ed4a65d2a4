//! The push client: spends provider tokens, sends again what the service left untouched.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::answer::Answer;
use super::connection::{Loss, TlsFacts};
use super::lanes::Lanes;
use super::settings::{ApnsSettings, Credential, Limits, SettingsError};
use super::{Health, Push, PushService, Reason, TokenError, TokenSource, Verdict, tls};
use crate::types::{Clock, Secret};

/// How often one push is sent again at once because the service left it untouched.
const TRIES_MAX: u32 = 4;

const APNS_ID: HeaderName = HeaderName::from_static("apns-id");
const APNS_TOPIC: HeaderName = HeaderName::from_static("apns-topic");
const APNS_PUSH_TYPE: HeaderName = HeaderName::from_static("apns-push-type");
const APNS_PRIORITY: HeaderName = HeaderName::from_static("apns-priority");
const APNS_EXPIRATION: HeaderName = HeaderName::from_static("apns-expiration");
/// "Background" is what an update without an alert is; it demands priority 5.
const BACKGROUND: HeaderValue = HeaderValue::from_static("background");
const PRIORITY: HeaderValue = HeaderValue::from_static("5");
const ONE_TRY: HeaderValue = HeaderValue::from_static("0");

/// Pushes over connections of its own. Each is driven on the runtime of the push that opened it,
/// so push from a runtime that lasts.
pub struct ApnsClient {
    lanes: Arc<Lanes>,
    authority: Authority,
    credential: Credential,
    limits: Limits,
    clock: Arc<dyn Clock>,
    places: Semaphore,
    rest_until: Mutex<Option<Instant>>,
    sent_again: AtomicU64,
}

impl ApnsClient {
    /// Sets the client up; the first push opens the first connection.
    pub fn new(settings: ApnsSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let address = settings.address()?;
        let tls = tls::connector(&settings.roots, &settings.credential)?;
        let limits = settings.limits;
        Ok(Self {
            authority: address.authority.clone(),
            lanes: Lanes::new(tls, address, limits.clone()),
            credential: settings.credential,
            clock,
            places: Semaphore::new(limits.in_flight_max.min(Semaphore::MAX_PERMITS)),
            rest_until: Mutex::new(None),
            sent_again: AtomicU64::new(0),
            limits,
        })
    }

    /// Opens a connection of its own, says what it found and closes it: for `doctor` and for
    /// the start. The error is a sentence for people.
    pub async fn probe(&self) -> Result<TlsFacts, String> {
        self.lanes.probe().await.map_err(|error| error.to_string())
    }

    async fn push_in_time(&self, push: &Push) -> Verdict {
        let wait = self.rest();
        if !wait.is_zero() {
            return Verdict::TokenChurn { retry_after: wait };
        }
        let verdict = timeout(self.limits.request_timeout, self.push_authorised(push))
            .await
            .unwrap_or_else(|_| Verdict::retry(Reason::REQUEST_TIMEOUT));
        if let Verdict::TokenChurn { retry_after } = &verdict {
            self.set_rest(*retry_after);
        }
        verdict
    }

    async fn push_authorised(&self, push: &Push) -> Verdict {
        let Ok(_place) = self.places.acquire().await else {
            return Verdict::retry(Reason::NOT_CONNECTED);
        };
        match &self.credential {
            Credential::Certificate { .. } => verdict(self.deliver(push, None).await, push),
            Credential::Token(source) => Box::pin(self.push_with_token(push, source.as_ref())).await,
        }
    }

    async fn push_with_token(&self, push: &Push, source: &dyn TokenSource) -> Verdict {
        let token = match source.current().await {
            Ok(token) => token,
            Err(error) => return self.without_token(&error),
        };
        let outcome = self.deliver(push, Some(&token)).await;
        if !outcome.as_ref().is_ok_and(Answer::wants_new_provider_token) {
            return verdict(outcome, push);
        }
        match source.renew(&token).await {
            Ok(token) => verdict(self.deliver(push, Some(&token)).await, push),
            Err(error) => self.without_token(&error),
        }
    }

    fn without_token(&self, error: &TokenError) -> Verdict {
        self.lanes.note(error.to_string());
        let reason = match error {
            TokenError::Unavailable(_) => return Verdict::retry(Reason::NO_PROVIDER_TOKEN),
            TokenError::TooSoon { .. } => Reason::EXPIRED_PROVIDER_TOKEN,
            TokenError::NotAPushKey | TokenError::Sign(_) => Reason::BAD_PROVIDER_KEY,
        };
        Verdict::Refused { status: None, reason }
    }

    /// Sends until the service has taken the push or its fate is unknown.
    async fn deliver(&self, push: &Push, token: Option<&Secret>) -> Result<Answer, Verdict> {
        let mut untouched = Reason::GOING_AWAY;
        for tried in 0..TRIES_MAX {
            if tried > 0 {
                self.sent_again.fetch_add(1, Ordering::Relaxed);
            }
            let live = self.lanes.connection().await?;
            let request = self.request(push, token)?;
            let exchange = live.exchange(request, self.limits.body_timeout, self.clock.as_ref());
            match exchange.await {
                Ok(answer) => return Ok(answer),
                Err(Loss::NotTaken) => untouched = Reason::GOING_AWAY,
                Err(Loss::Refused) => {
                    untouched = Reason::STREAM_REFUSED;
                    tokio::task::yield_now().await;
                }
                Err(Loss::Unknown(reason)) => return Err(Verdict::retry(reason)),
                Err(Loss::Certificate(reason)) => {
                    return Err(Verdict::Refused { status: None, reason });
                }
            }
        }
        Err(Verdict::retry(untouched))
    }

    fn request(&self, push: &Push, token: Option<&Secret>) -> Result<Request<()>, Verdict> {
        let unsendable = |reason| Verdict::Misconfigured { status: 400, reason };
        let path = format!("/3/device/{}", push.token.as_str());
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = Some(self.authority.clone());
        parts.path_and_query =
            Some(PathAndQuery::from_maybe_shared(path).map_err(|_| unsendable(Reason::BAD_DEVICE_TOKEN))?);
        let uri = Uri::from_parts(parts).map_err(|_| unsendable(Reason::BAD_PATH))?;
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.reserve(6);
        headers.insert(
            APNS_TOPIC,
            HeaderValue::from_str(&push.topic).map_err(|_| unsendable(Reason::BAD_TOPIC))?,
        );
        headers.insert(APNS_PUSH_TYPE, BACKGROUND);
        headers.insert(APNS_PRIORITY, PRIORITY);
        headers.insert(APNS_EXPIRATION, expiration(push));
        headers.insert(APNS_ID, identifier(push)?);
        if let Some(token) = token {
            let mut bearer = HeaderValue::from_str(&format!("bearer {}", token.expose()))
                .map_err(|_| unsendable(Reason::INVALID_PROVIDER_TOKEN))?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(request)
    }

    /// How long pushes still rest because the service saw too many new provider tokens.
    fn rest(&self) -> Duration {
        let until = *self.rest_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()))
    }

    fn set_rest(&self, span: Duration) {
        let until = Instant::now() + span;
        let mut rest = self.rest_until.lock().unwrap_or_else(PoisonError::into_inner);
        *rest = rest.map_or(Some(until), |old| Some(old.max(until)));
    }
}

fn verdict(outcome: Result<Answer, Verdict>, push: &Push) -> Verdict {
    outcome.map_or_else(|verdict| verdict, |answer| answer.verdict(push.id))
}

fn expiration(push: &Push) -> HeaderValue {
    let Some(expires) = push.expires else {
        return ONE_TRY;
    };
    let mut value = HeaderValue::from(expires.secs().max(0));
    // Different each time: kept out of the header table, as Apple asks.
    value.set_sensitive(true);
    value
}

fn identifier(push: &Push) -> Result<HeaderValue, Verdict> {
    let mut buffer = uuid::Uuid::encode_buffer();
    let text = push.id.hyphenated().encode_lower(&mut buffer);
    let mut value = HeaderValue::from_str(text).map_err(|_| Verdict::Misconfigured {
        status: 400,
        reason: Reason::BAD_MESSAGE_ID,
    })?;
    value.set_sensitive(true);
    Ok(value)
}

impl PushService for ApnsClient {
    fn push<'a>(&'a self, push: &'a Push) -> BoxFuture<'a, Verdict> {
        Box::pin(self.push_in_time(push))
    }

    fn describe(&self) -> Health {
        Health {
            in_flight: self
                .limits
                .in_flight_max
                .saturating_sub(self.places.available_permits()),
            sent_again: self.sent_again.load(Ordering::Relaxed),
            ..self.lanes.health()
        }
    }
}

impl fmt::Debug for ApnsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApnsClient")
            .field("address", &self.authority)
            .field("credential", &self.credential)
            .field("health", &self.describe())
            .finish_non_exhaustive()
    }
}
