//! Why something was done, in the words of whoever did it.

use super::ActionError;

/// Longest reason, in characters.
pub const REASON_MAX: usize = 500;

/// A reason without the blanks around it; one that cannot be kept is refused. It may be empty.
pub fn read_reason(text: &str) -> Result<String, ActionError> {
    let reason = text.trim();
    // PostgreSQL keeps no text with a NUL.
    if reason.chars().count() > REASON_MAX || reason.contains('\0') {
        let detail = "A reason has at most 500 characters, and none of them is NUL.";
        return Err(ActionError::fault("/reason", "bad_reason", detail));
    }
    Ok(reason.to_owned())
}

/// The same, where a reason must be given.
pub(super) fn need_reason(text: &str) -> Result<String, ActionError> {
    let reason = read_reason(text)?;
    if reason.is_empty() {
        let detail = "Say why, in 1 to 500 characters.";
        return Err(ActionError::fault("/reason", "bad_reason", detail));
    }
    Ok(reason)
}
