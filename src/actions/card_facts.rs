//! What a placeholder of a design can name of a card.

use super::ActionError;
use super::House;
use super::assess::{member_facts, rulebook};
use super::change_campaign::read_body;
use super::count_challenges::{list_standings, nearest};
use super::in_segments::find_own;
use super::list_expiry_notices::{list_endings, notices};
use super::list_offers::next_reward;
use super::pay_referral::{REFERRAL, REFERRED};
use crate::loyalty::campaign::words::fill_words;
use crate::loyalty::challenge::Goal;
use crate::loyalty::explain::Explanation;
use crate::loyalty::face::{CardFacts, Progress};
use crate::loyalty::reward::Reward;
use crate::loyalty::rule::Trigger;
use crate::loyalty::rule::facts::Facts;
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::stamps::StampCount;
use crate::loyalty::tier::Basis;
use crate::store::cards::Card;
use crate::store::entries::{self, Entry};
use crate::store::members::Member;
use crate::store::programs::Program;
use crate::store::{Db, campaigns, card_messages, redemptions, referrals, terms};
use crate::types::{Language, Money, Text, Time};

/// Movements that the back of a card lists.
const HISTORY_MAX: i64 = 5;
/// Rewards in hand that a card names.
const REWARDS_MAX: usize = 10;

/// Reads what a placeholder can name of a card, in the holder's language.
pub(super) fn read_facts(
    db: &mut Db,
    house: &House,
    program: &Program,
    member: &Member,
    card: &Card,
) -> Result<CardFacts, ActionError> {
    let rulebook = rulebook(db, house, program)?;
    let language = &member.language;
    let message = read_message(db, card, house.now())?;
    let tier = rulebook.ladder.find(card.tier_id.as_deref());
    let asked = program
        .design_id
        .as_ref()
        .and_then(|design| house.shelf.asked(design))
        .unwrap_or_default();
    let asked_of = rulebook.rewards_ask_for_member().then_some(member);
    let mut holder = member_facts(&rulebook, card, asked_of);
    if asked_of.is_some() {
        holder.segments = find_own(db, &rulebook, card, house.now())?;
    }
    let facts = Facts::apart(&holder, house.now(), rulebook.zone);
    let mut progress = progress(&rulebook, program, card, (language, &facts));
    progress.places = rulebook.places.iter().map(|place| place.near(language)).collect();
    if card.voided_at.is_none() {
        let token = house.link_token(&card.id, card.link_epoch);
        progress.member_link = format!("{}/card/{token}", house.public_url);
    }
    if asked.rewards {
        progress.rewards = list_rewards(db, &rulebook, card, language)?;
    }
    if asked.history {
        progress.history = list_history(db, program, card, language)?;
    }
    if asked.challenge {
        tell_challenge(
            db,
            (&rulebook, program),
            (card, language),
            house.now(),
            &mut progress,
        )?;
    }
    if asked.referral {
        tell_referral(db, house, (&rulebook, program), member, &mut progress)?;
    }
    let names_expiry = message
        .as_ref()
        .is_some_and(|text| text.get(language).contains("{expir"));
    if (asked.expiring || names_expiry) && !rulebook.policy.expiry_notice_days.is_empty() {
        tell_expiring(
            db,
            (&rulebook, program),
            (card, language),
            house.now(),
            &mut progress,
        )?;
    }
    let mut facts = CardFacts {
        code: card.code.clone(),
        balance: card.balance,
        first_name: member.first_name.clone(),
        last_name: member.last_name.clone(),
        language: language.clone(),
        program_name: program.name.clone(),
        point_name: program.point_name.clone(),
        tier: tier.map_or_else(String::new, |tier| tier.body.title().get(language).to_owned()),
        message: String::new(),
        expires_at: None,
        // The pass of a joined card shows nothing of its own: the other card's does.
        is_voided: card.voided_at.is_some() || card.merged_into.is_some(),
        is_quiet: member.is_quiet,
        progress,
    };
    if let Some(text) = message {
        facts.message = fill_words(text.get(language), &facts);
    }
    Ok(facts)
}

/// What a campaign says on a card now, with its names yet to be filled in.
fn read_message(db: &mut Db, card: &Card, now: Time) -> Result<Option<Text>, ActionError> {
    let Some(message) = card_messages::find(db, &card.id)?.filter(|message| message.ends_at > now) else {
        return Ok(None);
    };
    let campaign = campaigns::get(db, &message.campaign_id)?;
    let place = usize::try_from(message.arm).unwrap_or_default();
    let arms = read_body(&campaign)?.arms;
    Ok(arms.into_iter().nth(place).map(|arm| arm.text))
}

/// How far the card is, as far as the card and the rules say it by themselves.
fn progress(
    rulebook: &Rulebook,
    program: &Program,
    card: &Card,
    (language, facts): (&Language, &Facts<'_>),
) -> Progress {
    let mut progress = Progress {
        pending: card.pending,
        stamps: stamps(rulebook, card),
        ..Progress::default()
    };
    if let Some((next, missing)) = rulebook.ladder.next(&card.place()) {
        next.body
            .title()
            .get(language)
            .clone_into(&mut progress.next_tier);
        progress.tier_missing = match rulebook.ladder.policy().by {
            Basis::Spend => language.write_money(Money {
                minor: missing,
                currency: program.currency,
            }),
            Basis::Points | Basis::Visits => language.write_number(missing),
        };
    }
    if let Some(next) = next_reward(rulebook, card.balance, facts) {
        next.body.name.get(language).clone_into(&mut progress.next_reward);
        let missing = next.body.cost - card.balance.get();
        progress.reward_missing = language.write_number(missing.max(0));
    }
    progress
}

/// The points of a card beside what they are collected for: the reward that costs least of those that are issued by
/// themselves. Points that are only promised are none yet.
fn stamps(rulebook: &Rulebook, card: &Card) -> Option<StampCount> {
    let rewards = rulebook.rewards.iter().map(|listed| &listed.body);
    let goal = rewards
        .filter(|reward| reward.automatic)
        .map(|reward| reward.cost);
    Some(StampCount::new(card.balance, goal.min()?))
}

/// Tells how friends join by the holder's code, if that brings anybody anything.
fn tell_referral(
    db: &mut Db,
    house: &House,
    (rulebook, program): (&Rulebook, &Program),
    member: &Member,
    progress: &mut Progress,
) -> Result<(), ActionError> {
    let pays =
        |trigger: &Trigger| matches!(trigger, Trigger::Event(kind) if kind == REFERRAL || kind == REFERRED);
    let has_referral = rulebook.rules.iter().any(|rule| pays(&rule.body.when));
    if !has_referral || member.erased_at.is_some() {
        return Ok(());
    }
    if let Some(known) = referrals::find_code(db, &member.id)? {
        progress.referral_link = house.invitation_url(&program.slug, &known.code);
        progress.referral_code = known.code;
    }
    Ok(())
}

/// Tells of the challenge that is nearest to being met.
fn tell_challenge(
    db: &mut Db,
    (rulebook, program): (&Rulebook, &Program),
    (card, language): (&Card, &Language),
    now: Time,
    progress: &mut Progress,
) -> Result<(), ActionError> {
    let standings = list_standings(db, rulebook, &card.id, now)?;
    let Some(next) = nearest(&standings) else {
        return Ok(());
    };
    let challenge = &next.challenge.body;
    let write = |amount| match challenge.goal {
        Goal::Spend(_) => language.write_money(Money {
            minor: amount,
            currency: program.currency,
        }),
        Goal::Times(_) | Goal::Items(_) => language.write_number(amount),
    };
    let goal = challenge.goal.amount();
    challenge
        .title()
        .get(language)
        .clone_into(&mut progress.challenge);
    progress.challenge_done = write(next.progress.done.min(goal));
    progress.challenge_goal = write(goal);
    Ok(())
}

/// Tells of the points that expire next, once their holder is to know of it.
fn tell_expiring(
    db: &mut Db,
    (rulebook, program): (&Rulebook, &Program),
    (card, language): (&Card, &Language),
    now: Time,
    progress: &mut Progress,
) -> Result<(), ActionError> {
    let endings = list_endings(db, rulebook, card)?;
    let known = notices(rulebook).list(endings, now);
    if let Some(next) = known.first() {
        progress.expiring = next.words(language, &program.point_name);
        progress.expiring_points = language.write_number(next.points.get());
        progress.expires_on = next.write_day(language);
    }
    Ok(())
}

/// The rewards in the member's hands, a line each.
fn list_rewards(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &Card,
    language: &Language,
) -> Result<String, ActionError> {
    let mut lines = Vec::new();
    for redemption in redemptions::list_issued(db, &card.id)?.iter().take(REWARDS_MAX) {
        let known = rulebook
            .rewards
            .iter()
            .find(|reward| reward.id.as_deref() == Some(redemption.reward_id.as_str()));
        let name = if let Some(reward) = known {
            reward.body.name.clone()
        } else {
            // It is paused or was taken away; what was issued holds.
            let term = terms::get(db, redemption.reward_id.as_str())?;
            let reward: Reward = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
            reward.name
        };
        lines.push(name.get(language).to_owned());
    }
    Ok(lines.join("\n"))
}

/// What was last moved, a line each, newest first.
fn list_history(
    db: &mut Db,
    program: &Program,
    card: &Card,
    language: &Language,
) -> Result<String, ActionError> {
    let mut moved = entries::list_by_member(db, &card.member_id, None, HISTORY_MAX)?;
    moved.retain(|entry| entry.card_id == card.id);
    let lines: Result<Vec<String>, ActionError> =
        moved.iter().map(|entry| line(entry, program, language)).collect();
    Ok(lines?.join("\n"))
}

fn line(entry: &Entry, program: &Program, language: &Language) -> Result<String, ActionError> {
    let why = match &entry.explanation {
        Some(text) => serde_json::from_str::<Explanation>(text)
            .map_err(ActionError::internal)?
            .words(language, program.currency, &program.point_name),
        None => entry.reason.clone(),
    };
    let date = language.write_date(entry.created_at);
    let change = language.write_change(entry.points.get());
    Ok(if why.is_empty() {
        format!("{date}: {change}")
    } else {
        format!("{date}: {change} ({why})")
    })
}
