//! When a campaign is sent: at a local time of its program, once or again and again.

use serde::{Deserialize, Serialize};

use crate::types::{Day, Time, Zone};

/// Most minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// When a campaign is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The first time, as clocks show it where the program is.
    pub at: Moment,
    /// How often again; never, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeat>,
    /// The last day on which it may be sent again; no end, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UntilDay>,
}

/// How often something comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Each day.
    Daily,
    /// On the same day of each week.
    Weekly,
    /// On the same day of each month, or its last where that is shorter.
    Monthly,
    /// On the same day of each year; what begins on 29 February comes on the 28th of shorter years.
    Yearly,
}

impl Repeat {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Daily, Self::Weekly, Self::Monthly, Self::Yearly];

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }
}

/// A day and a time of day as clocks show them, such as `2026-12-01T09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// Minutes since midnight.
    pub minute: u16,
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let shown: String = text.chars().take(32).collect();
        let fault = || format!("`{shown}` is not a local time such as 2026-12-01T09:00");
        let (day, clock) = text.split_once('T').ok_or_else(fault)?;
        let (hours, minutes) = clock.split_once(':').ok_or_else(fault)?;
        let number = |text: &str| {
            let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_plain.then(|| text.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = (
            number(hours).ok_or_else(fault)?,
            number(minutes).ok_or_else(fault)?,
        );
        if hours > 23 || minutes > 59 {
            return Err(fault());
        }
        Ok(Self {
            day: day.parse().map_err(|_| fault())?,
            minute: hours * 60 + minutes,
        })
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        format!(
            "{}T{:02}:{:02}",
            moment.day,
            moment.minute / 60,
            moment.minute % 60
        )
    }
}

/// The last day of something that comes again, such as `2027-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UntilDay(pub Day);

impl TryFrom<String> for UntilDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|fault: crate::types::DayError| fault.to_string())
    }
}

impl From<UntilDay> for String {
    fn from(day: UntilDay) -> Self {
        day.0.to_string()
    }
}

impl Schedule {
    /// The first time at which it is sent that is not before `now`; `None` once it is over. A time that clocks skip is
    /// the first that they show after it; of one that they show twice it is the first.
    pub fn next(&self, zone: Zone, now: Time) -> Option<Time> {
        let instant = |day: Day| zone.instant(day, self.at.minute.min(DAY_MINUTES - 1));
        let Some(repeat) = self.repeats else {
            return Some(instant(self.at.day)).filter(|time| *time >= now);
        };
        let today = zone.local(now).day;
        let passed = (today.number() - self.at.day.number()).max(0);
        // One that may lie before now is asked first, then those after it.
        let first = match repeat {
            Repeat::Daily => passed,
            Repeat::Weekly => passed / 7,
            Repeat::Monthly => months_between(self.at.day, today),
            Repeat::Yearly => months_between(self.at.day, today) / 12,
        };
        (first..first + 3)
            .map(|number| self.occurrence(repeat, number))
            .filter(|day| self.until.is_none_or(|until| *day <= until.0))
            .map(instant)
            .find(|time| *time >= now)
    }

    /// The days from `first` to `last` on which it is sent, none before `since`.
    pub fn days(&self, zone: Zone, (first, last): (Day, Day), since: Time) -> Vec<Day> {
        let end = zone.start_of(last.plus_days(1));
        let mut from = zone.start_of(first).max(since);
        let mut days = Vec::new();
        // It comes at most once a day, so there is an end to it.
        while let Some(next) = self.next(zone, from).filter(|next| *next < end) {
            days.push(zone.local(next).day);
            from = next.plus_ms(1);
        }
        days
    }

    /// The day on which it comes for the so-many-th time after the first.
    fn occurrence(&self, repeat: Repeat, number: i64) -> Day {
        let months = |months: i64| self.at.day.plus_months(u32::try_from(months).unwrap_or(u32::MAX));
        match repeat {
            Repeat::Daily => self.at.day.plus_days(number),
            Repeat::Weekly => self.at.day.plus_days(number * 7),
            Repeat::Monthly => months(number),
            Repeat::Yearly => months(number * 12),
        }
    }
}

/// Whole calendar months from one day's month to another's; none if the other is earlier.
fn months_between(from: Day, to: Day) -> i64 {
    let ((from_year, from_month, _), (to_year, to_month, _)) = (from.parts(), to.parts());
    let months = |year: i32, month: u32| i64::from(year) * 12 + i64::from(month);
    (months(to_year, to_month) - months(from_year, from_month)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(json: &str) -> Schedule {
        serde_json::from_str(json).expect("a schedule")
    }

    fn all(schedule: &Schedule, zone: &str, from: &str, count: usize) -> Vec<String> {
        let zone: Zone = zone.parse().expect("a zone");
        let mut now = Time::parse_rfc3339(from).expect("a time");
        let mut found = Vec::new();
        while found.len() < count
            && let Some(next) = schedule.next(zone, now)
        {
            found.push(next.rfc3339_secs());
            now = next.plus_ms(1);
        }
        found
    }

    /// Shows SR-004 (the local time across a change of clocks).
    #[test]
    fn nine_in_the_morning_stays_nine_when_clocks_change() {
        let daily = schedule(r#"{"at":"2026-03-28T09:00","repeats":"daily","until":"2026-03-30"}"#);
        assert_eq!(
            all(&daily, "Europe/Paris", "2026-01-01T00:00:00Z", 5),
            [
                "2026-03-28T08:00:00Z",
                "2026-03-29T07:00:00Z",
                "2026-03-30T07:00:00Z"
            ]
        );
        // 02:30 does not exist on 29 March and comes twice on 25 October.
        let skipped = schedule(r#"{"at":"2026-03-29T02:30"}"#);
        assert_eq!(
            all(&skipped, "Europe/Paris", "2026-01-01T00:00:00Z", 5),
            ["2026-03-29T01:00:00Z"]
        );
        let twice = schedule(r#"{"at":"2026-10-25T02:30"}"#);
        assert_eq!(
            all(&twice, "Europe/Paris", "2026-01-01T00:00:00Z", 5),
            ["2026-10-25T00:30:00Z"]
        );
    }

    #[test]
    fn what_begins_on_a_leap_day_or_the_last_of_a_month_keeps_to_it() {
        let yearly = schedule(r#"{"at":"2028-02-29T12:00","repeats":"yearly"}"#);
        assert_eq!(
            all(&yearly, "UTC", "2028-01-01T00:00:00Z", 5),
            [
                "2028-02-29T12:00:00Z",
                "2029-02-28T12:00:00Z",
                "2030-02-28T12:00:00Z",
                "2031-02-28T12:00:00Z",
                "2032-02-29T12:00:00Z"
            ]
        );
        let monthly = schedule(r#"{"at":"2027-01-31T12:00","repeats":"monthly"}"#);
        assert_eq!(
            all(&monthly, "UTC", "2027-02-10T00:00:00Z", 3),
            [
                "2027-02-28T12:00:00Z",
                "2027-03-31T12:00:00Z",
                "2027-04-30T12:00:00Z"
            ]
        );
    }

    #[test]
    fn a_schedule_looked_at_late_gives_the_next_and_not_those_that_were_missed() {
        let weekly = schedule(r#"{"at":"2026-12-01T09:00","repeats":"weekly"}"#);
        assert_eq!(
            all(&weekly, "UTC", "2027-06-01T09:00:00.001Z", 2),
            ["2027-06-08T09:00:00Z", "2027-06-15T09:00:00Z"]
        );
        assert_eq!(
            all(&weekly, "UTC", "2027-06-01T09:00:00Z", 1),
            ["2027-06-01T09:00:00Z"]
        );
        let once = schedule(r#"{"at":"2026-12-01T09:00"}"#);
        assert_eq!(all(&once, "UTC", "2026-12-01T09:00:01Z", 1), [""; 0]);
    }

    #[test]
    fn each_occurrence_stands_on_its_local_day_when_clocks_change() {
        let zone: Zone = "America/New_York".parse().expect("a zone");
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let days = |schedule: &Schedule, from: &str, to: &str, since: &str| -> Vec<String> {
            let since = Time::parse_rfc3339(since).expect("a time");
            let found = schedule.days(zone, (day(from), day(to)), since);
            found.iter().map(ToString::to_string).collect()
        };
        // Clocks go back on 1 November 2026: half past eleven at night is another day in UTC on either side.
        let weekly = schedule(r#"{"at":"2026-10-25T23:30","repeats":"weekly","until":"2026-11-22"}"#);
        let long_ago = "2026-01-01T00:00:00Z";
        assert_eq!(
            days(&weekly, "2026-11-01", "2026-11-30", long_ago),
            ["2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22"]
        );
        assert_eq!(
            days(&weekly, "2026-10-01", "2026-10-31", long_ago),
            ["2026-10-25"]
        );
        assert_eq!(
            days(&weekly, "2026-11-01", "2026-11-30", "2026-11-16T04:30:00.001Z"),
            ["2026-11-22"]
        );
        let daily = schedule(r#"{"at":"2026-03-07T02:30","repeats":"daily","until":"2026-03-09"}"#);
        assert_eq!(
            days(&daily, "2026-03-01", "2026-03-31", long_ago),
            ["2026-03-07", "2026-03-08", "2026-03-09"]
        );
    }

    #[test]
    fn a_schedule_reads_back_and_what_is_no_time_is_refused() {
        let text = r#"{"at":"2026-12-01T09:00","repeats":"weekly","until":"2027-01-31"}"#;
        assert_eq!(serde_json::to_string(&schedule(text)).expect("JSON"), text);
        for wrong in [
            "2026-12-01",
            "2026-12-01T9:00",
            "2026-12-01T24:00",
            "2026-12-01T09:00Z",
            "2026-13-01T09:00",
        ] {
            assert!(Moment::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
