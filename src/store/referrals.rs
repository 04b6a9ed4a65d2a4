//! Referrals: the code by which a member invites friends, and what became of each who came by it.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::{referral_codes, referrals};
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{MemberId, OrderId, ProgramId, ReferralId, Time};

/// The friend has joined and not bought yet.
pub const PENDING: &str = "pending";
/// The friend has bought, and both had their benefits.
pub const PAID: &str = "paid";
/// It is no referral; the reason says why.
pub const REFUSED: &str = "refused";
/// It was paid, and the friend's order was given back in whole.
pub const TAKEN_BACK: &str = "taken_back";

/// Every state, in the order in which they come.
pub const STATES: [&str; 4] = [PENDING, PAID, REFUSED, TAKEN_BACK];

/// The code by which a member invites friends, and how many came by it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = referral_codes)]
pub struct ReferralCode {
    /// Whose.
    pub member_id: MemberId,
    /// The program that it is unique in.
    pub program_id: ProgramId,
    /// What friends say or type.
    pub code: String,
    /// Friends who joined by it and were not refused.
    pub invited: i64,
    /// Those of them whose first order was paid for and kept.
    pub paid: i64,
    /// Since when.
    pub created_at: Time,
}

/// Somebody who joined by a member's code.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = referrals, treat_none_as_default_value = false)]
pub struct Referral {
    /// Its id.
    pub id: ReferralId,
    /// The program.
    pub program_id: ProgramId,
    /// Who invited.
    pub referrer_id: MemberId,
    /// Who came; nobody is invited twice.
    pub friend_id: MemberId,
    /// 1 for a friend of somebody who was not invited, and one more for each who invited the next.
    pub depth: i64,
    /// [`PENDING`], [`PAID`], [`REFUSED`] or [`TAKEN_BACK`].
    pub state: String,
    /// Why it was refused, or why not both were paid.
    pub reason: Option<String>,
    /// The order that settled it.
    pub order_id: Option<OrderId>,
    /// When the friend joined.
    pub created_at: Time,
    /// When it left [`PENDING`], and when it was taken back.
    pub settled_at: Option<Time>,
}

/// Stores a member's code unless the member has one or the program knows it; says whether it was stored.
pub fn claim_code(tx: &mut Tx<'_>, code: &ReferralCode) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(referral_codes::table)
        .values(code.clone())
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// A member's code.
pub fn find_code(db: &mut Db, member: &MemberId) -> Result<Option<ReferralCode>, StoreError> {
    let found = on_both!(db, conn => referral_codes::table
        .find(member)
        .select(ReferralCode::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// Whose a code is in a program.
pub fn find_by_code(
    db: &mut Db,
    program: &ProgramId,
    code: &str,
) -> Result<Option<ReferralCode>, StoreError> {
    let found = on_both!(db, conn => referral_codes::table
        .filter(referral_codes::program_id.eq(program))
        .filter(referral_codes::code.eq(code))
        .select(ReferralCode::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// Adds to how many a member invited and how many of them were paid for. It is the last row that a transaction
/// takes, after cards and budgets, so that no two wait for each other.
pub fn count(tx: &mut Tx<'_>, member: &MemberId, invited: i64, paid: i64) -> Result<(), StoreError> {
    Statement::new("UPDATE referral_codes SET invited = invited + ?, paid = paid + ? WHERE member_id = ?")
        .number(invited)
        .number(paid)
        .text(member.as_str())
        .execute(tx)?;
    Ok(())
}

/// Takes a member's code away; nobody joins by it any more.
pub fn drop_code(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), StoreError> {
    diesel::delete(referral_codes::table.find(member)).execute(&mut **tx)?;
    Ok(())
}

/// Stores a referral unless the friend has one; says whether it was stored.
pub fn claim(tx: &mut Tx<'_>, referral: &Referral) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(referrals::table)
        .values(referral.clone())
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// How a member came.
pub fn find_by_friend(db: &mut Db, friend: &MemberId) -> Result<Option<Referral>, StoreError> {
    let found = on_both!(db, conn => referrals::table
        .filter(referrals::friend_id.eq(friend))
        .select(Referral::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// The referral, locked until the transaction ends, or `NotFound`. Lock the cards before it.
pub fn lock(tx: &mut Tx<'_>, id: &ReferralId) -> Result<Referral, StoreError> {
    Ok(locked!(
        tx,
        referrals::table.find(id).select(Referral::as_select()),
        get_result
    )?)
}

/// Sets what became of a locked referral.
pub fn settle(tx: &mut Tx<'_>, referral: &Referral) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::update(referrals::table.find(&referral.id))
        .set((
            referrals::state.eq(&referral.state),
            referrals::reason.eq(&referral.reason),
            referrals::order_id.eq(&referral.order_id),
            referrals::settled_at.eq(referral.settled_at),
        ))
        .execute(conn))?;
    Ok(())
}

/// Whom a member invited, newest first, before `before`; all, or those in one state.
pub fn list_by_referrer(
    db: &mut Db,
    referrer: &MemberId,
    state: Option<&str>,
    before: Option<&ReferralId>,
    limit: i64,
) -> Result<Vec<Referral>, StoreError> {
    let mut query = referrals::table
        .filter(referrals::referrer_id.eq(referrer))
        .select(Referral::as_select())
        .order(referrals::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(referrals::state.eq(state));
    }
    if let Some(before) = before {
        query = query.filter(referrals::id.lt(before));
    }
    Ok(query.load(db)?)
}
