//! Linear codes: each line of the picture tells all of the text, and two must tell the same.

use rxing::DecodeHints;
use rxing::common::BitArray;
use rxing::oned::{Code128Reader, OneDReader as _};

use super::frame::Luma;
use super::{Symbol, Symbology};

/// Lines that are read, evenly over the picture's height.
const LINES: usize = 15;
/// Parts of a pixel by which a line's edges are placed.
const FINE: usize = 4;
/// Least difference of dark and bright next to each other, of 255: less is an even ground.
const CONTRAST_MIN: i32 = 24;

/// How a line is prepared: over how many rows light is averaged, and how much edges are sharpened.
struct Way {
    rows: usize,
    sharpening: i32,
}

/// First as it is seen, with little noise; then for what is out of focus; then for lines that are not quite upright.
const WAYS: [Way; 3] = [
    Way {
        rows: 8,
        sharpening: 0,
    },
    Way {
        rows: 8,
        sharpening: 2,
    },
    Way {
        rows: 2,
        sharpening: 1,
    },
];

/// Reads a Code 128 whose bars stand upright.
pub(super) fn read(picture: &Luma) -> Option<Symbol> {
    let mut texts: Vec<String> = Vec::new();
    for way in &WAYS {
        for line in 1..=LINES {
            let top = picture.height * line / (LINES + 1);
            let Some(text) = read_line(picture, top, way) else {
                continue;
            };
            // A check character of 103 lets one slip of a hundred pass: one line is not enough.
            if texts.contains(&text) {
                return Some(Symbol {
                    text,
                    symbology: Symbology::Code128,
                });
            }
            texts.push(text);
        }
    }
    None
}

fn read_line(picture: &Luma, top: usize, way: &Way) -> Option<String> {
    let light = averaged(picture, top, way.rows);
    let mut bits = in_black_and_white(&light, way.sharpening);
    let hints = DecodeHints::default();
    let found = Code128Reader.decode_row(0, &bits, &hints).or_else(|_| {
        bits.reverse();
        Code128Reader.decode_row(0, &bits, &hints)
    });
    // Most lines of most pictures hold no code.
    Some(found.ok()?.getText().to_owned())
}

/// The mean light of some rows, column by column.
fn averaged(picture: &Luma, top: usize, rows: usize) -> Vec<i32> {
    let mut sums = vec![0_i32; picture.width];
    let mut taken = 0;
    for row in picture.pixels.chunks_exact(picture.width).skip(top).take(rows) {
        taken += 1;
        for (sum, light) in sums.iter_mut().zip(row) {
            *sum += i32::from(*light);
        }
    }
    sums.iter().map(|sum| sum / taken.max(1)).collect()
}

/// Which parts of a line are dark, beside what is around each.
fn in_black_and_white(light: &[i32], sharpening: i32) -> BitArray {
    let sharp: Vec<i32> = (0..light.len())
        .map(|at| {
            let near = |way: usize| light.get(way).or(light.get(at)).copied().unwrap_or(0);
            let own = near(at);
            own + sharpening * (2 * own - near(at.wrapping_sub(1)) - near(at + 1)) / 2
        })
        .collect();
    let reach = (light.len() / 24).max(8);
    let mut bits = BitArray::with_size(light.len() * FINE);
    for (at, pair) in sharp.windows(2).enumerate() {
        let around = sharp.get(at.saturating_sub(reach)..(at + reach).min(sharp.len()));
        let least = around
            .and_then(|around| around.iter().min())
            .copied()
            .unwrap_or(0);
        let most = around
            .and_then(|around| around.iter().max())
            .copied()
            .unwrap_or(0);
        let ([one, next], true) = (pair, most - least > CONTRAST_MIN) else {
            continue;
        };
        let middle = i32::midpoint(least, most);
        for (part, weight) in (0..FINE).zip(0_i32..) {
            let fine = i32::try_from(FINE).unwrap_or(1);
            if (one * (fine - weight) + next * weight) / fine < middle {
                bits.set(at * FINE + part);
            }
        }
    }
    bits
}
