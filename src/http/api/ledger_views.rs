//! How what moved looks in answers: entries, orders, refunds, money.

use serde::Serialize;
use utoipa::ToSchema;

use crate::store::entries::Entry;
use crate::store::orders::{Order, Refund};
use crate::types::{CardId, Currency, EntryId, MemberId, Money, OrderId, Points, RefundId, Time};

/// One movement of a card's points.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entry)]
pub(super) struct EntryView {
    /// Its id.
    #[schema(value_type = String)]
    id: EntryId,
    /// `earn`, `refund`, `adjust` and so on.
    kind: String,
    /// What it adds; negative takes away.
    #[schema(value_type = i64)]
    points: Points,
    /// The card.
    #[schema(value_type = String)]
    card: CardId,
    /// The order that caused it.
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
    /// The refund that caused it.
    #[schema(value_type = Option<String>)]
    refund: Option<RefundId>,
    /// The entry that it undoes.
    #[schema(value_type = Option<String>)]
    reverses: Option<EntryId>,
    /// The entry on the other card, of points that went from card to card.
    #[schema(value_type = Option<String>)]
    counterpart: Option<EntryId>,
    /// Why.
    reason: String,
    /// The rule, promotion or reward that moved it; null for the program's own rule.
    term: Option<String>,
    /// In which version.
    term_version: Option<i64>,
    /// Why it is so much.
    #[schema(value_type = Option<Object>)]
    explanation: Option<serde_json::Value>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            points: entry.points,
            card: entry.card_id,
            order: entry.order_id,
            refund: entry.refund_id,
            reverses: entry.reverses,
            counterpart: entry.counterpart,
            reason: entry.reason,
            term: entry.term_id,
            term_version: entry.term_version,
            explanation: entry
                .explanation
                .and_then(|text| serde_json::from_str(&text).ok()),
            created_at: entry.created_at,
        }
    }
}

/// Money in minor units.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Money)]
pub(super) struct MoneyView {
    /// Minor units: 1250 is 12.50 EUR.
    #[schema(example = 1250)]
    amount: i64,
    /// ISO 4217.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self {
            amount: money.minor,
            currency: money.currency,
        }
    }
}

/// A purchase.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(super) struct OrderView {
    /// Its id.
    #[schema(value_type = String)]
    id: OrderId,
    /// The caller's own id.
    external_id: String,
    /// Where it came from.
    source: String,
    /// The member.
    #[schema(value_type = String)]
    member: MemberId,
    /// The card.
    #[schema(value_type = String)]
    card: CardId,
    /// What was paid.
    total: MoneyView,
    /// What was given back so far.
    refunded: MoneyView,
    /// The points that it earned.
    #[schema(value_type = i64)]
    earned: Points,
    /// The points taken back so far.
    #[schema(value_type = i64)]
    taken_back: Points,
    /// What was noticed: the safeguards that it set off (`member`, `staff`, `pair`, `split`), `own_card`, `stale_code`.
    flags: Vec<String>,
    /// Lines, location and channel, as they were sent.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    /// When it was paid.
    #[schema(value_type = String, format = DateTime)]
    paid_at: Time,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        let money = |minor| MoneyView {
            amount: minor,
            currency: order.currency,
        };
        Self {
            total: money(order.total_minor),
            refunded: money(order.refunded_minor),
            detail: serde_json::from_str(&order.detail).unwrap_or_default(),
            id: order.id,
            external_id: order.external_id,
            source: order.source,
            member: order.member_id,
            card: order.card_id,
            earned: order.earned,
            taken_back: order.taken_back,
            flags: serde_json::from_str(&order.flags).unwrap_or_default(),
            paid_at: order.paid_at,
            created_at: order.created_at,
        }
    }
}

/// Money given back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
pub(super) struct RefundView {
    /// Its id.
    #[schema(value_type = String)]
    id: RefundId,
    /// The caller's own id.
    external_id: Option<String>,
    /// How much.
    amount: MoneyView,
    /// The points taken back for it.
    #[schema(value_type = i64)]
    points: Points,
    /// The lines that it gave back; empty if it was by amount.
    #[schema(value_type = Vec<ReturnedView>)]
    lines: serde_json::Value,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

/// What was given back of a line.
#[derive(Serialize, ToSchema)]
#[schema(as = ReturnedLine)]
pub(super) struct ReturnedView {
    /// The line's place in the order; the first is 0.
    line: usize,
    /// Pieces.
    quantity: i64,
    /// Minor units.
    amount: i64,
}

impl RefundView {
    pub(super) fn new(refund: Refund, currency: Currency) -> Self {
        Self {
            id: refund.id,
            external_id: refund.external_id,
            amount: MoneyView {
                amount: refund.minor,
                currency,
            },
            points: refund.points,
            lines: serde_json::from_str(&refund.lines)
                .unwrap_or_else(|_| serde_json::Value::Array(Vec::new())),
            created_at: refund.created_at,
        }
    }
}
