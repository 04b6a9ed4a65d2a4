//! How many codes are read, kind by kind and condition by condition, and that none is read wrongly.

use std::io::Write as _;
use std::process::{Command, Stdio};

use billfold::scanner::{self, Symbology, TEXT_BYTES_MAX};

use crate::conditions::{CONDITIONS, card_code, frame, text_of};
use crate::jpeg::{self, Planes};
use crate::scene::{PLAIN, shoot};
use crate::symbols::Drawn;

/// Codes of each kind and condition; `BILLFOLD_FRAMES` asks for more.
const CODES: u64 = 1;

fn codes() -> u64 {
    let asked = std::env::var("BILLFOLD_FRAMES").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(CODES)
}

/// Holds codes of a kind before the scanner under each condition, and tells what was read.
fn try_all(symbology: Symbology) {
    let (mut read, mut tried) = (0, 0);
    for (row, condition) in (0_u64..).zip(&CONDITIONS) {
        let mut read_here = 0;
        for number in 0..codes() {
            let seed = row * 1_000 + number;
            let text = text_of(symbology, seed);
            let found = scanner::read(&frame(symbology, &text, condition, seed)).expect("a frame");
            if let Some(found) = found {
                assert_eq!(
                    (&found.text, found.symbology),
                    (&text, symbology),
                    "misread: {}, seed {seed}",
                    condition.name
                );
                read_here += 1;
            }
        }
        println!(
            "{:<8} {:<12} {read_here} of {}",
            symbology.as_str(),
            condition.name,
            codes()
        );
        read += read_here;
        tried += codes();
    }
    assert!(read * 100 >= tried * 95, "{symbology:?}: {read} of {tried} read");
}

/// At least 95 of 100 QR codes are read, whatever the light and however the phone is held; none is read wrongly.
#[test]
fn qr_codes_are_read_under_every_condition() {
    try_all(Symbology::Qr);
}

/// The same of Aztec codes.
#[test]
fn aztec_codes_are_read_under_every_condition() {
    try_all(Symbology::Aztec);
}

/// The same of PDF417.
#[test]
fn pdf417_codes_are_read_under_every_condition() {
    try_all(Symbology::Pdf417);
}

/// The same of Code 128.
#[test]
fn code_128_codes_are_read_under_every_condition() {
    try_all(Symbology::Code128);
}

/// Boxes, cups and a price list are no codes.
#[test]
fn a_counter_without_a_code_reads_nothing() {
    for seed in 0..4 {
        let counter = jpeg::encode(&shoot(None, PLAIN, seed), 70, Planes::Colour);
        assert_eq!(scanner::read(&counter), Ok(None), "seed {seed}");
    }
}

/// A foreign reader finds in our frames what we drew: the frames are what they claim to be.
#[test]
fn a_foreign_reader_reads_the_same_frames() {
    for symbology in [Symbology::Qr, Symbology::Code128] {
        let text = card_code(5);
        let frame = frame(symbology, &text, &CONDITIONS[0], 5);
        let mut file = tempfile::Builder::new()
            .suffix(".jpg")
            .tempfile()
            .expect("a file");
        file.write_all(&frame).expect("written");
        let read = Command::new("zbarimg")
            .args(["--quiet", "--raw"])
            .arg(file.path())
            .stderr(Stdio::null())
            .output()
            .expect("zbarimg is installed by tests/run");
        assert_eq!(
            String::from_utf8_lossy(&read.stdout).trim(),
            text,
            "{symbology:?}"
        );
    }
}

/// What no card carries is not given on: a text that is too long, or that holds what a person cannot type.
#[test]
fn a_text_that_is_no_cards_is_nothing() {
    let read = |text: &str| {
        let symbol = Drawn::of(Symbology::Qr, text);
        let shot = crate::scene::Shot { size: 0.6, ..PLAIN };
        let frame = jpeg::encode(&shoot(Some(&symbol), shot, 1), 90, Planes::Grey);
        scanner::read(&frame).expect("a frame").map(|symbol| symbol.text)
    };
    let longest = "A".repeat(TEXT_BYTES_MAX);
    assert_eq!(read(&longest), Some(longest.clone()));
    assert_eq!(read(&format!("{longest}A")), None);
    assert_eq!(read("card\u{1b}[2J"), None);
    assert_eq!(read("two\nlines"), None);
}
