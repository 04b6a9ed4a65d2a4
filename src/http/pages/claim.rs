//! The page where a customer claims a receipt: what it is worth, a field for the card, the way to a card.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::face::{Drawing, Face};
use super::forms::read_form;
use super::frame::{Frame, respond};
use super::join::sample;
use super::leading::lead;
use super::locale::{Locale, Reader};
use super::look::read_look;
use super::visitors::Visitors;
use crate::actions::claim_receipt::{Claimed, claim_receipt};
use crate::actions::record_order::Holder;
use crate::actions::{ActionError, Answer, Caller, Code, Deed, House, perform};
use crate::http::body::{Body, Who};
use crate::http::{Problem, State};
use crate::loyalty::face::CardFace;
use crate::store::programs::{self, Program};
use crate::store::receipts::{self, Receipt};
use crate::store::{Db, Tx, cards, orders};
use crate::types::{CardId, Money, Points, ReceiptId, Time};

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// What was typed.
#[derive(Debug, Default, Deserialize)]
struct ClaimForm {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "pages/claim.html")]
struct ClaimPage {
    frame: Frame,
    face: Face,
    invitation: String,
    headline: String,
    next: String,
    /// The form, while the receipt can be claimed.
    form: Option<Form>,
}

/// Where a claim goes, and what is wrong with the one before.
struct Form {
    action: String,
    join: String,
    code: String,
    /// The id of the text that says so.
    fault: Option<&'static str>,
}

/// What the database has of a receipt.
struct Found {
    receipt: Receipt,
    program: Program,
    /// What its order earned, once it was claimed.
    earned: Option<Points>,
}

/// What a claim came to that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// The card number is none that we know.
    Unknown,
    /// The card may not collect.
    Closed,
    /// The sale is on a card.
    Taken,
}

/// Shows a receipt to whoever has its link.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = find(&state.house, &token).await?;
    let page = draw(&state.house, &found, &request, &token, (String::new(), None)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Takes the form: the points next, or what was wrong.
pub(super) async fn submit(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.admit(&request, house)?;
    let found = find(house, &token).await?;
    let ClaimForm { code } = read_form(&body.0)?;
    let holder = Holder::Card(code.clone());
    let refused = match claim(house, who.0, found.receipt.id.clone(), holder).await {
        Ok(()) => return Ok(lead_back(&token, "?done=1", Reader::of(&request))),
        Err(error) => match error.code {
            Code::AlreadyClaimed | Code::ClaimExpired | Code::ReceiptVoided => {
                return Ok(lead_back(&token, "", Reader::of(&request)));
            }
            Code::UnknownCard | Code::StaleCode => Refused::Unknown,
            Code::MemberBlocked | Code::CardVoided | Code::VelocityLimit => Refused::Closed,
            Code::OrderExists => Refused::Taken,
            _ => return Err(error.into()),
        },
    };
    let status = if refused == Refused::Taken {
        StatusCode::CONFLICT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = draw(house, &found, &request, &token, (code, Some(refused))).await?;
    Ok(respond(status, &page)?)
}

/// Claims a receipt for the card of somebody who has just joined; says whether it was theirs to have.
pub(super) async fn claim_for(house: &House, caller: Caller, token: &str, card: CardId) -> bool {
    let Some(receipt) = house.receipt_of_token(token) else {
        return false;
    };
    let member = house
        .store
        .read(move |db| Ok::<_, ActionError>(cards::get(db, &card)?.member_id))
        .await;
    let claimed = match member {
        Ok(member) => claim(house, caller, receipt, Holder::Member(member)).await,
        Err(error) => Err(error),
    };
    // They have their card whatever becomes of the receipt, whose own page says why.
    claimed
        .inspect_err(|error| tracing::info!(code = error.code.name(), "a receipt did not come along"))
        .is_ok()
}

async fn claim(house: &House, caller: Caller, id: ReceiptId, holder: Holder) -> Result<(), ActionError> {
    let caller = Caller {
        actor: "customer".to_owned(),
        idempotency: None,
        ..caller
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| claim_receipt(tx, deed, &id, &holder);
    let render = |_: &Claimed| Answer {
        status: StatusCode::SEE_OTHER.as_u16(),
        body: String::new(),
        is_replay: false,
    };
    perform(house, caller, deed, render).await?;
    house.metrics.deed("claim_receipt");
    Ok(())
}

/// The receipt of a link. Wrong and made-up links are one answer.
async fn find(house: &House, token: &str) -> Result<Found, ActionError> {
    let id = house
        .receipt_of_token(token)
        .ok_or_else(|| ActionError::new(Code::NotFound))?;
    let read = move |db: &mut Db| {
        let receipt = receipts::get(db, &id)?;
        let earned = match &receipt.order_id {
            Some(order) => Some(orders::get(db, order)?.earned),
            None => None,
        };
        Ok::<_, ActionError>(Found {
            program: programs::get(db, &receipt.program_id)?,
            receipt,
            earned,
        })
    };
    house.store.read(read).await
}

fn lead_back(token: &str, query: &str, reader: Reader) -> HttpResponse {
    lead(&format!("/claim/{token}{query}"), reader)
}

async fn draw(
    house: &House,
    found: &Found,
    request: &HttpRequest,
    token: &str,
    (typed, refused): (String, Option<Refused>),
) -> Result<ClaimPage, ActionError> {
    let Found { receipt, program, .. } = found;
    let locale = Reader::of(request).locale(&program.language);
    let design = program.design_id.as_ref();
    let design = design.ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let look = read_look(house, design, locale).await?;
    let name = program.name.get(&locale.language());
    let worth = found.earned.unwrap_or(receipt.would_earn);
    let facts = sample(program, locale, worth);
    let face = Drawing {
        locale,
        name: locale.say("join-card", &[("program", name.into())]),
        logo_size: look.logo_size,
        has_code: false,
        stamps: None,
        face: &CardFace::draw(&look.ready.design, &facts),
    }
    .draw();
    let is_done = request.query_string().split('&').any(|pair| pair == "done=1");
    let is_open = receipt.state(house.now()) == "open" && refused != Some(Refused::Taken);
    let (headline, next) = words(found, locale, (is_open, is_done), house);
    let fault = match refused {
        Some(Refused::Unknown) => Some("claim-bad-code"),
        Some(Refused::Closed) => Some("claim-closed-card"),
        Some(Refused::Taken) | None => None,
    };
    let title = locale.title(&headline, fault.is_some());
    let money = Money {
        minor: receipt.total_minor,
        currency: receipt.currency,
    };
    let money = locale.language().write_money(money);
    Ok(ClaimPage {
        frame: Frame {
            is_private: true,
            kept: if is_done { "done=1&" } else { "" }.to_owned(),
            ..Frame::of(locale, title, program, &look.ready.design)
        },
        face,
        invitation: locale.say("claim-paid", &[("program", name.into()), ("money", money.into())]),
        headline,
        next,
        form: is_open.then(|| Form {
            action: format!("/claim/{token}?lang={}", locale.tag()),
            join: format!("/join/{}?claim={token}&lang={}", program.slug, locale.tag()),
            code: typed,
            fault,
        }),
    })
}

/// What the page says first, and what next.
fn words(found: &Found, locale: Locale, (is_open, is_done): (bool, bool), house: &House) -> (String, String) {
    let receipt = &found.receipt;
    let points = |points: Points| locale.points(&found.program.point_name, points.get());
    if is_open {
        let headline = if receipt.would_earn.is_zero() {
            locale.word("claim-no-worth")
        } else {
            locale.say("claim-worth", &[("points", points(receipt.would_earn).into())])
        };
        // The last day as it is where the shop is.
        let last = found.program.time_zone.local(receipt.expires_at.plus_ms(-1)).day;
        let date = locale
            .language()
            .write_date(Time::from_millis(last.number() * DAY_MS));
        return (headline, locale.say("claim-until", &[("date", date.into())]));
    }
    let said = match (receipt.state(house.now()), found.earned) {
        (_, Some(earned)) if is_done => {
            let headline = locale.say("claim-done", &[("points", points(earned).into())]);
            return (headline, locale.word("claim-done-next"));
        }
        ("voided", _) => "claim-voided",
        ("expired", _) => "claim-expired",
        _ => "claim-taken",
    };
    locale.word_and_next(said)
}
