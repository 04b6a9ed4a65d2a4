//! The first step: five questions.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::amount::{parse, parse_number};
use super::super::super::frame::{Frame, respond};
use super::{Founder, Step, frame};
use crate::http::{Problem, State};
use crate::loyalty::proposal::{Answers, Goal};
use crate::types::Currency;

/// Most of what is asked for as a number.
const NUMBER_MAX: i64 = 10_000_000;
/// Shares that may go back, in hundredths of a per cent.
const BUDGETS: [i64; 5] = [200, 300, 500, 800, 1_000];
/// The share that is chosen if nobody chooses.
const BUDGET: i64 = 500;
/// Currencies that are offered by name; any other can be typed.
const CURRENCIES: [&str; 12] = [
    "EUR", "USD", "GBP", "CHF", "AED", "SAR", "EGP", "IRR", "CNY", "TWD", "HKD", "JPY",
];

/// What was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) goal: Goal,
    pub(super) currency: String,
    pub(super) basket: String,
    pub(super) customers: String,
    pub(super) visits: String,
    pub(super) budget: String,
}

/// The ids of the texts for what is wrong with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Faults {
    pub(super) currency: Option<&'static str>,
    pub(super) basket: Option<&'static str>,
    pub(super) customers: Option<&'static str>,
    pub(super) visits: Option<&'static str>,
}

impl Asked {
    /// What was answered, or what is wrong with it.
    pub(super) fn read(&self) -> Result<Answers, Faults> {
        let currency: Option<Currency> = self.currency.trim().to_uppercase().parse().ok();
        let basket = currency.and_then(|currency| parse(&self.basket, currency));
        let number = |text: &str| parse_number(text).filter(|number| (1..=NUMBER_MAX).contains(number));
        let basket = basket.filter(|basket| *basket > 0);
        let (customers, visits) = (number(&self.customers), number(&self.visits));
        let budget = self.budget.parse().ok();
        let budget = budget.filter(|budget| BUDGETS.contains(budget)).unwrap_or(BUDGET);
        if let (Some(currency), Some(basket_minor), Some(customers), Some(visits)) =
            (currency, basket, customers, visits)
        {
            return Ok(Answers {
                goal: self.goal,
                customers,
                visits,
                basket_minor,
                budget,
                currency,
            });
        }
        Err(Faults {
            currency: currency.is_none().then_some("start-bad-currency"),
            basket: (basket.is_none() && currency.is_some()).then_some("start-bad-basket"),
            customers: customers.is_none().then_some("start-bad-number"),
            visits: visits.is_none().then_some("start-bad-number"),
        })
    }
}

#[derive(Template)]
#[template(path = "pages/console/start/questions.html")]
struct QuestionsPage {
    frame: Frame,
    marks: Vec<bool>,
    step: String,
    asked: Asked,
    faults: Faults,
    goals: Vec<GoalChoice>,
    budgets: Vec<BudgetChoice>,
    currencies: [&'static str; 12],
}

struct GoalChoice {
    value: &'static str,
    text: &'static str,
    is_chosen: bool,
}

struct BudgetChoice {
    value: i64,
    text: String,
    is_chosen: bool,
}

/// Asks, with what was typed before.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let founder = Founder::of(&state, &request)?;
    let asked = asked.into_inner();
    Ok(draw(&founder, asked, Faults::default(), StatusCode::OK)?)
}

/// Asks again.
pub(super) fn draw(
    founder: &Founder,
    asked: Asked,
    faults: Faults,
    status: StatusCode,
) -> Result<HttpResponse, crate::actions::ActionError> {
    let locale = founder.locale;
    let title = locale.word("start-title");
    let goals = [
        ("return", "start-goal-return", Goal::Return),
        ("spend", "start-goal-spend", Goal::Spend),
        ("grow", "start-goal-grow", Goal::Grow),
        ("keep", "start-goal-keep", Goal::Keep),
    ];
    let chosen = asked.budget.parse().unwrap_or(BUDGET);
    let page = QuestionsPage {
        frame: frame(locale, locale.title(&title, faults != Faults::default())),
        marks: Step::QUESTIONS.marks(),
        step: Step::QUESTIONS.words(locale),
        goals: goals
            .into_iter()
            .map(|(value, text, goal)| GoalChoice {
                value,
                text,
                is_chosen: goal == asked.goal,
            })
            .collect(),
        budgets: BUDGETS
            .into_iter()
            .map(|value| BudgetChoice {
                value,
                text: super::plan::write_share(locale, value),
                is_chosen: value == chosen,
            })
            .collect(),
        currencies: CURRENCIES,
        asked,
        faults,
    };
    respond(status, &page)
}
