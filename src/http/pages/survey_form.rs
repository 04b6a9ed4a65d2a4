//! A survey's questions as a form: what stands in it, what was sent of it, and what is wrong beside which question.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::actions::ActionError;
use crate::loyalty::survey::{Kind, Question, Questionnaire};
use crate::types::Language;

/// What a question's field is called before the question's id.
const PREFIX: &str = "q_";

/// What was sent: the values of each question's field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sent(BTreeMap<String, Vec<String>>);

/// A question as the page draws it.
pub(super) struct QuestionField {
    /// The field's name.
    pub(super) field: String,
    pub(super) number: String,
    pub(super) text: String,
    pub(super) is_required: bool,
    pub(super) kind: Kind,
    pub(super) options: Vec<OptionField>,
    /// What was written.
    pub(super) value: String,
    /// The text for what is wrong.
    pub(super) fault: Option<&'static str>,
}

/// Something that can be chosen.
pub(super) struct OptionField {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) is_chosen: bool,
}

impl Sent {
    /// Sorts what a browser sent.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            if let Some(id) = name.strip_prefix(PREFIX) {
                all.entry(id.to_owned()).or_default().push(value);
            }
        }
        Self(all)
    }

    fn values(&self, question: &Question) -> &[String] {
        self.0.get(&question.id).map_or(&[], Vec::as_slice)
    }

    /// What was sent, as answers to a survey.
    pub(super) fn answers(&self, body: &Questionnaire) -> Map<String, Value> {
        let each = body.questions.iter().filter_map(|question| {
            let values = self.values(question);
            let first = values.first()?;
            let value = match question.kind {
                Kind::Several => Value::from(values),
                Kind::ToFive | Kind::ToTen => match first.parse::<i64>() {
                    Ok(number) => Value::from(number),
                    Err(_) => Value::from(first.as_str()),
                },
                Kind::Single | Kind::Text => Value::from(first.as_str()),
            };
            Some((question.id.clone(), value))
        });
        each.collect()
    }

    /// The questions with what was sent and what is wrong with it.
    pub(super) fn fields(
        &self,
        body: &Questionnaire,
        language: &Language,
        error: Option<&ActionError>,
    ) -> Vec<QuestionField> {
        let each = (1..)
            .zip(&body.questions)
            .map(|(number, question): (i64, _)| QuestionField {
                field: format!("{PREFIX}{}", question.id),
                number: language.write_number(number),
                text: question.text.get(language).to_owned(),
                is_required: question.required,
                kind: question.kind,
                options: self.options(question, language),
                value: self.values(question).first().cloned().unwrap_or_default(),
                fault: fault_of(question, error),
            });
        each.collect()
    }

    fn options(&self, question: &Question, language: &Language) -> Vec<OptionField> {
        let values = self.values(question);
        let option = |value: String, text: String| OptionField {
            is_chosen: values.contains(&value),
            value,
            text,
        };
        match question.kind.scale() {
            Some((least, most)) => (least..=most)
                .map(|number| option(number.to_string(), language.write_number(number)))
                .collect(),
            None => question
                .choices
                .iter()
                .map(|choice| option(choice.id.clone(), choice.text.get(language).to_owned()))
                .collect(),
        }
    }
}

/// The text for what is wrong with the answer to a question.
fn fault_of(question: &Question, error: Option<&ActionError>) -> Option<&'static str> {
    let pointer = format!("/answers/{}", question.id);
    let fault = error?.faults.iter().find(|fault| fault.pointer == pointer)?;
    Some(match fault.code.as_str() {
        "missing" => "survey-missing",
        "bad_text" => "survey-bad-text",
        _ => "survey-bad-answer",
    })
}
