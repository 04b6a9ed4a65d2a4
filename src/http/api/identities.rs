//! The typed ids that lead to a member: one more, or one less.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::members::{MemberAndCardsView, find_member};
use super::{answer, respond};
use crate::actions::add_identity::{Added, add_identity};
use crate::actions::remove_identity::remove_identity;
use crate::actions::{Deed, MemberSheet, perform};
use crate::http::body::{Posted, Who, idempotency_key, if_match};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::members::Identity;
use crate::types::Time;

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/members/{id}/identities", web::post().to(add))
        .route("/v1/members/{id}/identities/{identity}", web::delete().to(remove));
}

/// A typed id that leads to a member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identity)]
pub(super) struct IdentityView {
    /// `email`, `phone`, `external_id` or `card_number`.
    #[serde(rename = "type")]
    #[schema(example = "card_number")]
    kind: String,
    /// In the form in which it is compared.
    #[schema(example = "00171234")]
    value: String,
    /// As it was typed.
    #[schema(example = "0017-1234")]
    shown_as: String,
    /// Who gave it: `key:` and a key's id, `customer`, `cli`; null if that was not kept.
    source: Option<String>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// The member that it was taken over from.
    came_from: Option<String>,
}

impl From<&Identity> for IdentityView {
    fn from(identity: &Identity) -> Self {
        let unless_empty = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            kind: identity.kind.clone(),
            value: identity.value.clone(),
            shown_as: identity.shown().to_owned(),
            source: unless_empty(&identity.source),
            created_at: identity.created_at,
            came_from: unless_empty(&identity.came_from),
        }
    }
}

/// One more identity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityInput {
    /// `email`, `phone`, `external_id` or `card_number`; may be called `kind` too.
    #[serde(rename = "type", alias = "kind")]
    #[schema(example = "card_number")]
    kind: String,
    /// As it is printed or typed. A card number has 4 to 40 letters and digits.
    #[schema(example = "0017-1234")]
    value: String,
}

/// Adds an identity, so that it leads to the member too: 201 if it is new, 200 if they had it. A card number is scanned
/// and typed like the card's own code.
#[utoipa::path(post, path = "/v1/members/{id}/identities", tag = "members", request_body = IdentityInput,
    operation_id = "add_identity",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("If-Match" = Option<String>, Header, description = "The version that was seen"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The member, who has one more", body = MemberAndCardsView),
              (status = 200, description = "The member, who had it", body = MemberAndCardsView)))]
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<IdentityInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &who, &id)?;
        add_identity(tx, deed, &member.id, version, (&value.kind, &value.value))
    };
    let render = move |added: &Added| {
        let status = if added.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        answer(status, &MemberAndCardsView::new(&house, added.sheet.clone()))
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Takes an identity away, which leads to nobody then.
#[utoipa::path(delete, path = "/v1/members/{id}/identities/{identity}", tag = "members",
    operation_id = "remove_identity",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("identity" = String, Path, description = "Its type, a colon and its value, such as `card_number:0017-1234`"),
           ("If-Match" = Option<String>, Header, description = "The version that was seen"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The member", body = MemberAndCardsView)))]
pub(super) async fn remove(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    named: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let version = if_match(request.headers())?;
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let (id, identity) = &*named;
        let member = find_member(tx, &who, id)?;
        remove_identity(tx, deed, &member.id, version, identity)
    };
    let render =
        move |sheet: &MemberSheet| answer(StatusCode::OK, &MemberAndCardsView::new(&house, sheet.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
