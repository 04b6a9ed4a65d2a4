//! The push to Apple: tells a phone that a pass of its has a newer version.
//!
//! One HTTP/2 connection is kept open and carries many pushes at once. [`ApnsClient`] speaks
//! `h2` itself rather than through an HTTP client: only there can be told, for each push, whether
//! the service took it before a connection went away, so that none is doubled and none is lost.

mod answer;
mod client;
mod connection;
mod lanes;
mod pacing;
mod provider_token;
mod reason;
mod settings;
mod tls;
mod watched;
#[cfg(feature = "apns-a2")]
mod with_a2;

use std::time::Duration;

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::types::{PushToken, Time};

pub use client::ApnsClient;
pub use connection::TlsFacts;
pub use provider_token::{
    LocalTokens, ProviderKey, RENEW_AFTER, RENEW_MIN, TokenError, TokenSource, sign_provider_token,
};
pub use reason::Reason;
pub use settings::{ApnsSettings, Credential, Limits, SettingsError};
pub use tls::Roots;
#[cfg(feature = "apns-a2")]
pub use with_a2::{A2Service, A2SetUpError};

/// One push: "the passes of this type on this phone have changed".
#[derive(Debug, Clone)]
pub struct Push {
    /// The phone.
    pub token: PushToken,
    /// The pass type identifier.
    pub topic: String,
    /// Names this push in the service's answer (`apns-id`).
    pub id: Uuid,
    /// Until when the service shall keep it for a phone that is away; `None` is one try only.
    pub expires: Option<Time>,
}

/// What became of a push, as what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The service took it (which is no promise that the phone shows it).
    Accepted {
        /// The service's name for it.
        apns_id: Uuid,
    },
    /// The phone is gone: forget registrations of this token that are older than `since`.
    Gone {
        /// When the service last knew the token; `None` if it does not say.
        since: Option<Time>,
    },
    /// The token is wrong for this pass type: forget it. Many at once are a fault of ours.
    BadToken {
        /// What the service said.
        reason: Reason,
    },
    /// The push itself is wrong, by a bug or the configuration: do not retry, raise an alarm.
    Misconfigured {
        /// The HTTP status.
        status: u16,
        /// What the service said.
        reason: Reason,
    },
    /// The credential cannot work: pause it, keep the queue, show it.
    Refused {
        /// The HTTP status; `None` if the refusal came before HTTP.
        status: Option<u16>,
        /// What the service said.
        reason: Reason,
    },
    /// Too many pushes for this phone: later.
    SlowDown {
        /// How long the service asks to wait.
        retry_after: Option<Duration>,
    },
    /// The service saw too many new provider tokens: the old one stays, pushes rest a while.
    TokenChurn {
        /// How long pushes rest.
        retry_after: Duration,
    },
    /// Nobody's fault, or not known whether it was taken: again, with back-off.
    Retry {
        /// The HTTP status; `None` if there was no answer.
        status: Option<u16>,
        /// What the service said, or what happened to the connection.
        reason: Reason,
        /// How long to wait at least, if known.
        retry_after: Option<Duration>,
    },
}

impl Verdict {
    /// A word for logs and metrics, of a closed set.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Gone { .. } => "gone",
            Self::BadToken { .. } => "bad_token",
            Self::Misconfigured { .. } => "misconfigured",
            Self::Refused { .. } => "refused",
            Self::SlowDown { .. } => "slow_down",
            Self::TokenChurn { .. } => "token_churn",
            Self::Retry { .. } => "retry",
        }
    }

    /// A retry after something that is not an answer.
    const fn retry(reason: Reason) -> Self {
        Self::Retry {
            status: None,
            reason,
            retry_after: None,
        }
    }
}

/// How a push service is doing, for `doctor`, `/readyz` and the metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Whether a connection is open.
    pub is_connected: bool,
    /// How many pushes the service takes at once on each connection, once it has said so.
    pub stream_limit: Option<usize>,
    /// Pushes under way.
    pub in_flight: usize,
    /// Connections opened since the start.
    pub opened: u64,
    /// Attempts to connect that failed since the start.
    pub failed: u64,
    /// Pushes that the service left untouched and that were sent again at once.
    pub sent_again: u64,
    /// The last fault of a connection, as a sentence.
    pub last_error: Option<String>,
}

/// Pushes to phones; the seam between delivery and the wire.
pub trait PushService: Send + Sync {
    /// Pushes once and says what to do about the outcome. Always ends, within the request time-out.
    fn push<'a>(&'a self, push: &'a Push) -> BoxFuture<'a, Verdict>;

    /// How the service is doing.
    fn describe(&self) -> Health;
}
