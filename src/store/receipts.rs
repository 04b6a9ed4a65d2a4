//! Receipts: sales without a card, each claimed by one member or by none.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::receipts;
use super::{Db, StoreError, Tx};
use crate::types::{Currency, MemberId, OrderId, Points, ProgramId, ReceiptId, Time};

/// A sale without a card.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipts, treat_none_as_default_value = false)]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// The program.
    pub program_id: ProgramId,
    /// Where it came from; `external_id` is unique within it.
    pub source: String,
    /// The caller's own id, and that of the order that it becomes.
    pub external_id: String,
    /// A hash of what the caller said, to tell a repeat from another sale under the same id.
    pub fingerprint: String,
    /// What was paid.
    pub total_minor: i64,
    /// In which currency.
    pub currency: Currency,
    /// Lines, location and channel as JSON.
    pub detail: String,
    /// What a new member would have earned by the rules of then.
    pub would_earn: Points,
    /// When it was paid.
    pub paid_at: Time,
    /// When it was recorded.
    pub created_at: Time,
    /// The first instant at which it can be claimed no more.
    pub expires_at: Time,
    /// When the sale was taken back.
    pub voided_at: Option<Time>,
    /// When it was claimed.
    pub claimed_at: Option<Time>,
    /// Who claimed it.
    pub member_id: Option<MemberId>,
    /// The order that it became.
    pub order_id: Option<OrderId>,
}

impl Receipt {
    /// Whether it is open, claimed, voided or expired.
    pub fn state(&self, now: Time) -> &'static str {
        if self.claimed_at.is_some() {
            "claimed"
        } else if self.voided_at.is_some() {
            "voided"
        } else if self.expires_at <= now {
            "expired"
        } else {
            "open"
        }
    }
}

/// Stores a receipt unless its id from that source is known; says whether it was stored.
pub fn insert(tx: &mut Tx<'_>, receipt: &Receipt) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(receipts::table)
        .values(receipt)
        .on_conflict((receipts::program_id, receipts::source, receipts::external_id))
        .do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// The receipt, or `NotFound`.
pub fn get(db: &mut Db, id: &ReceiptId) -> Result<Receipt, StoreError> {
    Ok(receipts::table
        .find(id)
        .select(Receipt::as_select())
        .get_result(db)?)
}

/// The receipt, locked until the transaction ends, or `NotFound`. Lock it before any card.
pub fn lock(tx: &mut Tx<'_>, id: &ReceiptId) -> Result<Receipt, StoreError> {
    Ok(locked!(
        tx,
        receipts::table.find(id).select(Receipt::as_select()),
        get_result
    )?)
}

/// The receipt of the caller's own id.
pub fn find_by_external_id(
    db: &mut Db,
    program: &ProgramId,
    source: &str,
    external_id: &str,
) -> Result<Option<Receipt>, StoreError> {
    Ok(receipts::table
        .filter(receipts::program_id.eq(program))
        .filter(receipts::source.eq(source))
        .filter(receipts::external_id.eq(external_id))
        .select(Receipt::as_select())
        .get_result(db)
        .optional()?)
}

/// Notes who claimed a locked receipt, and the order that it became.
pub fn set_claimed(
    tx: &mut Tx<'_>,
    id: &ReceiptId,
    (member, order): (&MemberId, &OrderId),
    now: Time,
) -> Result<Receipt, StoreError> {
    Ok(on_both!(tx, conn => diesel::update(receipts::table.find(id))
        .set((
            receipts::claimed_at.eq(now),
            receipts::member_id.eq(member),
            receipts::order_id.eq(order),
        ))
        .returning(Receipt::as_returning())
        .get_result(conn))?)
}

/// Notes that the sale of a locked receipt was taken back.
pub fn set_voided(tx: &mut Tx<'_>, id: &ReceiptId, now: Time) -> Result<Receipt, StoreError> {
    Ok(on_both!(tx, conn => diesel::update(receipts::table.find(id))
        .set(receipts::voided_at.eq(now))
        .returning(Receipt::as_returning())
        .get_result(conn))?)
}
