//! Challenges without an end in the plain model: what stands of all that counted is added up anew each time.

use serde_json::{Value, json};

use super::{Cause, Model, Said, count, part};

/// Most wins by one order or event.
const AT_ONCE: usize = 20;

/// A challenge.
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    pub(crate) id: String,
    pub(crate) is_active: bool,
    pub(crate) event: Option<&'static str>,
    pub(crate) goal: Goal,
    pub(crate) prize: Prize,
    /// How many times a member may win.
    pub(crate) wins: usize,
}

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    Times(i64),
    Spend(i64),
}

/// What a win gives.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Prize {
    Points(i64),
    /// The place of the reward.
    Reward(usize),
}

/// What an order or event added.
#[derive(Debug, Clone)]
pub(super) struct Added {
    card: usize,
    challenge: usize,
    order: Option<usize>,
    amount: i64,
    taken: i64,
}

/// A win, and what it gave.
#[derive(Debug, Clone)]
pub(super) struct Win {
    card: usize,
    challenge: usize,
    cause: Cause,
    /// The place of the card and of its entry.
    entry: Option<(usize, usize)>,
    given: Option<usize>,
    is_fallen: bool,
}

impl Goal {
    const fn amount(self) -> i64 {
        match self {
            Self::Times(amount) | Self::Spend(amount) => amount,
        }
    }
}

impl Model {
    /// A challenge as it is written down.
    pub(crate) fn challenge_json(&self, challenge: &Challenge) -> Value {
        let prize = match challenge.prize {
            Prize::Points(points) => json!({ "points": points }),
            Prize::Reward(place) => json!({ "reward": self.rewards[place].id }),
        };
        json!({
            "name": "a challenge",
            "when": challenge.event.map_or(json!("order"), |kind| json!({ "event": kind })),
            "goal": match challenge.goal {
                Goal::Times(times) => json!({ "times": times }),
                Goal::Spend(minor) => json!({ "spend": minor }),
            },
            "within": "ever",
            "then": prize,
            "wins": challenge.wins,
        })
    }

    /// What an order adds to challenges.
    pub(super) fn count_order(&mut self, card: usize, said: &Said, cause: &Cause, now: i64) {
        let (minor, _, is_any) = count(said, None);
        for place in 0..self.challenges.len() {
            let challenge = &self.challenges[place];
            let amount = match challenge.goal {
                Goal::Times(_) => 1,
                Goal::Spend(_) => minor,
            };
            if challenge.event.is_none() && is_any {
                self.count_one(card, place, amount, cause, now);
            }
        }
    }

    /// What an event adds to challenges.
    pub(super) fn count_event(&mut self, card: usize, kind: &str, cause: &Cause, now: i64) {
        for place in 0..self.challenges.len() {
            if self.challenges[place].event == Some(kind) {
                self.count_one(card, place, 1, cause, now);
            }
        }
    }

    fn count_one(&mut self, card: usize, challenge: usize, amount: i64, cause: &Cause, now: i64) {
        if !self.challenges[challenge].is_active || amount <= 0 {
            return;
        }
        self.cards[card].has_changed = true;
        self.added.push(Added {
            card,
            challenge,
            order: cause.order,
            amount,
            taken: 0,
        });
        for _ in 0..AT_ONCE {
            let what = self.challenges[challenge].clone();
            let won = self.standing(card, challenge).len();
            let is_met = self.left(card, challenge) >= what.goal.amount();
            if won >= what.wins || !is_met {
                break;
            }
            let mut win = Win {
                card,
                challenge,
                cause: cause.clone(),
                entry: None,
                given: None,
                is_fallen: false,
            };
            match what.prize {
                Prize::Points(points) => {
                    let cause = Cause {
                        term: Some(what.id),
                        ..cause.clone()
                    };
                    let before = self.cards[card].entries.len();
                    self.add(card, now, "promotion", points, cause, 0);
                    self.cards[card].entries[before].win = Some(self.wins.len());
                    win.entry = Some((card, before));
                }
                Prize::Reward(reward) => {
                    let is_there = self.rewards[reward].is_active;
                    if !is_there || self.give_for(card, reward, 0, now).is_err() {
                        break;
                    }
                    let given = self.given.len() - 1;
                    self.given[given].is_automatic = false;
                    self.given[given].source = Some(what.id);
                    win.given = Some(given);
                }
            }
            self.wins.push(win);
        }
    }

    /// How many wins there were, and how many of them fell.
    pub(crate) fn won(&self) -> (usize, usize) {
        let fallen = self.wins.iter().filter(|win| win.is_fallen);
        (self.wins.len(), fallen.count())
    }

    /// The wins of a card that stand, oldest first.
    fn standing(&self, card: usize, challenge: usize) -> Vec<usize> {
        let is_own = |win: &Win| {
            win.challenge == challenge && !win.is_fallen && self.acting(win.card) == self.acting(card)
        };
        (0..self.wins.len())
            .filter(|&place| is_own(&self.wins[place]))
            .collect()
    }

    /// What counts and no win has used up.
    fn left(&self, card: usize, challenge: usize) -> i64 {
        let own = self
            .added
            .iter()
            .filter(|added| added.challenge == challenge && self.acting(added.card) == self.acting(card));
        let all: i64 = own.map(|added| added.amount - added.taken).sum();
        let won = i64::try_from(self.standing(card, challenge).len()).expect("few");
        all - won * self.challenges[challenge].goal.amount()
    }

    /// So much of an order is given back: it counts no more, and the newest wins fall that rest on it.
    pub(super) fn uncount(&mut self, order: usize, (before, after, total): (i64, i64, i64), now: i64) {
        for place in 0..self.added.len() {
            let added = self.added[place].clone();
            if added.order != Some(order) {
                continue;
            }
            let wanted = match self.challenges[added.challenge].goal {
                Goal::Times(_) if after >= total => added.amount,
                Goal::Times(_) => 0,
                Goal::Spend(_) if total == 0 => added.amount,
                Goal::Spend(_) => part(added.amount, after, total) - part(added.amount, before, total),
            };
            let amount = wanted.min(added.amount - added.taken);
            if amount <= 0 {
                continue;
            }
            self.added[place].taken += amount;
            let card = self.acting(added.card);
            self.cards[card].has_changed = true;
            let missing = |model: &Self| model.left(card, added.challenge) < 0;
            while missing(self) {
                let newest = self.standing(card, added.challenge).pop();
                self.fall(card, newest.expect("a win that used what is missing"), now);
            }
        }
    }

    fn fall(&mut self, card: usize, place: usize, now: i64) {
        self.wins[place].is_fallen = true;
        let Win {
            cause,
            entry,
            given,
            challenge,
            ..
        } = self.wins[place].clone();
        if let Some(given) = given
            && self.given[given].state == "issued"
        {
            self.end(given, "cancelled", now);
        }
        let Some((owner, entry)) = entry else { return };
        let own = &mut self.cards[owner].entries[entry];
        let (points, is_undone) = (own.points, own.is_reversed);
        own.is_reversed = true;
        if is_undone {
            return;
        }
        let cause = Cause {
            term: Some(self.challenges[challenge].id.clone()),
            ..cause
        };
        self.take(card, "refund", points, cause, true);
        self.take_automatic(card, now);
    }
}
