//! Every row of an import is judged before anything is written: who is new, who is known, what cannot be taken.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::assess::rulebook;
use super::enrol::Enrolment;
use super::enrol_moved::Moved;
use super::import_plan::{ImportPlan, KnownPoints};
use super::look_up_member::main_card;
use super::person::{Person, check};
use super::surviving::{find_shown, find_survivor};
use super::{ActionError, Fault, House};
use crate::loyalty::liability::expected_minor;
use crate::sheet::{
    BadNumber, Field, Row, RowFault, Sheet, read_day, read_points, read_yes_no, with_country,
};
use crate::store::programs::Program;
use crate::store::{Db, StoreError, cards, imports, members};
use crate::types::{CardId, Day, Language, MemberId, Points, Time};

/// Rows that are judged by one question to the database.
const JUDGED_AT_ONCE: usize = 1_000;
/// Refused rows that a summary shows.
pub const SHOWN_MAX: usize = 20;
/// The earliest day on which anybody joined a shop's program.
const FIRST_YEAR: i32 = 1970;

/// Why a row is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// More cells than columns.
    TooManyCells,
    /// A cell is too long.
    TooLong,
    /// Nothing in it leads to a member.
    NoIdentity,
    /// No e-mail address.
    BadEmail,
    /// No phone number with its country.
    BadPhone,
    /// No number of a card.
    BadCardNumber,
    /// No id.
    BadExternalId,
    /// A name too long, or with signs that no printer prints.
    BadName,
    /// No day of birth.
    BadBirthDate,
    /// No whole number of points.
    BadPoints,
    /// Fewer than none.
    NegativePoints,
    /// More than a card can hold.
    TooManyPoints,
    /// Neither yes nor no.
    BadConsent,
    /// No day, or one that has not come.
    BadDay,
    /// An earlier row of the file is about the same person.
    Double,
    /// What it says leads to several members.
    SeveralMembers,
    /// The member is blocked.
    Blocked,
    /// The member's card is void.
    CardVoided,
    /// The rules of the program say no.
    Rules,
}

/// A row that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub why: Why,
    /// The field that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// Of a double the row that came first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<i64>,
}

impl Refusal {
    /// A refusal for a reason that is about no one field.
    pub const fn plain(why: Why) -> Self {
        Self {
            why,
            field: None,
            first: None,
        }
    }

    const fn of(why: Why, field: Field) -> Self {
        Self {
            why,
            field: Some(field),
            first: None,
        }
    }

    /// The sentence for whoever works at a command line: what is wrong, and what to do.
    pub const fn sentence(&self) -> &'static str {
        match self.why {
            Why::TooManyCells => {
                "it has more cells than the header has columns; put texts with separators in quotation marks"
            }
            Why::TooLong => "a cell has more than 2,000 characters; perhaps a quotation mark lacks its pair",
            Why::NoIdentity => "it has no e-mail address, phone number, card number or id; give one of them",
            Why::BadEmail => "the e-mail address must look like name@example.com",
            Why::BadPhone => {
                "the phone number needs its country's code; write it, or name one for all with --country"
            }
            Why::BadCardNumber => "a card number has 4 to 40 letters and digits",
            Why::BadExternalId => "an id has 1 to 200 printable characters",
            Why::BadName => "a name has at most 200 characters and no control characters",
            Why::BadBirthDate => "the birth date is no day in the last 120 years; write it as 1990-02-28",
            Why::BadPoints => "the points are no whole number",
            Why::NegativePoints => "the points are below zero; settle the debt first, or write 0",
            Why::TooManyPoints => "these are more points than a card can hold",
            Why::BadConsent => "the consent is neither yes nor no",
            Why::BadDay => "the day is none since 1970 and until today; write it as 2024-02-28",
            Why::Double => "an earlier row is about the same person; join the two",
            Why::SeveralMembers => {
                "what it says leads to several members; join them, or take out what is another's"
            }
            Why::Blocked => "the member is blocked; let them in again first",
            Why::CardVoided => "the member's card is void",
            Why::Rules => "the rules of the program refuse it",
        }
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    New,
    Known {
        member: MemberId,
        card: CardId,
        by: &'static str,
    },
    Refused(Refusal),
}

/// A row with what becomes of it.
pub(super) struct Judged {
    pub(super) number: i64,
    pub(super) verdict: Verdict,
    /// Who it is about, if it could be read.
    pub(super) moved: Option<Moved>,
}

/// What the look at every row found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Rows that were looked at.
    pub rows: i64,
    /// Members who would be made.
    pub new: i64,
    /// Rows of members who are there.
    pub known: i64,
    /// Of these, how many were known by each kind of identity.
    pub known_by: BTreeMap<String, i64>,
    /// Rows that would not be taken.
    pub refused: i64,
    /// Points that would be put on cards.
    pub points: i64,
    /// What they are worth, in minor units, if the program says that.
    pub value_minor: Option<i64>,
    /// How often each reason.
    pub reasons: BTreeMap<Why, i64>,
    /// The first refused rows.
    pub first_refused: Vec<(i64, Refusal)>,
}

/// What does not change from row to row.
pub(super) struct Judging<'a> {
    pub(super) program: &'a Program,
    pub(super) plan: &'a ImportPlan,
    pub(super) today: Day,
    /// Of rows that are about the same person as an earlier one that row's number, by their place.
    pub(super) doubles: &'a HashMap<usize, i64>,
}

/// Judges a whole table and writes nothing.
pub fn summarize(
    db: &mut Db,
    house: &House,
    program: &Program,
    plan: &ImportPlan,
    sheet: &Sheet,
    now: Time,
) -> Result<Summary, ActionError> {
    let mut summary = Summary::default();
    each_judged(db, program, (plan, sheet), now, |one| {
        summary.add(plan, &one);
    })?;
    let rulebook = rulebook(db, house, program)?;
    summary.value_minor = expected_minor(summary.points, &rulebook.policy);
    Ok(summary)
}

/// The rows of a table that would be refused.
pub fn list_refused(
    db: &mut Db,
    program: &Program,
    plan: &ImportPlan,
    sheet: &Sheet,
    now: Time,
) -> Result<Vec<(i64, Refusal)>, ActionError> {
    let mut refused = Vec::new();
    each_judged(db, program, (plan, sheet), now, |one| {
        if let Verdict::Refused(refusal) = one.verdict {
            refused.push((one.number, refusal));
        }
    })?;
    Ok(refused)
}

fn each_judged(
    db: &mut Db,
    program: &Program,
    (plan, sheet): (&ImportPlan, &Sheet),
    now: Time,
    mut take: impl FnMut(Judged),
) -> Result<(), ActionError> {
    let today = program.time_zone.local(now).day;
    let doubles = find_doubles(program, plan, sheet, today);
    let judging = Judging {
        program,
        plan,
        today,
        doubles: &doubles,
    };
    for (part, rows) in sheet.rows.chunks(JUDGED_AT_ONCE).enumerate() {
        for one in judging.judge(db, part * JUDGED_AT_ONCE, rows)? {
            take(one);
        }
    }
    Ok(())
}

impl Summary {
    fn add(&mut self, plan: &ImportPlan, one: &Judged) {
        let points = one.moved.as_ref().map_or(0, |moved| moved.points.get());
        self.rows += 1;
        match &one.verdict {
            Verdict::New => {
                self.new += 1;
                self.points = self.points.saturating_add(points);
            }
            Verdict::Known { by, .. } => {
                self.known += 1;
                *self.known_by.entry((*by).to_owned()).or_default() += 1;
                if plan.known == KnownPoints::Add {
                    self.points = self.points.saturating_add(points);
                }
            }
            Verdict::Refused(refusal) => {
                self.refused += 1;
                *self.reasons.entry(refusal.why).or_default() += 1;
                if self.first_refused.len() < SHOWN_MAX {
                    self.first_refused.push((one.number, *refusal));
                }
            }
        }
    }
}

/// Rows that are about the same person as an earlier row which is taken, by their place.
pub(super) fn find_doubles(
    program: &Program,
    plan: &ImportPlan,
    sheet: &Sheet,
    today: Day,
) -> HashMap<usize, i64> {
    let mut seen: HashMap<(&'static str, String), i64> = HashMap::new();
    let mut doubles = HashMap::new();
    for (place, row) in sheet.rows.iter().enumerate() {
        let Ok(moved) = read_row(program, plan, row, today) else {
            continue;
        };
        let keys: Vec<_> = moved
            .person
            .identities
            .into_iter()
            .map(|known| (known.kind, known.value))
            .collect();
        if let Some(first) = keys.iter().find_map(|key| seen.get(key)) {
            doubles.insert(place, *first);
            continue;
        }
        seen.extend(keys.into_iter().map(|key| (key, row.number)));
    }
    doubles
}

impl Judging<'_> {
    /// Judges rows of which the first has a place in the table.
    pub(super) fn judge(&self, db: &mut Db, first: usize, rows: &[Row]) -> Result<Vec<Judged>, ActionError> {
        let read: Vec<_> = rows
            .iter()
            .enumerate()
            .map(|(offset, row)| {
                let moved = read_row(self.program, self.plan, row, self.today)?;
                match self.doubles.get(&(first + offset)) {
                    Some(earlier) => Err(Refusal {
                        first: Some(*earlier),
                        ..Refusal::plain(Why::Double)
                    }),
                    None => Ok(moved),
                }
            })
            .collect();
        let owners = self.find_owners(db, &read)?;
        let mut judged = Vec::with_capacity(rows.len());
        for (row, read) in rows.iter().zip(read) {
            let (verdict, moved) = match read {
                Ok(moved) => (self.judge_one(db, &owners, &moved)?, Some(moved)),
                Err(refusal) => (Verdict::Refused(refusal), None),
            };
            judged.push(Judged {
                number: row.number,
                verdict,
                moved,
            });
        }
        Ok(judged)
    }

    /// Whose the identities of some rows are.
    fn find_owners(
        &self,
        db: &mut Db,
        read: &[Result<Moved, Refusal>],
    ) -> Result<HashMap<(String, String), MemberId>, StoreError> {
        let identities = || read.iter().flatten().flat_map(|moved| &moved.person.identities);
        let wanted: Vec<(&str, &str)> = identities()
            .map(|known| (known.kind, known.value.as_str()))
            .chain(identities().filter_map(|known| Some((known.kind, known.earlier.as_deref()?))))
            .collect();
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let found = imports::list_owners(db, &self.program.id, &wanted)?;
        let pair = |one: imports::Owned| ((one.kind, one.value), one.member_id);
        Ok(found.into_iter().map(pair).collect())
    }

    fn judge_one(
        &self,
        db: &mut Db,
        owners: &HashMap<(String, String), MemberId>,
        moved: &Moved,
    ) -> Result<Verdict, ActionError> {
        let owner = |kind: &str, value: &str| owners.get(&(kind.to_owned(), value.to_owned()));
        let mut by = None;
        let mut found = BTreeSet::new();
        for known in &moved.person.identities {
            let earlier = || {
                known
                    .earlier
                    .as_deref()
                    .and_then(|earlier| owner(known.kind, earlier))
            };
            if let Some(member) = owner(known.kind, &known.value).or_else(earlier) {
                by = by.or(Some(known.kind));
                found.insert(find_survivor(db, member)?.id);
            }
        }
        let (Some(by), Some(member)) = (by, found.first()) else {
            return Ok(Verdict::New);
        };
        if found.len() > 1 {
            return Ok(Verdict::Refused(Refusal::plain(Why::SeveralMembers)));
        }
        let person = members::get(db, member)?;
        let own = cards::list_by_member(db, member)?;
        let Some(card) = main_card(own.iter()).cloned() else {
            return Ok(Verdict::Refused(Refusal::plain(Why::CardVoided)));
        };
        let card = find_shown(db, card)?;
        if card.voided_at.is_some() {
            return Ok(Verdict::Refused(Refusal::plain(Why::CardVoided)));
        }
        if person.blocked_at.is_some() && self.plan.known == KnownPoints::Add && !moved.points.is_zero() {
            return Ok(Verdict::Refused(Refusal::plain(Why::Blocked)));
        }
        Ok(Verdict::Known {
            member: person.id,
            card: card.id,
            by,
        })
    }
}

/// Reads who a row is about.
pub(super) fn read_row(
    program: &Program,
    plan: &ImportPlan,
    row: &Row,
    today: Day,
) -> Result<Moved, Refusal> {
    match row.fault {
        Some(RowFault::TooManyCells) => return Err(Refusal::plain(Why::TooManyCells)),
        Some(RowFault::TooLong) => return Err(Refusal::plain(Why::TooLong)),
        None => (),
    }
    let cell = |field| plan.cell(&row.cells, field);
    let points = read_points(cell(Field::Points)).map_err(|bad| {
        let why = match bad {
            BadNumber::NoNumber => Why::BadPoints,
            BadNumber::Negative => Why::NegativePoints,
            BadNumber::TooLarge => Why::TooManyPoints,
        };
        Refusal::of(why, Field::Points)
    })?;
    let points = Points::new(points.unwrap_or_default())
        .map_err(|_| Refusal::of(Why::TooManyPoints, Field::Points))?;
    let day = |field: Field| {
        let text = cell(field);
        if text.is_empty() {
            return Ok(None);
        }
        let read = read_day(text, plan.dates);
        read.map(Some).ok_or(Refusal::of(Why::BadDay, field))
    };
    let past = |field: Field| {
        let read = day(field)?;
        match read {
            Some(one) if one > today || one.parts().0 < FIRST_YEAR => Err(Refusal::of(Why::BadDay, field)),
            other => Ok(other.map(|one| program.time_zone.start_of(one))),
        }
    };
    let granted =
        read_yes_no(cell(Field::Consent)).map_err(|_| Refusal::of(Why::BadConsent, Field::Consent))?;
    let consent_at = past(Field::ConsentAt)?;
    let birth_date = day(Field::BirthDate).map_err(|_| Refusal::of(Why::BadBirthDate, Field::BirthDate))?;
    let person = read_person(plan, row, birth_date, today)?;
    if person.identities.is_empty() {
        return Err(Refusal::plain(Why::NoIdentity));
    }
    Ok(Moved {
        person,
        language: read_language(cell(Field::Language)),
        consent: granted.map(|granted| (granted, consent_at)),
        joined_at: past(Field::JoinedAt)?,
        points,
    })
}

fn read_person(plan: &ImportPlan, row: &Row, born: Option<Day>, today: Day) -> Result<Person, Refusal> {
    let cell = |field| plan.cell(&row.cells, field).to_owned();
    let mut names = (cell(Field::FirstName), cell(Field::LastName));
    let whole = cell(Field::Name);
    if names.0.is_empty() && names.1.is_empty() {
        let (first, last) = whole.split_once(char::is_whitespace).unwrap_or((&whole, ""));
        names = (first.to_owned(), last.trim().to_owned());
    }
    let phone = cell(Field::Phone);
    let phone = if phone.is_empty() {
        phone
    } else {
        with_country(&phone, &plan.country)
    };
    let enrolment = Enrolment {
        first_name: Some(names.0),
        last_name: Some(names.1),
        email: Some(cell(Field::Email)),
        phone: Some(phone),
        external_id: Some(cell(Field::ExternalId)),
        card_number: Some(cell(Field::CardNumber)),
        birth_date: born.map(|day| day.to_string()),
        ..Enrolment::default()
    };
    check(&enrolment, today).map_err(|error| {
        error
            .faults
            .first()
            .map_or(Refusal::plain(Why::Rules), refusal_of)
    })
}

/// The refusal for a fault of what a person says of themselves.
fn refusal_of(fault: &Fault) -> Refusal {
    match fault.code.as_ref() {
        "bad_email" => Refusal::of(Why::BadEmail, Field::Email),
        "bad_phone" => Refusal::of(Why::BadPhone, Field::Phone),
        "bad_card_number" => Refusal::of(Why::BadCardNumber, Field::CardNumber),
        "bad_external_id" => Refusal::of(Why::BadExternalId, Field::ExternalId),
        "bad_birth_date" => Refusal::of(Why::BadBirthDate, Field::BirthDate),
        "bad_name" if fault.pointer == "/first_name" => Refusal::of(Why::BadName, Field::FirstName),
        "bad_name" => Refusal::of(Why::BadName, Field::LastName),
        _ => Refusal::plain(Why::Rules),
    }
}

/// The language of a card; one that nobody knows is the program's.
fn read_language(text: &str) -> Option<Language> {
    let text = text.replace('_', "-");
    text.parse().ok().filter(|_| !text.is_empty())
}
