//! The page: of which days, the figures, what is worth a second look; and the table to take along.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, HeaderName, HeaderValue};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::kept;
use super::super::rail::{Rail, Room};
use super::chart::Chart;
use super::tables::{Drawn, Shaded, cohorts, passes, rewards, rfm};
use super::tiles::{Group, groups};
use crate::actions::measure_program::{
    Insight, Wish, look_at_program, measure_program, read_period, read_wish,
};
use crate::actions::write_insight::write_insight;
use crate::actions::{ActionError, Code};
use crate::http::{Problem, State};
use crate::loyalty::insight::{Period, USUAL_DAYS, Warning};
use crate::types::{Day, Time, fold};

const PATH: &str = "/console/insight";
const TABLE: &str = "/console/insight.csv";
/// What browsers call the file.
const FILE: &str = "attachment; filename=\"insight.csv\"";
const DAY_MS: i64 = 86_400_000;
/// Has the browser ask again after so many seconds (HTML, `Refresh`).
const REFRESH: HeaderName = HeaderName::from_static("refresh");
/// After how many seconds a page asks again whether a large program is counted.
const AGAIN_S: HeaderValue = HeaderValue::from_static("3");

/// What the address asks for, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    to: String,
    days: String,
    margin: String,
    horizon: String,
}

/// What is wrong with what was asked for, by the field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Faults {
    days: bool,
    margin: bool,
    horizon: bool,
}

impl Faults {
    fn is_any(self) -> bool {
        self != Self::default()
    }
}

/// A period that is one press away.
struct Choice {
    name: String,
    address: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "pages/console/insight/page.html")]
struct InsightPage {
    frame: Frame,
    rail: Rail,
    asked: Asked,
    faults: Faults,
    choices: Vec<Choice>,
    /// The same page, for whoever waits.
    again: String,
    download: String,
    /// What was counted; nothing while a large program's period is counted for the first time.
    told: Option<Told>,
}

/// What was counted, as it is read.
struct Told {
    /// Of which days, and when they were counted.
    period: String,
    as_of: String,
    warnings: Vec<String>,
    groups: Vec<Group>,
    rewards: Option<Drawn>,
    passes: Option<Drawn>,
    cohorts: Option<(Chart, Shaded)>,
    rfm: Option<Shaded>,
}

impl Asked {
    /// A text as a number; nothing typed is `None`.
    fn number(text: &str) -> Result<Option<i64>, ()> {
        let text = fold(text);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| ())
    }

    /// What is wished; what is wrong is left out, and said.
    fn read(&self, today: Day) -> Result<(Wish, Faults), ActionError> {
        let (from, to) = (fold(&self.from), fold(&self.to));
        let mut faults = Faults::default();
        let period = if from.is_empty() && to.is_empty() {
            let days = Self::number(&self.days);
            days.ok()
                .and_then(|days| read_period((None, None), days, today).ok())
        } else {
            read_period((Some(&from), Some(&to)), None, today).ok()
        };
        faults.days = period.is_none();
        let period = match period {
            Some(period) => period,
            None => read_period((None, None), None, today)?,
        };
        let checked = |typed: &str, is_margin: bool| {
            let number = Self::number(typed).ok()?;
            let (margin, horizon) = if is_margin { (number, None) } else { (None, number) };
            read_wish(period, margin, horizon).ok().map(|_| number)
        };
        let (margin, horizon) = (checked(&self.margin, true), checked(&self.horizon, false));
        (faults.margin, faults.horizon) = (margin.is_none(), horizon.is_none());
        let wish = read_wish(period, margin.flatten(), horizon.flatten())?;
        Ok((wish, faults))
    }

    /// The address of this page, or of its table, with a period.
    fn address(&self, path: &str, period: Period) -> String {
        let (days, from, to) = match period {
            Period::Last(days) => (days.to_string(), String::new(), String::new()),
            Period::Days(from, to) => (String::new(), from.to_string(), to.to_string()),
        };
        let named = [
            ("days", days.as_str()),
            ("from", &from),
            ("to", &to),
            ("margin", self.margin.trim()),
            ("horizon", self.horizon.trim()),
        ];
        let kept = kept(named.into_iter().filter(|(_, value)| !value.is_empty()));
        format!("{path}?{}", kept.trim_end_matches('&'))
    }
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let today = desk.program.time_zone.local(state.house.now()).day;
    let asked = asked.into_inner();
    let (wish, faults) = asked.read(today)?;
    let insight = look_at_program(&state.house.store, &desk.program, wish, state.house.now()).await?;
    let has_fault = faults.is_any();
    let page = draw(&desk, asked, faults, (wish, insight.as_ref())).await?;
    let status = if has_fault {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let mut response = respond(status, &page)?;
    // Whoever has something to mend is left in peace to do it.
    if insight.is_none() && !has_fault {
        response.headers_mut().insert(REFRESH, AGAIN_S);
    }
    Ok(response)
}

/// Gives the same numbers as a table; a file is waited for, however large the program is.
pub(super) async fn download(
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let today = desk.program.time_zone.local(state.house.now()).day;
    let (wish, faults) = asked.read(today)?;
    if faults.is_any() {
        let detail = "These days, margin or horizon cannot be counted; go back and look at them.";
        return Err(ActionError::with(Code::BadParameter, detail).into());
    }
    let insight = measure_program(&state.house.store, &desk.program, wish, state.house.now()).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, FILE))
        .body(write_insight(&insight)))
}

/// What is worth a second look, and what to do.
const fn warning_text(warning: Warning) -> &'static str {
    match warning {
        Warning::ParticipationLow => "insight-warn-participation",
        Warning::RedemptionLow => "insight-warn-redemption",
        Warning::PassRetentionLow => "insight-warn-passes",
        Warning::LiabilityGrowing => "insight-warn-liability",
        Warning::RewardsCostMore => "insight-warn-cost",
    }
}

fn choices(desk: &Desk, asked: &Asked, period: Period) -> Vec<Choice> {
    let choice = |days: i64| Choice {
        name: desk.locale.say("insight-last-days", &[("days", days.into())]),
        address: desk.link(&asked.address(PATH, Period::Last(days))),
        is_current: period == Period::Last(days),
    };
    USUAL_DAYS.into_iter().map(choice).collect()
}

/// A day in the reader's calendar.
fn day(desk: &Desk, day: Day) -> String {
    let language = desk.locale.language();
    language.write_date(Time::from_millis(day.number() * DAY_MS))
}

/// What was counted, in the reader's words.
fn tell(desk: &Desk, insight: &Insight) -> Told {
    let locale = desk.locale;
    let minute = desk.program.time_zone.local(insight.as_of).minute;
    let clock = locale.language().write_clock(minute);
    let as_of = format!("{}, {clock}", desk.date(insight.as_of));
    let warnings = insight.warnings.iter();
    Told {
        period: format!("{} – {}", day(desk, insight.from), day(desk, insight.to)),
        as_of: locale.say("insight-as-of", &[("time", as_of.into())]),
        warnings: warnings
            .map(|warning| locale.word(warning_text(*warning)))
            .collect(),
        groups: groups(desk, insight),
        rewards: rewards(desk, insight),
        passes: passes(desk, insight),
        cohorts: cohorts(desk, insight),
        rfm: rfm(desk, insight),
    }
}

async fn draw(
    desk: &Desk,
    mut asked: Asked,
    faults: Faults,
    (wish, insight): (Wish, Option<&Insight>),
) -> Result<InsightPage, ActionError> {
    let choices = choices(desk, &asked, wish.period);
    let again = desk.link(&asked.address(PATH, wish.period));
    let download = desk.link(&asked.address(TABLE, wish.period));
    if let Period::Last(days) = wish.period {
        asked.days = days.to_string();
    }
    let has_fault = faults.is_any();
    Ok(InsightPage {
        frame: Frame {
            kept: kept([
                ("days", asked.days.as_str()),
                ("from", asked.from.as_str()),
                ("to", asked.to.as_str()),
                ("margin", asked.margin.as_str()),
                ("horizon", asked.horizon.as_str()),
            ]),
            ..desk.console_frame(desk.title("insight-title", has_fault))
        },
        rail: desk.rail(Room::Insight).await?,
        faults,
        choices,
        again,
        download,
        told: insight.map(|insight| tell(desk, insight)),
        asked: Asked {
            margin: or_else(asked.margin, wish.margin_percent),
            horizon: or_else(asked.horizon, wish.horizon_years),
            ..asked
        },
    })
}

/// What was typed, or the number that counts where nothing was.
fn or_else(typed: String, number: i64) -> String {
    if typed.trim().is_empty() {
        number.to_string()
    } else {
        typed
    }
}
