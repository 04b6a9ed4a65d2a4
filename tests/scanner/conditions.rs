//! The conditions under which tills read codes, and the texts that passes carry.

#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "seeds are small"
)]

use billfold::actions::CardCode;
use billfold::scanner::Symbology;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::jpeg::{self, Planes};
use crate::scene::{self, PLAIN, Shot};
use crate::symbols::Drawn;

pub(crate) const SYMBOLOGIES: [Symbology; 4] = [
    Symbology::Qr,
    Symbology::Aztec,
    Symbology::Pdf417,
    Symbology::Code128,
];

/// A condition, by its name in the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Condition {
    pub(crate) name: &'static str,
    pub(crate) shot: Shot,
    /// Quality of the JPEG.
    pub(crate) quality: u16,
    /// How much smaller than usual the symbol is.
    shrink: f64,
}

const fn under(name: &'static str, shot: Shot) -> Condition {
    Condition {
        name,
        shot,
        quality: 70,
        shrink: 1.0,
    }
}

const fn turned(name: &'static str, turn: f64) -> Condition {
    under(name, Shot { turn, ..PLAIN })
}

pub(crate) const CONDITIONS: [Condition; 14] = [
    under("plain", PLAIN),
    turned("tilt 15", 15.0),
    turned("tilt 40", 40.0),
    under(
        "perspective",
        Shot {
            yaw: 28.0,
            pitch: 20.0,
            ..PLAIN
        },
    ),
    under("blur", Shot { blur: 1.6, ..PLAIN }),
    under("motion blur", Shot { motion: 4.0, ..PLAIN }),
    under("noise", Shot { noise: 20.0, ..PLAIN }),
    under(
        "low light",
        Shot {
            white: 62.0,
            black: 18.0,
            noise: 5.0,
            ..PLAIN
        },
    ),
    under(
        "glare",
        Shot {
            has_glare: true,
            ..PLAIN
        },
    ),
    Condition {
        shrink: 0.62,
        ..under("small", PLAIN)
    },
    turned("rotated 90", 90.0),
    turned("rotated 180", 180.0),
    turned("rotated 270", 270.0),
    Condition {
        quality: 30,
        ..under("JPEG 30", PLAIN)
    },
];

/// How wide a symbol is on a phone before the camera, as a part of the frame: those with bars are wider.
fn width_of(symbology: Symbology) -> f64 {
    match symbology {
        Symbology::Qr | Symbology::Aztec => 0.34,
        Symbology::Pdf417 | Symbology::Code128 => 0.62,
    }
}

/// What passes carry: a card's code, mostly; the code with a changing part; a link to the card's page, which no linear
/// symbol has room for.
pub(crate) fn text_of(symbology: Symbology, seed: u64) -> String {
    let code = card_code(seed);
    match seed % 5 {
        3 if symbology != Symbology::Code128 => {
            format!("{code}-1795000000-{:08}", seed * 7_919 % 100_000_000)
        }
        4 if symbology != Symbology::Code128 => format!("https://cards.example/card/{code}{code}"),
        _ => code,
    }
}

/// The card code of a seed: 15 letters, and the one that Luhn's rule in base 32 asks for.
pub(crate) fn card_code(seed: u64) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut rng = StdRng::seed_from_u64(seed);
    let mut values: Vec<usize> = (0..15).map(|_| rng.random_range(0..32)).collect();
    let weighted = values.iter().rev().enumerate().map(|(place, value)| {
        let value = if place % 2 == 0 { value * 2 } else { *value };
        value / 32 + value % 32
    });
    let sum: usize = weighted.sum();
    values.push((32 - sum % 32) % 32);
    let code: String = values.iter().map(|value| char::from(LETTERS[*value])).collect();
    assert!(CardCode::parse(&code).is_some(), "{code}");
    code
}

/// A frame as a till sends it.
pub(crate) fn frame(symbology: Symbology, text: &str, condition: &Condition, seed: u64) -> Vec<u8> {
    // Nobody holds a phone quite straight.
    let lean = (seed % 7) as f64 - 3.0;
    let shot = Shot {
        size: width_of(symbology) * condition.shrink,
        turn: condition.shot.turn + lean,
        ..condition.shot
    };
    let grey = scene::shoot(Some(&Drawn::of(symbology, text)), shot, seed);
    let planes = if seed.is_multiple_of(2) {
        Planes::Colour
    } else {
        Planes::Grey
    };
    jpeg::encode(&grey, condition.quality, planes)
}
