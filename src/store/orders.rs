//! Orders and what was given back of them.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::dialect::{locked, on_both};
use super::schema::{orders, refunds};
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, Currency, MemberId, OrderId, Points, ProgramId, RefundId, Time};

/// Most deeds of a program's books among which its newest orders are looked for.
const DEEDS_MAX: i64 = 5_000;

/// A purchase.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The program.
    pub program_id: ProgramId,
    /// Where it came from; `external_id` is unique within it.
    pub source: String,
    /// The caller's own id.
    pub external_id: String,
    /// Who bought.
    pub member_id: MemberId,
    /// The card that was shown.
    pub card_id: CardId,
    /// A hash of what the caller said, to tell a repeat from another order under the same id.
    pub fingerprint: String,
    /// What was paid.
    pub total_minor: i64,
    /// In which currency.
    pub currency: Currency,
    /// What it earned.
    pub earned: Points,
    /// What was given back so far.
    pub refunded_minor: i64,
    /// The points taken back so far.
    pub taken_back: Points,
    /// Lines, location and channel as JSON.
    pub detail: String,
    /// When it was paid.
    pub paid_at: Time,
    /// When it was recorded.
    pub created_at: Time,
    /// What each rule that counts money counted of it, as JSON.
    pub counted: String,
    /// What each rule gave for its lines, as JSON; empty without lines.
    pub basket: String,
    /// The lines given back so far, as JSON; empty if none.
    pub returned: String,
    /// What was noticed about it, as JSON; empty if nothing.
    pub flags: String,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = refunds, treat_none_as_default_value = false)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// The program.
    pub program_id: ProgramId,
    /// The order.
    pub order_id: OrderId,
    /// The caller's own id, unique within the order.
    pub external_id: Option<String>,
    /// How much.
    pub minor: i64,
    /// The points that were taken back for it.
    pub points: Points,
    /// When.
    pub created_at: Time,
    /// The lines that it gave back, as JSON; empty if it was by amount.
    pub lines: String,
}

/// Stores an order unless its id from that source is known; says whether it was stored.
pub fn claim(tx: &mut Tx<'_>, order: &Order) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(orders::table)
        .values(order)
        .on_conflict((orders::program_id, orders::source, orders::external_id))
        .do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// The order, or `NotFound`.
pub fn get(db: &mut Db, id: &OrderId) -> Result<Order, StoreError> {
    Ok(orders::table.find(id).select(Order::as_select()).get_result(db)?)
}

/// The order, locked until the transaction ends, or `NotFound`. Lock its card before it.
pub fn lock(tx: &mut Tx<'_>, id: &OrderId) -> Result<Order, StoreError> {
    Ok(locked!(
        tx,
        orders::table.find(id).select(Order::as_select()),
        get_result
    )?)
}

/// The order of the caller's own id.
pub fn find_by_external_id(
    db: &mut Db,
    program: &ProgramId,
    source: &str,
    external_id: &str,
) -> Result<Option<Order>, StoreError> {
    Ok(orders::table
        .filter(orders::program_id.eq(program))
        .filter(orders::source.eq(source))
        .filter(orders::external_id.eq(external_id))
        .select(Order::as_select())
        .get_result(db)
        .optional()?)
}

/// Stores a refund unless its id is known for that order; says whether it was stored.
pub fn claim_refund(tx: &mut Tx<'_>, refund: &Refund) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(refunds::table)
        .values(refund.clone())
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// Whether anything was given back of an order.
pub fn has_refund(db: &mut Db, order: &OrderId) -> Result<bool, StoreError> {
    let found: Option<RefundId> = refunds::table
        .filter(refunds::order_id.eq(order))
        .select(refunds::id)
        .limit(1)
        .get_result(db)
        .optional()?;
    Ok(found.is_some())
}

/// The refund of the caller's own id.
pub fn find_refund(db: &mut Db, order: &OrderId, external_id: &str) -> Result<Option<Refund>, StoreError> {
    Ok(refunds::table
        .filter(refunds::order_id.eq(order))
        .filter(refunds::external_id.eq(external_id))
        .select(Refund::as_select())
        .get_result(db)
        .optional()?)
}

/// What was given back of an order, newest first.
pub fn list_refunds(db: &mut Db, order: &OrderId) -> Result<Vec<Refund>, StoreError> {
    Ok(refunds::table
        .filter(refunds::order_id.eq(order))
        .order(refunds::id.desc())
        .limit(super::LIST_MAX)
        .select(Refund::as_select())
        .load(db)?)
}

/// The orders of some members that earned nothing, newest first.
pub fn list_unearned(db: &mut Db, of: &[MemberId], limit: i64) -> Result<Vec<OrderId>, StoreError> {
    Ok(orders::table
        .filter(orders::member_id.eq_any(of))
        // In the text, not bound: only so is the index of what earned nothing used.
        .filter(sql::<Bool>("earned = 0"))
        .order(orders::id.desc())
        .limit(limit)
        .select(orders::id)
        .load(db)?)
}

/// The orders of some members that earned nothing, newest first, before `before`.
pub fn list_unearned_before(
    db: &mut Db,
    of: &[MemberId],
    before: &OrderId,
    limit: i64,
) -> Result<Vec<Order>, StoreError> {
    Ok(orders::table
        .filter(orders::member_id.eq_any(of))
        .filter(sql::<Bool>("earned = 0"))
        .filter(orders::id.lt(before))
        .order(orders::id.desc())
        .limit(limit)
        .select(Order::as_select())
        .load(db)?)
}

/// The newest orders of a program, newest first. They are found among the newest deeds of its books, so that an order
/// needs no index for this alone: where very much else was done since, they are fewer.
pub fn list_newest(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Order>, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        id: OrderId,
    }
    let found: Vec<Found> = Statement::new(format!(
        "SELECT subject AS id FROM (SELECT id, deed, subject FROM audit WHERE program_id = ? \
         ORDER BY id DESC LIMIT {DEEDS_MAX}) AS newest WHERE deed = 'record_order' ORDER BY newest.id DESC LIMIT ?"
    ))
    .text(program.as_str())
    .number(limit)
    .load(db)?;
    let ids: Vec<OrderId> = found.into_iter().map(|row| row.id).collect();
    Ok(orders::table
        .filter(orders::id.eq_any(ids))
        .order(orders::id.desc())
        .select(Order::as_select())
        .load(db)?)
}

/// Forgets what rules counted of a locked order, after that was taken back by itself.
pub fn set_counted(tx: &mut Tx<'_>, id: &OrderId, counted: &str) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(orders::table.find(id))
        .set(orders::counted.eq(counted))
        .execute(conn))?;
    Ok(())
}

/// Says which lines of a locked order were given back so far.
pub fn set_returned(tx: &mut Tx<'_>, id: &OrderId, returned: &str) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(orders::table.find(id))
        .set(orders::returned.eq(returned))
        .execute(conn))?;
    Ok(())
}

/// Says what was noticed about an order that was stored just now.
pub fn set_flags(tx: &mut Tx<'_>, id: &OrderId, flags: &str) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(orders::table.find(id))
        .set(orders::flags.eq(flags))
        .execute(conn))?;
    Ok(())
}

/// Adds to what was given back of a locked order.
pub fn add_refunded(tx: &mut Tx<'_>, id: &OrderId, minor: i64, points: Points) -> Result<Order, StoreError> {
    Ok(on_both!(tx, conn => diesel::update(orders::table.find(id))
        .set((
            orders::refunded_minor.eq(orders::refunded_minor + minor),
            orders::taken_back.eq(orders::taken_back + points.get()),
        ))
        .returning(Order::as_returning())
        .get_result(conn))?)
}
