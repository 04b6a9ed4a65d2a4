//! The books after a disaster: what was acknowledged is in them once, and everybody was told.

use std::collections::HashMap;
use std::time::Duration;

use billfold::store::{Db, Store, StoreError, StoreOptions, deliveries, devices, entries};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types};

use crate::cafe::{BONUS, CARDS, Cafe, SOON, until_none};
use crate::tills::Acknowledged;

/// An order in the books.
#[derive(Debug, QueryableByName)]
struct Booked {
    #[diesel(sql_type = sql_types::Text)]
    external_id: String,
    #[diesel(sql_type = sql_types::Text)]
    code: String,
    #[diesel(sql_type = sql_types::BigInt)]
    entries: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    points: i64,
}

/// A card in the books.
#[derive(Debug, QueryableByName)]
struct Balance {
    #[diesel(sql_type = sql_types::Text)]
    code: String,
    #[diesel(sql_type = sql_types::BigInt)]
    balance: i64,
}

const ORDERS: &str = "SELECT o.external_id, c.code, count(e.id) AS entries, \
    CAST(coalesce(sum(e.points), 0) AS BIGINT) AS points FROM orders o JOIN cards c ON c.id = o.card_id \
    LEFT JOIN entries e ON e.order_id = o.id GROUP BY o.id, o.external_id, c.code";

fn list_orders(db: &mut Db) -> Result<Vec<Booked>, StoreError> {
    Ok(match db {
        Db::Sqlite(conn) => sql_query(ORDERS).load(conn),
        Db::Postgres(conn) => sql_query(ORDERS).load(conn),
    }?)
}

fn list_balances(db: &mut Db) -> Result<Vec<Balance>, StoreError> {
    const BALANCES: &str = "SELECT code, balance FROM cards";
    Ok(match db {
        Db::Sqlite(conn) => sql_query(BALANCES).load(conn),
        Db::Postgres(conn) => sql_query(BALANCES).load(conn),
    }?)
}

/// What is known of a phone that holds a card: for the diagnosis.
#[derive(Debug, QueryableByName)]
#[expect(dead_code, reason = "printed as a whole")]
struct Known {
    #[diesel(sql_type = sql_types::Text)]
    code: String,
    #[diesel(sql_type = sql_types::Text)]
    device_id: String,
    #[diesel(sql_type = sql_types::BigInt)]
    version: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    told_version: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    fetched_version: i64,
}

fn list_phones(db: &mut Db) -> Result<Vec<Known>, StoreError> {
    const PHONES: &str = "SELECT c.code, r.device_id, c.version, r.told_version, p.fetched_version FROM registrations r \
        JOIN cards c ON c.id = r.card_id JOIN passes p ON p.id = r.pass_id ORDER BY c.code";
    Ok(match db {
        Db::Sqlite(conn) => sql_query(PHONES).load(conn),
        Db::Postgres(conn) => sql_query(PHONES).load(conn),
    }?)
}

/// The books of a café.
pub(crate) struct Books<'a> {
    cafe: &'a Cafe,
    store: Store,
}

impl<'a> Books<'a> {
    /// Opens them beside the server. Not while it is to be killed: a file that somebody else has open is not
    /// recovered when the server starts again.
    pub(crate) fn open(cafe: &'a Cafe) -> Self {
        let options = StoreOptions::new(cafe.installation.database_url());
        let store = Store::open_as_is(&options).expect("the books open");
        Self { cafe, store }
    }

    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.read(job).await.expect("the books can be read")
    }

    /// Every order in the books with its card's code, its entries and their points.
    async fn orders(&self) -> HashMap<String, Booked> {
        let all = self.read(list_orders).await;
        let count = all.len();
        let by_id: HashMap<String, Booked> = all
            .into_iter()
            .map(|order| (order.external_id.clone(), order))
            .collect();
        assert_eq!(by_id.len(), count, "an external id is there twice");
        by_id
    }

    /// Checks that the books hold exactly these orders, once each, and that every balance is their sum.
    pub(crate) async fn hold_exactly(&self, acknowledged: &[Acknowledged]) {
        let mut booked = self.orders().await;
        let mut balances = [BONUS; CARDS];
        for order in acknowledged {
            let found = booked.remove(&order.external_id);
            let found = found.unwrap_or_else(|| panic!("{} is lost", order.external_id));
            assert_eq!(found.entries, 1, "{found:?}");
            assert_eq!(found.points, order.points, "{found:?}");
            assert_eq!(found.code, self.cafe.cards[order.card].code, "{found:?}");
            balances[order.card] += order.points;
        }
        assert!(booked.is_empty(), "nobody sent these: {booked:?}");
        assert_eq!(self.balances().await, balances);
        let imbalances = self.read(|db| entries::list_imbalances(db, 100)).await;
        assert_eq!(imbalances, [], "balances are not the sum of their entries");
    }

    /// Which of these orders are in the books.
    pub(crate) async fn list_booked(&self, external_ids: &[String]) -> Vec<String> {
        let booked = self.orders().await;
        let found = external_ids.iter().filter(|id| booked.contains_key(*id));
        found.cloned().collect()
    }

    /// How many deliveries are leased.
    pub(crate) async fn count_leased(&self) -> i64 {
        self.read(deliveries::count_leased).await
    }

    /// The cards' balances.
    async fn balances(&self) -> Vec<i64> {
        let by_code: HashMap<String, i64> = self
            .read(list_balances)
            .await
            .into_iter()
            .map(|card| (card.code, card.balance))
            .collect();
        let cards = self.cafe.cards.iter();
        cards.map(|card| by_code[&card.code]).collect()
    }

    /// Waits until nothing is due or leased, everybody was told and every phone shows the last balance; how
    /// long that took.
    pub(crate) async fn settle(&self) -> Duration {
        let balances = self.balances().await;
        let settled = until_none(SOON, async || {
            let mut left = self.cafe.list_stale(&balances);
            left.extend(self.list_unsettled().await);
            left
        });
        match settled.await {
            Ok(took) => took,
            Err(mut left) => {
                left.extend(
                    self.read(list_phones)
                        .await
                        .iter()
                        .map(|phone| format!("{phone:?}")),
                );
                panic!("not settled within a minute:\n{}", left.join("\n"))
            }
        }
    }

    async fn list_unsettled(&self) -> Vec<String> {
        let (backlog, leased, untold) = self
            .read(|db| {
                Ok((
                    deliveries::backlog(db)?,
                    deliveries::count_leased(db)?,
                    devices::list_untold(db, 100)?,
                ))
            })
            .await;
        let mut left: Vec<String> = untold.iter().map(|one| format!("untold: {one:?}")).collect();
        if backlog.due > 0 {
            left.push(format!("{} deliveries are due", backlog.due));
        }
        if leased > 0 {
            left.push(format!("{leased} deliveries are leased"));
        }
        left
    }
}
