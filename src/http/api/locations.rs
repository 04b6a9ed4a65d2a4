//! Locations: the places of a program's shop, which orders, rules and cards name.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::shapes::TextShape;
use super::{answer, respond};
use crate::actions::change_location::{
    LocationChange, NewLocation, change_location, create_location, get_location,
};
use crate::actions::change_member::Edit;
use crate::actions::{ActionError, Code, Deed, perform};
use crate::http::body::{Posted, Who, idempotency_key, if_match};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::place::to_degrees;
use crate::store::Tx;
use crate::store::locations::{self, ENDED, Location};
use crate::types::{LocationId, ProgramId, Text, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/locations", web::post().to(create))
        .route("/v1/locations", web::get().to(list))
        .route("/v1/locations/{id}", web::get().to(show))
        .route("/v1/locations/{id}", web::patch().to(change))
        .route("/v1/locations/{id}", web::delete().to(end));
}

/// Where a location is.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Position)]
pub(super) struct PositionView {
    /// Degrees north, -90 to 90; kept to the millionth.
    #[schema(example = 52.52)]
    latitude: f64,
    /// Degrees east, -180 to 180; kept to the millionth.
    #[schema(example = 13.405)]
    longitude: f64,
}

/// A new location.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LocationInput {
    /// The program; the key's own if it is of one.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// What orders name it by, 1 to 64 characters; unique in the program, and for ever the same.
    #[schema(example = "main-street")]
    code: String,
    /// What people call it, 1 to 80 characters.
    name: String,
    /// Where it is, for people; up to 200 characters.
    #[serde(default)]
    address: String,
    /// Where it is, for phones: there they offer the card by themselves.
    position: Option<PositionView>,
    /// What a phone's lock screen says there, up to 100 characters a language.
    #[schema(value_type = Option<TextShape>)]
    relevant_text: Option<Text>,
}

/// What is to change of a location: what is left out stays, null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LocationPatch {
    /// What people call it.
    name: Option<String>,
    /// Where it is, for people.
    address: Option<String>,
    /// Where it is, for phones.
    #[serde(default)]
    #[schema(value_type = Option<PositionView>)]
    position: Edit<PositionView>,
    /// What a phone's lock screen says there.
    #[serde(default)]
    #[schema(value_type = Option<TextShape>)]
    relevant_text: Edit<Text>,
    /// `ended`, or `active` again.
    state: Option<String>,
}

/// A place of the shop.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Location)]
pub(super) struct LocationView {
    /// Its id.
    #[schema(value_type = String)]
    id: LocationId,
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// What orders name it by.
    code: String,
    /// What people call it.
    name: String,
    /// Where it is, for people.
    address: String,
    /// Where it is, for phones. Cards know the first ten active ones by name that have it, unless the design names
    /// places of its own.
    position: Option<PositionView>,
    /// What a phone's lock screen says there.
    #[schema(value_type = Option<TextShape>)]
    relevant_text: Option<Text>,
    /// `active` or `ended`.
    state: String,
    /// Counts edits; send it as `If-Match`.
    version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was last edited.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl From<Location> for LocationView {
    fn from(row: Location) -> Self {
        let position = row.latitude_micro.zip(row.longitude_micro);
        Self {
            id: row.id,
            program: row.program_id,
            code: row.code,
            name: row.name,
            address: row.address,
            position: position.map(|(north, east)| PositionView {
                latitude: to_degrees(north),
                longitude: to_degrees(east),
            }),
            relevant_text: row
                .relevant_text
                .and_then(|text| serde_json::from_str(&text).ok()),
            state: row.state,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

const fn pair(position: PositionView) -> (f64, f64) {
    (position.latitude, position.longitude)
}

fn location_id(id: &str) -> Result<LocationId, ActionError> {
    id.parse().map_err(|_| ActionError::new(Code::NotFound))
}

/// Makes a location.
#[utoipa::path(post, path = "/v1/locations", tag = "locations", operation_id = "create_location",
    request_body = LocationInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The location", body = LocationView)))]
pub(super) async fn create(
    state: Data<State>,
    posted: Posted<LocationInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let program = value.program.or_else(|| caller.program.clone());
    let program = program
        .ok_or_else(|| ActionError::fault("/program", "missing", "Say of which program the location is."))?;
    let new = NewLocation {
        code: value.code,
        name: value.name,
        address: value.address,
        position: value.position.map(pair),
        relevant_text: value.relevant_text,
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| create_location(tx, deed, &program, &new);
    let render = |row: &Location| answer(StatusCode::CREATED, &LocationView::from(row.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists locations, ended ones too.
#[utoipa::path(get, path = "/v1/locations", tag = "locations", operation_id = "list_locations", params(Page),
    responses((status = 200, description = "Locations", body = List<LocationView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<LocationId>()?);
    let program = who.0.program;
    let read = state.house.store.read(move |db| {
        Ok::<_, ActionError>(locations::list(db, program.as_ref(), after.as_ref(), limit + 1)?)
    });
    let list = List::of(
        read.await?,
        limit,
        |row: &Location| row.id.as_str(),
        LocationView::from,
    );
    Ok(HttpResponse::Ok().json(list))
}

/// Shows a location.
#[utoipa::path(get, path = "/v1/locations/{id}", tag = "locations", operation_id = "show_location",
    params(("id" = String, Path, description = "The location's id")),
    responses((status = 200, description = "The location", body = LocationView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = location_id(&id)?;
    let read = state.house.store.read(move |db| get_location(db, &who.0, &id));
    Ok(HttpResponse::Ok().json(LocationView::from(read.await?)))
}

/// Changes a location, ends it, or makes it active again. Cards hear of it.
#[utoipa::path(patch, path = "/v1/locations/{id}", tag = "locations", operation_id = "change_location",
    request_body = LocationPatch,
    params(("id" = String, Path, description = "The location's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The location", body = LocationView)))]
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<LocationPatch>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let id = location_id(&id)?;
    let change = LocationChange {
        name: value.name,
        address: value.address,
        position: match value.position {
            Edit::Keep => Edit::Keep,
            Edit::Clear => Edit::Clear,
            Edit::Set(position) => Edit::Set(pair(position)),
        },
        relevant_text: value.relevant_text,
        state: value.state,
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| change_location(tx, deed, (&id, version), &change);
    let render = |row: &Location| answer(StatusCode::OK, &LocationView::from(row.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Ends a location: nothing new names it, what happened there stays.
#[utoipa::path(delete, path = "/v1/locations/{id}", tag = "locations", operation_id = "end_location",
    params(("id" = String, Path, description = "The location's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The location", body = LocationView)))]
pub(super) async fn end(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id = location_id(&id)?;
    let change = LocationChange {
        state: Some(ENDED.to_owned()),
        ..LocationChange::default()
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| change_location(tx, deed, (&id, None), &change);
    let render = |row: &Location| answer(StatusCode::OK, &LocationView::from(row.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
