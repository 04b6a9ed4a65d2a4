//! A shop to test with: one program, and as many cards as a test wants.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::Duration;

use billfold::store::cards::{Card, CardChange};
use billfold::store::entries::Entry;
use billfold::store::members::Member;
use billfold::store::passes::{INSTALLED, Pass};
use billfold::store::programs::Program;
use billfold::store::{self, Db, Store, StoreError, StoreOptions, Tx};
use billfold::types::{
    Attributes, CardId, EntryId, Language, MemberId, PassId, Points, ProgramId, Text, Time, Wallet, Zone,
    random_token,
};

use crate::house::Database;

/// When the tests happen.
pub(crate) const NOW: Time = Time::from_secs(1_795_000_000);
/// Apple's pass type in the tests.
pub(crate) const PASS_TYPE: &str = "pass.example.shop";
/// How long a test waits for what must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A program in a store.
pub(crate) struct Shop {
    pub(crate) store: Store,
    pub(crate) program: ProgramId,
}

impl Shop {
    /// Opens the database and makes a program.
    pub(crate) async fn open(database: &Database) -> Self {
        Self::open_with(&database.options()).await
    }

    /// The same with options.
    pub(crate) async fn open_with(options: &StoreOptions) -> Self {
        let store = Store::open(options).expect("the test's database opens");
        let program = program("cafe");
        let shop = Self {
            store,
            program: program.id.clone(),
        };
        shop.write(move |tx| store::programs::insert(tx, &program)).await;
        shop
    }

    /// A new card without points, and its Apple pass, which a phone holds.
    pub(crate) async fn card(&self) -> Card {
        self.cards(1).await.remove(0)
    }

    /// So many of them, in the order of their ids.
    pub(crate) async fn cards(&self, number: usize) -> Vec<Card> {
        let program = self.program.clone();
        self.write(move |tx| {
            let mut cards: Vec<Card> = (0..number).map(|_| card(&program)).collect();
            cards.sort_by(|left, right| left.id.cmp(&right.id));
            for card in &cards {
                store::members::insert(tx, &member(card))?;
                store::cards::insert(tx, card)?;
                store::passes::insert(tx, &pass(card, Wallet::Apple))?;
            }
            Ok(cards)
        })
        .await
    }

    /// The Apple pass of a card.
    pub(crate) async fn pass(&self, card: &Card) -> Pass {
        let id = card.id.clone();
        let passes = self.read(move |db| store::passes::list_by_card(db, &id)).await;
        passes
            .into_iter()
            .find(|pass| pass.wallet == Wallet::Apple)
            .expect("the card has a pass")
    }

    /// The card as it is now.
    pub(crate) async fn get(&self, id: &CardId) -> Card {
        let id = id.clone();
        self.read(move |db| store::cards::get(db, &id)).await
    }

    /// A write that must succeed.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.write(job).await.expect("the write succeeds")
    }

    /// A read that must succeed.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.read(job).await.expect("the read succeeds")
    }
}

pub(crate) fn program(slug: &str) -> Program {
    let text = Text::plain(slug);
    Program {
        id: ProgramId::new(NOW),
        external_id: None,
        slug: slug.to_owned(),
        name: text.clone(),
        point_name: text,
        language: Language::english(),
        currency: "EUR".parse().expect("a currency"),
        earn_points: 1,
        earn_per_minor: 100,
        signup_bonus: 0,
        apple_pass_type: None,
        google_issuer: None,
        design_id: None,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
        time_zone: Zone::UTC,
        policy: "{}".to_owned(),
        rulebook: String::new(),
    }
}

pub(crate) fn card(program: &ProgramId) -> Card {
    Card {
        id: CardId::new(NOW),
        program_id: program.clone(),
        member_id: MemberId::new(NOW),
        code: random_token(12),
        balance: Points::ZERO,
        remainder: 0,
        version: 1,
        last_modified: NOW,
        link_epoch: 0,
        voided_at: None,
        created_at: NOW,
        per_minor: 0,
        orders: 0,
        pending: Points::ZERO,
        active_at: NOW,
        due_at: None,
        tier_id: None,
        tier_until: None,
        tier_progress: 0,
        blocked_at: None,
        merged_into: None,
    }
}

/// The member of a card.
pub(crate) fn member(card: &Card) -> Member {
    Member {
        id: card.member_id.clone(),
        program_id: card.program_id.clone(),
        external_id: None,
        first_name: "Lina".to_owned(),
        last_name: String::new(),
        language: Language::english(),
        version: 1,
        created_at: NOW,
        updated_at: NOW,
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

/// A pass of a card that somebody holds.
pub(crate) fn pass(card: &Card, wallet: Wallet) -> Pass {
    let id = PassId::new(NOW);
    Pass {
        program_id: card.program_id.clone(),
        card_id: card.id.clone(),
        wallet,
        pass_type: PASS_TYPE.to_owned(),
        serial: id.to_string(),
        epoch: 0,
        state: INSTALLED.to_owned(),
        told_version: 0,
        told_at: None,
        fetched_version: 0,
        fetched_at: None,
        shown: None,
        last_error: None,
        created_at: NOW,
        id,
    }
}

/// An entry of a card.
pub(crate) fn entry(card: &Card, points: i64) -> Entry {
    Entry {
        id: EntryId::new(NOW),
        program_id: card.program_id.clone(),
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        kind: "earn".to_owned(),
        points: points_of(points),
        order_id: None,
        refund_id: None,
        reverses: None,
        reason: "a test".to_owned(),
        actor: "test".to_owned(),
        created_at: NOW,
        term_id: None,
        term_version: None,
        explanation: None,
        event_id: None,
        counterpart: None,
    }
}

pub(crate) fn points_of(number: i64) -> Points {
    Points::new(number).expect("in range")
}

/// Adds points the way every deed does: lock, entry, balance.
pub(crate) fn add(tx: &mut Tx<'_>, id: &CardId, points: i64) -> Result<Card, StoreError> {
    let card = store::cards::lock(tx, id)?;
    store::entries::insert(tx, &entry(&card, points))?;
    store::cards::change(tx, &card, &with_points(&card, points), true, NOW)
}

/// A card with so many points more.
pub(crate) fn with_points(card: &Card, points: i64) -> CardChange {
    CardChange {
        balance: card.balance.plus(points_of(points)).expect("in range"),
        ..CardChange::of(card)
    }
}

/// Waits on a thread of the store's until the test says so, or fails.
pub(crate) fn wait_for(signal: &mpsc::Receiver<()>) {
    signal.recv_timeout(PATIENCE).expect("the test goes on");
}

/// Asks again and again until the answer is yes; fails when it takes too long.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(in_time.is_ok(), "waited in vain until {what}");
}

/// How often each result came up.
pub(crate) fn tally<T: Ord>(results: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for result in results {
        *counts.entry(result).or_default() += 1;
    }
    counts
}
