//! Automations whose wait is over: those cards are taken and the message put on them in one transaction, so that
//! nobody hears it twice and nobody is left out, whoever stops or starts in between.

use std::collections::BTreeSet;

use super::change_automation::{is_on, read_automation};
use super::change_campaign::read_meant;
use super::reach_members::{Meant, quiet_until, reach, scope};
use super::run_campaign::{BATCH_CARDS, Stepped};
use super::{ActionError, Caller, Deed, House};
use crate::loyalty::policy::Policy;
use crate::store::automation_waits::{self, Waiting};
use crate::store::campaigns::{self, DONE, Run};
use crate::store::{Tx, cards, programs};
use crate::types::{CampaignId, CardId};

/// How long an automation rests that failed, so that the others do not wait for it.
const FAILED_MS: i64 = 60_000;

/// Does the next batch of the automation that has been due for longest.
pub async fn step_automations(house: &House) -> Result<Stepped, ActionError> {
    let now = house.now();
    let limit = i64::try_from(BATCH_CARDS).map_err(ActionError::internal)?;
    let read = house.store.read(move |db| {
        let Some(id) = automation_waits::find_due(db, now)? else {
            return Ok(None);
        };
        let due = automation_waits::list_due(db, &id, now, limit)?;
        Ok::<_, ActionError>(Some((id, due)))
    });
    let Some((id, due)) = read.await? else {
        return Ok(Stepped::default());
    };
    let deed = Deed::begin(house, Caller::local("automation", now));
    let known = id.clone();
    let done = house
        .store
        .write_behind(move |tx| deliver(tx, &deed, &known, &due));
    let sent = match done.await {
        Ok(sent) => sent,
        Err(error) => {
            tracing::error!(%error, automation = %id, "an automation failed and is tried again in a minute");
            let later = now.plus_ms(FAILED_MS);
            let write = house
                .store
                .write(move |tx| automation_waits::put_off(tx, &id, now, later));
            write.await?;
            0
        }
    };
    house.bell.ring();
    Ok(Stepped { sent, is_busy: true })
}

fn deliver(tx: &mut Tx<'_>, deed: &Deed, id: &CampaignId, due: &[Waiting]) -> Result<usize, ActionError> {
    let now = deed.now;
    let automation = campaigns::lock(tx, id)?;
    let body = read_automation(&automation)?;
    let program = programs::get(tx, &automation.program_id)?;
    let policy: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
    if is_on(&automation)
        && !body.arms.is_empty()
        && let Some(morning) = quiet_until(&program, &policy.messages, now)
    {
        automation_waits::put_off(tx, id, now, morning)?;
        return Ok(0);
    }
    let acting: BTreeSet<CardId> = due.iter().map(|one| one.acting.clone()).collect();
    let acting: Vec<CardId> = acting.into_iter().collect();
    // Before the waits: a deed has its card before it writes one.
    cards::lock_many(tx, &acting)?;
    let waiting: Vec<CardId> = due.iter().map(|one| one.card.clone()).collect();
    let taken = automation_waits::take(tx, id, &waiting, now)?;
    if !is_on(&automation) {
        // Who was due while it was off hears nothing.
        return Ok(0);
    }
    let is_taken = |one: &&Waiting| taken.contains(&one.card);
    let of: BTreeSet<CardId> = due
        .iter()
        .filter(is_taken)
        .map(|one| one.acting.clone())
        .collect();
    let of: Vec<CardId> = of.into_iter().collect();
    let message = body.message();
    let criterion = read_meant(tx, &program.id, &message)?;
    let number = scope(&program, now).today.number();
    let known = campaigns::find_run_of(tx, id, number)?;
    let is_new = known.is_none();
    let mut run = known.unwrap_or_else(|| Run::begin(&automation, number, (now, now)));
    let meant = Meant {
        body: &message,
        criterion: &criterion,
        automation: Some(&body),
        policy: &policy.messages,
    };
    let sent = reach(tx, deed, (&mut run, &program), &meant, &of)?;
    run.looked_at += i64::try_from(of.len()).map_err(ActionError::internal)?;
    run.ended_at = Some(now);
    DONE.clone_into(&mut run.state);
    if is_new {
        campaigns::insert_run(tx, &run)?;
    } else {
        campaigns::update_run(tx, &run)?;
    }
    Ok(sent)
}
