//! A member's data for the member: everything that is kept of them, in one file.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::identities::IdentityView;
use super::ledger_views::{MoneyView, OrderView, RefundView};
use super::members::find_member;
use super::shapes::{AttributeShape, TextShape};
use crate::actions::export_member::{Export, ExportedCard, Invited, export_member};
use crate::http::body::Who;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::challenges::Win;
use crate::store::entries::Entry;
use crate::store::events::Event;
use crate::store::gift_accounts::GiftAccount;
use crate::store::gift_entries::GiftEntry;
use crate::store::members::{Consent, Member};
use crate::store::orders::{Order, Refund};
use crate::store::redemptions::Redemption;
use crate::store::surveys::SurveyAnswer;
use crate::types::{Attributes, CardId, Day, Language, MemberId, Money, OrderId, Points, Text, Time, Wallet};

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/members/{id}/export", web::get().to(export));
}

/// Everything that is kept of a person. Of others there are numbers at most, of keys and tokens nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberExport)]
pub(in crate::http) struct ExportView {
    /// When it was read.
    #[schema(value_type = String, format = DateTime)]
    exported_at: Time,
    /// False if there was too much of one kind; the oldest are missing then.
    is_whole: bool,
    /// The program's name.
    #[schema(value_type = TextShape)]
    program: Text,
    /// The person: first as they are now, then as they were before members were joined.
    members: Vec<PersonView>,
    /// What leads to them.
    identities: Vec<IdentityView>,
    /// What they agreed to and declined, newest first.
    consents: Vec<ConsentView>,
    /// How they came and whom they brought.
    referral: Option<InvitedView>,
    /// Their cards.
    cards: Vec<ExportedCardView>,
    /// What was moved, newest first.
    entries: Vec<ExportedEntryView>,
    /// What they bought, newest first.
    orders: Vec<ExportedOrderView>,
    /// What else happened, newest first.
    events: Vec<ExportedEventView>,
    /// What they answered to surveys, newest first.
    survey_answers: Vec<ExportedSurveyAnswerView>,
    /// Rewards, newest first.
    redemptions: Vec<ExportedRedemptionView>,
    /// Challenges that they met.
    challenges: Vec<WinView>,
    /// Gift cards, newest first.
    gift_cards: Vec<ExportedGiftCardView>,
    /// The names of the lists that the shop put them on.
    lists: Vec<String>,
}

/// What is known of a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedPerson)]
struct PersonView {
    /// Their id.
    #[schema(value_type = String)]
    id: MemberId,
    /// First name.
    first_name: String,
    /// Last name.
    last_name: String,
    /// The language of their card.
    #[schema(value_type = String)]
    language: Language,
    /// When they were born.
    #[schema(value_type = Option<String>, format = Date)]
    birth_date: Option<String>,
    /// What the shop keeps of its own.
    #[schema(value_type = BTreeMap<String, AttributeShape>)]
    attributes: Attributes,
    /// What the staff wrote down.
    note: String,
    /// Since when they earn and redeem nothing.
    #[schema(value_type = Option<String>, format = DateTime)]
    blocked_at: Option<Time>,
    /// Why.
    block_reason: Option<String>,
    /// When they enrolled.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When they were last edited.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

/// A yes or no to a purpose.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
struct ConsentView {
    /// To what.
    #[schema(example = "marketing")]
    purpose: String,
    /// Yes or no.
    granted: bool,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Where it was said: `join`, `member_page`, `api`.
    source: String,
    /// The text that was shown; null if that was not kept.
    text_version: Option<String>,
    /// The language that it was shown in; null if that was not kept.
    language: Option<String>,
}

/// How somebody came and whom they brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedReferral)]
struct InvitedView {
    /// What they tell friends.
    code: String,
    /// Whether a friend invited them.
    was_invited: bool,
    /// Friends who joined by the code.
    invited: i64,
    /// Those of them whose first order was paid for and kept.
    paid: i64,
}

/// A card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedCard)]
struct ExportedCardView {
    /// Its id.
    #[schema(value_type = String)]
    id: CardId,
    /// What is scanned or typed.
    code: String,
    /// What it was before.
    earlier_codes: Vec<String>,
    /// The points on it.
    #[schema(value_type = i64)]
    balance: Points,
    /// Points that were promised and cannot be spent yet.
    #[schema(value_type = i64)]
    pending: Points,
    /// Orders that counted.
    orders: i64,
    /// The tier that it is on.
    tier: Option<String>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    tier_until: Option<Time>,
    /// The wallets that it was made for, and whether it is in them.
    wallets: BTreeMap<String, bool>,
    /// Since when phones hold it.
    #[schema(value_type = Vec<String>)]
    on_phones_since: Vec<Time>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was voided.
    #[schema(value_type = Option<String>, format = DateTime)]
    voided_at: Option<Time>,
}

/// A movement of points.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedEntry)]
struct ExportedEntryView {
    /// `earn`, `refund`, `adjust` and so on.
    kind: String,
    /// What it adds; negative takes away.
    #[schema(value_type = i64)]
    points: Points,
    /// Their order that caused it.
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
    /// Why.
    reason: String,
    /// Why it is so much.
    #[schema(value_type = Option<Object>)]
    explanation: Option<serde_json::Value>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

/// A purchase and what was given back of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedOrder)]
struct ExportedOrderView {
    /// The purchase.
    order: OrderView,
    /// What was given back.
    refunds: Vec<RefundView>,
}

/// What they answered to a survey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedSurveyAnswer)]
struct ExportedSurveyAnswerView {
    /// What the survey is called.
    survey: String,
    /// In which language it was read.
    #[schema(value_type = String)]
    language: Language,
    /// What, by the question's id.
    #[schema(value_type = Object)]
    answers: serde_json::Value,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    answered_at: Time,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedEvent)]
struct ExportedEventView {
    /// What.
    kind: String,
    /// What it earned.
    #[schema(value_type = i64)]
    earned: Points,
    /// What else was told of it.
    #[schema(value_type = Object)]
    data: serde_json::Value,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    happened_at: Time,
}

/// A reward.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedRedemption)]
struct ExportedRedemptionView {
    /// Which.
    reward: String,
    /// What the till reads, once.
    code: String,
    /// `issued`, `completed`, `cancelled` or `expired`.
    state: String,
    /// The points that it cost.
    #[schema(value_type = i64)]
    cost: Points,
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    issued_at: Time,
    /// The first instant at which it can be used no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When it was completed, cancelled or expired.
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Time>,
}

/// A challenge that was met.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedWin)]
struct WinView {
    /// Which.
    challenge: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    won_at: Time,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    taken_back_at: Option<Time>,
}

/// A gift card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedGiftCard)]
struct ExportedGiftCardView {
    /// What is scanned or typed; whoever has it can spend what is left.
    code: String,
    /// `paid` or `earned`.
    value: String,
    /// What it holds.
    balance: MoneyView,
    /// The first instant at which it can be spent no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// What was moved on it, newest first.
    entries: Vec<ExportedGiftEntryView>,
}

/// A movement on a gift card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedGiftEntry)]
struct ExportedGiftEntryView {
    /// `issue`, `top_up`, `spend` and so on.
    kind: String,
    /// What it adds; negative takes away.
    amount: MoneyView,
    /// Why.
    reason: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<Export> for ExportView {
    fn from(export: Export) -> Self {
        let own: BTreeSet<OrderId> = export.orders.iter().map(|(order, _)| order.id.clone()).collect();
        let entries = export.entries.into_iter();
        Self {
            exported_at: export.at,
            is_whole: export.is_whole,
            program: export.program.name,
            members: export.members.into_iter().map(PersonView::from).collect(),
            identities: export.identities.iter().map(IdentityView::from).collect(),
            consents: export.consents.into_iter().map(ConsentView::from).collect(),
            referral: export.referral.map(InvitedView::from),
            cards: export.cards.into_iter().map(ExportedCardView::from).collect(),
            entries: entries.map(|entry| ExportedEntryView::new(entry, &own)).collect(),
            orders: export.orders.into_iter().map(ExportedOrderView::from).collect(),
            events: export.events.into_iter().map(ExportedEventView::from).collect(),
            survey_answers: export.survey_answers.into_iter().map(Into::into).collect(),
            redemptions: export.redemptions.into_iter().map(Into::into).collect(),
            challenges: export.wins.into_iter().map(WinView::from).collect(),
            gift_cards: export.gift_cards.into_iter().map(Into::into).collect(),
            lists: export.lists,
        }
    }
}

impl From<(Member, Option<Day>)> for PersonView {
    fn from((member, born): (Member, Option<Day>)) -> Self {
        Self {
            id: member.id,
            first_name: member.first_name,
            last_name: member.last_name,
            language: member.language,
            birth_date: born.map(|day| day.to_string()),
            attributes: member.attributes,
            note: member.note,
            blocked_at: member.blocked_at,
            block_reason: member.block_reason,
            created_at: member.created_at,
            updated_at: member.updated_at,
        }
    }
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        let unless_empty = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            purpose: consent.purpose,
            granted: consent.granted,
            at: consent.at,
            source: consent.source,
            text_version: unless_empty(consent.text_version),
            language: unless_empty(consent.language),
        }
    }
}

impl From<Invited> for InvitedView {
    fn from(invited: Invited) -> Self {
        Self {
            code: invited.code,
            was_invited: invited.was_invited,
            invited: invited.invited,
            paid: invited.paid,
        }
    }
}

impl From<ExportedCard> for ExportedCardView {
    fn from(exported: ExportedCard) -> Self {
        let card = exported.card;
        let codes = exported.earlier_codes.into_iter();
        let wallet = |wallet| match wallet {
            Wallet::Apple => "apple",
            Wallet::Google => "google",
        };
        let passes = exported.passes.iter();
        Self {
            id: card.id,
            code: card.code,
            earlier_codes: codes.map(|replaced| replaced.code).collect(),
            balance: card.balance,
            pending: card.pending,
            orders: card.orders,
            tier: card.tier_id,
            tier_until: card.tier_until,
            wallets: passes
                .map(|pass| {
                    (
                        wallet(pass.wallet).to_owned(),
                        pass.state == crate::store::passes::INSTALLED,
                    )
                })
                .collect(),
            on_phones_since: exported.phones,
            created_at: card.created_at,
            voided_at: card.voided_at,
        }
    }
}

impl ExportedEntryView {
    /// An order that is somebody else's, such as an invited friend's, is not named.
    fn new(entry: Entry, own: &BTreeSet<OrderId>) -> Self {
        let kept = entry.explanation;
        Self {
            kind: entry.kind,
            points: entry.points,
            order: entry.order_id.filter(|order| own.contains(order)),
            reason: entry.reason,
            explanation: kept.and_then(|text| serde_json::from_str(&text).ok()),
            created_at: entry.created_at,
        }
    }
}

impl From<(Order, Vec<Refund>)> for ExportedOrderView {
    fn from((order, refunds): (Order, Vec<Refund>)) -> Self {
        let currency = order.currency;
        Self {
            order: order.into(),
            refunds: refunds
                .into_iter()
                .map(|refund| RefundView::new(refund, currency))
                .collect(),
        }
    }
}

impl From<Event> for ExportedEventView {
    fn from(event: Event) -> Self {
        Self {
            kind: event.kind,
            earned: event.earned,
            data: serde_json::from_str(&event.data).unwrap_or_default(),
            happened_at: event.happened_at,
        }
    }
}

impl From<(SurveyAnswer, String)> for ExportedSurveyAnswerView {
    fn from((row, survey): (SurveyAnswer, String)) -> Self {
        Self {
            survey,
            language: row.language,
            answers: serde_json::from_str(&row.answers).unwrap_or_default(),
            answered_at: row.created_at,
        }
    }
}

impl From<Redemption> for ExportedRedemptionView {
    fn from(redemption: Redemption) -> Self {
        Self {
            reward: redemption.reward_id,
            code: redemption.code,
            state: redemption.state,
            cost: redemption.cost,
            issued_at: redemption.issued_at,
            expires_at: redemption.expires_at,
            settled_at: redemption.settled_at,
        }
    }
}

impl From<Win> for WinView {
    fn from(win: Win) -> Self {
        Self {
            challenge: win.challenge_id,
            won_at: win.won_at,
            taken_back_at: win.taken_back_at,
        }
    }
}

impl From<(GiftAccount, Vec<GiftEntry>)> for ExportedGiftCardView {
    fn from((account, entries): (GiftAccount, Vec<GiftEntry>)) -> Self {
        let money = |minor| {
            MoneyView::from(Money {
                minor,
                currency: account.currency,
            })
        };
        Self {
            balance: money(account.balance_minor),
            entries: entries
                .into_iter()
                .map(|entry| ExportedGiftEntryView {
                    amount: money(entry.minor),
                    kind: entry.kind,
                    reason: entry.reason,
                    created_at: entry.created_at,
                })
                .collect(),
            code: account.code,
            value: account.value,
            expires_at: account.expires_at,
            created_at: account.created_at,
        }
    }
}

/// Gives everything that is kept of a person, for them to have. It is noted in the audit trail.
#[utoipa::path(get, path = "/v1/members/{id}/export", tag = "members", operation_id = "export_member",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id")),
    responses((status = 200, description = "Everything", body = ExportView)))]
pub(super) async fn export(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let caller = who.0.clone();
    let member = state
        .house
        .store
        .read(move |db| find_member(db, &who.0, &id))
        .await?;
    let export = export_member(&state.house, caller, member.id).await?;
    Ok(HttpResponse::Ok().json(ExportView::from(export)))
}
