//! An import is taken back: from everybody to whom nothing else has happened since.

use serde_json::json;

use super::assess::rulebook;
use super::erase_member::erase_member;
use super::ledger::{Cause, Ledger, Movement};
use super::look_up_member::main_card;
use super::run_import::Progress;
use super::start_import::get_import;
use super::{ActionError, Code, Deed};
use crate::store::cards::{self, Card};
use crate::store::entries::{self, Entry};
use crate::store::imports::{self, ADDED, DONE, Import, ImportRow, KNOWN, LEFT, TAKEN_BACK, UNDOING, UNDONE};
use crate::store::members::{self, Member};
use crate::store::programs::Program;
use crate::store::{Tx, passes};
use crate::types::{EntryId, ImportId, MemberId, Points};

/// Says that an import that is done is to be taken back. The service does it, batch by batch.
pub fn undo_import(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&ImportId, i64),
) -> Result<Import, ActionError> {
    get_import(tx, deed, id)?;
    let mut import = imports::lock(tx, id)?;
    if import.state != DONE || import.version != version {
        return Err(ActionError::new(Code::StaleEdit));
    }
    UNDOING.clone_into(&mut import.state);
    deed.caller.actor.clone_into(&mut import.actor);
    // From here on it is the number of the last row that was looked at.
    import.next_row = 0;
    import.version += 1;
    import.changed_at = deed.now;
    imports::set(tx, &import)?;
    let program = import.program_id.clone();
    deed.record(
        tx,
        Some(&program),
        "undo_import",
        id.as_str(),
        &json!({ "file": import.name }),
    )?;
    Ok(import)
}

/// Takes the next rows of an import back; those to whose members more happened are left.
pub(super) fn undo_rows(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &Program,
    mut import: Import,
    rows_max: usize,
) -> Result<Progress, ActionError> {
    let limit = i64::try_from(rows_max).map_err(ActionError::internal)?;
    let mut rows = imports::list_rows(tx, &import.id, &[ADDED, KNOWN], import.next_row, limit)?;
    let is_over = rows.is_empty();
    for row in &mut rows {
        let is_taken = take_back(tx, deed, program, row)?;
        let outcome = if is_taken { TAKEN_BACK } else { LEFT };
        outcome.clone_into(&mut row.outcome);
        import.next_row = row.number;
    }
    imports::put_rows(tx, &rows)?;
    if is_over {
        UNDONE.clone_into(&mut import.state);
        import.version += 1;
    }
    import.changed_at = deed.now;
    imports::set(tx, &import)?;
    Ok(Progress { import, is_over })
}

/// Leaves what the next row did as it is.
pub(super) fn leave_next(tx: &mut Tx<'_>, deed: &Deed, mut import: Import) -> Result<Progress, ActionError> {
    let mut rows = imports::list_rows(tx, &import.id, &[ADDED, KNOWN], import.next_row, 1)?;
    for row in &mut rows {
        LEFT.clone_into(&mut row.outcome);
        import.next_row = row.number;
    }
    imports::put_rows(tx, &rows)?;
    import.changed_at = deed.now;
    imports::set(tx, &import)?;
    Ok(Progress {
        import,
        is_over: false,
    })
}

/// Takes back what a row did; says whether it could.
fn take_back(tx: &mut Tx<'_>, deed: &Deed, program: &Program, row: &ImportRow) -> Result<bool, ActionError> {
    let id: MemberId = row.member_id.parse().map_err(ActionError::internal)?;
    let is_new = row.outcome == ADDED;
    if !is_new && row.entry_id.is_empty() {
        // Nothing moved; by what they are found stays.
        return Ok(true);
    }
    let member = members::lock(tx, &id)?;
    if member.erased_at.is_some() || member.merged_into.is_some() {
        return Ok(false);
    }
    let own = cards::list_by_member(tx, &id)?;
    let Some(card) = main_card(own.iter()) else {
        return Ok(false);
    };
    let card = cards::lock(tx, &card.id)?;
    if card.voided_at.is_some() || card.merged_into.is_some() {
        return Ok(false);
    }
    if imports::has_moved_since(tx, (&id, &card.id), row.done_at)? {
        return Ok(false);
    }
    if is_new && !is_untouched(tx, &member, own.len(), &card)? {
        return Ok(false);
    }
    if !row.entry_id.is_empty() {
        let entry: EntryId = row.entry_id.parse().map_err(ActionError::internal)?;
        let entry = entries::get(tx, &entry)?;
        if !take_points(tx, deed, program, card, &entry)? {
            return Ok(false);
        }
    }
    if is_new {
        erase_member(tx, deed, &id, None)?;
    }
    Ok(true)
}

/// Whether a member whom an import made is still as it made them: nobody edited them, joined others with them, or
/// opened their card.
fn is_untouched(tx: &mut Tx<'_>, member: &Member, cards: usize, card: &Card) -> Result<bool, ActionError> {
    let is_alone = cards == 1 && members::list_merged(tx, &member.id)?.is_empty();
    Ok(member.version == 1 && is_alone && passes::list_by_card(tx, &card.id)?.is_empty())
}

/// Takes the points of an entry back by another one; says whether they were all there.
fn take_points(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &Program,
    card: Card,
    entry: &Entry,
) -> Result<bool, ActionError> {
    let rulebook = rulebook(tx, &deed.house, program)?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card)?;
    if entry.points <= Points::ZERO || ledger.balance() < entry.points {
        return Ok(false);
    }
    let movement = Movement {
        kind: "adjust",
        points: entry.points,
        cause: Cause {
            reverses: Some(entry.id.clone()),
            ..Cause::default()
        },
        reason: format!("Reversal of {}", entry.id),
        explanation: None,
    };
    ledger.take(tx, movement)?;
    ledger.close_untold(tx)?;
    Ok(true)
}
