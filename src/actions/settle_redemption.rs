//! What becomes of a reward that was issued: it is handed over, taken back, or not used in time.

use std::collections::BTreeMap;

use serde_json::json;

use super::announce::{Happened, announce};
use super::assess::rulebook;
use super::fill_gift_card::become_gift_card;
use super::issue_reward::{AUTOMATIC, Handed, MEMBER, flag_redemption};
use super::ledger::{Cause, Ledger, Movement, Return};
use super::own_card::watch_own_card;
use super::promise::read_promise;
use super::showing::{Showing, watch_shown};
use super::surviving::{leads_to, lock_surviving};
use super::{ActionError, CardSheet, Code, Deed};
use crate::loyalty::carry::Carried;
use crate::loyalty::line_refund::Refunding;
use crate::loyalty::refunding::Counting;
use crate::loyalty::reward::Reward;
use crate::loyalty::rulebook::Rulebook;
use crate::store::cards::Card;
use crate::store::redemptions::{self, CANCELLED, COMPLETED, EXPIRED, ISSUED, Redemption};
use crate::store::{StoreError, Tx, orders, programs, standings};
use crate::types::{ChallengeId, EventId, OrderId, Points, RedemptionId, RuleId};

/// Days for which a reward can be used that is given back with the order that it was used for.
const GIVEN_BACK_DAYS: i64 = 30;

/// How a redemption ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settling {
    /// It is handed over, for an order if one is named.
    Complete(Option<OrderId>),
    /// It is taken back; its points return.
    Cancel,
}

/// Completes or cancels a redemption, once, without anything that shows the card.
pub fn settle_redemption(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &RedemptionId,
    settling: &Settling,
) -> Result<Handed, ActionError> {
    settle_shown(tx, deed, (id, settling), &Showing::default())
}

/// Completes or cancels a redemption, once, of a card that is shown.
pub fn settle_shown(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, settling): (&RedemptionId, &Settling),
    showing: &Showing,
) -> Result<Handed, ActionError> {
    let seen = redemptions::get(tx, id)?;
    deed.caller.check_sees(&seen.program_id)?;
    let (card, mut redemption) = lock(tx, &seen)?;
    if redemption.state != ISSUED {
        let detail = format!("The redemption is {} already.", redemption.state);
        return Err(ActionError::with(Code::RedemptionSettled, detail));
    }
    if redemption.expires_at.is_some_and(|expires| expires <= deed.now) {
        return Err(ActionError::new(Code::RedemptionExpired));
    }
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    let reward = read_promise(tx, &rulebook, &redemption)?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    let before = ledger.entries().len();
    let mut gift_card = None;
    redemption.settled_at = Some(deed.now);
    let name = match settling {
        Settling::Complete(order) => {
            if card.blocked_at.is_some() {
                return Err(ActionError::new(Code::MemberBlocked));
            }
            if let Some(flag) = watch_completion(tx, deed, &rulebook, (&card, &redemption, &reward), showing)?
            {
                flag_redemption(tx, deed, &mut redemption, flag)?;
            }
            if let Some(order) = order {
                check_order(tx, &card, order)?;
            }
            COMPLETED.clone_into(&mut redemption.state);
            redemption.used_for.clone_from(order);
            gift_card = become_gift_card(tx, deed, &rulebook, &program, (&redemption, &reward))?;
            redemption.gift_account_id = gift_card.as_ref().map(|account| account.id.clone());
            redemptions::settle(tx, &redemption)?;
            ledger.note_activity();
            ledger.note_change();
            "complete_redemption"
        }
        Settling::Cancel => {
            check_return(deed, &redemption, &reward)?;
            take_back(tx, &mut ledger, &mut redemption, &rulebook, Return::WithGrace)?;
            "cancel_redemption"
        }
    };
    let closed = ledger.close(tx)?;
    deed.record(
        tx,
        Some(&program.id),
        name,
        id.as_str(),
        &json!({ "cost": redemption.cost }),
    )?;
    let sheet = CardSheet::read(tx, closed.card)?;
    if rulebook.is_heard && redemption.state == COMPLETED {
        let happened = Happened::RewardCompleted(&redemption, &sheet);
        announce(tx, deed, &program.id, &happened)?;
    }
    Ok(Handed {
        redemption,
        reward,
        gift_card,
        entries: closed.entries.into_iter().skip(before).collect(),
        sheet,
    })
}

/// Who serves whom; and how the card is shown, unless it was when the member asked for the reward. Says what the
/// redemption is flagged with.
fn watch_completion(
    tx: &mut Tx<'_>,
    deed: &Deed,
    rulebook: &Rulebook,
    (card, redemption, reward): (&Card, &Redemption, &Reward),
    showing: &Showing,
) -> Result<Option<&'static str>, ActionError> {
    let doing = (card, "complete_redemption");
    watch_own_card(tx, deed, &rulebook.policy, doing)?;
    let Some(freshness) = &rulebook.policy.freshness else {
        return Ok(None);
    };
    if redemption.origin == MEMBER {
        return Ok(None);
    }
    let asking = Some(freshness).filter(|one| one.asks_reward(redemption.cost.get(), &reward.gives));
    watch_shown(tx, deed, asking, doing, showing)
}

/// Refuses to take back what was had already, or what others could have had.
fn check_return(deed: &Deed, redemption: &Redemption, reward: &Reward) -> Result<(), ActionError> {
    if reward.occasion().is_some_and(|occasion| occasion.at <= deed.now) {
        return Err(ActionError::new(Code::RedemptionBegun));
    }
    if redemption.opened > 0 {
        let detail = "The download was opened, so it cannot be taken back.";
        return Err(ActionError::with(Code::RedemptionSettled, detail));
    }
    Ok(())
}

/// The redemption, locked, and before it the card that acts for the one that it is on.
pub(super) fn lock(tx: &mut Tx<'_>, seen: &Redemption) -> Result<(Card, Redemption), StoreError> {
    let card = lock_surviving(tx, &seen.card_id)?;
    let redemption = redemptions::lock(tx, &seen.id)?;
    if leads_to(tx, &redemption.card_id, &card.id)? {
        return Ok((card, redemption));
    }
    // It went back meanwhile to a card that was parted from this one.
    let card = lock_surviving(tx, &redemption.card_id)?;
    Ok((card, redemption))
}

fn check_order(tx: &mut Tx<'_>, card: &Card, order: &OrderId) -> Result<(), ActionError> {
    let unknown = || ActionError::fault("/order", "unknown_order", "The member has no such order.");
    let order = orders::get(tx, order).map_err(|error| match error {
        StoreError::NotFound => unknown(),
        other => other.into(),
    })?;
    if order.member_id == card.member_id || leads_to(tx, &order.card_id, &card.id)? {
        Ok(())
    } else {
        Err(unknown())
    }
}

/// Ends a redemption that was not used in time; its points return under the dates that they had, but for a place that
/// was kept free on a date. Says whether it was still there to end.
pub fn expire_redemption(tx: &mut Tx<'_>, deed: &Deed, id: &RedemptionId) -> Result<bool, ActionError> {
    let seen = redemptions::get(tx, id)?;
    let (card, mut redemption) = lock(tx, &seen)?;
    let is_over = redemption.expires_at.is_some_and(|expires| expires <= deed.now);
    if redemption.state != ISSUED || !is_over {
        return Ok(false);
    }
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card)?;
    redemption.settled_at = Some(deed.now);
    if read_promise(tx, &rulebook, &redemption)?.occasion().is_none() {
        give_points_back(tx, &mut ledger, &redemption, Return::AsItWas)?;
    }
    EXPIRED.clone_into(&mut redemption.state);
    redemptions::settle(tx, &redemption)?;
    ledger.note_change();
    ledger.close(tx)?;
    deed.record(
        tx,
        Some(&program.id),
        "expire_redemption",
        id.as_str(),
        &json!({ "cost": redemption.cost }),
    )?;
    Ok(true)
}

/// Takes a reward back that was issued: points, stock and limits are as if it had not been.
pub(super) fn take_back(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    redemption: &mut Redemption,
    rulebook: &Rulebook,
    how: Return,
) -> Result<(), ActionError> {
    give_points_back(tx, ledger, redemption, how)?;
    CANCELLED.clone_into(&mut redemption.state);
    redemptions::settle(tx, redemption)?;
    ledger.note_change();
    let id = redemption.reward_id.as_str();
    // As it was issued: a reward that is paused at present counts on when it is given again.
    let reward = read_promise(tx, rulebook, redemption)?;
    if reward.most().is_some() {
        let name = reward.counted_as(id);
        standings::lock_totals(tx, &[&name])?;
        standings::add_total(tx, &name, -1, 0)?;
    }
    if !reward.limits.is_empty() {
        let day = rulebook.zone.local(redemption.issued_at).day;
        standings::add_use(tx, &redemption.member_id, id, day.number(), -1, 0)?;
    }
    Ok(())
}

fn give_points_back(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    redemption: &Redemption,
    how: Return,
) -> Result<(), ActionError> {
    let Some(entry) = &redemption.entry_id else {
        return Ok(());
    };
    let movement = Movement {
        kind: "redeem_reversal",
        points: redemption.cost,
        cause: Cause {
            reverses: Some(entry.clone()),
            term: Some((redemption.reward_id.clone(), redemption.reward_version)),
            ..Cause::default()
        },
        reason: redemption.code.clone(),
        explanation: None,
    };
    ledger.give_back(tx, movement, entry, how)
}

/// After points were taken for a refund: rewards that were issued by themselves and are unused go back, the newest
/// first, until the balance is no longer below zero.
pub(super) fn take_back_automatic(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    card: &Card,
    rulebook: &Rulebook,
) -> Result<(), ActionError> {
    if ledger.balance() >= Points::ZERO {
        return Ok(());
    }
    for mut redemption in redemptions::list_issued(tx, &card.id)? {
        if redemption.origin != AUTOMATIC {
            continue;
        }
        redemption.settled_at = Some(ledger.now());
        take_back(tx, ledger, &mut redemption, rulebook, Return::WithGrace)?;
        if ledger.balance() >= Points::ZERO {
            break;
        }
    }
    Ok(())
}

/// After an order was given back in whole: the rewards that were used for it are the member's again.
pub(super) fn give_again(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    order: &OrderId,
) -> Result<(), ActionError> {
    for mut redemption in redemptions::list_used_for(tx, order)? {
        if redemption.opened > 0 {
            continue;
        }
        let today = rulebook.zone.local(ledger.now()).day;
        let grace = rulebook.zone.start_of(today.plus_days(GIVEN_BACK_DAYS + 1));
        ISSUED.clone_into(&mut redemption.state);
        redemption.used_for = None;
        redemption.settled_at = None;
        redemption.expires_at = redemption.expires_at.map(|had| had.max(grace));
        redemptions::settle(tx, &redemption)?;
        let holder = ledger.before();
        redemptions::put_on(tx, &redemption.id, (&holder.id, &holder.member_id))?;
        ledger.note_change();
    }
    Ok(())
}

/// After part of an order was given back: rewards that rules gave for it go back as far as they are unused.
///
/// A rule that counts money gives its reward for the sum of several orders: it loses the money, and one reward for
/// each step that is then no longer there. Of the others, as large a part goes back as of the order.
pub(super) fn take_back_given(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    card: &Card,
    order: &OrderId,
    (refunding, counted): (&Refunding, &[Counting]),
) -> Result<(), ActionError> {
    let by_money: Vec<&Counting> = counted.iter().filter(|one| one.gives_rewards).collect();
    for counting in &by_money {
        let Some(rule) = counting.term.as_deref() else {
            continue;
        };
        let per_minor = counting.per_minor;
        let kept = standings::list_remainders(tx, &card.id)?;
        let had = kept.get(rule).map_or(0, |carried| carried.in_steps(per_minor));
        let left = had - refunding.worth_of(counting);
        let steps = ((-left).max(0) + per_minor - 1) / per_minor;
        let is_own = |one: &Redemption| one.origin == rule;
        let taken = take_back_some(tx, ledger, rulebook, card, steps, is_own)?;
        let carried = Carried {
            remainder: left + taken * per_minor,
            per_minor,
        };
        standings::set_remainder(tx, &card.id, rule, carried)?;
    }
    let given = redemptions::list_earned_by(tx, order)?;
    let is_otherwise = |one: &Redemption| {
        one.origin.starts_with(RuleId::PREFIX)
            && one.earned_by.as_ref() == Some(order)
            && !by_money
                .iter()
                .any(|counting| counting.term.as_deref() == Some(one.origin.as_str()))
    };
    let otherwise = given.iter().filter(|one| is_otherwise(one));
    let by_rule: Vec<_> = otherwise.map(|one| (Some(one.origin.as_str()), 1)).collect();
    let all = i64::try_from(by_rule.len()).unwrap_or(i64::MAX);
    let wanted = refunding.of_terms(all, merged(by_rule).into_iter());
    take_back_some(tx, ledger, rulebook, card, wanted, is_otherwise)?;
    Ok(())
}

/// How many there are of each rule.
fn merged(each: Vec<(Option<&str>, i64)>) -> BTreeMap<Option<&str>, i64> {
    let mut sums = BTreeMap::new();
    for (rule, number) in each {
        *sums.entry(rule).or_default() += number;
    }
    sums
}

/// Takes the reward of a challenge back that was won, if it is unused.
pub(super) fn take_back_won(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    id: &RedemptionId,
) -> Result<(), ActionError> {
    let mut redemption = redemptions::lock(tx, id)?;
    if redemption.state == ISSUED {
        redemption.settled_at = Some(ledger.now());
        take_back(tx, ledger, &mut redemption, rulebook, Return::WithGrace)?;
    }
    Ok(())
}

/// Takes the rewards back that an event brought, as far as they are unused. What a challenge gave goes with its win.
pub(super) fn take_back_of_event(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    event: &EventId,
) -> Result<(), ActionError> {
    for mut redemption in redemptions::list_by_event(tx, event)? {
        let is_won = redemption.origin.starts_with(ChallengeId::PREFIX);
        if redemption.state == ISSUED && !is_won {
            redemption.settled_at = Some(ledger.now());
            take_back(tx, ledger, &mut redemption, rulebook, Return::WithGrace)?;
        }
    }
    Ok(())
}

/// Takes so many unused rewards of a kind back, the newest first; gives how many there were.
fn take_back_some(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    card: &Card,
    wanted: i64,
    is_meant: impl Fn(&Redemption) -> bool,
) -> Result<i64, ActionError> {
    let mut taken = 0;
    if wanted <= 0 {
        return Ok(0);
    }
    for mut redemption in redemptions::list_issued(tx, &card.id)? {
        if taken < wanted && is_meant(&redemption) {
            redemption.settled_at = Some(ledger.now());
            take_back(tx, ledger, &mut redemption, rulebook, Return::WithGrace)?;
            taken += 1;
        }
    }
    Ok(taken)
}
