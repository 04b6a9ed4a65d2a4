//! What a campaign did: how far it came, and what those who heard it did beside those who did not.

use super::change_campaign::get_campaign;
use super::{ActionError, Caller};
use crate::loyalty::campaign::uplift::{Group, Uplift, uplift};
use crate::store::campaign_sends::{self, HELD_OUT, Reaction};
use crate::store::campaigns::{self, Campaign, Run};
use crate::store::{Db, StoreError};
use crate::types::CampaignId;

/// Runs that are shown.
pub const RUNS_MAX: i64 = 100;
/// Members of a run who are looked at one by one, so that looking costs the same however many heard it.
pub const LOOKED_MAX: i64 = 50_000;
/// Days that count as after the message, where nobody says how many; that of the message is the first.
pub const DAYS: u16 = 14;
/// Most such days.
pub const DAYS_MAX: u16 = 90;

/// What a campaign did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignResults {
    /// The campaign.
    pub campaign: Campaign,
    /// How often it was begun, newest first.
    pub runs: Vec<Run>,
    /// What became of those who heard the newest run, arm by arm, and of those who were held out.
    pub reactions: Vec<Reaction>,
    /// By how much more of those who heard it bought.
    pub uplift: Option<Uplift>,
}

/// Reads what a campaign did within `days` days after each member heard it.
pub fn read_results(
    db: &mut Db,
    caller: &Caller,
    id: &CampaignId,
    days: u16,
) -> Result<CampaignResults, ActionError> {
    let campaign = get_campaign(db, caller, id)?;
    let runs = campaigns::list_runs(db, id, RUNS_MAX)?;
    let reactions = match runs.first() {
        Some(run) => look(db, id, run.number, days)?,
        None => Vec::new(),
    };
    let group = |is_meant: &dyn Fn(&Reaction) -> bool| {
        let mut group = Group::default();
        for reaction in reactions.iter().filter(|one| is_meant(one)) {
            group.members += reaction.members;
            group.buyers += reaction.buyers;
        }
        group
    };
    Ok(CampaignResults {
        uplift: uplift(
            group(&|one| one.arm != HELD_OUT),
            group(&|one| one.arm == HELD_OUT),
        ),
        campaign,
        runs,
        reactions,
    })
}

fn look(db: &mut Db, id: &CampaignId, run: i64, days: u16) -> Result<Vec<Reaction>, StoreError> {
    campaign_sends::list_reactions(db, (id, run), i64::from(days), LOOKED_MAX)
}
