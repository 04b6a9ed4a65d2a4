//! Merges: two members joined, with what it takes to part them again.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::dialect::{locked, on_both};
use super::schema::merges;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{BucketId, CardId, MemberId, MergeId, Points, ProgramId, Time};

/// Two members joined.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = merges, treat_none_as_default_value = false)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// The program.
    pub program_id: ProgramId,
    /// Who stands for both.
    pub survivor_id: MemberId,
    /// Who was joined with them.
    pub merged_id: MemberId,
    /// The card that acts for all.
    pub card_id: CardId,
    /// Why, for the staff.
    pub reason: String,
    /// Who did it.
    pub actor: String,
    /// What was moved, as JSON.
    pub detail: String,
    /// When.
    pub created_at: Time,
    /// When they were parted again.
    pub undone_at: Option<Time>,
    /// When one of the two was erased; they cannot be parted then.
    pub blanked_at: Option<Time>,
}

/// Stores a merge.
pub fn insert(tx: &mut Tx<'_>, merge: &Merge) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(merges::table).values(merge.clone()).execute(conn))?;
    Ok(())
}

/// The merge, or `NotFound`.
pub fn get(db: &mut Db, id: &MergeId) -> Result<Merge, StoreError> {
    Ok(merges::table.find(id).select(Merge::as_select()).get_result(db)?)
}

/// The merge, locked until the transaction ends, or `NotFound`. Lock both members before it.
pub fn lock(tx: &mut Tx<'_>, id: &MergeId) -> Result<Merge, StoreError> {
    Ok(locked!(
        tx,
        merges::table.find(id).select(Merge::as_select()),
        get_result
    )?)
}

/// Merges of a member, as the one or the other, that were not undone, newest first, at most 200.
pub fn list_standing(db: &mut Db, member: &MemberId) -> Result<Vec<Merge>, StoreError> {
    let is_of = |column_is_survivor: bool| {
        let query = merges::table
            .filter(merges::undone_at.is_null())
            .order((merges::created_at.desc(), merges::id.desc()))
            .limit(super::LIST_MAX)
            .select(Merge::as_select())
            .into_boxed();
        if column_is_survivor {
            query.filter(merges::survivor_id.eq(member))
        } else {
            query.filter(merges::merged_id.eq(member))
        }
    };
    let mut found: Vec<Merge> = is_of(true).load(db)?;
    found.extend(is_of(false).load::<Merge>(db)?);
    found.sort_by(|one, other| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
    Ok(found)
}

/// Merges of a member as the one who stands for both, also those that were undone, newest first, at most 200.
pub fn list_by_survivor(db: &mut Db, member: &MemberId) -> Result<Vec<Merge>, StoreError> {
    Ok(merges::table
        .filter(merges::survivor_id.eq(member))
        .order(merges::id.desc())
        .limit(super::LIST_MAX)
        .select(Merge::as_select())
        .load(db)?)
}

/// Notes that two members were parted again.
pub fn set_undone(tx: &mut Tx<'_>, id: &MergeId, undone_at: Time) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(merges::table.find(id))
        .set(merges::undone_at.eq(undone_at))
        .execute(conn))?;
    Ok(())
}

/// Blanks what merges of a member say of persons.
pub fn blank(tx: &mut Tx<'_>, member: &MemberId, now: Time) -> Result<(), StoreError> {
    Statement::new(
        "UPDATE merges SET detail = '{}', reason = '', blanked_at = coalesce(blanked_at, ?) \
         WHERE survivor_id = ? OR merged_id = ?",
    )
    .number(now.millis())
    .text(member.as_str())
    .text(member.as_str())
    .execute(tx)?;
    Ok(())
}

/// Blanks what one merge says of persons.
pub fn blank_one(tx: &mut Tx<'_>, id: &MergeId, now: Time) -> Result<(), StoreError> {
    Statement::new(
        "UPDATE merges SET detail = '{}', reason = '', blanked_at = coalesce(blanked_at, ?) WHERE id = ?",
    )
    .number(now.millis())
    .text(id.as_str())
    .execute(tx)?;
    Ok(())
}

/// Which joined card, on which survivor, since when.
#[derive(Debug, Clone, Copy)]
pub struct Since<'a> {
    /// The survivor.
    pub member: &'a MemberId,
    /// Their card.
    pub card: &'a CardId,
    /// The card that was joined.
    pub merged: &'a CardId,
    /// When it was.
    pub at: Time,
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    points: Points,
}

/// What entries of the surviving card undid of the joined card's own: refunds of its orders, reversals, rewards
/// that were given back.
pub fn sum_undone(db: &mut Db, since: Since<'_>) -> Result<Points, StoreError> {
    let sums: Vec<Sum> = Statement::new(
        "SELECT CAST(coalesce(sum(e.points), 0) AS BIGINT) AS points FROM entries e \
         LEFT JOIN orders o ON o.id = e.order_id AND e.kind = 'refund' \
         LEFT JOIN entries r ON r.id = e.reverses AND r.kind <> 'merge' \
         WHERE e.member_id = ? AND e.card_id = ? AND e.created_at >= ? \
         AND (o.card_id = ? OR r.card_id = ?)",
    )
    .text(since.member.as_str())
    .text(since.card.as_str())
    .number(since.at.millis())
    .text(since.merged.as_str())
    .text(since.merged.as_str())
    .load(db)?;
    Ok(sums.first().map_or(Points::ZERO, |sum| sum.points))
}

/// What became of a bucket by entries of the surviving card.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Flow {
    /// The bucket.
    #[diesel(sql_type = Text)]
    pub bucket_id: BucketId,
    /// `activate`, `expire`, or `spend` for all that the survivor took for themselves.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// How much.
    #[diesel(sql_type = BigInt)]
    pub points: Points,
}

/// What entries of the surviving card took from buckets since, without what undid something of the joined card
/// and without what was given back.
pub fn list_flows(db: &mut Db, since: Since<'_>) -> Result<Vec<Flow>, StoreError> {
    Ok(Statement::new(
        "SELECT u.bucket_id AS bucket_id, CASE WHEN e.kind IN ('activate', 'expire') THEN e.kind ELSE 'spend' END \
         AS kind, CAST(sum(u.points) AS BIGINT) AS points FROM entries e \
         JOIN bucket_uses u ON u.entry_id = e.id \
         LEFT JOIN orders o ON o.id = e.order_id AND e.kind = 'refund' \
         LEFT JOIN entries r ON r.id = e.reverses \
         WHERE e.member_id = ? AND e.card_id = ? AND e.created_at >= ? \
         AND (o.card_id IS NULL OR o.card_id <> ?) AND (r.card_id IS NULL OR r.card_id <> ?) \
         AND NOT EXISTS (SELECT 1 FROM entries b WHERE b.reverses = e.id) GROUP BY 1, 2",
    )
    .text(since.member.as_str())
    .text(since.card.as_str())
    .number(since.at.millis())
    .text(since.merged.as_str())
    .text(since.merged.as_str())
    .load(db)?)
}
