//! An event that the program itself raises for a locked card: judged, recorded and paid in the deed that it is part of.

use serde_json::{Value, json};

use super::assess::{assess, credit};
use super::ledger::{Cause, Ledger};
use super::{ActionError, Deed};
use crate::loyalty::automation::Occurred;
use crate::loyalty::rule::facts::{Act, Happening};
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::tier::Activity;
use crate::store::Tx;
use crate::store::events::{self, Event};
use crate::types::{EventId, Time, sha256_hex};

/// What the program raises.
pub(super) struct Occurrence<'a> {
    /// The event's type.
    pub(super) kind: &'a str,
    /// The part of the program that raises it.
    pub(super) source: &'a str,
    /// Unique within the source; the same one again is not raised.
    pub(super) external_id: String,
    /// When it happened.
    pub(super) at: Time,
    /// What else there is to know; of nobody's person.
    pub(super) data: Value,
    /// What its entries say.
    pub(super) reason: &'a str,
}

/// Raises an event for the holder of a card whose ledger is open; `None` if it was raised before. Budgets are locked.
pub(super) fn raise(
    tx: &mut Tx<'_>,
    deed: &Deed,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    what: &Occurrence<'_>,
) -> Result<Option<Event>, ActionError> {
    // As it is by now: an order before it in the same deed has carried and counted already.
    let card = ledger.card();
    let act = Act {
        kind: what.kind,
        data: &what.data,
    };
    let assessed = assess(tx, rulebook, &card, Happening::Event(act), what.at)?;
    let said = json!([card.id, what.kind, what.at, what.data]);
    let event = Event {
        id: EventId::new(deed.now),
        program_id: card.program_id.clone(),
        source: what.source.to_owned(),
        external_id: what.external_id.clone(),
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        kind: what.kind.to_owned(),
        fingerprint: sha256_hex(said.to_string().as_bytes()),
        earned: assessed.evaluation.total,
        data: what.data.to_string(),
        happened_at: what.at,
        created_at: deed.now,
    };
    if !events::claim(tx, &event)? {
        return Ok(None);
    }
    let detail = json!({ "type": event.kind, "earned": event.earned });
    deed.record(
        tx,
        Some(&event.program_id),
        "record_event",
        event.id.as_str(),
        &detail,
    )?;
    let cause = Cause {
        event: Some(event.id.clone()),
        ..Cause::default()
    };
    let done = Activity {
        points: event.earned.get(),
        ..Activity::default()
    };
    ledger.note_done(deed.now, done);
    ledger.note_occurred(|| Occurred::Event(event.kind.clone()));
    credit(tx, ledger, rulebook, &card, &assessed, (&cause, what.reason))?;
    Ok(Some(event))
}
