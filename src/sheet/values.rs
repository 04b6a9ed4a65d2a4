//! The values that cells stand for: numbers in any script, days in the orders that people write, yes and no.

use crate::types::{Day, fold};

/// The order of the parts of a day that does not begin with its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/12/1990.
    #[default]
    DayFirst,
    /// 12/31/1990.
    MonthFirst,
}

/// Why a cell is no number of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadNumber {
    /// It is none, or no whole one.
    NoNumber,
    /// It is below zero.
    Negative,
    /// It has more digits than any balance.
    TooLarge,
}

/// A word that is neither yes nor no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeitherWord;

/// A whole number, with digits of any script. Blanks and strokes between groups of three digits do not count, nor do
/// decimals that are all zero. An empty cell is none.
pub fn read_points(text: &str) -> Result<Option<i64>, BadNumber> {
    let folded = fold(text);
    let mut text: String = folded
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| match letter {
            '\u{66c}' | '\'' | '\u{2019}' | '،' => ',',
            '\u{66b}' => '.',
            '\u{2212}' => '-',
            other => other,
        })
        .collect();
    if text.is_empty() {
        return Ok(None);
    }
    let bracketed = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    if let Some(inner) = bracketed.or_else(|| text.strip_prefix('-')) {
        // Minus nothing is nothing.
        return match read_points(inner)? {
            Some(0) => Ok(Some(0)),
            _ => Err(BadNumber::Negative),
        };
    }
    if let Some(rest) = text.strip_prefix('+') {
        text = rest.to_owned();
    }
    let whole = without_groups(&text).ok_or(BadNumber::NoNumber)?;
    whole.parse().map(Some).map_err(|_| BadNumber::TooLarge)
}

/// The digits of a whole number without what parts their groups; `None` if it is no whole number.
fn without_groups(text: &str) -> Option<String> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(text) {
        return Some(text.to_owned());
    }
    for (group, decimal) in [(',', '.'), ('.', ',')] {
        let (whole, rest) = text.split_once(decimal).unwrap_or((text, ""));
        if !rest.bytes().all(|byte| byte == b'0') {
            continue;
        }
        let mut parts = whole.split(group);
        let first = parts.next().unwrap_or_default();
        let is_grouped = is_digits(first)
            && (first.len() <= 3 || !whole.contains(group))
            && parts.all(|part| part.len() == 3 && is_digits(part));
        // `1.000` is a thousand: no program counts thousandths.
        let is_plain = rest.len() != 3 || whole.contains(group);
        if is_grouped && is_plain {
            return Some(whole.replace(group, ""));
        }
    }
    None
}

/// Yes or no in the words that lists of members have; an empty cell is neither, and so is what nobody knows.
pub fn read_yes_no(text: &str) -> Result<Option<bool>, NeitherWord> {
    let word = fold(text).to_lowercase();
    match word.as_str() {
        "" => Ok(None),
        "yes" | "y" | "true" | "t" | "1" | "x" | "on" | "ok" | "subscribed" | "opted in" | "opted_in"
        | "opt-in" | "opt in" | "granted" | "accepted" | "active" | "✓" | "✔" | "نعم" | "موافق" | "مشترك"
        | "بله" | "بلی" | "آری" | "是" | "有" | "同意" | "已订阅" | "已訂閱" => {
            Ok(Some(true))
        }
        "no" | "n" | "false" | "f" | "0" | "off" | "-" | "unsubscribed" | "not subscribed"
        | "not_subscribed" | "never subscribed" | "opted out" | "opted_out" | "opt-out" | "opt out"
        | "denied" | "inactive" | "لا" | "غير مشترك" | "خیر" | "نه" | "否" | "无" | "無" | "不同意"
        | "未订阅" | "未訂閱" => Ok(Some(false)),
        other => read_folded(other),
    }
}

/// The words of the lists above in the form that [`fold`] gives them, where that is another one.
fn read_folded(word: &str) -> Result<Option<bool>, NeitherWord> {
    let is = |list: &[&str]| list.iter().any(|one| fold(one) == word);
    if is(&["مشترك", "آری", "بلی"]) {
        Ok(Some(true))
    } else if is(&["غير مشترك", "خیر"]) {
        Ok(Some(false))
    } else {
        Err(NeitherWord)
    }
}

/// A day, with or without a time behind it, which is not looked at. Years have four digits.
pub fn read_day(text: &str, order: DateOrder) -> Option<Day> {
    let (parts, separator) = parts_of(text)?;
    let [one, two, three] = parts;
    let (year, month, day) = if one > 999 {
        (one, two, three)
    } else if three > 999 {
        // With dots nobody writes the month first.
        match order {
            DateOrder::MonthFirst if separator != '.' => (three, one, two),
            _ => (three, two, one),
        }
    } else {
        return None;
    };
    Day::from_date(i32::try_from(year).ok()?, month, day).filter(|_| (1_000..=9_999).contains(&year))
}

/// The three numbers of a day, and what stands between them.
fn parts_of(text: &str) -> Option<([u32; 3], char)> {
    let folded = fold(text);
    let date = folded
        .split(|letter: char| letter == 'T' || letter.is_whitespace())
        .next()?;
    let date = date.trim_end_matches(['日', ',', '،']);
    let date = date.replace(['年', '月'], "-");
    let separator = date.chars().find(|letter| matches!(letter, '-' | '/' | '.'))?;
    let mut parts = date.split(separator).map(|part| {
        let is_sound = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| is_sound)
    });
    let all = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some((all, separator))
}

/// The order of the days of a column: the month is first if a second part is none that a month can have.
pub fn guess_date_order<'a>(cells: impl IntoIterator<Item = &'a str>) -> DateOrder {
    for cell in cells {
        match parts_of(cell) {
            Some(([one @ 13..=31, _, _], '/' | '-')) if one < 1_000 => return DateOrder::DayFirst,
            Some(([_, 13..=31, _], '/' | '-')) => return DateOrder::MonthFirst,
            _ => (),
        }
    }
    DateOrder::DayFirst
}

/// A phone number with its country's code; one that has a code keeps it. The nought in front of a number within a country
/// is left out, but not in Italy, where it belongs to the number (ITU-T E.164, national numbering plans).
pub fn with_country(text: &str, code: &str) -> String {
    let folded = fold(text);
    let digits = folded.trim_start_matches(['(', ' ']);
    if code.is_empty() || digits.starts_with('+') || digits.starts_with("00") {
        return text.to_owned();
    }
    let national = match digits.strip_prefix('0') {
        Some(rest) if code != "39" => rest,
        _ => digits,
    };
    // A bracket that stood around the nought as well.
    format!("+{code} {national}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_script_and_way_of_writing() {
        for (text, number) in [
            ("", None),
            (" ", None),
            ("0", Some(0)),
            ("-0", Some(0)),
            ("120", Some(120)),
            ("120.00", Some(120)),
            ("120,0", Some(120)),
            ("1,000,000", Some(1_000_000)),
            ("1.000.000", Some(1_000_000)),
            ("1.000", Some(1_000)),
            ("1,000", Some(1_000)),
            ("1.250,00", Some(1_250)),
            ("1,250.00", Some(1_250)),
            ("1 250", Some(1_250)),
            ("1\u{a0}250", Some(1_250)),
            ("1'250", Some(1_250)),
            ("+7", Some(7)),
            ("١٢٠", Some(120)),
            ("۱٬۲۵۰", Some(1_250)),
            ("１２", Some(12)),
        ] {
            assert_eq!(read_points(text), Ok(number), "{text}");
        }
        for text in [
            "x",
            "12.5",
            "1,25",
            "1,2,3",
            "1.00.000",
            "1e3",
            "=1+1",
            "12 points",
            "0x1F",
            "()",
            "-",
        ] {
            assert!(
                matches!(read_points(text), Err(BadNumber::NoNumber | BadNumber::Negative)),
                "{text}"
            );
        }
        for text in ["-5", "\u{2212}5", "(5)", "-1,000"] {
            assert_eq!(read_points(text), Err(BadNumber::Negative), "{text}");
        }
        assert_eq!(read_points(&"9".repeat(40)), Err(BadNumber::TooLarge));
    }

    #[test]
    fn days_are_read_in_every_order() {
        let new_year = Day::from_date(1990, 12, 31);
        for text in [
            "1990-12-31",
            "1990/12/31",
            "1990-12-31T23:59:59Z",
            "1990-12-31 08:00",
            "31.12.1990",
            "31/12/1990",
            "31-12-1990",
            "۱۹۹۰/۱۲/۳۱",
            "1990年12月31日",
        ] {
            assert_eq!(read_day(text, DateOrder::DayFirst), new_year, "{text}");
        }
        assert_eq!(read_day("12/31/1990", DateOrder::MonthFirst), new_year);
        assert_eq!(read_day("31.12.1990", DateOrder::MonthFirst), new_year);
        for text in [
            "",
            "31/12/90",
            "12/31/1990",
            "1990-02-30",
            "1990",
            "soon",
            "1/2/3/4",
            "1990-1-",
        ] {
            assert_eq!(read_day(text, DateOrder::DayFirst), None, "{text}");
        }
        assert_eq!(
            guess_date_order(["", "01/02/1990", "02/28/1990"]),
            DateOrder::MonthFirst
        );
        assert_eq!(
            guess_date_order(["1990-02-28", "28/02/1990"]),
            DateOrder::DayFirst
        );
        assert_eq!(guess_date_order(["1990-02-28"]), DateOrder::DayFirst);
    }

    #[test]
    fn yes_and_no_are_told_and_nothing_is_guessed() {
        for text in [
            "Yes",
            "TRUE",
            "1",
            "x",
            "نعم",
            "مشترك",
            "بله",
            "是",
            "已訂閱",
            "Subscribed",
        ] {
            assert_eq!(read_yes_no(text), Ok(Some(true)), "{text}");
        }
        for text in ["no", "0", "لا", "خیر", "غير مشترك", "否", "unsubscribed"] {
            assert_eq!(read_yes_no(text), Ok(Some(false)), "{text}");
        }
        assert_eq!(read_yes_no(" "), Ok(None));
        assert_eq!(read_yes_no("perhaps"), Err(NeitherWord));
    }

    #[test]
    fn a_number_without_a_country_gets_the_chosen_one() {
        for (text, code, whole) in [
            ("030 123456", "49", "+49 30 123456"),
            ("(030) 123456", "49", "+49 30) 123456"),
            ("+49 30 123456", "1", "+49 30 123456"),
            ("0049 30 123456", "1", "0049 30 123456"),
            ("06 1234567", "39", "+39 06 1234567"),
            ("٠٥٠١٢٣٤٥٦٧", "966", "+966 501234567"),
            ("030 123456", "", "030 123456"),
        ] {
            assert_eq!(with_country(text, code), whole, "{text}");
        }
    }
}
