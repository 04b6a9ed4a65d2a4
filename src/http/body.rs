//! Bodies: read within the route's limit, parsed with a pointer to every fault.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::Problem;
use super::gate::caller;
use super::routes::Route;
use crate::actions::{ActionError, Caller, Code, Fault, IdempotencyKey};
use crate::types::sha256_hex;

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
    let route = request.match_pattern().unwrap_or_default();
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

/// Parses a JSON body: what is not JSON is malformed, what is JSON of another shape is invalid, with a pointer.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ActionError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        // A wrong value before a broken end: that it is no JSON at all is what the caller needs to hear.
        match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            Ok(_) => explain(&error),
            Err(broken) => malformed(&broken),
        }
    })?;
    reader.end().map_err(|error| {
        ActionError::with(
            Code::MalformedBody,
            format!("The body goes on after its JSON: {error}."),
        )
    })?;
    Ok(value)
}

/// The same for a value that is parsed already; `base` is where it stands in the body.
pub(super) fn parse_value<T: DeserializeOwned>(
    value: serde_json::Value,
    base: &str,
) -> Result<T, ActionError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut error = explain(&error);
        for fault in &mut error.faults {
            fault.pointer.insert_str(0, base);
        }
        error
    })
}

fn malformed(error: &serde_json::Error) -> ActionError {
    ActionError::with(Code::MalformedBody, format!("The body is not JSON: {error}."))
}

/// A name as a step of a JSON pointer (RFC 6901, section 3).
fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> ActionError {
    let inner = error.inner();
    let text = inner.to_string();
    if inner.is_syntax() || inner.is_eof() || inner.is_io() {
        return malformed(inner);
    }
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => pointer = format!("{pointer}/{index}"),
            Segment::Map { key } => {
                pointer = format!("{pointer}/{}", step(key));
            }
            Segment::Enum { .. } | Segment::Unknown => (),
        }
    }
    let named = step(text.split('`').nth(1).unwrap_or_default());
    let code = if text.starts_with("missing field") {
        pointer = format!("{pointer}/{named}");
        "required"
    } else if text.starts_with("unknown field") {
        if !pointer.ends_with(&format!("/{named}")) {
            pointer = format!("{pointer}/{named}");
        }
        "unknown_field"
    } else if text.starts_with("invalid type") {
        "wrong_type"
    } else {
        "invalid_value"
    };
    let sentence = text.split(" at line ").next().unwrap_or(&text);
    ActionError::invalid(vec![Fault::new(pointer, code, format!("{sentence}."))])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only parsed")]
        quantity: i64,
    }

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only parsed")]
        lines: Vec<Line>,
    }

    #[test]
    fn each_fault_has_its_pointer_and_code() {
        for (body, pointer, code) in [
            (
                r#"{"lines":[{"quantity":1},{"quantity":1.5}]}"#,
                "/lines/1/quantity",
                "wrong_type",
            ),
            (r#"{"lines":[{}]}"#, "/lines/0/quantity", "required"),
            (
                r#"{"lines":[{"quantity":1,"x/y":2}]}"#,
                "/lines/0/x~1y",
                "unknown_field",
            ),
            (r#"{"balance":5}"#, "/balance", "unknown_field"),
            ("{}", "/lines", "required"),
        ] {
            let error = parse::<Order>(body.as_bytes()).expect_err(body);
            assert_eq!(error.code, Code::Invalid, "{body}");
            assert_eq!(
                (error.faults[0].pointer.as_str(), error.faults[0].code.as_str()),
                (pointer, code),
                "{body}"
            );
        }
        for body in ["", "{", "nope", r#"{"lines":[]} x"#, "\u{0}"] {
            assert_eq!(
                parse::<Order>(body.as_bytes()).expect_err(body).code,
                Code::MalformedBody,
                "{body}"
            );
        }
    }
}
