//! One form for what people write in several ways: what ids and codes are compared by.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The zero of every row of decimal digits (Unicode 16.0, general category Nd); the other nine follow each.
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40,
    0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA,
    0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0,
    0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0,
    0x1E5F1, 0x1E950, 0x1FBF0,
];

/// A text in the one form that all its ways of writing have, without space around it.
///
/// That is NFKC (Unicode Standard Annex 15), the digits of every script as ASCII's, without what nobody sees (joiners,
/// marks of direction, the Arabic tatweel), and with one letter for each two that one keyboard has and the other has
/// not: Arabic yeh, alef maksura and Persian yeh are one, Arabic kaf and Persian keheh are one. They look alike in most
/// places of a word, and the same person types the one at the shop's keyboard and the other on their phone. What readers
/// tell apart stays apart: heh and teh marbuta, alef with and without hamza, the hehs of Urdu, and upper and lower case.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text.trim());
    }
    let composed = nfkc(&seen(text));
    let folded: String = composed
        .chars()
        .filter(|letter| !is_unseen(*letter))
        .map(fold_letter)
        .collect();
    // What was taken out may have kept a letter from its mark.
    Cow::Owned(nfkc(&folded).trim().to_owned())
}

/// An e-mail address without what nobody sees, the width and composition of its letters evened out, in lower case.
///
/// The domain is in NFKC, as names of hosts are (RFC 5895); before the `@` only full-width letters become plain ones,
/// as other compatible forms may be another mailbox's name (RFC 6532, section 3.1).
pub fn fold_email(text: &str) -> String {
    if text.is_ascii() {
        return text.trim().to_lowercase();
    }
    let plain: String = seen(text).chars().map(half_width).collect();
    let plain = plain.trim();
    let (local, domain) = plain.rsplit_once('@').unwrap_or((plain, ""));
    let mark = if plain.contains('@') { "@" } else { "" };
    let domain = nfkc(domain);
    let whole = format!("{local}{mark}{domain}");
    // Composed before, since that decides which letter it is, and after, since a small letter may have another mark.
    nfc(&nfc(&whole).to_lowercase())
}

fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(text)
        .into_owned()
}

fn nfkc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc()
        .normalize(text)
        .into_owned()
}

fn seen(text: &str) -> String {
    text.chars().filter(|letter| !is_unseen(*letter)).collect()
}

/// Whether a letter only steers how others are drawn, or stretches them.
const fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{61c}'
            | '\u{640}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

fn fold_letter(letter: char) -> char {
    match letter {
        '\u{64a}' | '\u{649}' => '\u{6cc}',
        '\u{643}' => '\u{6a9}',
        other => latin_digit(other).unwrap_or(other),
    }
}

/// The ASCII digit of a digit of any script.
fn latin_digit(letter: char) -> Option<char> {
    let place = u32::from(letter);
    let row = ZEROS.partition_point(|zero| *zero <= place).checked_sub(1)?;
    let value = place - ZEROS.get(row)?;
    char::from_digit(value, 10)
}

/// The plain letter of a full-width one; they stand in the same order.
fn half_width(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_of_every_script_are_digits() {
        assert!(ZEROS.is_sorted());
        for zero in ZEROS {
            let row: String = (zero..zero + 10)
                .map(|place| char::from_u32(place).expect("a letter"))
                .collect();
            assert!(row.chars().all(char::is_numeric) || zero > 0x1_1000, "{zero:x}");
            assert_eq!(fold(&row), "0123456789", "{zero:x}");
        }
        for letter in ['\u{65f}', '\u{66a}', '/', ':', 'a', '²', 'Ⅷ'] {
            assert_eq!(latin_digit(letter), None, "{letter}");
        }
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (typed, other) in [
            ("كريمي", "کریمی"),
            ("علي", "على"),
            ("می\u{200c}روم", "میروم"),
            ("كـــريم", "كريم"),
            ("\u{202b}كريم\u{202c}", "كريم"),
            ("ﻛﺮﻳﻢ", "كريم"),
            ("ＡＢＣ－１２", "ABC-12"),
            ("cafe\u{301}", "café"),
            ("e\u{200c}\u{301}", "é"),
            ("\u{feff} A 17\u{a0}", "A 17"),
        ] {
            assert_eq!(fold(typed), fold(other), "{typed:?} {other:?}");
        }
    }

    #[test]
    fn what_readers_tell_apart_stays_apart() {
        for (one, other) in [
            ("مدرسة", "مدرسه"),
            ("أحمد", "احمد"),
            ("گل", "كل"),
            ("ہ", "ه"),
            ("ABC", "abc"),
            ("ي", "ئ"),
        ] {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn an_address_is_one_however_wide_its_letters_are() {
        for text in [
            "Lina@Example.com",
            "ｌｉｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "\u{200e}lina@example.com\u{200f}",
            "lina@exam\u{200b}ple.com",
        ] {
            assert_eq!(fold_email(text), "lina@example.com", "{text:?}");
        }
        assert_ne!(
            fold_email("\u{fb01}na@example.com"),
            fold_email("fina@example.com")
        );
        assert_eq!(fold_email("a@\u{fb01}na.de"), "a@fina.de");
        assert_eq!(fold_email("Ünal@x.de"), fold_email("u\u{308}nal@x.de"));
        assert_eq!(fold_email("lïna"), "lïna");
    }

    proptest! {
        #[test]
        fn what_is_folded_stays_as_it_is(text in "\\PC{0,40}", arabic in "[\u{600}-\u{6ff}\u{fe70}-\u{feff} e\u{301}]{0,20}") {
            for text in [text, arabic] {
                let once = fold(&text).into_owned();
                prop_assert_eq!(fold(&once), once.as_str());
                let once = fold_email(&format!("{text}@Example.com"));
                prop_assert_eq!(fold_email(&once), once.clone());
            }
        }
    }
}
