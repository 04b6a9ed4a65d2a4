//! A survey as a form: its words in one language at a time, its questions added, moved and removed without a script.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::super::super::forms::guarded;
use super::super::super::locale::Locale;
use crate::actions::ActionError;
use crate::loyalty::survey::{Choice, Kind, QUESTIONS_MAX, Question, Questionnaire};
use crate::types::{Language, Text};

/// What was typed of a survey.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SurveyForm {
    token: String,
    pub(super) version: String,
    /// The tag of the language that the words are in.
    pub(super) words: String,
    /// `save`; or `add`, `up-2`, `down-2`, `remove-2`, which change the form alone.
    #[serde(rename = "do")]
    pub(super) deed: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) intro: String,
    pub(super) thanks: String,
    /// The fields of the questions: `q0_text`, and so on.
    #[serde(flatten)]
    fields: BTreeMap<String, String>,
}

guarded!(SurveyForm);

/// What was typed of a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Empty of one that is not kept yet.
    pub(super) id: String,
    pub(super) text: String,
    pub(super) kind: String,
    pub(super) is_required: bool,
    /// One a line.
    pub(super) choices: String,
}

/// The survey as a page draws it.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) intro: String,
    pub(super) thanks: String,
    pub(super) questions: Vec<Asked>,
}

impl SurveyForm {
    /// The language that the words are in, one of ours.
    pub(super) fn locale(&self) -> Option<Locale> {
        Locale::ALL.into_iter().find(|one| one.tag() == self.words)
    }

    /// What was typed, with what the pressed button does to the questions.
    pub(super) fn draft(&self) -> Draft {
        let field = |place: usize, name: &str| self.fields.get(&format!("q{place}_{name}"));
        let typed = |place: usize, name: &str| field(place, name).cloned().unwrap_or_default();
        let there = (0..=QUESTIONS_MAX).take_while(|place| field(*place, "text").is_some());
        let mut questions: Vec<Asked> = there
            .map(|place| Asked {
                id: typed(place, "id"),
                text: typed(place, "text"),
                kind: typed(place, "kind"),
                is_required: field(place, "required").is_some(),
                choices: typed(place, "choices"),
            })
            .collect();
        rearrange(&mut questions, &self.deed);
        Draft {
            name: self.name.clone(),
            title: self.title.clone(),
            intro: self.intro.clone(),
            thanks: self.thanks.clone(),
            questions,
        }
    }
}

/// Adds, moves or removes a question, as a button says.
fn rearrange(questions: &mut Vec<Asked>, deed: &str) {
    if deed == "add" && questions.len() < QUESTIONS_MAX {
        questions.push(Asked::default());
    }
    let Some((what, place)) = deed.split_once('-') else {
        return;
    };
    let Some(place) = place
        .parse()
        .ok()
        .filter(|place: &usize| *place < questions.len())
    else {
        return;
    };
    match what {
        "up" if place > 0 => questions.swap(place, place - 1),
        "down" if place + 1 < questions.len() => questions.swap(place, place + 1),
        "remove" => {
            questions.remove(place);
        }
        _ => (),
    }
}

impl Draft {
    /// A survey that nobody wrote yet: one question.
    pub(super) fn empty() -> Self {
        Self {
            questions: vec![Asked::default()],
            ..Self::default()
        }
    }

    /// What a survey says in a language.
    pub(super) fn of(name: &str, body: &Questionnaire, language: &Language) -> Self {
        let own = |text: &Text| text.get(language).to_owned();
        let asked = |question: &Question| Asked {
            id: question.id.clone(),
            text: own(&question.text),
            kind: question.kind.name().to_owned(),
            is_required: question.required,
            choices: question
                .choices
                .iter()
                .map(|choice| own(&choice.text))
                .collect::<Vec<_>>()
                .join("\n"),
        };
        Self {
            name: name.to_owned(),
            title: own(&body.title),
            intro: body.intro.as_ref().map(own).unwrap_or_default(),
            thanks: body.thanks.as_ref().map(own).unwrap_or_default(),
            questions: body.questions.iter().map(asked).collect(),
        }
    }

    /// The survey with what was typed in a language; what stood there in others stays.
    pub(super) fn write(
        &self,
        before: Option<&Questionnaire>,
        (own, language): (&Language, &Language),
    ) -> Questionnaire {
        let write = |old: Option<&Text>, typed: &str| set_text(old, typed, (own, language));
        let passage = |old: Option<&Text>, typed: &str| {
            let text = write(old, typed);
            (!text.fallback().is_empty()).then_some(text)
        };
        let known = before.map_or(&[][..], |body| body.questions.as_slice());
        let mut ids: BTreeSet<String> = known.iter().map(|one| one.id.clone()).collect();
        let question = |asked: &Asked| {
            let old = known.iter().find(|one| one.id == asked.id);
            let id = old.map_or_else(|| new_id('q', &mut ids), |old| old.id.clone());
            let kind = kind_of(&asked.kind);
            let choices = old.map_or(&[][..], |old| old.choices.as_slice());
            Question {
                id,
                text: write(old.map(|old| &old.text), &asked.text),
                kind,
                required: asked.is_required,
                choices: if kind.has_choices() {
                    write_choices(choices, &asked.choices, (own, language))
                } else {
                    Vec::new()
                },
            }
        };
        Questionnaire {
            title: write(before.map(|body| &body.title), &self.title),
            intro: passage(before.and_then(|body| body.intro.as_ref()), &self.intro),
            thanks: passage(before.and_then(|body| body.thanks.as_ref()), &self.thanks),
            questions: self.questions.iter().map(question).collect(),
        }
    }
}

/// The kind of a name; of one that there is not, a single choice.
fn kind_of(name: &str) -> Kind {
    let mut all = Kind::ALL.into_iter();
    all.find(|kind| kind.name() == name).unwrap_or(Kind::Single)
}

/// The choices of lines: the first line words the first choice anew, and so on; further lines are new choices.
fn write_choices(old: &[Choice], typed: &str, languages: (&Language, &Language)) -> Vec<Choice> {
    let mut ids: BTreeSet<String> = old.iter().map(|one| one.id.clone()).collect();
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut places = old.iter();
    lines
        .map(|line| {
            let before = places.next();
            Choice {
                id: before.map_or_else(|| new_id('c', &mut ids), |one| one.id.clone()),
                text: set_text(before.map(|one| &one.text), line, languages),
            }
        })
        .collect()
}

/// An id that is not taken yet, and is then.
fn new_id(letter: char, taken: &mut BTreeSet<String>) -> String {
    let mut number = taken.len();
    loop {
        number += 1;
        let id = format!("{letter}{number}");
        if taken.insert(id.clone()) {
            return id;
        }
    }
}

/// A text with what was typed in a language. What is shown there for want of a translation, and is sent back as it was,
/// makes none; an emptied one goes, and so does a text without any.
fn set_text(old: Option<&Text>, typed: &str, (own, language): (&Language, &Language)) -> Text {
    let typed = typed.replace("\r\n", "\n");
    let typed = typed.trim();
    if let Some(old) = old.filter(|old| old.get(language) == typed) {
        return old.clone();
    }
    let mut all = old.map(|old| old.translations().clone()).unwrap_or_default();
    if let Some(old) = old.filter(|old| old.translations().is_empty() && !old.fallback().is_empty()) {
        all.insert(own.clone(), old.fallback().to_owned());
    }
    if typed.is_empty() {
        all.remove(language);
    } else {
        all.insert(language.clone(), typed.to_owned());
    }
    Text::translated(all).unwrap_or_else(|| Text::plain(""))
}

/// The texts for what is wrong with a question: with its words, and with its choices.
pub(super) fn faults_of(
    place: usize,
    error: Option<&ActionError>,
) -> (Option<&'static str>, Option<&'static str>) {
    let faults = error.map(|error| error.faults.as_slice()).unwrap_or_default();
    let is_at = |pointer: &str| faults.iter().any(|fault| fault.pointer.starts_with(pointer));
    let (text, choices) = (
        format!("/questions/{place}/text"),
        format!("/questions/{place}/choices"),
    );
    (
        is_at(&text).then_some("surveys-bad-line"),
        is_at(&choices).then_some("surveys-bad-choices"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str, choices: &str) -> Asked {
        Asked {
            text: text.to_owned(),
            kind: "single".to_owned(),
            choices: choices.to_owned(),
            ..Asked::default()
        }
    }

    #[test]
    fn words_of_one_language_leave_those_of_others() {
        let tag = |tag: &str| tag.parse::<Language>().expect("a tag");
        let (en, ar) = (tag("en"), tag("ar"));
        let mut draft = Draft {
            title: "Visit".to_owned(),
            questions: vec![asked("Drink?", "Tea\n\n Coffee ")],
            ..Draft::default()
        };
        let first = draft.write(None, (&en, &en));
        assert_eq!(
            (first.questions[0].id.as_str(), first.questions[0].choices.len()),
            ("q1", 2)
        );
        assert_eq!(first.intro, None);
        let shown = Draft::of("x", &first, &ar);
        assert_eq!(
            shown.write(Some(&first), (&en, &ar)),
            first,
            "what was only shown is no translation"
        );
        draft = shown;
        draft.title = "زيارة".to_owned();
        draft.questions[0].choices = "شاي\nقهوة".to_owned();
        draft.questions.insert(0, asked("Why?", ""));
        let second = draft.write(Some(&first), (&en, &ar));
        assert_eq!((second.title.get(&en), second.title.get(&ar)), ("Visit", "زيارة"));
        let ids: Vec<&str> = second.questions.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["q2", "q1"]);
        assert_eq!(second.questions[1].choices[1].text.get(&en), "Coffee");
    }

    #[test]
    fn buttons_move_questions() {
        let all = || vec![asked("a", ""), asked("b", ""), asked("c", "")];
        for (deed, wanted) in [
            ("up-1", "bac"),
            ("down-1", "acb"),
            ("remove-1", "ac"),
            ("up-0", "abc"),
            ("down-2", "abc"),
            ("remove-9", "abc"),
            ("add", "abc"),
            ("save", "abc"),
        ] {
            let mut questions = all();
            rearrange(&mut questions, deed);
            let texts: String = questions.iter().map(|one| one.text.as_str()).collect();
            assert_eq!(texts, wanted, "{deed}");
        }
    }
}
