//! The tills: browsers at a counter, each connected by a link that is shown once.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::super::qr::QrCode;
use super::super::rail::{Rail, Room};
use super::locations::list_active;
use super::{Door, Typed, doors, is_done};
use crate::actions::connect_till::{create_till, revoke_till};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::tills::{self, Till};
use crate::types::{Secret, TillId};

/// Most tills that are listed.
const TILLS_MAX: i64 = 500;

#[derive(Template)]
#[template(path = "pages/console/shop/tills.html")]
struct TillsPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    tills: Vec<TillLine>,
    is_revoked: bool,
    /// The link of one that was just made, and its code.
    made: Option<(String, Option<QrCode>)>,
    name: Typed,
    location: Typed,
    /// The codes and names of the locations that can be chosen; a till's may be typed while there are none.
    locations: Vec<(String, String)>,
    action: String,
}

struct TillLine {
    name: String,
    location: String,
    state: &'static str,
    since: String,
    revoke: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TillForm {
    token: String,
    name: String,
    location: String,
}

guarded!(TillForm);

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let mut page = draw(&desk, TillForm::default(), None, None).await?;
    page.is_revoked = is_done(&request, "revoked");
    Ok(respond(StatusCode::OK, &page)?)
}

/// Makes a till; its link is on the answer and nowhere else.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TillForm) = Desk::take(&state, &request, &body.0).await?;
    let program = desk.program.id.clone();
    let (name, location) = (form.name.clone(), form.location.trim().to_owned());
    let location = Some(location).filter(|text| !text.is_empty());
    let made = desk
        .act(move |tx, deed| create_till(tx, deed, &program, &name, location))
        .await;
    let (page, status) = match made {
        Ok((_, link)) => (
            draw(&desk, TillForm::default(), Some(&link), None).await?,
            StatusCode::CREATED,
        ),
        Err(error) if error.code == Code::Invalid => (
            draw(&desk, form, None, Some(&error)).await?,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        Err(error) => return Err(error.into()),
    };
    Ok(respond(status, &page)?)
}

/// Takes a till back: whoever is signed in there is so no more.
pub(super) async fn revoke(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, _): (Desk, TillForm) = Desk::take(&state, &request, &body.0).await?;
    let id: TillId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    desk.act(move |tx, deed| revoke_till(tx, deed, &id)).await?;
    Ok(lead_to(&desk.link("/console/tills?done=revoked")))
}

async fn draw(
    desk: &Desk,
    form: TillForm,
    link: Option<&Secret>,
    error: Option<&ActionError>,
) -> Result<TillsPage, ActionError> {
    let program = desk.program.id.clone();
    let house = &desk.state.house;
    let read = house
        .store
        .read(move |db| tills::list(db, Some(&program), None, TILLS_MAX));
    let all: Vec<Till> = read.await?;
    let row = |till: Till| TillLine {
        state: if till.connected_at.is_some() {
            "shop-till-connected"
        } else {
            "shop-till-waits"
        },
        since: desk.date(till.connected_at.unwrap_or(till.created_at)),
        revoke: desk.link(&format!("/console/tills/{}/revoke", till.id)),
        name: till.name,
        location: till.location.unwrap_or_default(),
    };
    let made = link.map(|link| {
        let url = house.till_url(link);
        let qr = QrCode::draw(&url);
        (url, qr)
    });
    let locations = list_active(desk).await?;
    Ok(TillsPage {
        locations,
        frame: desk.console_frame(desk.title("shop-tills", error.is_some())),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/tills"),
        tills: all
            .into_iter()
            .filter(|till| till.revoked_at.is_none())
            .map(row)
            .collect(),
        is_revoked: false,
        made,
        name: Typed::new(form.name).judged(error, "/name", "shop-bad-text"),
        location: Typed::new(form.location).judged(error, "/location", "shop-bad-text"),
        action: desk.link("/console/tills"),
    })
}
