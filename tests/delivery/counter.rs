//! A shop whose clock the test moves, the cards that it handed out, and what must hold at a test's end.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::register_device::{PassClaim, register_device};
use billfold::actions::{ActionError, Caller, Deed, House};
use billfold::apple::apns::Limits;
use billfold::delivery::Options;
use billfold::simulator::apns::{Entry, Outcome};
use billfold::store::deliveries::{self, Delivery, Ending, Lane, Settlement};
use billfold::store::devices::{self, Device, Registration};
use billfold::store::passes::{self, Pass, PassAt};
use billfold::store::{Db, StoreError, Tx, cards, entries, tallies};
use billfold::types::{
    CardId, Clock as _, DeviceId, ManualClock, MemberId, ProgramId, PushToken, Secret, SystemClock, Time,
    Wallet, sha256_hex,
};
use serde_json::Value;

use crate::house::Database;
use crate::shop::{Opening, PASS_TYPE, Shop};

/// How long a test waits for what is sure to come.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// How long a step of the clock waits without seeing anything done of what is due by then: what hangs is not waited
/// for, what is only slow on a busy machine is.
const STEP_PATIENCE: Duration = Duration::from_millis(500);

/// A shop and its clock, which stands until the test moves it.
pub(crate) struct Counter {
    pub(crate) shop: Shop,
    pub(crate) clock: Arc<ManualClock>,
    /// Every instance that hears when the clock is moved.
    instances: Mutex<Vec<House>>,
}

/// A card with an Apple pass on one phone.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) member: MemberId,
    pub(crate) card: CardId,
    pub(crate) code: String,
    pub(crate) serial: String,
    pub(crate) object: String,
    pub(crate) secret: String,
    pub(crate) device: DeviceId,
    pub(crate) token: PushToken,
}

impl Counter {
    /// Opens a shop whose clock stands.
    pub(crate) async fn open(database: Database) -> Self {
        Self::open_with(database, pace(), limits()).await
    }

    /// The same with another pace and other limits of its push client.
    pub(crate) async fn open_with(database: Database, delivery: Options, push_limits: Limits) -> Self {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let opening = Opening {
            clock: clock.clone(),
            delivery,
            push_limits,
        };
        let shop = Shop::open_with(database, opening).await;
        let instances = Mutex::new(vec![shop.running.house.clone()]);
        Self {
            shop,
            clock,
            instances,
        }
    }

    /// Another instance is to hear when the clock is moved.
    pub(crate) fn add_instance(&self, house: House) {
        self.instances
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(house);
    }

    /// Moves the clock; every instance looks what is due by then.
    pub(crate) fn tick(&self, span: Duration) {
        self.clock.advance(span);
        for house in self
            .instances
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            house.bell.ring();
        }
    }

    /// Waits until nothing is due by the clock or under way, but not for what hangs.
    async fn rest(&self) {
        let (mut last_progress, mut seen) = (Instant::now(), None);
        let mut pause = Duration::from_millis(3);
        while last_progress.elapsed() < STEP_PATIENCE {
            let now = self.house().now();
            let (leased, next) = self
                .read(move |db| {
                    let mut next = None;
                    for wallet in [Wallet::Apple, Wallet::Google] {
                        next = next.into_iter().chain(deliveries::next_due(db, wallet)?).min();
                    }
                    Ok((deliveries::count_leased(db)?, next))
                })
                .await;
            if leased == 0 && next.is_none_or(|due| due > now) {
                return;
            }
            let state = Some((leased, next, self.shop.apns.counters().accepted));
            if state != seen {
                (last_progress, seen) = (Instant::now(), state);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(30));
        }
    }

    pub(crate) fn house(&self) -> &House {
        &self.shop.running.house
    }

    /// Hands out cards, each on a phone that registered for it and that is told of nothing yet.
    pub(crate) async fn hand_out(&self, count: usize) -> Vec<Held> {
        hand_out(self.house(), &self.shop.program, count, true).await
    }

    /// The same with cards that Google need not show, where a test is of Apple alone and has many.
    pub(crate) async fn hand_out_for_apple(&self, count: usize) -> Vec<Held> {
        hand_out(self.house(), &self.shop.program, count, false).await
    }

    /// One card on one phone.
    pub(crate) async fn hand_out_one(&self) -> Held {
        self.hand_out(1).await.remove(0)
    }

    /// Rings up an order of so many whole euros.
    pub(crate) async fn order(&self, held: &Held, euros: i64) {
        order(self.house(), &held.code, euros).await;
    }

    /// Pushes to a phone that came in, oldest first.
    pub(crate) fn pushes(&self, token: &PushToken) -> Vec<Entry> {
        let mut journal = self.shop.apns.journal();
        journal.retain(|entry| entry.token == token.as_str());
        journal
    }

    /// Pushes to a phone that were taken.
    pub(crate) fn taken(&self, token: &PushToken) -> usize {
        let journal = self.pushes(token);
        journal
            .iter()
            .filter(|entry| entry.outcome == Outcome::Accepted)
            .count()
    }

    /// Moves the clock in steps until something holds; gives how far it was moved. Fails beyond `most`.
    pub(crate) async fn advance_until(
        &self,
        what: &str,
        step: Duration,
        most: Duration,
        mut holds: impl AsyncFnMut() -> bool,
    ) -> Duration {
        let mut moved = Duration::ZERO;
        loop {
            if holds().await {
                return moved;
            }
            self.rest().await;
            if holds().await {
                return moved;
            }
            assert!(moved < most, "{what} did not come within {most:?} of the clock");
            self.tick(step);
            moved += step;
        }
    }

    /// Moves the clock by a span in steps, with time after each for what is due by then.
    pub(crate) async fn advance(&self, span: Duration, step: Duration) {
        let mut left = span;
        while !left.is_zero() {
            let part = step.min(left);
            self.rest().await;
            self.tick(part);
            left -= part;
            self.rest().await;
        }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl Fn(&mut Db) -> Result<T, StoreError> + Send + Sync + 'static,
    ) -> T {
        let (job, start) = (Arc::new(job), Instant::now());
        loop {
            let this_time = Arc::clone(&job);
            match self.house().store.read(move |db| this_time(db)).await {
                // Too many wait for a connection on a busy machine, and whoever is turned away asks again.
                Err(error) if error.is_passing() && start.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                read => return read.expect("the read succeeds"),
            }
        }
    }

    /// The card's Apple delivery, if there is one.
    pub(crate) async fn delivery(&self, held: &Held, wallet: Wallet) -> Option<Delivery> {
        let card = held.card.clone();
        let all = self.read(move |db| deliveries::list_by_card(db, &card)).await;
        all.into_iter().find(|one| one.wallet == wallet)
    }

    pub(crate) async fn pass(&self, held: &Held, wallet: Wallet) -> Pass {
        let card = held.card.clone();
        let all = self.read(move |db| passes::list_by_card(db, &card)).await;
        all.into_iter()
            .find(|pass| pass.wallet == wallet)
            .expect("a pass")
    }

    pub(crate) async fn registrations(&self, held: &Held) -> Vec<(Registration, Device)> {
        let card = held.card.clone();
        self.read(move |db| devices::list_by_card(db, &card)).await
    }

    pub(crate) async fn version(&self, held: &Held) -> i64 {
        let card = held.card.clone();
        self.read(move |db| cards::get(db, &card)).await.version
    }

    /// Whether the phone was told of its card's last version.
    pub(crate) async fn is_told(&self, held: &Held) -> bool {
        let version = self.version(held).await;
        let registrations = self.registrations(held).await;
        registrations
            .iter()
            .any(|(one, _)| one.device_id == held.device && one.told_version == version)
    }

    /// Whether every phone of these was.
    pub(crate) async fn are_told(&self, all: &[Held]) -> bool {
        let most = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let untold = self.read(move |db| devices::list_untold(db, most)).await;
        !untold.iter().any(|(device, card, ..)| {
            all.iter()
                .any(|held| held.device == *device && held.card == *card)
        })
    }

    /// What the API says of a member's passes.
    pub(crate) async fn diagnosis(&self, held: &Held, wallet: &str) -> Value {
        let (status, body) = self
            .shop
            .get(&format!("/v1/members/{}/diagnosis", held.member))
            .await;
        assert_eq!(status, 200, "{body}");
        let passes = body["passes"].as_array().expect("passes");
        let found = passes.iter().find(|pass| pass["wallet"] == wallet);
        found.expect("a pass of that wallet").clone()
    }

    /// Whether a line of the metrics begins so.
    pub(crate) fn has_metric(&self, line: &str) -> bool {
        self.house()
            .metrics
            .text()
            .lines()
            .any(|one| one.starts_with(line))
    }

    /// Ends the test: what must hold at rest is checked, then the service stops and gives its leases back.
    pub(crate) async fn close(self) {
        let house = self.house().clone();
        // Leases that were lost run out.
        self.tick(Duration::from_secs(31));
        check_rest(&house).await;
        self.shop.running.stop().await;
        assert_eq!(leases(&house).await, 0, "leases are left after the stop");
    }
}

/// A pace at which tests see things soon. Nobody is told again because of a fetch that did not come.
pub(crate) fn pace() -> Options {
    Options {
        poll: Duration::from_millis(500),
        refetch_after: Duration::from_hours(240),
        ..Options::default()
    }
}

/// Time-outs that a busy machine does not reach by itself.
pub(crate) fn limits() -> Limits {
    Limits {
        connect_floor: Duration::from_millis(50),
        connect_ceiling: Duration::from_millis(400),
        ..Limits::default()
    }
}

/// Time-outs at which tests see faults of connections soon.
pub(crate) fn brisk_limits() -> Limits {
    Limits {
        request_timeout: Duration::from_secs(3),
        ping_interval: Duration::from_millis(300),
        // Long enough for a sound connection on a busy machine.
        ping_timeout: Duration::from_millis(1_500),
        connect_floor: Duration::from_millis(50),
        connect_ceiling: Duration::from_millis(400),
        ..Limits::default()
    }
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    let mut pause = Duration::from_millis(2);
    while !holds().await {
        assert!(
            start.elapsed() < PATIENCE,
            "{what} did not come within {PATIENCE:?}"
        );
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// A number that names a phone, as the push token that it has.
pub(crate) fn token(name: &str) -> PushToken {
    sha256_hex(name.as_bytes()).parse().expect("a token")
}

/// Hands out cards in one transaction, each on a phone of its own, for Google to show too or not.
pub(crate) async fn hand_out(house: &House, program: &str, count: usize, at_google: bool) -> Vec<Held> {
    let program: ProgramId = program.parse().expect("a program");
    let here = house.clone();
    let all = house
        .store
        .write(move |tx| {
            let mut all = Vec::with_capacity(count);
            for _ in 0..count {
                let deed = Deed::begin(&here, Caller::local("test", here.now()));
                let enrolment = Enrolment {
                    first_name: Some("Lina".to_owned()),
                    source: "api".to_owned(),
                    ..Enrolment::default()
                };
                let enrolled = enrol(tx, &deed, &program, &enrolment)?;
                let pass = |wallet| {
                    let mut passes = enrolled.sheet.passes.iter();
                    passes.find(|pass| pass.wallet == wallet).expect("a pass")
                };
                let (apple, google) = (pass(Wallet::Apple), pass(Wallet::Google));
                if !at_google {
                    passes::set_state(tx, (&google.id, Wallet::Google), passes::REMOVED)?;
                }
                let device = sha256_hex(apple.serial.as_bytes());
                let held = Held {
                    member: enrolled.member.id.clone(),
                    card: enrolled.sheet.card.id.clone(),
                    code: enrolled.sheet.card.code.clone(),
                    serial: apple.serial.clone(),
                    object: google.serial.clone(),
                    secret: here.pass_token(PASS_TYPE, &apple.serial, apple.epoch),
                    device: device.parse().expect("a device id"),
                    token: token(&apple.serial),
                };
                // A phone fetches before it registers.
                let fetched = PassAt {
                    id: apple.id.clone(),
                    card_id: held.card.clone(),
                    version: enrolled.sheet.card.version,
                };
                passes::record_fetched(tx, &[fetched], here.now())?;
                register_device(tx, &deed, &claim(&held), &held.device, &held.token)?;
                all.push(held);
            }
            if !at_google {
                drop_google_deliveries(tx, &all, here.now())?;
            }
            Ok::<_, ActionError>(all)
        })
        .await;
    house.bell.ring();
    all.expect("cards are handed out")
}

/// Google is not to write the objects of these cards either: as many as the phones, and none of the test's business.
fn drop_google_deliveries(tx: &mut Tx<'_>, all: &[Held], now: Time) -> Result<(), StoreError> {
    let lane = (Wallet::Google, Lane::Instant);
    // Leased until now, others' are free again at once.
    let leased = deliveries::claim(tx, "nobody", lane, i64::MAX, now, now)?;
    let cards: HashSet<&CardId> = all.iter().map(|held| &held.card).collect();
    let own = leased.into_iter().filter(|one| cards.contains(&one.card_id));
    let done: Vec<Settlement> = own
        .map(|one| Settlement {
            card_id: one.card_id,
            wallet: one.wallet,
            fence: one.fence,
            changed_at: one.changed_at,
            ending: Ending::Done,
        })
        .collect();
    for batch in done.chunks(200) {
        deliveries::settle(tx, batch, now)?;
    }
    Ok(())
}

/// What a phone says of its pass.
pub(crate) fn claim(held: &Held) -> PassClaim {
    PassClaim {
        pass_type: PASS_TYPE.to_owned(),
        serial: held.serial.clone(),
        token: Secret::new(held.secret.clone()),
    }
}

/// Registers a phone for a card, as a phone would.
pub(crate) async fn register(house: &House, held: &Held, device: &str, token: &PushToken) {
    let deed = Deed::begin(house, Caller::local("phone", house.now()));
    let (claim, device, token) = (claim(held), device.parse().expect("a device id"), token.clone());
    let registered = house
        .store
        .write(move |tx| register_device(tx, &deed, &claim, &device, &token))
        .await;
    registered.expect("the phone is registered");
    house.bell.ring();
}

/// Rings up an order of so many whole euros on a card; a point for each.
pub(crate) async fn order(house: &House, code: &str, euros: i64) {
    try_order(house, code, euros)
        .await
        .expect("the order is recorded");
}

/// The same, where it may fail.
pub(crate) async fn try_order(house: &House, code: &str, euros: i64) -> Result<(), ActionError> {
    let deed = Deed::begin(house, Caller::local("test", house.now()));
    let order = NewOrder {
        source: "test".to_owned(),
        external_id: billfold::types::random_token(12),
        holder: Holder::Card(code.to_owned()),
        total_minor: euros * 100,
        currency: None,
        paid_at: None,
        lines: Vec::new(),
        location: None,
        channel: None,
    };
    house
        .store
        .write(move |tx| record_order(tx, &deed, &order))
        .await?;
    house.bell.ring();
    Ok(())
}

/// How many deliveries are leased.
pub(crate) async fn leases(house: &House) -> i64 {
    let counted = house.store.read(deliveries::count_leased).await;
    counted.expect("the leases are counted")
}

/// What must hold once nothing is under way: the books are even, everybody was told, nothing waits.
pub(crate) async fn check_rest(house: &House) {
    let backlog = async || {
        house
            .store
            .read(deliveries::backlog)
            .await
            .expect("the queue can be read")
    };
    until("the end of all leases", async || {
        leases(house).await == 0 && backlog().await.due == 0
    })
    .await;
    let found = house
        .store
        .read(|db| {
            let imbalances = entries::list_imbalances(db, 10)?;
            let wrong = tallies::list_wrong(db, 10)?;
            Ok::<_, StoreError>((imbalances, wrong, devices::list_untold(db, 10)?))
        })
        .await;
    let (imbalances, wrong, untold) = found.expect("the books can be read");
    assert_eq!(imbalances, [], "balances are not the sums of their entries");
    assert_eq!(wrong, [], "tallies are not what their rows say");
    assert_eq!(untold, [], "phones were not told");
}
