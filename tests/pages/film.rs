//! A film for a camera that Chromium makes up: `--use-file-for-fake-video-capture` takes YUV4MPEG2 (yuv4mpeg(5)).

use std::io::{BufWriter, Write as _};

use billfold::scanner::Symbology;
use tempfile::NamedTempFile;

use crate::scene::{PLAIN, Shot, shoot};
use crate::symbols::Drawn;

/// Frames a second.
const RATE: u32 = 5;
const SIDES: (u32, u32) = (640, 480);

/// Writes a film that shows each code for so many frames, over and over; it is gone when the file is dropped.
pub(crate) fn film(codes: &[(Symbology, &str)], frames_each: u64) -> NamedTempFile {
    let file = tempfile::Builder::new()
        .suffix(".y4m")
        .tempfile()
        .expect("a file");
    let mut out = BufWriter::new(&file);
    let (width, height) = SIDES;
    writeln!(out, "YUV4MPEG2 W{width} H{height} F{RATE}:1 Ip A1:1 C420jpeg").expect("written");
    for (symbology, text) in codes {
        let symbol = Drawn::of(*symbology, text);
        let size = match symbology {
            Symbology::Qr | Symbology::Aztec => 0.4,
            Symbology::Pdf417 | Symbology::Code128 => 0.72,
        };
        let shot = Shot {
            frame: SIDES,
            size,
            turn: 4.0,
            ..PLAIN
        };
        for seed in 0..frames_each {
            let grey = shoot(Some(&symbol), shot, seed);
            out.write_all(b"FRAME\n").expect("written");
            out.write_all(&grey.pixels).expect("written");
            // No colour: both planes of it in their middle.
            out.write_all(&vec![128; grey.pixels.len() / 2]).expect("written");
        }
    }
    out.flush().expect("written");
    drop(out);
    file
}
