//! Buckets: points that have a date, pending or until they expire. Points without a date are in no bucket.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::dialect::on_both;
use super::schema::{bucket_uses, buckets};
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{BucketId, CardId, EntryId, EventId, MemberId, OrderId, Points, ProgramId, Time};

/// Most buckets of a card that one deed reads; those that expire first come first.
pub const READ_MAX: i64 = 1_000;

/// Points that have a date.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = buckets, treat_none_as_default_value = false)]
pub struct Bucket {
    /// Its id.
    pub id: BucketId,
    /// The program.
    pub program_id: ProgramId,
    /// The member.
    pub member_id: MemberId,
    /// The card.
    pub card_id: CardId,
    /// The order that filled it.
    pub order_id: Option<OrderId>,
    /// The rule or promotion that filled it.
    pub term_id: Option<String>,
    /// In which version.
    pub term_version: Option<i64>,
    /// The kind of the entry that it makes or made.
    pub kind: String,
    /// Why, for a person to read.
    pub reason: String,
    /// What was in it at first.
    pub points: Points,
    /// What is left in it.
    pub remaining: Points,
    /// What expired of it and was not made good by a refund.
    pub expired: Points,
    /// Whether its points cannot be spent yet; they are not in the balance.
    pub is_pending: bool,
    /// From when on they can.
    pub active_from: Time,
    /// When what is left expires.
    pub expires_at: Option<Time>,
    /// When it was filled.
    pub created_at: Time,
    /// The event that filled it.
    pub event_id: Option<EventId>,
}

/// Stores a new bucket.
pub fn insert(tx: &mut Tx<'_>, bucket: &Bucket) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(buckets::table).values(bucket.clone()).execute(conn))?;
    Ok(())
}

/// The buckets of a locked card that hold anything: those that expire first come first, of those that expire at
/// once the older, of those of one deed by the ids of their terms, so that nothing depends on chance; those that
/// never expire last.
pub fn list_filled(db: &mut Db, card: &CardId) -> Result<Vec<Bucket>, StoreError> {
    let mut found: Vec<Bucket> = buckets::table
        .filter(buckets::card_id.eq(card))
        // In the text, not bound: only so is the index of what is filled used.
        .filter(sql::<Bool>("remaining > 0"))
        .order(buckets::id.asc())
        .limit(READ_MAX)
        .select(Bucket::as_select())
        .load(db)?;
    found.sort_by_cached_key(|bucket| {
        let expiry = (bucket.expires_at.is_none(), bucket.expires_at);
        (expiry, bucket.created_at, bucket.term_id.clone())
    });
    Ok(found)
}

/// The buckets that an order filled, oldest first, whatever became of them and whichever card they are on.
pub fn list_by_order(db: &mut Db, order: &OrderId) -> Result<Vec<Bucket>, StoreError> {
    Ok(buckets::table
        .filter(buckets::order_id.eq(order))
        .order(buckets::id.asc())
        .limit(READ_MAX)
        .select(Bucket::as_select())
        .load(db)?)
}

/// The buckets that an event filled, oldest first, whatever became of them.
pub fn list_by_event(db: &mut Db, event: &EventId) -> Result<Vec<Bucket>, StoreError> {
    Ok(buckets::table
        .filter(buckets::event_id.eq(event))
        .order(buckets::id.asc())
        .limit(READ_MAX)
        .select(Bucket::as_select())
        .load(db)?)
}

/// Sets what is left in a bucket of a locked card.
pub fn set_remaining(tx: &mut Tx<'_>, id: &BucketId, remaining: Points) -> Result<(), StoreError> {
    Statement::new("UPDATE buckets SET remaining = ? WHERE id = ?")
        .number(remaining.get())
        .text(id.as_str())
        .execute(tx)?;
    Ok(())
}

/// Sets what of a bucket of a locked card has expired.
pub fn set_expired(tx: &mut Tx<'_>, id: &BucketId, expired: Points) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(buckets::table.find(id))
        .set(buckets::expired.eq(expired))
        .execute(conn))?;
    Ok(())
}

/// Makes a pending bucket of a locked card active, with so much left in it.
pub fn activate(tx: &mut Tx<'_>, id: &BucketId, remaining: Points) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(buckets::table.find(id))
        .set((buckets::is_pending.eq(false), buckets::remaining.eq(remaining)))
        .execute(conn))?;
    Ok(())
}

/// Sets from when on the points in a bucket of a locked card can be spent, and when they expire.
pub fn set_dates(
    tx: &mut Tx<'_>,
    id: &BucketId,
    active_from: Time,
    expires_at: Option<Time>,
) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(buckets::table.find(id))
        .set((
            buckets::active_from.eq(active_from),
            buckets::expires_at.eq(expires_at),
        ))
        .execute(conn))?;
    Ok(())
}

/// Fills a bucket again for a locked card, which it then is on; it expires at `expires_at`.
pub fn refill(
    tx: &mut Tx<'_>,
    id: &BucketId,
    (card, member): (&CardId, &MemberId),
    points: Points,
    expires_at: Option<Time>,
) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(buckets::table.find(id))
        .set((
            buckets::remaining.eq(buckets::remaining + points.get()),
            buckets::expires_at.eq(expires_at),
            buckets::card_id.eq(card),
            buckets::member_id.eq(member),
        ))
        .execute(conn))?;
    Ok(())
}

/// Puts a bucket on another locked card, with so much left in it.
pub fn put_on(
    tx: &mut Tx<'_>,
    id: &BucketId,
    (card, member): (&CardId, &MemberId),
    remaining: Points,
) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(buckets::table.find(id))
        .set((
            buckets::card_id.eq(card),
            buckets::member_id.eq(member),
            buckets::remaining.eq(remaining),
        ))
        .execute(conn))?;
    Ok(())
}

/// The bucket, or `NotFound`.
pub fn get(db: &mut Db, id: &BucketId) -> Result<Bucket, StoreError> {
    Ok(buckets::table
        .find(id)
        .select(Bucket::as_select())
        .get_result(db)?)
}

/// Notes that an entry took so much from a bucket.
pub fn insert_use(
    tx: &mut Tx<'_>,
    entry: &EntryId,
    bucket: &BucketId,
    points: Points,
) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(bucket_uses::table)
        .values((
            bucket_uses::entry_id.eq(entry),
            bucket_uses::bucket_id.eq(bucket),
            bucket_uses::points.eq(points),
        ))
        .execute(conn))?;
    Ok(())
}

/// From which buckets an entry took how much.
pub fn list_uses(db: &mut Db, entry: &EntryId) -> Result<Vec<(BucketId, Points)>, StoreError> {
    Ok(bucket_uses::table
        .filter(bucket_uses::entry_id.eq(entry))
        .select((bucket_uses::bucket_id, bucket_uses::points))
        .order(bucket_uses::bucket_id.asc())
        .limit(READ_MAX)
        .load(db)?)
}
