//! The second step of a sign-in: a code of one time, or one for recovery.

use serde_json::json;

use super::change_codes::{CODE_DIGITS, code_key};
use super::sign_in::{By, SignedIn, check_wait, note_failure, open_session};
use super::{ActionError, Caller, Code, Deed, House, recovery_codes};
use crate::store::staff::{self, Staff};
use crate::store::{Tx, half_sessions};
use crate::types::{Secret, StaffId, find_period};

/// Whose sign-in is half done in a browser, by the hash of what it keeps.
pub async fn find_half_way(house: &House, hash: &str) -> Result<Option<Staff>, ActionError> {
    let (hash, now) = (hash.to_owned(), house.now());
    let read = house
        .store
        .read(move |db| Ok::<_, ActionError>(half_sessions::find_staff(db, &hash, now)?));
    read.await
}

/// Ends a half sign-in with a code. `NoSession` if there is none any more.
pub async fn sign_in_by_code(
    house: &House,
    caller: Caller,
    hash: &str,
    typed: Secret,
) -> Result<SignedIn, ActionError> {
    let deed = Deed::begin(house, caller);
    let hash = hash.to_owned();
    let write = house.store.write(move |tx| {
        let over = || ActionError::new(Code::NoSession);
        let found = half_sessions::find_staff(tx, &hash, deed.now)?.ok_or_else(over)?;
        // Whoever tries beside waits here, so that no code is taken twice.
        let mut row = staff::lock(tx, &found.id)?;
        // Also after the lock: what ends sessions may have come before.
        half_sessions::find_staff(tx, &hash, deed.now)?.ok_or_else(over)?;
        check_wait(&row, deed.now)?;
        let Some(by) = take(tx, &deed, &mut row, &typed)? else {
            note_failure(tx, &deed, &row.id, &By::Code)?;
            return Ok(None);
        };
        half_sessions::remove(tx, &hash)?;
        row.failures = 0;
        row.failed_at = None;
        staff::update(tx, &row)?;
        open_session(tx, &deed, row, None, &by).map(Some)
    });
    write.await?.ok_or_else(|| ActionError::new(Code::WrongCode))
}

/// Which sort of code was typed, if it is right; it is used up in a row that is stored afterwards.
fn take(tx: &mut Tx<'_>, deed: &Deed, row: &mut Staff, typed: &Secret) -> Result<Option<By>, ActionError> {
    if row.code_since.is_none() {
        return Ok(None);
    }
    let seed = row.code_seed.clone().unwrap_or_default();
    let key = code_key(&deed.house, &row.id, &seed);
    let found = find_period(&key, typed.expose(), CODE_DIGITS, deed.now, row.code_last);
    if let Some(period) = found {
        row.code_last = Some(period);
        return Ok(Some(By::Code));
    }
    let is_recovery = recovery_codes::spend(tx, deed, &row.id, typed)?;
    if is_recovery {
        note_recovery(tx, deed, row, &row.id)?;
    }
    Ok(is_recovery.then_some(By::RecoveryCode))
}

fn note_recovery(tx: &mut Tx<'_>, deed: &Deed, row: &Staff, id: &StaffId) -> Result<(), ActionError> {
    let left = crate::store::recovery_codes::count_unused(tx, id)?;
    let detail = json!({ "left": left });
    deed.record(
        tx,
        row.program_id.as_ref(),
        "use_recovery_code",
        id.as_str(),
        &detail,
    )?;
    Ok(())
}
