//! What a shop knows of a member changes: name, identities, language, attributes.

use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::announce::announce_card;
use super::card_facts::read_facts;
use super::draw_card::draw;
use super::identity::{self, Known};
use super::known_identity::{Claim, claim};
use super::merge_members::check_single;
use super::person::attribute_fault;
use super::{ActionError, CardSheet, Code, Deed, Fault, MemberSheet};
use crate::loyalty::design::Design;
use crate::store::birthdays;
use crate::store::cards;
use crate::store::deliveries::{self, Lane};
use crate::store::members::{self, Identity, Member};
use crate::store::programs::{self, Program};
use crate::store::{Tx, designs};
use crate::types::{AttributeChanges, Day, Language, MemberId};

/// What is to become of one thing. In JSON: left out, null, or the new value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Edit<T> {
    /// It stays.
    #[default]
    Keep,
    /// It is taken away.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Edit<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(from)?.map_or(Self::Clear, Self::Set))
    }
}

/// What is to change of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberChange {
    /// First name.
    pub first_name: Edit<String>,
    /// Last name.
    pub last_name: Edit<String>,
    /// E-mail address; replaces every earlier one.
    pub email: Edit<String>,
    /// Phone number; replaces every earlier one.
    pub phone: Edit<String>,
    /// The caller's own id.
    pub external_id: Edit<String>,
    /// The language of their cards; the program's if taken away.
    pub language: Edit<Language>,
    /// Attributes by name.
    pub attributes: AttributeChanges,
    /// When they were born, as `2000-02-29`.
    pub birth_date: Edit<String>,
    /// What the staff write down; no phone shows it.
    pub note: Edit<String>,
    /// Whether their cards change without a notice on the lock screen.
    pub is_quiet: Edit<bool>,
}

/// Longest note, in characters.
const NOTE_MAX: usize = 2_000;

/// An identity that takes the place of those of its kind.
struct Replacement {
    kind: &'static str,
    known: Option<Known>,
}

/// Changes a member who is still at `version` (any, if `None`). Cards whose face shows it are told to phones.
pub fn change_member(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    version: Option<i64>,
    change: &MemberChange,
) -> Result<MemberSheet, ActionError> {
    let old = lock(tx, deed, id, version)?;
    let program = programs::get(tx, &old.program_id)?;
    let today = program.time_zone.local(deed.now).day;
    let had = birthdays::find(tx, id)?;
    let (mut member, replacements, born) = apply(&program, &old, change, had, today)?;
    member.attribute_details =
        old.attribute_details
            .edited(&old.attributes, &member.attributes, &deed.caller.actor, deed.now);
    let known = members::list_identities(tx, id)?;
    let replacements: Vec<_> = replacements
        .into_iter()
        .filter(|one| !one.is_there(&known))
        .collect();
    let mut changed = changed_names(&old, &member);
    changed.extend(replacements.iter().map(|one| one.kind));
    changed.extend((born != had).then_some("birth_date"));
    if changed.is_empty() {
        return MemberSheet::read(tx, old);
    }
    for one in &replacements {
        replace(tx, deed, &member, one)?;
    }
    member.version += 1;
    member.updated_at = deed.now;
    if !members::update(tx, &member, old.version)? {
        return Err(ActionError::new(Code::StaleEdit));
    }
    let redrawn = tell_cards(tx, deed, &program, &old, &member)?;
    if born != had {
        // After the cards, which whoever raises a birthday locks first.
        birthdays::set(tx, (&program.id, id), born, today)?;
    }
    deed.record(
        tx,
        Some(&program.id),
        "change_member",
        id.as_str(),
        // The names of what changed, never what it was or is: the books outlive the person's data.
        &json!({ "changed": changed, "cards": redrawn, "version": member.version }),
    )?;
    MemberSheet::read(tx, member)
}

/// The member, locked, if they are there for the caller and still at that version.
pub(super) fn lock(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    version: Option<i64>,
) -> Result<Member, ActionError> {
    let member = members::lock(tx, id)?;
    deed.caller.check_sees(&member.program_id)?;
    if member.erased_at.is_some() {
        return Err(ActionError::new(Code::NotFound));
    }
    check_single(&member)?;
    if version.is_some_and(|wanted| wanted != member.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    Ok(member)
}

fn apply(
    program: &Program,
    old: &Member,
    change: &MemberChange,
    had: Option<Day>,
    today: Day,
) -> Result<(Member, Vec<Replacement>, Option<Day>), ActionError> {
    let mut faults = Vec::new();
    let mut member = old.clone();
    for (pointer, text, place) in [
        ("/first_name", &change.first_name, &mut member.first_name),
        ("/last_name", &change.last_name, &mut member.last_name),
    ] {
        match text {
            Edit::Keep => (),
            Edit::Clear => place.clear(),
            Edit::Set(text) => match identity::name(pointer, text) {
                Ok(name) => *place = name,
                Err(fault) => faults.push(fault),
            },
        }
    }
    match &change.language {
        Edit::Keep => (),
        Edit::Clear => member.language = program.language.clone(),
        Edit::Set(language) => member.language = language.clone(),
    }
    match &change.note {
        Edit::Keep => (),
        Edit::Clear => member.note.clear(),
        Edit::Set(text) if text.chars().count() > NOTE_MAX => {
            let detail = "A note has at most 2,000 characters.";
            faults.push(Fault::new("/note", "too_long", detail));
        }
        Edit::Set(text) => text.trim().clone_into(&mut member.note),
    }
    match change.is_quiet {
        Edit::Keep => (),
        Edit::Clear => member.is_quiet = false,
        Edit::Set(is_quiet) => member.is_quiet = is_quiet,
    }
    match old.attributes.edited(&change.attributes) {
        Ok(attributes) => member.attributes = attributes,
        Err(list) => faults.extend(list.into_iter().map(attribute_fault)),
    }
    let born = match &change.birth_date {
        Edit::Keep => had,
        Edit::Clear => None,
        Edit::Set(text) => match identity::birth_date(text, today) {
            Ok(born) => Some(born),
            Err(fault) => {
                faults.push(fault);
                None
            }
        },
    };
    let replacements = read_identities(change, &mut faults);
    if let Some(one) = replacements.iter().find(|one| one.kind == "external_id") {
        member.external_id = one.known.as_ref().map(|known| known.shown.clone());
    }
    if faults.is_empty() {
        return Ok((member, replacements, born));
    }
    Err(ActionError::invalid(faults))
}

fn read_identities(change: &MemberChange, faults: &mut Vec<Fault>) -> Vec<Replacement> {
    type Reader = fn(&str) -> Result<Known, Fault>;
    let wanted: [(&'static str, &Edit<String>, Reader); 3] = [
        ("email", &change.email, identity::email),
        ("phone", &change.phone, identity::phone),
        ("external_id", &change.external_id, identity::external_id),
    ];
    let mut replacements = Vec::new();
    for (kind, text, read) in wanted {
        match text {
            Edit::Keep => (),
            Edit::Clear => replacements.push(Replacement { kind, known: None }),
            Edit::Set(text) => match read(text) {
                Ok(known) => replacements.push(Replacement {
                    kind,
                    known: Some(known),
                }),
                Err(fault) => faults.push(fault),
            },
        }
    }
    replacements
}

impl Replacement {
    /// Whether the member's identities of this kind are just that already.
    fn is_there(&self, known: &[Identity]) -> bool {
        let held: Vec<&str> = known
            .iter()
            .filter(|one| one.kind == self.kind)
            .map(|one| one.value.as_str())
            .collect();
        match &self.known {
            None => held.is_empty(),
            Some(known) => {
                held == [known.value.as_str()] || known.earlier.as_deref().is_some_and(|one| held == [one])
            }
        }
    }
}

fn replace(tx: &mut Tx<'_>, deed: &Deed, member: &Member, one: &Replacement) -> Result<(), ActionError> {
    members::drop_identity(tx, &member.id, one.kind)?;
    let Some(known) = &one.known else {
        return Ok(());
    };
    if claim(tx, deed, member, known)? != Claim::Taken {
        return Ok(());
    }
    let detail = "Another member of the program has it.";
    Err(ActionError {
        faults: vec![Fault::new(format!("/{}", one.kind), "taken", detail)],
        ..ActionError::with(Code::IdentityConflict, detail)
    })
}

fn changed_names(old: &Member, new: &Member) -> Vec<&'static str> {
    [
        ("first_name", old.first_name != new.first_name),
        ("last_name", old.last_name != new.last_name),
        ("language", old.language != new.language),
        ("attributes", old.attributes != new.attributes),
        ("note", old.note != new.note),
        ("is_quiet", old.is_quiet != new.is_quiet),
    ]
    .into_iter()
    .filter_map(|(name, has_changed)| has_changed.then_some(name))
    .collect()
}

/// Makes those cards new for phones that are drawn otherwise than before; gives their number.
fn tell_cards(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &Program,
    old: &Member,
    new: &Member,
) -> Result<usize, ActionError> {
    let Some(design_id) = &program.design_id else {
        return Ok(0);
    };
    let row = designs::get(tx, design_id)?;
    let design: Design = serde_json::from_str(&row.body).map_err(ActionError::internal)?;
    let mut redrawn = 0;
    for card in cards::list_by_member(tx, &new.id)? {
        let CardSheet { card, passes } = {
            let card = cards::lock(tx, &card.id)?;
            CardSheet::read(tx, card)?
        };
        let mut look = |member| {
            let facts = read_facts(tx, &deed.house, program, member, &card)?;
            draw(&deed.house, program, (design_id, &design), &facts, &passes)
        };
        if look(old)? != look(new)? {
            let card = cards::touch(tx, &card, deed.now)?;
            deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
            announce_card(tx, deed, &card)?;
            redrawn += 1;
        }
    }
    Ok(redrawn)
}
