//! Who did what, when: rows are added and never changed.

use diesel::prelude::*;

use diesel::sql_types::Text;

use super::dialect::{json_rows, on_both};
use super::schema::audit;
use super::statement::Statement;
use super::{Db, LIST_MAX, StoreError, Tx};
use crate::types::{ProgramId, RequestId, Time};

/// One deed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub struct Deed {
    /// Its id.
    pub id: RequestId,
    /// The program that it was done in.
    pub program_id: Option<ProgramId>,
    /// Who did it: a key, a customer, a phone, the program itself.
    pub actor: String,
    /// What was done, as the file of the deed is named.
    pub deed: String,
    /// The id of what it was done to.
    pub subject: String,
    /// More of it, as JSON.
    pub detail: String,
    /// The request that asked for it.
    pub request_id: String,
    /// When.
    pub created_at: Time,
}

/// Adds a deed.
pub fn insert(tx: &mut Tx<'_>, deed: &Deed) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(audit::table).values(deed).execute(conn))?;
    Ok(())
}

/// The deeds done in a program before another one, newest first; those of one name if it is given.
pub fn list_before(
    db: &mut Db,
    program: &ProgramId,
    before: Option<&RequestId>,
    name: Option<&str>,
    limit: i64,
) -> Result<Vec<Deed>, StoreError> {
    let mut query = audit::table
        .filter(audit::program_id.eq(program))
        .order(audit::id.desc())
        .limit(limit)
        .select(Deed::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(audit::id.lt(before));
    }
    if let Some(name) = name {
        query = query.filter(audit::deed.eq(name));
    }
    Ok(query.load(db)?)
}

/// The deeds done in a program, newest first.
pub fn list(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Deed>, StoreError> {
    Ok(audit::table
        .filter(audit::program_id.eq(program))
        .order(audit::id.desc())
        .limit(limit)
        .select(Deed::as_select())
        .load(db)?)
}

/// The deeds done to members, cards and passes, newest first, before `before`, at most 200.
pub fn list_by_holders(db: &mut Db, of: &[&str], before: &RequestId) -> Result<Vec<Deed>, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        id: RequestId,
    }
    let rows: Vec<[&str; 1]> = of.iter().map(|one| [*one]).collect();
    let rows = serde_json::to_string(&rows).map_err(|error| StoreError::Broken(error.to_string()))?;
    let source = json_rows(db);
    // The condition on the kind stands as the index has it: only so is the index used.
    let found: Vec<Found> = Statement::new(format!(
        "SELECT id FROM audit WHERE subject IN (SELECT e.value ->> 0 FROM {source}) \
         AND substr(subject, 1, 4) IN ('mem_', 'crd_', 'pss_') AND id < ? ORDER BY id DESC LIMIT {LIST_MAX}"
    ))
    .text(&rows)
    .text(before.as_str())
    .load(db)?;
    let ids: Vec<RequestId> = found.into_iter().map(|row| row.id).collect();
    Ok(audit::table
        .filter(audit::id.eq_any(ids))
        .order(audit::id.desc())
        .select(Deed::as_select())
        .load(db)?)
}
