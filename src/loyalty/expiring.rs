//! Notice of points that expire soon: when it is given, of how much, and in which words.

use std::collections::BTreeMap;

use crate::loyalty::birthday::MORNING;
use crate::types::{Day, Language, Points, Text, Time, Zone};

/// Most notices of the points of one day.
pub const NOTICES_MAX: usize = 3;
/// Most days ahead.
pub const NOTICE_DAYS_MAX: u16 = 365;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// Points and the first instant at which they can be spent no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// The points.
    pub points: Points,
    /// When they expire.
    pub expires_at: Time,
}

/// Points that expire with a day, and the notice of them that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiring {
    /// The last day on which they can be spent, in the program's calendar.
    pub last_day: Day,
    /// All that expires with it.
    pub points: Points,
    /// How many days ahead the notice is.
    pub days_ahead: u16,
}

/// On which days before points expire notice is given.
#[derive(Debug, Clone, Copy)]
pub struct Notices<'a> {
    /// So many days ahead.
    pub days: &'a [u16],
    /// Where days begin.
    pub zone: Zone,
}

impl Notices<'_> {
    /// The last day on which points can be spent that expire at an instant.
    pub fn last_day(&self, expires_at: Time) -> Day {
        self.zone.local(expires_at.plus_ms(-1)).day
    }

    /// When notice is given so many days ahead: in the morning, when nobody is woken by it.
    fn given_at(&self, expires_at: Time, days: u16) -> Time {
        let day = self.last_day(expires_at).plus_days(-i64::from(days));
        self.zone.start_of(day).plus_ms(i64::from(MORNING) * MINUTE_MS)
    }

    /// The notice that holds, of those that have been given by now the last; `None` before the first.
    fn current(&self, expires_at: Time, now: Time) -> Option<u16> {
        let given = |days: &u16| self.given_at(expires_at, *days) <= now && now < expires_at;
        self.days.iter().copied().filter(given).min()
    }

    /// When the next notice is due of points that expire at an instant.
    pub fn next(&self, expires_at: Time, now: Time) -> Option<Time> {
        let each = self.days.iter().map(|days| self.given_at(expires_at, *days));
        each.filter(|at| now < *at && *at < expires_at).min()
    }

    /// What holders are to know of by now, the points of each day together, the next day first.
    pub fn list(&self, endings: impl IntoIterator<Item = Ending>, now: Time) -> Vec<Expiring> {
        let mut days = BTreeMap::<Day, (i64, u16)>::new();
        for ending in endings {
            let Some(ahead) = self.current(ending.expires_at, now) else {
                continue;
            };
            let own = days.entry(self.last_day(ending.expires_at)).or_insert((0, ahead));
            own.0 += ending.points.get();
            own.1 = own.1.min(ahead);
        }
        let each = days.into_iter().filter_map(|(last_day, (points, days_ahead))| {
            let points = Points::new(points).ok().filter(|points| *points > Points::ZERO)?;
            Some(Expiring {
                last_day,
                points,
                days_ahead,
            })
        });
        each.collect()
    }
}

impl Expiring {
    /// The day, as the language writes it.
    pub fn write_day(&self, language: &Language) -> String {
        language.write_date(Time::from_millis(self.last_day.number() * DAY_MS))
    }

    /// The points and the day, in a sentence.
    pub fn words(&self, language: &Language, point_name: &Text) -> String {
        let count = self.points.get();
        let points = format!(
            "{} {}",
            language.write_number(count),
            point_name.counted(language, count)
        );
        let day = self.write_day(language);
        let tag = language.as_str();
        match language.base() {
            "ar" => format!("تنتهي صلاحية {points} في {day}"),
            "fa" => format!("{points} در {day} از بین می‌رود"),
            "zh" if tag.contains("Hant") || tag.ends_with("TW") || tag.ends_with("HK") => {
                format!("{points}將於 {day} 到期")
            }
            "zh" => format!("{points}将于 {day} 到期"),
            _ if count == 1 => format!("{points} expires on {day}"),
            _ => format!("{points} expire on {day}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        Time::parse_rfc3339(text).expect("a time")
    }

    fn ending(points: i64, expires_at: &str) -> Ending {
        Ending {
            points: Points::new(points).expect("in range"),
            expires_at: at(expires_at),
        }
    }

    fn berlin(days: &[u16]) -> Notices<'_> {
        Notices {
            days,
            zone: "Europe/Berlin".parse().expect("a zone"),
        }
    }

    #[test]
    fn notice_is_given_in_the_morning_so_many_days_before_the_last_one() {
        // To the end of 3 December in Berlin.
        let expires_at = at("2026-12-03T23:00:00Z");
        let notices = berlin(&[7, 30]);
        for (now, next, current) in [
            ("2026-11-03T06:59:59Z", Some("2026-11-03T07:00:00Z"), None),
            ("2026-11-03T07:00:00Z", Some("2026-11-26T07:00:00Z"), Some(30)),
            ("2026-11-26T06:59:59Z", Some("2026-11-26T07:00:00Z"), Some(30)),
            ("2026-11-26T07:00:00Z", None, Some(7)),
            ("2026-12-03T22:59:59Z", None, Some(7)),
            ("2026-12-03T23:00:00Z", None, None),
        ] {
            assert_eq!(notices.next(expires_at, at(now)), next.map(at), "{now}");
            assert_eq!(notices.current(expires_at, at(now)), current, "{now}");
        }
    }

    #[test]
    fn the_points_of_a_day_are_one_notice_and_the_next_day_comes_first() {
        let notices = berlin(&[30]);
        let all = [
            ending(20, "2026-12-09T23:00:00Z"),
            ending(100, "2026-12-03T23:00:00Z"),
            ending(20, "2026-12-03T22:00:00Z"),
            ending(0, "2026-12-05T23:00:00Z"),
            ending(500, "2027-06-01T22:00:00Z"),
        ];
        let found = notices.list(all, at("2026-11-20T12:00:00Z"));
        let days: Vec<_> = found
            .iter()
            .map(|one| (one.last_day.parts(), one.points.get()))
            .collect();
        assert_eq!(days, [((2026, 12, 3), 120), ((2026, 12, 9), 20)]);
        assert_eq!(notices.list(all, at("2026-10-01T12:00:00Z")), []);
        assert_eq!(berlin(&[]).list(all, at("2026-11-20T12:00:00Z")), []);
    }

    #[test]
    fn each_language_says_it_with_its_own_plurals() {
        let name: Text = serde_json::from_value(serde_json::json!({
            "en": "points", "en-x-one": "point", "ar": "نقطة", "ar-x-few": "نقاط", "fa": "امتیاز", "zh-Hans": "积分", "zh-Hant": "點"
        }))
        .expect("a text");
        let words = |tag: &str, points: i64| {
            let expiring = Expiring {
                last_day: Day::from_date(2026, 12, 3).expect("a day"),
                points: Points::new(points).expect("in range"),
                days_ahead: 7,
            };
            expiring.words(&tag.parse().expect("a language"), &name)
        };
        for (tag, points, text) in [
            ("en", 120, "120 points expire on 3 Dec 2026"),
            ("en", 1, "1 point expires on 3 Dec 2026"),
            ("de", 2, "2 points expire on 3 Dec 2026"),
            ("ar", 120, "تنتهي صلاحية 120 نقطة في 3 ديسمبر 2026"),
            ("ar", 5, "تنتهي صلاحية 5 نقاط في 3 ديسمبر 2026"),
            ("fa", 120, "۱۲۰ امتیاز در ۱۲ آذر ۱۴۰۵ از بین می‌رود"),
            ("zh-Hans", 120, "120 积分将于 2026年12月3日 到期"),
            ("zh-Hant", 120, "120 點將於 2026年12月3日 到期"),
        ] {
            assert_eq!(words(tag, points), text, "{tag} {points}");
        }
    }
}
