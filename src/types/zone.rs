//! Time zones: the day and the time of day where a program is at home.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Text as SqlText};
use serde::{Deserialize, Serialize};

use super::Time;

/// A zone of the IANA time zone database, such as `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlText)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(Tz);

/// The text names no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time zone of the IANA database, such as Europe/Berlin or Asia/Tehran")]
pub struct ZoneError(String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The day and the time of day that clocks there show.
    pub fn local(self, time: Time) -> LocalTime {
        let local = self.0.from_utc_datetime(&utc(time).naive_utc());
        LocalTime {
            day: Day::of(local.date_naive()),
            minute: u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default(),
        }
    }

    /// The first instant of a day. Where clocks skip midnight it is the first instant that they show.
    pub fn start_of(self, day: Day) -> Time {
        let date = day.date();
        let first = (0..24 * 4)
            .filter_map(|quarter| NaiveTime::from_hms_opt(quarter / 4, quarter % 4 * 15, 0))
            .find_map(|time| self.0.from_local_datetime(&date.and_time(time)).earliest());
        Time::from_millis(first.map_or(i64::MAX, |first| first.timestamp_millis()))
    }
}

impl Zone {
    /// When clocks there show a minute of a day. Of one that they show twice it is the first time; one that they skip
    /// is the first that they show after it.
    pub fn instant(self, day: Day, minute: u16) -> Time {
        let date = day.date();
        let found = (minute..DAY_MINUTES)
            .filter_map(|minute| NaiveTime::from_hms_opt(u32::from(minute / 60), u32::from(minute % 60), 0))
            .find_map(|time| self.0.from_local_datetime(&date.and_time(time)).earliest());
        found.map_or_else(
            || self.start_of(day.plus_days(1)),
            |found| Time::from_millis(found.timestamp_millis()),
        )
    }
}

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

fn utc(time: Time) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time.millis()).unwrap_or_default()
}

impl FromStr for Zone {
    type Err = ZoneError;
    fn from_str(text: &str) -> Result<Self, ZoneError> {
        text.parse()
            .map(Self)
            .map_err(|_| ZoneError(text.chars().take(64).collect()))
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;
    fn try_from(text: String) -> Result<Self, ZoneError> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.to_string()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A day and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// The day.
    pub day: Day,
    /// Minutes since midnight, 0 to 1439.
    pub minute: u16,
}

/// A day of the calendar: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Day(i64);

/// The text is no day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day of the calendar, such as 1990-02-28")]
pub struct DayError(String);

impl Day {
    /// 1970-01-01.
    const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a day of the calendar");

    fn of(date: NaiveDate) -> Self {
        Self(date.signed_duration_since(Self::EPOCH).num_days())
    }

    fn date(self) -> NaiveDate {
        chrono::TimeDelta::try_days(self.0)
            .and_then(|days| Self::EPOCH.checked_add_signed(days))
            .unwrap_or(NaiveDate::MAX)
    }

    /// The day of that year, month and day of the month, if there is one.
    pub fn from_date(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::of)
    }

    /// The day so many days after 1970-01-01.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Year, month and day of the month, the last two from 1.
    pub fn parts(self) -> (i32, u32, u32) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// The day so many days later, or earlier.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The same day so many months later, or the last of that month if it is shorter.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        self.date()
            .checked_add_months(Months::new(months))
            .map_or(self, Self::of)
    }

    /// Its day of the week.
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.0 + 3).rem_euclid(7) {
            0 => Weekday::Mon,
            1 => Weekday::Tue,
            2 => Weekday::Wed,
            3 => Weekday::Thu,
            4 => Weekday::Fri,
            5 => Weekday::Sat,
            _ => Weekday::Sun,
        }
    }

    /// The Monday of its week.
    #[must_use]
    pub const fn start_of_week(self) -> Self {
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// The first of its month.
    #[must_use]
    pub fn start_of_month(self) -> Self {
        let (year, month, _) = self.parts();
        Self::from_date(year, month, 1).unwrap_or(self)
    }

    /// The first of January of its year.
    #[must_use]
    pub fn start_of_year(self) -> Self {
        Self::from_date(self.parts().0, 1, 1).unwrap_or(self)
    }
}

impl FromStr for Day {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Self, DayError> {
        let fault = || DayError(text.chars().take(32).collect());
        // As RFC 3339 writes it, and not as chrono is willing to read it.
        let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date: NaiveDate = text.parse().map_err(|_| fault())?;
        is_plain.then(|| Self::of(date)).ok_or_else(fault)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Day
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Day
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(i64::from_sql(bytes)?))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        name.parse().expect("a zone")
    }

    fn time(text: &str) -> Time {
        Time::parse_rfc3339(text).expect("a time")
    }

    #[test]
    fn a_day_begins_at_midnight_where_the_program_is() {
        let berlin = zone("Europe/Berlin");
        let before = berlin.local(time("2026-06-30T21:59:59Z"));
        let after = berlin.local(time("2026-06-30T22:00:00Z"));
        assert_eq!(
            (before.day.to_string(), before.minute),
            ("2026-06-30".to_owned(), 1439)
        );
        assert_eq!(
            (after.day.to_string(), after.minute),
            ("2026-07-01".to_owned(), 0)
        );
        assert_eq!(berlin.start_of(after.day), time("2026-06-30T22:00:00Z"));
    }

    #[test]
    fn a_midnight_that_clocks_skip_begins_with_the_first_that_they_show() {
        // Lebanon's summer time begins at midnight.
        let beirut = zone("Asia/Beirut");
        let day = Day::from_date(2026, 3, 29).expect("a day");
        assert_eq!(beirut.start_of(day), time("2026-03-28T22:00:00Z"));
        assert_eq!(beirut.local(beirut.start_of(day)).day, day);
    }

    #[test]
    fn weeks_months_and_years_have_their_first_days() {
        let day = Day::from_date(2028, 2, 29).expect("a leap day");
        assert_eq!(day.weekday(), Weekday::Tue);
        assert_eq!(day.start_of_week().to_string(), "2028-02-28");
        assert_eq!(day.start_of_month().to_string(), "2028-02-01");
        assert_eq!(day.start_of_year().to_string(), "2028-01-01");
        assert_eq!(day.plus_months(12).to_string(), "2029-02-28");
        assert_eq!(day.plus_days(1).to_string(), "2028-03-01");
    }

    #[test]
    fn a_day_reads_back_and_what_is_none_is_refused() {
        for text in ["1990-02-28", "2028-02-29", "1907-01-01"] {
            assert_eq!(
                text.parse::<Day>().map(|day| day.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in [
            "",
            "2027-02-29",
            "1990-2-28",
            "28.02.1990",
            "1990-02-28T00:00:00Z",
            "+1990-02-2",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        for text in ["", "Mars/Olympus", "UTC+1", "europe/berlin "] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }
}
