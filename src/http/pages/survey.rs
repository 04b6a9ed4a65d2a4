//! A survey for a member: the link that leads to it, its questions on one page, and the thanks.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::forms::read_form;
use super::frame::{Frame, respond};
use super::leading::{lead, with_language};
use super::locale::{Locale, Reader};
use super::member::{Opened, admit, find};
use super::member_lines::Writing;
use super::member_reward::frame;
use super::survey_form::{QuestionField, Sent};
use super::visitors::Visitors;
use super::way_back;
use crate::actions::answer_survey::{Answered, NewAnswer, ShownSurvey, answer_survey, show_survey};
use crate::actions::record_order::Holder;
use crate::actions::{ActionError, Answer, Caller, Code, Deed, House, perform};
use crate::http::body::{Body, Who};
use crate::http::{Problem, State};
use crate::loyalty::survey::{ANSWER_MAX, Kind};
use crate::store::programs::{self, Program};
use crate::store::surveys::{self, OPEN, Survey};
use crate::store::{Db, Tx};
use crate::types::{RedemptionId, SurveyId, Text};

/// Most rewards that the thanks name.
const GIFTS_MAX: usize = 5;

#[derive(Template)]
#[template(path = "pages/survey.html")]
struct SurveyPage {
    frame: Frame,
    title: String,
    about: String,
    intro: Option<String>,
    questions: Vec<QuestionField>,
    /// The text for what is wrong with all of it.
    fault: Option<&'static str>,
    action: String,
    back: String,
}

#[derive(Template)]
#[template(path = "pages/survey_end.html")]
struct EndPage {
    frame: Frame,
    /// What the survey is called, or the program.
    title: String,
    headline: String,
    next: Vec<String>,
    gifts: Vec<GiftLink>,
    /// The way to the member's own page.
    own: Option<String>,
    /// Where those join who have no card.
    join: Option<String>,
}

/// A reward that answering brought.
struct GiftLink {
    name: String,
    address: String,
}

fn missing() -> ActionError {
    ActionError::with(Code::NotFound, "This link does not work.")
}

fn survey_id(text: &str) -> Result<SurveyId, ActionError> {
    text.parse().map_err(|_| missing())
}

/// Leads from the survey's link to its questions, on a phone that has a card of the program; tells others how to.
pub(super) async fn open(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.count(&request, house)?;
    let id = survey_id(&id)?;
    let read = house.store.read(move |db: &mut Db| {
        let survey = surveys::get(db, &id)?;
        let program = programs::get(db, &survey.program_id)?;
        Ok::<_, ActionError>((survey, program))
    });
    let (survey, program) = match read.await {
        Err(error) if error.code == Code::NotFound => return Err(missing().into()),
        other => other?,
    };
    let reader = Reader::of(&request);
    let known = way_back::find(house, &request).await;
    let known = known.filter(|(card, _)| card.program_id == program.id);
    if let Some((card, _)) = known.filter(|_| survey.state == OPEN) {
        let token = house.member_token(&card.id, card.link_epoch, house.now());
        return Ok(lead(&format!("/member/{token}/survey/{}", survey.id), reader));
    }
    let locale = reader.locale(&program.language);
    Ok(draw_closed(house, (&survey, &program), locale, None).await?)
}

/// The page for those who cannot answer: the survey is over, or nothing on this phone tells who they are.
async fn draw_closed(
    house: &House,
    (survey, program): (&Survey, &Program),
    locale: Locale,
    own: Option<String>,
) -> Result<HttpResponse, ActionError> {
    let is_open = survey.state == OPEN;
    let (status, words) = if is_open {
        (StatusCode::OK, "survey-unknown")
    } else {
        (StatusCode::GONE, "survey-over")
    };
    let (headline, next) = locale.word_and_next(words);
    let join = format!("/join/{}", program.slug);
    let page = EndPage {
        frame: frame(house, program, locale, headline.clone()).await?,
        title: program.name.get(&locale.language()).to_owned(),
        headline,
        next: vec![next],
        gifts: Vec::new(),
        own,
        join: is_open.then(|| with_language(&join, locale.tag())),
    };
    respond(status, &page)
}

/// Shows the questions; or, once they are answered, the thanks.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let (token, id) = path.into_inner();
    let reader = Reader::of(&request);
    let opened = find(house, &request, &token).await?;
    if let Some(over) = opened.over(reader)? {
        return Ok(over);
    }
    let shown = read(house, &opened, (survey_id(&id)?, gifts_of(&request))).await?;
    let place = (reader.locale(&shown.language), token.as_str());
    if shown.earned.is_some() {
        let is_now = request
            .query_string()
            .split('&')
            .any(|pair| pair == "done=answered");
        return Ok(draw_end(house, &shown, place, (StatusCode::OK, is_now)).await?);
    }
    Ok(draw_questions(house, &shown, place, (&Sent::default(), None)).await?)
}

/// Takes the answers.
pub(super) async fn submit(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    path: Path<(String, String)>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let (token, id) = path.into_inner();
    let reader = Reader::of(&request);
    let opened = match admit(house, &visitors, &request, &token).await? {
        Ok(opened) => opened,
        Err(over) => return Ok(over),
    };
    let sent = Sent::of(read_form(&body.0)?);
    let survey = survey_id(&id)?;
    let shown = read(house, &opened, (survey.clone(), Vec::new())).await?;
    let locale = reader.locale(&shown.language);
    let new = NewAnswer {
        survey,
        holder: Holder::Member(opened.card.member_id.clone()),
        language: Some(locale.language()),
        said: sent.answers(&shown.offered.body),
    };
    let place = (locale, token.as_str());
    match answer(house, who.0, new).await {
        Ok(gifts) => {
            let address = format!("/member/{token}/survey/{id}?done=answered&got={gifts}");
            Ok(lead(&address, reader))
        }
        Err(error) => match error.code {
            Code::Invalid => Ok(draw_questions(house, &shown, place, (&sent, Some(&error))).await?),
            Code::SurveyAnswered => {
                let refused = (StatusCode::CONFLICT, false);
                Ok(draw_end(house, &shown, place, refused).await?)
            }
            Code::SurveyNotOpen => {
                let closed = Survey {
                    state: surveys::CLOSED.to_owned(),
                    ..shown.offered.survey.clone()
                };
                let own = Writing::new(locale, &shown.program, &token).own_link("");
                Ok(draw_closed(house, (&closed, &shown.program), locale, Some(own)).await?)
            }
            Code::MemberBlocked | Code::CardVoided => Ok(lead(&format!("/member/{token}"), reader)),
            _ => Err(error.into()),
        },
    }
}

/// The ids of the rewards that the address names.
fn gifts_of(request: &HttpRequest) -> Vec<RedemptionId> {
    let mut pairs = request.query_string().split('&');
    let named = pairs
        .find_map(|pair| pair.strip_prefix("got="))
        .unwrap_or_default();
    let ids = named.split(',').filter_map(|id| id.parse().ok());
    ids.take(GIFTS_MAX).collect()
}

async fn read(
    house: &House,
    opened: &Opened,
    (survey, gifts): (SurveyId, Vec<RedemptionId>),
) -> Result<ShownSurvey, ActionError> {
    let (here, card) = (house.clone(), opened.card.clone());
    let read = house
        .store
        .read(move |db| show_survey(db, &here, &card, (&survey, &gifts)));
    read.await.map_err(|error| match error.code {
        Code::NotFound => missing(),
        _ => error,
    })
}

/// Does the deed as the customer; gives the ids of the rewards that it brought, with commas between.
async fn answer(house: &House, caller: Caller, new: NewAnswer) -> Result<String, ActionError> {
    let caller = Caller {
        actor: "customer".to_owned(),
        idempotency: None,
        ..caller
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| answer_survey(tx, deed, &new);
    let render = |done: &Answered| {
        let gifts = done.recorded.issued.iter().take(GIFTS_MAX);
        let ids: Vec<&str> = gifts.map(|one| one.id.as_str()).collect();
        Answer {
            status: StatusCode::SEE_OTHER.as_u16(),
            body: ids.join(","),
            is_replay: false,
        }
    };
    let done = perform(house, caller, deed, render).await?;
    house.metrics.deed("answer_survey");
    Ok(done.body)
}

async fn draw_questions(
    house: &House,
    shown: &ShownSurvey,
    (locale, token): (Locale, &str),
    (sent, error): (&Sent, Option<&ActionError>),
) -> Result<HttpResponse, ActionError> {
    let (survey, body) = (&shown.offered.survey, &shown.offered.body);
    let writing = Writing::new(locale, &shown.program, token);
    if survey.state != OPEN {
        let own = Some(writing.own_link(""));
        return draw_closed(house, (survey, &shown.program), locale, own).await;
    }
    let title = body.title.get(&locale.language()).to_owned();
    let heading = locale.title(&title, error.is_some());
    let questions = sent.fields(body, &locale.language(), error);
    let has_none = questions.iter().all(|question| question.fault.is_none());
    let page = SurveyPage {
        frame: frame(house, &shown.program, locale, heading).await?,
        title,
        about: writing.about_survey(&shown.offered),
        intro: body
            .intro
            .as_ref()
            .map(|text| text.get(&locale.language()).to_owned()),
        fault: error.map(|_| if has_none { "survey-empty" } else { "survey-look" }),
        questions,
        action: writing.own_link(&format!("/survey/{}", survey.id)),
        back: writing.own_link(""),
    };
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    respond(status, &page)
}

/// The thanks; or, to somebody who answered earlier, that once is enough.
async fn draw_end(
    house: &House,
    shown: &ShownSurvey,
    (locale, token): (Locale, &str),
    (status, is_now): (StatusCode, bool),
) -> Result<HttpResponse, ActionError> {
    let writing = Writing::new(locale, &shown.program, token);
    let body = &shown.offered.body;
    let mut next = Vec::new();
    let headline = if is_now {
        let own = body
            .thanks
            .as_ref()
            .map(|text| text.get(&locale.language()).to_owned());
        next.extend(own);
        locale.word("survey-thanks")
    } else {
        let (headline, why) = locale.word_and_next("survey-again");
        next.push(why);
        headline
    };
    if let Some(points) = shown.earned.filter(|points| *points > 0) {
        let points = writing.points(points);
        next.push(locale.say("survey-earned", &[("points", points.into())]));
    }
    let gift = |(id, name): &(RedemptionId, Text)| GiftLink {
        name: name.get(&locale.language()).to_owned(),
        address: writing.own_link(&format!("/code/{id}")),
    };
    let page = EndPage {
        frame: frame(house, &shown.program, locale, headline.clone()).await?,
        title: body.title.get(&locale.language()).to_owned(),
        headline,
        next,
        gifts: shown.gifts.iter().map(gift).collect(),
        own: Some(writing.own_link("")),
        join: None,
    };
    respond(status, &page)
}
