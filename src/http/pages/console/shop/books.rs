//! The books: who did what, when, newest first. Nothing in them is ever changed.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::kept;
use super::super::rail::{Rail, Room};
use super::{Door, doors};
use crate::actions::ActionError;
use crate::actions::actor_name::find_actor_name;
use crate::http::{Problem, State};
use crate::store::audit;
use crate::types::RequestId;

/// Deeds on a page.
const SHOWN: i64 = 50;

/// Where in the books, and what of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The deed before which to begin.
    before: String,
    /// The name of the deeds, as the API has it.
    deed: String,
}

#[derive(Template)]
#[template(path = "pages/console/shop/books.html")]
struct BooksPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    deeds: Vec<DeedLine>,
    names: Vec<String>,
    chosen: String,
    older: Option<String>,
    newest: Option<String>,
}

struct DeedLine {
    instant: String,
    date: String,
    clock: String,
    actor: String,
    deed: String,
    subject: String,
    detail: String,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let asked = asked.into_inner();
    let before: Option<RequestId> = asked.before.parse().ok();
    let is_later = before.is_some();
    let program = desk.program.id.clone();
    let wanted = Some(asked.deed.clone()).filter(|name| !name.is_empty());
    let read = state.house.store.read(move |db| {
        let rows = audit::list_before(db, &program, before.as_ref(), wanted.as_deref(), SHOWN + 1)?;
        let mut people = BTreeMap::new();
        for row in &rows {
            if !people.contains_key(&row.actor)
                && let Some(name) = find_actor_name(db, &row.actor)?
            {
                people.insert(row.actor.clone(), name);
            }
        }
        Ok::<_, ActionError>((rows, people))
    });
    let (mut rows, people) = read.await?;
    let has_more = rows.len() > usize::try_from(SHOWN).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(SHOWN).unwrap_or_default());
    let kept = kept([("deed", asked.deed.as_str())]);
    let older = rows
        .last()
        .filter(|_| has_more)
        .map(|last| desk.link(&format!("/console/books?{kept}before={}", last.id)));
    let zone = desk.program.time_zone;
    let line = |row: audit::Deed| DeedLine {
        instant: row.created_at.rfc3339_secs(),
        date: desk.date(row.created_at),
        clock: desk
            .locale
            .language()
            .write_clock(zone.local(row.created_at).minute),
        actor: people.get(&row.actor).cloned().unwrap_or(row.actor),
        deed: row.deed,
        subject: row.subject,
        detail: if row.detail == "{}" {
            String::new()
        } else {
            row.detail
        },
    };
    let deeds: Vec<DeedLine> = rows.into_iter().map(line).collect();
    let mut names: Vec<String> = deeds.iter().map(|line| line.deed.clone()).collect();
    names.extend(Some(asked.deed.clone()).filter(|name| !name.is_empty()));
    names.sort_unstable();
    names.dedup();
    let page = BooksPage {
        frame: Frame {
            kept: kept.clone(),
            ..desk.console_frame(desk.locale.word("shop-books"))
        },
        rail: desk.rail(Room::Settings).await?,
        doors: doors(&desk, "/console/books"),
        deeds,
        names,
        chosen: asked.deed,
        older,
        newest: is_later.then(|| desk.link(&format!("/console/books?{}", kept.trim_end_matches('&')))),
    };
    Ok(respond(StatusCode::OK, &page)?)
}
