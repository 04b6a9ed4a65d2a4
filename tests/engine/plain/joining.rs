//! Points given away and members joined, in the plain model.

use std::collections::BTreeMap;

use super::{Cause, Lot, Model, Refused};

/// Most points that a member gives away a day.
pub(crate) const GIVEN_MAX: i64 = 60;
/// Under what they are counted.
const GIVEN: &str = "transfer";

impl Model {
    /// The card that acts for one: another after their members were joined.
    pub(crate) fn acting(&self, mut card: usize) -> usize {
        while let Some(into) = self.cards[card].led_to {
            card = into;
        }
        card
    }

    /// Points are given away; they keep their dates.
    pub(crate) fn transfer(&mut self, from: usize, to: usize, points: i64, now: i64) -> Result<(), Refused> {
        let (from, to) = (self.acting(from), self.acting(to));
        if points <= 0 || from == to {
            return Err("invalid");
        }
        let today = self.day(now);
        let uses = self.cards[from].uses.iter();
        let so_far: i64 = uses
            .filter(|(what, day, _)| what == GIVEN && *day == today)
            .map(|(_, _, points)| points)
            .sum();
        if so_far + points > GIVEN_MAX {
            return Err("limit_reached");
        }
        self.open(from, now);
        if self.cards[from].balance < points {
            return Err("insufficient_points");
        }
        self.open(to, now);
        self.cards[from].uses.push((GIVEN.to_owned(), today, points));
        self.cards[from].active_at = now;
        self.take(from, "transfer_out", points, Cause::default(), false);
        let own = &self.cards[from];
        let paid = own.entries.last().expect("what left").from.iter();
        let mut dated = BTreeMap::new();
        for (place, points) in paid {
            if let Some(expires) = own.lots[*place].expires {
                *dated.entry(expires).or_insert(0) += points;
            }
        }
        let taker = &mut self.cards[to];
        let mut owed = (-taker.balance).max(0);
        taker.balance += points;
        for (expires, points) in dated {
            let paid = owed.min(points);
            owed -= paid;
            if points > paid {
                taker.lots.push(Lot {
                    is_pending: false,
                    active_from: now,
                    expires: Some(expires),
                    left: points - paid,
                    expired: 0,
                    made: now,
                    cause: Cause::default(),
                });
                taker.wake_at(expires);
            }
        }
        self.note(to, "transfer_in", points, Cause::default(), Vec::new());
        self.give_automatic(to, now);
        self.close(from, now);
        self.close(to, now);
        Ok(())
    }

    /// Two members are joined: everything of the second is the first's from now on, also what is owed.
    pub(crate) fn join(&mut self, into: usize, from: usize, now: i64) -> Result<(), Refused> {
        if into == from {
            return Err("invalid");
        }
        if self.cards[into].led_to.is_some() || self.cards[from].led_to.is_some() {
            return Err("member_merged");
        }
        self.open(into, now);
        self.open(from, now);
        let points = self.cards[from].balance;
        let mut owed = (-self.cards[into].balance).max(0);
        if points != 0 {
            self.cards[from].balance = 0;
            self.note(from, "merge", -points, Cause::default(), Vec::new());
        }
        if points > 0 {
            self.cards[into].balance += points;
            self.note(into, "merge", points, Cause::default(), Vec::new());
        } else if points < 0 {
            self.take(into, "merge", -points, Cause::default(), false);
        }
        for place in self.cards[from].by_expiry() {
            let lot = &mut self.cards[from].lots[place];
            let paid = if lot.is_pending { 0 } else { owed.min(lot.left) };
            lot.left -= paid;
            owed -= paid;
        }
        self.move_lots(into, from);
        let source = self.cards[from].clone();
        let target = &mut self.cards[into];
        target.orders += source.orders;
        target.remainder += source.remainder;
        for (rule, remainder) in source.remainders {
            *target.remainders.entry(rule).or_default() += remainder;
        }
        target.uses.extend(source.uses);
        target.active_at = target.active_at.max(source.active_at);
        for given in &mut self.given {
            if given.card == from && given.state == "issued" {
                given.card = into;
            }
        }
        for card in [from, into] {
            self.cards[card].has_changed = true;
            self.cards[card].wake = self.cards[card].next_date();
        }
        self.close(from, now);
        self.cards[from].led_to = Some(into);
        // What tiers count is more than before.
        self.cards[into].is_done = true;
        self.give_automatic(into, now);
        self.close(into, now);
        Ok(())
    }

    /// What has a date goes along, and whoever took from it finds it at its new place.
    fn move_lots(&mut self, into: usize, from: usize) {
        let offset = self.cards[into].lots.len();
        let lots = std::mem::take(&mut self.cards[from].lots);
        self.cards[into].lots.extend(lots);
        for card in 0..self.cards.len() {
            if self.acting(card) == from {
                let taken = self.cards[card].entries.iter_mut();
                for (place, _) in taken.flat_map(|entry| entry.from.iter_mut()) {
                    *place += offset;
                }
            }
        }
    }
}
