//! Keys of the API: shown once, kept as hashes.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::{answer, respond};
use crate::actions::change_key::{KeyChange, change_key};
use crate::actions::change_member::Edit;
use crate::actions::create_key::{create_key, revoke_key};
use crate::actions::{ActionError, Code, Deed, perform};
use crate::http::body::{Posted, Who, idempotency_key};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::keys::{self, Key};
use crate::types::{KeyId, MemberId, ProgramId, Role, Secret, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/keys", web::post().to(create))
        .route("/v1/keys", web::get().to(list))
        .route("/v1/keys/{id}", web::patch().to(change))
        .route("/v1/keys/{id}", web::delete().to(revoke));
}

/// A new key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyInput {
    /// What people call it.
    #[serde(default)]
    name: String,
    /// What it may do.
    #[schema(value_type = String, example = "cashier")]
    role: Role,
    /// The one program that it is for; all if left out.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// The member whose hands it is in: their own card it may not serve.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
}

/// What is to change of a key: what is left out stays, null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyPatch {
    /// What people call it.
    name: Option<String>,
    /// The member whose hands it is in: their own card it may not serve.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    member: Edit<MemberId>,
}

/// A key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub(super) struct KeyView {
    /// Its id.
    #[schema(value_type = String)]
    id: KeyId,
    /// What people call it.
    name: String,
    /// What it may do.
    #[schema(value_type = String)]
    role: Role,
    /// The one program that it is for.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// The member whose hands it is in.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
    /// The key itself, in the answer to its creation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Time>,
}

impl KeyView {
    fn new(key: Key, secret: Option<&Secret>) -> Self {
        Self {
            id: key.id,
            name: key.name,
            role: key.role,
            program: key.program_id,
            member: key.member_id,
            secret: secret.map(|secret| secret.expose().to_owned()),
            created_at: key.created_at,
            revoked_at: key.revoked_at,
        }
    }
}

/// Makes a key. Without an idempotency key only: a kept answer would keep the secret.
#[utoipa::path(post, path = "/v1/keys", tag = "keys", request_body = KeyInput,
    responses((status = 201, description = "The key with its secret, this once", body = KeyView)))]
pub(super) async fn create(state: Data<State>, posted: Posted<KeyInput>) -> Result<HttpResponse, Problem> {
    let Posted { mut caller, value } = posted;
    caller.idempotency = None;
    check_name(&value.name)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let (key, secret) = create_key(tx, deed, &value.name, value.role, value.program)?;
        let Some(member) = value.member else {
            return Ok((key, secret));
        };
        let change = KeyChange {
            name: None,
            member: Edit::Set(member),
        };
        Ok((change_key(tx, deed, &key.id, &change)?, secret))
    };
    let render =
        |made: &(Key, Secret)| answer(StatusCode::CREATED, &KeyView::new(made.0.clone(), Some(&made.1)));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

fn check_name(name: &str) -> Result<(), ActionError> {
    if name.chars().count() > 200 {
        let detail = "A name has at most 200 characters.";
        return Err(ActionError::fault("/name", "too_long", detail));
    }
    Ok(())
}

/// Gives a key another name, or says in whose hands it is.
#[utoipa::path(patch, path = "/v1/keys/{id}", tag = "keys", request_body = KeyPatch,
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 200, description = "The key", body = KeyView)))]
pub(super) async fn change(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<KeyPatch>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let id: KeyId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    if let Some(name) = &value.name {
        check_name(name)?;
    }
    let change = KeyChange {
        name: value.name,
        member: value.member,
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| change_key(tx, deed, &id, &change);
    let render = |key: &Key| answer(StatusCode::OK, &KeyView::new(key.clone(), None));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists keys, without what opens anything.
#[utoipa::path(get, path = "/v1/keys", tag = "keys", params(Page),
    responses((status = 200, description = "Keys", body = List<KeyView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<KeyId>()?);
    let program = who.0.program;
    let rows = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(keys::list(db, program.as_ref(), after.as_ref(), limit + 1)?))
        .await?;
    let list = List::of(
        rows,
        limit,
        |key: &Key| key.id.as_str(),
        |key| KeyView::new(key, None),
    );
    Ok(HttpResponse::Ok().json(list))
}

/// Takes a key back at once.
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "keys", params(("id" = String, Path, description = "The key's id")),
    responses((status = 200, description = "The key", body = KeyView)))]
pub(super) async fn revoke(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id: KeyId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| revoke_key(tx, deed, &id);
    let render = |key: &Key| answer(StatusCode::OK, &KeyView::new(key.clone(), None));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
