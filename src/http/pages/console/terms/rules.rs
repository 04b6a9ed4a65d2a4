//! The rules: each as a sentence, in the order in which they count, with forms for new ones.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::join::earning;
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::phrases::{DAYS, EVENTS, Phrase};
use super::rule_form::{FieldFault, PERIODS, PromotionForm, RuleForm};
use super::{done, fields, list, may_write, refused};
use crate::actions::write_term::create_term;
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
    done: Option<&'static str>,
    /// The program's own rule.
    base: Option<String>,
    rules: Vec<TermLine>,
    promotions: Vec<TermLine>,
    may_write: bool,
    rule: RuleForm,
    promotion: PromotionForm,
    faults: Vec<FieldFault>,
    /// What the terms do not allow, in the API's words.
    refusals: Vec<String>,
    events: Vec<(&'static str, String, bool)>,
    days: Vec<(&'static str, &'static str, bool)>,
    periods: Vec<(&'static str, &'static str, bool)>,
    symbol: String,
    settings: String,
    trial: String,
    action: String,
    promotion_action: String,
}

/// A rule or promotion in a list.
struct TermLine {
    name: String,
    phrase: Phrase,
    is_active: bool,
    action: String,
}

impl RulesPage {
    /// The text for what is wrong with a field.
    fn fault(&self, field: &str) -> Option<&'static str> {
        self.faults
            .iter()
            .find(|(known, _)| *known == field)
            .map(|(_, text)| *text)
    }
}

/// What is drawn beside what is stored.
#[derive(Default)]
struct Said {
    rule: RuleForm,
    promotion: PromotionForm,
    faults: Vec<FieldFault>,
    refusals: Vec<String>,
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
    let read = form.read(desk.program.currency);
    let said = Said {
        rule: form,
        ..Said::default()
    };
    write(&desk, TermKind::Rule, read, said).await
}

/// Adds a promotion.
pub(super) async fn add_promotion(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, PromotionForm) = Desk::take(&state, &request, &body.0).await?;
    let read = form.read(&desk);
    let said = Said {
        promotion: form,
        ..Said::default()
    };
    write(&desk, TermKind::Promotion, read, said).await
}

async fn write(
    desk: &Desk,
    kind: TermKind,
    read: Result<serde_json::Value, Vec<FieldFault>>,
    mut said: Said,
) -> Result<HttpResponse, Problem> {
    let status = match read {
        Ok(body) => {
            let (body, program) = (fields(body)?, desk.program.id.clone());
            let written = desk
                .act(move |tx, deed| create_term(tx, deed, Some(program), kind, body))
                .await;
            let Err(error) = written else {
                return Ok(lead_to(&desk.link("/console/rules?done=added")));
            };
            let Some(status) = refused(&error) else {
                return Err(error.into());
            };
            said.refusals = error.faults.iter().map(|fault| fault.detail.clone()).collect();
            if said.refusals.is_empty() {
                said.refusals.push(error.detail.clone());
            }
            status
        }
        Err(faults) => {
            said.faults = faults;
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    let page = draw(desk, said).await?;
    Ok(respond(status, &page)?)
}

async fn draw(desk: &Desk, said: Said) -> Result<RulesPage, ActionError> {
    let locale = desk.locale;
    let line = |term: &Term, name: String, phrase: Phrase| TermLine {
        name,
        phrase,
        is_active: term.is_active,
        action: desk.link(&format!("/console/terms/{}", term.id)),
    };
    let mut rules = Vec::new();
    for term in list(desk, TermKind::Rule).await? {
        let body: Rule = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        rules.push(line(&term, body.name.clone(), desk.phrase(&body)));
    }
    let mut promotions = Vec::new();
    for term in list(desk, TermKind::Promotion).await? {
        let body: Promotion = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        promotions.push(line(&term, body.name.clone(), desk.promotion_phrase(&body)));
    }
    let has_fault = !said.faults.is_empty() || !said.refusals.is_empty();
    let title = locale.word("console-rules");
    Ok(RulesPage {
        frame: desk.console_frame(locale.title(&title, has_fault)),
        rail: desk.rail(Room::Rules).await?,
        done: said.done,
        base: earning(&desk.program, locale),
        rules,
        promotions,
        may_write: may_write(desk),
        events: EVENTS
            .iter()
            .map(|(name, _)| (*name, desk.event(name), said.rule.when == *name))
            .collect(),
        days: DAYS
            .iter()
            .map(|(_, name, text)| (*name, *text, said.rule.is_chosen(name)))
            .collect(),
        periods: PERIODS
            .iter()
            .map(|(name, text)| (*name, *text, said.rule.within == *name))
            .collect(),
        rule: said.rule,
        promotion: said.promotion,
        faults: said.faults,
        refusals: said.refusals,
        symbol: desk.program.currency.to_string(),
        settings: desk.link("/console/settings"),
        trial: desk.link("/console/rules/try"),
        action: desk.link("/console/rules"),
        promotion_action: desk.link("/console/promotions"),
    })
}
