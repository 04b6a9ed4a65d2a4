//! One location: what is known of it, and its end.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, read_version};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::locations::{LocationFields, LocationForm, may_edit};
use super::{Door, doors, is_done};
use crate::actions::change_location::{LocationChange, change_location, get_location};
use crate::actions::change_member::Edit;
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::locations::{ACTIVE, ENDED, Location};
use crate::types::LocationId;

#[derive(Template)]
#[template(path = "pages/console/shop/location.html")]
struct LocationPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    heading: String,
    code: String,
    is_active: bool,
    said: Option<&'static str>,
    is_stale: bool,
    /// The form, if it can say all that the location says.
    typed: Option<LocationFields>,
    may_edit: bool,
    version: String,
    action: String,
    state_action: String,
    way_back: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StateForm {
    token: String,
    version: String,
    state: String,
}

guarded!(StateForm);

async fn read(desk: &Desk, id: &str) -> Result<Location, ActionError> {
    let id: LocationId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let caller = desk.caller.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| get_location(db, &caller, &id));
    read.await
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let location = read(&desk, &id).await?;
    let all = [
        ("saved", "shop-saved"),
        ("ended", "location-was-ended"),
        ("active", "location-resumed"),
    ];
    let said = all.into_iter().find(|(what, _)| is_done(&request, what));
    let mut page = draw(&desk, &location, None, None).await?;
    page.said = said.map(|(_, text)| text);
    Ok(respond(StatusCode::OK, &page)?)
}

/// Changes what is known of the location.
pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, LocationForm) = Desk::take(&state, &request, &body.0).await?;
    let location = read(&desk, &id).await?;
    let version = read_version(&form.version)?;
    let saved = match form.read() {
        Ok(typed) => {
            let change = LocationChange {
                name: Some(typed.name),
                address: Some(typed.address),
                position: typed.position.map_or(Edit::Clear, Edit::Set),
                relevant_text: typed.relevant_text.map_or(Edit::Clear, Edit::Set),
                state: None,
            };
            change_it(&desk, &location, (version, change)).await
        }
        Err(error) => Err(error),
    };
    end(&desk, &location, (saved, "saved"), Some(form)).await
}

/// Ends the location, or makes it active again.
pub(super) async fn set_state(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, StateForm) = Desk::take(&state, &request, &body.0).await?;
    let location = read(&desk, &id).await?;
    let version = read_version(&form.version)?;
    let wanted = if form.state == ENDED { ENDED } else { ACTIVE };
    let change = LocationChange {
        state: Some(wanted.to_owned()),
        ..LocationChange::default()
    };
    let changed = change_it(&desk, &location, (version, change)).await;
    end(&desk, &location, (changed, wanted), None).await
}

async fn change_it(
    desk: &Desk,
    location: &Location,
    (version, change): (i64, LocationChange),
) -> Result<Location, ActionError> {
    let id = location.id.clone();
    desk.act(move |tx, deed| change_location(tx, deed, (&id, Some(version)), &change))
        .await
}

async fn end(
    desk: &Desk,
    location: &Location,
    (changed, done): (Result<Location, ActionError>, &str),
    form: Option<LocationForm>,
) -> Result<HttpResponse, Problem> {
    match changed {
        Ok(location) => Ok(lead_to(
            &desk.link(&format!("/console/locations/{}?done={done}", location.id)),
        )),
        Err(error) if matches!(error.code, Code::Invalid | Code::StaleEdit) => {
            let status = if error.code == Code::StaleEdit {
                StatusCode::CONFLICT
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            let page = draw(desk, location, form, Some(&error)).await?;
            Ok(respond(status, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Draws the location. A form that was refused is drawn as it was typed; whoever saw that others changed it may save
/// theirs over that.
async fn draw(
    desk: &Desk,
    location: &Location,
    form: Option<LocationForm>,
    error: Option<&ActionError>,
) -> Result<LocationPage, ActionError> {
    let is_stale = error.is_some_and(|error| error.code == Code::StaleEdit);
    let version = match &form {
        Some(form) if !is_stale => form.version.clone(),
        _ => location.version.to_string(),
    };
    let form = match form {
        Some(form) => Some(form),
        None => LocationForm::of(location)?,
    };
    let base = format!("/console/locations/{}", location.id);
    Ok(LocationPage {
        frame: desk.console_frame(desk.locale.title(&location.name, error.is_some())),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/locations"),
        heading: location.name.clone(),
        code: location.code.clone(),
        is_active: location.state == ACTIVE,
        said: None,
        is_stale,
        typed: form.map(|form| form.fields(error)),
        may_edit: may_edit(desk),
        version,
        action: desk.link(&base),
        state_action: desk.link(&format!("{base}/state")),
        way_back: desk.link("/console/locations"),
    })
}
