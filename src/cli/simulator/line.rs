//! What is printed of a push, of a call to Google, of a callback.

use std::fmt;

use serde::Serialize;

use crate::google::CallbackEvent;
use crate::simulator::apns::{Entry, Outcome};
use crate::simulator::google::{CallbackOutcome, Event};
use crate::types::Time;

/// Characters of a push token that people are shown.
const TOKEN_SHOWN: usize = 12;

/// A line of output.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Line {
    /// A push to Apple.
    Push {
        at: Time,
        token: String,
        topic: Option<String>,
        outcome: String,
    },
    /// A call to Google.
    Google {
        at: Time,
        method: String,
        path: String,
        /// 0 if the connection was broken on purpose.
        status: u16,
    },
    /// A callback of Google.
    Callback {
        at: Time,
        object_id: String,
        event: &'static str,
        outcome: String,
    },
    /// Some came too fast.
    Missed { count: u64 },
}

impl Line {
    pub(super) fn of_push(entry: Entry) -> Self {
        Self::Push {
            at: entry.at,
            token: entry.token,
            topic: entry.topic,
            outcome: match entry.outcome {
                Outcome::Accepted => "accepted".to_owned(),
                Outcome::Refused(status, reason) => format!("refused: {status} {reason}"),
                Outcome::Dropped(_) => "dropped".to_owned(),
                Outcome::Untouched => "untouched".to_owned(),
            },
        }
    }

    pub(super) fn of_event(event: Event, at: Time) -> Self {
        match event {
            Event::Request(seen) => Self::Google {
                at,
                method: seen.method,
                path: without_token(seen.path),
                status: seen.status,
            },
            Event::Callback(sent) => Self::Callback {
                at,
                object_id: sent.object_id,
                event: match sent.event {
                    CallbackEvent::Save => "save",
                    CallbackEvent::Delete => "del",
                },
                outcome: match sent.outcome {
                    CallbackOutcome::Answered(status) => format!("answered {status}"),
                    CallbackOutcome::Unreachable => "nobody answers".to_owned(),
                    CallbackOutcome::ForbiddenByRobots => "forbidden by robots.txt".to_owned(),
                    CallbackOutcome::NoAddress => "the class names no address".to_owned(),
                    CallbackOutcome::Lost => "lost".to_owned(),
                    CallbackOutcome::Unsigned => "cannot be signed".to_owned(),
                },
            },
        }
    }
}

/// The path of a save link without the signed card in it, which is as long as a page.
fn without_token(path: String) -> String {
    match path.strip_prefix("/gp/v/save/") {
        Some(_) => "/gp/v/save/…".to_owned(),
        None => path,
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Push {
                at,
                token,
                topic,
                outcome,
            } => {
                let short: String = token.chars().take(TOKEN_SHOWN).collect();
                let topic = topic.as_deref().unwrap_or("without a topic");
                write!(
                    f,
                    "{}  push      {topic} to {short}…  {outcome}",
                    at.rfc3339_secs()
                )
            }
            Self::Google {
                at,
                method,
                path,
                status,
            } => write!(f, "{}  google    {method} {path}  {status}", at.rfc3339_secs()),
            Self::Callback {
                at,
                object_id,
                event,
                outcome,
            } => write!(
                f,
                "{}  callback  {event} {object_id}  {outcome}",
                at.rfc3339_secs()
            ),
            Self::Missed { count } => write!(f, "{count} more came too fast to be printed"),
        }
    }
}
