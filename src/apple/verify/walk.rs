//! Walks a foreign `pass.json` and gathers findings with their pointers.

use serde_json::{Map, Value as Json};

use crate::apple::date::parse_pass_date;
use crate::apple::finding::{Code, Finding};
use crate::types::Time;

use super::codes;

/// A JSON object of the pass, where it is, and the findings so far.
pub(super) struct Walk<'a> {
    pub(super) object: &'a Map<String, Json>,
    pointer: String,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        object: &'a Map<String, Json>,
        pointer: String,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        Self {
            object,
            pointer,
            findings,
        }
    }

    /// Notes a finding at a key.
    pub(super) fn found(&mut self, code: Code, key: &str, message: impl Into<String>) {
        let slash = if key.is_empty() { "" } else { "/" };
        let pointer = format!("{}{slash}{key}", self.pointer);
        self.findings.push(Finding::new(code, pointer, message));
    }

    /// The text at a key; numbers count, with a finding, and so does nothing else.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.object.get(key)? {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => {
                let text = number.to_string();
                self.found(
                    codes::KEY_TYPE,
                    key,
                    format!("this is the number {text}; write it as a text, in quotes"),
                );
                Some(text)
            }
            Json::Null => None,
            _ => {
                self.found(
                    codes::KEY_TYPE,
                    key,
                    "phones want a text here and drop anything else; write one",
                );
                None
            }
        }
    }

    /// The number at a key; a text of digits counts, with a finding.
    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        match self.object.get(key)? {
            Json::Number(number) => number.as_f64(),
            Json::Null => None,
            Json::String(text) if text.trim().parse::<f64>().is_ok() => {
                self.found(
                    codes::KEY_TYPE,
                    key,
                    "this number is written as a text; take the quotes off",
                );
                text.trim().parse().ok()
            }
            _ => {
                self.found(
                    codes::KEY_TYPE,
                    key,
                    "phones want a number here and drop anything else; write one",
                );
                None
            }
        }
    }

    /// Notes a finding if a key that is there is not true or false.
    pub(super) fn flag(&mut self, key: &str) {
        if self.object.get(key).is_some_and(|value| !value.is_boolean()) {
            self.found(
                codes::KEY_TYPE,
                key,
                "phones want true or false here; write one of them, without quotes",
            );
        }
    }

    /// The instant at a key, or a finding.
    pub(super) fn date(&mut self, key: &str) -> Option<Time> {
        let text = self.text(key)?;
        let time = parse_pass_date(&text);
        if time.is_none() {
            let shown: String = text.chars().take(40).collect();
            let message = format!(
                "`{shown}` is not a date that phones read, and they refuse the pass; write it as \
                 2026-11-21T18:00:00Z or 2026-11-21T18:00+01:00"
            );
            self.found(codes::DATE_UNPARSABLE, key, message);
        }
        time
    }

    /// Visits every object in the list at a key; other things in it are findings.
    pub(super) fn each(&mut self, key: &str, mut visit: impl FnMut(&mut Walk<'_>)) -> usize {
        let Some(value) = self.object.get(key) else {
            return 0;
        };
        let Some(list) = value.as_array() else {
            self.found(codes::KEY_TYPE, key, "phones want a list here; put it into [ ]");
            return 0;
        };
        for (at, item) in list.iter().enumerate() {
            let pointer = format!("{}/{key}/{at}", self.pointer);
            match item {
                Json::Object(object) => visit(&mut Walk::new(object, pointer, self.findings)),
                _ => self.found(
                    codes::KEY_TYPE,
                    &format!("{key}/{at}"),
                    "phones want an object here; put it into { }",
                ),
            }
        }
        list.len()
    }

    /// Visits the object at a key.
    pub(super) fn inside(&mut self, key: &str, visit: impl FnOnce(&mut Walk<'_>)) {
        match self.object.get(key) {
            Some(Json::Object(object)) => {
                let pointer = format!("{}/{key}", self.pointer);
                visit(&mut Walk::new(object, pointer, self.findings));
            }
            Some(_) => self.found(
                codes::KEY_TYPE,
                key,
                "phones want an object here; put it into { }",
            ),
            None => (),
        }
    }
}
