//! Texts in Google's JSON: the plain field, and beside it the one with translations.

use serde_json::{Map, Value, json};

use crate::types::{Language, Text};

/// Writes a field.
pub(super) fn put(object: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    object.insert(name.to_owned(), value.into());
}

/// Writes a text under `name`, and its translations, if it has any, under `localizedName`.
pub(super) fn put_text(object: &mut Map<String, Value>, name: &str, text: Option<&Text>) {
    let Some(text) = text.filter(|text| !text.fallback().is_empty()) else {
        return;
    };
    put(object, name, text.fallback());
    if !text.translations().is_empty() {
        let mut letters = name.chars();
        let first: String = letters
            .next()
            .map(|letter| letter.to_ascii_uppercase())
            .into_iter()
            .collect();
        put(
            object,
            &format!("localized{first}{}", letters.as_str()),
            localized(text),
        );
    }
}

/// Google's `LocalizedString`. A text without a language counts as English.
pub(super) fn localized(text: &Text) -> Value {
    let translations = text.translations();
    let default = match translations.get(&Language::english()) {
        Some(_) => "en",
        None => translations.keys().next().map_or("en", Language::as_str),
    };
    let string = |language: &str, value: &str| json!({ "language": language, "value": value });
    let others: Vec<Value> = text
        .translations()
        .iter()
        .filter(|(language, _)| language.as_str() != default)
        .map(|(language, wording)| string(language.as_str(), wording))
        .collect();
    let mut out = Map::new();
    put(&mut out, "defaultValue", string(default, text.fallback()));
    if !others.is_empty() {
        put(&mut out, "translatedValues", others);
    }
    Value::Object(out)
}
