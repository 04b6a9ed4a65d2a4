//! Card codes: what is scanned or typed at the till.

use rand::Rng as _;

use super::identity::is_gap;
use crate::loyalty::rotating_code::RotatingCode;
use crate::types::fold;

/// Letters and digits that people do not confuse (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random characters of a code: 75 bits, so that guessing finds no card.
const RANDOM_LEN: usize = 15;

/// Longest text that is looked at, in bytes.
const TEXT_MAX: usize = 256;

/// Why a text is no card code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCode {
    /// It has the length of one, and the check character shows that a character is wrong.
    Slip,
    /// It is something else.
    Other,
}

/// A card code of 15 random characters and a check character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardCode(String);

impl CardCode {
    /// Makes a new code.
    pub fn random() -> Self {
        Self::drawn(rand::rng().random())
    }

    /// The code of a chance that was drawn already: its last 75 bits.
    pub(super) fn drawn(chance: u128) -> Self {
        let values: Vec<u32> = (0..RANDOM_LEN)
            .map(|place| u32::try_from((chance >> (5 * place)) & 31).unwrap_or_default())
            .collect();
        let mut code: String = values.iter().copied().map(letter).collect();
        code.push(letter(check_value(&values)));
        Self(code)
    }

    /// Reads what was scanned or typed: case, spaces, hyphens and the script of the digits do not matter, `O` is 0, `I`
    /// and `L` are 1.
    pub fn read(text: &str) -> Result<Self, NoCode> {
        if text.len() > TEXT_MAX {
            return Err(NoCode::Other);
        }
        let folded = fold(text);
        let letters: Vec<char> = folded.chars().filter(|letter| !is_gap(*letter)).collect();
        if letters.len() != RANDOM_LEN + 1 || !letters.iter().all(char::is_ascii_alphanumeric) {
            return Err(NoCode::Other);
        }
        let values: Option<Vec<u32>> = letters.into_iter().map(value).collect();
        let values = values.ok_or(NoCode::Slip)?;
        match values.split_last() {
            Some((check, body)) if check_value(body) == *check => {
                Ok(Self(values.iter().copied().map(letter).collect()))
            }
            _ => Err(NoCode::Slip),
        }
    }

    /// The same; `None` if it is no code, or if the check character shows a slip.
    pub fn parse(text: &str) -> Option<Self> {
        // Whoever asks so says the same of both.
        Self::read(text).ok()
    }

    /// Reads what was scanned: a code, or one that changes and holds it.
    pub fn scan(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::parse(RotatingCode::parse(text)?.code))
    }

    /// The code as it is stored and scanned: 16 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn letter(value: u32) -> char {
    let index = usize::try_from(value).unwrap_or_default();
    ALPHABET.get(index).copied().map_or('0', char::from)
}

fn value(letter: char) -> Option<u32> {
    let plain = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == plain)?;
    u32::try_from(place).ok()
}

/// Luhn's rule in base 32: finds every single slip and every swap of neighbours but one.
fn check_value(body: &[u32]) -> u32 {
    let sum: u32 = body
        .iter()
        .rev()
        .enumerate()
        .map(|(place, value)| {
            let weighted = if place % 2 == 0 { value * 2 } else { *value };
            weighted / 32 + weighted % 32
        })
        .sum();
    (32 - sum % 32) % 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = CardCode::random();
        let text = code.as_str();
        let spaced = format!("{}-{} {}", &text[..4], &text[4..10], &text[10..]).to_lowercase();
        assert_eq!(CardCode::parse(&spaced), Some(code.clone()));
        assert_eq!(
            CardCode::parse(&text.replace('0', "O").replace('1', "l")),
            Some(code.clone())
        );
        let other_digits: String = text
            .chars()
            .map(|letter| match letter.to_digit(10) {
                Some(digit) => char::from_u32(0x6f0 + digit).expect("a digit"),
                None => letter,
            })
            .collect();
        assert_eq!(
            CardCode::parse(&format!("\u{200f}{other_digits}\u{a0}")),
            Some(code)
        );
    }

    #[test]
    fn one_slip_is_found() {
        let code = CardCode::random().0;
        for place in 0..code.len() {
            for wrong in ALPHABET.iter().map(|letter| char::from(*letter)) {
                let mut slipped: Vec<char> = code.chars().collect();
                if slipped[place] == wrong {
                    continue;
                }
                slipped[place] = wrong;
                let text: String = slipped.iter().collect();
                assert_eq!(CardCode::read(&text), Err(NoCode::Slip), "{text}");
            }
        }
        assert_eq!(CardCode::read(&format!("U{}", &code[1..])), Err(NoCode::Slip));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "-", "U", "12345", "’", &"0".repeat(1_000)] {
            assert_eq!(CardCode::read(text), Err(NoCode::Other), "{text}");
        }
    }
}
