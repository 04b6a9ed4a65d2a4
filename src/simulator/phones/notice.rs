//! What a phone says on its lock screen when a card changed.

use serde::Serialize;

use super::pass::{HeldPass, ShownField};
use crate::types::Time;

/// A line on the lock screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Counts the notices of the phone, from 1.
    pub number: u64,
    /// When it came up.
    pub at: Time,
    /// From whom.
    pub title: String,
    /// What it says.
    pub text: String,
    /// The card: a serial number or an object id.
    pub card: String,
}

/// What an iPhone says of an update: the change message of the one field that changed, a general
/// sentence for several, nothing if no changed field has a message (Apple: `PassFieldContent.changeMessage`).
pub(super) fn change_text(old: &HeldPass, new: &HeldPass) -> Option<String> {
    let before = |field: &ShownField| old.fields.iter().find(|was| was.key == field.key);
    let mut told = new.fields.iter().filter_map(|field| {
        let message = field.change_message.as_deref()?;
        let was = before(field)?;
        (was.value != field.value).then(|| message.replace("%@", &field.text))
    });
    let first = told.next()?;
    if told.next().is_some() {
        return Some(format!("{} changed", new.organization));
    }
    Some(first)
}
