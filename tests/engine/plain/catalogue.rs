//! Rewards in the plain model: stocks and limits are counted anew from all that was given.

use chrono::{Datelike as _, Days, NaiveDate};
use serde_json::{Value, json};

use super::{Cause, Model, Refused, Rule, Within, midnight};

/// Days for which a reward can be used again whose order was given back.
const AGAIN_DAYS: u64 = 30;

/// A reward.
#[derive(Debug, Clone)]
pub(crate) struct Reward {
    pub(crate) id: String,
    pub(crate) is_active: bool,
    pub(crate) is_automatic: bool,
    pub(crate) cost: i64,
    pub(crate) stock: Option<i64>,
    /// How many a member may have, in which time.
    pub(crate) limit: Option<(usize, Within)>,
    pub(crate) valid_days: Option<u32>,
}

/// A reward that was given to a card's holder, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// What the engine calls it; of those of one moment the higher is the newer.
    pub(crate) id: String,
    pub(crate) card: usize,
    /// The place of the reward.
    pub(crate) reward: usize,
    pub(crate) state: &'static str,
    pub(crate) cost: i64,
    pub(crate) is_automatic: bool,
    /// The rule or challenge that gave it.
    pub(crate) source: Option<String>,
    /// The order that it was given for by a rule.
    pub(super) earned_by: Option<usize>,
    pub(crate) at: i64,
    pub(crate) expires: Option<i64>,
    pub(crate) used_for: Option<usize>,
    /// The card and the place of the entry that took its points.
    pub(crate) entry: Option<(usize, usize)>,
}

/// How much of what points a reward took: when they were made, by which term, their expiry, how many.
pub(crate) type Paid = Vec<(i64, Option<String>, Option<i64>, i64)>;

impl Reward {
    pub(crate) fn json(&self) -> Value {
        let mut body = json!({ "name": "a reward", "gives": "product", "cost": self.cost,
            "automatic": self.is_automatic });
        if let Some(stock) = self.stock {
            body["stock"] = json!(stock);
        }
        if let Some(days) = self.valid_days {
            body["valid_days"] = json!(days);
        }
        if let Some((times, within)) = self.limit {
            body["limits"] = json!([{ "times": times, "within": within.json() }]);
        }
        body
    }
}

impl Model {
    /// A rule as it is written down.
    pub(crate) fn rule_json(&self, rule: &Rule) -> Value {
        let reward = rule.reward.map(|place| self.rewards[place].id.as_str());
        rule.json(reward)
    }

    /// How many of a reward are gone.
    pub(crate) fn gone(&self, reward: usize) -> usize {
        let gone = |given: &&Given| given.reward == reward && given.state != "cancelled";
        self.given.iter().filter(gone).count()
    }

    /// With what the points were paid of something that was given just now.
    pub(crate) fn paid(&self, given: &Given) -> Paid {
        let own = &self.cards[given.card];
        let from = given.entry.map_or(&[][..], |(_, place)| &own.entries[place].from);
        let mut paid: Paid = from
            .iter()
            .map(|(place, points)| {
                let lot = &own.lots[*place];
                (lot.made, lot.cause.term.clone(), lot.expires, *points)
            })
            .collect();
        paid.sort();
        paid
    }

    /// A member wants a reward.
    pub(crate) fn want(&mut self, card: usize, reward: usize, now: i64) -> Result<(), Refused> {
        if !self.rewards[reward].is_active {
            return Err("unknown_reward");
        }
        let card = self.acting(card);
        self.open(card, now);
        self.cards[card].active_at = now;
        self.give(card, reward, now)?;
        // Even one that would be given by itself is the member's own wish then.
        self.given.last_mut().expect("the reward").is_automatic = false;
        self.close(card, now);
        Ok(())
    }

    fn give(&mut self, card: usize, reward: usize, now: i64) -> Result<(), Refused> {
        self.give_for(card, reward, self.rewards[reward].cost, now)
    }

    /// Gives a reward for so many points.
    pub(super) fn give_for(
        &mut self,
        card: usize,
        reward: usize,
        cost: i64,
        now: i64,
    ) -> Result<(), Refused> {
        let what = self.rewards[reward].clone();
        let today = self.day(now);
        if let Some((most, within)) = what.limit {
            let first = first_day(within, today);
            let had = self.given.iter().filter(|given| {
                let day = self.day(given.at);
                self.acting(given.card) == card
                    && given.reward == reward
                    && given.state != "cancelled"
                    && first.is_none_or(|first| (first..=today).contains(&day))
            });
            if had.count() >= most {
                return Err("limit_reached");
            }
        }
        let gone = i64::try_from(self.gone(reward)).expect("few");
        if what.stock.is_some_and(|stock| gone >= stock) {
            return Err("reward_sold_out");
        }
        if cost > 0 && self.cards[card].balance < cost {
            return Err("insufficient_points");
        }
        let cause = Cause {
            term: Some(what.id),
            ..Cause::default()
        };
        let mut entry = None;
        if cost > 0 {
            entry = Some((card, self.cards[card].entries.len()));
            self.take(card, "redeem", cost, cause, false);
        }
        self.cards[card].has_changed = true;
        let end = |days: u32| midnight(self.zone, today + Days::new(u64::from(days) + 1));
        self.given.push(Given {
            id: String::new(),
            card,
            reward,
            state: "issued",
            cost,
            is_automatic: what.is_automatic,
            source: None,
            earned_by: None,
            at: now,
            expires: what.valid_days.map(end),
            used_for: None,
            entry,
        });
        Ok(())
    }

    /// Rewards that are given by themselves, as often as the points suffice.
    pub(super) fn give_automatic(&mut self, card: usize, now: i64) {
        for reward in 0..self.rewards.len() {
            let what = &self.rewards[reward];
            if !what.is_active || !what.is_automatic {
                continue;
            }
            while self.give(card, reward, now).is_ok() {}
        }
    }

    /// Rewards that a rule gives.
    pub(super) fn give_by_rule(&mut self, card: usize, rule: &str, number: i64, cause: &Cause, now: i64) {
        let own = self.rules.iter().find(|one| one.id == rule);
        let reward = own.and_then(|one| one.reward).expect("a rule with a reward");
        for _ in 0..number {
            if !self.rewards[reward].is_active || self.give_for(card, reward, 0, now).is_err() {
                return;
            }
            let given = self.given.last_mut().expect("the reward");
            given.is_automatic = false;
            given.source = Some(rule.to_owned());
            given.earned_by = cause.order;
        }
    }

    /// Part of an order goes back: unused rewards that rules gave for it go too, the newest first. A rule that counts
    /// money loses the money, and a reward for each step that is gone with it; of the others the same part goes.
    pub(super) fn take_given(&mut self, card: usize, order: usize, share: &dyn Fn(i64) -> i64, now: i64) {
        let counted = self.orders[order].counted.clone();
        let by_money: Vec<_> = counted.into_iter().filter(|one| one.gives_rewards).collect();
        for one in &by_money {
            let mut left = *self.cards[card].remainder_of(one.term.as_ref()) - share(one.minor);
            while left < 0 && self.take_newest(card, now, |given| given.source == one.term) {
                left += one.per;
            }
            *self.cards[card].remainder_of(one.term.as_ref()) = left;
        }
        let is_otherwise = |given: &Given| {
            given.earned_by == Some(order) && !by_money.iter().any(|one| one.term == given.source)
        };
        let all = self.given.iter().filter(|given| is_otherwise(given)).count();
        for _ in 0..share(i64::try_from(all).expect("few")) {
            self.take_newest(card, now, is_otherwise);
        }
    }

    fn take_newest(&mut self, card: usize, now: i64, is_meant: impl Fn(&Given) -> bool) -> bool {
        let is_there = |given: &Given| given.card == card && given.state == "issued" && is_meant(given);
        let newest = (0..self.given.len())
            .filter(|&place| is_there(&self.given[place]))
            .max_by_key(|&place| (self.given[place].at, self.given[place].id.clone()));
        if let Some(place) = newest {
            self.end(place, "cancelled", now);
        }
        newest.is_some()
    }

    /// A reward is handed over.
    pub(crate) fn complete(&mut self, place: usize, order: Option<usize>, now: i64) -> Result<(), Refused> {
        self.check_open(place, now)?;
        let card = self.acting(self.given[place].card);
        if order.is_some_and(|order| self.acting(self.orders[order].said.card) != card) {
            return Err("invalid");
        }
        self.open(card, now);
        self.given[place].state = "completed";
        self.given[place].used_for = order;
        self.cards[card].active_at = now;
        self.cards[card].has_changed = true;
        self.close(card, now);
        Ok(())
    }

    /// A reward is taken back.
    pub(crate) fn cancel(&mut self, place: usize, now: i64) -> Result<(), Refused> {
        self.check_open(place, now)?;
        let card = self.acting(self.given[place].card);
        self.open(card, now);
        self.end(place, "cancelled", now);
        self.close(card, now);
        Ok(())
    }

    fn check_open(&self, place: usize, now: i64) -> Result<(), Refused> {
        let given = &self.given[place];
        if given.state != "issued" {
            return Err("redemption_settled");
        }
        if given.expires.is_some_and(|expires| expires <= now) {
            return Err("redemption_expired");
        }
        Ok(())
    }

    /// The calendar ends a reward that was not used in time; whether it did.
    pub(crate) fn run_out(&mut self, place: usize, now: i64) -> bool {
        let given = &self.given[place];
        if given.state != "issued" || given.expires.is_none_or(|expires| expires > now) {
            return false;
        }
        let card = self.acting(given.card);
        self.open(card, now);
        self.end(place, "expired", now);
        self.close(card, now);
        true
    }

    pub(super) fn end(&mut self, place: usize, state: &'static str, now: i64) {
        self.given[place].state = state;
        let Given {
            card, reward, cost, ..
        } = self.given[place];
        let card = self.acting(card);
        self.cards[card].has_changed = true;
        let Some(entry) = self.given[place].entry else {
            return;
        };
        let taking = &mut self.cards[entry.0].entries[entry.1];
        taking.is_reversed = true;
        let from = taking.from.clone();
        let cause = Cause {
            term: Some(self.rewards[reward].id.clone()),
            ..Cause::default()
        };
        // What was not used in time comes back as it was; else there is time to spend it.
        let has_grace = state == "cancelled";
        self.give_back(card, now, "redeem_reversal", cost, cause, &from, has_grace);
    }

    /// Who owes points after some were taken loses what was given by itself and is unused, the newest first.
    pub(super) fn take_automatic(&mut self, card: usize, now: i64) {
        let is_meant = |given: &Given| given.card == card && given.state == "issued" && given.is_automatic;
        let mut places: Vec<usize> = (0..self.given.len())
            .filter(|&place| is_meant(&self.given[place]))
            .collect();
        places.sort_by_key(|&place| (self.given[place].at, self.given[place].id.clone()));
        for place in places.into_iter().rev() {
            if self.cards[card].balance < 0 {
                self.end(place, "cancelled", now);
            }
        }
    }

    /// What was used for an order that is given back is its holder's again.
    pub(super) fn give_again(&mut self, card: usize, order: usize, now: i64) {
        let again = midnight(self.zone, self.day(now) + Days::new(AGAIN_DAYS + 1));
        for given in &mut self.given {
            if given.used_for == Some(order) && given.state == "completed" {
                given.state = "issued";
                given.card = card;
                given.used_for = None;
                given.expires = given.expires.map(|had| had.max(again));
                self.cards[card].has_changed = true;
            }
        }
    }
}

/// The first day that a limit counts; all, if `None`.
fn first_day(within: Within, today: NaiveDate) -> Option<NaiveDate> {
    match within {
        Within::Day => Some(today),
        Within::Week => Some(today - Days::new(today.weekday().num_days_from_monday().into())),
        Within::Month => today.with_day(1),
        Within::Days(days) => Some(today - Days::new(u64::from(days) - 1)),
        Within::Ever => None,
    }
}
