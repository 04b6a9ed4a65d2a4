//! Entries: the ledger. Rows are added and never changed; a correction is another entry.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::dialect::on_both;
use super::schema::entries;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, EntryId, EventId, MemberId, OrderId, Points, ProgramId, RefundId, Time};

/// One movement of a card's points.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The program.
    pub program_id: ProgramId,
    /// The member.
    pub member_id: MemberId,
    /// The card.
    pub card_id: CardId,
    /// `earn`, `promotion`, `refund`, `adjust` … as in the contract.
    pub kind: String,
    /// What is added; negative takes away.
    pub points: Points,
    /// The order that caused it.
    pub order_id: Option<OrderId>,
    /// The refund that caused it.
    pub refund_id: Option<RefundId>,
    /// The entry that it undoes; an entry is undone at most once.
    pub reverses: Option<EntryId>,
    /// Why, for a person to read.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// When.
    pub created_at: Time,
    /// The rule, promotion or reward that moved it; `None` for the program's own rule.
    pub term_id: Option<String>,
    /// In which version.
    pub term_version: Option<i64>,
    /// Why it is so much, as JSON.
    pub explanation: Option<String>,
    /// The event that caused it.
    pub event_id: Option<EventId>,
    /// The entry on the other card, of points that went from card to card.
    pub counterpart: Option<EntryId>,
}

/// Adds an entry; `Duplicate` if it undoes what is undone already.
pub fn insert(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(entries::table).values(entry).execute(conn))?;
    Ok(())
}

/// The entry, or `NotFound`.
pub fn get(db: &mut Db, id: &EntryId) -> Result<Entry, StoreError> {
    Ok(entries::table
        .find(id)
        .select(Entry::as_select())
        .get_result(db)?)
}

/// The entry, if there is one of the id.
pub fn find(db: &mut Db, id: &EntryId) -> Result<Option<Entry>, StoreError> {
    Ok(entries::table
        .find(id)
        .select(Entry::as_select())
        .get_result(db)
        .optional()?)
}

/// The entry that undoes another.
pub fn find_reversal(db: &mut Db, id: &EntryId) -> Result<Option<Entry>, StoreError> {
    Ok(entries::table
        .filter(entries::reverses.eq(id))
        .select(Entry::as_select())
        .get_result(db)
        .optional()?)
}

/// The entries of an order, oldest first.
pub fn list_by_order(db: &mut Db, order: &OrderId) -> Result<Vec<Entry>, StoreError> {
    Ok(entries::table
        .filter(entries::order_id.eq(order))
        .order(entries::id.asc())
        .limit(super::LIST_MAX)
        .select(Entry::as_select())
        .load(db)?)
}

/// The entries of an event, oldest first.
pub fn list_by_event(db: &mut Db, event: &EventId) -> Result<Vec<Entry>, StoreError> {
    Ok(entries::table
        .filter(entries::event_id.eq(event))
        .order(entries::id.asc())
        .limit(super::LIST_MAX)
        .select(Entry::as_select())
        .load(db)?)
}

/// A member's entries, newest first, before `before`.
pub fn list_by_member(
    db: &mut Db,
    member: &MemberId,
    before: Option<&EntryId>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let mut query = entries::table
        .filter(entries::member_id.eq(member))
        .select(Entry::as_select())
        .order(entries::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(entries::id.lt(before));
    }
    Ok(query.load(db)?)
}

/// The entries of some members, newest first, before `before`.
pub fn list_by_members(
    db: &mut Db,
    of: &[MemberId],
    before: Option<&EntryId>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let mut query = entries::table
        .filter(entries::member_id.eq_any(of))
        .select(Entry::as_select())
        .order(entries::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(entries::id.lt(before));
    }
    Ok(query.load(db)?)
}

/// How many entries of a kind there were, and the sum of their points.
pub type Movement = (String, i64, i64);

/// What moved in a program since an instant, by kind. Reads every entry since then.
pub fn sum_since(db: &mut Db, program: &ProgramId, since: Time) -> Result<Vec<Movement>, StoreError> {
    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = BigInt)]
        number: i64,
        #[diesel(sql_type = BigInt)]
        total: i64,
    }
    let first = EntryId::first_at(since);
    let sums: Vec<Sum> = Statement::new(
        "SELECT kind, count(*) AS number, CAST(sum(points) AS BIGINT) AS total FROM entries \
         WHERE id >= ? AND program_id = ? GROUP BY kind ORDER BY kind",
    )
    .text(first.as_str())
    .text(program.as_str())
    .load(db)?;
    Ok(sums
        .into_iter()
        .map(|row| (row.kind, row.number, row.total))
        .collect())
}

/// The newest entries of a program.
pub fn list_newest(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Entry>, StoreError> {
    Ok(entries::table
        .filter(entries::program_id.eq(program))
        .order(entries::id.desc())
        .limit(limit)
        .select(Entry::as_select())
        .load(db)?)
}

/// A card whose balance is not the sum of its entries: the card, its balance, the sum.
pub type Imbalance = (CardId, Points, Points);

/// Cards whose balance is not the sum of their entries, at most `limit`. Reads the whole ledger: for
/// `doctor` and for tests, not for a request.
pub fn list_imbalances(db: &mut Db, limit: i64) -> Result<Vec<Imbalance>, StoreError> {
    #[derive(QueryableByName)]
    struct Wrong {
        #[diesel(sql_type = Text)]
        id: CardId,
        #[diesel(sql_type = BigInt)]
        balance: Points,
        #[diesel(sql_type = BigInt)]
        total: Points,
    }
    let wrong: Vec<Wrong> = Statement::new(
        "SELECT c.id, c.balance, CAST(coalesce(sum(e.points), 0) AS BIGINT) AS total \
         FROM cards c LEFT JOIN entries e ON e.card_id = c.id GROUP BY c.id, c.balance \
         HAVING c.balance <> coalesce(sum(e.points), 0) ORDER BY c.id LIMIT ?",
    )
    .number(limit)
    .load(db)?;
    Ok(wrong
        .into_iter()
        .map(|row| (row.id, row.balance, row.total))
        .collect())
}
