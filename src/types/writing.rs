//! How a language writes numbers, money and dates.
//!
//! The forms are those of Unicode CLDR for the bare language, compared with `Intl` of Chromium, 2026-11.

use super::persian::PersianDate;
use super::{Language, Money, Time};

/// Left-to-right mark: keeps a sign before its number in a line that runs from right to left.
const LEFT_TO_RIGHT: char = '\u{200e}';
const NO_BREAK_SPACE: char = '\u{a0}';

const ENGLISH_MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
const ARABIC_MONTHS: &str = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر";
/// The months of the Gregorian calendar, as Persian calls them.
const PERSIAN_MONTHS: &str = "ژانویهٔ فوریهٔ مارس آوریل مهٔ ژوئن ژوئیهٔ اوت سپتامبر اکتبر نوامبر دسامبر";

impl Language {
    /// A whole number, its thousands grouped: `1,234`, in Persian `۱٬۲۳۴`.
    pub fn write_number(&self, number: i64) -> String {
        let digits = self.group(number.unsigned_abs());
        if number < 0 {
            format!("{}{digits}", self.sign('-'))
        } else {
            digits
        }
    }

    /// A time of day from the minutes since midnight, on a clock of 24 hours: `09:05`.
    pub fn write_clock(&self, minute: u16) -> String {
        self.in_own_digits(&format!("{:02}:{:02}", minute / 60, minute % 60))
    }

    /// A whole number with its sign, also a plus: what was added or taken away.
    pub fn write_change(&self, number: i64) -> String {
        if number > 0 {
            format!("{}{}", self.sign('+'), self.group(number.unsigned_abs()))
        } else {
            self.write_number(number)
        }
    }

    /// A number that is given in hundredths and not below zero: `4.25`.
    pub fn write_hundredths(&self, hundredths: u64) -> String {
        let mut number = self.group(hundredths / 100);
        self.push_decimals(&mut number, &format!("{:02}", hundredths % 100));
        number
    }

    /// A number that is given in tenths and not below zero, its decimal left out if it is zero: `2.5`, `3`.
    pub fn write_tenths(&self, tenths: u64) -> String {
        let mut number = self.group(tenths / 10);
        if !tenths.is_multiple_of(10) {
            self.push_decimals(&mut number, &(tenths % 10).to_string());
        }
        number
    }

    /// A share that is given in tenths of a percent: `97.0%`, in Persian `۹۷٫۰٪`.
    pub fn write_percent(&self, permille: i64) -> String {
        let mut number = self.group(permille.unsigned_abs() / 10);
        self.push_decimals(&mut number, &(permille.unsigned_abs() % 10).to_string());
        let sign = if permille < 0 {
            self.sign('-')
        } else {
            String::new()
        };
        match self.base() {
            "ar" => format!("{sign}{number}{LEFT_TO_RIGHT}%{LEFT_TO_RIGHT}"),
            "fa" => format!("{sign}{number}٪"),
            _ => format!("{sign}{number}%"),
        }
    }

    /// A month of the Gregorian calendar, 1 to 12, of a year: `Nov 2026`.
    pub fn write_month(&self, year: i32, month: u32) -> String {
        let name = |months: &str| {
            months
                .split(' ')
                .nth(month_index(month))
                .unwrap_or_default()
                .to_owned()
        };
        match self.base() {
            "ar" => format!("{} {year}", name(ARABIC_MONTHS)),
            "fa" => format!(
                "{} {}",
                name(PERSIAN_MONTHS),
                self.in_own_digits(&year.to_string())
            ),
            "zh" | "ja" => format!("{year}年{month}月"),
            _ => format!("{} {year}", name(ENGLISH_MONTHS)),
        }
    }

    fn push_decimals(&self, number: &mut String, decimals: &str) {
        number.push(if self.has_persian_digits() { '٫' } else { '.' });
        number.push_str(&self.in_own_digits(decimals));
    }

    /// An amount of money, without decimals if they are zero: `€1`, `€1.50`.
    pub fn write_money(&self, money: Money) -> String {
        let unit = money.currency.minor_per_unit().unsigned_abs().max(1);
        let minor = money.minor.unsigned_abs();
        let mut amount = self.group(minor / unit);
        if !minor.is_multiple_of(unit) {
            let places = usize::try_from(money.currency.digits()).unwrap_or(2);
            self.push_decimals(&mut amount, &format!("{:0places$}", minor % unit));
        }
        let sign = if money.minor < 0 {
            self.sign('-')
        } else {
            String::new()
        };
        let symbol = self.currency_symbol(money.currency.code());
        let space = if symbol.chars().all(|letter| letter.is_ascii_alphabetic()) {
            NO_BREAK_SPACE.to_string()
        } else {
            String::new()
        };
        match self.base() {
            "ar" => format!("\u{200f}{sign}{amount}{NO_BREAK_SPACE}{symbol}"),
            "fa" => format!("{LEFT_TO_RIGHT}{sign}{symbol}{space}{amount}"),
            _ => format!("{sign}{symbol}{space}{amount}"),
        }
    }

    /// The day of an instant in UTC: `21 Nov 2026`, in Persian by the Persian calendar.
    pub fn write_date(&self, time: Time) -> String {
        let (year, month, day) = time.date();
        let name = |months: &str| {
            months
                .split(' ')
                .nth(month_index(month))
                .unwrap_or_default()
                .to_owned()
        };
        match self.base() {
            "ar" => format!("{day} {} {year}", name(ARABIC_MONTHS)),
            "fa" => self.in_own_digits(&PersianDate::of(time).to_string()),
            "zh" | "ja" => format!("{year}年{month}月{day}日"),
            _ => format!("{day} {} {year}", name(ENGLISH_MONTHS)),
        }
    }

    fn has_persian_digits(&self) -> bool {
        self.base() == "fa"
    }

    fn sign(&self, sign: char) -> String {
        let sign = if sign == '-' { '\u{2212}' } else { sign };
        if self.is_rtl() {
            format!("{LEFT_TO_RIGHT}{sign}")
        } else {
            sign.to_string()
        }
    }

    fn group(&self, number: u64) -> String {
        let plain = number.to_string();
        let mut grouped = String::with_capacity(plain.len() * 2);
        for (index, digit) in plain.chars().enumerate() {
            if index > 0 && (plain.len() - index).is_multiple_of(3) {
                grouped.push(if self.has_persian_digits() { '٬' } else { ',' });
            }
            grouped.push(digit);
        }
        self.in_own_digits(&grouped)
    }

    fn in_own_digits(&self, text: &str) -> String {
        if !self.has_persian_digits() {
            return text.to_owned();
        }
        let persian = |letter: char| {
            let digit = letter.to_digit(10)?;
            char::from_u32(u32::from('۰') + digit)
        };
        text.chars()
            .map(|letter| persian(letter).unwrap_or(letter))
            .collect()
    }

    /// The sign that readers know; the code itself where there is none that is plain.
    fn currency_symbol<'c>(&self, code: &'c str) -> &'c str {
        match (code, self.base(), self.as_str()) {
            ("EUR", _, _) => "€",
            ("GBP", _, _) => "£",
            ("USD", "en" | "fa", _) | ("TWD", _, "zh-Hant") => "$",
            ("USD", _, _) => "US$",
            ("JPY", "en" | "ja", _) | ("CNY", _, "zh" | "zh-Hans") => "¥",
            ("JPY", _, _) => "JP¥",
            ("CNY", _, _) => "CN¥",
            ("TWD", _, _) => "NT$",
            ("HKD", _, _) => "HK$",
            ("AED", "ar", _) => "د.إ.",
            ("SAR", "ar", _) => "ر.س.",
            ("KWD", "ar", _) => "د.ك.",
            ("EGP", "ar", _) => "ج.م.",
            ("IRR", "fa", _) => "ریال",
            _ => code,
        }
    }
}

fn month_index(month: u32) -> usize {
    usize::try_from(month.saturating_sub(1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().expect("a tag")
    }

    #[test]
    fn numbers_are_grouped_in_the_languages_own_digits() {
        for (tag, number, text) in [
            ("en", 0, "0"),
            ("en", 999, "999"),
            ("en", 1_234_567, "1,234,567"),
            ("en", -1_234, "\u{2212}1,234"),
            ("ar", 1_234, "1,234"),
            ("ar", -7, "\u{200e}\u{2212}7"),
            ("fa", 1_234_567, "۱٬۲۳۴٬۵۶۷"),
            ("fa", -1_234, "\u{200e}\u{2212}۱٬۲۳۴"),
            ("zh-Hans", 1_234, "1,234"),
        ] {
            assert_eq!(language(tag).write_number(number), text, "{tag} {number}");
        }
        assert_eq!(language("en").write_hundredths(405), "4.05");
        assert_eq!(language("fa").write_hundredths(900), "۹٫۰۰");
        assert_eq!(language("en").write_tenths(25), "2.5");
        assert_eq!(language("fa").write_tenths(30), "۳");
        for (tag, permille, text) in [
            ("en", 970, "97.0%"),
            ("en", -5, "\u{2212}0.5%"),
            ("ar", 970, "97.0\u{200e}%\u{200e}"),
            ("fa", 1_000, "۱۰۰٫۰٪"),
            ("zh-Hant", 5, "0.5%"),
        ] {
            assert_eq!(language(tag).write_percent(permille), text, "{tag}");
        }
        for (tag, text) in [
            ("en", "Nov 2026"),
            ("ar", "نوفمبر 2026"),
            ("fa", "نوامبر ۲۰۲۶"),
            ("zh-Hans", "2026年11月"),
        ] {
            assert_eq!(language(tag).write_month(2026, 11), text, "{tag}");
        }
        assert_eq!(language("en").write_change(5), "+5");
        assert_eq!(language("fa").write_change(5), "\u{200e}+۵");
        assert_eq!(language("en").write_change(0), "0");
        assert_eq!(language("en").write_change(-5), "\u{2212}5");
    }

    #[test]
    fn money_is_written_as_readers_of_the_language_know_it() {
        for (tag, minor, code, text) in [
            ("en", 100, "EUR", "€1"),
            ("en", 150, "EUR", "€1.50"),
            ("en", 1_000, "USD", "$10"),
            ("en", 1_000, "KWD", "KWD\u{a0}1"),
            ("ar", 100, "EUR", "\u{200f}1\u{a0}€"),
            ("ar", 150, "EUR", "\u{200f}1.50\u{a0}€"),
            ("ar", 500, "AED", "\u{200f}5\u{a0}د.إ."),
            ("fa", 150, "EUR", "\u{200e}€۱٫۵۰"),
            ("fa", 10_000, "CHF", "\u{200e}CHF\u{a0}۱۰۰"),
            ("zh-Hans", 1_000, "CNY", "¥10"),
            ("zh-Hans", 1_000, "USD", "US$10"),
            ("zh-Hant", 3_000, "TWD", "$30"),
            ("zh-Hant", 100, "JPY", "JP¥100"),
        ] {
            let money = Money::new(minor, code.parse().expect("a code")).expect("in range");
            assert_eq!(language(tag).write_money(money), text, "{tag} {minor} {code}");
        }
    }

    #[test]
    fn dates_follow_the_readers_calendar() {
        let day = Time::parse_rfc3339("2026-11-21T09:30:00Z").expect("a time");
        for (tag, text) in [
            ("en", "21 Nov 2026"),
            ("ar", "21 نوفمبر 2026"),
            ("fa", "۳۰ آبان ۱۴۰۵"),
            ("zh-Hans", "2026年11月21日"),
            ("zh-Hant", "2026年11月21日"),
        ] {
            assert_eq!(language(tag).write_date(day), text, "{tag}");
        }
    }
}
