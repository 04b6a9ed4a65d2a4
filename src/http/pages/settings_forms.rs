//! The forms of the member's settings: name, language, e-mail and phone, consents.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::forms::read_form;
use super::leading::{lead, lead_in};
use super::locale::{Locale, Reader};
use super::member::{Opened, admit};
use super::settings::{About, MARKETING, MARKETING_TEXT, SOURCE, Said, draw, read_kept};
use super::visitors::Visitors;
use crate::actions::add_identity::add_identity;
use crate::actions::change_member::{Edit, MemberChange, change_member};
use crate::actions::remove_identity::remove_identity;
use crate::actions::state_consent::{Statement, state_consent};
use crate::actions::{ActionError, Answer, Caller, Code, Deed, House, perform};
use crate::http::body::{Body, Who};
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::types::MemberId;

/// Who the member is, and the language of their card.
#[derive(Debug, Deserialize)]
struct AboutForm {
    first_name: String,
    last_name: String,
    /// Empty to keep one that pages are not written in.
    language: String,
}

/// One more e-mail address or phone number.
#[derive(Debug, Deserialize)]
struct ContactForm {
    contact: String,
}

/// One less: its kind, a colon and its value.
#[derive(Debug, Deserialize)]
struct RemovalForm {
    identity: String,
}

/// A yes or no.
#[derive(Debug, Deserialize)]
struct ConsentForm {
    purpose: String,
    granted: Answered,
}

/// Whether the card is to change without a notice.
#[derive(Debug, Deserialize)]
struct QuietForm {
    quiet: Answered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answered {
    Yes,
    No,
}

/// A form that was sent with the page's link in time.
struct Sent<F> {
    form: F,
    opened: Opened,
}

/// Takes a form of the settings; answers what is to be answered at once.
async fn take<F: DeserializeOwned>(
    house: &House,
    visitors: &Visitors,
    (request, token): (&HttpRequest, &str),
    body: &[u8],
) -> Result<Result<Sent<F>, HttpResponse>, ActionError> {
    let opened = match admit(house, visitors, request, token).await? {
        Ok(opened) => opened,
        Err(over) => return Ok(Err(over)),
    };
    let form = read_form(body)?;
    Ok(Ok(Sent { form, opened }))
}

/// Leads back to the settings, which say what became of it.
fn back(token: &str, said: &str, reader: Reader) -> HttpResponse {
    lead(&format!("/member/{token}/settings?{said}"), reader)
}

/// Does a deed as the customer.
pub(super) async fn act<T: 'static>(
    house: &House,
    caller: Caller,
    deed: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<T, ActionError> + Send + 'static,
) -> Result<(), ActionError> {
    let caller = Caller {
        actor: "customer".to_owned(),
        idempotency: None,
        ..caller
    };
    let render = |_: &T| Answer {
        status: StatusCode::SEE_OTHER.as_u16(),
        body: String::new(),
        is_replay: false,
    };
    perform(house, caller, deed, render).await?;
    Ok(())
}

/// Changes name and language.
pub(super) async fn save_about(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let place = (&request, token.as_str());
    let Sent { form, opened } = match take::<AboutForm>(house, &visitors, place, &body.0).await? {
        Ok(sent) => sent,
        Err(over) => return Ok(over),
    };
    let kept = read_kept(house, &opened.card).await?;
    let wanted = Locale::ALL.into_iter().find(|one| one.tag() == form.language);
    // What is another name for the same is no change: `ar-EG` stays.
    let wanted = wanted.filter(|one| Locale::of_tag(kept.member.language.as_str()) != Some(*one));
    let change = MemberChange {
        first_name: Edit::Set(form.first_name.clone()),
        last_name: Edit::Set(form.last_name.clone()),
        language: wanted.map_or(Edit::Keep, |one| Edit::Set(one.language())),
        ..MemberChange::default()
    };
    let id = kept.member.id.clone();
    let done = act(house, who.0, move |tx, deed| {
        change_member(tx, deed, &id, None, &change)
    })
    .await;
    let Err(error) = done else {
        let address = format!("/member/{}/settings?done=saved", token.as_str());
        // Whoever chose a language wants to read on in it.
        return Ok(match wanted {
            Some(one) => lead_in(&address, one),
            None => lead(&address, Reader::of(&request)),
        });
    };
    if error.code != Code::Invalid {
        return Err(error.into());
    }
    let fault = |pointer: &str| {
        let is_meant = error.faults.iter().any(|fault| fault.pointer == pointer);
        is_meant.then_some("field-bad-name")
    };
    let about = About {
        first_name_fault: fault("/first_name"),
        last_name_fault: fault("/last_name"),
        first_name: form.first_name,
        last_name: form.last_name,
    };
    let said = Said {
        about: Some(about),
        ..Said::default()
    };
    Ok(draw(house, kept, place, said, StatusCode::UNPROCESSABLE_ENTITY).await?)
}

/// Adds an e-mail address or phone number.
pub(super) async fn add_contact(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let place = (&request, token.as_str());
    let Sent { form, opened } = match take::<ContactForm>(house, &visitors, place, &body.0).await? {
        Ok(sent) => sent,
        Err(over) => return Ok(over),
    };
    let member = opened.card.member_id.clone();
    let typed = form.contact.trim().to_owned();
    let (fault, status) = match add(house, who.0, member, typed.clone()).await {
        Ok(()) => return Ok(back(&token, "done=added", Reader::of(&request))),
        Err(error) => match error.code {
            Code::Invalid if typed.contains('@') => ("field-bad-email", StatusCode::UNPROCESSABLE_ENTITY),
            Code::Invalid if typed.chars().any(char::is_numeric) => {
                ("field-bad-phone", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Code::Invalid => ("field-bad-contact", StatusCode::UNPROCESSABLE_ENTITY),
            Code::IdentityTaken => ("settings-taken", StatusCode::CONFLICT),
            Code::LimitReached => ("settings-full", StatusCode::UNPROCESSABLE_ENTITY),
            _ => return Err(error.into()),
        },
    };
    let said = Said {
        contact: typed,
        contact_fault: Some(fault),
        ..Said::default()
    };
    let kept = read_kept(house, &opened.card).await?;
    Ok(draw(house, kept, place, said, status).await?)
}

async fn add(house: &House, caller: Caller, member: MemberId, typed: String) -> Result<(), ActionError> {
    let kind = if typed.contains('@') { "email" } else { "phone" };
    let deed =
        move |tx: &mut Tx<'_>, deed: &Deed| add_identity(tx, deed, &member, None, (kind, typed.as_str()));
    act(house, caller, deed).await
}

/// Takes an e-mail address or phone number away.
pub(super) async fn remove_contact(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let reader = Reader::of(&request);
    let place = (&request, token.as_str());
    let Sent { form, opened } = match take::<RemovalForm>(house, &visitors, place, &body.0).await? {
        Ok(sent) => sent,
        Err(over) => return Ok(over),
    };
    let name = form.identity;
    // The shop's own numbers are not the member's to take away.
    if !name.starts_with("email:") && !name.starts_with("phone:") {
        return Ok(back(&token, "not=gone", reader));
    }
    let member = opened.card.member_id;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| remove_identity(tx, deed, &member, None, &name);
    match act(house, who.0, deed).await {
        Ok(()) => Ok(back(&token, "done=removed", reader)),
        Err(error) if error.code == Code::NotFound => Ok(back(&token, "not=gone", reader)),
        Err(error) => Err(error.into()),
    }
}

/// Gives or withdraws a consent.
pub(super) async fn consent(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let reader = Reader::of(&request);
    let place = (&request, token.as_str());
    let Sent { form, opened } = match take::<ConsentForm>(house, &visitors, place, &body.0).await? {
        Ok(sent) => sent,
        Err(over) => return Ok(over),
    };
    let kept = read_kept(house, &opened.card).await?;
    let is_yes = form.granted == Answered::Yes;
    let last = kept.find_consent(&form.purpose);
    // Nobody agrees to a purpose that has no text, nor takes back what was not said.
    if is_yes && form.purpose != MARKETING || !is_yes && last.is_none() {
        return Ok(back(&token, "not=gone", reader));
    }
    let text = if is_yes {
        MARKETING_TEXT.to_owned()
    } else {
        last.map(|last| last.text_version.clone()).unwrap_or_default()
    };
    let statement = Statement {
        purpose: form.purpose,
        granted: is_yes,
        source: SOURCE.to_owned(),
        text_version: text,
        language: reader.locale(&kept.member.language).tag().to_owned(),
    };
    let member = kept.member.id;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| state_consent(tx, deed, &member, &statement);
    act(house, who.0, deed).await?;
    let said = if is_yes { "done=given" } else { "done=stopped" };
    Ok(back(&token, said, reader))
}

/// Silences the card's notices, or lets them be heard again.
pub(super) async fn quiet(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let place = (&request, token.as_str());
    let Sent { form, opened } = match take::<QuietForm>(house, &visitors, place, &body.0).await? {
        Ok(sent) => sent,
        Err(over) => return Ok(over),
    };
    let is_quiet = form.quiet == Answered::Yes;
    let change = MemberChange {
        is_quiet: Edit::Set(is_quiet),
        ..MemberChange::default()
    };
    let member = opened.card.member_id;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| change_member(tx, deed, &member, None, &change);
    act(house, who.0, deed).await?;
    let said = if is_quiet { "done=quiet" } else { "done=heard" };
    Ok(back(&token, said, Reader::of(&request)))
}
