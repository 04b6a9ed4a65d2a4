//! What a reward promised when it was issued, whatever became of it since.

use super::ActionError;
use crate::loyalty::reward::Reward;
use crate::loyalty::rulebook::Rulebook;
use crate::store::redemptions::Redemption;
use crate::store::{Db, terms};

/// The reward of a redemption in the version that was issued.
pub(super) fn read_promise(
    db: &mut Db,
    rulebook: &Rulebook,
    redemption: &Redemption,
) -> Result<Reward, ActionError> {
    let (id, version) = (redemption.reward_id.as_str(), redemption.reward_version);
    let known = rulebook
        .rewards
        .iter()
        .find(|listed| listed.id.as_deref() == Some(id) && listed.version == version);
    if let Some(listed) = known {
        return Ok(listed.body.clone());
    }
    let kept = terms::get_version(db, id, version)?;
    serde_json::from_str(&kept.body).map_err(ActionError::internal)
}
