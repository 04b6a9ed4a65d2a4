//! Terms: the rules, promotions, rewards, tiers, challenges and segments that a program's people write, each in versions.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::{programs, term_versions, terms};
use super::{Db, StoreError, Tx};
use crate::types::{ProgramId, Time, random_token};

/// What a program's people wrote, in the version that holds now.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = terms, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Term {
    /// Its id; the prefix tells the kind.
    pub id: String,
    /// The program.
    pub program_id: ProgramId,
    /// `rule`, `promotion`, `reward`, `tier`, `challenge`, `segment`.
    pub kind: String,
    /// Counts its versions from 1; also for `If-Match`.
    pub version: i64,
    /// What it says, as JSON.
    pub body: String,
    /// Whether it counts at present.
    pub is_active: bool,
    /// When it was written.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
    /// When it was taken away; entries still name it.
    pub archived_at: Option<Time>,
}

/// A version that held once.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = term_versions, treat_none_as_default_value = false)]
pub struct TermVersion {
    /// Of which term.
    pub term_id: String,
    /// Which.
    pub version: i64,
    /// What it said, as JSON.
    pub body: String,
    /// Who wrote it.
    pub actor: String,
    /// When.
    pub created_at: Time,
}

/// Stores a new term and its first version.
pub fn insert(tx: &mut Tx<'_>, term: &Term, actor: &str) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(terms::table).values(term.clone()).execute(conn))?;
    keep_version(tx, term, actor)?;
    touch_rulebook(tx, &term.program_id)
}

/// Stores an edited, locked term; with another body its version is kept beside those before it.
pub fn update(tx: &mut Tx<'_>, term: &Term, is_new_version: bool, actor: &str) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(terms::table.find(&term.id)).set(term.clone()).execute(conn))?;
    if is_new_version {
        keep_version(tx, term, actor)?;
    }
    touch_rulebook(tx, &term.program_id)
}

fn keep_version(tx: &mut Tx<'_>, term: &Term, actor: &str) -> Result<(), StoreError> {
    let version = TermVersion {
        term_id: term.id.clone(),
        version: term.version,
        body: term.body.clone(),
        actor: actor.to_owned(),
        created_at: term.updated_at,
    };
    on_both!(tx, conn => diesel::insert_into(term_versions::table).values(version).execute(conn))?;
    Ok(())
}

/// Makes everybody read a program's rules anew. The text is random: a number might come again after a
/// transaction that failed.
pub fn touch_rulebook(tx: &mut Tx<'_>, program: &ProgramId) -> Result<(), StoreError> {
    let text = random_token(9);
    on_both!(tx, conn => diesel::update(programs::table.find(program))
        .set(programs::rulebook.eq(&text))
        .execute(conn))?;
    Ok(())
}

/// The term, or `NotFound`.
pub fn get(db: &mut Db, id: &str) -> Result<Term, StoreError> {
    Ok(terms::table.find(id).select(Term::as_select()).get_result(db)?)
}

/// The term, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Term, StoreError> {
    Ok(locked!(
        tx,
        terms::table.find(id).select(Term::as_select()),
        get_result
    )?)
}

/// A program's terms of a kind in the order of their ids, after `after`; those that were taken away are left out.
pub fn list(
    db: &mut Db,
    program: &ProgramId,
    kind: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Term>, StoreError> {
    let mut query = terms::table
        .filter(terms::program_id.eq(program))
        .filter(terms::kind.eq(kind))
        .filter(terms::archived_at.is_null())
        .select(Term::as_select())
        .order(terms::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(terms::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// The active terms of a kind, oldest first, at most `limit`.
pub fn list_active(
    db: &mut Db,
    program: &ProgramId,
    kind: &str,
    limit: i64,
) -> Result<Vec<Term>, StoreError> {
    Ok(terms::table
        .filter(terms::program_id.eq(program))
        .filter(terms::kind.eq(kind))
        .filter(terms::is_active.eq(true))
        .filter(terms::archived_at.is_null())
        .select(Term::as_select())
        .order(terms::id.asc())
        .limit(limit)
        .load(db)?)
}

/// A term's version, or `NotFound`.
pub fn get_version(db: &mut Db, id: &str, version: i64) -> Result<TermVersion, StoreError> {
    Ok(term_versions::table
        .find((id, version))
        .select(TermVersion::as_select())
        .get_result(db)?)
}

/// Programs that have an active rule for an event, in the order of their ids, after `after`. Reads every active rule:
/// for the calendar, not for a request.
pub fn list_programs_of_event(
    db: &mut Db,
    event: &str,
    after: Option<&ProgramId>,
    limit: i64,
) -> Result<Vec<ProgramId>, StoreError> {
    // As the rule's own text has it, which is written without spaces.
    let trigger = format!("%\"event\":\"{event}\"%");
    let mut query = terms::table
        .filter(terms::kind.eq("rule"))
        .filter(terms::is_active.eq(true))
        .filter(terms::archived_at.is_null())
        .filter(terms::body.like(trigger))
        .select(terms::program_id)
        .distinct()
        .order(terms::program_id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(terms::program_id.gt(after));
    }
    Ok(query.load(db)?)
}

/// The versions of a term, newest first, before `before`.
pub fn list_versions(
    db: &mut Db,
    id: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<TermVersion>, StoreError> {
    let mut query = term_versions::table
        .filter(term_versions::term_id.eq(id))
        .select(TermVersion::as_select())
        .order(term_versions::version.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(term_versions::version.lt(before));
    }
    Ok(query.load(db)?)
}
