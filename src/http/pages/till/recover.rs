//! Somebody shows the code that asks for the card they joined with before: whoever stands at the till sees whose card it is,
//! and lets them have it, or not.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::assets::script_address;
use super::super::desk::Desk;
use super::super::forms::guarded;
use super::super::frame::{Frame, respond};
use super::super::leading::lead_to;
use super::counter::Bar;
use super::faults;
use crate::actions::recover_card::{Recovery, recover_at_till};
use crate::actions::surviving::find_shown;
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::entries::{self, Entry};
use crate::store::members::{self, Member};
use crate::store::{Db, cards};

#[derive(Template)]
#[template(path = "pages/till/recover.html")]
struct RecoverPage {
    frame: Frame,
    bar: Bar,
    /// Whose card it is, as a question.
    question: String,
    since: String,
    /// When points moved last; somebody can be asked for it.
    moved: Option<String>,
    fault: Option<String>,
    action: String,
    home: String,
    script: String,
}

#[derive(Debug, Deserialize)]
struct RecoverForm {
    #[serde(default)]
    token: String,
}

guarded!(RecoverForm);

/// Whose card is asked for.
struct Meant {
    member: Member,
    last: Option<Entry>,
}

async fn read(counter: &Desk, token: &str) -> Result<(Recovery, Meant), ActionError> {
    let house = &counter.state.house;
    let recovery = house.read_recovery(token);
    let recovery = recovery.ok_or_else(|| ActionError::new(Code::NotFound))?;
    let (caller, wanted) = (counter.caller.clone(), recovery.card.clone());
    let read = house.store.read(move |db: &mut Db| {
        let card = cards::get(db, &wanted)?;
        caller.check_sees(&card.program_id)?;
        let card = find_shown(db, card)?;
        let last = entries::list_by_member(db, &card.member_id, None, 1)?;
        Ok::<_, ActionError>(Meant {
            member: members::get(db, &card.member_id)?,
            last: last.into_iter().next(),
        })
    });
    Ok((recovery, read.await?))
}

/// Asks whether the card is to be opened.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let counter = Desk::of(&state, &request).await?;
    let (recovery, meant) = read(&counter, &token).await?;
    if !recovery.is_open(state.house.now()) {
        let over = ActionError::new(Code::RecoveryOver);
        let page = draw(&counter, &token, &meant, faults::say(counter.locale, &over));
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    }
    Ok(respond(StatusCode::OK, &draw(&counter, &token, &meant, None))?)
}

/// Opens the card on the phone that asks, and here.
pub(super) async fn allow(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (counter, _): (Desk, RecoverForm) = Desk::take(&state, &request, &body.0).await?;
    let (recovery, meant) = read(&counter, &token).await?;
    let staff = counter.signed_in.staff.id.clone();
    let done = counter
        .act(move |tx, deed| {
            let row = recover_at_till(tx, deed, &staff, &recovery)?;
            let card = cards::get(tx, &row.card_id)?;
            Ok((card.code, row.id))
        })
        .await;
    match done {
        Ok((code, id)) => Ok(lead_to(
            &counter.link(&format!("/till/card?code={code}&done={id}")),
        )),
        Err(error) => {
            let fault = faults::say(counter.locale, &error).ok_or(error)?;
            let page = draw(&counter, &token, &meant, Some(fault));
            Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
    }
}

fn draw(counter: &Desk, token: &str, meant: &Meant, fault: Option<String>) -> RecoverPage {
    let locale = counter.locale;
    let name = counter.name_of(&meant.member);
    let dated = |id: &str, at| {
        let date = counter.date(at);
        locale.say(id, &[("date", date.as_str().into())])
    };
    RecoverPage {
        frame: counter.till_frame(locale.title(&locale.word("till-recover"), fault.is_some())),
        bar: counter.bar(),
        question: locale.say("till-recover-whose", &[("name", name.as_str().into())]),
        since: dated("till-recover-since", meant.member.created_at),
        moved: meant
            .last
            .as_ref()
            .map(|entry| dated("till-recover-moved", entry.created_at)),
        fault,
        action: counter.link(&format!("/till/recover/{token}")),
        home: counter.link("/till"),
        script: script_address("till.js"),
    }
}
