//! What keeps people signed in: a row for each browser session.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::{sessions, staff, tills};
use super::staff::Staff;
use super::tills::Till;
use super::{Db, StoreError, Tx, half_sessions};
use crate::types::{StaffId, TillId, Time};

/// A browser session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct Session {
    /// SHA-256 of what the browser keeps, in hex.
    pub hash: String,
    /// Who signed in.
    pub staff_id: StaffId,
    /// The till at which they signed in with a PIN.
    pub till_id: Option<TillId>,
    /// Whether what they do is only tried.
    pub is_training: bool,
    /// When they signed in.
    pub created_at: Time,
    /// The first instant at which it is good no more.
    pub expires_at: Time,
}

/// Stores a session.
pub fn insert(tx: &mut Tx<'_>, session: &Session) -> Result<(), StoreError> {
    diesel::insert_into(sessions::table)
        .values(session.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The session of a hash that is good at `now`, with who signed in and where. Whoever left, and whoever signed in at a
/// till that was taken back, has none.
pub fn find(
    db: &mut Db,
    hash: &str,
    now: Time,
) -> Result<Option<(Session, Staff, Option<Till>)>, StoreError> {
    let found = on_both!(db, conn => sessions::table
        .inner_join(staff::table)
        .left_join(tills::table)
        .filter(sessions::hash.eq(hash))
        .filter(sessions::expires_at.gt(now))
        .filter(staff::archived_at.is_null())
        .filter(tills::revoked_at.is_null())
        .select((Session::as_select(), Staff::as_select(), Option::<Till>::as_select()))
        .get_result(conn));
    Ok(found.optional()?)
}

/// Says whether what is done in a session is only tried.
pub fn set_training(tx: &mut Tx<'_>, hash: &str, is_training: bool) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(hash))
        .set(sessions::is_training.eq(is_training))
        .execute(&mut **tx)?;
    Ok(())
}

/// Ends a session.
pub fn remove(tx: &mut Tx<'_>, hash: &str) -> Result<(), StoreError> {
    diesel::delete(sessions::table.find(hash)).execute(&mut **tx)?;
    Ok(())
}

/// Ends every session of somebody, but for one that may stay, and every one that waits for a code.
pub fn remove_of(tx: &mut Tx<'_>, staff: &StaffId, but: Option<&str>) -> Result<(), StoreError> {
    half_sessions::remove_of(tx, staff)?;
    let target = sessions::table
        .filter(sessions::staff_id.eq(staff))
        .filter(sessions::hash.ne(but.unwrap_or_default()));
    diesel::delete(target).execute(&mut **tx)?;
    Ok(())
}

/// Forgets the sessions that are over; as many as there are.
pub fn sweep(tx: &mut Tx<'_>, now: Time) -> Result<usize, StoreError> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(&mut **tx)?)
}
