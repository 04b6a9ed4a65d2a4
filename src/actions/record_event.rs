//! Something happened to a member other than a purchase; the card earns by the rules for it.

use serde_json::json;

use super::assess::{assess, credit, lock_budgets, rulebook};
use super::issue_reward::issue_automatic;
use super::ledger::{Cause, Ledger};
use super::own_card::watch_own_card;
use super::pay_referral::{REFERRAL, REFERRED};
use super::record_order::Holder;
use super::scanned::find_meant;
use super::showing::watch_scanned;
use super::surviving::{check_good, find_surviving, leads_to, lock_shown};
use super::{ActionError, CardSheet, Code, Deed, Promised};
use crate::loyalty::automation::Occurred;
use crate::loyalty::birthday::BIRTHDAY;
use crate::loyalty::rule::facts::{Act, Happening};
use crate::loyalty::tier::Activity;
use crate::store::entries::Entry;
use crate::store::events::{self, Event};
use crate::store::redemptions::Redemption;
use crate::store::{Tx, programs};
use crate::types::{EventId, Time, sha256_hex};

/// Events that the program records by itself: an enrolment and a referral pay once, a birthday once a year.
pub const OWN: [&str; 4] = ["sign_up", BIRTHDAY, REFERRAL, REFERRED];

/// What somebody says of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Where it comes from; the external id is unique within it.
    pub source: String,
    /// The caller's own id.
    pub external_id: String,
    /// To whom.
    pub holder: Holder,
    /// What happened.
    pub kind: String,
    /// When; else now.
    pub happened_at: Option<Time>,
    /// What else is known.
    pub data: serde_json::Value,
}

/// A recorded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The event.
    pub event: Event,
    /// What it moved now; nothing if it was recorded before.
    pub entries: Vec<Entry>,
    /// What it promised for later.
    pub promised: Vec<Promised>,
    /// The rewards that it brought now.
    pub issued: Vec<Redemption>,
    /// The card after it.
    pub sheet: CardSheet,
    /// Whether it was recorded now, not before.
    pub is_new: bool,
}

/// Records an event. The same event again earns nothing more.
pub fn record_event(tx: &mut Tx<'_>, deed: &Deed, new: &NewEvent) -> Result<RecordedEvent, ActionError> {
    let (found, refusal) = find_meant(tx, deed, &new.holder)?;
    let program = programs::get(tx, &found.program_id)?;
    let card = lock_shown(tx, &found.id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    lock_budgets(tx, &rulebook)?;
    let happened_at = new.happened_at.unwrap_or(deed.now);
    let act = Act {
        kind: &new.kind,
        data: &new.data,
    };
    let assessed = assess(tx, &rulebook, &card, Happening::Event(act), happened_at)?;
    let event = Event {
        id: EventId::new(deed.now),
        program_id: program.id,
        source: new.source.clone(),
        external_id: new.external_id.clone(),
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        kind: new.kind.clone(),
        fingerprint: fingerprint(new, card.id.as_str()),
        earned: assessed.evaluation.total,
        data: new.data.to_string(),
        happened_at,
        created_at: deed.now,
    };
    if !events::claim(tx, &event)? {
        return answer_again(tx, &event, |card| fingerprint(new, card));
    }
    refusal.map_or(Ok(()), Err)?;
    check_good(&card)?;
    watch_own_card(tx, deed, &rulebook.policy, (&card, "record_event"))?;
    if let Holder::Card(scanned) = &new.holder {
        // An event has no sum that could ask for more.
        watch_scanned(tx, deed, None, (&card, scanned), (0, happened_at))?;
    }
    let said = json!({ "type": event.kind, "earned": event.earned });
    deed.record(
        tx,
        Some(&event.program_id),
        "record_event",
        event.id.as_str(),
        &said,
    )?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    ledger.note_activity();
    let done = Activity {
        points: event.earned.get(),
        ..Activity::default()
    };
    ledger.note_done(deed.now, done);
    ledger.note_occurred(|| Occurred::Event(event.kind.clone()));
    let before = ledger.entries().len();
    let reason = format!("{} {}", event.kind, event.external_id);
    let cause = Cause {
        event: Some(event.id.clone()),
        ..Cause::default()
    };
    credit(tx, &mut ledger, &rulebook, &card, &assessed, (&cause, &reason))?;
    issue_automatic(tx, &mut ledger, &card, &rulebook, None)?;
    let closed = ledger.close(tx)?;
    Ok(RecordedEvent {
        event,
        entries: closed.entries.into_iter().skip(before).collect(),
        promised: closed.promised,
        issued: closed.handed,
        sheet: CardSheet::read(tx, closed.card)?,
        is_new: true,
    })
}

fn answer_again(
    tx: &mut Tx<'_>,
    wanted: &Event,
    fingerprint_on: impl FnOnce(&str) -> String,
) -> Result<RecordedEvent, ActionError> {
    let event = events::find_by_external_id(tx, &wanted.program_id, &wanted.source, &wanted.external_id)?
        .ok_or_else(|| ActionError::internal("an event that clashes is not there"))?;
    // Where cards were joined since, what was said then is the same that is said now.
    let is_same = event.fingerprint == wanted.fingerprint
        || (leads_to(tx, &event.card_id, &wanted.card_id)?
            && event.fingerprint == fingerprint_on(event.card_id.as_str()));
    if !is_same {
        return Err(ActionError::new(Code::EventExists));
    }
    let card = find_surviving(tx, &event.card_id)?;
    Ok(RecordedEvent {
        event,
        entries: Vec::new(),
        promised: Vec::new(),
        issued: Vec::new(),
        sheet: CardSheet::read(tx, card)?,
        is_new: false,
    })
}

fn fingerprint(new: &NewEvent, card: &str) -> String {
    let said = json!([card, new.kind, new.happened_at, new.data]);
    sha256_hex(said.to_string().as_bytes())
}
