//! The campaigns of the program, the newest first.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::{chip, may_write};
use crate::actions::ActionError;
use crate::actions::change_campaign::read_body;
use crate::http::{Problem, State};
use crate::store::campaigns::{self, CAMPAIGN, Campaign};

/// Campaigns that are listed.
const SHOWN_MAX: i64 = 100;

#[derive(Template)]
#[template(path = "pages/console/campaigns/list.html")]
struct ListPage {
    frame: Frame,
    rail: Rail,
    campaigns: Vec<CampaignLine>,
    has_more: bool,
    calendar: String,
    /// The way to a new one; `None` for whoever only looks.
    begin: Option<String>,
}

struct CampaignLine {
    name: String,
    address: String,
    about: String,
    look: &'static str,
    state: &'static str,
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let program = desk.program.id.clone();
    let read = state
        .house
        .store
        .read(move |db| campaigns::list_newest(db, (CAMPAIGN, &program), SHOWN_MAX + 1));
    let mut all: Vec<Campaign> = read.await.map_err(ActionError::from)?;
    let shown = usize::try_from(SHOWN_MAX).map_err(ActionError::internal)?;
    let has_more = all.len() > shown;
    all.truncate(shown);
    let lines = all.iter().map(|one| line(&desk, one));
    let page = ListPage {
        frame: desk.console_frame(desk.title("campaigns", false)),
        rail: desk.rail(Room::Campaigns).await?,
        campaigns: lines.collect::<Result<_, _>>()?,
        has_more,
        calendar: desk.link("/console/campaigns/calendar"),
        begin: may_write(&desk).then(|| desk.link("/console/campaigns/new")),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

fn line(desk: &Desk, campaign: &Campaign) -> Result<CampaignLine, ActionError> {
    let (look, state) = chip(&campaign.state);
    let about = match campaign.next_at {
        Some(next) => {
            let values = [("time", desk.clock(next).into())];
            desk.locale.say("campaign-next", &values)
        }
        None => desk.date(campaign.created_at),
    };
    Ok(CampaignLine {
        name: read_body(campaign)?.name,
        address: desk.link(&format!("/console/campaigns/{}", campaign.id)),
        about,
        look,
        state,
    })
}
