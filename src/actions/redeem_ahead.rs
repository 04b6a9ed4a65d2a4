//! A member takes a reward by themselves before they come, or gives it back while it is unused.

use super::assess::rulebook;
use super::issue_reward::{Handed, MEMBER, issue_reward};
use super::settle_redemption::{Settling, settle_redemption};
use super::show_member::asks_for_card;
use super::surviving::{find_shown, leads_to};
use super::{ActionError, Code, Deed};
use crate::store::cards::{self, Card};
use crate::store::redemptions::{self, Redemption};
use crate::store::{Db, StoreError, Tx, programs};
use crate::types::{CardId, RedemptionId, RewardId};

/// Issues a reward to the holder of a card who is not at the till.
///
/// Nothing shows that the card is here, so a reward for which the program asks that is had at the till alone.
pub fn redeem_ahead(
    tx: &mut Tx<'_>,
    deed: &Deed,
    card: &CardId,
    reward: &RewardId,
) -> Result<Handed, ActionError> {
    let card = cards::get(tx, card)?;
    let card = find_shown(tx, card)?;
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    let mut rewards = rulebook.rewards.iter();
    let listed = rewards
        .find(|listed| listed.id.as_deref() == Some(reward.as_str()))
        .filter(|listed| !listed.body.automatic)
        .ok_or_else(|| ActionError::new(Code::UnknownReward))?;
    if asks_for_card(rulebook.policy.freshness.as_ref(), &listed.body) {
        let detail = "The reward is handed over at the till, to whoever shows the card there.";
        return Err(ActionError::with(Code::StaleCode, detail));
    }
    issue_reward(tx, deed, &card.member_id, reward)
}

/// Takes back what the holder of a card had asked for; what was given to them they keep.
pub fn give_back(
    tx: &mut Tx<'_>,
    deed: &Deed,
    card: &CardId,
    id: &RedemptionId,
) -> Result<Handed, ActionError> {
    let card = cards::get(tx, card)?;
    let card = find_shown(tx, card)?;
    let redemption = get_own(tx, &card, id)?;
    if redemption.origin != MEMBER {
        return Err(ActionError::new(Code::NotFound));
    }
    settle_redemption(tx, deed, id, &Settling::Cancel)
}

/// Whether a member may give a redemption back by themselves.
pub fn can_give_back(redemption: &Redemption) -> bool {
    redemption.origin == MEMBER && redemption.opened == 0
}

/// A redemption of a card, or of one that was joined with it. Others' are not found.
pub(super) fn get_own(db: &mut Db, card: &Card, id: &RedemptionId) -> Result<Redemption, ActionError> {
    let missing = || ActionError::new(Code::NotFound);
    let redemption = redemptions::get(db, id).map_err(|error| match error {
        StoreError::NotFound => missing(),
        other => other.into(),
    })?;
    if leads_to(db, &redemption.card_id, &card.id)? {
        Ok(redemption)
    } else {
        Err(missing())
    }
}
