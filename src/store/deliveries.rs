//! Deliveries: "this card is dirty for this wallet since version v". A row exists only while there is
//! something to do, and is written in the transaction that changed the card.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::dialect;
use super::schema::deliveries;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, ProgramId, Time, Wallet};

/// Which deliveries go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Somebody stands at a counter.
    Instant,
    /// A campaign, an import, a new design.
    Bulk,
}

impl Lane {
    /// Its number in the table.
    pub const fn number(self) -> i64 {
        match self {
            Self::Instant => 0,
            Self::Bulk => 1,
        }
    }
}

/// Far longer than any lease lasts, in milliseconds.
const LEASE_MAX_MS: i64 = 600_000;

/// To be sent.
pub const DUE: &str = "due";
/// Sent; the phone has yet to fetch.
pub const TOLD: &str = "told";

/// A delivery that this instance has leased.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Delivery {
    /// The card.
    pub card_id: CardId,
    /// The wallet.
    pub wallet: Wallet,
    /// The program.
    pub program_id: ProgramId,
    /// The version to bring to the wallet, or a later one.
    pub version: i64,
    /// The lane's number.
    pub lane: i64,
    /// [`DUE`] or [`TOLD`].
    pub state: String,
    /// When it is to be looked at.
    pub due_at: Time,
    /// When the card changed.
    pub changed_at: Time,
    /// Failures in a row.
    pub attempts: i64,
    /// Notices sent without a fetch behind them.
    pub pushes: i64,
    /// Which lease this is; a holder of an earlier one cannot settle.
    pub fence: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// Marks a card dirty for every wallet that has to be told: Apple's if a phone holds the pass, Google's
/// as long as nobody removed the object. Lock the card before this.
///
/// Each mark of a card is later than the one before, though the clock may stand: whoever holds the lease sees
/// by it that there is something new, also where the version is the same (a phone that registers). A new row
/// counts its leases from the present millisecond, so that no lease of an earlier row is taken for one of it.
pub fn mark(tx: &mut Tx<'_>, card: &CardId, version: i64, lane: Lane, now: Time) -> Result<(), StoreError> {
    mark_where(tx, card, "", version, lane, now)
}

/// The same for one wallet alone, where nothing of the card changed that the other would have to be told.
pub fn mark_one(
    tx: &mut Tx<'_>,
    (card, wallet): (&CardId, Wallet),
    version: i64,
    lane: Lane,
    now: Time,
) -> Result<(), StoreError> {
    let condition = match wallet {
        Wallet::Apple => "AND wallet = 'apple'",
        Wallet::Google => "AND wallet = 'google'",
    };
    mark_where(tx, card, condition, version, lane, now)
}

fn mark_where(
    tx: &mut Tx<'_>,
    card: &CardId,
    condition: &str,
    version: i64,
    lane: Lane,
    now: Time,
) -> Result<(), StoreError> {
    marking(&format!("card_id = ? {condition}"), "CAST(? AS BIGINT)", "")
        .number(version)
        .number(lane.number())
        .number(now.millis())
        .number(now.millis())
        .number(now.millis())
        .text(card.as_str())
        .execute(tx)?;
    Ok(())
}

/// Raises the version of locked cards and marks them dirty in the bulk lane, many at once; gives the versions.
pub fn mark_cards(
    tx: &mut Tx<'_>,
    cards: &[&CardId],
    now: Time,
) -> Result<BTreeMap<CardId, i64>, StoreError> {
    let rows: Vec<_> = cards.iter().map(|card| [card.as_str()]).collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("cards", fault))?;
    let source = dialect::json_rows(tx);
    let raised: Vec<Touched> = Statement::new(format!(
        "UPDATE cards SET version = version + 1, last_modified = CASE WHEN last_modified + 1000 > ? \
         THEN last_modified + 1000 ELSE ? END WHERE id IN (SELECT e.value ->> 0 FROM {source}) RETURNING id, version"
    ))
    .number(now.millis())
    .number(now.millis())
    .text(&rows)
    .load(tx)?;
    let of = format!("card_id IN (SELECT e.value ->> 0 FROM {source})");
    let version = "(SELECT c.version FROM cards c WHERE c.id = passes.card_id)";
    marking(&of, version, "ORDER BY card_id, wallet")
        .number(Lane::Bulk.number())
        .number(now.millis())
        .number(now.millis())
        .number(now.millis())
        .text(&rows)
        .execute(tx)?;
    Ok(raised.into_iter().map(|card| (card.id, card.version)).collect())
}

#[derive(QueryableByName)]
struct Touched {
    #[diesel(sql_type = Text)]
    id: CardId,
    #[diesel(sql_type = BigInt)]
    version: i64,
}

/// The statement that marks passes: which, at which version, in which order.
fn marking(of: &str, version: &str, order: &str) -> Statement<'static> {
    Statement::new(format!(
        "INSERT INTO deliveries (card_id, wallet, program_id, version, lane, state, due_at, changed_at, attempts, \
         pushes, lease_owner, lease_until, fence, last_error) \
         SELECT DISTINCT card_id, wallet, program_id, {version}, CAST(? AS BIGINT), 'due', \
         CAST(? AS BIGINT), CAST(? AS BIGINT), 0, 0, CAST(NULL AS TEXT), 0, CAST(? AS BIGINT), CAST(NULL AS TEXT) \
         FROM passes WHERE {of} AND (state = 'installed' OR (wallet = 'google' AND state <> 'removed')) {order} \
         ON CONFLICT (card_id, wallet) DO UPDATE SET version = excluded.version, state = 'due', pushes = 0, \
         lane = CASE WHEN excluded.lane < deliveries.lane THEN excluded.lane ELSE deliveries.lane END, \
         due_at = CASE WHEN excluded.due_at < deliveries.due_at THEN excluded.due_at ELSE deliveries.due_at END, \
         changed_at = CASE WHEN excluded.changed_at > deliveries.changed_at THEN excluded.changed_at \
         ELSE deliveries.changed_at + 1 END"
    ))
}

/// Marks every card of a program dirty in the bulk lane, after its look changed, and gives their number.
/// Versions are raised with it, so that phones see a change. At most `limit` cards after `after` a call.
pub fn mark_program(
    tx: &mut Tx<'_>,
    program: &ProgramId,
    after: &str,
    limit: i64,
    now: Time,
) -> Result<Vec<CardId>, StoreError> {
    let lock = dialect::lock_rows(tx);
    let mut touched: Vec<Touched> = Statement::new(format!(
        "WITH picked AS MATERIALIZED \
         (SELECT id FROM cards WHERE program_id = ? AND id > ? ORDER BY id LIMIT ? {lock}) \
         UPDATE cards SET version = version + 1, last_modified = CASE WHEN last_modified + 1000 > ? \
         THEN last_modified + 1000 ELSE ? END WHERE id IN (SELECT id FROM picked) RETURNING id, version"
    ))
    .text(program.as_str())
    .text(after)
    .number(limit)
    .number(now.millis())
    .number(now.millis())
    .load(tx)?;
    touched.sort_by(|left, right| left.id.cmp(&right.id));
    for card in &touched {
        mark(tx, &card.id, card.version, Lane::Bulk, now)?;
    }
    Ok(touched.into_iter().map(|card| card.id).collect())
}

/// Leases up to `limit` deliveries of a wallet and lane that are due, the longest due first. A lease that ends
/// later than any could was made by a clock that has been set back since, and counts as over.
pub fn claim(
    tx: &mut Tx<'_>,
    owner: &str,
    (wallet, lane): (Wallet, Lane),
    limit: i64,
    now: Time,
    lease_until: Time,
) -> Result<Vec<Delivery>, StoreError> {
    let skip = dialect::skip_locked(tx);
    Ok(Statement::new(format!(
        "WITH picked AS MATERIALIZED (SELECT card_id, wallet FROM deliveries \
         WHERE wallet = ? AND lane = ? AND due_at <= ? AND (lease_until <= ? OR lease_until > ?) \
         ORDER BY due_at LIMIT ? {skip}) \
         UPDATE deliveries SET lease_owner = ?, lease_until = ?, fence = fence + 1 \
         WHERE (card_id, wallet) IN (SELECT card_id, wallet FROM picked) \
         RETURNING card_id, wallet, program_id, version, lane, state, due_at, changed_at, attempts, pushes, fence, \
         last_error"
    ))
    .text(wallet.as_str())
    .number(lane.number())
    .number(now.millis())
    .number(now.millis())
    .number(lease_until.plus_ms(LEASE_MAX_MS).millis())
    .number(limit)
    .text(owner)
    .number(lease_until.millis())
    .load(tx)?)
}

/// Makes every delivery of a wallet due now that rests after a failure; those that wait for a fetch wait on.
pub fn wake(tx: &mut Tx<'_>, wallet: Wallet, now: Time) -> Result<usize, StoreError> {
    let skip = dialect::skip_locked(tx);
    Ok(Statement::new(format!(
        "WITH picked AS MATERIALIZED (SELECT card_id, wallet FROM deliveries \
         WHERE wallet = ? AND state = 'due' AND due_at > ? AND lease_until = 0 ORDER BY card_id {skip}) \
         UPDATE deliveries SET due_at = ? WHERE (card_id, wallet) IN (SELECT card_id, wallet FROM picked)"
    ))
    .text(wallet.as_str())
    .number(now.millis())
    .number(now.millis())
    .execute(tx)?)
}

/// How a leased delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Nothing is left to do for that version.
    Done,
    /// Phones were told; look again then whether they fetched.
    Told {
        /// When.
        look_again: Time,
    },
    /// It failed; try again then.
    Retry {
        /// When.
        at: Time,
        /// Why, for the diagnosis.
        error: String,
    },
    /// Whoever was pushed to was told, and yet a phone is left; look again then, or at once if that phone came
    /// meanwhile.
    Incomplete {
        /// When.
        at: Time,
        /// Why, for the diagnosis.
        error: String,
    },
    /// It was not tried, since its credential is refused; look again then.
    Paused {
        /// When.
        until: Time,
        /// Why.
        error: String,
    },
}

/// A leased delivery and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The card.
    pub card_id: CardId,
    /// The wallet.
    pub wallet: Wallet,
    /// The lease.
    pub fence: i64,
    /// The change that was brought: when it was marked, as the lease told it.
    pub changed_at: Time,
    /// How it ended.
    pub ending: Ending,
}

/// Settles leased deliveries, many at once. One whose card changed meanwhile stays due; one whose lease
/// went to somebody else is left alone.
pub fn settle(tx: &mut Tx<'_>, list: &[Settlement], now: Time) -> Result<(), StoreError> {
    if list.is_empty() {
        return Ok(());
    }
    let rows = rows_of(list)?;
    let source = dialect::json_rows(tx);
    lock(tx, &rows)?;
    Statement::new(format!(
        "DELETE FROM deliveries WHERE (card_id, wallet, fence, changed_at) IN (SELECT e.value ->> 0, e.value ->> 1, \
         CAST(e.value ->> 2 AS BIGINT), CAST(e.value ->> 3 AS BIGINT) FROM {source} WHERE e.value ->> 4 = 'done')"
    ))
    .text(&rows)
    .execute(tx)?;
    Statement::new(format!(
        "UPDATE deliveries SET lease_owner = NULL, lease_until = 0, \
         state = CASE WHEN deliveries.changed_at = s.changed_at AND s.word = 'told' THEN 'told' \
                      WHEN s.word = 'paused' THEN deliveries.state ELSE 'due' END, \
         due_at = CASE WHEN deliveries.changed_at <> s.changed_at AND s.word IN ('done', 'told', 'incomplete') THEN ? \
                       ELSE s.at END, \
         attempts = CASE WHEN s.word IN ('retry', 'incomplete') THEN attempts + 1 WHEN s.word = 'paused' THEN attempts \
                         ELSE 0 END, \
         pushes = CASE WHEN deliveries.changed_at = s.changed_at AND s.word = 'told' THEN pushes + 1 ELSE pushes END, \
         last_error = s.error \
         FROM (SELECT e.value ->> 0 AS card_id, e.value ->> 1 AS wallet, CAST(e.value ->> 2 AS BIGINT) AS fence, \
               CAST(e.value ->> 3 AS BIGINT) AS changed_at, e.value ->> 4 AS word, \
               CAST(e.value ->> 5 AS BIGINT) AS at, e.value ->> 6 AS error FROM {source}) s \
         WHERE deliveries.card_id = s.card_id AND deliveries.wallet = s.wallet AND deliveries.fence = s.fence"
    ))
    .number(now.millis())
    .text(&rows)
    .execute(tx)?;
    Ok(())
}

/// Of leased deliveries, the cards of those whose lease still stands. They stay locked until the transaction
/// ends, so that what is written with this knowledge is written by the one holder.
pub fn list_held(tx: &mut Tx<'_>, list: &[Settlement]) -> Result<Vec<CardId>, StoreError> {
    #[derive(QueryableByName)]
    struct Held {
        #[diesel(sql_type = Text)]
        card_id: CardId,
    }
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let rows = rows_of(list)?;
    let source = dialect::json_rows(tx);
    lock(tx, &rows)?;
    let held: Vec<Held> = Statement::new(format!(
        "SELECT card_id FROM deliveries WHERE (card_id, wallet, fence) IN (SELECT e.value ->> 0, e.value ->> 1, \
         CAST(e.value ->> 2 AS BIGINT) FROM {source})"
    ))
    .text(&rows)
    .load(tx)?;
    Ok(held.into_iter().map(|row| row.card_id).collect())
}

/// The settlements as a JSON array of arrays.
fn rows_of(list: &[Settlement]) -> Result<String, StoreError> {
    let rows: Vec<_> = list
        .iter()
        .map(|one| {
            // What is done has no next time.
            let (word, at, error) = match &one.ending {
                Ending::Done => ("done", Time::from_millis(0), None),
                Ending::Told { look_again } => ("told", *look_again, None),
                Ending::Retry { at, error } => ("retry", *at, Some(error)),
                Ending::Incomplete { at, error } => ("incomplete", *at, Some(error)),
                Ending::Paused { until, error } => ("paused", *until, Some(error)),
            };
            (
                one.card_id.as_str(),
                one.wallet,
                one.fence,
                one.changed_at.millis(),
                word,
                at.millis(),
                error,
            )
        })
        .collect();
    serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("settlements", fault))
}

/// Locks the rows of settlements, in one order.
fn lock(tx: &mut Tx<'_>, rows: &str) -> Result<(), StoreError> {
    let source = dialect::json_rows(tx);
    let locked = format!(
        "deliveries WHERE (card_id, wallet) IN (SELECT e.value ->> 0, e.value ->> 1 FROM {source}) \
         ORDER BY card_id, wallet"
    );
    dialect::lock_in_order(tx, &locked, rows)?;
    Ok(())
}

/// Gives back every lease of an instance that stops.
pub fn release(tx: &mut Tx<'_>, owner: &str) -> Result<(), StoreError> {
    // In the order in which settling locks them: what was cut off may still be at it.
    let lock = dialect::lock_rows(tx);
    Statement::new(format!(
        "WITH held AS MATERIALIZED (SELECT card_id, wallet FROM deliveries WHERE lease_owner = ? \
         ORDER BY card_id, wallet {lock}) \
         UPDATE deliveries SET lease_owner = NULL, lease_until = 0 \
         WHERE lease_owner = ? AND (card_id, wallet) IN (SELECT card_id, wallet FROM held)"
    ))
    .text(owner)
    .text(owner)
    .execute(tx)?;
    Ok(())
}

/// Ends every lease, whoever has it; gives their number. For a database that one instance alone uses, when that
/// instance starts: whoever had them is dead.
pub fn release_all(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    let leased = deliveries::table.filter(deliveries::lease_until.gt(0));
    Ok(diesel::update(leased)
        .set((
            deliveries::lease_owner.eq(None::<String>),
            deliveries::lease_until.eq(0),
        ))
        .execute(&mut **tx)?)
}

/// How many deliveries of a lane are due to be sent now, counted as far as `most`.
pub fn count_waiting(db: &mut Db, lane: Lane, now: Time, most: i64) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let rows: Vec<Count> = Statement::new(
        "SELECT count(*) AS count FROM (SELECT 1 AS one FROM deliveries WHERE wallet IN ('apple', 'google') \
         AND lane = ? AND due_at <= ? AND state = 'due' LIMIT ?) d",
    )
    .number(lane.number())
    .number(now.millis())
    .number(most)
    .load(db)?;
    Ok(rows.first().map_or(0, |row| row.count))
}

/// What waits for delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Deliveries to be sent.
    pub due: i64,
    /// Deliveries that wait for a phone to fetch.
    pub told: i64,
    /// When the oldest of those to be sent was changed, if there is one.
    pub oldest_changed_at: Option<Time>,
}

/// Counts what waits.
pub fn backlog(db: &mut Db) -> Result<Backlog, StoreError> {
    let due = deliveries::table.filter(deliveries::state.eq(DUE));
    Ok(Backlog {
        due: due.count().get_result(db)?,
        told: deliveries::table
            .filter(deliveries::state.eq(TOLD))
            .count()
            .get_result(db)?,
        oldest_changed_at: deliveries::table
            .filter(deliveries::state.eq(DUE))
            .select(diesel::dsl::min(deliveries::changed_at))
            .get_result::<Option<i64>>(db)?
            .map(Time::from_millis),
    })
}

/// How many deliveries are leased, the leases of dead instances included.
pub fn count_leased(db: &mut Db) -> Result<i64, StoreError> {
    Ok(deliveries::table
        .filter(deliveries::lease_until.gt(0))
        .count()
        .get_result(db)?)
}

/// When a wallet's next delivery is due that nobody has leased, if there is one. A lease whose holder died is
/// found by looking again after its time, not here.
pub fn next_due(db: &mut Db, wallet: Wallet) -> Result<Option<Time>, StoreError> {
    let mut next: Option<Time> = None;
    for lane in [Lane::Instant, Lane::Bulk] {
        let first: Option<Time> = deliveries::table
            .filter(deliveries::wallet.eq(wallet))
            .filter(deliveries::lane.eq(lane.number()))
            .filter(deliveries::lease_until.eq(0))
            .order(deliveries::due_at.asc())
            .select(deliveries::due_at)
            .first(db)
            .optional()?;
        next = next.into_iter().chain(first).min();
    }
    Ok(next)
}

/// A card's deliveries.
pub fn list_by_card(db: &mut Db, card: &CardId) -> Result<Vec<Delivery>, StoreError> {
    Ok(deliveries::table
        .filter(deliveries::card_id.eq(card))
        .select(Delivery::as_select())
        .load(db)?)
}
