//! Campaigns and automations, and how far each has come through the cards of its program.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::{campaign_runs, campaigns};
use super::{Db, StoreError, Tx};
use crate::types::{CampaignId, ProgramId, Time};

/// A message to the members of a segment.
pub const CAMPAIGN: &str = "campaign";
/// What something that happens sets off. Of the states it has [`DRAFT`], [`SCHEDULED`] (it is on), [`SENDING`] (it is
/// on and looks for members), [`PAUSED`] and [`CANCELLED`].
pub const AUTOMATION: &str = "automation";

/// It is being written.
pub const DRAFT: &str = "draft";
/// It begins once somebody else approves it.
pub const AWAITING_APPROVAL: &str = "awaiting_approval";
/// It begins by itself.
pub const SCHEDULED: &str = "scheduled";
/// It is on its way.
pub const SENDING: &str = "sending";
/// It rests until somebody says to go on.
pub const PAUSED: &str = "paused";
/// All who were meant have heard it.
pub const DONE: &str = "done";
/// Somebody ended it.
pub const CANCELLED: &str = "cancelled";

/// A run that goes on.
pub const RUNNING: &str = "running";
/// A run whose message is taken from the cards.
pub const TAKING_BACK: &str = "taking_back";

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = campaigns, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// The program.
    pub program_id: ProgramId,
    /// [`DRAFT`], [`AWAITING_APPROVAL`], [`SCHEDULED`], [`SENDING`], [`PAUSED`], [`DONE`] or [`CANCELLED`].
    pub state: String,
    /// What it says, to whom and when, as JSON.
    pub body: String,
    /// Counts edits, for `If-Match`.
    pub version: i64,
    /// How often it was begun.
    pub runs: i64,
    /// When it is begun next by itself.
    pub next_at: Option<Time>,
    /// Who wrote it.
    pub created_by: String,
    /// When.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// [`CAMPAIGN`] or [`AUTOMATION`].
    pub kind: String,
    /// Who asked for its approval and how it begins then, or why it was refused, as JSON.
    pub approval: Option<String>,
}

/// A campaign on its way.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = campaign_runs, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Run {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Counts its runs, from 1; of an automation the day, for each day is one.
    pub number: i64,
    /// The program.
    pub program_id: ProgramId,
    /// [`RUNNING`], [`DONE`], [`TAKING_BACK`] or [`CANCELLED`].
    pub state: String,
    /// When it was to begin.
    pub planned_at: Time,
    /// When it goes on: later in quiet hours.
    pub due_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// The last card that was looked at, in the order of ids; empty at the beginning.
    pub passed_card: String,
    /// Cards that were looked at.
    pub looked_at: i64,
    /// Members who heard it.
    pub sent: i64,
    /// Members who would have, and were drawn to be those who do not.
    pub held_out: i64,
    /// Members who had heard enough.
    pub capped: i64,
    /// Members whose card is in no wallet.
    pub unreachable: i64,
    /// Members who did not agree.
    pub no_consent: i64,
    /// Members who were given something.
    pub given: i64,
}

impl Run {
    /// The run of a campaign that begins at an instant.
    pub fn begin(campaign: &Campaign, number: i64, (planned_at, now): (Time, Time)) -> Self {
        Self {
            campaign_id: campaign.id.clone(),
            number,
            program_id: campaign.program_id.clone(),
            state: RUNNING.to_owned(),
            planned_at,
            due_at: now,
            ended_at: None,
            passed_card: String::new(),
            looked_at: 0,
            sent: 0,
            held_out: 0,
            capped: 0,
            unreachable: 0,
            no_consent: 0,
            given: 0,
        }
    }
}

/// Stores a campaign.
pub fn insert(tx: &mut Tx<'_>, campaign: &Campaign) -> Result<(), StoreError> {
    diesel::insert_into(campaigns::table)
        .values(campaign.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The campaign, or `NotFound`.
pub fn get(db: &mut Db, id: &CampaignId) -> Result<Campaign, StoreError> {
    let found =
        on_both!(db, conn => campaigns::table.find(id).select(Campaign::as_select()).get_result(conn));
    Ok(found?)
}

/// The campaign, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &CampaignId) -> Result<Campaign, StoreError> {
    Ok(locked!(
        tx,
        campaigns::table.find(id).select(Campaign::as_select()),
        get_result
    )?)
}

/// Stores a locked campaign that changed.
pub fn update(tx: &mut Tx<'_>, campaign: &Campaign) -> Result<(), StoreError> {
    let target = campaigns::table.find(&campaign.id);
    on_both!(tx, conn => diesel::update(target).set(campaign.clone()).execute(conn))?;
    Ok(())
}

/// Those of a kind in the order of their ids, after `after`; only those of a program if it is given.
pub fn list(
    db: &mut Db,
    (kind, program): (&str, Option<&ProgramId>),
    after: Option<&CampaignId>,
    limit: i64,
) -> Result<Vec<Campaign>, StoreError> {
    let mut query = campaigns::table
        .filter(campaigns::kind.eq(kind.to_owned()))
        .select(Campaign::as_select())
        .order(campaigns::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(campaigns::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(campaigns::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// Those of a kind of a program, newest first.
pub fn list_newest(
    db: &mut Db,
    (kind, program): (&str, &ProgramId),
    limit: i64,
) -> Result<Vec<Campaign>, StoreError> {
    Ok(campaigns::table
        .filter(campaigns::program_id.eq(program))
        .filter(campaigns::kind.eq(kind))
        .select(Campaign::as_select())
        .order(campaigns::id.desc())
        .limit(limit)
        .load(db)?)
}

/// A program's automations that are on, oldest first.
pub fn list_on(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Campaign>, StoreError> {
    Ok(campaigns::table
        .filter(campaigns::program_id.eq(program))
        .filter(campaigns::kind.eq(AUTOMATION))
        .filter(campaigns::state.eq_any([SCHEDULED, SENDING]))
        .select(Campaign::as_select())
        .order(campaigns::id.asc())
        .limit(limit)
        .load(db)?)
}

/// How many of a kind a program has, ended ones too.
pub fn count(db: &mut Db, (kind, program): (&str, &ProgramId)) -> Result<i64, StoreError> {
    Ok(campaigns::table
        .filter(campaigns::program_id.eq(program))
        .filter(campaigns::kind.eq(kind))
        .count()
        .get_result(db)?)
}

/// The campaign whose time to begin came longest ago.
pub fn find_due(db: &mut Db, now: Time) -> Result<Option<CampaignId>, StoreError> {
    Ok(campaigns::table
        .filter(campaigns::next_at.le(now))
        .select(campaigns::id)
        .order(campaigns::next_at.asc())
        .limit(1)
        .get_result(db)
        .optional()?)
}

/// Stores a run that begins.
pub fn insert_run(tx: &mut Tx<'_>, run: &Run) -> Result<(), StoreError> {
    diesel::insert_into(campaign_runs::table)
        .values(run.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// A run of a campaign whose row is locked, if it was begun.
pub fn find_run_of(db: &mut Db, id: &CampaignId, number: i64) -> Result<Option<Run>, StoreError> {
    Ok(campaign_runs::table
        .find((id, number))
        .select(Run::as_select())
        .get_result(db)
        .optional()?)
}

/// A run of a campaign, locked until the transaction ends, or `NotFound`.
pub fn lock_run(tx: &mut Tx<'_>, id: &CampaignId, number: i64) -> Result<Run, StoreError> {
    Ok(locked!(
        tx,
        campaign_runs::table.find((id, number)).select(Run::as_select()),
        get_result
    )?)
}

/// Stores a locked run that went on.
pub fn update_run(tx: &mut Tx<'_>, run: &Run) -> Result<(), StoreError> {
    let target = campaign_runs::table.find((&run.campaign_id, run.number));
    on_both!(tx, conn => diesel::update(target).set(run.clone()).execute(conn))?;
    Ok(())
}

/// A campaign's runs, newest first.
pub fn list_runs(db: &mut Db, id: &CampaignId, limit: i64) -> Result<Vec<Run>, StoreError> {
    Ok(campaign_runs::table
        .filter(campaign_runs::campaign_id.eq(id))
        .select(Run::as_select())
        .order(campaign_runs::number.desc())
        .limit(limit)
        .load(db)?)
}

/// The runs of a program's campaigns that were to begin from `first` on and before `end`, the first ones first.
pub fn list_runs_between(
    db: &mut Db,
    program: &ProgramId,
    (first, end): (Time, Time),
    limit: i64,
) -> Result<Vec<(CampaignId, Time)>, StoreError> {
    Ok(campaign_runs::table
        .inner_join(campaigns::table.on(campaigns::id.eq(campaign_runs::campaign_id)))
        .filter(campaigns::program_id.eq(program))
        .filter(campaigns::kind.eq(CAMPAIGN))
        .filter(campaign_runs::planned_at.ge(first))
        .filter(campaign_runs::planned_at.lt(end))
        .select((campaign_runs::campaign_id, campaign_runs::planned_at))
        .order((campaign_runs::planned_at.asc(), campaign_runs::campaign_id.asc()))
        .limit(limit)
        .load(db)?)
}

/// The run that is due to go on for longest, of those that do not rest.
pub fn find_run(db: &mut Db, now: Time) -> Result<Option<Run>, StoreError> {
    let goes_on = campaign_runs::state
        .eq(RUNNING)
        .and(campaigns::state.eq(SENDING))
        .or(campaign_runs::state.eq(TAKING_BACK));
    Ok(campaign_runs::table
        .inner_join(campaigns::table.on(campaigns::id.eq(campaign_runs::campaign_id)))
        .filter(goes_on)
        .filter(campaign_runs::due_at.le(now))
        .select(Run::as_select())
        .order(campaign_runs::due_at.asc())
        .limit(1)
        .get_result(db)
        .optional()?)
}
