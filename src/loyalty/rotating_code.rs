//! A card's code that changes every half minute (RFC 6238): a picture of it is soon worth nothing.

use crate::types::{CODE_SKEW, Time, code_at, constant_time_eq, period_at};

/// Digits of a value.
pub const DIGITS: u32 = 8;
/// Characters of one.
const LENGTH: usize = 8;
/// Digits of the seconds since 1970 for some thousand years.
const SECONDS_DIGITS: std::ops::RangeInclusive<usize> = 9..=11;

/// What a phone shows, as Google Wallet fills it in. No plain code is so long, so that one is never taken for the
/// other.
pub fn pattern(code: &str) -> String {
    format!("{code}-{{totp_timestamp_seconds}}-{{totp_value_0}}")
}

/// What was scanned, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotatingCode<'t> {
    /// The card's code, as it stands there.
    pub code: &'t str,
    /// When the phone says that it was made.
    made_at: Time,
    value: &'t str,
}

/// What a value says of the moment at which it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It is of now: of this period.
    Now(i64),
    /// It is the card's own, of an earlier or later time.
    Other,
    /// It is none of this card's.
    Never,
}

impl<'t> RotatingCode<'t> {
    /// Reads what was scanned; `None` if it is of another form.
    pub fn parse(text: &'t str) -> Option<Self> {
        let (rest, value) = text.trim().rsplit_once('-')?;
        let (code, seconds) = rest.rsplit_once('-')?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_sound = value.len() == LENGTH && SECONDS_DIGITS.contains(&seconds.len());
        if !is_sound || !is_number(value) || !is_number(seconds) {
            return None;
        }
        Some(Self {
            code,
            made_at: Time::from_secs(seconds.parse().ok()?),
            value,
        })
    }

    /// When the value was shown, by the card's key. The phone's own word for it only tells an old value from a
    /// made-up one.
    pub fn moment(&self, key: &[u8], now: Time) -> Moment {
        let is_of = |counter: &i64| {
            constant_time_eq(code_at(key, *counter, DIGITS).as_bytes(), self.value.as_bytes())
        };
        let present = period_at(now);
        match (present - CODE_SKEW..=present + CODE_SKEW).find(is_of) {
            Some(counter) => Moment::Now(counter),
            None if is_of(&period_at(self.made_at)) => Moment::Other,
            None => Moment::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, for SHA-1.
    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn a_value_is_of_now_for_one_period_before_and_after() {
        let text = "ABCDEFGHJKMNPQRS-1111111109-07081804";
        let code = RotatingCode::parse(text).expect("it is one");
        assert_eq!(code.code, "ABCDEFGHJKMNPQRS");
        // The period of 1111111109 runs from ..080 to ..109.
        let own = period_at(Time::from_secs(1_111_111_109));
        for (now, moment) in [
            (1_111_111_049, Moment::Other),
            (1_111_111_050, Moment::Now(own)),
            (1_111_111_080, Moment::Now(own)),
            (1_111_111_109, Moment::Now(own)),
            (1_111_111_139, Moment::Now(own)),
            (1_111_111_140, Moment::Other),
            (2_000_000_000, Moment::Other),
        ] {
            assert_eq!(code.moment(KEY, Time::from_secs(now)), moment, "{now}");
        }
        assert_eq!(
            code.moment(b"another key", Time::from_secs(1_111_111_109)),
            Moment::Never
        );
        let moved = RotatingCode::parse("ABCDEFGHJKMNPQRS-2000000000-07081804").expect("it is one");
        assert_eq!(moved.moment(KEY, Time::from_secs(2_000_000_000)), Moment::Never);
    }

    #[test]
    fn what_has_another_form_is_no_rotating_code() {
        for text in [
            "",
            "-",
            "ABCDEFGHJKMNPQRS",
            "ABCD-EFGH-JKMN-PQRS",
            "1234-5678-9012-3456",
            "ABCDEFGHJKMNPQRS-1111111109-0708180",
            "ABCDEFGHJKMNPQRS-1111111109-070818045",
            "ABCDEFGHJKMNPQRS-11111111-07081804",
            "ABCDEFGHJKMNPQRS-111111110x-07081804",
            "ABCDEFGHJKMNPQRS-1111111109-0708180é",
        ] {
            assert_eq!(RotatingCode::parse(text), None, "{text}");
        }
        let filled = pattern("7KD2")
            .replace("{totp_timestamp_seconds}", "1111111109")
            .replace("{totp_value_0}", "07081804");
        assert_eq!(RotatingCode::parse(&filled).expect("it is one").code, "7KD2");
    }
}
