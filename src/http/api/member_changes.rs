//! Changes of a member: edits and erasure.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

use super::members::{MemberAndCardsView, find_member};
use super::{answer, respond};
use crate::actions::change_member::{Edit, MemberChange, change_member};
use crate::actions::erase_member::erase_member;
use crate::actions::{Deed, MemberSheet, perform};
use crate::http::body::{Posted, Who, idempotency_key, if_match};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::types::{AttributeChanges, Language};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/members/{id}", web::patch().to(change))
        .route("/v1/members/{id}", web::delete().to(erase));
}

/// What is to change of a member: what is left out stays, null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberPatch {
    /// First name.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Lina")]
    first_name: Edit<String>,
    /// Last name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    last_name: Edit<String>,
    /// E-mail address; replaces every earlier one.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "lina@example.com")]
    email: Edit<String>,
    /// Phone number with its country code; replaces every earlier one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Edit<String>,
    /// The caller's own id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    external_id: Edit<String>,
    /// The language of their cards; the program's if null.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "ar")]
    language: Edit<Language>,
    /// Attributes of the shop's own: texts, whole numbers, true or false. Those left out stay, null takes one away.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({ "milk": "oat", "size": null }))]
    attributes: AttributeChanges,
    /// When they were born; a birthday that was kept this year stays the only one.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "1990-02-28")]
    birth_date: Edit<String>,
    /// What the staff write down, at most 2000 characters; no phone shows it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Edit<String>,
    /// Whether their cards change without a notice on the lock screen.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    is_quiet: Edit<bool>,
}

impl From<MemberPatch> for MemberChange {
    fn from(patch: MemberPatch) -> Self {
        Self {
            first_name: patch.first_name,
            last_name: patch.last_name,
            email: patch.email,
            phone: patch.phone,
            external_id: patch.external_id,
            language: patch.language,
            attributes: patch.attributes,
            birth_date: patch.birth_date,
            note: patch.note,
            is_quiet: patch.is_quiet,
        }
    }
}

/// Changes a member; cards that show what changed are told to phones.
#[utoipa::path(patch, path = "/v1/members/{id}", tag = "members", request_body = MemberPatch,
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("If-Match" = Option<String>, Header, description = "The version that the change is based on"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The member", body = MemberAndCardsView)))]
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<MemberPatch>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let change = MemberChange::from(value);
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &who, &id)?;
        change_member(tx, deed, &member.id, version, &change)
    };
    let render =
        move |sheet: &MemberSheet| answer(StatusCode::OK, &MemberAndCardsView::new(&house, sheet.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Erases a person: name, identities, language and attributes go, cards are void and phones are told. Ledger,
/// orders and books keep their amounts, and lead to nobody. After that the member is not there any more.
#[utoipa::path(delete, path = "/v1/members/{id}", tag = "members",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("If-Match" = Option<String>, Header, description = "The version that was seen"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "What is left: no person, and void cards", body = MemberAndCardsView)))]
pub(super) async fn erase(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let version = if_match(request.headers())?;
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &who, &id)?;
        erase_member(tx, deed, &member.id, version)
    };
    let render =
        move |sheet: &MemberSheet| answer(StatusCode::OK, &MemberAndCardsView::new(&house, sheet.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
