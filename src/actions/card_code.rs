//! Card codes: what is scanned or typed at the till.

use rand::Rng as _;

use crate::loyalty::rotating_code::RotatingCode;

/// Letters and digits that people do not confuse (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random characters of a code: 75 bits, so that guessing finds no card.
const RANDOM_LEN: usize = 15;

/// A card code of 15 random characters and a check character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardCode(String);

impl CardCode {
    /// Makes a new code.
    pub fn random() -> Self {
        let mut rng = rand::rng();
        let values: Vec<u32> = (0..RANDOM_LEN).map(|_| rng.random_range(0..32)).collect();
        let mut code: String = values.iter().copied().map(letter).collect();
        code.push(letter(check_value(&values)));
        Self(code)
    }

    /// Reads what was scanned or typed: case, spaces and hyphens do not matter, `O` is 0, `I` and `L` are 1.
    /// `None` if it is no code, or if the check character shows a slip.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let mut values = Vec::with_capacity(RANDOM_LEN + 1);
        for letter in text.chars().filter(|letter| !matches!(letter, ' ' | '-')) {
            values.push(value(letter)?);
        }
        let (check, body) = values.split_last()?;
        (body.len() == RANDOM_LEN && check_value(body) == *check)
            .then(|| Self(values.iter().copied().map(letter).collect()))
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
                assert_eq!(CardCode::parse(&slipped.iter().collect::<String>()), None);
            }
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "-", "U", "12345", "’", &"0".repeat(1_000)] {
            assert_eq!(CardCode::parse(text), None, "{text}");
        }
    }
}
