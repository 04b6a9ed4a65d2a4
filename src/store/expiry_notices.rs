//! Notices of points that expire soon: what the holders of cards were told, and when.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::expiry_notices;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, Points, ProgramId, Time};

/// What the holder of a card was told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = expiry_notices)]
pub struct ExpiryNotice {
    /// The card.
    pub card_id: CardId,
    /// The last day on which the points can be spent: days since 1970-01-01 in the program's calendar.
    pub last_day: i64,
    /// How many days before it the notice is due.
    pub days_ahead: i64,
    /// The program.
    pub program_id: ProgramId,
    /// What was to expire then.
    pub points: Points,
    /// When the card was made new for it.
    pub sent_at: Time,
}

/// Notes that a notice is given; says whether it was not given before. The card is locked.
pub fn claim(tx: &mut Tx<'_>, notice: &ExpiryNotice) -> Result<bool, StoreError> {
    let rows = on_both!(tx, conn => diesel::insert_into(expiry_notices::table)
        .values(notice.clone())
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(rows == 1)
}

/// The notices of some cards, those of the latest days first.
pub fn list_by_cards(db: &mut Db, of: &[CardId], limit: i64) -> Result<Vec<ExpiryNotice>, StoreError> {
    Ok(expiry_notices::table
        .filter(expiry_notices::card_id.eq_any(of))
        .order((
            expiry_notices::last_day.desc(),
            expiry_notices::days_ahead.asc(),
            expiry_notices::card_id.asc(),
        ))
        .limit(limit)
        .select(ExpiryNotice::as_select())
        .load(db)?)
}
