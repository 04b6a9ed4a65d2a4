//! A static list: a table of members is brought, they are found again by what leads to them, and put on it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;

use super::identity::{self, Known};
use super::import_plan::{ImportPlan, PlanFault};
use super::term_kind::list_segments;
use super::{ActionError, Caller, Code, Deed};
use crate::sheet::{Field, FileFault, Limits, Row, Sheet, read_sheet, with_country};
use crate::store::static_lists::{self, StaticList};
use crate::store::{Db, Tx, terms};
use crate::types::{CardId, ListId, ProgramId};

/// Most lists of a program.
pub const LISTS_MAX: i64 = 100;
/// Longest name of a list, in characters.
pub const NAME_MAX: usize = 80;
/// Rows that led to nobody and are told one by one.
pub const UNFOUND_MAX: usize = 100;
/// Longest text of a row that is told again, in characters.
const SHOWN_MAX: usize = 200;
/// Rows that are looked up at once.
const CHUNK: usize = 1_000;

/// A table of members that was brought, at most 10 MiB and 50,000 rows.
#[derive(Debug)]
pub struct Brought {
    sheet: Sheet,
    plan: ImportPlan,
}

/// Why what was brought is no table of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// It is no table.
    #[error(transparent)]
    File(#[from] FileFault),
    /// Its columns lead to nobody, or the calling code is none.
    #[error(transparent)]
    Plan(#[from] PlanFault),
}

impl Brought {
    /// Reads a table whose columns are found by their names, as of an import; `country` is the calling code of phone
    /// numbers that have none, in digits, or empty.
    pub fn read(bytes: &[u8], country: &str) -> Result<Self, ListFault> {
        let sheet = read_sheet(bytes, Limits::PAGE)?;
        let plan = ImportPlan {
            country: country.to_owned(),
            ..ImportPlan::guess(&sheet)
        };
        plan.check()?;
        Ok(Self { sheet, plan })
    }

    /// What a row says that leads to a member: each as it was typed, and as it is compared if it can be read.
    fn identities(&self, row: &Row) -> Vec<(String, Option<Known>)> {
        let columns = self.plan.columns.iter().zip(&row.cells);
        let typed = columns.filter_map(|(field, cell)| {
            let field = field.filter(|field| field.is_identity())?;
            (!cell.is_empty()).then_some((field, cell))
        });
        typed
            .map(|(field, cell)| {
                let full = match field {
                    Field::Phone => with_country(cell, &self.plan.country),
                    _ => cell.clone(),
                };
                (cell.clone(), identity::read(field.name(), &full).ok())
            })
            .collect()
    }
}

/// Why a row put nobody on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It has nothing that leads to anybody.
    Empty,
    /// What it has cannot be read.
    Unreadable,
    /// What it has leads to no member with a card.
    NoMember,
    /// What it has leads to several.
    SeveralMembers,
}

impl Why {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unreadable => "unreadable",
            Self::NoMember => "no_member",
            Self::SeveralMembers => "several_members",
        }
    }
}

/// A row that put nobody on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfound {
    /// Its number as spreadsheets count: the header is row 1.
    pub row: i64,
    /// Why.
    pub why: Why,
    /// What it has, as it was typed.
    pub typed: String,
}

/// Who was found by the rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The cards of those who were found.
    pub cards: BTreeSet<CardId>,
    /// Rows that were looked at.
    pub rows: usize,
    /// Rows about somebody whom an earlier row was about.
    pub twice: usize,
    /// How many rows put nobody on the list.
    pub unfound: usize,
    /// The first of them, at most [`UNFOUND_MAX`].
    pub first_unfound: Vec<Unfound>,
}

impl Found {
    fn add(&mut self, row: &Row, found: Result<CardId, Why>, typed: &str) {
        self.rows += 1;
        match found {
            Ok(card) => self.twice += usize::from(!self.cards.insert(card)),
            Err(why) => {
                self.unfound += 1;
                if self.first_unfound.len() < UNFOUND_MAX {
                    self.first_unfound.push(Unfound {
                        row: row.number,
                        why,
                        typed: typed.chars().take(SHOWN_MAX).collect(),
                    });
                }
            }
        }
    }
}

/// Looks for the members of a table. Nothing is stored.
pub fn find_members(db: &mut Db, program: &ProgramId, brought: &Brought) -> Result<Found, ActionError> {
    let mut found = Found::default();
    for rows in brought.sheet.rows.chunks(CHUNK) {
        let said: Vec<_> = rows.iter().map(|row| brought.identities(row)).collect();
        let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for known in said.iter().flatten().filter_map(|(_, known)| known.as_ref()) {
            let values = wanted.entry(known.kind).or_default();
            values.insert(&known.value);
            values.extend(known.earlier.as_deref());
        }
        let mut cards: HashMap<(&str, String), CardId> = HashMap::new();
        for (kind, values) in wanted {
            let values: Vec<&str> = values.into_iter().collect();
            for one in static_lists::find_cards(db, program, kind, &values)? {
                cards.insert((kind, one.value), one.card);
            }
        }
        for (row, identities) in rows.iter().zip(&said) {
            let typed = identities.first().map_or("", |(typed, _)| typed.as_str());
            found.add(row, lead(row, identities, &cards), typed);
        }
    }
    Ok(found)
}

/// The one card to which a row leads.
fn lead(
    row: &Row,
    identities: &[(String, Option<Known>)],
    cards: &HashMap<(&str, String), CardId>,
) -> Result<CardId, Why> {
    if row.fault.is_some() {
        return Err(Why::Unreadable);
    }
    if identities.is_empty() {
        return Err(Why::Empty);
    }
    let readable: Vec<&Known> = identities
        .iter()
        .filter_map(|(_, known)| known.as_ref())
        .collect();
    if readable.is_empty() {
        return Err(Why::Unreadable);
    }
    let own = readable.into_iter().filter_map(|known| {
        let by = |value: &String| cards.get(&(known.kind, value.clone()));
        by(&known.value).or_else(|| known.earlier.as_ref().and_then(by))
    });
    let own: BTreeSet<&CardId> = own.collect();
    match (own.len(), own.first()) {
        (1, Some(card)) => Ok((*card).clone()),
        (0, _) => Err(Why::NoMember),
        _ => Err(Why::SeveralMembers),
    }
}

/// The list that a caller may see, or `NotFound`.
pub fn get_list(db: &mut Db, caller: &Caller, id: &ListId) -> Result<StaticList, ActionError> {
    let list = static_lists::get(db, id)?;
    caller.check_sees(&list.program_id)?;
    Ok(list)
}

/// Makes a list of those who were found; the program has none of that name yet.
pub fn create_list(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    name: &str,
    found: &Found,
) -> Result<StaticList, ActionError> {
    deed.caller.check_sees(program)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        let detail = format!("A list needs a name of 1 to {NAME_MAX} characters.");
        return Err(ActionError::fault("/name", "bad_name", detail));
    }
    // The program's row is held from here on, so that no two who count see the same room.
    terms::touch_rulebook(tx, program)?;
    let held = static_lists::list(tx, program, LISTS_MAX)?.len();
    if i64::try_from(held).map_err(ActionError::internal)? >= LISTS_MAX {
        let detail = format!("The program has {LISTS_MAX} lists, as many as it may have; delete one first.");
        return Err(ActionError::with(Code::LimitReached, detail));
    }
    let list = StaticList {
        id: ListId::new(deed.now),
        program_id: program.clone(),
        name: name.to_owned(),
        members: 0,
        actor: deed.caller.actor.clone(),
        version: 0,
        created_at: deed.now,
        changed_at: deed.now,
    };
    if !static_lists::insert(tx, &list)? {
        let detail =
            "Another list of the program has that name; bring the file to that one, or choose another name.";
        return Err(ActionError::fault("/name", "named_twice", detail));
    }
    fill(tx, deed, "create_list", list, found)
}

/// Puts those who were found on a list that is still at `version` (any, if `None`), in place of who was on it.
pub fn replace_list(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&ListId, Option<i64>),
    found: &Found,
) -> Result<StaticList, ActionError> {
    let list = lock(tx, deed, id, version)?;
    static_lists::clear(tx, id)?;
    fill(tx, deed, "replace_list", list, found)
}

/// Deletes a list that no saved segment names. A campaign that names it means nobody from then on.
pub fn delete_list(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&ListId, Option<i64>),
) -> Result<(), ActionError> {
    let list = lock(tx, deed, id, version)?;
    for (_, mut segment) in list_segments(tx, &list.program_id)? {
        let mut is_named = false;
        let members = &mut segment.members;
        members.each_list(&mut |name| is_named |= name == id.as_str() || *name == list.name);
        if is_named {
            let detail = format!(
                "The segment `{}` names the list; change or take that away first.",
                segment.name
            );
            return Err(ActionError::with(Code::ListNamed, detail));
        }
    }
    static_lists::delete(tx, id)?;
    let said = json!({ "members": list.members });
    Ok(deed.record(tx, Some(&list.program_id), "delete_list", id.as_str(), &said)?)
}

fn lock(tx: &mut Tx<'_>, deed: &Deed, id: &ListId, version: Option<i64>) -> Result<StaticList, ActionError> {
    let list = static_lists::lock(tx, id)?;
    deed.caller.check_sees(&list.program_id)?;
    if version.is_some_and(|wanted| wanted != list.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    Ok(list)
}

fn fill(
    tx: &mut Tx<'_>,
    deed: &Deed,
    what: &str,
    mut list: StaticList,
    found: &Found,
) -> Result<StaticList, ActionError> {
    let cards: Vec<CardId> = found.cards.iter().cloned().collect();
    let mut added = 0;
    for some in cards.chunks(CHUNK) {
        added += static_lists::add(tx, &list.id, some)?;
    }
    list.members = i64::try_from(added).map_err(ActionError::internal)?;
    list.actor.clone_from(&deed.caller.actor);
    list.changed_at = deed.now;
    list.version += 1;
    static_lists::update(tx, &list)?;
    let said = json!({ "members": list.members, "unfound": found.unfound });
    deed.record(tx, Some(&list.program_id), what, list.id.as_str(), &said)?;
    Ok(list)
}
