//! A typed id leads to a member no more.

use serde_json::json;

use super::change_member::lock;
use super::identity;
use super::joining::edit;
use super::{ActionError, Code, Deed, MemberSheet};
use crate::store::members::{self, Member};
use crate::store::{Db, StoreError, Tx};
use crate::types::MemberId;

/// Takes an identity, named as its kind, a colon and its value, from a member who is still at `version` (any, if `None`).
pub fn remove_identity(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    version: Option<i64>,
    name: &str,
) -> Result<MemberSheet, ActionError> {
    let missing = || ActionError::with(Code::NotFound, "The member has no such identity.");
    let (kind, value) = name.split_once(':').ok_or_else(missing)?;
    let known = identity::read(kind, value).map_err(|_| missing())?;
    let member = lock(tx, deed, id, version)?;
    let is_meant = |value: &String| *value == known.value || Some(value) == known.earlier.as_ref();
    let own = members::list_identities(tx, id)?
        .into_iter()
        .find(|one| one.kind == known.kind && is_meant(&one.value))
        .ok_or_else(missing)?;
    members::drop_one_identity(tx, &own)?;
    let after = Member {
        external_id: own_external_id(tx, &member)?,
        ..member
    };
    let member = edit(tx, deed, after)?;
    // The kind and never the value: the books outlive the person's data.
    let said = json!({ "type": known.kind, "version": member.version });
    deed.record(
        tx,
        Some(&member.program_id),
        "remove_identity",
        id.as_str(),
        &said,
    )?;
    MemberSheet::read(tx, member)
}

/// The external id that stands for a member: the one that did, if they have it still, else the oldest of theirs.
pub(super) fn own_external_id(db: &mut Db, member: &Member) -> Result<Option<String>, StoreError> {
    let identities = members::list_identities(db, &member.id)?;
    let mut own = identities
        .iter()
        .filter(|one| one.kind == "external_id")
        .map(members::Identity::shown);
    let first = own.next();
    let is_there = |present: &&str| first == Some(*present) || own.any(|one| one == *present);
    let present = member.external_id.as_deref().filter(is_there);
    Ok(present.or(first).map(str::to_owned))
}
