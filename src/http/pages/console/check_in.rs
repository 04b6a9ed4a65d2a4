//! The code of the day for the counter or the door: shown on a screen, or printed. Another one comes with the next day.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::assets::poster_style_address;
use super::super::desk::Desk;
use super::super::face::find_image;
use super::super::frame::{Frame, respond};
use super::super::leading::kept;
use super::super::look::read_look;
use super::super::paper::PosterSize;
use super::super::sheet::{Occasion, Poster, Sheet};
use super::shop::list_active;
use crate::actions::check_in::{Here, worth};
use crate::actions::{ActionError, Code};
use crate::http::{Problem, State};
use crate::loyalty::design::{Colors, Design};
use crate::store::locations::{self, Location};
use crate::types::Day;

/// Has the browser ask again after so many seconds (HTML, `Refresh`).
const REFRESH: HeaderName = HeaderName::from_static("refresh");
/// How long after midnight the next code is asked for, in seconds: clocks differ.
const AFTER_S: i64 = 2;

/// What an address asks for.
#[derive(Debug, Deserialize)]
struct Wish {
    #[serde(default)]
    size: PosterSize,
    /// The code of a location; empty is every one.
    #[serde(default)]
    location: String,
}

#[derive(Template)]
#[template(path = "pages/console/check_in.html")]
struct CheckInPage {
    frame: Frame,
    sheet: Sheet,
    print_style: String,
    /// Code, name, and whether it is chosen.
    locations: Vec<(String, String, bool)>,
    /// What the links to the sizes keep.
    kept: String,
    /// Whether no rule pays for it.
    pays_nothing: bool,
    rules: String,
    /// Where the code leads, for whoever tries it here.
    leads_to: String,
    way_back: String,
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let refuse = || {
        ActionError::with(
            Code::BadParameter,
            "A poster's size is a4, a5 or tent, said once.",
        )
    };
    let wish = Query::<Wish>::from_query(request.query_string()).map_err(|_| refuse())?;
    let location = find_location(&desk, &wish.location).await?;
    let now = desk.state.house.now();
    let here = Here::today(&desk.program, location.as_ref().map(|one| one.id.clone()), now);
    let next = desk
        .program
        .time_zone
        .start_of(Day::from_number(here.day.number() + 1));
    let page = draw(&desk, wish.size, (here, location)).await?;
    let mut response = respond(StatusCode::OK, &page)?;
    let wait = next.secs() - now.secs() + AFTER_S;
    let wait = HeaderValue::from_str(&wait.to_string()).map_err(ActionError::internal)?;
    response.headers_mut().insert(REFRESH, wait);
    Ok(response)
}

/// The location of a code that can be chosen; `None` if none is named.
async fn find_location(desk: &Desk, code: &str) -> Result<Option<Location>, ActionError> {
    if code.is_empty() {
        return Ok(None);
    }
    let (program, code) = (desk.program.id.clone(), code.to_owned());
    let house = &desk.state.house;
    let read = house
        .store
        .read(move |db| Ok::<_, ActionError>(locations::find_by_code(db, &program, &code)?));
    let found = read.await?.filter(|one| one.state == locations::ACTIVE);
    found
        .map(Some)
        .ok_or_else(|| ActionError::with(Code::NotFound, "There is no such location."))
}

async fn draw(
    desk: &Desk,
    size: PosterSize,
    (here, location): (Here, Option<Location>),
) -> Result<CheckInPage, ActionError> {
    let house = &desk.state.house;
    let (program, here_house) = (desk.program.clone(), house.clone());
    let read = house.store.read(move |db| worth(db, &here_house, &program));
    let worth = read.await?;
    let (design, logo) = read_design(desk).await?;
    let plain = Colors::default();
    let locale = desk.locale;
    let language = locale.language();
    let name = desk.program.name.get(&language);
    let title = match &location {
        Some(location) => format!("{name} · {}", location.name),
        None => name.to_owned(),
    };
    let headline = match worth {
        Some(points) if points > 0 => {
            let points = locale.points(&desk.program.point_name, points);
            locale.say("here-poster-points", &[("points", points.into())])
        }
        _ => locale.word("here-poster"),
    };
    let date = desk.date(desk.program.time_zone.start_of(here.day));
    let day = locale.say("here-poster-day", &[("date", date.into())]);
    let path = format!("/here/{}", house.here_token(&here));
    let poster = Poster {
        size,
        locale,
        colors: design.as_ref().map_or(&plain, |design| &design.colors),
        logo,
        program: &title,
        headline: &headline,
        earning: None,
        address: &format!("{}{path}", house.public_url),
        occasion: Occasion::CheckIn(&day),
    };
    let sheet = poster.draw();
    let heading = locale.word("check-in");
    let frame = match &design {
        Some(design) => Frame::of(locale, heading, &desk.program, design),
        None => Frame::plain(locale, heading),
    };
    let chosen = location.map(|one| one.code).unwrap_or_default();
    let all = list_active(desk).await?.into_iter();
    Ok(CheckInPage {
        frame: Frame {
            is_private: true,
            kept: kept([("size", size.tag()), ("location", &chosen)]),
            ..frame
        },
        sheet: sheet.ok_or_else(|| ActionError::internal("the address is too long for a code"))?,
        print_style: poster_style_address(size),
        locations: all
            .map(|(code, name)| {
                let is_chosen = code == chosen;
                (code, name, is_chosen)
            })
            .collect(),
        kept: kept([("location", chosen.as_str()), ("lang", locale.tag())]),
        pays_nothing: worth.is_none(),
        rules: desk.link("/console/rules"),
        leads_to: desk.link(&path),
        way_back: desk.link("/console"),
    })
}

/// Where a logo is, and its pixels.
type Logo = (String, (u32, u32));

/// The look that is published, and its logo.
async fn read_design(desk: &Desk) -> Result<(Option<Design>, Option<Logo>), ActionError> {
    let Some(id) = &desk.program.design_id else {
        return Ok((None, None));
    };
    let look = read_look(&desk.state.house, id, desk.locale).await?;
    let design = look.ready.design.clone();
    let logo = find_image(&design, "logo", desk.locale).zip(look.logo_size);
    let logo = logo.map(|(sha256, pixels)| (format!("/images/{sha256}.png"), pixels));
    Ok((Some(design), logo))
}
