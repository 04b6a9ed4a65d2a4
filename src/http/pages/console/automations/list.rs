//! The automations of the program, and ready ones to begin with.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::ready::READY;
use super::{chip, may_write};
use crate::actions::ActionError;
use crate::actions::change_automation::{AUTOMATIONS_MAX, read_automation};
use crate::http::{Problem, State};
use crate::store::campaigns::{self, AUTOMATION, Campaign};

#[derive(Template)]
#[template(path = "pages/console/automations/list.html")]
struct ListPage {
    frame: Frame,
    rail: Rail,
    automations: Vec<Line>,
    may_write: bool,
    /// The ready ones: the text, and the way there.
    ready: Vec<(&'static str, String)>,
    begin: String,
}

struct Line {
    name: String,
    address: String,
    about: String,
    look: &'static str,
    state: &'static str,
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let program = desk.program.id.clone();
    let read = state
        .house
        .store
        .read(move |db| campaigns::list_newest(db, (AUTOMATION, &program), AUTOMATIONS_MAX));
    let all: Vec<Campaign> = read.await.map_err(ActionError::from)?;
    let way = |name: &str| desk.link(&format!("/console/automations/new?ready={name}"));
    let page = ListPage {
        frame: desk.console_frame(desk.title("automations", false)),
        rail: desk.rail(Room::Automations).await?,
        automations: all.iter().map(|one| line(&desk, one)).collect::<Result<_, _>>()?,
        may_write: may_write(&desk),
        ready: READY.iter().map(|ready| (ready.title, way(ready.name))).collect(),
        begin: desk.link("/console/automations/new"),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

fn line(desk: &Desk, automation: &Campaign) -> Result<Line, ActionError> {
    let (look, state) = chip(automation);
    let body = read_automation(automation)?;
    Ok(Line {
        about: desk.trigger_phrase(&body.when),
        name: body.name,
        address: desk.link(&format!("/console/automations/{}", automation.id)),
        look,
        state,
    })
}
