//! Shapes that the document shows of values whose own types know nothing of it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// A text, or texts by language.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Text)]
#[expect(dead_code, reason = "stands for `types::Text` in the document alone")]
pub(super) enum TextShape {
    /// The same in every language.
    Plain(String),
    /// By BCP 47 tag; where none fits, English, else the first.
    ByLanguage(BTreeMap<String, String>),
}

/// A text, a whole number, true or false.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Attribute)]
#[expect(dead_code, reason = "stands for `types::Attribute` in the document alone")]
pub(super) enum AttributeShape {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text of at most 500 characters.
    Text(String),
}
