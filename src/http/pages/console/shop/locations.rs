//! The locations: the places of the shop, with a form for a new one.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::super::terms::{NameField, Shown};
use super::{Door, Typed, doors, is_done};
use crate::actions::change_location::{LOCATIONS_MAX, NewLocation, create_location};
use crate::actions::draw_card::ready_design;
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::place::{PLACES_MAX, to_degrees};
use crate::store::locations::{self, ACTIVE, Location};
use crate::types::{Role, Text, fold};

#[derive(Template)]
#[template(path = "pages/console/shop/locations.html")]
struct LocationsPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    locations: Vec<LocationLine>,
    is_added: bool,
    is_full: bool,
    /// Whether the card's design names places of its own, so that these are not on it.
    is_designed: bool,
    may_edit: bool,
    code: Typed,
    typed: LocationFields,
    action: String,
}

struct LocationLine {
    name: String,
    code: String,
    place: String,
    address: String,
    is_active: bool,
    is_on_cards: bool,
}

/// What was typed of a location.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LocationForm {
    pub(super) token: String,
    pub(super) version: String,
    code: String,
    name: String,
    address: String,
    /// Degrees north and east.
    position: String,
    #[serde(flatten)]
    shown: Shown,
}

guarded!(LocationForm);

/// The fields of a location as a page draws them; its code apart.
pub(super) struct LocationFields {
    pub(super) name: Typed,
    pub(super) address: Typed,
    pub(super) position: Typed,
    pub(super) texts: Vec<NameField>,
    pub(super) texts_fault: Option<&'static str>,
    pub(super) has_texts: bool,
}

impl LocationForm {
    /// The form with what a location says; `None` if that is in a language that has no field.
    pub(super) fn of(location: &Location) -> Result<Option<Self>, ActionError> {
        let text = location
            .relevant_text
            .as_deref()
            .map(serde_json::from_str::<Text>);
        let text = text.transpose().map_err(ActionError::internal)?;
        let position = location.latitude_micro.zip(location.longitude_micro);
        let written = position.map(|(north, east)| format!("{}, {}", to_degrees(north), to_degrees(east)));
        Ok(Shown::of(text.as_ref()).map(|shown| Self {
            version: location.version.to_string(),
            code: location.code.clone(),
            name: location.name.clone(),
            address: location.address.clone(),
            position: written.unwrap_or_default(),
            shown,
            ..Self::default()
        }))
    }

    /// What the form says; an error is one of its position alone.
    pub(super) fn read(&self) -> Result<NewLocation, ActionError> {
        let position = match self.position.trim() {
            "" => None,
            text => {
                let detail = "Degrees north and east are two numbers.";
                let read = read_position(text);
                Some(read.ok_or_else(|| ActionError::fault("/position", "bad_position", detail))?)
            }
        };
        Ok(NewLocation {
            code: self.code.clone(),
            name: self.name.clone(),
            address: self.address.clone(),
            position,
            relevant_text: self.shown.read(),
        })
    }

    /// The fields with the texts for what is wrong with them.
    pub(super) fn fields(self, error: Option<&ActionError>) -> LocationFields {
        let faults = error.map(|error| error.faults.as_slice()).unwrap_or_default();
        let is_at = |start: &str| faults.iter().any(|fault| fault.pointer.starts_with(start));
        let position = Typed {
            fault: is_at("/position").then_some("location-bad-position"),
            value: self.position,
        };
        let texts_fault = is_at("/relevant_text").then_some("location-bad-text");
        LocationFields {
            name: Typed::new(self.name).judged(error, "/name", "location-bad-name"),
            address: Typed::new(self.address).judged(error, "/address", "shop-bad-text"),
            position,
            texts: self.shown.fields(),
            texts_fault,
            has_texts: self.shown.is_given() || texts_fault.is_some(),
        }
    }
}

/// Degrees north and east as a map gives them, in the digits of any of our languages.
fn read_position(text: &str) -> Option<(f64, f64)> {
    let text = fold(text)
        .replace('٫', ".")
        .replace(['−', '–'], "-")
        .replace('°', "");
    let mut numbers = text
        .split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | '،' | ';' | '，'))
        .filter(|part| !part.is_empty())
        .map(|part| {
            let is_plain = part
                .chars()
                .all(|sign| sign.is_ascii_digit() || matches!(sign, '.' | '-' | '+'));
            part.parse::<f64>().ok().filter(|_| is_plain)
        });
    let pair = (numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(pair)
}

/// Whether somebody may change locations.
pub(super) fn may_edit(desk: &Desk) -> bool {
    matches!(desk.signed_in.staff.role, Role::Owner | Role::Manager)
}

/// The codes and names of the locations that can be chosen, by name.
pub(in crate::http::pages::console) async fn list_active(
    desk: &Desk,
) -> Result<Vec<(String, String)>, ActionError> {
    let all = list(desk).await?.into_iter();
    let active = all.filter(|one| one.state == ACTIVE);
    Ok(active.map(|one| (one.code, one.name)).collect())
}

async fn list(desk: &Desk) -> Result<Vec<Location>, ActionError> {
    let program = desk.program.id.clone();
    let house = &desk.state.house;
    let read = house
        .store
        .read(move |db| locations::list_by_name(db, &program, LOCATIONS_MAX));
    Ok(read.await?)
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let mut page = draw(&desk, LocationForm::default(), None).await?;
    page.is_added = is_done(&request, "added");
    Ok(respond(StatusCode::OK, &page)?)
}

/// Makes a location.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, LocationForm) = Desk::take(&state, &request, &body.0).await?;
    let program = desk.program.id.clone();
    let made = match form.read() {
        Ok(new) => {
            desk.act(move |tx, deed| create_location(tx, deed, &program, &new))
                .await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(_) => Ok(lead_to(&desk.link("/console/locations?done=added"))),
        Err(error) if matches!(error.code, Code::Invalid | Code::LimitReached) => {
            let page = draw(&desk, form, Some(&error)).await?;
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the card's design names places of its own.
pub(super) async fn is_designed(desk: &Desk) -> Result<bool, ActionError> {
    let Some(design) = &desk.program.design_id else {
        return Ok(false);
    };
    let ready = ready_design(&desk.state.house, design).await?;
    Ok(!ready.design.locations.is_empty())
}

async fn draw(
    desk: &Desk,
    form: LocationForm,
    error: Option<&ActionError>,
) -> Result<LocationsPage, ActionError> {
    let is_designed = is_designed(desk).await?;
    let mut room = PLACES_MAX;
    let mut line = |one: Location| {
        let is_active = one.state == ACTIVE;
        let is_on_cards = is_active && one.latitude_micro.is_some() && room > 0 && !is_designed;
        if is_on_cards {
            room -= 1;
        }
        LocationLine {
            place: desk.link(&format!("/console/locations/{}", one.id)),
            name: one.name,
            code: one.code,
            address: one.address,
            is_active,
            is_on_cards,
        }
    };
    let all = list(desk).await?;
    let is_taken = |error: &ActionError| error.faults.iter().any(|fault| fault.code == "code_taken");
    let code_fault = if error.is_some_and(is_taken) {
        "location-code-taken"
    } else {
        "location-bad-code"
    };
    Ok(LocationsPage {
        frame: desk.console_frame(desk.title("shop-locations", error.is_some())),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/locations"),
        locations: all.into_iter().map(&mut line).collect(),
        is_added: false,
        is_full: error.is_some_and(|error| error.code == Code::LimitReached),
        is_designed,
        may_edit: may_edit(desk),
        code: Typed::new(form.code.clone()).judged(error, "/code", code_fault),
        typed: form.fields(error),
        action: desk.link("/console/locations"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_maps_and_people_write_it() {
        for text in [
            "52.520008, 13.404954",
            "52.520008 13.404954",
            "52.520008°; 13.404954°",
            "٥٢٫٥٢٠٠٠٨، ١٣٫٤٠٤٩٥٤",
            " 52.520008，13.404954 ",
        ] {
            assert_eq!(read_position(text), Some((52.520_008, 13.404_954)), "{text}");
        }
        assert_eq!(read_position("−33.9,+18.4"), Some((-33.9, 18.4)));
        for text in ["52.5", "52,5, 13,4", "north, east", "1 2 3", "inf, nan", "1e1, 2"] {
            assert_eq!(read_position(text), None, "{text}");
        }
    }
}
