//! A campaign is written, and changed while it is a draft.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::read_version;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::super::terms::list_rewards;
use super::find;
use super::form::{CampaignForm, TextField, field_of, repeats, said};
use crate::actions::change_campaign::{change_campaign, create_campaign, read_body};
use crate::actions::{ActionError, Code, TermKind};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::campaign::check::WORDS_MAX;
use crate::loyalty::campaign::words::NAMES;
use crate::loyalty::segment::Segment;
use crate::store::campaigns::{AWAITING_APPROVAL, Campaign, DRAFT};
use crate::store::terms;

/// Most segments that can be chosen from.
const SEGMENTS_MAX: i64 = 200;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// To whom it goes.
    segment: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/console/campaigns/edit.html")]
struct EditPage {
    frame: Frame,
    rail: Rail,
    heading: String,
    form: CampaignForm,
    /// What is wrong, by field.
    faults: BTreeMap<&'static str, String>,
    /// What is wrong with all of it.
    refusal: Option<String>,
    segments: Vec<(String, String, bool)>,
    texts: Vec<TextField>,
    others: Vec<TextField>,
    repeats: Vec<(&'static str, &'static str, bool)>,
    rewards: Vec<(String, String, bool)>,
    /// What the text may name, as it is written there.
    names: Vec<String>,
    text_how: String,
    action: String,
    way_back: String,
}

impl EditPage {
    fn fault(&self, field: &str) -> Option<&String> {
        self.faults.get(field)
    }
}

/// What a page is drawn from.
struct Drawn<'a> {
    form: CampaignForm,
    error: Option<&'a ActionError>,
    campaign: Option<&'a Campaign>,
}

/// A form for a new campaign.
pub(super) async fn begin(
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let drawn = Drawn {
        form: CampaignForm::new(asked.segment.as_deref()),
        error: None,
        campaign: None,
    };
    Ok(respond(StatusCode::OK, &draw(&desk, drawn).await?)?)
}

/// Keeps a new campaign as a draft.
pub(super) async fn create(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, CampaignForm) = Desk::take(&state, &request, &body.0).await?;
    let program = desk.program.id.clone();
    let written = match form.body() {
        Ok(mut fields) => {
            fields.retain(|_, value| !value.is_null());
            desk.act(move |tx, deed| create_campaign(tx, deed, &program, fields))
                .await
        }
        Err(error) => Err(error),
    };
    match written {
        Ok(campaign) => Ok(lead_to(
            &desk.link(&format!("/console/campaigns/{}?done=saved", campaign.id)),
        )),
        Err(error) => {
            let status = status_of(&error)?;
            let drawn = Drawn {
                form,
                error: Some(&error),
                campaign: None,
            };
            Ok(respond(status, &draw(&desk, drawn).await?)?)
        }
    }
}

/// The form of a draft.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let campaign = find(&desk, &id).await?;
    let form = CampaignForm::say(&read_body(&campaign)?);
    let Some(form) = form.filter(|_| [DRAFT, AWAITING_APPROVAL].contains(&campaign.state.as_str())) else {
        return Ok(lead_to(
            &desk.link(&format!("/console/campaigns/{}", campaign.id)),
        ));
    };
    let drawn = Drawn {
        form: CampaignForm {
            version: campaign.version.to_string(),
            ..form
        },
        error: None,
        campaign: Some(&campaign),
    };
    Ok(respond(StatusCode::OK, &draw(&desk, drawn).await?)?)
}

/// Changes a draft that is still at the version that the form was drawn from.
pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, mut form): (Desk, CampaignForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let campaign = find(&desk, &id).await?;
    let known = campaign.id.clone();
    let written = match form.body() {
        Ok(fields) => {
            desk.act(move |tx, deed| change_campaign(tx, deed, (&known, Some(version)), fields))
                .await
        }
        Err(error) => Err(error),
    };
    match written {
        Ok(campaign) => Ok(lead_to(
            &desk.link(&format!("/console/campaigns/{}?done=saved", campaign.id)),
        )),
        Err(error) => {
            let status = status_of(&error)?;
            // Who was told that it is another version by now may save it over that.
            if error.code == Code::StaleEdit {
                form.version = campaign.version.to_string();
            }
            let drawn = Drawn {
                form,
                error: Some(&error),
                campaign: Some(&campaign),
            };
            Ok(respond(status, &draw(&desk, drawn).await?)?)
        }
    }
}

/// The status of a page that is drawn again for what cannot be kept, if it is that.
fn status_of(error: &ActionError) -> Result<StatusCode, ActionError> {
    match error.code {
        Code::Invalid | Code::LimitReached => Ok(StatusCode::UNPROCESSABLE_ENTITY),
        Code::StaleEdit | Code::CampaignBegun => Ok(StatusCode::CONFLICT),
        _ => Err(error.clone()),
    }
}

async fn draw(desk: &Desk, drawn: Drawn<'_>) -> Result<EditPage, ActionError> {
    let Drawn {
        form,
        error,
        campaign,
    } = drawn;
    let mut faults = BTreeMap::new();
    for fault in error.iter().flat_map(|error| &error.faults) {
        faults.entry(field_of(fault)).or_insert_with(|| said(desk, fault));
    }
    let refusal = error
        .filter(|error| error.faults.is_empty())
        .map(|error| match error.code {
            Code::StaleEdit => desk.locale.word("shop-stale"),
            Code::CampaignBegun => desk.locale.word("campaign-begun-before"),
            _ => error.to_string(),
        });
    let heading = match campaign {
        Some(campaign) => read_body(campaign)?.name,
        None => desk.locale.word("campaign-new"),
    };
    let most = i64::try_from(WORDS_MAX).map_err(ActionError::internal)?;
    let base = campaign.map(|campaign| format!("/console/campaigns/{}", campaign.id));
    Ok(EditPage {
        frame: desk.console_frame(desk.locale.title(&heading, error.is_some())),
        rail: desk.rail(Room::Campaigns).await?,
        heading,
        faults,
        refusal,
        segments: list_segments(desk, &form.segment).await?,
        texts: form.text_fields(),
        others: form.other_fields(),
        repeats: repeats(&form),
        rewards: choose_reward(list_rewards(desk).await?, &form.reward),
        names: NAMES.iter().map(|(name, _)| format!("{{{name}}}")).collect(),
        text_how: desk.locale.say("campaign-text-how", &[("most", most.into())]),
        action: match &base {
            Some(base) => desk.link(&format!("{base}/edit")),
            None => desk.link("/console/campaigns"),
        },
        way_back: desk.link(base.as_deref().unwrap_or("/console/campaigns")),
        form,
    })
}

/// Rewards by id and name, each with whether it is the chosen one.
pub(in crate::http::pages::console) fn choose_reward(
    all: Vec<(String, String)>,
    chosen: &str,
) -> Vec<(String, String, bool)> {
    let all = all.into_iter().map(|(id, name)| {
        let is_chosen = id == chosen;
        (id, name, is_chosen)
    });
    all.collect()
}

/// The program's segments: id, name, whether it is the chosen one.
pub(in crate::http::pages::console) async fn list_segments(
    desk: &Desk,
    chosen: &str,
) -> Result<Vec<(String, String, bool)>, ActionError> {
    let program = desk.program.id.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| terms::list(db, &program, TermKind::Segment.name(), None, SEGMENTS_MAX));
    let named = read.await?.into_iter().map(|term| {
        let body: Segment = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        let is_chosen = term.id == chosen;
        Ok((term.id, body.name, is_chosen))
    });
    named.collect()
}
