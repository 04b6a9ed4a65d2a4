//! Lists of members of other products: what they say, how far each has come, what became of each row.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::dialect::{json_rows, locked, on_both};
use super::schema::{import_files, import_rows, imports};
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, ImportId, MemberId, ProgramId, Time};

/// It was read, and nobody has said to do it.
pub const DRAFT: &str = "draft";
/// It is done row by row.
pub const RUNNING: &str = "running";
/// Every row was looked at.
pub const DONE: &str = "done";
/// It is taken back row by row.
pub const UNDOING: &str = "undoing";
/// It was taken back as far as that goes.
pub const UNDONE: &str = "undone";

/// A member was made.
pub const ADDED: &str = "added";
/// Somebody who was a member already.
pub const KNOWN: &str = "known";
/// The row was not taken.
pub const REFUSED: &str = "refused";
/// What the row did was taken back.
pub const TAKEN_BACK: &str = "taken_back";
/// What the row did stays, since more happened to the member.
pub const LEFT: &str = "left";

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imports, treat_none_as_default_value = false)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The program that the members join.
    pub program_id: ProgramId,
    /// The name of the file.
    pub name: String,
    /// SHA-256 of the file.
    pub fingerprint: String,
    /// [`DRAFT`], [`RUNNING`], [`DONE`], [`UNDOING`] or [`UNDONE`].
    pub state: String,
    /// What the columns mean and what is done with the rows, as JSON.
    pub plan: String,
    /// What the look at every row found, as JSON; empty before.
    pub summary: String,
    /// How many rows the file has.
    pub total: i64,
    /// How many of them were looked at; on the way back, how many are left to look at.
    pub next_row: i64,
    /// Members who were made.
    pub added: i64,
    /// Rows of members who were there.
    pub known: i64,
    /// Rows that were not taken.
    pub refused: i64,
    /// Points that were put on cards.
    pub points: i64,
    /// Who brought it.
    pub actor: String,
    /// Counts changes.
    pub version: i64,
    /// When it was brought.
    pub created_at: Time,
    /// When it last changed.
    pub changed_at: Time,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = import_rows)]
pub struct ImportRow {
    /// The import.
    pub import_id: ImportId,
    /// The row's number in the file.
    pub number: i64,
    /// [`ADDED`], [`KNOWN`], [`REFUSED`], [`TAKEN_BACK`] or [`LEFT`].
    pub outcome: String,
    /// Of a refused row why, as JSON; else empty.
    pub why: String,
    /// The member; empty if there is none.
    pub member_id: String,
    /// The ledger's entry; empty if no points were moved.
    pub entry_id: String,
    /// When.
    pub done_at: Time,
}

/// Stores an import with its file.
pub fn insert(tx: &mut Tx<'_>, import: &Import, bytes: &[u8]) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(imports::table).values(import.clone()).execute(conn))?;
    let file = (
        import_files::import_id.eq(&import.id),
        import_files::bytes.eq(bytes),
        import_files::created_at.eq(import.created_at),
    );
    on_both!(tx, conn => diesel::insert_into(import_files::table).values(file).execute(conn))?;
    Ok(())
}

/// The import, if there is one of the id.
pub fn find(db: &mut Db, id: &ImportId) -> Result<Option<Import>, StoreError> {
    Ok(imports::table
        .find(id)
        .select(Import::as_select())
        .get_result(db)
        .optional()?)
}

/// The import, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &ImportId) -> Result<Import, StoreError> {
    Ok(locked!(
        tx,
        imports::table.find(id).select(Import::as_select()),
        get_result
    )?)
}

/// Changes a locked import.
pub fn set(tx: &mut Tx<'_>, import: &Import) -> Result<(), StoreError> {
    diesel::update(imports::table.find(&import.id))
        .set(import.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// A program's imports, newest first.
pub fn list(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Import>, StoreError> {
    Ok(imports::table
        .filter(imports::program_id.eq(program))
        .order(imports::id.desc())
        .limit(limit)
        .select(Import::as_select())
        .load(db)?)
}

/// The newest import of a file that somebody said to do.
pub fn find_begun(db: &mut Db, program: &ProgramId, fingerprint: &str) -> Result<Option<Import>, StoreError> {
    Ok(imports::table
        .filter(imports::program_id.eq(program))
        .filter(imports::fingerprint.eq(fingerprint))
        .filter(imports::state.eq_any([RUNNING, DONE]))
        .order(imports::id.desc())
        .limit(1)
        .select(Import::as_select())
        .get_result(db)
        .optional()?)
}

/// The oldest import after `after` that is under way.
pub fn find_under_way(db: &mut Db, after: Option<&ImportId>) -> Result<Option<Import>, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        id: ImportId,
    }
    // The condition stands as the index has it: only so is the index used.
    let found: Vec<Found> = Statement::new(
        "SELECT id FROM imports WHERE state IN ('running', 'undoing') AND id > ? ORDER BY id LIMIT 1",
    )
    .text(after.map_or("", ImportId::as_str))
    .load(db)?;
    match found.into_iter().next() {
        Some(found) => find(db, &found.id),
        None => Ok(None),
    }
}

/// Drops an import that nothing came of.
pub fn remove(tx: &mut Tx<'_>, id: &ImportId) -> Result<(), StoreError> {
    diesel::delete(import_files::table.find(id)).execute(&mut **tx)?;
    diesel::delete(imports::table.find(id)).execute(&mut **tx)?;
    Ok(())
}

/// The file of an import, as far as it is kept.
pub fn find_file(db: &mut Db, id: &ImportId) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(import_files::table
        .find(id)
        .select(import_files::bytes)
        .get_result(db)
        .optional()?)
}

/// Keeps other bytes of an import's file.
pub fn set_file(tx: &mut Tx<'_>, id: &ImportId, bytes: &[u8]) -> Result<(), StoreError> {
    diesel::update(import_files::table.find(id))
        .set(import_files::bytes.eq(bytes))
        .execute(&mut **tx)?;
    Ok(())
}

/// Drops the files of a program's imports that were brought before an instant and are not under way.
pub fn sweep_files(tx: &mut Tx<'_>, program: &ProgramId, before: Time) -> Result<(), StoreError> {
    let over: Vec<ImportId> = imports::table
        .filter(imports::program_id.eq(program))
        .filter(imports::created_at.lt(before))
        .filter(imports::state.ne_all([RUNNING, UNDOING]))
        .select(imports::id)
        .load(&mut **tx)?;
    diesel::delete(import_files::table.filter(import_files::import_id.eq_any(over))).execute(&mut **tx)?;
    Ok(())
}

/// Stores what became of rows; an outcome that is stored already is changed.
pub fn put_rows(tx: &mut Tx<'_>, rows: &[ImportRow]) -> Result<(), StoreError> {
    let list: Vec<_> = rows
        .iter()
        .map(|row| {
            let ImportRow {
                import_id,
                number,
                outcome,
                why,
                member_id,
                entry_id,
                done_at,
            } = row;
            (
                import_id,
                number,
                outcome,
                why,
                member_id,
                entry_id,
                done_at.millis(),
            )
        })
        .collect();
    let list = serde_json::to_string(&list).map_err(|error| StoreError::Broken(error.to_string()))?;
    let source = json_rows(tx);
    // Without `WHERE true` SQLite takes the conflict's clause for a join's.
    Statement::new(format!(
        "INSERT INTO import_rows (import_id, number, outcome, why, member_id, entry_id, done_at) \
         SELECT e.value ->> 0, CAST(e.value ->> 1 AS BIGINT), e.value ->> 2, e.value ->> 3, e.value ->> 4, \
         e.value ->> 5, CAST(e.value ->> 6 AS BIGINT) FROM {source} WHERE true \
         ON CONFLICT (import_id, number) DO UPDATE SET outcome = excluded.outcome"
    ))
    .text(&list)
    .execute(tx)?;
    Ok(())
}

/// Rows of an import after a number, those of some outcomes, in the order of the file.
pub fn list_rows(
    db: &mut Db,
    id: &ImportId,
    outcomes: &[&str],
    after: i64,
    limit: i64,
) -> Result<Vec<ImportRow>, StoreError> {
    Ok(import_rows::table
        .filter(import_rows::import_id.eq(id))
        .filter(import_rows::outcome.eq_any(outcomes))
        .filter(import_rows::number.gt(after))
        .order(import_rows::number.asc())
        .limit(limit)
        .select(ImportRow::as_select())
        .load(db)?)
}

/// How many rows of an import have an outcome.
pub fn count_rows(db: &mut Db, id: &ImportId, outcome: &str) -> Result<i64, StoreError> {
    Ok(import_rows::table
        .filter(import_rows::import_id.eq(id))
        .filter(import_rows::outcome.eq(outcome))
        .count()
        .get_result(db)?)
}

/// An identity that was asked for, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Owned {
    /// Its kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// In the form in which it is compared.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// Whose it is.
    #[diesel(sql_type = Text)]
    pub member_id: MemberId,
}

/// Whose some identities are, given by kind and value; those that nobody has are not in the answer.
pub fn list_owners(
    db: &mut Db,
    program: &ProgramId,
    wanted: &[(&str, &str)],
) -> Result<Vec<Owned>, StoreError> {
    let rows = serde_json::to_string(wanted).map_err(|error| StoreError::Broken(error.to_string()))?;
    let source = json_rows(db);
    Ok(Statement::new(format!(
        "SELECT i.kind, i.value, i.member_id FROM {source} CROSS JOIN identities i \
         WHERE i.program_id = ? AND i.kind = e.value ->> 0 AND i.value = e.value ->> 1"
    ))
    .text(&rows)
    .text(program.as_str())
    .load(db)?)
}

/// Whether a member got or used anything after an instant.
pub fn has_moved_since(
    db: &mut Db,
    (member, card): (&MemberId, &CardId),
    since: Time,
) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        found: i64,
    }
    let found: Vec<Found> = Statement::new(
        "SELECT CAST(count(*) AS BIGINT) AS found FROM (\
         SELECT id FROM (SELECT id FROM entries WHERE member_id = ? AND created_at > ? LIMIT 1) a \
         UNION ALL SELECT id FROM (SELECT id FROM orders WHERE member_id = ? AND earned = 0 \
         AND created_at > ? LIMIT 1) b \
         UNION ALL SELECT id FROM (SELECT id FROM redemptions WHERE card_id = ? AND issued_at > ? LIMIT 1) c) d",
    )
    .text(member.as_str())
    .number(since.millis())
    .text(member.as_str())
    .number(since.millis())
    .text(card.as_str())
    .number(since.millis())
    .load(db)?;
    Ok(found.iter().any(|one| one.found > 0))
}
