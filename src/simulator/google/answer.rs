//! Answers of the stand-in Google, and its refusals in both of Google's forms.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

/// An answer with its body at hand.
pub(super) type Answer = Response<Full<Bytes>>;

/// In which form a refusal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorForm {
    /// With `errors[].reason`, as Google Wallet's own rules answer.
    Reasons,
    /// With `status`, as Google's newer front ends answer.
    Status,
    /// A page of text, as proxies answer.
    Text,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Google's word, such as `quotaExceeded` or `PERMISSION_DENIED`.
    pub reason: String,
    /// Google's sentence.
    pub message: String,
    /// How it is written.
    pub form: ErrorForm,
    /// What `Retry-After` says.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal in the older form.
    pub fn new(status: u16, reason: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.to_owned(),
            message: message.into(),
            form: ErrorForm::Reasons,
            retry_after: None,
        }
    }

    /// The same in another form.
    #[must_use]
    pub const fn in_form(mut self, form: ErrorForm) -> Self {
        self.form = form;
        self
    }

    /// The same with a `Retry-After`.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalidResource", message)
    }

    pub(super) fn not_found(what: &str, id: &str) -> Self {
        Self::new(404, &format!("{what}NotFound"), format!("{what} {id} not found."))
    }

    pub(super) fn answer(&self) -> Answer {
        let Self { reason, message, .. } = self;
        let mut answer = match self.form {
            ErrorForm::Reasons => json_answer(
                self.status,
                &json!({ "error": {
                    "code": self.status,
                    "message": message,
                    "errors": [{ "message": message, "domain": "walletobjects", "reason": reason }],
                } }),
            ),
            ErrorForm::Status => json_answer(
                self.status,
                &json!({ "error": { "code": self.status, "message": message, "status": reason } }),
            ),
            ErrorForm::Text => text_answer(self.status, "text/html; charset=utf-8", message.clone()),
        };
        if let Some(wait) = self.retry_after {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, wait.as_secs().into());
        }
        answer
    }
}

pub(super) fn json_answer(status: u16, body: &Value) -> Answer {
    text_answer(status, "application/json; charset=UTF-8", body.to_string())
}

pub(super) fn text_answer(status: u16, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = header::HeaderValue::from_static(kind);
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}
