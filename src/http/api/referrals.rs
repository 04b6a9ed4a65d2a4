//! Whom members invited, and what became of it.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::members::find_member;
use crate::actions::{ActionError, Code};
use crate::http::body::Who;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::referrals::{self, Referral, STATES};
use crate::types::{MemberId, OrderId, ReferralId, Time};

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/members/{id}/referrals", web::get().to(list));
}

/// Which referrals are listed, where the list begins and how long it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReferralPage {
    /// `pending`, `paid`, `refused` or `taken_back`; all of them if left out.
    state: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<i64>,
    /// The `next_cursor` of the list before.
    cursor: Option<String>,
}

/// Somebody who joined by a member's code.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Referral)]
pub(super) struct ReferralView {
    /// Its id.
    #[schema(value_type = String)]
    id: ReferralId,
    /// Who invited.
    #[schema(value_type = String)]
    referrer: MemberId,
    /// Who came.
    #[schema(value_type = String)]
    friend: MemberId,
    /// 1 for a friend of somebody who was not invited, and one more for each who invited the next.
    depth: i64,
    /// `pending` until the friend's first paid order, then `paid`; `refused`, or `taken_back` with the order.
    state: String,
    /// Why it was refused: `same_member`, `same_card`, `same_device`. Of one that was paid `referrer_gone` if only
    /// the friend had a good card.
    reason: Option<String>,
    /// The order that settled it.
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
    /// When the friend joined.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it came to its state.
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Time>,
}

impl From<Referral> for ReferralView {
    fn from(referral: Referral) -> Self {
        Self {
            id: referral.id,
            referrer: referral.referrer_id,
            friend: referral.friend_id,
            depth: referral.depth,
            state: referral.state,
            reason: referral.reason,
            order: referral.order_id,
            created_at: referral.created_at,
            settled_at: referral.settled_at,
        }
    }
}

/// Lists whom a member invited, newest first.
#[utoipa::path(get, path = "/v1/members/{id}/referrals", tag = "members", operation_id = "list_referrals",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("state" = Option<String>, Query, description = "`pending`, `paid`, `refused` or `taken_back`; all if left out"),
           Page),
    responses((status = 200, description = "Referrals", body = List<ReferralView>)))]
pub(super) async fn list(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    page: Query<ReferralPage>,
) -> Result<HttpResponse, Problem> {
    let ReferralPage {
        state: wanted,
        limit,
        cursor,
    } = page.into_inner();
    let page = Page { limit, cursor };
    if wanted.as_deref().is_some_and(|one| !STATES.contains(&one)) {
        let detail = "`state` is `pending`, `paid`, `refused` or `taken_back`.";
        return Err(ActionError::with(Code::BadParameter, detail).into());
    }
    let (limit, before) = (page.limit()?, page.after::<ReferralId>()?);
    let rows = state
        .house
        .store
        .read(move |db| {
            let member = find_member(db, &who.0, &id)?;
            let (wanted, before) = (wanted.as_deref(), before.as_ref());
            let rows = referrals::list_by_referrer(db, &member.id, wanted, before, limit + 1)?;
            Ok::<_, ActionError>(rows)
        })
        .await?;
    Ok(HttpResponse::Ok().json(List::of(
        rows,
        limit,
        |referral: &Referral| referral.id.as_str(),
        ReferralView::from,
    )))
}
