//! Codes that cards had before they were lost; whoever shows one is told that there is another.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::replaced_codes;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, ProgramId, Time};

/// A code that is not good any more.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = replaced_codes, treat_none_as_default_value = false)]
pub struct ReplacedCode {
    /// What was scanned.
    pub code: String,
    /// The card that it was of.
    pub card_id: CardId,
    /// The program of the card.
    pub program_id: ProgramId,
    /// When it got another one.
    pub replaced_at: Time,
}

/// Stores a code that was replaced.
pub fn insert(tx: &mut Tx<'_>, code: &ReplacedCode) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(replaced_codes::table)
        .values(code.clone())
        .execute(conn))?;
    Ok(())
}

/// The codes that a card had before, newest first.
pub fn list_by_card(db: &mut Db, card: &CardId) -> Result<Vec<ReplacedCode>, StoreError> {
    Ok(replaced_codes::table
        .filter(replaced_codes::card_id.eq(card))
        .order((replaced_codes::replaced_at.desc(), replaced_codes::code.asc()))
        .limit(super::LIST_MAX)
        .select(ReplacedCode::as_select())
        .load(db)?)
}

/// A code that was replaced.
pub fn find(db: &mut Db, code: &str) -> Result<Option<ReplacedCode>, StoreError> {
    let found = on_both!(db, conn => replaced_codes::table
        .find(code)
        .select(ReplacedCode::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}
