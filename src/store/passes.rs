//! Passes: a card's form in one wallet, what its holder was told and what was fetched.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::dialect::{self, on_both};
use super::schema::{cards, google_classes, passes};
use super::statement::Statement;
use super::{Db, StoreError, Tx, tallies};
use crate::store::cards::Card;
use crate::types::{CardId, DesignId, PassId, ProgramId, Time, Wallet};

/// A pass exists with us; no phone is known to hold it.
pub const ISSUED: &str = "issued";
/// Google has the object; nobody has saved it yet.
pub const INSERTED: &str = "inserted";
/// At least one phone holds it.
pub const INSTALLED: &str = "installed";
/// Google says that it was removed; its object has yet to be asked.
pub const IN_DOUBT: &str = "in_doubt";
/// Whoever held it removed it.
pub const REMOVED: &str = "removed";

/// A card's form in one wallet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = passes, treat_none_as_default_value = false)]
pub struct Pass {
    /// Its id.
    pub id: PassId,
    /// The program.
    pub program_id: ProgramId,
    /// The card.
    pub card_id: CardId,
    /// The wallet.
    pub wallet: Wallet,
    /// Apple's pass type, or Google's class id.
    pub pass_type: String,
    /// Apple's serial number, or Google's object id.
    pub serial: String,
    /// Counts the tokens that were taken back.
    pub epoch: i64,
    /// [`ISSUED`], [`INSERTED`], [`INSTALLED`], [`IN_DOUBT`] or [`REMOVED`].
    pub state: String,
    /// The card's version that the wallet's service last accepted a notice of.
    pub told_version: i64,
    /// When.
    pub told_at: Option<Time>,
    /// The newest version that a phone fetched, or that Google was given.
    pub fetched_version: i64,
    /// When.
    pub fetched_at: Option<Time>,
    /// The object as Google was last given it; of Apple's passes, what the fetched version said in those fields that
    /// tell of their changes.
    pub shown: Option<String>,
    /// Why the wallet's service refused it for good, if it did.
    pub last_error: Option<String>,
    /// When it was issued.
    pub created_at: Time,
}

/// Stores a pass; `Duplicate` if the card has one of that type.
pub fn insert(tx: &mut Tx<'_>, pass: &Pass) -> Result<(), StoreError> {
    diesel::insert_into(passes::table)
        .values(pass.clone())
        .execute(&mut **tx)?;
    if pass.wallet == Wallet::Google && pass.state == INSTALLED {
        tallies::look_in_google(tx, &pass.id)?;
    }
    Ok(())
}

/// The pass of a type and serial.
pub fn find(db: &mut Db, pass_type: &str, serial: &str) -> Result<Option<Pass>, StoreError> {
    let found = on_both!(db, conn => passes::table
        .filter(passes::pass_type.eq(pass_type))
        .filter(passes::serial.eq(serial))
        .select(Pass::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// The pass of a type and serial, with its card.
pub fn find_with_card(
    db: &mut Db,
    pass_type: &str,
    serial: &str,
) -> Result<Option<(Pass, Card)>, StoreError> {
    let found = on_both!(db, conn => passes::table
        .inner_join(cards::table.on(cards::id.eq(passes::card_id)))
        .filter(passes::pass_type.eq(pass_type))
        .filter(passes::serial.eq(serial))
        .select((Pass::as_select(), Card::as_select()))
        .get_result(conn));
    Ok(found.optional()?)
}

/// What is enough to tell a phone that its pass has not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Sight {
    /// The epoch of the pass's token.
    #[diesel(sql_type = BigInt)]
    pub epoch: i64,
    /// When the card last changed.
    #[diesel(sql_type = BigInt)]
    pub last_modified: Time,
}

/// The same of a type and serial, and no more: most fetches find nothing new.
pub fn find_sight(db: &mut Db, pass_type: &str, serial: &str) -> Result<Option<Sight>, StoreError> {
    let found: Vec<Sight> = Statement::new(
        "SELECT p.epoch, c.last_modified FROM passes p JOIN cards c ON c.id = p.card_id \
         WHERE p.pass_type = ? AND p.serial = ?",
    )
    .text(pass_type)
    .text(serial)
    .load(db)?;
    Ok(found.first().copied())
}

/// A card's passes, one or none a wallet and type.
pub fn list_by_card(db: &mut Db, card: &CardId) -> Result<Vec<Pass>, StoreError> {
    Ok(passes::table
        .filter(passes::card_id.eq(card))
        .order(passes::id.asc())
        .limit(super::LIST_MAX)
        .select(Pass::as_select())
        .load(db)?)
}

/// The passes of many cards in one wallet.
pub fn list_by_cards(db: &mut Db, wallet: Wallet, of: &[CardId]) -> Result<Vec<Pass>, StoreError> {
    Ok(passes::table
        .filter(passes::card_id.eq_any(of))
        .filter(passes::wallet.eq(wallet))
        .select(Pass::as_select())
        .load(db)?)
}

/// Of cards, the newest version that a phone fetched of their passes in Apple's wallet.
pub fn list_fetched(db: &mut Db, of: &[CardId]) -> Result<Vec<(CardId, i64)>, StoreError> {
    Ok(passes::table
        .filter(passes::card_id.eq_any(of))
        .filter(passes::wallet.eq(Wallet::Apple))
        .select((passes::card_id, passes::fetched_version))
        .load(db)?)
}

/// Sets where a pass of a wallet is.
pub fn set_state(tx: &mut Tx<'_>, (id, wallet): (&PassId, Wallet), state: &str) -> Result<(), StoreError> {
    Statement::new("UPDATE passes SET state = ? WHERE id = ?")
        .text(state)
        .text(id.as_str())
        .execute(tx)?;
    if wallet == Wallet::Google {
        tallies::look_in_google(tx, id)?;
    }
    Ok(())
}

/// Forgets what a pass last said. For Google: a write is on its way, and until its answer is here nobody knows what
/// Google shows. The next write then sends everything.
pub fn forget_shown(tx: &mut Tx<'_>, id: &PassId) -> Result<(), StoreError> {
    diesel::update(passes::table.find(id))
        .set(passes::shown.eq(None::<String>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Forgets what a pass was given at a version if its member was erased since: it was on its way when they went.
pub fn forget_outlived(tx: &mut Tx<'_>, id: &PassId, version: i64) -> Result<(), StoreError> {
    Statement::new(
        "UPDATE passes SET shown = NULL WHERE id = ? AND EXISTS (SELECT 1 FROM cards c \
         JOIN members m ON m.id = c.member_id \
         WHERE c.id = passes.card_id AND c.version > ? AND m.erased_at IS NOT NULL)",
    )
    .text(id.as_str())
    .number(version)
    .execute(tx)?;
    Ok(())
}

/// Sets what Google was last given, and at which version.
pub fn set_shown(
    tx: &mut Tx<'_>,
    id: &PassId,
    shown: &str,
    version: i64,
    now: Time,
) -> Result<(), StoreError> {
    diesel::update(passes::table.find(id))
        .set((
            passes::shown.eq(shown),
            passes::told_version.eq(version),
            passes::told_at.eq(now),
            passes::fetched_version.eq(version),
            passes::fetched_at.eq(now),
            passes::last_error.eq(None::<String>),
        ))
        .execute(&mut **tx)?;
    diesel::update(passes::table.find(id).filter(passes::state.eq(ISSUED)))
        .set(passes::state.eq(INSERTED))
        .execute(&mut **tx)?;
    Ok(())
}

/// Sets why the wallet's service refused a pass for good; `None` when it takes it again.
pub fn set_last_error(tx: &mut Tx<'_>, id: &PassId, error: Option<&str>) -> Result<(), StoreError> {
    diesel::update(passes::table.find(id))
        .set(passes::last_error.eq(error))
        .execute(&mut **tx)?;
    Ok(())
}

/// Uses a period of a pass's rotating code up; says whether it is later than every one that was used before.
pub fn use_counter(tx: &mut Tx<'_>, id: &PassId, counter: i64) -> Result<bool, StoreError> {
    let used = Statement::new("UPDATE passes SET used_counter = ? WHERE id = ? AND used_counter < ?")
        .number(counter)
        .text(id.as_str())
        .number(counter)
        .execute(tx)?;
    Ok(used == 1)
}

/// Takes every token of a pass back.
pub fn next_epoch(tx: &mut Tx<'_>, id: &PassId) -> Result<(), StoreError> {
    diesel::update(passes::table.find(id))
        .set(passes::epoch.eq(passes::epoch + 1))
        .execute(&mut **tx)?;
    Ok(())
}

/// A pass that phones were told of, or that one fetched, at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassAt {
    /// The pass.
    pub id: PassId,
    /// Its card.
    pub card_id: CardId,
    /// The version.
    pub version: i64,
}

/// Locks passes in one order: before their deliveries, as everybody does who writes both.
pub fn hold(tx: &mut Tx<'_>, ids: &[&PassId]) -> Result<(), StoreError> {
    let rows = serde_json::to_string(ids).map_err(|fault| StoreError::unreadable("passes", fault))?;
    let source = dialect::json_rows(tx);
    let locked = format!("passes WHERE id IN (SELECT e.value #>> '{{}}' FROM {source}) ORDER BY id");
    Ok(dialect::lock_in_order(tx, &locked, &rows)?)
}

/// The passes as a JSON array of arrays, their rows locked in one order.
fn lock(tx: &mut Tx<'_>, list: &[PassAt]) -> Result<String, StoreError> {
    let rows: Vec<_> = list
        .iter()
        .map(|at| (at.id.as_str(), at.card_id.as_str(), at.version))
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("passes", fault))?;
    let source = dialect::json_rows(tx);
    let locked = format!("passes WHERE id IN (SELECT e.value ->> 0 FROM {source}) ORDER BY id");
    dialect::lock_in_order(tx, &locked, &rows)?;
    Ok(rows)
}

/// Records what phones were told, many passes at once; an earlier refusal is over with it.
pub fn record_told(tx: &mut Tx<'_>, told: &[PassAt], now: Time) -> Result<(), StoreError> {
    if told.is_empty() {
        return Ok(());
    }
    let rows = lock(tx, told)?;
    Statement::new(format!(
        "UPDATE passes SET told_version = s.version, told_at = ?, last_error = NULL FROM (SELECT e.value ->> 0 AS id, \
         max(CAST(e.value ->> 2 AS BIGINT)) AS version FROM {} GROUP BY 1) s \
         WHERE passes.id = s.id AND passes.told_version < s.version",
        dialect::json_rows(tx)
    ))
    .number(now.millis())
    .text(&rows)
    .execute(tx)?;
    Ok(())
}

/// Records what phones fetched, many passes at once; a delivery that waited for just that is done.
pub fn record_fetched(tx: &mut Tx<'_>, fetched: &[PassAt], now: Time) -> Result<(), StoreError> {
    if fetched.is_empty() {
        return Ok(());
    }
    let rows = lock(tx, fetched)?;
    let source = dialect::json_rows(tx);
    Statement::new(format!(
        "UPDATE passes SET fetched_version = s.version, fetched_at = ? FROM (SELECT e.value ->> 0 AS id, \
         max(CAST(e.value ->> 2 AS BIGINT)) AS version FROM {source} GROUP BY 1) s \
         WHERE passes.id = s.id AND passes.fetched_version < s.version"
    ))
    .number(now.millis())
    .text(&rows)
    .execute(tx)?;
    let locked = format!(
        "deliveries WHERE wallet = 'apple' AND card_id IN (SELECT e.value ->> 1 FROM {source}) ORDER BY card_id"
    );
    dialect::lock_in_order(tx, &locked, &rows)?;
    Statement::new(format!(
        "WITH s AS MATERIALIZED (SELECT e.value ->> 1 AS card_id, CAST(e.value ->> 2 AS BIGINT) AS version \
         FROM {source}) \
         DELETE FROM deliveries WHERE wallet = 'apple' AND state = 'told' AND card_id IN (SELECT s.card_id FROM s) \
         AND EXISTS (SELECT 1 FROM s WHERE s.card_id = deliveries.card_id AND deliveries.version <= s.version)"
    ))
    .text(&rows)
    .execute(tx)?;
    Ok(())
}

/// Remembers what fetched passes said, many at once, in the transaction that records their fetch; of one that is
/// not the newest that was fetched nothing.
pub fn record_shown(tx: &mut Tx<'_>, shown: &[(&PassAt, String)]) -> Result<(), StoreError> {
    if shown.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = shown
        .iter()
        .map(|(at, text)| (at.id.as_str(), at.version, text))
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("passes", fault))?;
    Statement::new(format!(
        "UPDATE passes SET shown = s.shown FROM (SELECT e.value ->> 0 AS id, \
         CAST(e.value ->> 1 AS BIGINT) AS version, e.value ->> 2 AS shown FROM {}) s \
         WHERE passes.id = s.id AND passes.fetched_version = s.version \
         AND (passes.shown IS NULL OR passes.shown <> s.shown)",
        dialect::json_rows(tx)
    ))
    .text(&rows)
    .execute(tx)?;
    Ok(())
}

/// Which design a Google class was last written with.
pub fn find_class_design(db: &mut Db, class_id: &str) -> Result<Option<DesignId>, StoreError> {
    Ok(google_classes::table
        .find(class_id)
        .select(google_classes::design_id)
        .get_result(db)
        .optional()?)
}

/// Forgets that a Google class was ever written: Google says that it is not there.
pub fn forget_class_design(tx: &mut Tx<'_>, class_id: &str) -> Result<(), StoreError> {
    diesel::delete(google_classes::table.find(class_id)).execute(&mut **tx)?;
    Ok(())
}

/// Records that a Google class was written with a design.
pub fn set_class_design(
    tx: &mut Tx<'_>,
    class_id: &str,
    program: &ProgramId,
    design: &DesignId,
    now: Time,
) -> Result<(), StoreError> {
    let change = (
        google_classes::design_id.eq(design),
        google_classes::written_at.eq(now),
    );
    let row = (
        google_classes::class_id.eq(class_id),
        google_classes::program_id.eq(program),
        change,
    );
    on_both!(tx, conn => diesel::insert_into(google_classes::table)
        .values(row)
        .on_conflict(google_classes::class_id)
        .do_update()
        .set(change)
        .execute(conn))?;
    Ok(())
}
