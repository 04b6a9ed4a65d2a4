//! The latest orders of whoever is watched: a row each.

use diesel::QueryableByName;
use diesel::sql_types::Text;

use super::statement::Statement;
use super::{StoreError, Tx};
use crate::types::ProgramId;

/// The latest orders of a subject as JSON, empty if there are none; locked until the transaction ends. Of several
/// subjects the one with the lower name first.
pub fn lock(tx: &mut Tx<'_>, subject: &str, program: &ProgramId) -> Result<String, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        recent: String,
    }
    // The upsert changes nothing and holds the row, also where it was not there before.
    let rows: Vec<Row> = Statement::new(
        "INSERT INTO watches (subject, program_id, recent) VALUES (?, ?, '') \
         ON CONFLICT (subject) DO UPDATE SET recent = watches.recent RETURNING recent",
    )
    .text(subject)
    .text(program.as_str())
    .load(tx)?;
    Ok(rows.into_iter().next().map(|row| row.recent).unwrap_or_default())
}

/// Keeps the latest orders of a locked subject.
pub fn set(tx: &mut Tx<'_>, subject: &str, recent: &str) -> Result<(), StoreError> {
    Statement::new("UPDATE watches SET recent = ? WHERE subject = ?")
        .text(recent)
        .text(subject)
        .execute(tx)?;
    Ok(())
}
