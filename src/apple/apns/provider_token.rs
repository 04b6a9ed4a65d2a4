//! Provider tokens: the signed statement of who pushes, in place of a certificate.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use tokio::sync::Mutex;

use crate::types::{Base64Url, Clock, Secret, Time};

/// Age at which a token is replaced; Apple refuses one of over an hour.
const RENEW_AFTER: Duration = Duration::from_mins(50);
/// Least time between two new tokens of one team; Apple answers 429 to more.
const RENEW_MIN: Duration = Duration::from_mins(20);
/// A step back of the clock by more than this is a correction, not jitter.
const CLOCK_STEP_MS: i64 = 60_000;
/// Bytes of each half of an ES256 signature (RFC 7518 section 3.4).
const HALF: i32 = 32;

/// Why there is no provider token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file is not a private key on P-256.
    #[error(
        "the push key is not an unencrypted P-256 private key in PEM; download the .p8 file from Apple's portal again"
    )]
    NotAPushKey,
    /// The key cannot sign.
    #[error("the provider token cannot be signed: {0}")]
    Sign(#[from] ErrorStack),
    /// Apple refuses a token that was made so recently that another may not be made yet.
    #[error(
        "Apple refuses a provider token made a moment ago, and a new one may be made only in {} s; check the key id, the team id and this machine's clock",
        .wait.as_secs()
    )]
    TooSoon {
        /// Until a new one may be made.
        wait: Duration,
    },
    /// Where the tokens are kept cannot be reached now.
    #[error("the provider token's keeper does not answer: {0}")]
    Unavailable(String),
}

/// Gives the provider token of a team. One that is shared by several instances keeps the token
/// in the database.
pub trait TokenSource: Send + Sync {
    /// The token to push with now.
    fn current(&self) -> BoxFuture<'_, Result<Secret, TokenError>>;

    /// A token other than the one that Apple refused as expired. Many callers may ask at once
    /// about the same refused token; one new token is made for all.
    fn renew<'a>(&'a self, refused: &'a Secret) -> BoxFuture<'a, Result<Secret, TokenError>>;
}

/// A team's push key, from the .p8 file of Apple's portal.
#[derive(Clone)]
pub struct ProviderKey {
    key: PKey<Private>,
    key_id: String,
    team_id: String,
}

impl ProviderKey {
    /// Reads the PEM text of a .p8 file.
    pub fn from_pem(
        pem: &Secret,
        key_id: impl Into<String>,
        team_id: impl Into<String>,
    ) -> Result<Self, TokenError> {
        let key = PKey::private_key_from_pem(pem.expose().as_bytes()).map_err(|_| TokenError::NotAPushKey)?;
        Self::new(key, key_id, team_id)
    }

    /// Takes a key that is already read.
    pub fn new(
        key: PKey<Private>,
        key_id: impl Into<String>,
        team_id: impl Into<String>,
    ) -> Result<Self, TokenError> {
        let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
        if curve != Some(Nid::X9_62_PRIME256V1) {
            return Err(TokenError::NotAPushKey);
        }
        Ok(Self {
            key,
            key_id: key_id.into(),
            team_id: team_id.into(),
        })
    }

    /// A token of this instant.
    pub fn sign(&self, now: Time) -> Result<Secret, TokenError> {
        sign_provider_token(&self.key, &self.key_id, &self.team_id, now)
    }
}

impl fmt::Debug for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderKey")
            .field("key_id", &self.key_id)
            .field("team_id", &self.team_id)
            .finish_non_exhaustive()
    }
}

/// Signs a provider token: a JWT by ES256 with `kid`, `iss` and `iat`
/// (Apple, "Establishing a token-based connection to APNs").
pub fn sign_provider_token(
    key: &PKey<Private>,
    key_id: &str,
    team_id: &str,
    now: Time,
) -> Result<Secret, TokenError> {
    let header = serde_json::json!({ "alg": "ES256", "kid": key_id });
    let claims = serde_json::json!({ "iss": team_id, "iat": now.secs() });
    let signed = format!(
        "{}.{}",
        Base64Url::encode(header.to_string()),
        Base64Url::encode(claims.to_string())
    );
    let key = key.ec_key().map_err(|_| TokenError::NotAPushKey)?;
    let digest = hash(MessageDigest::sha256(), signed.as_bytes())?;
    let signature = EcdsaSig::sign(&digest, &key)?;
    // JOSE wants both numbers at full width, not the DER that OpenSSL writes by default.
    let mut raw = signature.r().to_vec_padded(HALF)?;
    raw.extend(signature.s().to_vec_padded(HALF)?);
    Ok(Secret::new(format!("{signed}.{}", Base64Url::encode(raw))))
}

/// Makes and keeps the tokens of one team in this process.
pub struct LocalTokens {
    key: ProviderKey,
    clock: Arc<dyn Clock>,
    made: Mutex<Option<(Secret, Time)>>,
}

impl LocalTokens {
    /// Tokens signed with a key, by a clock.
    pub fn new(key: ProviderKey, clock: Arc<dyn Clock>) -> Self {
        Self {
            key,
            clock,
            made: Mutex::new(None),
        }
    }

    async fn current_token(&self) -> Result<Secret, TokenError> {
        let mut made = self.made.lock().await;
        let now = self.clock.now();
        match &*made {
            Some((token, at)) if now.since(*at) < RENEW_AFTER => Ok(token.clone()),
            _ => self.make(&mut made, now),
        }
    }

    async fn renewed_token(&self, refused: &Secret) -> Result<Secret, TokenError> {
        let mut made = self.made.lock().await;
        let now = self.clock.now();
        if let Some((token, at)) = &*made {
            if token.expose() != refused.expose() {
                return Ok(token.clone());
            }
            let age = now.since(*at);
            // A clock that was set back tells no age; the refusal is then believed.
            let was_set_back = at.millis() > now.millis().saturating_add(CLOCK_STEP_MS);
            if age < RENEW_MIN && !was_set_back {
                return Err(TokenError::TooSoon {
                    wait: RENEW_MIN.saturating_sub(age),
                });
            }
        }
        self.make(&mut made, now)
    }

    fn make(&self, made: &mut Option<(Secret, Time)>, now: Time) -> Result<Secret, TokenError> {
        let token = self.key.sign(now)?;
        *made = Some((token.clone(), now));
        Ok(token)
    }
}

impl TokenSource for LocalTokens {
    fn current(&self) -> BoxFuture<'_, Result<Secret, TokenError>> {
        Box::pin(self.current_token())
    }

    fn renew<'a>(&'a self, refused: &'a Secret) -> BoxFuture<'a, Result<Secret, TokenError>> {
        Box::pin(self.renewed_token(refused))
    }
}

impl fmt::Debug for LocalTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalTokens")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
