//! Members who are one person: joined, and parted again.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::identities::IdentityView;
use super::ledger_views::EntryView;
use super::members::find_member;
use super::views::{CardView, MemberView};
use super::{answer, respond};
use crate::actions::merge_members::{Clash, Holdings, Joined, merge_members, preview_merge};
use crate::actions::undo_merge::{Parted, undo_merge};
use crate::actions::{ActionError, Caller, Code, Deed, House, perform};
use crate::http::body::{Posted, Who, idempotency_key};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::cards::Card;
use crate::store::merges::Merge;
use crate::types::{CardId, MemberId, MergeId, Points, RedemptionId, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/members/{id}/merge", web::post().to(merge))
        .route("/v1/members/{id}/merge/preview", web::post().to(foresee))
        .route("/v1/merges/{id}/undo", web::post().to(undo));
}

/// The member who is joined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeInput {
    /// Their id.
    #[schema(example = "mem_01kawb3v8ze1rtr6tq5hkyq7yx")]
    from: String,
    /// Why, in at most 500 characters; for the staff.
    #[serde(default)]
    reason: String,
}

/// Two members joined.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Merge)]
pub(super) struct MergeView {
    /// Its id.
    #[schema(value_type = String)]
    id: MergeId,
    /// Who stands for both.
    #[schema(value_type = String)]
    member: MemberId,
    /// Who was joined with them.
    #[schema(value_type = String)]
    from: MemberId,
    /// The card that acts for all.
    #[schema(value_type = String)]
    card: CardId,
    /// Why.
    reason: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When they were parted again.
    #[schema(value_type = Option<String>, format = DateTime)]
    undone_at: Option<Time>,
}

impl From<Merge> for MergeView {
    fn from(merge: Merge) -> Self {
        Self {
            id: merge.id,
            member: merge.survivor_id,
            from: merge.merged_id,
            card: merge.card_id,
            reason: merge.reason,
            created_at: merge.created_at,
            undone_at: merge.undone_at,
        }
    }
}

/// What a member has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Holdings)]
pub(super) struct HoldingsView {
    /// Points that can be spent; below zero if some are owed.
    #[schema(value_type = i64)]
    balance: Points,
    /// Points that were promised.
    #[schema(value_type = i64)]
    pending: Points,
    /// How many orders.
    orders: i64,
}

impl From<Holdings> for HoldingsView {
    fn from(holdings: Holdings) -> Self {
        Self {
            balance: holdings.balance,
            pending: holdings.pending,
            orders: holdings.orders,
        }
    }
}

/// What both members have and only one can keep.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clash)]
pub(super) struct ClashView {
    /// `first_name`, or `attributes/` and the attribute's name.
    name: String,
    /// What stays: of attributes the newer one, else the survivor's.
    kept: String,
    /// What does not.
    dropped: String,
}

impl From<Clash> for ClashView {
    fn from(clash: Clash) -> Self {
        Self {
            name: clash.name,
            kept: clash.kept,
            dropped: clash.dropped,
        }
    }
}

/// A card that acts for nobody by itself any more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinedCard)]
pub(super) struct JoinedCardView {
    /// Its id.
    #[schema(value_type = String)]
    id: CardId,
    /// What is scanned, and leads to the card that acts for it.
    code: String,
    /// When it was voided; it leads to no other then.
    #[schema(value_type = Option<String>, format = DateTime)]
    voided_at: Option<Time>,
}

impl From<Card> for JoinedCardView {
    fn from(card: Card) -> Self {
        Self {
            id: card.id,
            code: card.code,
            voided_at: card.voided_at,
        }
    }
}

/// Two members joined, or what it would come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinedMembers)]
pub(super) struct JoinedView {
    /// The merge; of a preview its id leads to nothing.
    merge: MergeView,
    /// Until when the members can be parted again.
    #[schema(value_type = String, format = DateTime)]
    undo_until: Time,
    /// Who stands for both.
    member: MemberView,
    /// What they had on the card that acts for all.
    before: HoldingsView,
    /// What the other had.
    joined: HoldingsView,
    /// What there is after it.
    after: HoldingsView,
    /// What leads to the member now.
    identities: Vec<IdentityView>,
    /// What both had and only one can keep.
    clashes: Vec<ClashView>,
    /// The other's cards.
    cards: Vec<JoinedCardView>,
    /// Rewards that were in the other's hands.
    #[schema(value_type = Vec<String>)]
    redemptions: Vec<RedemptionId>,
    /// What was moved, on both sides.
    entries: Vec<EntryView>,
    /// The card that acts for all.
    card: CardView,
}

impl JoinedView {
    fn new(house: &House, joined: Joined) -> Self {
        Self {
            merge: joined.merge.into(),
            undo_until: joined.undo_until,
            member: MemberView::new(house, joined.survivor, &joined.identities, joined.profile),
            before: joined.before.into(),
            joined: joined.joined.into(),
            after: joined.after.into(),
            identities: joined.identities.iter().map(IdentityView::from).collect(),
            clashes: joined.clashes.into_iter().map(ClashView::from).collect(),
            cards: joined.cards.into_iter().map(JoinedCardView::from).collect(),
            redemptions: joined.redemptions,
            entries: joined.entries.into_iter().map(EntryView::from).collect(),
            card: CardView::new(house, joined.sheet),
        }
    }
}

/// Joins another member with this one, who stands for both: points (also those that are owed or promised),
/// identities, rewards, orders. Everything that names the other acts on this one's newest good card; the other's
/// passes are void, and phones are told. Can be undone for as many days as the program says.
#[utoipa::path(post, path = "/v1/members/{id}/merge", tag = "members", request_body = MergeInput,
    operation_id = "merge_members",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Joined", body = JoinedView)))]
pub(super) async fn merge(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<MergeInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let house = state.house.clone();
    let join = joining(&caller, id.into_inner(), &value)?;
    let render = move |joined: &Joined| answer(StatusCode::CREATED, &JoinedView::new(&house, joined.clone()));
    Ok(respond(perform(&state.house, caller, join, render).await?)?)
}

/// Says what joining would come to, and writes nothing.
#[utoipa::path(post, path = "/v1/members/{id}/merge/preview", tag = "members", request_body = MergeInput,
    operation_id = "preview_merge",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id")),
    responses((status = 200, description = "What it would come to", body = JoinedView)))]
pub(super) async fn foresee(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<MergeInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let join = joining(&caller, id.into_inner(), &value)?;
    let deed = Deed::begin(&state.house, caller);
    let joined = preview_merge(&state.house, deed, join).await?;
    Ok(HttpResponse::Ok().json(JoinedView::new(&state.house, joined)))
}

fn joining(
    caller: &Caller,
    id: String,
    input: &MergeInput,
) -> Result<
    impl FnOnce(&mut Tx<'_>, &Deed) -> Result<Joined, ActionError> + Send + use<> + 'static,
    ActionError,
> {
    let from = input
        .from
        .parse::<MemberId>()
        .map_err(|_| ActionError::fault("/from", "unknown_member", "The program has no such member."))?;
    let (who, reason) = (caller.clone(), input.reason.clone());
    Ok(move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &who, &id)?;
        merge_members(tx, deed, &member.id, &from, &reason)
    })
}

/// Two members parted again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartedMembers)]
pub(super) struct PartedView {
    /// The merge that was undone.
    merge: MergeView,
    /// What was moved, on both sides.
    entries: Vec<EntryView>,
    /// Points that the survivor's card owes now, for what was spent meanwhile.
    #[schema(value_type = i64)]
    owed: Points,
    /// Kinds of identities that somebody else has by now, and that could not be given back.
    lost_identities: Vec<String>,
    /// The survivor's card.
    card: CardView,
    /// The cards that act for themselves again.
    cards: Vec<CardView>,
}

/// Parts two members who were joined: what was moved goes back under the dates that it had, less what expired
/// or was refunded of it. What was earned since stays, and who spent too much owes points. The same again changes
/// nothing. Of several joinings the newest is undone first.
#[utoipa::path(post, path = "/v1/merges/{id}/undo", tag = "members",
    operation_id = "undo_merge",
    params(("id" = String, Path, description = "The merge's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "Parted", body = PartedView)))]
pub(super) async fn undo(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    let id: MergeId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| undo_merge(tx, deed, &id);
    let render = move |parted: &Parted| {
        let parted = parted.clone();
        let view = PartedView {
            merge: parted.merge.into(),
            entries: parted.entries.into_iter().map(EntryView::from).collect(),
            owed: parted.owed,
            lost_identities: parted.lost,
            card: CardView::new(&house, parted.sheet),
            cards: parted
                .cards
                .into_iter()
                .map(|sheet| CardView::new(&house, sheet))
                .collect(),
        };
        answer(StatusCode::OK, &view)
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
