//! Colours: read as people and passes write them, compared as eyes do.

use std::fmt;

use serde::{Serialize, Serializer};

/// A colour of 8 bits a channel; printed as `rgb(31,58,52)`, Apple's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

impl Rgb {
    /// Black.
    pub const BLACK: Self = Self {
        red: 0,
        green: 0,
        blue: 0,
    };
    /// White.
    pub const WHITE: Self = Self {
        red: 255,
        green: 255,
        blue: 255,
    };

    /// The colour as `#rrggbb`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Reads `#rgb`, `#rrggbb` or `rgb(r, g, b)`; `None` if it is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.strip_prefix('#') {
            Some(digits) => Self::from_hex(digits),
            None => Self::from_channels(text.strip_prefix("rgb(")?.strip_suffix(')')?),
        }
    }

    fn from_hex(digits: &str) -> Option<Self> {
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, high, middle, low] = number.to_be_bytes();
        match digits.len() {
            6 => Some(Self {
                red: high,
                green: middle,
                blue: low,
            }),
            3 => Some(Self {
                red: (middle & 15) * 17,
                green: (low >> 4) * 17,
                blue: (low & 15) * 17,
            }),
            _ => None,
        }
    }

    fn from_channels(list: &str) -> Option<Self> {
        let mut channels = list.split(',').map(|part| part.trim().parse::<u8>().ok());
        let color = Self {
            red: channels.next()??,
            green: channels.next()??,
            blue: channels.next()??,
        };
        channels.next().is_none().then_some(color)
    }

    /// So many hundredths of the way from this colour to another, at most 100.
    #[must_use]
    pub fn mix(self, other: Self, percent: u8) -> Self {
        let share = u16::from(percent.min(100));
        let between = |from: u8, to: u8| {
            let sum = u16::from(from) * (100 - share) + u16::from(to) * share;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self {
            red: between(self.red, other.red),
            green: between(self.green, other.green),
            blue: between(self.blue, other.blue),
        }
    }

    /// The brightest colour of the same hue and saturation; of black, white.
    #[must_use]
    pub fn brightest(self) -> Self {
        let most = u16::from(self.red.max(self.green).max(self.blue));
        let scaled = |channel: u8| match (u16::from(channel) * 255).checked_div(most) {
            Some(value) => u8::try_from(value).unwrap_or(u8::MAX),
            None => u8::MAX,
        };
        Self {
            red: scaled(self.red),
            green: scaled(self.green),
            blue: scaled(self.blue),
        }
    }

    /// Whether it is a hue rather than a grey.
    pub fn is_coloured(self) -> bool {
        let most = self.red.max(self.green).max(self.blue);
        let least = self.red.min(self.green).min(self.blue);
        most - least >= 24
    }

    /// How well one is read on the other, 1 to 21 (WCAG 2, contrast ratio).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rgb({},{},{})", self.red, self.green, self.blue)
    }
}

impl Serialize for Rgb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_of_writing_give_one_colour() {
        for text in [
            "#fc0",
            "#ffcc00",
            "#FFCC00",
            "rgb(255,204,0)",
            " rgb( 255, 204, 0 ) ",
        ] {
            assert_eq!(
                Rgb::parse(text).map(|c| c.to_string()),
                Some("rgb(255,204,0)".to_owned()),
                "{text}"
            );
        }
        for text in [
            "",
            "#",
            "#ff",
            "#ffcc0",
            "#gggggg",
            "#+12345",
            "red",
            "rgb(1,2)",
            "rgb(1,2,3,4)",
            "rgb(256,0,0)",
        ] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn mixing_ends_at_both_colours() {
        let color = |text| Rgb::parse(text).expect("a colour");
        let mixed = |percent| color("#000").mix(color("#c8ff64"), percent);
        assert_eq!(mixed(0), color("#000"));
        assert_eq!(mixed(50), color("rgb(100,128,50)"));
        assert_eq!(mixed(100), color("#c8ff64"));
        assert_eq!(mixed(255), color("#c8ff64"));
    }

    #[test]
    fn the_brightest_of_a_colour_keeps_its_hue() {
        let color = |text| Rgb::parse(text).expect("a colour");
        assert_eq!(color("rgb(20,40,10)").brightest(), color("rgb(127,255,63)"));
        assert_eq!(Rgb::BLACK.brightest(), Rgb::WHITE);
        assert!(color("#d9c9a8").is_coloured() && !color("#c0c4c8").is_coloured());
    }

    #[test]
    fn black_on_white_is_21_to_1_and_a_colour_on_itself_1() {
        let color = |text| Rgb::parse(text).expect("a colour");
        assert!((color("#000").contrast(color("#fff")) - 21.0).abs() < 0.01);
        assert!((color("#123456").contrast(color("#123456")) - 1.0).abs() < 0.01);
        // The grey of WCAG's own examples: 4.48 on white.
        assert!((color("#777").contrast(color("#fff")) - 4.48).abs() < 0.01);
    }
}
