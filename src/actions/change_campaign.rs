//! Campaigns are written, begun, held up and ended.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::approve_campaign::{is_asked_for, wait_for_approval};
use super::change_automation::read_automation;
use super::look_at_segment::with_known_names;
use super::parse::parse_value;
use super::{ActionError, Caller, Code, Deed, Fault, TermKind};
use crate::loyalty::campaign::check::check_campaign;
use crate::loyalty::campaign::{Campaign as Body, Given};
use crate::loyalty::segment::{Criterion, Segment};
use crate::store::campaigns::{
    self, AUTOMATION, AWAITING_APPROVAL, CAMPAIGN, CANCELLED, Campaign, DONE, DRAFT, PAUSED, RUNNING,
    SCHEDULED, SENDING, TAKING_BACK,
};
use crate::store::programs::{self, Program};
use crate::store::{Db, StoreError, Tx, designs, terms};
use crate::types::{CampaignId, ProgramId, Time};

/// Most campaigns of a program, ended ones too.
pub const CAMPAIGNS_MAX: i64 = 5_000;
/// Runs of a campaign that are looked at when it is ended.
const RUNS_MAX: i64 = 400;

/// When a campaign begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// At once.
    Now,
    /// As it says.
    AsWritten,
}

/// Writes a campaign of a program; it is a draft.
pub fn create_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    fields: Map<String, Value>,
) -> Result<Campaign, ActionError> {
    deed.caller.check_sees(program)?;
    programs::get(tx, program)?;
    let body = read_fields(tx, program, fields)?;
    let campaign = Campaign {
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
        kind: CAMPAIGN.to_owned(),
        approval: None,
    };
    // Whoever counts holds the program's row from here on, so that no two see the same room.
    terms::touch_rulebook(tx, program)?;
    if campaigns::count(tx, (CAMPAIGN, program))? >= CAMPAIGNS_MAX {
        let detail = format!("There are {CAMPAIGNS_MAX} campaigns, as many as there may be.");
        return Err(ActionError::with(Code::LimitReached, detail));
    }
    campaigns::insert(tx, &campaign)?;
    record(tx, deed, "create_campaign", &campaign)?;
    Ok(campaign)
}

/// Changes a draft that is still at `version` (any, if `None`): the fields of `patch` take the place of its own, and
/// null takes one away. What was begun stays as it was when it was said; what waits for approval is a draft again.
pub fn change_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
    patch: Map<String, Value>,
) -> Result<Campaign, ActionError> {
    let mut campaign = lock(tx, deed, id, version)?;
    if ![DRAFT, AWAITING_APPROVAL].contains(&campaign.state.as_str()) {
        let detail = "A campaign that was scheduled is not edited; cancel it and write another one.";
        return Err(ActionError::with(Code::CampaignBegun, detail));
    }
    let mut fields: Map<String, Value> =
        serde_json::from_str(&campaign.body).map_err(ActionError::internal)?;
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            fields.insert(name, value);
        }
    }
    let body = read_fields(tx, &campaign.program_id, fields)?;
    campaign.body = write(&body)?;
    if campaign.state == AWAITING_APPROVAL {
        DRAFT.clone_into(&mut campaign.state);
        campaign.approval = None;
    }
    store(tx, deed, "change_campaign", campaign)
}

/// Lets a draft begin, now or when it says; where the program asks for approval, once somebody else approves.
pub fn schedule_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
    start: Start,
) -> Result<Campaign, ActionError> {
    let mut campaign = lock(tx, deed, id, version)?;
    if campaign.state != DRAFT {
        return Err(ActionError::new(Code::CampaignBegun));
    }
    let program = programs::get(tx, &campaign.program_id)?;
    let begins_at = check_start(tx, deed, (&campaign, &program), start)?;
    if is_asked_for(&program)? {
        wait_for_approval(&mut campaign, deed, start)?;
        return store(tx, deed, "ask_campaign_approval", campaign);
    }
    campaign.next_at = Some(begins_at);
    campaign.approval = None;
    SCHEDULED.clone_into(&mut campaign.state);
    store(tx, deed, "schedule_campaign", campaign)
}

/// When a campaign that is to begin does so; refuses one that cannot.
pub(super) fn check_start(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (campaign, program): (&Campaign, &Program),
    start: Start,
) -> Result<Time, ActionError> {
    let body = read_body(campaign)?;
    read_audience(tx, &program.id, &body)?;
    check_segment_stands(tx, &body)?;
    check_reward(tx, &program.id, body.gives.as_ref())?;
    check_place(tx, program)?;
    let today = program.time_zone.local(deed.now).day;
    if body.shown_until.is_some_and(|last| last.0 < today) {
        let detail = "The last day on which it would be shown is over; give a later one.";
        return Err(ActionError::fault("/shown_until", "is_past", detail));
    }
    match (start, &body.schedule) {
        (Start::Now, _) => Ok(deed.now),
        (Start::AsWritten, Some(schedule)) => schedule.next(program.time_zone, deed.now).ok_or_else(|| {
            let detail = "That time is over; give a later one, or send it now.";
            ActionError::fault("/schedule/at", "is_past", detail)
        }),
        (Start::AsWritten, None) => {
            let detail = "It does not say when; give it a `schedule`, or send it now.";
            Err(ActionError::fault("/schedule", "missing_field", detail))
        }
    }
}

/// Holds a campaign up until somebody says to go on. To do it twice changes nothing.
pub fn pause_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
) -> Result<Campaign, ActionError> {
    let mut campaign = lock(tx, deed, id, version)?;
    match campaign.state.as_str() {
        PAUSED => return Ok(campaign),
        SCHEDULED | SENDING => (),
        _ => return Err(ActionError::new(Code::CampaignOver)),
    }
    campaign.next_at = None;
    PAUSED.clone_into(&mut campaign.state);
    store(tx, deed, "pause_campaign", campaign)
}

/// Lets a campaign go on from where it was held up. What it missed in between is not made up for.
pub fn resume_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
) -> Result<Campaign, ActionError> {
    let mut campaign = lock(tx, deed, id, version)?;
    match campaign.state.as_str() {
        SCHEDULED | SENDING => return Ok(campaign),
        PAUSED => (),
        _ => return Err(ActionError::new(Code::CampaignOver)),
    }
    let program = programs::get(tx, &campaign.program_id)?;
    let schedule = read_body(&campaign)?.schedule;
    campaign.next_at = schedule.and_then(|schedule| schedule.next(program.time_zone, deed.now));
    let runs = campaigns::list_runs(tx, id, 1)?;
    let is_on_its_way = runs.first().is_some_and(|run| run.state == RUNNING);
    let state = match (is_on_its_way, campaign.next_at) {
        (true, _) => SENDING,
        (false, Some(_)) => SCHEDULED,
        // It was to begin while it rested, and begins now.
        (false, None) if campaign.runs == 0 => {
            campaign.next_at = Some(deed.now);
            SCHEDULED
        }
        (false, None) => DONE,
    };
    state.clone_into(&mut campaign.state);
    store(tx, deed, "resume_campaign", campaign)
}

/// Ends a campaign: nobody else hears it, and it is taken from the cards that show it. To do it twice changes nothing.
pub fn cancel_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
) -> Result<Campaign, ActionError> {
    let mut campaign = lock(tx, deed, id, version)?;
    if campaign.state == CANCELLED {
        return Ok(campaign);
    }
    take_back_runs(tx, deed, &campaign)?;
    campaign.next_at = None;
    campaign.approval = None;
    CANCELLED.clone_into(&mut campaign.state);
    store(tx, deed, "cancel_campaign", campaign)
}

/// Lets the message of a locked campaign be taken from all cards that may show it.
pub(super) fn take_back_runs(tx: &mut Tx<'_>, deed: &Deed, campaign: &Campaign) -> Result<(), ActionError> {
    let shown_ms = i64::from(read_body(campaign)?.shown_days) * 86_400_000;
    for mut run in campaigns::list_runs(tx, &campaign.id, RUNS_MAX)? {
        let may_stand = run
            .ended_at
            .is_none_or(|ended| ended.plus_ms(shown_ms) > deed.now);
        if run.state != TAKING_BACK && may_stand {
            TAKING_BACK.clone_into(&mut run.state);
            run.ended_at = Some(deed.now);
            run.due_at = deed.now;
            run.passed_card = String::new();
            campaigns::update_run(tx, &run)?;
        }
    }
    Ok(())
}

/// A campaign that a caller may see, or `NotFound`.
pub fn get_campaign(db: &mut Db, caller: &Caller, id: &CampaignId) -> Result<Campaign, ActionError> {
    let campaign = campaigns::get(db, id)?;
    caller.check_sees(&campaign.program_id)?;
    if campaign.kind != CAMPAIGN {
        return Err(ActionError::new(Code::NotFound));
    }
    Ok(campaign)
}

/// What a campaign or an automation says, to whom and when.
pub fn read_body(campaign: &Campaign) -> Result<Body, ActionError> {
    if campaign.kind == AUTOMATION {
        return Ok(read_automation(campaign)?.message());
    }
    serde_json::from_str(&campaign.body).map_err(ActionError::internal)
}

/// Who is meant by a campaign.
pub(super) fn read_audience(db: &mut Db, program: &ProgramId, body: &Body) -> Result<Criterion, ActionError> {
    if let Some(members) = &body.members {
        return with_known_names(db, program, members.clone());
    }
    let id = body.segment.as_ref().ok_or_else(unknown_segment)?;
    let term = match terms::get(db, id.as_str()) {
        Err(StoreError::NotFound) => return Err(unknown_segment()),
        other => other?,
    };
    if term.program_id != *program || term.kind != TermKind::Segment.name() {
        return Err(unknown_segment());
    }
    let segment: Segment = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
    with_known_names(db, program, segment.members)
}

/// Who is meant by now by what was begun: nobody, if a tier or list that it names was taken away since. It is not to
/// fail for that, or everything behind it would wait.
pub(super) fn read_meant(db: &mut Db, program: &ProgramId, body: &Body) -> Result<Criterion, ActionError> {
    match read_audience(db, program, body) {
        Err(error) if error.code == Code::Invalid => {
            tracing::warn!(%error, name = body.name, "a message means nobody");
            Ok(Criterion::Any(Vec::new()))
        }
        read => read,
    }
}

fn unknown_segment() -> ActionError {
    ActionError::fault("/segment", "unknown_segment", "The program has no such segment.")
}

/// Refuses a campaign to a segment that was taken away. One that was scheduled before goes on with what it said.
pub(super) fn check_segment_stands(db: &mut Db, body: &Body) -> Result<(), ActionError> {
    match &body.segment {
        Some(id) if terms::get(db, id.as_str())?.archived_at.is_some() => Err(unknown_segment()),
        _ => Ok(()),
    }
}

/// Refuses to give a reward that the program does not have, or has no more.
pub(super) fn check_reward(
    db: &mut Db,
    program: &ProgramId,
    gives: Option<&Given>,
) -> Result<(), ActionError> {
    let Some(id) = gives.and_then(|gives| gives.reward.as_ref()) else {
        return Ok(());
    };
    let unknown = || {
        let detail = "The program has no such reward that could be had.";
        ActionError::fault("/gives/reward", "unknown_reward", detail)
    };
    let term = match terms::get(db, id.as_str()) {
        Err(StoreError::NotFound) => return Err(unknown()),
        other => other?,
    };
    let is_own = term.program_id == *program && term.kind == TermKind::Reward.name();
    if is_own && term.is_active && term.archived_at.is_none() {
        Ok(())
    } else {
        Err(unknown())
    }
}

/// Reads a campaign's fields; what cannot be sent is refused with a pointer.
pub fn read_fields(
    db: &mut Db,
    program: &ProgramId,
    fields: Map<String, Value>,
) -> Result<Body, ActionError> {
    let body: Body = parse_value(Value::Object(fields), "")?;
    let faults: Vec<Fault> = check_campaign(&body)
        .into_iter()
        .map(|fault| Fault::new(fault.pointer, fault.code, format!("{}.", fault.detail)))
        .collect();
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    read_audience(db, program, &body)?;
    check_segment_stands(db, &body)?;
    check_reward(db, program, body.gives.as_ref())?;
    Ok(body)
}

/// A message that no card has a place for would be sent to nobody.
pub(super) fn check_place(db: &mut Db, program: &Program) -> Result<(), ActionError> {
    let design = program
        .design_id
        .as_ref()
        .ok_or_else(|| ActionError::new(Code::NoDesign))?;
    if designs::get(db, design)?.body.contains("{message}") {
        return Ok(());
    }
    let detail = "The published card has no field that shows `{message}`; add one to its back in the designer and \
                  publish it.";
    Err(ActionError::fault("/arms", "no_place_for_message", detail))
}

/// The campaign, locked, if it is still at `version`.
pub(super) fn lock(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &CampaignId,
    version: Option<i64>,
) -> Result<Campaign, ActionError> {
    get_campaign(tx, &deed.caller, id)?;
    let campaign = campaigns::lock(tx, id)?;
    if version.is_some_and(|wanted| wanted != campaign.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    Ok(campaign)
}

/// Stores a locked campaign that changed, and says so in the books.
pub(super) fn store(
    tx: &mut Tx<'_>,
    deed: &Deed,
    what: &str,
    mut campaign: Campaign,
) -> Result<Campaign, ActionError> {
    campaign.version += 1;
    campaign.updated_at = deed.now;
    campaigns::update(tx, &campaign)?;
    record(tx, deed, what, &campaign)?;
    Ok(campaign)
}

fn write(body: &Body) -> Result<String, ActionError> {
    serde_json::to_string(body).map_err(ActionError::internal)
}

fn record(tx: &mut Tx<'_>, deed: &Deed, what: &str, campaign: &Campaign) -> Result<(), ActionError> {
    let body = read_body(campaign)?;
    let next: Option<Time> = campaign.next_at;
    let said =
        json!({ "name": body.name, "state": campaign.state, "version": campaign.version, "next_at": next });
    Ok(deed.record(tx, Some(&campaign.program_id), what, campaign.id.as_str(), &said)?)
}
