//! Dates as Apple reads them in a pass (Apple's pass-builder, `PassDateTimeFormatter`).

use chrono::{DateTime, NaiveDate};

use crate::types::Time;

/// Reads `YYYY-MM-DDTHH:MM[:SS[.fff]](Z|+HH:MM|-HH:MM)`; else `None`.
///
/// The zone must be there and carry a colon: iOS refuses `2020-02-01T08:00:00.000+0000`.
pub fn parse_pass_date(text: &str) -> Option<Time> {
    let (day, rest) = text.split_once('T')?;
    let (clock, zone) = split_zone(rest)?;
    if !is_day(day) || !is_clock(clock) || !is_zone(zone) {
        return None;
    }
    let seconds = if clock.len() == "HH:MM".len() { ":00" } else { "" };
    let full = format!("{day}T{clock}{seconds}{zone}");
    let instant = DateTime::parse_from_rfc3339(&full).ok()?;
    Some(Time::from_millis(instant.timestamp_millis()))
}

/// Clock and zone: what stands before and from the sign or the `Z`.
fn split_zone(text: &str) -> Option<(&str, &str)> {
    text.split_at_checked(text.find(['Z', '+', '-'])?)
}

/// Whether the text has the shape of the pattern, in which `9` is any digit.
fn has_shape(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| {
            if wanted == b'9' {
                byte.is_ascii_digit()
            } else {
                byte == wanted
            }
        })
}

fn is_day(text: &str) -> bool {
    has_shape(text, "9999-99-99") && text.parse::<NaiveDate>().is_ok()
}

fn is_clock(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(a, b)| (a, Some(b)));
    let fraction_is_sound = fraction.is_none_or(|digits| {
        (1..=9).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && has_shape(whole, "99:99:99")
    });
    fraction_is_sound && (has_shape(whole, "99:99") || has_shape(whole, "99:99:99"))
}

fn is_zone(text: &str) -> bool {
    text == "Z" || has_shape(text, "+99:99") || has_shape(text, "-99:99")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_apple_reads_are_read() {
        let noon = Time::parse_rfc3339("2026-11-21T12:00:00Z").expect("a time");
        for text in [
            "2026-11-21T12:00Z",
            "2026-11-21T12:00:00Z",
            "2026-11-21T12:00:00.000Z",
            "2026-11-21T13:00+01:00",
            "2026-11-21T07:30:00.0-04:30",
        ] {
            assert_eq!(parse_pass_date(text), Some(noon), "{text}");
        }
    }

    #[test]
    fn the_forms_that_ios_refuses_are_refused() {
        for text in [
            "",
            "2026-11-21",
            "2026-11-21 12:00Z",
            "2026-11-21T12:00",
            "2020-02-01T08:00:00.000+0000",
            "2026-11-21T12:00:00+01",
            "2026-11-21T12Z",
            "2026-11-21T12:00.5Z",
            "2026-13-21T12:00Z",
            "2026-02-30T12:00Z",
            "2026-11-21T25:00Z",
            "2026-11-21T12:00:00Zx",
            "2026-11-21T12:00:00.Z",
            "２026-11-21T12:00Z",
            "tomorrow",
        ] {
            assert_eq!(parse_pass_date(text), None, "{text}");
        }
    }
}
