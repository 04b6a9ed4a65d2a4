//! What the till needs of a scanned card, in one answer.

use super::assess::rulebook;
use super::count_challenges::{ChallengeStanding, list_standings};
use super::{ActionError, CardSheet, House, Profile};
use crate::loyalty::reward::Reward;
use crate::loyalty::rulebook::{Listed, Rulebook};
use crate::loyalty::tier::Tier;
use crate::store::cards::Card;
use crate::store::gift_accounts::{self, GiftAccount};
use crate::store::members::{Identity, Member};
use crate::store::redemptions::{self, Redemption};
use crate::store::{Db, members, programs};
use crate::types::{Points, Time};

/// What the till needs of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillSheet {
    /// Its holder.
    pub member: Member,
    /// Everything that leads to them.
    pub identities: Vec<Identity>,
    /// What else is known of them.
    pub profile: Profile,
    /// The card with its passes.
    pub sheet: CardSheet,
    /// Rewards that the balance suffices for now.
    pub affordable: Vec<Listed<Reward>>,
    /// The reward that costs least of those that it does not suffice for.
    pub next: Option<Listed<Reward>>,
    /// Rewards in the member's hands.
    pub issued: Vec<Redemption>,
    /// The tier that the card has reached.
    pub tier: Option<Listed<Tier>>,
    /// The next tier, and how much is missing.
    pub next_tier: Option<(Listed<Tier>, i64)>,
    /// Gift cards of the member that can be spent now, oldest first, at most 20.
    pub gift_cards: Vec<GiftAccount>,
    /// Where the card stands with the challenges that are on.
    pub challenges: Vec<ChallengeStanding>,
}

/// Reads what the till needs of a card.
pub fn look_up_card(db: &mut Db, house: &House, card: Card, now: Time) -> Result<TillSheet, ActionError> {
    let member = members::get(db, &card.member_id)?;
    let identities = members::list_identities(db, &member.id)?;
    let program = programs::get(db, &card.program_id)?;
    let rulebook = rulebook(db, house, &program)?;
    let balance = card.balance.get();
    let affordable = rulebook.rewards.iter().filter(|listed| {
        let reward = &listed.body;
        !reward.automatic && reward.cost <= balance && is_on_offer(reward, now)
    });
    let issued = redemptions::list_issued(db, &card.id)?;
    let ladder = &rulebook.ladder;
    Ok(TillSheet {
        tier: ladder.find(card.tier_id.as_deref()).cloned(),
        next_tier: ladder
            .next(&card.place())
            .map(|(tier, missing)| (tier.clone(), missing)),
        next: next_offer(&rulebook, card.balance, Some(now)).cloned(),
        affordable: affordable.cloned().collect(),
        issued: issued
            .into_iter()
            .filter(|one| one.expires_at.is_none_or(|expires| now < expires))
            .collect(),
        gift_cards: gift_accounts::list_usable(db, &member.id, now)?,
        challenges: list_standings(db, &rulebook, &card.id, now)?,
        profile: Profile::read(db, &member)?,
        member,
        identities,
        sheet: CardSheet::read(db, card)?,
    })
}

fn is_on_offer(reward: &Reward, now: Time) -> bool {
    reward.from.is_none_or(|from| from <= now) && reward.until.is_none_or(|until| now < until)
}

/// The reward that costs least of those that a balance does not suffice for; those that are issued by themselves
/// too, since that is what stamps are collected for. Without an instant also those whose time is not now.
pub(super) fn next_offer(rulebook: &Rulebook, balance: Points, now: Option<Time>) -> Option<&Listed<Reward>> {
    let beyond = rulebook.rewards.iter().filter(|listed| {
        listed.body.cost > balance.get() && now.is_none_or(|now| is_on_offer(&listed.body, now))
    });
    beyond.min_by_key(|listed| listed.body.cost)
}
