//! Access tokens by the JWT bearer grant (RFC 7523), one at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, RwLock};

use super::error::cut;
use super::service_account::ServiceAccount;
use super::wire::{self, Answer};
use crate::types::{Clock, Secret, Time};

/// What a token may be used for.
const SCOPE: &str = "https://www.googleapis.com/auth/wallet_object.issuer";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Longest life that Google gives an assertion, in seconds.
const ASSERTION_SECS: i64 = 3_600;
/// A token is not used in its last minute: it shall not end on its way.
const MARGIN_MS: i64 = 60_000;
/// A difference of clocks that is worth a word, in seconds.
const SKEW_SECS: i64 = 60;

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Google's `invalid_grant`.
    #[error("Google refused the key of {email} (invalid_grant: {description}). {hint}")]
    InvalidGrant {
        /// The service account.
        email: String,
        /// Google's sentence.
        description: String,
        /// What is the likely cause and what to do.
        hint: String,
    },
    /// Any other refusal.
    #[error("Google's token endpoint answered {status} ({code}): {description}")]
    Refused {
        /// The status.
        status: u16,
        /// Its word, such as `invalid_client`.
        code: String,
        /// Its sentence.
        description: String,
    },
    /// It cannot be reached or is out of order.
    #[error("Google's token endpoint cannot be reached: {cause}")]
    Unavailable {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
        /// What happened.
        cause: String,
    },
    /// It answered, but not with a token.
    #[error("the answer of Google's token endpoint holds no token")]
    Malformed,
    /// The key did not sign.
    #[error("the private key of {email} cannot sign; download a new key")]
    Unsigned {
        /// The service account.
        email: String,
    },
}

/// A token, and which one it is in the order of their coming.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The token itself.
    pub text: Secret,
    generation: u64,
    usable_until: Time,
}

/// Gets tokens and keeps the newest. However many callers wait, one request is under way.
pub struct TokenSource {
    account: Arc<ServiceAccount>,
    url: reqwest::Url,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    kept: RwLock<Option<AccessToken>>,
    /// Held while a request is under way; how the last one failed, if it did.
    gate: Mutex<Option<TokenError>>,
    /// How many requests have ended.
    ended: AtomicU64,
}

impl std::fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenSource({})", self.account.email())
    }
}

impl TokenSource {
    /// A source for one service account at an https address, through `http`.
    pub fn new(
        account: Arc<ServiceAccount>,
        url: reqwest::Url,
        http: reqwest::Client,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            account,
            url,
            http,
            clock,
            kept: RwLock::new(None),
            gate: Mutex::new(None),
            ended: AtomicU64::new(0),
        }
    }

    /// A token that lasts another minute at least.
    pub async fn token(&self) -> Result<AccessToken, TokenError> {
        match self.usable(None).await {
            Some(token) => Ok(token),
            None => self.renew(None).await,
        }
    }

    /// A newer token than one that Google just refused.
    pub async fn replace(&self, refused: &AccessToken) -> Result<AccessToken, TokenError> {
        match self.usable(Some(refused)).await {
            Some(token) => Ok(token),
            None => self.renew(Some(refused)).await,
        }
    }

    async fn usable(&self, refused: Option<&AccessToken>) -> Option<AccessToken> {
        let kept = self.kept.read().await;
        let token = kept.as_ref()?;
        let is_newer = refused.is_none_or(|refused| token.generation > refused.generation);
        (is_newer && token.usable_until > self.clock.now()).then(|| token.clone())
    }

    async fn renew(&self, refused: Option<&AccessToken>) -> Result<AccessToken, TokenError> {
        let seen = self.ended.load(Ordering::Acquire);
        let mut last_failure = self.gate.lock().await;
        // Somebody else may have brought a token while we waited at the gate, or failed to: then
        // another request would only fail again, once for each of us.
        if let Some(token) = self.usable(refused).await {
            return Ok(token);
        }
        if self.ended.load(Ordering::Acquire) != seen
            && let Some(failure) = last_failure.as_ref()
        {
            return Err(failure.clone());
        }
        let fetched = self.fetch().await;
        let generation = self.ended.fetch_add(1, Ordering::AcqRel) + 1;
        *last_failure = fetched.as_ref().err().cloned();
        let (text, usable_until) = fetched?;
        let token = AccessToken {
            text,
            generation,
            usable_until,
        };
        *self.kept.write().await = Some(token.clone());
        Ok(token)
    }

    async fn fetch(&self) -> Result<(Secret, Time), TokenError> {
        let now = self.clock.now();
        let assertion = self.assertion(now)?;
        let request = self
            .http
            .post(self.url.clone())
            .form(&[("grant_type", GRANT), ("assertion", &assertion)]);
        let answer = wire::call(request, now)
            .await
            .map_err(|error| TokenError::Unavailable {
                retry_after: None,
                cause: error.to_string(),
            })?;
        if !answer.is_success() {
            return Err(self.refusal(&answer, now));
        }
        let granted: Granted = serde_json::from_slice(&answer.body).map_err(|_| TokenError::Malformed)?;
        let life_ms = granted.expires_in.clamp(0, 86_400) * 1_000;
        // A life shorter than the margin would never be usable: then half of it is.
        let usable_ms = (life_ms - MARGIN_MS).max(life_ms / 2);
        Ok((granted.access_token, now.plus_ms(usable_ms)))
    }

    fn assertion(&self, now: Time) -> Result<String, TokenError> {
        let claims = json!({
            "iss": self.account.email(),
            "scope": SCOPE,
            "aud": self.account.token_url(),
            "iat": now.secs(),
            "exp": now.secs() + ASSERTION_SECS,
        });
        self.account
            .sign_naming_key(&claims)
            .map_err(|_| TokenError::Unsigned {
                email: self.account.email().to_owned(),
            })
    }

    fn refusal(&self, answer: &Answer, now: Time) -> TokenError {
        let told: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
        let description = cut(&told.error_description);
        match (answer.status, told.error.as_str()) {
            (408 | 429 | 500..=599, _) => TokenError::Unavailable {
                retry_after: answer.retry_after,
                cause: format!("status {}", answer.status),
            },
            (_, "invalid_grant") => TokenError::InvalidGrant {
                email: self.account.email().to_owned(),
                description,
                hint: self.hint(answer.date, now),
            },
            (status, code) => TokenError::Refused {
                status,
                code: cut(code),
                description,
            },
        }
    }

    /// The two usual causes, of which the answer's own date tells the first.
    fn hint(&self, google: Option<Time>, now: Time) -> String {
        let behind = google.map_or(0, |google| google.secs() - now.secs());
        if behind.abs() > SKEW_SECS {
            let way = if behind > 0 { "behind" } else { "ahead of" };
            return format!(
                "This machine's clock is {} seconds {way} Google's: set it right (NTP).",
                behind.abs()
            );
        }
        format!(
            "The key {} was probably deleted or its account disabled: create a new key in the Google Cloud console. If not, check this machine's clock.",
            self.account.key_id().unwrap_or("in the file")
        )
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: Secret,
    expires_in: i64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
}
