//! Surveys in the console: what members are asked, what answering pays, and what they answered.

mod edit;
mod form;
mod list;
mod results;

use actix_web::{HttpRequest, web};

use super::super::desk::Desk;
use crate::actions::answer_survey::worth;
use crate::actions::change_survey::get_survey;
use crate::actions::{ActionError, Code};
use crate::http::router::Router;
use crate::store::surveys::{CLOSED, OPEN, Survey};
use crate::types::{Role, SurveyId};

/// Adds the routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/surveys", web::get().to(list::show))
        .route("/console/surveys", web::post().to(edit::create))
        .route("/console/surveys/new", web::get().to(edit::begin))
        .route("/console/surveys/{id}", web::get().to(edit::show))
        .route("/console/surveys/{id}", web::post().to(edit::save))
        .route("/console/surveys/{id}/state", web::post().to(edit::set_state))
        .route("/console/surveys/{id}/results", web::get().to(results::show))
        .route(
            "/console/surveys/{id}/answers.csv",
            web::get().to(results::download),
        );
}

/// Whether somebody may write surveys.
fn may_write(desk: &Desk) -> bool {
    matches!(
        desk.signed_in.staff.role,
        Role::Owner | Role::Manager | Role::Marketer
    )
}

/// The survey that an address names, or `NotFound`.
async fn find(desk: &Desk, id: &str) -> Result<Survey, ActionError> {
    let id: SurveyId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let (house, caller) = (&desk.state.house, desk.caller.clone());
    house.store.read(move |db| get_survey(db, &caller, &id)).await
}

/// The look and the text for the state of a survey.
fn chip(survey: &Survey) -> (&'static str, &'static str) {
    match survey.state.as_str() {
        OPEN => ("good", "surveys-open"),
        CLOSED => ("", "surveys-closed"),
        _ => ("", "surveys-draft"),
    }
}

/// What answering pays, by the rules in force, in a sentence; and whether there is a rule for it at all.
async fn pays(desk: &Desk, survey: &Survey) -> Result<(String, bool), ActionError> {
    let (house, program, id) = (desk.state.house.clone(), desk.program.clone(), survey.id.clone());
    let read = desk
        .state
        .house
        .store
        .read(move |db| worth(db, &house, &program, &id));
    let Some(worth) = read.await? else {
        return Ok((desk.locale.word("surveys-pays-nothing"), false));
    };
    if worth.is_none() {
        return Ok((desk.locale.word("surveys-pays-unsure"), true));
    }
    let points = (worth.points > 0).then(|| desk.points(worth.points));
    let language = desk.locale.language();
    let rewards = worth.rewards.iter().map(|name| name.get(&language).to_owned());
    let all: Vec<String> = points.into_iter().chain(rewards).collect();
    let values = [("worth", all.join(" + ").into())];
    Ok((desk.locale.say("surveys-pays", &values), true))
}

/// The text for what was done last, as the address says.
fn done(request: &HttpRequest) -> Option<&'static str> {
    let mut pairs = request.query_string().split('&');
    match pairs.find_map(|pair| pair.strip_prefix("done="))? {
        "saved" => Some("surveys-saved"),
        "open" => Some("surveys-was-opened"),
        "closed" => Some("surveys-was-closed"),
        _ => None,
    }
}
