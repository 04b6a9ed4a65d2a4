//! Surveys: short questions to members, each answered once, and what was answered.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::events::RecordedEventView;
use super::lists::{List, Page};
use super::orders::check_holder;
use super::shapes::TextShape;
use super::{answer, respond};
use crate::actions::answer_survey::{Answered, NewAnswer, Results, answer_survey, read_results};
use crate::actions::change_member::Edit;
use crate::actions::change_survey::{SurveyChange, change_survey, create_survey, get_survey, read_body};
use crate::actions::{ActionError, Code, Deed, perform};
use crate::http::body::{Posted, Who, if_match};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::survey::{Choice, Kind, Question, Questionnaire, Sum};
use crate::store::surveys::{self, Survey, SurveyAnswer};
use crate::store::{Db, Tx};
use crate::types::{Language, MemberId, ProgramId, SurveyAnswerId, SurveyId, Text, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/surveys", web::post().to(create))
        .route("/v1/surveys", web::get().to(list))
        .route("/v1/surveys/{id}", web::get().to(show))
        .route("/v1/surveys/{id}", web::patch().to(change))
        .route("/v1/surveys/{id}/answers", web::post().to(answer_it))
        .route("/v1/surveys/{id}/answers", web::get().to(list_answers))
        .route("/v1/surveys/{id}/summary", web::get().to(summarize));
}

/// A question of a survey.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SurveyQuestion)]
pub(super) struct QuestionView {
    /// What answers name it by: 1 to 40 of a-z, 0-9, `_`, `-`; unique in the survey.
    #[schema(example = "again")]
    id: String,
    /// What is asked, up to 200 characters a language.
    #[schema(value_type = TextShape)]
    text: Text,
    /// `single` (one of the choices), `several` (any of them), `scale_1_5`, `scale_0_10`, or `text`.
    #[schema(value_type = String)]
    kind: Kind,
    /// Whether there is no answering without it; no if left out.
    #[serde(default)]
    required: bool,
    /// 2 to 12 for `single` and `several`, none for others.
    #[serde(default)]
    choices: Vec<ChoiceView>,
}

/// What can be chosen.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SurveyChoice)]
pub(super) struct ChoiceView {
    /// What answers name it by; unique in the question.
    id: String,
    /// What members read.
    #[schema(value_type = TextShape)]
    text: Text,
}

/// A new survey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SurveyInput {
    /// The program; the key's own if it is of one.
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// What the shop calls it, 1 to 80 characters.
    name: String,
    /// What members read first, up to 200 characters a language.
    #[schema(value_type = TextShape)]
    title: Text,
    /// What it is for, up to 600 characters a language.
    #[schema(value_type = Option<TextShape>)]
    intro: Option<Text>,
    /// What whoever answered reads, up to 600 characters a language.
    #[schema(value_type = Option<TextShape>)]
    thanks: Option<Text>,
    /// 1 to 20.
    questions: Vec<QuestionView>,
}

/// What is to change of a survey: what is left out stays, null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SurveyPatch {
    /// What the shop calls it.
    name: Option<String>,
    /// What members read first.
    #[schema(value_type = Option<TextShape>)]
    title: Option<Text>,
    /// What it is for.
    #[serde(default)]
    #[schema(value_type = Option<TextShape>)]
    intro: Edit<Text>,
    /// What whoever answered reads.
    #[serde(default)]
    #[schema(value_type = Option<TextShape>)]
    thanks: Edit<Text>,
    /// All questions, in their order. Once opened, their ids, kinds and choices stay.
    questions: Option<Vec<QuestionView>>,
    /// `open`, or `closed`; it can be opened again.
    state: Option<String>,
}

/// A survey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Survey)]
pub(super) struct SurveyView {
    /// Its id.
    #[schema(value_type = String)]
    id: SurveyId,
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// What the shop calls it.
    name: String,
    /// `draft`, `open` or `closed`.
    state: String,
    /// Where members answer it.
    url: String,
    /// What members read first.
    #[schema(value_type = TextShape)]
    title: Text,
    /// What it is for.
    #[schema(value_type = Option<TextShape>)]
    intro: Option<Text>,
    /// What whoever answered reads.
    #[schema(value_type = Option<TextShape>)]
    thanks: Option<Text>,
    /// The questions, in their order.
    questions: Vec<QuestionView>,
    /// Counts edits; send it as `If-Match`.
    version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was last edited.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

/// What a member answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SurveyAnswerInput {
    /// The code that was scanned or typed.
    card: Option<String>,
    /// Instead of a card: the member's id, or `external:` and the caller's own id.
    member: Option<String>,
    /// The language that the survey was read in; the program's own if left out.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    /// By the question's id: the id of a choice, a list of them, a whole number, or a text of up to 1,000 characters.
    #[schema(value_type = Object)]
    answers: Map<String, Value>,
}

/// What a member answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveyAnswer)]
pub(super) struct SurveyAnswerView {
    /// Its id.
    #[schema(value_type = String)]
    id: SurveyAnswerId,
    /// The survey.
    #[schema(value_type = String)]
    survey: SurveyId,
    /// Who.
    #[schema(value_type = String)]
    member: MemberId,
    /// In which language the survey was read.
    #[schema(value_type = String)]
    language: Language,
    /// By the question's id.
    #[schema(value_type = Object)]
    answers: Value,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

/// A survey answered, and what it paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnsweredSurvey)]
pub(super) struct AnsweredView {
    /// The answer.
    answer: SurveyAnswerView,
    /// The event `survey_answered`, and what the rules gave for it.
    recorded: RecordedEventView,
}

/// What the answers to a survey come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveySummary)]
pub(super) struct SummaryView {
    /// How many answers were counted.
    answers: i64,
    /// Whether all were; else the newest 20,000.
    is_whole: bool,
    /// What was answered to each question, in their order.
    questions: Vec<SumView>,
}

/// What was answered to a question.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveyQuestionSummary)]
pub(super) struct SumView {
    /// The question.
    id: String,
    /// How many answered it.
    answered: i64,
    /// How often each choice was taken, or each number of a scale; empty for texts.
    counts: BTreeMap<String, i64>,
    /// The mean of a scale, to the hundredth; null where there is none.
    #[schema(value_type = Option<f64>)]
    mean: Option<serde_json::Number>,
}

impl From<Question> for QuestionView {
    fn from(question: Question) -> Self {
        let choice = |one: Choice| ChoiceView {
            id: one.id,
            text: one.text,
        };
        Self {
            id: question.id,
            text: question.text,
            kind: question.kind,
            required: question.required,
            choices: question.choices.into_iter().map(choice).collect(),
        }
    }
}

impl From<QuestionView> for Question {
    fn from(view: QuestionView) -> Self {
        let choice = |one: ChoiceView| Choice {
            id: one.id,
            text: one.text,
        };
        Self {
            id: view.id,
            text: view.text,
            kind: view.kind,
            required: view.required,
            choices: view.choices.into_iter().map(choice).collect(),
        }
    }
}

impl SurveyView {
    fn new(state: &State, row: Survey) -> Result<Self, ActionError> {
        let body = read_body(&row)?;
        Ok(Self {
            url: state.house.survey_url(&row.id),
            id: row.id,
            program: row.program_id,
            name: row.name,
            state: row.state,
            title: body.title,
            intro: body.intro,
            thanks: body.thanks,
            questions: body.questions.into_iter().map(QuestionView::from).collect(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl From<SurveyAnswer> for SurveyAnswerView {
    fn from(row: SurveyAnswer) -> Self {
        Self {
            id: row.id,
            survey: row.survey_id,
            member: row.member_id,
            language: row.language,
            answers: serde_json::from_str(&row.answers).unwrap_or_default(),
            created_at: row.created_at,
        }
    }
}

impl SummaryView {
    fn new(body: &Questionnaire, results: Results) -> Self {
        let both = body.questions.iter().zip(results.sums);
        let view = |(question, sum): (&Question, Sum)| SumView {
            id: question.id.clone(),
            answered: sum.answered,
            mean: question.kind.scale().and_then(|_| mean(&sum)),
            counts: sum.counts.into_iter().collect(),
        };
        Self {
            answers: results.answers,
            is_whole: results.is_whole,
            questions: both.map(view).collect(),
        }
    }
}

/// The mean as a decimal number, written from its hundredths.
fn mean(sum: &Sum) -> Option<serde_json::Number> {
    let hundredths = sum.mean_hundredths()?;
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    serde_json::from_str(&text).ok()
}

fn survey_id(id: &str) -> Result<SurveyId, ActionError> {
    id.parse().map_err(|_| ActionError::new(Code::NotFound))
}

/// Writes a survey; it is a draft until it is opened.
#[utoipa::path(post, path = "/v1/surveys", tag = "surveys", operation_id = "create_survey",
    request_body = SurveyInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The survey", body = SurveyView)))]
pub(super) async fn create(state: Data<State>, posted: Posted<SurveyInput>) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let program = value.program.or_else(|| caller.program.clone());
    let program = program
        .ok_or_else(|| ActionError::fault("/program", "missing", "Say of which program the survey is."))?;
    let body = Questionnaire {
        title: value.title,
        intro: value.intro,
        thanks: value.thanks,
        questions: value.questions.into_iter().map(Question::from).collect(),
    };
    let name = value.name;
    let here = state.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let row = create_survey(tx, deed, &program, (&name, &body))?;
        SurveyView::new(&here, row)
    };
    let render = |view: &SurveyView| answer(StatusCode::CREATED, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists surveys, drafts and closed ones too.
#[utoipa::path(get, path = "/v1/surveys", tag = "surveys", operation_id = "list_surveys", params(Page),
    responses((status = 200, description = "Surveys", body = List<SurveyView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<SurveyId>()?);
    let program = who.0.program;
    let read = state.house.store.read(move |db| {
        Ok::<_, ActionError>(surveys::list(db, program.as_ref(), after.as_ref(), limit + 1)?)
    });
    let rows = List::of(read.await?, limit, |row: &Survey| row.id.as_str(), |row| row);
    let views = rows.data.into_iter().map(|row| SurveyView::new(&state, row));
    let list = List {
        data: views.collect::<Result<Vec<_>, _>>()?,
        next_cursor: rows.next_cursor,
    };
    Ok(HttpResponse::Ok().json(list))
}

/// Shows a survey.
#[utoipa::path(get, path = "/v1/surveys/{id}", tag = "surveys", operation_id = "show_survey",
    params(("id" = String, Path, description = "The survey's id")),
    responses((status = 200, description = "The survey", body = SurveyView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = survey_id(&id)?;
    let read = state.house.store.read(move |db| get_survey(db, &who.0, &id));
    Ok(HttpResponse::Ok().json(SurveyView::new(&state, read.await?)?))
}

/// Changes a survey, opens or closes it.
#[utoipa::path(patch, path = "/v1/surveys/{id}", tag = "surveys", operation_id = "change_survey",
    request_body = SurveyPatch,
    params(("id" = String, Path, description = "The survey's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The survey", body = SurveyView)))]
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<SurveyPatch>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let id = survey_id(&id)?;
    let questions = value.questions;
    let change = SurveyChange {
        name: value.name,
        title: value.title,
        intro: value.intro,
        thanks: value.thanks,
        questions: questions.map(|all| all.into_iter().map(Question::from).collect()),
        state: value.state,
    };
    let here = state.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let row = change_survey(tx, deed, (&id, version), &change)?;
        SurveyView::new(&here, row)
    };
    let render = |view: &SurveyView| answer(StatusCode::OK, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Answers a survey for a member: once, so what it pays is paid once.
#[utoipa::path(post, path = "/v1/surveys/{id}/answers", tag = "surveys", operation_id = "answer_survey",
    request_body = SurveyAnswerInput,
    params(("id" = String, Path, description = "The survey's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Answered now", body = AnsweredView)))]
pub(super) async fn answer_it(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<SurveyAnswerInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let mut faults = Vec::new();
    let holder = check_holder(value.card, value.member, &mut faults)?;
    let holder = holder.ok_or_else(|| ActionError::invalid(faults))?;
    let new = NewAnswer {
        survey: survey_id(&id)?,
        holder,
        language: value.language,
        said: value.answers,
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| answer_survey(tx, deed, &new);
    let house = state.house.clone();
    let render = move |done: &Answered| {
        let view = AnsweredView {
            answer: SurveyAnswerView::from(done.answer.clone()),
            recorded: RecordedEventView::new(&house, &done.recorded),
        };
        answer(StatusCode::CREATED, &view)
    };
    let done = perform(&state.house, caller, deed, render).await?;
    state.house.metrics.deed("answer_survey");
    Ok(respond(done)?)
}

/// Lists what was answered, the first answer first.
#[utoipa::path(get, path = "/v1/surveys/{id}/answers", tag = "surveys", operation_id = "list_survey_answers",
    params(("id" = String, Path, description = "The survey's id"), Page),
    responses((status = 200, description = "Answers", body = List<SurveyAnswerView>)))]
pub(super) async fn list_answers(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    page: Query<Page>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<SurveyAnswerId>()?);
    let id = survey_id(&id)?;
    let read = move |db: &mut Db| {
        let survey = get_survey(db, &who.0, &id)?;
        Ok::<_, ActionError>(surveys::list_answers(db, &survey.id, after.as_ref(), limit + 1)?)
    };
    let list = List::of(
        state.house.store.read(read).await?,
        limit,
        |row: &SurveyAnswer| row.id.as_str(),
        SurveyAnswerView::from,
    );
    Ok(HttpResponse::Ok().json(list))
}

/// Counts what was answered, and means of scales.
#[utoipa::path(get, path = "/v1/surveys/{id}/summary", tag = "surveys", operation_id = "summarize_survey",
    params(("id" = String, Path, description = "The survey's id")),
    responses((status = 200, description = "The counts", body = SummaryView)))]
pub(super) async fn summarize(
    state: Data<State>,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = survey_id(&id)?;
    let read = move |db: &mut Db| {
        let survey = get_survey(db, &who.0, &id)?;
        Ok::<_, ActionError>((read_body(&survey)?, read_results(db, &survey)?))
    };
    let (body, results) = state.house.store.read(read).await?;
    Ok(HttpResponse::Ok().json(SummaryView::new(&body, results)))
}
