//! Codes that stand in for a lost authenticator, each once.

use diesel::prelude::*;

use super::schema::recovery_codes;
use super::{Db, StoreError, Tx};
use crate::types::{StaffId, Time};

/// A recovery code.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = recovery_codes, treat_none_as_default_value = false)]
pub struct RecoveryCode {
    /// Whose it is.
    pub staff_id: StaffId,
    /// An HMAC of it, in hex.
    pub hash: String,
    /// When it was made.
    pub created_at: Time,
    /// When it was used.
    pub used_at: Option<Time>,
}

/// Stores one.
pub fn insert(tx: &mut Tx<'_>, code: &RecoveryCode) -> Result<(), StoreError> {
    diesel::insert_into(recovery_codes::table)
        .values(code.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Uses the code of a hash; says whether somebody, who is locked, has it and had not used it.
pub fn spend(tx: &mut Tx<'_>, staff: &StaffId, hash: &str, now: Time) -> Result<bool, StoreError> {
    let unused = recovery_codes::table
        .find((staff, hash))
        .filter(recovery_codes::used_at.is_null());
    let spent = diesel::update(unused)
        .set(recovery_codes::used_at.eq(Some(now)))
        .execute(&mut **tx)?;
    Ok(spent == 1)
}

/// How many somebody has left.
pub fn count_unused(db: &mut Db, staff: &StaffId) -> Result<i64, StoreError> {
    Ok(recovery_codes::table
        .filter(recovery_codes::staff_id.eq(staff))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(db)?)
}

/// Forgets those of somebody.
pub fn remove_of(tx: &mut Tx<'_>, staff: &StaffId) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::staff_id.eq(staff))).execute(&mut **tx)?;
    Ok(())
}
