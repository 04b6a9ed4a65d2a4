//! A program's terms change; entries made under the old terms stay as they are.

use serde_json::json;

use super::create_program::{check_policy, check_terms};
use super::{ActionError, Code, Deed};
use crate::loyalty::earning::BaseRule;
use crate::loyalty::policy::Policy;
use crate::store::Tx;
use crate::store::cards;
use crate::store::programs::{self, Program};
use crate::types::{Language, ProgramId, Role, Text, Zone};

/// What is to change; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProgramChange {
    /// Its name on cards.
    pub name: Option<Text>,
    /// What its points are called.
    pub point_name: Option<Text>,
    /// The language of members who name none.
    pub language: Option<Language>,
    /// What an order earns.
    pub earning: Option<BaseRule>,
    /// Points for signing up.
    pub signup_bonus: Option<i64>,
    /// Where its days begin.
    pub time_zone: Option<Zone>,
    /// What earns nothing and how long points live from now on; dates that points have already stay.
    pub policy: Option<Policy>,
}

/// Changes a program that is still at `version` (any, if `None`).
pub fn change_program(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &ProgramId,
    version: Option<i64>,
    change: ProgramChange,
) -> Result<Program, ActionError> {
    deed.caller.check_sees(id)?;
    let mut program = programs::get(tx, id)?;
    let read_at = program.version;
    if version.is_some_and(|wanted| wanted != read_at) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    let earning = change.earning.unwrap_or(BaseRule {
        points: program.earn_points,
        per_minor: program.earn_per_minor,
    });
    let bonus = change.signup_bonus.unwrap_or(program.signup_bonus);
    let mut faults = check_terms(earning, bonus);
    faults.extend(change.policy.iter().flat_map(check_policy));
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    let has_other_notices = match &change.policy {
        Some(policy) => {
            let had: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
            if had.campaign_approval != policy.campaign_approval && deed.caller.role == Some(Role::Marketer) {
                let detail = "Whether campaigns need approval is changed by an owner or a manager.";
                return Err(ActionError::with(Code::WrongRole, detail));
            }
            had.expiry_notice_days != policy.expiry_notice_days
        }
        None => false,
    };
    program.name = change.name.unwrap_or(program.name);
    program.point_name = change.point_name.unwrap_or(program.point_name);
    program.language = change.language.unwrap_or(program.language);
    program.earn_points = earning.points;
    program.earn_per_minor = earning.per_minor;
    program.signup_bonus = bonus;
    program.time_zone = change.time_zone.unwrap_or(program.time_zone);
    if let Some(policy) = &change.policy {
        program.policy = serde_json::to_string(policy).map_err(ActionError::internal)?;
    }
    program.version += 1;
    program.updated_at = deed.now;
    if !programs::update(tx, &program, read_at)? {
        return Err(ActionError::new(Code::StaleEdit));
    }
    let is_told = |policy: &Policy| !policy.expiry_notice_days.is_empty();
    if change.policy.as_ref().is_some_and(is_told) && has_other_notices {
        // Cards at rest have dates that know nothing of it.
        cards::look_again(tx, id, deed.now)?;
    }
    deed.record(
        tx,
        Some(id),
        "change_program",
        id.as_str(),
        &json!({ "version": program.version }),
    )?;
    Ok(program)
}
