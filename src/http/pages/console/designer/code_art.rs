//! The code of a card: a QR code as it is, the other kinds as a sketch of their look.

use std::fmt::Write as _;

use crate::http::pages::qr::QrCode;

/// A code in its white box.
pub(super) struct CodeArt {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    /// How high the code itself is; below it stands its text.
    pub(super) drawn: i32,
    pub(super) view: String,
    pub(super) path: String,
    pub(super) text: Option<String>,
}

/// How a kind of code looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Qr,
    Rings,
    Rows,
    Bars,
}

/// Room for the text below a code.
const TEXT_HEIGHT: i32 = 22;

impl CodeArt {
    /// Draws a code in the middle of a card. `kind` is what a wallet calls it.
    pub(super) fn draw(
        kind: &str,
        message: &str,
        text: Option<String>,
        (width, top): (i32, i32),
    ) -> Option<Self> {
        let look = look_of(kind);
        let (across, drawn) = match look {
            Look::Qr | Look::Rings => (148, 148),
            Look::Rows => (280, 96),
            Look::Bars => (280, 84),
        };
        let (view, path) = match look {
            Look::Qr => {
                let code = QrCode::draw(message)?;
                (format!("0 0 {} {}", code.side, code.side), code.path)
            }
            Look::Rings => ("0 0 31 31".to_owned(), rings(message)),
            Look::Rows => ("0 0 105 36".to_owned(), rows(message)),
            Look::Bars => ("0 0 100 30".to_owned(), bars(message)),
        };
        Some(Self {
            x: (width - across) / 2,
            y: top,
            width: across,
            height: drawn + if text.is_some() { TEXT_HEIGHT } else { 0 },
            drawn,
            view,
            path,
            text,
        })
    }
}

/// Apple's and Google's names of the kinds.
fn look_of(kind: &str) -> Look {
    let kind = kind.to_ascii_lowercase();
    if kind.contains("qr") {
        Look::Qr
    } else if kind.contains("aztec") {
        Look::Rings
    } else if kind.contains("pdf") {
        Look::Rows
    } else {
        Look::Bars
    }
}

/// Bits that look like a code's, always the same for a message.
fn bits(message: &str) -> impl Iterator<Item = bool> {
    let mut state = message.bytes().fold(0x2545_f491_u32, |sum, byte| {
        sum.wrapping_mul(16_777_619) ^ u32::from(byte)
    });
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state & 8 == 8
    })
}

/// Squares within squares, as Aztec has them.
fn rings(message: &str) -> String {
    let mut path = String::new();
    let mut noise = bits(message);
    for y in 4..27_i32 {
        for x in 4..27_i32 {
            let ring = (x - 15).abs().max((y - 15).abs());
            let is_dark = if ring <= 5 {
                ring % 2 == 0
            } else {
                noise.next().unwrap_or(false)
            };
            if is_dark && ring != 5 {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
    }
    path
}

/// Short bars in rows between long ones, as PDF417 has them.
fn rows(message: &str) -> String {
    let mut path = "M4 4h4v28h-4zM97 4h4v28h-4zM9 4h1v28h-1zM95 4h1v28h-1z".to_owned();
    let mut noise = bits(message);
    for row in 0..7 {
        for x in (11..94).step_by(2) {
            if noise.next().unwrap_or(false) {
                let width = if noise.next().unwrap_or(false) { 2 } else { 1 };
                let _ = write!(path, "M{x} {}h{width}v4h-{width}z", 4 + row * 4);
            }
        }
    }
    path
}

/// Bars from end to end.
fn bars(message: &str) -> String {
    let mut path = String::new();
    let mut noise = bits(message);
    let mut x = 6;
    while x < 93 {
        let width = 1 + i32::from(noise.next().unwrap_or(false));
        let _ = write!(path, "M{x} 3h{width}v24h-{width}z");
        x += width + 1 + i32::from(noise.next().unwrap_or(false));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_look_and_keeps_it() {
        let mut seen = std::collections::BTreeSet::new();
        for kind in [
            "PKBarcodeFormatQR",
            "PKBarcodeFormatAztec",
            "PKBarcodeFormatPDF417",
            "PKBarcodeFormatCode128",
        ] {
            let draw = || {
                CodeArt::draw(kind, "7KD29QX", None, (375, 0))
                    .expect("drawn")
                    .path
            };
            assert_eq!(draw(), draw());
            assert!(seen.insert(draw()), "{kind}");
        }
        assert_eq!(look_of("QR_CODE"), Look::Qr);
        assert_eq!(look_of("PDF_417"), Look::Rows);
        assert_eq!(look_of("ITF_14"), Look::Bars);
    }
}
