//! Browsers that stand at a counter.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::tills;
use super::{Db, StoreError, Tx};
use crate::types::{ProgramId, TillId, Time};

/// A browser at a counter, or the link that will make one of the browser that opens it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tills, treat_none_as_default_value = false)]
pub struct Till {
    /// Its id.
    pub id: TillId,
    /// The program.
    pub program_id: ProgramId,
    /// What people call it.
    pub name: String,
    /// Where it stands, as orders name it.
    pub location: Option<String>,
    /// SHA-256 of its secret, or of its link's.
    pub hash: String,
    /// The first instant at which the link is good no more.
    pub link_until: Time,
    /// When it was made.
    pub created_at: Time,
    /// When a browser became it.
    pub connected_at: Option<Time>,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
}

/// Stores a till.
pub fn insert(tx: &mut Tx<'_>, till: &Till) -> Result<(), StoreError> {
    diesel::insert_into(tills::table)
        .values(till.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The till, or `NotFound`.
pub fn get(db: &mut Db, id: &TillId) -> Result<Till, StoreError> {
    Ok(tills::table.find(id).select(Till::as_select()).get_result(db)?)
}

/// The till of a hash, whatever became of it.
pub fn find_by_hash(db: &mut Db, hash: &str) -> Result<Option<Till>, StoreError> {
    let found = on_both!(db, conn => tills::table
        .filter(tills::hash.eq(hash))
        .select(Till::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// Tills in the order of their ids, after `after`; only those of a program if it is given.
pub fn list(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&TillId>,
    limit: i64,
) -> Result<Vec<Till>, StoreError> {
    let mut query = tills::table
        .select(Till::as_select())
        .order(tills::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(tills::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(tills::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// Turns a link into a till: its hash becomes that of the browser's secret. Says whether the link was still unused.
pub fn connect(tx: &mut Tx<'_>, id: &TillId, hash: &str, now: Time) -> Result<bool, StoreError> {
    let target = tills::table
        .filter(tills::id.eq(id))
        .filter(tills::connected_at.is_null())
        .filter(tills::revoked_at.is_null());
    let changed = diesel::update(target)
        .set((tills::hash.eq(hash), tills::connected_at.eq(now)))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Takes a till back; says whether it was still good.
pub fn revoke(tx: &mut Tx<'_>, id: &TillId, now: Time) -> Result<bool, StoreError> {
    let target = tills::table
        .filter(tills::id.eq(id))
        .filter(tills::revoked_at.is_null());
    let changed = diesel::update(target)
        .set(tills::revoked_at.eq(now))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}
