//! The program's own terms: its name, what an order earns, the welcome, its language and its clock.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::amount::{parse, parse_number, plain};
use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, read_version};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::super::locale::Locale;
use super::super::rail::{Rail, Room};
use super::{Door, Typed, doors, is_done};
use crate::actions::change_program::{ProgramChange, change_program};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::earning::BaseRule;
use crate::loyalty::policy::Policy;
use crate::types::{Role, Text, Zone};

/// Longest name, in characters.
const NAME_MAX: usize = 60;

#[derive(Template)]
#[template(path = "pages/console/shop/terms.html")]
struct TermsPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    name: Typed,
    points: Typed,
    per: Typed,
    bonus: Typed,
    zone: Typed,
    languages: Vec<(&'static str, &'static str, bool)>,
    currency: String,
    version: i64,
    may_edit: bool,
    /// Whether campaigns need approval; `None` for whoever may not change that.
    approval: Option<bool>,
    is_saved: bool,
    is_stale: bool,
    action: String,
    join: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct TermsForm {
    token: String,
    version: String,
    name: String,
    points: String,
    per: String,
    bonus: String,
    language: String,
    zone: String,
    /// Whether campaigns need approval: `yes` or nothing.
    approval: String,
}

guarded!(TermsForm);

/// The ids of the texts for what is wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Faults {
    name: Option<&'static str>,
    points: Option<&'static str>,
    per: Option<&'static str>,
    bonus: Option<&'static str>,
    zone: Option<&'static str>,
    is_stale: bool,
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let form = present(&desk)?;
    let mut page = draw(&desk, form, Faults::default()).await?;
    page.is_saved = is_done(&request, "saved");
    Ok(respond(StatusCode::OK, &page)?)
}

fn present(desk: &Desk) -> Result<TermsForm, ActionError> {
    let program = &desk.program;
    let approval = if policy(desk)?.campaign_approval {
        "yes"
    } else {
        ""
    };
    Ok(TermsForm {
        approval: approval.to_owned(),
        token: String::new(),
        version: program.version.to_string(),
        name: program.name.get(&desk.locale.language()).to_owned(),
        points: program.earn_points.to_string(),
        per: plain(program.earn_per_minor, program.currency),
        bonus: program.signup_bonus.to_string(),
        language: Locale::of_tag(program.language.as_str())
            .map_or("", Locale::tag)
            .to_owned(),
        zone: program.time_zone.name().to_owned(),
    })
}

fn policy(desk: &Desk) -> Result<Policy, ActionError> {
    serde_json::from_str(&desk.program.policy).map_err(ActionError::internal)
}

/// Whether somebody may say that campaigns need approval: not those whom it holds up.
fn may_ask_approval(desk: &Desk) -> bool {
    matches!(desk.signed_in.staff.role, Role::Owner | Role::Manager)
}

/// The policy with another word on the approval of campaigns, if it was changed.
fn with_approval(desk: &Desk, form: &TermsForm) -> Result<Option<Policy>, ActionError> {
    let had = policy(desk)?;
    let campaign_approval = !form.approval.is_empty();
    let is_changed = may_ask_approval(desk) && had.campaign_approval != campaign_approval;
    Ok(is_changed.then_some(Policy {
        campaign_approval,
        ..had
    }))
}

fn read(desk: &Desk, form: &TermsForm) -> Result<ProgramChange, Faults> {
    let in_range = |number: &i64| (0..=BaseRule::MAX).contains(number);
    let points = parse_number(&form.points).filter(in_range);
    let bonus = parse_number(&form.bonus).filter(in_range);
    let per = parse(&form.per, desk.program.currency).filter(|per| *per > 0 && in_range(per));
    let zone: Option<Zone> = form.zone.trim().parse().ok();
    let name = form.name.trim();
    let is_named = (1..=NAME_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let (true, Some(points), Some(per_minor), Some(bonus), Some(zone)) = (is_named, points, per, bonus, zone)
    else {
        return Err(Faults {
            name: (!is_named).then_some("start-bad-name"),
            points: points.is_none().then_some("shop-bad-points"),
            per: per.is_none().then_some("start-bad-basket"),
            bonus: bonus.is_none().then_some("shop-bad-points"),
            zone: zone.is_none().then_some("start-bad-zone"),
            is_stale: false,
        });
    };
    let language = Locale::ALL.into_iter().find(|one| one.tag() == form.language);
    let language = language.filter(|one| Locale::of_tag(desk.program.language.as_str()) != Some(*one));
    Ok(ProgramChange {
        name: rename(desk, name),
        earning: Some(BaseRule { points, per_minor }),
        signup_bonus: Some(bonus),
        time_zone: Some(zone),
        language: language.map(Locale::language),
        ..ProgramChange::default()
    })
}

/// The name with another wording in the language of the page, if it has translations.
fn rename(desk: &Desk, name: &str) -> Option<Text> {
    let old = &desk.program.name;
    let language = desk.locale.language();
    if old.get(&language) == name {
        return None;
    }
    if old.translations().is_empty() {
        return Some(Text::plain(name));
    }
    let mut all = old.translations().clone();
    all.insert(language, name.to_owned());
    Text::translated(all)
}

pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TermsForm) = Desk::take(&state, &request, &body.0).await?;
    let change = match read(&desk, &form) {
        Ok(change) => change,
        Err(faults) => {
            let page = draw(&desk, form, faults).await?;
            return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
        }
    };
    let change = ProgramChange {
        policy: with_approval(&desk, &form)?,
        ..change
    };
    let program = desk.program.id.clone();
    let version = Some(read_version(&form.version)?);
    let saved = desk
        .act(move |tx, deed| change_program(tx, deed, &program, version, change))
        .await;
    match saved {
        Ok(_) => Ok(lead_to(&desk.link("/console/settings?done=saved"))),
        Err(error) if error.code == Code::StaleEdit => {
            let faults = Faults {
                is_stale: true,
                ..Faults::default()
            };
            let page = draw(&desk, form, faults).await?;
            Ok(respond(StatusCode::CONFLICT, &page)?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn draw(desk: &Desk, form: TermsForm, faults: Faults) -> Result<TermsPage, ActionError> {
    let typed = |value: String, fault: Option<&'static str>| Typed { value, fault };
    let role = desk.signed_in.staff.role;
    Ok(TermsPage {
        frame: desk.console_frame(desk.title("shop-program", faults != Faults::default())),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/settings"),
        languages: Locale::ALL
            .into_iter()
            .map(|one| (one.tag(), one.own_name(), one.tag() == form.language))
            .collect(),
        name: typed(form.name, faults.name),
        points: typed(form.points, faults.points),
        per: typed(form.per, faults.per),
        bonus: typed(form.bonus, faults.bonus),
        zone: typed(form.zone, faults.zone),
        approval: may_ask_approval(desk).then_some(!form.approval.is_empty()),
        currency: desk.program.currency.to_string(),
        version: desk.program.version,
        may_edit: matches!(role, Role::Owner | Role::Manager | Role::Marketer),
        is_saved: false,
        is_stale: faults.is_stale,
        action: desk.link("/console/settings"),
        join: format!("{}/join/{}", desk.state.house.public_url, desk.program.slug),
    })
}
