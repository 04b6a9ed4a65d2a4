//! Cards at the till.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::ledger_views::MoneyView;
use super::offers::OfferView;
use super::redemptions::RedemptionView;
use super::shapes::TextShape;
use super::views::{CardView, MemberView};
use super::{answer, respond};
use crate::actions::look_up_card::look_up_card;
use crate::actions::push_card::push_card;
use crate::actions::reissue_link::reissue_link;
use crate::actions::replace_card::replace_card;
use crate::actions::scanned::find_scanned;
use crate::actions::showing::check_scanned;
use crate::actions::surviving::find_shown;
use crate::actions::void_card::void_card;
use crate::actions::{ActionError, Caller, CardSheet, ChallengeStanding, Code, House, perform};
use crate::http::body::Who;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::rulebook::Listed;
use crate::loyalty::tier::{Place, Tier};
use crate::store::cards::Card;
use crate::store::gift_accounts::GiftAccount;
use crate::store::{Db, Tx};
use crate::types::{GiftAccountId, Money, Text, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/cards/{code}", web::get().to(show))
        .route("/v1/cards/{code}/void", web::post().to(void))
        .route("/v1/cards/{code}/link", web::post().to(link))
        .route("/v1/cards/{code}/replace", web::post().to(replace))
        .route("/v1/cards/{code}/refresh", web::post().to(refresh));
}

/// What the till needs of a card, in one answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardAtTill)]
pub(super) struct CardAtTillView {
    /// The holder.
    member: MemberView,
    /// The card.
    card: CardView,
    /// Rewards that the member can have at once: by position, then by name.
    rewards: Vec<OfferView>,
    /// The reward that costs least of those that it does not suffice for.
    next_reward: Option<OfferView>,
    /// Rewards in the member's hands.
    redemptions: Vec<RedemptionView>,
    /// Where the member stands among the program's tiers; nothing if it has none.
    tier: Option<StandingView>,
    /// Gift cards of the member that can be spent now, oldest first, at most 20.
    gift_cards: Vec<GiftAtTillView>,
    /// Where the card stands with the challenges that are on, by age.
    challenges: Vec<ChallengeStandingView>,
}

/// Where a card stands with a challenge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChallengeStanding)]
pub(super) struct ChallengeStandingView {
    /// The challenge's id.
    id: String,
    /// What the staff call it.
    name: String,
    /// What customers read.
    #[schema(value_type = TextShape)]
    shown_as: Text,
    /// What is done: times, pieces or minor units; all of the goal once the last win is won.
    done: i64,
    /// What is to be done, in the same.
    goal: i64,
    /// When some of what is done goes, or the challenge ends, if nothing more is done.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// How often it was won.
    wins: i64,
}

impl From<ChallengeStanding> for ChallengeStandingView {
    fn from(standing: ChallengeStanding) -> Self {
        let (listed, progress) = (standing.challenge, standing.progress);
        Self {
            id: listed.id.unwrap_or_default(),
            shown_as: listed.body.title(),
            name: listed.body.name,
            done: progress.done,
            goal: listed.body.goal.amount(),
            until: progress.until,
            wins: progress.wins,
        }
    }
}

/// Where a member stands among the tiers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TierStanding)]
pub(super) struct StandingView {
    /// The tier, if any is reached.
    reached: Option<ReachedView>,
    /// What counts at present, in what the program's tiers count.
    progress: i64,
    /// When the tier is lost if nothing more is done.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// The next tier.
    next: Option<NextTierView>,
}

/// A tier as the till shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachedTier)]
pub(super) struct ReachedView {
    /// Its id.
    id: String,
    /// What the staff call it.
    name: String,
    /// What customers read.
    #[schema(value_type = TextShape)]
    shown_as: Text,
    /// What its members have of it.
    #[schema(value_type = Vec<TextShape>)]
    perks: Vec<Text>,
}

/// The next tier.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NextTier)]
pub(super) struct NextTierView {
    /// Its id.
    id: String,
    /// What the staff call it.
    name: String,
    /// How much is missing, in what the program's tiers count.
    missing: i64,
}

impl StandingView {
    fn new(place: &Place, tier: Option<Listed<Tier>>, next: Option<(Listed<Tier>, i64)>) -> Option<Self> {
        if tier.is_none() && next.is_none() {
            return None;
        }
        Some(Self {
            reached: tier.map(|tier| ReachedView {
                id: tier.id.unwrap_or_default(),
                shown_as: tier.body.title(),
                perks: tier.body.perks,
                name: tier.body.name,
            }),
            progress: place.progress,
            until: place.until,
            next: next.map(|(tier, missing)| NextTierView {
                id: tier.id.unwrap_or_default(),
                name: tier.body.name,
                missing,
            }),
        })
    }
}

/// A gift card as the till shows it beside its holder's card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GiftAtTill)]
pub(super) struct GiftAtTillView {
    /// Its id, to spend it by.
    #[schema(value_type = String)]
    id: GiftAccountId,
    /// `paid` or `earned`.
    value: String,
    /// What it holds.
    balance: MoneyView,
    /// The first instant at which it can be spent no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
}

impl From<GiftAccount> for GiftAtTillView {
    fn from(account: GiftAccount) -> Self {
        Self {
            balance: MoneyView::from(Money {
                minor: account.balance_minor,
                currency: account.currency,
            }),
            id: account.id,
            value: account.value,
            expires_at: account.expires_at,
        }
    }
}

/// Shows what the till needs of a scanned or typed card, in one answer. It takes the card's code, however it is spaced
/// and in whichever digits, the link to the card's page, and, with a key of the program, the number of a plastic card. A
/// code with one wrong character is answered with `bad_check_digit`; a code that changes must be of now. Whoever has
/// several cards joined sees the one that acts for all.
#[utoipa::path(get, path = "/v1/cards/{code}", tag = "cards",
    params(("code" = String, Path, description = "What was scanned or typed")),
    responses((status = 200, description = "The card, its holder, rewards", body = CardAtTillView)))]
pub(super) async fn show(state: Data<State>, who: Who, code: Path<String>) -> Result<HttpResponse, Problem> {
    let house = state.house.clone();
    let found = state
        .house
        .store
        .read(move |db| {
            let card = find_card(db, &house, &who.0, &code)?;
            check_scanned(db, &house, &code, house.now()).map_err(unknown_card)?;
            let card = find_shown(db, card)?;
            look_up_card(db, &house, card, house.now())
        })
        .await?;
    let offer = |offer| OfferView::new(&state.house, offer);
    let redemption = |one| RedemptionView::new(&state.house, one);
    let place = found.sheet.card.place();
    Ok(HttpResponse::Ok().json(CardAtTillView {
        tier: StandingView::new(&place, found.tier, found.next_tier),
        member: MemberView::new(&state.house, found.member, &found.identities, found.profile),
        card: CardView::new(&state.house, found.sheet),
        rewards: found.usable.into_iter().map(offer).collect(),
        next_reward: found.next.map(offer),
        redemptions: found.issued.into_iter().map(redemption).collect(),
        gift_cards: found.gift_cards.into_iter().map(GiftAtTillView::from).collect(),
        challenges: found
            .challenges
            .into_iter()
            .map(ChallengeStandingView::from)
            .collect(),
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

/// Gives a card that was lost another code; the balance stays. The old code is refused with `card_replaced`, earlier
/// links to the card's page stop working, and passes show the new code with their next update.
#[utoipa::path(post, path = "/v1/cards/{code}/replace", tag = "cards", operation_id = "replace_card",
    params(("code" = String, Path, description = "The code that was lost, or what leads to its card"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The card with its new code", body = CardView)))]
pub(super) async fn replace(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    act(&state, &request, who.0, code.into_inner(), replace_card).await
}

/// Makes the card new for the phones that hold it, without changing what it says: they fetch it, and so show within
/// moments that they have it.
#[utoipa::path(post, path = "/v1/cards/{code}/refresh", tag = "cards",
    params(("code" = String, Path, description = "What was scanned or typed")),
    responses((status = 200, description = "The card in its new version", body = CardView)))]
pub(super) async fn refresh(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    act(&state, &request, who.0, code.into_inner(), |tx, deed, card| {
        let card = find_shown(tx, card.clone())?;
        let pushed = push_card(tx, deed, &card)?;
        Ok(CardSheet::read(tx, pushed)?)
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
        let card = find_card(tx, &under_way.house, &who, &code)?;
        deed(tx, under_way, &card)
    };
    let render = move |sheet: &CardSheet| answer(StatusCode::OK, &CardView::new(&house, sheet.clone()));
    Ok(respond(perform(&state.house, caller, whole, render).await?)?)
}

fn find_card(db: &mut Db, house: &House, caller: &Caller, text: &str) -> Result<Card, ActionError> {
    find_scanned(db, house, caller.program.as_ref(), text).map_err(unknown_card)
}

/// An address that names no card is not there.
fn unknown_card(error: ActionError) -> ActionError {
    match error.code {
        Code::UnknownCard => ActionError::with(Code::NotFound, error.detail),
        _ => error,
    }
}
