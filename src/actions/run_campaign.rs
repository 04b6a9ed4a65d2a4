//! A campaign goes through the cards of its program batch by batch. How far it has come moves in the transaction that
//! puts the message on the cards, so that nobody hears it twice and nobody is left out, whoever stops or starts in
//! between.

use std::collections::VecDeque;

use super::change_campaign::{read_audience, read_body};
use super::{ActionError, House};
use crate::loyalty::campaign::Campaign as Body;
use crate::loyalty::campaign::reach::{DAY_MS, MessagePolicy, Outcome, Standing, WEEK_MS, decide};
use crate::loyalty::policy::Policy;
use crate::loyalty::segment::Criterion;
use crate::store::campaign_sends::{self, HELD_OUT, Send, Sender};
use crate::store::campaigns::{self, CANCELLED, DONE, RUNNING, Run, SCHEDULED, SENDING, TAKING_BACK};
use crate::store::card_messages::{self, Saying};
use crate::store::programs::{self, Program};
use crate::store::segments::{self, Candidate, Scope};
use crate::store::{Tx, cards, deliveries};
use crate::types::{CampaignId, CardId, Time};

/// Cards that are looked through at once for members who are meant: a read that nobody waits for.
pub const LOOK_CARDS: i64 = 4_000;
/// Members of one transaction: few, for on SQLite a checkout waits until it is over.
pub const BATCH_CARDS: usize = 100;

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
        let found = match self.found.take() {
            Some(found) if found.is_of(&run) => found,
            _ => look(house, &run).await?,
        };
        let (sent, left) = tell(house, found).await?;
        self.found = left;
        Ok(Stepped { sent, ..busy })
    }
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
        campaign.runs += 1;
        SENDING.clone_into(&mut campaign.state);
        let run = Run {
            campaign_id: campaign.id.clone(),
            number: campaign.runs,
            program_id: campaign.program_id.clone(),
            state: RUNNING.to_owned(),
            planned_at,
            due_at: now,
            ended_at: None,
            passed_card: String::new(),
            looked_at: 0,
            sent: 0,
            held_out: 0,
            capped: 0,
            unreachable: 0,
            no_consent: 0,
        };
        campaigns::insert_run(tx, &run)?;
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
        let criterion = read_audience(db, &program.id, &read_body(&campaign)?)?;
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

fn scope(program: &Program, now: Time) -> Scope<'_> {
    Scope {
        program: &program.id,
        today: program.time_zone.local(now).day,
        zone: program.time_zone,
    }
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
        now: house.now(),
    };
    let told = house.store.write(move |tx| batch.done(tx)).await?;
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
#[derive(Clone)]
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
    now: Time,
}

#[derive(Default)]
struct Told {
    sent: usize,
    /// How far the run is; `None` if somebody else went on with it, or it rests.
    passed: Option<String>,
}

impl Batch {
    fn done(&self, tx: &mut Tx<'_>) -> Result<Told, ActionError> {
        let mut campaign = campaigns::lock(tx, &self.campaign)?;
        let mut run = campaigns::lock_run(tx, &self.campaign, self.number)?;
        if campaign.state != SENDING || run.state != RUNNING || run.passed_card != self.passed {
            return Ok(Told::default());
        }
        let program = programs::get(tx, &run.program_id)?;
        let policy: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
        if let Some(morning) = quiet_until(&program, &policy.messages, self.now) {
            run.due_at = morning;
            campaigns::update_run(tx, &run)?;
            return Ok(Told::default());
        }
        let body = read_body(&campaign)?;
        let criterion = read_audience(tx, &program.id, &body)?;
        let sent = self.tell(tx, (&mut run, &program), (&body, &criterion), &policy.messages)?;
        let last = self.cards.last().map(ToString::to_string);
        run.passed_card = self.upto.clone().or(last).unwrap_or_else(|| self.passed.clone());
        run.looked_at += self.looked;
        // Whoever waits behind it has the next turn.
        run.due_at = self.now;
        if self.is_last {
            DONE.clone_into(&mut run.state);
            run.ended_at = Some(self.now);
            let state = if campaign.next_at.is_some() {
                SCHEDULED
            } else {
                DONE
            };
            state.clone_into(&mut campaign.state);
            campaign.version += 1;
            campaign.updated_at = self.now;
            campaigns::update(tx, &campaign)?;
        }
        campaigns::update_run(tx, &run)?;
        Ok(Told {
            sent,
            passed: Some(run.passed_card),
        })
    }

    /// Decides about each of the batch, once their cards are locked, and puts the message on the cards of those who
    /// hear it.
    fn tell(
        &self,
        tx: &mut Tx<'_>,
        (run, program): (&mut Run, &Program),
        (body, criterion): (&Body, &Criterion),
        policy: &MessagePolicy,
    ) -> Result<usize, ActionError> {
        if self.cards.is_empty() {
            return Ok(0);
        }
        let now = self.now;
        cards::lock_many(tx, &self.cards)?;
        let since = [now.plus_ms(-DAY_MS), now.plus_ms(-WEEK_MS)];
        let asked = (criterion, body.topic.as_str());
        let candidates = segments::list_candidates(tx, scope(program, now), asked, since, &self.cards)?;
        let mut sends = Vec::new();
        for candidate in candidates.into_iter().filter(|one| one.is_in != 0) {
            let whom = (run.campaign_id.as_str(), &candidate.member);
            match decide(body, whom, policy, standing(&candidate)) {
                Outcome::Sent(arm) => {
                    run.sent += 1;
                    sends.push(send(candidate, i64::try_from(arm).unwrap_or_default()));
                }
                Outcome::HeldOut => {
                    run.held_out += 1;
                    sends.push(send(candidate, HELD_OUT));
                }
                Outcome::Capped => run.capped += 1,
                Outcome::Unreachable => run.unreachable += 1,
                Outcome::NoConsent => run.no_consent += 1,
            }
        }
        let told: Vec<(&CardId, i64)> = sends
            .iter()
            .filter(|send| send.arm != HELD_OUT)
            .map(|send| (&send.card_id, send.arm))
            .collect();
        let count = told.len();
        let saying = Saying {
            program: &program.id,
            campaign: &run.campaign_id,
            run: run.number,
            now,
            ends_at: now.plus_ms(i64::from(body.shown_days) * DAY_MS),
        };
        card_messages::put(tx, saying, &told)?;
        let told: Vec<&CardId> = told.into_iter().map(|(card, _)| card).collect();
        let versions = deliveries::mark_cards(tx, &told, now)?;
        for send in &mut sends {
            send.card_version = versions.get(&send.card_id).copied().unwrap_or_default();
        }
        let sender = Sender {
            program: &program.id,
            campaign: &run.campaign_id,
            run: run.number,
        };
        campaign_sends::insert(tx, sender, &sends, (scope(program, now).today, now))?;
        Ok(count)
    }
}

fn standing(candidate: &Candidate) -> Standing {
    Standing {
        has_agreed: candidate.has_agreed != 0,
        is_reachable: candidate.is_reachable != 0,
        day: candidate.day,
        week: candidate.week,
    }
}

fn send(candidate: Candidate, arm: i64) -> Send {
    Send {
        card_id: candidate.card,
        member_id: candidate.member,
        arm,
        card_version: 0,
    }
}

/// When the quiet hours end in which it is now; `None` if it is in none.
fn quiet_until(program: &Program, policy: &MessagePolicy, now: Time) -> Option<Time> {
    let hours = policy.quiet?;
    let local = program.time_zone.local(now);
    if !hours.hold(local.minute) {
        return None;
    }
    let day = if local.minute < hours.to {
        local.day
    } else {
        local.day.plus_days(1)
    };
    Some(program.time_zone.instant(day, hours.to))
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
    house.store.write(write).await?;
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
    house.store.write(write).await?;
    house.bell.ring();
    Ok(true)
}
