//! Somebody who works here gives themselves another password.

use super::change_codes::{lock_at, save};
use super::passwords::{Factor, check_password, hash};
use super::{ActionError, Deed, House};
use crate::store::staff::Staff;
use crate::store::{Tx, sessions};
use crate::types::{Secret, StaffId};

/// A password that was checked and hashed: no transaction waits for that.
pub struct PreparedPassword(String);

/// Checks and hashes a new password.
pub async fn prepare_password(
    house: &House,
    id: &StaffId,
    text: &Secret,
) -> Result<PreparedPassword, ActionError> {
    check_password(text)?;
    hash(house, Factor::Password, id, text)
        .await
        .map(PreparedPassword)
}

/// Gives somebody who is still at `version` their new password, and ends their other sessions.
pub fn change_own_password(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&StaffId, i64),
    prepared: &PreparedPassword,
    own_session: &str,
) -> Result<Staff, ActionError> {
    let mut row = lock_at(tx, id, version)?;
    if row.email.is_none() {
        let detail = "Whoever has a password signs in with an e-mail address; ask an owner to give one.";
        return Err(ActionError::fault("/password", "no_email", detail));
    }
    row.password_hash = Some(prepared.0.clone());
    row.failures = 0;
    row.failed_at = None;
    save(tx, deed, &mut row, "change_own_password")?;
    sessions::remove_of(tx, id, Some(own_session))?;
    Ok(row)
}
