//! Who did what, when: rows are added and never changed.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::audit;
use super::{Db, StoreError, Tx};
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

/// The deeds done in a program, newest first.
pub fn list(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Deed>, StoreError> {
    Ok(audit::table
        .filter(audit::program_id.eq(program))
        .order(audit::id.desc())
        .limit(limit)
        .select(Deed::as_select())
        .load(db)?)
}
