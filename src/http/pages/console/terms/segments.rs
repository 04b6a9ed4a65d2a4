//! The segments: who is in each, how many that are now, and how many of them a message would reach.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::members::Row;
use super::super::rail::{Rail, Room};
use super::edit::{
    EndForm, Ending, Filled, Known, Outcome, TermForm, add as add_term, find, save as save_term,
};
use super::one::TermPage;
use super::segment_fields::SegmentFields;
use super::segment_form::{READY, SegmentForm};
use super::{done, list, may_write};
use crate::actions::foresee::{Audience, foresee};
use crate::actions::keep_list::LISTS_MAX;
use crate::actions::list_members::read_rows;
use crate::actions::look_at_segment::{list_segment_members, read_criterion};
use crate::actions::{ActionError, Code, TermKind};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::campaign::MARKETING;
use crate::loyalty::segment::Segment;
use crate::loyalty::tier::Tier;
use crate::store::segments::Foreseen;
use crate::store::static_lists;

/// Members of a segment that its page shows.
const SHOWN_MAX: i64 = 20;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The ready-made one that the form begins with.
    like: Option<String>,
    /// The list that it asks for to begin with, by its id.
    list: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/console/terms/segments.html")]
struct SegmentsPage {
    frame: Frame,
    rail: Rail,
    done: Option<&'static str>,
    segments: Vec<SegmentLine>,
    ready: Vec<(&'static str, String)>,
    lists: String,
    may_write: bool,
    segment: SegmentFields,
    counted: Option<Vec<(String, String)>>,
    action: String,
}

struct SegmentLine {
    name: String,
    who: String,
    address: String,
    write: String,
}

#[derive(Template)]
#[template(path = "pages/console/terms/segment.html")]
pub(super) struct SegmentPage {
    frame: Frame,
    rail: Rail,
    heading: String,
    who: String,
    counted: Vec<(String, String)>,
    /// Whether the form is what one came back for.
    is_changed: bool,
    members: Vec<Row>,
    has_more: bool,
    /// The form, if it can say all that the segment says.
    segment: Option<SegmentFields>,
    ending: Ending,
    may_write: bool,
    write: String,
    action: String,
    way_back: String,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let filled = Filled {
        form: SegmentForm::ready(&desk, (asked.like.as_deref(), asked.list.as_deref())),
        ..Filled::default()
    };
    let page = draw(&desk, filled, (done(&request), None)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Adds a segment, or counts it only.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, SegmentForm) = Desk::take(&state, &request, &body.0).await?;
    if form.turn == "count" {
        let (filled, counted) = count_form(&desk, form).await?;
        let status = if filled.has_fault() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        return Ok(respond(status, &draw(&desk, filled, (None, counted)).await?)?);
    }
    match add_term(&desk, form).await? {
        Outcome::Done(way) => Ok(way),
        Outcome::Again(status, again) => Ok(respond(status, &draw(&desk, again, (None, None)).await?)?),
    }
}

/// Changes a segment, or counts what it would be.
pub(super) async fn save(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, SegmentForm) = Desk::take(&state, &request, &body.0).await?;
    let known = find::<SegmentForm>(&desk, id.into_inner()).await?;
    let (status, again, counted) = if form.turn == "count" {
        let version = form.version.clone();
        let (filled, counted) = count_form(&desk, form).await?;
        let status = if filled.has_fault() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        (status, Filled { version, ..filled }, counted)
    } else {
        match save_term(&desk, form, &known).await? {
            Outcome::Done(way) => return Ok(way),
            Outcome::Again(status, again) => (status, again, None),
        }
    };
    let page = draw_one(&desk, &known, (Some(again), counted), None).await?;
    Ok(respond(status, &page)?)
}

/// Counts what a form says; nothing is stored.
async fn count_form(
    desk: &Desk,
    form: SegmentForm,
) -> Result<(Filled<SegmentForm>, Option<Foreseen>), ActionError> {
    // Its name is not asked for yet.
    let mut named = form.clone();
    "-".clone_into(&mut named.name);
    let mut filled = Filled {
        form,
        ..Filled::default()
    };
    let members = match named.read(desk) {
        Ok(mut body) => body
            .get_mut("members")
            .map(serde_json::Value::take)
            .unwrap_or_default(),
        Err(faults) => {
            filled.faults = faults;
            return Ok((filled, None));
        }
    };
    let (program, now) = (desk.program.id.clone(), desk.state.house.now());
    let store = &desk.state.house.store;
    let read = store.read(move |db| {
        Ok::<_, ActionError>(Audience {
            criterion: read_criterion(db, &program, members)?,
            program,
            topic: MARKETING.to_owned(),
        })
    });
    match read.await {
        Ok(audience) => Ok((filled, Some(foresee(store, audience, now).await?))),
        Err(error) if error.code == Code::Invalid => {
            filled.refusals = super::rewards::refusals(&error);
            Ok((filled, None))
        }
        Err(error) => Err(error),
    }
}

async fn draw(
    desk: &Desk,
    filled: Filled<SegmentForm>,
    (done, counted): (Option<&'static str>, Option<Foreseen>),
) -> Result<SegmentsPage, ActionError> {
    let locale = desk.locale;
    let named = list_named(desk).await?;
    let mut segments = Vec::new();
    for term in list(desk, TermKind::Segment).await? {
        let body: Segment = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        segments.push(SegmentLine {
            who: desk.who(&body.members, &named),
            address: desk.link(&format!("/console/segments/{}", term.id)),
            write: desk.link(&format!("/console/campaigns/new?segment={}", term.id)),
            name: body.name,
        });
    }
    Ok(SegmentsPage {
        frame: desk.console_frame(locale.title(&locale.word("segments"), filled.has_fault())),
        rail: desk.rail(Room::Segments).await?,
        done,
        segments,
        ready: READY
            .iter()
            .map(|(name, text, _)| (*text, desk.link(&format!("/console/segments?like={name}#new"))))
            .collect(),
        lists: desk.link("/console/lists"),
        may_write: may_write(desk),
        segment: SegmentFields::new(desk, filled, &named),
        counted: counted.map(|foreseen| desk.foreseen(&foreseen)),
        action: desk.link("/console/segments"),
    })
}

async fn draw_one(
    desk: &Desk,
    known: &Known<Segment>,
    (filled, counted): (Option<Filled<SegmentForm>>, Option<Foreseen>),
    refused: Option<&EndForm>,
) -> Result<SegmentPage, ActionError> {
    let heading = known.body.name.clone();
    let has_fault = refused.is_some() || filled.as_ref().is_some_and(Filled::has_fault);
    let named = list_named(desk).await?;
    let (foreseen, mut members) = look(desk, known).await?;
    let shown = usize::try_from(SHOWN_MAX).map_err(ActionError::internal)?;
    let has_more = members.len() > shown;
    members.truncate(shown);
    Ok(SegmentPage {
        frame: desk.console_frame(desk.locale.title(&heading, has_fault)),
        rail: desk.rail(Room::Segments).await?,
        who: desk.who(&known.body.members, &named),
        is_changed: counted.is_some() || filled.as_ref().is_some_and(Filled::has_fault),
        counted: desk.foreseen(&counted.unwrap_or(foreseen)),
        members,
        has_more,
        segment: filled.map(|filled| SegmentFields::new(desk, filled, &named)),
        ending: Ending::new::<SegmentForm>(desk, &known.term, &heading, refused),
        may_write: may_write(desk),
        write: desk.link(&format!("/console/campaigns/new?segment={}", known.term.id)),
        action: desk.link(&format!("/console/segments/{}", known.term.id)),
        way_back: desk.link("/console/segments"),
        heading,
    })
}

/// How many are in a segment now, and the first of them.
async fn look(desk: &Desk, known: &Known<Segment>) -> Result<(Foreseen, Vec<Row>), ActionError> {
    let house = desk.state.house.clone();
    let (caller, program, now) = (desk.caller.clone(), desk.program.clone(), house.now());
    let (id, members) = (known.term.id.clone(), known.body.members.clone());
    let store = &desk.state.house.store;
    let read = store.read(move |db| {
        let members = serde_json::to_value(&members).map_err(ActionError::internal)?;
        let criterion = match read_criterion(db, &program.id, members) {
            Ok(criterion) => criterion,
            // It names a tier or list that was taken away since: nobody is on it.
            Err(error) if error.code == Code::Invalid => return Ok((None, Vec::new())),
            Err(error) => return Err(error),
        };
        let found = list_segment_members(db, &caller, &id, (None, SHOWN_MAX + 1), now)?;
        let audience = Audience {
            program: program.id.clone(),
            criterion,
            topic: MARKETING.to_owned(),
        };
        Ok((Some(audience), read_rows(db, &house, &program, found)?))
    });
    let (audience, rows) = read.await?;
    let foreseen = match audience {
        Some(audience) => foresee(store, audience, now).await?,
        None => Foreseen::default(),
    };
    let row = |one| Row::of(desk, one, |id| desk.link(&format!("/console/members/{id}")));
    Ok((foreseen, rows.iter().map(row).collect()))
}

/// What segments name, each by id and name.
pub(in crate::http::pages::console) struct Named {
    pub(super) tiers: Vec<(String, String)>,
    pub(super) lists: Vec<(String, String)>,
}

/// The tiers and lists of the program.
pub(in crate::http::pages::console) async fn list_named(desk: &Desk) -> Result<Named, ActionError> {
    let tiers = list(desk, TermKind::Tier).await?.into_iter().map(|term| {
        let tier: Tier = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        Ok((term.id, tier.name))
    });
    let program = desk.program.id.clone();
    let store = &desk.state.house.store;
    let lists = store.read(move |db| Ok::<_, ActionError>(static_lists::list(db, &program, LISTS_MAX)?));
    Ok(Named {
        tiers: tiers.collect::<Result<_, ActionError>>()?,
        lists: lists
            .await?
            .into_iter()
            .map(|list| (list.id.into(), list.name))
            .collect(),
    })
}

impl TermPage for SegmentForm {
    type Page = SegmentPage;

    fn name(body: &Segment) -> &str {
        &body.name
    }

    async fn draw(
        desk: &Desk,
        known: &Known<Segment>,
        filled: Option<Filled<Self>>,
        refused: Option<&EndForm>,
    ) -> Result<SegmentPage, ActionError> {
        draw_one(desk, known, (filled, None), refused).await
    }
}

impl Desk {
    /// What would become of a message, each with how many.
    pub(in crate::http::pages::console) fn foreseen(&self, foreseen: &Foreseen) -> Vec<(String, String)> {
        let all = [
            ("reach-members", foreseen.members),
            ("reach-free", foreseen.free()),
            ("reach-apple", foreseen.apple),
            ("reach-google", foreseen.google),
            ("reach-unreachable", foreseen.unreachable),
            ("reach-no-consent", foreseen.no_consent),
            ("reach-capped", foreseen.capped),
        ];
        let language = self.locale.language();
        all.into_iter()
            .map(|(id, count)| (self.locale.word(id), language.write_number(count)))
            .collect()
    }
}
