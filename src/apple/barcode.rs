//! Which messages a barcode format can hold.

use crate::loyalty::design::BarcodeFormat;

/// Why a format cannot hold the message; `None` if it can.
pub(super) fn misfit(format: BarcodeFormat, message: &str) -> Option<&'static str> {
    let all = |sound: fn(char) -> bool| message.chars().all(sound);
    match format {
        BarcodeFormat::Qr | BarcodeFormat::Pdf417 | BarcodeFormat::Aztec => None,
        BarcodeFormat::Code128 => (!message.is_ascii()).then_some("Code 128 holds ASCII only"),
        BarcodeFormat::Ean13 => (!is_ean13(message))
            .then_some("EAN-13 holds exactly 13 digits, of which the last is the check digit"),
        BarcodeFormat::Code39 => {
            let sound = |letter: char| {
                letter.is_ascii_uppercase() || letter.is_ascii_digit() || "-. $/+%".contains(letter)
            };
            (!all(sound)).then_some("Code 39 holds capital letters, digits, spaces and -.$/+% only")
        }
        BarcodeFormat::Codabar => {
            let inner = message.trim_matches(|letter| ('A'..='D').contains(&letter));
            let sound = |letter: char| letter.is_ascii_digit() || "-$:/.+".contains(letter);
            (!inner.chars().all(sound)).then_some("Codabar holds digits and -$:/.+ only")
        }
        BarcodeFormat::I2of5 => (!all(|letter| letter.is_ascii_digit()) || !message.len().is_multiple_of(2))
            .then_some("interleaved two of five holds an even number of digits"),
    }
}

/// Whether the text is 13 digits whose last checks the others (GS1 General Specifications, 7.9).
fn is_ean13(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    text.len() == 13 && digits.len() == 13 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_takes_its_own_alphabet() {
        use BarcodeFormat::{Aztec, Codabar, Code39, Code128, Ean13, I2of5, Pdf417, Qr};
        for (format, message, fits) in [
            (Qr, "كود", true),
            (Pdf417, "é", true),
            (Aztec, "", true),
            (Code128, "7KD2-9qfm", true),
            (Code128, "é", false),
            (Ean13, "4006381333931", true),
            (Ean13, "4006381333932", false),
            (Ean13, "400638133393", false),
            (Ean13, "40063813339x1", false),
            (Ean13, "７006381333931", false),
            (Code39, "AB-12 $/+%.", true),
            (Code39, "ab", false),
            (Codabar, "A1234-5B", true),
            (Codabar, "12E", false),
            (I2of5, "123456", true),
            (I2of5, "12345", false),
            (I2of5, "12a4", false),
        ] {
            assert_eq!(misfit(format, message).is_none(), fits, "{format:?} {message}");
        }
    }
}
