//! Keys of the API: stored as hashes, shown once.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::keys;
use super::{Db, StoreError, Tx};
use crate::types::{KeyId, MemberId, ProgramId, Role, Time};

/// A key, without what opens anything.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = keys, treat_none_as_default_value = false)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The one program that it is for; `None` is all.
    pub program_id: Option<ProgramId>,
    /// SHA-256 of the key, in hex. The key has 192 random bits, so a slow hash would add nothing.
    pub hash: String,
    /// When it was made.
    pub created_at: Time,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
    /// The member whose hands it is in; their own card it may not serve.
    pub member_id: Option<MemberId>,
}

/// Stores a key.
pub fn insert(tx: &mut Tx<'_>, key: &Key) -> Result<(), StoreError> {
    diesel::insert_into(keys::table)
        .values(key.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The key of a hash, taken back or not.
pub fn find_by_hash(db: &mut Db, hash: &str) -> Result<Option<Key>, StoreError> {
    let found = on_both!(db, conn => keys::table
        .filter(keys::hash.eq(hash))
        .select(Key::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// The key, or `NotFound`.
pub fn get(db: &mut Db, id: &KeyId) -> Result<Key, StoreError> {
    Ok(keys::table.find(id).select(Key::as_select()).get_result(db)?)
}

/// Keys in the order of their ids, after `after`; only those of a program if it is given.
pub fn list(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&KeyId>,
    limit: i64,
) -> Result<Vec<Key>, StoreError> {
    let mut query = keys::table
        .select(Key::as_select())
        .order(keys::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(keys::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(keys::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// Keys of some roles that are good for a program; at most `limit`.
pub fn list_of_roles(
    db: &mut Db,
    program: &ProgramId,
    roles: &[Role],
    limit: i64,
) -> Result<Vec<KeyId>, StoreError> {
    Ok(keys::table
        .filter(keys::program_id.eq(program).or(keys::program_id.is_null()))
        .filter(keys::role.eq_any(roles.to_vec()))
        .filter(keys::revoked_at.is_null())
        .select(keys::id)
        .order(keys::id.asc())
        .limit(limit)
        .load(db)?)
}

/// Says in whose hands a key is, or in nobody's that is known.
pub fn set_member(tx: &mut Tx<'_>, id: &KeyId, member: Option<&MemberId>) -> Result<(), StoreError> {
    diesel::update(keys::table.find(id))
        .set(keys::member_id.eq(member))
        .execute(&mut **tx)?;
    Ok(())
}

/// Gives a key another name.
pub fn set_name(tx: &mut Tx<'_>, id: &KeyId, name: &str) -> Result<(), StoreError> {
    diesel::update(keys::table.find(id))
        .set(keys::name.eq(name))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes a key back; says whether it was still good.
pub fn revoke(tx: &mut Tx<'_>, id: &KeyId, now: Time) -> Result<bool, StoreError> {
    let target = keys::table
        .filter(keys::id.eq(id))
        .filter(keys::revoked_at.is_null());
    Ok(diesel::update(target)
        .set(keys::revoked_at.eq(now))
        .execute(&mut **tx)?
        == 1)
}
