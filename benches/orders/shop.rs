//! A shop with many cards, and the statements of an order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use billfold::loyalty::carry::Carried;
use billfold::store::audit::Deed;
use billfold::store::cards::{Card, CardChange};
use billfold::store::deliveries::{self, Lane};
use billfold::store::entries::Entry;
use billfold::store::idempotency::{self, Kept};
use billfold::store::members::Member;
use billfold::store::orders::Order;
use billfold::store::passes::{INSTALLED, Pass};
use billfold::store::programs::Program;
use billfold::store::{Store, StoreError, Tx, audit, cards, entries, members, orders, passes, programs};
use billfold::types::{
    Attributes, CardId, Clock as _, EntryId, Language, MemberId, OrderId, PassId, Points, ProgramId,
    RequestId, SystemClock, Text, Time, Wallet, Zone,
};

/// So many that callers seldom want the same one.
pub(crate) const CARDS: u64 = 5_000;
/// An answer of the usual length.
pub(crate) const BODY_LEN: usize = 700;
/// A key's scope, as the HTTP floor makes it.
pub(crate) const SCOPE: &str = "prg_00000000000000000000000001 POST /v1/orders";
/// Who records.
pub(crate) const ACTOR: &str = "key:key_00000000000000000000000001";
/// What a till says besides.
pub(crate) const ORDER_DETAIL: &str = r#"{"lines":[],"location":"counter","channel":"till"}"#;
/// What the audit says besides.
pub(crate) const DEED_DETAIL: &str = r#"{"external_id":"till-1-000042","earned":12}"#;

/// Hands out numbers, each once in a run.
#[derive(Clone, Default)]
pub(crate) struct Numbers(Arc<AtomicU64>);

impl Numbers {
    /// The first of so many numbers that nobody else gets.
    pub(crate) fn take(&self, many: u64) -> u64 {
        self.0.fetch_add(many, Ordering::Relaxed)
    }
}

/// The text of an id of ours with a number in it; what pgbench makes of the same number is the same.
pub(crate) fn id_text(prefix: &str, number: u64) -> String {
    format!("{prefix}{number:026}")
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(prefix: &str, number: u64) -> T {
    id_text(prefix, number).parse().expect("an id")
}

/// One program, a member, a card and a pass in Apple's wallet for each number.
pub(crate) async fn fill(store: &Store) {
    let now = SystemClock.now();
    store
        .write::<_, StoreError, _>(move |tx| {
            programs::insert(tx, &program(now))?;
            for number in 0..CARDS {
                let card = card(number, now);
                members::insert(tx, &member(&card))?;
                cards::insert(tx, &card)?;
                passes::insert(tx, &pass(&card, number))?;
            }
            Ok(())
        })
        .await
        .expect("the shop is filled");
}

fn program(now: Time) -> Program {
    Program {
        id: id("prg_", 1),
        external_id: None,
        slug: "cafe".to_owned(),
        name: Text::plain("Cafe"),
        point_name: Text::plain("Points"),
        language: Language::english(),
        currency: "EUR".parse().expect("a currency"),
        earn_points: 1,
        earn_per_minor: 100,
        signup_bonus: 0,
        apple_pass_type: None,
        google_issuer: None,
        design_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
        time_zone: Zone::UTC,
        policy: "{}".to_owned(),
        rulebook: String::new(),
    }
}

fn card(number: u64, now: Time) -> Card {
    Card {
        id: id::<CardId>("crd_", number),
        program_id: id::<ProgramId>("prg_", 1),
        member_id: id::<MemberId>("mem_", number),
        code: format!("code{number:012}"),
        balance: Points::ZERO,
        remainder: 0,
        version: 1,
        last_modified: now,
        link_epoch: 0,
        voided_at: None,
        created_at: now,
        per_minor: 0,
        orders: 0,
        pending: Points::ZERO,
        active_at: now,
        due_at: None,
        tier_id: None,
        tier_until: None,
        tier_progress: 0,
        blocked_at: None,
        merged_into: None,
    }
}

fn member(card: &Card) -> Member {
    Member {
        id: card.member_id.clone(),
        program_id: card.program_id.clone(),
        external_id: None,
        first_name: "Lina".to_owned(),
        last_name: "Example".to_owned(),
        language: Language::english(),
        version: 1,
        created_at: card.created_at,
        updated_at: card.created_at,
        attributes: Attributes::default(),
        erased_at: None,
        blocked_at: None,
        block_reason: None,
        note: String::new(),
        merged_into: None,
        attribute_details: billfold::types::Provenances::default(),
        is_quiet: false,
    }
}

fn pass(card: &Card, number: u64) -> Pass {
    let id = id::<PassId>("pss_", number);
    Pass {
        program_id: card.program_id.clone(),
        card_id: card.id.clone(),
        wallet: Wallet::Apple,
        pass_type: "pass.example.cafe".to_owned(),
        serial: id.to_string(),
        epoch: 0,
        state: INSTALLED.to_owned(),
        told_version: 0,
        told_at: None,
        fetched_version: 0,
        fetched_at: None,
        shown: None,
        last_error: None,
        created_at: card.created_at,
        id,
    }
}

/// An order that nobody recorded yet, of a card by chance.
pub(crate) struct NewOrder {
    number: u64,
    card: CardId,
    now: Time,
}

impl NewOrder {
    pub(crate) fn next(numbers: &Numbers) -> Self {
        Self {
            number: numbers.take(1),
            card: id("crd_", rand::random_range(0..CARDS)),
            now: SystemClock.now(),
        }
    }
}

/// What the program's own rule counted of it.
pub(crate) const COUNTED: &str = r#"[{"each":1,"per_minor":100,"minor":1250,"earned":12}]"#;
/// Why the entry is so much, as the program's own rule says it.
pub(crate) const EXPLANATION: &str = r#"{"ground":{"spend":{"points":1,"per_minor":100,"minor":1250}}}"#;

/// The statements of hot path 1 through the store's functions.
pub(crate) fn record(tx: &mut Tx<'_>, new: &NewOrder) -> Result<(), StoreError> {
    let now = new.now;
    let key = id_text("idk_", new.number);
    let kept = Kept {
        scope: SCOPE.to_owned(),
        key: key.clone(),
        fingerprint: "f".repeat(64),
        status: 0,
        body: String::new(),
        expires_at: now.plus_ms(604_800_000),
    };
    assert!(idempotency::claim(tx, &kept)?, "the key is new");
    let known = card_of(new);
    let order = Order {
        id: OrderId::new(now),
        program_id: known.program_id,
        source: "api".to_owned(),
        external_id: id_text("till-", new.number),
        member_id: known.member_id,
        card_id: known.id,
        fingerprint: "f".repeat(64),
        total_minor: 1_250,
        currency: "EUR".parse().expect("a currency"),
        earned: Points::new(12).expect("in range"),
        refunded_minor: 0,
        taken_back: Points::ZERO,
        detail: ORDER_DETAIL.to_owned(),
        paid_at: now,
        created_at: now,
        counted: COUNTED.to_owned(),
        basket: String::new(),
        returned: String::new(),
        flags: String::new(),
    };
    assert!(orders::claim(tx, &order)?, "the order is new");
    let card = cards::lock(tx, &order.card_id)?;
    entries::insert(tx, &entry(&order))?;
    let card = cards::change(tx, &card, &earned(&card, &order), true, now)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, now)?;
    audit::insert(tx, &deed(&order))?;
    idempotency::set_answer(tx, SCOPE, &key, 201, &"b".repeat(BODY_LEN))
}

fn earned(card: &Card, order: &Order) -> CardChange {
    CardChange {
        balance: card.balance.plus(order.earned).expect("in range"),
        carried: Carried {
            remainder: 50,
            per_minor: 100,
        },
        orders: card.orders + 1,
        active_at: order.created_at,
        ..CardChange::of(card)
    }
}

/// The card as the till's code led to it, before the transaction.
fn card_of(new: &NewOrder) -> Card {
    let number = new.card.as_str().trim_start_matches("crd_").parse();
    card(number.expect("a number"), new.now)
}

fn entry(order: &Order) -> Entry {
    Entry {
        id: EntryId::new(order.created_at),
        program_id: order.program_id.clone(),
        member_id: order.member_id.clone(),
        card_id: order.card_id.clone(),
        kind: "earn".to_owned(),
        points: order.earned,
        order_id: Some(order.id.clone()),
        refund_id: None,
        reverses: None,
        reason: format!("Order {}", order.external_id),
        actor: ACTOR.to_owned(),
        created_at: order.created_at,
        term_id: None,
        term_version: None,
        explanation: Some(EXPLANATION.to_owned()),
        event_id: None,
        counterpart: None,
    }
}

fn deed(order: &Order) -> Deed {
    Deed {
        id: RequestId::new(order.created_at),
        program_id: Some(order.program_id.clone()),
        actor: ACTOR.to_owned(),
        deed: "record_order".to_owned(),
        subject: order.id.to_string(),
        detail: DEED_DETAIL.to_owned(),
        request_id: "req_00000000000000000000000001".to_owned(),
        created_at: order.created_at,
    }
}
