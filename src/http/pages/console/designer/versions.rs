//! The versions of a look, newest first: who published them, and the way to use one again.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::actor_name::find_actor_name;
use crate::http::pages::console::rail::{Rail, Room};
use crate::http::pages::desk::Desk;
use crate::http::pages::frame::{Frame, respond};
use crate::http::pages::locale::Locale;
use crate::http::{Problem, State};
use crate::store::Db;
use crate::store::designs::{self, DesignRow};
use crate::types::Role;

/// Versions on a page.
const SHOWN: i64 = 30;

#[derive(Template)]
#[template(path = "pages/console/designer/versions.html")]
struct VersionsPage {
    frame: Frame,
    rail: Rail,
    lines: Vec<Line>,
    /// Where the older ones are.
    older: Option<String>,
    can_edit: bool,
}

/// A version.
struct Line {
    id: String,
    number: String,
    instant: String,
    date: String,
    who: String,
    is_current: bool,
    address: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Before {
    before: Option<String>,
}

/// Shows the versions of the program's look.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    before: Query<Before>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let id = desk.program.id.clone();
    let before: Option<i64> = before.before.as_deref().and_then(|text| text.parse().ok());
    let locale = desk.locale;
    let read = state.house.store.read(move |db| {
        let mut rows = designs::list_by_program(db, &id, before, SHOWN + 1)?;
        let has_older = i64::try_from(rows.len()).is_ok_and(|count| count > SHOWN);
        if has_older {
            rows.pop();
        }
        let mut named = Vec::new();
        for row in rows {
            let who = name_of(db, locale, &row.created_by)?;
            named.push((row, who));
        }
        Ok::<_, ActionError>((named, has_older))
    });
    let (rows, has_older) = read.await?;
    let last = rows.last().map(|(row, _)| row.number).filter(|_| has_older);
    let page = VersionsPage {
        frame: desk.console_frame(locale.word("designer-versions")),
        rail: desk.rail(Room::Card).await?,
        lines: rows
            .into_iter()
            .map(|(row, who)| line(&desk, &row, who))
            .collect(),
        older: last.map(|number| desk.link(&format!("/console/card/versions?before={number}"))),
        can_edit: desk.signed_in.staff.role != Role::Auditor,
    };
    Ok(respond(StatusCode::OK, &page)?)
}

fn line(desk: &Desk, row: &DesignRow, who: String) -> Line {
    Line {
        number: desk.locale.language().write_number(row.number),
        instant: row.created_at.rfc3339_secs(),
        date: desk.date(row.created_at),
        is_current: desk.program.design_id.as_ref() == Some(&row.id),
        address: desk.link(&format!("/console/card?from={}", row.id)),
        id: row.id.to_string(),
        who,
    }
}

/// Who published a version, in words.
fn name_of(db: &mut Db, locale: Locale, actor: &str) -> Result<String, ActionError> {
    let Some((kind, _)) = actor.split_once(':') else {
        return Ok(locale.word("designer-by-setup"));
    };
    if kind != "staff" {
        return Ok(locale.word("designer-by-key"));
    }
    Ok(find_actor_name(db, actor)?.unwrap_or_else(|| actor.to_owned()))
}
