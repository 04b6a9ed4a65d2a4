//! English in disguise: still readable, and nobody's language, so that a text that is no message is seen at once.

use std::borrow::Cow;

/// What each letter of English is written as.
const LETTERS: [(&str, &str); 2] = [
    ("abcdefghijklmnopqrstuvwxyz", "áƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž"),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ÁƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"),
];

/// A piece of a text with an accent on every letter, in brackets, longer by a third as other languages are.
pub(super) fn disguise(text: &str) -> Cow<'_, str> {
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    if letters == 0 {
        return Cow::Borrowed(text);
    }
    let accented: String = text.chars().map(accent).collect();
    Cow::Owned(format!("[{accented}{}]", "~".repeat(letters.div_ceil(3))))
}

fn accent(letter: char) -> char {
    let find = |(plain, accented): &(&str, &str)| {
        let mut both = plain.chars().zip(accented.chars());
        both.find(|(plain, _)| *plain == letter)
            .map(|(_, accented)| accented)
    };
    LETTERS.iter().find_map(find).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_english_is_disguised() {
        for (plain, _) in LETTERS {
            assert_eq!(plain.len(), 26);
            let disguised = disguise(plain);
            assert!(!disguised.contains(|letter: char| letter.is_ascii_alphabetic()));
            assert_eq!(disguised.chars().count(), 26 + 9 + 2);
        }
        assert_eq!(disguise(" · "), " · ");
        assert_eq!(disguise("Join "), "[Ĵöîñ ~~]");
    }
}
