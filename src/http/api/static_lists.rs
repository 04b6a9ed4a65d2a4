//! Static lists: members whom the shop names one by one, by a table, and segments ask for by the list's name.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::programs::find_named_program;
use super::{answer, respond};
use crate::actions::import_plan::PlanFault;
use crate::actions::keep_list::{
    Brought, Found, ListFault, Unfound, create_list, delete_list, find_members, get_list, replace_list,
};
use crate::actions::{ActionError, Code, Deed, perform};
use crate::http::body::{Posted, Who, if_match};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::static_lists::{self, StaticList};
use crate::store::{Db, Tx};
use crate::types::{ListId, ProgramId, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/lists", web::post().to(create))
        .route("/v1/lists", web::get().to(list))
        .route("/v1/lists/{id}", web::get().to(show))
        .route("/v1/lists/{id}", web::put().to(replace))
        .route("/v1/lists/{id}", web::delete().to(delete));
}

/// A new list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ListInput)]
pub(super) struct StaticListInput {
    /// The program's id, or `external:` and the caller's own id; a key for one program need not name it.
    program: Option<String>,
    /// What the staff call it, and segments name it by: 1 to 80 characters, unique in the program.
    #[schema(example = "Guests of the spring fair")]
    name: String,
    /// The table as CSV with a header, at most 50,000 rows. One of its columns is `email`, `phone`, `card_number` or
    /// `external_id`; others do no harm.
    #[schema(example = "email\nlina@example.com\n")]
    csv: String,
    /// The calling code of phone numbers that have none, in digits.
    #[schema(example = "49")]
    country: Option<String>,
}

/// Who is to be on a list instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ListReplacement)]
pub(super) struct ReplacementInput {
    /// The table as CSV, as of a new list.
    csv: String,
    /// The calling code of phone numbers that have none, in digits.
    country: Option<String>,
}

/// A list of members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaticList)]
pub(super) struct StaticListView {
    /// Its id.
    #[schema(value_type = String)]
    id: ListId,
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// What the staff call it.
    name: String,
    /// How many members were put on it.
    members: i64,
    /// Counts changes; send it as `If-Match`.
    version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When members were last put on it.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Time,
}

/// A list that was filled, and what became of the rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FilledList)]
pub(super) struct FilledListView {
    /// The list.
    list: StaticListView,
    /// Rows that were looked at.
    rows: usize,
    /// Rows about somebody whom an earlier row was about.
    twice: usize,
    /// Rows that put nobody on the list.
    unfound: usize,
    /// The first 100 of them.
    first_unfound: Vec<UnfoundView>,
}

/// A row that put nobody on the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnfoundRow)]
pub(super) struct UnfoundView {
    /// Its number; the header is row 1.
    row: i64,
    /// `empty`, `unreadable`, `no_member` or `several_members`.
    why: &'static str,
    /// What it has, as it was typed.
    typed: String,
}

impl From<StaticList> for StaticListView {
    fn from(list: StaticList) -> Self {
        Self {
            id: list.id,
            program: list.program_id,
            name: list.name,
            members: list.members,
            version: list.version,
            created_at: list.created_at,
            changed_at: list.changed_at,
        }
    }
}

impl FilledListView {
    fn new(list: StaticList, found: &Found) -> Self {
        let view = |one: &Unfound| UnfoundView {
            row: one.row,
            why: one.why.name(),
            typed: one.typed.clone(),
        };
        Self {
            list: list.into(),
            rows: found.rows,
            twice: found.twice,
            unfound: found.unfound,
            first_unfound: found.first_unfound.iter().map(view).collect(),
        }
    }
}

fn list_id(id: &str) -> Result<ListId, ActionError> {
    id.parse().map_err(|_| ActionError::new(Code::NotFound))
}

/// Reads a table beside the workers: a large one takes longer than one may stand still.
async fn read_table(csv: String, country: Option<String>) -> Result<Brought, ActionError> {
    let read = web::block(move || Brought::read(csv.as_bytes(), &country.unwrap_or_default()));
    read.await.map_err(ActionError::internal)?.map_err(|fault| {
        let pointer = match fault {
            ListFault::Plan(PlanFault::BadCountry) => "/country",
            _ => "/csv",
        };
        ActionError::fault(pointer, "bad_table", format!("Of this table: {fault}."))
    })
}

/// Makes a list of the members to whom the rows of a table lead. Rows that lead to nobody are told, not stored.
#[utoipa::path(post, path = "/v1/lists", tag = "segments", operation_id = "create_list",
    request_body = StaticListInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The list", body = FilledListView)))]
pub(super) async fn create(
    state: Data<State>,
    posted: Posted<StaticListInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: input } = posted;
    let brought = read_table(input.csv, input.country).await?;
    let (asks, named) = (caller.clone(), input.program);
    let read = state.house.store.read(move |db: &mut Db| {
        let program = find_named_program(db, &asks, named.as_deref())?.id;
        let found = find_members(db, &program, &brought)?;
        Ok::<_, ActionError>((program, found))
    });
    let (program, found) = read.await?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let list = create_list(tx, deed, &program, &input.name, &found)?;
        Ok(FilledListView::new(list, &found))
    };
    let render = |view: &FilledListView| answer(StatusCode::CREATED, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists the lists.
#[utoipa::path(get, path = "/v1/lists", tag = "segments", operation_id = "list_lists", params(Page),
    responses((status = 200, description = "Lists", body = List<StaticListView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<ListId>()?);
    let program = who.0.program;
    let read = state.house.store.read(move |db| {
        Ok::<_, ActionError>(static_lists::list_page(
            db,
            program.as_ref(),
            after.as_ref(),
            limit + 1,
        )?)
    });
    let list = List::of(
        read.await?,
        limit,
        |row: &StaticList| row.id.as_str(),
        StaticListView::from,
    );
    Ok(HttpResponse::Ok().json(list))
}

/// Shows a list. Who is on it is asked by a segment: `{"list": ["its name"]}`.
#[utoipa::path(get, path = "/v1/lists/{id}", tag = "segments", operation_id = "show_list",
    params(("id" = String, Path, description = "The list's id")),
    responses((status = 200, description = "The list", body = StaticListView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = list_id(&id)?;
    let read = state.house.store.read(move |db| get_list(db, &who.0, &id));
    Ok(HttpResponse::Ok().json(StaticListView::from(read.await?)))
}

/// Puts the members of a table on a list, in place of who was on it.
#[utoipa::path(put, path = "/v1/lists/{id}", tag = "segments", operation_id = "replace_list",
    request_body = ReplacementInput,
    params(("id" = String, Path, description = "The list's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The list", body = FilledListView)))]
pub(super) async fn replace(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<ReplacementInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: input } = posted;
    let version = if_match(request.headers())?;
    let id = list_id(&id)?;
    let brought = read_table(input.csv, input.country).await?;
    let (asks, asked) = (caller.clone(), id.clone());
    let read = state.house.store.read(move |db: &mut Db| {
        let program = get_list(db, &asks, &asked)?.program_id;
        find_members(db, &program, &brought)
    });
    let found = read.await?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let list = replace_list(tx, deed, (&id, version), &found)?;
        Ok(FilledListView::new(list, &found))
    };
    let render = |view: &FilledListView| answer(StatusCode::OK, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Deletes a list that no saved segment names. A campaign that names it means nobody from then on.
#[utoipa::path(delete, path = "/v1/lists/{id}", tag = "segments", operation_id = "delete_list",
    params(("id" = String, Path, description = "The list's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 204, description = "It is deleted")))]
pub(super) async fn delete(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let version = if_match(request.headers())?;
    let id = list_id(&id)?;
    let house = state.house.clone();
    let write = state.house.store.write(move |tx: &mut Tx<'_>| {
        let deed = Deed::begin(&house, who.0);
        delete_list(tx, &deed, (&id, version))
    });
    write.await?;
    Ok(HttpResponse::NoContent().finish())
}
