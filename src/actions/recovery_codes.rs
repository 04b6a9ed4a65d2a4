//! Recovery codes: how they look, how they are kept.

use rand::Rng as _;

use super::{ActionError, Deed, House};
use crate::store::recovery_codes::{self, RecoveryCode};
use crate::store::{StoreError, Tx};
use crate::types::{Secret, StaffId, fold};

/// Codes that somebody gets at once.
pub const RECOVERY_CODES: usize = 8;
/// Characters of a code, five bits each.
const LENGTH: usize = 12;
/// Characters between two hyphens.
const GROUP: usize = 4;
/// Crockford's base 32: no letter in it looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Gives somebody new codes in the place of those they had. They are given here and never again.
pub(super) fn renew(tx: &mut Tx<'_>, deed: &Deed, id: &StaffId) -> Result<Vec<Secret>, ActionError> {
    recovery_codes::remove_of(tx, id)?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = draw();
        let row = RecoveryCode {
            staff_id: id.clone(),
            hash: hash(&deed.house, id, &code),
            created_at: deed.now,
            used_at: None,
        };
        recovery_codes::insert(tx, &row)?;
        codes.push(Secret::new(code));
    }
    Ok(codes)
}

/// Uses what was typed up, if it is a code that somebody, who is locked, has left.
pub(super) fn spend(tx: &mut Tx<'_>, deed: &Deed, id: &StaffId, typed: &Secret) -> Result<bool, StoreError> {
    let Some(code) = read(typed.expose()) else {
        return Ok(false);
    };
    recovery_codes::spend(tx, id, &hash(&deed.house, id, &code), deed.now)
}

/// What is kept of a code: bound to its owner and to the master key, so that the database alone cannot be guessed at.
fn hash(house: &House, id: &StaffId, code: &str) -> String {
    let parts = [id.as_str(), code];
    hex::encode(house.master_key.derive("staff-recovery", &parts))
}

fn draw() -> String {
    let mut rng = rand::rng();
    let mut code = String::with_capacity(LENGTH + LENGTH / GROUP);
    for place in 0..LENGTH {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        let letter = ALPHABET.get(rng.random_range(0..ALPHABET.len())).copied();
        code.extend(letter.map(char::from));
    }
    code
}

/// A code as it was given out, from what was typed: in any case, with what looks alike, with or without hyphens.
fn read(typed: &str) -> Option<String> {
    let letters: Vec<char> = fold(typed)
        .chars()
        .filter(|one| !matches!(one, ' ' | '-'))
        .map(|one| match one.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let groups = letters
        .chunks(GROUP)
        .map(|group| group.iter().collect::<String>());
    let code = groups.collect::<Vec<_>>().join("-");
    (letters.len() == LENGTH).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_given_however_it_is_typed() {
        for (typed, code) in [
            ("7KD2-9QXM-4T0W", Some("7KD2-9QXM-4T0W")),
            (" 7kd2 9qxm 4tow ", Some("7KD2-9QXM-4T0W")),
            ("7kd29qxm4t0w", Some("7KD2-9QXM-4T0W")),
            ("٧KD2-۹QXM-4T0W", Some("7KD2-9QXM-4T0W")),
            ("ilo0-0000-0000", Some("1100-0000-0000")),
            ("7KD2-9QXM-4T0", None),
            ("7KD2-9QXM-4T0WW", None),
            ("", None),
        ] {
            assert_eq!(read(typed).as_deref(), code, "{typed}");
        }
        let drawn = draw();
        assert_eq!(read(&drawn).as_deref(), Some(drawn.as_str()));
    }
}
