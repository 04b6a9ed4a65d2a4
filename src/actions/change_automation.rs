//! Automations are written, switched on and off, and ended.

use serde_json::{Map, Value, json};

use super::change_campaign::{
    check_place, check_reward, check_segment_stands, read_audience, take_back_runs,
};
use super::parse::parse_value;
use super::{ActionError, Caller, Code, Deed, Fault};
use crate::loyalty::automation::Automation;
use crate::loyalty::automation::check::check_automation;
use crate::store::campaigns::{
    self, AUTOMATION, CANCELLED, Campaign, DRAFT, PAUSED, RUNNING, SCHEDULED, SENDING,
};
use crate::store::programs::{self, Program};
use crate::store::{Db, Tx, terms};
use crate::types::{CampaignId, ProgramId};

/// Most automations of a program, ended ones too.
pub const AUTOMATIONS_MAX: i64 = 200;

/// Writes an automation of a program; it does nothing until it is switched on.
pub fn create_automation(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    fields: Map<String, Value>,
) -> Result<Campaign, ActionError> {
    deed.caller.check_sees(program)?;
    programs::get(tx, program)?;
    let body = read_fields(tx, program, fields)?;
    let automation = Campaign {
        id: CampaignId::new(deed.now),
        program_id: program.clone(),
        state: DRAFT.to_owned(),
        body: write(&body)?,
        version: 1,
        runs: 0,
        next_at: None,
        created_by: deed.caller.actor.clone(),
        created_at: deed.now,
        updated_at: deed.now,
        kind: AUTOMATION.to_owned(),
        approval: None,
    };
    // Whoever counts holds the program's row from here on, so that no two see the same room.
    terms::touch_rulebook(tx, program)?;
    if campaigns::count(tx, (AUTOMATION, program))? >= AUTOMATIONS_MAX {
        let detail = format!("There are {AUTOMATIONS_MAX} automations, as many as there may be.");
        return Err(ActionError::with(Code::LimitReached, detail));
    }
    campaigns::insert(tx, &automation)?;
    record(tx, deed, "create_automation", &automation)?;
    Ok(automation)
}

/// Changes an automation that is still at `version` (any, if `None`), on or off: the fields of `patch` take the place of
/// its own, and null takes one away. Whoever waits already waits as long as was said then.
pub fn change_automation(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
    patch: Map<String, Value>,
) -> Result<Campaign, ActionError> {
    let mut automation = lock(tx, deed, id, version)?;
    if automation.state == CANCELLED {
        return Err(ended());
    }
    let mut fields: Map<String, Value> =
        serde_json::from_str(&automation.body).map_err(ActionError::internal)?;
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            fields.insert(name, value);
        }
    }
    let body = read_fields(tx, &automation.program_id, fields)?;
    automation.body = write(&body)?;
    if is_on(&automation) {
        let program = programs::get(tx, &automation.program_id)?;
        check_startable(tx, &program, &body)?;
        plan(deed, &program, &body, &mut automation);
    }
    store(tx, deed, "change_automation", automation)
}

/// Switches an automation on. What happened before does not set it off. To do it twice changes nothing.
pub fn start_automation(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
) -> Result<Campaign, ActionError> {
    let mut automation = lock(tx, deed, id, version)?;
    match automation.state.as_str() {
        SCHEDULED | SENDING => return Ok(automation),
        CANCELLED => return Err(ended()),
        _ => (),
    }
    let body = read_automation(&automation)?;
    let program = programs::get(tx, &automation.program_id)?;
    check_startable(tx, &program, &body)?;
    let runs = campaigns::list_runs(tx, id, 1)?;
    let is_looking = runs.first().is_some_and(|run| run.state == RUNNING);
    let state = if is_looking { SENDING } else { SCHEDULED };
    state.clone_into(&mut automation.state);
    plan(deed, &program, &body, &mut automation);
    store(tx, deed, "start_automation", automation)
}

/// Switches an automation off: nothing sets it off any more, and who is due meanwhile hears nothing. To do it twice
/// changes nothing.
pub fn pause_automation(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
) -> Result<Campaign, ActionError> {
    let mut automation = lock(tx, deed, id, version)?;
    match automation.state.as_str() {
        PAUSED | DRAFT => return Ok(automation),
        CANCELLED => return Err(ended()),
        _ => (),
    }
    automation.next_at = None;
    PAUSED.clone_into(&mut automation.state);
    store(tx, deed, "pause_automation", automation)
}

/// Ends an automation for good, and takes its message from the cards that show it. To do it twice changes nothing.
pub fn end_automation(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
) -> Result<Campaign, ActionError> {
    let mut automation = lock(tx, deed, id, version)?;
    if automation.state == CANCELLED {
        return Ok(automation);
    }
    take_back_runs(tx, deed, &automation)?;
    automation.next_at = None;
    CANCELLED.clone_into(&mut automation.state);
    store(tx, deed, "end_automation", automation)
}

/// An automation that a caller may see, or `NotFound`.
pub fn get_automation(db: &mut Db, caller: &Caller, id: &CampaignId) -> Result<Campaign, ActionError> {
    let found = campaigns::get(db, id)?;
    caller.check_sees(&found.program_id)?;
    if found.kind != AUTOMATION {
        return Err(ActionError::new(Code::NotFound));
    }
    Ok(found)
}

/// What an automation does.
pub fn read_automation(row: &Campaign) -> Result<Automation, ActionError> {
    serde_json::from_str(&row.body).map_err(ActionError::internal)
}

/// Whether an automation is on.
pub fn is_on(automation: &Campaign) -> bool {
    matches!(automation.state.as_str(), SCHEDULED | SENDING)
}

fn ended() -> ActionError {
    let detail = "The automation was ended; write another one.";
    ActionError::with(Code::CampaignOver, detail)
}

/// Reads an automation's fields; what cannot be done is refused with a pointer.
pub fn read_fields(
    db: &mut Db,
    program: &ProgramId,
    fields: Map<String, Value>,
) -> Result<Automation, ActionError> {
    let body: Automation = parse_value(Value::Object(fields), "")?;
    let faults: Vec<Fault> = check_automation(&body)
        .into_iter()
        .map(|fault| Fault::new(fault.pointer, fault.code, format!("{}.", fault.detail)))
        .collect();
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    let message = body.message();
    read_audience(db, program, &message)?;
    check_segment_stands(db, &message)?;
    check_reward(db, program, body.gives.as_ref())?;
    Ok(body)
}

fn check_startable(tx: &mut Tx<'_>, program: &Program, body: &Automation) -> Result<(), ActionError> {
    let message = body.message();
    read_audience(tx, &program.id, &message)?;
    check_segment_stands(tx, &message)?;
    check_reward(tx, &program.id, body.gives.as_ref())?;
    if body.arms.is_empty() {
        return Ok(());
    }
    check_place(tx, program)
}

/// When it looks for members next.
fn plan(deed: &Deed, program: &Program, body: &Automation, automation: &mut Campaign) {
    let schedule = body.schedule();
    automation.next_at = schedule.and_then(|schedule| schedule.next(program.time_zone, deed.now));
}

fn lock(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &CampaignId,
    version: Option<i64>,
) -> Result<Campaign, ActionError> {
    get_automation(tx, &deed.caller, id)?;
    let automation = campaigns::lock(tx, id)?;
    if version.is_some_and(|wanted| wanted != automation.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    Ok(automation)
}

/// Stores an automation, and lets the deeds of the program know of it.
fn store(
    tx: &mut Tx<'_>,
    deed: &Deed,
    what: &str,
    mut automation: Campaign,
) -> Result<Campaign, ActionError> {
    automation.version += 1;
    automation.updated_at = deed.now;
    campaigns::update(tx, &automation)?;
    terms::touch_rulebook(tx, &automation.program_id)?;
    record(tx, deed, what, &automation)?;
    Ok(automation)
}

fn write(body: &Automation) -> Result<String, ActionError> {
    serde_json::to_string(body).map_err(ActionError::internal)
}

fn record(tx: &mut Tx<'_>, deed: &Deed, what: &str, automation: &Campaign) -> Result<(), ActionError> {
    let body = read_automation(automation)?;
    let said = json!({ "name": body.name, "state": automation.state, "version": automation.version });
    Ok(deed.record(
        tx,
        Some(&automation.program_id),
        what,
        automation.id.as_str(),
        &said,
    )?)
}
