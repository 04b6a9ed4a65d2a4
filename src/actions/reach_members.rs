//! A message is put on the cards of those who may hear it, and what an automation gives is given: what campaigns and
//! automations have in common.

use serde_json::json;

use super::announce::{Happened, MessageDue, announce};
use super::assess::{lock_budgets, rulebook};
use super::card_facts::read_facts;
use super::issue_reward::{Origin, is_unavailable, issue, issue_automatic};
use super::ledger::{Cause, Ledger, Movement};
use super::{ActionError, CardSheet, Deed};
use crate::loyalty::automation::{Automation, Webhook};
use crate::loyalty::campaign::reach::{
    DAY_MS, MessagePolicy, Outcome, Standing, WEEK_MS, arm, decide, is_held_out,
};
use crate::loyalty::campaign::words::fill_words;
use crate::loyalty::campaign::{Campaign as Body, Given};
use crate::loyalty::segment::Criterion;
use crate::store::campaign_sends::{self, HELD_OUT, SILENT, Send, Sender};
use crate::store::campaigns::Run;
use crate::store::card_messages::{self, Saying};
use crate::store::programs::Program;
use crate::store::segments::{self, Candidate, Scope};
use crate::store::{Tx, automation_waits, cards, deliveries, members};
use crate::types::{CardId, Points, Time};

/// What is said, to whom.
pub(super) struct Meant<'a> {
    /// The message.
    pub(super) body: &'a Body,
    /// Who is meant.
    pub(super) criterion: &'a Criterion,
    /// The automation that it is of; `None` of a campaign.
    pub(super) automation: Option<&'a Automation>,
    /// How often members may hear something.
    pub(super) policy: &'a MessagePolicy,
}

impl Meant<'_> {
    /// What is given to whom something becomes of: a campaign gives it to those who hear it, an automation to everybody
    /// who is not held out.
    fn given(&self, outcome: Outcome) -> Option<&Given> {
        match (self.automation, outcome) {
            (_, Outcome::HeldOut) => None,
            (Some(automation), _) => automation.gives.as_ref(),
            (None, Outcome::Sent(_)) => self.body.gives.as_ref(),
            (None, _) => None,
        }
    }
}

/// The members of a program as they are at an instant.
pub(super) fn scope(program: &Program, now: Time) -> Scope<'_> {
    Scope {
        program: &program.id,
        today: program.time_zone.local(now).day,
        zone: program.time_zone,
    }
}

/// When the quiet hours end in which it is now; `None` if it is in none.
pub(super) fn quiet_until(program: &Program, policy: &MessagePolicy, now: Time) -> Option<Time> {
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

/// Decides about the holder of each of these cards, once they are locked; puts the message on the cards of those who
/// hear it, and counts all in the run. Gives how many heard it.
pub(super) fn reach(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (run, program): (&mut Run, &Program),
    meant: &Meant<'_>,
    of: &[CardId],
) -> Result<usize, ActionError> {
    if of.is_empty() {
        return Ok(0);
    }
    let now = deed.now;
    cards::lock_many(tx, of)?;
    let mut sends = Vec::new();
    for candidate in list_meant(tx, program, (run, meant), (of, now))? {
        let outcome = judge(run, meant, &candidate);
        if !(meant.body.arms.is_empty() && matches!(outcome, Outcome::Sent(_))) {
            count(run, outcome);
        }
        if let Some(gives) = meant.given(outcome) {
            give(tx, deed, (run, program), (meant, gives), &candidate.card)?;
        }
        if let Some(automation) = meant.automation.filter(|_| outcome != Outcome::HeldOut) {
            tell_outside(tx, deed, (run, program), (automation, outcome), &candidate)?;
        }
        let is_given = meant.automation.is_some_and(|one| one.gives.is_some());
        match outcome {
            Outcome::Sent(_) if meant.body.arms.is_empty() => sends.push(send(candidate, SILENT)),
            Outcome::Sent(arm) => sends.push(send(candidate, i64::try_from(arm).unwrap_or_default())),
            Outcome::HeldOut => sends.push(send(candidate, HELD_OUT)),
            Outcome::Capped | Outcome::Unreachable | Outcome::NoConsent if is_given => {
                sends.push(send(candidate, SILENT));
            }
            Outcome::Capped | Outcome::Unreachable | Outcome::NoConsent => (),
        }
    }
    put(tx, (run, program), (meant.body, now), &mut sends)
}

/// The members who are meant, and were not too short a time ago.
fn list_meant(
    tx: &mut Tx<'_>,
    program: &Program,
    (run, meant): (&Run, &Meant<'_>),
    (of, now): (&[CardId], Time),
) -> Result<Vec<Candidate>, ActionError> {
    let since = [now.plus_ms(-DAY_MS), now.plus_ms(-WEEK_MS)];
    let asked = (meant.criterion, meant.body.topic.as_str());
    let mut candidates = segments::list_candidates(tx, scope(program, now), asked, since, of)?;
    candidates.retain(|one| one.is_in != 0);
    if meant.automation.is_some() {
        // A run of an automation is a day, so nobody is meant twice on one.
        let again = i64::from(meant.automation.map_or(0, |one| one.again_after_days));
        let first = scope(program, now).today.plus_days(1 - again.max(1));
        let since = program.time_zone.start_of(first).plus_ms(-1);
        let reached = automation_waits::list_reached(tx, &run.campaign_id, of, since)?;
        candidates.retain(|one| !reached.contains(&one.card));
    }
    Ok(candidates)
}

/// What becomes of a member. What gives something gives it to everybody who is not held out.
fn judge(run: &Run, meant: &Meant<'_>, candidate: &Candidate) -> Outcome {
    let whom = (run.campaign_id.as_str(), &candidate.member);
    let is_given = meant.automation.is_some_and(|one| one.gives.is_some());
    if is_given && is_held_out(meant.body, whom.0, whom.1) {
        return Outcome::HeldOut;
    }
    if meant.body.arms.is_empty() {
        return Outcome::Sent(0);
    }
    decide(meant.body, whom, meant.policy, standing(candidate))
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

const fn count(run: &mut Run, outcome: Outcome) {
    match outcome {
        Outcome::Sent(_) => run.sent += 1,
        Outcome::HeldOut => run.held_out += 1,
        Outcome::Capped => run.capped += 1,
        Outcome::Unreachable => run.unreachable += 1,
        Outcome::NoConsent => run.no_consent += 1,
    }
}

/// Puts the message on the cards of those who hear it, and writes down who heard it or was held out.
fn put(
    tx: &mut Tx<'_>,
    (run, program): (&Run, &Program),
    (body, now): (&Body, Time),
    sends: &mut [Send],
) -> Result<usize, ActionError> {
    let heard = sends.iter().filter(|send| send.arm >= 0);
    let told: Vec<(&CardId, i64)> = heard.map(|send| (&send.card_id, send.arm)).collect();
    let count = told.len();
    let saying = Saying {
        program: &program.id,
        campaign: &run.campaign_id,
        run: run.number,
        now,
        ends_at: body.ends_at(program.time_zone, now),
    };
    card_messages::put(tx, saying, &told)?;
    let told: Vec<&CardId> = told.into_iter().map(|(card, _)| card).collect();
    let versions = deliveries::mark_cards(tx, &told, now)?;
    for send in sends.iter_mut() {
        send.card_version = versions.get(&send.card_id).copied().unwrap_or_default();
    }
    let sender = Sender {
        program: &program.id,
        campaign: &run.campaign_id,
        run: run.number,
    };
    campaign_sends::insert(tx, sender, sends, (scope(program, now).today, now))?;
    Ok(count)
}

/// Gives a member what a campaign or an automation gives. A reward that is sold out or at its limit is passed by, and so are points for
/// which a card has no room.
fn give(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (run, program): (&mut Run, &Program),
    (meant, gives): (&Meant<'_>, &Given),
    id: &CardId,
) -> Result<(), ActionError> {
    let card = cards::get(tx, id)?;
    let rulebook = rulebook(tx, &deed.house, program)?;
    lock_budgets(tx, &rulebook)?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    let points = Points::new(gives.points.unwrap_or_default()).map_err(ActionError::internal)?;
    let mut is_given = false;
    if !points.is_zero() && ledger.balance().plus(points).is_ok() {
        let movement = Movement {
            kind: "promotion",
            points,
            cause: Cause::default(),
            reason: meant.body.name.clone(),
            explanation: None,
        };
        ledger.add(tx, movement, 0)?;
        issue_automatic(tx, &mut ledger, &card, &rulebook, None)?;
        is_given = true;
    }
    let wanted = gives.reward.as_ref();
    let listed = rulebook
        .rewards
        .iter()
        .find(|one| wanted.is_some_and(|id| one.id.as_deref() == Some(id.as_str())));
    if let Some(listed) = listed {
        let origin = Origin {
            by: run.campaign_id.as_str(),
            order: None,
            event: None,
        };
        match issue(tx, &mut ledger, &card, &rulebook, listed, &origin) {
            Ok(_) => is_given = true,
            Err(error) if is_unavailable(&error) => {
                tracing::warn!(%error, campaign = %run.campaign_id, "a reward that is given cannot be had");
            }
            Err(error) => return Err(error),
        }
    }
    ledger.close(tx)?;
    if is_given {
        run.given += 1;
        let said = json!({ "card": id, "points": gives.points, "reward": gives.reward });
        let name = run.campaign_id.as_str();
        let what = match meant.automation {
            Some(_) => "give_by_automation",
            None => "give_by_campaign",
        };
        deed.record(tx, Some(&program.id), what, name, &said)?;
    }
    Ok(())
}

/// Tells the program's webhooks of a message, if the automation says so and the member agreed.
fn tell_outside(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (run, program): (&Run, &Program),
    (automation, outcome): (&Automation, Outcome),
    candidate: &Candidate,
) -> Result<(), ActionError> {
    let is_on_card = matches!(outcome, Outcome::Sent(_));
    let is_told = match automation.webhook {
        Webhook::Never => false,
        Webhook::Unreachable => outcome == Outcome::Unreachable,
        Webhook::Always => is_on_card || outcome == Outcome::Unreachable,
    };
    if !is_told || !rulebook(tx, &deed.house, program)?.is_heard {
        return Ok(());
    }
    let message = automation.message();
    let place = arm(&message, run.campaign_id.as_str(), &candidate.member);
    let member = members::get(tx, &candidate.member)?;
    let card = cards::get(tx, &candidate.card)?;
    let facts = read_facts(tx, &deed.house, program, &member, &card)?;
    let text = message.arms.get(place).map(|arm| arm.text.get(&member.language));
    let due = MessageDue {
        automation: run.campaign_id.clone(),
        name: automation.name.clone(),
        text: fill_words(text.unwrap_or_default(), &facts),
        language: member.language.to_string(),
        is_on_card,
        sheet: CardSheet::read(tx, card)?,
    };
    announce(tx, deed, &program.id, &Happened::MessageDue(&due))
}
