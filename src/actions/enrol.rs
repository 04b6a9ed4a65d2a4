//! A person joins a program, or is found again by what they told us before.

use serde_json::json;

use super::announce::{Happened, announce};
use super::assess::{assess, credit, lock_budgets, rulebook};
use super::hear_automations::hear_deed;
use super::identity::Known;
use super::invite_friend::{note_invitation, refuse_own_code};
use super::issue_reward::issue_automatic;
use super::known_identity::{Claim, claim, find_owner};
use super::ledger::{Cause, Ledger, Movement};
use super::person::{Person, check};
use super::referral_code::{find_referrer, give_code};
use super::{ActionError, CardCode, CardSheet, Code, Deed, Profile};
use crate::loyalty::automation::Occurred;
use crate::loyalty::explain::{Explanation, Ground};
use crate::loyalty::rule::facts::{Act, Happening};
use crate::loyalty::rulebook::Rulebook;
use crate::store::birthdays;
use crate::store::cards::{self, Card};
use crate::store::deliveries::{self, Lane};
use crate::store::members::{self, Consent, Identity, Member};
use crate::store::passes::{self, Pass};
use crate::store::programs::{self, Program};
use crate::store::{Db, Tx};
use crate::types::{
    AttributeChanges, Attributes, CardId, Language, MemberId, PassId, Points, ProgramId, Provenances, Time,
    Wallet,
};

/// The event that enrolling is.
const SIGN_UP: &str = "sign_up";
/// What the entries of it say.
const WELCOME: &str = "Welcome bonus";

/// What a person told us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enrolment {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// The caller's own id.
    pub external_id: Option<String>,
    /// The number on a plastic card that they have.
    pub card_number: Option<String>,
    /// The language of the card; else the program's.
    pub language: Option<Language>,
    /// What the shop keeps of its own; of somebody known, what is there stays.
    pub attributes: AttributeChanges,
    /// Purposes, and whether they are granted.
    pub consents: Vec<(String, bool)>,
    /// The text that asked for them, and the language that it was shown in, where a page of ours did.
    pub consent_text: Option<(String, Language)>,
    /// Where this was said: `api`, `join`.
    pub source: String,
    /// When they were born, as `2000-02-29`; of somebody known, what is there stays.
    pub birth_date: Option<String>,
    /// The code of the member who invited them.
    pub referral_code: Option<String>,
}

/// A member with their card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// The program.
    pub program: Program,
    /// The member.
    pub member: Member,
    /// Everything that leads to them.
    pub identities: Vec<Identity>,
    /// Their card with its passes.
    pub sheet: CardSheet,
    /// What else is known of them.
    pub profile: Profile,
    /// Whether they are new.
    pub is_new: bool,
}

/// Enrols a person. The same identity finds the same member and card; the bonus is paid once.
pub fn enrol(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    enrolment: &Enrolment,
) -> Result<Enrolled, ActionError> {
    deed.caller.check_sees(program)?;
    let program = programs::get(tx, program)?;
    let today = program.time_zone.local(deed.now).day;
    let person = check(enrolment, today)?;
    let referrer = find_inviter(tx, &program, enrolment)?;
    let mut known = Vec::new();
    for identity in &person.identities {
        if let Some(member) = find_owner(tx, &program.id, identity)? {
            known.push(member);
        }
    }
    known.dedup();
    match known.as_slice() {
        [] => enrol_new(tx, deed, program, &person, enrolment, referrer),
        [member] => {
            // Locked, so that nobody is erased while they get what is theirs.
            let mut member = members::lock(tx, member)?;
            // Joined with another while we waited: the other stands for both.
            while let Some(into) = &member.merged_into {
                member = members::lock(tx, into)?;
            }
            if member.erased_at.is_some() {
                return enrol_new(tx, deed, program, &person, enrolment, referrer);
            }
            if referrer.as_ref() == Some(&member.id) {
                refuse_own_code(tx, deed, &program.id, &member.id)?;
            }
            find_again(tx, deed, program, member, &person)
        }
        _ => Err(ActionError::new(Code::IdentityConflict)),
    }
}

/// Whose code was named; one that nobody has is told, as whoever typed it meant somebody.
fn find_inviter(
    db: &mut Db,
    program: &Program,
    enrolment: &Enrolment,
) -> Result<Option<MemberId>, ActionError> {
    let Some(code) = enrolment
        .referral_code
        .as_deref()
        .filter(|code| !code.trim().is_empty())
    else {
        return Ok(None);
    };
    let found = find_referrer(db, &program.id, code)?;
    found.map(Some).ok_or_else(|| {
        let detail = "No member has that referral code; leave it out.";
        ActionError::fault("/referral_code", "unknown_referral_code", detail)
    })
}

fn find_again(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: Program,
    member: Member,
    person: &Person,
) -> Result<Enrolled, ActionError> {
    claim_identities(tx, deed, &member, &person.identities)?;
    let card = cards::list_by_member(tx, &member.id)?
        .into_iter()
        .rfind(|card| card.voided_at.is_none())
        .ok_or_else(|| ActionError::with(Code::CardVoided, "The member's card was voided; ask the shop."))?;
    let sheet = issue_passes(tx, deed, &program, card)?;
    let identities = members::list_identities(tx, &member.id)?;
    give_code(tx, deed, &program.id, &member.id)?;
    Ok(Enrolled {
        profile: Profile::read(tx, &member)?,
        program,
        member,
        identities,
        sheet,
        is_new: false,
    })
}

fn enrol_new(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: Program,
    person: &Person,
    enrolment: &Enrolment,
    referrer: Option<MemberId>,
) -> Result<Enrolled, ActionError> {
    let now = deed.now;
    let member = new_member(deed, &program, person, enrolment.language.as_ref(), now);
    members::insert(tx, &member)?;
    claim_identities(tx, deed, &member, &person.identities)?;
    let shown = enrolment
        .consent_text
        .clone()
        .map(|(text, language)| (text, language.to_string()));
    let (text_version, shown_in) = shown.unwrap_or_default();
    for (purpose, granted) in &enrolment.consents {
        members::insert_consent(
            tx,
            &Consent {
                member_id: member.id.clone(),
                purpose: purpose.clone(),
                at: now,
                program_id: program.id.clone(),
                granted: *granted,
                source: enrolment.source.clone(),
                text_version: text_version.clone(),
                language: shown_in.clone(),
            },
        )?;
    }
    let card = issue_card(tx, deed, &program, &member)?;
    let sheet = issue_passes(tx, deed, &program, card)?;
    let detail = json!({ "card": sheet.card.id, "source": enrolment.source, "bonus": program.signup_bonus });
    deed.record(tx, Some(&program.id), "enrol", member.id.as_str(), &detail)?;
    let identities = members::list_identities(tx, &member.id)?;
    if person.birth_date.is_some() {
        let today = program.time_zone.local(now).day;
        birthdays::set(tx, (&program.id, &member.id), person.birth_date, today)?;
    }
    give_code(tx, deed, &program.id, &member.id)?;
    if let Some(referrer) = referrer {
        note_invitation(tx, deed, &program.id, (&referrer, &member.id))?;
    }
    let enrolled = Enrolled {
        profile: Profile::read(tx, &member)?,
        program,
        member,
        identities,
        sheet,
        is_new: true,
    };
    let rulebook = rulebook(tx, &deed.house, &enrolled.program)?;
    let card = &enrolled.sheet.card;
    let unfilled = Card {
        balance: Points::ZERO,
        ..card.clone()
    };
    hear_deed(tx, &rulebook, (&unfilled, card), (&[Occurred::Joined], now))?;
    if rulebook.is_heard {
        let program = &enrolled.program.id;
        announce(tx, deed, program, &Happened::MemberEnrolled(&enrolled))?;
    }
    Ok(enrolled)
}

/// The row of somebody who joins at an instant.
pub(super) fn new_member(
    deed: &Deed,
    program: &Program,
    person: &Person,
    language: Option<&Language>,
    joined_at: Time,
) -> Member {
    let own = person.identities.iter().find(|one| one.kind == "external_id");
    Member {
        id: MemberId::new(joined_at),
        program_id: program.id.clone(),
        external_id: own.map(|one| one.shown.clone()),
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        language: language.unwrap_or(&program.language).clone(),
        version: 1,
        created_at: joined_at,
        updated_at: deed.now,
        attributes: person.attributes.clone(),
        erased_at: None,
        blocked_at: None,
        block_reason: None,
        note: String::new(),
        merged_into: None,
        attribute_details: Provenances::default().edited(
            &Attributes::default(),
            &person.attributes,
            &deed.caller.actor,
            deed.now,
        ),
        is_quiet: false,
    }
}

/// Stores identities for a member; one that another member took at the same moment is a conflict.
pub(super) fn claim_identities(
    tx: &mut Tx<'_>,
    deed: &Deed,
    member: &Member,
    list: &[Known],
) -> Result<(), ActionError> {
    for known in list {
        if claim(tx, deed, member, known)? == Claim::Taken {
            return Err(ActionError::new(Code::IdentityConflict));
        }
    }
    Ok(())
}

/// A new card without points.
pub(super) fn new_card(deed: &Deed, member: &Member) -> Card {
    Card {
        id: CardId::new(deed.now),
        program_id: member.program_id.clone(),
        member_id: member.id.clone(),
        code: CardCode::random().as_str().to_owned(),
        balance: Points::ZERO,
        remainder: 0,
        version: 1,
        last_modified: deed.now,
        link_epoch: 0,
        voided_at: None,
        created_at: deed.now,
        per_minor: 0,
        orders: 0,
        pending: Points::ZERO,
        active_at: deed.now,
        due_at: None,
        tier_id: None,
        tier_until: None,
        tier_progress: 0,
        blocked_at: None,
        merged_into: None,
    }
}

/// A new card, with what signing up earns on it.
fn issue_card(tx: &mut Tx<'_>, deed: &Deed, program: &Program, member: &Member) -> Result<Card, ActionError> {
    let card = new_card(deed, member);
    cards::insert(tx, &card)?;
    let rulebook = rulebook(tx, &deed.house, program)?;
    lock_budgets(tx, &rulebook)?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    pay_welcome(tx, &mut ledger, program, &rulebook, &card)?;
    issue_automatic(tx, &mut ledger, &card, &rulebook, None)?;
    Ok(ledger.close_unseen(tx)?.card)
}

/// Adds what signing up earns; the budgets are locked.
pub(super) fn pay_welcome(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    program: &Program,
    rulebook: &Rulebook,
    card: &Card,
) -> Result<(), ActionError> {
    let happening = Happening::Event(Act::plain(SIGN_UP));
    let assessed = assess(tx, rulebook, card, happening, ledger.now())?;
    if rulebook.policy.welcome_after_first_order {
        ledger.hold();
    }
    let bonus = Points::new(program.signup_bonus).map_err(ActionError::internal)?;
    if !bonus.is_zero() {
        let movement = Movement {
            kind: "earn",
            points: bonus,
            cause: Cause::default(),
            reason: WELCOME.to_owned(),
            explanation: Some(Explanation {
                name: String::new(),
                ground: Ground::Welcome,
                cut: 0,
            }),
        };
        ledger.add(tx, movement, 0)?;
    }
    credit(
        tx,
        ledger,
        rulebook,
        card,
        &assessed,
        (&Cause::default(), WELCOME),
    )
}

/// Makes the passes of a card that lacks some: of a member who was moved in, or of one from before a wallet was set up.
pub fn complete_passes(tx: &mut Tx<'_>, deed: &Deed, id: &CardId) -> Result<CardSheet, ActionError> {
    let card = cards::lock(tx, id)?;
    if card.voided_at.is_some() {
        return Ok(CardSheet::read(tx, card)?);
    }
    let program = programs::get(tx, &card.program_id)?;
    issue_passes(tx, deed, &program, card)
}

/// The card's passes; those that are missing are made for every wallet that is set up.
fn issue_passes(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &Program,
    card: Card,
) -> Result<CardSheet, ActionError> {
    let mut sheet = CardSheet::read(tx, card)?;
    let wallets = &deed.house.wallets;
    let own_type = program.apple_pass_type.as_deref().or(wallets.default_pass_type());
    let apple = own_type.map(str::to_owned);
    let google = wallets.google_issuer();
    let missing = |sheet: &CardSheet, wallet| !sheet.passes.iter().any(|pass| pass.wallet == wallet);
    if let Some(pass_type) = apple.filter(|_| missing(&sheet, Wallet::Apple)) {
        let id = PassId::new(deed.now);
        let serial = id.to_string();
        sheet.passes.push(issue(
            tx,
            deed,
            &sheet.card,
            (id, Wallet::Apple),
            pass_type,
            serial,
        )?);
    }
    if let Some(issuer) = google.filter(|_| missing(&sheet, Wallet::Google)) {
        let id = PassId::new(deed.now);
        let object = format!("{issuer}.{id}");
        let class = format!("{issuer}.{}", program.id);
        sheet
            .passes
            .push(issue(tx, deed, &sheet.card, (id, Wallet::Google), class, object)?);
        deliveries::mark(tx, &sheet.card.id, sheet.card.version, Lane::Instant, deed.now)?;
    }
    Ok(sheet)
}

fn issue(
    tx: &mut Tx<'_>,
    deed: &Deed,
    card: &Card,
    (id, wallet): (PassId, Wallet),
    pass_type: String,
    serial: String,
) -> Result<Pass, ActionError> {
    let pass = Pass {
        id,
        program_id: card.program_id.clone(),
        card_id: card.id.clone(),
        wallet,
        pass_type,
        serial,
        epoch: 0,
        state: passes::ISSUED.to_owned(),
        told_version: 0,
        told_at: None,
        fetched_version: 0,
        fetched_at: None,
        shown: None,
        last_error: None,
        created_at: deed.now,
    };
    passes::insert(tx, &pass)?;
    Ok(pass)
}
