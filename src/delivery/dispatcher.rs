//! Leases what is due, hands it to the wallet's sender, settles what came of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::circuits::Circuits;
use super::pace::Pace;
use super::wrong_tokens::WrongTokens;
use super::{apple, google};
use crate::actions::{ActionError, Code, House};
use crate::apple::apns::PushService;
use crate::store::Tx;
use crate::store::deliveries::{self, Delivery, Lane, Settlement};
use crate::types::{Wallet, random_token};

/// The least time between two looks at the table when no bell rings.
const LOOK_MIN: Duration = Duration::from_millis(20);

/// Deliveries of the bulk lane that are under way at once: those of a tenth of a second at its pace, but so many at
/// least and at most. If this process dies, as many phones at most are told twice: of a campaign to a million through
/// ten such deaths, fewer than one in a thousand.
const BULK_MIN: i64 = 20;
const BULK_MAX: i64 = 100;
/// Most of them in one batch.
const BULK_BATCH_MAX: i64 = 50;

/// How long what is under way may take to end after a stop; beyond, it is given back for another start to do.
const DRAIN: Duration = Duration::from_secs(2);
/// How long what was sent is held to be recorded while the database is away; the rest of a lease, about.
const SETTLE_PATIENCE: Duration = Duration::from_secs(25);
/// Pauses between two tries while the database is away: the first, and the longest.
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// How deliveries are paced.
#[derive(Debug, Clone)]
pub struct Options {
    /// Most deliveries leased at once.
    pub batch_max: i64,
    /// Most batches under way.
    pub batches_max: usize,
    /// How long a lease lasts; longer than the slowest send.
    pub lease: Duration,
    /// How long a phone has to fetch before it is told again; doubles each time.
    pub refetch_after: Duration,
    /// Most times that a phone is told again of one version.
    pub refetch_max: i64,
    /// Most deliveries of the bulk lane a second, however fast passes are built.
    pub bulk_per_second: u32,
    /// How often the table is looked at when no bell rings.
    pub poll: Duration,
    /// How long one try of a webhook takes at most.
    pub webhook_limit: Duration,
    /// Whether webhooks may go to private networks, to this machine, and over plain http.
    pub private_webhooks: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch_max: 200,
            batches_max: 16,
            lease: Duration::from_secs(30),
            refetch_after: Duration::from_mins(2),
            refetch_max: 5,
            bulk_per_second: 1_000,
            poll: Duration::from_secs(1),
            webhook_limit: Duration::from_secs(10),
            private_webhooks: false,
        }
    }
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stepped {
    /// Deliveries that were leased.
    pub leased: usize,
}

/// Sends what is due for one wallet.
#[derive(Clone)]
pub struct Dispatcher(Arc<Parts>);

pub(super) struct Parts {
    pub(super) house: House,
    pub(super) wallet: Wallet,
    pub(super) options: Options,
    pub(super) pushers: HashMap<String, Arc<dyn PushService>>,
    pub(super) circuits: Circuits,
    pub(super) wrong_tokens: WrongTokens,
    /// Held while a Google class is written, so that the first cards of a new design do not each write it.
    pub(super) class_turn: tokio::sync::Mutex<()>,
    /// Whose leases these are: another name each start.
    owner: String,
    batches: Semaphore,
    /// Deliveries of the bulk lane that are under way.
    bulk: AtomicI64,
}

impl Dispatcher {
    /// Sends to phones: one push service for each Apple pass type.
    pub fn apple(house: House, pushers: HashMap<String, Arc<dyn PushService>>, options: Options) -> Self {
        Self::new(house, Wallet::Apple, pushers, options)
    }

    /// Sends to Google Wallet.
    pub fn google(house: House, options: &Options) -> Self {
        // Google takes 20 requests a second: a small batch keeps the lease short.
        let options = Options {
            batch_max: options.batch_max.min(20),
            batches_max: 2,
            ..options.clone()
        };
        Self::new(house, Wallet::Google, HashMap::new(), options)
    }

    fn new(
        house: House,
        wallet: Wallet,
        pushers: HashMap<String, Arc<dyn PushService>>,
        options: Options,
    ) -> Self {
        Self(Arc::new(Parts {
            circuits: Circuits::new(house.metrics.clone()),
            wrong_tokens: WrongTokens::default(),
            class_turn: tokio::sync::Mutex::new(()),
            owner: format!("{wallet}-{}", random_token(9)),
            batches: Semaphore::new(options.batches_max),
            bulk: AtomicI64::new(0),
            house,
            wallet,
            pushers,
            options,
        }))
    }

    /// Leases one batch, sends it and settles it.
    pub async fn step(&self) -> Result<Stepped, ActionError> {
        let leased = self.0.lease(Lane::Instant, self.0.options.batch_max).await?;
        let leased = if leased.is_empty() {
            self.0.lease(Lane::Bulk, self.0.options.batch_max).await?
        } else {
            leased
        };
        let stepped = Stepped { leased: leased.len() };
        Arc::clone(&self.0).send_and_settle(leased).await?;
        Ok(stepped)
    }

    /// Sends until told to stop; then finishes what is under way, if that is soon, and gives its leases back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut bell = self.0.house.bell.listen();
        // Whoever could tell us to stop is gone if this fails: that is a stop too.
        let mut stopped = std::pin::pin!(async move { drop(stop.wait_for(|is_told| *is_told).await) });
        let mut under_way = JoinSet::new();
        let mut bulk = Pace::default();
        self.wake().await;
        let mut outage = None::<Duration>;
        loop {
            while under_way.try_join_next().is_some() {}
            let place = tokio::select! {
                biased;
                () = &mut stopped => break,
                place = self.place() => place,
            };
            match self.lease_next(&mut bulk).await {
                Ok(leased) if !leased.is_empty() => {
                    outage = None;
                    let parts = Arc::clone(&self.0);
                    let bulk = leased
                        .iter()
                        .filter(|one| one.lane == Lane::Bulk.number())
                        .count();
                    let bulk = BulkUnderWay::begin(&self.0, bulk);
                    under_way.spawn(async move {
                        if let Err(error) = parts.send_and_settle(leased).await {
                            tracing::warn!(%error, "a batch could not be settled; its leases run out");
                        }
                        drop((bulk, place));
                    });
                    continue;
                }
                Ok(_) => outage = None,
                Err(error) => {
                    if outage.is_none() {
                        tracing::warn!(%error, "deliveries cannot be leased; tried again until they can");
                    }
                    outage = Some(outage.map_or(PAUSE_MIN, |pause| (pause * 2).min(PAUSE_MAX)));
                }
            }
            drop(place);
            if let Some(pause) = outage {
                tokio::select! {
                    biased;
                    () = &mut stopped => break,
                    () = tokio::time::sleep(pause) => continue,
                }
            }
            let wait = self.until_next_due().await;
            tokio::select! {
                biased;
                () = &mut stopped => break,
                _ = bell.changed() => (),
                // The bulk lane may wait for this alone.
                Some(_) = under_way.join_next(), if self.0.bulk_room() < self.0.bulk_least() => (),
                () = tokio::time::sleep(wait) => (),
            }
        }
        let drained = tokio::time::timeout(DRAIN, async { while under_way.join_next().await.is_some() {} });
        if drained.await.is_err() {
            tracing::warn!("some deliveries did not end in time; they are given back");
            under_way.shutdown().await;
        }
        self.give_back().await;
    }

    /// What rests after a failure is tried at once: a start may bring another certificate or configuration.
    async fn wake(&self) {
        let (wallet, now) = (self.0.wallet, self.0.house.now());
        let woken = self
            .0
            .house
            .store
            .write(move |tx| deliveries::wake(tx, wallet, now));
        match woken.await {
            Ok(0) => (),
            Ok(count) => tracing::info!(%wallet, count, "deliveries that rested are tried again"),
            Err(error) => tracing::warn!(%error, "deliveries that rest could not be woken; they rest on"),
        }
    }

    /// A place among the batches under way, once there is one.
    async fn place(&self) -> Place {
        // The semaphore is never closed.
        if let Ok(permit) = self.0.batches.acquire().await {
            permit.forget();
        }
        Place(Arc::clone(&self.0))
    }

    /// The next batch: the instant lane, else the bulk lane at its pace.
    async fn lease_next(&self, bulk: &mut Pace) -> Result<Vec<Delivery>, ActionError> {
        let instant = self.0.lease(Lane::Instant, self.0.options.batch_max).await?;
        if !instant.is_empty() {
            return Ok(instant);
        }
        let paced = bulk.room(self.0.house.now(), self.0.bulk_per_second());
        let room = paced.min(self.0.batch_max()).min(self.0.bulk_room());
        if room < self.0.bulk_least() {
            return Ok(Vec::new());
        }
        let leased = self.0.lease(Lane::Bulk, room).await?;
        bulk.spend(i64::try_from(leased.len()).unwrap_or(0));
        Ok(leased)
    }

    async fn until_next_due(&self) -> Duration {
        let wallet = self.0.wallet;
        let next = self
            .0
            .house
            .store
            .read(move |db| deliveries::next_due(db, wallet))
            .await;
        let poll = self.0.options.poll;
        match next {
            // Never below the floor, so that a row which somebody else has is not asked for without end.
            Ok(Some(due)) => due.since(self.0.house.now()).max(LOOK_MIN).min(poll),
            Ok(None) => poll,
            Err(error) => {
                tracing::warn!(%error, "the queue cannot be looked at");
                poll
            }
        }
    }

    /// Gives back what this dispatcher has leased.
    pub async fn give_back(&self) {
        for is_last in [false, false, true] {
            let owner = self.0.owner.clone();
            let released = self
                .0
                .house
                .store
                .write(move |tx| deliveries::release(tx, &owner));
            match released.await {
                Ok(()) => return,
                Err(error) if is_last => {
                    tracing::warn!(%error, "leases could not be given back; they run out");
                }
                Err(error) => {
                    tracing::info!(%error, "leases could not be given back; tried again");
                    tokio::time::sleep(PAUSE_MIN).await;
                }
            }
        }
    }
}

/// A place among the batches under way.
struct Place(Arc<Parts>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.batches.add_permits(1);
    }
}

/// Some deliveries of the bulk lane, under way until this is dropped.
struct BulkUnderWay(Arc<Parts>, i64);

impl BulkUnderWay {
    fn begin(parts: &Arc<Parts>, count: usize) -> Self {
        let count = i64::try_from(count).unwrap_or(BULK_MAX);
        parts.bulk.fetch_add(count, Ordering::Relaxed);
        Self(Arc::clone(parts), count)
    }
}

impl Drop for BulkUnderWay {
    fn drop(&mut self) {
        self.0.bulk.fetch_sub(self.1, Ordering::Relaxed);
    }
}

impl Parts {
    /// Deliveries of the bulk lane a second, as passes are built by now.
    fn bulk_per_second(&self) -> u32 {
        let builds = &self.house.shelf.builds;
        builds.per_second(self.options.bulk_per_second)
    }

    /// Those of a tenth of a second.
    fn bulk_tenth(&self) -> i64 {
        i64::from(self.bulk_per_second() / 10)
    }

    /// How many more deliveries of the bulk lane may be under way.
    fn bulk_room(&self) -> i64 {
        self.bulk_tenth().clamp(BULK_MIN, BULK_MAX) - self.bulk.load(Ordering::Relaxed)
    }

    /// Most of them in one batch.
    fn batch_max(&self) -> i64 {
        self.options.batch_max.clamp(1, BULK_BATCH_MAX)
    }

    /// Fewest that are leased at once, so that not every few phones cost a lease.
    fn bulk_least(&self) -> i64 {
        self.bulk_tenth().clamp(1, self.batch_max())
    }

    async fn lease(&self, lane: Lane, limit: i64) -> Result<Vec<Delivery>, ActionError> {
        let (owner, wallet) = (self.owner.clone(), self.wallet);
        let now = self.house.now();
        let until = now.plus(self.options.lease);
        let store = &self.house.store;
        let claim = move |tx: &mut Tx<'_>| deliveries::claim(tx, &owner, (wallet, lane), limit, now, until);
        Ok(match lane {
            Lane::Instant => store.write(claim).await?,
            Lane::Bulk => store.write_behind(claim).await?,
        })
    }

    async fn send_and_settle(self: Arc<Self>, leased: Vec<Delivery>) -> Result<(), ActionError> {
        if leased.is_empty() {
            return Ok(());
        }
        match self.wallet {
            Wallet::Apple => apple::send(self, leased).await,
            Wallet::Google => google::send(self, leased).await,
        }
    }
}

/// Settles deliveries as they end, many at a time: those that end one soon after the other are settled together, and
/// one that hangs holds nobody up.
pub(super) async fn settle_as_they_end<F, T>(
    ending: FuturesUnordered<F>,
    soon: Duration,
    settle: impl Fn(Vec<T>) -> BoxFuture<'static, Result<(), ActionError>>,
) -> Result<(), ActionError>
where
    F: Future<Output = T>,
{
    let mut groups = ending.ready_chunks(SETTLE_MAX);
    let mut waiting = Vec::new();
    let mut result = Ok(());
    loop {
        let next = if waiting.is_empty() {
            groups.next().await
        } else {
            match tokio::time::timeout(soon, groups.next()).await {
                Ok(next) => next,
                Err(_) => Some(Vec::new()),
            }
        };
        let (is_over, is_quiet) = (next.is_none(), next.as_ref().is_some_and(Vec::is_empty));
        waiting.extend(next.into_iter().flatten());
        if (is_over || is_quiet || waiting.len() >= SETTLE_MAX) && !waiting.is_empty() {
            result = settle(std::mem::take(&mut waiting)).await.and(result);
        }
        if is_over {
            return result;
        }
    }
}

/// Records what was sent, again and again while the database is away: else it would be sent once more when the
/// leases run out. Whether the leases still stand is looked at in the write itself.
pub(super) async fn write_patiently<T: Send + 'static>(
    parts: &Parts,
    write: impl Fn(&mut Tx<'_>) -> Result<T, ActionError> + Send + Sync + 'static,
) -> Result<T, ActionError> {
    let (write, start) = (Arc::new(write), Instant::now());
    let mut pause = PAUSE_MIN;
    loop {
        let again = Arc::clone(&write);
        match parts.house.store.write_behind(move |tx| again(tx)).await {
            Err(error) if error.code == Code::Unavailable && start.elapsed() < SETTLE_PATIENCE => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
            ended => return ended,
        }
    }
}

/// Most deliveries in one settlement.
const SETTLE_MAX: usize = 500;
/// How long an ended delivery waits for others to be settled with; in the bulk lane longer, for each settlement is a
/// commit that a checkout waits for on SQLite.
const SETTLE_AFTER: Duration = Duration::from_millis(5);
const SETTLE_BULK_AFTER: Duration = Duration::from_millis(50);

/// How soon after one another deliveries of a batch end that are settled together.
pub(super) fn settled_after(leased: &[Delivery]) -> Duration {
    if leased.iter().all(|one| one.lane == Lane::Bulk.number()) {
        SETTLE_BULK_AFTER
    } else {
        SETTLE_AFTER
    }
}

/// What a leased delivery and its ending are settled with.
pub(super) fn settlement(delivery: &Delivery, ending: deliveries::Ending) -> Settlement {
    Settlement {
        card_id: delivery.card_id.clone(),
        wallet: delivery.wallet,
        fence: delivery.fence,
        changed_at: delivery.changed_at,
        ending,
    }
}
