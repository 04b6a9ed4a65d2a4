//! Why a push was not taken: Apple's words, and ours for what happens before Apple speaks.

use std::borrow::Cow;
use std::fmt;

/// Longest reason kept of those that are not known.
const UNKNOWN_MAX: usize = 64;

/// A reason; one that Apple invents after this was written is kept as it came.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reason(Cow<'static, str>);

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        impl Reason {
            $($(#[doc = $doc])+ pub const $name: Self = Self(Cow::Borrowed($text));)+
        }
        const KNOWN: &[&str] = &[$($text),+];
    };
}

// Apple, "Handling notification responses from APNs", table of error codes.
reasons! {
    /// 400: the collapse id is too long.
    BAD_COLLAPSE_ID = "BadCollapseId",
    /// 400: no such token, or one of the other environment.
    BAD_DEVICE_TOKEN = "BadDeviceToken",
    /// 400: `apns-expiration` is no number.
    BAD_EXPIRATION_DATE = "BadExpirationDate",
    /// 400: `apns-id` is no UUID.
    BAD_MESSAGE_ID = "BadMessageId",
    /// 400: `apns-priority` is not 1, 5 or 10.
    BAD_PRIORITY = "BadPriority",
    /// 400: the topic is malformed.
    BAD_TOPIC = "BadTopic",
    /// 400: the token belongs to another topic.
    DEVICE_TOKEN_NOT_FOR_TOPIC = "DeviceTokenNotForTopic",
    /// 400: a header twice.
    DUPLICATE_HEADERS = "DuplicateHeaders",
    /// 400: the connection was idle too long.
    IDLE_TIMEOUT = "IdleTimeout",
    /// 400: unknown `apns-push-type`.
    INVALID_PUSH_TYPE = "InvalidPushType",
    /// 400: no token in the path.
    MISSING_DEVICE_TOKEN = "MissingDeviceToken",
    /// 400: no topic, and the certificate does not tell it.
    MISSING_TOPIC = "MissingTopic",
    /// 400: the body is empty.
    PAYLOAD_EMPTY = "PayloadEmpty",
    /// 400: the topic is not this credential's.
    TOPIC_DISALLOWED = "TopicDisallowed",
    /// 403: the certificate is bad.
    BAD_CERTIFICATE = "BadCertificate",
    /// 403: the certificate is for the other environment.
    BAD_CERTIFICATE_ENVIRONMENT = "BadCertificateEnvironment",
    /// 403: the key is for the other environment.
    BAD_ENVIRONMENT_KEY_ID_IN_TOKEN = "BadEnvironmentKeyIdInToken",
    /// 403: the provider token is over an hour old.
    EXPIRED_PROVIDER_TOKEN = "ExpiredProviderToken",
    /// 403: not allowed.
    FORBIDDEN = "Forbidden",
    /// 403: the provider token's signature or claims are wrong.
    INVALID_PROVIDER_TOKEN = "InvalidProviderToken",
    /// 403: neither certificate nor provider token.
    MISSING_PROVIDER_TOKEN = "MissingProviderToken",
    /// 403: the key is not the one that this connection began with.
    UNRELATED_KEY_ID_IN_TOKEN = "UnrelatedKeyIdInToken",
    /// 404: the path is wrong.
    BAD_PATH = "BadPath",
    /// 405: not a POST.
    METHOD_NOT_ALLOWED = "MethodNotAllowed",
    /// 410: the token has expired.
    EXPIRED_TOKEN = "ExpiredToken",
    /// 410: the phone or the pass is gone.
    UNREGISTERED = "Unregistered",
    /// 413: the body is over 4,096 bytes.
    PAYLOAD_TOO_LARGE = "PayloadTooLarge",
    /// 429: a new provider token more than once in 20 minutes.
    TOO_MANY_PROVIDER_TOKEN_UPDATES = "TooManyProviderTokenUpdates",
    /// 429: too many pushes to this phone.
    TOO_MANY_REQUESTS = "TooManyRequests",
    /// 500: a fault of Apple's.
    INTERNAL_SERVER_ERROR = "InternalServerError",
    /// 503: Apple is busy.
    SERVICE_UNAVAILABLE = "ServiceUnavailable",
    /// 503: this server of Apple's is going down.
    SHUTDOWN = "Shutdown",

    /// Ours: the answer gives no reason that can be read.
    NONE_GIVEN = "NoneGiven",
    /// Ours: the answer broke off before its reason.
    ANSWER_CUT_SHORT = "AnswerCutShort",
    /// Ours: no answer in time.
    REQUEST_TIMEOUT = "RequestTimeout",
    /// Ours: no connection could be opened.
    NOT_CONNECTED = "NotConnected",
    /// Ours: the connection broke under the push.
    CONNECTION_LOST = "ConnectionLost",
    /// Ours: the service ended the stream (`RST_STREAM`).
    STREAM_RESET = "StreamReset",
    /// Ours: the service refused the stream each time (`REFUSED_STREAM`).
    STREAM_REFUSED = "StreamRefused",
    /// Ours: the service went away each time (`GOAWAY`).
    GOING_AWAY = "GoingAway",
    /// Ours: no provider token can be had at the moment.
    NO_PROVIDER_TOKEN = "NoProviderToken",
    /// Ours: the provider token cannot be signed.
    BAD_PROVIDER_KEY = "BadProviderKey",
    /// Ours: TLS refused our certificate as bad or unsupported.
    TLS_BAD_CERTIFICATE = "TlsBadCertificate",
    /// Ours: TLS refused our certificate as revoked.
    TLS_CERTIFICATE_REVOKED = "TlsCertificateRevoked",
    /// Ours: TLS refused our certificate as expired.
    TLS_CERTIFICATE_EXPIRED = "TlsCertificateExpired",
    /// Ours: TLS refused our certificate for its issuer.
    TLS_UNKNOWN_CA = "TlsUnknownCa",
    /// Ours: TLS wants a certificate and got none that it admits.
    TLS_CERTIFICATE_REQUIRED = "TlsCertificateRequired",
}

impl Reason {
    /// Takes a reason as it came; an unknown one is cut and stripped of what does not print.
    pub fn new(text: &str) -> Self {
        if let Some(known) = KNOWN.iter().find(|known| **known == text) {
            return Self(Cow::Borrowed(*known));
        }
        let kept: String = text
            .chars()
            .filter(char::is_ascii_graphic)
            .take(UNKNOWN_MAX)
            .collect();
        if kept.is_empty() {
            return Self::NONE_GIVEN;
        }
        Self(Cow::Owned(kept))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The word if it is of the known set, else `Other`: for metrics.
    pub fn label(&self) -> &'static str {
        match self.0 {
            Cow::Borrowed(known) => known,
            Cow::Owned(_) => "Other",
        }
    }

    /// What a TLS alert says about our certificate; `None` if it is about something else.
    /// Numbers of RFC 8446 section 6.
    pub(super) const fn of_tls_alert(alert: u8) -> Option<Self> {
        Some(match alert {
            // 51 says that a signature cannot be verified: the certificate's, or ours by its key.
            42 | 43 | 46 | 51 => Self::TLS_BAD_CERTIFICATE,
            44 => Self::TLS_CERTIFICATE_REVOKED,
            45 => Self::TLS_CERTIFICATE_EXPIRED,
            48 => Self::TLS_UNKNOWN_CA,
            49 | 116 => Self::TLS_CERTIFICATE_REQUIRED,
            _ => return None,
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_reason_is_kept_short_and_printable() {
        assert_eq!(Reason::new("Unregistered"), Reason::UNREGISTERED);
        assert_eq!(Reason::new("Unregistered").label(), "Unregistered");
        let odd = Reason::new("New\nReason\u{202e}!");
        assert_eq!((odd.as_str(), odd.label()), ("NewReason!", "Other"));
        assert_eq!(Reason::new(&"x".repeat(9_999)).as_str().len(), UNKNOWN_MAX);
        assert_eq!(Reason::new(" \n"), Reason::NONE_GIVEN);
    }
}
