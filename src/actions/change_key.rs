//! A key gets another name, or is said to be in a member's hands.

use serde_json::json;

use super::change_member::Edit;
use super::{ActionError, Code, Deed};
use crate::store::keys::{self, Key};
use crate::store::{StoreError, Tx, members};
use crate::types::{KeyId, MemberId, ProgramId};

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
            check_holder(tx, key.program_id.as_ref(), member)?;
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

/// Whoever works for one program, or holds a key for it, is one of its members if they are a member at all.
pub(super) fn check_holder(
    tx: &mut Tx<'_>,
    program: Option<&ProgramId>,
    member: &MemberId,
) -> Result<(), ActionError> {
    let is_seen = match members::get(tx, member) {
        Ok(found) => {
            let is_own = program.is_none_or(|own| *own == found.program_id);
            is_own && found.erased_at.is_none()
        }
        Err(StoreError::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    if is_seen {
        return Ok(());
    }
    let detail = "The program has no such member; name one by id, or leave it out.";
    Err(ActionError::fault("/member", "unknown_member", detail))
}
