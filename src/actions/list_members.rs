//! The members of a program as the shop looks through them: page by page, by state, by what they are called.

use super::assess::rulebook;
use super::look_up_member::main_card;
use super::search_member::search_member;
use super::surviving::{find_shown, find_survivor};
use super::{ActionError, CardCode, Deed, House};
use crate::store::cards::{self, Card};
use crate::store::member_lists::{self, MemberFilter, NAMED_MAX, NamePart};
use crate::store::members::{self, Member};
use crate::store::programs::Program;
use crate::store::{Db, Tx};
use crate::types::{MemberId, ProgramId, Text, fold};

/// Members on a page.
pub const PAGE: usize = 50;
/// Longest text that is searched for, in characters.
const TEXT_MAX: usize = 254;
/// Fewest digits of what may be a phone number.
const DIGITS_MIN: usize = 5;

/// A page of members.
#[derive(Debug, Clone)]
pub struct MemberPage {
    /// The members.
    pub rows: Vec<MemberRow>,
    /// Whether there are more behind them.
    pub has_more: bool,
    /// Whether so many have the name that not all were looked at.
    pub is_cut: bool,
}

/// A member of a list.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// The member.
    pub member: Member,
    /// The card that acts for all of theirs, if they have one.
    pub card: Option<Card>,
    /// The tier that it has reached.
    pub tier: Option<Text>,
}

/// What a text that is searched for may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// A card's code.
    Code(CardCode),
    /// A member's id.
    Id(MemberId),
    /// What leads to one person, by its kinds, the likelier first: each such search is in the books.
    Identity(Vec<&'static str>),
    /// The beginning of a name.
    Name,
}

/// Tells what a text may be; `None` if there is nothing to search for.
pub fn tell_sought(text: &str) -> Option<Sought> {
    let text = text.trim();
    if text.is_empty() || text.contains('\0') || text.chars().count() > TEXT_MAX {
        return None;
    }
    if let Some(code) = CardCode::scan(text) {
        return Some(Sought::Code(code));
    }
    if let Ok(id) = text.parse() {
        return Some(Sought::Id(id));
    }
    if text.contains('@') {
        return Some(Sought::Identity(vec!["email"]));
    }
    let digits = text.chars().filter(|letter| letter.is_numeric()).count();
    if digits == 0 {
        return Some(Sought::Name);
    }
    let is_phone = digits >= DIGITS_MIN && !text.chars().any(char::is_alphabetic);
    Some(Sought::Identity(if is_phone {
        vec!["phone", "card_number"]
    } else {
        vec!["card_number"]
    }))
}

/// The one member that a code, an id or what leads to a person names, if the program has them.
pub fn find_sought(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    (sought, text): (&Sought, &str),
) -> Result<Option<Member>, ActionError> {
    let found = match sought {
        Sought::Name => None,
        Sought::Code(code) => match cards::find_by_code(tx, code.as_str())? {
            Some(card) => Some(find_shown(tx, card)?.member_id),
            None => None,
        },
        Sought::Id(id) => Some(id.clone()),
        Sought::Identity(kinds) => {
            let mut found = None;
            for kind in kinds {
                found = search_member(tx, deed, (kind, text))?;
                if found.is_some() {
                    break;
                }
            }
            found.map(|member| member.id)
        }
    };
    let Some(id) = found else {
        return Ok(None);
    };
    let member = match members::find(tx, &id)? {
        Some(_) => find_survivor(tx, &id)?,
        None => return Ok(None),
    };
    Ok(Some(member).filter(|member| member.program_id == *program && member.erased_at.is_none()))
}

/// A page of a program's members; with `name` of those whose first or last name begins so.
pub fn list_members(
    db: &mut Db,
    house: &House,
    program: &Program,
    (name, mut filter): (Option<&str>, MemberFilter),
) -> Result<MemberPage, ActionError> {
    let mut is_cut = false;
    if let Some(name) = name {
        let (named, was_cut) = list_named(db, &program.id, name.trim())?;
        is_cut = was_cut;
        filter.of = Some(named);
    }
    let limit = i64::try_from(PAGE + 1).map_err(ActionError::internal)?;
    let mut found = member_lists::list_page(db, &program.id, &filter, limit)?;
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    Ok(MemberPage {
        rows: read_rows(db, house, program, found)?,
        has_more,
        is_cut,
    })
}

/// Cards and tiers to members.
pub fn read_rows(
    db: &mut Db,
    house: &House,
    program: &Program,
    found: Vec<Member>,
) -> Result<Vec<MemberRow>, ActionError> {
    let rulebook = rulebook(db, house, program)?;
    let ids: Vec<MemberId> = found.iter().map(|member| member.id.clone()).collect();
    let held = cards::list_by_members(db, &ids)?;
    let row = |member: Member| {
        let card = main_card(held.iter().filter(|card| card.member_id == member.id)).cloned();
        let reached = card.as_ref().and_then(|card| card.tier_id.as_deref());
        MemberRow {
            tier: rulebook.ladder.find(reached).map(|tier| tier.body.title()),
            card,
            member,
        }
    };
    Ok(found.into_iter().map(row).collect())
}

/// Members whose first or last name begins with a text, or both names with its two halves, in either order; and whether
/// there may be more of them.
fn list_named(db: &mut Db, program: &ProgramId, text: &str) -> Result<(Vec<MemberId>, bool), ActionError> {
    let mut found = Vec::new();
    let mut is_cut = false;
    for part in [NamePart::First, NamePart::Last] {
        for form in forms_of(text) {
            let some = member_lists::list_named(db, program, part, &form)?;
            is_cut |= is_full(&some);
            found.extend(some);
        }
    }
    if let Some((head, tail)) = text.rsplit_once(char::is_whitespace) {
        for part in [NamePart::First, NamePart::Last] {
            for form in forms_of(head.trim()) {
                let some = member_lists::list_named(db, program, part, &form)?;
                is_cut |= is_full(&some);
                let people = member_lists::list_by_ids(db, &some)?.into_iter();
                let fitting = people.filter(|member| {
                    let other = match part {
                        NamePart::First => &member.last_name,
                        NamePart::Last => &member.first_name,
                    };
                    evened(other).starts_with(&evened(tail))
                });
                found.extend(fitting.map(|member| member.id));
            }
        }
    }
    found.sort();
    found.dedup();
    Ok((found, is_cut))
}

fn is_full(found: &[MemberId]) -> bool {
    i64::try_from(found.len()).is_ok_and(|number| number >= NAMED_MAX)
}

fn evened(name: &str) -> String {
    fold(name).to_lowercase()
}

/// The spellings of a beginning that count as the same: small and capital letters, and the two yehs and kafs of Arabic
/// and Persian keyboards. A to Z are small in each, as they are in the index.
fn forms_of(text: &str) -> Vec<String> {
    let small = text.to_lowercase();
    let mut letters = small.chars();
    let capital: String = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    };
    let persian = |text: &str| text.replace(['ي', 'ى'], "ی").replace('ك', "ک");
    let arabic = |text: &str| text.replace('ی', "ي").replace('ک', "ك");
    let mut forms: Vec<String> = [text.to_owned(), small.clone(), capital, text.to_uppercase()]
        .into_iter()
        .flat_map(|form| [persian(&form), arabic(&form), form])
        .map(|form| form.to_ascii_lowercase())
        .collect();
    forms.sort();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_tells_what_is_sought() {
        let code = CardCode::random();
        let cases = [
            (code.as_str(), Sought::Code(code.clone())),
            ("lina@example.com", Sought::Identity(vec!["email"])),
            ("+49 30 901820", Sought::Identity(vec!["phone", "card_number"])),
            ("۰۹۱۲۳۴۵۶۷۸", Sought::Identity(vec!["phone", "card_number"])),
            ("0017-1234", Sought::Identity(vec!["phone", "card_number"])),
            ("AB-17", Sought::Identity(vec!["card_number"])),
            ("Lina", Sought::Name),
            ("李", Sought::Name),
        ];
        for (text, sought) in cases {
            assert_eq!(tell_sought(text), Some(sought), "{text}");
        }
        for nothing in ["", "  ", "a\0b", &"x".repeat(255)] {
            assert_eq!(tell_sought(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_beginning_is_sought_in_every_case_and_by_both_keyboards() {
        assert_eq!(forms_of("LINA"), ["lina"]);
        assert_eq!(forms_of("émi"), ["Émi", "émi"]);
        assert_eq!(forms_of("علي").len(), 2);
        assert_eq!(forms_of("李"), ["李"]);
    }
}
