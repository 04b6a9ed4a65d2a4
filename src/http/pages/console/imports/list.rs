//! Where a file is brought, and what was brought before.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::address;
use super::words::{file_text, state_text};
use crate::actions::ActionError;
use crate::actions::start_import::{NewImport, start_import};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::sheet::Limits;
use crate::store::imports::{self, DRAFT, Import};

/// Imports that are listed.
const LISTED_MAX: i64 = 20;

#[derive(Template)]
#[template(path = "pages/console/imports/list.html")]
struct ListPage {
    frame: Frame,
    rail: Rail,
    members: String,
    /// What is wrong with the file that was brought.
    fault: Option<&'static str>,
    is_dropped: bool,
    imports: Vec<Line>,
}

/// An import of the list.
struct Line {
    address: String,
    name: String,
    state: &'static str,
    instant: String,
    date: String,
    added: Option<String>,
}

/// Shows where a file is brought.
pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let is_dropped = request
        .query_string()
        .split('&')
        .any(|pair| pair == "done=dropped");
    let page = draw(&desk, None, is_dropped).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Takes a file, and leads to what its columns mean.
pub(super) async fn take_file(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take_parts(&state, &request, &body.0).await?;
    let Some(file) = form.file("file").cloned() else {
        return Ok(refuse(&desk, "imports-file-none").await?);
    };
    let name = form.file_name("file").to_owned();
    // A large file takes longer than a worker may stand still.
    let read = tokio::task::spawn_blocking(move || NewImport::read(&name, file.to_vec(), Limits::PAGE));
    let new = match read.await.map_err(ActionError::internal)? {
        Ok(new) => new,
        Err(fault) => return Ok(refuse(&desk, file_text(fault)).await?),
    };
    let program = desk.program.id.clone();
    let import = desk
        .act(move |tx, deed| start_import(tx, deed, &program, &new))
        .await?;
    Ok(lead_to(&desk.link(&address(&import.id, ""))))
}

async fn refuse(desk: &Desk, fault: &'static str) -> Result<HttpResponse, ActionError> {
    let page = draw(desk, Some(fault), false).await?;
    respond(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn draw(desk: &Desk, fault: Option<&'static str>, is_dropped: bool) -> Result<ListPage, ActionError> {
    let program = desk.program.id.clone();
    let store = &desk.state.house.store;
    let read = store.read(move |db| Ok::<_, ActionError>(imports::list(db, &program, LISTED_MAX)?));
    let all = read.await?;
    let line = |one: &Import| Line {
        address: desk.link(&address(&one.id, "")),
        name: name_of(one),
        state: state_text(&one.state),
        instant: one.created_at.rfc3339_secs(),
        date: desk.date(one.created_at),
        added: (one.state != DRAFT).then(|| desk.locale.language().write_number(one.added)),
    };
    Ok(ListPage {
        frame: desk.console_frame(desk.title("imports-title", fault.is_some())),
        rail: desk.rail(Room::Members).await?,
        members: desk.link("/console/members"),
        imports: all.iter().map(line).collect(),
        fault,
        is_dropped,
    })
}

/// What an import is called: its file, or its id if that has no name.
pub(super) fn name_of(import: &Import) -> String {
    if import.name.trim().is_empty() {
        import.id.to_string()
    } else {
        import.name.trim().to_owned()
    }
}
