//! The second step: what the program could be, what it would cost, and the button that begins it.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use fluent_bundle::FluentValue;
use serde::Deserialize;

use super::super::super::amount::{parse, parse_number, plain};
use super::super::super::desk::choice_cookie;
use super::super::super::forms::{guarded, take_form};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::{kept, lead_to};
use super::super::super::locale::Locale;
use super::questions::{self, Asked};
use super::{Founder, Step, frame};
use crate::actions::create_program::NewProgram;
use crate::actions::start_program::{Start, start_program};
use crate::actions::{ActionError, Deed};
use crate::http::body::{Body, Who};
use crate::http::{Problem, State};
use crate::loyalty::earning::BaseRule;
use crate::loyalty::policy::Policy;
use crate::loyalty::proposal::{Answers, Proposal, Template};
use crate::store::Tx;
use crate::types::{Currency, Money, Text, Zone};

/// Longest name of a program or reward.
const NAME_MAX: usize = 60;
/// Most points or stamps that a reward costs.
const COST_MAX: i64 = BaseRule::MAX;
/// Time zones that are offered by name; any other of the IANA database can be typed.
const ZONES: [&str; 14] = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Paris",
    "Europe/Istanbul",
    "Africa/Cairo",
    "Asia/Riyadh",
    "Asia/Dubai",
    "Asia/Tehran",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Tokyo",
    "America/New_York",
];

/// What was typed. The answers of the first step come along.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    #[serde(flatten)]
    asked: Asked,
    /// The template that is wanted; the proposed one if it is none.
    template: Option<Template>,
    /// The template for which the terms were typed.
    of: Option<Template>,
    per: String,
    cost: String,
    worth: String,
    name: String,
    zone: String,
    reward: String,
    token: String,
}

guarded!(Typed);

/// The ids of the texts for what is wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Faults {
    name: Option<&'static str>,
    zone: Option<&'static str>,
    per: Option<&'static str>,
    cost: Option<&'static str>,
    worth: Option<&'static str>,
    reward: Option<&'static str>,
}

#[derive(askama::Template)]
#[template(path = "pages/console/start/plan.html")]
struct PlanPage {
    frame: Frame,
    marks: Vec<bool>,
    step: String,
    typed: Typed,
    faults: Faults,
    templates: Vec<TemplateChoice>,
    of: &'static str,
    is_stamps: bool,
    per: String,
    cost: String,
    worth: String,
    back: String,
    monthly: String,
    zones: [&'static str; 14],
    token: String,
    action: String,
    way_back: String,
}

struct TemplateChoice {
    value: &'static str,
    name: &'static str,
    how: &'static str,
    is_chosen: bool,
    is_proposed: bool,
}

/// Proposes; wrong answers lead back to the questions.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    typed: Query<Typed>,
) -> Result<HttpResponse, Problem> {
    let founder = Founder::of(&state, &request)?;
    let typed = typed.into_inner();
    let answers = match typed.asked.read() {
        Ok(answers) => answers,
        Err(faults) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(questions::draw(&founder, typed.asked, faults, status)?);
        }
    };
    let (proposal, faults) = typed.weigh(&answers);
    let status = if faults == Faults::default() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = draw(&founder, &answers, &proposal, typed, faults);
    Ok(respond(status, &page)?)
}

/// Begins the program.
pub(super) async fn begin(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let founder = Founder::of(&state, &request)?;
    let house = &state.house;
    let typed: Typed = take_form(house, &founder.signed_in, &body.0)?;
    let answers = match typed.asked.read() {
        Ok(answers) => answers,
        Err(faults) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(questions::draw(&founder, typed.asked, faults, status)?);
        }
    };
    let (proposal, mut faults) = typed.weigh(&answers);
    let zone: Option<Zone> = match typed.zone.trim() {
        "" => Some(Zone::UTC),
        other => other.parse().ok(),
    };
    faults.zone = zone.is_none().then_some("start-bad-zone");
    faults.name = bad_name(&typed.name).then_some("start-bad-name");
    let is_stamps = proposal.template == Template::Stamps;
    faults.reward = (is_stamps && bad_name(&typed.reward)).then_some("start-bad-reward");
    let (Some(zone), true) = (zone, faults == Faults::default()) else {
        let page = draw(&founder, &answers, &proposal, typed, faults);
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    };
    let start = start_of(&founder, &answers, proposal, &typed, zone);
    let deed = Deed::begin(house, who.0);
    let write = house
        .store
        .write(move |tx: &mut Tx<'_>| start_program(tx, &deed, start));
    let program = write.await?;
    let mut response = lead_to(&founder.link("/console/start/look"));
    // Of several programs the new one is looked at from now on.
    let cookie = choice_cookie(house, &program.id);
    response.add_cookie(&cookie).map_err(ActionError::internal)?;
    Ok(response)
}

fn bad_name(text: &str) -> bool {
    let length = text.trim().chars().count();
    !(1..=NAME_MAX).contains(&length) || text.chars().any(char::is_control)
}

/// A text of ours in every language.
fn in_every_language(say: impl Fn(Locale) -> String) -> Text {
    let each = Locale::ALL.into_iter().map(|one| (one.language(), say(one)));
    let all: BTreeMap<_, _> = each.collect();
    Text::translated(all).unwrap_or_else(|| Text::plain(say(Locale::En)))
}

fn start_of(
    founder: &Founder,
    answers: &Answers,
    proposal: Proposal,
    typed: &Typed,
    time_zone: Zone,
) -> Start {
    let currency = answers.currency;
    let worth = proposal.worth_minor;
    let (point_name, reward) = match proposal.template {
        Template::Stamps => (
            in_every_language(|one| one.word("start-stamps-word")),
            Text::plain(typed.reward.trim()),
        ),
        Template::Money | Template::Tiers => (
            Text::plain("points"),
            in_every_language(|one| {
                let money = write_money(one, worth, currency);
                one.say("start-money-reward", &[("money", money.into())])
            }),
        ),
    };
    let basket_points =
        answers.basket_minor.saturating_mul(proposal.earning.points) / proposal.earning.per_minor.max(1);
    Start {
        new: NewProgram {
            external_id: None,
            slug: None,
            name: Text::plain(typed.name.trim()),
            point_name,
            language: founder.locale.language(),
            currency,
            earning: proposal.earning,
            signup_bonus: 0,
            time_zone,
            policy: Policy::default(),
            apple_pass_type: None,
        },
        proposal,
        reward,
        tiers: ["start-tier-1", "start-tier-2"].map(|id| in_every_language(|one| one.word(id))),
        // A customer who comes as often as most do is there after half a year.
        tier_points: basket_points
            .saturating_mul(answers.visits)
            .saturating_mul(6)
            .clamp(1, BaseRule::MAX),
    }
}

fn write_money(locale: Locale, minor: i64, currency: Currency) -> String {
    locale.language().write_money(Money { minor, currency })
}

/// A share of hundredths of a per cent, in the reader's digits, with one decimal if it needs one.
pub(super) fn write_share(locale: Locale, share: i64) -> String {
    let language = locale.language();
    let tenths = share % 100 / 10;
    let mut number = language.write_number(share / 100);
    if tenths > 0 {
        number.push_str(if locale == Locale::Fa { "٫" } else { "." });
        number.push_str(&language.write_number(tenths));
    }
    locale.say("start-share", &[("number", FluentValue::from(number))])
}

impl Typed {
    /// The terms that are wanted, and what is wrong with those that were typed.
    fn weigh(&self, answers: &Answers) -> (Proposal, Faults) {
        let template = self.template.unwrap_or_else(|| answers.template());
        let proposal = answers.propose(template);
        if self.of != Some(template) {
            return (proposal, Faults::default());
        }
        let in_range = |number: &i64| (1..=COST_MAX).contains(number);
        let cost = parse_number(&self.cost).filter(in_range);
        let money = |text: &str| parse(text, answers.currency);
        let per = match template {
            Template::Stamps => Some(proposal.earning.per_minor),
            Template::Money | Template::Tiers => money(&self.per).filter(in_range),
        };
        let worth = match template {
            Template::Stamps => Some(proposal.worth_minor),
            Template::Money | Template::Tiers => money(&self.worth).filter(|worth| *worth > 0),
        };
        let faults = Faults {
            per: per.is_none().then_some("start-bad-basket"),
            cost: cost.is_none().then_some("start-bad-cost"),
            worth: worth.is_none().then_some("start-bad-basket"),
            ..Faults::default()
        };
        match (per, cost, worth) {
            (Some(per_minor), Some(cost), Some(worth)) => {
                let earning = BaseRule {
                    per_minor,
                    ..proposal.earning
                };
                (answers.weigh(template, earning, cost, worth), faults)
            }
            _ => (proposal, faults),
        }
    }
}

fn draw(founder: &Founder, answers: &Answers, proposal: &Proposal, typed: Typed, faults: Faults) -> PlanPage {
    let locale = founder.locale;
    let is_again = faults != Faults::default();
    let currency = answers.currency;
    let names = [
        ("money", "start-template-money", "start-template-money-how"),
        ("stamps", "start-template-stamps", "start-template-stamps-how"),
        ("tiers", "start-template-tiers", "start-template-tiers-how"),
    ];
    let choices = Template::ALL.into_iter().zip(names);
    let templates = choices.map(|(template, (value, name, how))| TemplateChoice {
        value,
        name,
        how,
        is_chosen: template == proposal.template,
        is_proposed: template == answers.template(),
    });
    let of = match proposal.template {
        Template::Money => "money",
        Template::Stamps => "stamps",
        Template::Tiers => "tiers",
    };
    let back = if proposal.back == proposal.back_most {
        let share = write_share(locale, proposal.back);
        locale.say("start-back", &[("share", share.into())])
    } else {
        let (share, most) = (
            write_share(locale, proposal.back),
            write_share(locale, proposal.back_most),
        );
        locale.say(
            "start-back-most",
            &[("share", share.into()), ("most", most.into())],
        )
    };
    let monthly = write_money(locale, proposal.monthly_minor, currency);
    let title = locale.word("start-plan-title");
    let asked = &typed.asked;
    let goal = goal_name(asked);
    let kept = kept([
        ("goal", goal.as_str()),
        ("currency", &asked.currency),
        ("basket", &asked.basket),
        ("customers", &asked.customers),
        ("visits", &asked.visits),
        ("budget", &asked.budget),
    ]);
    let again = |typed: &str, own: String| if is_again { typed.to_owned() } else { own };
    PlanPage {
        frame: Frame {
            kept: kept.clone(),
            ..frame(locale, locale.title(&title, is_again))
        },
        marks: Step::PLAN.marks(),
        step: Step::PLAN.words(locale),
        templates: templates.collect(),
        of,
        is_stamps: proposal.template == Template::Stamps,
        per: again(&typed.per, plain(proposal.earning.per_minor, currency)),
        cost: again(&typed.cost, proposal.cost.to_string()),
        worth: again(&typed.worth, plain(proposal.worth_minor, currency)),
        back,
        monthly: locale.say("start-monthly", &[("money", monthly.into())]),
        zones: ZONES,
        token: founder.token.clone(),
        action: founder.link("/console/start"),
        way_back: format!("/console/start?{kept}lang={}", locale.tag()),
        typed,
        faults,
    }
}

fn goal_name(asked: &Asked) -> String {
    serde_json::to_value(asked.goal)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

impl PlanPage {
    /// The goal as the form carries it on.
    fn goal(&self) -> String {
        goal_name(&self.typed.asked)
    }
}
