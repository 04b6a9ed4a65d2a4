//! One automation: what it does, tried on a card, switched on and off, and what it did.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, malformed, read_version};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::campaigns::{ReactionLine, reaction_line, uplift_words, who};
use super::super::rail::{Rail, Room};
use super::super::terms::reward_name;
use super::form::{AutomationForm, said};
use super::{chip, done, find, may_write};
use crate::actions::change_automation::{
    end_automation, get_automation, is_on, pause_automation, read_automation, start_automation,
};
use crate::actions::show_campaign::{DAYS, read_results};
use crate::actions::try_campaign::{preview_campaign, test_campaign};
use crate::actions::{ActionError, CardCode, Code, Deed};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::automation::Automation;
use crate::loyalty::segment::Criterion;
use crate::store::campaigns::{CANCELLED, Campaign, Run};
use crate::store::{Tx, automation_waits};
use crate::types::CampaignId;

/// Most members who wait that are counted.
const WAITING_MAX: i64 = 10_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TestForm {
    token: String,
    card: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TurnForm {
    token: String,
    version: String,
    /// `start`, `pause` or `end`.
    turn: String,
    /// Of what cannot be taken back.
    sure: String,
}

guarded!(TestForm, TurnForm);

#[derive(Template)]
#[template(path = "pages/console/automations/one.html")]
struct OnePage {
    frame: Frame,
    rail: Rail,
    heading: String,
    look: &'static str,
    state: &'static str,
    said: Option<&'static str>,
    refusal: Option<String>,
    who: String,
    facts: Vec<String>,
    /// What it says: as a member reads it whom it would mean now, else as it is written.
    text: Option<String>,
    read_by: Option<String>,
    may_write: bool,
    version: String,
    /// What was typed as a card for the test, and what is wrong with it.
    card: String,
    card_fault: bool,
    is_on: bool,
    is_over: bool,
    /// What it did on the days that are shown; nothing if it never did anything.
    figures: Vec<(&'static str, String)>,
    since: String,
    reactions: Vec<ReactionLine>,
    uplift: Option<String>,
    edit: Option<String>,
    address: String,
    way_back: String,
}

/// What is said on a page beside the automation.
#[derive(Default)]
struct Beside<'a> {
    said: Option<&'static str>,
    error: Option<&'a ActionError>,
    card: String,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let automation = find(&desk, &id).await?;
    let beside = Beside {
        said: done(&request),
        ..Beside::default()
    };
    Ok(respond(StatusCode::OK, &draw(&desk, &automation, beside).await?)?)
}

/// Puts its wording on a card for an hour.
pub(super) async fn test(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TestForm) = Desk::take(&state, &request, &body.0).await?;
    let automation = find(&desk, &id).await?;
    let known = automation.id.clone();
    let tried = match CardCode::scan(form.card.trim()) {
        Some(code) => {
            desk.act(move |tx, deed| {
                let automation = get_automation(tx, &deed.caller, &known)?;
                test_campaign(tx, deed, &automation, (code.as_str(), 0))
            })
            .await
        }
        None => Err(ActionError::new(Code::UnknownCard)),
    };
    match tried {
        Ok(_) => {
            state.house.bell.ring();
            Ok(lead_to(&way(&desk, &automation.id, "tested")))
        }
        Err(error) => refuse(&desk, &automation, (error, form.card)).await,
    }
}

/// Switches it on or off, or ends it.
pub(super) async fn turn(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TurnForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let automation = find(&desk, &id).await?;
    let known = automation.id.clone();
    let said = match form.turn.as_str() {
        "start" => "started",
        "pause" => "paused",
        "end" => "ended",
        _ => return Err(malformed().into()),
    };
    let turned = if said == "ended" && form.sure.is_empty() {
        let detail = desk.locale.word("campaign-say-yes");
        Err(ActionError::with(Code::Invalid, detail))
    } else {
        desk.act(move |tx, deed| act(tx, deed, (&known, version), said))
            .await
    };
    match turned {
        Ok(_) => Ok(lead_to(&way(&desk, &automation.id, said))),
        Err(error) => refuse(&desk, &automation, (error, String::new())).await,
    }
}

fn act(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, i64),
    turn: &str,
) -> Result<Campaign, ActionError> {
    let of = (id, Some(version));
    match turn {
        "started" => start_automation(tx, deed, of),
        "paused" => pause_automation(tx, deed, of),
        _ => end_automation(tx, deed, of),
    }
}

/// The page again with what was not done, and why.
async fn refuse(
    desk: &Desk,
    automation: &Campaign,
    (error, card): (ActionError, String),
) -> Result<HttpResponse, Problem> {
    let status = match error.code {
        Code::Invalid | Code::NoDesign | Code::UnknownCard | Code::CardVoided => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Code::StaleEdit | Code::CampaignOver => StatusCode::CONFLICT,
        _ => return Err(error.into()),
    };
    let beside = Beside {
        error: Some(&error),
        card,
        ..Beside::default()
    };
    Ok(respond(status, &draw(desk, automation, beside).await?)?)
}

fn way(desk: &Desk, id: &CampaignId, said: &str) -> String {
    desk.link(&format!("/console/automations/{id}?done={said}"))
}

/// Why something was not done.
fn refusal(desk: &Desk, error: &ActionError) -> String {
    match (error.code, error.faults.first()) {
        (Code::StaleEdit, _) => desk.locale.word("shop-stale"),
        (_, Some(fault)) if fault.code == "no_place_for_message" => desk.locale.word("campaign-no-place"),
        (_, Some(fault)) => said(desk, fault),
        _ => error.to_string(),
    }
}

async fn draw(desk: &Desk, automation: &Campaign, beside: Beside<'_>) -> Result<OnePage, ActionError> {
    let body = read_automation(automation)?;
    let message = body.message();
    let is_to_all = message.members.as_ref() == Some(&Criterion::everybody());
    let (look, state) = chip(automation);
    let card_fault = beside.error.is_some_and(|error| error.code == Code::UnknownCard);
    let is_over = automation.state == CANCELLED;
    let did = read_did(desk, automation).await?;
    let (text, read_by) = read_text(desk, automation, &body).await?;
    let reward = reward_name(desk, body.gives.as_ref()).await?;
    let may_write = may_write(desk);
    let edit = !is_over && may_write && AutomationForm::say(&body).is_some();
    Ok(OnePage {
        frame: desk.console_frame(desk.locale.title(&body.name, beside.error.is_some())),
        rail: desk.rail(Room::Automations).await?,
        look,
        state,
        said: beside.said,
        refusal: beside
            .error
            .filter(|_| !card_fault)
            .map(|error| refusal(desk, error)),
        who: who(desk, &message, is_to_all).await?,
        facts: desk.automation_facts(&body, reward.as_deref()),
        text,
        read_by,
        may_write,
        version: automation.version.to_string(),
        card: beside.card,
        card_fault,
        is_on: is_on(automation),
        is_over,
        figures: did.figures,
        since: did.since,
        reactions: did.reactions,
        uplift: did.uplift,
        edit: edit.then(|| desk.link(&format!("/console/automations/{}/edit", automation.id))),
        address: format!("/console/automations/{}", automation.id),
        way_back: desk.link("/console/automations"),
        heading: body.name,
    })
}

/// What it did.
struct Did {
    figures: Vec<(&'static str, String)>,
    /// Since which day that is.
    since: String,
    reactions: Vec<ReactionLine>,
    uplift: Option<String>,
}

async fn read_did(desk: &Desk, automation: &Campaign) -> Result<Did, ActionError> {
    let row = automation.clone();
    let read = desk.state.house.store.read(move |db| {
        let waiting = automation_waits::count(db, &row.id, WAITING_MAX)?;
        Ok::<_, ActionError>((read_results(db, row, DAYS)?, waiting))
    });
    let (found, waiting) = read.await?;
    let sum = |of: fn(&Run) -> i64| found.runs.iter().map(of).sum::<i64>();
    let all = [
        ("auto-waiting", waiting),
        ("campaign-sent", sum(|run| run.sent)),
        ("auto-given", sum(|run| run.given)),
        ("campaign-held-out", sum(|run| run.held_out)),
        ("reach-capped", sum(|run| run.capped)),
        ("reach-unreachable", sum(|run| run.unreachable)),
        ("reach-no-consent", sum(|run| run.no_consent)),
    ];
    let language = desk.locale.language();
    let write = |(text, number)| (text, language.write_number(number));
    let oldest = found.runs.last();
    let did_nothing = oldest.is_none() && waiting == 0;
    Ok(Did {
        figures: if did_nothing {
            Vec::new()
        } else {
            all.into_iter().map(write).collect()
        },
        since: oldest.map_or_else(String::new, |run| desk.date(run.planned_at)),
        reactions: found
            .reactions
            .iter()
            .map(|one| reaction_line(desk, one))
            .collect(),
        uplift: found.uplift.map(|uplift| uplift_words(desk, uplift)),
    })
}

/// Its first wording as somebody reads it whom it would mean now, and who that is.
async fn read_text(
    desk: &Desk,
    automation: &Campaign,
    body: &Automation,
) -> Result<(Option<String>, Option<String>), ActionError> {
    let Some(arm) = body.arms.first() else {
        return Ok((None, None));
    };
    let (house, row) = (desk.state.house.clone(), automation.clone());
    let read = desk
        .state
        .house
        .store
        .read(move |db| preview_campaign(db, &house, &row, None));
    let written = arm.text.get(&desk.locale.language()).to_owned();
    Ok(match read.await? {
        Some(preview) => {
            let values = [("name", desk.name_of(&preview.member).into())];
            let read_by = desk.locale.say("campaign-preview-of", &values);
            (preview.texts.into_iter().next(), Some(read_by))
        }
        None => (Some(written), None),
    })
}
