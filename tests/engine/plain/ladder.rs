//! Tiers in the plain model: each look at a card counts all its orders and events anew.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, NaiveDate};
use serde_json::{Value, json};

use super::{Model, midnight};

/// A tier.
#[derive(Debug, Clone)]
pub(crate) struct Tier {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) is_active: bool,
    pub(crate) threshold: i64,
    pub(crate) percent: Option<i64>,
}

/// How tiers are reached and kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Climbing {
    pub(crate) by: Basis,
    pub(crate) within: Span,
    pub(crate) grace_days: u32,
}

/// What counts towards tiers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Basis {
    Points,
    Spend,
    Visits,
}

/// The time that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Span {
    Year,
    Days(u32),
    Ever,
}

/// An event that was recorded.
#[derive(Debug, Clone)]
pub(super) struct Happened {
    pub(super) card: usize,
    pub(super) at: i64,
    pub(super) earned: i64,
    /// What of it was undone by hand.
    pub(super) undone: i64,
}

impl Tier {
    pub(crate) fn json(&self) -> Value {
        let mut body = json!({ "name": self.name, "threshold": self.threshold });
        if let Some(percent) = self.percent {
            body["multiply"] = json!(percent);
        }
        body
    }
}

impl Climbing {
    pub(crate) fn json(self) -> Value {
        let by = match self.by {
            Basis::Points => "points",
            Basis::Spend => "spend",
            Basis::Visits => "visits",
        };
        let within = match self.within {
            Span::Year => json!("year"),
            Span::Days(days) => json!({ "days": days }),
            Span::Ever => json!("ever"),
        };
        json!({ "by": by, "within": within, "grace_days": self.grace_days })
    }
}

impl Model {
    /// The active tier that a card is on.
    pub(crate) fn tier_of(&self, card: usize) -> Option<&Tier> {
        let id = self.cards[card].tier.as_ref()?;
        self.tiers.iter().find(|tier| tier.is_active && tier.id == *id)
    }

    /// What of each day of a card counts: what stands of its orders and events.
    fn counted(&self, card: usize) -> BTreeMap<NaiveDate, i64> {
        let mut days = BTreeMap::new();
        for order in self
            .orders
            .iter()
            .filter(|order| self.acting(order.said.card) == card)
        {
            let is_given_back = !order.refunds.is_empty() && order.refunded >= order.said.total;
            let day: &mut i64 = days.entry(self.day(order.at)).or_default();
            *day = match self.climbing.by {
                Basis::Points => *day + order.earned - order.taken_back,
                Basis::Spend => *day + order.said.total - order.refunded,
                // However many orders, a day is one visit.
                Basis::Visits => (*day).max(i64::from(!is_given_back)),
            };
        }
        for event in self
            .happened
            .iter()
            .filter(|event| self.acting(event.card) == card)
        {
            if matches!(self.climbing.by, Basis::Points) {
                *days.entry(self.day(event.at)).or_default() += event.earned - event.undone;
            }
        }
        days
    }

    /// What counts on a day, of what is known today.
    fn progress(&self, counted: &BTreeMap<NaiveDate, i64>, day: NaiveDate) -> i64 {
        let first = match self.climbing.within {
            Span::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1).expect("a day"),
            Span::Days(days) => day - Days::new(u64::from(days) - 1),
            Span::Ever => NaiveDate::MIN,
        };
        counted.range(first..).map(|(_, amount)| amount).sum()
    }

    /// The first midnight after which what was done does not suffice, if nothing more is done, and the grace on top.
    fn lost_at(&self, counted: &BTreeMap<NaiveDate, i64>, threshold: i64, today: NaiveDate) -> Option<i64> {
        let mut day = today;
        loop {
            day = match self.climbing.within {
                _ if threshold <= 0 => return None,
                Span::Ever => return None,
                Span::Year => NaiveDate::from_ymd_opt(today.year() + 1, 1, 1).expect("a day"),
                Span::Days(_) => day + Days::new(1),
            };
            let is_lost = self.progress(counted, day) < threshold;
            if is_lost || matches!(self.climbing.within, Span::Year) {
                let last = day + Days::new(self.climbing.grace_days.into());
                return Some(midnight(self.zone, last));
            }
        }
    }

    /// Looks where a card stands, if there is a reason to.
    pub(super) fn look(&mut self, card: usize, now: i64) {
        let mut ladder: Vec<&Tier> = self.tiers.iter().filter(|tier| tier.is_active).collect();
        ladder.sort_by_key(|tier| tier.threshold);
        let own = &self.cards[card];
        let is_over = own.until.is_some_and(|until| until <= now);
        let is_unknown = own.tier.is_some() && self.tier_of(card).is_none();
        let has_reason = own.is_done || own.version == 1 || is_over || is_unknown;
        let stands = if ladder.is_empty() {
            (None, None, 0)
        } else if has_reason {
            self.stands(card, now, is_over, &ladder)
        } else {
            return;
        };
        let own = &mut self.cards[card];
        (own.tier, own.until, own.progress) = stands;
    }

    fn stands(
        &self,
        card: usize,
        now: i64,
        is_over: bool,
        ladder: &[&Tier],
    ) -> (Option<String>, Option<i64>, i64) {
        let today = self.day(now);
        let counted = self.counted(card);
        let progress = self.progress(&counted, today);
        let own = &self.cards[card];
        let reached = ladder.iter().rfind(|tier| tier.threshold <= progress);
        let needs = self.tier_of(card).map(|tier| tier.threshold);
        if needs.is_some_and(|needs| needs > progress) && !is_over {
            let grace = midnight(self.zone, today + Days::new(self.climbing.grace_days.into()));
            if grace > now {
                let until = own.until.map_or(grace, |until| until.min(grace));
                return (own.tier.clone(), Some(until), progress);
            }
        }
        let until = reached.and_then(|tier| self.lost_at(&counted, tier.threshold, today));
        (reached.map(|tier| tier.id.clone()), until, progress)
    }
}
