//! Frames that are broken, huge, or made to hurt: refused within a second, without a panic.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "places in a frame are parts of its length"
)]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use billfold::scanner::{self, FRAME_BYTES_MAX, ScanError};
use proptest::prelude::*;

use crate::conditions::{CONDITIONS, SYMBOLOGIES, frame, text_of};
use crate::jpeg::{self, Planes};
use crate::scene::Grey;

/// Longest that a frame may take: a second as it is shipped; a build that is not optimised is several times slower.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 6 } else { 1 });

/// Processor time of this thread so far: what others do on the machine is no fault of ours.
fn processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = stat.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Reads a frame, whatever comes of it, and says how long it took.
fn time(frame: &[u8]) -> Duration {
    let (start, begun) = (Instant::now(), processor());
    // Any answer is right that comes in time.
    drop(scanner::read(frame));
    match (begun, processor()) {
        (Some(begun), Some(ended)) => ended.saturating_sub(begun),
        _ => start.elapsed(),
    }
}

/// A frame that is as it should be, drawn once.
fn sound() -> Vec<u8> {
    static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let symbology = SYMBOLOGIES[0];
        frame(symbology, &text_of(symbology, 2), &CONDITIONS[0], 2)
    });
    SOUND.clone()
}

/// The frame with other sides in its header.
fn resized(mut frame: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let at = frame
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .expect("a frame header");
    frame[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    frame[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    frame
}

#[test]
fn a_frame_beyond_the_limits_is_refused_by_its_header() {
    for (width, height) in [(1_281, 720), (960, 961), (65_535, 65_535), (16, 400), (65_500, 1)] {
        let frame = resized(sound(), width, height);
        let sides = (usize::from(width), usize::from(height));
        assert_eq!(scanner::read(&frame), Err(ScanError::Sides(sides.0, sides.1)));
        assert!(time(&frame) < LONGEST);
    }
    let large = vec![0xff; FRAME_BYTES_MAX + 1];
    assert_eq!(scanner::read(&large), Err(ScanError::TooLarge(large.len())));
}

#[test]
fn what_is_no_jpeg_is_refused() {
    for other in [
        &b""[..],
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
    ] {
        assert!(
            matches!(scanner::read(other), Err(ScanError::Unreadable(_))),
            "{other:?}"
        );
    }
}

/// A progressive JPEG may go over its picture again and again, a few bytes each time.
#[test]
fn a_jpeg_of_a_thousand_scans_ends_soon() {
    let mut frame = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    frame.extend([1; 64]);
    // Progressive, 1,280 by 960, grey.
    frame.extend([0xff, 0xc2, 0, 11, 8, 3, 0xc0, 5, 0, 1, 1, 0x11, 0]);
    // One code of one bit: the end of a band that runs over 32,767 blocks.
    let table = [[0xff, 0xc4, 0, 20, 0x10, 1].as_slice(), &[0; 15], &[0xe0]].concat();
    frame.extend(table);
    while frame.len() + 12 < FRAME_BYTES_MAX {
        frame.extend([0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 0x7f, 0xff]);
    }
    frame.extend([0xff, 0xd9]);
    assert!(time(&frame) < LONGEST);
}

/// Nothing but edges: the most that there is to look at.
#[test]
fn a_frame_of_nothing_but_noise_ends_soon() {
    for kind in 0..3_u32 {
        let (width, height) = (1_280_usize, 960_usize);
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut chance = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let side = 1 << (kind + 1);
        let tiles: Vec<u8> = (0..width * height)
            .map(|_| if chance() % 2 == 0 { 20 } else { 230 })
            .collect();
        let pixels = (0..width * height)
            .map(|at| tiles[(at / width / side) * width + at % width / side])
            .collect();
        let grey = Grey {
            width,
            height,
            pixels,
        };
        let noise = [40, 10, 2]
            .into_iter()
            .map(|quality| jpeg::encode(&grey, quality, Planes::Grey))
            .find(|frame| frame.len() <= FRAME_BYTES_MAX);
        if let Some(noise) = noise {
            let took = time(&noise);
            println!("tiles of {side}: {} ms", took.as_millis());
            assert!(took < LONGEST, "{took:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..4_000)) {
        let headed = [&[0xff, 0xd8, 0xff][..], &bytes].concat();
        prop_assert!(time(&bytes) < LONGEST);
        prop_assert!(time(&headed) < LONGEST);
    }

    #[test]
    fn a_frame_cut_short_never_panics(part in 0.0..1.0_f64) {
        let frame = sound();
        let end = (frame.len() as f64 * part) as usize;
        prop_assert!(time(&frame[..end]) < LONGEST);
    }

    #[test]
    fn a_frame_with_bytes_of_chance_never_panics(changes in proptest::collection::vec((0.0..1.0_f64, any::<u8>()), 1..12)) {
        let mut frame = sound();
        for (place, byte) in changes {
            let at = (frame.len() as f64 * place) as usize;
            frame[at] = byte;
        }
        prop_assert!(time(&frame) < LONGEST);
    }
}
