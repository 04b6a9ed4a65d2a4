//! What a campaign did: how far it came, and what those who heard it did beside those who did not.

use super::ActionError;
use crate::loyalty::campaign::uplift::{Group, Uplift, uplift};
use crate::store::campaign_sends::{self, HELD_OUT, Reaction, SILENT};
use crate::store::campaigns::{self, AUTOMATION, Campaign, Run};
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
    /// What became of those who heard the newest run, or the runs of an automation, arm by arm, and of those who were held out.
    pub reactions: Vec<Reaction>,
    /// By how much more of those who heard it bought.
    pub uplift: Option<Uplift>,
}

/// Reads what a campaign's newest run did within `days` days after each member heard it; of an automation, whose runs
/// are days, what all did that are shown.
pub fn read_results(db: &mut Db, campaign: Campaign, days: u16) -> Result<CampaignResults, ActionError> {
    let runs = campaigns::list_runs(db, &campaign.id, RUNS_MAX)?;
    let newest = runs.first();
    let oldest = newest.and_then(|newest| {
        let is_automation = campaign.kind == AUTOMATION;
        if is_automation { runs.last() } else { Some(newest) }
    });
    let mut reactions = match (oldest, newest) {
        (Some(oldest), Some(newest)) => look(db, &campaign.id, (oldest.number, newest.number), days)?,
        _ => Vec::new(),
    };
    reactions.retain(|one| one.arm != SILENT);
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

fn look(db: &mut Db, id: &CampaignId, runs: (i64, i64), days: u16) -> Result<Vec<Reaction>, StoreError> {
    campaign_sends::list_reactions(db, (id, runs), i64::from(days), LOOKED_MAX)
}
