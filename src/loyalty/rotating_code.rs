//! A card's code that changes every half minute (RFC 6238): a picture of it is soon worth nothing.

use crate::types::{Time, constant_time_eq, hmac_sha1};

/// How long a value is shown, in seconds.
pub const PERIOD_S: i64 = 30;
/// Digits of a value.
pub const DIGITS: usize = 8;
/// Periods before and after the present one whose values are taken: for clocks that differ, and for the time between
/// the scan and the request.
const SKEW: i64 = 1;
/// Digits of the seconds since 1970 for some thousand years.
const SECONDS_DIGITS: std::ops::RangeInclusive<usize> = 9..=11;

/// What a phone shows, as Google Wallet fills it in. No plain code is so long, so that one is never taken for the
/// other.
pub fn pattern(code: &str) -> String {
    format!("{code}-{{totp_timestamp_seconds}}-{{totp_value_0}}")
}

/// The value of a counter (RFC 4226, section 5.3).
pub fn value_at(key: &[u8], counter: i64) -> String {
    let mac = hmac_sha1(key, &counter.to_be_bytes());
    let byte = |at: usize| u32::from(mac.get(at).copied().unwrap_or_default());
    let start = usize::try_from(byte(mac.len() - 1) & 0x0f).unwrap_or_default();
    let number = (start..start + 4).fold(0_u32, |number, at| (number << 8) | byte(at)) & 0x7fff_ffff;
    format!("{:0DIGITS$}", number % 10_u32.pow(8))
}

/// The period that an instant is in (RFC 6238, section 4.2).
pub const fn counter_at(at: Time) -> i64 {
    at.secs().div_euclid(PERIOD_S)
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
        let is_sound = value.len() == DIGITS && SECONDS_DIGITS.contains(&seconds.len());
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
        let is_of =
            |counter: &i64| constant_time_eq(value_at(key, *counter).as_bytes(), self.value.as_bytes());
        let present = counter_at(now);
        match (present - SKEW..=present + SKEW).find(is_of) {
            Some(counter) => Moment::Now(counter),
            None if is_of(&counter_at(self.made_at)) => Moment::Other,
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
    fn the_values_are_those_of_rfc_6238() {
        for (seconds, value) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let counter = counter_at(Time::from_secs(seconds));
            assert_eq!(value_at(KEY, counter), value, "{seconds}");
        }
    }

    #[test]
    fn a_value_is_of_now_for_one_period_before_and_after() {
        let text = "ABCDEFGHJKMNPQRS-1111111109-07081804";
        let code = RotatingCode::parse(text).expect("it is one");
        assert_eq!(code.code, "ABCDEFGHJKMNPQRS");
        // The period of 1111111109 runs from ..080 to ..109.
        let own = counter_at(Time::from_secs(1_111_111_109));
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
