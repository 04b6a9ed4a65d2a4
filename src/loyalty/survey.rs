//! Surveys: what is asked, what is an answer to it, and what many answers come to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::types::Text;

/// Most questions of a survey.
pub const QUESTIONS_MAX: usize = 20;
/// Most choices of a question.
pub const CHOICES_MAX: usize = 12;
/// Fewest choices of a question.
pub const CHOICES_MIN: usize = 2;
/// Most characters of an id of a question or choice.
pub const ID_MAX: usize = 40;
/// Most characters of a title, a question or a choice, in one language.
pub const LINE_MAX: usize = 200;
/// Most characters of an introduction or thanks, in one language.
pub const PASSAGE_MAX: usize = 600;
/// Most languages of one text.
pub const LANGUAGES_MAX: usize = 20;
/// Most characters of a free answer.
pub const ANSWER_MAX: usize = 1_000;

/// What a survey asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questionnaire {
    /// What members read first.
    pub title: Text,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<Text>,
    /// What whoever answered reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thanks: Option<Text>,
    /// The questions, in their order.
    pub questions: Vec<Question>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What answers name it by, unique in the survey.
    pub id: String,
    /// What is asked.
    pub text: Text,
    /// What an answer to it is.
    pub kind: Kind,
    /// Whether there is no answering without it.
    #[serde(default)]
    pub required: bool,
    /// What can be chosen; empty for questions without choices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What answers name it by, unique in the question.
    pub id: String,
    /// What members read.
    pub text: Text,
}

/// What an answer to a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// One of the choices.
    #[serde(rename = "single")]
    Single,
    /// Any of the choices.
    #[serde(rename = "several")]
    Several,
    /// A number from 1 to 5.
    #[serde(rename = "scale_1_5")]
    ToFive,
    /// A number from 0 to 10.
    #[serde(rename = "scale_0_10")]
    ToTen,
    /// What the member writes.
    #[serde(rename = "text")]
    Text,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Single, Self::Several, Self::ToFive, Self::ToTen, Self::Text];

    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Several => "several",
            Self::ToFive => "scale_1_5",
            Self::ToTen => "scale_0_10",
            Self::Text => "text",
        }
    }

    /// Whether there is something to choose from.
    pub const fn has_choices(self) -> bool {
        matches!(self, Self::Single | Self::Several)
    }

    /// The least and the largest number of a scale.
    pub const fn scale(self) -> Option<(i64, i64)> {
        match self {
            Self::ToFive => Some((1, 5)),
            Self::ToTen => Some((0, 10)),
            Self::Single | Self::Several | Self::Text => None,
        }
    }
}

/// What is wrong, and where: a JSON pointer, a code and a sentence.
pub type Wrong = (String, &'static str, String);

/// What is wrong with a survey's texts and questions.
pub fn check_questionnaire(body: &Questionnaire) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    check_text(&mut wrong, "/title", &body.title, LINE_MAX);
    for (pointer, text) in [("/intro", &body.intro), ("/thanks", &body.thanks)] {
        if let Some(text) = text {
            check_text(&mut wrong, pointer, text, PASSAGE_MAX);
        }
    }
    if !(1..=QUESTIONS_MAX).contains(&body.questions.len()) {
        let detail = format!("A survey has 1 to {QUESTIONS_MAX} questions.");
        wrong.push(("/questions".to_owned(), "bad_count", detail));
    }
    let mut ids = BTreeSet::new();
    for (place, question) in body.questions.iter().enumerate() {
        let pointer = format!("/questions/{place}");
        check_id(&mut wrong, &format!("{pointer}/id"), &question.id, &mut ids);
        check_text(&mut wrong, &format!("{pointer}/text"), &question.text, LINE_MAX);
        check_choices(&mut wrong, &format!("{pointer}/choices"), question);
    }
    wrong
}

fn check_choices(wrong: &mut Vec<Wrong>, pointer: &str, question: &Question) {
    let count = question.choices.len();
    if !question.kind.has_choices() {
        if count > 0 {
            let detail = "Only `single` and `several` have choices.".to_owned();
            wrong.push((pointer.to_owned(), "no_choices", detail));
        }
        return;
    }
    if !(CHOICES_MIN..=CHOICES_MAX).contains(&count) {
        let detail = format!("There are {CHOICES_MIN} to {CHOICES_MAX} choices.");
        wrong.push((pointer.to_owned(), "bad_count", detail));
    }
    let mut ids = BTreeSet::new();
    for (place, choice) in question.choices.iter().enumerate() {
        check_id(wrong, &format!("{pointer}/{place}/id"), &choice.id, &mut ids);
        check_text(wrong, &format!("{pointer}/{place}/text"), &choice.text, LINE_MAX);
    }
}

fn check_id<'a>(wrong: &mut Vec<Wrong>, pointer: &str, id: &'a str, known: &mut BTreeSet<&'a str>) {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    if !(1..=ID_MAX).contains(&id.len()) || !id.bytes().all(is_plain) {
        let detail = format!("An id has 1 to {ID_MAX} of a-z, 0-9, `_` and `-`.");
        wrong.push((pointer.to_owned(), "bad_id", detail));
    } else if !known.insert(id) {
        let detail = "Another one has this id.".to_owned();
        wrong.push((pointer.to_owned(), "id_taken", detail));
    }
}

fn check_text(wrong: &mut Vec<Wrong>, pointer: &str, text: &Text, most: usize) {
    let mut all: Vec<&str> = text.translations().values().map(String::as_str).collect();
    all.push(text.fallback());
    let is_sound = |one: &str| {
        let one = one.trim();
        let is_bad = |letter: char| letter.is_control() && letter != '\n' && letter != '\r';
        (1..=most).contains(&one.chars().count()) && !one.chars().any(is_bad)
    };
    if all.len() > LANGUAGES_MAX + 1 || !all.iter().all(|one| is_sound(one)) {
        let detail = format!(
            "A text has 1 to {most} characters in each of up to {LANGUAGES_MAX} languages, no control character."
        );
        wrong.push((pointer.to_owned(), "bad_text", detail));
    }
}

/// Whether answers to one are answers to the other: the same questions and choices, however they are worded.
pub fn has_same_shape(one: &Questionnaire, other: &Questionnaire) -> bool {
    let shape = |body: &Questionnaire| -> BTreeMap<String, (&'static str, BTreeSet<String>)> {
        let each = body.questions.iter().map(|question| {
            let choices = question.choices.iter().map(|choice| choice.id.clone()).collect();
            (question.id.clone(), (question.kind.name(), choices))
        });
        each.collect()
    };
    shape(one) == shape(other)
}

/// What a member answered to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reply {
    /// A number of a scale.
    Number(i64),
    /// The id of a choice, or what was written.
    One(String),
    /// The ids of choices, in the survey's order.
    Many(Vec<String>),
}

/// What a member answered, by the question's id.
pub type Replies = BTreeMap<String, Reply>;

/// Reads answers to a survey. Null, an empty text and an empty list are no answer.
///
/// # Errors
/// What is wrong with which question.
pub fn read_replies(body: &Questionnaire, said: &Map<String, Value>) -> Result<Replies, Vec<Wrong>> {
    let mut wrong = Vec::new();
    for id in said.keys() {
        if !body.questions.iter().any(|question| question.id == *id) {
            let detail = "The survey has no such question.".to_owned();
            wrong.push((pointer_of(id), "unknown_question", detail));
        }
    }
    let mut replies = Replies::new();
    for question in &body.questions {
        match said
            .get(&question.id)
            .map_or(Ok(None), |value| read(question, value))
        {
            Ok(Some(reply)) => {
                replies.insert(question.id.clone(), reply);
            }
            Ok(None) if question.required => {
                let detail = "The question asks for an answer.".to_owned();
                wrong.push((pointer_of(&question.id), "missing", detail));
            }
            Ok(None) => (),
            Err((code, detail)) => wrong.push((pointer_of(&question.id), code, detail)),
        }
    }
    if wrong.is_empty() && replies.is_empty() {
        let detail = "Answer at least one question.".to_owned();
        wrong.push(("/answers".to_owned(), "missing", detail));
    }
    if wrong.is_empty() { Ok(replies) } else { Err(wrong) }
}

/// The pointer to the answer of a question (RFC 6901).
fn pointer_of(question: &str) -> String {
    let cut: String = question.chars().take(ID_MAX).collect();
    format!("/answers/{}", cut.replace('~', "~0").replace('/', "~1"))
}

fn read(question: &Question, value: &Value) -> Result<Option<Reply>, (&'static str, String)> {
    let bad = |detail: String| Err(("bad_answer", detail));
    let known = |id: &str| question.choices.iter().any(|choice| choice.id == id);
    match (question.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Single, Value::String(id)) if id.is_empty() => Ok(None),
        (Kind::Single, Value::String(id)) if known(id) => Ok(Some(Reply::One(id.clone()))),
        (Kind::Single, _) => bad("The answer is the id of one of the choices.".to_owned()),
        (Kind::Several, Value::Array(chosen)) => {
            let ids: Option<BTreeSet<&str>> = chosen.iter().map(Value::as_str).collect();
            match ids {
                Some(ids) if ids.is_empty() => Ok(None),
                Some(ids) if ids.iter().all(|id| known(id)) => {
                    let all = question.choices.iter().map(|choice| &choice.id);
                    let chosen = all.filter(|id| ids.contains(id.as_str())).cloned();
                    Ok(Some(Reply::Many(chosen.collect())))
                }
                _ => bad("The answer is a list of ids of choices.".to_owned()),
            }
        }
        (Kind::Several, _) => bad("The answer is a list of ids of choices.".to_owned()),
        (Kind::ToFive | Kind::ToTen, value) => {
            let (least, most) = question.kind.scale().unwrap_or_default();
            match value.as_i64().filter(|number| (least..=most).contains(number)) {
                Some(number) => Ok(Some(Reply::Number(number))),
                None => bad(format!("The answer is a whole number from {least} to {most}.")),
            }
        }
        (Kind::Text, Value::String(text)) => read_text(text),
        (Kind::Text, _) => bad("The answer is a text.".to_owned()),
    }
}

/// What was written, without what cannot be seen at its ends; lines end as on Unix.
fn read_text(text: &str) -> Result<Option<Reply>, (&'static str, String)> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let is_bad = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
    if text.chars().count() > ANSWER_MAX || text.chars().any(is_bad) {
        let detail = format!("The answer has at most {ANSWER_MAX} characters, no control character.");
        return Err(("bad_text", detail));
    }
    Ok((!text.is_empty()).then(|| Reply::One(text.to_owned())))
}

/// What was answered to a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many answered it.
    pub answered: i64,
    /// How often each choice was taken, in the survey's order; of a scale each number.
    pub counts: Vec<(String, i64)>,
    /// The sum of a scale's numbers.
    pub total: i64,
}

impl Sum {
    /// The mean of a scale in hundredths, rounded half up; `None` where nobody answered.
    pub fn mean_hundredths(&self) -> Option<i64> {
        let doubled = self.total.checked_mul(200)?.checked_add(self.answered)?;
        doubled.checked_div(self.answered.checked_mul(2)?)
    }
}

/// What many answers come to, in the order of the questions.
pub fn sum_up(body: &Questionnaire, all: &[Replies]) -> Vec<Sum> {
    body.questions
        .iter()
        .map(|question| sum_of(question, all))
        .collect()
}

fn sum_of(question: &Question, all: &[Replies]) -> Sum {
    let ids: Vec<String> = match question.kind.scale() {
        Some((least, most)) => (least..=most).map(|number| number.to_string()).collect(),
        None => question.choices.iter().map(|choice| choice.id.clone()).collect(),
    };
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    let mut sum = Sum::default();
    let given: Vec<&Reply> = all.iter().filter_map(|one| one.get(&question.id)).collect();
    let numbers: Vec<String> = given
        .iter()
        .map(|reply| match reply {
            Reply::Number(number) => number.to_string(),
            Reply::One(_) | Reply::Many(_) => String::new(),
        })
        .collect();
    for (reply, number) in given.iter().zip(&numbers) {
        sum.answered += 1;
        match reply {
            Reply::Number(of) => {
                sum.total += of;
                *counts.entry(number).or_default() += 1;
            }
            Reply::One(_) if question.kind == Kind::Text => (),
            Reply::One(id) => *counts.entry(id).or_default() += 1,
            Reply::Many(chosen) => {
                for id in chosen {
                    *counts.entry(id).or_default() += 1;
                }
            }
        }
    }
    sum.counts = ids
        .into_iter()
        .map(|id| {
            let count = counts.get(id.as_str()).copied().unwrap_or_default();
            (id, count)
        })
        .collect();
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cafe() -> Questionnaire {
        serde_json::from_value(json!({ "title": "Your visit", "questions": [
            { "id": "drink", "text": "What?", "kind": "single", "required": true,
              "choices": [{ "id": "tea", "text": "Tea" }, { "id": "coffee", "text": "Coffee" }] },
            { "id": "liked", "text": "Liked?", "kind": "several",
              "choices": [{ "id": "cake", "text": "Cake" }, { "id": "music", "text": "Music" }] },
            { "id": "again", "text": "Again?", "kind": "scale_0_10" },
            { "id": "stars", "text": "Stars?", "kind": "scale_1_5" },
            { "id": "words", "text": "Else?", "kind": "text" },
        ]}))
        .expect("a questionnaire")
    }

    fn read(said: Value) -> Result<Replies, Vec<(String, &'static str)>> {
        let Value::Object(said) = said else {
            panic!("an object");
        };
        let short = |wrong: Vec<Wrong>| {
            wrong
                .into_iter()
                .map(|(pointer, code, _)| (pointer, code))
                .collect()
        };
        read_replies(&cafe(), &said).map_err(short)
    }

    #[test]
    fn each_kind_of_question_takes_its_own_answers() {
        assert_eq!(check_questionnaire(&cafe()), []);
        let replies = read(
            json!({ "drink": "tea", "liked": ["music", "cake", "cake"], "again": 0, "stars": 5,
                                   "words": " Good\r\nfood " }),
        )
        .expect("answers");
        let kept = serde_json::to_value(&replies).expect("JSON");
        let wanted = json!({ "drink": "tea", "liked": ["cake", "music"], "again": 0, "stars": 5, "words": "Good\nfood" });
        assert_eq!(kept, wanted);
        assert_eq!(serde_json::from_value::<Replies>(kept).expect("answers"), replies);
        for (question, value) in [
            ("drink", json!("milk")),
            ("drink", json!(["tea"])),
            ("liked", json!("cake")),
            ("liked", json!(["milk"])),
            ("again", json!(11)),
            ("again", json!(-1)),
            ("again", json!("7")),
            ("stars", json!(0)),
            ("stars", json!(2.5)),
            ("words", json!(7)),
        ] {
            let mut said = json!({ "drink": "tea" });
            said[question] = value.clone();
            let wanted = (format!("/answers/{question}"), "bad_answer");
            assert_eq!(read(said), Err(vec![wanted]), "{question} {value}");
        }
        let missing = vec![("/answers/drink".to_owned(), "missing")];
        assert_eq!(
            read(json!({ "drink": "", "liked": [], "words": null })),
            Err(missing)
        );
        let unknown = vec![("/answers/a~1b".to_owned(), "unknown_question")];
        assert_eq!(read(json!({ "drink": "tea", "a/b": 1 })), Err(unknown));
        let long = vec![("/answers/words".to_owned(), "bad_text")];
        assert_eq!(
            read(json!({ "drink": "tea", "words": "x".repeat(ANSWER_MAX + 1) })),
            Err(long)
        );
    }

    #[test]
    fn answers_are_counted_by_choice_and_scales_have_a_mean() {
        let all: Vec<Replies> = [
            json!({ "drink": "tea", "liked": ["cake"], "stars": 5, "words": "x" }),
            json!({ "drink": "tea", "liked": ["cake", "music"], "stars": 4 }),
            json!({ "drink": "coffee", "stars": 4 }),
        ]
        .into_iter()
        .map(|said| read(said).expect("answers"))
        .collect();
        let sums = sum_up(&cafe(), &all);
        let pairs = |place: usize| sums[place].counts.clone();
        assert_eq!(pairs(0), [("tea".to_owned(), 2), ("coffee".to_owned(), 1)]);
        assert_eq!(
            (sums[1].answered, pairs(1)),
            (2, vec![("cake".to_owned(), 2), ("music".to_owned(), 1)])
        );
        assert_eq!((sums[2].answered, sums[2].mean_hundredths()), (0, None));
        assert_eq!(
            (pairs(3)[3].clone(), sums[3].mean_hundredths()),
            (("4".to_owned(), 2), Some(433))
        );
        assert_eq!((sums[4].answered, pairs(4)), (1, vec![]));
    }

    #[test]
    fn a_reworded_survey_has_the_same_shape() {
        let (one, mut other) = (cafe(), cafe());
        other.title = Text::plain("Another");
        other.questions.swap(0, 1);
        assert!(has_same_shape(&one, &other));
        other.questions[0].choices.pop();
        assert!(!has_same_shape(&one, &other));
    }
}
