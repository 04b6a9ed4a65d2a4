//! Sign-ins that are half done: the password was right, the code is still asked for. They open nothing.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::{half_sessions, staff};
use super::staff::Staff;
use super::{Db, StoreError, Tx};
use crate::types::{StaffId, Time};

/// A sign-in that is half done.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = half_sessions, treat_none_as_default_value = false)]
pub struct HalfSession {
    /// SHA-256 of what the browser keeps, in hex.
    pub hash: String,
    /// Whose password was right.
    pub staff_id: StaffId,
    /// When it was.
    pub created_at: Time,
    /// The first instant at which a code is taken no more.
    pub expires_at: Time,
}

/// Stores one.
pub fn insert(tx: &mut Tx<'_>, half: &HalfSession) -> Result<(), StoreError> {
    diesel::insert_into(half_sessions::table)
        .values(half.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Whose the half session of a hash is that is good at `now`, if they work here still.
pub fn find_staff(db: &mut Db, hash: &str, now: Time) -> Result<Option<Staff>, StoreError> {
    let found = on_both!(db, conn => half_sessions::table
        .inner_join(staff::table)
        .filter(half_sessions::hash.eq(hash))
        .filter(half_sessions::expires_at.gt(now))
        .filter(staff::archived_at.is_null())
        .select(Staff::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// Ends one.
pub fn remove(tx: &mut Tx<'_>, hash: &str) -> Result<(), StoreError> {
    diesel::delete(half_sessions::table.find(hash)).execute(&mut **tx)?;
    Ok(())
}

/// Ends those of somebody.
pub(super) fn remove_of(tx: &mut Tx<'_>, staff: &StaffId) -> Result<(), StoreError> {
    diesel::delete(half_sessions::table.filter(half_sessions::staff_id.eq(staff))).execute(&mut **tx)?;
    Ok(())
}

/// Forgets those that are over; as many as there are.
pub fn sweep(tx: &mut Tx<'_>, now: Time) -> Result<usize, StoreError> {
    Ok(diesel::delete(half_sessions::table.filter(half_sessions::expires_at.le(now))).execute(&mut **tx)?)
}
