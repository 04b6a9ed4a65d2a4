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

/// How long an instance pushes with the token that it has before it looks whether another made a newer one.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// One provider token for all instances, kept in the database. Each instance remembers it for a while, so that a
/// push costs no transaction.
pub struct SharedTokens {
    store: Store,
    clock: Arc<dyn Clock>,
    key: Arc<ProviderKey>,
    name: String,
    /// The token as it was last read, and when. Held while the database is asked: one asks for all who wait.
    known: tokio::sync::Mutex<Option<(Kept, Time)>>,
}

#[derive(Clone, Serialize, Deserialize, Default)]
struct Kept {
    token: String,
    made_at: i64,
}

impl Kept {
    fn read(text: &str) -> Self {
        // What cannot be read counts as none; a new token takes its place.
        serde_json::from_str(text).unwrap_or_default()
    }

    fn age_ms(&self, now: Time) -> i64 {
        now.millis() - self.made_at
    }

    /// Whether it may be used. The clock of the instance that made it may be ahead of ours.
    fn is_good(&self, now: Time) -> bool {
        !self.token.is_empty() && (-TOKEN_FLOOR_MS..TOKEN_AGE_MS).contains(&self.age_ms(now))
    }

    /// Whether it is the one that Apple refused, and another may be made.
    fn is_spent(&self, refused: Option<&str>, now: Time) -> bool {
        refused == Some(self.token.as_str()) && self.age_ms(now) >= TOKEN_FLOOR_MS
    }
}

impl SharedTokens {
    /// Tokens of a team, signed with its key.
    pub fn new(store: Store, clock: Arc<dyn Clock>, key: ProviderKey, team: &str) -> Self {
        Self {
            store,
            clock,
            key: Arc::new(key),
            name: format!("apns_token:{team}"),
            known: tokio::sync::Mutex::new(None),
        }
    }

    /// The kept token, or a new one if it is too old, or if it is the refused one and old enough.
    async fn take(&self, refused: Option<&str>) -> Result<Secret, TokenError> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((kept, read_at)) = known.as_ref() {
            let is_late = now < *read_at || now.since(*read_at) >= LOOK_EVERY;
            let is_refused = refused == Some(kept.token.as_str());
            if !is_late && !is_refused && kept.is_good(now) {
                return Ok(Secret::new(kept.token.as_str()));
            }
        }
        let taken = self.read_or_make(refused, now).await;
        let kept = taken.map_err(|fault| TokenError::Unavailable(fault.to_string()))?;
        let secret = Secret::new(kept.token.as_str());
        *known = Some((kept, now));
        Ok(secret)
    }

    async fn read_or_make(&self, refused: Option<&str>, now: Time) -> Result<Kept, StoreError> {
        let name = self.name.clone();
        let found = self.store.read(move |db| settings::find(db, &name)).await?;
        let found = found.map(|(text, _)| Kept::read(&text)).unwrap_or_default();
        if found.is_good(now) && !found.is_spent(refused, now) {
            return Ok(found);
        }
        let (key, name, refused) = (
            Arc::clone(&self.key),
            self.name.clone(),
            refused.map(str::to_owned),
        );
        let make = self.store.write(move |tx| {
            // Another instance may have been faster.
            let kept = Kept::read(&settings::lock(tx, &name, "{}", now)?);
            if kept.is_good(now) && !kept.is_spent(refused.as_deref(), now) {
                return Ok(kept);
            }
            let token = key
                .sign(now)
                .map_err(|fault| StoreError::Broken(fault.to_string()))?;
            let fresh = Kept {
                token: token.expose().to_owned(),
                made_at: now.millis(),
            };
            let text =
                serde_json::to_string(&fresh).map_err(|fault| StoreError::unreadable("a token", fault))?;
            settings::set(tx, &name, &text, now)?;
            Ok::<_, StoreError>(fresh)
        });
        make.await
    }
}

impl TokenSource for SharedTokens {
    fn current(&self) -> BoxFuture<'_, Result<Secret, TokenError>> {
        Box::pin(self.take(None))
    }

    fn renew<'a>(&'a self, refused: &'a Secret) -> BoxFuture<'a, Result<Secret, TokenError>> {
        Box::pin(self.take(Some(refused.expose())))
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
        // Rounded up: rather a little slower than Google's limit than over it.
        let slot_ms = i64::from((1_000 * share).div_ceil(self.per_second));
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
