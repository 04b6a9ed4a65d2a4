//! The calendar of campaigns: what they do on each day.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::programs::find_program;
use crate::actions::list_campaign_days::{CampaignDay, Marked, list_campaign_days, read_days};
use crate::http::body::Who;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::types::{CampaignId, Day};

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/programs/{id}/campaigns/calendar", web::get().to(show));
}

/// Of which days.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CalendarQuery {
    /// The first day, such as `2026-11-01`.
    from: String,
    /// The last day, at most 99 days later.
    to: String,
}

/// What campaigns do on each day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignCalendar)]
pub(super) struct CalendarView {
    /// The first day, in the program's time zone.
    from: String,
    /// The last day.
    to: String,
    /// The days that have something, in order.
    days: Vec<CalendarDayView>,
}

/// A day on which campaigns do something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignCalendarDay)]
pub(super) struct CalendarDayView {
    /// The day, in the program's time zone.
    #[schema(example = "2026-11-20")]
    day: String,
    /// The campaigns, at most 50.
    campaigns: Vec<MarkedView>,
    /// How many there are besides.
    more: i64,
}

/// A campaign on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignOfDay)]
pub(super) struct MarkedView {
    /// Its id.
    #[schema(value_type = String)]
    id: CampaignId,
    /// What the staff call it.
    name: String,
    /// Its state now.
    state: String,
    /// `sent`, `sends` (it is to be sent), `repeats_until` (the last day on which it may be sent again) or `shown_until`
    /// (the last day on which cards show it).
    does: &'static str,
}

impl CalendarDayView {
    fn new((day, found): (Day, CampaignDay)) -> Self {
        Self {
            day: day.to_string(),
            campaigns: found.campaigns.into_iter().map(MarkedView::from).collect(),
            more: found.more,
        }
    }
}

impl From<Marked> for MarkedView {
    fn from(marked: Marked) -> Self {
        Self {
            id: marked.id,
            name: marked.name,
            state: marked.state,
            does: marked.mark.name(),
        }
    }
}

/// Tells on which days campaigns are sent, were sent and end, in the program's time zone; drafts are left out.
#[utoipa::path(get, path = "/v1/programs/{id}/campaigns/calendar", tag = "campaigns",
    operation_id = "show_campaign_calendar",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"), CalendarQuery),
    responses((status = 200, description = "The days", body = CalendarView)))]
pub(super) async fn show(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    query: Query<CalendarQuery>,
) -> Result<HttpResponse, Problem> {
    let (first, last) = read_days(&query.from, &query.to)?;
    let now = state.house.now();
    let read = state.house.store.read(move |db| {
        let program = find_program(db, &who.0, &id)?;
        list_campaign_days(db, &program, (first, last), now)
    });
    Ok(HttpResponse::Ok().json(CalendarView {
        from: first.to_string(),
        to: last.to_string(),
        days: read.await?.into_iter().map(CalendarDayView::new).collect(),
    }))
}
