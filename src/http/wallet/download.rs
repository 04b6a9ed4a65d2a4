//! What browsers and Google download: a card's pass, a design's images, stamps.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, ETAG, HeaderValue, IF_NONE_MATCH};
use actix_web::web::{self, Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, guard};

use super::respond;
use crate::actions::draw_stamps::draw_banner;
use crate::actions::issue_pass::issue_pass_of_card;
use crate::actions::surviving::find_shown;
use crate::actions::{ActionError, Code, House};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::cards::{self, Card};
use crate::store::designs;
use crate::types::DesignId;

pub(super) fn configure(router: &mut Router) {
    let read = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    router
        .route("/card/{token}/pass.pkpass", read().to(pass))
        .route("/images/{file}", read().to(image))
        .route("/stamps/{design}/{file}", read().to(stamps));
}

/// The card that a link opens. Wrong, old and made-up links are one answer.
pub(in crate::http) async fn card_of_link(house: &House, token: &str) -> Result<Card, ActionError> {
    let missing = || {
        ActionError::with(
            Code::NotFound,
            "This link does not work any more. Ask the shop for a new one.",
        )
    };
    let id = House::card_of_link(token).ok_or_else(missing)?;
    let card = house
        .store
        .read(move |db| Ok::<_, ActionError>(cards::get(db, &id)?))
        .await;
    let card = match card {
        Err(error) if error.code == Code::NotFound => return Err(missing()),
        other => other?,
    };
    if !house.is_link_token(token, &card.id, card.link_epoch) {
        return Err(missing());
    }
    if card.merged_into.is_none() {
        return Ok(card);
    }
    house
        .store
        .read(move |db| Ok::<_, ActionError>(find_shown(db, card)?))
        .await
}

async fn pass(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let card = card_of_link(&state.house, &token).await?;
    let issued = issue_pass_of_card(&state.house, card.id).await?;
    let is_head = request.method() == actix_web::http::Method::HEAD;
    let mut response = respond(&state.house, issued, is_head);
    let name = HeaderValue::from_static("attachment; filename=\"card.pkpass\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, name);
    Ok(response)
}

/// An image by the SHA-256 of its bytes: it never changes, so it may be kept for ever.
async fn image(
    state: Data<State>,
    request: HttpRequest,
    file: Path<String>,
) -> Result<HttpResponse, Problem> {
    let missing = || ActionError::new(Code::NotFound);
    let sha256 = file.strip_suffix(".png").ok_or_else(missing)?.to_owned();
    let tag = format!("\"{sha256}\"");
    let wanted = sha256.clone();
    let stored = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(designs::find_image(db, &wanted)?))
        .await?;
    // A strip that was drawn is in no database; whoever has it in a pass may still ask for it here.
    let bytes = stored
        .map(Bytes::from)
        .or_else(|| state.house.shelf.find_strip(&sha256))
        .ok_or_else(missing)?;
    Ok(unchanging(&request, tag, bytes))
}

/// Stamps as Google's banner: `3-5.png`, of a design. It never changes, for a design does not.
async fn stamps(
    state: Data<State>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let missing = || ActionError::new(Code::NotFound);
    let (design, file) = path.into_inner();
    let name = file.strip_suffix(".png").ok_or_else(missing)?;
    let id: DesignId = design.parse().map_err(|_| missing())?;
    let picture = name.parse().map_err(|_| missing())?;
    let bytes = draw_banner(&state.house, id, picture).await?;
    Ok(unchanging(&request, format!("\"{design}-{name}\""), bytes))
}

/// An image that is the same for ever, or word that the caller has it.
fn unchanging(request: &HttpRequest, tag: String, bytes: Bytes) -> HttpResponse {
    let has_it = request
        .headers()
        .get(IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if has_it {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ETAG, tag))
        .content_type("image/png");
    if has_it {
        response.finish()
    } else {
        response.body(bytes)
    }
}
