//! A shop whose deeds a test does directly, at the time that it sets: no wallets, no HTTP.

use std::sync::Arc;
use std::time::Duration;

use billfold::actions::adjust_points::{Moved, adjust_points};
use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::issue_reward::{Handed, issue_reward};
use billfold::actions::record_event::{NewEvent, RecordedEvent, record_event};
use billfold::actions::record_order::{Holder, NewOrder, Recorded, record_order};
use billfold::actions::refund_order::{NewRefund, Refunded, refund_order};
use billfold::actions::reverse_entry::reverse_entry;
use billfold::actions::settle_points::settle_points;
use billfold::actions::{ActionError, Bell, Caller, Deed, Fetches, House, HouseParts, Shelf, Wallets};
use billfold::loyalty::rule::facts::Line;
use billfold::store::buckets::{self, Bucket};
use billfold::store::cards::{self, Card};
use billfold::store::entries::{self, Entry};
use billfold::store::programs::{self, Program};
use billfold::store::tallies;
use billfold::store::terms::{self, Term};
use billfold::store::{Db, StoreError, Tx};
use billfold::telemetry::Metrics;
use billfold::types::{
    CardId, Clock as _, EntryId, Language, ManualClock, MasterKey, MemberId, Money, OrderId, ProgramId,
    RewardId, Secret, Text, Time, Zone, random_token,
};
use serde_json::Value;

use crate::house::Database;

/// When the tests begin: 2026-11-18, 11:06:40 in UTC.
pub(crate) const BEGIN: Time = Time::from_secs(1_795_000_000);
/// Most that a test reads of a list.
const READ_MAX: i64 = 10_000;

/// The shop.
pub(crate) struct Shop {
    pub(crate) house: House,
    pub(crate) clock: Arc<ManualClock>,
    // Held for its Drop.
    _database: Database,
}

/// A card and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) member: MemberId,
    pub(crate) card: CardId,
}

impl Shop {
    /// Opens it.
    pub(crate) fn open(database: Database) -> Self {
        let clock = Arc::new(ManualClock::new(BEGIN));
        let secret = Secret::new("0123456789abcdef0123456789abcdef");
        let house = House::new(HouseParts {
            store: database.open(),
            clock: clock.clone(),
            master_key: MasterKey::new(&secret).expect("a key"),
            public_url: "http://127.0.0.1:8080".to_owned(),
            wallets: Wallets::default(),
            shelf: Shelf::default(),
            bell: Bell::default(),
            fetches: Fetches::default(),
            metrics: Metrics::default(),
            draw_event: billfold::http::draw_event,
            private_webhooks: true,
        });
        Self {
            house,
            clock,
            _database: database,
        }
    }

    /// A deed at an instant.
    pub(crate) fn deed_at(&self, now: Time) -> Deed {
        Deed {
            house: self.house.clone(),
            caller: Caller::local("test", now),
            now,
        }
    }

    /// Does a deed now, in a transaction of its own.
    pub(crate) async fn act<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<T, ActionError> + Send + 'static,
    ) -> Result<T, ActionError> {
        let deed = Deed::begin(&self.house, Caller::local("test", self.house.now()));
        self.house.store.write(move |tx| job(tx, &deed)).await
    }

    /// A write that must succeed.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.house.store.write(job).await.expect("the write succeeds")
    }

    /// A read that must succeed.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.house.store.read(job).await.expect("the read succeeds")
    }

    /// Moves the clock forward by so many hours.
    pub(crate) fn wait_hours(&self, hours: u64) {
        self.clock.advance(Duration::from_secs(hours * 3_600));
    }

    /// Sets the clock.
    pub(crate) fn set_clock(&self, text: &str) {
        self.clock.set(time(text));
    }

    /// A program that earns a point for each whole unit of money and settles the rest as `edit` says.
    pub(crate) async fn program(&self, edit: impl FnOnce(&mut Program)) -> ProgramId {
        let mut program = program();
        edit(&mut program);
        let id = program.id.clone();
        self.write(move |tx| programs::insert(tx, &program)).await;
        id
    }

    /// A program with a policy in JSON.
    pub(crate) async fn program_with_policy(&self, zone: &str, policy: &Value) -> ProgramId {
        let (zone, policy) = (self::zone(zone), policy.to_string());
        self.program(|program| {
            program.time_zone = zone;
            program.policy = policy;
        })
        .await
    }

    /// Writes a rule or promotion; its id.
    pub(crate) async fn write_term(&self, program: &ProgramId, kind: &str, body: &Value) -> String {
        let term = term(program, kind, self.clock.now(), body);
        let id = term.id.clone();
        self.write(move |tx| terms::insert(tx, &term, "test")).await;
        id
    }

    /// Writes a reward; its id.
    pub(crate) async fn write_reward(&self, program: &ProgramId, body: &Value) -> RewardId {
        let reward = RewardId::new(self.clock.now());
        let term = Term {
            id: reward.to_string(),
            ..term(program, "reward", self.clock.now(), body)
        };
        self.write(move |tx| terms::insert(tx, &term, "test")).await;
        reward
    }

    /// Issues a reward.
    pub(crate) async fn try_issue(&self, held: &Held, reward: &RewardId) -> Result<Handed, ActionError> {
        let (member, reward) = (held.member.clone(), reward.clone());
        self.act(move |tx, deed| issue_reward(tx, deed, &member, &reward))
            .await
    }

    /// Gives a rule or promotion another body.
    pub(crate) async fn edit_term(&self, id: &str, body: &Value) {
        let (id, body) = (id.to_owned(), body.to_string());
        self.write(move |tx| {
            let mut term = terms::lock(tx, &id)?;
            term.version += 1;
            term.body = body;
            terms::update(tx, &term, true, "test")
        })
        .await;
    }

    /// A new member with a card.
    pub(crate) async fn card(&self, program: &ProgramId) -> Held {
        let program = program.clone();
        let enrolled = self.act(move |tx, deed| enrol(tx, deed, &program, &Enrolment::default()));
        let enrolled = enrolled.await.expect("a card");
        Held {
            member: enrolled.member.id,
            card: enrolled.sheet.card.id,
        }
    }

    /// So many cards.
    pub(crate) async fn cards(&self, program: &ProgramId, number: usize) -> Vec<Held> {
        let mut cards = Vec::with_capacity(number);
        for _ in 0..number {
            cards.push(self.card(program).await);
        }
        cards
    }

    /// Records an order.
    pub(crate) async fn try_order(&self, new: NewOrder) -> Result<Recorded, ActionError> {
        self.act(move |tx, deed| record_order(tx, deed, &new)).await
    }

    /// A purchase of so many minor units, which must succeed.
    pub(crate) async fn buy(&self, held: &Held, minor: i64) -> Recorded {
        self.buy_with(held, minor, |_| ()).await
    }

    /// The same, with more said of it.
    pub(crate) async fn buy_with(
        &self,
        held: &Held,
        minor: i64,
        edit: impl FnOnce(&mut NewOrder),
    ) -> Recorded {
        let mut new = order(held, &random_token(9), minor);
        edit(&mut new);
        self.try_order(new).await.expect("an order")
    }

    /// Gives back so much of an order, or all.
    pub(crate) async fn try_refund(
        &self,
        order: &OrderId,
        external_id: Option<&str>,
        minor: Option<i64>,
    ) -> Result<Refunded, ActionError> {
        let (id, external_id) = (order.clone(), external_id.map(str::to_owned));
        let amount = minor.map(|minor| Money::new(minor, euro()).expect("an amount"));
        let new = NewRefund {
            external_id,
            amount,
            lines: Vec::new(),
            reason: String::new(),
        };
        self.act(move |tx, deed| refund_order(tx, deed, &id, &new)).await
    }

    /// Gives back all of an order, which must succeed.
    pub(crate) async fn refund(&self, order: &OrderId) -> Refunded {
        self.try_refund(order, None, None).await.expect("a refund")
    }

    /// Gives or takes points by hand.
    pub(crate) async fn try_adjust(&self, held: &Held, points: i64) -> Result<Moved, ActionError> {
        let member = held.member.clone();
        self.act(move |tx, deed| adjust_points(tx, deed, &member, points, "a test"))
            .await
    }

    /// The same, which must succeed.
    pub(crate) async fn adjust(&self, held: &Held, points: i64) -> Moved {
        self.try_adjust(held, points).await.expect("an adjustment")
    }

    /// Undoes an entry, which must succeed.
    pub(crate) async fn reverse(&self, entry: &EntryId) -> Moved {
        let id = entry.clone();
        self.act(move |tx, deed| reverse_entry(tx, deed, &id))
            .await
            .expect("a reversal")
    }

    /// Something happens to a member.
    pub(crate) async fn try_event(
        &self,
        held: &Held,
        kind: &str,
        external_id: &str,
    ) -> Result<RecordedEvent, ActionError> {
        let new = NewEvent {
            source: "test".to_owned(),
            external_id: external_id.to_owned(),
            holder: Holder::Member(held.member.clone()),
            kind: kind.to_owned(),
            happened_at: None,
            data: Value::Null,
        };
        self.act(move |tx, deed| record_event(tx, deed, &new)).await
    }

    /// The same, which must succeed and be new; the points that it earned.
    pub(crate) async fn event(&self, held: &Held, kind: &str) -> i64 {
        let recorded = self
            .try_event(held, kind, &random_token(9))
            .await
            .expect("an event");
        assert!(recorded.is_new);
        recorded.event.earned.get()
    }

    /// What the calendar does to a card by now; whether anything was due.
    pub(crate) async fn settle(&self, held: &Held) -> bool {
        let id = held.card.clone();
        self.act(move |tx, deed| settle_points(tx, deed, &id))
            .await
            .expect("it settles")
    }

    /// The card as it is.
    pub(crate) async fn get(&self, held: &Held) -> Card {
        let id = held.card.clone();
        self.read(move |db| cards::get(db, &id)).await
    }

    /// Its balance and what is pending.
    pub(crate) async fn points(&self, held: &Held) -> (i64, i64) {
        let card = self.get(held).await;
        (card.balance.get(), card.pending.get())
    }

    /// The entries of a card, newest first.
    pub(crate) async fn entries(&self, held: &Held) -> Vec<Entry> {
        let member = held.member.clone();
        self.read(move |db| entries::list_by_member(db, &member, None, READ_MAX))
            .await
    }

    /// The kinds and points of a card's entries, sorted.
    pub(crate) async fn movements(&self, held: &Held) -> Vec<(String, i64)> {
        let entries = self.entries(held).await;
        let mut moved: Vec<_> = entries
            .into_iter()
            .map(|entry| (entry.kind, entry.points.get()))
            .collect();
        moved.sort();
        moved
    }

    /// The buckets of a card that hold anything.
    pub(crate) async fn buckets(&self, held: &Held) -> Vec<Bucket> {
        let id = held.card.clone();
        self.read(move |db| buckets::list_filled(db, &id)).await
    }

    /// Every balance is the sum of its entries, and the buckets of these cards hold no more than that.
    pub(crate) async fn check(&self, cards: &[Held]) {
        let wrong = self.read(|db| entries::list_imbalances(db, READ_MAX)).await;
        assert_eq!(wrong, [], "balances that are not the sum of their entries");
        let wrong = self.read(|db| tallies::list_wrong(db, READ_MAX)).await;
        assert_eq!(wrong, [], "cards whose tally is not what their rows say");
        for held in cards {
            let card = self.get(held).await;
            let buckets = self.buckets(held).await;
            let sum = |is_pending: bool| -> i64 {
                let own = buckets.iter().filter(|bucket| bucket.is_pending == is_pending);
                own.map(|bucket| bucket.remaining.get()).sum()
            };
            assert!(
                (0..=card.balance.get().max(0)).contains(&sum(false)),
                "{card:?} {buckets:?}"
            );
            assert_eq!(sum(true), card.pending.get(), "{card:?} {buckets:?}");
        }
    }
}

/// An order without lines.
pub(crate) fn order(held: &Held, external_id: &str, minor: i64) -> NewOrder {
    NewOrder {
        source: "till".to_owned(),
        external_id: external_id.to_owned(),
        holder: Holder::Member(held.member.clone()),
        total_minor: minor,
        currency: None,
        paid_at: None,
        lines: Vec::new(),
        location: None,
        channel: None,
    }
}

/// A line of an order.
pub(crate) fn line(category: &str, quantity: i64, minor: i64) -> Line {
    Line {
        sku: None,
        category: Some(category.to_owned()),
        quantity,
        amount_minor: Some(minor),
        is_excluded: false,
    }
}

/// A program in euros that earns a point for each.
pub(crate) fn program() -> Program {
    let text = Text::plain("points");
    Program {
        id: ProgramId::new(BEGIN),
        external_id: None,
        slug: random_token(9),
        name: text.clone(),
        point_name: text,
        language: Language::english(),
        currency: euro(),
        earn_points: 1,
        earn_per_minor: 100,
        signup_bonus: 0,
        apple_pass_type: None,
        google_issuer: None,
        design_id: None,
        version: 1,
        created_at: BEGIN,
        updated_at: BEGIN,
        time_zone: Zone::UTC,
        policy: "{}".to_owned(),
        rulebook: String::new(),
    }
}

/// An active rule or promotion in its first version. Those that are written later have higher ids.
pub(crate) fn term(program: &ProgramId, kind: &str, now: Time, body: &Value) -> Term {
    Term {
        id: format!("{kind}_{:015}_{}", now.millis(), random_token(9)),
        program_id: program.clone(),
        kind: kind.to_owned(),
        version: 1,
        body: body.to_string(),
        is_active: true,
        created_at: now,
        updated_at: now,
        archived_at: None,
    }
}

pub(crate) fn euro() -> billfold::types::Currency {
    "EUR".parse().expect("a currency")
}

pub(crate) fn zone(name: &str) -> Zone {
    name.parse().expect("a zone")
}

pub(crate) fn time(text: &str) -> Time {
    Time::parse_rfc3339(text).expect("a time")
}
