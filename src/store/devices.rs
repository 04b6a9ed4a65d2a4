//! Phones with Apple Wallet, and which passes each of them holds.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::dialect::{self, locked, on_both};
use super::schema::{cards, devices, passes, registrations};
use super::statement::Statement;
use super::{Db, StoreError, Tx, tallies};
use crate::types::{CardId, DeviceId, MemberId, PassId, PushToken, Time};

/// Most cards of one type on one phone.
pub const CARDS_MAX: i64 = 1_000;

/// A phone as one pass type knows it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = devices, treat_none_as_default_value = false)]
pub struct Device {
    /// What the phone calls itself.
    pub device_id: DeviceId,
    /// The pass type.
    pub pass_type: String,
    /// What Apple's push service calls it.
    pub push_token: PushToken,
    /// When it last registered.
    pub registered_at: Time,
}

/// A pass on a phone.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = registrations, treat_none_as_default_value = false)]
pub struct Registration {
    /// The phone.
    pub device_id: DeviceId,
    /// The pass type.
    pub pass_type: String,
    /// The pass.
    pub pass_id: PassId,
    /// Its card.
    pub card_id: CardId,
    /// The card's version that this phone was last told of.
    pub told_version: i64,
    /// Since when.
    pub created_at: Time,
}

/// The phone, if it is known for that pass type.
pub fn find(db: &mut Db, device: &DeviceId, pass_type: &str) -> Result<Option<Device>, StoreError> {
    let found = on_both!(db, conn => devices::table
        .find((device, pass_type))
        .select(Device::as_select())
        .get_result(conn));
    Ok(found.optional()?)
}

/// Whether the phone is registered for the pass.
pub fn is_registered(
    db: &mut Db,
    device: &DeviceId,
    pass_type: &str,
    pass: &PassId,
) -> Result<bool, StoreError> {
    let found = registrations::table
        .find((device, pass_type, pass))
        .select(registrations::created_at);
    Ok(found.get_result::<Time>(db).optional()?.is_some())
}

/// Stores a phone; a new push token replaces the old one.
pub fn put(tx: &mut Tx<'_>, device: &Device) -> Result<(), StoreError> {
    Statement::new(
        "INSERT INTO devices (device_id, pass_type, push_token, registered_at) VALUES (?, ?, ?, ?) \
         ON CONFLICT (device_id, pass_type) DO UPDATE SET push_token = excluded.push_token, \
         registered_at = excluded.registered_at",
    )
    .text(device.device_id.as_str())
    .text(&device.pass_type)
    .text(device.push_token.as_str())
    .number(device.registered_at.millis())
    .execute(tx)?;
    Ok(())
}

/// Stores a registration; says whether it is new.
pub fn register(tx: &mut Tx<'_>, registration: &Registration) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(registrations::table)
        .values(registration)
        .on_conflict_do_nothing()
        .execute(conn))?;
    if inserted == 1 {
        tallies::add_phones(tx, &registration.card_id, 1)?;
    }
    Ok(inserted == 1)
}

/// Takes a registration away; says whether it was there. A phone without any is forgotten.
pub fn unregister(
    tx: &mut Tx<'_>,
    device: &DeviceId,
    pass_type: &str,
    pass: &PassId,
) -> Result<bool, StoreError> {
    // The phone may be registering another pass at this moment: one after the other.
    let phone = devices::table
        .find((device, pass_type))
        .select(devices::registered_at);
    locked!(tx, phone, get_result::<Time>).optional()?;
    let target = registrations::table.find((device, pass_type, pass));
    let gone: Option<CardId> = on_both!(tx, conn => diesel::delete(target)
        .returning(registrations::card_id)
        .get_result(conn))
    .optional()?;
    if let Some(card) = &gone {
        tallies::add_phones(tx, card, -1)?;
    }
    forget_idle(tx, device, pass_type)?;
    Ok(gone.is_some())
}

fn forget_idle(tx: &mut Tx<'_>, device: &DeviceId, pass_type: &str) -> Result<(), StoreError> {
    let rest = registrations::table
        .filter(registrations::device_id.eq(device))
        .filter(registrations::pass_type.eq(pass_type));
    diesel::delete(
        devices::table
            .filter(devices::device_id.eq(device))
            .filter(devices::pass_type.eq(pass_type))
            .filter(diesel::dsl::not(diesel::dsl::exists(rest))),
    )
    .execute(&mut **tx)?;
    Ok(())
}

/// How many phones hold a pass.
pub fn count_by_pass(db: &mut Db, pass: &PassId) -> Result<i64, StoreError> {
    Ok(on_both!(db, conn => registrations::table
        .filter(registrations::pass_id.eq(pass))
        .count()
        .get_result(conn))?)
}

/// The phone that registered longest ago for a pass.
pub fn find_oldest_by_pass(db: &mut Db, pass: &PassId) -> Result<Option<DeviceId>, StoreError> {
    Ok(registrations::table
        .filter(registrations::pass_id.eq(pass))
        .order((registrations::created_at.asc(), registrations::device_id.asc()))
        .select(registrations::device_id)
        .first(db)
        .optional()?)
}

/// The passes of a type on a phone: serial and the card's version, at most `limit`.
pub fn list_versions(
    db: &mut Db,
    device: &DeviceId,
    pass_type: &str,
    limit: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        serial: String,
        #[diesel(sql_type = BigInt)]
        version: i64,
    }
    let rows: Vec<Row> = Statement::new(format!(
        "SELECT p.serial, c.version FROM registrations r JOIN passes p ON p.id = r.pass_id \
         JOIN cards c ON c.id = r.card_id WHERE r.device_id = ? AND r.pass_type = ? ORDER BY r.pass_id LIMIT {limit}"
    ))
    .text(device.as_str())
    .text(pass_type)
    .load(db)?;
    Ok(rows.into_iter().map(|row| (row.serial, row.version)).collect())
}

/// A registration with where to push to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The registration.
    pub registration: Registration,
    /// Its phone's push token.
    pub push_token: PushToken,
    /// When the phone last registered.
    pub registered_at: Time,
}

/// The phones of many cards.
pub fn list_targets(db: &mut Db, of: &[CardId]) -> Result<Vec<Target>, StoreError> {
    let rows: Vec<(Registration, PushToken, Time)> = registrations::table
        .inner_join(
            devices::table.on(devices::device_id
                .eq(registrations::device_id)
                .and(devices::pass_type.eq(registrations::pass_type))),
        )
        .filter(registrations::card_id.eq_any(of))
        .select((
            Registration::as_select(),
            devices::push_token,
            devices::registered_at,
        ))
        .load(db)?;
    Ok(rows
        .into_iter()
        .map(|(registration, push_token, registered_at)| Target {
            registration,
            push_token,
            registered_at,
        })
        .collect())
}

/// Registrations that were told of a card's version: phone, pass type, pass, version.
pub type Told = (DeviceId, String, PassId, i64);

/// Records what phones were told, many registrations at once.
pub fn record_told(tx: &mut Tx<'_>, told: &[Told]) -> Result<(), StoreError> {
    if told.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = told
        .iter()
        .map(|(device, pass_type, pass, version)| (device.as_str(), pass_type, pass.as_str(), version))
        .collect();
    let rows =
        serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("told registrations", fault))?;
    let source = dialect::json_rows(tx);
    let locked = format!(
        "registrations WHERE (device_id, pass_type, pass_id) IN \
         (SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2 FROM {source}) ORDER BY device_id, pass_type, pass_id"
    );
    dialect::lock_in_order(tx, &locked, &rows)?;
    Statement::new(format!(
        "UPDATE registrations SET told_version = s.version FROM (SELECT e.value ->> 0 AS device_id, \
         e.value ->> 1 AS pass_type, e.value ->> 2 AS pass_id, max(CAST(e.value ->> 3 AS BIGINT)) AS version \
         FROM {source} GROUP BY 1, 2, 3) s \
         WHERE registrations.device_id = s.device_id AND registrations.pass_type = s.pass_type \
         AND registrations.pass_id = s.pass_id AND registrations.told_version < s.version"
    ))
    .text(&rows)
    .execute(tx)?;
    Ok(())
}

/// The cards of the phones with a push token, in the order in which cards are locked.
pub fn list_cards_of_token(
    db: &mut Db,
    token: &PushToken,
    pass_type: &str,
) -> Result<Vec<CardId>, StoreError> {
    Ok(registrations::table
        .inner_join(
            devices::table.on(devices::device_id
                .eq(registrations::device_id)
                .and(devices::pass_type.eq(registrations::pass_type))),
        )
        .filter(devices::push_token.eq(token))
        .filter(devices::pass_type.eq(pass_type))
        .order(registrations::card_id.asc())
        .select(registrations::card_id)
        .distinct()
        .limit(CARDS_MAX)
        .load(db)?)
}

/// The cards of a phone, in the order in which cards are locked.
pub fn list_cards(db: &mut Db, device: &DeviceId, pass_type: &str) -> Result<Vec<CardId>, StoreError> {
    Ok(registrations::table
        .filter(registrations::device_id.eq(device))
        .filter(registrations::pass_type.eq(pass_type))
        .order(registrations::card_id.asc())
        .select(registrations::card_id)
        .distinct()
        .limit(CARDS_MAX)
        .load(db)?)
}

/// Whether any phone holds passes of both members.
pub fn share_phone(db: &mut Db, one: &MemberId, other: &MemberId) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Shared {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let found: Vec<Shared> = Statement::new(
        "SELECT count(*) AS number FROM registrations AS a JOIN registrations AS b ON b.device_id = a.device_id \
         WHERE a.card_id IN (SELECT id FROM cards WHERE member_id = ?) \
         AND b.card_id IN (SELECT id FROM cards WHERE member_id = ?)",
    )
    .text(one.as_str())
    .text(other.as_str())
    .load(db)?;
    Ok(found.iter().any(|row| row.number > 0))
}

/// Takes back what a phone was told, for every pass on it: it was told by a push token that is no longer its.
pub fn untell(tx: &mut Tx<'_>, device: &DeviceId, pass_type: &str) -> Result<(), StoreError> {
    let told = registrations::table
        .filter(registrations::device_id.eq(device))
        .filter(registrations::pass_type.eq(pass_type));
    diesel::update(told)
        .set(registrations::told_version.eq(0))
        .execute(&mut **tx)?;
    Ok(())
}

/// Of these cards, the least version that any phone was told of.
pub fn list_least_told(db: &mut Db, of: &[CardId]) -> Result<Vec<(CardId, i64)>, StoreError> {
    let least: Vec<(CardId, Option<i64>)> = registrations::table
        .filter(registrations::card_id.eq_any(of))
        .group_by(registrations::card_id)
        .select((
            registrations::card_id,
            diesel::dsl::min(registrations::told_version),
        ))
        .load(db)?;
    Ok(least
        .into_iter()
        .filter_map(|(card, version)| Some((card, version?)))
        .collect())
}

/// Forgets the phones of a dead push token that have not registered since `since` (any, if `None`); gives
/// the passes that lost a phone.
pub fn forget_token(
    tx: &mut Tx<'_>,
    token: &PushToken,
    pass_type: &str,
    since: Option<Time>,
) -> Result<Vec<PassId>, StoreError> {
    let since = since.unwrap_or(Time::from_millis(i64::MAX));
    let dead = devices::table
        .filter(devices::push_token.eq(token))
        .filter(devices::pass_type.eq(pass_type))
        .filter(devices::registered_at.le(since))
        .order(devices::device_id.asc())
        .select(devices::device_id);
    // Locked, so that a phone which is registering anew at this moment is looked at again when it has.
    let dead: Vec<DeviceId> = locked!(tx, dead, load)?;
    let lost = registrations::table
        .filter(registrations::device_id.eq_any(&dead))
        .filter(registrations::pass_type.eq(pass_type));
    let lost: Vec<(PassId, CardId)> = lost
        .select((registrations::pass_id, registrations::card_id))
        .load(&mut **tx)?;
    diesel::delete(
        registrations::table
            .filter(registrations::device_id.eq_any(&dead))
            .filter(registrations::pass_type.eq(pass_type)),
    )
    .execute(&mut **tx)?;
    diesel::delete(
        devices::table
            .filter(devices::device_id.eq_any(&dead))
            .filter(devices::pass_type.eq(pass_type)),
    )
    .execute(&mut **tx)?;
    for (_, card) in &lost {
        tallies::add_phones(tx, card, -1)?;
    }
    Ok(lost.into_iter().map(|(pass, _)| pass).collect())
}

/// Every registration whose phone was not told of its card's version: for `doctor` and for tests.
pub fn list_untold(db: &mut Db, limit: i64) -> Result<Vec<(DeviceId, CardId, i64, i64)>, StoreError> {
    Ok(registrations::table
        .inner_join(cards::table.on(cards::id.eq(registrations::card_id)))
        .inner_join(passes::table.on(passes::id.eq(registrations::pass_id)))
        .filter(registrations::told_version.lt(cards::version))
        .filter(passes::fetched_version.lt(cards::version))
        .limit(limit)
        .select((
            registrations::device_id,
            registrations::card_id,
            registrations::told_version,
            cards::version,
        ))
        .load(db)?)
}

/// The phones that hold a card, oldest first.
pub fn list_by_card(db: &mut Db, card: &CardId) -> Result<Vec<(Registration, Device)>, StoreError> {
    Ok(registrations::table
        .inner_join(
            devices::table.on(devices::device_id
                .eq(registrations::device_id)
                .and(devices::pass_type.eq(registrations::pass_type))),
        )
        .filter(registrations::card_id.eq(card))
        .order(registrations::created_at.asc())
        .limit(super::LIST_MAX)
        .select((Registration::as_select(), Device::as_select()))
        .load(db)?)
}

/// How many registrations there are.
pub fn count(db: &mut Db) -> Result<i64, StoreError> {
    Ok(registrations::table.count().get_result(db)?)
}
