//! Failures as problem details (RFC 9457); the only place that knows which failure is which status.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use super::pages::PageReader;
use crate::actions::{ActionError, Fault, Kind};

/// A failure on its way out. The gate writes its body, since it knows the request's id.
#[derive(Debug, Clone)]
pub struct Problem(pub ActionError);

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: Into<ActionError>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.0.code.kind())
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

/// The status of a kind of failure.
pub(super) const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::Missing => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::Gone => StatusCode::GONE,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The body of a failure.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemView {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The status again.
    status: u16,
    /// What happened here.
    detail: String,
    /// The stable code.
    code: &'static str,
    /// The request, for a question to whoever runs the service.
    request_id: String,
    /// Single faults of the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FaultView>,
}

/// One fault of a body.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Fault)]
pub(super) struct FaultView {
    /// Where, as a JSON pointer (RFC 6901).
    pub(super) pointer: String,
    /// A stable code.
    pub(super) code: String,
    /// What, why and what next.
    pub(super) detail: String,
}

impl From<Fault> for FaultView {
    fn from(fault: Fault) -> Self {
        Self {
            pointer: fault.pointer,
            code: fault.code,
            detail: fault.detail,
        }
    }
}

/// Writes the answer of a failure, a page for whoever reads one, and its one line in the log.
pub(super) fn render(
    error: ActionError,
    request_id: &str,
    reader: Option<PageReader>,
) -> HttpResponse<BoxBody> {
    let status = status(error.code.kind());
    let is_ours = error.code.kind() == Kind::Internal;
    if is_ours {
        tracing::error!(request_id, detail = %error.detail, "a request failed by a defect of ours");
    }
    let retry_after = error.retry_after;
    let page = reader.and_then(|reader| reader.draw(status, &error, request_id));
    let mut response = page.unwrap_or_else(|| problem(error, status, request_id));
    if let Some(wait) = retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    response
}

fn problem(error: ActionError, status: StatusCode, request_id: &str) -> HttpResponse<BoxBody> {
    let view = ProblemView {
        kind: format!("urn:billfold:problem:{}", error.code.name()),
        title: error.code.title(),
        status: status.as_u16(),
        // What went wrong inside is for the log alone.
        detail: if error.code.kind() == Kind::Internal {
            error.code.title().to_owned()
        } else {
            error.detail
        },
        code: error.code.name(),
        request_id: request_id.to_owned(),
        errors: error.faults.into_iter().map(FaultView::from).collect(),
    };
    HttpResponse::build(status)
        .content_type("application/problem+json")
        .json(view)
}
