//! The designer: the card of a program as people see it, edited beside the card as it will be.

mod apple_view;
mod code_art;
mod draft;
mod findings;
mod google_view;
mod languages;
mod lock_screen;
mod page;
mod panel;
mod progress;
mod publish;
mod stage;
mod texts;
mod uploads;
mod versions;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use self::draft::read_draft;
use self::page::{Around, DesignerPage, StagePart};
use self::stage::Stage;
use self::uploads::{drop_long_art, take_images};
use super::parts::Form;
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::pages::desk::Desk;
use crate::http::pages::frame::respond;
use crate::http::pages::leading::{lead, lead_to};
use crate::http::pages::locale::{Locale, Reader};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::design::Design;
use crate::store::designs::{self, DesignRow};
use crate::types::DesignId;

/// Adds the designer's routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/card", web::get().to(show))
        .route("/console/card", web::post().to(publish::publish))
        .route("/console/card/preview", web::get().to(go_back))
        .route("/console/card/preview", web::post().to(preview))
        .route("/console/card/ask", web::get().to(go_back))
        .route("/console/card/ask", web::post().to(publish::ask))
        .route("/console/card/progress", web::get().to(progress::show))
        .route("/console/card/versions", web::get().to(versions::show))
        .route("/console/card/languages", web::get().to(languages::show));
}

/// Which look to begin with, and in which language to draw it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Start {
    from: Option<String>,
}

/// Shows the designer with the published look, or with an older one.
async fn show(
    state: Data<State>,
    request: HttpRequest,
    start: Query<Start>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let (row, design) = read_design(&desk, start.from.as_deref()).await?;
    let number = desk.locale.language().write_number(row.number);
    let is_old = desk.program.design_id.as_ref() != Some(&row.id);
    let around = Around {
        outcome: is_old.then(|| desk.locale.say("designer-old", &[("number", number.into())])),
        ..Around::default()
    };
    let page = DesignerPage::draw(&desk, &design, desk.locale, around).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Where a form was sent from is not where it leads: whoever loads such an address begins anew.
async fn go_back(request: HttpRequest) -> HttpResponse {
    lead("/console/card", Reader::of(&request))
}

/// Draws what a form has, and keeps nothing but pictures; for the script the preview alone.
async fn preview(state: Data<State>, request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take_parts(&state, &request, &body.0).await?;
    let mut design = read_draft(&form)?;
    let shown = shown_in(&desk, &form);
    if form.get("act") == "live" {
        let part = StagePart {
            frame: desk.console_frame(String::new()),
            stage: Stage::draw(&desk, &design, shown).await?,
        };
        return Ok(respond(StatusCode::OK, &part)?);
    }
    let mut refusals = take_images(&desk, &form, &mut design).await?;
    refusals.extend(drop_long_art(&desk, &mut design));
    let status = if refusals.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let around = Around {
        refusals,
        is_added: form.get("act").starts_with("add."),
        ..Around::default()
    };
    let page = DesignerPage::draw(&desk, &design, shown, around).await?;
    Ok(respond(status, &page)?)
}

/// The language that a form wants the card drawn in.
fn shown_in(desk: &Desk, form: &Form) -> Locale {
    Locale::of_tag(form.get("shown")).unwrap_or(desk.locale)
}

/// A version of the program's look: the one that is named, else the published one.
async fn read_design(desk: &Desk, wanted: Option<&str>) -> Result<(DesignRow, Design), ActionError> {
    let missing = || ActionError::new(Code::NotFound);
    let id: DesignId = if let Some(wanted) = wanted {
        wanted.parse().map_err(|_| missing())?
    } else {
        let published = desk.program.design_id.clone();
        published.ok_or_else(|| ActionError::new(Code::NoDesign))?
    };
    let read = desk
        .state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(designs::get(db, &id)?));
    let row = read.await?;
    if row.program_id != desk.program.id {
        return Err(missing());
    }
    let design = serde_json::from_str(&row.body).map_err(ActionError::internal)?;
    Ok((row, design))
}

/// Leads on to a part of the designer.
fn lead_on(desk: &Desk, address: &str) -> HttpResponse {
    lead_to(&desk.link(address))
}
