//! A look is put on every card: first what that will do, then the deed.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::draft::{drop_blank, read_draft};
use super::page::{Around, DesignerPage};
use super::stage::Stage;
use super::uploads::{drop_long_art, take_images};
use super::{lead_on, read_design, shown_in};
use crate::actions::publish_design::{Published, check_design, publish_design};
use crate::actions::{ActionError, Answer, Code, Deed, perform};
use crate::http::body::Body;
use crate::http::pages::console::rail::{Rail, Room};
use crate::http::pages::desk::Desk;
use crate::http::pages::forms::read_version;
use crate::http::pages::frame::{Frame, respond};
use crate::http::pages::locale::Locale;
use crate::http::{Problem, State};
use crate::loyalty::design::Design;
use crate::store::Tx;
use crate::store::rollout::{self, Holders};

/// Cards that are counted; beyond, a page says that there are more.
pub(super) const COUNTED_MAX: i64 = 20_000;

#[derive(Template)]
#[template(path = "pages/console/designer/ask.html")]
struct AskPage {
    frame: Frame,
    rail: Rail,
    /// The look, as JSON.
    base: String,
    version: i64,
    shown: &'static str,
    cards: String,
    phones: String,
    is_more: bool,
    stage: Stage,
}

/// Says what publishing will do; what keeps it from that is told in the form.
pub(super) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take_parts(&state, &request, &body.0).await?;
    let again = form.find("from");
    let mut refusals = Vec::new();
    let design = if let Some(id) = again {
        read_design(&desk, Some(id)).await?.1
    } else {
        let mut design = read_draft(&form)?;
        refusals = take_images(&desk, &form, &mut design).await?;
        refusals.extend(drop_long_art(&desk, &mut design));
        drop_blank(&mut design);
        design
    };
    let shown = shown_in(&desk, &form);
    let name = desk.program.name.clone();
    let faults = match check_design(&state.house, name, design.clone(), BTreeMap::new()).await {
        Ok(_) => Vec::new(),
        Err(error) if error.code == Code::Invalid => error.faults,
        Err(error) => return Err(error.into()),
    };
    if !faults.is_empty() || !refusals.is_empty() {
        let around = Around {
            faults,
            refusals,
            ..Around::default()
        };
        let page = DesignerPage::draw(&desk, &design, shown, around).await?;
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    }
    let version = match again {
        Some(_) => desk.program.version,
        None => read_version(form.get("version"))?,
    };
    let page = draw_ask(&desk, &design, version, shown).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

async fn draw_ask(desk: &Desk, design: &Design, version: i64, shown: Locale) -> Result<AskPage, ActionError> {
    let id = desk.program.id.clone();
    let house = &desk.state.house;
    let read = house
        .store
        .read(move |db| Ok::<_, ActionError>(rollout::count_holders(db, &id, COUNTED_MAX)?));
    let Holders { cards, apple, google } = read.await?;
    let locale = desk.locale;
    let phones = apple + google;
    Ok(AskPage {
        frame: desk.console_frame(locale.word("designer-ask-title")),
        rail: desk.rail(Room::Card).await?,
        base: serde_json::to_string(design).map_err(ActionError::internal)?,
        version,
        shown: shown.tag(),
        cards: locale.say("designer-ask-cards", &[("count", cards.into())]),
        phones: locale.say("designer-ask-phones", &[("count", phones.into())]),
        is_more: cards == COUNTED_MAX,
        stage: Stage::draw(desk, design, shown).await?,
    })
}

/// Publishes a look and leads on to its progress.
pub(super) async fn publish(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take_parts(&state, &request, &body.0).await?;
    let mut design = read_draft(&form)?;
    drop_blank(&mut design);
    let version = read_version(form.get("version"))?;
    let around = match put_on_cards(&desk, design.clone(), version).await {
        Ok(()) => return Ok(lead_on(&desk, "/console/card/progress?done=1")),
        Err(error) if error.code == Code::Invalid => Around {
            faults: error.faults,
            ..Around::default()
        },
        Err(error) if error.code == Code::StaleEdit => Around {
            alert: Some(desk.locale.word("designer-stale")),
            ..Around::default()
        },
        Err(error) => return Err(error.into()),
    };
    let status = if around.alert.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = DesignerPage::draw(&desk, &design, shown_in(&desk, &form), around).await?;
    Ok(respond(status, &page)?)
}

async fn put_on_cards(desk: &Desk, design: Design, version: i64) -> Result<(), ActionError> {
    let house = &desk.state.house;
    let checked = check_design(house, desk.program.name.clone(), design, BTreeMap::new()).await?;
    let id = desk.program.id.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| publish_design(tx, deed, &id, Some(version), &checked);
    let render = |_: &Published| Answer {
        status: 200,
        body: String::new(),
        is_replay: false,
    };
    perform(house, desk.caller.clone(), deed, render).await?;
    Ok(())
}
