//! Value of gift cards moves: it is spent, comes back, is added, goes from one to another.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::gift_cards::{GiftCardView, GiftEntryView, find_gift_card};
use super::orders::{MoneyFields, WORD_MAX, is_word};
use super::{answer, respond};
use crate::actions::reason::read_reason;
use crate::actions::reverse_gift_entry::reverse_gift_entry;
use crate::actions::spend_gift_card::{Spending, spend_gift_card};
use crate::actions::top_up_gift_card::top_up_gift_card;
use crate::actions::transfer_gift_value::transfer_gift_value;
use crate::actions::{ActionError, Answer, Caller, Code, Deed, Fault, GiftMoved, GiftNote, perform};
use crate::http::body::Posted;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::types::{GiftEntryId, Money, OrderId};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/gift-cards/{id}/spend", web::post().to(spend))
        .route("/v1/gift-cards/{id}/top-up", web::post().to(top_up))
        .route("/v1/gift-cards/{id}/transfer", web::post().to(transfer))
        .route("/v1/gift-entries/{id}/reversal", web::post().to(reverse));
}

/// What is paid with a gift card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SpendingInput {
    /// How much.
    #[schema(value_type = MoneyFields)]
    amount: Money,
    /// The till's own id; the same one again answers the same.
    #[schema(example = "till-1-000042-gift")]
    external_id: String,
    /// The id of the order that is paid with it.
    order: Option<String>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// What is added to a gift card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TopUpInput {
    /// How much.
    #[schema(value_type = MoneyFields)]
    amount: Money,
    /// The caller's own id; the same one again answers the same.
    external_id: Option<String>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// What goes to another gift card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GiftTransferInput {
    /// The other gift card: its id, or what was scanned or typed.
    to: String,
    /// How much.
    #[schema(value_type = MoneyFields)]
    amount: Money,
    /// The caller's own id; the same one again answers the same.
    external_id: Option<String>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// What comes back of a spending.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GiftReversalInput {
    /// How much; all that is left of it if left out.
    #[schema(value_type = Option<MoneyFields>)]
    amount: Option<Money>,
    /// The caller's own id; the same one again answers the same.
    external_id: Option<String>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// A movement of stored value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GiftMovement)]
pub(super) struct MovedView {
    /// The gift card after it.
    gift_card: GiftCardView,
    /// The movement.
    entry: GiftEntryView,
    /// The gift card that the value went to, after it.
    to: Option<GiftCardView>,
}

/// How a movement is answered: 201, or 200 if it was recorded before.
pub(super) fn render(state: &State) -> impl FnOnce(&GiftMoved) -> Answer + Send + use<> {
    let house = state.house.clone();
    move |moved: &GiftMoved| {
        let status = if moved.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        let now = house.now();
        let view = MovedView {
            entry: GiftEntryView::new(moved.entry.clone(), moved.account.currency),
            gift_card: GiftCardView::new(moved.account.clone(), now),
            to: moved.other.clone().map(|other| GiftCardView::new(other, now)),
        };
        answer(status, &view)
    }
}

async fn act<D>(state: &State, caller: Caller, deed: D) -> Result<HttpResponse, Problem>
where
    D: FnOnce(&mut Tx<'_>, &Deed) -> Result<GiftMoved, ActionError> + Send + 'static,
{
    Ok(respond(
        perform(&state.house, caller, deed, render(state)).await?,
    )?)
}

/// Pays with a gift card, in part or in whole: 201, or 200 if it was recorded before.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/spend", tag = "gift cards", operation_id = "spend_gift_card",
    request_body = SpendingInput,
    params(("id" = String, Path, description = "The id, or what was scanned or typed"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Recorded now", body = MovedView),
              (status = 200, description = "Recorded before", body = MovedView)))]
pub(super) async fn spend(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<SpendingInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let order =
        match value.order {
            None => None,
            Some(text) => Some(text.parse::<OrderId>().map_err(|_| {
                ActionError::fault("/order", "unknown_order", "The program has no such order.")
            })?),
        };
    let spending = Spending {
        amount: value.amount,
        order,
        note: note(Some(value.external_id), &value.reason)?,
    };
    let who = caller.clone();
    act(&state, caller, move |tx: &mut Tx<'_>, deed: &Deed| {
        let found = find_gift_card(tx, &who, &id)?;
        spend_gift_card(tx, deed, &found.id, &spending)
    })
    .await
}

/// Puts more value on a gift card, of the kind that it holds: 201, or 200 if it was recorded before.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/top-up", tag = "gift cards", operation_id = "top_up_gift_card",
    request_body = TopUpInput,
    params(("id" = String, Path, description = "The id, or what was scanned or typed"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Recorded now", body = MovedView),
              (status = 200, description = "Recorded before", body = MovedView)))]
pub(super) async fn top_up(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<TopUpInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let note = note(value.external_id, &value.reason)?;
    let who = caller.clone();
    act(&state, caller, move |tx: &mut Tx<'_>, deed: &Deed| {
        let found = find_gift_card(tx, &who, &id)?;
        top_up_gift_card(tx, deed, &found.id, value.amount, &note)
    })
    .await
}

/// Moves value to another gift card of the same program, currency and value: 201, or 200 if it was recorded before.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/transfer", tag = "gift cards", operation_id = "transfer_gift_value",
    request_body = GiftTransferInput,
    params(("id" = String, Path, description = "The id, or what was scanned or typed"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Recorded now", body = MovedView),
              (status = 200, description = "Recorded before", body = MovedView)))]
pub(super) async fn transfer(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<GiftTransferInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let note = note(value.external_id, &value.reason)?;
    let who = caller.clone();
    act(&state, caller, move |tx: &mut Tx<'_>, deed: &Deed| {
        let from = find_gift_card(tx, &who, &id)?;
        let to = find_gift_card(tx, &who, &value.to).map_err(|error| match error.code {
            Code::NotFound => {
                ActionError::fault("/to", "unknown_gift_card", "There is no such gift card here.")
            }
            _ => error,
        })?;
        transfer_gift_value(tx, deed, (&from.id, &to.id), value.amount, &note)
    })
    .await
}

/// Gives a spending back to its gift card, in whole or in part: 201, or 200 if it was recorded before.
#[utoipa::path(post, path = "/v1/gift-entries/{id}/reversal", tag = "gift cards", operation_id = "reverse_gift_entry",
    request_body = GiftReversalInput,
    params(("id" = String, Path, description = "The id of the spending's entry"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Recorded now", body = MovedView),
              (status = 200, description = "Recorded before", body = MovedView)))]
pub(super) async fn reverse(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<GiftReversalInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let note = note(value.external_id, &value.reason)?;
    let id: GiftEntryId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    act(&state, caller, move |tx: &mut Tx<'_>, deed: &Deed| {
        reverse_gift_entry(tx, deed, &id, value.amount, &note)
    })
    .await
}

/// What is said of a movement, if it can be kept.
pub(super) fn note(external_id: Option<String>, reason: &str) -> Result<GiftNote, ActionError> {
    let mut faults = Vec::new();
    if external_id.as_ref().is_some_and(|id| !is_word(id)) {
        let detail = format!("Write 1 to {WORD_MAX} characters without control characters.");
        faults.push(Fault::new("/external_id", "bad_text", detail));
    }
    let reason = read_reason(reason).unwrap_or_else(|error| {
        faults.extend(error.faults);
        String::new()
    });
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    Ok(GiftNote {
        external_id: external_id.map(|id| id.trim().to_owned()),
        reason,
    })
}
