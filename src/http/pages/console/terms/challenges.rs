//! The challenges: each as a sentence; one of them.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::challenge_form::{ChallengeFields, ChallengeForm};
use super::edit::{EndForm, Ending, Filled, Known, Outcome, add as add_term};
use super::one::TermPage;
use super::phrases::Phrase;
use super::rules::TermLine;
use super::{Door, done, doors, list, may_write};
use crate::actions::{ActionError, TermKind};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::campaign::Given;
use crate::loyalty::challenge::Challenge;
use crate::loyalty::reward::Reward;

#[derive(Template)]
#[template(path = "pages/console/terms/challenges.html")]
struct ChallengesPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    done: Option<&'static str>,
    challenges: Vec<TermLine>,
    may_write: bool,
    challenge: ChallengeFields,
    action: String,
}

#[derive(Template)]
#[template(path = "pages/console/terms/challenge.html")]
pub(super) struct ChallengePage {
    frame: Frame,
    rail: Rail,
    heading: String,
    phrase: Phrase,
    /// The form, if it can say all that the challenge says.
    challenge: Option<ChallengeFields>,
    ending: Ending,
    may_write: bool,
    action: String,
    way_back: String,
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let page = draw(&desk, Filled::default(), done(&request)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Adds a challenge.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, ChallengeForm) = Desk::take(&state, &request, &body.0).await?;
    match add_term(&desk, form).await? {
        Outcome::Done(way) => Ok(way),
        Outcome::Again(status, again) => Ok(respond(status, &draw(&desk, again, None).await?)?),
    }
}

async fn draw(
    desk: &Desk,
    filled: Filled<ChallengeForm>,
    done: Option<&'static str>,
) -> Result<ChallengesPage, ActionError> {
    let rewards = list_rewards(desk).await?;
    let mut challenges = Vec::new();
    for term in list(desk, TermKind::Challenge).await? {
        let body: Challenge = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        let phrase = desk.challenge_phrase(&body, &rewards);
        challenges.push(TermLine::new(
            desk,
            "/console/challenges",
            &term,
            &body.name,
            phrase,
        ));
    }
    let title = desk.locale.word("challenges");
    Ok(ChallengesPage {
        frame: desk.console_frame(desk.locale.title(&title, filled.has_fault())),
        rail: desk.rail(Room::Rules).await?,
        doors: doors(desk, "/console/challenges"),
        done,
        challenges,
        may_write: may_write(desk),
        challenge: ChallengeFields::new(desk, filled, &rewards),
        action: desk.link("/console/challenges"),
    })
}

/// The program's rewards by id and name.
pub(in crate::http::pages::console) async fn list_rewards(
    desk: &Desk,
) -> Result<Vec<(String, String)>, ActionError> {
    let language = desk.locale.language();
    let all = list(desk, TermKind::Reward).await?.into_iter();
    all.map(|term| {
        let reward: Reward = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        Ok((term.id, reward.name.get(&language).to_owned()))
    })
    .collect()
}

/// The name of the reward that a campaign or an automation gives.
pub(in crate::http::pages::console) async fn reward_name(
    desk: &Desk,
    gives: Option<&Given>,
) -> Result<Option<String>, ActionError> {
    let Some(wanted) = gives.and_then(|gives| gives.reward.as_ref()) else {
        return Ok(None);
    };
    let all = list_rewards(desk).await?.into_iter();
    let mut named = all.filter(|(id, _)| id == wanted.as_str());
    Ok(named.next().map(|(_, name)| name))
}

impl TermPage for ChallengeForm {
    type Page = ChallengePage;

    fn name(body: &Challenge) -> &str {
        &body.name
    }

    async fn draw(
        desk: &Desk,
        known: &Known<Challenge>,
        filled: Option<Filled<Self>>,
        refused: Option<&EndForm>,
    ) -> Result<ChallengePage, ActionError> {
        let heading = known.body.name.clone();
        let rewards = list_rewards(desk).await?;
        let has_fault = refused.is_some() || filled.as_ref().is_some_and(Filled::has_fault);
        Ok(ChallengePage {
            frame: desk.console_frame(desk.locale.title(&heading, has_fault)),
            rail: desk.rail(Room::Rules).await?,
            phrase: desk.challenge_phrase(&known.body, &rewards),
            challenge: filled.map(|filled| ChallengeFields::new(desk, filled, &rewards)),
            ending: Ending::new::<ChallengeForm>(desk, &known.term, &heading, refused),
            may_write: may_write(desk),
            action: desk.link(&format!("/console/challenges/{}", known.term.id)),
            way_back: desk.link("/console/challenges"),
            heading,
        })
    }
}
