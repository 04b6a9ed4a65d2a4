//! Campaigns, and how far each has come through the cards of its program.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::{campaign_runs, campaigns};
use super::{Db, StoreError, Tx};
use crate::types::{CampaignId, ProgramId, Time};

/// It is being written.
pub const DRAFT: &str = "draft";
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
    /// [`DRAFT`], [`SCHEDULED`], [`SENDING`], [`PAUSED`], [`DONE`] or [`CANCELLED`].
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
}

/// A campaign on its way.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = campaign_runs, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Run {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Counts its runs, from 1.
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

/// Campaigns in the order of their ids, after `after`; only those of a program if it is given.
pub fn list(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&CampaignId>,
    limit: i64,
) -> Result<Vec<Campaign>, StoreError> {
    let mut query = campaigns::table
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

/// A program's campaigns, newest first.
pub fn list_newest(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Campaign>, StoreError> {
    Ok(campaigns::table
        .filter(campaigns::program_id.eq(program))
        .select(Campaign::as_select())
        .order(campaigns::id.desc())
        .limit(limit)
        .load(db)?)
}

/// How many campaigns a program has, ended ones too.
pub fn count(db: &mut Db, program: &ProgramId) -> Result<i64, StoreError> {
    Ok(campaigns::table
        .filter(campaigns::program_id.eq(program))
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
