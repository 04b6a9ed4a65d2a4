//! A key gets another name, or is said to be in a member's hands.

use serde_json::json;

use super::change_member::Edit;
use super::{ActionError, Code, Deed};
use crate::store::keys::{self, Key};
use crate::store::{StoreError, Tx, members};
use crate::types::{KeyId, MemberId};

/// What is to change of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChange {
    /// What people call it; `None` stays.
    pub name: Option<String>,
    /// The member whose hands it is in.
    pub member: Edit<MemberId>,
}

/// Changes a key; what it opens stays the same.
pub fn change_key(tx: &mut Tx<'_>, deed: &Deed, id: &KeyId, change: &KeyChange) -> Result<Key, ActionError> {
    let key = keys::get(tx, id)?;
    if deed.caller.program.is_some() && key.program_id != deed.caller.program {
        return Err(ActionError::new(Code::NotFound));
    }
    if let Some(name) = &change.name {
        keys::set_name(tx, id, name)?;
    }
    match &change.member {
        Edit::Keep => (),
        Edit::Clear => keys::set_member(tx, id, None)?,
        Edit::Set(member) => {
            check_member(tx, &key, member)?;
            keys::set_member(tx, id, Some(member))?;
        }
    }
    let key = keys::get(tx, id)?;
    deed.record(
        tx,
        key.program_id.as_ref(),
        "change_key",
        id.as_str(),
        &json!({ "member": key.member_id }),
    )?;
    Ok(key)
}

/// A key for one program is in the hands of one of its members.
fn check_member(tx: &mut Tx<'_>, key: &Key, member: &MemberId) -> Result<(), ActionError> {
    let is_seen = match members::get(tx, member) {
        Ok(found) => {
            let is_own = key.program_id.as_ref().is_none_or(|own| *own == found.program_id);
            is_own && found.erased_at.is_none()
        }
        Err(StoreError::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    if is_seen {
        return Ok(());
    }
    let detail = "The key's program has no such member; name one by id, or leave it out.";
    Err(ActionError::fault("/member", "unknown_member", detail))
}
