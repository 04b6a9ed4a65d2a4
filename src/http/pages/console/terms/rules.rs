//! The rules: each as a sentence, in the order in which they count, with forms for new ones.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::join::earning;
use super::super::rail::{Rail, Room};
use super::edit::{Filled, Outcome, add as add_term};
use super::phrases::Phrase;
use super::promotion_form::PromotionForm;
use super::rule_form::{RuleFields, RuleForm};
use super::{Door, done, doors, list, may_write};
use crate::actions::{ActionError, TermKind};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::rule::{Promotion, Rule};
use crate::store::terms::Term;

#[derive(Template)]
#[template(path = "pages/console/terms/rules.html")]
struct RulesPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    done: Option<&'static str>,
    /// The program's own rule.
    base: Option<String>,
    rules: Vec<TermLine>,
    promotions: Vec<TermLine>,
    may_write: bool,
    rule: RuleFields,
    promotion: Filled<PromotionForm>,
    settings: String,
    trial: String,
    action: String,
    promotion_action: String,
}

/// A rule, promotion or challenge in a list.
pub(super) struct TermLine {
    pub(super) name: String,
    pub(super) phrase: Phrase,
    pub(super) is_active: bool,
    /// Where it is changed.
    pub(super) address: String,
    /// Where it is paused and taken away.
    pub(super) action: String,
}

impl TermLine {
    /// A term of a list whose terms are changed below it.
    pub(super) fn new(desk: &Desk, list: &str, term: &Term, name: &str, phrase: Phrase) -> Self {
        Self {
            name: name.to_owned(),
            phrase,
            is_active: term.is_active,
            address: desk.link(&format!("{list}/{}", term.id)),
            action: desk.link(&format!("/console/terms/{}", term.id)),
        }
    }
}

/// What is drawn beside what is stored.
#[derive(Default)]
struct Said {
    rule: Filled<RuleForm>,
    promotion: Filled<PromotionForm>,
    done: Option<&'static str>,
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let said = Said {
        done: done(&request),
        ..Said::default()
    };
    let page = draw(&desk, said).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Adds a rule.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, RuleForm) = Desk::take(&state, &request, &body.0).await?;
    let (status, rule) = match add_term(&desk, form).await? {
        Outcome::Done(way) => return Ok(way),
        Outcome::Again(status, rule) => (status, rule),
    };
    let said = Said {
        rule,
        ..Said::default()
    };
    Ok(respond(status, &draw(&desk, said).await?)?)
}

/// Adds a promotion.
pub(super) async fn add_promotion(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, PromotionForm) = Desk::take(&state, &request, &body.0).await?;
    let (status, promotion) = match add_term(&desk, form).await? {
        Outcome::Done(way) => return Ok(way),
        Outcome::Again(status, promotion) => (status, promotion),
    };
    let said = Said {
        promotion,
        ..Said::default()
    };
    Ok(respond(status, &draw(&desk, said).await?)?)
}

async fn draw(desk: &Desk, said: Said) -> Result<RulesPage, ActionError> {
    let locale = desk.locale;
    let mut rules = Vec::new();
    for term in list(desk, TermKind::Rule).await? {
        let body: Rule = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        let phrase = desk.phrase(&body);
        rules.push(TermLine::new(desk, "/console/rules", &term, &body.name, phrase));
    }
    let mut promotions = Vec::new();
    for term in list(desk, TermKind::Promotion).await? {
        let body: Promotion = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        let phrase = desk.promotion_phrase(&body);
        promotions.push(TermLine::new(
            desk,
            "/console/promotions",
            &term,
            &body.name,
            phrase,
        ));
    }
    let has_fault = said.rule.has_fault() || said.promotion.has_fault();
    let title = locale.word("console-rules");
    Ok(RulesPage {
        frame: desk.console_frame(locale.title(&title, has_fault)),
        rail: desk.rail(Room::Rules).await?,
        doors: doors(desk, "/console/rules"),
        done: said.done,
        base: earning(&desk.program, locale),
        rules,
        promotions,
        may_write: may_write(desk),
        rule: RuleFields::read(desk, said.rule).await?,
        promotion: said.promotion,
        settings: desk.link("/console/settings"),
        trial: desk.link("/console/rules/try"),
        action: desk.link("/console/rules"),
        promotion_action: desk.link("/console/promotions"),
    })
}
