//! The cookie by which a browser that had a card's page finds the way back to it.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};

use crate::actions::{ActionError, House};
use crate::http::wallet::card_of_link;
use crate::store::cards::Card;

/// The cookie's name; its value is the token of the card's page.
const WAY_BACK: &str = "card";
/// How long it is kept, in days.
const KEPT_DAYS: i64 = 180;
/// Where it is sent to: where a member joins, their own pages, where they check in, and where a survey is opened.
const PATHS: [&str; 4] = ["/join", "/member", "/here", "/survey"];

/// Has the browser keep the way to a card.
pub(super) fn keep(house: &House, response: &mut HttpResponse, token: &str) -> Result<(), ActionError> {
    set(house, response, token, Duration::days(KEPT_DAYS))
}

/// Has the browser forget the way.
pub(super) fn forget(house: &House, response: &mut HttpResponse) -> Result<(), ActionError> {
    set(house, response, "", Duration::ZERO)
}

fn set(
    house: &House,
    response: &mut HttpResponse,
    token: &str,
    max_age: Duration,
) -> Result<(), ActionError> {
    for path in PATHS {
        let cookie = Cookie::build(WAY_BACK, token)
            .path(path)
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(house.public_url.starts_with("https:"))
            .max_age(max_age)
            .finish();
        response.add_cookie(&cookie).map_err(ActionError::internal)?;
    }
    Ok(())
}

/// The card that the browser had, and the token of its page, if that still opens it.
pub(super) async fn find(house: &House, request: &HttpRequest) -> Option<(Card, String)> {
    let cookie = request.cookie(WAY_BACK)?;
    // A cookie that leads nowhere any more is no way back, and no fault of this page.
    let card = card_of_link(house, cookie.value()).await.ok()?;
    Some((card, cookie.value().to_owned()))
}
