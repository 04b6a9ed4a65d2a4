//! Challenges: do so much of something within a time, and win.
//!
//! What counts is kept day by day, with what wins have used up of it. A win uses up the goal, the oldest day first;
//! what is left counts on. What leaves the window unused is lost.

use serde::{Deserialize, Serialize};

use super::rule::check::{Faults, POINTS_MAX, RuleFault, TEXT_MAX};
use super::rule::evaluate::{Cases, Reason, judge};
use super::rule::facts::Facts;
use super::rule::{Condition, Lines, Period, Trigger};
use crate::types::{Day, Money, RewardId, Text, Time, Zone};

/// Most orders or events of a goal.
pub const TIMES_MAX: i64 = 10_000;
/// Most pieces of a goal.
const ITEMS_MAX: i64 = 1_000_000;
/// Most times that a member may win a challenge.
pub const WINS_MAX: i64 = 1_000;
/// Longest rolling window, in days.
pub const WINDOW_DAYS_MAX: u16 = 730;
/// Most wins of a challenge by one order or event; what is left counts for the next one.
pub const AT_ONCE_MAX: usize = 20;

/// A challenge, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// What the staff call it.
    pub name: String,
    /// What customers read; the name, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_as: Option<Text>,
    /// What counts.
    pub when: Trigger,
    /// What must hold, all of it.
    #[serde(default, rename = "if", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Which lines of an order it counts; all that the program does not exclude, where it says nothing.
    #[serde(default, skip_serializing_if = "Lines::is_everything")]
    pub of: Lines,
    /// How much is to be done.
    pub goal: Goal,
    /// In which time.
    pub within: Period,
    /// What a win gives.
    pub then: Prize,
    /// How many times a member may win.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub wins: i64,
    /// The first instant at which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// The first instant at which it counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

const fn once() -> i64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_once(wins: &i64) -> bool {
    *wins == 1
}

/// How much is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// So many orders or events.
    Times(i64),
    /// So many pieces.
    Items(i64),
    /// So much money, in minor units.
    Spend(i64),
}

impl Goal {
    /// The number, in what it counts.
    pub const fn amount(self) -> i64 {
        match self {
            Self::Times(amount) | Self::Items(amount) | Self::Spend(amount) => amount,
        }
    }
}

/// What a win gives: points or a reward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prize {
    /// So many points ..
    #[serde(default, skip_serializing_if = "is_no_points")]
    pub points: i64,
    /// .. or one of this reward, which then costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<RewardId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_no_points(points: &i64) -> bool {
    *points == 0
}

/// Where a member stands with a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is done; all of the goal once the last win is won.
    pub done: i64,
    /// Wins that stand.
    pub wins: i64,
    /// When some of what is done goes, or the challenge ends, if nothing more is done.
    pub until: Option<Time>,
}

impl Challenge {
    /// What customers read.
    pub fn title(&self) -> Text {
        self.shown_as.clone().unwrap_or_else(|| Text::plain(&self.name))
    }

    /// How much of what happened counts, or why nothing does.
    pub fn count(&self, facts: &Facts<'_>) -> Result<i64, Reason> {
        let cases = Cases {
            when: &self.when,
            conditions: &self.conditions,
            of: &self.of,
            span: (self.from, self.until),
        };
        let (counted, reason) = judge(&cases, facts);
        if let Some(reason) = reason {
            return Err(reason);
        }
        let amount = match self.goal {
            Goal::Times(_) => 1,
            Goal::Items(_) => counted.pieces,
            Goal::Spend(_) => counted.minor,
        };
        if amount > 0 {
            Ok(amount)
        } else {
            Err(Reason::NothingCounted)
        }
    }

    /// Whether its time has come and is not over.
    pub fn is_on(&self, now: Time) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// Whether a member who has won so many times wins once more by what is done.
    pub fn is_met(&self, tally: &Tally, wins: i64, today: Day) -> bool {
        wins < self.wins && tally.left(self.within, today) >= self.goal.amount()
    }

    /// A win uses up the goal.
    pub fn win(&self, tally: &mut Tally, today: Day) {
        tally.use_up(self.within, today, self.goal.amount());
    }

    /// When what was done on a day goes.
    pub fn gone_at(&self, day: Day, zone: Zone) -> Option<Time> {
        let left = self.within.left_on(day).map(|day| zone.start_of(day));
        [left, self.until].into_iter().flatten().min()
    }

    /// Where a member stands who has won so many times.
    pub fn progress(&self, tally: &Tally, wins: i64, zone: Zone, now: Time) -> Progress {
        let today = zone.local(now).day;
        if wins >= self.wins {
            return Progress {
                done: self.goal.amount(),
                wins,
                until: self.until,
            };
        }
        let first = tally.open(self.within, today).next();
        Progress {
            done: tally.left(self.within, today),
            wins,
            until: first.map_or(self.until, |one| self.gone_at(one.day, zone)),
        }
    }
}

/// What counted on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// The day, in the program's calendar.
    pub day: Day,
    /// What counted, refunds taken off.
    pub amount: i64,
    /// What of it wins have used up.
    pub used: i64,
}

impl DayCount {
    const fn left(&self) -> i64 {
        let left = self.amount - self.used;
        if left > 0 { left } else { 0 }
    }
}

/// A win that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The day on which it was won.
    pub day: Day,
    /// What it used up.
    pub used: i64,
}

/// What a member did for a challenge, day by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(Vec<DayCount>);

impl Tally {
    /// Puts days in their order.
    pub fn new(mut days: Vec<DayCount>) -> Self {
        days.sort_by_key(|one| one.day);
        Self(days)
    }

    /// The days, oldest first.
    pub fn days(&self) -> &[DayCount] {
        &self.0
    }

    /// The days that count today and are not used up, oldest first.
    fn open(&self, within: Period, today: Day) -> impl Iterator<Item = &DayCount> {
        let first = within.first_day(today);
        let days = self.0.iter();
        days.filter(move |one| one.left() > 0 && first.is_none_or(|first| one.day >= first))
    }

    /// What counts today and is not used up.
    pub fn left(&self, within: Period, today: Day) -> i64 {
        self.open(within, today).map(DayCount::left).sum()
    }

    /// So much more counts on a day.
    pub fn add(&mut self, day: Day, amount: i64) {
        if let Some(own) = self.0.iter_mut().find(|one| one.day == day) {
            own.amount += amount;
            return;
        }
        let place = self.0.partition_point(|one| one.day < day);
        self.0.insert(place, DayCount { day, amount, used: 0 });
    }

    /// Uses so much up of what counts today, the oldest day first.
    fn use_up(&mut self, within: Period, today: Day, amount: i64) {
        let first = within.first_day(today);
        self.use_where(amount, |day| first.is_none_or(|first| day >= first));
    }

    /// Uses so much up, the oldest day first; gives what is missing.
    fn use_where(&mut self, mut amount: i64, is_meant: impl Fn(Day) -> bool) -> i64 {
        for one in self.0.iter_mut().filter(|one| is_meant(one.day)) {
            let used = one.left().min(amount);
            one.used += used;
            amount -= used;
        }
        amount
    }

    /// Frees so much again, the newest day first; gives what could not be.
    fn free_where(&mut self, mut amount: i64, is_meant: impl Fn(Day) -> bool) -> i64 {
        for one in self.0.iter_mut().rev().filter(|one| is_meant(one.day)) {
            let freed = one.used.clamp(0, amount);
            one.used -= freed;
            amount -= freed;
        }
        amount
    }

    /// So much counts on a day no more. What a win had used of it is made up for by what is left in the same time; where
    /// that does not suffice, the win falls, and what else it had used is free again. Gives the places of the wins that
    /// fall; `wins` are those that stand, newest first.
    pub fn take_back(&mut self, within: Period, day: Day, amount: i64, wins: &[Standing]) -> Vec<usize> {
        let Some(own) = self.0.iter_mut().find(|one| one.day == day) else {
            return Vec::new();
        };
        own.amount = (own.amount - amount).max(0);
        let missing = own.used - own.amount;
        if missing <= 0 {
            return Vec::new();
        }
        own.used = own.amount;
        let mut missing = self.use_where(missing, |other| is_together(within, day, other));
        let mut fallen = Vec::new();
        while missing > 0 {
            let mut standing = (0..wins.len()).filter(|place| !fallen.contains(place));
            let newest = standing.clone().next();
            let own = standing.find(|place| {
                let win = wins.get(*place);
                win.is_some_and(|win| is_together(within, day, win.day))
            });
            let Some((place, win)) = own.or(newest).and_then(|place| Some((place, wins.get(place)?))) else {
                break;
            };
            fallen.push(place);
            let freed = (win.used - missing).max(0);
            let rest = self.free_where(freed, |other| is_together(within, other, win.day));
            self.free_where(rest, |_| true);
            missing -= win.used;
        }
        fallen
    }

    /// What is other than in an earlier tally, as differences.
    pub fn since(&self, before: &Self) -> Vec<DayCount> {
        let differ = |one: &DayCount| {
            let had = before.0.iter().find(|other| other.day == one.day);
            let (amount, used) = had.map_or((0, 0), |had| (had.amount, had.used));
            DayCount {
                day: one.day,
                amount: one.amount - amount,
                used: one.used - used,
            }
        };
        let changes = self.0.iter().map(differ);
        changes.filter(|one| one.amount != 0 || one.used != 0).collect()
    }
}

/// Whether two days can count for the same win.
fn is_together(within: Period, one: Day, other: Day) -> bool {
    within
        .left_on(one.min(other))
        .is_none_or(|left| one.max(other) < left)
}

/// Everything that is wrong with a challenge; nothing if it is sound.
pub fn check_challenge(challenge: &Challenge) -> Vec<RuleFault> {
    let mut faults = Faults::default();
    faults.text("/name", &challenge.name);
    if let Some(text) = &challenge.shown_as {
        let all = std::iter::once(text.fallback()).chain(text.translations().values().map(String::as_str));
        if all
            .into_iter()
            .any(|one| one.trim().is_empty() || one.chars().count() > TEXT_MAX)
        {
            let detail = format!("give 1 to {TEXT_MAX} characters in each language");
            faults.add("/shown_as", "bad_text", detail);
        }
    }
    let is_order = challenge.when == Trigger::Order;
    if let Trigger::Event(kind) = &challenge.when {
        faults.event_type("/when/event", kind);
    }
    faults.conditions(&challenge.conditions, is_order);
    faults.lines(&challenge.of, is_order);
    check_goal(&mut faults, challenge, is_order);
    if let Period::Days(days) = challenge.within {
        let detail = format!("give between 1 and {WINDOW_DAYS_MAX} days, or `ever`");
        let range = 1..=i64::from(WINDOW_DAYS_MAX);
        faults.range("/within/days", i64::from(days), range, detail);
    }
    match &challenge.then.reward {
        Some(_) if challenge.then.points != 0 => {
            let detail = "a win gives points or a reward; leave one of the two out";
            faults.add("/then/points", "contradiction", detail);
        }
        Some(_) => (),
        None => {
            let detail = format!("give between 1 and {POINTS_MAX} points, or a reward");
            faults.range("/then/points", challenge.then.points, 1..=POINTS_MAX, detail);
        }
    }
    let detail = format!("a member may win between 1 and {WINS_MAX} times");
    faults.range("/wins", challenge.wins, 1..=WINS_MAX, detail);
    faults.span(challenge.from, challenge.until);
    faults.0
}

fn check_goal(faults: &mut Faults, challenge: &Challenge, is_order: bool) {
    let (pointer, most) = match challenge.goal {
        Goal::Times(_) => ("/goal/times", TIMES_MAX),
        Goal::Items(_) => ("/goal/items", ITEMS_MAX),
        Goal::Spend(_) => ("/goal/spend", Money::MAX_MINOR),
    };
    let detail = format!("give between 1 and {most}");
    faults.range(pointer, challenge.goal.amount(), 1..=most, detail);
    if !is_order && !matches!(challenge.goal, Goal::Times(_)) {
        let detail = "nothing is bought with an event, so the goal could never be met; give `times`";
        faults.add(pointer, "never_applies", detail);
    }
    if let (Goal::Times(times), Some(most)) = (challenge.goal, most_times(challenge))
        && times > most
    {
        let detail = format!("what counts happens at most {most} times, so the goal could never be met");
        faults.add(pointer, "never_applies", detail);
    }
}

/// How often what counts can happen within the time, where that is known.
fn most_times(challenge: &Challenge) -> Option<i64> {
    let is_single = |condition: &Condition| matches!(condition, Condition::OrderNumber(_));
    if challenge.conditions.iter().any(is_single) {
        return Some(1);
    }
    match &challenge.when {
        Trigger::Event(kind) if kind == "sign_up" || kind == "referred" => Some(1),
        Trigger::Event(kind) if kind == super::birthday::BIRTHDAY => match challenge.within {
            Period::Ever => None,
            Period::Days(days) => Some(i64::from(days) / 365 + 1),
            _ => Some(1),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
