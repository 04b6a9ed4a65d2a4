//! A browser becomes a till: a link leads here, and a button makes it so.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::frame::{Frame, respond};
use super::super::leading::lead_to;
use super::super::locale::{Locale, Reader};
use super::super::visitors::Visitors;
use crate::actions::connect_till::connect_till;
use crate::actions::{ActionError, Code, Deed};
use crate::http::body::Who;
use crate::http::session::{Kept, find_till};
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::types::Language;

#[derive(Template)]
#[template(path = "pages/till/connect.html")]
struct ConnectPage {
    frame: Frame,
    /// Where the button leads; `None` if the link is good no more.
    action: Option<String>,
}

/// Asks; whoever only looks at the link does not use it up.
pub(super) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    link: Path<String>,
) -> Result<HttpResponse, Problem> {
    // A bookmark of the link leads to the till that it made.
    if find_till(&state.house, &request).await?.is_some() {
        return Ok(lead_to("/till"));
    }
    let locale = Reader::of(&request).locale(&Language::english());
    let action = format!("/till/connect/{}?lang={}", link.as_str(), locale.tag());
    Ok(respond(StatusCode::OK, &draw(locale, Some(action)))?)
}

/// Connects the browser.
pub(super) async fn connect(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    who: Who,
    link: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.admit(&request, house)?;
    let deed = Deed::begin(house, who.0);
    let write = house
        .store
        .write(move |tx: &mut Tx<'_>| connect_till(tx, &deed, &link));
    match write.await {
        Ok((_, secret)) => {
            let mut response = lead_to("/till");
            let cookie = Kept::Till.keep(house, &secret);
            response.add_cookie(&cookie).map_err(ActionError::internal)?;
            Ok(response)
        }
        Err(error) if error.code == Code::TillLinkOver => {
            let locale = Reader::of(&request).locale(&Language::english());
            Ok(respond(StatusCode::GONE, &draw(locale, None))?)
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(locale: Locale, action: Option<String>) -> ConnectPage {
    let id = if action.is_some() {
        "till-connect-title"
    } else {
        "till-connect-over"
    };
    ConnectPage {
        frame: Frame::of_staff(locale, locale.word(id)),
        action,
    }
}
