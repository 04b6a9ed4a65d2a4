//! A campaign waits for somebody else's approval, goes on with it, or is a draft again.

use serde::{Deserialize, Serialize};

use super::change_campaign::{Start, check_start, lock, store};
use super::reason::need_reason;
use super::{ActionError, Caller, Code, Deed};
use crate::loyalty::policy::Policy;
use crate::store::campaigns::{AWAITING_APPROVAL, Campaign, DRAFT, SCHEDULED};
use crate::store::programs::{self, Program};
use crate::store::{Db, Tx, keys, staff};
use crate::types::{CampaignId, ProgramId, Role, Time};

/// Who may send campaigns, and so approve them.
const SENDERS: [Role; 3] = [Role::Owner, Role::Manager, Role::Marketer];

/// Who asked for a campaign's approval, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Time,
    /// How it begins once it is approved.
    pub start: Start,
    /// Who refused it.
    #[serde(default)]
    pub refused_by: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Who asked for a campaign's approval and what became of it, if anybody did.
pub fn read_approval(campaign: &Campaign) -> Result<Option<Approval>, ActionError> {
    let read = campaign.approval.as_deref().map(serde_json::from_str).transpose();
    read.map_err(ActionError::internal)
}

/// Whether campaigns of a program need approval.
pub(super) fn is_asked_for(program: &Program) -> Result<bool, ActionError> {
    let policy: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
    Ok(policy.campaign_approval)
}

/// Lets a locked draft wait for approval.
pub(super) fn wait_for_approval(
    campaign: &mut Campaign,
    deed: &Deed,
    start: Start,
) -> Result<(), ActionError> {
    let approval = Approval {
        asked_by: deed.caller.actor.clone(),
        asked_at: deed.now,
        start,
        refused_by: None,
        reason: None,
    };
    set(campaign, &approval)?;
    AWAITING_APPROVAL.clone_into(&mut campaign.state);
    Ok(())
}

/// Lets a campaign that waits go on as whoever asked meant it; not by themselves.
pub fn approve_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
) -> Result<Campaign, ActionError> {
    let mut campaign = lock(tx, deed, id, version)?;
    let approval = read_waiting(&campaign)?;
    if approval.asked_by == deed.caller.actor {
        return Err(refuse_own(tx, &campaign.program_id, &deed.caller)?);
    }
    let program = programs::get(tx, &campaign.program_id)?;
    campaign.next_at = Some(check_start(tx, deed, (&campaign, &program), approval.start)?);
    campaign.approval = None;
    SCHEDULED.clone_into(&mut campaign.state);
    store(tx, deed, "approve_campaign", campaign)
}

/// Makes a campaign that waits a draft again, with the reason; whoever asked may do so too.
pub fn refuse_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, Option<i64>),
    reason: &str,
) -> Result<Campaign, ActionError> {
    let reason = need_reason(reason)?;
    let mut campaign = lock(tx, deed, id, version)?;
    let approval = Approval {
        refused_by: Some(deed.caller.actor.clone()),
        reason: Some(reason),
        ..read_waiting(&campaign)?
    };
    set(&mut campaign, &approval)?;
    DRAFT.clone_into(&mut campaign.state);
    store(tx, deed, "refuse_campaign", campaign)
}

fn read_waiting(campaign: &Campaign) -> Result<Approval, ActionError> {
    let not_awaiting = || ActionError::new(Code::NotAwaiting);
    if campaign.state != AWAITING_APPROVAL {
        return Err(not_awaiting());
    }
    read_approval(campaign)?.ok_or_else(not_awaiting)
}

fn set(campaign: &mut Campaign, approval: &Approval) -> Result<(), ActionError> {
    campaign.approval = Some(serde_json::to_string(approval).map_err(ActionError::internal)?);
    Ok(())
}

/// Why nobody approves what they asked for, and who can.
fn refuse_own(db: &mut Db, program: &ProgramId, caller: &Caller) -> Result<ActionError, ActionError> {
    let detail = if has_other(db, program, &caller.actor)? {
        "You asked for this approval; another owner, manager or marketer must approve it."
    } else {
        "You asked for this approval, and nobody else here could give it. Add an owner, manager or marketer under staff, or \
         have an owner or manager turn the approval of campaigns off in the program's settings, then begin it anew."
    };
    Ok(ActionError::with(Code::OwnApproval, detail))
}

/// Whether anybody but an actor could approve.
fn has_other(db: &mut Db, program: &ProgramId, actor: &str) -> Result<bool, ActionError> {
    // Of two at least one is another.
    let people = staff::list_of_roles(db, program, &SENDERS, 2)?;
    if people.iter().any(|id| format!("staff:{id}") != actor) {
        return Ok(true);
    }
    let keys = keys::list_of_roles(db, program, &SENDERS, 2)?;
    Ok(keys.iter().any(|id| format!("key:{id}") != actor))
}
