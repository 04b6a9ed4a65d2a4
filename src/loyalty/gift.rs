//! Stored value: what it may be, how much of it there may be, and the codes of gift cards.

use serde::{Deserialize, Serialize};

use crate::types::{Money, Time};

/// The most that a gift card may hold and that one movement may move, in minor units.
pub const GIFT_MINOR_MAX: i64 = 1_000_000_000_000;
/// The longest life of a gift card, in days: a hundred years.
pub const LIFE_DAYS_MAX: i64 = 36_525;
/// Days for which value can be spent that is given back to a gift card after it expired.
pub const GRACE_DAYS: i64 = 30;
/// Random digits of a code: 63 bits, so that guessing finds no gift card.
pub const RANDOM_DIGITS: usize = 19;

const DAY_MS: i64 = 86_400_000;

/// Where stored value comes from. The two are separate ledgers: a gift card holds one of them for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GiftValue {
    /// Somebody paid for it: the shop owes it.
    Paid,
    /// The shop gave it: a reward, a courtesy.
    Earned,
}

impl GiftValue {
    /// Its name in the database and in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Earned => "earned",
        }
    }
}

/// Whether a gift card can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiftState {
    /// It can.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody at the shop ended it.
    Voided,
}

impl GiftState {
    /// The state of a gift card of these dates.
    pub fn of(expires_at: Option<Time>, voided_at: Option<Time>, now: Time) -> Self {
        if voided_at.is_some() {
            Self::Voided
        } else if expires_at.is_some_and(|expires| expires <= now) {
            Self::Expired
        } else {
            Self::Active
        }
    }

    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Voided => "voided",
        }
    }
}

/// Why an amount cannot be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountFault {
    /// It is nothing, or less.
    NotPositive,
    /// It is more than [`GIFT_MINOR_MAX`].
    TooMuch,
}

/// Refuses what no gift card can hold.
pub const fn check_amount(amount: Money) -> Result<(), AmountFault> {
    if amount.minor <= 0 {
        return Err(AmountFault::NotPositive);
    }
    if amount.minor > GIFT_MINOR_MAX {
        return Err(AmountFault::TooMuch);
    }
    Ok(())
}

/// Until when value can be spent that is given back now to a gift card with that date.
pub fn expiry_of_return(expires_at: Option<Time>, now: Time) -> Option<Time> {
    expires_at.map(|had| {
        if had <= now {
            now.plus_ms(GRACE_DAYS * DAY_MS)
        } else {
            had
        }
    })
}

/// The latest instant at which a gift card made now may end.
pub const fn latest_expiry(now: Time) -> Time {
    now.plus_ms(LIFE_DAYS_MAX * DAY_MS)
}

/// The code of a gift card: 19 random digits and a check digit, so that it can be typed on a till's keys and is
/// never taken for the code of a loyalty card, which is shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftCode(String);

impl GiftCode {
    /// A code of these digits; of larger numbers the last digit counts.
    pub fn of_digits(digits: [u8; RANDOM_DIGITS]) -> Self {
        let digits = digits.map(|digit| u32::from(digit % 10));
        let mut code: String = digits.iter().copied().filter_map(letter).collect();
        code.extend(letter(check_digit(&digits)));
        Self(code)
    }

    /// Reads what was scanned or typed: spaces and hyphens do not matter, digits may be Arabic or Persian. `None` if it
    /// is no code, or if the check digit shows a slip.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 128 {
            return None;
        }
        let mut digits = Vec::with_capacity(RANDOM_DIGITS + 1);
        for letter in text.chars().filter(|letter| !matches!(letter, ' ' | '-')) {
            digits.push(digit(letter)?);
        }
        let (check, body) = digits.split_last()?;
        (body.len() == RANDOM_DIGITS && check_digit(body) == *check)
            .then(|| Self(digits.iter().copied().filter_map(letter).collect()))
    }

    /// The code as it is stored and scanned: 20 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn letter(digit: u32) -> Option<char> {
    char::from_digit(digit, 10)
}

/// A digit of the Latin, Arabic or Persian script.
fn digit(letter: char) -> Option<u32> {
    let code = u32::from(letter);
    match letter {
        '0'..='9' => letter.to_digit(10),
        '\u{660}'..='\u{669}' => Some(code - 0x660),
        '\u{6f0}'..='\u{6f9}' => Some(code - 0x6f0),
        _ => None,
    }
}

/// Luhn's rule (ISO/IEC 7812-1, annex B): finds every single slip and every swap of neighbours but 09 and 90.
fn check_digit(body: &[u32]) -> u32 {
    let sum: u32 = body
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let weighted = if place % 2 == 0 { digit * 2 } else { *digit };
            weighted / 10 + weighted % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example of the standard: the account number 7992739871 has the check digit 3.
    #[test]
    fn the_check_digit_is_luhns() {
        assert_eq!(check_digit(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1]), 3);
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = GiftCode::of_digits([4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7]);
        let text = code.as_str();
        assert_eq!(text.len(), 20);
        let spaced = format!(
            "{} {}-{} {}",
            &text[..5],
            &text[5..10],
            &text[10..15],
            &text[15..]
        );
        assert_eq!(GiftCode::parse(&spaced), Some(code.clone()));
        for zero in ['\u{660}', '\u{6f0}'] {
            let in_script = |letter: char| char::from_u32(u32::from(zero) + letter.to_digit(10)?);
            let typed: String = text.chars().filter_map(in_script).collect();
            assert_eq!(GiftCode::parse(&typed), Some(code.clone()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in [
            "",
            "-",
            "12345",
            "7KD29QXM4T0WZ3HB",
            "x",
            &"0".repeat(21),
            &"0".repeat(1_000),
        ] {
            assert_eq!(GiftCode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_lie_within_what_a_gift_card_holds() {
        let euros = |minor| Money {
            minor,
            currency: "EUR".parse().expect("a code"),
        };
        for minor in [0, -1, i64::MIN] {
            assert_eq!(check_amount(euros(minor)), Err(AmountFault::NotPositive));
        }
        for minor in [GIFT_MINOR_MAX + 1, i64::MAX] {
            assert_eq!(check_amount(euros(minor)), Err(AmountFault::TooMuch));
        }
        for minor in [1, GIFT_MINOR_MAX] {
            assert_eq!(check_amount(euros(minor)), Ok(()));
        }
    }

    #[test]
    fn what_comes_back_late_can_be_spent_for_thirty_days() {
        let now = Time::from_secs(1_795_000_000);
        assert_eq!(expiry_of_return(None, now), None);
        let later = now.plus_ms(1);
        assert_eq!(expiry_of_return(Some(later), now), Some(later));
        assert_eq!(expiry_of_return(Some(now), now), Some(now.plus_ms(30 * DAY_MS)));
    }

    proptest! {
        #[test]
        fn one_slip_is_found(digits: [u8; RANDOM_DIGITS], place in 0..20_usize, slip in 1..10_u32) {
            let code = GiftCode::of_digits(digits);
            let mut letters: Vec<char> = code.as_str().chars().collect();
            let right = letters[place].to_digit(10).expect("a digit");
            letters[place] = char::from_digit((right + slip) % 10, 10).expect("a digit");
            prop_assert_eq!(GiftCode::parse(&letters.iter().collect::<String>()), None);
            prop_assert_eq!(GiftCode::parse(code.as_str()), Some(code));
        }
    }
}
