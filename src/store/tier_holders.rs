//! Who holds a tier: counted by an index of its own, and never further than somebody wants to know.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;

use super::statement::Statement;
use super::{Db, StoreError};
use crate::types::ProgramId;

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    held: i64,
}

/// Counts the cards of a program that are on a tier, at most `max`; those that act no more are not among them.
pub fn count(db: &mut Db, program: &ProgramId, tier: &str, max: i64) -> Result<i64, StoreError> {
    let rows: Vec<Counted> = Statement::new(
        "SELECT COUNT(*) AS held FROM (SELECT 1 AS one FROM cards WHERE program_id = ? AND tier_id = ? \
         AND voided_at IS NULL AND merged_into IS NULL LIMIT ?) AS first_holders",
    )
    .text(program.as_str())
    .text(tier)
    .number(max)
    .load(db)?;
    Ok(rows.into_iter().next().map_or(0, |row| row.held))
}
