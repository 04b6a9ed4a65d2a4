//! What members were told of points that expire soon.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::lists::List;
use super::members::find_member;
use crate::actions::list_expiry_notices::{Told, list_expiry_notices};
use crate::http::body::Who;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::types::{CardId, Day, Points, Time};

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/members/{id}/expiry-notices", web::get().to(list));
}

/// A notice of points that expire.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpiryNotice)]
pub(super) struct ExpiryNoticeView {
    /// The card.
    #[schema(value_type = String)]
    card: CardId,
    /// The last day on which the points can be spent.
    #[schema(format = Date, example = "2026-12-03")]
    last_day: String,
    /// How many days before it the notice was due.
    days_ahead: i64,
    /// What was to expire when it was given.
    #[schema(value_type = i64)]
    points: Points,
    /// What of the card's points expires with that day as things are now.
    #[schema(value_type = i64)]
    left: Points,
    /// When the card was made new for it.
    #[schema(value_type = String, format = DateTime)]
    sent_at: Time,
}

impl From<Told> for ExpiryNoticeView {
    fn from(told: Told) -> Self {
        let (year, month, day) = Day::from_number(told.notice.last_day).parts();
        Self {
            card: told.notice.card_id,
            last_day: format!("{year:04}-{month:02}-{day:02}"),
            days_ahead: told.notice.days_ahead,
            points: told.notice.points,
            left: told.left,
            sent_at: told.notice.sent_at,
        }
    }
}

/// Lists the notices of expiring points that a member was given, those of the latest days first, at most 200.
#[utoipa::path(get, path = "/v1/members/{id}/expiry-notices", tag = "members", operation_id = "list_expiry_notices",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id")),
    responses((status = 200, description = "Notices", body = List<ExpiryNoticeView>)))]
pub(super) async fn list(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let house = state.house.clone();
    let told = state
        .house
        .store
        .read(move |db| {
            let member = find_member(db, &who.0, &id)?;
            list_expiry_notices(db, &house, &member.id)
        })
        .await?;
    Ok(HttpResponse::Ok().json(List {
        data: told.into_iter().map(ExpiryNoticeView::from).collect(),
        next_cursor: None,
    }))
}
