//! What is known of a person under two members: put together, and taken apart again.

use serde::{Deserialize, Serialize};

use super::{ActionError, Code, Deed};
use crate::store::members::{self, Consent, Identity, Member};
use crate::store::{StoreError, Tx, standings};
use crate::types::{AttributeChanges, Displaced, TakenAttributes, Time};

/// What both members have and only one can keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// `first_name`, or `attributes/` and the attribute's name.
    pub name: String,
    /// What stays: of attributes the newer one, else the survivor's.
    pub kept: String,
    /// What does not.
    pub dropped: String,
}

/// What the survivor took over of the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TakenOver {
    identities: Vec<TakenIdentity>,
    first_name: String,
    last_name: String,
    /// That of the joined member, who keeps none.
    external_id: Option<String>,
    attributes: AttributeChanges,
    /// The survivor's own attributes that made room for newer ones.
    #[serde(default)]
    displaced: Displaced,
    consents: Vec<(String, Time)>,
    /// When the survivor had enrolled themselves.
    enrolled_at: Option<Time>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TakenIdentity {
    kind: String,
    value: String,
    came_from: String,
    created_at: Time,
    #[serde(default)]
    shown: String,
    #[serde(default)]
    source: String,
}

/// The survivor after two members were joined, and what it takes to part them.
pub(super) struct JoinedPerson {
    pub(super) survivor: Member,
    pub(super) taken: TakenOver,
    pub(super) clashes: Vec<Clash>,
}

/// Gives the survivor what the other has: identities, consents, names and attributes that they have not, limits
/// that they used. What both have stays the survivor's, of attributes the newer one.
pub(super) fn join_person(
    tx: &mut Tx<'_>,
    deed: &Deed,
    survivor: &Member,
    merged: &Member,
) -> Result<JoinedPerson, ActionError> {
    let (attributed, added) = survivor.attributed().joined(&merged.attributed());
    let clashes = list_clashes(survivor, merged, &added);
    let mut taken = TakenOver {
        identities: take_identities(tx, survivor, merged)?,
        external_id: merged.external_id.clone(),
        attributes: added.values,
        displaced: added.displaced,
        consents: take_consents(tx, survivor, merged)?,
        enrolled_at: Some(survivor.created_at),
        ..TakenOver::default()
    };
    let mut after = survivor.clone();
    if survivor.first_name.is_empty() && survivor.last_name.is_empty() {
        taken.first_name.clone_from(&merged.first_name);
        taken.last_name.clone_from(&merged.last_name);
        after.first_name.clone_from(&merged.first_name);
        after.last_name.clone_from(&merged.last_name);
    }
    after.external_id = survivor.external_id.clone().or(merged.external_id.clone());
    after.attributes = attributed.values;
    after.attribute_details = attributed.details;
    after.created_at = survivor.created_at.min(merged.created_at);
    standings::join_uses(tx, &merged.id, &survivor.id)?;
    let gone = Member {
        external_id: None,
        merged_into: Some(survivor.id.clone()),
        ..merged.clone()
    };
    // The joined one first: an external id is unique.
    edit(tx, deed, gone)?;
    let survivor = edit(tx, deed, after)?;
    Ok(JoinedPerson {
        survivor,
        taken,
        clashes,
    })
}

/// Gives back what was taken over. What was changed at the survivor since stays as it is there. Gives the kinds of
/// identities that somebody else has by now.
pub(super) fn part_person(
    tx: &mut Tx<'_>,
    deed: &Deed,
    survivor: &Member,
    merged: Member,
    taken: &TakenOver,
) -> Result<Vec<String>, ActionError> {
    let mut lost = Vec::new();
    for one in &taken.identities {
        let identity = one.of(survivor);
        let back = Identity {
            member_id: merged.id.clone(),
            came_from: one.came_from.clone(),
            ..identity.clone()
        };
        if !members::move_identity(tx, &identity, &merged.id, &one.came_from)?
            && !members::claim_identity(tx, &back)?
        {
            lost.push(one.kind.clone());
        }
    }
    for (purpose, at) in &taken.consents {
        members::drop_consent(tx, &survivor.id, purpose, *at)?;
    }
    standings::part_uses(tx, &merged.id, &survivor.id)?;
    let mut own = without(survivor, taken);
    if let Some(enrolled_at) = taken.enrolled_at {
        own.created_at = enrolled_at;
    }
    edit(tx, deed, own)?;
    let has_id = !lost.iter().any(|kind| kind == "external_id");
    let back = Member {
        external_id: taken.external_id.clone().filter(|_| has_id),
        merged_into: None,
        ..merged
    };
    edit(tx, deed, back)?;
    Ok(lost)
}

/// Takes away from the survivor what came of somebody who is erased.
pub(super) fn forget_taken(
    tx: &mut Tx<'_>,
    deed: &Deed,
    survivor: &Member,
    taken: &TakenOver,
) -> Result<Member, ActionError> {
    for one in &taken.identities {
        members::drop_one_identity(tx, &one.of(survivor))?;
    }
    edit(tx, deed, without(survivor, taken))
}

/// The survivor without what they still have of the other.
fn without(survivor: &Member, taken: &TakenOver) -> Member {
    let mut own = survivor.clone();
    let attributed = survivor.attributed().parted(&TakenAttributes {
        values: taken.attributes.clone(),
        displaced: taken.displaced.clone(),
    });
    own.attributes = attributed.values;
    own.attribute_details = attributed.details;
    if own.first_name == taken.first_name && own.last_name == taken.last_name {
        own.first_name.clear();
        own.last_name.clear();
    }
    if own.external_id.is_some() && own.external_id == taken.external_id {
        own.external_id = None;
    }
    own
}

impl TakenIdentity {
    /// As it stands with the survivor.
    fn of(&self, survivor: &Member) -> Identity {
        Identity {
            program_id: survivor.program_id.clone(),
            kind: self.kind.clone(),
            value: self.value.clone(),
            member_id: survivor.id.clone(),
            created_at: self.created_at,
            came_from: self.came_from.clone(),
            shown: self.shown.clone(),
            source: self.source.clone(),
        }
    }
}

fn take_identities(
    tx: &mut Tx<'_>,
    survivor: &Member,
    merged: &Member,
) -> Result<Vec<TakenIdentity>, StoreError> {
    let mut taken = Vec::new();
    for identity in members::list_identities(tx, &merged.id)? {
        members::move_identity(tx, &identity, &survivor.id, merged.id.as_str())?;
        taken.push(TakenIdentity {
            kind: identity.kind,
            value: identity.value,
            came_from: identity.came_from,
            created_at: identity.created_at,
            shown: identity.shown,
            source: identity.source,
        });
    }
    Ok(taken)
}

fn take_consents(
    tx: &mut Tx<'_>,
    survivor: &Member,
    merged: &Member,
) -> Result<Vec<(String, Time)>, StoreError> {
    let mut taken = Vec::new();
    for consent in members::list_consents(tx, &merged.id)? {
        let copy = Consent {
            member_id: survivor.id.clone(),
            ..consent
        };
        if members::insert_consent(tx, &copy)? {
            taken.push((copy.purpose, copy.at));
        }
    }
    Ok(taken)
}

fn list_clashes(survivor: &Member, merged: &Member, taken: &TakenAttributes) -> Vec<Clash> {
    let mut clashes = Vec::new();
    let mut compare = |name: &str, kept: &str, dropped: &str| {
        if !kept.is_empty() && !dropped.is_empty() && kept != dropped {
            clashes.push(Clash {
                name: name.to_owned(),
                kept: kept.to_owned(),
                dropped: dropped.to_owned(),
            });
        }
    };
    compare("first_name", &survivor.first_name, &merged.first_name);
    compare("last_name", &survivor.last_name, &merged.last_name);
    compare(
        "language",
        &survivor.language.to_string(),
        &merged.language.to_string(),
    );
    compare(
        "external_id",
        survivor.external_id.as_deref().unwrap_or_default(),
        merged.external_id.as_deref().unwrap_or_default(),
    );
    compare("note", &survivor.note, &merged.note);
    for (name, other) in merged.attributes.texts() {
        if let Some((_, own)) = survivor.attributes.texts().find(|(own, _)| *own == name) {
            let (kept, dropped) = if taken.displaced.contains_key(name) {
                (&other, &own)
            } else {
                (&own, &other)
            };
            compare(&format!("attributes/{name}"), kept, dropped);
        }
    }
    clashes
}

/// Stores a locked member as one edit more.
pub(super) fn edit(tx: &mut Tx<'_>, deed: &Deed, member: Member) -> Result<Member, ActionError> {
    let before = member.version;
    let edited = Member {
        version: before + 1,
        updated_at: deed.now,
        ..member
    };
    if members::update(tx, &edited, before)? {
        Ok(edited)
    } else {
        Err(ActionError::new(Code::StaleEdit))
    }
}
