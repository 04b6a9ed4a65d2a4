//! The rewards that are for a member, as the catalogue lists them.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::lists::List;
use super::members::find_member;
use super::shapes::TextShape;
use crate::actions::House;
use crate::actions::list_offers::{Offer, list_offers};
use crate::actions::record_order::{Holder, find_card};
use crate::http::body::Who;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::reward::Gift;
use crate::types::Text;

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/members/{id}/rewards", web::get().to(list));
}

/// A reward that is for the member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
pub(super) struct OfferView {
    /// The reward's id.
    id: String,
    /// What it is called.
    #[schema(value_type = TextShape)]
    name: Text,
    /// What it is.
    #[schema(value_type = Option<TextShape>)]
    description: Option<Text>,
    /// What the holder gets. Where a download lies is not told: its link leads there.
    #[schema(value_type = serde_json::Value)]
    gives: Value,
    /// Points that it costs.
    cost: i64,
    /// Points that are missing; 0 if the balance suffices.
    missing: i64,
    /// How many there are left for all members together; null if they are not counted.
    left: Option<i64>,
    /// Whether the member can have it at once.
    usable: bool,
    /// Under which heading it is listed.
    category: Option<String>,
    /// Where its picture is.
    picture_url: Option<String>,
}

impl OfferView {
    pub(super) fn new(house: &House, offer: Offer) -> Self {
        let usable = offer.is_usable();
        let picture_url = offer
            .listed
            .body
            .picture
            .as_deref()
            .map(|hash| image_url(house, hash));
        let reward = offer.listed.body;
        Self {
            id: offer.listed.id.unwrap_or_default(),
            gives: shown(&reward.gives),
            name: reward.name,
            description: reward.description,
            cost: reward.cost,
            missing: offer.missing,
            left: offer.left,
            usable,
            category: reward.category,
            picture_url,
        }
    }
}

/// Where an image is.
pub(super) fn image_url(house: &House, sha256: &str) -> String {
    format!("{}/images/{sha256}.png", house.public_url)
}

/// What the holder gets, as customers may see it.
pub(super) fn shown(gives: &Gift) -> Value {
    match gives {
        Gift::Download(_) => json!({ "download": {} }),
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

/// Lists the rewards that are for a member now, at most 200: by position, then by name.
#[utoipa::path(get, path = "/v1/members/{id}/rewards", tag = "rewards", operation_id = "list_offers",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id")),
    responses((status = 200, description = "Rewards", body = List<OfferView>)))]
pub(super) async fn list(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let house = state.house.clone();
    let offers = state
        .house
        .store
        .read(move |db| {
            let member = find_member(db, &who.0, &id)?;
            let card = find_card(db, &house, who.0.program.as_ref(), &Holder::Member(member.id))?;
            list_offers(db, &house, &card, house.now())
        })
        .await?;
    let view = |offer| OfferView::new(&state.house, offer);
    Ok(HttpResponse::Ok().json(List {
        data: offers.into_iter().map(view).collect(),
        next_cursor: None,
    }))
}
