//! What Google says that it has. Its words come in two spellings: `ACTIVE`, or `active` of old.

use serde_json::Value;

/// A class or an object as Google returned it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredObject(Value);

/// Whether a card is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectState {
    /// Shown among the cards.
    Active,
    /// Used up.
    Completed,
    /// Its time ran out.
    Expired,
    /// Taken out of use.
    Inactive,
    /// A word that we do not know yet.
    Other(String),
}

impl StoredObject {
    /// Takes an answer of Google's.
    pub const fn new(answer: Value) -> Self {
        Self(answer)
    }

    /// Everything that Google sent.
    pub const fn json(&self) -> &Value {
        &self.0
    }

    /// Whether the card is in use.
    pub fn state(&self) -> ObjectState {
        let word = self.word("state");
        match normal_word(word).as_str() {
            "ACTIVE" => ObjectState::Active,
            "COMPLETED" => ObjectState::Completed,
            "EXPIRED" => ObjectState::Expired,
            "INACTIVE" => ObjectState::Inactive,
            _ => ObjectState::Other(word.to_owned()),
        }
    }

    /// The review of a class, such as `APPROVED`, in the newer spelling.
    pub fn review_status(&self) -> String {
        normal_word(self.word("reviewStatus"))
    }

    /// Whether somebody has it in a wallet.
    pub fn has_users(&self) -> bool {
        self.0.get("hasUsers").and_then(Value::as_bool).unwrap_or(false)
    }

    /// The object's class.
    pub fn class_id(&self) -> Option<&str> {
        self.0.get("classId")?.as_str()
    }

    /// The messages on it, oldest first.
    pub fn messages(&self) -> &[Value] {
        self.0
            .get("messages")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Whether a message of this id is on it.
    pub fn has_message(&self, id: &str) -> bool {
        let is_it = |message: &Value| message.get("id").and_then(Value::as_str) == Some(id);
        self.messages().iter().any(is_it)
    }

    fn word(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// `underReview` as `UNDER_REVIEW`; a word that is spelt so already stays.
fn normal_word(word: &str) -> String {
    if !word.contains(|letter: char| letter.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len() + 4);
    for letter in word.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_spellings_and_unknown_words_are_read() {
        let state = |word: &str| StoredObject::new(json!({ "state": word })).state();
        assert_eq!(state("ACTIVE"), ObjectState::Active);
        assert_eq!(state("inactive"), ObjectState::Inactive);
        assert_eq!(
            state("stateUnspecified"),
            ObjectState::Other("stateUnspecified".to_owned())
        );
        let class = StoredObject::new(json!({ "reviewStatus": "underReview" }));
        assert_eq!(class.review_status(), "UNDER_REVIEW");
        assert!(!class.has_users());
    }
}
