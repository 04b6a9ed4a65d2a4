//! A member of another product gets their place in a program: with what they had there, and without any noise.

use super::assess::lock_budgets;
use super::enrol::{claim_identities, new_card, new_member, pay_welcome};
use super::ledger::{Cause, Ledger, Movement};
use super::person::Person;
use super::{ActionError, Deed};
use crate::loyalty::rulebook::Rulebook;
use crate::store::cards::{self, Card};
use crate::store::members::{self, Consent, Member};
use crate::store::programs::Program;
use crate::store::{Tx, birthdays};
use crate::types::{EntryId, Language, MemberId, Points, Time};

/// The kind of the entry that carries their points over.
pub(super) const IMPORT: &str = "import";
/// The purpose of the consent that a list of members can hold.
const MARKETING: &str = "marketing";

/// Somebody who comes from another product.
pub(super) struct Moved {
    pub(super) person: Person,
    pub(super) language: Option<Language>,
    /// Yes or no to news and offers, and since when if that is known.
    pub(super) consent: Option<(bool, Option<Time>)>,
    pub(super) joined_at: Option<Time>,
    pub(super) points: Points,
}

/// How they are taken in, the same for all of a list.
pub(super) struct Welcome<'a> {
    pub(super) program: &'a Program,
    pub(super) rulebook: &'a Rulebook,
    /// What the entry of their points says.
    pub(super) reason: &'a str,
    /// Whether what joining earns is paid.
    pub(super) is_paid: bool,
}

/// Makes the member with their card. Passes are made when the card is first opened.
pub(super) fn enrol_moved(
    tx: &mut Tx<'_>,
    deed: &Deed,
    welcome: &Welcome<'_>,
    moved: &Moved,
) -> Result<(MemberId, Option<EntryId>), ActionError> {
    let Welcome {
        program, rulebook, ..
    } = welcome;
    let joined_at = moved.joined_at.unwrap_or(deed.now);
    let member = new_member(deed, program, &moved.person, moved.language.as_ref(), joined_at);
    members::insert(tx, &member)?;
    claim_identities(tx, deed, &member, &moved.person.identities)?;
    if let Some((granted, at)) = moved.consent {
        let consent = consent_of(&member, granted, at.unwrap_or(deed.now));
        members::insert_consent(tx, &consent)?;
    }
    if moved.person.birth_date.is_some() {
        let today = program.time_zone.local(deed.now).day;
        birthdays::set(tx, (&program.id, &member.id), moved.person.birth_date, today)?;
    }
    let card = new_card(deed, &member);
    cards::insert(tx, &card)?;
    if moved.points.is_zero() && !welcome.is_paid {
        return Ok((member.id, None));
    }
    let mut ledger = Ledger::open(tx, deed, rulebook, card.clone())?;
    carry_over(tx, &mut ledger, moved.points, welcome.reason)?;
    if welcome.is_paid {
        lock_budgets(tx, rulebook)?;
        pay_welcome(tx, &mut ledger, program, rulebook, &card)?;
    }
    let closed = ledger.close_unseen(tx)?;
    let entry = closed.entries.iter().find(|entry| entry.kind == IMPORT);
    Ok((member.id, entry.map(|entry| entry.id.clone())))
}

/// Adds what somebody who is a member already had elsewhere to their locked card; no phone is told.
pub(super) fn add_moved(
    tx: &mut Tx<'_>,
    deed: &Deed,
    welcome: &Welcome<'_>,
    card: Card,
    points: Points,
) -> Result<Option<EntryId>, ActionError> {
    let mut ledger = Ledger::open(tx, deed, welcome.rulebook, card)?;
    carry_over(tx, &mut ledger, points, welcome.reason)?;
    let closed = ledger.close_untold(tx)?;
    let entry = closed.entries.iter().find(|entry| entry.kind == IMPORT);
    Ok(entry.map(|entry| entry.id.clone()))
}

/// One entry for all that a member had.
fn carry_over(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    points: Points,
    reason: &str,
) -> Result<(), ActionError> {
    if points.is_zero() {
        return Ok(());
    }
    let movement = Movement {
        kind: IMPORT,
        points,
        cause: Cause::default(),
        reason: reason.to_owned(),
        explanation: None,
    };
    ledger.add(tx, movement, 0)
}

fn consent_of(member: &Member, granted: bool, at: Time) -> Consent {
    Consent {
        member_id: member.id.clone(),
        purpose: MARKETING.to_owned(),
        at,
        program_id: member.program_id.clone(),
        granted,
        source: IMPORT.to_owned(),
        text_version: String::new(),
        language: String::new(),
    }
}
