//! An automation is written, and changed whether it is on or off.

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
use super::super::campaigns::choose_reward;
use super::super::campaigns::{TextField, list_segments};
use super::super::rail::{Rail, Room};
use super::super::terms::list_rewards;
use super::find;
use super::form::{AutomationForm, Choice, field_of, said};
use super::ready::begin as begin_ready;
use crate::actions::change_automation::{change_automation, create_automation, read_automation};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::campaign::check::WORDS_MAX;
use crate::loyalty::campaign::words::NAMES;
use crate::store::campaigns::{CANCELLED, Campaign};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The ready one to begin with.
    ready: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/console/automations/edit.html")]
struct EditPage {
    frame: Frame,
    rail: Rail,
    heading: String,
    form: AutomationForm,
    /// What is wrong, by field.
    faults: BTreeMap<&'static str, String>,
    /// What is wrong with all of it.
    refusal: Option<String>,
    whens: Vec<Choice>,
    units: Vec<Choice>,
    webhooks: Vec<Choice>,
    ready_who: Vec<Choice>,
    segments: Vec<(String, String, bool)>,
    rewards: Vec<(String, String, bool)>,
    texts: Vec<TextField>,
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
    form: AutomationForm,
    error: Option<&'a ActionError>,
    automation: Option<&'a Campaign>,
}

/// A form for a new automation.
pub(super) async fn begin(
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let drawn = Drawn {
        form: begin_ready(desk.locale, asked.ready.as_deref()),
        error: None,
        automation: None,
    };
    Ok(respond(StatusCode::OK, &draw(&desk, drawn).await?)?)
}

/// Keeps a new automation; it does nothing yet.
pub(super) async fn create(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, AutomationForm) = Desk::take(&state, &request, &body.0).await?;
    let program = desk.program.id.clone();
    let written = match form.body() {
        Ok(mut fields) => {
            fields.retain(|_, value| !value.is_null());
            desk.act(move |tx, deed| create_automation(tx, deed, &program, fields))
                .await
        }
        Err(error) => Err(error),
    };
    keep(&desk, form, None, written).await
}

/// The form of an automation.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let automation = find(&desk, &id).await?;
    let form = AutomationForm::say(&read_automation(&automation)?);
    let Some(form) = form.filter(|_| automation.state != CANCELLED) else {
        let way = format!("/console/automations/{}", automation.id);
        return Ok(lead_to(&desk.link(&way)));
    };
    let drawn = Drawn {
        form: AutomationForm {
            version: automation.version.to_string(),
            ..form
        },
        error: None,
        automation: Some(&automation),
    };
    Ok(respond(StatusCode::OK, &draw(&desk, drawn).await?)?)
}

/// Changes an automation that is still at the version that the form was drawn from.
pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, AutomationForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let automation = find(&desk, &id).await?;
    let known = automation.id.clone();
    let written = match form.body() {
        Ok(fields) => {
            desk.act(move |tx, deed| change_automation(tx, deed, (&known, Some(version)), fields))
                .await
        }
        Err(error) => Err(error),
    };
    keep(&desk, form, Some(&automation), written).await
}

/// The page of what was kept, or the form again with what is wrong.
async fn keep(
    desk: &Desk,
    mut form: AutomationForm,
    automation: Option<&Campaign>,
    written: Result<Campaign, ActionError>,
) -> Result<HttpResponse, Problem> {
    let error = match written {
        Ok(kept) => {
            let way = format!("/console/automations/{}?done=saved", kept.id);
            return Ok(lead_to(&desk.link(&way)));
        }
        Err(error) => error,
    };
    let status = match error.code {
        Code::Invalid | Code::LimitReached | Code::NoDesign => StatusCode::UNPROCESSABLE_ENTITY,
        Code::StaleEdit | Code::CampaignOver => StatusCode::CONFLICT,
        _ => return Err(error.into()),
    };
    // Who was told that it is another version by now may save it over that.
    if let (Code::StaleEdit, Some(automation)) = (error.code, automation) {
        form.version = automation.version.to_string();
    }
    let drawn = Drawn {
        form,
        error: Some(&error),
        automation,
    };
    Ok(respond(status, &draw(desk, drawn).await?)?)
}

async fn draw(desk: &Desk, drawn: Drawn<'_>) -> Result<EditPage, ActionError> {
    let Drawn {
        form,
        error,
        automation,
    } = drawn;
    let mut faults = BTreeMap::new();
    for fault in error.iter().flat_map(|error| &error.faults) {
        faults.entry(field_of(fault)).or_insert_with(|| said(desk, fault));
    }
    let refusal = error
        .filter(|error| error.faults.is_empty())
        .map(|error| match error.code {
            Code::StaleEdit => desk.locale.word("shop-stale"),
            _ => error.to_string(),
        });
    let heading = match automation {
        Some(automation) => read_automation(automation)?.name,
        None => desk.locale.word("auto-new"),
    };
    let most = i64::try_from(WORDS_MAX).map_err(ActionError::internal)?;
    let base = automation.map(|automation| format!("/console/automations/{}", automation.id));
    Ok(EditPage {
        frame: desk.console_frame(desk.locale.title(&heading, error.is_some())),
        rail: desk.rail(Room::Automations).await?,
        heading,
        faults,
        refusal,
        whens: form.whens(),
        units: form.units(),
        webhooks: form.webhooks(),
        ready_who: form.ready_who(),
        segments: list_segments(desk, &form.who).await?,
        rewards: choose_reward(list_rewards(desk).await?, &form.reward),
        texts: form.text_fields(),
        names: NAMES.iter().map(|(name, _)| format!("{{{name}}}")).collect(),
        text_how: desk.locale.say("campaign-text-how", &[("most", most.into())]),
        action: match &base {
            Some(base) => desk.link(&format!("{base}/edit")),
            None => desk.link("/console/automations"),
        },
        way_back: desk.link(base.as_deref().unwrap_or("/console/automations")),
        form,
    })
}
