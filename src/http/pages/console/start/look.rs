//! The third step: the colour of the card, seen at once. Everything else about its look is for the designer.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::face::{Drawing, Face};
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::super::join::sample;
use super::super::super::leading::lead_to;
use super::super::super::look::read_look;
use super::super::super::theme::CONTRAST_MIN;
use super::Step;
use crate::actions::publish_design::{check_design, publish_design};
use crate::actions::{ActionError, Code};
use crate::apple::color::Rgb;
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::design::Colors;
use crate::loyalty::face::CardFace;
use crate::types::Points;

/// Colours that are offered, each with the text that names it.
const COLORS: [(&str, &str); 8] = [
    ("#1f3a34", "color-forest"),
    ("#1d3557", "color-navy"),
    ("#5b2a3c", "color-wine"),
    ("#7a2e1d", "color-brick"),
    ("#4a3426", "color-coffee"),
    ("#3c3a63", "color-plum"),
    ("#16191c", "color-ink"),
    ("#f3efe6", "color-cream"),
];
/// Points of the card that is shown.
const SAMPLE_POINTS: i64 = 24;

#[derive(Template)]
#[template(path = "pages/console/start/look.html")]
struct LookPage {
    frame: Frame,
    marks: Vec<bool>,
    step: String,
    face: Face,
    colors: Vec<ColorChoice>,
    own: String,
    is_saved: bool,
    fault: bool,
    token: String,
    action: String,
    next: String,
}

struct ColorChoice {
    value: &'static str,
    name: &'static str,
    is_chosen: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LookForm {
    token: String,
    /// One of those that are offered, or `own`.
    color: String,
    own: String,
}

guarded!(LookForm);

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let is_saved = request.query_string().split('&').any(|pair| pair == "done=1");
    let page = draw(&desk, is_saved, None).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, LookForm) = Desk::take(&state, &request, &body.0).await?;
    let house = &state.house;
    let wanted = if form.color == "own" {
        &form.own
    } else {
        &form.color
    };
    let Some(colors) = Rgb::parse(wanted.trim()).map(around) else {
        let page = draw(&desk, false, Some(form.own)).await?;
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    };
    let design = desk.program.design_id.clone();
    let design = design.ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let look = read_look(house, &design, desk.locale).await?;
    let mut changed = look.ready.design.clone();
    changed.colors = colors;
    let checked = check_design(house, desk.program.name.clone(), changed, BTreeMap::new()).await?;
    let program = desk.program.id.clone();
    desk.act(move |tx, deed| publish_design(tx, deed, &program, None, &checked))
        .await?;
    Ok(lead_to(&desk.link("/console/start/look?done=1")))
}

/// The colours of a card of one: what stands on it is white or black, whichever can be read.
fn around(background: Rgb) -> Colors {
    let foreground = if background.contrast(Rgb::WHITE) >= CONTRAST_MIN {
        Rgb::WHITE
    } else {
        Rgb::BLACK
    };
    // Labels are a little less than the values, as far as they can still be read.
    let label = [25, 15, 8, 0]
        .into_iter()
        .map(|share| foreground.mix(background, share))
        .find(|label| label.contrast(background) >= CONTRAST_MIN)
        .unwrap_or(foreground);
    Colors {
        background: background.hex(),
        foreground: foreground.hex(),
        label: label.hex(),
        footer_background: None,
    }
}

async fn draw(desk: &Desk, is_saved: bool, refused: Option<String>) -> Result<LookPage, ActionError> {
    let locale = desk.locale;
    let design = desk.program.design_id.clone();
    let design = design.ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let look = read_look(&desk.state.house, &design, locale).await?;
    let points = Points::new(SAMPLE_POINTS).map_err(ActionError::internal)?;
    let facts = sample(&desk.program, locale, points);
    let name = desk.program.name.get(&locale.language());
    let face = Drawing {
        locale,
        name: locale.say("join-card", &[("program", name.into())]),
        logo_size: look.logo_size,
        has_code: false,
        stamps: None,
        face: &CardFace::draw(&look.ready.design, &facts),
    }
    .draw();
    let present = &look.ready.design.colors.background;
    let colors = COLORS.map(|(value, name)| ColorChoice {
        value,
        name,
        is_chosen: present.eq_ignore_ascii_case(value),
    });
    let title = locale.word("start-look-title");
    let fault = refused.is_some();
    Ok(LookPage {
        frame: desk.start_frame(locale.title(&title, fault)),
        marks: Step::LOOK.marks(),
        step: Step::LOOK.words(locale),
        face,
        own: refused.unwrap_or_else(|| present.clone()),
        colors: colors.into_iter().collect(),
        is_saved,
        fault,
        token: desk.token(),
        action: desk.link("/console/start/look"),
        next: desk.link("/console/start/wallets"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_that_is_offered_can_be_read() {
        for (value, _) in COLORS {
            let colors = around(Rgb::parse(value).expect("a colour"));
            let color = |text: &str| Rgb::parse(text).expect("a colour");
            let background = color(&colors.background);
            for text in [&colors.foreground, &colors.label] {
                assert!(color(text).contrast(background) >= CONTRAST_MIN, "{value} {text}");
            }
        }
    }
}
