//! How far a program's look has come to the phones that hold its cards.
//!
//! Read over the first cards of a program only, so that looking costs the same however many there are.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;

use super::statement::Statement;
use super::{Db, StoreError};
use crate::types::ProgramId;

/// Sorts after every id.
const AFTER_ALL: &str = "~";

/// Who holds the cards of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, QueryableByName)]
pub struct Holders {
    /// Cards.
    #[diesel(sql_type = BigInt)]
    pub cards: i64,
    /// Phones with Apple's passes of them, one for each pass on it.
    #[diesel(sql_type = BigInt)]
    pub apple: i64,
    /// Cards that are in Google Wallet.
    #[diesel(sql_type = BigInt)]
    pub google: i64,
}

/// How far the newest look has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, QueryableByName)]
pub struct Rollout {
    /// Passes that somebody holds.
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    /// Of them, those whose turn has not come.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Of them, those whose phone was told and has not fetched yet.
    #[diesel(sql_type = BigInt)]
    pub told: i64,
    /// Of them, those that failed and are tried again.
    #[diesel(sql_type = BigInt)]
    pub failing: i64,
    /// Of them, those that the wallet's service refused for good.
    #[diesel(sql_type = BigInt)]
    pub refused: i64,
}

impl Rollout {
    /// Passes that have it.
    pub const fn done(&self) -> i64 {
        let open = self.waiting + self.told + self.failing + self.refused;
        if self.held > open { self.held - open } else { 0 }
    }

    /// Whether nothing is left to do.
    pub const fn is_over(&self) -> bool {
        self.waiting == 0 && self.told == 0 && self.failing == 0
    }
}

/// Counts who holds the first `max` cards of a program.
pub fn count_holders(db: &mut Db, program: &ProgramId, max: i64) -> Result<Holders, StoreError> {
    let rows: Vec<Holders> = Statement::new(
        "WITH first_cards AS (SELECT id FROM cards WHERE program_id = ? ORDER BY id LIMIT ?) \
         SELECT (SELECT COUNT(*) FROM first_cards) AS cards, \
         (SELECT COUNT(*) FROM first_cards c JOIN passes p ON p.card_id = c.id AND p.wallet = 'apple' \
          JOIN registrations r ON r.pass_id = p.id) AS apple, \
         (SELECT COUNT(*) FROM first_cards c JOIN passes p ON p.card_id = c.id AND p.wallet = 'google' \
          AND p.state = 'installed') AS google",
    )
    .text(program.as_str())
    .number(max)
    .load(db)?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// Counts how far the look has come among the first `max` cards of a program. `marked_up_to` is the last card that
/// was marked while they are being marked.
pub fn count(
    db: &mut Db,
    program: &ProgramId,
    marked_up_to: Option<&str>,
    max: i64,
) -> Result<Rollout, StoreError> {
    let rows: Vec<Rollout> = Statement::new(
        "WITH first_cards AS (SELECT id FROM cards WHERE program_id = ? ORDER BY id LIMIT ?), \
         standing AS (SELECT CASE WHEN c.id > ? THEN 'waiting' \
          WHEN d.state = 'due' AND d.attempts > 0 THEN 'failing' \
          WHEN d.state = 'due' THEN 'waiting' \
          WHEN d.state = 'told' THEN 'told' \
          WHEN p.last_error IS NOT NULL THEN 'refused' ELSE 'done' END AS word \
          FROM first_cards c JOIN passes p ON p.card_id = c.id AND p.state = 'installed' \
          LEFT JOIN deliveries d ON d.card_id = p.card_id AND d.wallet = p.wallet) \
         SELECT COUNT(*) AS held, \
         COALESCE(SUM(CASE WHEN word = 'waiting' THEN 1 ELSE 0 END), 0) AS waiting, \
         COALESCE(SUM(CASE WHEN word = 'told' THEN 1 ELSE 0 END), 0) AS told, \
         COALESCE(SUM(CASE WHEN word = 'failing' THEN 1 ELSE 0 END), 0) AS failing, \
         COALESCE(SUM(CASE WHEN word = 'refused' THEN 1 ELSE 0 END), 0) AS refused \
         FROM standing",
    )
    .text(program.as_str())
    .number(max)
    .text(marked_up_to.unwrap_or(AFTER_ALL))
    .load(db)?;
    Ok(rows.into_iter().next().unwrap_or_default())
}
