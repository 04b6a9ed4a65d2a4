//! What a deed did to a card sets automations off, and calls others off, in the transaction of the deed itself.
//!
//! A program without automations costs nothing: its rulebook, which the deed has in memory, says so.

use super::ActionError;
use crate::loyalty::automation::{Done, Listener, Occurred, hear};
use crate::loyalty::rulebook::{Listed, Rulebook};
use crate::store::campaigns::{self, Campaign};
use crate::store::cards::Card;
use crate::store::{Db, Tx, automation_waits};
use crate::types::{ProgramId, Time};

use super::change_automation::{AUTOMATIONS_MAX, read_automation};

const MINUTE_MS: i64 = 60_000;

/// The program's automations that are on and wait for something to happen.
pub(super) fn list_listeners(db: &mut Db, program: &ProgramId) -> Result<Vec<Listed<Listener>>, ActionError> {
    let on = campaigns::list_on(db, program, AUTOMATIONS_MAX)?;
    let listener = |campaign: Campaign| {
        let body = read_automation(&campaign)?;
        let is_daily = body.schedule().is_some();
        Ok((!is_daily).then(|| Listed {
            id: Some(campaign.id.to_string()),
            version: campaign.version,
            body: Listener {
                when: body.when,
                unless: body.unless,
                wait_ms: i64::from(body.wait_minutes) * MINUTE_MS,
            },
        }))
    };
    on.into_iter()
        .filter_map(|one| listener(one).transpose())
        .collect()
}

/// Lets the automations of a program hear what a deed did to a locked card, which it has changed.
pub(super) fn hear_deed(
    tx: &mut Tx<'_>,
    rulebook: &Rulebook,
    (before, card): (&Card, &Card),
    (occurred, now): (&[Occurred], Time),
) -> Result<(), ActionError> {
    if rulebook.automations.is_empty() {
        return Ok(());
    }
    let tiers = rulebook.ladder.tiers();
    let rank = |card: &Card| {
        let tier = card.tier_id.as_deref();
        tier.and_then(|id| tiers.iter().position(|one| one.id.as_deref() == Some(id)))
    };
    let costs = rulebook.rewards.iter().map(|one| one.body.cost);
    let costs: Vec<i64> = costs.filter(|cost| *cost > 0).collect();
    let (set_off, called_off) = hear(
        &rulebook.automations,
        Done {
            occurred,
            orders: card.orders,
            is_higher: rank(card) > rank(before),
            balance: (before.balance.get(), card.balance.get()),
            costs: &costs,
        },
    );
    if !called_off.is_empty() {
        automation_waits::call_off(tx, &called_off, &card.id)?;
    }
    for one in set_off {
        let due_at = now.plus_ms(one.body.wait_ms);
        automation_waits::put(tx, one.id.as_deref().unwrap_or_default(), &card.id, due_at)?;
    }
    Ok(())
}
