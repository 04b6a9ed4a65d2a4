//! Events: what happened to members other than purchases.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::events;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, EventId, MemberId, Points, ProgramId, Time};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The program.
    pub program_id: ProgramId,
    /// Where it came from; `external_id` is unique within it.
    pub source: String,
    /// The caller's own id.
    pub external_id: String,
    /// To whom.
    pub member_id: MemberId,
    /// The card that earned.
    pub card_id: CardId,
    /// What: `review`, `check_in`, or a word of the program's own.
    pub kind: String,
    /// A hash of what the caller said, to tell a repeat from another event under the same id.
    pub fingerprint: String,
    /// What it earned.
    pub earned: Points,
    /// What else the caller said, as JSON.
    pub data: String,
    /// When it happened.
    pub happened_at: Time,
    /// When it was recorded.
    pub created_at: Time,
}

/// Stores an event unless its id from that source is known; says whether it was stored.
pub fn claim(tx: &mut Tx<'_>, event: &Event) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(events::table)
        .values(event)
        .on_conflict((events::program_id, events::source, events::external_id))
        .do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// The event, or `NotFound`.
pub fn get(db: &mut Db, id: &EventId) -> Result<Event, StoreError> {
    Ok(events::table.find(id).select(Event::as_select()).get_result(db)?)
}

/// The event of the caller's own id.
pub fn find_by_external_id(
    db: &mut Db,
    program: &ProgramId,
    source: &str,
    external_id: &str,
) -> Result<Option<Event>, StoreError> {
    Ok(events::table
        .filter(events::program_id.eq(program))
        .filter(events::source.eq(source))
        .filter(events::external_id.eq(external_id))
        .select(Event::as_select())
        .get_result(db)
        .optional()?)
}

/// The events of some members, newest first, before `before`.
pub fn list_by_members(
    db: &mut Db,
    of: &[MemberId],
    before: Option<&EventId>,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let mut query = events::table
        .filter(events::member_id.eq_any(of))
        .select(Event::as_select())
        .order(events::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(events::id.lt(before));
    }
    Ok(query.load(db)?)
}

/// Blanks what callers said of a member's events; that they happened and what they earned stays.
pub fn forget_data(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(events::table.filter(events::member_id.eq(member)))
        .set(events::data.eq("{}"))
        .execute(conn))?;
    Ok(())
}
