//! Programs: one loyalty scheme each.

use diesel::prelude::*;

use super::schema::programs::{self, dsl};
use super::{Db, StoreError, Tx, dialect::on_both};
use crate::types::{Currency, DesignId, Language, ProgramId, Text, Time, Zone};

/// A loyalty scheme.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = programs, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// The caller's own id.
    pub external_id: Option<String>,
    /// Its name in addresses.
    pub slug: String,
    /// Its name on cards.
    pub name: Text,
    /// What its points are called.
    pub point_name: Text,
    /// The language of members who name none.
    pub language: Language,
    /// The currency of its orders.
    pub currency: Currency,
    /// Points for each `earn_per_minor` spent.
    pub earn_points: i64,
    /// Minor units of money that earn `earn_points`.
    pub earn_per_minor: i64,
    /// Points for signing up, once.
    pub signup_bonus: i64,
    /// Its own Apple pass type, else the installation's.
    pub apple_pass_type: Option<String>,
    /// Its own Google issuer, else the installation's.
    pub google_issuer: Option<String>,
    /// The published design.
    pub design_id: Option<DesignId>,
    /// Counts edits, for `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
    /// Where its days begin.
    pub time_zone: Zone,
    /// What earns nothing and how long points live, as JSON.
    pub policy: String,
    /// Another text whenever the policy or a term changes.
    pub rulebook: String,
}

/// Stores a new program; `Duplicate` if the slug or the caller's id is taken.
pub fn insert(tx: &mut Tx<'_>, program: &Program) -> Result<(), StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(dsl::programs)
        .values(program.clone())
        .on_conflict_do_nothing()
        .execute(conn))?;
    if inserted == 0 {
        return Err(StoreError::Duplicate("programs.slug".to_owned()));
    }
    Ok(())
}

/// The program, if there is one.
pub fn find(db: &mut Db, id: &ProgramId) -> Result<Option<Program>, StoreError> {
    let found = on_both!(db, conn => dsl::programs
        .find(id)
        .select(Program::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// The program, or `NotFound`.
pub fn get(db: &mut Db, id: &ProgramId) -> Result<Program, StoreError> {
    Ok(on_both!(db, conn => dsl::programs
        .find(id)
        .select(Program::as_select())
        .get_result(conn))?)
}

/// The program of a slug.
pub fn find_by_slug(db: &mut Db, slug: &str) -> Result<Option<Program>, StoreError> {
    Ok(dsl::programs
        .filter(dsl::slug.eq(slug))
        .select(Program::as_select())
        .get_result(db)
        .optional()?)
}

/// The program of the caller's own id.
pub fn find_by_external_id(db: &mut Db, external_id: &str) -> Result<Option<Program>, StoreError> {
    Ok(dsl::programs
        .filter(dsl::external_id.eq(external_id))
        .select(Program::as_select())
        .get_result(db)
        .optional()?)
}

/// Programs in the order of their ids, after `after`; only `only` if it is given.
pub fn list(
    db: &mut Db,
    only: Option<&ProgramId>,
    after: Option<&ProgramId>,
    limit: i64,
) -> Result<Vec<Program>, StoreError> {
    let mut query = dsl::programs
        .select(Program::as_select())
        .order(dsl::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(dsl::id.eq(only));
    }
    if let Some(after) = after {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// Stores an edited program if it is still at `version`; says whether it was.
pub fn update(tx: &mut Tx<'_>, program: &Program, version: i64) -> Result<bool, StoreError> {
    let target = dsl::programs
        .filter(dsl::id.eq(&program.id))
        .filter(dsl::version.eq(version));
    Ok(on_both!(tx, conn => diesel::update(target).set(program.clone()).execute(conn))? == 1)
}
