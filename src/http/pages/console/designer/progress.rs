//! How far the newest look has come: how many phones have it, how many wait, how many do not answer.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::publish::COUNTED_MAX;
use crate::actions::ActionError;
use crate::actions::publish_design::CURSOR_PREFIX;
use crate::http::pages::assets::script_address;
use crate::http::pages::console::rail::{Rail, Room};
use crate::http::pages::desk::Desk;
use crate::http::pages::frame::{Frame, respond};
use crate::http::{Problem, State};
use crate::store::rollout::{self, Rollout};
use crate::store::{designs, settings};

#[derive(Template)]
#[template(path = "pages/console/designer/progress.html")]
struct ProgressPage {
    frame: Frame,
    rail: Rail,
    script: String,
    /// Whether it was published a moment ago.
    is_new: bool,
    is_over: bool,
    /// Whether nobody holds a card yet.
    is_nobody: bool,
    is_more: bool,
    number: String,
    sentence: String,
    held: i64,
    done: i64,
    figures: Vec<Figure>,
}

/// A number of phones.
struct Figure {
    name: String,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Outcome {
    done: Option<String>,
}

/// Shows how far the newest look has come.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    outcome: Query<Outcome>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let id = desk.program.id.clone();
    let read = state.house.store.read(move |db| {
        let cursor = settings::find(db, &format!("{CURSOR_PREFIX}{id}"))?;
        let cursor = cursor.map(|(last, _)| last);
        let count = rollout::count(db, &id, cursor.as_deref(), COUNTED_MAX)?;
        let holders = rollout::count_holders(db, &id, COUNTED_MAX)?;
        Ok::<_, ActionError>((count, holders, designs::last_number(db, &id)?))
    });
    let (count, holders, number) = read.await?;
    let locale = desk.locale;
    let is_more = holders.cards == COUNTED_MAX;
    let page = ProgressPage {
        frame: desk.console_frame(locale.word("designer-progress-title")),
        rail: desk.rail(Room::Card).await?,
        script: script_address("designer.js"),
        is_new: outcome.done.is_some(),
        is_over: count.is_over(),
        is_nobody: count.held == 0,
        is_more,
        number: locale.language().write_number(number),
        sentence: locale.say(
            "designer-progress-of",
            &[("done", count.done().into()), ("held", count.held.into())],
        ),
        held: count.held,
        done: count.done(),
        figures: figures(&desk, &count),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

fn figures(desk: &Desk, count: &Rollout) -> Vec<Figure> {
    let language = desk.locale.language();
    [
        ("designer-progress-done", count.done()),
        ("designer-progress-told", count.told),
        ("designer-progress-waiting", count.waiting),
        ("designer-progress-failing", count.failing),
        ("designer-progress-refused", count.refused),
    ]
    .map(|(id, value)| Figure {
        name: desk.locale.word(id),
        value: language.write_number(value),
    })
    .into()
}
