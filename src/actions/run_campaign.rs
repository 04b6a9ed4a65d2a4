//! A campaign goes through the cards of its program batch by batch. How far it has come moves in the transaction that
//! puts the message on the cards, so that nobody hears it twice and nobody is left out, whoever stops or starts in
//! between.

use std::collections::VecDeque;

use super::change_automation::read_automation;
use super::change_campaign::{read_body, read_meant};
use super::reach_members::{Meant, quiet_until, reach, scope};
use super::{ActionError, Caller, Deed, House};
use crate::loyalty::policy::Policy;
use crate::store::campaigns::{
    self, AUTOMATION, CANCELLED, DONE, RUNNING, Run, SCHEDULED, SENDING, TAKING_BACK,
};
use crate::store::{Tx, campaign_sends, card_messages, cards, deliveries, programs, segments};
use crate::types::{CampaignId, CardId, Time};

/// Cards that are looked through at once for members who are meant: a read that nobody waits for.
pub const LOOK_CARDS: i64 = 4_000;
/// Members of one transaction: few, for on SQLite a checkout waits until it is over.
pub const BATCH_CARDS: usize = 12;
/// How long a run rests that failed, so that those behind it do not wait for it.
const FAILED_MS: i64 = 60_000;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stepped {
    /// Members who heard a campaign.
    pub sent: usize,
    /// Whether there may be more to do at once.
    pub is_busy: bool,
}

/// Members who were found and are still to be told, so that a look serves several batches.
struct Found {
    campaign: CampaignId,
    number: i64,
    /// The last card that was done when this was true.
    passed: String,
    /// Each with how many cards of the look there are up to it.
    waiting: VecDeque<(CardId, i64)>,
    /// The last card of the look.
    upto: String,
    /// Cards of the look, and how many of them are done.
    count: i64,
    done: i64,
    /// Whether nothing comes after it.
    is_last: bool,
}

/// Does campaigns, one batch after another.
#[derive(Default)]
pub struct Runner {
    found: Option<Found>,
}

impl Runner {
    /// Begins what is due, or does the next batch of the campaign that has waited for longest.
    pub async fn step(&mut self, house: &House) -> Result<Stepped, ActionError> {
        let busy = Stepped {
            sent: 0,
            is_busy: true,
        };
        if begin_next(house).await? {
            return Ok(busy);
        }
        let now = house.now();
        let Some(run) = house.store.read(move |db| campaigns::find_run(db, now)).await? else {
            return Ok(Stepped::default());
        };
        if run.state == TAKING_BACK {
            take_back(house, run).await?;
            return Ok(busy);
        }
        match self.go_on(house, &run).await {
            Ok(sent) => Ok(Stepped { sent, ..busy }),
            Err(error) => {
                put_off(house, run).await?;
                Err(error)
            }
        }
    }

    /// Does the next batch of a run; says how many heard it.
    async fn go_on(&mut self, house: &House, run: &Run) -> Result<usize, ActionError> {
        let found = match self.found.take() {
            Some(found) if found.is_of(run) => found,
            _ => look(house, run).await?,
        };
        let (sent, left) = tell(house, found).await?;
        self.found = left;
        Ok(sent)
    }
}

/// Lets a run that failed go on later.
async fn put_off(house: &House, run: Run) -> Result<(), ActionError> {
    let later = house.now().plus_ms(FAILED_MS);
    let write = move |tx: &mut Tx<'_>| {
        campaigns::lock(tx, &run.campaign_id)?;
        let mut run = campaigns::lock_run(tx, &run.campaign_id, run.number)?;
        run.due_at = run.due_at.max(later);
        Ok::<_, ActionError>(campaigns::update_run(tx, &run)?)
    };
    house.store.write(write).await
}

impl Found {
    fn is_of(&self, run: &Run) -> bool {
        self.campaign == run.campaign_id && self.number == run.number && self.passed == run.passed_card
    }
}

/// Begins the campaign whose time has come; says whether there was one. Of several instances one does.
async fn begin_next(house: &House) -> Result<bool, ActionError> {
    let now = house.now();
    let due = house.store.read(move |db| campaigns::find_due(db, now)).await?;
    let Some(id) = due else {
        return Ok(false);
    };
    house.store.write(move |tx| begin(tx, &id, now)).await?;
    Ok(true)
}

fn begin(tx: &mut Tx<'_>, id: &CampaignId, now: Time) -> Result<(), ActionError> {
    let mut campaign = campaigns::lock(tx, id)?;
    let Some(planned_at) = campaign.next_at.filter(|next| *next <= now) else {
        return Ok(());
    };
    let program = programs::get(tx, &campaign.program_id)?;
    let schedule = read_body(&campaign)?.schedule;
    campaign.next_at = schedule.and_then(|schedule| schedule.next(program.time_zone, now.plus_ms(1)));
    // The one before is still on its way: this one is left out rather than sent beside it.
    if campaign.state == SCHEDULED {
        // Of an automation each day is a run, and none is begun twice.
        let number = if campaign.kind == AUTOMATION {
            program.time_zone.local(now).day.number()
        } else {
            campaign.runs + 1
        };
        if campaigns::find_run_of(tx, id, number)?.is_none() {
            campaign.runs += 1;
            SENDING.clone_into(&mut campaign.state);
            campaigns::insert_run(tx, &Run::begin(&campaign, number, (planned_at, now)))?;
        }
    }
    campaigns::update(tx, &campaign)?;
    Ok(())
}

/// Looks through the next cards for members who are meant.
async fn look(house: &House, run: &Run) -> Result<Found, ActionError> {
    let (run, now) = (run.clone(), house.now());
    let read = house.store.read(move |db| {
        let campaign = campaigns::get(db, &run.campaign_id)?;
        let program = programs::get(db, &run.program_id)?;
        let body = read_body(&campaign)?;
        let criterion = read_meant(db, &program.id, &body)?;
        let place = (run.passed_card.as_str(), LOOK_CARDS);
        let looked = segments::look_through(db, scope(&program, now), &criterion, place)?;
        Ok::<_, ActionError>(Found {
            campaign: run.campaign_id,
            number: run.number,
            upto: looked
                .last
                .map_or_else(|| run.passed_card.clone(), |card| card.to_string()),
            passed: run.passed_card,
            waiting: looked.cards.into(),
            count: looked.count,
            done: 0,
            is_last: looked.count < LOOK_CARDS,
        })
    });
    read.await
}

/// Tells the next of those who were found; gives how many heard it, and who is left.
async fn tell(house: &House, mut found: Found) -> Result<(usize, Option<Found>), ActionError> {
    let count = found.waiting.len().min(BATCH_CARDS);
    let taken: Vec<(CardId, i64)> = found.waiting.drain(..count).collect();
    let is_all = found.waiting.is_empty();
    let done = match taken.last() {
        Some((_, place)) if !is_all => *place,
        _ => found.count,
    };
    let batch = Batch {
        campaign: found.campaign.clone(),
        number: found.number,
        passed: found.passed.clone(),
        cards: taken.into_iter().map(|(card, _)| card).collect(),
        upto: is_all.then(|| found.upto.clone()),
        looked: done - found.done,
        is_last: is_all && found.is_last,
    };
    let deed = Deed::begin(house, Caller::local("campaign", house.now()));
    let told = house.store.write_behind(move |tx| batch.done(tx, &deed)).await?;
    if told.sent > 0 {
        house.bell.ring();
    }
    let left = told.passed.filter(|_| !is_all).map(|passed| Found {
        passed,
        done,
        ..found
    });
    Ok((told.sent, left))
}

/// The next batch of a run.
struct Batch {
    campaign: CampaignId,
    number: i64,
    /// How far the run must be, or somebody else has gone on with it.
    passed: String,
    cards: Vec<CardId>,
    /// How far it is then, if that is farther than the last of the cards.
    upto: Option<String>,
    looked: i64,
    is_last: bool,
}

#[derive(Default)]
struct Told {
    sent: usize,
    /// How far the run is; `None` if somebody else went on with it, or it rests.
    passed: Option<String>,
}

impl Batch {
    fn done(&self, tx: &mut Tx<'_>, deed: &Deed) -> Result<Told, ActionError> {
        let now = deed.now;
        let mut campaign = campaigns::lock(tx, &self.campaign)?;
        let mut run = campaigns::lock_run(tx, &self.campaign, self.number)?;
        if campaign.state != SENDING || run.state != RUNNING || run.passed_card != self.passed {
            return Ok(Told::default());
        }
        let program = programs::get(tx, &run.program_id)?;
        let policy: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
        if let Some(morning) = quiet_until(&program, &policy.messages, now) {
            run.due_at = morning;
            campaigns::update_run(tx, &run)?;
            return Ok(Told::default());
        }
        let body = read_body(&campaign)?;
        let criterion = read_meant(tx, &program.id, &body)?;
        let automation = (campaign.kind == AUTOMATION)
            .then(|| read_automation(&campaign))
            .transpose()?;
        let meant = Meant {
            body: &body,
            criterion: &criterion,
            automation: automation.as_ref(),
            policy: &policy.messages,
        };
        // Held up or kept for the morning until its last day was over, it tells nobody of what is past.
        let is_past = body.ends_at(program.time_zone, now) <= now;
        let sent = if is_past {
            0
        } else {
            reach(tx, deed, (&mut run, &program), &meant, &self.cards)?
        };
        let last = self.cards.last().map(ToString::to_string);
        run.passed_card = self.upto.clone().or(last).unwrap_or_else(|| self.passed.clone());
        run.looked_at += self.looked;
        // Whoever waits behind it has the next turn.
        run.due_at = now;
        if self.is_last || is_past {
            DONE.clone_into(&mut run.state);
            run.ended_at = Some(now);
            let state = if campaign.next_at.is_some() {
                SCHEDULED
            } else {
                DONE
            };
            state.clone_into(&mut campaign.state);
            campaign.version += 1;
            campaign.updated_at = now;
            campaigns::update(tx, &campaign)?;
        }
        campaigns::update_run(tx, &run)?;
        Ok(Told {
            sent,
            passed: Some(run.passed_card),
        })
    }
}

/// Takes the message of a cancelled run from the next cards that show it.
async fn take_back(house: &House, run: Run) -> Result<(), ActionError> {
    let now = house.now();
    let write = move |tx: &mut Tx<'_>| {
        campaigns::lock(tx, &run.campaign_id)?;
        let mut run = campaigns::lock_run(tx, &run.campaign_id, run.number)?;
        if run.state != TAKING_BACK {
            return Ok(());
        }
        let of = (&run.campaign_id, run.number);
        let next = campaign_sends::list_told(tx, of, &run.passed_card, BATCH_CARDS)?;
        cards::lock_many(tx, &next)?;
        let standing = card_messages::drop_of(tx, of, &next)?;
        deliveries::mark_cards(tx, &standing.iter().collect::<Vec<_>>(), now)?;
        match next.last() {
            Some(last) => run.passed_card = last.to_string(),
            None => CANCELLED.clone_into(&mut run.state),
        }
        run.due_at = now;
        campaigns::update_run(tx, &run)?;
        Ok::<_, ActionError>(())
    };
    house.store.write_behind(write).await?;
    house.bell.ring();
    Ok(())
}

/// Takes messages whose time is over from their cards; says whether there may be more.
pub async fn end_messages(house: &House) -> Result<bool, ActionError> {
    let now = house.now();
    let limit = i64::try_from(BATCH_CARDS).map_err(ActionError::internal)?;
    let over = house
        .store
        .read(move |db| card_messages::list_over(db, now, limit))
        .await?;
    if over.is_empty() {
        return Ok(false);
    }
    let write = move |tx: &mut Tx<'_>| {
        cards::lock_many(tx, &over)?;
        let ended = card_messages::drop_over(tx, &over, now)?;
        deliveries::mark_cards(tx, &ended.iter().collect::<Vec<_>>(), now)?;
        Ok::<_, ActionError>(())
    };
    house.store.write_behind(write).await?;
    house.bell.ring();
    Ok(true)
}
