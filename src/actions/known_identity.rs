//! Whose an identity is, and whether a member can have it.

use super::Deed;
use super::identity::{Known, external_id};
use crate::store::members::{self, Identity, Member};
use crate::store::{Db, StoreError, Tx};
use crate::types::{MemberId, ProgramId};

/// What became of an identity that a member is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// They have it now.
    New,
    /// They had it.
    Held,
    /// Somebody else has it.
    Taken,
}

/// Whom an identity leads to, also one that was stored before texts were folded.
pub(super) fn find_owner(
    db: &mut Db,
    program: &ProgramId,
    known: &Known,
) -> Result<Option<MemberId>, StoreError> {
    let owner = members::find_by_identity(db, program, known.kind, &known.value)?;
    match (&known.earlier, owner) {
        (Some(earlier), None) => members::find_by_identity(db, program, known.kind, earlier),
        (_, owner) => Ok(owner),
    }
}

/// Whom the caller's own id leads to.
pub fn find_by_external_id(
    db: &mut Db,
    program: &ProgramId,
    text: &str,
) -> Result<Option<MemberId>, StoreError> {
    match external_id(text) {
        Ok(known) => find_owner(db, program, &known),
        // What could never be one leads to nobody.
        Err(_) => Ok(None),
    }
}

/// Gives a member an identity unless somebody else has it.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    deed: &Deed,
    member: &Member,
    known: &Known,
) -> Result<Claim, StoreError> {
    let said_by = |owner: &MemberId| {
        if *owner == member.id {
            Claim::Held
        } else {
            Claim::Taken
        }
    };
    if let Some(earlier) = &known.earlier
        && let Some(owner) = members::find_by_identity(tx, &member.program_id, known.kind, earlier)?
    {
        return Ok(said_by(&owner));
    }
    let identity = Identity {
        program_id: member.program_id.clone(),
        kind: known.kind.to_owned(),
        value: known.value.clone(),
        member_id: member.id.clone(),
        created_at: deed.now,
        came_from: String::new(),
        shown: known.shown.clone(),
        source: deed.caller.actor.clone(),
    };
    if members::claim_identity(tx, &identity)? {
        return Ok(Claim::New);
    }
    let owner = members::find_by_identity(tx, &member.program_id, known.kind, &known.value)?;
    Ok(owner.as_ref().map_or(Claim::Taken, said_by))
}
