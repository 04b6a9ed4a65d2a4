//! A member is forgotten: what goes, what stays, and the name or code that must be typed.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room};
use super::confirm::{Question, is_meant};
use super::deeds::refuse_plainly;
use super::{Sent, act, member_address, read_file, read_id, take};
use crate::actions::ActionError;
use crate::actions::erase_member::erase_member;
use crate::actions::look_up_member::MemberFile;
use crate::http::body::Body;
use crate::http::{Problem, State};

#[derive(Template)]
#[template(path = "pages/console/members/erase.html")]
struct ErasePage {
    frame: Frame,
    rail: Rail,
    base: String,
    export: String,
    back: String,
    name: String,
    question: Question,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EraseForm {
    token: String,
    word: String,
}

guarded!(EraseForm);

/// Asks whether the member is really to be forgotten.
pub(super) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let file = read_file(&desk, &read_id(&id)?).await?;
    Ok(respond(StatusCode::OK, &draw(&desk, &file, false).await?)?)
}

async fn draw(desk: &Desk, file: &MemberFile, is_wrong: bool) -> Result<ErasePage, ActionError> {
    let id = &file.sheet.member.id;
    let name = desk.name_of(&file.sheet.member);
    let heading = desk.locale.word("members-erase");
    Ok(ErasePage {
        frame: desk.console_frame(desk.locale.title(&format!("{heading} – {name}"), is_wrong)),
        rail: desk.rail(Room::Members).await?,
        base: member_address(id, "/erase"),
        export: member_address(id, "/export"),
        back: desk.member_link(id, ""),
        question: Question::of(desk, file, is_wrong),
        name,
    })
}

/// Forgets the member, if the name or code was typed.
pub(super) async fn erase(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, form, id } = take::<EraseForm>(&state, &request, (&id, &body.0)).await?;
    let file = read_file(&desk, &id).await?;
    if !is_meant(&file, &form.word) {
        let page = draw(&desk, &file, true).await?;
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    }
    let member = id.clone();
    let done = act(&desk, None, move |tx, deed| {
        erase_member(tx, deed, &member, None)?;
        Ok(String::new())
    });
    if let Err(error) = done.await {
        return Ok(refuse_plainly(&desk, &id, error).await?);
    }
    state.house.metrics.deed("erase_member");
    Ok(lead_to(&desk.link("/console/members?done=erased")))
}
