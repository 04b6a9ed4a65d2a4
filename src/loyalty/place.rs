//! The places of a shop as cards know them: where a phone offers the card by itself.

use crate::types::{Language, Text};

/// Most places that a card knows (Apple: `Pass.locations`; Google: `merchantLocations` of an object).
pub const PLACES_MAX: i64 = 10;
/// Millionths of a degree in a degree: a step is 11 cm at most.
const MICRO: f64 = 1_000_000.0;
/// Most degrees north or south.
pub const LATITUDE_MAX: f64 = 90.0;
/// Most degrees east or west.
pub const LONGITUDE_MAX: f64 = 180.0;

/// A place with the words for it in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Millionths of a degree north.
    pub latitude_micro: i64,
    /// Millionths of a degree east.
    pub longitude_micro: i64,
    /// What a phone says there.
    pub relevant_text: Option<Text>,
}

/// A place as one holder's card has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPlace {
    /// Millionths of a degree north.
    pub latitude_micro: i64,
    /// Millionths of a degree east.
    pub longitude_micro: i64,
    /// What the phone says there, in the holder's language.
    pub text: Option<String>,
}

impl Place {
    /// The place for somebody who reads a language.
    pub fn near(&self, language: &Language) -> NearPlace {
        let text = self.relevant_text.as_ref();
        NearPlace {
            latitude_micro: self.latitude_micro,
            longitude_micro: self.longitude_micro,
            text: text.map(|text| text.get(language).to_owned()),
        }
    }
}

/// Degrees in millionths; `None` of what is no number between `-most` and `most`.
pub fn to_micro(degrees: f64, most: f64) -> Option<i64> {
    let is_sound = degrees.is_finite() && degrees.abs() <= most;
    is_sound
        .then(|| format!("{:.0}", degrees * MICRO).parse().ok())
        .flatten()
}

/// Millionths of a degree in degrees.
pub fn to_degrees(micro: i64) -> f64 {
    i32::try_from(micro).map_or(0.0, f64::from) / MICRO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_come_back_to_the_millionth() {
        for (degrees, micro) in [
            (52.520_008, 52_520_008),
            (-0.127_5, -127_500),
            (180.0, 180_000_000),
            (-0.000_000_4, 0),
        ] {
            assert_eq!(to_micro(degrees, LONGITUDE_MAX), Some(micro));
        }
        assert_eq!(to_degrees(52_520_008).to_string(), "52.520008");
        assert_eq!(to_degrees(-127_500).to_string(), "-0.1275");
    }

    #[test]
    fn what_is_nowhere_on_earth_is_none() {
        for degrees in [90.000_001, -91.0, f64::NAN, f64::INFINITY] {
            assert_eq!(to_micro(degrees, LATITUDE_MAX), None, "{degrees}");
        }
    }

    #[test]
    fn a_place_speaks_the_holders_language() {
        let text: Text = serde_json::from_str(r#"{"en": "Coffee?", "ar": "قهوة؟"}"#).expect("a text");
        let place = Place {
            latitude_micro: 1,
            longitude_micro: 2,
            relevant_text: Some(text),
        };
        let arabic = "ar".parse().expect("a language");
        assert_eq!(place.near(&arabic).text.as_deref(), Some("قهوة؟"));
    }
}
