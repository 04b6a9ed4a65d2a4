//! What the till needs of a scanned card, in one answer.

use super::assess::rulebook;
use super::{ActionError, CardSheet, House, Profile};
use crate::loyalty::reward::Reward;
use crate::loyalty::rulebook::Listed;
use crate::store::cards::Card;
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
    /// Rewards that the balance suffices for now.
    pub affordable: Vec<Listed<Reward>>,
    /// The reward that costs least of those that it does not suffice for.
    pub next: Option<Listed<Reward>>,
    /// Rewards in the member's hands.
    pub issued: Vec<Redemption>,
}

/// Reads what the till needs of a card.
pub fn look_up_card(db: &mut Db, house: &House, card: Card, now: Time) -> Result<TillSheet, ActionError> {
    let member = members::get(db, &card.member_id)?;
    let identities = members::list_identities(db, &member.id)?;
    let program = programs::get(db, &card.program_id)?;
    let rulebook = rulebook(db, house, &program)?;
    let balance = card.balance.get();
    let on_offer = rulebook.rewards.iter().filter(|listed| {
        let reward = &listed.body;
        !reward.automatic
            && reward.from.is_none_or(|from| from <= now)
            && reward.until.is_none_or(|until| now < until)
    });
    let (affordable, beyond): (Vec<_>, Vec<_>) =
        on_offer.cloned().partition(|listed| listed.body.cost <= balance);
    let issued = redemptions::list_issued(db, &card.id)?;
    Ok(TillSheet {
        next: beyond.into_iter().min_by_key(|listed| listed.body.cost),
        affordable,
        issued: issued
            .into_iter()
            .filter(|one| one.expires_at.is_none_or(|expires| now < expires))
            .collect(),
        profile: Profile::read(db, &member)?,
        member,
        identities,
        sheet: CardSheet::read(db, card)?,
    })
}
