//! Cards: the code that is scanned, the balance (a cache of the ledger), the version that phones are told of.

use diesel::prelude::*;

use super::dialect::{json_rows, lock_in_order, lock_rows, locked, on_both};
use super::schema::cards;
use super::statement::Statement;
use super::tallies::{self, Bought};
use super::{Db, StoreError, Tx};
use crate::loyalty::carry::Carried;
use crate::loyalty::tier::Place;
use crate::types::{CardId, Day, MemberId, Points, ProgramId, Time};

/// Least distance of two values of `last_modified`: HTTP dates have whole seconds.
const SECOND_MS: i64 = 1_000;

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = cards, treat_none_as_default_value = false)]
pub struct Card {
    /// Its id.
    pub id: CardId,
    /// The program that it is of.
    pub program_id: ProgramId,
    /// Whose it is.
    pub member_id: MemberId,
    /// What is scanned; unique over the installation.
    pub code: String,
    /// The sum of its entries.
    pub balance: Points,
    /// What the base rule carries to the next order.
    pub remainder: i64,
    /// Counts changes that a phone can see, from 1.
    pub version: i64,
    /// When it last changed, pushed a second past the change before it.
    pub last_modified: Time,
    /// Counts the links to its page that were taken back.
    pub link_epoch: i64,
    /// When it was voided.
    pub voided_at: Option<Time>,
    /// When it was issued.
    pub created_at: Time,
    /// What a point is of the remainder; 0 before the first order.
    pub per_minor: i64,
    /// How many orders were recorded for it.
    pub orders: i64,
    /// Points that were promised and are not in the balance yet.
    pub pending: Points,
    /// When its holder last earned or spent.
    pub active_at: Time,
    /// When something next happens on it by itself.
    pub due_at: Option<Time>,
    /// The tier that it has reached.
    pub tier_id: Option<String>,
    /// When it loses the tier if nothing more is done.
    pub tier_until: Option<Time>,
    /// What counted towards tiers when it last changed.
    pub tier_progress: i64,
    /// Since when its holder is blocked; kept with the card so that an order need not ask for the member.
    pub blocked_at: Option<Time>,
    /// The card that everything acts on instead, after members were joined.
    pub merged_into: Option<CardId>,
}

impl Card {
    /// Where it stands among the tiers.
    pub fn place(&self) -> Place {
        Place {
            tier: self.tier_id.clone(),
            until: self.tier_until,
            progress: self.tier_progress,
        }
    }

    /// What the base rule carries to the next order.
    pub const fn carried(&self) -> Carried {
        Carried {
            remainder: self.remainder,
            per_minor: self.per_minor,
        }
    }
}

/// What a deed leaves a card at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardChange {
    /// The balance.
    pub balance: Points,
    /// What was promised.
    pub pending: Points,
    /// What the base rule carries to the next order.
    pub carried: Carried,
    /// How many orders.
    pub orders: i64,
    /// When the holder last earned or spent.
    pub active_at: Time,
    /// When something next happens by itself.
    pub due_at: Option<Time>,
    /// Where it stands among the tiers.
    pub place: Place,
    /// What was bought.
    pub bought: Bought,
}

impl CardChange {
    /// The card as it is.
    pub fn of(card: &Card) -> Self {
        Self {
            balance: card.balance,
            pending: card.pending,
            carried: card.carried(),
            orders: card.orders,
            active_at: card.active_at,
            due_at: card.due_at,
            place: card.place(),
            bought: Bought::default(),
        }
    }

    /// Whether the card is so already.
    pub fn is_none(&self, card: &Card) -> bool {
        *self == Self::of(card)
    }
}

/// Stores a card; `Duplicate` if the code is taken.
pub fn insert(tx: &mut Tx<'_>, card: &Card) -> Result<(), StoreError> {
    diesel::insert_into(cards::table)
        .values(card.clone())
        .execute(&mut **tx)?;
    tallies::hear_for(tx, &card.id)
}

/// The card, or `NotFound`.
pub fn get(db: &mut Db, id: &CardId) -> Result<Card, StoreError> {
    Ok(on_both!(db, conn => cards::table.find(id).select(Card::as_select()).get_result(conn))?)
}

/// The card, locked until the transaction ends, or `NotFound`. Whoever changes a card, or decides by what
/// it says, locks it first; of several cards the one with the lower id first.
pub fn lock(tx: &mut Tx<'_>, id: &CardId) -> Result<Card, StoreError> {
    Ok(locked!(
        tx,
        cards::table.find(id).select(Card::as_select()),
        get_result
    )?)
}

/// Locks cards in the order of their ids, until the transaction ends.
pub fn lock_many(tx: &mut Tx<'_>, of: &[CardId]) -> Result<(), StoreError> {
    let rows: Vec<_> = of.iter().map(|card| [card.as_str()]).collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("cards", fault))?;
    let source = json_rows(tx);
    let query = format!("cards WHERE id IN (SELECT e.value ->> 0 FROM {source}) ORDER BY id");
    Ok(lock_in_order(tx, &query, &rows)?)
}

/// The card of a code.
pub fn find_by_code(db: &mut Db, code: &str) -> Result<Option<Card>, StoreError> {
    let found = on_both!(db, conn => cards::table
        .filter(cards::code.eq(code))
        .select(Card::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// A member's cards, oldest first.
pub fn list_by_member(db: &mut Db, member: &MemberId) -> Result<Vec<Card>, StoreError> {
    Ok(cards::table
        .filter(cards::member_id.eq(member))
        .order(cards::id.asc())
        .limit(super::LIST_MAX)
        .select(Card::as_select())
        .load(db)?)
}

/// How many cards a program has, voided ones too. Reads its part of an index.
pub fn count(db: &mut Db, program: &ProgramId) -> Result<i64, StoreError> {
    Ok(cards::table
        .filter(cards::program_id.eq(program))
        .count()
        .get_result(db)?)
}

/// The cards of some members, oldest first.
pub fn list_by_members(db: &mut Db, of: &[MemberId]) -> Result<Vec<Card>, StoreError> {
    Ok(cards::table
        .filter(cards::member_id.eq_any(of))
        .order(cards::id.asc())
        .select(Card::as_select())
        .load(db)?)
}

/// Cards of an installation in the order of their ids, after `after`.
pub fn list(db: &mut Db, after: Option<&CardId>, limit: i64) -> Result<Vec<Card>, StoreError> {
    let mut query = cards::table
        .select(Card::as_select())
        .order(cards::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(cards::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// Changes a locked card, and makes it new for phones if they can see the change; gives the card as it is then.
pub fn change(
    tx: &mut Tx<'_>,
    card: &Card,
    change: &CardChange,
    is_visible: bool,
    now: Time,
) -> Result<Card, StoreError> {
    let (step, modified) = if is_visible {
        (1, next_modified(card, now))
    } else {
        (0, card.last_modified)
    };
    let bought = change.bought;
    let first_visit = bought.first_visit.map_or(i64::MAX, Day::number);
    let [last_visit, latest_day] =
        [bought.last_visit, bought.latest_day].map(|day| day.map_or(i64::MIN, Day::number));
    // By differences, so that a lost lock would show as a wrong sum and not lose a movement.
    let mut changed: Vec<Card> = Statement::new(
        "UPDATE cards SET balance = balance + ?, pending = pending + ?, remainder = ?, per_minor = ?, \
         orders = orders + ?, active_at = ?, due_at = nullif(?, -1), tier_id = nullif(?, ''), \
         tier_until = nullif(?, -1), tier_progress = ?, version = version + ?, last_modified = ?, \
         bought_orders = bought_orders + ?, bought_minor = bought_minor + ?, visits = visits + ?, \
         first_visit = CASE WHEN ? < coalesce(first_visit, 9223372036854775807) THEN ? ELSE first_visit END, \
         last_visit = CASE WHEN ? > coalesce(last_visit, -9223372036854775807) THEN ? ELSE last_visit END, \
         latest_day = CASE WHEN ? > coalesce(latest_day, -9223372036854775807) THEN ? ELSE latest_day END \
         WHERE id = ? \
         RETURNING *",
    )
    .number(change.balance.get() - card.balance.get())
    .number(change.pending.get() - card.pending.get())
    .number(change.carried.remainder)
    .number(change.carried.per_minor)
    .number(change.orders - card.orders)
    .number(change.active_at.millis())
    .number(change.due_at.map_or(-1, Time::millis))
    .text(change.place.tier.as_deref().unwrap_or_default())
    .number(change.place.until.map_or(-1, Time::millis))
    .number(change.place.progress)
    .number(step)
    .number(modified.millis())
    .number(bought.orders)
    .number(bought.minor)
    .number(bought.visits)
    .number(first_visit)
    .number(first_visit)
    .number(last_visit)
    .number(last_visit)
    .number(latest_day)
    .number(latest_day)
    .text(card.id.as_str())
    .load(tx)?;
    if bought.is_recounted {
        tallies::recount(tx, std::slice::from_ref(&card.id))?;
    }
    changed.pop().ok_or(StoreError::NotFound)
}

/// Makes a locked card new for phones without moving points.
pub fn touch(tx: &mut Tx<'_>, card: &Card, now: Time) -> Result<Card, StoreError> {
    change(tx, card, &CardChange::of(card), true, now)
}

/// Cards of which something is due by itself, the longest due first.
pub fn list_due(db: &mut Db, now: Time, limit: i64) -> Result<Vec<CardId>, StoreError> {
    Ok(cards::table
        .filter(cards::due_at.le(now))
        .order(cards::due_at.asc())
        .limit(limit)
        .select(cards::id)
        .load(db)?)
}

/// Lets the calendar look now at every card of a program of which something is due later.
pub fn look_again(tx: &mut Tx<'_>, program: &ProgramId, now: Time) -> Result<(), StoreError> {
    let lock = lock_rows(tx);
    Statement::new(format!(
        "UPDATE cards SET due_at = ? WHERE id IN \
         (SELECT id FROM cards WHERE program_id = ? AND due_at > ? ORDER BY id {lock})"
    ))
    .number(now.millis())
    .text(program.as_str())
    .number(now.millis())
    .execute(tx)?;
    Ok(())
}

/// Voids a locked card, or makes it good again.
pub fn set_voided(
    tx: &mut Tx<'_>,
    card: &Card,
    voided_at: Option<Time>,
    now: Time,
) -> Result<Card, StoreError> {
    diesel::update(cards::table.find(&card.id))
        .set(cards::voided_at.eq(voided_at))
        .execute(&mut **tx)?;
    touch(tx, card, now)
}

/// Sets since when the holder of a locked card is blocked.
pub fn set_blocked(tx: &mut Tx<'_>, id: &CardId, blocked_at: Option<Time>) -> Result<(), StoreError> {
    diesel::update(cards::table.find(id))
        .set(cards::blocked_at.eq(blocked_at))
        .execute(&mut **tx)?;
    Ok(())
}

/// Sets which card everything acts on instead of a locked one.
pub fn set_merged(tx: &mut Tx<'_>, id: &CardId, into: Option<&CardId>) -> Result<Card, StoreError> {
    Ok(on_both!(tx, conn => diesel::update(cards::table.find(id))
        .set(cards::merged_into.eq(into))
        .returning(Card::as_returning())
        .get_result(conn))?)
}

/// Gives a locked card another code.
pub fn set_code(tx: &mut Tx<'_>, id: &CardId, code: &str) -> Result<(), StoreError> {
    diesel::update(cards::table.find(id))
        .set(cards::code.eq(code))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes every link to the card's page back.
pub fn next_link_epoch(tx: &mut Tx<'_>, card: &Card) -> Result<Card, StoreError> {
    Ok(on_both!(tx, conn => diesel::update(cards::table.find(&card.id))
        .set(cards::link_epoch.eq(cards::link_epoch + 1))
        .returning(Card::as_returning())
        .get_result(conn))?)
}

fn next_modified(card: &Card, now: Time) -> Time {
    now.max(card.last_modified.plus_ms(SECOND_MS))
}
