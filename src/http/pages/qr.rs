//! QR codes as the path of an SVG.

use std::fmt::Write as _;

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;

/// Light modules around a code that readers need (ISO/IEC 18004, section 6.3.8).
const QUIET: usize = 4;

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QrCode {
    /// Modules across, with the light border.
    pub(super) side: usize,
    /// Runs of dark modules, as the `d` of a path.
    pub(super) path: String,
}

impl QrCode {
    /// Draws a text; `None` if it is too long for any code.
    pub(super) fn draw(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let mut path = String::new();
        for (row, modules) in code.data.chunks(code.size).take(code.size).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|left, right| left.value() == right.value()) {
                if run.first().is_some_and(|module| module.value()) {
                    let (x, y, length) = (column + QUIET, row + QUIET, run.len());
                    // Writing to a text cannot fail.
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
                }
                column += run.len();
            }
        }
        Some(Self {
            side: code.size + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_its_border() {
        let code = QrCode::draw("7KD29QXM4T0WZ3HB").expect("fits");
        // Version 1 holds 16 letters at this level: 21 modules.
        assert_eq!(code.side, 21 + 8);
        assert!(code.path.starts_with("M4 4h7v1h-7z"), "{}", code.path);
        assert!(code.path.contains("M18 4h7v1h-7z"), "{}", code.path);
        assert_eq!(QrCode::draw(&"x".repeat(5_000)), None);
    }
}
