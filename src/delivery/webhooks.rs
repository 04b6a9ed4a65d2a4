//! Sends events to endpoints outside: leased, a few at a time for each endpoint, tried again for three days.
//!
//! At least once, in no promised order. An endpoint that fails rests a while, so that it holds up nobody else.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::Client;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Stepped;
use super::letter::{Envelope, Tried, client, send};
use super::open_net::Lookup;
use crate::actions::settle_webhooks::{TRIED_MS, settle_webhooks};
use crate::actions::{ActionError, Caller, Deed, House};
use crate::store::webhook_deliveries::{self, Ending, Settlement, WebhookDelivery};
use crate::store::webhook_endpoints::{self, ACTIVE, WebhookEndpoint};
use crate::types::{Secret, Time, WebhookEndpointId, random_token};

/// Most endpoints that are sent to at once.
const ENDPOINTS_MAX: usize = 32;
/// Most endpoints that are looked up at once.
const LOOK_MAX: i64 = 200;
/// Most deliveries of an endpoint that are leased at once.
const BATCH_MAX: i64 = 32;
/// Most of them that are under way at once.
const AT_ONCE: usize = 4;
/// Longer than a batch takes, at the slowest.
const LEASE: Duration = Duration::from_mins(5);
/// The least time between two looks at the table.
const LOOK_MIN: Duration = Duration::from_millis(50);
/// How often the table is looked at when no bell rings.
const POLL: Duration = Duration::from_secs(1);
/// How long what is under way may take to end after a stop; beyond, it is given back.
const DRAIN: Duration = Duration::from_secs(2);
/// How long signatures are made with the secret of before as well: a day.
const OLD_SECRET_MS: i64 = 86_400_000;
/// The first wait after a failure; each one after is three times as long, up to [`WAIT_MAX_MS`].
const WAIT_FIRST_MS: i64 = 5_000;
const WAIT_MAX_MS: i64 = 6 * 3_600_000;
/// The longest rest of an endpoint whose failures follow each other.
const REST_MAX_MS: i64 = 5 * 60_000;
/// Most endpoints that are remembered as resting.
const RESTS_MAX: usize = 10_000;

/// Sends events to endpoints.
#[derive(Clone)]
pub struct Webhooks(Arc<Parts>);

struct Parts {
    house: House,
    client: Client,
    lookup: Lookup,
    /// Whose leases these are: another name each start.
    owner: String,
    busy: Mutex<HashSet<WebhookEndpointId>>,
    rests: Mutex<HashMap<WebhookEndpointId, Rest>>,
}

/// An endpoint that failed, how often in a row, and until when nothing is sent to it.
#[derive(Debug, Clone, Copy)]
struct Rest {
    failures: i64,
    until: Time,
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Webhooks {
    /// Sends for a house; one try takes at most `limit`.
    pub fn new(house: House, limit: Duration) -> Result<Self, String> {
        let lookup = Lookup {
            private: house.private_webhooks,
        };
        Ok(Self(Arc::new(Parts {
            client: client(lookup, limit).map_err(|fault| fault.to_string())?,
            owner: format!("webhooks-{}", random_token(9)),
            busy: Mutex::default(),
            rests: Mutex::default(),
            house,
            lookup,
        })))
    }

    /// Sends one batch to each endpoint that has something due, and settles them.
    pub async fn step(&self) -> Result<Stepped, ActionError> {
        let waiting = self.0.list_waiting().await?;
        let mut sent = futures_util::stream::iter(waiting)
            .map(|endpoint| Arc::clone(&self.0).serve(endpoint))
            .buffer_unordered(ENDPOINTS_MAX);
        let mut leased = 0;
        while let Some(served) = sent.next().await {
            leased += served?;
        }
        Ok(Stepped { leased })
    }

    /// Sends until told to stop; then finishes what is under way, if that is soon, and gives its leases back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut bell = self.0.house.bell.listen();
        // Whoever could tell us to stop is gone if this fails: that is a stop too.
        let mut stopped = std::pin::pin!(async move { drop(stop.wait_for(|is_told| *is_told).await) });
        let mut under_way = JoinSet::new();
        let mut is_out = false;
        loop {
            match self.0.list_waiting().await {
                Ok(waiting) => {
                    is_out = false;
                    let room = ENDPOINTS_MAX.saturating_sub(under_way.len());
                    for endpoint in waiting.into_iter().take(room) {
                        under_way.spawn(Arc::clone(&self.0).serve(endpoint));
                    }
                }
                Err(error) => {
                    if !is_out {
                        tracing::warn!(%error, "webhooks cannot be looked for; tried again until they can");
                    }
                    is_out = true;
                }
            }
            tokio::select! {
                biased;
                () = &mut stopped => break,
                () = tokio::time::sleep(LOOK_MIN) => (),
            }
            tokio::select! {
                biased;
                () = &mut stopped => break,
                Some(ended) = under_way.join_next() => note(ended),
                _ = bell.changed() => (),
                () = tokio::time::sleep(POLL) => (),
            }
        }
        let drained = tokio::time::timeout(DRAIN, async { while under_way.join_next().await.is_some() {} });
        if drained.await.is_err() {
            tracing::warn!("some webhooks did not end in time; they are given back");
            under_way.shutdown().await;
        }
        let owner = self.0.owner.clone();
        let released = self
            .0
            .house
            .store
            .write(move |tx| webhook_deliveries::release(tx, &owner));
        if let Err(error) = released.await {
            tracing::warn!(%error, "leases of webhooks could not be given back; they run out");
        }
    }
}

fn note(ended: Result<Result<usize, ActionError>, tokio::task::JoinError>) {
    match ended {
        Ok(Ok(_)) => (),
        Ok(Err(error)) => tracing::warn!(%error, "webhooks could not be settled; their leases run out"),
        Err(fault) => tracing::error!(%fault, "sending webhooks ended badly"),
    }
}

impl Parts {
    /// Endpoints with something due that neither rest nor are served at this moment.
    async fn list_waiting(&self) -> Result<Vec<WebhookEndpointId>, ActionError> {
        let now = self.house.now();
        let read = self
            .house
            .store
            .read(move |db| webhook_deliveries::list_waiting(db, now, LOOK_MAX));
        let mut waiting: Vec<WebhookEndpointId> = read.await?;
        let (busy, rests) = (lock(&self.busy), lock(&self.rests));
        waiting.retain(|id| !busy.contains(id) && rests.get(id).is_none_or(|rest| rest.until <= now));
        Ok(waiting)
    }

    /// Sends a batch to an endpoint; gives how many were leased.
    async fn serve(self: Arc<Self>, id: WebhookEndpointId) -> Result<usize, ActionError> {
        if !lock(&self.busy).insert(id.clone()) {
            return Ok(0);
        }
        let _served = Served(&self, id.clone());
        let Some((endpoint, leased)) = self.lease(&id).await? else {
            return Ok(0);
        };
        let count = leased.len();
        let secrets = self.secrets(&endpoint);
        let has_failed = std::sync::atomic::AtomicBool::new(false);
        let settlements: Vec<Settlement> = futures_util::stream::iter(leased)
            .map(|one| self.try_one(&endpoint, &secrets, one, &has_failed))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        self.rest(&id, &settlements);
        let deed = Deed::begin(&self.house, Caller::local("delivery", self.house.now()));
        let settling = self
            .house
            .store
            .write(move |tx| settle_webhooks(tx, &deed, &id, &settlements));
        settling.await?;
        Ok(count)
    }

    async fn lease(
        &self,
        id: &WebhookEndpointId,
    ) -> Result<Option<(WebhookEndpoint, Vec<WebhookDelivery>)>, ActionError> {
        let (owner, id) = (self.owner.clone(), id.clone());
        let now = self.house.now();
        let lease = (now, now.plus(LEASE));
        let claimed = self.house.store.write(move |tx| {
            let endpoint = match webhook_endpoints::get(tx, &id) {
                Ok(endpoint) if endpoint.state == ACTIVE => endpoint,
                // It was stopped since we looked.
                Ok(_) | Err(crate::store::StoreError::NotFound) => return Ok::<_, ActionError>(None),
                Err(error) => return Err(error.into()),
            };
            let leased = webhook_deliveries::claim(tx, &owner, &id, BATCH_MAX, lease)?;
            Ok(Some((endpoint, leased)))
        });
        claimed.await
    }

    /// The secret of an endpoint; for a day after it got another one, also that of before.
    fn secrets(&self, endpoint: &WebhookEndpoint) -> Vec<Secret> {
        let secret = |rotation| self.house.webhook_secret(&endpoint.id, rotation);
        let is_recent = |at: Time| at.plus_ms(OLD_SECRET_MS) > self.house.now();
        let mut secrets = vec![secret(endpoint.rotation)];
        if endpoint.rotated_at.is_some_and(is_recent) {
            secrets.push(secret(endpoint.rotation - 1));
        }
        secrets
    }

    /// Sends one; after the first failure of a batch the rest of it is left for later.
    async fn try_one(
        &self,
        endpoint: &WebhookEndpoint,
        secrets: &[Secret],
        one: WebhookDelivery,
        has_failed: &std::sync::atomic::AtomicBool,
    ) -> Settlement {
        use std::sync::atomic::Ordering::Relaxed;
        let mut settlement = Settlement {
            id: one.id,
            fence: one.fence,
            ending: Ending::Untried,
            status: None,
            error: None,
        };
        if has_failed.load(Relaxed) {
            return settlement;
        }
        let envelope = Envelope {
            id: one.event_id.as_str(),
            at: self.house.now(),
            secrets,
        };
        let sent = send(&self.client, self.lookup, &endpoint.url, &envelope, one.body).await;
        let Tried { status, error } = sent;
        let now = self.house.now();
        settlement.ending = if error.is_none() {
            Ending::Delivered
        } else {
            has_failed.store(true, Relaxed);
            let last = one.give_up_at.unwrap_or_else(|| now.plus_ms(TRIED_MS));
            next_try(now, one.attempts, last, &mut rand::rng())
        };
        settlement.status = status;
        settlement.error = error.map(str::to_owned);
        settlement
    }

    /// Remembers whether an endpoint failed, and lets it rest if so.
    fn rest(&self, id: &WebhookEndpointId, settlements: &[Settlement]) {
        let mut rests = lock(&self.rests);
        if settlements.iter().all(|one| one.error.is_none()) {
            rests.remove(id);
            return;
        }
        let now = self.house.now();
        if rests.len() >= RESTS_MAX {
            rests.retain(|_, rest| rest.until > now);
        }
        let failures = rests.get(id).map_or(0, |rest| rest.failures);
        let wait = WAIT_FIRST_MS
            .saturating_mul(1 << failures.clamp(0, 10))
            .min(REST_MAX_MS);
        let rest = Rest {
            failures: failures + 1,
            until: now.plus_ms(wait),
        };
        rests.insert(id.clone(), rest);
    }
}

/// An endpoint that is served at this moment.
struct Served<'a>(&'a Parts, WebhookEndpointId);

impl Drop for Served<'_> {
    fn drop(&mut self) {
        lock(&self.0.busy).remove(&self.1);
    }
}

/// When a delivery is tried again that failed after so many failures before: later each time, never in step with
/// others, for the last time at `last`; or that it is given up.
fn next_try(now: Time, failures: i64, last: Time, rng: &mut impl rand::Rng) -> Ending {
    if now >= last {
        return Ending::Failed;
    }
    let power = u32::try_from(failures.clamp(0, 12)).unwrap_or(12);
    let full = WAIT_FIRST_MS.saturating_mul(3_i64.pow(power)).min(WAIT_MAX_MS);
    let wait = full + rng.random_range(0..=full / 4);
    Ending::Retry(now.plus_ms(wait).min(last), last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn tries_grow_rare_and_end_after_three_days() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let start = Time::from_secs(1_000_000);
        let last = start.plus_ms(TRIED_MS);
        let (mut now, mut waits) = (start, Vec::new());
        while let Ending::Retry(at, until) =
            next_try(now, i64::try_from(waits.len()).expect("few"), last, &mut rng)
        {
            assert_eq!(until, last);
            waits.push(at.since(now).as_secs());
            now = at;
        }
        assert_eq!(now, last, "the last try is at the end of the three days");
        assert!(
            (5..=7).contains(&waits[0]) && (15..=19).contains(&waits[1]),
            "{waits:?}"
        );
        assert!(waits.iter().all(|wait| *wait <= 27_000), "{waits:?}");
        assert!((17..=22).contains(&waits.len()), "{} tries", waits.len());
    }
}
