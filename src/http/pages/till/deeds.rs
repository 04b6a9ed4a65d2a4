//! What is done at the till: points, rewards, undoing. In training everything is done, drawn and taken back.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::super::amount;
use super::super::desk::Desk;
use super::super::forms::guarded;
use super::super::frame::respond;
use super::super::leading::lead_to;
use super::card::{Said, Seen, draw, see};
use super::faults;
use super::words::Told;
use crate::actions::at_till::{
    SOURCE, TillOrder, find_at_till, hand_over_at_till, order_at_till, reward_at_till, undo_at_till,
};
use crate::actions::record_order::{Holder, NewOrder};
use crate::actions::showing::{Confirmed, Showing};
use crate::actions::simulate_order::simulate_order;
use crate::actions::surviving::find_shown;
use crate::actions::{ActionError, Code, Deed};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::till_deeds::TillDeed;
use crate::store::{StoreError, Tx, cards, sessions};
use crate::types::{CardId, RedemptionId, RewardId, StaffId, TillDeedId, Time};

/// A purchase as the page sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OrderForm {
    token: String,
    form: String,
    scanned: String,
    amount: String,
    /// When it was taken, if the till had no network then (RFC 3339).
    paid_at: String,
}

/// A reward as the page sends it: of the catalogue, or in the member's hands.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RewardForm {
    token: String,
    form: String,
    card: String,
    scanned: String,
    reward: String,
    redemption: String,
    /// Whether the name was compared.
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UndoForm {
    token: String,
    deed: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TrainForm {
    token: String,
    is_training: String,
}

guarded!(OrderForm, RewardForm, UndoForm, TrainForm);

/// A purchase that is being typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    scanned: String,
    amount: String,
}

/// Why a transaction ended without being kept: it was only tried, or it failed.
enum Unkept {
    Tried,
    Failed(ActionError),
}

impl From<StoreError> for Unkept {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Whether the browser's script asks, which draws nothing.
fn wants_json(request: &HttpRequest) -> bool {
    let accept = request
        .headers()
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}

/// Gives points for a purchase.
pub(super) async fn order(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (counter, form): (Desk, OrderForm) = Desk::take(&state, &request, &body.0).await?;
    let Some(total_minor) = amount::parse(&form.amount, counter.program.currency) else {
        let example = counter.example();
        let fault = counter
            .locale
            .say("till-fault-amount", &[("example", example.as_str().into())]);
        let error = ActionError::fault("/amount", "bad_amount", fault.clone());
        let said = Said {
            fault: Some(fault),
            amount: form.amount.clone(),
            ..Said::default()
        };
        return refuse(&counter, &request, error, &form.scanned, said).await;
    };
    let order = TillOrder {
        form: form.form.clone(),
        scanned: form.scanned.clone(),
        total_minor,
        location: counter.location(),
        paid_at: read_time(&form.paid_at)?,
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed, staff: &StaffId| order_at_till(tx, deed, staff, &order);
    match act(&counter, deed).await {
        Ok(done) => answer(&counter, &request, &done),
        Err(error) => {
            let said = Said {
                amount: form.amount,
                ..Said::default()
            };
            refuse(&counter, &request, error, &form.scanned, said).await
        }
    }
}

/// Hands over a reward: one that is paid for with points now, or one that is in the member's hands.
pub(super) async fn reward(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (counter, form): (Desk, RewardForm) = Desk::take(&state, &request, &body.0).await?;
    let missing = || ActionError::new(Code::UnknownReward);
    let card: CardId = form
        .card
        .parse()
        .map_err(|_| ActionError::new(Code::UnknownCard))?;
    let showing = Showing {
        scanned: Some(form.scanned.clone()).filter(|scanned| !scanned.is_empty()),
        confirmed: (form.name == "yes").then_some(Confirmed::Name),
    };
    let key = form.form.clone();
    let done = if form.redemption.is_empty() {
        let reward: RewardId = form.reward.parse().map_err(|_| missing())?;
        let card = card.clone();
        act(&counter, move |tx, deed, staff| {
            reward_at_till(tx, deed, staff, (&key, &card, &reward), &showing)
        })
        .await
    } else {
        let redemption: RedemptionId = form.redemption.parse().map_err(|_| missing())?;
        act(&counter, move |tx, deed, staff| {
            hand_over_at_till(tx, deed, staff, (&key, &redemption), &showing)
        })
        .await
    };
    match done {
        Ok(done) => answer(&counter, &request, &done),
        Err(error) => {
            let said = Said {
                asks_name: error.code == Code::StaleCode,
                ..Said::default()
            };
            refuse_on(&counter, &request, error, &card, (&form.scanned, said)).await
        }
    }
}

/// Undoes what was done.
pub(super) async fn undo(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (counter, form): (Desk, UndoForm) = Desk::take(&state, &request, &body.0).await?;
    let id: TillDeedId = form.deed.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let known = id.clone();
    let row = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(crate::store::till_deeds::get(db, &known)?));
    let card = row.await?.card_id;
    match act(&counter, move |tx, deed, staff| {
        undo_at_till(tx, deed, staff, &id)
    })
    .await
    {
        Ok(done) => answer(&counter, &request, &done),
        Err(error) => refuse_on(&counter, &request, error, &card, ("", Said::default())).await,
    }
}

/// Turns training on or off for the session.
pub(super) async fn train(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (counter, form): (Desk, TrainForm) = Desk::take(&state, &request, &body.0).await?;
    let hash = counter.signed_in.session.hash.clone();
    let is_training = form.is_training == "yes";
    let write = state
        .house
        .store
        .write(move |tx: &mut Tx<'_>| Ok::<_, ActionError>(sessions::set_training(tx, &hash, is_training)?));
    write.await?;
    Ok(lead_to(&counter.link("/till")))
}

/// What a purchase would give, while its amount is typed.
pub(super) async fn preview(
    state: Data<State>,
    request: HttpRequest,
    typed: Query<Typed>,
) -> Result<HttpResponse, Problem> {
    let counter = Desk::of(&state, &request).await?;
    let locale = counter.locale;
    let Some(total_minor) = amount::parse(&typed.amount, counter.program.currency) else {
        return Ok(HttpResponse::Ok().json(json!({ "text": "" })));
    };
    let new = NewOrder {
        source: SOURCE.to_owned(),
        external_id: "preview".to_owned(),
        holder: Holder::Card(typed.scanned.clone()),
        total_minor,
        currency: None,
        paid_at: None,
        lines: Vec::new(),
        location: counter.location(),
        channel: Some(SOURCE.to_owned()),
    };
    let (house, program) = (state.house.clone(), counter.program.id.clone());
    let read = state
        .house
        .store
        .read(move |db| simulate_order(db, &house, Some(&program), &new, house.now()));
    let text = match read.await {
        Ok(found) if found.total.get() == 0 => locale.word("till-preview-nothing"),
        Ok(found) => {
            let points = counter.points(found.total.get());
            locale.say("till-preview", &[("points", points.as_str().into())])
        }
        Err(error) => faults::say(locale, &error).ok_or(error)?,
    };
    Ok(HttpResponse::Ok().json(json!({ "text": text })))
}

/// What came of a deed, with the card as it is after it, or would be.
struct Done {
    seen: Seen,
    row: TillDeed,
    is_tried: bool,
}

/// Does a deed in one transaction; in training takes it back before it is kept.
async fn act<D>(counter: &Desk, doing: D) -> Result<Done, ActionError>
where
    D: FnOnce(&mut Tx<'_>, &Deed, &StaffId) -> Result<TillDeed, ActionError> + Send + 'static,
{
    let (deed, staff) = (counter.deed(), counter.signed_in.staff.id.clone());
    let is_training = counter.signed_in.session.is_training;
    let tried = Arc::new(Mutex::new(None));
    let place = Arc::clone(&tried);
    let house = &counter.state.house;
    let written = house
        .store
        .write(move |tx: &mut Tx<'_>| {
            let row = doing(tx, &deed, &staff).map_err(Unkept::Failed)?;
            let done = look(tx, &deed, row, is_training).map_err(Unkept::Failed)?;
            if is_training {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
                return Err(Unkept::Tried);
            }
            Ok(done)
        })
        .await;
    let done = match written {
        Ok(done) => done,
        Err(Unkept::Tried) => {
            let done = tried.lock().unwrap_or_else(PoisonError::into_inner).take();
            return done.ok_or_else(|| ActionError::internal("nothing came of a deed that was tried"));
        }
        Err(Unkept::Failed(error)) => return Err(error),
    };
    house.bell.ring();
    Ok(done)
}

fn look(tx: &mut Tx<'_>, deed: &Deed, row: TillDeed, is_tried: bool) -> Result<Done, ActionError> {
    let card = cards::get(tx, &row.card_id)?;
    let card = find_shown(tx, card)?;
    let code = card.code.clone();
    let mut seen = see(tx, deed, card, code, None)?;
    seen.done = Some(Told::read(tx, row.clone())?);
    Ok(Done { seen, row, is_tried })
}

/// Says what was done: as data to the script, else on the card's screen, which a reload does not send again.
fn answer(counter: &Desk, request: &HttpRequest, done: &Done) -> Result<HttpResponse, Problem> {
    let code = done.seen.till.sheet.card.code.clone();
    let address = format!("/till/card?code={code}&done={}", done.row.id);
    if wants_json(request) {
        let told = done.seen.done.as_ref();
        let text = told.map(|told| told.sentence(counter, done.is_tried));
        return Ok(HttpResponse::Ok().json(json!({
            "text": text,
            "balance": done.seen.till.sheet.card.balance,
            "deed": done.row.id,
            "tried": done.is_tried,
            "url": counter.link(&address),
        })));
    }
    if !done.is_tried {
        return Ok(lead_to(&counter.link(&address)));
    }
    let said = Said {
        is_tried: true,
        ..Said::default()
    };
    Ok(respond(StatusCode::OK, &draw(counter, &done.seen, said))?)
}

/// Says why a deed on a scanned card was not done.
async fn refuse(
    counter: &Desk,
    request: &HttpRequest,
    error: ActionError,
    scanned: &str,
    said: Said,
) -> Result<HttpResponse, Problem> {
    if wants_json(request) {
        return Err(error.into());
    }
    let (deed, text) = (counter.deed(), scanned.to_owned());
    let read = counter
        .state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(find_at_till(db, &deed, &text)?.0.id));
    match read.await {
        Ok(card) => refuse_on(counter, request, error, &card, (scanned, said)).await,
        Err(_) => Err(error.into()),
    }
}

/// Says on the card's screen why a deed was not done.
async fn refuse_on(
    counter: &Desk,
    request: &HttpRequest,
    error: ActionError,
    card: &CardId,
    (scanned, mut said): (&str, Said),
) -> Result<HttpResponse, Problem> {
    let Some(fault) = said.fault.take().or_else(|| faults::say(counter.locale, &error)) else {
        return Err(error.into());
    };
    if wants_json(request) {
        return Err(ActionError {
            detail: fault,
            ..error
        }
        .into());
    }
    said.fault = Some(fault);
    let (deed, card, scanned) = (counter.deed(), card.clone(), scanned.to_owned());
    let read = counter.state.house.store.read(move |db| {
        let card = cards::get(db, &card)?;
        deed.caller.check_sees(&card.program_id)?;
        let card = find_shown(db, card)?;
        let scanned = if scanned.is_empty() {
            card.code.clone()
        } else {
            scanned
        };
        see(db, &deed, card, scanned, None)
    });
    let page = draw(counter, &read.await?, said);
    Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
}

fn read_time(text: &str) -> Result<Option<Time>, ActionError> {
    if text.is_empty() {
        return Ok(None);
    }
    let bad = || {
        ActionError::fault(
            "/paid_at",
            "bad_time",
            "When it was paid is a time such as 2026-11-22T09:30:00Z.",
        )
    };
    Time::parse_rfc3339(text).map(Some).map_err(|_| bad())
}
