//! Birthdays: which birth dates are told, and whose birthday a day is.

use crate::types::Day;

/// The event that a birthday is.
pub const BIRTHDAY: &str = "birthday";
/// Oldest that a member may be, in years.
pub const AGE_MAX: i32 = 120;
/// Minute of the day at which birthdays are raised, in the program's time zone: eight in the morning, when nobody
/// is woken by it.
pub const MORNING: u16 = 8 * 60;
/// Days after one birthday before which no other counts, whatever the birth date is changed to. The birthdays of
/// one date are never closer.
pub const YEAR_DAYS: i64 = 365;

/// Why a day cannot be a birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthDateError {
    /// It has not come.
    #[error("The birth date lies in the future.")]
    Future,
    /// It is too long ago.
    #[error("The birth date is more than 120 years ago.")]
    TooLongAgo,
}

/// Whether somebody who lives today can have been born on a day.
pub fn check_birth_date(born: Day, today: Day) -> Result<(), BirthDateError> {
    let (year, month, day) = today.parts();
    // Of a 29 February the year before may lack the day; then the 28th is meant.
    let earliest =
        Day::from_date(year - AGE_MAX, month, day).or_else(|| Day::from_date(year - AGE_MAX, month, 28));
    if born > today {
        Err(BirthDateError::Future)
    } else if earliest.is_some_and(|earliest| born < earliest) {
        Err(BirthDateError::TooLongAgo)
    } else {
        Ok(())
    }
}

/// The day of the year that a birth date has in every year: 100 times the month and the day.
pub fn month_day(day: Day) -> i64 {
    let (_, month, day) = day.parts();
    i64::from(month) * 100 + i64::from(day)
}

/// The days of the year whose birthdays are on a day: its own, and on 28 February of a common year the 29th too.
pub fn celebrated_on(day: Day) -> Vec<i64> {
    let own = month_day(day);
    if own == 228 && month_day(day.plus_days(1)) == 301 {
        vec![own, 229]
    } else {
        vec![own]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn the_28th_stands_in_for_the_29th_in_common_years_only() {
        assert_eq!(celebrated_on(day("2027-02-28")), [228, 229]);
        assert_eq!(celebrated_on(day("2028-02-28")), [228]);
        assert_eq!(celebrated_on(day("2028-02-29")), [229]);
        assert_eq!(celebrated_on(day("2027-03-01")), [301]);
        assert_eq!(
            celebrated_on(day("2100-02-28")),
            [228, 229],
            "2100 is a common year"
        );
    }

    #[test]
    fn a_birth_date_lies_between_today_and_120_years_ago() {
        let today = day("2026-11-22");
        assert_eq!(check_birth_date(today, today), Ok(()));
        assert_eq!(check_birth_date(day("1906-11-22"), today), Ok(()));
        assert_eq!(
            check_birth_date(day("2026-11-23"), today),
            Err(BirthDateError::Future)
        );
        assert_eq!(
            check_birth_date(day("1906-11-21"), today),
            Err(BirthDateError::TooLongAgo)
        );
    }

    proptest! {
        /// Whoever was born on whatever day has one birthday in each calendar year, a year of days after the last.
        #[test]
        fn everybody_has_one_birthday_a_year(born in 0_i64..40_000, year in 1990_i32..2120) {
            let born = month_day(day("1907-01-01").plus_days(born));
            let first = Day::from_date(year, 1, 1).expect("a day");
            let end = Day::from_date(year + 2, 1, 1).expect("a day");
            let length = end.number() - first.number();
            let days: Vec<Day> = (0..length)
                .map(|number| first.plus_days(number))
                .filter(|day| celebrated_on(*day).contains(&born))
                .collect();
            let years: Vec<i32> = days.iter().map(|day| day.parts().0).collect();
            prop_assert_eq!(years, [year, year + 1]);
            let apart = days.last().map_or(0, |day| day.number()) - days.first().map_or(0, |day| day.number());
            prop_assert!(apart >= YEAR_DAYS);
        }
    }
}
