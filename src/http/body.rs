//! Bodies: read within the route's limit, parsed, with what their headers ask for.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::Problem;
use super::gate::caller;
use super::routes::Route;
use crate::actions::{ActionError, Caller, Code, IdempotencyKey};
use crate::types::sha256_hex;

pub(super) use crate::actions::parse::{parse, parse_value};

/// Longest idempotency key.
const KEY_MAX: usize = 255;

/// A body within its route's limit.
pub(super) struct Body(pub(super) Bytes);

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let max = request
            .extensions()
            .get::<Route>()
            .map_or(0, |route| route.body_max);
        let mut payload = payload.take();
        Box::pin(async move {
            let mut body = Vec::new();
            while let Some(chunk) = payload.next().await {
                let chunk =
                    chunk.map_err(|fault| ActionError::with(Code::MalformedBody, fault.to_string()))?;
                if body.len() + chunk.len() > max {
                    let detail = format!("This address takes at most {max} bytes.");
                    return Err(ActionError::with(Code::BodyTooLarge, detail).into());
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Self(body.into()))
        })
    }
}

/// The caller of a request, as an extractor.
pub(super) struct Who(pub(super) Caller);

impl FromRequest for Who {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request).map(Self).map_err(Problem))
    }
}

/// A JSON body and the caller, with the idempotency key that came with it.
pub(super) struct Posted<T> {
    pub(super) caller: Caller,
    pub(super) value: T,
}

impl<T: DeserializeOwned + 'static> FromRequest for Posted<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let body = Body::from_request(&request, payload);
        Box::pin(async move {
            let Body(bytes) = body.await?;
            let mut caller = caller(&request)?;
            caller.idempotency = idempotency_key(&request, &caller, &bytes)?;
            check_media_type(request.headers())?;
            Ok(Self {
                caller,
                value: parse(&bytes)?,
            })
        })
    }
}

/// Reads the `Idempotency-Key` header, bare or in quotes.
pub(super) fn idempotency_key(
    request: &HttpRequest,
    caller: &Caller,
    body: &[u8],
) -> Result<Option<IdempotencyKey>, ActionError> {
    let Some(value) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    let key = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    if key.is_empty() || key.len() > KEY_MAX || !key.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Err(ActionError::new(Code::BadIdempotencyKey));
    }
    let program = caller.program.as_ref().map_or("all", |program| program.as_str());
    let route = request.extensions().get::<Route>().map_or("", |route| route.path);
    let mut said = format!("{} {}\n", request.method(), request.uri()).into_bytes();
    said.extend_from_slice(body);
    Ok(Some(IdempotencyKey {
        scope: format!("{program} {} {route}", request.method()),
        key: key.to_owned(),
        fingerprint: sha256_hex(&said),
    }))
}

fn check_media_type(headers: &HeaderMap) -> Result<(), ActionError> {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("application/json");
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json") {
        return Ok(());
    }
    Err(ActionError::new(Code::WrongMediaType))
}

/// The version that `If-Match` names; `None` without it or for `*`.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<i64>, ActionError> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let bare = text.trim_start_matches("W/").trim_matches('"');
    // A tag that is none of ours cannot be the present one.
    bare.parse()
        .map(Some)
        .map_err(|_| ActionError::new(Code::StaleEdit))
}
