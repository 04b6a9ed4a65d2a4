//! What all drawings of cards need: short texts, readable colours, a barcode as a path.

use std::fmt::Write as _;

use fast_qr::QRBuilder;

/// A QR code as an SVG path of unit squares, and its width in units.
pub(super) struct QrPath {
    pub(super) path: String,
    pub(super) size: usize,
}

impl QrPath {
    /// The QR code of a text; none if it does not fit into one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let qr = QRBuilder::new(text).build().ok()?;
        let mut path = String::new();
        for (row, modules) in qr.data.chunks(qr.size).take(qr.size).enumerate() {
            for (column, module) in modules.iter().enumerate() {
                if module.value() {
                    // Writing to a string cannot fail.
                    let _ = write!(path, "M{column} {row}h1v1h-1z");
                }
            }
        }
        Some(Self { path, size: qr.size })
    }
}

/// The text, cut to so many letters.
pub(super) fn short(text: &str, letters_max: usize) -> String {
    if text.chars().count() <= letters_max {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(letters_max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Black or white, whichever is read better on a colour of the form `#rrggbb`.
pub(super) fn ink_on(color: &str) -> &'static str {
    let part = |at: usize| {
        let digits = color.get(at..at + 2)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let (Some(red), Some(green), Some(blue)) = (part(1), part(3), part(5)) else {
        return "#000000";
    };
    // Weights of Rec. 709 in thousandths, without its curve: enough to choose one of two.
    if red * 213 + green * 715 + blue * 72 > 140_000 {
        "#000000"
    } else {
        "#ffffff"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_becomes_a_square_with_its_three_corners() {
        let qr = QrPath::of("7KD29QXM4T0WZ3HB").expect("it fits");
        assert_eq!((qr.size - 17) % 4, 0, "a QR code has 17 + 4n modules a side");
        let last = qr.size - 1;
        for corner in ["M0 0h", &format!("M{last} 0h"), &format!("M0 {last}h")] {
            assert!(qr.path.contains(corner), "{corner} is not dark");
        }
    }

    #[test]
    fn ink_is_white_on_dark_and_black_on_light() {
        assert_eq!(ink_on("#1f3a34"), "#ffffff");
        assert_eq!(ink_on("#ffd54f"), "#000000");
        assert_eq!(ink_on("nonsense"), "#000000");
    }

    #[test]
    fn long_texts_are_cut_by_letters() {
        assert_eq!(short("نقاطك الآن", 20), "نقاطك الآن");
        assert_eq!(short("abcdef", 4), "abc…");
    }
}
