//! Tills: browsers at a counter, where staff sign in with a PIN.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::{answer, respond};
use crate::actions::connect_till::{create_till, revoke_till};
use crate::actions::{ActionError, Code, Deed, House, perform};
use crate::http::body::{Posted, Who, idempotency_key};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::tills::{self, Till};
use crate::types::{ProgramId, Secret, TillId, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/tills", web::post().to(create))
        .route("/v1/tills", web::get().to(list))
        .route("/v1/tills/{id}", web::delete().to(revoke));
}

/// A new till.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TillInput {
    /// The program; the key's own if it is of one.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// What people call it.
    #[serde(default)]
    name: String,
    /// Where it stands, as orders name it.
    location: Option<String>,
}

/// A browser at a counter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Till)]
pub(super) struct TillView {
    /// Its id.
    #[schema(value_type = String)]
    id: TillId,
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// What people call it.
    name: String,
    /// Where it stands.
    location: Option<String>,
    /// Where the browser is led that is to become it, in the answer to its creation only; good once, for a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    connect_url: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When a browser became it.
    #[schema(value_type = Option<String>, format = DateTime)]
    connected_at: Option<Time>,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Time>,
}

impl TillView {
    fn new(house: &House, till: Till, link: Option<&Secret>) -> Self {
        Self {
            connect_url: link.map(|link| house.till_url(link)),
            id: till.id,
            program: till.program_id,
            name: till.name,
            location: till.location,
            created_at: till.created_at,
            connected_at: till.connected_at,
            revoked_at: till.revoked_at,
        }
    }
}

/// Makes a till. Without an idempotency key only: a kept answer would keep the secret.
#[utoipa::path(post, path = "/v1/tills", tag = "staff", operation_id = "create_till", request_body = TillInput,
    responses((status = 201, description = "The till with its link, this once", body = TillView)))]
pub(super) async fn create(state: Data<State>, posted: Posted<TillInput>) -> Result<HttpResponse, Problem> {
    let Posted { mut caller, value } = posted;
    caller.idempotency = None;
    let program = value.program.or_else(|| caller.program.clone());
    let program = program
        .ok_or_else(|| ActionError::fault("/program", "missing", "Say of which program the till is."))?;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        create_till(tx, deed, &program, &value.name, value.location.clone())
    };
    let render = move |made: &(Till, Secret)| {
        answer(
            StatusCode::CREATED,
            &TillView::new(&house, made.0.clone(), Some(&made.1)),
        )
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists tills, without what opens anything.
#[utoipa::path(get, path = "/v1/tills", tag = "staff", operation_id = "list_tills", params(Page),
    responses((status = 200, description = "Tills", body = List<TillView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<TillId>()?);
    let program = who.0.program;
    let rows = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(tills::list(db, program.as_ref(), after.as_ref(), limit + 1)?))
        .await?;
    let list = List::of(
        rows,
        limit,
        |till: &Till| till.id.as_str(),
        |till| TillView::new(&state.house, till, None),
    );
    Ok(HttpResponse::Ok().json(list))
}

/// Takes a till back at once: whoever is signed in there is so no more.
#[utoipa::path(delete, path = "/v1/tills/{id}", tag = "staff", operation_id = "revoke_till",
    params(("id" = String, Path, description = "The till's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The till", body = TillView)))]
pub(super) async fn revoke(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id: TillId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| revoke_till(tx, deed, &id);
    let render = move |till: &Till| answer(StatusCode::OK, &TillView::new(&house, till.clone(), None));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
