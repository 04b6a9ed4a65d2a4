//! The places of a program's shop.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::locations;
use super::{Db, StoreError, Tx};
use crate::types::{LocationId, ProgramId, Time};

/// Orders are taken there.
pub const ACTIVE: &str = "active";
/// Nothing happens there any more; what happened stays.
pub const ENDED: &str = "ended";

/// A place of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = locations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Location {
    /// Its id.
    pub id: LocationId,
    /// The program.
    pub program_id: ProgramId,
    /// What orders name it by; unique in the program, and for ever the same.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where it is, for people.
    pub address: String,
    /// Millionths of a degree north.
    pub latitude_micro: Option<i64>,
    /// Millionths of a degree east.
    pub longitude_micro: Option<i64>,
    /// What a phone says there, as JSON by language.
    pub relevant_text: Option<String>,
    /// [`ACTIVE`] or [`ENDED`].
    pub state: String,
    /// Counts edits, for `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
}

/// Stores a location; `Duplicate` if another one of the program has its code.
pub fn insert(tx: &mut Tx<'_>, location: &Location) -> Result<(), StoreError> {
    diesel::insert_into(locations::table)
        .values(location.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The location, or `NotFound`.
pub fn get(db: &mut Db, id: &LocationId) -> Result<Location, StoreError> {
    Ok(locations::table
        .find(id)
        .select(Location::as_select())
        .get_result(db)?)
}

/// The location, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &LocationId) -> Result<Location, StoreError> {
    Ok(locked!(
        tx,
        locations::table.find(id).select(Location::as_select()),
        get_result
    )?)
}

/// The location of a code, whatever its state.
pub fn find_by_code(db: &mut Db, program: &ProgramId, code: &str) -> Result<Option<Location>, StoreError> {
    let found = on_both!(db, conn => locations::table
        .filter(locations::program_id.eq(program))
        .filter(locations::code.eq(code))
        .select(Location::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// Stores a locked location that was edited.
pub fn update(tx: &mut Tx<'_>, location: &Location) -> Result<(), StoreError> {
    let target = locations::table.find(&location.id);
    on_both!(tx, conn => diesel::update(target).set(location.clone()).execute(conn))?;
    Ok(())
}

/// Locations in the order of their ids, after `after`; only those of a program if it is given.
pub fn list(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&LocationId>,
    limit: i64,
) -> Result<Vec<Location>, StoreError> {
    let mut query = locations::table
        .select(Location::as_select())
        .order(locations::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(locations::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(locations::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// A program's locations by name, ended ones too, at most `limit`.
pub fn list_by_name(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Location>, StoreError> {
    Ok(locations::table
        .filter(locations::program_id.eq(program))
        .select(Location::as_select())
        .order((locations::name.asc(), locations::id.asc()))
        .limit(limit)
        .load(db)?)
}

/// The active locations by name that have coordinates, at most `limit`.
pub fn list_placed(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Location>, StoreError> {
    Ok(locations::table
        .filter(locations::program_id.eq(program))
        .filter(locations::state.eq(ACTIVE))
        .filter(locations::latitude_micro.is_not_null())
        .filter(locations::longitude_micro.is_not_null())
        .select(Location::as_select())
        .order((locations::name.asc(), locations::id.asc()))
        .limit(limit)
        .load(db)?)
}

/// How many locations a program has, ended ones too.
pub fn count(db: &mut Db, program: &ProgramId) -> Result<i64, StoreError> {
    Ok(locations::table
        .filter(locations::program_id.eq(program))
        .count()
        .get_result(db)?)
}
