//! What the till needs of a scanned card, in one answer.

use super::assess::rulebook;
use super::count_challenges::{ChallengeStanding, list_standings};
use super::list_offers::{Offer, list_offers};
use super::{ActionError, CardSheet, House, Profile};
use crate::loyalty::rulebook::Listed;
use crate::loyalty::tier::Tier;
use crate::store::cards::Card;
use crate::store::gift_accounts::{self, GiftAccount};
use crate::store::members::{Identity, Member};
use crate::store::redemptions::{self, Redemption};
use crate::store::{Db, members, programs};
use crate::types::Time;

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
    /// Rewards that the member can have at once, by their place in the catalogue.
    pub usable: Vec<Offer>,
    /// The reward that costs least of those that it does not suffice for.
    pub next: Option<Offer>,
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
    let offers = list_offers(db, house, &card, now)?;
    let beyond = offers
        .iter()
        .filter(|offer| offer.missing > 0 && offer.left != Some(0));
    // Those that are issued by themselves too, since that is what stamps are collected for.
    let next = beyond.min_by_key(|offer| offer.listed.body.cost).cloned();
    let issued = redemptions::list_issued(db, &card.id)?;
    let ladder = &rulebook.ladder;
    Ok(TillSheet {
        tier: ladder.find(card.tier_id.as_deref()).cloned(),
        next_tier: ladder
            .next(&card.place())
            .map(|(tier, missing)| (tier.clone(), missing)),
        next,
        usable: offers.into_iter().filter(Offer::is_usable).collect(),
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
