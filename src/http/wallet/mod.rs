//! What wallets call: Apple's device calls, Google's callback, and what both of them download.

mod apple;
mod download;
mod google;

use actix_web::http::header::{IF_MODIFIED_SINCE, LAST_MODIFIED};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, body};
use futures_util::stream;

use crate::actions::House;
use crate::actions::issue_pass::IssuedPass;
use crate::apple::package::PASS_CONTENT_TYPE;
use crate::http::router::Router;
use crate::types::Time;

pub(super) use download::card_of_link;

/// Adds the wallets' routes.
pub(super) fn configure(router: &mut Router) {
    apple::configure(router);
    google::configure(router);
    download::configure(router);
}

/// Since when the caller has it; what is no date counts as nothing.
fn if_modified_since(request: &HttpRequest) -> Option<Time> {
    Time::parse_http_date(request.headers().get(IF_MODIFIED_SINCE)?.to_str().ok()?)
}

/// A pass on its way out: its slices as they are, the images never copied. What was sent counts as fetched.
fn respond(house: &House, issued: IssuedPass, is_head: bool) -> HttpResponse {
    match issued {
        IssuedPass::NotModified { last_modified } => HttpResponse::NotModified()
            .insert_header((LAST_MODIFIED, last_modified.http_date()))
            .finish(),
        IssuedPass::Signed {
            body,
            last_modified,
            fetched,
        } => {
            if let Some(fetched) = fetched.filter(|_| !is_head) {
                house.metrics.fetched(house.now().since(last_modified));
                house.fetches.note(fetched);
            }
            let length = body.byte_len();
            let parts = body
                .into_parts()
                .into_iter()
                .map(Ok::<Bytes, std::convert::Infallible>);
            HttpResponse::Ok()
                .content_type(PASS_CONTENT_TYPE)
                .insert_header((LAST_MODIFIED, last_modified.http_date()))
                .body(body::SizedStream::new(length, stream::iter(parts)))
        }
    }
}
