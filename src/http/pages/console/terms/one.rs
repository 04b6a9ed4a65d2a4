//! The page of one term, whatever its kind: shown, changed, taken away.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::respond;
use super::edit::{EndForm, Filled, Known, Outcome, TermForm, fill, find, save as save_term, take_away};
use crate::actions::ActionError;
use crate::http::body::Body;
use crate::http::{Problem, State};

/// A form whose term has a page.
pub(super) trait TermPage: TermForm {
    /// The page.
    type Page: Template;

    /// What the shop calls the term.
    fn name(body: &Self::Body) -> &str;

    /// Draws a term with its form, if that can say all that the term says, and with what was typed to take it away, if
    /// that was not its name.
    async fn draw(
        desk: &Desk,
        known: &Known<Self::Body>,
        filled: Option<Filled<Self>>,
        refused: Option<&EndForm>,
    ) -> Result<Self::Page, ActionError>;
}

pub(super) async fn show<F: TermPage>(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let known = find::<F>(&desk, id.into_inner()).await?;
    let page = F::draw(&desk, &known, fill(&desk, &known), None).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Changes a term.
pub(super) async fn save<F: TermPage>(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, F) = Desk::take(&state, &request, &body.0).await?;
    let known = find::<F>(&desk, id.into_inner()).await?;
    match save_term(&desk, form, &known).await? {
        Outcome::Done(way) => Ok(way),
        Outcome::Again(status, again) => {
            let page = F::draw(&desk, &known, Some(again), None).await?;
            Ok(respond(status, &page)?)
        }
    }
}

/// Takes a term away, if its name was typed.
pub(super) async fn end<F: TermPage>(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, EndForm) = Desk::take(&state, &request, &body.0).await?;
    let known = find::<F>(&desk, id.into_inner()).await?;
    if let Some(way) = take_away::<F>(&desk, &form, (&known.term, F::name(&known.body))).await? {
        return Ok(way);
    }
    let page = F::draw(&desk, &known, fill(&desk, &known), Some(&form)).await?;
    Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
}
