//! How long a till waits for the code in a frame, beside decoding the frame's JPEG alone, in one run.
//!
//! Frames take turns, so that a busy machine slows them alike; a figure is the median of the rounds.

#![expect(clippy::print_stdout, reason = "a bench prints a table")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench ends at what it did not expect"
)]

#[path = "../tests/scanner/conditions.rs"]
mod conditions;
#[path = "../tests/scanner/jpeg.rs"]
mod jpeg;
#[path = "../tests/scanner/scene.rs"]
mod scene;
#[path = "../tests/scanner/symbols.rs"]
mod symbols;

use std::hint::black_box;
use std::time::Instant;

use billfold::scanner;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use conditions::{CONDITIONS, SYMBOLOGIES, frame, text_of};
use jpeg::Planes;
use scene::PLAIN;

/// Frames of each kind.
const FRAMES: u64 = 10;
const ROUNDS: usize = 5;
/// Most milliseconds for a frame, in the middle: a till that sends three a second keeps a core less than half busy.
const FRAME_MS_MAX: f64 = 150.0;

fn main() {
    println!("milliseconds a frame of 960 by 720, one thread, and for its JPEG alone:");
    let mut slowest = 0.0_f64;
    for symbology in SYMBOLOGIES {
        for condition in CONDITIONS {
            let frames: Vec<Vec<u8>> = (0..FRAMES)
                .map(|seed| frame(symbology, &text_of(symbology, seed), &condition, seed))
                .collect();
            let name = format!("{} {}", symbology.as_str(), condition.name);
            slowest = slowest.max(time(&name, &frames));
        }
    }
    let counters: Vec<Vec<u8>> = (0..FRAMES)
        .map(|seed| jpeg::encode(&scene::shoot(None, PLAIN, seed), 70, Planes::Colour))
        .collect();
    slowest = slowest.max(time("no code", &counters));
    println!("slowest {slowest:.1}, at most {FRAME_MS_MAX:.0}");
    assert!(slowest <= FRAME_MS_MAX, "a frame takes too long");
}

/// Times the reading and the decoding of some frames, and gives the reading's middle.
fn time(name: &str, frames: &[Vec<u8>]) -> f64 {
    let (mut reading, mut decoding) = (Vec::new(), Vec::new());
    let mut found = 0;
    for _ in 0..ROUNDS {
        for frame in frames {
            let start = Instant::now();
            found += usize::from(scanner::read(black_box(frame)).expect("a frame").is_some());
            reading.push(start.elapsed().as_secs_f64() * 1e3);
            let start = Instant::now();
            black_box(decode(frame));
            decoding.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    let share = 100 * found / (ROUNDS * frames.len());
    let most = reading.iter().copied().fold(0.0, f64::max);
    let (middle, decoded) = (median(reading), median(decoding));
    println!("  {name:<24} {share:>4} % read {middle:>7.1} (most {most:.1}), JPEG {decoded:.1}");
    middle
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn decode(frame: &[u8]) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(frame), options);
    decoder.decode().expect("a frame")
}
