//! Who may come in: a member is blocked, or let in again.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

use super::members::{MemberAndCardsView, find_member};
use super::{answer, respond};
use crate::actions::block_member::{block_member, unblock_member};
use crate::actions::{ActionError, Caller, Deed, MemberSheet, perform};
use crate::http::body::{Posted, Who, idempotency_key};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/members/{id}/block", web::post().to(block))
        .route("/v1/members/{id}/unblock", web::post().to(unblock));
}

/// Why a member is blocked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockInput {
    /// Why, in 1 to 500 characters; for the staff.
    #[schema(example = "Shared the card with the whole street")]
    reason: String,
}

/// Blocks a member, who then earns, redeems and gives nothing. Refunds, reversals and cancellations work all the
/// same.
#[utoipa::path(post, path = "/v1/members/{id}/block", tag = "members", request_body = BlockInput,
    operation_id = "block_member",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The member", body = MemberAndCardsView)))]
pub(super) async fn block(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<BlockInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &who, &id)?;
        block_member(tx, deed, &member.id, &value.reason)
    };
    show(&state, caller, deed).await
}

/// Lets a blocked member in again.
#[utoipa::path(post, path = "/v1/members/{id}/unblock", tag = "members",
    operation_id = "unblock_member",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The member", body = MemberAndCardsView)))]
pub(super) async fn unblock(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let asking = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &asking, &id)?;
        unblock_member(tx, deed, &member.id)
    };
    show(&state, caller, deed).await
}

async fn show<D>(state: &State, caller: Caller, deed: D) -> Result<HttpResponse, Problem>
where
    D: FnOnce(&mut Tx<'_>, &Deed) -> Result<MemberSheet, ActionError> + Send + 'static,
{
    let house = state.house.clone();
    let render =
        move |sheet: &MemberSheet| answer(StatusCode::OK, &MemberAndCardsView::new(&house, sheet.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
