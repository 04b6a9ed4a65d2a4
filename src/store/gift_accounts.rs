//! Gift accounts: what a gift card holds (a cache of its entries), whose it is, until when it can be spent.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::dialect::{lock_rows, locked, on_both};
use super::schema::gift_accounts;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{Currency, GiftAccountId, MemberId, ProgramId, Time};

/// A gift card.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = gift_accounts, treat_none_as_default_value = false)]
pub struct GiftAccount {
    /// Its id.
    pub id: GiftAccountId,
    /// The program that it is of.
    pub program_id: ProgramId,
    /// What is scanned; unique over the installation.
    pub code: String,
    /// `paid` or `earned`, for ever.
    pub value: String,
    /// The currency that it holds.
    pub currency: Currency,
    /// The sum of its entries, in minor units; never below zero.
    pub balance_minor: i64,
    /// Whose it is, if the shop knows.
    pub member_id: Option<MemberId>,
    /// The first instant at which it can be spent no more.
    pub expires_at: Option<Time>,
    /// When it was voided.
    pub voided_at: Option<Time>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was issued.
    pub created_at: Time,
}

/// Stores a new account.
pub fn insert(tx: &mut Tx<'_>, account: &GiftAccount) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(gift_accounts::table).values(account.clone()).execute(conn))?;
    Ok(())
}

/// The account, or `NotFound`.
pub fn get(db: &mut Db, id: &GiftAccountId) -> Result<GiftAccount, StoreError> {
    Ok(gift_accounts::table
        .find(id)
        .select(GiftAccount::as_select())
        .get_result(db)?)
}

/// The account, locked until the transaction ends, or `NotFound`. Lock a loyalty card before it; of two accounts the
/// one with the lower id first.
pub fn lock(tx: &mut Tx<'_>, id: &GiftAccountId) -> Result<GiftAccount, StoreError> {
    Ok(locked!(
        tx,
        gift_accounts::table.find(id).select(GiftAccount::as_select()),
        get_result
    )?)
}

/// The account of a code.
pub fn find_by_code(db: &mut Db, code: &str) -> Result<Option<GiftAccount>, StoreError> {
    Ok(gift_accounts::table
        .filter(gift_accounts::code.eq(code))
        .select(GiftAccount::as_select())
        .get_result(db)
        .optional()?)
}

/// A member's accounts, newest first, before `before`.
pub fn list_by_member(
    db: &mut Db,
    member: &MemberId,
    before: Option<&GiftAccountId>,
    limit: i64,
) -> Result<Vec<GiftAccount>, StoreError> {
    let mut query = gift_accounts::table
        .filter(gift_accounts::member_id.eq(member))
        .select(GiftAccount::as_select())
        .order(gift_accounts::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(gift_accounts::id.lt(before));
    }
    Ok(query.load(db)?)
}

/// What a member can spend now, oldest first, at most 20. What is used up costs nothing here: it is not in the index.
pub fn list_usable(db: &mut Db, member: &MemberId, now: Time) -> Result<Vec<GiftAccount>, StoreError> {
    Ok(Statement::new(
        "SELECT * FROM gift_accounts WHERE member_id = ? AND balance_minor > 0 AND voided_at IS NULL \
         AND (expires_at IS NULL OR expires_at > ?) ORDER BY id LIMIT 20",
    )
    .text(member.as_str())
    .number(now.millis())
    .load(db)?)
}

/// Accounts that hold anything and whose time is over, the longest over first.
pub fn list_over(db: &mut Db, now: Time, limit: i64) -> Result<Vec<GiftAccountId>, StoreError> {
    Ok(gift_accounts::table
        // In the text, not bound: only so is the index of what can expire used.
        .filter(sql::<Bool>("balance_minor > 0"))
        .filter(gift_accounts::expires_at.le(now))
        .order(gift_accounts::expires_at.asc())
        .limit(limit)
        .select(gift_accounts::id)
        .load(db)?)
}

/// Adds so many minor units to a locked account, or takes them; gives the account as it is then.
pub fn add(tx: &mut Tx<'_>, id: &GiftAccountId, minor: i64) -> Result<GiftAccount, StoreError> {
    // By the difference, so that a lost lock would show as a wrong sum and not lose a movement.
    let text = "UPDATE gift_accounts SET balance_minor = balance_minor + ?, version = version + 1 WHERE id = ? RETURNING *";
    one(tx, Statement::new(text).number(minor).text(id.as_str()))
}

/// Voids a locked account; gives it as it is then.
pub fn set_voided(tx: &mut Tx<'_>, id: &GiftAccountId, at: Time) -> Result<GiftAccount, StoreError> {
    let text = "UPDATE gift_accounts SET voided_at = ?, version = version + 1 WHERE id = ? RETURNING *";
    one(tx, Statement::new(text).number(at.millis()).text(id.as_str()))
}

/// Gives a locked account another last instant; gives it as it is then.
pub fn set_expiry(tx: &mut Tx<'_>, id: &GiftAccountId, at: Time) -> Result<GiftAccount, StoreError> {
    let text = "UPDATE gift_accounts SET expires_at = ?, version = version + 1 WHERE id = ? RETURNING *";
    one(tx, Statement::new(text).number(at.millis()).text(id.as_str()))
}

fn one(tx: &mut Tx<'_>, statement: Statement<'_>) -> Result<GiftAccount, StoreError> {
    let mut changed: Vec<GiftAccount> = statement.load(tx)?;
    changed.pop().ok_or(StoreError::NotFound)
}

/// Takes a member's name off the accounts that hold nothing; those that hold something stay theirs.
pub fn unlink_empty(tx: &mut Tx<'_>, member: &MemberId) -> Result<usize, StoreError> {
    // Locked in the order of their ids, as transfers lock them.
    let lock = lock_rows(tx);
    let text = format!(
        "UPDATE gift_accounts SET member_id = NULL, version = version + 1 WHERE id IN \
         (SELECT id FROM gift_accounts WHERE member_id = ? AND balance_minor = 0 ORDER BY id {lock})"
    );
    Ok(Statement::new(text).text(member.as_str()).execute(tx)?)
}

/// An account whose balance is not the sum of its entries: the account, its balance, the sum.
pub type Imbalance = (GiftAccountId, i64, i64);

/// Accounts whose balance is not the sum of their entries, at most `limit`. Reads every entry: for `doctor` and for
/// tests, not for a request.
pub fn list_imbalances(db: &mut Db, limit: i64) -> Result<Vec<Imbalance>, StoreError> {
    #[derive(QueryableByName)]
    struct Wrong {
        #[diesel(sql_type = Text)]
        id: GiftAccountId,
        #[diesel(sql_type = BigInt)]
        balance: i64,
        #[diesel(sql_type = BigInt)]
        total: i64,
    }
    let wrong: Vec<Wrong> = Statement::new(
        "SELECT a.id, a.balance_minor AS balance, CAST(coalesce(sum(e.minor), 0) AS BIGINT) AS total \
         FROM gift_accounts a LEFT JOIN gift_entries e ON e.account_id = a.id GROUP BY a.id, a.balance_minor \
         HAVING a.balance_minor <> coalesce(sum(e.minor), 0) ORDER BY a.id LIMIT ?",
    )
    .number(limit)
    .load(db)?;
    Ok(wrong
        .into_iter()
        .map(|row| (row.id, row.balance, row.total))
        .collect())
}

/// Gives what a member has to another one; gives the accounts.
pub fn move_all(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<Vec<GiftAccountId>, StoreError> {
    let own: Vec<GiftAccountId> = gift_accounts::table
        .filter(gift_accounts::member_id.eq(from))
        .order(gift_accounts::id.asc())
        .select(gift_accounts::id)
        .load(&mut **tx)?;
    give_back(tx, &own, (from, to))?;
    Ok(own)
}

/// Gives those of some accounts to a member that another one has still.
pub fn give_back(
    tx: &mut Tx<'_>,
    accounts: &[GiftAccountId],
    (from, to): (&MemberId, &MemberId),
) -> Result<(), StoreError> {
    for id in accounts {
        on_both!(tx, conn => diesel::update(gift_accounts::table.find(id))
            .filter(gift_accounts::member_id.eq(from))
            .set(gift_accounts::member_id.eq(to))
            .execute(conn))?;
    }
    Ok(())
}
