//! One rule or promotion: its form with what it says now, or its sentence where it says more than the form can.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::edit::{Filled, Known, Outcome, fill, find, save as save_term};
use super::may_write;
use super::phrases::Phrase;
use super::promotion_form::PromotionForm;
use super::rule_form::{RuleFields, RuleForm};
use crate::actions::ActionError;
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::rule::{Promotion, Rule};

#[derive(Template)]
#[template(path = "pages/console/terms/rule.html")]
struct RulePage {
    frame: Frame,
    rail: Rail,
    heading: String,
    phrase: Phrase,
    /// The form, if it can say all that the rule says.
    rule: Option<RuleFields>,
    may_write: bool,
    action: String,
    way_back: String,
}

#[derive(Template)]
#[template(path = "pages/console/terms/promotion.html")]
struct PromotionPage {
    frame: Frame,
    rail: Rail,
    heading: String,
    phrase: Phrase,
    /// The form, if it can say all that the promotion says.
    promotion: Option<Filled<PromotionForm>>,
    may_write: bool,
    action: String,
    way_back: String,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let known = find::<RuleForm>(&desk, id.into_inner()).await?;
    let page = draw(&desk, &known, fill(&desk, &known)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Changes a rule.
pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, RuleForm) = Desk::take(&state, &request, &body.0).await?;
    let known = find::<RuleForm>(&desk, id.into_inner()).await?;
    match save_term(&desk, form, &known).await? {
        Outcome::Done(way) => Ok(way),
        Outcome::Again(status, again) => Ok(respond(status, &draw(&desk, &known, Some(again)).await?)?),
    }
}

async fn draw(
    desk: &Desk,
    known: &Known<Rule>,
    rule: Option<Filled<RuleForm>>,
) -> Result<RulePage, ActionError> {
    let heading = known.body.name.clone();
    let has_fault = rule.as_ref().is_some_and(Filled::has_fault);
    Ok(RulePage {
        frame: desk.console_frame(desk.locale.title(&heading, has_fault)),
        rail: desk.rail(Room::Rules).await?,
        heading,
        phrase: desk.phrase(&known.body),
        rule: rule.map(|filled| RuleFields::new(desk, filled)),
        may_write: may_write(desk),
        action: desk.link(&format!("/console/rules/{}", known.term.id)),
        way_back: desk.link("/console/rules"),
    })
}

pub(super) async fn show_promotion(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let known = find::<PromotionForm>(&desk, id.into_inner()).await?;
    let page = draw_promotion(&desk, &known, fill(&desk, &known)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Changes a promotion.
pub(super) async fn save_promotion(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, PromotionForm) = Desk::take(&state, &request, &body.0).await?;
    let known = find::<PromotionForm>(&desk, id.into_inner()).await?;
    match save_term(&desk, form, &known).await? {
        Outcome::Done(way) => Ok(way),
        Outcome::Again(status, again) => {
            let page = draw_promotion(&desk, &known, Some(again)).await?;
            Ok(respond(status, &page)?)
        }
    }
}

async fn draw_promotion(
    desk: &Desk,
    known: &Known<Promotion>,
    promotion: Option<Filled<PromotionForm>>,
) -> Result<PromotionPage, ActionError> {
    let heading = known.body.name.clone();
    let has_fault = promotion.as_ref().is_some_and(Filled::has_fault);
    Ok(PromotionPage {
        frame: desk.console_frame(desk.locale.title(&heading, has_fault)),
        rail: desk.rail(Room::Rules).await?,
        heading,
        phrase: desk.promotion_phrase(&known.body),
        promotion,
        may_write: may_write(desk),
        action: desk.link(&format!("/console/promotions/{}", known.term.id)),
        way_back: desk.link("/console/rules"),
    })
}
