//! What all instances share through the database: Apple's provider token and Google's rate.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::apple::apns::{ProviderKey, TokenError, TokenSource};
use crate::google::RatePermits;
use crate::store::{Store, StoreError, settings};
use crate::types::{Clock, Secret, Time};

/// A provider token is replaced at this age, of the hour that Apple gives it.
const TOKEN_AGE_MS: i64 = 50 * 60_000;
/// Apple takes no more than one new token in 20 minutes from a team (Apple developer forum, thread 702056).
const TOKEN_FLOOR_MS: i64 = 20 * 60_000;

/// One provider token for all instances, kept in the database.
pub struct SharedTokens {
    store: Store,
    clock: Arc<dyn Clock>,
    key: Arc<ProviderKey>,
    name: String,
}

#[derive(Serialize, Deserialize, Default)]
struct Kept {
    token: String,
    made_at: i64,
}

impl SharedTokens {
    /// Tokens of a team, signed with its key.
    pub fn new(store: Store, clock: Arc<dyn Clock>, key: ProviderKey, team: &str) -> Self {
        Self {
            store,
            clock,
            key: Arc::new(key),
            name: format!("apns_token:{team}"),
        }
    }

    /// The kept token, or a new one if it is too old, or if it is the refused one and old enough.
    async fn take(&self, refused: Option<String>) -> Result<Secret, TokenError> {
        let (key, name, now) = (Arc::clone(&self.key), self.name.clone(), self.clock.now());
        let taken = self.store.write(move |tx| {
            let kept: Kept = serde_json::from_str(&settings::lock(tx, &name, "{}", now)?).unwrap_or_default();
            let age = now.millis() - kept.made_at;
            let is_good = !kept.token.is_empty() && (0..TOKEN_AGE_MS).contains(&age);
            let is_refused = refused.is_some_and(|refused| refused == kept.token) && age >= TOKEN_FLOOR_MS;
            if is_good && !is_refused {
                return Ok(Secret::new(kept.token));
            }
            let token = key
                .sign(now)
                .map_err(|fault| StoreError::Broken(fault.to_string()))?;
            let fresh = Kept {
                token: token.expose().to_owned(),
                made_at: now.millis(),
            };
            let text =
                serde_json::to_string(&fresh).map_err(|fault| StoreError::Broken(fault.to_string()))?;
            settings::set(tx, &name, &text, now)?;
            Ok::<_, StoreError>(token)
        });
        taken
            .await
            .map_err(|fault| TokenError::Unavailable(fault.to_string()))
    }
}

impl TokenSource for SharedTokens {
    fn current(&self) -> BoxFuture<'_, Result<Secret, TokenError>> {
        Box::pin(self.take(None))
    }

    fn renew<'a>(&'a self, refused: &'a Secret) -> BoxFuture<'a, Result<Secret, TokenError>> {
        Box::pin(self.take(Some(refused.expose().to_owned())))
    }
}

/// Google's requests a second, shared by all instances: each takes a tenth of a second's worth at a time.
pub struct SharedPermits {
    store: Store,
    clock: Arc<dyn Clock>,
    per_second: u32,
    left: AtomicU32,
    turn: tokio::sync::Mutex<()>,
}

impl SharedPermits {
    /// At most so many requests a second over all instances.
    pub fn new(store: Store, clock: Arc<dyn Clock>, per_second: u32) -> Self {
        Self {
            store,
            clock,
            per_second: per_second.max(1),
            left: AtomicU32::new(0),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    fn use_left(&self) -> bool {
        self.left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok()
    }

    /// Books the next slot that no instance has: so many requests, from that instant on.
    async fn book(&self) -> Result<(Time, u32), StoreError> {
        let share = (self.per_second / 10).max(1);
        let slot_ms = i64::from(1_000 * share / self.per_second);
        let now = self.clock.now();
        let start = self.store.write(move |tx| {
            let kept = settings::lock(tx, "google_rate", "0", now)?;
            let free_at: i64 = kept.parse().unwrap_or(0);
            // A clock that was set back must not stop everything: a slot far ahead counts as none.
            let start = if free_at > now.millis() + 600_000 {
                now.millis()
            } else {
                free_at.max(now.millis())
            };
            settings::set(tx, "google_rate", &(start + slot_ms).to_string(), now)?;
            Ok::<_, StoreError>(start)
        });
        Ok((Time::from_millis(start.await?), share))
    }
}

impl RatePermits for SharedPermits {
    fn take(&self, count: u32) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            for _ in 0..count {
                while !self.use_left() {
                    let _turn = self.turn.lock().await;
                    if self.left.load(Ordering::SeqCst) > 0 {
                        continue;
                    }
                    match self.book().await {
                        Ok((start, share)) => {
                            tokio::time::sleep(start.since(self.clock.now())).await;
                            self.left.fetch_add(share, Ordering::SeqCst);
                        }
                        Err(error) => {
                            tracing::warn!(%error, "no permit for Google could be booked");
                            tokio::time::sleep(Duration::from_secs(1)).await;
                        }
                    }
                }
            }
        })
    }
}
