//! One rule or promotion: its form with what it says now, or its sentence where it says more than the form can.

use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::Frame;
use super::super::rail::{Rail, Room};
use super::edit::{EndForm, Filled, Known};
use super::may_write;
use super::one::TermPage;
use super::phrases::Phrase;
use super::promotion_form::PromotionForm;
use super::rule_form::{RuleFields, RuleForm};
use crate::actions::ActionError;
use crate::loyalty::rule::{Promotion, Rule};

#[derive(Template)]
#[template(path = "pages/console/terms/rule.html")]
pub(super) struct RulePage {
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
pub(super) struct PromotionPage {
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

impl TermPage for RuleForm {
    type Page = RulePage;

    fn name(body: &Rule) -> &str {
        &body.name
    }

    async fn draw(
        desk: &Desk,
        known: &Known<Rule>,
        rule: Option<Filled<Self>>,
        _refused: Option<&EndForm>,
    ) -> Result<RulePage, ActionError> {
        let heading = known.body.name.clone();
        let has_fault = rule.as_ref().is_some_and(Filled::has_fault);
        let rule = match rule {
            Some(filled) => Some(RuleFields::read(desk, filled).await?),
            None => None,
        };
        Ok(RulePage {
            frame: desk.console_frame(desk.locale.title(&heading, has_fault)),
            rail: desk.rail(Room::Rules).await?,
            heading,
            phrase: desk.phrase(&known.body),
            rule,
            may_write: may_write(desk),
            action: desk.link(&format!("/console/rules/{}", known.term.id)),
            way_back: desk.link("/console/rules"),
        })
    }
}

impl TermPage for PromotionForm {
    type Page = PromotionPage;

    fn name(body: &Promotion) -> &str {
        &body.name
    }

    async fn draw(
        desk: &Desk,
        known: &Known<Promotion>,
        promotion: Option<Filled<Self>>,
        _refused: Option<&EndForm>,
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
}
