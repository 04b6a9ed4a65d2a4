//! Static lists: tables of members that are brought, and what became of their rows.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::desk::Desk;
use super::super::forms::{guarded, read_version};
use super::super::frame::{Frame, respond};
use super::super::leading::lead_to;
use super::imports::file_text;
use super::parts::Form;
use super::rail::{Rail, Room};
use super::terms::may_write;
use crate::actions::import_plan::PlanFault;
use crate::actions::keep_list::{
    Brought, Found, LISTS_MAX, ListFault, Why, create_list, delete_list, find_members, replace_list,
};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::static_lists::{self, StaticList};
use crate::types::ListId;

/// Adds the routes of lists.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/lists", web::get().to(show))
        .route("/console/lists", web::post().to(add))
        .route("/console/lists/{id}", web::post().to(replace))
        .route("/console/lists/{id}/end", web::post().to(end));
}

#[derive(Template)]
#[template(path = "pages/console/lists.html")]
struct ListsPage {
    frame: Frame,
    rail: Rail,
    segments: String,
    is_gone: bool,
    /// Why nothing was done.
    fault: Option<String>,
    filled: Option<FilledLines>,
    lists: Vec<Line>,
    may_write: bool,
    /// What was typed of a new one that was refused.
    name: String,
    country: String,
    action: String,
}

/// A list as a line.
struct Line {
    name: String,
    members: String,
    instant: String,
    date: String,
    version: String,
    ask: String,
    replace: String,
    end: String,
}

/// What became of the rows of a table.
struct FilledLines {
    name: String,
    counts: Vec<(String, String)>,
    /// Row, what it has, why it put nobody on the list.
    unfound: Vec<(String, String, String)>,
    /// Whether there are more of them than are shown.
    has_more: bool,
}

/// A list that was filled and by whom; or the sentence that says why not.
type Kept = Result<(StaticList, Found), (StatusCode, String)>;

/// What a page says beside the lists.
#[derive(Default)]
struct Beside {
    is_gone: bool,
    fault: Option<String>,
    filled: Option<FilledLines>,
    name: String,
    country: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndForm {
    token: String,
    version: String,
}

guarded!(EndForm);

async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let beside = Beside {
        is_gone: request.query_string().split('&').any(|pair| pair == "done=gone"),
        ..Beside::default()
    };
    Ok(respond(StatusCode::OK, &draw(&desk, beside).await?)?)
}

/// Makes a list of a table.
async fn add(state: Data<State>, request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take_parts(&state, &request, &body.0).await?;
    let (program, name) = (desk.program.id.clone(), form.get("name").to_owned());
    let kept = keep(&desk, &form, move |tx, deed, found| {
        create_list(tx, deed, &program, &name, found)
    });
    Ok(finish(&desk, &form, kept.await).await?)
}

/// Puts the members of a table on a list, in place of who was on it.
async fn replace(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take_parts(&state, &request, &body.0).await?;
    let version = read_version(form.get("version"))?;
    let id = list_id(&id)?;
    let kept = keep(&desk, &form, move |tx, deed, found| {
        replace_list(tx, deed, (&id, Some(version)), found)
    });
    Ok(finish(&desk, &form, kept.await).await?)
}

async fn end(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take::<EndForm>(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let id = list_id(&id)?;
    let gone = desk.act(move |tx, deed| delete_list(tx, deed, (&id, Some(version))));
    match gone.await {
        Ok(()) => Ok(lead_to(&desk.link("/console/lists?done=gone"))),
        Err(error) => {
            let (status, fault) = refusal(&desk, error)?;
            let beside = Beside {
                fault: Some(fault),
                ..Beside::default()
            };
            Ok(respond(status, &draw(&desk, beside).await?)?)
        }
    }
}

fn list_id(id: &str) -> Result<ListId, ActionError> {
    id.parse().map_err(|_| ActionError::new(Code::NotFound))
}

/// Reads the table of a form, looks for its members and keeps them; or the sentence that says why not.
async fn keep(
    desk: &Desk,
    form: &Form,
    keep: impl FnOnce(&mut crate::store::Tx<'_>, &crate::actions::Deed, &Found) -> Result<StaticList, ActionError>
    + Send
    + 'static,
) -> Result<Kept, ActionError> {
    let refuse = |text: &str| Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, desk.locale.word(text))));
    let Some(file) = form.file("file").cloned() else {
        return refuse("imports-file-none");
    };
    let country = form.get("country").trim().to_owned();
    // A large file takes longer than a worker may stand still.
    let read = web::block(move || Brought::read(&file, &country)).await;
    let brought = match read.map_err(ActionError::internal)? {
        Ok(brought) => brought,
        Err(ListFault::File(fault)) => return refuse(file_text(fault)),
        Err(ListFault::Plan(PlanFault::BadCountry)) => return refuse("imports-fault-country"),
        Err(ListFault::Plan(_)) => return refuse("lists-no-identity"),
    };
    let program = desk.program.id.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| find_members(db, &program, &brought));
    let found = read.await?;
    let kept = desk.act(move |tx, deed| Ok((keep(tx, deed, &found)?, found)));
    match kept.await {
        Ok(kept) => Ok(Ok(kept)),
        Err(error) => refusal(desk, error).map(Err),
    }
}

async fn finish(
    desk: &Desk,
    form: &Form,
    kept: Result<Kept, ActionError>,
) -> Result<HttpResponse, ActionError> {
    match kept? {
        Ok((list, found)) => {
            let beside = Beside {
                filled: Some(FilledLines::new(desk, &list, &found)),
                ..Beside::default()
            };
            respond(StatusCode::OK, &draw(desk, beside).await?)
        }
        Err((status, fault)) => {
            let beside = Beside {
                fault: Some(fault),
                name: form.get("name").to_owned(),
                country: form.get("country").to_owned(),
                ..Beside::default()
            };
            respond(status, &draw(desk, beside).await?)
        }
    }
}

/// The sentence for why a list was not kept or deleted.
fn refusal(desk: &Desk, error: ActionError) -> Result<(StatusCode, String), ActionError> {
    let code = error.faults.first().map(|fault| fault.code.as_ref());
    let (status, text) = match (error.code, code) {
        (Code::StaleEdit, _) => (StatusCode::CONFLICT, "shop-stale"),
        (Code::ListNamed, _) => (StatusCode::CONFLICT, "lists-named"),
        (Code::LimitReached, _) => (StatusCode::CONFLICT, "lists-full"),
        (_, Some("bad_name")) => (StatusCode::UNPROCESSABLE_ENTITY, "terms-bad-short-name"),
        (_, Some("named_twice")) => (StatusCode::UNPROCESSABLE_ENTITY, "lists-named-twice"),
        _ => return Err(error),
    };
    Ok((status, desk.locale.word(text)))
}

impl FilledLines {
    fn new(desk: &Desk, list: &StaticList, found: &Found) -> Self {
        let language = desk.locale.language();
        let number = |count: usize| language.write_number(i64::try_from(count).unwrap_or(i64::MAX));
        let counts = [
            ("lists-on", language.write_number(list.members)),
            ("lists-rows", number(found.rows)),
            ("lists-twice", number(found.twice)),
            ("lists-unfound", number(found.unfound)),
        ];
        let unfound = found.first_unfound.iter().map(|one| {
            let row = language.write_number(one.row);
            (row, one.typed.clone(), desk.locale.word(why_text(one.why)))
        });
        Self {
            name: list.name.clone(),
            counts: counts.map(|(id, count)| (desk.locale.word(id), count)).into(),
            has_more: found.unfound > found.first_unfound.len(),
            unfound: unfound.collect(),
        }
    }
}

const fn why_text(why: Why) -> &'static str {
    match why {
        Why::Empty => "lists-why-empty",
        Why::Unreadable => "lists-why-unreadable",
        Why::NoMember => "lists-why-no-member",
        Why::SeveralMembers => "imports-why-several",
    }
}

async fn draw(desk: &Desk, beside: Beside) -> Result<ListsPage, ActionError> {
    let program = desk.program.id.clone();
    let store = &desk.state.house.store;
    let read = store.read(move |db| Ok::<_, ActionError>(static_lists::list(db, &program, LISTS_MAX)?));
    let line = |list: StaticList| Line {
        members: desk.locale.language().write_number(list.members),
        instant: list.changed_at.rfc3339_secs(),
        date: desk.date(list.changed_at),
        version: list.version.to_string(),
        ask: desk.link(&format!("/console/segments?list={}#new", list.id)),
        replace: desk.link(&format!("/console/lists/{}", list.id)),
        end: desk.link(&format!("/console/lists/{}/end", list.id)),
        name: list.name,
    };
    Ok(ListsPage {
        frame: desk.console_frame(desk.title("lists", beside.fault.is_some())),
        rail: desk.rail(Room::Segments).await?,
        segments: desk.link("/console/segments"),
        is_gone: beside.is_gone,
        fault: beside.fault,
        filled: beside.filled,
        lists: read.await?.into_iter().map(line).collect(),
        may_write: may_write(desk),
        name: beside.name,
        country: beside.country,
        action: desk.link("/console/lists"),
    })
}
