//! A message on Google's card, for one holder or for all of a class.

use serde_json::{Map, Value, json};

use super::id::ResourceId;
use super::localized::put_text;
use crate::types::{Text, Time};

/// Most messages that a class, and again an object, holds at Google.
pub const MESSAGES_MAX: usize = 10;

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageTarget<'a> {
    /// The holder of one card.
    Object(&'a ResourceId),
    /// Every holder, in one request.
    Class(&'a ResourceId),
}

/// Whether a message may have been sent before. `addMessage` adds it as often as it is called,
/// so that only the caller, who keeps the message's id, can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Never tried yet.
    First,
    /// Tried, with an unknown end: look before adding.
    Again,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Ours, kept over all attempts.
    pub id: String,
    /// The heading.
    pub header: Text,
    /// The text; may hold links as HTML anchors.
    pub body: Text,
    /// Whether the phone tells of it: three times per pass in 24 hours.
    pub is_notified: bool,
    /// When it goes away by itself.
    pub ends_at: Option<Time>,
}

impl Message {
    /// The same message without a notice on the phone.
    #[must_use]
    pub fn quiet(&self) -> Self {
        Self {
            is_notified: false,
            ..self.clone()
        }
    }

    /// The message as Google's `Message`.
    pub fn json(&self) -> Value {
        let mut message = Map::new();
        let kind = if self.is_notified {
            "TEXT_AND_NOTIFY"
        } else {
            "TEXT"
        };
        message.insert("id".to_owned(), json!(self.id));
        message.insert("messageType".to_owned(), json!(kind));
        put_text(&mut message, "header", Some(&self.header));
        put_text(&mut message, "body", Some(&self.body));
        if let Some(end) = self.ends_at {
            let interval = json!({ "end": { "date": end.rfc3339_secs() } });
            message.insert("displayInterval".to_owned(), interval);
        }
        Value::Object(message)
    }
}
