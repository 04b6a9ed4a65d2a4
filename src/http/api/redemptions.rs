//! Rewards in members' hands.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::gift_cards::GiftCardView;
use super::ledger_views::EntryView;
use super::lists::{List, Page};
use super::members::find_member;
use super::offers::shown;
use super::shapes::TextShape;
use super::views::CardView;
use super::{answer, respond};
use crate::actions::issue_reward::{Handed, issue_shown};
use crate::actions::settle_redemption::{Settling, settle_redemption, settle_shown};
use crate::actions::showing::{Confirmed, Showing};
use crate::actions::surviving::list_joined;
use crate::actions::{ActionError, Caller, CardCode, Code, Deed, House, perform};
use crate::http::body::{Posted, Who, idempotency_key};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::redemptions::{self, Redemption};
use crate::store::{Db, Tx, cards};
use crate::types::{GiftAccountId, MemberId, OrderId, Points, RedemptionId, RewardId, Text, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/members/{id}/redemptions", web::post().to(issue))
        .route("/v1/members/{id}/redemptions", web::get().to(list))
        .route("/v1/redemptions/{id}", web::get().to(show))
        .route("/v1/redemptions/{id}/complete", web::post().to(complete))
        .route("/v1/redemptions/{id}/cancel", web::post().to(cancel));
}

/// The reward that a member wants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RedemptionInput {
    /// The reward's id.
    #[schema(example = "rwd_01kawb3v8ze1rtr6tq5hkyq7yx")]
    reward: String,
    /// What was scanned of the card; a code that changes must be of now, and counts once.
    shown: Option<String>,
    /// What whoever stands at the till compared, where the program's `freshness` takes that.
    #[schema(value_type = Option<ConfirmedShape>)]
    confirmed: Option<Confirmed>,
}

/// What a reward is handed over for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompletionInput {
    /// The order's id, so that the reward is given back with the order.
    order: Option<String>,
    /// What was scanned of the card, for a reward that was issued by itself or by a rule.
    shown: Option<String>,
    /// What whoever stands at the till compared, for the same.
    #[schema(value_type = Option<ConfirmedShape>)]
    confirmed: Option<Confirmed>,
}

/// What whoever stands at the till compared.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Confirmed)]
#[expect(
    dead_code,
    reason = "stands for `actions::showing::Confirmed` in the document alone"
)]
pub(super) enum ConfirmedShape {
    /// The holder's name.
    Name,
}

/// A member's use of a reward.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Redemption)]
pub(super) struct RedemptionView {
    /// Its id.
    #[schema(value_type = String)]
    id: RedemptionId,
    /// The member.
    #[schema(value_type = String)]
    member: MemberId,
    /// The reward.
    reward: String,
    /// In which version.
    reward_version: i64,
    /// What the till reads, once.
    code: String,
    /// `issued`, `completed`, `cancelled` or `expired`.
    state: String,
    /// Who wanted it: `member`, `automatic`, or the id of the rule that gave it.
    origin: String,
    /// The points that it cost.
    #[schema(value_type = i64)]
    cost: Points,
    /// The order that earned it.
    #[schema(value_type = Option<String>)]
    earned_by: Option<OrderId>,
    /// The order that it was used for.
    #[schema(value_type = Option<String>)]
    used_for: Option<OrderId>,
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    issued_at: Time,
    /// The first instant at which it can be used no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When it was completed, cancelled or expired.
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Time>,
    /// The gift card that it became when it was completed.
    #[schema(value_type = Option<String>)]
    gift_card: Option<GiftAccountId>,
    /// What was noticed: `stale_code`, where nothing showed that the card was there.
    flags: Vec<String>,
    /// The link for its holder, if it is a download that opens once more.
    download: Option<DownloadLinkView>,
}

/// The link by which a holder gets to a download; to open it hands the reward over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DownloadLink)]
pub(super) struct DownloadLinkView {
    /// The link, which nobody can guess.
    url: String,
    /// The first instant at which it opens no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// How often it opens from now on.
    opens_left: i64,
}

impl RedemptionView {
    pub(super) fn new(house: &House, redemption: Redemption) -> Self {
        let opens_left = redemption.opens_max.unwrap_or_default() - redemption.opened;
        let download = redemption.opens(house.now()).then(|| DownloadLinkView {
            url: format!(
                "{}/download/{}",
                house.public_url,
                house.download_token(&redemption.id)
            ),
            until: redemption.expires_at,
            opens_left,
        });
        Self {
            download,
            id: redemption.id,
            member: redemption.member_id,
            reward: redemption.reward_id,
            reward_version: redemption.reward_version,
            code: redemption.code,
            state: redemption.state,
            origin: redemption.origin,
            cost: redemption.cost,
            earned_by: redemption.earned_by,
            used_for: redemption.used_for,
            issued_at: redemption.issued_at,
            expires_at: redemption.expires_at,
            settled_at: redemption.settled_at,
            gift_card: redemption.gift_account_id,
            flags: serde_json::from_str(&redemption.flags).unwrap_or_default(),
        }
    }
}

/// A redemption, what it moved, and the card after it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandedReward)]
pub(super) struct HandedView {
    /// The redemption.
    redemption: RedemptionView,
    /// What the holder gets, as it was promised when it was issued.
    reward: HandedOverView,
    /// What it moved.
    entries: Vec<EntryView>,
    /// The gift card that it became, with the code for its holder.
    gift_card: Option<GiftCardView>,
    /// The card after it.
    card: CardView,
}

/// What the holder of a redemption gets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandedOver)]
pub(super) struct HandedOverView {
    /// What it is called.
    #[schema(value_type = TextShape)]
    name: Text,
    /// What it is. Where a download lies is not told: its link leads there.
    #[schema(value_type = serde_json::Value)]
    gives: serde_json::Value,
}

/// Issues a reward: its points are held, and a code is given.
#[utoipa::path(post, path = "/v1/members/{id}/redemptions", tag = "rewards", request_body = RedemptionInput,
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Issued", body = HandedView)))]
pub(super) async fn issue(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<RedemptionInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let reward: RewardId = value
        .reward
        .parse()
        .map_err(|_| ActionError::new(Code::UnknownReward))?;
    let showing = Showing {
        scanned: value.shown,
        confirmed: value.confirmed,
    };
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &who, &id)?;
        issue_shown(tx, deed, (&member.id, &reward), &showing)
    };
    hand(&state, caller, StatusCode::CREATED, deed).await
}

/// Lists the rewards that a member has and had, newest first.
#[utoipa::path(get, path = "/v1/members/{id}/redemptions", tag = "rewards",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"), Page),
    responses((status = 200, description = "Redemptions", body = List<RedemptionView>)))]
pub(super) async fn list(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    page: Query<Page>,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = (page.limit()?, page.after::<RedemptionId>()?);
    let rows = state
        .house
        .store
        .read(move |db| {
            let member = find_member(db, &who.0, &id)?;
            let mut held = Vec::new();
            for one in list_joined(db, &member.id)? {
                held.extend(cards::list_by_member(db, &one)?.into_iter().map(|card| card.id));
            }
            Ok::<_, ActionError>(redemptions::list_by_cards(db, &held, before.as_ref(), limit + 1)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(List::of(
        rows,
        limit,
        |row: &Redemption| row.id.as_str(),
        |row| RedemptionView::new(&state.house, row),
    )))
}

/// Shows a redemption, by its id or its code.
#[utoipa::path(get, path = "/v1/redemptions/{id}", tag = "rewards",
    params(("id" = String, Path, description = "The id, or with a key of one program the code")),
    responses((status = 200, description = "The redemption", body = RedemptionView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let found = state.house.store.read(move |db| find(db, &who.0, &id)).await?;
    Ok(HttpResponse::Ok().json(RedemptionView::new(&state.house, found)))
}

/// Hands a reward over: its code is used up.
#[utoipa::path(post, path = "/v1/redemptions/{id}/complete", tag = "rewards", request_body = CompletionInput,
    params(("id" = String, Path, description = "The id, or with a key of one program the code"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "Handed over", body = HandedView)))]
pub(super) async fn complete(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<CompletionInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let order =
        match value.order {
            None => None,
            Some(order) => Some(order.parse::<OrderId>().map_err(|_| {
                ActionError::fault("/order", "unknown_order", "The member has no such order.")
            })?),
        };
    let showing = Showing {
        scanned: value.shown,
        confirmed: value.confirmed,
    };
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let found = find(tx, &who, &id)?;
        settle_shown(tx, deed, (&found.id, &Settling::Complete(order)), &showing)
    };
    hand(&state, caller, StatusCode::OK, deed).await
}

/// Takes a reward back that was issued: its points return.
#[utoipa::path(post, path = "/v1/redemptions/{id}/cancel", tag = "rewards",
    params(("id" = String, Path, description = "The id, or with a key of one program the code"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "Taken back", body = HandedView)))]
pub(super) async fn cancel(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let asking = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let found = find(tx, &asking, &id)?;
        settle_redemption(tx, deed, &found.id, &Settling::Cancel)
    };
    hand(&state, caller, StatusCode::OK, deed).await
}

async fn hand<D>(state: &State, caller: Caller, status: StatusCode, deed: D) -> Result<HttpResponse, Problem>
where
    D: FnOnce(&mut Tx<'_>, &Deed) -> Result<Handed, ActionError> + Send + 'static,
{
    let house = state.house.clone();
    let render = move |handed: &Handed| {
        let view = HandedView {
            redemption: RedemptionView::new(&house, handed.redemption.clone()),
            reward: HandedOverView {
                name: handed.reward.name.clone(),
                gives: shown(&handed.reward.gives),
            },
            entries: handed.entries.iter().cloned().map(EntryView::from).collect(),
            gift_card: handed
                .gift_card
                .clone()
                .map(|account| GiftCardView::new(account, house.now())),
            card: CardView::new(&house, handed.sheet.clone()),
        };
        answer(status, &view)
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// The redemption that an address names and the caller may see.
fn find(db: &mut Db, caller: &Caller, text: &str) -> Result<Redemption, ActionError> {
    let missing = || ActionError::new(Code::NotFound);
    let found = match (CardCode::parse(text), &caller.program) {
        (Some(code), Some(program)) => {
            redemptions::find_by_code(db, program, code.as_str())?.ok_or_else(missing)?
        }
        _ => redemptions::get(db, &text.parse::<RedemptionId>().map_err(|_| missing())?)?,
    };
    caller.check_sees(&found.program_id)?;
    Ok(found)
}
