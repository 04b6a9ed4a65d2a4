//! Images that rewards show: stored once under the SHA-256 of their bytes, and never changed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::offers::image_url;
use super::{answer, respond};
use crate::actions::store_image::{CheckedImage, check_image, store_image};
use crate::actions::{ActionError, Deed, perform};
use crate::http::body::Posted;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Tx;

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/images", web::post().to(store));
}

/// A picture.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PictureInput {
    /// A PNG of at most 2 MiB and 4,096 pixels a side, in base 64.
    data: String,
}

/// A stored picture.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Picture)]
pub(super) struct PictureView {
    /// The SHA-256 of its bytes, by which rewards name it.
    sha256: String,
    /// Where it is.
    url: String,
    /// Pixels across.
    width: u32,
    /// Pixels down.
    height: u32,
}

/// Stores a picture; the same one again is the same.
#[utoipa::path(post, path = "/v1/images", tag = "rewards", operation_id = "store_image", request_body = PictureInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The picture", body = PictureView)))]
pub(super) async fn store(state: Data<State>, posted: Posted<PictureInput>) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let checked = web::block(move || {
        let bytes = STANDARD.decode(&value.data).map_err(|fault| {
            let detail = format!("The picture is not base 64: {fault}.");
            ActionError::fault("/data", "bad_base64", detail)
        })?;
        check_image(bytes)
    });
    let checked = checked.await.map_err(ActionError::internal)??;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| store_image(tx, deed, checked);
    let render = move |stored: &CheckedImage| {
        let view = PictureView {
            url: image_url(&house, &stored.sha256),
            sha256: stored.sha256.clone(),
            width: stored.facts.width,
            height: stored.facts.height,
        };
        answer(StatusCode::CREATED, &view)
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}
