//! What Google's refusals mean for us.
//!
//! Two forms of error body are in use: the older with `errors[].reason`, the newer with
//! `status`; the token endpoint has its own (RFC 6749 section 5.2), see [`super::token`].

use std::time::Duration;

use serde::Deserialize;

use super::token::TokenError;
use super::wire::{Answer, WireError};

/// Most characters kept of a message of Google's.
const MESSAGE_MAX: usize = 300;

/// Why Google did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GoogleError {
    /// 400: the request itself is wrong and will never be taken.
    #[error("Google refused the request as invalid ({reason}): {message}")]
    Invalid {
        /// Google's word for it.
        reason: String,
        /// Google's sentence.
        message: String,
    },
    /// 401 with a new token too, or no token is to be had for this key.
    #[error("Google does not accept the service account's key: {message}")]
    Unauthorized {
        /// What is wrong and how to mend it.
        message: String,
    },
    /// 403 of the set-up: nothing will go through until somebody mends it.
    #[error(
        "the service account may not write for this issuer ({reason}): {message}. Invite its e-mail address as a user in the Google Pay & Wallet Console and enable the Google Wallet API"
    )]
    PermissionDenied {
        /// Google's word for it.
        reason: String,
        /// Google's sentence.
        message: String,
    },
    /// 403 `quotaExceeded`: the pass had its notices of the last 24 hours.
    #[error("the notices of this pass are used up for today: {message}")]
    QuotaExceeded {
        /// Google's sentence.
        message: String,
        /// Whether the message was not added at all: send it again without a notice.
        is_message_lost: bool,
    },
    /// 429, or 403 with a rate as the reason.
    #[error("Google asks for fewer requests: {message}")]
    RateLimited {
        /// How long Google asks to wait.
        retry_after: Option<Duration>,
        /// Google's sentence.
        message: String,
    },
    /// 404: the object or its class is not there.
    #[error("Google does not have it ({reason}): {message}")]
    NotFound {
        /// Google's word for it.
        reason: String,
        /// Google's sentence.
        message: String,
    },
    /// 409 or 412: it is there already, or was changed meanwhile.
    #[error("it exists already at Google, or was changed meanwhile: {message}")]
    Conflict {
        /// Google's sentence.
        message: String,
    },
    /// 5xx, a time-out or a broken network: whether it was done is not known.
    #[error("Google cannot be reached or is out of order: {cause}")]
    Unavailable {
        /// How long Google asks to wait.
        retry_after: Option<Duration>,
        /// What happened.
        cause: String,
    },
    /// Any other answer.
    #[error("Google answered {status} ({reason}): {message}")]
    Unexpected {
        /// The status.
        status: u16,
        /// Google's word for it, if any.
        reason: String,
        /// Google's sentence, or the start of the body.
        message: String,
    },
}

impl GoogleError {
    /// Whether the same request will never be taken.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Invalid { .. })
    }

    /// Whether every request with this key will fail until somebody mends the set-up.
    pub const fn is_of_credential(&self) -> bool {
        matches!(self, Self::Unauthorized { .. } | Self::PermissionDenied { .. })
    }

    /// How long Google asks to wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Reads an answer that is not of status 2xx.
    pub(super) fn of(answer: &Answer) -> Self {
        let Told { reason, message } = Told::read(&answer.body);
        let retry_after = answer.retry_after;
        match answer.status {
            400 => Self::Invalid { reason, message },
            401 => Self::Unauthorized { message },
            403 => forbidden(reason, message, retry_after),
            404 => Self::NotFound { reason, message },
            409 | 412 => Self::Conflict { message },
            429 => Self::RateLimited { retry_after, message },
            status @ (408 | 500..=599) => Self::Unavailable {
                retry_after,
                cause: format!("status {status}: {message}"),
            },
            status => Self::Unexpected {
                status,
                reason,
                message,
            },
        }
    }
}

/// Google says 403 for three quite different things; only the reason tells them apart.
fn forbidden(reason: String, message: String, retry_after: Option<Duration>) -> GoogleError {
    match reason.as_str() {
        "rateLimitExceeded" | "userRateLimitExceeded" => GoogleError::RateLimited { retry_after, message },
        "quotaExceeded" | "QuotaExceededException" => quota_exceeded(message),
        // The newer form of body has no reason of its own for it.
        "PERMISSION_DENIED" | "RESOURCE_EXHAUSTED" if message.starts_with("Quota exceeded") => {
            quota_exceeded(message)
        }
        "insufficientPermissions"
        | "forbidden"
        | "permissionDenied"
        | "PERMISSION_DENIED"
        | "PermissionDeniedException"
        | "accessNotConfigured" => GoogleError::PermissionDenied { reason, message },
        _ => GoogleError::Unexpected {
            status: 403,
            reason,
            message,
        },
    }
}

const fn quota_exceeded(message: String) -> GoogleError {
    GoogleError::QuotaExceeded {
        message,
        is_message_lost: false,
    }
}

impl From<WireError> for GoogleError {
    fn from(error: WireError) -> Self {
        Self::Unavailable {
            retry_after: None,
            cause: error.to_string(),
        }
    }
}

impl From<TokenError> for GoogleError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Unavailable { retry_after, cause } => Self::Unavailable {
                retry_after,
                cause: format!("the token endpoint: {cause}"),
            },
            error @ TokenError::Malformed => Self::Unavailable {
                retry_after: None,
                cause: error.to_string(),
            },
            refused => Self::Unauthorized {
                message: refused.to_string(),
            },
        }
    }
}

/// What an error body says, in whichever form.
struct Told {
    reason: String,
    message: String,
}

#[derive(Deserialize)]
struct Body {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(default)]
    message: String,
    status: Option<String>,
    #[serde(default)]
    errors: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    reason: Option<String>,
}

impl Told {
    fn read(body: &[u8]) -> Self {
        let Ok(Body { error }) = serde_json::from_slice::<Body>(body) else {
            return Self {
                reason: "unknown".to_owned(),
                message: cut(&String::from_utf8_lossy(body)),
            };
        };
        let reason = error
            .errors
            .into_iter()
            .find_map(|detail| detail.reason)
            .or(error.status)
            .unwrap_or_else(|| "unknown".to_owned());
        Self {
            reason: cut(&reason),
            message: cut(&error.message),
        }
    }
}

pub(super) fn cut(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(MESSAGE_MAX)
        .collect()
}
