//! Gift cards: issued, shown, listed, voided.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::gift_moves::{MovedView, note, render};
use super::ledger_views::MoneyView;
use super::lists::{List, Page};
use super::members::find_member;
use super::orders::MoneyFields;
use super::{answer, respond};
use crate::actions::issue_gift_card::{NewGiftCard, issue_gift_card};
use crate::actions::void_gift_card::void_gift_card;
use crate::actions::{ActionError, Caller, Code, Deed, perform};
use crate::http::body::{Posted, Who, idempotency_key};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::gift::{GiftCode, GiftState, GiftValue};
use crate::store::gift_accounts::{self, GiftAccount};
use crate::store::gift_entries::{self, GiftEntry};
use crate::store::{Db, Tx};
use crate::types::{Currency, GiftAccountId, GiftEntryId, MemberId, Money, OrderId, ProgramId, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/gift-cards", web::post().to(issue))
        .route("/v1/gift-cards/{id}", web::get().to(show))
        .route("/v1/gift-cards/{id}/entries", web::get().to(list_entries))
        .route("/v1/gift-cards/{id}/void", web::post().to(void))
        .route("/v1/members/{id}/gift-cards", web::get().to(list_of_member));
}

/// Where stored value comes from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = GiftValue)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::gift::GiftValue` in the document alone"
)]
pub(super) enum GiftValueShape {
    /// Somebody paid for it.
    Paid,
    /// The shop gave it.
    Earned,
}

/// A new gift card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GiftCardInput {
    /// Its program; a key for one program need not name it.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// Its first value, in the program's currency.
    #[schema(value_type = MoneyFields)]
    amount: Money,
    /// Whose it is: the member's id, or `external:` and the caller's own id.
    member: Option<String>,
    /// The first instant at which it can be spent no more; never if left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// The caller's own id; the same one again answers the same.
    external_id: Option<String>,
    /// `paid` if left out; `earned` value is given with an owner's or a manager's key.
    #[schema(value_type = Option<GiftValueShape>)]
    value: Option<GiftValue>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// A gift card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GiftCard)]
pub(super) struct GiftCardView {
    /// Its id.
    #[schema(value_type = String)]
    id: GiftAccountId,
    /// Its program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// What is scanned or typed; whoever has it can spend what is left.
    #[schema(example = "40123456789012345674")]
    code: String,
    /// `paid` or `earned`, for ever.
    value: String,
    /// What it holds.
    balance: MoneyView,
    /// Whose it is, if the shop knows.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
    /// `active`, `expired` or `voided`.
    state: &'static str,
    /// The first instant at which it can be spent no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When it was voided.
    #[schema(value_type = Option<String>, format = DateTime)]
    voided_at: Option<Time>,
    /// Counts its changes.
    version: i64,
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl GiftCardView {
    pub(super) fn new(account: GiftAccount, now: Time) -> Self {
        Self {
            state: GiftState::of(account.expires_at, account.voided_at, now).name(),
            balance: money(account.balance_minor, account.currency),
            id: account.id,
            program: account.program_id,
            code: account.code,
            value: account.value,
            member: account.member_id,
            expires_at: account.expires_at,
            voided_at: account.voided_at,
            version: account.version,
            created_at: account.created_at,
        }
    }
}

/// One movement of a gift card's value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GiftEntry)]
pub(super) struct GiftEntryView {
    /// Its id.
    #[schema(value_type = String)]
    id: GiftEntryId,
    /// The gift card.
    #[schema(value_type = String)]
    gift_card: GiftAccountId,
    /// `issue`, `top_up`, `spend`, `spend_reversal`, `transfer_in`, `transfer_out`, `void` or `expire`.
    kind: String,
    /// What it adds; negative takes away.
    amount: MoneyView,
    /// What the gift card held after it.
    balance_after: MoneyView,
    /// The caller's own id.
    external_id: Option<String>,
    /// The order that was paid with it.
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
    /// The spending that it gives back.
    #[schema(value_type = Option<String>)]
    reverses: Option<GiftEntryId>,
    /// The other gift card of a transfer.
    #[schema(value_type = Option<String>)]
    counterpart: Option<GiftAccountId>,
    /// Why.
    reason: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl GiftEntryView {
    pub(super) fn new(entry: GiftEntry, currency: Currency) -> Self {
        Self {
            amount: money(entry.minor, currency),
            balance_after: money(entry.balance_after, currency),
            id: entry.id,
            gift_card: entry.account_id,
            kind: entry.kind,
            external_id: entry.external_id,
            order: entry.order_id,
            reverses: entry.reverses,
            counterpart: entry.counterpart_id,
            reason: entry.reason,
            created_at: entry.created_at,
        }
    }
}

fn money(minor: i64, currency: Currency) -> MoneyView {
    MoneyView::from(Money { minor, currency })
}

/// Issues a gift card: 201, or 200 if it was issued before.
#[utoipa::path(post, path = "/v1/gift-cards", tag = "gift cards", operation_id = "issue_gift_card",
    request_body = GiftCardInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Issued now", body = MovedView),
              (status = 200, description = "Issued before", body = MovedView)))]
pub(super) async fn issue(
    state: Data<State>,
    posted: Posted<GiftCardInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: input } = posted;
    let note = note(input.external_id, &input.reason)?;
    let member = input.member;
    let new = NewGiftCard {
        program: input.program,
        value: input.value.unwrap_or(GiftValue::Paid),
        amount: input.amount,
        member: None,
        expires_at: input.expires_at,
        note,
    };
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = match member {
            Some(text) => Some(find_holder(tx, &who, &text)?),
            None => None,
        };
        issue_gift_card(tx, deed, &NewGiftCard { member, ..new })
    };
    let render = render(&state);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// The member that a body names.
fn find_holder(db: &mut Db, caller: &Caller, text: &str) -> Result<MemberId, ActionError> {
    match find_member(db, caller, text) {
        Ok(member) => Ok(member.id),
        Err(error) if error.code == Code::NotFound => Err(ActionError::new(Code::UnknownMember)),
        Err(error) => Err(error),
    }
}

/// Shows a gift card, by its id or its code.
#[utoipa::path(get, path = "/v1/gift-cards/{id}", tag = "gift cards", operation_id = "show_gift_card",
    params(("id" = String, Path, description = "The id, or what was scanned or typed")),
    responses((status = 200, description = "The gift card", body = GiftCardView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let found = state
        .house
        .store
        .read(move |db| find_gift_card(db, &who.0, &id))
        .await?;
    Ok(HttpResponse::Ok().json(GiftCardView::new(found, state.house.now())))
}

/// Lists a member's gift cards, newest first, those that are used up too.
#[utoipa::path(get, path = "/v1/members/{id}/gift-cards", tag = "gift cards", operation_id = "list_gift_cards",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"), Page),
    responses((status = 200, description = "Gift cards", body = List<GiftCardView>)))]
pub(super) async fn list_of_member(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    page: Query<Page>,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = (page.limit()?, page.after::<GiftAccountId>()?);
    let rows = state
        .house
        .store
        .read(move |db| {
            let member = find_member(db, &who.0, &id)?;
            let before = before.as_ref();
            Ok::<_, ActionError>(gift_accounts::list_by_member(db, &member.id, before, limit + 1)?)
        })
        .await?;
    let now = state.house.now();
    Ok(HttpResponse::Ok().json(List::of(
        rows,
        limit,
        |row: &GiftAccount| row.id.as_str(),
        |row| GiftCardView::new(row, now),
    )))
}

/// Lists a gift card's movements, newest first.
#[utoipa::path(get, path = "/v1/gift-cards/{id}/entries", tag = "gift cards", operation_id = "list_gift_entries",
    params(("id" = String, Path, description = "The id, or what was scanned or typed"), Page),
    responses((status = 200, description = "Movements", body = List<GiftEntryView>)))]
pub(super) async fn list_entries(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    page: Query<Page>,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = (page.limit()?, page.after::<GiftEntryId>()?);
    let (rows, currency) = state
        .house
        .store
        .read(move |db| {
            let account = find_gift_card(db, &who.0, &id)?;
            let rows = gift_entries::list_by_account(db, &account.id, before.as_ref(), limit + 1)?;
            Ok::<_, ActionError>((rows, account.currency))
        })
        .await?;
    Ok(HttpResponse::Ok().json(List::of(
        rows,
        limit,
        |row: &GiftEntry| row.id.as_str(),
        |row| GiftEntryView::new(row, currency),
    )))
}

/// Voids a gift card: what is left on it is taken off, and nothing can be done with it any more.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/void", tag = "gift cards", operation_id = "void_gift_card",
    params(("id" = String, Path, description = "The id, or what was scanned or typed"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The gift card", body = GiftCardView)))]
pub(super) async fn void(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let asking = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let found = find_gift_card(tx, &asking, &id)?;
        void_gift_card(tx, deed, &found.id)
    };
    let house = state.house.clone();
    let render = move |account: &GiftAccount| {
        let view = GiftCardView::new(account.clone(), house.now());
        answer(StatusCode::OK, &view)
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// The gift card that an id or code names. One of another program is not there, as if the code had been guessed wrong.
pub(super) fn find_gift_card(db: &mut Db, caller: &Caller, text: &str) -> Result<GiftAccount, ActionError> {
    let missing = || ActionError::new(Code::NotFound);
    let found = match GiftCode::parse(text) {
        Some(code) => gift_accounts::find_by_code(db, code.as_str())?.ok_or_else(missing)?,
        None => gift_accounts::get(db, &text.parse::<GiftAccountId>().map_err(|_| missing())?)?,
    };
    caller.check_sees(&found.program_id)?;
    Ok(found)
}
