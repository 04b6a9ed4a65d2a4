//! The house over the crowd: a till, and somebody who writes campaigns.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use billfold::actions::foresee::{Audience, foresee};
use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::{Bell, Caller, Deed, Fetches, House, HouseParts, Shelf, Wallets};
use billfold::loyalty::segment::Criterion;
use billfold::store::campaigns::{self, CAMPAIGN, Campaign, SCHEDULED};
use billfold::store::segments::{Foreseen, Scope};
use billfold::store::static_lists::{self, StaticList};
use billfold::store::{Db, LIST_MAX, Store, StoreError, cards as store_cards};
use billfold::telemetry::Metrics;
use billfold::types::{CampaignId, CardId, Clock as _, ListId, MasterKey, ProgramId, Secret, SystemClock};

use super::crowd::PROGRAM;
use super::{Books, scope};

/// The house.
#[derive(Clone)]
pub(crate) struct Shop {
    house: House,
    program: ProgramId,
    orders: Arc<AtomicU64>,
}

impl Shop {
    pub(crate) fn new(store: Store) -> Self {
        let house = House::new(HouseParts {
            store,
            clock: Arc::new(SystemClock),
            master_key: MasterKey::new(&Secret::new("0123456789abcdef0123456789abcdef")).expect("a key"),
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
            program: PROGRAM.parse().expect("an id"),
            orders: Arc::default(),
        }
    }

    pub(crate) fn house(&self) -> &House {
        &self.house
    }

    /// Puts the first `most` cards of the installation on a list, as a file does, in one transaction; the list's id, and
    /// how long writers waited for it.
    pub(crate) async fn fill_list(&self, most: usize) -> (ListId, Duration) {
        let mut cards: Vec<CardId> = Vec::new();
        while cards.len() < most {
            let last = cards.last().cloned();
            let page = self
                .read(move |db, _| store_cards::list(db, last.as_ref(), LIST_MAX))
                .await;
            if page.is_empty() {
                break;
            }
            cards.extend(page.into_iter().map(|card| card.id));
        }
        cards.truncate(most);
        let (program, now) = (self.program.clone(), self.house.now());
        let began = Instant::now();
        let filled = self.house.store.write(move |tx| {
            let list = StaticList {
                id: ListId::new(now),
                program_id: program,
                name: "Guests".to_owned(),
                members: 0,
                actor: "bench".to_owned(),
                version: 1,
                created_at: now,
                changed_at: now,
            };
            static_lists::insert(tx, &list)?;
            for some in cards.chunks(1_000) {
                static_lists::add(tx, &list.id, some)?;
            }
            Ok::<_, StoreError>(list.id)
        });
        (filled.await.expect("a list"), began.elapsed())
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Db, Scope<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        let program = self.program.clone();
        let read = self.house.store.read(move |db| look(db, scope(&program)));
        read.await.expect("a read")
    }

    /// What would become of a segment's members.
    pub(crate) async fn foresee(&self, criterion: &Criterion) -> Foreseen {
        let audience = Audience {
            program: self.program.clone(),
            criterion: criterion.clone(),
            topic: "marketing".to_owned(),
        };
        let counted = foresee(&self.house.store, audience, SystemClock.now());
        counted.await.expect("they are counted")
    }

    /// An order at the till; how long it took until it was safe.
    pub(crate) async fn order(&self) -> Duration {
        let number = self.orders.fetch_add(1, Ordering::Relaxed);
        let order = NewOrder {
            source: "till".to_owned(),
            external_id: format!("bench-{number}"),
            holder: Holder::Member(
                format!("mem_{:026}", number * 7_919 % 1_000)
                    .parse()
                    .expect("an id"),
            ),
            total_minor: 1_200,
            currency: None,
            paid_at: None,
            lines: Vec::new(),
            location: None,
            channel: None,
        };
        let caller = Caller {
            program: Some(self.program.clone()),
            ..Caller::local("bench", SystemClock.now())
        };
        let deed = Deed::begin(&self.house, caller);
        let began = Instant::now();
        let write = self
            .house
            .store
            .write(move |tx| record_order(tx, &deed, &order).map(|_| ()));
        write.await.expect("an order");
        began.elapsed()
    }

    /// A campaign to everybody that is due.
    pub(crate) async fn begin_campaign(&self) -> CampaignId {
        let now = SystemClock.now();
        let campaign = Campaign {
            id: CampaignId::new(now),
            program_id: self.program.clone(),
            state: SCHEDULED.to_owned(),
            body: r#"{"name":"Hello","members":{"joined":{"at_least_days":0}},"arms":[{"text":"Hello"}]}"#
                .to_owned(),
            version: 1,
            runs: 0,
            next_at: Some(now),
            created_by: "bench".to_owned(),
            created_at: now,
            updated_at: now,
            kind: CAMPAIGN.to_owned(),
            approval: None,
        };
        let id = campaign.id.clone();
        let write = self.house.store.write(move |tx| campaigns::insert(tx, &campaign));
        write.await.expect("a campaign");
        id
    }

    /// How far it is.
    pub(crate) async fn read_run(&self, id: &CampaignId) -> Books {
        let id = id.clone();
        let mut runs = self.read(move |db, _| campaigns::list_runs(db, &id, 1)).await;
        runs.pop().expect("a run")
    }
}
