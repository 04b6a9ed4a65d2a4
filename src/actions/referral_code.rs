//! Referral codes: what a member tells a friend, and a friend types.

use rand::Rng as _;

use super::{ActionError, Deed};
use crate::store::referrals::{self, ReferralCode};
use crate::store::{Db, Tx};
use crate::types::{MemberId, ProgramId};

/// Digits and consonants that nobody confuses when they are said or read; without vowels no word comes up by chance.
const ALPHABET: &[u8; 29] = b"23456789BCDFGHJKLMNPQRSTVWXYZ";
/// Characters of a code: 17 thousand million codes for each program.
const LEN: usize = 7;
/// Most codes tried for one member before a defect is suspected.
const TRIES_MAX: usize = 20;
/// Longest text that is looked at, in bytes.
const TEXT_MAX: usize = 40;

/// Makes a code by chance.
fn random() -> String {
    let mut rng = rand::rng();
    (0..LEN)
        .map(|_| {
            let place = rng.random_range(0..ALPHABET.len());
            ALPHABET.get(place).copied().map_or('2', char::from)
        })
        .collect()
}

/// Reads what was typed: case, spaces and hyphens do not matter. `None` if it can be no code.
pub fn read_code(text: &str) -> Option<String> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let code: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let is_known = |byte: u8| ALPHABET.contains(&byte);
    (code.len() == LEN && code.bytes().all(is_known)).then_some(code)
}

/// The code of a member, made now if there is none yet.
pub fn give_code(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    member: &MemberId,
) -> Result<ReferralCode, ActionError> {
    if let Some(known) = referrals::find_code(tx, member)? {
        return Ok(known);
    }
    for _ in 0..TRIES_MAX {
        let fresh = ReferralCode {
            member_id: member.clone(),
            program_id: program.clone(),
            code: random(),
            invited: 0,
            paid: 0,
            created_at: deed.now,
        };
        if referrals::claim_code(tx, &fresh)? {
            return Ok(fresh);
        }
        // Another request may have made one at the same moment.
        if let Some(known) = referrals::find_code(tx, member)? {
            return Ok(known);
        }
    }
    Err(ActionError::internal("no referral code is free"))
}

/// Whose code a text is in a program.
pub fn find_referrer(db: &mut Db, program: &ProgramId, text: &str) -> Result<Option<MemberId>, ActionError> {
    let Some(code) = read_code(text) else {
        return Ok(None);
    };
    let found = referrals::find_by_code(db, program, &code)?;
    Ok(found.map(|known| known.member_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for _ in 0..100 {
            let code = random();
            assert!(!code.contains(['0', 'O', '1', 'I', 'A', 'E', 'U']), "{code}");
            let typed = format!(" {}-{} ", &code[..3], &code[3..]).to_lowercase();
            assert_eq!(read_code(&typed), Some(code));
        }
    }

    #[test]
    fn what_can_be_no_code_is_not_looked_up() {
        for text in [
            "",
            "2345678O",
            "234567",
            "23456789",
            "234567é",
            &"2".repeat(1_000),
        ] {
            assert_eq!(read_code(text), None, "{text}");
        }
    }
}
