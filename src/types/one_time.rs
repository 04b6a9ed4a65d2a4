//! Codes of one time: what a key and the hour make (RFC 4226 and 6238), and the base 32 in which such keys are typed.

use super::{Time, constant_time_eq, fold, hmac_sha1};

/// How long a code is shown, in seconds.
pub const CODE_PERIOD_S: i64 = 30;
/// Periods before and after the present one whose codes are taken: for clocks that differ, and for the time it takes
/// to type.
pub const CODE_SKEW: i64 = 1;

/// The alphabet of RFC 4648, section 6.
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Bits of a character of base 32.
const BASE_32_BITS: u32 = 5;

/// The code of a counter, in so many digits, at most 9 (RFC 4226, section 5.3).
pub fn code_at(key: &[u8], counter: i64, digits: u32) -> String {
    let mac = hmac_sha1(key, &counter.to_be_bytes());
    let byte = |at: usize| u32::from(mac.get(at).copied().unwrap_or_default());
    let start = usize::try_from(byte(mac.len() - 1) & 0x0f).unwrap_or_default();
    let number = (start..start + 4).fold(0_u32, |number, at| (number << 8) | byte(at)) & 0x7fff_ffff;
    let width = usize::try_from(digits).unwrap_or_default();
    format!("{:0width$}", number % 10_u32.pow(digits))
}

/// The period that an instant is in (RFC 6238, section 4.2).
pub const fn period_at(at: Time) -> i64 {
    at.secs().div_euclid(CODE_PERIOD_S)
}

/// The period whose code was typed, if it is one of those about `now` and later than `last`, the last that was taken:
/// a code is good once (RFC 6238, section 5.2). Digits of any script are read, and spaces and hyphens between them.
pub fn find_period(key: &[u8], typed: &str, digits: u32, now: Time, last: Option<i64>) -> Option<i64> {
    let typed: String = fold(typed)
        .chars()
        .filter(|one| !matches!(one, ' ' | '-'))
        .collect();
    let present = period_at(now);
    // Every code is compared, so that the time it takes says nothing of which was right.
    let mut found = None;
    for period in present - CODE_SKEW..=present + CODE_SKEW {
        let is_right = constant_time_eq(code_at(key, period, digits).as_bytes(), typed.as_bytes());
        let is_new = last.is_none_or(|last| period > last);
        if is_right && is_new && found.is_none() {
            found = Some(period);
        }
    }
    found
}

/// Bytes in base 32 (RFC 4648, section 6) without padding, as authenticators take keys.
pub fn write_base_32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0_u32);
    let mut push = |index: u32| {
        let index = usize::try_from(index & 31).unwrap_or_default();
        text.extend(BASE_32.get(index).copied().map(char::from));
    };
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= BASE_32_BITS {
            bits -= BASE_32_BITS;
            push(held >> bits);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        push(held << (BASE_32_BITS - bits));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, for SHA-1.
    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let period = period_at(Time::from_secs(seconds));
            assert_eq!(code_at(KEY, period, 8), code, "{seconds}");
            // Fewer digits are the last ones.
            assert_eq!(code_at(KEY, period, 6), code[2..], "{seconds}");
        }
    }

    #[test]
    fn the_codes_are_those_of_rfc_4226() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, code) in (0..).zip(codes) {
            assert_eq!(code_at(KEY, counter, 6), code, "{counter}");
        }
    }

    #[test]
    fn a_code_is_taken_for_one_period_before_and_after_and_once() {
        // The period of 1111111109 runs from ..080 to ..109.
        let own = period_at(Time::from_secs(1_111_111_109));
        let at = |seconds, last| find_period(KEY, "081804", 6, Time::from_secs(seconds), last);
        for (seconds, found) in [
            (1_111_111_049, None),
            (1_111_111_050, Some(own)),
            (1_111_111_080, Some(own)),
            (1_111_111_109, Some(own)),
            (1_111_111_139, Some(own)),
            (1_111_111_140, None),
        ] {
            assert_eq!(at(seconds, None), found, "{seconds}");
        }
        assert_eq!(at(1_111_111_100, Some(own - 1)), Some(own));
        assert_eq!(at(1_111_111_100, Some(own)), None, "a second time");
        assert_eq!(at(1_111_111_100, Some(own + 1)), None, "after a later one");
    }

    #[test]
    fn a_code_is_read_in_the_digits_of_any_keyboard() {
        let now = Time::from_secs(1_111_111_109);
        for (typed, is_right) in [
            ("081804", true),
            (" 081 804 ", true),
            ("081-804", true),
            ("٠٨١٨٠٤", true),
            ("۰۸۱۸۰۴", true),
            ("０８１８０４", true),
            ("81804", false),
            ("081805", false),
            ("0818040", false),
            ("07081804", false),
            ("", false),
            ("o81804", false),
        ] {
            let found = find_period(KEY, typed, 6, now, None);
            assert_eq!(found.is_some(), is_right, "{typed}");
        }
    }

    #[test]
    fn base_32_is_that_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(write_base_32(bytes.as_bytes()), text);
        }
    }
}
