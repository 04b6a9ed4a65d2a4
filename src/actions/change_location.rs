//! The places of a program's shop are made, changed and ended. Cards know where they are.

use serde_json::json;

use super::change_member::Edit;
use super::publish_design::put_on_all_cards;
use super::{ActionError, Caller, Code, Deed, Fault};
use crate::loyalty::design::Design;
use crate::loyalty::place::{LATITUDE_MAX, LONGITUDE_MAX, PLACES_MAX, Place, to_micro};
use crate::store::locations::{self, ACTIVE, ENDED, Location};
use crate::store::{Db, StoreError, Tx, designs, programs, terms};
use crate::types::{LocationId, ProgramId, Text};

/// Most locations of a program, ended ones too.
pub const LOCATIONS_MAX: i64 = 500;
/// Most characters of a code.
pub const CODE_MAX: usize = 64;
/// Most characters of a name.
pub const NAME_MAX: usize = 80;
/// Most characters of an address.
pub const ADDRESS_MAX: usize = 200;
/// Most characters of what a phone says there: a lock screen shows no more.
pub const TEXT_MAX: usize = 100;

/// What is said of a new location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewLocation {
    /// What orders name it by.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where it is, for people.
    pub address: String,
    /// Degrees north and east.
    pub position: Option<(f64, f64)>,
    /// What a phone says there.
    pub relevant_text: Option<Text>,
}

/// What is to change of a location; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LocationChange {
    /// What people call it.
    pub name: Option<String>,
    /// Where it is, for people.
    pub address: Option<String>,
    /// Degrees north and east.
    pub position: Edit<(f64, f64)>,
    /// What a phone says there.
    pub relevant_text: Edit<Text>,
    /// `active` or `ended`.
    pub state: Option<String>,
}

/// Makes a location of a program.
pub fn create_location(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    new: &NewLocation,
) -> Result<Location, ActionError> {
    deed.caller.check_sees(program)?;
    programs::get(tx, program)?;
    let mut faults = Vec::new();
    check_text(&mut faults, "/code", &new.code, (1, CODE_MAX));
    let mut location = Location {
        id: LocationId::new(deed.now),
        program_id: program.clone(),
        code: new.code.trim().to_owned(),
        name: new.name.trim().to_owned(),
        address: new.address.trim().to_owned(),
        latitude_micro: None,
        longitude_micro: None,
        relevant_text: None,
        state: ACTIVE.to_owned(),
        version: 1,
        created_at: deed.now,
        updated_at: deed.now,
    };
    set_position(&mut faults, &mut location, new.position);
    set_text(&mut faults, &mut location, new.relevant_text.as_ref())?;
    check(faults, &location)?;
    // Whoever counts holds the program's row from here on, so that no two see the same room.
    terms::touch_rulebook(tx, program)?;
    if locations::count(tx, program)? >= LOCATIONS_MAX {
        let detail = format!("There are {LOCATIONS_MAX} locations, as many as there may be.");
        return Err(ActionError::with(Code::LimitReached, detail));
    }
    if locations::find_by_code(tx, program, &location.code)?.is_some() {
        let detail = "Another location of the program has this code.";
        return Err(ActionError::fault("/code", "code_taken", detail));
    }
    let before = placed(tx, program)?;
    locations::insert(tx, &location)?;
    tell_cards(tx, deed, program, &before)?;
    record(tx, deed, "create_location", &location)?;
    Ok(location)
}

/// Changes a location that is still at `version` (any, if `None`). Its code stays: orders and rules name it.
pub fn change_location(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&LocationId, Option<i64>),
    change: &LocationChange,
) -> Result<Location, ActionError> {
    let program = get_location(tx, &deed.caller, id)?.program_id;
    terms::touch_rulebook(tx, &program)?;
    let mut location = locations::lock(tx, id)?;
    if version.is_some_and(|wanted| wanted != location.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    let mut faults = Vec::new();
    if let Some(name) = &change.name {
        name.trim().clone_into(&mut location.name);
    }
    if let Some(address) = &change.address {
        address.trim().clone_into(&mut location.address);
    }
    match &change.position {
        Edit::Keep => (),
        Edit::Clear => set_position(&mut faults, &mut location, None),
        Edit::Set(position) => set_position(&mut faults, &mut location, Some(*position)),
    }
    match &change.relevant_text {
        Edit::Keep => (),
        Edit::Clear => location.relevant_text = None,
        Edit::Set(text) => set_text(&mut faults, &mut location, Some(text))?,
    }
    match change.state.as_deref() {
        None => (),
        Some(state @ (ACTIVE | ENDED)) => state.clone_into(&mut location.state),
        Some(_) => {
            let detail = "A location is made `active` or `ended`.";
            faults.push(Fault::new("/state", "unknown_state", detail));
        }
    }
    check(faults, &location)?;
    let before = placed(tx, &program)?;
    location.version += 1;
    location.updated_at = deed.now;
    locations::update(tx, &location)?;
    tell_cards(tx, deed, &program, &before)?;
    record(tx, deed, "change_location", &location)?;
    Ok(location)
}

/// A location that a caller may see, or `NotFound`.
pub fn get_location(db: &mut Db, caller: &Caller, id: &LocationId) -> Result<Location, ActionError> {
    let location = locations::get(db, id)?;
    caller.check_sees(&location.program_id)?;
    Ok(location)
}

/// The places that a program's cards know.
pub(super) fn placed(db: &mut Db, program: &ProgramId) -> Result<Vec<Place>, ActionError> {
    let known = locations::list_placed(db, program, PLACES_MAX)?;
    let places = known.into_iter().filter_map(|one| {
        let (latitude_micro, longitude_micro) = one.latitude_micro.zip(one.longitude_micro)?;
        Some((latitude_micro, longitude_micro, one.relevant_text))
    });
    places
        .map(|(latitude_micro, longitude_micro, text)| {
            let text = text.map(|text| serde_json::from_str(&text));
            Ok(Place {
                latitude_micro,
                longitude_micro,
                relevant_text: text.transpose().map_err(ActionError::internal)?,
            })
        })
        .collect()
}

/// Brings changed places onto every card, unless the look that is published names its own.
fn tell_cards(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    before: &[Place],
) -> Result<(), ActionError> {
    if placed(tx, program)? == before {
        return Ok(());
    }
    let Some(design) = programs::get(tx, program)?.design_id else {
        return Ok(());
    };
    let row = designs::get(tx, &design)?;
    let design: Design = serde_json::from_str(&row.body).map_err(ActionError::internal)?;
    if design.locations.is_empty() {
        put_on_all_cards(tx, deed.now, program)?;
    }
    Ok(())
}

fn set_position(faults: &mut Vec<Fault>, location: &mut Location, position: Option<(f64, f64)>) {
    let Some((north, east)) = position else {
        location.latitude_micro = None;
        location.longitude_micro = None;
        return;
    };
    location.latitude_micro = to_micro(north, LATITUDE_MAX);
    location.longitude_micro = to_micro(east, LONGITUDE_MAX);
    if location.latitude_micro.is_none() {
        let detail = format!("Degrees north are a number from -{LATITUDE_MAX} to {LATITUDE_MAX}.");
        faults.push(Fault::new("/position/latitude", "out_of_range", detail));
    }
    if location.longitude_micro.is_none() {
        let detail = format!("Degrees east are a number from -{LONGITUDE_MAX} to {LONGITUDE_MAX}.");
        faults.push(Fault::new("/position/longitude", "out_of_range", detail));
    }
}

fn set_text(
    faults: &mut Vec<Fault>,
    location: &mut Location,
    text: Option<&Text>,
) -> Result<(), ActionError> {
    let Some(text) = text else {
        return Ok(());
    };
    let mut all: Vec<&str> = text.translations().values().map(String::as_str).collect();
    all.push(text.fallback());
    for one in all {
        check_text(faults, "/relevant_text", one, (1, TEXT_MAX));
    }
    location.relevant_text = Some(serde_json::to_string(text).map_err(ActionError::internal)?);
    Ok(())
}

fn check(mut faults: Vec<Fault>, location: &Location) -> Result<(), ActionError> {
    check_text(&mut faults, "/name", &location.name, (1, NAME_MAX));
    check_text(&mut faults, "/address", &location.address, (0, ADDRESS_MAX));
    if faults.is_empty() {
        return Ok(());
    }
    Err(ActionError::invalid(faults))
}

/// Notes a text that is too short, too long or holds a control character; once a field.
fn check_text(faults: &mut Vec<Fault>, pointer: &str, text: &str, (least, most): (usize, usize)) {
    let is_sound =
        (least..=most).contains(&text.trim().chars().count()) && !text.trim().chars().any(char::is_control);
    if is_sound || faults.iter().any(|fault| fault.pointer == pointer) {
        return;
    }
    let detail = format!("It has {least} to {most} characters, none of them a control character.");
    faults.push(Fault::new(pointer, "bad_text", detail));
}

fn record(tx: &mut Tx<'_>, deed: &Deed, what: &str, location: &Location) -> Result<(), StoreError> {
    let said = json!({ "code": location.code, "name": location.name, "state": location.state,
                       "version": location.version });
    deed.record(tx, Some(&location.program_id), what, location.id.as_str(), &said)
}
