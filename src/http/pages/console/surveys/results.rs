//! What members answered: counted, the texts listed, and all of it as a table to take along.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::find;
use crate::actions::ActionError;
use crate::actions::answer_survey::{Results, SUMMED_MAX, read_answers, read_results};
use crate::actions::change_survey::read_body;
use crate::http::{Problem, State};
use crate::loyalty::survey::{Kind, Question, Questionnaire, Replies, Reply, Sum};
use crate::sheet::write_sheet;
use crate::store::surveys::{self, SurveyAnswer};
use crate::types::Language;

/// Most texts that are listed of a question, the newest.
const TEXTS_MAX: i64 = 50;
/// What browsers call the file.
const FILE: &str = "attachment; filename=\"answers.csv\"";

#[derive(Template)]
#[template(path = "pages/console/surveys/results.html")]
struct ResultsPage {
    frame: Frame,
    rail: Rail,
    heading: String,
    answered: String,
    is_whole: bool,
    has_any: bool,
    questions: Vec<QuestionResult>,
    download: String,
    way_back: String,
}

struct QuestionResult {
    text: String,
    answered: String,
    mean: Option<String>,
    bars: Vec<Bar>,
    texts: Vec<TextLine>,
}

struct Bar {
    name: String,
    count: i64,
    shown: String,
    of: i64,
}

struct TextLine {
    text: String,
    when: String,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let survey = find(&desk, &id).await?;
    let body = read_body(&survey)?;
    let (name, id) = (survey.name.clone(), survey.id.clone());
    let read = state.house.store.read(move |db| {
        let newest = surveys::list_newest_answers(db, &survey.id, TEXTS_MAX)?;
        Ok::<_, ActionError>((read_results(db, &survey)?, newest))
    });
    let (results, newest) = read.await?;
    let mut rows = Vec::new();
    for row in newest {
        rows.push((read_answers(&row)?, desk.date(row.created_at)));
    }
    let base = format!("/console/surveys/{id}");
    let page = ResultsPage {
        frame: desk.console_frame(desk.locale.title(&name, false)),
        rail: desk.rail(Room::Rules).await?,
        heading: name,
        answered: desk
            .locale
            .say("surveys-answers", &[("count", results.answers.into())]),
        is_whole: results.is_whole,
        has_any: results.answers > 0,
        questions: lines(&desk, &body, &results, &rows),
        download: desk.link(&format!("{base}/answers.csv")),
        way_back: desk.link(&base),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

fn lines(
    desk: &Desk,
    body: &Questionnaire,
    results: &Results,
    rows: &[(Replies, String)],
) -> Vec<QuestionResult> {
    let both = body.questions.iter().zip(&results.sums);
    both.map(|(question, sum)| line(desk, question, sum, rows))
        .collect()
}

fn line(desk: &Desk, question: &Question, sum: &Sum, rows: &[(Replies, String)]) -> QuestionResult {
    let language = desk.locale.language();
    let bar = |(id, count): &(String, i64)| Bar {
        name: name_of(question, id, &language),
        count: *count,
        shown: language.write_number(*count),
        of: sum.answered.max(1),
    };
    let text = |(replies, when): &(Replies, String)| match replies.get(&question.id) {
        Some(Reply::One(text)) if question.kind == Kind::Text => Some(TextLine {
            text: text.clone(),
            when: when.clone(),
        }),
        _ => None,
    };
    let mean = question.kind.scale().and_then(|_| sum.mean_hundredths());
    QuestionResult {
        text: question.text.get(&language).to_owned(),
        answered: desk
            .locale
            .say("surveys-answers", &[("count", sum.answered.into())]),
        mean: mean.map(|mean| {
            let written = desk.locale.language().write_hundredths(mean.unsigned_abs());
            desk.locale.say("surveys-mean", &[("mean", written.into())])
        }),
        bars: sum.counts.iter().map(bar).collect(),
        texts: rows.iter().filter_map(text).collect(),
    }
}

/// What members read for the id of a choice; of a scale the number itself.
fn name_of(question: &Question, id: &str, language: &Language) -> String {
    let choice = question.choices.iter().find(|choice| choice.id == id);
    choice.map_or_else(|| id.to_owned(), |choice| choice.text.get(language).to_owned())
}

/// Gives the answers as a table, the newest first: when, in which language, and each question's.
pub(super) async fn download(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let survey = find(&desk, &id).await?;
    let body = read_body(&survey)?;
    let read = state
        .house
        .store
        .read(move |db| surveys::list_newest_answers(db, &survey.id, SUMMED_MAX));
    let rows = read.await.map_err(ActionError::from)?;
    let language = desk.locale.language();
    let mut table = vec![header(&desk, &body)];
    for row in &rows {
        table.push(cells(&body, row, &language)?);
    }
    let bytes = write_sheet(table.iter().map(|line| line.iter().map(String::as_str).collect()));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, FILE))
        .body(bytes))
}

fn header(desk: &Desk, body: &Questionnaire) -> Vec<String> {
    let own = ["surveys-csv-when", "surveys-csv-member", "surveys-csv-language"];
    let language = desk.locale.language();
    let questions = body.questions.iter();
    let texts = questions.map(|question| question.text.get(&language).to_owned());
    own.map(|id| desk.locale.word(id))
        .into_iter()
        .chain(texts)
        .collect()
}

fn cells(body: &Questionnaire, row: &SurveyAnswer, language: &Language) -> Result<Vec<String>, ActionError> {
    let replies = read_answers(row)?;
    let mut cells = vec![
        row.created_at.rfc3339_secs(),
        row.member_id.to_string(),
        row.language.to_string(),
    ];
    cells.extend(
        body.questions
            .iter()
            .map(|question| match replies.get(&question.id) {
                None => String::new(),
                Some(Reply::Number(number)) => number.to_string(),
                Some(Reply::One(text)) => name_of(question, text, language),
                Some(Reply::Many(ids)) => {
                    let names: Vec<String> = ids.iter().map(|id| name_of(question, id, language)).collect();
                    names.join("; ")
                }
            }),
    );
    Ok(cells)
}
