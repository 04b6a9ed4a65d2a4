//! Surveys are written, opened and closed. What was asked stays what it was once somebody has answered it.

use serde_json::json;

use super::change_member::Edit;
use super::{ActionError, Caller, Code, Deed, Fault};
use crate::loyalty::survey::{Question, Questionnaire, check_questionnaire, has_same_shape};
use crate::store::surveys::{self, CLOSED, DRAFT, OPEN, Survey};
use crate::store::{Db, StoreError, Tx, programs, terms};
use crate::types::{ProgramId, SurveyId, Text};

/// Most surveys of a program, closed ones too.
pub const SURVEYS_MAX: i64 = 200;
/// Most characters of a name.
pub const NAME_MAX: usize = 80;

/// What is to change of a survey; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SurveyChange {
    /// What the shop calls it.
    pub name: Option<String>,
    /// What members read first.
    pub title: Option<Text>,
    /// What it is for.
    pub intro: Edit<Text>,
    /// What whoever answered reads.
    pub thanks: Edit<Text>,
    /// All questions, in their order.
    pub questions: Option<Vec<Question>>,
    /// `open`, `closed`, or `draft` while nobody has answered.
    pub state: Option<String>,
}

/// Writes a survey of a program; it is a draft.
pub fn create_survey(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    (name, body): (&str, &Questionnaire),
) -> Result<Survey, ActionError> {
    deed.caller.check_sees(program)?;
    programs::get(tx, program)?;
    let survey = Survey {
        id: SurveyId::new(deed.now),
        program_id: program.clone(),
        name: name.trim().to_owned(),
        state: DRAFT.to_owned(),
        body: write(body)?,
        version: 1,
        created_at: deed.now,
        updated_at: deed.now,
    };
    check(Vec::new(), &survey.name, body)?;
    // Whoever counts holds the program's row from here on, so that no two see the same room.
    terms::touch_rulebook(tx, program)?;
    if surveys::count(tx, program)? >= SURVEYS_MAX {
        let detail = format!("There are {SURVEYS_MAX} surveys, as many as there may be.");
        return Err(ActionError::with(Code::LimitReached, detail));
    }
    surveys::insert(tx, &survey)?;
    record(tx, deed, "create_survey", &survey)?;
    Ok(survey)
}

/// Changes a survey that is still at `version` (any, if `None`), opens or closes it.
pub fn change_survey(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&SurveyId, Option<i64>),
    change: &SurveyChange,
) -> Result<Survey, ActionError> {
    get_survey(tx, &deed.caller, id)?;
    let mut survey = surveys::lock(tx, id)?;
    if version.is_some_and(|wanted| wanted != survey.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    let before = read_body(&survey)?;
    let body = apply(before.clone(), change);
    let mut faults = Vec::new();
    if let Some(name) = &change.name {
        name.trim().clone_into(&mut survey.name);
    }
    let is_reshaped = !has_same_shape(&before, &body);
    // Whoever answers an open survey may be reading it now.
    if is_reshaped && (survey.state != DRAFT || surveys::has_answers(tx, id)?) {
        let detail =
            "What was opened keeps its questions and choices; their words can change. Write a new survey.";
        faults.push(Fault::new("/questions", "questions_fixed", detail));
    }
    match change.state.as_deref() {
        None => (),
        Some(state @ (OPEN | CLOSED)) => state.clone_into(&mut survey.state),
        Some(DRAFT) if survey.state == DRAFT => (),
        Some(_) => {
            let detail = "A survey is made `open` or `closed`; once opened it is no draft again.";
            faults.push(Fault::new("/state", "unknown_state", detail));
        }
    }
    check(faults, &survey.name, &body)?;
    survey.body = write(&body)?;
    survey.version += 1;
    survey.updated_at = deed.now;
    surveys::update(tx, &survey)?;
    record(tx, deed, "change_survey", &survey)?;
    Ok(survey)
}

fn apply(mut body: Questionnaire, change: &SurveyChange) -> Questionnaire {
    if let Some(title) = &change.title {
        body.title = title.clone();
    }
    for (edit, field) in [
        (&change.intro, &mut body.intro),
        (&change.thanks, &mut body.thanks),
    ] {
        match edit {
            Edit::Keep => (),
            Edit::Clear => *field = None,
            Edit::Set(text) => *field = Some(text.clone()),
        }
    }
    if let Some(questions) = &change.questions {
        body.questions.clone_from(questions);
    }
    body
}

/// A survey that a caller may see, or `NotFound`.
pub fn get_survey(db: &mut Db, caller: &Caller, id: &SurveyId) -> Result<Survey, ActionError> {
    let survey = surveys::get(db, id)?;
    caller.check_sees(&survey.program_id)?;
    Ok(survey)
}

/// What a survey asks.
pub fn read_body(survey: &Survey) -> Result<Questionnaire, ActionError> {
    serde_json::from_str(&survey.body).map_err(ActionError::internal)
}

fn write(body: &Questionnaire) -> Result<String, ActionError> {
    serde_json::to_string(body).map_err(ActionError::internal)
}

fn check(mut faults: Vec<Fault>, name: &str, body: &Questionnaire) -> Result<(), ActionError> {
    if !(1..=NAME_MAX).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        let detail = format!("A name has 1 to {NAME_MAX} characters, none of them a control character.");
        faults.push(Fault::new("/name", "bad_text", detail));
    }
    let wrong = check_questionnaire(body).into_iter();
    faults.extend(wrong.map(|(pointer, code, detail)| Fault::new(pointer, code, detail)));
    if faults.is_empty() {
        return Ok(());
    }
    Err(ActionError::invalid(faults))
}

fn record(tx: &mut Tx<'_>, deed: &Deed, what: &str, survey: &Survey) -> Result<(), StoreError> {
    let said = json!({ "name": survey.name, "state": survey.state, "version": survey.version });
    deed.record(tx, Some(&survey.program_id), what, survey.id.as_str(), &said)
}
