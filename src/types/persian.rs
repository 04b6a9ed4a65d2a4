//! The Persian calendar, for dates that Persian readers see.

use std::fmt;

use super::Time;

const DAY_MS: i64 = 86_400_000;
/// Years after which the leap years repeat.
const CYCLE_YEARS: i64 = 33;
/// Days of a cycle: 33 years of 365 days and 8 leap days.
const CYCLE_DAYS: i64 = 12_053;
/// Days from the first day of [`EPOCH_YEAR`] to 1970-01-01.
const EPOCH_DAYS: i64 = 14_531;
/// The year from which days are counted.
const EPOCH_YEAR: i64 = 1_309;
const MONTHS: &str = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند";

/// A day of the Persian (Solar Hijri) calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PersianDate {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
}

impl PersianDate {
    /// The day of an instant in UTC, by the 33-year cycle: right from 1799 to 2256.
    pub(super) fn of(time: Time) -> Self {
        let days = time.millis().div_euclid(DAY_MS) + EPOCH_DAYS;
        let mut year = EPOCH_YEAR + CYCLE_YEARS * days.div_euclid(CYCLE_DAYS);
        let mut rest = days.rem_euclid(CYCLE_DAYS);
        while rest >= days_of_year(year) {
            rest -= days_of_year(year);
            year += 1;
        }
        // Six months of 31 days, then months of 30.
        let (month, day) = if rest < 186 {
            (rest / 31, rest % 31)
        } else {
            (6 + (rest - 186) / 30, (rest - 186) % 30)
        };
        Self {
            year,
            month: month + 1,
            day: day + 1,
        }
    }
}

fn days_of_year(year: i64) -> i64 {
    let is_leap = matches!(year.rem_euclid(CYCLE_YEARS), 1 | 5 | 9 | 13 | 17 | 22 | 26 | 30);
    if is_leap { 366 } else { 365 }
}

impl fmt::Display for PersianDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let index = usize::try_from(self.month - 1).unwrap_or(0);
        let month = MONTHS.split(' ').nth(index).unwrap_or_default();
        write!(f, "{} {month} {}", self.day, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `Intl.DateTimeFormat` of Chromium says, measured 2026-11.
    #[test]
    fn days_agree_with_the_calendar_around_leap_years() {
        for (text, expected) in [
            ("1970-01-01", (1348, 10, 11)),
            ("2000-03-19", (1378, 12, 29)),
            ("2000-03-20", (1379, 1, 1)),
            ("2021-03-20", (1399, 12, 30)),
            ("2021-03-21", (1400, 1, 1)),
            ("2024-03-19", (1402, 12, 29)),
            ("2024-03-20", (1403, 1, 1)),
            ("2025-03-20", (1403, 12, 30)),
            ("2025-03-21", (1404, 1, 1)),
            ("2026-11-21", (1405, 8, 30)),
            ("2029-03-19", (1407, 12, 29)),
            ("2029-03-20", (1408, 1, 1)),
            ("2030-03-20", (1408, 12, 30)),
            ("2030-03-21", (1409, 1, 1)),
            ("2100-12-31", (1479, 10, 10)),
        ] {
            let time = Time::parse_rfc3339(&format!("{text}T23:59:59Z")).expect("a time");
            let PersianDate { year, month, day } = PersianDate::of(time);
            assert_eq!((year, month, day), expected, "{text}");
        }
    }
}
