//! Movements of stored value. Rows are added and never changed; a correction is another movement.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::dialect::on_both;
use super::schema::gift_entries;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{GiftAccountId, GiftEntryId, OrderId, ProgramId, Time};

/// The first value of a gift card.
pub const ISSUE: &str = "issue";
/// More value for it.
pub const TOP_UP: &str = "top_up";
/// Something was paid with it.
pub const SPEND: &str = "spend";
/// Part or all of a spending came back.
pub const SPEND_REVERSAL: &str = "spend_reversal";
/// Value came from another gift card.
pub const TRANSFER_IN: &str = "transfer_in";
/// Value went to another gift card.
pub const TRANSFER_OUT: &str = "transfer_out";
/// What was left when it was voided.
pub const VOID: &str = "void";
/// What was left when its time was over.
pub const EXPIRE: &str = "expire";

/// One movement of a gift card's value.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = gift_entries, treat_none_as_default_value = false)]
pub struct GiftEntry {
    /// Its id.
    pub id: GiftEntryId,
    /// The program.
    pub program_id: ProgramId,
    /// The gift card.
    pub account_id: GiftAccountId,
    /// [`ISSUE`], [`TOP_UP`], [`SPEND`] …
    pub kind: String,
    /// What is added, in minor units; negative takes away.
    pub minor: i64,
    /// What the gift card holds after it.
    pub balance_after: i64,
    /// Where it came from; `external_id` is unique within it.
    pub source: String,
    /// The caller's own id.
    pub external_id: Option<String>,
    /// A hash of what the caller said, to tell a repeat from another movement under the same id.
    pub fingerprint: String,
    /// The order that was paid with it.
    pub order_id: Option<OrderId>,
    /// The spending that it gives back; all that do so together never give back more.
    pub reverses: Option<GiftEntryId>,
    /// The other gift card of a transfer.
    pub counterpart_id: Option<GiftAccountId>,
    /// Why, for a person to read.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// When.
    pub created_at: Time,
}

/// Stores a movement unless its id from that source is known; says whether it was stored.
pub fn claim(tx: &mut Tx<'_>, entry: &GiftEntry) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(gift_entries::table)
        .values(entry)
        .on_conflict((gift_entries::program_id, gift_entries::source, gift_entries::external_id))
        .do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// The movement, or `NotFound`.
pub fn get(db: &mut Db, id: &GiftEntryId) -> Result<GiftEntry, StoreError> {
    Ok(gift_entries::table
        .find(id)
        .select(GiftEntry::as_select())
        .get_result(db)?)
}

/// The movement of the caller's own id.
pub fn find_by_external_id(
    db: &mut Db,
    program: &ProgramId,
    source: &str,
    external_id: &str,
) -> Result<Option<GiftEntry>, StoreError> {
    Ok(gift_entries::table
        .filter(gift_entries::program_id.eq(program))
        .filter(gift_entries::source.eq(source))
        .filter(gift_entries::external_id.eq(external_id))
        .select(GiftEntry::as_select())
        .get_result(db)
        .optional()?)
}

/// A gift card's movements, newest first, before `before`.
pub fn list_by_account(
    db: &mut Db,
    account: &GiftAccountId,
    before: Option<&GiftEntryId>,
    limit: i64,
) -> Result<Vec<GiftEntry>, StoreError> {
    let mut query = gift_entries::table
        .filter(gift_entries::account_id.eq(account))
        .select(GiftEntry::as_select())
        .order(gift_entries::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(gift_entries::id.lt(before));
    }
    Ok(query.load(db)?)
}

/// How much of a spending came back so far, in minor units. Lock its account before.
pub fn sum_reversals(db: &mut Db, entry: &GiftEntryId) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        total: i64,
    }
    let sums: Vec<Sum> = Statement::new(
        "SELECT CAST(coalesce(sum(minor), 0) AS BIGINT) AS total FROM gift_entries WHERE reverses = ?",
    )
    .text(entry.as_str())
    .load(db)?;
    Ok(sums.first().map_or(0, |sum| sum.total))
}
