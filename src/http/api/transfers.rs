//! Points that members give to each other.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ledger_views::EntryView;
use super::members::find_member;
use super::views::CardView;
use super::{answer, respond};
use crate::actions::record_order::Holder;
use crate::actions::transfer_points::{NewTransfer, Transferred, transfer_points};
use crate::actions::{ActionError, Deed, House, perform};
use crate::http::body::Posted;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::types::MemberId;

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/members/{id}/transfers", web::post().to(transfer));
}

/// Points for somebody else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TransferInput {
    /// A member's id, `external:` and the caller's own id, or a card's code.
    #[schema(example = "mem_01kawb3v8ze1rtr6tq5hkyq7yx")]
    to: String,
    /// How many.
    #[schema(example = 50)]
    points: i64,
    /// Why, in at most 500 characters.
    #[serde(default)]
    reason: String,
}

/// Points that went from one card to another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub(super) struct TransferView {
    /// The entries on both sides, each of which names the other: the giver's first.
    entries: Vec<EntryView>,
    /// The giver's card after it.
    from: CardView,
    /// The other card after it.
    to: CardView,
}

impl TransferView {
    fn new(house: &House, done: &Transferred) -> Self {
        Self {
            entries: vec![done.out.clone().into(), done.came.clone().into()],
            from: CardView::new(house, done.from.clone()),
            to: CardView::new(house, done.to.clone()),
        }
    }
}

/// Gives active points to another member, if the program allows it. Those that have a date keep it.
#[utoipa::path(post, path = "/v1/members/{id}/transfers", tag = "members", request_body = TransferInput,
    operation_id = "transfer_points",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Both entries and both cards", body = TransferView)))]
pub(super) async fn transfer(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<TransferInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let new = NewTransfer {
        to: read_holder(&value.to),
        points: value.points,
        reason: value.reason,
    };
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &who, &id)?;
        transfer_points(tx, deed, &member.id, &new)
    };
    let render = move |done: &Transferred| answer(StatusCode::CREATED, &TransferView::new(&house, done));
    let done: Result<_, ActionError> = perform(&state.house, caller, deed, render).await;
    Ok(respond(done?)?)
}

fn read_holder(text: &str) -> Holder {
    if let Some(external) = text.strip_prefix("external:") {
        return Holder::MemberExternal(external.to_owned());
    }
    match text.parse::<MemberId>() {
        Ok(id) => Holder::Member(id),
        Err(_) => Holder::Card(text.to_owned()),
    }
}
