//! Orders, refunds and undo.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ledger_views::{EntryView, OrderView, RefundView};
use super::members::MovementView;
use super::redemptions::RedemptionView;
use super::views::CardView;
use super::{answer, respond};
use crate::actions::adjust_points::Moved;
use crate::actions::reason::read_reason;
use crate::actions::record_order::{Holder, NewOrder, Recorded, record_order};
use crate::actions::refund_order::{NewRefund, Refunded, refund_order};
use crate::actions::reverse_entry::reverse_entry;
use crate::actions::{ActionError, Code, Deed, Fault, House, Promised, perform};
use crate::http::body::{Posted, Who, idempotency_key};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::line_refund::Wanted;
use crate::loyalty::rule::facts::Line;
use crate::store::{Tx, orders};
use crate::types::{Currency, EntryId, MemberId, Money, OrderId, Points, Time};

/// Longest id, SKU, category, location and channel, in characters.
pub(super) const WORD_MAX: usize = 200;
/// Most pieces of a line.
const QUANTITY_MAX: i64 = 1_000_000;
/// Most lines of an order.
const LINES_MAX: usize = 1_000;

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/orders", web::post().to(record))
        .route("/v1/orders/{id}", web::get().to(show))
        .route("/v1/orders/{id}/refunds", web::post().to(refund))
        .route("/v1/entries/{id}/reversal", web::post().to(reverse));
}

/// Money as it comes: an object, or whole minor units of the order's currency.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "whole minor units, or {\"amount\": whole minor units, \"currency\": \"EUR\"}"
)]
pub(super) enum MoneyInput {
    /// With its currency.
    Money(MoneyFields),
    /// Minor units alone.
    Minor(i64),
}

/// Money in minor units.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MoneyFields {
    /// Minor units: 1250 is 12.50 EUR.
    #[schema(example = 1250)]
    amount: i64,
    /// ISO 4217.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
}

/// A purchase.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderInput {
    /// The till's own id; the same one again answers the same.
    #[schema(example = "till-1-000042")]
    pub(super) external_id: String,
    /// The code that was scanned or typed.
    pub(super) card: Option<String>,
    /// Instead of a card: the member's id, or `external:` and the caller's own id.
    pub(super) member: Option<String>,
    /// What was paid.
    #[schema(value_type = MoneyInput)]
    pub(super) total: serde_json::Value,
    /// The currency, if `total` is a plain number; the program's if left out.
    #[schema(value_type = Option<String>)]
    pub(super) currency: Option<Currency>,
    /// What was bought.
    #[serde(default)]
    pub(super) lines: Vec<LineInput>,
    /// Where.
    pub(super) location: Option<String>,
    /// By which way: `till`, `web`.
    pub(super) channel: Option<String>,
    /// When it was paid; now if left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) paid_at: Option<Time>,
}

/// A line of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LineInput {
    /// The article.
    sku: Option<String>,
    /// Its category.
    category: Option<String>,
    /// How many.
    quantity: i64,
    /// The line's sum in minor units.
    amount: Option<i64>,
}

impl From<LineInput> for Line {
    fn from(input: LineInput) -> Self {
        Self {
            sku: input.sku,
            category: input.category,
            quantity: input.quantity,
            amount_minor: input.amount,
            is_excluded: false,
        }
    }
}

/// A recorded order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordedOrder)]
pub(super) struct RecordedView {
    /// The order.
    order: OrderView,
    /// What it moved.
    entries: Vec<EntryView>,
    /// What it promised for later.
    promised: Vec<PromisedView>,
    /// The rewards that it brought.
    redemptions: Vec<RedemptionView>,
    /// The card after it.
    card: CardView,
}

/// Points that cannot be spent yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Promised)]
pub(super) struct PromisedView {
    /// The points.
    #[schema(value_type = i64)]
    points: Points,
    /// From when on they can be spent.
    #[schema(value_type = String, format = DateTime)]
    active_from: Time,
}

impl PromisedView {
    pub(super) fn new(promised: &Promised) -> Self {
        Self {
            points: promised.points,
            active_from: promised.active_from,
        }
    }
}

/// Records an order: 201, or 200 with the same answer if it was recorded before.
#[utoipa::path(post, path = "/v1/orders", tag = "orders", request_body = OrderInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Recorded now", body = RecordedView),
              (status = 200, description = "Recorded before", body = RecordedView)))]
pub(super) async fn record(state: Data<State>, posted: Posted<OrderInput>) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let new = check_order(value)?;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| record_order(tx, deed, &new);
    let render = move |recorded: &Recorded| {
        let status = if recorded.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        answer(status, &recorded_view(&house, recorded))
    };
    let done = perform(&state.house, caller, deed, render).await?;
    state.house.metrics.deed("record_order");
    Ok(respond(done)?)
}

/// A recorded order as it is answered.
pub(super) fn recorded_view(house: &House, recorded: &Recorded) -> RecordedView {
    let issued = recorded.issued.iter().cloned();
    RecordedView {
        order: recorded.order.clone().into(),
        entries: recorded.entries.iter().cloned().map(EntryView::from).collect(),
        promised: recorded.promised.iter().map(PromisedView::new).collect(),
        redemptions: issued.map(|one| RedemptionView::new(house, one)).collect(),
        card: CardView::new(house, recorded.sheet.clone()),
    }
}

/// Whether a text may be an id or a name of the caller's own.
pub(super) fn is_word(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= WORD_MAX && !text.chars().any(char::is_control)
}

/// Whom a body means: it names either a card or a member.
pub(super) fn check_holder(
    card: Option<String>,
    member: Option<String>,
    faults: &mut Vec<Fault>,
) -> Result<Option<Holder>, ActionError> {
    match (card, member) {
        (Some(card), None) => Ok(Some(Holder::Card(card))),
        (None, Some(member)) => match member.strip_prefix("external:") {
            Some(external) => Ok(Some(Holder::MemberExternal(external.to_owned()))),
            None => match member.parse::<MemberId>() {
                Ok(id) => Ok(Some(Holder::Member(id))),
                Err(_) => Err(ActionError::new(Code::UnknownMember)),
            },
        },
        _ => {
            faults.push(Fault::new(
                "/card",
                "one_of",
                "Name either a `card` or a `member`.",
            ));
            Ok(None)
        }
    }
}

pub(super) fn check_order(mut input: OrderInput) -> Result<NewOrder, ActionError> {
    let (card, member) = (input.card.take(), input.member.take());
    check_sale(input, |faults| check_holder(card, member, faults))
}

/// What a till says of a sale, whoever bought.
pub(super) fn check_sale(
    input: OrderInput,
    find_holder: impl FnOnce(&mut Vec<Fault>) -> Result<Option<Holder>, ActionError>,
) -> Result<NewOrder, ActionError> {
    let mut faults = Vec::new();
    let mut ranges = Vec::new();
    let mut word = |pointer: String, text: &str| {
        if !is_word(text) {
            faults.push(Fault::new(
                pointer,
                "bad_text",
                "Write 1 to 200 characters without control characters.",
            ));
        }
    };
    word("/external_id".to_owned(), &input.external_id);
    for (name, text) in [("location", &input.location), ("channel", &input.channel)] {
        if let Some(text) = text {
            word(format!("/{name}"), text);
        }
    }
    for (index, line) in input.lines.iter().enumerate().take(LINES_MAX) {
        let amount = line.amount.unwrap_or_default();
        if !(0..=QUANTITY_MAX).contains(&line.quantity)
            || amount.unsigned_abs() > Money::MAX_MINOR.unsigned_abs()
        {
            ranges.push(Fault::new(
                format!("/lines/{index}"),
                "out_of_range",
                "A line has 0 to 1,000,000 pieces and an amount within the range of money.",
            ));
        }
        for (name, text) in [("sku", &line.sku), ("category", &line.category)] {
            if let Some(text) = text {
                word(format!("/lines/{index}/{name}"), text);
            }
        }
    }
    faults.append(&mut ranges);
    if input.lines.len() > LINES_MAX {
        faults.push(Fault::new(
            "/lines",
            "too_many",
            "An order has at most 1,000 lines.",
        ));
    }
    let holder = find_holder(&mut faults)?;
    let total = match crate::http::body::parse_value::<MoneyInput>(input.total, "/total") {
        Ok(total) => Some(total),
        Err(error) => {
            faults.extend(error.faults);
            None
        }
    };
    let (Some(holder), Some(total), true) = (holder, total, faults.is_empty()) else {
        return Err(ActionError::invalid(faults));
    };
    let (total_minor, currency) = match total {
        MoneyInput::Money(money) => (money.amount, Some(money.currency)),
        MoneyInput::Minor(minor) => (minor, input.currency),
    };
    if let (Some(one), Some(other)) = (currency, input.currency)
        && one != other
    {
        let detail = format!("`total` is in {one}, `currency` says {other}.");
        return Err(ActionError::fault("/currency", "currency_mismatch", detail));
    }
    Ok(NewOrder {
        source: "api".to_owned(),
        external_id: input.external_id.trim().to_owned(),
        holder,
        total_minor,
        currency,
        paid_at: input.paid_at,
        lines: input.lines.into_iter().map(Line::from).collect(),
        location: input.location,
        channel: input.channel,
    })
}

/// Shows an order.
#[utoipa::path(get, path = "/v1/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The order's id, or with a key of one program `external:` and the till's own id")),
    responses((status = 200, description = "The order", body = OrderView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let order = state
        .house
        .store
        .read(move |db| find_order(db, &who.0, &id))
        .await?;
    Ok(HttpResponse::Ok().json(OrderView::from(order)))
}

fn find_order(
    db: &mut crate::store::Db,
    caller: &crate::actions::Caller,
    id: &str,
) -> Result<orders::Order, ActionError> {
    let missing = || ActionError::new(Code::NotFound);
    let order = match (id.strip_prefix("external:"), &caller.program) {
        (Some(external), Some(program)) => {
            orders::find_by_external_id(db, program, "api", external)?.ok_or_else(missing)?
        }
        _ => orders::get(db, &id.parse::<OrderId>().map_err(|_| missing())?)?,
    };
    caller.check_sees(&order.program_id)?;
    Ok(order)
}

/// Money given back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundInput {
    /// The till's own id; the same one again answers the same.
    external_id: Option<String>,
    /// How much; all that is left if left out.
    amount: Option<MoneyFields>,
    /// Instead of an amount: the lines that go back, at most 1,000.
    lines: Option<Vec<LineBackInput>>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// What goes back of a line of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LineBackInput {
    /// The line's place in the order; the first is 0.
    line: usize,
    /// How many pieces; 0 where only money goes back.
    quantity: i64,
    /// Minor units; what the pieces cost if left out. All refunds of a line together never come to more than it.
    amount: Option<i64>,
}

/// A recorded refund.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordedRefund)]
pub(super) struct RefundedView {
    /// The refund.
    refund: RefundView,
    /// The order after it.
    order: OrderView,
    /// What it moved.
    entries: Vec<EntryView>,
    /// The card after it.
    card: CardView,
}

/// Refunds an order, in whole, by an amount or by lines. By an amount the points go back pro rata; by lines each rule
/// takes back what it gave for just those lines, by their money or their pieces, and excluded lines take nothing back.
/// Where the lines come to more than was paid, what was taken off the whole order is spread over them. An amount that
/// is refunded besides counts for everything that was not given back by lines.
#[utoipa::path(post, path = "/v1/orders/{id}/refunds", tag = "orders", request_body = RefundInput,
    params(("id" = String, Path, description = "The order's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Recorded now", body = RefundedView),
              (status = 200, description = "Recorded before", body = RefundedView)))]
pub(super) async fn refund(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<RefundInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let reason = read_reason(&value.reason)?;
    let external_id = value.external_id.as_ref();
    if external_id.is_some_and(|id| id.chars().count() > WORD_MAX || id.contains('\0')) {
        let detail = format!("Write at most {WORD_MAX} characters, and no NUL.");
        return Err(ActionError::fault("/external_id", "bad_text", detail).into());
    }
    let amount = match value.amount {
        Some(money) => Some(
            Money::new(money.amount, money.currency)
                .map_err(|error| ActionError::fault("/amount/amount", "out_of_range", error.to_string()))?,
        ),
        None => None,
    };
    let lines = check_lines(value.lines, amount.is_some())?;
    let new = NewRefund {
        external_id: value.external_id,
        amount,
        lines,
        reason,
    };
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let order = find_order(tx, &who, &id)?;
        refund_order(tx, deed, &order.id, &new)
    };
    let render = move |refunded: &Refunded| {
        let status = if refunded.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        answer(status, &refunded_view(&house, refunded))
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// A refund as it is answered.
pub(super) fn refunded_view(house: &House, refunded: &Refunded) -> RefundedView {
    RefundedView {
        refund: RefundView::new(refunded.refund.clone(), refunded.order.currency),
        order: refunded.order.clone().into(),
        entries: refunded.entries.iter().cloned().map(EntryView::from).collect(),
        card: CardView::new(house, refunded.sheet.clone()),
    }
}

fn check_lines(lines: Option<Vec<LineBackInput>>, has_amount: bool) -> Result<Vec<Wanted>, ActionError> {
    let Some(lines) = lines else {
        return Ok(Vec::new());
    };
    if has_amount {
        let detail = "Name either an `amount` or `lines`.";
        return Err(ActionError::fault("/lines", "one_of", detail));
    }
    if lines.is_empty() || lines.len() > LINES_MAX {
        let detail = "Name 1 to 1,000 lines, or leave them out to give everything back.";
        return Err(ActionError::fault("/lines", "out_of_range", detail));
    }
    let most = Money::MAX_MINOR;
    let mut faults = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let is_money = line.amount.is_none_or(|amount| (0..=most).contains(&amount));
        if !(0..=QUANTITY_MAX).contains(&line.quantity) || !is_money {
            let detail = "0 to 1,000,000 pieces of a line go back, with an amount within the range of money.";
            faults.push(Fault::new(format!("/lines/{place}"), "out_of_range", detail));
        }
    }
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    let wanted = lines.into_iter().map(|line| Wanted {
        line: line.line,
        quantity: line.quantity,
        amount: line.amount,
    });
    Ok(wanted.collect())
}

/// Undoes an entry by another one.
#[utoipa::path(post, path = "/v1/entries/{id}/reversal", tag = "orders",
    params(("id" = String, Path, description = "The entry's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The new entry and the card after it", body = MovementView)))]
pub(super) async fn reverse(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id: EntryId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| reverse_entry(tx, deed, &id);
    let render = move |moved: &Moved| answer(StatusCode::CREATED, &MovementView::new(&house, moved));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
