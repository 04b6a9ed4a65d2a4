//! A program's people write, edit and take away terms: rules and promotions. Every version is kept, and entries
//! made under it stay as they are.

use serde_json::{Map, Value, json};

use super::parse::parse_value;
use super::{ActionError, Caller, Code, Deed, TermKind};
use crate::loyalty::rule::evaluate::ACTIVE_MAX;
use crate::store::terms::{self, Term};
use crate::store::{Db, StoreError, Tx, programs};
use crate::types::ProgramId;

/// Stores a new term. A key for one program need not name it.
pub fn create_term(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: Option<ProgramId>,
    kind: TermKind,
    mut fields: Map<String, Value>,
) -> Result<Term, ActionError> {
    let program = find_program(tx, deed, program)?;
    let is_active = take_active(&mut fields)?.unwrap_or(true);
    let mut body = Map::new();
    kind.edit(&mut body, fields);
    let written = kind.read(body)?;
    written.check(tx, &program, None)?;
    if is_active {
        check_room(tx, kind, &program)?;
    }
    let term = Term {
        id: kind.new_id(deed.now),
        program_id: program,
        kind: kind.name().to_owned(),
        version: 1,
        body: written.text,
        is_active,
        created_at: deed.now,
        updated_at: deed.now,
        archived_at: None,
    };
    terms::insert(tx, &term, &deed.caller.actor)?;
    record(tx, deed, "create", &term)?;
    Ok(term)
}

/// Edits a term that is still at `version` (any, if `None`): the fields of `patch` take the place of its own, and
/// null takes one away. What changes nothing makes no new version.
pub fn change_term(
    tx: &mut Tx<'_>,
    deed: &Deed,
    kind: TermKind,
    id: &str,
    version: Option<i64>,
    mut patch: Map<String, Value>,
) -> Result<Term, ActionError> {
    let old = lock_term(tx, deed, kind, id)?;
    if old.archived_at.is_some() {
        return Err(ActionError::new(Code::Archived));
    }
    refuse_stale(&old, version)?;
    let is_active = take_active(&mut patch)?.unwrap_or(old.is_active);
    let mut body = serde_json::from_str(&old.body).map_err(ActionError::internal)?;
    kind.edit(&mut body, patch);
    let written = kind.read(body)?;
    let is_same = written.text == old.body;
    if is_same && is_active == old.is_active {
        return Ok(old);
    }
    // A rule whose tier is gone can still be paused.
    if !is_same || is_active && !old.is_active {
        written.check(tx, &old.program_id, Some(&old.id))?;
    }
    if is_active && !old.is_active {
        check_room(tx, kind, &old.program_id)?;
    }
    let term = Term {
        version: old.version + 1,
        body: written.text,
        is_active,
        updated_at: deed.now,
        ..old
    };
    terms::update(tx, &term, true, &deed.caller.actor)?;
    record(tx, deed, "change", &term)?;
    Ok(term)
}

/// Takes a term away for good; entries still name it. To do it twice changes nothing.
pub fn archive_term(
    tx: &mut Tx<'_>,
    deed: &Deed,
    kind: TermKind,
    id: &str,
    version: Option<i64>,
) -> Result<Term, ActionError> {
    let old = lock_term(tx, deed, kind, id)?;
    if old.archived_at.is_some() {
        return Ok(old);
    }
    refuse_stale(&old, version)?;
    let term = Term {
        version: old.version + 1,
        is_active: false,
        updated_at: deed.now,
        archived_at: Some(deed.now),
        ..old
    };
    terms::update(tx, &term, true, &deed.caller.actor)?;
    record(tx, deed, "archive", &term)?;
    Ok(term)
}

/// A term that the caller may see, or `not_found`.
pub fn get_term(db: &mut Db, caller: &Caller, kind: TermKind, id: &str) -> Result<Term, ActionError> {
    // Before the database is asked: it takes no text that no id can be.
    if !kind.is_id(id) {
        return Err(ActionError::new(Code::NotFound));
    }
    let term = terms::get(db, id)?;
    caller.check_sees(&term.program_id)?;
    Ok(term)
}

/// The same, locked until the transaction ends.
fn lock_term(tx: &mut Tx<'_>, deed: &Deed, kind: TermKind, id: &str) -> Result<Term, ActionError> {
    get_term(tx, &deed.caller, kind, id)?;
    Ok(terms::lock(tx, id)?)
}

fn refuse_stale(term: &Term, version: Option<i64>) -> Result<(), ActionError> {
    match version {
        Some(wanted) if wanted != term.version => Err(ActionError::new(Code::StaleEdit)),
        _ => Ok(()),
    }
}

/// The program of something new: the caller's own, else the one that they name.
pub(super) fn find_program(
    tx: &mut Tx<'_>,
    deed: &Deed,
    named: Option<ProgramId>,
) -> Result<ProgramId, ActionError> {
    let Some(program) = named.or_else(|| deed.caller.program.clone()) else {
        let detail = "The key is for all programs; name the one that it is for.";
        return Err(ActionError::fault("/program", "required", detail));
    };
    let is_seen = deed.caller.check_sees(&program).is_ok();
    match programs::get(tx, &program) {
        Ok(_) if is_seen => Ok(program),
        Ok(_) | Err(StoreError::NotFound) => Err(unknown_program()),
        Err(error) => Err(error.into()),
    }
}

/// The program that a body names is not there, or not for the key.
pub fn unknown_program() -> ActionError {
    ActionError::fault("/program", "unknown_program", "There is no such program here.")
}

fn take_active(fields: &mut Map<String, Value>) -> Result<Option<bool>, ActionError> {
    let active = fields.remove("active");
    active.map(|value| parse_value(value, "/active")).transpose()
}

/// Refuses one active term more than an order may have to look at.
fn check_room(tx: &mut Tx<'_>, kind: TermKind, program: &ProgramId) -> Result<(), ActionError> {
    // The program's row is held from here on, so that no two who count see the same room.
    terms::touch_rulebook(tx, program)?;
    let most = i64::try_from(ACTIVE_MAX).map_err(ActionError::internal)?;
    let active = terms::list_active(tx, program, kind.name(), most)?;
    if active.len() < ACTIVE_MAX {
        return Ok(());
    }
    let detail = format!(
        "The program has {ACTIVE_MAX} active {}s, as many as it may have; pause or take away one first.",
        kind.name()
    );
    Err(ActionError::with(Code::LimitReached, detail))
}

fn record(tx: &mut Tx<'_>, deed: &Deed, what: &str, term: &Term) -> Result<(), ActionError> {
    let name = format!("{what}_{}", term.kind);
    let detail = json!({ "version": term.version, "active": term.is_active });
    Ok(deed.record(tx, Some(&term.program_id), &name, &term.id, &detail)?)
}
