//! The typed ids that lead to a member, in the one form in which they are stored and compared.

use super::Fault;
use crate::loyalty::birthday::check_birth_date;
use crate::types::Day;

/// Longest text taken for a name, an e-mail address or a caller's own id, in characters.
pub(super) const TEXT_MAX: usize = 200;

/// An identity in the form in which it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) kind: &'static str,
    pub(super) value: String,
}

/// An e-mail address: trimmed, lower case, one `@` with something on both sides and a dot behind it.
pub(super) fn email(text: &str) -> Result<Known, Fault> {
    let value = text.trim().to_lowercase();
    let sound = value.len() <= 254
        && !value.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        && value.split_once('@').is_some_and(|(local, domain)| {
            (1..=64).contains(&local.len())
                && domain.contains('.')
                && !domain.contains('@')
                && domain
                    .split('.')
                    .all(|part| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-'))
        });
    if sound {
        return Ok(Known { kind: "email", value });
    }
    Err(Fault::new(
        "/email",
        "bad_email",
        "The e-mail address must look like name@example.com.",
    ))
}

/// A phone number in E.164: a plus and 8 to 15 digits. Spaces, dots, hyphens and brackets are dropped, a
/// leading 00 counts as a plus, digits of any script count as digits.
pub(super) fn phone(text: &str) -> Result<Known, Fault> {
    let fault = || {
        Fault::new(
            "/phone",
            "bad_phone",
            "Write the phone number with its country code, such as +49 30 123456.",
        )
    };
    let mut digits = String::new();
    let trimmed = text.trim();
    for letter in trimmed.chars() {
        match letter {
            '+' if digits.is_empty() => (),
            ' ' | '\u{a0}' | '-' | '.' | '(' | ')' | '/' | '\u{2011}' | '\u{200e}' | '\u{200f}' => (),
            other => digits.push(latin_digit(other).ok_or_else(fault)?),
        }
    }
    if !trimmed.starts_with('+') {
        digits = digits.strip_prefix("00").ok_or_else(fault)?.to_owned();
    }
    if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
        return Err(fault());
    }
    Ok(Known {
        kind: "phone",
        value: format!("+{digits}"),
    })
}

/// The caller's own id: 1 to 200 printable characters.
pub(super) fn external_id(text: &str) -> Result<Known, Fault> {
    let value = text.trim();
    if value.is_empty() || value.chars().count() > TEXT_MAX || value.chars().any(char::is_control) {
        return Err(Fault::new(
            "/external_id",
            "bad_external_id",
            "An external id has 1 to 200 printable characters.",
        ));
    }
    Ok(Known {
        kind: "external_id",
        value: value.to_owned(),
    })
}

/// A name: trimmed, at most 200 characters, no control characters.
pub(super) fn name(pointer: &str, text: &str) -> Result<String, Fault> {
    let value = text.trim();
    if value.chars().count() > TEXT_MAX || value.chars().any(char::is_control) {
        return Err(Fault::new(
            pointer,
            "bad_name",
            "A name has at most 200 characters and no control characters.",
        ));
    }
    Ok(value.to_owned())
}

/// A birth date as `2000-02-29`: not in the future, at most 120 years ago.
pub(super) fn birth_date(text: &str, today: Day) -> Result<Day, Fault> {
    let fault = |detail: String| Fault::new("/birth_date", "bad_birth_date", detail);
    let born: Day = text
        .trim()
        .parse()
        .map_err(|_| fault("Write the birth date as year, month and day, such as 1990-02-28.".to_owned()))?;
    check_birth_date(born, today).map_err(|error| fault(error.to_string()))?;
    Ok(born)
}

fn latin_digit(letter: char) -> Option<char> {
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
    zeros.into_iter().find_map(|zero| {
        let distance = u32::from(letter).checked_sub(u32::from(zero))?;
        char::from_digit(distance, 10)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_person_has_one_form() {
        for text in [
            "+49 (30) 123-456",
            "0049 30 123456",
            "+٤٩٣٠١٢٣٤٥٦",
            "  +49.30.123456 ",
        ] {
            assert_eq!(
                phone(text).map(|known| known.value),
                Ok("+4930123456".to_owned()),
                "{text}"
            );
        }
        assert_eq!(
            email(" Lina@Example.COM ").map(|known| known.value),
            Ok("lina@example.com".to_owned())
        );
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for text in [
            "",
            "030 123456",
            "+0301234567",
            "+12",
            "+1234567890123456",
            "phone",
            "+49x30123456",
        ] {
            assert!(phone(text).is_err(), "{text}");
        }
        for text in [
            "",
            "lina",
            "@example.com",
            "lina@",
            "a b@example.com",
            "a@b@c.de",
            "a@example",
            "a@-x.de",
        ] {
            assert!(email(text).is_err(), "{text}");
        }
    }
}
