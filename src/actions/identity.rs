//! The typed ids that lead to a member, in the one form in which they are stored and compared.

use super::Fault;
use crate::loyalty::birthday::check_birth_date;
use crate::types::{Day, fold, fold_email};

/// What the number printed on a plastic card is called among the kinds of identities.
pub(super) const CARD_NUMBER: &str = "card_number";

/// Longest text taken for a name, an e-mail address or a caller's own id, in characters.
pub(super) const TEXT_MAX: usize = 200;

/// Fewest and most letters and digits of a plastic card's number.
const NUMBER_MIN: usize = 4;
const NUMBER_MAX: usize = 40;

/// An identity as it was typed, and in the form in which it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) kind: &'static str,
    pub(super) value: String,
    /// As it was typed, without space around it.
    pub(super) shown: String,
    /// The form in which it was stored before texts were folded, if that was another one. Such rows stay as they are.
    pub(super) earlier: Option<String>,
}

impl Known {
    fn new(kind: &'static str, value: String, typed: &str, earlier: Option<String>) -> Self {
        Self {
            kind,
            earlier: earlier.filter(|earlier| *earlier != value),
            value,
            shown: typed.trim().to_owned(),
        }
    }
}

/// Reads an identity of a kind that is told by its name.
pub(super) fn read(kind: &str, text: &str) -> Result<Known, Fault> {
    match kind {
        "email" => email(text),
        "phone" => phone(text),
        "external_id" => external_id(text),
        CARD_NUMBER => card_number(text),
        _ => {
            let detail = "An identity is an `email`, a `phone`, an `external_id` or a `card_number`.";
            Err(Fault::new("/type", "unknown_type", detail))
        }
    }
}

/// An e-mail address: folded, one `@` with something on both sides and a dot behind it.
pub(super) fn email(text: &str) -> Result<Known, Fault> {
    let value = fold_email(text);
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
    if sound && is_printable(text) {
        return Ok(Known::new("email", value, text, Some(text.trim().to_lowercase())));
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
    if text.chars().count() > TEXT_MAX {
        return Err(fault());
    }
    let mut digits = String::new();
    let folded = fold(text);
    for letter in folded.chars() {
        match letter {
            '+' if digits.is_empty() => (),
            '.' | '(' | ')' | '/' => (),
            other if is_gap(other) => (),
            '0'..='9' => digits.push(letter),
            _ => return Err(fault()),
        }
    }
    if !folded.starts_with('+') {
        digits = digits.strip_prefix("00").ok_or_else(fault)?.to_owned();
    }
    if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
        return Err(fault());
    }
    Ok(Known::new("phone", format!("+{digits}"), text, None))
}

/// The caller's own id: 1 to 200 printable characters, compared folded; upper and lower case differ.
pub(super) fn external_id(text: &str) -> Result<Known, Fault> {
    let value = fold(text);
    if value.is_empty() || value.chars().count() > TEXT_MAX || !is_printable(text) {
        return Err(Fault::new(
            "/external_id",
            "bad_external_id",
            "An external id has 1 to 200 printable characters.",
        ));
    }
    let earlier = text.trim().to_owned();
    Ok(Known::new("external_id", value.into_owned(), text, Some(earlier)))
}

/// The number that is printed on a plastic card: 4 to 40 letters and digits. Case, spaces, hyphens, dots, strokes and
/// the script of the digits do not matter.
pub(super) fn card_number(text: &str) -> Result<Known, Fault> {
    let value: String = fold(text)
        .chars()
        .filter(|letter| !is_gap(*letter) && !matches!(letter, '.' | '/' | '_'))
        .flat_map(char::to_uppercase)
        .collect();
    let is_sound = (NUMBER_MIN..=NUMBER_MAX).contains(&value.chars().count())
        && value.chars().all(char::is_alphanumeric)
        && is_printable(text);
    if is_sound {
        return Ok(Known::new(CARD_NUMBER, value, text, None));
    }
    Err(Fault::new(
        "/card_number",
        "bad_card_number",
        "A card number has 4 to 40 letters and digits; spaces and hyphens do not count.",
    ))
}

/// Whether a text is short enough to be shown again, and holds nothing that no printer prints.
fn is_printable(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() <= TEXT_MAX && !text.chars().any(char::is_control)
}

/// Whether a letter only parts groups: space, or a hyphen or dash of any length.
pub(super) const fn is_gap(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
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
        let lina = email(" Lina@Example.COM ").expect("an address");
        assert_eq!(
            (lina.value.as_str(), lina.shown.as_str()),
            ("lina@example.com", "Lina@Example.COM")
        );
        for text in ["00-17 ab 42", "٠٠۱۷AB42", "0017–aB.42", "\u{200f}0017/AB/4२"] {
            assert_eq!(
                card_number(text).map(|known| known.value),
                Ok("0017AB42".to_owned()),
                "{text}"
            );
        }
        assert_eq!(
            external_id("كارت ۱۷").map(|known| known.value),
            external_id("کارت 17").map(|known| known.value)
        );
    }

    #[test]
    fn what_was_stored_before_texts_were_folded_is_known() {
        let earlier = |known: Result<Known, Fault>| known.expect("sound").earlier;
        assert_eq!(earlier(external_id(" C-17 ")), None);
        assert_eq!(earlier(external_id(" كارت ")), Some("كارت".to_owned()));
        assert_eq!(earlier(email("Lina@Example.com")), None);
        assert_eq!(earlier(email("Lina@ﬁna.de")), Some("lina@ﬁna.de".to_owned()));
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
        for text in ["", "123", "- - -", "12*45", "12\u{0}45", &"1".repeat(41)] {
            assert!(card_number(text).is_err(), "{text}");
        }
        assert!(read("address", "Main street 1").is_err());
    }
}
