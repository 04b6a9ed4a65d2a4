//! One campaign: whom it would reach, how it reads, begun and held up, how far it is, and what it did.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::assets::script_address;
use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, malformed, read_version};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::super::terms::{list_named, reward_name};
use super::form::{CampaignForm, said};
use super::results::{Results, read_shown};
use super::{chip, done, find, may_write};
use crate::actions::actor_name::find_actor_name;
use crate::actions::approve_campaign::{Approval, approve_campaign, read_approval, refuse_campaign};
use crate::actions::change_campaign::{
    Start, cancel_campaign, get_campaign, pause_campaign, read_body, resume_campaign, schedule_campaign,
};
use crate::actions::foresee::{self, Estimate, read_written};
use crate::actions::try_campaign::{Preview, preview_campaign, test_campaign};
use crate::actions::{ActionError, CardCode, Code, Deed, TermKind};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::campaign::Campaign as Says;
use crate::loyalty::segment::Criterion;
use crate::loyalty::segment::Segment;
use crate::store::campaigns::{AWAITING_APPROVAL, Campaign, DRAFT, PAUSED, SCHEDULED, SENDING};
use crate::store::{Db, Tx, terms};
use crate::types::CampaignId;

/// What begins within so many milliseconds is watched already.
const SOON_MS: i64 = 60_000;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The card as whose holder it is read.
    card: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TestForm {
    token: String,
    card: String,
    arm: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TurnForm {
    token: String,
    version: String,
    /// `now`, `plan`, `approve`, `refuse`, `pause`, `resume` or `cancel`.
    turn: String,
    /// Of what cannot be taken back, and of what goes to everybody.
    sure: String,
    /// Why it is refused.
    reason: String,
}

guarded!(TestForm, TurnForm);

#[derive(Template)]
#[template(path = "pages/console/campaigns/one.html")]
struct OnePage {
    frame: Frame,
    rail: Rail,
    script: String,
    heading: String,
    look: &'static str,
    state: &'static str,
    said: Option<&'static str>,
    refusal: Option<String>,
    who: String,
    facts: Vec<String>,
    /// Each wording's name and text.
    texts: Vec<(String, String)>,
    /// Who asked for its approval, or why it was refused, in words.
    approval: Option<String>,
    is_to_all: bool,
    may_write: bool,
    version: String,
    /// Whom it would reach now, each with how many; of a draft alone.
    counted: Option<Vec<(String, String)>>,
    preview: Option<Read>,
    /// What was typed as a card for the preview or the test, and what is wrong with it.
    card: String,
    card_fault: bool,
    has_plan: bool,
    turns: Turns,
    results: Results,
    /// Whether it moves while one looks.
    is_live: bool,
    edit: Option<String>,
    address: String,
    way_back: String,
}

/// What can be done with it.
struct Turns {
    can_begin: bool,
    can_approve: bool,
    can_refuse: bool,
    can_pause: bool,
    can_resume: bool,
    can_cancel: bool,
}

/// How it reads for somebody.
struct Read {
    /// As whom.
    of: String,
    texts: Vec<String>,
}

/// What is said on a page beside the campaign.
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
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let beside = Beside {
        said: done(&request),
        card: asked.into_inner().card.unwrap_or_default(),
        ..Beside::default()
    };
    let page = draw(&desk, &find(&desk, &id).await?, beside).await?;
    let status = if page.card_fault {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(respond(status, &page)?)
}

/// Puts a wording on one card for an hour.
pub(super) async fn test(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TestForm) = Desk::take(&state, &request, &body.0).await?;
    let campaign = find(&desk, &id).await?;
    let known = campaign.id.clone();
    let tested = match CardCode::scan(&form.card) {
        None => Err(ActionError::new(Code::UnknownCard)),
        Some(code) => {
            let arm = form.arm;
            desk.act(move |tx, deed| {
                let campaign = get_campaign(tx, &deed.caller, &known)?;
                test_campaign(tx, deed, &campaign, (code.as_str(), arm))
            })
            .await
        }
    };
    match tested {
        Ok(_) => Ok(lead_to(&way(&desk, &campaign.id, "tested"))),
        Err(error) => refuse(&desk, &campaign, (error, form.card)).await,
    }
}

/// Begins a campaign, holds it up, lets it go on or ends it.
pub(super) async fn turn(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TurnForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let campaign = find(&desk, &id).await?;
    let is_to_all = read_body(&campaign)?.members.as_ref() == Some(&Criterion::everybody());
    let known = campaign.id.clone();
    let (said, needs_yes) = match form.turn.as_str() {
        "now" | "plan" => ("begun", is_to_all),
        "approve" => ("approved", is_to_all),
        "refuse" => ("refused", false),
        "pause" => ("paused", false),
        "resume" => ("resumed", false),
        "cancel" => ("cancelled", true),
        _ => return Err(malformed().into()),
    };
    let turned = if needs_yes && form.sure.is_empty() {
        let detail = desk.locale.word("campaign-say-yes");
        Err(ActionError::with(Code::Invalid, detail))
    } else {
        desk.act(move |tx, deed| act(tx, deed, (&known, version), &form))
            .await
    };
    match turned {
        Ok(turned) => {
            let is_asked = said == "begun" && turned.state == AWAITING_APPROVAL;
            let said = if is_asked { "asked" } else { said };
            Ok(lead_to(&way(&desk, &campaign.id, said)))
        }
        Err(error) => refuse(&desk, &campaign, (error, String::new())).await,
    }
}

fn act(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&CampaignId, i64),
    form: &TurnForm,
) -> Result<Campaign, ActionError> {
    let of = (id, Some(version));
    match form.turn.as_str() {
        "approve" => approve_campaign(tx, deed, of),
        "refuse" => refuse_campaign(tx, deed, of, &form.reason),
        "now" => schedule_campaign(tx, deed, of, Start::Now),
        "plan" => schedule_campaign(tx, deed, of, Start::AsWritten),
        "pause" => pause_campaign(tx, deed, of),
        "resume" => resume_campaign(tx, deed, of),
        _ => cancel_campaign(tx, deed, of),
    }
}

/// The page again with what was not done, and why.
async fn refuse(
    desk: &Desk,
    campaign: &Campaign,
    (error, card): (ActionError, String),
) -> Result<HttpResponse, Problem> {
    let status = match error.code {
        Code::Invalid | Code::NoDesign | Code::UnknownCard | Code::CardVoided => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Code::OwnApproval => StatusCode::FORBIDDEN,
        Code::StaleEdit | Code::CampaignBegun | Code::CampaignOver | Code::NotAwaiting => {
            StatusCode::CONFLICT
        }
        _ => return Err(error.into()),
    };
    let beside = Beside {
        error: Some(&error),
        card,
        ..Beside::default()
    };
    Ok(respond(status, &draw(desk, campaign, beside).await?)?)
}

fn way(desk: &Desk, id: &CampaignId, said: &str) -> String {
    desk.link(&format!("/console/campaigns/{id}?done={said}"))
}

async fn draw(desk: &Desk, campaign: &Campaign, beside: Beside<'_>) -> Result<OnePage, ActionError> {
    let body = read_body(campaign)?;
    let approval = read_approval(campaign)?;
    let is_waiting = campaign.state == AWAITING_APPROVAL;
    let is_draft = campaign.state == DRAFT || is_waiting;
    let is_to_all = body.members.as_ref() == Some(&Criterion::everybody());
    let (look, state) = chip(&campaign.state);
    let is_refused = |error: &ActionError| error.code == Code::UnknownCard;
    let mut card_fault = beside.error.is_some_and(is_refused);
    let (counted, preview) = if is_draft {
        let estimate = estimate(desk, campaign).await?;
        let preview = match read_preview(desk, campaign, &beside.card).await {
            Err(error) if error.code == Code::UnknownCard => {
                card_fault = true;
                None
            }
            read => read?,
        };
        (Some(estimate), preview)
    } else {
        (None, None)
    };
    let results = read_shown(desk, campaign).await?;
    let may_write = may_write(desk);
    let reward = reward_name(desk, body.gives.as_ref()).await?;
    let heading = body.name.clone();
    Ok(OnePage {
        frame: desk.console_frame(desk.locale.title(&heading, beside.error.is_some() || card_fault)),
        rail: desk.rail(Room::Campaigns).await?,
        script: script_address("designer.js"),
        heading,
        look,
        state,
        said: beside.said,
        refusal: beside
            .error
            .filter(|error| !is_refused(error))
            .map(|error| refusal(desk, error)),
        who: who(desk, &body, is_to_all).await?,
        facts: facts(desk, (campaign, approval.as_ref()), &body, reward.as_deref()),
        texts: wordings(desk, &body),
        approval: match &approval {
            Some(approval) => Some(approval_words(desk, approval).await?),
            None => None,
        },
        is_to_all,
        may_write,
        version: campaign.version.to_string(),
        counted: counted.map(|estimate| counted_words(desk, &estimate)),
        preview: preview.map(|preview| Read {
            of: desk.locale.say(
                "campaign-preview-of",
                &[("name", desk.name_of(&preview.member).into())],
            ),
            texts: preview.texts,
        }),
        card: beside.card,
        card_fault,
        has_plan: body.schedule.is_some(),
        turns: turns(desk, campaign, approval.as_ref()),
        is_live: results.progress.is_some() || is_about_to_begin(desk, campaign),
        results,
        edit: (is_draft && may_write && CampaignForm::say(&body).is_some())
            .then(|| desk.link(&format!("/console/campaigns/{}/edit", campaign.id))),
        address: format!("/console/campaigns/{}", campaign.id),
        way_back: desk.link("/console/campaigns"),
    })
}

/// Whether it begins while one looks.
fn is_about_to_begin(desk: &Desk, campaign: &Campaign) -> bool {
    let soon = desk.state.house.now().plus_ms(SOON_MS);
    campaign.state == SCHEDULED && campaign.next_at.is_some_and(|next| next <= soon)
}

fn turns(desk: &Desk, campaign: &Campaign, approval: Option<&Approval>) -> Turns {
    let state = campaign.state.as_str();
    let is_waiting = state == AWAITING_APPROVAL;
    let is_own = approval.is_some_and(|approval| approval.asked_by == desk.caller.actor);
    Turns {
        can_begin: state == DRAFT,
        can_approve: is_waiting && !is_own,
        can_refuse: is_waiting,
        can_pause: matches!(state, SCHEDULED | SENDING),
        can_resume: state == PAUSED,
        can_cancel: !matches!(state, DRAFT | crate::store::campaigns::CANCELLED),
    }
}

/// Who asked for approval, or who refused it and why.
async fn approval_words(desk: &Desk, approval: &Approval) -> Result<String, ActionError> {
    let Some(refused_by) = &approval.refused_by else {
        let id = if approval.asked_by == desk.caller.actor {
            "campaign-asked-own"
        } else {
            "campaign-asked"
        };
        let name = actor_name(desk, &approval.asked_by).await?;
        return Ok(desk.locale.say(id, &[("name", name.into())]));
    };
    let name = actor_name(desk, refused_by).await?;
    let reason = approval.reason.clone().unwrap_or_default();
    let values = [("name", name.into()), ("reason", reason.into())];
    Ok(desk.locale.say("campaign-refused", &values))
}

/// What somebody of the shop or a key is called; others by what the books call them.
async fn actor_name(desk: &Desk, actor: &str) -> Result<String, ActionError> {
    let asked = actor.to_owned();
    let store = &desk.state.house.store;
    let found = store.read(move |db| find_actor_name(db, &asked)).await?;
    Ok(found.unwrap_or_else(|| actor.to_owned()))
}

/// Each wording's name and text, in the reader's language.
fn wordings(desk: &Desk, body: &Says) -> Vec<(String, String)> {
    let language = desk.locale.language();
    let named = (1_i64..).zip(&body.arms).map(|(number, arm)| {
        let name = desk.locale.say("campaign-wording", &[("number", number.into())]);
        (name, arm.text.get(&language).to_owned())
    });
    named.collect()
}

/// Why something was not done.
fn refusal(desk: &Desk, error: &ActionError) -> String {
    match (error.code, error.faults.first()) {
        (Code::OwnApproval, _) => error.detail.clone(),
        (Code::NotAwaiting, _) => desk.locale.word("campaign-not-awaiting"),
        (_, Some(fault)) if fault.pointer == "/reason" => desk.locale.word("campaign-bad-reason"),
        (Code::StaleEdit, _) => desk.locale.word("shop-stale"),
        (_, Some(fault)) => said(desk, fault),
        _ => error.to_string(),
    }
}

/// Whom it means, in words.
pub(in crate::http::pages::console) async fn who(
    desk: &Desk,
    body: &Says,
    is_to_all: bool,
) -> Result<String, ActionError> {
    if is_to_all {
        return Ok(desk.locale.word("campaign-everybody"));
    }
    let named = list_named(desk).await?;
    if let Some(members) = &body.members {
        return Ok(desk.who(members, &named));
    }
    let Some(id) = body.segment.clone() else {
        return Ok(String::new());
    };
    let read = desk
        .state
        .house
        .store
        .read(move |db: &mut Db| terms::get(db, id.as_str()));
    let term = read.await?;
    debug_assert_eq!(term.kind, TermKind::Segment.name(), "campaigns name segments");
    let segment: Segment = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
    Ok(format!(
        "{} ({})",
        segment.name,
        desk.who(&segment.members, &named)
    ))
}

/// When it goes, for how long it stays, who is held out.
fn facts(
    desk: &Desk,
    (campaign, approval): (&Campaign, Option<&Approval>),
    body: &Says,
    reward: Option<&str>,
) -> Vec<String> {
    let locale = desk.locale;
    let mut facts = Vec::new();
    if let Some(next) = campaign.next_at {
        facts.push(locale.say("campaign-next", &[("time", desk.clock(next).into())]));
    } else if campaign.state == AWAITING_APPROVAL && approval.is_some_and(|one| one.start == Start::Now) {
        facts.push(locale.word("campaign-once-approved"));
    } else if let Some(schedule) = body.schedule
        && [DRAFT, AWAITING_APPROVAL].contains(&campaign.state.as_str())
    {
        let at = desk
            .program
            .time_zone
            .instant(schedule.at.day, schedule.at.minute);
        facts.push(locale.say("campaign-planned", &[("time", desk.clock(at).into())]));
    }
    facts.push(locale.say("campaign-shown", &[("days", i64::from(body.shown_days).into())]));
    if let Some(last) = body.shown_until {
        facts.push(locale.say("campaign-until-day", &[("day", desk.day(last.0).into())]));
    }
    if let Some(points) = body.gives.as_ref().and_then(|gives| gives.points) {
        facts.push(locale.say("auto-gives-points", &[("points", points.into())]));
    }
    if let Some(reward) = reward {
        facts.push(locale.say("auto-gives-reward", &[("reward", reward.into())]));
    }
    if body.hold_out_percent > 0 {
        let values = [("percent", i64::from(body.hold_out_percent).into())];
        facts.push(locale.say("campaign-held", &values));
    }
    facts
}

async fn estimate(desk: &Desk, campaign: &Campaign) -> Result<Estimate, ActionError> {
    let (caller, id, now) = (desk.caller.clone(), campaign.id.clone(), desk.state.house.now());
    let store = &desk.state.house.store;
    let read = store.read(move |db| {
        let campaign = get_campaign(db, &caller, &id)?;
        read_written(db, &campaign)
    });
    foresee::estimate(store, read.await?, now).await
}

fn counted_words(desk: &Desk, estimate: &Estimate) -> Vec<(String, String)> {
    let mut words = desk.foreseen(&estimate.foreseen);
    if estimate.held_out > 0 {
        let number = desk.locale.language().write_number(estimate.held_out);
        words.push((desk.locale.word("reach-held-out"), number));
    }
    words
}

async fn read_preview(desk: &Desk, campaign: &Campaign, card: &str) -> Result<Option<Preview>, ActionError> {
    let code = match card.trim() {
        "" => None,
        text => Some(CardCode::scan(text).ok_or_else(|| ActionError::new(Code::UnknownCard))?),
    };
    let (house, campaign) = (desk.state.house.clone(), campaign.clone());
    let read = desk
        .state
        .house
        .store
        .read(move |db| preview_campaign(db, &house, &campaign, code.as_ref().map(CardCode::as_str)));
    read.await
}
