//! What happened, as those outside are told: the same objects as this API answers.

use serde::Serialize;
use serde_json::{Value, json};

use super::members::{MemberAndCardsView, enrolled_view};
use super::orders::{recorded_view, refunded_view};
use super::redemptions::RedemptionView;
use super::views::CardView;
use crate::actions::{CardSheet, Happened, House};

/// Draws what happened: the `data` of an event.
pub(in crate::http) fn draw_event(house: &House, happened: &Happened<'_>) -> Value {
    let card = |sheet: &CardSheet| CardView::new(house, sheet.clone());
    match happened {
        Happened::MemberEnrolled(enrolled) => drawn(&enrolled_view(house, enrolled)),
        Happened::MemberErased(sheet) => drawn(&MemberAndCardsView::new(house, (*sheet).clone())),
        Happened::CardChanged(sheet) => json!({ "card": card(sheet) }),
        Happened::TierChanged(sheet, before) => {
            json!({ "card": card(sheet), "from": before, "to": sheet.card.tier_id })
        }
        Happened::OrderRecorded(recorded) => drawn(&recorded_view(house, recorded)),
        Happened::OrderRefunded(refunded) => drawn(&refunded_view(house, refunded)),
        Happened::RewardIssued(redemption, sheet) | Happened::RewardCompleted(redemption, sheet) => {
            let redemption = RedemptionView::new(house, (*redemption).clone());
            json!({ "redemption": redemption, "card": card(sheet) })
        }
        Happened::MessageDue(due) => json!({
            "automation": { "id": due.automation, "name": due.name },
            "text": due.text,
            "language": due.language,
            "is_on_card": due.is_on_card,
            "card": card(&due.sheet),
        }),
        Happened::Test => json!({}),
    }
}

/// A view as it is answered; views are plain data, which is written whatever it holds.
fn drawn(view: &impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}
