//! One survey: its words and questions, whether it is open, and what answering pays.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, read_version};
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::super::locale::Locale;
use super::super::rail::{Rail, Room};
use super::form::{Asked, Draft, SurveyForm, faults_of};
use super::{chip, done, find, may_write, pays};
use crate::actions::change_member::Edit;
use crate::actions::change_survey::{SurveyChange, change_survey, create_survey, read_body};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::survey::{Kind, LINE_MAX, PASSAGE_MAX, QUESTIONS_MAX};
use crate::store::surveys::{CLOSED, DRAFT, OPEN, Survey};

#[derive(Template)]
#[template(path = "pages/console/surveys/edit.html")]
struct EditPage {
    frame: Frame,
    rail: Rail,
    heading: String,
    said: Option<&'static str>,
    /// The text for what is wrong with all of it.
    fault: Option<&'static str>,
    name_fault: bool,
    title_fault: bool,
    intro_fault: bool,
    thanks_fault: bool,
    draft: Draft,
    questions: Vec<QuestionFields>,
    /// The languages that the words can be in; none for a survey that is not kept yet.
    tongues: Vec<Tongue>,
    words: Locale,
    version: String,
    action: String,
    may_write: bool,
    /// Whether questions can be added, moved away and changed in kind.
    is_draft: bool,
    has_room: bool,
    /// What is there of a survey that is kept.
    kept: Option<Kept>,
    way_back: String,
}

/// A question's fields.
struct QuestionFields {
    place: usize,
    title: String,
    number: String,
    asked: Asked,
    kinds: Vec<(&'static str, String, bool)>,
    text_fault: Option<&'static str>,
    choices_fault: Option<&'static str>,
}

/// A language that the words can be in.
struct Tongue {
    locale: Locale,
    address: String,
    is_current: bool,
}

/// What a page says of a survey that is kept.
struct Kept {
    look: &'static str,
    state: &'static str,
    is_open: bool,
    link: String,
    pays: String,
    /// The way to make a rule, where there is none.
    rules: Option<String>,
    results: String,
    state_action: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StateForm {
    token: String,
    version: String,
    state: String,
}

guarded!(StateForm);

/// What a page is drawn from.
struct Drawn<'a> {
    survey: Option<&'a Survey>,
    draft: Draft,
    words: Locale,
    error: Option<&'a ActionError>,
    said: Option<&'static str>,
}

/// The language that an address asks for the words in; else the program's own, else English.
fn words_of(desk: &Desk, request: &HttpRequest) -> Locale {
    let mut pairs = request.query_string().split('&');
    let asked = pairs.find_map(|pair| pair.strip_prefix("words="));
    let asked = asked.and_then(|tag| Locale::ALL.into_iter().find(|one| one.tag() == tag));
    asked.unwrap_or_else(|| own_words(desk))
}

fn own_words(desk: &Desk) -> Locale {
    Locale::of_tag(desk.program.language.as_str()).unwrap_or(Locale::En)
}

/// A form for a new survey.
pub(super) async fn begin(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let drawn = Drawn {
        survey: None,
        draft: Draft::empty(),
        words: own_words(&desk),
        error: None,
        said: None,
    };
    Ok(respond(StatusCode::OK, &draw(&desk, drawn).await?)?)
}

/// Keeps a new survey, or changes the form's questions.
pub(super) async fn create(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, SurveyForm) = Desk::take(&state, &request, &body.0).await?;
    let words = form.locale().unwrap_or_else(|| own_words(&desk));
    let draft = form.draft();
    let made = if form.deed == "save" {
        let program = desk.program.id.clone();
        let written = draft.write(None, (&desk.program.language, &words.language()));
        let name = draft.name.clone();
        desk.act(move |tx, deed| create_survey(tx, deed, &program, (&name, &written)))
            .await
            .map(Some)
    } else {
        Ok(None)
    };
    answer(&desk, (None, draft, words), made).await
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let survey = find(&desk, &id).await?;
    let words = words_of(&desk, &request);
    let drawn = Drawn {
        draft: Draft::of(&survey.name, &read_body(&survey)?, &words.language()),
        survey: Some(&survey),
        words,
        error: None,
        said: done(&request),
    };
    Ok(respond(StatusCode::OK, &draw(&desk, drawn).await?)?)
}

/// Saves a survey, or changes the form's questions.
pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, SurveyForm) = Desk::take(&state, &request, &body.0).await?;
    let survey = find(&desk, &id).await?;
    let version = read_version(&form.version)?;
    let words = form.locale().unwrap_or_else(|| own_words(&desk));
    let draft = form.draft();
    let saved = if form.deed == "save" {
        let before = read_body(&survey)?;
        let written = draft.write(Some(&before), (&desk.program.language, &words.language()));
        let change = SurveyChange {
            name: Some(draft.name.clone()),
            title: Some(written.title),
            intro: written.intro.map_or(Edit::Clear, Edit::Set),
            thanks: written.thanks.map_or(Edit::Clear, Edit::Set),
            questions: Some(written.questions),
            state: None,
        };
        change_it(&desk, &survey, (version, change)).await.map(Some)
    } else {
        Ok(None)
    };
    // What others changed meanwhile is not to be written over by the next try.
    let drawn_from = Survey {
        version,
        ..survey.clone()
    };
    answer(&desk, (Some(&drawn_from), draft, words), saved).await
}

/// Opens or closes a survey.
pub(super) async fn set_state(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, StateForm) = Desk::take(&state, &request, &body.0).await?;
    let survey = find(&desk, &id).await?;
    let version = read_version(&form.version)?;
    let wanted = if form.state == CLOSED { CLOSED } else { OPEN };
    let change = SurveyChange {
        state: Some(wanted.to_owned()),
        ..SurveyChange::default()
    };
    match change_it(&desk, &survey, (version, change)).await {
        Ok(survey) => Ok(lead_to(
            &desk.link(&format!("/console/surveys/{}?done={wanted}", survey.id)),
        )),
        Err(error) => {
            let words = own_words(&desk);
            let draft = Draft::of(&survey.name, &read_body(&survey)?, &words.language());
            answer(&desk, (Some(&survey), draft, words), Err(error)).await
        }
    }
}

async fn change_it(
    desk: &Desk,
    survey: &Survey,
    (version, change): (i64, SurveyChange),
) -> Result<Survey, ActionError> {
    let id = survey.id.clone();
    desk.act(move |tx, deed| change_survey(tx, deed, (&id, Some(version)), &change))
        .await
}

/// Leads on after what was kept; else draws the form again, with what was typed.
async fn answer(
    desk: &Desk,
    (survey, draft, words): (Option<&Survey>, Draft, Locale),
    kept: Result<Option<Survey>, ActionError>,
) -> Result<HttpResponse, Problem> {
    let (status, error) = match kept {
        Ok(Some(survey)) => {
            let address = format!("/console/surveys/{}?done=saved&words={}", survey.id, words.tag());
            return Ok(lead_to(&desk.link(&address)));
        }
        Ok(None) => (StatusCode::OK, None),
        Err(error) => match error.code {
            Code::StaleEdit => (StatusCode::CONFLICT, Some(error)),
            Code::Invalid | Code::LimitReached => (StatusCode::UNPROCESSABLE_ENTITY, Some(error)),
            _ => return Err(error.into()),
        },
    };
    let drawn = Drawn {
        survey,
        draft,
        words,
        error: error.as_ref(),
        said: None,
    };
    Ok(respond(status, &draw(desk, drawn).await?)?)
}

async fn draw(desk: &Desk, drawn: Drawn<'_>) -> Result<EditPage, ActionError> {
    let Drawn {
        survey,
        draft,
        words,
        error,
        said,
    } = drawn;
    let heading = match survey {
        Some(survey) => survey.name.clone(),
        None => desk.locale.word("surveys-new"),
    };
    let base = match survey {
        Some(survey) => format!("/console/surveys/{}", survey.id),
        None => "/console/surveys".to_owned(),
    };
    let is_at =
        |pointer: &str| error.is_some_and(|error| error.faults.iter().any(|fault| fault.pointer == pointer));
    let questions = draft.questions.iter().enumerate();
    Ok(EditPage {
        frame: desk.console_frame(desk.locale.title(&heading, error.is_some())),
        rail: desk.rail(Room::Rules).await?,
        heading,
        said,
        fault: error.map(fault_of),
        name_fault: is_at("/name"),
        title_fault: is_at("/title"),
        intro_fault: is_at("/intro"),
        thanks_fault: is_at("/thanks"),
        questions: questions
            .map(|(place, asked)| fields(desk, place, asked, error))
            .collect(),
        tongues: survey.map(|_| tongues(desk, &base, words)).unwrap_or_default(),
        words,
        version: survey
            .map(|survey| survey.version.to_string())
            .unwrap_or_default(),
        action: desk.link(&base),
        may_write: may_write(desk),
        is_draft: survey.is_none_or(|survey| survey.state == DRAFT),
        has_room: draft.questions.len() < QUESTIONS_MAX,
        kept: match survey {
            Some(survey) => Some(keep(desk, survey, &base).await?),
            None => None,
        },
        way_back: desk.link("/console/surveys"),
        draft,
    })
}

/// The text for what is wrong with all of a form.
fn fault_of(error: &ActionError) -> &'static str {
    let is = |code: &str| error.faults.iter().any(|fault| fault.code == code);
    match error.code {
        Code::StaleEdit => "shop-stale",
        Code::LimitReached => "surveys-full",
        _ if is("questions_fixed") => "surveys-fixed",
        _ if error.faults.iter().any(|fault| fault.pointer == "/questions") => "surveys-bad-count",
        _ => "surveys-look",
    }
}

fn fields(desk: &Desk, place: usize, asked: &Asked, error: Option<&ActionError>) -> QuestionFields {
    let kinds = Kind::ALL.map(|kind| {
        let text = desk.locale.word(kind_text(kind));
        (kind.name(), text, asked.kind == kind.name())
    });
    let number = i64::try_from(place + 1).unwrap_or(i64::MAX);
    let number = desk.locale.language().write_number(number);
    let (text_fault, choices_fault) = faults_of(place, error);
    QuestionFields {
        place,
        title: desk
            .locale
            .say("surveys-question", &[("number", number.clone().into())]),
        number,
        asked: asked.clone(),
        kinds: kinds.into(),
        text_fault,
        choices_fault,
    }
}

/// The text for what an answer is.
const fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Single => "surveys-kind-single",
        Kind::Several => "surveys-kind-several",
        Kind::ToFive => "surveys-kind-scale-1-5",
        Kind::ToTen => "surveys-kind-scale-0-10",
        Kind::Text => "surveys-kind-text",
    }
}

fn tongues(desk: &Desk, base: &str, words: Locale) -> Vec<Tongue> {
    let tongue = |locale: Locale| Tongue {
        locale,
        address: desk.link(&format!("{base}?words={}", locale.tag())),
        is_current: locale == words,
    };
    Locale::ALL.into_iter().map(tongue).collect()
}

async fn keep(desk: &Desk, survey: &Survey, base: &str) -> Result<Kept, ActionError> {
    let (look, state) = chip(survey);
    let (pays, has_rule) = pays(desk, survey).await?;
    Ok(Kept {
        look,
        state,
        is_open: survey.state == OPEN,
        link: desk.state.house.survey_url(&survey.id),
        pays,
        rules: (!has_rule).then(|| desk.link("/console/rules")),
        results: desk.link(&format!("{base}/results")),
        state_action: desk.link(&format!("{base}/state")),
    })
}
