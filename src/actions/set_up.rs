//! The first owner of an installation makes their login, once.

use super::change_staff::{PreparedStaff, create_staff};
use super::{ActionError, Code, Deed};
use crate::store::staff::{self, Staff};
use crate::store::{Db, Tx, settings};

/// The setting whose row first owners wait for, one after the other.
const LOCK: &str = "set_up";

/// Whether nobody works here yet.
pub fn is_to_be_set_up(db: &mut Db) -> Result<bool, ActionError> {
    Ok(!staff::is_any(db)?)
}

/// Adds the first owner; of two at once one is too late.
pub fn make_first_owner(
    tx: &mut Tx<'_>,
    deed: &Deed,
    prepared: &PreparedStaff,
) -> Result<Staff, ActionError> {
    settings::lock(tx, LOCK, "", deed.now)?;
    if staff::is_any(tx)? {
        return Err(ActionError::new(Code::SetUpOver));
    }
    create_staff(tx, deed, None, prepared)
}
