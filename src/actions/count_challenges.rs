//! What orders and events add to challenges, what is won by it, and what a refund takes back.

use super::ActionError;
use super::assess::Assessed;
use super::issue_reward::{Origin, is_unavailable, issue};
use super::ledger::{Cause, Ledger, Movement};
use super::settle_redemption::{take_back_automatic, take_back_won};
use crate::loyalty::challenge::{AT_ONCE_MAX, Challenge, DayCount, Goal, Progress, Standing, Tally};
use crate::loyalty::explain::{Explanation, Ground};
use crate::loyalty::refunding::Share;
use crate::loyalty::rule::evaluate::Reason;
use crate::loyalty::rulebook::{Listed, Rulebook};
use crate::store::cards::Card;
use crate::store::challenges::{self, ChallengeDeed, Win};
use crate::store::{Db, StoreError, Tx, entries, terms};
use crate::types::{CardId, Day, EntryId, Points, RedemptionId, RefundId, RewardId, Time};

/// What the entries say that take a win back.
const RETURNED: &str = "What a challenge was met with was returned";

/// Where a card stands with a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeStanding {
    /// The challenge.
    pub challenge: Listed<Challenge>,
    /// What is done and won.
    pub progress: Progress,
}

/// What an order would do for a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeJudged {
    /// The challenge.
    pub challenge: Listed<Challenge>,
    /// What is done before it.
    pub before: i64,
    /// What is done after it and after what it wins.
    pub after: i64,
    /// How often it would be won.
    pub wins: i64,
    /// Why nothing counts.
    pub reason: Option<Reason>,
}

/// What is not used up and what was won, of one card.
struct Books {
    open: Vec<(String, DayCount)>,
    wins: Vec<Win>,
}

impl Books {
    fn read(db: &mut Db, rulebook: &Rulebook, card: &CardId, today: Day) -> Result<Self, StoreError> {
        Ok(Self {
            open: challenges::list_open(db, card, first_day(rulebook, today))?,
            wins: challenges::list_wins(db, card)?,
        })
    }

    fn tally(&self, id: &str) -> Tally {
        let own = self.open.iter().filter(|(challenge, _)| challenge == id);
        Tally::new(own.map(|(_, day)| *day).collect())
    }

    fn standing(&self, id: &str) -> i64 {
        let own = standing(&self.wins, id).count();
        i64::try_from(own).unwrap_or(i64::MAX)
    }
}

fn standing<'a>(wins: &'a [Win], id: &str) -> impl Iterator<Item = &'a Win> {
    let is_own = move |win: &&Win| win.challenge_id == id && win.taken_back_at.is_none();
    wins.iter().filter(is_own)
}

/// The first day that any challenge counts; `None` if one counts always.
fn first_day(rulebook: &Rulebook, today: Day) -> Option<Day> {
    let firsts = rulebook
        .challenges
        .iter()
        .map(|one| one.body.within.first_day(today));
    firsts.min().flatten()
}

const fn id_of(listed: &Listed<Challenge>) -> &str {
    match &listed.id {
        Some(id) => id.as_str(),
        None => "",
    }
}

/// Adds what was judged to the challenges that it counts for, and gives what is won by it.
pub(super) fn count_challenges(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    card: &Card,
    assessed: &Assessed,
    (cause, reason): (&Cause, &str),
) -> Result<(), ActionError> {
    let judged = rulebook.challenges.iter().zip(&assessed.challenges);
    let counted: Vec<_> = judged
        .filter_map(|(listed, amount)| Some((listed, (*amount).ok()?)))
        .collect();
    if counted.is_empty() {
        return Ok(());
    }
    let today = rulebook.zone.local(ledger.now()).day;
    let mut books = Books::read(tx, rulebook, &card.id, today)?;
    ledger.note_change();
    for (listed, amount) in counted {
        let id = id_of(listed);
        if let Some(cause) = cause_id(cause) {
            challenges::insert_deed(tx, cause, id, (assessed.day, amount))?;
        }
        let before = books.tally(id);
        let mut tally = before.clone();
        tally.add(assessed.day, amount);
        let mut given = 0;
        while given < AT_ONCE_MAX && listed.body.is_met(&tally, books.standing(id), today) {
            let Some(prize) = give(tx, ledger, rulebook, card, listed, (cause, reason))? else {
                break;
            };
            listed.body.win(&mut tally, today);
            let win = win(&books, (card, listed), (cause, prize), (today, ledger.now()));
            challenges::insert_win(tx, &win)?;
            books.wins.insert(0, win);
            given += 1;
        }
        for change in tally.since(&before) {
            challenges::change_day(tx, &card.id, id, &change)?;
        }
    }
    Ok(())
}

fn cause_id(cause: &Cause) -> Option<&str> {
    match (&cause.order, &cause.event) {
        (Some(order), _) => Some(order.as_str()),
        (None, Some(event)) => Some(event.as_str()),
        (None, None) => None,
    }
}

fn win(
    books: &Books,
    (card, listed): (&Card, &Listed<Challenge>),
    (cause, (entry_id, redemption_id)): (&Cause, Given),
    (today, now): (Day, Time),
) -> Win {
    let id = id_of(listed);
    let own = books.wins.iter().filter(|win| win.challenge_id == id);
    Win {
        card_id: card.id.clone(),
        challenge_id: id.to_owned(),
        number: own.map(|win| win.number).max().unwrap_or_default() + 1,
        day: today.number(),
        used: listed.body.goal.amount(),
        order_id: cause.order.clone(),
        event_id: cause.event.clone(),
        entry_id,
        redemption_id,
        refund_id: None,
        won_at: now,
        taken_back_at: None,
    }
}

type Given = (Option<EntryId>, Option<RedemptionId>);

/// Gives what a win gives. Nothing if its reward cannot be had: what was done for it stays, and the next order or event
/// that counts tries again.
fn give(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    card: &Card,
    listed: &Listed<Challenge>,
    (cause, reason): (&Cause, &str),
) -> Result<Option<Given>, ActionError> {
    let Some(wanted) = listed.body.then.reward.as_ref().map(RewardId::as_str) else {
        let points = listed.body.then.points;
        let movement = Movement {
            kind: "promotion",
            points: Points::new(points).map_err(ActionError::internal)?,
            cause: Cause {
                term: Some((id_of(listed).to_owned(), listed.version)),
                ..cause.clone()
            },
            reason: reason.to_owned(),
            explanation: Some(Explanation {
                name: listed.body.name.clone(),
                ground: Ground::Met { points },
                cut: 0,
            }),
        };
        let before = ledger.entries().len();
        ledger.add(tx, movement, 0)?;
        let entry = ledger.entries().get(before).map(|entry| entry.id.clone());
        return Ok(Some((entry, None)));
    };
    let mut rewards = rulebook.rewards.iter();
    let Some(reward) = rewards.find(|one| one.id.as_deref() == Some(wanted)) else {
        return Ok(None);
    };
    let origin = Origin {
        by: id_of(listed),
        order: cause.order.as_ref(),
        event: cause.event.as_ref(),
    };
    match issue(tx, ledger, card, rulebook, reward, &origin) {
        Ok(redemption) => Ok(Some((None, Some(redemption.id)))),
        Err(error) if is_unavailable(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes back what an order or event had added to challenges, and the wins that rest on it.
pub(super) fn uncount_challenges(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    cause: &str,
    (share, refund): (Share, &RefundId),
) -> Result<(), ActionError> {
    for deed in challenges::list_deeds(tx, cause)? {
        let challenge = find_challenge(tx, rulebook, &deed.challenge_id)?;
        let wanted = match challenge.goal {
            // Part of an order is still an order.
            Goal::Times(_) if !share.is_whole() => 0,
            Goal::Times(_) => deed.amount,
            Goal::Items(_) | Goal::Spend(_) => share.of(deed.amount),
        };
        let amount = wanted.min(deed.amount - deed.taken);
        if amount > 0 {
            challenges::take_deed(tx, &deed, amount)?;
            uncount(tx, ledger, rulebook, (&challenge, &deed), (amount, refund))?;
            ledger.note_change();
        }
    }
    Ok(())
}

fn uncount(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    (challenge, deed): (&Challenge, &ChallengeDeed),
    (amount, refund): (i64, &RefundId),
) -> Result<(), ActionError> {
    let id = deed.challenge_id.as_str();
    let card = ledger.card_id().clone();
    let before = Tally::new(challenges::list_days(tx, &card, id)?);
    let all = challenges::list_wins(tx, &card)?;
    let wins: Vec<&Win> = standing(&all, id).collect();
    let rests = |win: &&Win| Standing {
        day: Day::from_number(win.day),
        used: win.used,
    };
    let resting: Vec<Standing> = wins.iter().map(rests).collect();
    let mut tally = before.clone();
    let day = Day::from_number(deed.day);
    let fallen = tally.take_back(challenge.within, day, amount, &resting);
    for change in tally.since(&before) {
        challenges::change_day(tx, &card, id, &change)?;
    }
    for win in fallen.into_iter().filter_map(|place| wins.get(place)) {
        take_back_win(tx, ledger, rulebook, win, refund)?;
    }
    Ok(())
}

/// The challenge as it is now, also one that counts no more.
fn find_challenge(db: &mut Db, rulebook: &Rulebook, id: &str) -> Result<Challenge, ActionError> {
    let mut active = rulebook.challenges.iter();
    if let Some(listed) = active.find(|one| one.id.as_deref() == Some(id)) {
        return Ok(listed.body.clone());
    }
    let term = terms::get(db, id)?;
    serde_json::from_str(&term.body).map_err(ActionError::internal)
}

fn take_back_win(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    win: &Win,
    refund: &RefundId,
) -> Result<(), ActionError> {
    challenges::set_taken_back(tx, win, refund, ledger.now())?;
    if let Some(redemption) = &win.redemption_id {
        take_back_won(tx, ledger, rulebook, redemption)?;
    }
    let Some(entry) = &win.entry_id else { return Ok(()) };
    // What was undone by hand before is not taken again.
    if entries::find_reversal(tx, entry)?.is_some() {
        return Ok(());
    }
    let given = entries::get(tx, entry)?;
    let movement = Movement {
        kind: "refund",
        points: given.points,
        cause: Cause {
            order: given.order_id,
            event: given.event_id,
            refund: Some(refund.clone()),
            term: given.term_id.zip(given.term_version),
            ..Cause::default()
        },
        reason: RETURNED.to_owned(),
        explanation: None,
    };
    ledger.take(tx, movement)?;
    let card = ledger.card();
    take_back_automatic(tx, ledger, &card, rulebook)
}

/// Where a card stands with the challenges that are on.
pub(super) fn list_standings(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &CardId,
    now: Time,
) -> Result<Vec<ChallengeStanding>, ActionError> {
    let on: Vec<_> = rulebook
        .challenges
        .iter()
        .filter(|one| one.body.is_on(now))
        .collect();
    if on.is_empty() {
        return Ok(Vec::new());
    }
    let books = Books::read(db, rulebook, card, rulebook.zone.local(now).day)?;
    let stand = |listed: &Listed<Challenge>| {
        let id = id_of(listed);
        let progress = listed
            .body
            .progress(&books.tally(id), books.standing(id), rulebook.zone, now);
        ChallengeStanding {
            challenge: listed.clone(),
            progress,
        }
    };
    Ok(on.into_iter().map(stand).collect())
}

/// The challenge that is nearest to being met, of those that can still be won; the earlier one of two.
pub(super) fn nearest(standings: &[ChallengeStanding]) -> Option<&ChallengeStanding> {
    let open = standings
        .iter()
        .filter(|one| one.progress.wins < one.challenge.body.wins);
    // Tenths of a thousandth of the goal, so that goals of any size compare.
    open.min_by_key(|one| {
        let goal = i128::from(one.challenge.body.goal.amount().max(1));
        let missing = goal - i128::from(one.progress.done).min(goal);
        missing * 10_000 / goal
    })
}

/// What an order would do for each challenge. Writes nothing; takes no heed of rewards that are sold out.
pub(super) fn foretell(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &CardId,
    assessed: &Assessed,
    now: Time,
) -> Result<Vec<ChallengeJudged>, ActionError> {
    if rulebook.challenges.is_empty() {
        return Ok(Vec::new());
    }
    let today = rulebook.zone.local(now).day;
    let books = Books::read(db, rulebook, card, today)?;
    let judge = |(listed, amount): (&Listed<Challenge>, &Result<i64, Reason>)| {
        let (body, id) = (&listed.body, id_of(listed));
        let mut tally = books.tally(id);
        let had = books.standing(id);
        let done = |tally: &Tally, wins| body.progress(tally, wins, rulebook.zone, now).done;
        let before = done(&tally, had);
        if let Ok(amount) = amount {
            tally.add(assessed.day, *amount);
        }
        let mut wins = 0;
        for _ in 0..AT_ONCE_MAX {
            if amount.is_ok() && body.is_met(&tally, had + wins, today) {
                body.win(&mut tally, today);
                wins += 1;
            }
        }
        ChallengeJudged {
            challenge: listed.clone(),
            before,
            after: done(&tally, had + wins),
            wins,
            reason: (*amount).err(),
        }
    };
    let judged = rulebook.challenges.iter().zip(&assessed.challenges);
    Ok(judged.map(judge).collect())
}

/// When progress of a card next goes by itself, and whether some has gone since an instant.
pub(super) fn foresee(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &CardId,
    (since, now): (Time, Time),
) -> Result<(Option<Time>, bool), StoreError> {
    if rulebook.challenges.is_empty() {
        return Ok((None, false));
    }
    let first = first_day(rulebook, rulebook.zone.local(since).day);
    let open = challenges::list_open(db, card, first)?;
    if open.is_empty() {
        return Ok((None, false));
    }
    let books = Books {
        open: Vec::new(),
        wins: challenges::list_wins(db, card)?,
    };
    let mut next: Option<Time> = None;
    let mut has_gone = false;
    for (id, one) in &open {
        let known = rulebook
            .challenges
            .iter()
            .find(|listed| listed.id.as_deref() == Some(id.as_str()));
        // Of a challenge that cannot be won again nothing is shown that could go.
        let Some(listed) = known.filter(|listed| books.standing(id) < listed.body.wins) else {
            continue;
        };
        match listed.body.gone_at(one.day, rulebook.zone) {
            Some(at) if at > now => next = Some(next.map_or(at, |known| known.min(at))),
            Some(at) => has_gone |= at > since,
            None => (),
        }
    }
    Ok((next, has_gone))
}
