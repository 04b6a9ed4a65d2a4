//! Somebody who joined before has no card on the phone in their hand. An e-mail address or a phone number, which anybody can
//! type, opens no card; somebody at the counter, who sees who asks, does.

use serde_json::json;

use super::at_till::{Said, get_card, keep};
use super::own_card::is_own_card;
use super::surviving::find_shown;
use super::{ActionError, Code, Deed, House};
use crate::store::cards;
use crate::store::till_deeds::{self, RECOVERED, TillDeed};
use crate::store::{Db, Tx, programs};
use crate::types::{CardId, Points, StaffId, Time, sha256_hex};

/// How long somebody can ask with one code: a quarter of an hour.
pub const RECOVERY_MS: i64 = 15 * 60_000;
/// Hexadecimal digits that tell one question from the next.
const NONCE_DIGITS: usize = 24;
/// What stands before the token in the link that a till scans.
const LINK_PATH: &str = "/recover/";

/// A question for a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The card of whoever is meant.
    pub card: CardId,
    /// When it was asked.
    pub asked_at: Time,
    /// Which question it is.
    pub nonce: String,
}

impl Recovery {
    /// A question that was not asked before; the same seed asks the same question.
    pub fn new(card: CardId, asked_at: Time, seed: &str) -> Self {
        let nonce = sha256_hex(seed.as_bytes()).chars().take(NONCE_DIGITS).collect();
        Self {
            card,
            asked_at,
            nonce,
        }
    }

    /// Whether it can still be answered.
    pub fn is_open(&self, now: Time) -> bool {
        now < self.asked_at.plus_ms(RECOVERY_MS)
    }
}

/// The token in what was scanned, if that is the link of a question.
pub fn find_token(text: &str) -> Option<&str> {
    let (_, tail) = text.rsplit_once(LINK_PATH)?;
    tail.trim().split(['/', '?', '#']).next()
}

/// Lets the phone that asks have the card. What was answered before stays as it was.
///
/// # Errors
/// [`Code::RecoveryOver`] of a question whose time is over; [`Code::OwnCard`] of staff who answer for themselves.
pub fn recover_at_till(
    tx: &mut Tx<'_>,
    deed: &Deed,
    staff: &StaffId,
    recovery: &Recovery,
) -> Result<TillDeed, ActionError> {
    let card = get_card(tx, deed, &recovery.card)?;
    if let Some(known) = till_deeds::find_by_form(tx, &card.program_id, &recovery.nonce)? {
        return Ok(known);
    }
    if !recovery.is_open(deed.now) {
        return Err(ActionError::new(Code::RecoveryOver));
    }
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = super::assess::rulebook(tx, &deed.house, &program)?;
    let is_noted = is_own_card(tx, deed, &rulebook.policy, (&card, "recover_card"))?;
    let detail = json!({ "own_card": is_noted });
    deed.record(
        tx,
        Some(&card.program_id),
        "recover_card",
        card.id.as_str(),
        &detail,
    )?;
    let said = Said {
        form: &recovery.nonce,
        kind: RECOVERED,
        subject: card.member_id.as_str(),
        moved: Points::ZERO,
    };
    keep(tx, deed, staff, &card, &said)
}

/// The token of the card's page, once somebody at the counter has let the phone that asks have it.
pub fn find_recovered(
    db: &mut Db,
    house: &House,
    recovery: &Recovery,
) -> Result<Option<String>, ActionError> {
    let asked = cards::get(db, &recovery.card)?;
    let card = find_shown(db, asked)?;
    let answer = till_deeds::find_by_form(db, &card.program_id, &recovery.nonce)?;
    let answer = answer.filter(|row| row.kind == RECOVERED && row.card_id == card.id);
    Ok(answer.map(|_| house.link_token(&card.id, card.link_epoch)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_in_whatever_a_scanner_gives() {
        for (text, token) in [
            (
                "https://cards.example/recover/crd_1-2-a-x_y",
                Some("crd_1-2-a-x_y"),
            ),
            ("https://cards.example/recover/crd_1?lang=ar\n", Some("crd_1")),
            ("https://cards.example/card/crd_1-x", None),
            ("crd_1-2-a-x", None),
        ] {
            assert_eq!(find_token(text), token, "{text}");
        }
    }
}
