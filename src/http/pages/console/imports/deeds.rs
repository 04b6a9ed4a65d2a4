//! An import is begun, thrown away, or taken back.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, read_version};
use super::super::super::frame::respond;
use super::super::super::leading::lead_to;
use super::import::draw;
use super::list::name_of;
use super::{address, find};
use crate::actions::start_import::{confirm_import, discard_import};
use crate::actions::undo_import::undo_import;
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::types::{ImportId, fold};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeedForm {
    token: String,
    version: String,
    word: String,
}

guarded!(DeedForm);

/// Says that an import is to be done.
pub(super) async fn begin(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take::<DeedForm>(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let import = find(&desk, &id).await?;
    let (program, own) = (desk.program.clone(), import.id.clone());
    let begun = desk.act(move |tx, deed| confirm_import(tx, deed, &program, (&own, version)));
    match begun.await {
        Ok(import) => {
            state.house.metrics.deed("import_members");
            Ok(lead_to(&desk.link(&address(&import.id, ""))))
        }
        Err(error) => Ok(lead_back(&desk, &import.id, error)?),
    }
}

/// Throws a file away of which nothing was done.
pub(super) async fn throw_away(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take::<DeedForm>(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let import = find(&desk, &id).await?;
    let own = import.id.clone();
    let gone = desk.act(move |tx, deed| discard_import(tx, deed, (&own, version)));
    match gone.await {
        Ok(()) => Ok(lead_to(&desk.link("/console/import?done=dropped"))),
        Err(error) => Ok(lead_back(&desk, &import.id, error)?),
    }
}

/// Takes an import back, if the name of its file was typed.
pub(super) async fn undo(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take::<DeedForm>(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let import = find(&desk, &id).await?;
    let even = |text: &str| fold(text).to_lowercase();
    if even(&form.word) != even(&name_of(&import)) {
        let page = draw(&desk, &import, None, true).await?;
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    }
    let own = import.id.clone();
    let undone = desk.act(move |tx, deed| undo_import(tx, deed, (&own, version)));
    match undone.await {
        Ok(import) => Ok(lead_to(&desk.link(&address(&import.id, "")))),
        Err(error) => Ok(lead_back(&desk, &import.id, error)?),
    }
}

/// Leads to the import as it is now, if it was changed meanwhile.
pub(super) fn lead_back(desk: &Desk, id: &ImportId, error: ActionError) -> Result<HttpResponse, ActionError> {
    if error.code == Code::StaleEdit {
        return Ok(lead_to(&desk.link(&address(id, "?not=stale"))));
    }
    Err(error)
}
