//! Staff: who works at the shops, what they may do, how they sign in.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::{answer, respond};
use crate::actions::change_member::Edit;
use crate::actions::change_staff::{
    StaffChange, archive_staff, change_staff, check_in_reach, create_staff, prepare_staff,
};
use crate::actions::{ActionError, Code, Deed, perform};
use crate::http::body::{Posted, Who, idempotency_key, if_match};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::staff::{self, Staff};
use crate::types::{MemberId, ProgramId, Role, Secret, StaffId, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/staff", web::post().to(create))
        .route("/v1/staff", web::get().to(list))
        .route("/v1/staff/{id}", web::get().to(show))
        .route("/v1/staff/{id}", web::patch().to(change))
        .route("/v1/staff/{id}", web::delete().to(archive));
}

/// Somebody who begins to work here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StaffInput {
    /// What they are called.
    name: String,
    /// What they may do: owner, manager, marketer, cashier or auditor.
    #[schema(value_type = String, example = "cashier")]
    role: Role,
    /// The one program that they work for; all if left out.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// The address that they sign in with.
    email: Option<String>,
    /// 10 to 200 characters; kept as a hash.
    #[schema(value_type = Option<String>)]
    password: Option<Secret>,
    /// 4 to 8 digits for the till; kept as a hash.
    #[schema(value_type = Option<String>)]
    pin: Option<Secret>,
    /// Where they work, as orders name it.
    location: Option<String>,
    /// The member that they are: their own card they may not serve.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
}

/// What is to change of somebody: what is left out stays, null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StaffPatch {
    /// What they are called.
    name: Option<String>,
    /// What they may do.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// The address that they sign in with.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Edit<String>,
    /// A new password: every session of theirs ends.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: Edit<Secret>,
    /// A new PIN: every session of theirs ends.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pin: Edit<Secret>,
    /// Where they work.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    location: Edit<String>,
    /// The member that they are.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    member: Edit<MemberId>,
}

/// Somebody who works here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Staff)]
pub(super) struct StaffView {
    /// Their id.
    #[schema(value_type = String)]
    id: StaffId,
    /// What they are called.
    name: String,
    /// What they may do.
    #[schema(value_type = String)]
    role: Role,
    /// The one program that they work for.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// The address that they sign in with.
    email: Option<String>,
    /// Where they work.
    location: Option<String>,
    /// The member that they are.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
    /// Whether they have a password.
    has_password: bool,
    /// Whether they have a PIN.
    has_pin: bool,
    /// Whether a code is asked of them after their password.
    has_second_step: bool,
    /// Grows with every edit.
    version: i64,
    /// When they were added.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When they left.
    #[schema(value_type = Option<String>, format = DateTime)]
    archived_at: Option<Time>,
}

impl From<Staff> for StaffView {
    fn from(row: Staff) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: row.role,
            program: row.program_id,
            email: row.email,
            location: row.location,
            member: row.member_id,
            has_password: row.password_hash.is_some(),
            has_pin: row.pin_hash.is_some(),
            has_second_step: row.code_since.is_some(),
            version: row.version,
            created_at: row.created_at,
            archived_at: row.archived_at,
        }
    }
}

/// What is given of a new one is set; what is left out is not there.
fn set<T>(value: Option<T>) -> Edit<T> {
    value.map_or(Edit::Keep, Edit::Set)
}

/// Adds somebody who works here.
#[utoipa::path(post, path = "/v1/staff", tag = "staff", operation_id = "create_staff", request_body = StaffInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Who it is", body = StaffView)))]
pub(super) async fn create(state: Data<State>, posted: Posted<StaffInput>) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let program = value.program;
    let change = StaffChange {
        name: Some(value.name),
        email: set(value.email),
        role: Some(value.role),
        location: set(value.location),
        member: set(value.member),
        password: set(value.password),
        pin: set(value.pin),
    };
    let prepared = prepare_staff(&state.house, None, change).await?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| create_staff(tx, deed, program, &prepared);
    let render = |row: &Staff| answer(StatusCode::CREATED, &StaffView::from(row.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists who works here.
#[utoipa::path(get, path = "/v1/staff", tag = "staff", operation_id = "list_staff", params(Page),
    responses((status = 200, description = "Who works here", body = List<StaffView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<StaffId>()?);
    let program = who.0.program;
    let rows = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(staff::list(db, program.as_ref(), after.as_ref(), limit + 1)?))
        .await?;
    let list = List::of(rows, limit, |row: &Staff| row.id.as_str(), StaffView::from);
    Ok(HttpResponse::Ok().json(list))
}

/// Shows somebody who works here.
#[utoipa::path(get, path = "/v1/staff/{id}", tag = "staff", operation_id = "show_staff",
    params(("id" = String, Path, description = "Their id")),
    responses((status = 200, description = "Who it is", body = StaffView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id: StaffId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let row = state
        .house
        .store
        .read(move |db| {
            let row = staff::get(db, &id)?;
            check_in_reach(&who.0, &row)?;
            Ok::<_, ActionError>(row)
        })
        .await?;
    Ok(HttpResponse::Ok().json(StaffView::from(row)))
}

/// Changes somebody who works here. Whoever gets another role, password or PIN signs in anew.
#[utoipa::path(patch, path = "/v1/staff/{id}", tag = "staff", operation_id = "change_staff", request_body = StaffPatch,
    params(("id" = String, Path, description = "Their id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "Who it is", body = StaffView)))]
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<StaffPatch>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let id: StaffId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let change = StaffChange {
        name: value.name,
        email: value.email,
        role: value.role,
        location: value.location,
        member: value.member,
        password: value.password,
        pin: value.pin,
    };
    let prepared = prepare_staff(&state.house, Some(id), change).await?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| change_staff(tx, deed, version, &prepared, None);
    let render = |row: &Staff| answer(StatusCode::OK, &StaffView::from(row.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lets somebody go: they are signed out everywhere, what they did stays in the books.
#[utoipa::path(delete, path = "/v1/staff/{id}", tag = "staff", operation_id = "archive_staff",
    params(("id" = String, Path, description = "Their id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "Who it was", body = StaffView)))]
pub(super) async fn archive(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id: StaffId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| archive_staff(tx, deed, &id);
    let render = |row: &Staff| answer(StatusCode::OK, &StaffView::from(row.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
