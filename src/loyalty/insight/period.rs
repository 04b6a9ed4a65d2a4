//! The days that figures are of.

use std::fmt;
use std::str::FromStr;

use crate::types::{Day, Time, Zone};

/// The periods that a page offers, in days up to today.
pub const USUAL_DAYS: [i64; 3] = [30, 90, 365];
/// Longest period in days: ten years.
pub const PERIOD_DAYS_MAX: i64 = 3_660;
/// Months of joining, and of the months since, that are told apart.
pub const COHORT_MONTHS: usize = 12;
/// Days before the period's end in which orders count for recency, frequency and money.
pub const RFM_DAYS: i64 = 365;
/// Furthest back that a zone's clock changes are looked for, in days.
const CHANGES_DAYS_MAX: i64 = 7_320;
const DAY_MS: i64 = 86_400_000;

/// Which days figures are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// So many days up to today, today among them.
    Last(i64),
    /// From one day to another, both among them.
    Days(Day, Day),
}

/// The text is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is `30d` or `2026-01-01..2026-03-31`, of 1 to 3,660 days")]
pub struct PeriodError;

impl Period {
    /// Its first and its last day.
    pub fn days(self, today: Day) -> (Day, Day) {
        match self {
            Self::Last(days) => (today.plus_days(1 - days), today),
            Self::Days(from, to) => (from, to),
        }
    }

    /// A period from one day to another; `None` if it ends before it begins, or is longer than ten years.
    pub fn between(from: Day, to: Day) -> Option<Self> {
        let days = to.number() - from.number() + 1;
        (1..=PERIOD_DAYS_MAX)
            .contains(&days)
            .then_some(Self::Days(from, to))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last(days) => write!(f, "{days}d"),
            Self::Days(from, to) => write!(f, "{from}..{to}"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        if let Some(days) = text.strip_suffix('d') {
            let days = days.parse().map_err(|_| PeriodError)?;
            let is_period = (1..=PERIOD_DAYS_MAX).contains(&days);
            return is_period.then_some(Self::Last(days)).ok_or(PeriodError);
        }
        let (from, to) = text.split_once("..").ok_or(PeriodError)?;
        let day = |text: &str| text.parse::<Day>().map_err(|_| PeriodError);
        Self::between(day(from)?, day(to)?).ok_or(PeriodError)
    }
}

/// How an instant's day is found by arithmetic: from which instant on how many milliseconds are added before it is divided
/// by a day's length. The newest first; the last one holds for everything before. Clock changes of the last twenty
/// years are told apart.
///
/// The step is put into the middle of the day before, where both sides give the same day: so it is right for a day of 23
/// hours and for one of 25, whenever clocks change in it.
pub fn offsets(zone: Zone, first: Time, last: Day) -> Vec<(Time, i64)> {
    let oldest = last.plus_days(-CHANGES_DAYS_MAX);
    let mut day = zone.local(first).day.max(oldest);
    let offset = |day: Day| day.number() * DAY_MS - zone.start_of(day).millis();
    let mut found = vec![(zone.start_of(day), offset(day))];
    while day < last {
        day = day.plus_days(1);
        let now = offset(day);
        if found.last().is_none_or(|(_, before)| *before != now) {
            found.push((zone.start_of(day).plus_ms(-DAY_MS / 2), now));
        }
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn a_period_reads_back_and_what_is_none_is_refused() {
        let today = day("2026-11-21");
        for (text, from, to) in [
            ("30d", "2026-10-23", "2026-11-21"),
            ("1d", "2026-11-21", "2026-11-21"),
            ("2026-01-01..2026-03-31", "2026-01-01", "2026-03-31"),
        ] {
            let period: Period = text.parse().expect("a period");
            assert_eq!(period.days(today), (day(from), day(to)));
            assert_eq!(period.to_string(), text);
        }
        for text in [
            "",
            "0d",
            "-1d",
            "3661d",
            "d",
            "2026-03-31..2026-01-01",
            "2026-01-01",
        ] {
            assert_eq!(text.parse::<Period>(), Err(PeriodError), "{text}");
        }
    }

    /// Summer time begins and ends, at midnight too: each half hour has the day that clocks there show.
    #[test]
    fn the_day_of_an_instant_is_the_one_that_clocks_show() {
        for (zone, first, last) in [
            ("Europe/Berlin", "2026-01-01", "2026-12-31"),
            ("Asia/Beirut", "2026-01-01", "2026-12-31"),
            ("America/New_York", "2026-01-01", "2026-12-31"),
            ("Asia/Tehran", "2020-01-01", "2023-12-31"),
            ("Asia/Kathmandu", "2026-01-01", "2026-01-31"),
            ("UTC", "2026-01-01", "2026-01-31"),
        ] {
            let zone: Zone = zone.parse().expect("a zone");
            let (first, last) = (zone.start_of(day(first)), day(last));
            let offsets = offsets(zone, first, last);
            let mut at = first;
            while zone.local(at).day <= last {
                let found = offsets.iter().find(|(from, _)| at >= *from);
                let (_, offset) = found.or(offsets.last()).expect("an offset");
                let counted = (at.millis() + offset).div_euclid(DAY_MS);
                assert_eq!(Day::from_number(counted), zone.local(at).day, "{zone} {at:?}");
                at = at.plus_ms(1_800_000);
            }
        }
    }
}
