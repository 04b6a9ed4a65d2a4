//! Amounts of money as people type them, in the digits and with the signs of any of our languages.

use crate::types::{Currency, fold};

/// Most digits of an amount.
const DIGITS_MAX: usize = 12;

/// What an amount is in minor units; `None` if it is none.
///
/// The last of a point, comma or Arabic decimal sign begins the decimals, unless as many digits stand behind it as a
/// group of thousands has: `1,250` is a thousand and a quarter where money has two decimals.
pub(super) fn parse(text: &str, currency: Currency) -> Option<i64> {
    let places = usize::try_from(currency.digits()).ok()?;
    let text: String = fold(text)
        .chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '\'' | '\u{2019}' | '٬'))
        .map(|sign| if sign == '٫' { '.' } else { sign })
        .collect();
    let decimals = text.rfind(['.', ',']).filter(|at| {
        let behind = text.len() - at - 1;
        let sign = text.get(*at..=*at);
        let is_alone = sign.is_some_and(|sign| text.matches(sign).count() == 1);
        behind <= places && is_alone && !(behind == 3 && sign == Some(","))
    });
    let (whole, part) = match decimals {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text.as_str(), ""),
    };
    let whole = join_groups(whole)?;
    let digits = format!("{whole}{part:0<places$}");
    let is_sound = !digits.is_empty()
        && digits.len() <= DIGITS_MAX
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !(whole.is_empty() && part.is_empty());
    is_sound.then(|| digits.parse().ok())?
}

/// A whole number as people type it, in the digits of any of our languages; `None` if it is none.
pub(super) fn parse_number(text: &str) -> Option<i64> {
    let text: String = fold(text)
        .chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '\'' | '\u{2019}' | '٬'))
        .collect();
    let digits = join_groups(&text)?;
    let is_sound =
        !digits.is_empty() && digits.len() <= DIGITS_MAX && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_sound.then(|| digits.parse().ok())?
}

/// An amount as it can be typed again.
pub(super) fn plain(minor: i64, currency: Currency) -> String {
    let unit = currency.minor_per_unit();
    if minor % unit == 0 {
        return (minor / unit).to_string();
    }
    let places = usize::try_from(currency.digits()).unwrap_or_default();
    format!("{}.{:0places$}", minor / unit, minor % unit)
}

/// The digits of groups of three behind a first one; `None` of other groups.
fn join_groups(text: &str) -> Option<String> {
    let mut groups = text.split(['.', ',']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let is_sound =
        rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    is_sound.then(|| format!("{first}{}", rest.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_can_be_typed_again() {
        for (minor, code, text) in [
            (1_250, "EUR", "12.50"),
            (1_200, "EUR", "12"),
            (5, "EUR", "0.05"),
            (1_250, "KWD", "1.250"),
            (800, "JPY", "800"),
        ] {
            let currency = code.parse().expect("a currency");
            assert_eq!(plain(minor, currency), text);
            assert_eq!(parse(text, currency), Some(minor), "{text}");
        }
    }

    #[test]
    fn numbers_are_read_in_every_languages_digits() {
        for (text, number) in [
            ("400", Some(400)),
            ("۴۰۰", Some(400)),
            ("٤٠٠", Some(400)),
            ("1,250", Some(1_250)),
            ("1.250", Some(1_250)),
            ("12.5", None),
            ("-3", None),
            ("", None),
            ("four", None),
            ("1234567890123", None),
        ] {
            assert_eq!(parse_number(text), number, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_of_every_language_type_them() {
        for (text, code, minor) in [
            ("12.50", "EUR", Some(1_250)),
            ("12,50", "EUR", Some(1_250)),
            ("12,5", "EUR", Some(1_250)),
            ("12", "EUR", Some(1_200)),
            ("12.", "EUR", Some(1_200)),
            (".5", "EUR", Some(50)),
            (" 1 250 ", "EUR", Some(125_000)),
            ("1,250", "EUR", Some(125_000)),
            ("1.250,75", "EUR", Some(125_075)),
            ("1,250.75", "EUR", Some(125_075)),
            ("1’250.75", "CHF", Some(125_075)),
            ("1,234,567.8", "EUR", Some(123_456_780)),
            ("١٢٫٥٠", "AED", Some(1_250)),
            ("۱۲٫۵", "EUR", Some(1_250)),
            ("۱٬۲۵۰", "EUR", Some(125_000)),
            ("１２．５", "CNY", Some(1_250)),
            ("1.250", "KWD", Some(1_250)),
            ("1,250", "KWD", Some(1_250_000)),
            ("1250", "JPY", Some(1_250)),
            ("1,250", "JPY", Some(1_250)),
            ("12.5", "JPY", None),
            ("0", "EUR", Some(0)),
            ("", "EUR", None),
            (".", "EUR", None),
            ("-5", "EUR", None),
            ("12.345", "EUR", Some(1_234_500)),
            ("12.3456", "EUR", None),
            ("1,25,0", "EUR", None),
            ("12 EUR", "EUR", None),
            ("1e3", "EUR", None),
            ("9999999999999", "EUR", None),
        ] {
            let currency = code.parse().expect("a currency");
            assert_eq!(parse(text, currency), minor, "{text} {code}");
        }
    }
}
