//! Passkeys of those who work at the shops.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::{passkeys, staff};
use super::staff::Staff;
use super::{Db, StoreError, Tx};
use crate::types::{PasskeyId, StaffId, Time};

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys, treat_none_as_default_value = false)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub staff_id: StaffId,
    /// What they call it.
    pub name: String,
    /// The credential's id in base64url, unique among all.
    pub credential: String,
    /// Its public key, a COSE key in base64url.
    pub public_key: String,
    /// How often it had signed when it was shown last; 0 if it does not count.
    pub counter: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was shown last.
    pub used_at: Option<Time>,
}

/// Stores one; `Duplicate` if somebody has the credential.
pub fn insert(tx: &mut Tx<'_>, passkey: &Passkey) -> Result<(), StoreError> {
    diesel::insert_into(passkeys::table)
        .values(passkey.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The passkey of a credential, with whose it is if they work here still.
pub fn find(db: &mut Db, credential: &str) -> Result<Option<(Passkey, Staff)>, StoreError> {
    let found = on_both!(db, conn => passkeys::table
        .inner_join(staff::table)
        .filter(passkeys::credential.eq(credential))
        .filter(staff::archived_at.is_null())
        .select((Passkey::as_select(), Staff::as_select()))
        .get_result(conn));
    Ok(found.optional()?)
}

/// Those of somebody, oldest first; at most `limit`.
pub fn list(db: &mut Db, staff: &StaffId, limit: i64) -> Result<Vec<Passkey>, StoreError> {
    Ok(passkeys::table
        .filter(passkeys::staff_id.eq(staff))
        .select(Passkey::as_select())
        .order(passkeys::id.asc())
        .limit(limit)
        .load(db)?)
}

/// Notes that one was shown, and how often it has signed; says whether it is there still and its counter is the one
/// that was judged.
pub fn note_use(tx: &mut Tx<'_>, judged: &Passkey, counter: i64, now: Time) -> Result<bool, StoreError> {
    let same = passkeys::table
        .find(&judged.id)
        .filter(passkeys::counter.eq(judged.counter));
    let noted = diesel::update(same)
        .set((passkeys::counter.eq(counter), passkeys::used_at.eq(Some(now))))
        .execute(&mut **tx)?;
    Ok(noted == 1)
}

/// Forgets one of somebody's; says whether they had it.
pub fn remove(tx: &mut Tx<'_>, staff: &StaffId, id: &PasskeyId) -> Result<bool, StoreError> {
    let own = passkeys::table.find(id).filter(passkeys::staff_id.eq(staff));
    Ok(diesel::delete(own).execute(&mut **tx)? == 1)
}

/// Forgets those of somebody.
pub fn remove_of(tx: &mut Tx<'_>, staff: &StaffId) -> Result<(), StoreError> {
    diesel::delete(passkeys::table.filter(passkeys::staff_id.eq(staff))).execute(&mut **tx)?;
    Ok(())
}
