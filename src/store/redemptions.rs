//! Redemptions: rewards in members' hands, and what became of them.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::dialect::{locked, on_both};
use super::schema::redemptions;
use super::{Db, StoreError, Tx};
use crate::types::{
    CardId, EntryId, EventId, GiftAccountId, MemberId, OrderId, Points, ProgramId, RedemptionId, Time,
};

/// In the member's hands.
pub const ISSUED: &str = "issued";
/// Handed over.
pub const COMPLETED: &str = "completed";
/// Taken back, its points returned.
pub const CANCELLED: &str = "cancelled";
/// Not used in time.
pub const EXPIRED: &str = "expired";

/// A member's use of a reward.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = redemptions, treat_none_as_default_value = false)]
pub struct Redemption {
    /// Its id.
    pub id: RedemptionId,
    /// The program.
    pub program_id: ProgramId,
    /// The member.
    pub member_id: MemberId,
    /// The card that paid.
    pub card_id: CardId,
    /// The reward.
    pub reward_id: String,
    /// In which version.
    pub reward_version: i64,
    /// What the till reads, once.
    pub code: String,
    /// [`ISSUED`], [`COMPLETED`], [`CANCELLED`] or [`EXPIRED`].
    pub state: String,
    /// Who wanted it: `member`, `automatic`, or the rule that gave it.
    pub origin: String,
    /// The points that it cost.
    pub cost: Points,
    /// The entry that took them; `None` if it cost nothing.
    pub entry_id: Option<EntryId>,
    /// The order that earned it.
    pub earned_by: Option<OrderId>,
    /// The order that it was used for.
    pub used_for: Option<OrderId>,
    /// When it was issued.
    pub issued_at: Time,
    /// The first instant at which it can be used no more.
    pub expires_at: Option<Time>,
    /// When it was completed, cancelled or expired.
    pub settled_at: Option<Time>,
    /// The gift card that it became when it was completed.
    pub gift_account_id: Option<GiftAccountId>,
    /// The event that earned it.
    pub event_id: Option<EventId>,
    /// What was noticed about it, as JSON; empty if nothing.
    pub flags: String,
    /// How often its download opens; `None` if it is none.
    pub opens_max: Option<i64>,
    /// How often it was opened.
    pub opened: i64,
}

impl Redemption {
    /// Whether it is a download that opens once more.
    pub fn opens(&self, now: Time) -> bool {
        let is_held = self.state == ISSUED || self.state == COMPLETED;
        let is_in_time = self.expires_at.is_none_or(|expires| now < expires);
        is_held && is_in_time && self.opens_max.is_some_and(|most| self.opened < most)
    }
}

/// Stores a new redemption.
pub fn insert(tx: &mut Tx<'_>, redemption: &Redemption) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(redemptions::table).values(redemption).execute(conn))?;
    Ok(())
}

/// Says what was noticed about a redemption that was stored just now.
pub fn set_flags(tx: &mut Tx<'_>, id: &RedemptionId, flags: &str) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(redemptions::table.find(id))
        .set(redemptions::flags.eq(flags))
        .execute(conn))?;
    Ok(())
}

/// The redemption, or `NotFound`.
pub fn get(db: &mut Db, id: &RedemptionId) -> Result<Redemption, StoreError> {
    Ok(redemptions::table
        .find(id)
        .select(Redemption::as_select())
        .get_result(db)?)
}

/// The redemption, locked until the transaction ends, or `NotFound`. Lock its card before it.
pub fn lock(tx: &mut Tx<'_>, id: &RedemptionId) -> Result<Redemption, StoreError> {
    Ok(locked!(
        tx,
        redemptions::table.find(id).select(Redemption::as_select()),
        get_result
    )?)
}

/// The redemption of a code in a program.
pub fn find_by_code(db: &mut Db, program: &ProgramId, code: &str) -> Result<Option<Redemption>, StoreError> {
    Ok(redemptions::table
        .filter(redemptions::program_id.eq(program))
        .filter(redemptions::code.eq(code))
        .select(Redemption::as_select())
        .get_result(db)
        .optional()?)
}

/// Redemptions of cards, newest first, before `before`.
pub fn list_by_cards(
    db: &mut Db,
    of: &[CardId],
    before: Option<&RedemptionId>,
    limit: i64,
) -> Result<Vec<Redemption>, StoreError> {
    let mut query = redemptions::table
        .filter(redemptions::card_id.eq_any(of))
        .select(Redemption::as_select())
        .order(redemptions::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(redemptions::id.lt(before));
    }
    Ok(query.load(db)?)
}

/// A card's redemptions that are in the member's hands, newest first, at most 200.
pub fn list_issued(db: &mut Db, card: &CardId) -> Result<Vec<Redemption>, StoreError> {
    Ok(redemptions::table
        .filter(redemptions::card_id.eq(card))
        .filter(redemptions::state.eq(ISSUED))
        .order(redemptions::id.desc())
        .limit(super::LIST_MAX)
        .select(Redemption::as_select())
        .load(db)?)
}

/// Puts what is in a member's hands on another card: gives what was put there.
pub fn move_issued(
    tx: &mut Tx<'_>,
    from: &CardId,
    to: (&CardId, &MemberId),
) -> Result<Vec<RedemptionId>, StoreError> {
    let held: Vec<RedemptionId> = redemptions::table
        .filter(redemptions::card_id.eq(from))
        .filter(redemptions::state.eq(ISSUED))
        .order(redemptions::id.asc())
        .select(redemptions::id)
        .load(&mut **tx)?;
    for id in &held {
        put_on(tx, id, to)?;
    }
    Ok(held)
}

/// Puts a redemption on another card. Lock both cards before.
pub fn put_on(
    tx: &mut Tx<'_>,
    id: &RedemptionId,
    (card, member): (&CardId, &MemberId),
) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(redemptions::table.find(id))
        .set((redemptions::card_id.eq(card), redemptions::member_id.eq(member)))
        .execute(conn))?;
    Ok(())
}

/// What an order brought, oldest first.
pub fn list_earned_by(db: &mut Db, order: &OrderId) -> Result<Vec<Redemption>, StoreError> {
    Ok(redemptions::table
        .filter(redemptions::earned_by.eq(order))
        .order(redemptions::id.asc())
        .limit(super::LIST_MAX)
        .select(Redemption::as_select())
        .load(db)?)
}

/// What an event brought, oldest first.
pub fn list_by_event(db: &mut Db, event: &EventId) -> Result<Vec<Redemption>, StoreError> {
    Ok(redemptions::table
        .filter(redemptions::event_id.eq(event))
        .order(redemptions::id.asc())
        .limit(super::LIST_MAX)
        .select(Redemption::as_select())
        .load(db)?)
}

/// What was completed for an order, oldest first.
pub fn list_used_for(db: &mut Db, order: &OrderId) -> Result<Vec<Redemption>, StoreError> {
    Ok(redemptions::table
        .filter(redemptions::used_for.eq(order))
        .filter(redemptions::state.eq(COMPLETED))
        .order(redemptions::id.asc())
        .limit(super::LIST_MAX)
        .select(Redemption::as_select())
        .load(db)?)
}

/// Redemptions that were not used in time, the longest over first.
pub fn list_over(db: &mut Db, now: Time, limit: i64) -> Result<Vec<RedemptionId>, StoreError> {
    Ok(redemptions::table
        // In the text, not bound: only so is the index of what can expire used.
        .filter(sql::<Bool>("state = 'issued'"))
        .filter(redemptions::expires_at.le(now))
        .order(redemptions::expires_at.asc())
        .limit(limit)
        .select(redemptions::id)
        .load(db)?)
}

/// Sets what became of a locked redemption.
pub fn settle(tx: &mut Tx<'_>, redemption: &Redemption) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(redemptions::table.find(&redemption.id))
        .set((
            redemptions::state.eq(&redemption.state),
            redemptions::used_for.eq(&redemption.used_for),
            redemptions::expires_at.eq(redemption.expires_at),
            redemptions::settled_at.eq(redemption.settled_at),
            redemptions::gift_account_id.eq(&redemption.gift_account_id),
            redemptions::opened.eq(redemption.opened),
        ))
        .execute(conn))?;
    Ok(())
}
