//! What was scanned or typed of a card: its code, the link to its page, or the number on a plastic card.

use super::card_code::{CardCode, NoCode};
use super::identity::card_number;
use super::known_identity::find_owner;
use super::record_order::{Holder, find_card};
use super::surviving::find_shown;
use super::{ActionError, Code, Deed, House};
use crate::store::cards::{self, Card};
use crate::store::{Db, StoreError, Tx, replaced_codes};
use crate::types::{CardId, ProgramId};

/// What stands before the token in a link to a card's page.
const LINK_PATH: &str = "/card/";

/// The card that was scanned or typed, in a program if the caller is of one: by its own code, else by a number that leads
/// to its holder. A caller of all programs cannot find by a number, which is unique in one program only.
pub fn find_scanned(
    db: &mut Db,
    house: &House,
    program: Option<&ProgramId>,
    text: &str,
) -> Result<Card, ActionError> {
    let sees = |card: &Card| program.is_none_or(|own| *own == card.program_id);
    if let Some((id, token)) = read_link(text) {
        let card = missing_is_none(cards::get(db, &id))?.filter(sees);
        return card
            .filter(|card| house.is_link_token(token, &card.id, card.link_epoch))
            .ok_or_else(|| ActionError::new(Code::UnknownCard));
    }
    let read = CardCode::read(text).or_else(|slip| CardCode::scan(text).ok_or(slip));
    if let Ok(code) = &read {
        if let Some(card) = cards::find_by_code(db, code.as_str())?.filter(sees) {
            return Ok(card);
        }
        let replaced = replaced_codes::find(db, code.as_str())?;
        if replaced.is_some_and(|one| program.is_none_or(|own| *own == one.program_id)) {
            return Err(ActionError::new(Code::CardReplaced));
        }
    }
    let number = card_number(text).ok();
    if let (Some(program), Some(number)) = (program, &number)
        && let Some(member) = find_owner(db, program, number)?
    {
        return find_card(db, house, Some(program), &Holder::Member(member));
    }
    Err(match (read, program, number) {
        (Err(NoCode::Slip), _, _) => ActionError::new(Code::BadCheckDigit),
        (_, None, Some(_)) => {
            let detail =
                "The card is unknown. To find a plastic card by its number, use a key of its program.";
            ActionError::with(Code::UnknownCard, detail)
        }
        _ => ActionError::new(Code::UnknownCard),
    })
}

/// The card that a deed means, and with what it is refused unless it was done before: a till that repeats an order by a
/// code that was replaced meanwhile gets the answer that it lost.
pub(super) fn find_meant(
    tx: &mut Tx<'_>,
    deed: &Deed,
    holder: &Holder,
) -> Result<(Card, Option<ActionError>), ActionError> {
    let found = find_card(tx, &deed.house, deed.caller.program.as_ref(), holder);
    match (found, holder) {
        (Err(refusal), Holder::Card(text)) if refusal.code == Code::CardReplaced => {
            let code = CardCode::scan(text).ok_or_else(|| refusal.clone())?;
            let replaced = replaced_codes::find(tx, code.as_str())?.ok_or_else(|| refusal.clone())?;
            let card = cards::get(tx, &replaced.card_id)?;
            Ok((find_shown(tx, card)?, Some(refusal)))
        }
        (found, _) => Ok((found?, None)),
    }
}

/// The card and the token that a link to a card's page names, whatever stands before and after it.
fn read_link(text: &str) -> Option<(CardId, &str)> {
    let tail = text.rsplit_once(LINK_PATH).map_or(text, |(_, tail)| tail).trim();
    let token = tail.split(['/', '?', '#']).next().unwrap_or(tail);
    Some((House::card_of_link(token)?, token))
}

fn missing_is_none<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}
