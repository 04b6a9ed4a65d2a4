//! The console's first page: how the program goes today.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::card::label;
use super::super::desk::{Desk, find_program};
use super::super::frame::{Frame, respond};
use super::super::leading::lead;
use super::super::locale::Reader;
use super::rail::{Rail, Room};
use crate::actions::ActionError;
use crate::actions::show_today::{Today, show_today};
use crate::http::{Problem, State, gate};
use crate::types::Role;

#[derive(Template)]
#[template(path = "pages/console/overview.html")]
struct OverviewPage {
    frame: Frame,
    rail: Rail,
    figures: Vec<Figure>,
    moved: Vec<MovedLine>,
    newest: Vec<MemberLine>,
    /// Where customers join.
    join: String,
    poster: String,
}

/// A number of today.
struct Figure {
    name: String,
    value: String,
}

/// A movement of points.
struct MovedLine {
    address: String,
    name: String,
    label: &'static str,
    instant: String,
    time: String,
    change: String,
    is_gain: bool,
}

/// Somebody who joined.
struct MemberLine {
    address: String,
    name: String,
    instant: String,
    date: String,
}

/// Shows today; whoever has no program yet is led to make one.
pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = gate::caller(&request)?;
    let is_owner = caller.role == Some(Role::Owner);
    if is_owner && find_program(&state, &request, &caller).await?.is_none() {
        return Ok(lead("/console/start", Reader::of(&request)));
    }
    let desk = Desk::of(&state, &request).await?;
    let (program, now) = (desk.program.clone(), state.house.now());
    let read = state.house.store.read(move |db| show_today(db, &program, now));
    let page = draw(&desk, &read.await?).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

async fn draw(desk: &Desk, today: &Today) -> Result<OverviewPage, ActionError> {
    let locale = desk.locale;
    let language = locale.language();
    let zone = desk.program.time_zone;
    let figure = |id: &str, value: i64| Figure {
        name: locale.word(id),
        value: language.write_number(value),
    };
    let now = desk.state.house.now();
    let moved = today.moved.iter().map(|(entry, member)| MovedLine {
        address: desk.link(&format!("/console/members/{}", member.id)),
        name: desk.name_of(member),
        label: label(entry),
        instant: entry.created_at.rfc3339_secs(),
        time: if zone.local(entry.created_at).day == zone.local(now).day {
            language.write_clock(zone.local(entry.created_at).minute)
        } else {
            desk.date(entry.created_at)
        },
        change: language.write_change(entry.points.get()),
        is_gain: entry.points.get() > 0,
    });
    let newest = today.newest.iter().map(|member| MemberLine {
        address: desk.link(&format!("/console/members/{}", member.id)),
        name: desk.name_of(member),
        instant: member.created_at.rfc3339_secs(),
        date: desk.date(member.created_at),
    });
    let join = format!("/join/{}", desk.program.slug);
    Ok(OverviewPage {
        frame: desk.console_frame(locale.word("console-overview")),
        rail: desk.rail(Room::Overview).await?,
        figures: vec![
            figure("console-joined", today.joined),
            figure("console-orders", today.orders),
            figure("console-given", today.given),
            figure("console-used", today.used),
        ],
        moved: moved.collect(),
        newest: newest.collect(),
        poster: desk.link(&format!("{join}/poster")),
        join: desk.link(&join),
    })
}
