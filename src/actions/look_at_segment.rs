//! Before anybody is written to: whom a segment means.

use serde_json::Value;

use super::count_fifths::fill_fifths;
use super::known_names::find_unknown_name;
use super::parse::parse_value;
use super::write_term::get_term;
use super::{ActionError, Caller, Fault, TermKind};
use crate::loyalty::segment::check::check_segment;
use crate::loyalty::segment::{Criterion, Segment};
use crate::store::members::{self, Member};
use crate::store::segments::{self, Scope};
use crate::store::terms::Term;
use crate::store::{Db, programs};
use crate::types::{MemberId, ProgramId, Time};

/// Reads a criterion; what cannot be counted is refused with a pointer from `/members` on.
pub fn read_criterion(db: &mut Db, program: &ProgramId, members: Value) -> Result<Criterion, ActionError> {
    let members = parse_value(members, "/members")?;
    let segment = Segment {
        name: "-".to_owned(),
        members,
    };
    let faults: Vec<Fault> = check_segment(&segment)
        .into_iter()
        .map(|fault| Fault::new(fault.pointer, fault.code, format!("{}.", fault.detail)))
        .collect();
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    with_known_names(db, program, segment.members)
}

/// What a saved segment says, with its tiers and lists by their ids.
pub fn read_segment(db: &mut Db, term: &Term) -> Result<Criterion, ActionError> {
    let segment: Segment = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
    with_known_names(db, &term.program_id, segment.members)
}

/// The criterion with the ids of tiers and lists that it names by their names, and with the fifths that it asks for.
pub(super) fn with_known_names(
    db: &mut Db,
    program: &ProgramId,
    mut criterion: Criterion,
) -> Result<Criterion, ActionError> {
    match find_unknown_name(db, program, &mut criterion)? {
        None => {
            fill_fifths(db, program, &mut criterion)?;
            Ok(criterion)
        }
        Some(unknown) => Err(ActionError::invalid(vec![unknown])),
    }
}

/// The members of a saved segment by their ids, from the one after `after`, at most `limit`.
pub fn list_segment_members(
    db: &mut Db,
    caller: &Caller,
    id: &str,
    page: (Option<&MemberId>, i64),
    now: Time,
) -> Result<Vec<Member>, ActionError> {
    let term = get_term(db, caller, TermKind::Segment, id)?;
    let criterion = read_segment(db, &term)?;
    let program = programs::get(db, &term.program_id)?;
    let scope = Scope {
        program: &program.id,
        today: program.time_zone.local(now).day,
        zone: program.time_zone,
    };
    let found = segments::list(db, scope, &criterion, page)?;
    let mut all = Vec::with_capacity(found.len());
    for id in found {
        all.push(members::get(db, &id)?);
    }
    Ok(all)
}
