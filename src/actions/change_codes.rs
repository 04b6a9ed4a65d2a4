//! Codes of one time as the second step of somebody's sign-in: turned on, turned off; and what replaces a lost one.

use serde_json::json;

use super::change_staff::check_in_reach;
use super::{ActionError, Code, Deed, House, recovery_codes};
use crate::store::staff::{self, Staff};
use crate::store::{self, Tx, sessions};
use crate::types::{Secret, StaffId, find_period, random_token};

/// Digits of a code.
pub const CODE_DIGITS: u32 = 6;
/// Bytes of a key: as many as HMAC-SHA-1 gives (RFC 4226, section 4).
const KEY_BYTES: usize = 20;
/// Random bytes of a seed.
const SEED_BYTES: usize = 18;
/// Characters of it in base64url.
const SEED_LEN: usize = 24;

/// What the key of codes that are not turned on yet will be derived from. It says nothing without the master key.
pub fn new_code_seed() -> String {
    random_token(SEED_BYTES)
}

/// The key of somebody's codes: derived, so that there is nothing to steal from the database.
pub fn code_key(house: &House, id: &StaffId, seed: &str) -> [u8; KEY_BYTES] {
    let whole = house.master_key.derive("staff-code", &[id.as_str(), seed]);
    let mut key = [0; KEY_BYTES];
    for (to, from) in key.iter_mut().zip(whole) {
        *to = from;
    }
    key
}

/// Turns codes on for somebody who is still at `version`, once they typed a right one. Their recovery codes are given
/// here and never again.
pub fn turn_on_codes(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&StaffId, i64),
    seed: &str,
    typed: &Secret,
) -> Result<Vec<Secret>, ActionError> {
    let mut row = lock_at(tx, id, version)?;
    if row.has_second_step() {
        return Err(ActionError::new(Code::StaleEdit));
    }
    let is_seed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if seed.len() != SEED_LEN || !seed.bytes().all(is_seed) {
        return Err(ActionError::with(
            Code::MalformedBody,
            "The form did not arrive whole.",
        ));
    }
    let key = code_key(&deed.house, id, seed);
    let period = find_period(&key, typed.expose(), CODE_DIGITS, deed.now, None).ok_or_else(|| {
        let detail = "That is not the code of now. Look at the clock of the phone, and type the next one.";
        ActionError::fault("/code", "wrong_code", detail)
    })?;
    row.code_seed = Some(seed.to_owned());
    row.code_since = Some(deed.now);
    row.code_last = Some(period);
    save(tx, deed, &mut row, "turn_on_codes")?;
    recovery_codes::renew(tx, deed, id)
}

/// Gives somebody whose codes are on new recovery codes, in the place of those they had.
pub fn renew_recovery_codes(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&StaffId, i64),
) -> Result<Vec<Secret>, ActionError> {
    let mut row = lock_at(tx, id, version)?;
    if !row.has_second_step() {
        return Err(ActionError::new(Code::StaleEdit));
    }
    save(tx, deed, &mut row, "renew_recovery_codes")?;
    recovery_codes::renew(tx, deed, id)
}

/// Turns codes off for somebody who is still at `version`, and ends their sessions but for the one in which they did it
/// themselves.
pub fn turn_off_codes(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&StaffId, i64),
    own_session: Option<&str>,
) -> Result<Staff, ActionError> {
    let mut row = lock_at(tx, id, version)?;
    check_in_reach(&deed.caller, &row)?;
    if !row.has_second_step() {
        return Err(ActionError::new(Code::StaleEdit));
    }
    forget_codes(tx, &mut row)?;
    save(tx, deed, &mut row, "turn_off_codes")?;
    sessions::remove_of(tx, id, own_session)?;
    Ok(row)
}

/// Takes somebody's codes away, in a row that is stored afterwards.
pub(super) fn forget_codes(tx: &mut Tx<'_>, row: &mut Staff) -> Result<(), ActionError> {
    row.code_seed = None;
    row.code_since = None;
    row.code_last = None;
    store::recovery_codes::remove_of(tx, &row.id)?;
    Ok(())
}

/// Somebody who is still at a version, locked.
pub(super) fn lock_at(tx: &mut Tx<'_>, id: &StaffId, version: i64) -> Result<Staff, ActionError> {
    let row = staff::lock(tx, id)?;
    if row.archived_at.is_some() {
        return Err(ActionError::new(Code::Archived));
    }
    if row.version != version {
        return Err(ActionError::new(Code::StaleEdit));
    }
    Ok(row)
}

/// Stores somebody who is locked as one version more, with a line in the books.
pub(super) fn save(tx: &mut Tx<'_>, deed: &Deed, row: &mut Staff, name: &str) -> Result<(), ActionError> {
    row.version += 1;
    row.updated_at = deed.now;
    staff::update(tx, row)?;
    let detail = json!({ "has_second_step": row.has_second_step() });
    deed.record(tx, row.program_id.as_ref(), name, row.id.as_str(), &detail)?;
    Ok(())
}
