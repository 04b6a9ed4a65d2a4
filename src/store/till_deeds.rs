//! What was done at tills: kept for some days, so that it can be seen and undone there.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::till_deeds;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, Points, ProgramId, StaffId, TillDeedId, Time};

/// Points were given for a purchase.
pub const ORDER: &str = "order";
/// A reward was paid for with points, and handed over.
pub const REWARD: &str = "reward";
/// A reward that was in the member's hands was handed over.
pub const HAND_OVER: &str = "hand_over";

/// Somebody joined by the invitation that the till showed.
pub const JOINED: &str = "joined";

/// Somebody who had joined before was let have their card on another phone.
pub const RECOVERED: &str = "recovered";

/// Something that was done at a till.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = till_deeds, treat_none_as_default_value = false)]
pub struct TillDeed {
    /// Its id.
    pub id: TillDeedId,
    /// The program.
    pub program_id: ProgramId,
    /// The page's own id of it, unique in the program.
    pub form: String,
    /// Who did it.
    pub staff_id: StaffId,
    /// The card.
    pub card_id: CardId,
    /// [`ORDER`], [`REWARD`], [`HAND_OVER`], [`JOINED`] or [`RECOVERED`].
    pub kind: String,
    /// The order, the redemption or the member.
    pub subject: String,
    /// What it moved.
    pub points: Points,
    /// The balance after it.
    pub balance: Points,
    /// When.
    pub created_at: Time,
    /// When it was undone.
    pub undone_at: Option<Time>,
}

/// Stores a deed unless one of its form is known; says whether it was stored.
pub fn insert(tx: &mut Tx<'_>, row: &TillDeed) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(till_deeds::table)
        .values(row)
        .on_conflict((till_deeds::program_id, till_deeds::form))
        .do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// The deed of a form, if it was done.
pub fn find_by_form(db: &mut Db, program: &ProgramId, form: &str) -> Result<Option<TillDeed>, StoreError> {
    let found = on_both!(db, conn => till_deeds::table
        .filter(till_deeds::program_id.eq(program))
        .filter(till_deeds::form.eq(form))
        .select(TillDeed::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// The deed, if it is still kept.
pub fn find(db: &mut Db, id: &TillDeedId) -> Result<Option<TillDeed>, StoreError> {
    let found = till_deeds::table
        .find(id)
        .select(TillDeed::as_select())
        .get_result(db);
    Ok(found.optional()?)
}

/// The deed, or `NotFound`.
pub fn get(db: &mut Db, id: &TillDeedId) -> Result<TillDeed, StoreError> {
    Ok(till_deeds::table
        .find(id)
        .select(TillDeed::as_select())
        .get_result(db)?)
}

/// The deed, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &TillDeedId) -> Result<TillDeed, StoreError> {
    Ok(locked!(
        tx,
        till_deeds::table.find(id).select(TillDeed::as_select()),
        get_result
    )?)
}

/// The last deeds of somebody, newest first.
pub fn list_last(db: &mut Db, staff: &StaffId, limit: i64) -> Result<Vec<TillDeed>, StoreError> {
    Ok(till_deeds::table
        .filter(till_deeds::staff_id.eq(staff))
        .select(TillDeed::as_select())
        .order(till_deeds::id.desc())
        .limit(limit)
        .load(db)?)
}

/// Says when a deed was undone.
pub fn set_undone(tx: &mut Tx<'_>, id: &TillDeedId, at: Time) -> Result<(), StoreError> {
    diesel::update(till_deeds::table.find(id))
        .set(till_deeds::undone_at.eq(at))
        .execute(&mut **tx)?;
    Ok(())
}

/// Forgets what was done before an instant.
pub fn sweep(tx: &mut Tx<'_>, before: Time) -> Result<usize, StoreError> {
    Ok(diesel::delete(till_deeds::table.filter(till_deeds::created_at.lt(before))).execute(&mut **tx)?)
}
