//! Tiers: what members reach by what they did lately, and keep for a while.
//!
//! A card climbs as soon as it has done enough. When it has not done enough any more, it keeps its tier for the days
//! of grace, and then goes to the tier that it has done enough for.

use serde::{Deserialize, Serialize};

use super::rule::check::{MULTIPLY_MAX, RuleFault, TEXT_MAX};
use super::rulebook::Listed;
use crate::types::{Day, Money, Text, Time, Zone};

/// Most perks of a tier.
pub const PERKS_MAX: usize = 10;
/// Longest perk in each language, in characters.
pub const PERK_MAX: usize = 200;
/// Longest rolling window, in days.
pub const WINDOW_DAYS_MAX: u16 = 1_830;
/// Most days of grace.
pub const GRACE_DAYS_MAX: u16 = 730;

/// A tier of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// What the staff call it, and rules name it by.
    pub name: String,
    /// What customers read; the name, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_as: Option<Text>,
    /// How much takes a member there, in what the program's tiers count: points, minor units or visits.
    pub threshold: i64,
    /// The points of the rules come to so many hundredths of themselves for its members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiply: Option<i64>,
    /// What its members have of it, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub perks: Vec<Text>,
}

impl Tier {
    /// What customers read.
    pub fn title(&self) -> Text {
        self.shown_as.clone().unwrap_or_else(|| Text::plain(&self.name))
    }
}

/// How the tiers of a program are reached and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TierPolicy {
    /// What counts.
    pub by: Basis,
    /// In which time.
    pub within: Window,
    /// Days for which a tier is kept that has not been done enough for any more.
    pub grace_days: u16,
}

impl Default for TierPolicy {
    fn default() -> Self {
        Self {
            by: Basis::default(),
            within: Window::default(),
            grace_days: 30,
        }
    }
}

/// What counts towards tiers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Points that orders and events earned; spending them takes nothing away.
    #[default]
    Points,
    /// Money that was paid, in minor units.
    Spend,
    /// Days with an order.
    Visits,
}

/// The time that counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Window {
    /// The year of the calendar.
    #[default]
    Year,
    /// So many days, today the last of them.
    Days(u16),
    /// All of it.
    Ever,
}

impl TierPolicy {
    /// Whether it lies within its limits.
    pub const fn is_sound(self) -> bool {
        let fits = match self.within {
            Window::Days(days) => days >= 1 && days <= WINDOW_DAYS_MAX,
            Window::Year | Window::Ever => true,
        };
        fits && self.grace_days <= GRACE_DAYS_MAX
    }

    /// The first day that counts on a day; `None` if all do.
    pub fn first_day(self, today: Day) -> Option<Day> {
        match self.within {
            Window::Year => Some(today.start_of_year()),
            Window::Days(days) => Some(today.plus_days(1 - i64::from(days))),
            Window::Ever => None,
        }
    }
}

/// What was done on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activity {
    /// Points that orders and events earned.
    pub points: i64,
    /// Money that was paid, in minor units.
    pub minor: i64,
    /// Orders.
    pub orders: i64,
}

impl Activity {
    /// What of it counts.
    pub fn counted(self, by: Basis) -> i64 {
        match by {
            Basis::Points => self.points,
            Basis::Spend => self.minor,
            // Many orders on one day are one visit.
            Basis::Visits => i64::from(self.orders > 0),
        }
    }
}

/// Where a card stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Its tier, if it has reached any.
    pub tier: Option<String>,
    /// When it loses the tier if nothing more is done.
    pub until: Option<Time>,
    /// What counts towards tiers at present.
    pub progress: i64,
}

/// The tiers of a program, the lowest first, and how they are reached and kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ladder {
    policy: TierPolicy,
    tiers: Vec<Listed<Tier>>,
}

impl Ladder {
    /// Puts tiers in their order.
    pub fn new(policy: TierPolicy, mut tiers: Vec<Listed<Tier>>) -> Self {
        tiers.sort_by_key(|tier| tier.body.threshold);
        Self { policy, tiers }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.tiers.is_empty()
    }

    /// The tiers, the lowest first.
    pub fn tiers(&self) -> &[Listed<Tier>] {
        &self.tiers
    }

    /// How they are reached and kept.
    pub const fn policy(&self) -> TierPolicy {
        self.policy
    }

    /// The tier of an id.
    pub fn find(&self, id: Option<&str>) -> Option<&Listed<Tier>> {
        self.rank(id).and_then(|rank| self.tiers.get(rank))
    }

    /// The lowest tier that more is needed for, and how much more.
    pub fn next(&self, place: &Place) -> Option<(&Listed<Tier>, i64)> {
        let above = self.rank(place.tier.as_deref()).map_or(0, |rank| rank + 1);
        let next = self.tiers.get(above)?;
        Some((next, (next.body.threshold - place.progress).max(0)))
    }

    fn rank(&self, id: Option<&str>) -> Option<usize> {
        let id = id?;
        self.tiers.iter().position(|tier| tier.id.as_deref() == Some(id))
    }

    fn reached(&self, progress: i64) -> Option<usize> {
        self.tiers
            .iter()
            .rposition(|tier| tier.body.threshold <= progress)
    }

    /// Where a card stands that stood at `before`; `days` is what was done from the first day that counts on,
    /// oldest first.
    pub fn climb(&self, before: &Place, days: &[(Day, Activity)], zone: Zone, now: Time) -> Place {
        let today = zone.local(now).day;
        let counted: Vec<(Day, i64)> = days
            .iter()
            .map(|(day, activity)| (*day, activity.counted(self.policy.by)))
            .collect();
        let progress = counted.iter().map(|(_, amount)| amount).sum();
        let reached = self.reached(progress);
        let stood = self.rank(before.tier.as_deref());
        if stood > reached {
            let is_over = before.until.is_some_and(|until| until <= now);
            let kept = zone.start_of(today.plus_days(i64::from(self.policy.grace_days)));
            if !is_over && kept > now {
                return Place {
                    tier: before.tier.clone(),
                    until: Some(before.until.map_or(kept, |until| until.min(kept))),
                    progress,
                };
            }
        }
        let tier = reached.and_then(|rank| self.tiers.get(rank));
        Place {
            until: tier.and_then(|tier| {
                let lost = self.lost_on(tier.body.threshold, progress, &counted, today)?;
                Some(zone.start_of(lost.plus_days(i64::from(self.policy.grace_days))))
            }),
            tier: tier.and_then(|tier| tier.id.clone()),
            progress,
        }
    }

    /// The first day on which what was done does not suffice any more, if nothing more is done.
    fn lost_on(&self, threshold: i64, progress: i64, counted: &[(Day, i64)], today: Day) -> Option<Day> {
        if threshold <= 0 {
            return None;
        }
        match self.policy.within {
            Window::Ever => None,
            Window::Year => {
                let (year, _, _) = today.parts();
                Day::from_date(year + 1, 1, 1)
            }
            Window::Days(length) => {
                let mut left = progress;
                counted.iter().find_map(|(day, amount)| {
                    left -= amount;
                    (left < threshold).then(|| day.plus_days(i64::from(length)))
                })
            }
        }
    }
}

/// Everything that is wrong with a tier; nothing if it is sound.
pub fn check_tier(tier: &Tier) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    let mut add = |pointer: String, code: &'static str, detail: String| {
        faults.push(RuleFault {
            pointer,
            code,
            detail,
        });
    };
    let is_short = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
    let is_sound = |text: &Text, most: usize| {
        is_short(text.fallback(), most) && text.translations().values().all(|one| is_short(one, most))
    };
    if !is_short(&tier.name, TEXT_MAX) {
        add(
            "/name".to_owned(),
            "bad_text",
            format!("give 1 to {TEXT_MAX} characters"),
        );
    }
    if tier
        .shown_as
        .as_ref()
        .is_some_and(|text| !is_sound(text, TEXT_MAX))
    {
        add(
            "/shown_as".to_owned(),
            "bad_text",
            format!("give 1 to {TEXT_MAX} characters in each language"),
        );
    }
    if !(0..=Money::MAX_MINOR).contains(&tier.threshold) {
        add(
            "/threshold".to_owned(),
            "out_of_range",
            format!("give between 0 and {}", Money::MAX_MINOR),
        );
    }
    if tier
        .multiply
        .is_some_and(|hundredths| !(101..=MULTIPLY_MAX).contains(&hundredths))
    {
        add(
            "/multiply".to_owned(),
            "out_of_range",
            format!(
                "give hundredths between 101 (1.01 times) and {MULTIPLY_MAX}; 150 gives half as much again"
            ),
        );
    }
    if tier.perks.len() > PERKS_MAX {
        add(
            "/perks".to_owned(),
            "too_many",
            format!("name at most {PERKS_MAX} perks"),
        );
    }
    for (place, perk) in tier.perks.iter().enumerate() {
        if !is_sound(perk, PERK_MAX) {
            add(
                format!("/perks/{place}"),
                "bad_text",
                format!("give 1 to {PERK_MAX} characters in each language"),
            );
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(by: Basis, within: Window, grace_days: u16) -> Ladder {
        let tier = |name: &str, threshold: i64| Listed {
            id: Some(name.to_owned()),
            version: 1,
            body: Tier {
                name: name.to_owned(),
                shown_as: None,
                threshold,
                multiply: None,
                perks: Vec::new(),
            },
        };
        let policy = TierPolicy {
            by,
            within,
            grace_days,
        };
        Ladder::new(policy, vec![tier("gold", 500), tier("silver", 100)])
    }

    fn day(year: i32, month: u32, day: u32) -> Day {
        Day::from_date(year, month, day).expect("a day")
    }

    fn points(points: i64) -> Activity {
        Activity {
            points,
            ..Activity::default()
        }
    }

    fn noon(day: Day) -> Time {
        Zone::UTC.start_of(day).plus_ms(43_200_000)
    }

    fn told(place: &Place) -> (Option<&str>, Option<String>, i64) {
        let until = place.until.map(|until| Zone::UTC.local(until).day.to_string());
        (place.tier.as_deref(), until, place.progress)
    }

    /// A card's way: what is done on which day, and where it stands then.
    fn walk(ladder: &Ladder, done: &[(Day, i64)]) -> Vec<Place> {
        let mut place = Place::default();
        let mut all: Vec<(Day, Activity)> = Vec::new();
        let mut places = Vec::new();
        for (day, amount) in done {
            if *amount != 0 {
                all.push((*day, points(*amount)));
            }
            let first = ladder.policy().first_day(*day);
            let counted: Vec<_> = all
                .iter()
                .copied()
                .filter(|(day, _)| first.is_none_or(|first| *day >= first))
                .collect();
            place = ladder.climb(&place, &counted, Zone::UTC, noon(*day));
            places.push(place.clone());
        }
        places
    }

    #[test]
    fn a_card_climbs_at_once_and_over_several_tiers() {
        let ladder = ladder(Basis::Points, Window::Year, 0);
        let places = walk(
            &ladder,
            &[
                (day(2026, 3, 1), 99),
                (day(2026, 3, 2), 1),
                (day(2026, 3, 3), 400),
            ],
        );
        assert_eq!(told(&places[0]), (None, None, 99));
        assert_eq!(
            told(&places[1]),
            (Some("silver"), Some("2027-01-01".to_owned()), 100)
        );
        assert_eq!(
            told(&places[2]),
            (Some("gold"), Some("2027-01-01".to_owned()), 500)
        );
        assert_eq!(
            ladder
                .next(&places[0])
                .map(|(tier, missing)| (tier.body.name.as_str(), missing)),
            Some(("silver", 1))
        );
        assert_eq!(
            ladder
                .next(&places[1])
                .map(|(tier, missing)| (tier.body.name.as_str(), missing)),
            Some(("gold", 400))
        );
        assert_eq!(ladder.next(&places[2]), None);
    }

    #[test]
    fn a_rolling_window_is_lost_when_what_carried_it_leaves() {
        let ladder = ladder(Basis::Points, Window::Days(30), 10);
        let places = walk(
            &ladder,
            &[
                (day(2026, 1, 1), 60),
                (day(2026, 1, 11), 60),
                // 30 days after the first: 60 of 120 are left, the grace begins.
                (day(2026, 1, 31), 0),
                (day(2026, 2, 9), 0),
                (day(2026, 2, 10), 0),
            ],
        );
        assert_eq!(
            told(&places[1]),
            (Some("silver"), Some("2026-02-10".to_owned()), 120)
        );
        assert_eq!(
            told(&places[2]),
            (Some("silver"), Some("2026-02-10".to_owned()), 60)
        );
        assert_eq!(told(&places[3]).0, Some("silver"));
        assert_eq!(told(&places[4]), (None, None, 0));
    }

    #[test]
    fn who_does_enough_again_within_the_grace_keeps_the_tier() {
        let ladder = ladder(Basis::Points, Window::Days(30), 10);
        let places = walk(
            &ladder,
            &[
                (day(2026, 1, 1), 120),
                (day(2026, 2, 5), 50),
                (day(2026, 2, 9), 50),
            ],
        );
        assert_eq!(
            told(&places[1]),
            (Some("silver"), Some("2026-02-10".to_owned()), 50)
        );
        assert_eq!(
            told(&places[2]),
            (Some("silver"), Some("2026-03-17".to_owned()), 100)
        );
    }

    #[test]
    fn a_year_is_kept_through_the_grace_of_the_next() {
        let ladder = ladder(Basis::Points, Window::Year, 90);
        let places = walk(
            &ladder,
            &[
                (day(2026, 6, 1), 600),
                (day(2027, 2, 1), 100),
                (day(2027, 4, 1), 0),
            ],
        );
        assert_eq!(
            told(&places[0]),
            (Some("gold"), Some("2027-04-01".to_owned()), 600)
        );
        assert_eq!(
            told(&places[1]),
            (Some("gold"), Some("2027-04-01".to_owned()), 100)
        );
        // From gold it goes where this year's hundred points reach.
        assert_eq!(
            told(&places[2]),
            (Some("silver"), Some("2028-03-31".to_owned()), 100)
        );
    }

    #[test]
    fn a_refund_begins_the_grace_and_further_deeds_do_not_prolong_it() {
        let ladder = ladder(Basis::Points, Window::Ever, 10);
        let places = walk(
            &ladder,
            &[
                (day(2026, 1, 1), 120),
                (day(2026, 1, 5), -40),
                (day(2026, 1, 9), 1),
                (day(2026, 1, 15), 0),
            ],
        );
        assert_eq!(told(&places[0]), (Some("silver"), None, 120));
        assert_eq!(
            told(&places[1]),
            (Some("silver"), Some("2026-01-15".to_owned()), 80)
        );
        assert_eq!(
            told(&places[2]),
            (Some("silver"), Some("2026-01-15".to_owned()), 81)
        );
        assert_eq!(told(&places[3]), (None, None, 81));
    }

    #[test]
    fn without_grace_a_tier_is_lost_at_once() {
        let ladder = ladder(Basis::Points, Window::Ever, 0);
        let places = walk(&ladder, &[(day(2026, 1, 1), 120), (day(2026, 1, 1), -21)]);
        assert_eq!(told(&places[1]), (None, None, 99));
    }

    #[test]
    fn many_orders_on_a_day_are_one_visit() {
        let orders = |orders| Activity {
            orders,
            ..Activity::default()
        };
        assert_eq!(
            [0, 1, 5, -1].map(|count| orders(count).counted(Basis::Visits)),
            [0, 1, 1, 0]
        );
    }

    #[test]
    fn what_a_tier_cannot_be_is_refused_with_a_pointer() {
        let tier = Tier {
            name: " ".to_owned(),
            shown_as: Some(Text::plain("")),
            threshold: -1,
            multiply: Some(100),
            perks: vec![Text::plain("")],
        };
        let pointers: Vec<String> = check_tier(&tier).into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(
            pointers,
            ["/name", "/shown_as", "/threshold", "/multiply", "/perks/0"]
        );
    }
}
