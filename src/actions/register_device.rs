//! A phone that added a pass asks to be told of its changes, or asks no longer.

use serde_json::json;

use super::{ActionError, Code, Deed, House};
use crate::store::cards::{self, Card};
use crate::store::deliveries::{self, Lane};
use crate::store::devices::{self, Device, Registration};
use crate::store::passes::{self, Pass};
use crate::store::{Db, Tx};
use crate::types::{DeviceId, PushToken, Secret, Time, Wallet, constant_time_eq};

/// Most phones that one pass may be on; the one that registered longest ago makes room. One phone has been
/// seen to register hundreds of times under fresh ids (Apple developer forum, thread 130425).
pub const PHONES_MAX: i64 = 100;

/// Which pass a phone speaks of, and with which token.
#[derive(Debug, Clone)]
pub struct PassClaim {
    /// The pass type.
    pub pass_type: String,
    /// The serial number.
    pub serial: String,
    /// The token that came with the request; empty if none did.
    pub token: Secret,
}

/// How a registration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// It is new.
    New,
    /// It was there.
    Known,
}

/// The pass that a phone speaks of, with its card. Unknown and forbidden are one answer.
pub fn admit(db: &mut Db, house: &House, claim: &PassClaim) -> Result<(Pass, Card), ActionError> {
    let found = passes::find_with_card(db, &claim.pass_type, &claim.serial)?;
    let epoch = found.as_ref().map(|(pass, _)| pass.epoch);
    admit_if(house, claim, epoch, found)
}

/// The pass that a phone speaks of, alone. Unknown and forbidden are one answer.
fn admit_to_pass(db: &mut Db, house: &House, claim: &PassClaim) -> Result<Pass, ActionError> {
    let found = passes::find(db, &claim.pass_type, &claim.serial)?;
    let epoch = found.as_ref().map(|pass| pass.epoch);
    admit_if(house, claim, epoch, found)
}

/// When the pass that a phone speaks of last changed. Unknown and forbidden are one answer.
pub fn admit_to_sight(db: &mut Db, house: &House, claim: &PassClaim) -> Result<Time, ActionError> {
    let found = passes::find_sight(db, &claim.pass_type, &claim.serial)?;
    let epoch = found.map(|sight| sight.epoch);
    admit_if(house, claim, epoch, found.map(|sight| sight.last_modified))
}

/// The token is derived and compared for unknown passes too: both cases take the same steps.
fn admit_if<T>(
    house: &House,
    claim: &PassClaim,
    epoch: Option<i64>,
    found: Option<T>,
) -> Result<T, ActionError> {
    let token = house.pass_token(&claim.pass_type, &claim.serial, epoch.unwrap_or(0));
    let is_good = constant_time_eq(token.as_bytes(), claim.token.expose().as_bytes());
    found
        .filter(|_| is_good)
        .ok_or_else(|| ActionError::new(Code::WrongPassToken))
}

/// Registers a phone for a pass. A new push token replaces the old one, and what the phone was told by the old
/// one it is told again.
pub fn register_device(
    tx: &mut Tx<'_>,
    deed: &Deed,
    claim: &PassClaim,
    device_id: &DeviceId,
    push_token: &PushToken,
) -> Result<Registered, ActionError> {
    let pass = admit_to_pass(tx, &deed.house, claim)?;
    let known = devices::find(tx, device_id, &pass.pass_type)?;
    let is_token_new = known.is_some_and(|known| known.push_token != *push_token);
    // The lock orders this with a change of the card: either that change sees the phone, or we see its version.
    let (card, others) = if is_token_new {
        lock_all(tx, &pass, device_id)?
    } else {
        (cards::lock(tx, &pass.card_id)?, Vec::new())
    };
    // Asked before the pass is read: a fetch is forgotten here only after it is recorded there.
    let is_noted = deed.house.fetches.has(&pass.id, 1);
    // Read anew: while we waited for the lock, the pass may have lost its last phone.
    let pass = admit_to_pass(tx, &deed.house, claim)?;
    devices::put(
        tx,
        &Device {
            device_id: device_id.clone(),
            pass_type: pass.pass_type.clone(),
            push_token: push_token.clone(),
            registered_at: deed.now,
        },
    )?;
    if is_token_new {
        devices::untell(tx, device_id, &pass.pass_type)?;
    }
    let is_new = devices::register(
        tx,
        &Registration {
            device_id: device_id.clone(),
            pass_type: pass.pass_type.clone(),
            pass_id: pass.id.clone(),
            card_id: card.id.clone(),
            told_version: 0,
            created_at: deed.now,
        },
    )?;
    if is_new && pass.state != passes::INSTALLED {
        passes::set_state(tx, (&pass.id, Wallet::Apple), passes::INSTALLED)?;
        deed.record(
            tx,
            Some(&card.program_id),
            "register_device",
            pass.id.as_str(),
            &json!({}),
        )?;
    }
    if is_new {
        drop_oldest(tx, &pass)?;
    }
    // Which version a phone holds is known only where there has been but one. A phone registers within a second
    // of its fetch, often before that is recorded.
    let is_surely_newest = card.version == 1 && (is_noted || pass.fetched_version == 1);
    if is_token_new || (is_new && !is_surely_newest) {
        let apple = (&card.id, Wallet::Apple);
        deliveries::mark_one(tx, apple, card.version, Lane::Instant, deed.now)?;
    }
    for other in &others {
        let apple = (&other.id, Wallet::Apple);
        deliveries::mark_one(tx, apple, other.version, Lane::Instant, deed.now)?;
    }
    Ok(if is_new {
        Registered::New
    } else {
        Registered::Known
    })
}

/// Locks the card of a pass and all other cards on a phone, in the one order; gives them apart.
fn lock_all(tx: &mut Tx<'_>, pass: &Pass, device_id: &DeviceId) -> Result<(Card, Vec<Card>), ActionError> {
    let mut ids = devices::list_cards(tx, device_id, &pass.pass_type)?;
    ids.push(pass.card_id.clone());
    ids.sort();
    ids.dedup();
    let mut others = Vec::with_capacity(ids.len());
    let mut own = None;
    for id in ids {
        let card = cards::lock(tx, &id)?;
        if id == pass.card_id {
            own = Some(card);
        } else {
            others.push(card);
        }
    }
    let own = own.ok_or_else(|| ActionError::internal("a pass without its card"))?;
    Ok((own, others))
}

fn drop_oldest(tx: &mut Tx<'_>, pass: &Pass) -> Result<(), ActionError> {
    if devices::count_by_pass(tx, &pass.id)? > PHONES_MAX
        && let Some(oldest) = devices::find_oldest_by_pass(tx, &pass.id)?
    {
        devices::unregister(tx, &oldest, &pass.pass_type, &pass.id)?;
    }
    Ok(())
}

/// Takes a phone off a pass.
pub fn unregister_device(
    tx: &mut Tx<'_>,
    deed: &Deed,
    claim: &PassClaim,
    device_id: &DeviceId,
) -> Result<(), ActionError> {
    let pass = admit_to_pass(tx, &deed.house, claim)?;
    cards::lock(tx, &pass.card_id)?;
    devices::unregister(tx, device_id, &pass.pass_type, &pass.id)?;
    if devices::count_by_pass(tx, &pass.id)? == 0 {
        passes::set_state(tx, (&pass.id, Wallet::Apple), passes::REMOVED)?;
        deed.record(
            tx,
            Some(&pass.program_id),
            "unregister_device",
            pass.id.as_str(),
            &json!({}),
        )?;
    }
    Ok(())
}
