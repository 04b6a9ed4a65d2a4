//! People who work at the shops, with the hashes of what they sign in by.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::staff;
use super::{Db, StoreError, Tx};
use crate::types::{MemberId, ProgramId, Role, StaffId, Time};

/// Somebody who works at a shop.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = staff, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// The one program that they work for; `None` is all.
    pub program_id: Option<ProgramId>,
    /// What they are called.
    pub name: String,
    /// The folded address that they sign in with, unique among all.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Where they work, as orders name it.
    pub location: Option<String>,
    /// The member that they are; their own card they may not serve.
    pub member_id: Option<MemberId>,
    /// Their password as a PHC string (argon2id).
    pub password_hash: Option<String>,
    /// Their PIN as a PHC string (argon2id).
    pub pin_hash: Option<String>,
    /// Tries that failed since one succeeded.
    pub failures: i64,
    /// When the last of them was.
    pub failed_at: Option<Time>,
    /// What the key of their codes is derived from, beside the master key.
    pub code_seed: Option<String>,
    /// Since when a code is asked of them after their password.
    pub code_since: Option<Time>,
    /// The last period whose code was taken: each is good once.
    pub code_last: Option<i64>,
    /// Grows with every edit.
    pub version: i64,
    /// When they were added.
    pub created_at: Time,
    /// When they were last edited.
    pub updated_at: Time,
    /// When they left.
    pub archived_at: Option<Time>,
}

impl Staff {
    /// Whether their password alone does not sign them in.
    pub const fn has_second_step(&self) -> bool {
        self.code_since.is_some()
    }
}

/// Stores somebody; `Duplicate` if their address is taken.
pub fn insert(tx: &mut Tx<'_>, row: &Staff) -> Result<(), StoreError> {
    diesel::insert_into(staff::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Somebody, or `NotFound`.
pub fn get(db: &mut Db, id: &StaffId) -> Result<Staff, StoreError> {
    Ok(staff::table.find(id).select(Staff::as_select()).get_result(db)?)
}

/// Somebody, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &StaffId) -> Result<Staff, StoreError> {
    Ok(locked!(
        tx,
        staff::table.find(id).select(Staff::as_select()),
        get_result
    )?)
}

/// Whoever signs in with a folded address.
pub fn find_by_email(db: &mut Db, email: &str) -> Result<Option<Staff>, StoreError> {
    let found = on_both!(db, conn => staff::table
        .filter(staff::email.eq(email))
        .select(Staff::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// Staff in the order of their ids, after `after`; those of a program and of all if it is given.
pub fn list(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&StaffId>,
    limit: i64,
) -> Result<Vec<Staff>, StoreError> {
    let mut query = staff::table
        .select(Staff::as_select())
        .order(staff::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(staff::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(staff::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// Those who can sign in with a PIN at a till of a program, by name; at most `limit`.
pub fn list_at_till(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Staff>, StoreError> {
    Ok(staff::table
        .filter(staff::program_id.eq(program).or(staff::program_id.is_null()))
        .filter(staff::pin_hash.is_not_null())
        .filter(staff::archived_at.is_null())
        .select(Staff::as_select())
        .order((staff::name.asc(), staff::id.asc()))
        .limit(limit)
        .load(db)?)
}

/// Those of some roles who can sign in for a program; at most `limit`.
pub fn list_of_roles(
    db: &mut Db,
    program: &ProgramId,
    roles: &[Role],
    limit: i64,
) -> Result<Vec<StaffId>, StoreError> {
    Ok(staff::table
        .filter(staff::program_id.eq(program).or(staff::program_id.is_null()))
        .filter(staff::role.eq_any(roles.to_vec()))
        .filter(staff::password_hash.is_not_null())
        .filter(staff::archived_at.is_null())
        .select(staff::id)
        .order(staff::id.asc())
        .limit(limit)
        .load(db)?)
}

/// Whether there is anybody at all who works here.
pub fn is_any(db: &mut Db) -> Result<bool, StoreError> {
    let first: Option<StaffId> = staff::table
        .select(staff::id)
        .limit(1)
        .get_result(db)
        .optional()?;
    Ok(first.is_some())
}

/// Stores what changed of somebody who is locked; `Duplicate` if their address is taken.
pub fn update(tx: &mut Tx<'_>, row: &Staff) -> Result<(), StoreError> {
    diesel::update(staff::table.find(&row.id))
        .set(row)
        .execute(&mut **tx)?;
    Ok(())
}
