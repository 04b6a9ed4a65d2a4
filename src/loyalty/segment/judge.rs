//! Whether a member is in a segment, from what is known of them.

use std::collections::{BTreeMap, BTreeSet};

use super::rfm::Measures;
use super::stage::{Stage, Visits};
use super::{Bounds, Criterion, Reach};
use crate::loyalty::birthday::celebrated_on;
use crate::loyalty::insight::RFM_DAYS;
use crate::loyalty::mark::Mark;
use crate::loyalty::tier::Activity;
use crate::types::Day;

/// What is known of a member, as criteria ask for it.
#[derive(Debug, Clone)]
pub struct Profile {
    /// When they joined.
    pub joined: Day,
    /// Points that can be spent.
    pub points: i64,
    /// Id and name of their tier.
    pub tier: Option<(String, String)>,
    /// Ids and names of the lists that they are on.
    pub lists: Vec<(String, String)>,
    /// What they bought, day by day.
    pub bought: BTreeMap<Day, Activity>,
    /// What was said of their orders, with the days and how many they were.
    pub marked: Vec<(Mark, Day, i64)>,
    /// What else they did: types of events with their days.
    pub events: Vec<(String, Day)>,
    /// Their attributes, as texts.
    pub attributes: BTreeMap<String, String>,
    /// The day of the year on which they were born: 100 times the month and the day.
    pub birthday: Option<i64>,
    /// Friends who came by their link and paid.
    pub invited: i64,
    /// Whether they came by the link of a friend.
    pub was_invited: bool,
    /// The wallets that their card is in.
    pub wallets: BTreeSet<Reach>,
    /// When a phone last fetched their card.
    pub fetched: Option<Day>,
    /// What they last said to each purpose.
    pub consents: BTreeMap<String, bool>,
}

impl Bounds {
    /// Whether a number is within.
    pub fn hold(self, number: i64) -> bool {
        self.at_least.is_none_or(|least| number >= least) && self.at_most.is_none_or(|most| number <= most)
    }
}

/// The first day of a time that ends today; `None` if the time is ever.
pub fn first_day(within_days: Option<u16>, today: Day) -> Option<Day> {
    within_days.map(|days| today.plus_days(1 - i64::from(days)))
}

impl Profile {
    /// What they bought within a time, and on how many days.
    fn sum(&self, within_days: Option<u16>, today: Day) -> (Activity, i64) {
        let first = first_day(within_days, today);
        let mut sum = Activity::default();
        let mut visits = 0;
        for (day, done) in &self.bought {
            if *day <= today && first.is_none_or(|first| *day >= first) {
                sum.orders += done.orders;
                sum.minor += done.minor;
                visits += i64::from(done.orders > 0);
            }
        }
        (sum, visits)
    }

    /// The days on which they bought.
    pub fn visits(&self, today: Day) -> Option<Visits> {
        let mut days = self
            .bought
            .iter()
            .filter(|(day, done)| done.orders > 0 && **day <= today)
            .map(|(day, _)| *day);
        let first = days.next()?;
        Some(days.fold(
            Visits {
                count: 1,
                first,
                last: first,
            },
            |visits, day| Visits {
                count: visits.count + 1,
                last: day,
                ..visits
            },
        ))
    }

    /// What they bought on days with an order within 365 days; `None` without one.
    pub fn measures(&self, today: Day) -> Option<Measures> {
        let first = today.plus_days(1 - RFM_DAYS);
        let days = self
            .bought
            .iter()
            .filter(|(day, done)| done.orders > 0 && **day >= first && **day <= today);
        days.fold(None, |sum: Option<Measures>, (day, done)| {
            let (frequency, money) = sum.map_or((0, 0), |sum| (sum.frequency, sum.money));
            Some(Measures {
                recency: day.number(),
                frequency: frequency + done.orders,
                money: money + done.minor,
            })
        })
    }

    fn days_to_birthday(&self, today: Day, most: u16) -> bool {
        let Some(birthday) = self.birthday else {
            return false;
        };
        (0..=i64::from(most)).any(|days| celebrated_on(today.plus_days(days)).contains(&birthday))
    }
}

fn ago(bounds: Bounds, day: Option<Day>, today: Day) -> bool {
    day.is_some_and(|day| bounds.hold(today.number() - day.number()))
}

impl Criterion {
    /// Whether it holds of a member today.
    pub fn holds(&self, of: &Profile, today: Day) -> bool {
        match self {
            Self::All(list) => list.iter().all(|one| one.holds(of, today)),
            Self::Any(list) => list.iter().any(|one| one.holds(of, today)),
            Self::Not(one) => !one.holds(of, today),
            Self::Orders(amount) => amount.bounds().hold(of.sum(amount.within_days, today).0.orders),
            Self::Spend(amount) => amount.bounds().hold(of.sum(amount.within_days, today).0.minor),
            Self::AverageOrder(amount) => {
                let (sum, _) = of.sum(amount.within_days, today);
                // Rounded down.
                sum.orders > 0 && amount.bounds().hold(sum.minor.div_euclid(sum.orders))
            }
            Self::Visits(amount) => amount.bounds().hold(of.sum(amount.within_days, today).1),
            Self::FirstOrder(days) => ago(days.bounds(), of.visits(today).map(|visits| visits.first), today),
            Self::LastOrder(days) => ago(days.bounds(), of.visits(today).map(|visits| visits.last), today),
            Self::Joined(days) => ago(days.bounds(), Some(of.joined), today),
            Self::Bought(purchased) => {
                let first = first_day(purchased.within_days, today);
                let is_named = |mark: &Mark| {
                    let mut names = purchased.names().into_iter();
                    names.any(|(kind, names)| kind == mark.kind && names.contains(&mark.name))
                };
                let is_meant = |(mark, day, _): &&(Mark, Day, i64)| {
                    is_named(mark) && *day <= today && first.is_none_or(|first| *day >= first)
                };
                let orders = of.marked.iter().filter(is_meant).map(|(_, _, orders)| orders);
                purchased.bounds().hold(orders.sum())
            }
            Self::Event(happened) => {
                let first = first_day(happened.within_days, today);
                let is_meant = |(kind, day): &&(String, Day)| {
                    *kind == happened.kind && *day <= today && first.is_none_or(|first| *day >= first)
                };
                let count = of.events.iter().filter(is_meant).count();
                happened.bounds().hold(i64::try_from(count).unwrap_or(i64::MAX))
            }
            Self::Attribute(attribute) => of
                .attributes
                .get(&attribute.name)
                .is_some_and(|value| attribute.is.contains(value)),
            Self::Tier(tiers) => of
                .tier
                .as_ref()
                .is_some_and(|(id, name)| tiers.contains(id) || tiers.contains(name)),
            Self::List(lists) => {
                let is_named = |(id, name): &(String, String)| lists.contains(id) || lists.contains(name);
                of.lists.iter().any(is_named)
            }
            Self::Points(bounds) => bounds.hold(of.points),
            Self::BirthdayWithin(days) => of.days_to_birthday(today, *days),
            Self::Stage(stages) => stages.contains(&Stage::of(of.visits(today), today)),
            Self::Rfm(rfm) => of.measures(today).is_some_and(|measures| rfm.holds(measures)),
            Self::Invited(bounds) => bounds.hold(of.invited),
            Self::WasInvited(wanted) => of.was_invited == *wanted,
            Self::Reach(wallets) => wallets.iter().any(|wallet| match wallet {
                Reach::None => of.wallets.is_empty(),
                other => of.wallets.contains(other),
            }),
            Self::Fetched(days) => ago(days.bounds(), of.fetched, today),
            Self::Consent(said) => of.consents.get(&said.purpose).copied().unwrap_or(false) == said.granted,
        }
    }
}
