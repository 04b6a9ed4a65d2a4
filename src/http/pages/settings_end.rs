//! The member takes their data along, and is forgotten.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::forms::read_form;
use super::frame::{Frame, respond};
use super::locale::{Locale, Reader};
use super::member::{OverPage, admit, find};
use super::member_lines::Writing;
use super::member_reward::frame;
use super::settings::{Kept, read_kept};
use super::settings_forms::act;
use super::visitors::Visitors;
use super::way_back;
use crate::actions::erase_member::erase_member;
use crate::actions::export_member::export_member;
use crate::actions::{ActionError, Caller, Deed, House};
use crate::http::api::ExportView;
use crate::http::body::{Body, Who};
use crate::http::{Problem, State};
use crate::store::Tx;

/// What the file is called.
const FILE: &str = "attachment; filename=\"my-data.json\"";

#[derive(Template)]
#[template(path = "pages/settings_delete.html")]
struct DeletePage {
    frame: Frame,
    action: String,
    back: String,
    export: String,
    /// The sentence around the word that is to be typed.
    before: String,
    word: String,
    after: String,
    /// What is wrong with what was typed.
    fault: Option<String>,
}

/// What was typed.
#[derive(Debug, Deserialize)]
struct DeleteForm {
    word: String,
}

/// Gives the member everything that is kept of them, as a file.
pub(super) async fn export(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let opened = match admit(house, &visitors, &request, &token).await? {
        Ok(opened) => opened,
        Err(over) => return Ok(over),
    };
    let caller = Caller {
        actor: "customer".to_owned(),
        ..who.0
    };
    let export = export_member(house, caller, opened.card.member_id).await?;
    let body = serde_json::to_vec_pretty(&ExportView::from(export)).map_err(ActionError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CONTENT_DISPOSITION, FILE))
        .body(body))
}

/// Asks whether everything is really to be deleted, and says what stays.
pub(super) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let reader = Reader::of(&request);
    let opened = find(house, &request, &token).await?;
    if let Some(over) = opened.over(reader)? {
        return Ok(over);
    }
    let kept = read_kept(house, &opened.card).await?;
    let page = draw(house, &kept, (reader, &token), false).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

async fn draw(
    house: &House,
    kept: &Kept,
    (reader, token): (Reader, &str),
    is_wrong: bool,
) -> Result<DeletePage, ActionError> {
    let locale = reader.locale(&kept.member.language);
    let writing = Writing::new(locale, &kept.program, token);
    let word = locale.word("delete-word");
    let fault = is_wrong.then(|| locale.say("delete-wrong", &[("word", (&word).into())]));
    let (before, after) = locale.around("delete-type", "word");
    let title = locale.title(&locale.word("delete-title"), fault.is_some());
    Ok(DeletePage {
        frame: frame(house, &kept.program, locale, title).await?,
        action: writing.own_link("/settings/delete"),
        back: writing.own_link("/settings"),
        export: writing.own_link("/settings/export"),
        before,
        word,
        after,
        fault,
    })
}

/// Deletes everything, if the word was typed.
pub(super) async fn delete(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let reader = Reader::of(&request);
    let opened = match admit(house, &visitors, &request, &token).await? {
        Ok(opened) => opened,
        Err(over) => return Ok(over),
    };
    let form: DeleteForm = read_form(&body.0)?;
    let kept = read_kept(house, &opened.card).await?;
    let locale = reader.locale(&kept.member.language);
    if !is_the_word(&form.word, locale) {
        let page = draw(house, &kept, (reader, &token), true).await?;
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    }
    let member = kept.member.id;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| erase_member(tx, deed, &member, None);
    act(house, who.0, deed).await?;
    house.metrics.deed("erase_member");
    let (title, next) = locale.word_and_next("delete-done");
    let page = OverPage {
        frame: Frame::plain(locale, title),
        next,
        way_back: None,
    };
    let mut response = respond(StatusCode::OK, &page)?;
    way_back::forget(house, &mut response)?;
    Ok(response)
}

/// Whether the word was typed that the page asks for, in whatever case.
fn is_the_word(typed: &str, locale: Locale) -> bool {
    typed.trim().to_lowercase() == locale.word("delete-word").to_lowercase()
}
