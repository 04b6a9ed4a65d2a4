//! A month of campaigns: what is sent, was sent and ends on each day.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::super::terms::DAYS;
use super::chip;
use crate::actions::list_campaign_days::{CampaignDay, CampaignDays, Mark, Marked, list_campaign_days};
use crate::actions::{ActionError, Code};
use crate::http::{Problem, State};
use crate::types::Day;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Such as `2026-11`; the month of today, if left out.
    month: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/console/campaigns/calendar.html")]
struct CalendarPage {
    frame: Frame,
    rail: Rail,
    month: String,
    /// The months before and after it, each with its address.
    before: (String, String),
    after: (String, String),
    weekdays: [&'static str; 7],
    /// Weeks from Monday to Sunday; no day where it is another month's.
    weeks: Vec<Vec<Option<Square>>>,
    way_back: String,
}

impl CalendarPage {
    /// The days that have something.
    fn busy(&self) -> impl Iterator<Item = &Square> {
        let days = self.weeks.iter().flatten().flatten();
        days.filter(|square| !square.lines.is_empty())
    }
}

/// A day of the month.
struct Square {
    number: String,
    date: String,
    is_today: bool,
    lines: Vec<Line>,
    /// How many there are besides, in words.
    more: Option<String>,
}

struct Line {
    name: String,
    address: String,
    /// What it does that day.
    does: &'static str,
    look: &'static str,
    state: &'static str,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let now = state.house.now();
    let today = desk.program.time_zone.local(now).day;
    let first = match asked.into_inner().month {
        Some(month) => read_month(&month).ok_or_else(|| {
            let detail = "A month is written like 2026-11.";
            ActionError::with(Code::BadParameter, detail)
        })?,
        None => today.start_of_month(),
    };
    let last = first.plus_months(1).plus_days(-1);
    let program = desk.program.clone();
    let read = state
        .house
        .store
        .read(move |db| list_campaign_days(db, &program, (first, last), now));
    let days = read.await?;
    let page = CalendarPage {
        frame: desk.console_frame(desk.title("campaign-calendar", false)),
        rail: desk.rail(Room::Campaigns).await?,
        month: month_name(&desk, first),
        before: other_month(&desk, first.plus_days(-1).start_of_month()),
        after: other_month(&desk, first.plus_months(1)),
        weekdays: DAYS.map(|(_, _, text)| text),
        weeks: weeks(&desk, (first, last), (today, days)),
        way_back: desk.link("/console/campaigns"),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

/// The first day of a month such as `2026-11`.
fn read_month(text: &str) -> Option<Day> {
    let day: Day = format!("{text}-01").parse().ok()?;
    (1..=9_998).contains(&day.parts().0).then_some(day)
}

fn month_name(desk: &Desk, first: Day) -> String {
    let (year, month, _) = first.parts();
    desk.locale.language().write_month(year, month)
}

/// Another month and the way to it.
fn other_month(desk: &Desk, first: Day) -> (String, String) {
    let (year, month, _) = first.parts();
    let address = format!("/console/campaigns/calendar?month={year:04}-{month:02}");
    (month_name(desk, first), desk.link(&address))
}

fn weeks(
    desk: &Desk,
    (first, last): (Day, Day),
    (today, mut days): (Day, CampaignDays),
) -> Vec<Vec<Option<Square>>> {
    let mut weeks = Vec::new();
    let mut monday = first.start_of_week();
    while monday <= last {
        let of_week = (0..7).map(|number| monday.plus_days(number));
        let squares = of_week.map(|day| {
            let is_ours = (first..=last).contains(&day);
            is_ours.then(|| square(desk, (day, today), &days.remove(&day).unwrap_or_default()))
        });
        weeks.push(squares.collect());
        monday = monday.plus_days(7);
    }
    weeks
}

fn square(desk: &Desk, (day, today): (Day, Day), found: &CampaignDay) -> Square {
    let language = desk.locale.language();
    let more = language.write_number(found.more);
    Square {
        number: language.write_number(i64::from(day.parts().2)),
        date: desk.day(day),
        is_today: day == today,
        lines: found.campaigns.iter().map(|one| line(desk, one)).collect(),
        more: (found.more > 0).then(|| desk.locale.say("campaign-day-more", &[("number", more.into())])),
    }
}

fn line(desk: &Desk, marked: &Marked) -> Line {
    let (look, state) = chip(&marked.state);
    Line {
        name: marked.name.clone(),
        address: desk.link(&format!("/console/campaigns/{}", marked.id)),
        does: match marked.mark {
            Mark::Sent => "campaign-day-sent",
            Mark::Sends => "campaign-day-sends",
            Mark::RepeatsUntil => "campaign-day-repeats-until",
            Mark::ShownUntil => "campaign-day-shown-until",
        },
        look,
        state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_as_it_is_written_and_what_is_none_is_not() {
        for (text, day) in [
            ("2026-11", Some("2026-11-01")),
            ("2028-02", Some("2028-02-01")),
            ("2026-13", None),
            ("2026-1", None),
            ("0000-01", None),
            ("9999-12", None),
            ("2026-11-01", None),
            ("", None),
        ] {
            assert_eq!(
                read_month(text).map(|day| day.to_string()).as_deref(),
                day,
                "{text}"
            );
        }
    }
}
