//! What a program owes its members: sums over all of its cards and gift cards. Not for a hot path.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::statement::Statement;
use super::{Db, StoreError};
use crate::types::{ProgramId, Time};

/// The grain of [`list_dated`]: months begin at a multiple of it, as every zone's offset is one of a quarter of an hour.
const QUARTER_MS: i64 = 900_000;

/// Sums over a program's cards, in points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct PointSums {
    /// What members can spend: the positive balances.
    #[diesel(sql_type = BigInt)]
    pub outstanding: i64,
    /// What members owe: the negative balances, as a negative number.
    #[diesel(sql_type = BigInt)]
    pub owed: i64,
    /// What was promised and is in no balance yet.
    #[diesel(sql_type = BigInt)]
    pub pending: i64,
    /// The positive balances of cards that were voided: nobody can spend them.
    #[diesel(sql_type = BigInt)]
    pub on_voided_cards: i64,
}

/// Sums up a program's cards. Reads all of them.
pub fn sum_points(db: &mut Db, program: &ProgramId) -> Result<PointSums, StoreError> {
    let sum = |name: &str, of: &str, condition: &str| {
        format!("CAST(coalesce(sum(CASE WHEN {condition} THEN {of} ELSE 0 END), 0) AS BIGINT) AS {name}")
    };
    let columns = [
        sum("outstanding", "balance", "voided_at IS NULL AND balance > 0"),
        sum("owed", "balance", "voided_at IS NULL AND balance < 0"),
        sum("pending", "pending", "voided_at IS NULL"),
        sum(
            "on_voided_cards",
            "balance",
            "voided_at IS NOT NULL AND balance > 0",
        ),
    ]
    .join(", ");
    let sums: Vec<PointSums> = Statement::new(format!("SELECT {columns} FROM cards WHERE program_id = ?"))
        .text(program.as_str())
        .load(db)?;
    Ok(sums.into_iter().next().unwrap_or_default())
}

/// Points that can be spent and expire, by their last quarter of an hour: its beginning, and how many. Reads all
/// buckets of the program that hold anything; at most some 350,000 rows, as points live ten years at most.
pub fn list_dated(db: &mut Db, program: &ProgramId) -> Result<Vec<(Time, i64)>, StoreError> {
    #[derive(QueryableByName)]
    struct Dated {
        #[diesel(sql_type = BigInt)]
        quarter: i64,
        #[diesel(sql_type = BigInt)]
        points: i64,
    }
    // The instant of the expiry is the first at which the points are gone: a millisecond before it they are there.
    let dated: Vec<Dated> = Statement::new(
        "SELECT (b.expires_at - 1) / 900000 AS quarter, CAST(sum(b.remaining) AS BIGINT) AS points \
         FROM cards c JOIN buckets b ON b.card_id = c.id \
         WHERE c.program_id = ? AND c.voided_at IS NULL AND b.remaining > 0 AND NOT b.is_pending \
         AND b.expires_at IS NOT NULL GROUP BY (b.expires_at - 1) / 900000 ORDER BY 1",
    )
    .text(program.as_str())
    .load(db)?;
    Ok(dated
        .into_iter()
        .map(|row| (Time::from_millis(row.quarter * QUARTER_MS), row.points))
        .collect())
}

/// What the gift cards of one value hold.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct GiftSum {
    /// `paid` or `earned`.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// Together, in minor units of the program's currency.
    #[diesel(sql_type = BigInt)]
    pub minor: i64,
    /// On how many that hold anything.
    #[diesel(sql_type = BigInt)]
    pub cards: i64,
}

/// Sums up a program's gift cards that hold anything, by value. Reads all of them.
pub fn sum_gifts(db: &mut Db, program: &ProgramId) -> Result<Vec<GiftSum>, StoreError> {
    Ok(Statement::new(
        "SELECT value, CAST(sum(balance_minor) AS BIGINT) AS minor, count(*) AS cards FROM gift_accounts \
         WHERE program_id = ? AND balance_minor > 0 GROUP BY value ORDER BY value",
    )
    .text(program.as_str())
    .load(db)?)
}
