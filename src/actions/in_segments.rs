//! In which of the segments that rules name a card's holder is.

use std::collections::BTreeSet;

use super::ActionError;
use super::count_fifths::fill_fifths;
use super::known_names::find_unknown_name;
use super::term_kind::list_segments;
use crate::loyalty::rulebook::{Listed, Rulebook};
use crate::loyalty::segment::{Criterion, Segment};
use crate::store::cards::Card;
use crate::store::programs::Program;
use crate::store::segments::{Scope, has_member};
use crate::store::{Db, StoreError};
use crate::types::Time;

/// The program's segments that its rules name, with the ids of the tiers and lists that they name.
pub(super) fn read_named(
    db: &mut Db,
    program: &Program,
    rulebook: &Rulebook,
) -> Result<Vec<Listed<Segment>>, ActionError> {
    let named = rulebook.named_segments();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (id, mut body) in list_segments(db, &program.id)? {
        if !named.contains(id.as_str()) && !named.contains(body.name.as_str()) {
            continue;
        }
        // Nobody is on a tier or list that was taken away.
        if find_unknown_name(db, &program.id, &mut body.members)?.is_some() {
            body.members = Criterion::Any(Vec::new());
        }
        fill_fifths(db, &program.id, &mut body.members)?;
        found.push(Listed {
            id: Some(id),
            version: 0,
            body,
        });
    }
    Ok(found)
}

/// The names and ids of the named segments that a card's holder is in now.
pub(super) fn find_own(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &Card,
    now: Time,
) -> Result<BTreeSet<String>, StoreError> {
    let mut own = BTreeSet::new();
    let scope = Scope {
        program: &card.program_id,
        today: rulebook.zone.local(now).day,
        zone: rulebook.zone,
    };
    for listed in &rulebook.segments {
        if has_member(db, scope, &listed.body.members, &card.id)? {
            own.insert(listed.body.name.clone());
            own.extend(listed.id.clone());
        }
    }
    Ok(own)
}
