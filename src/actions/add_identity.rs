//! One more typed id leads to a member.

use serde_json::json;

use super::change_member::lock;
use super::identity;
use super::joining::edit;
use super::known_identity::{Claim, claim};
use super::remove_identity::own_external_id;
use super::{ActionError, Code, Deed, Fault, MemberSheet};
use crate::store::Tx;
use crate::store::members::{self, Member};
use crate::types::MemberId;

/// Most identities of a member to which one can be added.
const IDENTITIES_MAX: usize = 20;

/// A member with one more identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The member.
    pub sheet: MemberSheet,
    /// Whether they had not had it.
    pub is_new: bool,
}

/// Adds an identity to a member who is still at `version` (any, if `None`).
pub fn add_identity(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    version: Option<i64>,
    (kind, value): (&str, &str),
) -> Result<Added, ActionError> {
    let known = identity::read(kind, value).map_err(|fault| {
        let pointer = if fault.code == "unknown_type" {
            "/type"
        } else {
            "/value"
        };
        ActionError::invalid(vec![Fault::new(pointer, fault.code, fault.detail)])
    })?;
    let member = lock(tx, deed, id, version)?;
    let held = members::list_identities(tx, id)?.len();
    match claim(tx, deed, &member, &known)? {
        Claim::New => (),
        Claim::Held => {
            let sheet = MemberSheet::read(tx, member)?;
            return Ok(Added { sheet, is_new: false });
        }
        Claim::Taken => {
            let fault = Fault::new("/value", "taken", Code::IdentityTaken.title());
            return Err(ActionError {
                faults: vec![fault],
                ..ActionError::new(Code::IdentityTaken)
            });
        }
    }
    if held >= IDENTITIES_MAX {
        let detail = format!("A member has at most {IDENTITIES_MAX} identities; take one away first.");
        return Err(ActionError::with(Code::LimitReached, detail));
    }
    let after = Member {
        external_id: own_external_id(tx, &member)?,
        ..member
    };
    let member = edit(tx, deed, after)?;
    // The kind and never the value: the books outlive the person's data.
    let said = json!({ "type": known.kind, "version": member.version });
    deed.record(tx, Some(&member.program_id), "add_identity", id.as_str(), &said)?;
    Ok(Added {
        sheet: MemberSheet::read(tx, member)?,
        is_new: true,
    })
}
