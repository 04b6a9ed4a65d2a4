//! The surveys of the program, the newest first.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::{chip, may_write};
use crate::actions::ActionError;
use crate::actions::change_survey::{SURVEYS_MAX, read_body};
use crate::http::{Problem, State};
use crate::store::surveys::{self, Survey};

#[derive(Template)]
#[template(path = "pages/console/surveys/list.html")]
struct ListPage {
    frame: Frame,
    rail: Rail,
    surveys: Vec<SurveyLine>,
    /// The way to a new one; `None` for whoever only looks.
    begin: Option<String>,
}

struct SurveyLine {
    name: String,
    address: String,
    about: String,
    look: &'static str,
    state: &'static str,
    results: String,
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let program = desk.program.id.clone();
    let read = state
        .house
        .store
        .read(move |db| surveys::list(db, Some(&program), None, SURVEYS_MAX));
    let all: Vec<Survey> = read.await.map_err(ActionError::from)?;
    let lines = all.iter().rev().map(|one| line(&desk, one));
    let page = ListPage {
        frame: desk.console_frame(desk.title("surveys-title", false)),
        rail: desk.rail(Room::Rules).await?,
        surveys: lines.collect::<Result<_, _>>()?,
        begin: may_write(&desk).then(|| desk.link("/console/surveys/new")),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

fn line(desk: &Desk, survey: &Survey) -> Result<SurveyLine, ActionError> {
    let count = i64::try_from(read_body(survey)?.questions.len()).map_err(ActionError::internal)?;
    let (look, state) = chip(survey);
    let about = desk.locale.say("survey-questions", &[("count", count.into())]);
    Ok(SurveyLine {
        name: survey.name.clone(),
        address: desk.link(&format!("/console/surveys/{}", survey.id)),
        about: format!("{about} · {}", desk.date(survey.created_at)),
        look,
        state,
        results: desk.link(&format!("/console/surveys/{}/results", survey.id)),
    })
}
