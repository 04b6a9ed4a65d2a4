//! How many orders are too many in how short a time.

use serde::{Deserialize, Serialize};

use crate::types::Time;

/// Most safeguards of a program.
pub const SAFEGUARDS_MAX: usize = 8;
/// Most orders that a safeguard lets through in its time.
pub const ORDERS_MAX: u16 = 200;
/// Longest time of a safeguard: 31 days.
pub const MINUTES_MAX: u32 = 44_640;

/// Whose orders are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    /// A member's, on whichever card.
    Member,
    /// Those that a key recorded, whoever bought.
    Staff,
    /// Those that a key recorded for a member.
    Pair,
    /// Those of a card at a place: a sale that is split to earn more than once.
    Split,
}

impl Watched {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Staff => "staff",
            Self::Pair => "pair",
            Self::Split => "split",
        }
    }

    /// Whose orders, for a person to read.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Member => "The member",
            Self::Staff => "The key",
            Self::Pair => "The key for this member",
            Self::Split => "The card at this place",
        }
    }
}

/// What happens to one order too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// It is refused.
    Refuse,
    /// It stands, and a note is made of it.
    Flag,
}

/// So many orders within so many minutes are the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Safeguard {
    /// Whose orders.
    pub of: Watched,
    /// How many are let through.
    pub orders: u16,
    /// Within how many minutes up to now.
    pub minutes: u32,
    /// What happens to the next one.
    pub then: Reaction,
}

impl Safeguard {
    /// Whether its numbers lie within their limits.
    pub const fn is_sound(&self) -> bool {
        self.orders >= 1 && self.orders <= ORDERS_MAX && self.minutes >= 1 && self.minutes <= MINUTES_MAX
    }

    /// Whether another one counts the same for the same end.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.of, self.minutes, self.then) == (other.of, other.minutes, other.then)
    }

    /// When there is room for another order, if there is none now; `recent` are the latest orders.
    pub fn is_full_until(&self, recent: &[Time], now: Time) -> Option<Time> {
        let span = i64::from(self.minutes) * 60_000;
        let mut live: Vec<Time> = recent
            .iter()
            .map(|at| at.plus_ms(span))
            .filter(|ends| *ends > now)
            .collect();
        live.sort_unstable();
        let over = live.len().checked_sub(usize::from(self.orders))?;
        live.get(over).copied()
    }

    /// The latest orders with one more: as many as it takes to judge the next.
    pub fn keep(&self, mut recent: Vec<Time>, now: Time) -> Vec<Time> {
        recent.push(now);
        recent.sort_unstable();
        let over = recent.len().saturating_sub(usize::from(self.orders));
        recent.split_off(over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safeguard_lets_so_many_through_in_its_time_and_says_when_there_is_room() {
        let two_an_hour = Safeguard {
            of: Watched::Member,
            orders: 2,
            minutes: 60,
            then: Reaction::Refuse,
        };
        let at = |minute: i64| Time::from_millis(minute * 60_000);
        let mut recent = Vec::new();
        for minute in [0, 10] {
            assert_eq!(two_an_hour.is_full_until(&recent, at(minute)), None);
            recent = two_an_hour.keep(recent, at(minute));
        }
        assert_eq!(two_an_hour.is_full_until(&recent, at(59)), Some(at(60)));
        assert_eq!(two_an_hour.is_full_until(&recent, at(60)), None);
        recent = two_an_hour.keep(recent, at(60));
        assert_eq!(recent, [at(10), at(60)], "no more is kept than it takes");
        assert_eq!(two_an_hour.is_full_until(&recent, at(61)), Some(at(70)));
    }
}
