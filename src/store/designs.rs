//! Designs: immutable versions of a program's look, and the images that they name by content.

use diesel::prelude::*;

use super::schema::{designs, images};
use super::{Db, StoreError, Tx, dialect::on_both};
use crate::types::{DesignId, ProgramId, Time};

/// A stored version of a look.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = designs, treat_none_as_default_value = false)]
pub struct DesignRow {
    /// Its id.
    pub id: DesignId,
    /// Whose look it is.
    pub program_id: ProgramId,
    /// Counts the versions of a program from 1.
    pub number: i64,
    /// The design as JSON.
    pub body: String,
    /// Who stored it.
    pub created_by: String,
    /// When.
    pub created_at: Time,
}

/// Stores a version.
pub fn insert(tx: &mut Tx<'_>, row: &DesignRow) -> Result<(), StoreError> {
    diesel::insert_into(designs::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The version, or `NotFound`.
pub fn get(db: &mut Db, id: &DesignId) -> Result<DesignRow, StoreError> {
    Ok(designs::table
        .find(id)
        .select(DesignRow::as_select())
        .get_result(db)?)
}

/// Versions of a program, newest first: those before a number, all without one.
pub fn list_by_program(
    db: &mut Db,
    program: &ProgramId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<DesignRow>, StoreError> {
    let of_program = designs::table
        .filter(designs::program_id.eq(program))
        .filter(designs::number.lt(before.unwrap_or(i64::MAX)));
    Ok(of_program
        .order(designs::number.desc())
        .limit(limit)
        .select(DesignRow::as_select())
        .load(db)?)
}

/// The number of the newest version; 0 before the first.
pub fn last_number(db: &mut Db, program: &ProgramId) -> Result<i64, StoreError> {
    let newest: Option<i64> = designs::table
        .filter(designs::program_id.eq(program))
        .select(diesel::dsl::max(designs::number))
        .get_result(db)?;
    Ok(newest.unwrap_or(0))
}

/// Stores an image under the SHA-256 of its bytes; the same bytes are stored once.
pub fn put_image(tx: &mut Tx<'_>, sha256: &str, bytes: &[u8], now: Time) -> Result<(), StoreError> {
    let row = (
        images::sha256.eq(sha256),
        images::bytes.eq(bytes),
        images::created_at.eq(now),
    );
    on_both!(tx, conn => diesel::insert_into(images::table).values(row).on_conflict_do_nothing().execute(conn))?;
    Ok(())
}

/// An image's bytes.
pub fn find_image(db: &mut Db, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(images::table
        .find(sha256)
        .select(images::bytes)
        .get_result(db)
        .optional()?)
}

/// Whether an image is stored.
pub fn has_image(db: &mut Db, sha256: &str) -> Result<bool, StoreError> {
    let found: Option<Time> = images::table
        .find(sha256)
        .select(images::created_at)
        .get_result(db)
        .optional()?;
    Ok(found.is_some())
}
