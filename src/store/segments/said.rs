//! Parts of a segment's statement.

/// A value of a `?`.
pub(super) enum Value {
    Text(String),
    Number(i64),
}

/// A part of a statement with the values of its `?`, in order.
#[derive(Default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Said {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: Vec::new(),
        }
    }

    pub(super) fn number(text: impl Into<String>, number: i64) -> Self {
        Self {
            text: text.into(),
            values: vec![Value::Number(number)],
        }
    }

    /// Parts one after the other, with a comma between each two.
    pub(super) fn list(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::strung(parts, ", ")
    }

    pub(super) fn strung(parts: impl IntoIterator<Item = Self>, word: &str) -> Self {
        let mut all = Self::default();
        for part in parts {
            if !all.text.is_empty() {
                all.text.push_str(word);
            }
            all.text.push_str(&part.text);
            all.values.extend(part.values);
        }
        all
    }

    /// Parts between brackets, with a word between each two; `empty` if there are none.
    pub(super) fn joined(parts: Vec<Self>, word: &str, empty: &str) -> Self {
        let mut all = Self::strung(parts, word);
        if all.text.is_empty() {
            all.text.push_str(empty);
        }
        all.text = format!("({})", all.text);
        all
    }
}
