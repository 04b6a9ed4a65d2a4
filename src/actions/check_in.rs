//! Somebody is at the shop and says so: by the code of the day, once a day.

use serde_json::json;

use super::assess::rulebook;
use super::record_event::{NewEvent, RecordedEvent, record_event};
use super::record_order::Holder;
use super::{ActionError, Code, Deed, House};
use crate::loyalty::rule::{Trigger, Unit};
use crate::store::cards::Card;
use crate::store::locations::{self, ACTIVE, Location};
use crate::store::programs::Program;
use crate::store::{Db, Tx, cards, programs};
use crate::types::{CardId, Day, LocationId, Points, ProgramId, Time};

/// The event.
pub const CHECK_IN: &str = "check_in";
/// Where such events come from.
const SOURCE: &str = "here";

/// Where and on which day a code is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// The program.
    pub program: ProgramId,
    /// The place; `None` is every one.
    pub location: Option<LocationId>,
    /// The day, as the program's clocks show it.
    pub day: Day,
}

/// What a code of the day leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The program.
    pub program: Program,
    /// The place, if the code is of one.
    pub location: Option<Location>,
    /// Whether the code is good now.
    pub is_good: bool,
}

/// What a check-in came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedIn {
    /// Whether it is the first of that day.
    pub is_new: bool,
    /// What it earned now.
    pub earned: Points,
    /// What it promised for later.
    pub promised: Points,
    /// The card after it.
    pub card: Card,
}

impl Here {
    /// The code of this day.
    pub fn today(program: &Program, location: Option<LocationId>, now: Time) -> Self {
        Self {
            program: program.id.clone(),
            location,
            day: program.time_zone.local(now).day,
        }
    }
}

/// Reads what a code leads to, and whether it is good at an instant: on its own day, at a place that is still there.
pub fn read_place(db: &mut Db, here: &Here, now: Time) -> Result<Place, ActionError> {
    let program = programs::get(db, &here.program)?;
    let location = match &here.location {
        Some(id) => Some(locations::get(db, id)?),
        None => None,
    };
    let is_there = location
        .as_ref()
        .is_none_or(|one| one.state == ACTIVE && one.program_id == program.id);
    let is_today = program.time_zone.local(now).day == here.day;
    Ok(Place {
        program,
        location,
        is_good: is_there && is_today,
    })
}

/// Checks the holder of a card in; `None` if the code is not good now. A second time on the same day, wherever it is,
/// earns nothing more.
///
/// # Errors
/// [`Code::NotFound`] of a card of another program.
pub fn check_in(
    tx: &mut Tx<'_>,
    deed: &Deed,
    here: &Here,
    card: &CardId,
) -> Result<Option<CheckedIn>, ActionError> {
    let place = read_place(tx, here, deed.now)?;
    if !place.is_good {
        return Ok(None);
    }
    let card = cards::get(tx, card)?;
    if card.program_id != here.program {
        return Err(ActionError::new(Code::NotFound));
    }
    let data = match &place.location {
        Some(location) => json!({ "location": location.code }),
        None => json!({}),
    };
    let new = NewEvent {
        source: SOURCE.to_owned(),
        external_id: format!("{}-{}", card.member_id, here.day.number()),
        holder: Holder::Member(card.member_id.clone()),
        kind: CHECK_IN.to_owned(),
        happened_at: None,
        data,
    };
    match record_event(tx, deed, &new) {
        Ok(recorded) => Ok(Some(sum(recorded))),
        // At another place of the shop, earlier that day.
        Err(error) if error.code == Code::EventExists => Ok(Some(CheckedIn {
            is_new: false,
            earned: Points::ZERO,
            promised: Points::ZERO,
            card,
        })),
        Err(error) => Err(error),
    }
}

fn sum(recorded: RecordedEvent) -> CheckedIn {
    let total = |points: i64| Points::new(points).unwrap_or(Points::ZERO);
    let earned = recorded.entries.iter().map(|entry| entry.points.get()).sum();
    let promised = recorded.promised.iter().map(|one| one.points.get()).sum();
    CheckedIn {
        is_new: recorded.is_new,
        earned: total(earned),
        promised: total(promised),
        card: recorded.sheet.card,
    }
}

/// What a check-in is sure to earn: what the best rule gives that asks for nothing else; `None` if there is no rule for it
/// at all, zero if every one asks for more.
pub fn worth(db: &mut Db, house: &House, program: &Program) -> Result<Option<i64>, ActionError> {
    let rulebook = rulebook(db, house, program)?;
    let rules = rulebook.rules.iter().map(|rule| &rule.body);
    let mut paying = rules
        .filter(|rule| matches!(&rule.when, Trigger::Event(kind) if kind == CHECK_IN))
        .peekable();
    if paying.peek().is_none() {
        return Ok(None);
    }
    let now = house.now();
    let sure = paying.filter(|rule| {
        rule.conditions.is_empty()
            && rule.then.per == Unit::Time
            && rule.from.is_none_or(|from| from <= now)
            && rule.until.is_none_or(|until| now < until)
    });
    Ok(Some(sure.map(|rule| rule.then.points).max().unwrap_or(0)))
}
