//! Cards at the till.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::redemptions::RedemptionView;
use super::shapes::TextShape;
use super::views::{CardView, MemberView};
use super::{answer, respond};
use crate::actions::look_up_card::look_up_card;
use crate::actions::reissue_link::reissue_link;
use crate::actions::surviving::find_shown;
use crate::actions::void_card::void_card;
use crate::actions::{ActionError, Caller, CardCode, CardSheet, Code, perform};
use crate::http::body::Who;
use crate::http::{Problem, State};
use crate::loyalty::reward::{Gift, Reward};
use crate::loyalty::rulebook::Listed;
use crate::store::cards::{self, Card};
use crate::store::{Db, Tx};
use crate::types::{Points, Text};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/v1/cards/{code}", web::get().to(show))
        .route("/v1/cards/{code}/void", web::post().to(void))
        .route("/v1/cards/{code}/link", web::post().to(link));
}

/// What the till needs of a card, in one answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardAtTill)]
pub(super) struct CardAtTillView {
    /// The holder.
    member: MemberView,
    /// The card.
    card: CardView,
    /// Rewards that the balance suffices for now.
    rewards: Vec<OfferView>,
    /// The reward that costs least of those that it does not suffice for.
    next_reward: Option<OfferView>,
    /// Rewards in the member's hands.
    redemptions: Vec<RedemptionView>,
}

/// A reward as the till shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
pub(super) struct OfferView {
    /// The reward's id.
    id: String,
    /// What it is called.
    #[schema(value_type = TextShape)]
    name: Text,
    /// What the holder gets.
    #[schema(value_type = serde_json::Value)]
    gives: Gift,
    /// Points that it costs.
    cost: i64,
    /// Points that are missing; 0 if the balance suffices.
    missing: i64,
}

impl OfferView {
    fn new(listed: Listed<Reward>, balance: Points) -> Self {
        Self {
            id: listed.id.unwrap_or_default(),
            gives: listed.body.gives,
            missing: (listed.body.cost - balance.get()).max(0),
            name: listed.body.name,
            cost: listed.body.cost,
        }
    }
}

/// Shows what the till needs of a scanned or typed card, in one answer.
#[utoipa::path(get, path = "/v1/cards/{code}", tag = "cards",
    params(("code" = String, Path, description = "What was scanned or typed")),
    responses((status = 200, description = "The card, its holder, rewards", body = CardAtTillView)))]
pub(super) async fn show(state: Data<State>, who: Who, code: Path<String>) -> Result<HttpResponse, Problem> {
    let house = state.house.clone();
    let found = state
        .house
        .store
        .read(move |db| {
            let card = find_card(db, &who.0, &code)?;
            let card = find_shown(db, card)?;
            look_up_card(db, &house, card, house.now())
        })
        .await?;
    let balance = found.sheet.card.balance;
    let offer = |listed| OfferView::new(listed, balance);
    Ok(HttpResponse::Ok().json(CardAtTillView {
        member: MemberView::new(found.member, &found.identities),
        card: CardView::new(&state.house, found.sheet),
        rewards: found.affordable.into_iter().map(offer).collect(),
        next_reward: found.next.map(offer),
        redemptions: found.issued.into_iter().map(RedemptionView::from).collect(),
    }))
}

/// Voids a card: phones show it as void, tills refuse it, its ledger stays.
#[utoipa::path(post, path = "/v1/cards/{code}/void", tag = "cards",
    params(("code" = String, Path, description = "What was scanned or typed")),
    responses((status = 200, description = "The card", body = CardView)))]
pub(super) async fn void(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    act(&state, &request, who.0, code.into_inner(), |tx, deed, card| {
        void_card(tx, deed, &card.id)
    })
    .await
}

/// Replaces the link to the card's page; every earlier link stops working.
#[utoipa::path(post, path = "/v1/cards/{code}/link", tag = "cards",
    params(("code" = String, Path, description = "What was scanned or typed")),
    responses((status = 200, description = "The card with its new link", body = CardView)))]
pub(super) async fn link(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    act(&state, &request, who.0, code.into_inner(), |tx, deed, card| {
        let card = find_shown(tx, card.clone())?;
        reissue_link(tx, deed, &card.id)
    })
    .await
}

async fn act(
    state: &State,
    request: &HttpRequest,
    mut caller: Caller,
    code: String,
    deed: impl FnOnce(&mut Tx<'_>, &crate::actions::Deed, &Card) -> Result<CardSheet, ActionError>
    + Send
    + 'static,
) -> Result<HttpResponse, Problem> {
    caller.idempotency = crate::http::body::idempotency_key(request, &caller, &[])?;
    let house = state.house.clone();
    let who = caller.clone();
    let whole = move |tx: &mut Tx<'_>, under_way: &crate::actions::Deed| {
        let card = find_card(tx, &who, &code)?;
        deed(tx, under_way, &card)
    };
    let render = move |sheet: &CardSheet| answer(StatusCode::OK, &CardView::new(&house, sheet.clone()));
    Ok(respond(perform(&state.house, caller, whole, render).await?)?)
}

fn find_card(db: &mut Db, caller: &Caller, code: &str) -> Result<Card, ActionError> {
    let missing = || {
        ActionError::with(
            Code::NotFound,
            "The card is unknown. Scan it again or search by phone.",
        )
    };
    let code = CardCode::parse(code).ok_or_else(missing)?;
    let card = cards::find_by_code(db, code.as_str())?.ok_or_else(missing)?;
    caller.check_sees(&card.program_id).map_err(|_| missing())?;
    Ok(card)
}
