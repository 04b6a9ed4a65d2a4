//! Receipts: sales without a card, which a member claims later, once.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ledger_views::MoneyView;
use super::orders::{
    LineInput, MoneyInput, OrderInput, RecordedView, check_holder, check_sale, recorded_view,
};
use super::{answer, respond};
use crate::actions::claim_receipt::{Claimed, claim_receipt, void_receipt};
use crate::actions::record_order::Holder;
use crate::actions::record_receipt::{RecordedReceipt, record_receipt};
use crate::actions::{ActionError, Caller, Code, Deed, House, perform};
use crate::http::body::{Posted, Who, idempotency_key};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::receipts::{self, Receipt};
use crate::store::{Db, Tx};
use crate::types::{Currency, MemberId, Money, OrderId, Points, ProgramId, ReceiptId, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/receipts", web::post().to(record))
        .route("/v1/receipts/{id}", web::get().to(show))
        .route("/v1/receipts/{id}/claim", web::post().to(claim))
        .route("/v1/receipts/{id}/void", web::post().to(void));
}

/// A sale without a card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptInput {
    /// Its program; a key for one program need not name it.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// The till's own id, and that of the order that it becomes; the same one again answers the same.
    #[schema(example = "till-1-000042")]
    external_id: String,
    /// What was paid.
    #[schema(value_type = MoneyInput)]
    total: serde_json::Value,
    /// The currency, if `total` is a plain number; the program's if left out.
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    /// What was bought.
    #[serde(default)]
    lines: Vec<LineInput>,
    /// Where.
    location: Option<String>,
    /// By which way: `till`, `web`.
    channel: Option<String>,
    /// When it was paid; now if left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Time>,
}

/// Who claims a receipt.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimInput {
    /// The code that was scanned or typed.
    card: Option<String>,
    /// Instead of a card: the member's id, or `external:` and the caller's own id.
    member: Option<String>,
}

/// A sale without a card, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(super) struct ReceiptView {
    /// Its id.
    #[schema(value_type = String)]
    id: ReceiptId,
    /// Its program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// The till's own id.
    external_id: String,
    /// What was paid.
    total: MoneyView,
    /// `open`, `claimed`, `voided` or `expired`.
    state: &'static str,
    /// Where a customer claims it: print it on the receipt, as a QR code. Whoever has it can claim it, once.
    claim_url: String,
    /// Points that a new member would have earned with it.
    #[schema(value_type = i64)]
    would_earn: Points,
    /// When it was paid.
    #[schema(value_type = String, format = DateTime)]
    paid_at: Time,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// The first instant at which it can be claimed no more.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// When it was claimed.
    #[schema(value_type = Option<String>, format = DateTime)]
    claimed_at: Option<Time>,
    /// Who claimed it.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
    /// The order that it became.
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
}

impl ReceiptView {
    fn new(house: &House, receipt: Receipt) -> Self {
        Self {
            state: receipt.state(house.now()),
            claim_url: format!("{}/claim/{}", house.public_url, house.receipt_token(&receipt.id)),
            total: MoneyView::from(Money {
                minor: receipt.total_minor,
                currency: receipt.currency,
            }),
            id: receipt.id,
            program: receipt.program_id,
            external_id: receipt.external_id,
            would_earn: receipt.would_earn,
            paid_at: receipt.paid_at,
            created_at: receipt.created_at,
            expires_at: receipt.expires_at,
            claimed_at: receipt.claimed_at,
            member: receipt.member_id,
            order: receipt.order_id,
        }
    }
}

/// A claimed receipt, and what it brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClaimedReceipt)]
pub(super) struct ClaimedView {
    /// The receipt.
    receipt: ReceiptView,
    /// The order that it became, as if the card had been shown when it was paid.
    recorded: RecordedView,
}

/// Records a sale without a card: 201, or 200 with the same answer if it was recorded before.
#[utoipa::path(post, path = "/v1/receipts", tag = "orders", operation_id = "record_receipt",
    request_body = ReceiptInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Recorded now", body = ReceiptView),
              (status = 200, description = "Recorded before", body = ReceiptView)))]
pub(super) async fn record(
    state: Data<State>,
    posted: Posted<ReceiptInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: input } = posted;
    let program = input.program;
    let sale = OrderInput {
        external_id: input.external_id,
        card: None,
        member: None,
        total: input.total,
        currency: input.currency,
        lines: input.lines,
        location: input.location,
        channel: input.channel,
        paid_at: input.paid_at,
    };
    // Whoever claims it takes the place of the card.
    let new = check_sale(sale, |_| Ok(Some(Holder::Card(String::new()))))?;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| record_receipt(tx, deed, program.as_ref(), &new);
    let render = move |recorded: &RecordedReceipt| {
        let status = if recorded.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        answer(status, &ReceiptView::new(&house, recorded.receipt.clone()))
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Shows a receipt.
#[utoipa::path(get, path = "/v1/receipts/{id}", tag = "orders", operation_id = "show_receipt",
    params(("id" = String, Path, description = "The receipt's id, or the last part of its `claim_url`")),
    responses((status = 200, description = "The receipt", body = ReceiptView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = read_id(&state.house, &id)?;
    let find = move |db: &mut Db| find(db, &who.0, &id);
    let receipt = state.house.store.read(find).await?;
    Ok(HttpResponse::Ok().json(ReceiptView::new(&state.house, receipt)))
}

/// Claims a receipt for a member, once: it becomes an order by the rules of when it was paid. The same member again is
/// answered the same, any other is refused.
#[utoipa::path(post, path = "/v1/receipts/{id}/claim", tag = "orders", operation_id = "claim_receipt",
    request_body = ClaimInput,
    params(("id" = String, Path, description = "The receipt's id, or the last part of its `claim_url`"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Claimed now", body = ClaimedView),
              (status = 200, description = "Claimed by the same member before", body = ClaimedView)))]
pub(super) async fn claim(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<ClaimInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let id = read_id(&state.house, &id)?;
    let mut faults = Vec::new();
    let Some(holder) = check_holder(value.card, value.member, &mut faults)? else {
        return Err(ActionError::invalid(faults).into());
    };
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| claim_receipt(tx, deed, &id, &holder);
    let render = move |claimed: &Claimed| {
        let status = if claimed.recorded.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        let view = ClaimedView {
            receipt: ReceiptView::new(&house, claimed.receipt.clone()),
            recorded: recorded_view(&house, &claimed.recorded),
        };
        answer(status, &view)
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Notes that the sale was taken back, before anybody claimed its receipt.
#[utoipa::path(post, path = "/v1/receipts/{id}/void", tag = "orders", operation_id = "void_receipt",
    params(("id" = String, Path, description = "The receipt's id, or the last part of its `claim_url`"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The receipt", body = ReceiptView)))]
pub(super) async fn void(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id = read_id(&state.house, &id)?;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| void_receipt(tx, deed, &id);
    let render = move |receipt: &Receipt| answer(StatusCode::OK, &ReceiptView::new(&house, receipt.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

fn read_id(house: &House, text: &str) -> Result<ReceiptId, ActionError> {
    let id = text.parse().ok().or_else(|| house.receipt_of_token(text));
    id.ok_or_else(|| ActionError::new(Code::NotFound))
}

fn find(db: &mut Db, caller: &Caller, id: &ReceiptId) -> Result<Receipt, ActionError> {
    let receipt = receipts::get(db, id)?;
    caller.check_sees(&receipt.program_id)?;
    Ok(receipt)
}
