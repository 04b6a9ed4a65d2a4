//! One reward: its form with what it says now.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::forms::read_version;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::rewards::{FormFields, RewardForm, refusals};
use super::{fields, may_write, refused};
use crate::actions::write_term::{change_term, get_term};
use crate::actions::{ActionError, Code, TermKind};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::reward::Reward;
use crate::store::terms::Term;

#[derive(Template)]
#[template(path = "pages/console/terms/reward.html")]
struct RewardPage {
    frame: Frame,
    rail: Rail,
    heading: String,
    gives: String,
    /// The form, if it can say all that the reward says.
    form: Option<FormFields>,
    may_write: bool,
    action: String,
    way_back: String,
}

async fn read(desk: &Desk, id: String) -> Result<(Term, Reward), ActionError> {
    let caller = desk.caller.clone();
    let read = desk.state.house.store.read(move |db| {
        let term = get_term(db, &caller, TermKind::Reward, &id)?;
        if term.archived_at.is_some() {
            return Err(ActionError::new(Code::NotFound));
        }
        Ok(term)
    });
    let term = read.await?;
    let reward = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
    Ok((term, reward))
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let (term, reward) = read(&desk, id.into_inner()).await?;
    let form = RewardForm::of(&reward, desk.program.currency).map(|form| {
        FormFields::new(
            &desk,
            RewardForm {
                version: term.version.to_string(),
                ..form
            },
        )
    });
    let page = draw(&desk, &term, &reward, form).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form, faults) = RewardForm::take(&state, &request, &body.0).await?;
    let (term, reward) = read(&desk, id.into_inner()).await?;
    let version = Some(read_version(&form.version)?);
    let read = form.read(desk.program.currency, faults);
    let mut again = FormFields::new(&desk, form);
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    match read {
        Err(faults) => again.faults = faults,
        Ok(body) => {
            let (patch, id) = (fields(body)?, term.id.clone());
            let written = desk
                .act(move |tx, deed| change_term(tx, deed, TermKind::Reward, &id, version, patch))
                .await;
            match written {
                Ok(_) => return Ok(lead_to(&desk.link("/console/rewards?done=saved"))),
                Err(error) if error.code == Code::StaleEdit => {
                    again.refusals = vec![desk.locale.word("shop-stale")];
                    again.form.version = term.version.to_string();
                    status = StatusCode::CONFLICT;
                }
                Err(error) if refused(&error).is_some() => again.refusals = refusals(&error),
                Err(error) => return Err(error.into()),
            }
        }
    }
    let page = draw(&desk, &term, &reward, Some(again)).await?;
    Ok(respond(status, &page)?)
}

async fn draw(
    desk: &Desk,
    term: &Term,
    reward: &Reward,
    form: Option<FormFields>,
) -> Result<RewardPage, ActionError> {
    let heading = reward.name.get(&desk.locale.language()).to_owned();
    let has_fault = form.as_ref().is_some_and(FormFields::has_fault);
    Ok(RewardPage {
        frame: desk.console_frame(desk.locale.title(&heading, has_fault)),
        rail: desk.rail(Room::Rewards).await?,
        heading,
        gives: desk.gift(&reward.gives),
        form,
        may_write: may_write(desk),
        action: desk.link(&format!("/console/rewards/{}", term.id)),
        way_back: desk.link("/console/rewards"),
    })
}
