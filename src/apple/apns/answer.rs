//! What an answer of the push service means: the status decides first, then the reason.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use serde::Deserialize;
use uuid::Uuid;

use super::{Reason, Verdict};
use crate::types::{Clock, Time};

/// Most bytes read of an answer's body.
pub(super) const BODY_MAX: usize = 4_096;
/// Bounds of what is believed of a `Retry-After`.
const RETRY_AFTER_MIN: Duration = Duration::from_secs(1);
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);
/// How long pushes rest after `TooManyProviderTokenUpdates`, if the service does not say.
const CHURN_REST: Duration = Duration::from_mins(1);

/// An answer as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// What the service calls the push.
    pub(super) apns_id: Option<Uuid>,
    /// How long it asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// Its reason.
    pub(super) reason: Reason,
    /// When it last knew the token.
    pub(super) timestamp: Option<Time>,
}

#[derive(Deserialize)]
struct Fault {
    reason: String,
    timestamp: Option<i64>,
}

impl Answer {
    /// Reads the head of an answer; the body may follow with [`Self::read_body`].
    pub(super) fn of_head(status: u16, headers: &HeaderMap, clock: &dyn Clock) -> Self {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value: &http::HeaderValue| value.to_str().ok())
        };
        Self {
            status,
            apns_id: text("apns-id").and_then(|id| Uuid::try_parse(id).ok()),
            retry_after: text(RETRY_AFTER.as_str()).and_then(|text| retry_after(text, clock.now())),
            reason: Reason::NONE_GIVEN,
            timestamp: None,
        }
    }

    /// Adds what the body says. A body that cannot be read leaves the status to decide.
    pub(super) fn read_body(&mut self, body: &[u8]) {
        if let Ok(fault) = serde_json::from_slice::<Fault>(body) {
            self.reason = Reason::new(&fault.reason);
            self.timestamp = fault.timestamp.filter(|ms| *ms > 0).map(Time::from_millis);
        }
    }

    /// Whether a younger provider token would help.
    pub(super) fn wants_new_provider_token(&self) -> bool {
        self.status == 403 && self.reason == Reason::EXPIRED_PROVIDER_TOKEN
    }

    /// What to do about a push of this id.
    pub(super) fn verdict(self, id: Uuid) -> Verdict {
        let (status, reason) = (self.status, self.reason);
        match status {
            200 => Verdict::Accepted {
                apns_id: self.apns_id.unwrap_or(id),
            },
            410 => Verdict::Gone {
                since: self.timestamp,
            },
            // Some of Apple's pages give this reason with status 400.
            _ if reason == Reason::EXPIRED_TOKEN => Verdict::Gone {
                since: self.timestamp,
            },
            400 => of_bad_request(reason, self.retry_after),
            403 => Verdict::Refused {
                status: Some(status),
                reason,
            },
            429 if reason == Reason::TOO_MANY_PROVIDER_TOKEN_UPDATES => Verdict::TokenChurn {
                retry_after: self.retry_after.unwrap_or(CHURN_REST),
            },
            429 => Verdict::SlowDown {
                retry_after: self.retry_after,
            },
            500..=599 => Verdict::Retry {
                status: Some(status),
                reason,
                retry_after: self.retry_after,
            },
            _ => Verdict::Misconfigured { status, reason },
        }
    }
}

fn of_bad_request(reason: Reason, retry_after: Option<Duration>) -> Verdict {
    let is_of_token = [
        Reason::BAD_DEVICE_TOKEN,
        Reason::DEVICE_TOKEN_NOT_FOR_TOPIC,
        Reason::MISSING_DEVICE_TOKEN,
    ]
    .contains(&reason);
    if is_of_token {
        return Verdict::BadToken { reason };
    }
    // An answer that broke off may have been about the token: nothing is given up for it.
    if [Reason::IDLE_TIMEOUT, Reason::ANSWER_CUT_SHORT].contains(&reason) {
        return Verdict::Retry {
            status: Some(400),
            reason,
            retry_after,
        };
    }
    Verdict::Misconfigured { status: 400, reason }
}

/// Reads a `Retry-After` (RFC 9110 section 10.2.3: seconds or an HTTP date) within bounds.
fn retry_after(text: &str, now: Time) -> Option<Duration> {
    let text = text.trim();
    let wait = match text.parse::<u64>() {
        Ok(secs) => Duration::from_secs(secs),
        Err(_) => Time::parse_http_date(text)?.since(now),
    };
    Some(wait.clamp(RETRY_AFTER_MIN, RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SystemClock;

    fn answer(status: u16, body: &str) -> Answer {
        let mut answer = Answer::of_head(status, &HeaderMap::new(), &SystemClock);
        answer.read_body(body.as_bytes());
        answer
    }

    #[test]
    fn a_retry_after_is_seconds_or_a_date_and_never_absurd() {
        let now = Time::parse_rfc3339("2026-11-21T09:00:00Z").expect("a time");
        for (text, secs) in [
            ("7", Some(7)),
            ("0", Some(1)),
            ("86400", Some(3_600)),
            ("99999999999999999999", None),
            ("-5", None),
            ("soon", None),
            ("Sat, 21 Nov 2026 09:00:30 GMT", Some(30)),
            ("Sat, 21 Nov 2026 08:00:00 GMT", Some(1)),
            ("Sat, 21 Nov 2037 09:00:00 GMT", Some(3_600)),
        ] {
            assert_eq!(retry_after(text, now), secs.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn a_body_that_cannot_be_read_leaves_the_status_to_decide() {
        let id = Uuid::nil();
        for body in [
            "",
            "{",
            "null",
            r#"{"reason":7}"#,
            r#"{"timestamp":5}"#,
            "<html></html>",
        ] {
            assert_eq!(
                answer(410, body).verdict(id),
                Verdict::Gone { since: None },
                "{body}"
            );
            let refused = Verdict::Refused {
                status: Some(403),
                reason: Reason::NONE_GIVEN,
            };
            assert_eq!(answer(403, body).verdict(id), refused, "{body}");
            assert_eq!(answer(503, body).verdict(id).as_str(), "retry", "{body}");
            assert_eq!(answer(429, body).verdict(id).as_str(), "slow_down", "{body}");
            assert_eq!(answer(400, body).verdict(id).as_str(), "misconfigured", "{body}");
        }
    }

    #[test]
    fn a_token_is_forgotten_only_for_the_answers_that_say_so() {
        let id = Uuid::nil();
        let mut forgetting = Vec::new();
        for status in 100..600 {
            for reason in ["BadDeviceToken", "Unregistered", "ExpiredToken", "Other"] {
                let verdict = answer(status, &format!(r#"{{"reason":"{reason}"}}"#)).verdict(id);
                if matches!(verdict, Verdict::Gone { .. } | Verdict::BadToken { .. })
                    && reason != "ExpiredToken"
                {
                    forgetting.push((status, reason));
                }
            }
        }
        let expected = [
            (400, "BadDeviceToken"),
            (410, "BadDeviceToken"),
            (410, "Unregistered"),
            (410, "Other"),
        ];
        assert_eq!(forgetting, expected);
    }
}
